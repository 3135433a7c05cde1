// The pad's bitmaps: which cells a pen turns on, how they are drawn, and what is written of them.
import "./templates.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf } from "../../../cnnlab/lab/front/connection.js";
import { drawLine, pathOf } from "../../../cnnlab/lab/front/pad.js";

const SIZE = 6;

/** The cells that a line turns on, one text a row. */
function drawn(from, to, width, size = SIZE) {
  const bitmap = new Uint8Array(size * size);
  drawLine(bitmap, size, from, to, width);
  return Array.from({ length: size }, (_, row) => bitmap.slice(row * size, (row + 1) * size).join(""));
}

test("a pen of three cells turns on three rows along a line, and no corner beyond its round ends", () => {
  assert.deepEqual(drawn([1.5, 2.5], [3.5, 2.5], 3), ["000000", "111110", "111110", "111110", "000000", "000000"]);
  assert.deepEqual(drawn([1.5, 2.5], [3.5, 2.5], 2.8), ["000000", "011100", "111110", "011100", "000000", "000000"]);
});

test("a slanted line leaves no gap, and a turned one is its mirror image", () => {
  assert.deepEqual(drawn([0.5, 0.5], [5.5, 5.5], 1), ["100000", "010000", "001000", "000100", "000010", "000001"]);
  assert.deepEqual(drawn([5.5, 5.5], [0.5, 0.5], 1), drawn([0.5, 0.5], [5.5, 5.5], 1));
  assert.deepEqual(
    drawn([5.5, 0.5], [0.5, 5.5], 1.5),
    drawn([0.5, 0.5], [5.5, 5.5], 1.5).map((row) => [...row].reverse().join("")),
  );
});

test("a line that begins or ends outside is cut at the edge, and cells that are on stay on", () => {
  assert.deepEqual(drawn([-3, 0.5], [1.5, 0.5], 1), ["110000", ...Array(5).fill("000000")]);
  assert.deepEqual(drawn([-9, -9], [-9, 20], 3), Array(6).fill("000000"));
  const bitmap = new Uint8Array(SIZE * SIZE).fill(1);
  drawLine(bitmap, SIZE, [2, 2], [3, 3]);
  assert.ok(!bitmap.includes(0));
});

test("the pen grows with the bitmap", () => {
  const count = (size) =>
    drawn([size / 2, size / 2], [size / 2, size / 2], undefined, size)
      .join("")
      .replaceAll("0", "").length;
  assert.deepEqual([32, 64].map(count), [12, 32]);
});

test("each cell that is on is a square of the path", () => {
  assert.equal(pathOf(Uint8Array.from([0, 0, 1, 1, 0, 0, 0, 0, 0]), 3), "M2,0h1v1h-1zM0,1h1v1h-1z");
  assert.equal(pathOf(new Uint8Array(9), 3), "");
});

test("bytes are copied out of a view that need not begin where its buffer does", () => {
  const bytes = Uint8Array.of(9, 1, 0, 1);
  const read = new Uint8Array(bytesOf(new DataView(bytes.buffer, 1)));
  bytes[1] = 7;
  assert.deepEqual([...read], [1, 0, 1]);
});
