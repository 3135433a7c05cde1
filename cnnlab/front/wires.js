// What a scene says about one cell: its wires, and the terms of its sum.
// Pure functions: no DOM, and no convolution. A cell's number always comes from Python; the wires are looked up
// in the two tables (rows, columns) that Python sent, and the terms only name the pairs that the wires join.

import { readArray } from "./dom.js";

/** @typedef {[number, number, number]} Cell plane, row, column (rows and columns of the input count its padding) */
/** @typedef {{panel: ?string, cell: ?Cell, value: number}} Operand */
/** @typedef {{a: Operand, b: Operand, to: Operand, via: ?Operand}} Term */

/** Turns the message from Python into arrays and look-up tables. */
export function readScene(message) {
  const panels = {};
  const shared = (owner) => owner.shares && { ...owner.shares, values: readArray(owner.shares.values) };
  for (const panel of message.panels) {
    const frames = panel.frames && readArray(panel.frames);
    panels[panel.name] = { ...panel, values: readArray(panel.values), frames, shares: shared(panel) };
  }
  return { ...message, panels, shares: shared(message), tables: { rows: lookUp(message.rows), columns: lookUp(message.columns) } };
}

/** Groups the wires of one axis by each of their three ends. */
function lookUp(axis) {
  const table = { output: new Map(), input: new Map(), tap: new Map() };
  axis.output.forEach((output, k) => {
    const wire = { output, input: axis.padded[k], tap: axis.tap[k] };
    for (const end of Object.keys(table)) {
      if (!table[end].has(wire[end])) table[end].set(wire[end], []);
      table[end].get(wire[end]).push(wire);
    }
  });
  return table;
}

/** The number in a cell of a panel. */
export function valueAt(panel, [plane, row, column]) {
  const [height, width] = panel.shape;
  return panel.values[(plane * height + row) * width + column];
}

/** Which planes a wire can join, given the plane of one of its ends. */
export function planesOf(scene, kind, plane) {
  if (scene.op !== "convolution") return [{ output: plane, input: plane, tap: 0 }];
  const { channels, filters, groups } = scene;
  const deep = channels / groups;
  const wide = filters / groups;
  const join = (f, k) => ({ output: f, input: Math.floor(f / wide) * deep + k, tap: f * deep + k });
  const range = (n) => Array.from({ length: n }, (_, k) => k);
  if (kind === "output") return range(deep).map((k) => join(plane, k));
  if (kind === "tap" || kind === "part") return [join(Math.floor(plane / deep), plane % deep)];
  return range(wide).map((f) => join(Math.floor(plane / deep) * wide + f, plane % deep));
}

/** Every wire that ends in a cell of a kind ("input", "tap" or "output"). */
export function wiresOf(scene, kind, [plane, row, column]) {
  const end = kind === "part" ? "output" : kind; // a partial map has a cell for each of the output
  const rows = scene.tables.rows[end].get(row) ?? [];
  const columns = scene.tables.columns[end].get(column) ?? [];
  const wires = [];
  for (const planes of planesOf(scene, kind, plane))
    for (const r of rows)
      for (const c of columns)
        wires.push({
          output: [planes.output, r.output, c.output],
          input: [planes.input, r.input, c.input],
          tap: [planes.tap, r.tap, c.tap],
          part: [planes.tap, r.output, c.output],
        });
  return wires;
}

/** The other panels that show the same cells: x and dx, w and dw, y and dy. */
export function twinsOf(scene, name) {
  const { kind } = scene.panels[name];
  return Object.keys(scene.panels).filter((other) => other !== name && scene.panels[other].kind === kind);
}

/** Is the cell one of the padding around the input? */
export function isPadding(panel, [, row, column]) {
  if (!panel.frame) return false;
  const [top, bottom, left, right] = panel.frame;
  const [height, width] = panel.shape;
  return row < top || row >= height - bottom || column < left || column >= width - right;
}

/** Is the cell one that the last window of ceil mode hangs over? It lies beyond the padding, and is nothing at all. */
export function isBeyond({ overhang = [0, 0], shape }, [, row, column]) {
  return row >= shape[0] - overhang[0] || column >= shape[1] - overhang[1];
}

/** Row and column of a cell in the array the learner knows: without padding, and before a kernel was turned. */
export function placeOf(panel, [, row, column]) {
  const [top, , left] = panel.frame ?? [0, 0, 0];
  return panel.turned ? [panel.shape[0] - 1 - row, panel.shape[1] - 1 - column] : [row - top, column - left];
}

/** Writes a cell as an index of the array the learner knows, without a lone plane. */
export function nameOf(panel, cell) {
  const name = panel.alias ?? panel.symbol ?? panel.name;
  const [plane] = cell;
  if (panel.kind === "bias") return `${name}[${plane}]`;
  const [down, across] = panel.planes;
  const planes = down * across === 1 ? [] : panel.deep ? [Math.floor(plane / panel.deep), plane % panel.deep] : [plane];
  return `${name}[${[...planes, ...placeOf(panel, cell)].join(", ").replaceAll("-", "−")}]`;
}

// --- sums ---------------------------------------------------------------------------------------------------------

/** What each panel's strip adds up: the two operands of a term, and where the term goes. */
const SUMS = {
  y: { a: "x", b: "w", to: "y", total: "y" },
  parts: { a: "x", b: "w", to: "parts", total: "parts" },
  dx: { a: "dy", b: "w", to: "dx", total: "dx" },
  dw: { a: "x", b: "dy", to: "dw", total: "dw" },
  x: { a: "x", b: "w", to: "y", total: null },
  w: { a: "x", b: "w", to: "y", total: null },
  dy: { a: "dy", b: "w", to: "dx", total: null },
};

/** The panel whose sum is shown for a selected cell: an input cell or tap shows its gradient where there is one. */
export function summed(scene, name) {
  const gradient = { x: "dx", w: "dw", b: "db" }[name];
  return gradient && scene.backward && scene.panels[gradient] ? gradient : name;
}

/**
 * The sum of a cell, term by term.
 * @returns {{panel: string, terms: Term[], bias: ?Operand, total: ?number}} total is the number Python computed
 */
export function sumOf(scene, name, cell) {
  const panel = summed(scene, name);
  const { kind } = scene.panels[panel];
  if (scene.op === "overview") return { panel, terms: [], bias: null, total: valueAt(scene.panels[panel], cell) };
  if (kind === "bias") return sumOfBias(scene, panel, cell);
  // where only the way back is shown (no x), every sum runs from dy to an input gradient
  const gradient = kind === "input" ? panel : Object.keys(scene.panels).find((other) => scene.panels[other].kind === "input");
  const sum = scene.panels.x ? SUMS[panel] : { ...SUMS.dx, to: gradient, total: kind === "input" ? panel : null };
  const shares = scene.panels[panel].shares ?? scene.shares;
  const end = (name, wire) => operand(scene, name, wire, shares);
  const via = (wire) => (scene.panels.parts && sum.a === "x" && sum.b === "w" ? end(panel === "parts" ? "y" : "parts", wire) : null);
  const terms = wiresOf(scene, kind, cell).map((wire) => ({
    a: end(sum.a, wire), b: end(sum.b, wire), to: end(sum.to, wire), via: via(wire),
  }));
  const bias = panel === "y" && scene.panels.b ? biasOf(scene, cell[0]) : null;
  return { panel, terms, bias, total: sum.total && valueAt(scene.panels[panel], cell) };
}

function operand(scene, name, wire, shares) {
  if (name === "w" && !scene.panels.w) return { panel: null, cell: null, value: shareOf(shares, wire) };
  const panel = scene.panels[name];
  const cell = wire[panel.kind];
  return { panel: name, cell, value: valueAt(panel, cell) };
}

function biasOf(scene, filter) {
  const cell = [filter, 0, 0];
  return { panel: "b", cell, value: valueAt(scene.panels.b, cell) };
}

/** The weight of a pooling wire: 1 or 0 for max (winner or not), 1 / count for mean. */
function shareOf(shares, { output: [plane, row, column], tap }) {
  const [height, width, kernelHeight, kernelWidth] = shares.shape;
  return shares.values[(((plane * height + row) * width + column) * kernelHeight + tap[1]) * kernelWidth + tap[2]];
}

/** A bias joins every cell of its output plane, with weight 1. */
function sumOfBias(scene, panel, cell) {
  const source = panel === "db" ? scene.panels.dy : scene.panels.y;
  const [height, width] = source.shape;
  const terms = [];
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const output = [cell[0], row, column];
      const here = { panel: source.name, cell: output, value: valueAt(source, output) };
      const one = { panel: null, cell: null, value: 1 };
      if (panel === "db") terms.push({ a: here, b: one, to: { panel, cell, value: valueAt(scene.panels.db, cell) } });
      else terms.push({ a: biasOf(scene, cell[0]), b: one, to: here });
    }
  return { panel, terms, bias: null, total: panel === "db" ? valueAt(scene.panels.db, cell) : null };
}
