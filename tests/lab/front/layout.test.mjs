// How planes stand and how large their cells are: all panels fit the width where they can, and their numbers can be read.
import "./templates.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { emsOf, isFlow, isLegible, isRoomy, layoutOf, productsIn, standing } from "../../../cnnlab/lab/front/layout.js";
import { PLAIN } from "./scenes.mjs";

const WIDE = 820; // px of a stage in an output of 848 px, of which 808 are for its panels
const ROOM = 457; // px of height that an explorer of one stage has for its panels
const GAP = 6; // px between planes, at least

const panel = (name, end, column, [height, width], more = {}) => ({
  ...{ name, end, column, row: 0, view: "cells", symbol: name, title: "", planes: [1, 1] },
  ...{ shape: [height, width], values: [1], ...more },
});

/** The panels of a convolution of so many channels and filters, as its explorer shows them, with gradients or without. */
function convolution({ size, kernel, padding = 0, channels = 1, filters = 1, gradients = false, values = [1] }) {
  const [drawn, out] = [size + 2 * padding, size + 2 * padding - kernel + 1];
  const rows = gradients ? [0, 1] : [0];
  return rows.flatMap((row) => [
    panel(row ? "dx" : "x", "input", 0, [drawn, drawn], { row, values, planes: [channels, 1] }),
    panel(row ? "dw" : "w", "tap", 1, [kernel, kernel], { row, values, planes: [channels, filters] }),
    panel(row ? "dy" : "y", "output", 2, [out, out], { row, values, planes: [filters, 1] }),
  ]);
}

const sceneOf = (panels, more = {}) => ({
  panels: Object.fromEntries(panels.map((each) => [each.name, each])),
  signs: ["⋆", "="],
  ...more,
});

/** The layout of panels, with the lengths of its style as numbers. */
function layout(panels, { room = ROOM, width = 808, tabs = false, ...more } = {}) {
  const { way, style } = layoutOf(sceneOf(panels, more), panels, [width, room], tabs);
  return {
    way,
    room,
    ...Object.fromEntries(style.split("; ").map((part) => [part.split(": ")[0], Number(part.split(": ")[1])])),
  };
}

/** What the style sheet makes of a layout: px that a cell has room for, the side of one, and that of a photograph. */
function lengths(laid, width = WIDE) {
  const free = Math.floor(
    Math.min((width - laid["--x-px"]) / laid["--x"], (laid["--flat"] * (laid.room - laid["--y-px"])) / laid["--y"]),
  );
  const clamp = (least, most, px) => Math.max(least, Math.min(px, most));
  return {
    free,
    cell: clamp(laid["--least"], laid["--most"], free),
    photo: clamp(96, 300, 8 * free),
    // flatter, where height is short
    high: Math.min(
      clamp(laid["--least"], laid["--most"], free),
      Math.max(14, Math.floor((laid.room - laid["--y-px"]) / laid["--y"])),
    ),
  };
}

const cellIn = (panels, more) => lengths(layout(panels, more)).cell;

/** How wide panels are drawn at the least: cells, gaps and signs, without the room that captions take. */
function widthOf(panels, way, { cell, photo }, operator) {
  const columns = new Map();
  for (const each of panels) {
    const [, across] = standing(each, way);
    const width = each.view === "photo" ? photo : across * each.shape[1] * cell + GAP * (across - 1);
    const column = way.beside ? `${each.row} ${each.column}` : each.column;
    columns.set(column, Math.max(width, columns.get(column) ?? 0));
  }
  return [...columns.values()].reduce((sum, each) => sum + each, 0) + (columns.size - 1) * operator;
}

// --- how large cells are ------------------------------------------------------------------------------------------------

test("one row of planes of up to 7 drawn cells has cells of 44 px, in the width of a notebook's output", () => {
  for (const size of [3, 5, 7])
    for (const kernel of [1, 2, 3].filter((length) => length < size)) {
      const laid = layout(convolution({ size, kernel }));
      assert.deepEqual([laid["--most"], lengths(laid).cell, laid.way], [44, 44, PLAIN], `${size} ${kernel}`);
    }
  assert.equal(cellIn(convolution({ size: 5, kernel: 3, padding: 1 })), 44);
});

test("with gradients the cells of a 5×5 input and a 3×3 kernel have 28 px or more", () => {
  const panels = convolution({ size: 5, kernel: 3, gradients: true });
  const { free, cell } = lengths(layout(panels, { room: 400 }));
  assert.ok(cell >= 28 && cell === free, `${cell} ${free}`);
  assert.ok(cellIn(panels, { tabs: true }) >= 28);
});

test("with gradients and a ring of padding the cells of a 5×5 input are 28 px high, and no flatter than by a third", () => {
  const { cell, high } = lengths(layout(convolution({ size: 5, kernel: 3, padding: 1, gradients: true })));
  assert.deepEqual([cell, high], [37, 28]);
});

test("cells may be wider than high where a stage has little height, by a third", () => {
  const panels = convolution({ size: 5, kernel: 3 });
  const shapes = [400, 180].map((room) => lengths(layout(panels, { room })));
  assert.deepEqual(
    shapes.map(({ cell, high }) => [cell, high]),
    [
      [44, 44],
      [40, 31],
    ],
  );
});

test("the lengths of the style count the cells and the px of what stands across and below each other", () => {
  const { way, room, ...laid } = layout(convolution({ size: 5, kernel: 3, gradients: true }));
  const [signs, edges, captions, between] = [2 * 30, 10, 2 * (19 + 4), 10];
  assert.deepEqual(laid, {
    ...{ "--x": 5 + 3 + 3, "--x-px": signs + edges, "--y": 2 * 5, "--y-px": captions + between },
    ...{ "--flat": 1.3, "--widest": 5, "--least": 18, "--most": 44, "--operator": 30 },
  });
  const planes = layout(convolution({ size: 5, kernel: 3, channels: 3, filters: 2 }), { room: 2000 });
  assert.deepEqual(
    [planes["--x"], planes["--x-px"], planes["--y"], planes["--y-px"]],
    [5 + 2 * 3 + 3, signs + edges + GAP, 3 * 5, 19 + 4 + 2 * GAP],
  );
});

test("signs of several letters, and buttons in their place, have room", () => {
  const panels = convolution({ size: 5, kernel: 3 });
  const operators = [{}, { signs: ["→", "conv"] }, { tabs: true }, { compact: true }].map(
    (more) => layout(panels, more)["--operator"],
  );
  assert.deepEqual(operators, [30, 46, 65, 20]);
  assert.equal(layout(panels, { tabs: true })["--x-px"] - layout(panels)["--x-px"], 2 * (65 - 30));
});

test("whatever the sliders say, no panel is pushed out of sight sideways", () => {
  for (const room of [200, 400])
    for (const size of [1, 5, 12])
      for (const padding of [0, 2, 4])
        for (const kernel of [1, 3, 7].filter((length) => length <= size + 2 * padding))
          for (const [channels, filters] of [
            [1, 1],
            [3, 2],
            [4, 4],
          ])
            for (const gradients of [false, true]) {
              const shown = { size, padding, kernel, channels, filters, gradients };
              const panels = convolution(shown);
              const laid = layout(panels, { room });
              const wide = widthOf(panels, laid.way, lengths(laid), laid["--operator"]);
              assert.ok(wide <= WIDE, JSON.stringify({ room, ...shown, wide }));
            }
});

test("with less room the cells shrink, in a narrow place and in a low one", () => {
  const panels = convolution({ size: 9, kernel: 3 });
  const laid = layout(panels, { room: 900 });
  const shrinking = [
    [2000, 700, 550].map((width) => lengths(laid, width).cell),
    [900, 230, 180].map((room) => cellIn(panels, { room })),
  ];
  for (const cells of shrinking) {
    assert.deepEqual(
      [...cells].sort((p, q) => q - p),
      cells,
    );
    assert.equal(new Set(cells).size, 3, String(cells));
  }
});

test("no cell with a number is narrower than the number needs, however little room there is", () => {
  const needs = [
    [[9, -9], 18],
    [[-Infinity, 3], 18],
    [[100], 20],
    [[0.25, -12.75], 30], // written "−12.8",
    [[-1.5, 1], 24],
  ];
  for (const [values, need] of needs) {
    const low = layout(convolution({ size: 12, kernel: 3, values }), { room: 100 });
    assert.deepEqual([low["--least"], lengths(low).cell], [need, need], String(values));
    assert.ok(lengths(low).high >= 14, "flatter, but no flatter than a line of text");
  }
});

test("a number is as wide as its digits: a sign is wider, a point narrower", () => {
  assert.deepEqual(["7", "−12", "0.5", "≈0.1", "∞", ""].map(emsOf), [1, 3.3, 2.5, 3.8, 1.3, 0]);
});

test("many small maps, and planes of more than 16 cells, have no numbers and shrink further", () => {
  const [small, large] = [16, 17].map((side) => [panel("x", "input", 0, [3, side])]);
  assert.deepEqual([isLegible(small, false), isLegible(small, true), isLegible(large, false)], [true, false, false]);
  assert.equal(isLegible([panel("x", "input", 0, [90, 90], { view: "photo" })], false), true);
  assert.ok(lengths(layout(large), 250).cell * 17 <= 250);
  const maps = layout(small, { compact: true });
  assert.deepEqual([maps["--least"], maps["--most"], lengths(maps).cell], [8, 12, 12]);
});

test("a picture with small cells has no numbers, and takes none from the others", () => {
  const picture = panel("a", undefined, 0, [28, 28], { scale: 0.2, values: [0.5] });
  const table = panel("b", undefined, 1, [10, 10]);
  assert.deepEqual([isRoomy(picture), isRoomy(table), isLegible([picture, table], false)], [false, true, true]);
  assert.deepEqual([layout([picture])["--x"], layout([picture])["--y"]], [5.6, 5.6]);
});

test("photographs share the width that is left, and the height", () => {
  const photos = [0, 2].map((column) =>
    panel(`p${column}`, "input", column, [200, 200], { view: "photo", values: [] }),
  );
  const panels = [photos[0], panel("w", "tap", 1, [3, 3]), photos[1]];
  const laid = layout(panels, { room: 900 });
  const [wide, narrow] = [2000, 600].map((width) => lengths(laid, width).photo);
  const low = lengths(layout(panels, { room: 250 })).photo;
  assert.ok(wide === 300 && narrow < wide && low < wide, `${wide} ${narrow} ${low}`);
  assert.ok(2 * narrow <= 600 && low <= 250);
  assert.deepEqual([laid["--x"], laid["--y"]], [2 * 8 + 3, 8 * 1.3]);
});

test("bars and charts have px of their own, and leave the rest to the cells", () => {
  const cells = panel("h", undefined, 0, [4, 4]);
  const bars = layout([cells, panel("p", undefined, 1, [10, 1], { view: "bars" })]);
  assert.deepEqual([bars["--x"], bars["--x-px"]], [4, 180 + 30 + 10]);
  const chart = layout([cells, panel("loss", undefined, 1, [1, 1], { view: "chart" })]);
  assert.deepEqual([chart["--x"], chart["--x-px"]], [4, 250 + 30 + 10]);
  const other = layout([cells, panel("h", undefined, 1, [8, 14], { view: "histogram" })]);
  assert.deepEqual([other["--x"], other["--x-px"]], [4, 250 + 30 + 10]); // that of a picture of a new kind is a chart's
});

// --- how planes stand ---------------------------------------------------------------------------------------------------

test("the channels of an input and the filters of a kernel can stand in other rows and columns, nothing else can", () => {
  const ways = (of, ...all) => all.map(([channels, filters]) => standing(of, { channels, filters, beside: false }));
  assert.deepEqual(ways({ end: "input", planes: [3, 1] }, [false, false], [true, false], [false, true]), [
    [3, 1],
    [2, 2],
    [3, 1],
  ]);
  for (const end of ["tap", "part"])
    assert.deepEqual(ways({ end, planes: [3, 4] }, [false, false], [false, true], [true, false]), [
      [3, 4],
      [6, 2],
      [3, 4],
    ]);
  assert.deepEqual(ways({ end: "output", planes: [4, 1] }, [true, true]), [[4, 1]]);
  assert.deepEqual(ways({ end: "input", planes: [2, 2] }, [true, true]), [[2, 2]]);
});

test("with room enough the planes stand as the scene says, though another way would have larger cells", () => {
  const panels = convolution({ size: 5, kernel: 3, padding: 1, channels: 2, filters: 2, gradients: true });
  assert.deepEqual(layout(panels, { room: 3000 }).way, PLAIN);
  const rows = convolution({ size: 5, kernel: 3, channels: 2 });
  const laid = layout(rows, { room: 350 });
  assert.deepEqual(laid.way, PLAIN);
  assert.ok(lengths(laid).cell >= 28 && lengths(laid).cell < 44); // side by side they would have more
});

test("where channels below each other do not fit they stand side by side, and filters below each other", () => {
  assert.ok(layout(convolution({ size: 4, kernel: 2, channels: 4 }), { room: 250 }).way.channels);
  const wide = layout(convolution({ size: 6, kernel: 6, filters: 6 }), { room: 2000 });
  assert.ok(wide.way.filters, JSON.stringify(wide.way));
});

test("a way that does not fit the width is not taken, however low the place", () => {
  const panels = convolution({ size: 12, kernel: 3, channels: 4, gradients: true });
  for (const room of [150, 300, 600]) {
    const laid = layout(panels, { room });
    const wide = widthOf(panels, laid.way, { cell: laid["--least"] }, laid["--operator"]);
    assert.ok(wide <= WIDE, `${room}: ${wide}`);
  }
});

test("where height is short the second row stands beside the first", () => {
  const panels = convolution({ size: 4, kernel: 2, gradients: true });
  const [high, low] = [400, 150].map((room) => layout(panels, { room }));
  assert.deepEqual([high.way.beside, low.way.beside], [false, true]);
  assert.deepEqual([low["--x"], low["--y"]], [2 * (4 + 2 + 3), 4]);
  const wide = convolution({ size: 12, kernel: 3, gradients: true });
  assert.equal(layout(wide, { room: 150 }).way.beside, false); // there is no room beside
  assert.equal(layout(panels, { room: 150, compact: true }).way.beside, false);
});

test("the height that panels would like is that of good cells, and grows with their rows and planes", () => {
  const high = (more) => {
    const panels = convolution({ size: 5, kernel: 3, ...more });
    return Math.round(layoutOf(sceneOf(panels), panels, [808, 400], false).high);
  };
  assert.deepEqual([high({}), high({ padding: 1 })], [5 * 28 + 19 + 4, 7 * 28 + 19 + 4]);
  assert.equal(high({ size: 14, gradients: true }), 2 * (14 * 28 + 19 + 4) + 10); // beside each other they would not fit
  assert.ok(high({ channels: 9 }) > high({}));
});

// --- words ----------------------------------------------------------------------------------------------------

test("a caption has as many lines as its planes are narrow, and a map's has two", () => {
  const lines = (title, more) =>
    (layout([panel("x", "input", 0, [3, 3], { title, ...more })], more)["--y-px"] - 4) / 19;
  const [short, long] = ["input", "the kernel, turned by half"];
  assert.deepEqual([lines(short), lines(long), lines(short, { compact: true })], [1, 2, 2]);
  assert.equal(lines(short, { turned: true, scale: 0.5 }), 2); // its button
});

// --- panels that nothing but their order joins ----------------------------------------------------------------------------

test("panels flow where no sign and no network joins them", () => {
  const two = [panel("a", undefined, 0, [8, 8]), panel("b", undefined, 1, [8, 8])];
  const scenes = [sceneOf(two, { signs: [] }), sceneOf(two), sceneOf(two, { signs: [], network: true })];
  assert.deepEqual(scenes.map(isFlow), [true, false, false]);
});

test("in a flow a cell has one size, whatever is counted: nothing moves while a training goes on", () => {
  const cell = (value) => cellIn([panel("a", undefined, 0, [8, 8], { values: [value] })], { signs: [] });
  assert.deepEqual([1, 360, 12].map(cell), [20, 20, 20]);
});

test("the products of a small window stand beside its output, where that is one plane, there is room, and no gradient", () => {
  const shapes = [
    convolution({ size: 5, kernel: 3 }),
    convolution({ size: 5, kernel: 2 }),
    convolution({ size: 12, kernel: 3 }),
    convolution({ size: 7, kernel: 5 }),
    convolution({ size: 5, kernel: 3, channels: 2 }),
    convolution({ size: 5, kernel: 3, gradients: true }),
  ].map((panels) => {
    panels[2].sum = { a: "x", b: "w" };
    return productsIn(sceneOf(panels), panels.length > 3);
  });
  assert.deepEqual(shapes, [[3, 3], [2, 2], null, null, null, null]);
});
