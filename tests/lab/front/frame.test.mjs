// The window's frame: which output it is dragged to.
import "./templates.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "../../../cnnlab/lab/front/frame.js";

const starts = { output: [0, 0, 1, 1, 2, 2], input: [0, 1, 2, 3, 4, 5] }; // windows that begin at 0, 2 and 4

test("a place belongs to the output whose window begins nearest to it", () => {
  assert.deepEqual(
    [-3, 0, 0.9, 1.1, 2, 3.2, 4, 99].map((place) => nearest(starts, place)),
    [0, 0, 0, 1, 1, 2, 2, 2],
  );
});

test("half-way between two it belongs to the first", () => {
  assert.equal(nearest(starts, 1), 0);
});
