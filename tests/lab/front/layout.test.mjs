// How large cells and photographs are drawn: all panels fit the width where they can, and their numbers can be read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CELL, heightNeeded, isLegible, lengthsOf, standing } from "../../../cnnlab/lab/front/layout.js";

const GAP = 6; // px between planes, at least

const panel = (name, end, column, [height, width], more = {}) => ({
  ...{
    name,
    end,
    column,
    row: 0,
    view: "cells",
    symbol: name,
    title: "",
    planes: [1, 1],
    shape: [height, width],
    values: [1],
  },
  ...more,
});

/** The panels of a convolution of so many channels and filters, as its explorer shows them, with gradients or without. */
function convolution({ size, kernel, padding, channels = 1, filters = 1, gradients = false, values = [1] }) {
  const [drawn, out] = [size + 2 * padding, size + 2 * padding - kernel + 1];
  const rows = gradients ? [0, 1] : [0];
  return rows.flatMap((row) => [
    panel(row ? "dx" : "x", "input", 0, [drawn, drawn], { row, values, planes: [channels, 1] }),
    panel(row ? "dw" : "w", "tap", 1, [kernel, kernel], { row, values, planes: [channels, filters] }),
    panel(row ? "dy" : "y", "output", 2, [out, out], { row, values, planes: [filters, 1] }),
  ]);
}

/** How wide panels are drawn at the least: cells, gaps and signs, without the room that captions take. */
function widthOf(panels, { cell, photo, operator, across, beside = false, line = 0 }) {
  const all = [...new Set(panels.map(({ column }) => column))].sort((p, q) => p - q);
  const lines = new Map();
  for (const each of panels) {
    const place = all.indexOf(each.column);
    const key = line ? Math.floor(place / line) : 0;
    const column = beside ? `${each.row} ${each.column}` : each.column;
    const [, columns] = standing(each, across);
    const width = each.view === "photo" ? photo : columns * each.shape[1] * cell + GAP * (columns - 1);
    if (!lines.has(key)) lines.set(key, new Map());
    lines.get(key).set(column, Math.max(width, lines.get(key).get(column) ?? 0));
  }
  const wide = [...lines.values()].map(
    (columns) => [...columns.values()].reduce((sum, each) => sum + each, 0) + (columns.size - 1) * operator,
  );
  return Math.max(...wide);
}

test("whatever the sliders say, no panel is pushed out of sight sideways", () => {
  for (const width of [838, 1200])
    for (const height of [250, 450])
      for (const size of [1, 5, 12])
        for (const padding of [0, 2, 4])
          for (const kernel of [1, 3, 7].filter((length) => length <= size + 2 * padding))
            for (const [channels, filters] of [
              [1, 1],
              [3, 2],
              [4, 4],
            ])
              for (const gradients of [false, true]) {
                const panels = convolution({ size, kernel, padding, channels, filters, gradients });
                const wide = widthOf(panels, lengthsOf(panels, { width, height }));
                assert(
                  wide <= width,
                  JSON.stringify({ width, height, size, padding, kernel, channels, filters, gradients, wide }),
                );
              }
});

test("with room enough the cells are large, and the planes stand as the scene says", () => {
  const panels = convolution({ size: 5, kernel: 3, padding: 1, channels: 2, filters: 2 });
  const { cell, across } = lengthsOf(panels, { width: 3000, height: 3000 });
  assert.deepEqual([cell, across], [CELL.largest, [0, 0]]);
});

test("with less room the cells shrink, in a narrow place and in a low one", () => {
  const panels = convolution({ size: 9, kernel: 3, padding: 0 });
  const cells = (rooms) => rooms.map(([width, height]) => lengthsOf(panels, { width, height }).cell);
  for (const shrinking of [
    cells([
      [2000, 900],
      [700, 900],
      [550, 900],
    ]),
    cells([
      [2000, 900],
      [2000, 300],
      [2000, 230],
    ]),
  ]) {
    assert.deepEqual(
      [...shrinking].sort((p, q) => q - p),
      shrinking,
    );
    assert.equal(new Set(shrinking).size, 3);
  }
});

test("no cell with a number is smaller than the number needs", () => {
  const needs = [
    [[9, -9], 18],
    [[-Infinity, 3], 18],
    [[100], 20],
    [[0.25, -12.75], 25],
  ];
  for (const [values, need] of needs)
    for (const width of [300, 500, 700, 900]) {
      const panels = convolution({ size: 12, kernel: 3, padding: 0, values });
      const { cell, numbers = true } = lengthsOf(panels, { width, height: 300 });
      assert(!numbers || cell >= need, `${values} in ${width}: ${cell}`);
    }
});

test("many small maps, and planes of more than 16 cells, have no numbers and shrink further", () => {
  const [small, large] = [16, 17].map((side) => [panel("x", "input", 0, [3, side])]);
  assert.deepEqual([isLegible(small, false), isLegible(small, true), isLegible(large, false)], [true, false, false]);
  assert.equal(isLegible([panel("x", "input", 0, [90, 90], { view: "photo" })], false), true);
  const narrow = { width: 150, height: 600 };
  assert(lengthsOf(large, narrow).cell * 17 <= 150);
  assert(lengthsOf(small, { ...narrow, compact: true }).cell <= CELL.compact);
});

test("the channels of an input and the filters of a kernel can stand in other rows and columns, nothing else can", () => {
  const input = { end: "input", planes: [4, 1] };
  assert.deepEqual(
    [
      [0, 0],
      [2, 0],
      [3, 0],
      [9, 0],
      [0, 2],
    ].map((across) => standing(input, across)),
    [
      [4, 1],
      [2, 2],
      [2, 3],
      [1, 4],
      [4, 1],
    ],
  );
  for (const end of ["tap", "part"])
    assert.deepEqual(
      [
        [0, 0],
        [0, 2],
        [0, 3],
        [0, 4],
        [2, 0],
      ].map((across) => standing({ end, planes: [3, 4] }, across)),
      [
        [3, 4],
        [6, 2],
        [6, 3],
        [3, 4],
        [3, 4],
      ],
    );
  assert.deepEqual(standing({ end: "output", planes: [4, 1] }, [2, 2]), [4, 1]);
  assert.deepEqual(standing({ end: "input", planes: [2, 2] }, [2, 2]), [2, 2]);
});

test("where channels below each other do not fit they stand side by side, and filters below each other", () => {
  const low = convolution({ size: 4, kernel: 2, padding: 0, channels: 4 });
  assert(lengthsOf(low, { width: 1500, height: 250 }).across[0] > 1);
  const narrow = convolution({ size: 4, kernel: 4, padding: 0, channels: 1, filters: 4 });
  assert(lengthsOf(narrow, { width: 400, height: 2000 }).across[1] > 1);
});

test("photographs share the width that is left, and the height", () => {
  const photos = [0, 2].map((column) =>
    panel(`p${column}`, "input", column, [200, 200], { view: "photo", values: [] }),
  );
  const panels = [photos[0], panel("w", "tap", 1, [3, 3]), photos[1]];
  const [wide, narrow, low] = [
    [2000, 900],
    [600, 900],
    [2000, 250],
  ].map(([width, height]) => lengthsOf(panels, { width, height }).photo);
  assert(wide >= 300 && narrow < wide && low < wide, `${wide} ${narrow} ${low}`);
  assert(2 * narrow <= 600 && low <= 250);
});

test("the height that panels would like grows with their rows and planes", () => {
  const needed = (more) => heightNeeded(convolution({ size: 5, kernel: 3, padding: 0, ...more }));
  assert(
    needed({}) < needed({ gradients: true }) &&
      needed({}) < needed({ channels: 3 }) &&
      needed({}) < needed({ padding: 1 }),
  );
});
