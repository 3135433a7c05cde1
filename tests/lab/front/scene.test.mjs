// A scene as it is read: numbers, wires, names and kinds of cells.
import "./templates.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cellAt,
  countOf,
  inArray,
  kindOf,
  nameOf,
  numberOf,
  placeOf,
  readScene,
  twinsOf,
  valueAt,
  wiresAt,
} from "../../../cnnlab/lab/front/scene.js";
import { convolution, panel } from "./scenes.mjs";

const scene = readScene(convolution());

test("an input cell is joined with just the outputs that read it", () => {
  const { window } = scene.wires;
  const ends = wiresAt(window, "input", [0, 2, 1]).map((wire) => ["output", "input", "tap"].map((end) => wire.at(end)));
  assert.deepEqual(ends, [
    [
      [0, 1, 0],
      [0, 2, 1],
      [0, 0, 1],
    ],
  ]);
  assert.deepEqual(wiresAt(window, "bias", [0, 0, 0]), []);
});

test("what Python said of a row and a column says what a cell is: the further out of the two", () => {
  const x = { ...scene.panels.x, edges: { rows: [0, 1, 2], columns: [0, 1] }, marks: { inserted: [[0, 1, 1]] } };
  const kinds = [
    [0, 0, 0],
    [0, 0, 1],
    [0, 1, 0],
    [0, 2, 1],
    [0, 1, 1],
  ].map((cell) => kindOf(x, cell));
  assert.deepEqual(kinds, [0, 1, 1, 2, 3]);
  assert.equal(kindOf(scene.panels.w, [0, 1, 1]), 0);
});

test("a cell is named by its place in the learner's array, below 0 in the padding", () => {
  const places = { planes: [[], []], rows: [-1, 0, 1], columns: [0, 1] };
  assert.equal(nameOf({ ...scene.panels.x, places }, [0, 0, 1]), "x[−1, 1]");
  assert.deepEqual(placeOf({ places }, [0, 2, 1]), [1, 1]);
  assert.deepEqual(inArray({ places }, [1, 1, 0]), [1, 0, 0]);
  assert.equal(
    nameOf(
      {
        ...scene.panels.w,
        places: {
          ...places,
          planes: [
            [0, 1],
            [2, 3],
          ],
        },
      },
      [1, 1, 0],
    ),
    "w[2, 3, 0, 0]",
  );
});

test("a bias has one index, and a number alone none", () => {
  const bias = { symbol: "b", places: { planes: [[0], [1]], rows: [], columns: [] } };
  assert.equal(nameOf(bias, [1, 0, 0]), "b[1]");
  assert.deepEqual(inArray(bias, [1, 0, 0]), [1, 0, 0]);
  assert.equal(nameOf({ symbol: "b", places: { planes: [[]], rows: [], columns: [] } }, [0, 0, 0]), "b");
  assert.equal(nameOf({ ...bias, alias: "spread δ" }, [0, 0, 0]), "spread δ[0]");
});

test("a tap of a turned kernel has the index that it had before the turn", () => {
  const turned = { ...scene.panels.w, places: { planes: [[]], rows: [1, 0], columns: [1, 0] } };
  assert.equal(nameOf(turned, [0, 0, 1]), "w[1, 0]");
});

test("panels of one end are twins where both are there", () => {
  assert.deepEqual([twinsOf(scene, "w"), twinsOf(scene, "dy"), twinsOf(scene, "x")], [["dw"], ["y"], []]);
  const loose = readScene({
    ...convolution(),
    panels: [panel("p", undefined, [1, 1], [1]), panel("q", undefined, [1, 1], [1])],
  });
  assert.deepEqual(twinsOf(loose, "p"), []);
});

test("cells are counted plane after plane, in reading order", () => {
  const p = { planes: [2, 1], shape: [2, 3] };
  assert.equal(countOf(p), 12);
  assert.deepEqual(cellAt(p, 10), [1, 1, 1]);
  for (let k = 0; k < 12; k++) assert.equal(numberOf(p, cellAt(p, k)), k);
  assert.equal(valueAt({ shape: [2, 3], values: [...Array(12).keys()] }, [1, 0, 2]), 8);
});
