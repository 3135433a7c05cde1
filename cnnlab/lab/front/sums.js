// The sum of a cell, term by term: which cells its wires join. Pure functions; no convolution. The number of a cell
// always comes from Python, and the terms only name the pairs that the wires join.

import { endOf, keyOf, kindOf, shareAt, valueAt, weightOf, wiresAt } from "./scene.js";

/** @typedef {{panel: string, cell: import("./schema.js").Cell | null, value: number}} Operand */
/** @typedef {{a: Operand, b: Operand, to: Operand, via: Operand | null, plane: number, weight: number}} Term plane: which wire of the planes */

/** The panel whose sum is told of a cell: an input cell or tap tells its gradient while the way back is shown. */
export function summed(scene, name, backward = true) {
  const { gradient } = scene.panels[name];
  return scene.panels[backward && gradient ? gradient : name];
}

/**
 * The sum of a cell.
 * @returns {{panel: any, told: any, terms: Term[], bias: Operand | null, total: number}} total is what Python computed
 */
export function sumOf(scene, { panel: name, cell }, backward = true) {
  const panel = summed(scene, name, backward);
  const told = panel.sum;
  const total = valueAt(panel, cell);
  if (!told) return { panel, told, terms: [], bias: null, total };
  const wires = scene.wires[told.wires];
  const shares = panel.shares ?? scene.shares;
  /** @returns {Operand} */
  const number = (value) => ({ panel: "", cell: null, value });
  /** @returns {Operand} */
  const inCell = (of, cell) => ({ panel: of, cell, value: valueAt(scene.panels[of], cell) });
  const operand = (of, numbers) => {
    const end = (name) => endOf(wires, name, numbers);
    if (of === "one") return number(1);
    if (of === "share") return number(shareAt(shares, end("output"), end("tap")));
    return inCell(of, end(scene.panels[of].end));
  };
  const terms = wiresAt(wires, panel.end, cell).map((numbers) => ({
    a: operand(told.a, numbers),
    b: operand(told.b, numbers),
    to: operand(told.goes ?? panel.name, numbers),
    via: told.via ? operand(told.via, numbers) : null,
    plane: numbers[0],
    weight: weightOf(wires, numbers),
  }));
  return { panel, told, terms, bias: told.bias ? inCell(told.bias, [cell[0], 0, 0]) : null, total };
}

/** The terms that are written: those of the cells that have a part in the sum, zeros too. */
export function writtenTerms(scene, { told, terms }) {
  return told?.skips ? terms.filter(({ a }) => !told.skips.includes(kindOf(scene.panels[a.panel], a.cell))) : terms;
}

/** How many outputs read a cell of a panel, in one plane of the output; and the most that any cell is read by. */
export function readersOf(scene, panel) {
  const { found, listed } = scene.wires.window;
  const tables = (listed ? [listed] : found.slice(1)).map((table) => table[panel.end]);
  const keys = (cell) => (listed ? [keyOf(cell)] : cell.slice(1));
  const product = (numbers) => numbers.reduce((p, q) => p * q, 1);
  return {
    count: (cell) => product(keys(cell).map((key, k) => tables[k].get(key)?.length ?? 0)),
    most: product(tables.map((table) => Math.max(0, ...[...table.values()].map((wires) => wires.length)))),
  };
}

/** The terms in groups, one for each wire of the planes, with what each adds: Python's number. */
export function groupsOf({ panel, told, terms }, cell) {
  if (!told?.groups) return [];
  const [height, width] = panel.shape;
  const planes = [...new Set(terms.map(({ plane }) => plane))];
  if (planes.length < 2) return [];
  return planes.map((plane) => ({
    terms: terms.filter((term) => term.plane === plane),
    total: told.groups[(plane * height + cell[1]) * width + cell[2]],
  }));
}
