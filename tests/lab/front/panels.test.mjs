// Panels as templates: grids of cells, bars, canvases with frames, and how they stand beside each other.
import { read } from "./templates.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { barsOf } from "../../../cnnlab/lab/front/bars.js";
import { cellsOf, strength } from "../../../cnnlab/lab/front/cells.js";
import { bandsOf } from "../../../cnnlab/lab/front/panels.js";
import { cellUnder, photoOf, toRgb } from "../../../cnnlab/lab/front/photo.js";
import { readScene } from "../../../cnnlab/lab/front/scene.js";
import { lightsOf } from "../../../cnnlab/lab/front/stage.js";
import { convolution, numbers, PLAIN, panel, range, stageOf } from "./scenes.mjs";

const LOOK = { way: PLAIN, numbers: true, readers: null, lights: {}, stop: "", edited: "", field: null };
const PLANE = panel("x", "input", [2, 2], [1, -2, 0, 0.5], { limit: 4, editable: true });

const readPanel = (sent) => readScene({ panels: [sent], wires: {} }).panels[sent.name];
/** The cells of a panel, and what stands around them. */
function drawn(sent, look = {}) {
  const shown = read(cellsOf(readPanel(sent), { ...LOOK, ...look }));
  return { shown, cells: shown.all("cnnlab-cell") };
}
const attributes = (cells, name) => cells.map((cell) => cell.attributes[name]);

// --- cells --------------------------------------------------------------------------------------------------------------

test("a panel is a grid of rows of cells, each with its number", () => {
  const { shown, cells } = drawn({ ...PLANE, title: "input" });
  const [grid] = shown.elements;
  assert.deepEqual(
    [grid.attributes.role, grid.attributes["aria-label"], grid.attributes["aria-readonly"]],
    ["grid", "x, input", "false"],
  );
  assert.deepEqual(
    shown.all("cnnlab-row").map(({ text }) => text),
    ["1−2", "00.5"],
  );
  assert.deepEqual(attributes(cells, "data-cell"), ["0,0,0", "0,0,1", "0,1,0", "0,1,1"]);
  assert.deepEqual(attributes(cells, "data-value"), [1, -2, 0, 0.5]);
  assert.deepEqual(attributes(cells, "aria-label"), Array(4).fill(undefined)); // its text says it
  assert.ok(cells.every((cell) => cell.attributes.role === "gridcell"));
});

test("a cell is coloured by the size of its number, and a negative one in its own colour", () => {
  const { cells } = drawn(PLANE);
  const shades = ["--v: 26%; --ems: 1", "--v: 41%; --ems: 2.3", "--v: 0%; --ems: 1", "--v: 18%; --ems: 2.5"];
  assert.deepEqual(
    attributes(cells, "style").map((style) => style.replace("; --hue: undefined", "")),
    shades,
  );
  assert.deepEqual(
    cells.map((cell) => cell.has("cnnlab-negative")),
    [false, true, false, false],
  );
  assert.deepEqual(
    cells.map((cell) => cell.has("cnnlab-long")),
    [false, true, false, true],
  );
  assert.deepEqual(
    [3, -6, NaN, Infinity].map((value) => strength({ limit: 6 }, value)),
    [0.5, 1, 0, 0],
  );
  assert.equal(strength({ limit: 0 }, 3), 0);
  const grey = drawn({ ...PLANE, values: numbers(0, 4, 1, 3), palette: "grey" }).cells;
  assert.deepEqual(
    attributes(grey, "style").map((style) => style.split("; ").slice(-2).join("; ")),
    ["0 #fff", "255 #000", "64 #fff", "191 #000"]
      .map((each) => each.split(" "))
      .map(([level, ink]) => `background-color: rgb(${level}, ${level}, ${level}); color: ${ink}`),
  );
});

test("without numbers a cell says its own to those who cannot see it", () => {
  for (const [sent, look] of [
    [PLANE, { numbers: false }],
    [{ ...PLANE, scale: 0.2 }, {}],
  ]) {
    const { cells } = drawn(sent, look);
    assert.deepEqual(
      [attributes(cells, "aria-label"), cells.map(({ text }) => text).join("")],
      [["1", "−2", "0", "0.5"], ""],
    );
  }
});

test("what a cell is, whether a window reads it and what is picked out are classes; beyond the edge is no number", () => {
  const edges = { rows: [0, 1], columns: [0, 2] };
  const marks = { inserted: [[0, 0, 0]], winner: [[0, 1, 0]] };
  const unread = { rows: [0, 1], columns: [0, 0] };
  const lights = { "0,1,1": { looks: " cnnlab-lit cnnlab-selected" } };
  const { cells } = drawn({ ...PLANE, edges, marks, unread }, { lights });
  const kinds = ["inserted", "beyond", "padding"].map((kind) => cells.map((cell) => cell.has(`cnnlab-${kind}`)));
  assert.deepEqual(kinds, [
    [true, false, false, false],
    [false, true, false, true],
    [false, false, true, false],
  ]);
  assert.deepEqual(
    cells.map((cell) => cell.has("cnnlab-unread")),
    [false, false, true, true],
  );
  assert.deepEqual(
    cells.map((cell) => cell.has("cnnlab-lit") && cell.has("cnnlab-selected")),
    [false, false, false, true],
  );
  assert.deepEqual(attributes(cells, "data-mark"), ["inserted", undefined, "winner", undefined]);
  assert.deepEqual(
    cells.map(({ text }) => text),
    ["1", "", "0", ""],
  );
});

test("coverage shows how many outputs read a cell in place of its number, by its share of the most", () => {
  const { cells } = drawn(PLANE, { readers: [0, 1, 2, 3] });
  assert.deepEqual(
    cells.map(({ text }) => text),
    ["0", "1", "2", "3"],
  );
  assert.deepEqual(
    attributes(cells, "style").map((style) => style.split(";")[0]),
    ["--v: 0%", "--v: 20%", "--v: 31%", "--v: 41%"],
  );
  assert.ok(cells.every((cell) => cell.has("cnnlab-count")));
});

test("the cell that is typed into holds the field, and no number", () => {
  const { cells } = drawn(PLANE, { edited: "0,1,0", field: "a field" });
  assert.deepEqual(
    cells.map(({ text }) => text),
    ["1", "−2", "a field", "0.5"],
  );
});

test("each plane is a grid of its own with one stop of the Tab key, and a caption where it has one", () => {
  const sent = panel("x", "input", [1, 2], range(6), { planes: [3, 1], captions: ["a", "b", "c"] });
  const stops = (stop) => drawn(sent, { stop }).cells.filter((cell) => cell.attributes.tabindex === 0);
  assert.deepEqual(attributes(stops(""), "data-cell"), ["0,0,0", "1,0,0", "2,0,0"]);
  assert.deepEqual(attributes(stops("1,0,1"), "data-cell"), ["0,0,0", "1,0,1", "2,0,0"]);
  const { shown, cells } = drawn(sent);
  assert.deepEqual(attributes(shown.all("cnnlab-grid"), "aria-label"), ["x, plane 0", "x, plane 1", "x, plane 2"]);
  assert.deepEqual(
    shown.elements.map(({ text }) => text),
    ["01a", "23b", "45c"],
  );
  assert.deepEqual(attributes(cells, "data-value"), range(6));
});

test("where rows and columns have names their indices stand beside the cells", () => {
  const { shown } = drawn({ ...PLANE, heads: ["label", "answer"] });
  assert.deepEqual(
    shown.all("cnnlab-row").map(({ text }) => text),
    ["01", "01−2", "100.5"],
  );
  const roles = shown.all("cnnlab-head").map((head) => head.attributes.role);
  assert.deepEqual(roles, [undefined, "columnheader", "columnheader", "rowheader", "rowheader"]);
});

test("text is never taken as markup", () => {
  assert.equal(
    drawn({ ...PLANE, planes: [1, 1], captions: ["<b>bold</b> & more"] }).shown.all("cnnlab-below")[0].text,
    "<b>bold</b> & more",
  );
});

// --- bars ---------------------------------------------------------------------------------------------------------------

const BARS = panel("p", undefined, [3, 1], [0.25, 0.744, 0.006], {
  view: "bars",
  captions: ["0", "1", "2"],
  limit: 1,
  best: 1,
});
const bars = (more, look = {}) => read(barsOf(readPanel({ ...BARS, ...more }), { ...LOOK, ...look }));

test("each number has a bar of its length, its caption and its percentage; the best is picked out", () => {
  const shown = bars({ title: "answer" });
  const rows = shown.all("cnnlab-cell");
  assert.deepEqual(
    rows.map(({ text }) => text),
    ["025 %", "174 %", "21 %"],
  );
  assert.deepEqual(attributes(shown.all("cnnlab-bar-fill"), "style"), ["width: 25%", "width: 74.4%", "width: 0.6%"]);
  assert.deepEqual(
    rows.map((row) => row.has("cnnlab-best")),
    [false, true, false],
  );
  assert.deepEqual(attributes(rows, "data-cell"), ["0,0,0", "0,1,0", "0,2,0"]);
  assert.deepEqual(attributes(rows, "data-value"), [0.25, 0.744, 0.006]);
  assert.deepEqual(attributes(rows, "tabindex"), [0, -1, -1]);
  assert.equal(shown.elements[0].attributes["aria-label"], "p, answer");
});

test("a bar is measured by the limit, and none is longer than its row or shorter than nothing", () => {
  const widths = (values, limit) =>
    attributes(bars({ values: numbers(...values), limit }).all("cnnlab-bar-fill"), "style");
  assert.deepEqual(widths([1, 2, 8], 4), ["width: 25%", "width: 50%", "width: 100%"]);
  assert.deepEqual(widths([NaN, -1, 0], 4), ["width: 0%", "width: 0%", "width: 0%"]);
});

test("bars may have lengths and texts of their own, such as those of powers of ten", () => {
  const shown = bars({ lengths: [0.5, 0, 1], texts: ["10⁻³", "0", "1"] });
  assert.deepEqual(attributes(shown.all("cnnlab-bar-fill"), "style"), ["width: 50%", "width: 0%", "width: 100%"]);
  assert.deepEqual(
    shown.all("cnnlab-bar-text").map(({ text }) => text),
    ["10⁻³", "0", "1"],
  );
  assert.equal(shown.all("cnnlab-decades").length, 1);
  assert.equal(bars({}).all("cnnlab-decades").length, 0);
});

test("a bar that is picked out says so, and Tab reaches the one in view", () => {
  const rows = bars({}, { lights: { "0,2,0": { looks: " cnnlab-selected" } }, stop: "0,2,0" }).all("cnnlab-cell");
  assert.deepEqual(
    rows.map((row) => row.has("cnnlab-selected")),
    [false, false, true],
  );
  assert.deepEqual(attributes(rows, "tabindex"), [-1, -1, 0]);
});

// --- photographs --------------------------------------------------------------------------------------------------------

test("a photograph is a canvas, and what is lit in it has one frame around all of its cells", () => {
  const photo = readPanel(panel("x", "input", [10, 20], range(200), { view: "photo", title: "photograph" }));
  const [lit, selected] = [" cnnlab-lit", " cnnlab-selected"].map((looks) => ({ looks }));
  const lights = { "0,2,4": lit, "0,4,6": lit, "0,9,0": selected };
  const shown = read(photoOf(photo, { ...LOOK, lights }));
  const frames = shown.all("cnnlab-frame");
  assert.deepEqual(attributes(frames, "style"), [
    "top: 20%; height: 30%; left: 20%; width: 15%",
    "top: 90%; height: 10%; left: 0%; width: 5%",
  ]);
  assert.deepEqual(
    frames.map((frame) => [frame.has("cnnlab-lit"), frame.has("cnnlab-selected")]),
    [
      [true, false],
      [false, true],
    ],
  );
  const [{ attributes: canvas }] = shown.elements[0].elements;
  assert.deepEqual([canvas.width, canvas.height, canvas.tabindex], [20, 10, 0]);
  assert.equal(canvas["aria-label"], "x, photograph: arrow keys move the selected cell");
});

test("of several planes each has its canvas and its own frames; the Tab key stops at the first", () => {
  const planes = (view) => {
    const sent = panel("h", undefined, [2, 2], range(8), { view, planes: [2, 1] });
    return read(photoOf(readPanel(sent), { ...LOOK, lights: { "1,0,0": { looks: " cnnlab-lit" } } })).elements;
  };
  const stops = (view) => planes(view).map(({ elements: [canvas] }) => canvas.attributes.tabindex);
  assert.deepEqual(
    [stops("maps"), stops("photo")],
    [
      [0, -1],
      [0, -1],
    ],
  );
  assert.deepEqual(
    planes("maps").map((plane) => plane.all("cnnlab-frame").length),
    [0, 1],
  );
  assert.deepEqual(
    planes("maps").map((plane) => plane.attributes.style),
    Array(2).fill("--wide: 2"),
  );
});

test("the cell of a canvas under the pointer is found by its share of the canvas, and its edges belong to it", () => {
  const canvas = {
    dataset: { plane: "2" },
    getBoundingClientRect: () => ({ left: 100, top: 50, width: 200, height: 100 }),
  };
  const under = (clientX, clientY) => cellUnder(canvas, { shape: [10, 20] }, { clientX, clientY });
  assert.deepEqual(
    [under(100, 50), under(151, 79), under(300, 150), under(90, 999)],
    [
      [2, 0, 0],
      [2, 2, 5],
      [2, 9, 19],
      [2, 9, 0],
    ],
  );
  assert.deepEqual(toRgb("rgb(255, 128, 0)"), [255, 128, 0]);
});

// --- what is picked out -------------------------------------------------------------------------------------------------

/** What is lit with a cell in view, and with some of its terms pointed at. */
function lights(message, panel, cell, pointed = () => null) {
  const stage = stageOf(message, { panel, cell });
  return lightsOf({ ...stage, hot: pointed(stage.sum.terms) });
}

test("the cells of the sum are lit, and their twins; the cell in view is picked out with its own", () => {
  const found = lights(convolution(), "y", [0, 1, 0]);
  const keys = (name) =>
    Object.fromEntries(
      Object.entries(found).map(([panel, lit]) => [
        panel,
        Object.keys(lit).filter((key) => lit[key].looks.split(" ").includes(`cnnlab-${name}`)),
      ]),
    );
  assert.deepEqual(keys("lit"), {
    ...{ x: ["0,2,0", "0,2,1", "0,3,0", "0,3,1"], w: ["0,0,0", "0,0,1", "0,1,0", "0,1,1"] },
    ...{ dw: [], y: [], dy: [] },
  });
  assert.deepEqual(keys("twin"), { x: [], w: [], dw: ["0,0,0", "0,0,1", "0,1,0", "0,1,1"], y: [], dy: [] });
  assert.deepEqual(keys("selected"), { x: [], w: [], dw: [], y: ["0,1,0"], dy: ["0,1,0"] });
  const hues = ["x", "w", "y"].map((panel) => Object.values(found[panel]).map(({ hue }) => hue));
  assert.deepEqual(hues, [[0, 90, 180, 270], [0, 90, 180, 270], [undefined]]); // the selected cell is in all products
});

test("the terms that are pointed at in the strip are picked out in the panels; a tap whose gradient is told is not lit", () => {
  const hot = lights(convolution(), "y", [0, 0, 0], (terms) => [terms[3]]);
  assert.deepEqual([hot.x["0,1,1"].looks, hot.w["0,1,1"].looks], Array(2).fill(" cnnlab-lit cnnlab-hot"));
  assert.equal(hot.x["0,0,0"].looks, " cnnlab-lit");
  const told = lights(convolution(), "w", [0, 0, 1]);
  assert.deepEqual([told.w["0,0,1"].looks, told.dw["0,0,1"].looks], Array(2).fill(" cnnlab-selected"));
  assert.deepEqual(
    Object.values(told.dy).map(({ looks }) => looks),
    Array(4).fill(" cnnlab-lit"),
  );
});

test("more than 400 cells of a panel are not lit one by one, unless they are drawn", () => {
  const wide = (view) => {
    const message = convolution();
    const sizes = { output: Array(401).fill(0), input: range(401), tap: Array(401).fill(0) };
    message.panels[0] = { ...panel("x", "input", [1, 401], range(401), { view }), sum: message.panels[0].sum };
    message.wires.window = { ...message.wires.window, columns: sizes, rows: { output: [0], input: [0], tap: [0] } };
    return lights(message, "y", [0, 0, 0]).x;
  };
  assert.deepEqual([wide("cells"), Object.keys(wide("photo")).length], [undefined, 401]);
});

// --- how they stand -----------------------------------------------------------------------------------------------------

/** The panels of a scene as they stand: a text a column, its slots with what they hold. */
function bands(message, { way = PLAIN, tabs = null } = {}) {
  const stage = stageOf(message);
  const panels = Object.values(stage.state.scene.panels);
  const lookOf = () => ({ look: { ...LOOK, way }, key: "" });
  const link = { wanted: () => null };
  return read(
    bandsOf({
      ...stage,
      panels,
      tabs,
      link,
      laid: { way },
      drawn: (panel) => panel,
      lookOf,
      controls: () => [],
    }),
  );
}
const named = (element) => element.all("cnnlab-panel").map((shown) => shown.attributes["data-panel"]);

test("panels stand in columns, in the rows of the way there and back, with the signs between them", () => {
  const [band, ...more] = bands(convolution()).elements;
  assert.deepEqual([more.length, band.elements.map(named)], [0, [["x"], ["w", "dw"], ["y", "dy"]]]);
  const signs = band.elements.map((column) => column.all("cnnlab-operator").map(({ text }) => text));
  assert.deepEqual(signs, [[], ["⋆"], ["=", "←"]]);
  const slots = band.all("cnnlab-slot").map(({ attributes: of }) => `${of["data-row"]} ${of["data-column"]}`);
  assert.deepEqual(slots, ["0 0", "1 0", "0 1", "1 1", "0 2", "1 2"]);
});

test("where the second row stands beside the first each has columns of its own", () => {
  const [band] = bands(convolution(), { way: { ...PLAIN, beside: true } }).elements;
  assert.deepEqual(band.elements.map(named), [["x"], ["w"], ["y"], ["dw"], ["dy"]]);
});

test("bands stand below each other, the lens below the first panel, and buttons in place of signs", () => {
  const message = convolution();
  for (const each of message.panels) each.band = each.row;
  const tabs = { name: "step", options: ["conv", "act", "again", "back"].map((text) => [text, text]) };
  const split = bands(message, { tabs });
  assert.deepEqual(split.elements.map(named), [
    ["x", "w", "y"],
    ["dw", "dy"],
  ]);
  assert.deepEqual(
    split.elements[0].all("cnnlab-operator").map(({ text }) => text),
    ["conv", "act"],
  );
  const network = bands({ ...convolution(), network: true }).elements[0];
  assert.deepEqual(
    network.elements.map((column) => column.all("cnnlab-closeup").length > 0),
    [true, false, false],
  );
});

test("a panel says what it is, in its caption and in its classes", () => {
  const message = convolution({ w: { turned: true, title: "turned", symbol: "w_A", scale: 0.5, active: true } });
  const [x, w, , y] = bands(message).all("cnnlab-panel");
  const caption = w.all("cnnlab-caption")[0];
  assert.equal(caption.text, "w_A turned↻");
  assert.equal(caption.elements[2].attributes["aria-label"], "show the turn");
  const looks = ["cnnlab-editable", "cnnlab-active", "cnnlab-stepped"];
  assert.deepEqual(
    [x, w, y].map((shown) => looks.filter((name) => shown.has(name))),
    [looks.slice(0, 1), looks.slice(0, 2), looks.slice(2)],
  );
  assert.match(w.attributes.style, /^--scale: 0\.5; --words: \d/);
});

test("planes are numbered down each column first, channels that stand beside each other in reading order", () => {
  const rows = (end, planes, way = {}) => {
    const sent = panel("y", end, [1, 1], range(planes[0] * planes[1]), { planes });
    const shown = bands({ ...convolution(), panels: [sent], signs: [] }, { way: { ...PLAIN, ...way } });
    return shown.all("cnnlab-planes")[0].attributes.style;
  };
  assert.equal(rows("tap", [3, 2]), "grid-template-rows: repeat(3, auto)");
  assert.equal(
    rows("input", [4, 1], { channels: true }),
    "grid-template-columns: repeat(2, auto); grid-auto-flow: row",
  );
  assert.equal(rows("tap", [3, 4], { filters: true }), "grid-template-rows: repeat(6, auto)");
});
