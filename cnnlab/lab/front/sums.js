// The sum of a cell, term by term: which cells its wires join. Pure functions; no convolution. The number of a cell
// always comes from Python, and the terms only name the pairs that the wires join.

import { cellOn, keyOf, kindOf, shareAt, valueAt, weightOf, wiresAt } from "./scene.js";

const MOST_BESIDE = 3; // rows and columns of a window whose products stand beside its output
const MOST_HUES = 49; // of a kernel: more could not be told from each other

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./schema.js").Panel} Panel */
/** @typedef {import("./schema.js").Cell} Cell */
/** @typedef {{panel: Panel, told: import("./schema.js").Sum | undefined, terms: Term[], bias: Operand | null, total: number}} Summed total is what Python computed */
/** @typedef {{panel: string, cell: import("./schema.js").Cell | null, value: number}} Operand */
/** @typedef {{a: Operand, b: Operand, to: Operand, via: Operand | null, plane: number, weight: number, state?: string}} Term plane: which wire of the planes */

/**
 * The panel whose sum is told of a cell: an input cell or tap tells its gradient while the way back is shown.
 * @param {Scene} scene
 * @param {string} name
 * @param {boolean} [backward]
 */
export function summed(scene, name, backward = true) {
  const { gradient } = scene.panels[name];
  return scene.panels[backward && gradient ? gradient : name];
}

/**
 * The sum of a cell.
 * @param {Scene} scene
 * @param {import("./schema.js").At} at
 * @param {boolean} [backward]
 * @returns {Summed}
 */
export function sumOf(scene, { panel: name, cell }, backward = true) {
  const panel = summed(scene, name, backward);
  const told = panel.sum;
  const total = valueAt(panel, cell);
  if (!told) return { panel, told, terms: [], bias: null, total };
  const shares = panel.shares ?? scene.shares;
  /** @type {(value: number) => Operand} */
  const number = (value) => ({ panel: "", cell: null, value });
  /** @type {(of: string, cell: Cell) => Operand} */
  const inCell = (of, cell) => ({ panel: of, cell, value: valueAt(scene.panels[of], cell) });
  /** @type {(wires: import("./scene.js").Wires, of: string, numbers: number[]) => Operand} */
  const operand = (wires, of, numbers) => {
    const end = (/** @type {string | undefined} */ name) => cellOn(wires, name, numbers);
    if (of === "one") return number(1);
    if (of === "share" && shares) return number(shareAt(shares, end("output"), end("tap")));
    return inCell(of, end(scene.panels[of].end));
  };
  /** @type {(wires: import("./scene.js").Wires, a: string, b: string) => Term[]} */
  const termsBy = (wires, a, b) =>
    wiresAt(wires, panel.end, cell).map((numbers) => ({
      a: operand(wires, a, numbers),
      b: operand(wires, b, numbers),
      to: operand(wires, told.goes ?? panel.name, numbers),
      via: told.via ? operand(wires, told.via, numbers) : null,
      plane: numbers[0],
      weight: weightOf(wires, numbers),
      state: wires.state?.[numbers[0]],
    }));
  const added = told.adds ? termsBy(scene.wires[told.adds], told.adds, "one") : [];
  const terms = [...termsBy(scene.wires[told.wires], told.a, told.b), ...added];
  return { panel, told, terms, bias: told.bias ? inCell(told.bias, [cell[0], 0, 0]) : null, total };
}

/**
 * The hue, in degrees, that the two factors of a product have in common: that of the second one's place in its plane.
 * @param {Scene} scene
 * @param {Term} term
 * @returns {number | null}
 */
export function hueOf({ panels, compact }, { a, b }) {
  if (!a.cell || !b.cell || compact) return null;
  const [height, width] = panels[b.panel].shape;
  const count = height * width;
  return count > 1 && count <= MOST_HUES ? Math.round((360 * (b.cell[1] * width + b.cell[2])) / count) : null;
}

/**
 * The shape in which the products of an output can stand beside it: that of a small window of one plane.
 * @param {Scene} scene
 * @returns {number[] | null}
 */
export function windowShape({ panels, steps = "y", heading }) {
  const output = panels[steps];
  const { a = "", b = "", goes, right } = output?.sum ?? {};
  const all = [panels[a], panels[b], output];
  const isOne = all.every((panel) => panel?.view === "cells" && panel.planes.join() === "1,1");
  if (!isOne || heading || output.row || goes || right) return null;
  const { shape } = panels[b];
  const isWindow = output.end === "output" && panels[a].end === "input";
  return isWindow && Math.max(...shape) <= MOST_BESIDE ? shape : null;
}

/**
 * The terms that are written: those of the cells that have a part in the sum, zeros too.
 * @param {Scene} scene
 * @param {Summed} sum
 */
export function writtenTerms(scene, { told, terms }) {
  const skips = told?.skips;
  return skips ? terms.filter(({ a }) => !a.cell || !skips.includes(kindOf(scene.panels[a.panel], a.cell))) : terms;
}

/**
 * How many outputs read a cell of a panel, in one plane of the output; and the most that any cell is read by.
 * @param {Scene} scene
 * @param {Panel} panel
 */
export function readersOf(scene, panel) {
  const { found, listed } = scene.wires.window;
  const tables = (listed ? [listed] : (found ?? []).slice(1)).map((table) => table[panel.end ?? ""]);
  const keys = (/** @type {Cell} */ cell) => (listed ? [keyOf(cell)] : cell.slice(1));
  const product = (/** @type {number[]} */ numbers) => numbers.reduce((p, q) => p * q, 1);
  return {
    count: (/** @type {Cell} */ cell) => product(keys(cell).map((key, k) => tables[k].get(key)?.length ?? 0)),
    most: product(tables.map((table) => Math.max(0, ...[...table.values()].map((wires) => wires.length)))),
  };
}

/**
 * The terms in groups, one for each wire of the planes, with what each adds: Python's number.
 * @param {Summed} sum
 * @param {Cell} cell
 */
export function groupsOf({ panel, told, terms }, cell) {
  if (!told?.groups) return [];
  const [height, width] = panel.shape;
  const planes = [...new Set(terms.map(({ plane }) => plane))];
  if (planes.length < 2) return [];
  const { groups } = told;
  return planes.map((plane) => ({
    terms: terms.filter((term) => term.plane === plane),
    total: groups[(plane * height + cell[1]) * width + cell[2]],
  }));
}
