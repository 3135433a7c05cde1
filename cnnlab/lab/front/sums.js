// The sum of a cell, term by term: which cells its wires join. Pure functions; no convolution. The number of a cell
// is always Python's, and the terms only name the pairs that the wires join.

import { grouped } from "./layout.js";
import { cellAt, countOf, kindOf, numberOf, shareAt, valueAt, wiresAt } from "./scene.js";

const MOST_HUES = 49; // taps with hues of their own: more would be indistinguishable

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./schema.js").Panel} Panel */
/** @typedef {import("./schema.js").Cell} Cell */
/** @typedef {{panel: Panel, told: import("./schema.js").Sum | undefined, terms: Term[], bias: Operand | null, total: number}} Summed total: as computed by Python */
/** @typedef {{panel: string, cell: import("./schema.js").Cell | null, value: number}} Operand */
/** @typedef {{a: Operand, b: Operand, to: Operand, via: Operand | null, plane: number, weight: number, state?: string}} Term plane: the index of the wire of the planes */

/**
 * The panel whose sum is shown for a cell: for an input cell or tap its gradient while the backward row is visible.
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
  /** @type {(wires: string, a: string, b: string) => Term[]} */
  const termsBy = (wires, a, b) =>
    wiresAt(scene.wires[wires], panel.end, cell).map(({ at, ...wire }) => {
      const operand = (/** @type {string} */ of) => {
        if (of === "one") return number(1);
        if (of === "share" && shares) return number(shareAt(shares, at("output"), at("tap")));
        return inCell(of, at(scene.panels[of].end));
      };
      const via = told.via ? operand(told.via) : null;
      return { ...wire, a: operand(a), b: operand(b), to: operand(told.goes ?? panel.name), via };
    });
  const added = told.adds ? termsBy(told.adds, told.adds, "one") : [];
  const terms = [...termsBy(told.wires, told.a, told.b), ...added];
  return { panel, told, terms, bias: told.bias ? inCell(told.bias, [cell[0], 0, 0]) : null, total };
}

/**
 * The common hue of the two factors of a product, in degrees, given by the second one's place in its plane.
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
 * The terms to write: those of the cells that take part in the sum, zeros included; if it is compared with the right
 * one, the learner's or the right ones; both in a list of uses.
 * @param {Scene} scene
 * @param {Summed} sum
 * @param {string} [whose]
 */
export function writtenTerms(scene, { told, terms }, whose = "yours") {
  const other = told?.goes ? "" : whose === "right" ? "extra" : "missing";
  const isSkipped = (/** @type {Operand} */ { panel, cell }) =>
    cell && told?.skips?.includes(kindOf(scene.panels[panel], cell));
  return terms.filter(({ a, state }) => state !== other && !isSkipped(a));
}

/**
 * How many outputs in a plane read each cell of a panel.
 * @param {Scene} scene
 * @param {Panel} panel
 */
export const readersOf = ({ wires }, panel) =>
  Array.from({ length: countOf(panel) }, (_, k) => {
    const read = wiresAt(wires.window, panel.end, cellAt(panel, k)).map(({ at }) => at("output").slice(1).join());
    return new Set(read).size;
  });

/**
 * The terms grouped by wire of the planes, each with its contribution as computed by Python.
 * @param {Summed} sum
 * @param {Cell} cell
 */
export function groupsOf({ panel, told, terms }, [, row, column]) {
  const planes = grouped(terms, ({ plane }) => plane);
  const sums = told?.groups;
  if (!sums || planes.length < 2) return [];
  return planes.map((terms) => ({ terms, total: sums[numberOf(panel, [terms[0].plane, row, column])] }));
}
