// A scene as the front end reads it: arrays, look-up tables of its wires, and what a cell is called. No DOM, and no
// arithmetic of windows: which cells a wire joins, and where a cell stands in the learner's array, Python has said.

import { readArray } from "./dom.js";

/** @typedef {import("./schema.js").Cell} Cell */
/** @typedef {import("./schema.js").Panel} Panel */

export const AXES = ["planes", "rows", "columns"];

/** Turns the message from Python into arrays and look-up tables; panels by name. */
export function readScene(message) {
  const panels = {};
  for (const sent of message.panels) panels[sent.name] = readPanel(sent);
  const wires = {};
  for (const [name, sent] of Object.entries(message.wires)) wires[name] = readWires(sent);
  return { ...message, panels, wires, shares: sharesOf(message) };
}

function readPanel(sent) {
  const panel = { ...sent, values: readArray(sent.values), shares: sharesOf(sent) };
  if (sent.frames) panel.frames = readArray(sent.frames);
  if (sent.sum?.groups) panel.sum = { ...sent.sum, groups: readArray(sent.sum.groups) };
  if (sent.chart)
    panel.chart = {
      ...sent.chart,
      lines: sent.chart.lines.map((line) => ({ ...line, x: readArray(line.x), y: readArray(line.y) })),
    };
  return panel;
}

const sharesOf = (owner) => owner.shares && { ...owner.shares, values: readArray(owner.shares.values) };

/** Wires as one looks them up: those of three tables, planes with rows with columns, or a list of them one by one. */
function readWires(sent) {
  if (!sent.cells) return { tables: sent, found: AXES.map((axis) => lookUp(sent[axis])) };
  const keys = Object.entries(sent.cells).map(([end, cells]) => [end, cells.map(keyOf)]);
  return { ...sent, listed: lookUp(Object.fromEntries(keys)) };
}

/** For each end, which wires of a table have it. */
function lookUp(table) {
  const found = {};
  for (const [end, indices] of Object.entries(table)) {
    found[end] = new Map();
    for (const [k, index] of indices.entries()) {
      if (!found[end].has(index)) found[end].set(index, []);
      found[end].get(index).push(k);
    }
  }
  return found;
}

/** The numbers of all wires that end in a cell: [plane, row, column] in three tables, [k] in a list. */
export function wiresAt({ found, listed }, end, cell) {
  if (listed) return (listed[end]?.get(keyOf(cell)) ?? []).map((k) => [k]);
  const [planes, rows, columns] = cell.map((index, axis) => found[axis][end]?.get(index) ?? []);
  return planes.flatMap((p) => rows.flatMap((r) => columns.map((c) => [p, r, c])));
}

/** How many wires there are. */
export const wiresOf = ({ tables, weight }) =>
  weight ? weight.length : AXES.reduce((count, axis) => count * Object.values(tables[axis])[0].length, 1);

/** What a product is multiplied by on a wire. */
export const weightOf = ({ weight }, [k]) => (weight ? weight[k] : 1);

/** The cell at an end of a wire. */
export function endOf({ tables, cells }, end, numbers) {
  return /** @type {Cell} */ (cells ? cells[end][numbers[0]] : numbers.map((k, axis) => tables[AXES[axis]][end][k]));
}

/** The number in a cell of a panel. */
export function valueAt({ values, shape: [height, width] }, [plane, row, column]) {
  return values[(plane * height + row) * width + column];
}

/** The weight of a wire where there is no kernel. */
export function shareAt({ shape: [height, width, down, across], values }, [plane, row, column], tap) {
  return values[(((plane * height + row) * width + column) * down + tap[1]) * across + tap[2]];
}

/** What a cell is: of the array (0), padding (1), beyond the padded edge (2), a zero put in between (3). */
export function kindOf(panel, cell) {
  if (panel.marks?.inserted?.some((other) => sameCell(other, cell))) return 3;
  return panel.edges ? Math.max(panel.edges.rows[cell[1]], panel.edges.columns[cell[2]]) : 0;
}

/** Row and column of a cell in the learner's array. */
export function placeOf({ places: { rows, columns } }, [, row, column]) {
  return [...(rows.length ? [rows[row]] : []), ...(columns.length ? [columns[column]] : [])];
}

/** Writes a cell as an index of the learner's array. */
export function nameOf(panel, cell) {
  const index = [...panel.places.planes[cell[0]], ...placeOf(panel, cell)];
  const name = panel.alias ?? panel.symbol;
  return index.length ? `${name}[${index.join(", ")}]`.replaceAll("-", "−") : name;
}

/** A cell for Python: the plane as drawn, row and column as in the array; a bias has but one. */
export function inArray(panel, cell) {
  const { rows, columns } = panel.places;
  return [cell[0], rows[cell[1]] ?? 0, columns[cell[2]] ?? 0];
}

/** The other panels that show the same cells: x and dx, w and dw, y and dy. */
export function twinsOf({ panels }, name) {
  const { end } = panels[name];
  return end ? Object.keys(panels).filter((other) => other !== name && panels[other].end === end) : [];
}

export const keyOf = (cell) => cell.join(",");
export const sameCell = (p, q) => p[0] === q[0] && p[1] === q[1] && p[2] === q[2];
export const sameAt = (p, q) => Boolean(p && q) && p.panel === q.panel && sameCell(p.cell, q.cell);

/** How many cells a panel has. */
export const countOf = ({ planes, shape }) => planes[0] * planes[1] * shape[0] * shape[1];

/** The cell with a number in reading order, plane after plane. */
export function cellAt({ shape: [height, width] }, k) {
  return /** @type {Cell} */ ([Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width]);
}

/** The number of a cell in reading order. */
export const numberOf = ({ shape: [height, width] }, [plane, row, column]) => (plane * height + row) * width + column;
