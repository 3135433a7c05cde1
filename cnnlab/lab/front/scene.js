// A scene in the front end: arrays, look-up tables of its wires, and the names of cells. No DOM, and no
// arithmetic of windows: Python says which cells a wire joins, and the index of a cell in the learner's array.

/** @typedef {import("./schema.js").Cell} Cell */
/** @typedef {import("./schema.js").Panel} Panel */
/** @typedef {import("./schema.js").At} At */
/** @typedef {Map<number | string, number[]>} Joined the numbers of wires, by an index or by the key of a cell */

/**
 * @typedef {object} Wires in look-up form: three tables for planes, rows and columns, or a list of single wires
 * @property {Record<string, Record<string, number[]>>} [tables]
 * @property {Record<string, Joined>[]} [found] by axis and end
 * @property {Record<string, Cell[]>} [cells] by end
 * @property {number[]} [weight]
 * @property {string[]} [state]
 * @property {Record<string, Joined>} [listed] by end
 */

/** @typedef {Omit<import("./schema.js").Scene, "panels" | "wires"> & {panels: Record<string, Panel>, wires: Record<string, Wires>}} Scene */

export const AXES = ["planes", "rows", "columns"];

/**
 * Turns the message from Python into a scene with look-up tables of wires, and panels by name.
 * @param {import("./schema.js").Scene} message
 * @returns {Scene}
 */
export function readScene(message) {
  const panels = Object.fromEntries(message.panels.map((panel) => [panel.name, panel]));
  const wires = Object.entries(message.wires).map(([name, sent]) => [name, readWires(sent)]);
  return { ...message, panels, wires: Object.fromEntries(wires) };
}

/**
 * @param {any} sent
 * @returns {Wires}
 */
function readWires(sent) {
  if (!sent.cells) return { tables: sent, found: AXES.map((axis) => lookUp(sent[axis])) };
  const keys = Object.entries(sent.cells).map(([end, cells]) => [end, cells.map(keyOf)]);
  return { ...sent, listed: lookUp(Object.fromEntries(keys)) };
}

/**
 * For each end, the wires of a table by index.
 * @param {Record<string, (number | string)[]>} table
 */
function lookUp(table) {
  /** @type {Record<string, Joined>} */
  const found = {};
  for (const [end, indices] of Object.entries(table)) {
    found[end] = new Map();
    for (const [k, index] of indices.entries()) {
      const wires = found[end].get(index) ?? [];
      wires.push(k);
      found[end].set(index, wires);
    }
  }
  return found;
}

/**
 * The numbers of all wires that end in a cell: [plane, row, column] in three tables, [k] in a list.
 * @param {Wires} wires
 * @param {string | undefined} end
 * @param {Cell} cell
 */
export function wiresAt({ found, listed }, end = "", cell) {
  if (listed) return (listed[end]?.get(keyOf(cell)) ?? []).map((k) => [k]);
  const [planes, rows, columns] = cell.map((index, axis) => found?.[axis][end]?.get(index) ?? []);
  return planes.flatMap((p) => rows.flatMap((r) => columns.map((c) => [p, r, c])));
}

/**
 * The factor of a wire.
 * @param {Wires} wires
 * @param {number[]} numbers
 */
export const weightOf = ({ weight }, [k]) => (weight ? weight[k] : 1);

/**
 * The cell at an end of a wire.
 * @param {Wires} wires
 * @param {string | undefined} end
 * @param {number[]} numbers
 */
export function cellOn({ tables, cells }, end = "", numbers) {
  return /** @type {Cell} */ (cells ? cells[end][numbers[0]] : numbers.map((k, axis) => tables?.[AXES[axis]][end][k]));
}

/**
 * The number in a cell of a panel.
 * @param {Panel} panel
 * @param {Cell} cell
 */
export function valueAt({ values, shape: [height, width] }, [plane, row, column]) {
  return values[(plane * height + row) * width + column];
}

/**
 * The weight of a wire if there is no kernel.
 * @param {import("./schema.js").Shares} shares
 * @param {Cell} cell
 * @param {Cell} tap
 */
export function shareAt({ shape: [height, width, down, across], values }, [plane, row, column], tap) {
  return values[(((plane * height + row) * width + column) * down + tap[1]) * across + tap[2]];
}

/**
 * The kind of a cell: array (0), padding (1), beyond the padded edge (2), inserted zero (3).
 * @param {Panel} panel
 * @param {Cell} cell
 */
export function kindOf(panel, cell) {
  if (panel.marks?.inserted?.some((other) => sameCell(other, cell))) return 3;
  return panel.edges ? Math.max(panel.edges.rows[cell[1]], panel.edges.columns[cell[2]]) : 0;
}

/**
 * Row and column of a cell in the learner's array.
 * @param {Panel} panel
 * @param {Cell} cell
 */
export function placeOf({ places: { rows, columns } }, [, row, column]) {
  return [...(rows.length ? [rows[row]] : []), ...(columns.length ? [columns[column]] : [])];
}

/**
 * Writes a cell as an index of the learner's array.
 * @param {Panel} panel
 * @param {Cell} cell
 */
export function nameOf(panel, cell) {
  const index = panel.flat ? [numberOf(panel, cell)] : [...panel.places.planes[cell[0]], ...placeOf(panel, cell)];
  const name = panel.alias ?? panel.symbol;
  return index.length ? `${name}[${index.join(", ")}]`.replaceAll("-", "−") : name;
}

/**
 * The name of a cell's plane.
 * @param {Panel} panel
 * @param {Cell} cell
 */
export const mapOf = ({ places, flat }, [plane]) => `map ${flat ? plane : places.planes[plane].join(", ")}`;

/**
 * A cell for Python: the plane as drawn, row and column as in the array; a bias has only one.
 * @param {Panel} panel
 * @param {Cell} cell
 */
export function inArray(panel, cell) {
  const { rows, columns } = panel.places;
  return [cell[0], rows[cell[1]] ?? 0, columns[cell[2]] ?? 0];
}

/**
 * The other panels that show the same cells: x and dx, w and dw, y and dy.
 * @param {Scene} scene
 * @param {string} name
 */
export function twinsOf({ panels }, name) {
  const { end } = panels[name];
  return end ? Object.keys(panels).filter((other) => other !== name && panels[other].end === end) : [];
}

/**
 * @param {Cell} cell
 */
export const keyOf = (cell) => cell.join(",");
/**
 * @param {Cell} p
 * @param {Cell} q
 */
export const sameCell = (p, q) => p[0] === q[0] && p[1] === q[1] && p[2] === q[2];
/**
 * @param {At | null | undefined} p
 * @param {At | null | undefined} q
 */
export const sameAt = (p, q) => Boolean(p && q && p.panel === q.panel && sameCell(p.cell, q.cell));

/**
 * How many cells a panel has.
 * @param {Panel} panel
 */
export const countOf = ({ planes, shape }) => planes[0] * planes[1] * shape[0] * shape[1];

/**
 * The cell with a number in reading order, plane after plane.
 * @param {Panel} panel
 * @param {number} k
 */
export const cellAt = ({ shape }, k) => cellIn(shape, k);

/**
 * The same for planes of a given shape.
 * @param {number[]} shape
 * @param {number} k
 */
export const cellIn = ([height, width], k) =>
  /** @type {Cell} */ ([Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width]);

/**
 * The number of a cell in reading order.
 * @param {Panel} panel
 * @param {Cell} cell
 */
export const numberOf = ({ shape: [height, width] }, [plane, row, column]) => (plane * height + row) * width + column;
