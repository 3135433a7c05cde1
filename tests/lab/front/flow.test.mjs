// Panels that nothing but their order joins: they go on below, with cells of one size.
import assert from "node:assert/strict";
import { test } from "node:test";
import { flowOf, isFlow, isLegible, isRoomy, lengthsOf } from "../../../cnnlab/lab/front/layout.js";

const panel = (name, more) => ({
  name,
  view: "cells",
  symbol: name,
  title: "",
  row: 0,
  column: 0,
  planes: [1, 1],
  shape: [8, 8],
  values: [1],
  ...more,
});
const scene = (panels, more) => ({
  signs: [],
  panels: Object.fromEntries(panels.map((each) => [each.name, each])),
  ...more,
});

test("panels flow where no sign, no second row and no inset joins them", () => {
  const two = [panel("a"), panel("b", { column: 1 })];
  assert.deepEqual(
    [
      scene(two),
      scene(two, { signs: ["→"] }),
      scene(two, { inset: 1 }),
      scene([panel("a"), panel("b", { row: 1 })]),
    ].map(isFlow),
    [true, false, false, false],
  );
});

test("in a flow a cell has one size, whatever the numbers: nothing moves while a training goes on", () => {
  const cell = (value) => flowOf([panel("a", { values: [value] })], false).cell;
  assert.equal(new Set([1, 360, 0.25].map(cell)).size, 1);
});

test("a picture with small cells has no numbers, and takes none from the others", () => {
  const [picture, table] = [
    panel("a", { scale: 0.2, shape: [28, 28], values: [0.5] }),
    panel("b", { shape: [10, 10] }),
  ];
  assert.deepEqual([isRoomy(picture), isRoomy(table), isLegible([picture, table], false)], [false, true, true]);
});

test("bars leave room for the words of the explorer only where these stand beside them", () => {
  const panels = [
    panel("a", { view: "photo", shape: [64, 64] }),
    panel("p", { view: "bars", column: 1, shape: [10, 1] }),
  ];
  const photo = (inset) => lengthsOf(panels, { width: 600, height: 900, inset }).photo;
  assert.deepEqual([photo(false), photo(true) < photo(false)], [300, true]);
});
