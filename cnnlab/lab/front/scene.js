// A scene in the front end: its panels by name, its wires, and the names of cells. No DOM, and no arithmetic of windows:
// Python says which cells a wire joins, and the index of a cell in the learner's array.

/** @typedef {import("./schema.js").Cell} Cell */
/** @typedef {import("./schema.js").Panel} Panel */
/** @typedef {import("./schema.js").At} At */
/** @typedef {Omit<import("./schema.js").Scene, "panels"> & {panels: Record<string, Panel>}} Scene */

/**
 * @typedef {object} Wire
 * @property {number} plane the index of the wire of the planes
 * @property {(end: string | undefined) => Cell} at the cell at one of its ends
 * @property {number} weight
 * @property {string} [state]
 */

/** @type {["planes", "rows", "columns"]} */
export const AXES = ["planes", "rows", "columns"];

/**
 * Turns the message from Python into a scene with panels by name.
 * @param {import("./schema.js").Scene} message
 * @returns {Scene}
 */
export const readScene = (message) => ({
  ...message,
  panels: Object.fromEntries(message.panels.map((panel) => [panel.name, panel])),
});

/**
 * The indices at which a list holds something.
 * @template Item
 * @param {Item[]} list
 * @param {(item: Item) => boolean} isWanted
 */
const indicesOf = (list, isWanted) => list.flatMap((item, k) => (isWanted(item) ? [k] : []));

/**
 * All wires that end in a cell.
 * @param {Scene["wires"][string]} wires
 * @param {string | undefined} end
 * @param {Cell} cell
 * @returns {Wire[]}
 */
export function wiresAt(wires, end = "", cell) {
  if ("cells" in wires)
    return indicesOf(wires.cells[end] ?? [], (other) => sameCell(other, cell)).map((k) => ({
      plane: k,
      at: (name = "") => wires.cells[name][k],
      weight: wires.weight[k],
      state: wires.state?.[k],
    }));
  const found = AXES.map((axis, k) => indicesOf(wires[axis][end] ?? [], (index) => index === cell[k]));
  const [planes, rows, columns] = found;
  const wire = (/** @type {number[]} */ numbers) => ({
    plane: numbers[0],
    at: (name = "") => /** @type {Cell} */ (numbers.map((k, axis) => wires[AXES[axis]][name]?.[k])),
    weight: 1,
  });
  return planes.flatMap((p) => rows.flatMap((r) => columns.map((c) => wire([p, r, c]))));
}

/**
 * The number in a cell of a panel.
 * @param {Panel} panel
 * @param {Cell} cell
 */
export const valueAt = (panel, cell) => panel.values[numberOf(panel, cell)];

/**
 * The weight of a wire if there is no kernel.
 * @param {import("./schema.js").Shares} shares
 * @param {Cell} cell
 * @param {Cell} tap
 */
export function shareAt(shares, cell, tap) {
  const [, , down, across] = shares.shape;
  return shares.values[(numberOf(shares, cell) * down + tap[1]) * across + tap[2]];
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
  return [...rows.slice(row, row + 1), ...columns.slice(column, column + 1)];
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
export const sameCell = (p, q) => keyOf(p) === keyOf(q);
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
 * @param {Pick<Panel, "shape">} panel
 * @param {number} k
 */
export const cellAt = ({ shape: [height, width] }, k) =>
  /** @type {Cell} */ ([Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width]);

/**
 * The number of a cell in reading order.
 * @param {Pick<Panel, "shape">} panel
 * @param {Cell} cell
 */
export const numberOf = ({ shape: [height, width] }, [plane, row, column]) => (plane * height + row) * width + column;
