// The sum of a cell, term by term: which cells its wires join. Pure functions; no convolution. The number of a cell
// always comes from Python, and the terms only name the pairs that the wires join.

import { endOf, keyOf, shareAt, valueAt, weightOf, wiresAt } from "./scene.js";

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
  const operand = (of, numbers) => {
    if (of === "one") return { panel: "", cell: null, value: 1 };
    if (of === "share")
      return {
        panel: "",
        cell: null,
        value: shareAt(shares, endOf(wires, "output", numbers), endOf(wires, "tap", numbers)),
      };
    const other = scene.panels[of];
    const end = endOf(wires, other.end, numbers);
    return { panel: of, cell: end, value: valueAt(other, end) };
  };
  const terms = wiresAt(wires, panel.end, cell).map((numbers) => ({
    a: operand(told.a, numbers),
    b: operand(told.b, numbers),
    to: operand(told.goes ?? panel.name, numbers),
    via: told.via ? operand(told.via, numbers) : null,
    plane: numbers[0],
    weight: weightOf(wires, numbers),
  }));
  return { panel, told, terms, bias: told.bias ? biasOf(scene, told.bias, cell[0]) : null, total };
}

/** @returns {Operand} */
function biasOf(scene, name, filter) {
  return { panel: name, cell: [filter, 0, 0], value: valueAt(scene.panels[name], [filter, 0, 0]) };
}

/** How many outputs read a cell of a panel, in one plane of the output; and the most that any cell is read by. */
export function readersOf(scene, panel) {
  const { found, listed } = scene.wires.window;
  if (listed) {
    const read = listed[panel.end];
    const most = Math.max(0, ...[...read.values()].map((wires) => wires.length));
    return { count: (cell) => read.get(keyOf(cell))?.length ?? 0, most };
  }
  const [, rows, columns] = found;
  const of = (found, index) => found[panel.end].get(index)?.length ?? 0;
  const most = (found) => Math.max(0, ...[...found[panel.end].values()].map((wires) => wires.length));
  return { count: ([, row, column]) => of(rows, row) * of(columns, column), most: most(rows) * most(columns) };
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
