// How planes stand, and the lengths from which the style sheet finds how large a cell is. Pure functions: nothing is
// measured. Heights and widths are counted in cells and in px besides, so that they hold for cells of any size.

import { brief } from "./numbers.js";
import { windowShape } from "./sums.js";

const WIDE = 820; // px of a stage in a notebook beside its file browser
const BARE = 9; // px of the smallest cell without a number
const SIDE = 16; // longest side of a plane with numbers, in cells
const FLOW = 20; // px of a cell in panels that flow
const CELL = { least: 18, good: 28, most: 44 };
const SMALL = { least: 8, good: 12, most: 12 }; // of many small maps
const PX = {
  gap: 6,
  line: 19,
  between: 10,
  operator: 30,
  word: 46,
  tab: 62,
  narrow: 20,
  heads: 18,
  letter: 7.4,
  turn: 36,
  short: 92,
  bold: 12,
  below: 17,
};
const FIXED = { bars: 180, chart: 250 }; // px that these are wide
const PHOTO = { cells: 10, beside: 26, least: 96 }; // its width in cells, and px of a cell that stands beside it
const FIXED_HIGH = { bars: 17.5, chart: 180 }; // px, of a bar and of a chart
const PRODUCT = { wide: 1.35, high: 1.2, gap: 12, result: 76, line: 28 }; // cells and px of a product, and px around them
const FLAT = 1.3; // how much wider than high a cell may be, where height is short
const LOW = 200; // px of height that are short
const DIGIT = 5.9; // px of the smallest that can be read, close beside others

/** @typedef {import("./schema.js").Panel} Panel */
/** @typedef {{cells: number, px: number}} Length */
/**
 * @typedef {object} Way
 * @property {number} channels how many planes of an input stand side by side; 0 as the scene says
 * @property {number} filters the same of a kernel's filters
 * @property {boolean} beside whether the second row stands beside the first
 */

/**
 * Are a panel's cells as large as those with numbers?
 * @param {Panel} panel
 */
export const isRoomy = ({ view, scale = 1 }) => view === "cells" && scale >= 1;

/**
 * Is there room for numbers in the cells of these panels?
 * @param {Panel[]} panels
 * @param {boolean | undefined} compact
 */
export const isLegible = (panels, compact) =>
  !compact && panels.filter(isRoomy).every(({ shape }) => Math.max(...shape) <= SIDE);

/**
 * Do the panels go on below where there is no room beside? They do where nothing but their order joins them.
 * @param {import("./scene.js").Scene} scene
 */
export const isFlow = ({ signs, network, panels }) =>
  !signs.length && !network && Object.values(panels).every(({ row }) => row === 0);

/**
 * How the planes of a panel stand: [down, across].
 * @param {Panel} panel
 * @param {Way} way
 */
export function standing({ end, planes: [down, across] }, { channels, filters }) {
  if (channels && end === "input" && across === 1 && down > 1) return [Math.ceil(down / channels), channels];
  if (filters && (end === "tap" || end === "part") && across > filters)
    return [down * Math.ceil(across / filters), filters];
  return [down, across];
}

/**
 * The panels in groups of one key, in the order in which the keys come.
 * @template Key
 * @param {Panel[]} panels
 * @param {(panel: Panel) => Key} keyOf
 */
export function grouped(panels, keyOf) {
  /** @type {Map<Key, Panel[]>} */
  const groups = new Map();
  for (const panel of panels) groups.set(keyOf(panel), [...(groups.get(keyOf(panel)) ?? []), panel]);
  return [...groups.values()];
}

/** @param {Panel} panel */
const isPhoto = ({ view }) => view === "photo";

/** @param {Panel} panel */
export const bandOf = ({ band = 0 }) => band;

/**
 * @param {Length} length
 * @param {number} cell px
 */
const inPx = ({ cells, px }, cell) => cells * cell + px;

/**
 * @param {Length[]} lengths
 * @param {number} between px
 */
const added = (lengths, between) =>
  lengths.reduce((sum, { cells, px }) => ({ cells: sum.cells + cells, px: sum.px + px + between }), {
    cells: 0,
    px: -between,
  });

/**
 * How wide and high panels are that stand in a way.
 * @param {Panel[]} panels
 * @param {Way} way
 * @param {boolean} compact
 * @param {number} operator px between two columns
 * @param {number} [cell] px of a cell, by which it is seen what is widest and highest
 * @param {number[] | null} [products] the shape of those that stand beside the output
 */
function extentOf(panels, way, compact, operator, cell = compact ? SMALL.good : CELL.good, products = null) {
  const beside = panels.some(isPhoto);
  const cellsOf = (/** @type {number} */ cells) => (beside ? { cells: 0, px: cells * PHOTO.beside } : { cells, px: 0 });
  const longest = (/** @type {Length[]} */ lengths) =>
    lengths.reduce((p, q) => (inPx(q, cell) > inPx(p, cell) ? q : p), { cells: 0, px: 0 });
  const wide = (/** @type {Panel} */ panel) => {
    const [, across] = standing(panel, way);
    const px = PX.gap * (across - 1) + (panel.heads ? PX.heads : 0);
    const fixed = FIXED[/** @type {keyof typeof FIXED} */ (panel.view)];
    const length = isPhoto(panel)
      ? { cells: across * PHOTO.cells, px: 0 }
      : cellsOf(across * panel.shape[1] * (panel.scale ?? 1));
    const planes = fixed ? { cells: 0, px: fixed * (panel.scale ?? 1) } : { ...length, px: length.px + px };
    return longest([planes, { cells: 0, px: wordsOf(panel, compact) }]);
  };
  const high = (/** @type {Panel} */ panel) => {
    const [down] = standing(panel, way);
    const [rows, columns] = panel.shape;
    const lines = (compact && panel.title) || captionOf(panel) > inPx(wide(panel), cell) ? 2 : 1;
    const px = lines * PX.line + 4 + PX.gap * (down - 1) + (panel.heads ? PX.heads : 0);
    if (panel.view === "bars") return { cells: 0, px: px + rows * FIXED_HIGH.bars };
    if (panel.view === "chart") return { cells: 0, px: px + FIXED_HIGH.chart * (panel.scale ?? 1) };
    if (isPhoto(panel)) return { cells: (down * PHOTO.cells * rows) / columns, px };
    const length = cellsOf(down * rows * (panel.scale ?? 1));
    return { cells: length.cells, px: px + length.px + belowOf(panel, down) };
  };
  const row = (/** @type {Panel} */ { row }) => (way.beside ? 0 : row);
  const column = (/** @type {Panel} */ { row, column }) => (way.beside ? `${row} ${column}` : `${column}`);
  const rowsOf = (/** @type {Panel[]} */ band) => {
    const rows = grouped(band, row);
    const slots = rows.flatMap((group) => grouped(group, column).map((slot) => added(slot.map(high), PX.between)));
    return rows.map(() => longest([...slots, ...more.map(({ high }) => high)])); // the rows of a band are equally high
  };
  const more = (products ? [products] : []).map(([rows, columns]) => ({
    wide: { cells: columns * PRODUCT.wide, px: columns * PRODUCT.gap + PRODUCT.result },
    high: { cells: rows * PRODUCT.high, px: rows * PRODUCT.gap + PRODUCT.line },
  }));
  const bands = grouped(panels, bandOf).map((band) => ({
    wide: added(
      [...grouped(band, column).map((group) => longest(group.map(wide))), ...more.map(({ wide }) => wide)],
      operator,
    ),
    high: added(rowsOf(band), PX.between),
  }));
  return {
    wide: longest(bands.map((band) => band.wide)),
    high: added(
      bands.map((band) => band.high),
      PX.between,
    ),
  };
}

/**
 * How many px the captions below planes take.
 * @param {Panel} panel
 * @param {number} down
 */
function belowOf({ captions = [], end }, down) {
  const lines = Math.max(0, ...captions.map((text) => (text ? text.split("\n").length : 0)));
  return lines * PX.below * (end === "tap" ? 1 : down); // of a kernel only the last channel has one
}

/**
 * About how many px a caption takes in one line.
 * @param {Panel} panel
 */
const captionOf = ({ symbol, title, turned }) =>
  PX.letter * (symbol.length + title.length + 1) + (turned ? PX.turn : 0);

/**
 * How many px a caption takes at least: it has two lines where it is long.
 * @param {Panel} panel
 * @param {boolean | undefined} compact
 */
export function wordsOf(panel, compact) {
  const words = `${panel.symbol} ${panel.title}`.split(/ (?!\d+$| )/);
  const px = (/** @type {string[]} */ some) => PX.letter * some.join(" ").length;
  if (compact) return Math.max(...words.map((word) => px([word]))) + PX.between;
  if (captionOf(panel) <= PX.short) return captionOf(panel) + PX.bold;
  const halves = words.slice(1).map((_, k) => Math.max(px(words.slice(0, k + 1)), px(words.slice(k + 1))));
  return Math.min(...halves) + PX.bold + (panel.turned ? PX.turn : 0);
}

/**
 * The shape of the products that stand beside the output, where there is room for them.
 * @param {import("./scene.js").Scene} scene
 * @param {boolean} backward whether the panels of the way back are shown
 */
export function productsIn(scene, backward) {
  const shape = backward ? null : windowShape(scene);
  const panels = Object.values(scene.panels).filter(({ row }) => !row);
  if (!shape || panels.some(({ band }) => band)) return null;
  const { wide } = extentOf(panels, waysOf(panels, false)[0], false, PX.operator, CELL.good, shape);
  return inPx(wide, CELL.good) <= WIDE ? shape : null;
}

/**
 * How high the panels would like to be, in px.
 * @param {Panel[]} panels
 * @param {boolean | undefined} compact
 */
export function heightWanted(panels, compact = false) {
  const { good } = compact ? SMALL : CELL;
  const extents = waysOf(panels, compact).map((way) => extentOf(panels, way, compact, PX.operator));
  const fitting = extents.filter(({ wide }) => inPx(wide, good) < WIDE);
  return Math.min(...(fitting.length ? fitting : extents.slice(0, 1)).map(({ high }) => inPx(high, good)));
}

/**
 * The way for panels to stand, and the style that says how large their cells are in it: the plainest way with good
 * cells, else that with the largest.
 * @param {import("./scene.js").Scene} scene
 * @param {Panel[]} panels those that are shown
 * @param {number} room px of height
 * @param {boolean} tabs whether buttons stand in place of the signs
 * @param {number[] | null} [products] as in `extentOf`
 * @returns {{way: Way, style: string}}
 */
export function layoutOf(scene, panels, room, tabs, products = null) {
  const photos = panels.some(isPhoto);
  const compact = Boolean(scene.compact);
  const { good, most } = compact ? SMALL : CELL;
  const legible = isLegible(panels, false) ? leastCell(panels) : BARE;
  const least = compact ? SMALL.least : photos ? PHOTO.beside : legible;
  const smallest = photos ? PHOTO.least / PHOTO.cells : least;
  const word = scene.signs.some((sign) => sign.length > 1);
  const operator = compact ? PX.narrow : tabs ? PX.tab : word ? PX.word : PX.operator;
  const isLow = room < LOW || panels.some(({ row }) => row); // rows below each other, too
  const flat = !compact && !photos && !tabs && isLow ? FLAT : 1;
  const cellIn = (/** @type {ReturnType<typeof extentOf>} */ { wide, high }) =>
    Math.min(most, (WIDE - wide.px) / wide.cells, (flat * (room - high.px)) / high.cells);
  const ways = waysOf(panels, compact).map((way) => {
    const first = extentOf(panels, way, compact, operator, undefined, products);
    const extent = extentOf(panels, way, compact, operator, Math.max(smallest, cellIn(first)), products);
    const fits = (WIDE - extent.wide.px) / extent.wide.cells >= smallest;
    return { ...extent, way, cell: cellIn(extent), fits };
  });
  const fitting = ways.filter(({ fits }) => fits); // what does not fit goes on below
  const some = fitting.length ? fitting : ways.slice(0, 1);
  const lowest = (/** @type {typeof ways[0]} */ p, /** @type {typeof ways[0]} */ q) =>
    inPx(q.high, smallest) < inPx(p.high, smallest) ? q : p;
  const roomiest = some.reduce((p, q) => (q.cell > p.cell ? q : p));
  const best =
    some.find(({ cell }) => cell >= good * flat) ?? (roomiest.cell < smallest ? some.reduce(lowest) : roomiest);
  const { way, wide, high } = best;
  const flow = isFlow(scene);
  const inFlow = compact ? SMALL.most : FLOW;
  const largest = flow ? inFlow : photos ? PHOTO.beside : most;
  const lengths = {
    x: wide.cells || 1,
    "x-px": wide.px + PX.between,
    y: high.cells || 1,
    "y-px": high.px,
    flat,
    widest: Math.max(1, ...panels.map((panel) => standing(panel, way)[1] * panel.shape[1] * (panel.scale ?? 1))),
    least: flow ? Math.min(least, largest) : least,
    most: largest,
    operator,
  };
  const style = Object.entries(lengths).map(([name, length]) => `--${name}: ${Math.round(100 * length) / 100}`);
  return { way, style: style.join("; ") };
}

/**
 * How panels can stand, the plainest way first.
 * @param {Panel[]} panels
 * @param {boolean} compact
 * @returns {Way[]}
 */
function waysOf(panels, compact) {
  const most = (/** @type {string[]} */ ends, /** @type {0 | 1} */ axis) =>
    Math.max(
      1,
      ...panels.map(({ end, planes }) => (end && ends.includes(end) && (axis || planes[1] === 1) ? planes[axis] : 1)),
    );
  const upTo = (/** @type {number} */ count) => [0, ...Array.from({ length: Math.max(0, count - 1) }, (_, k) => k + 2)];
  const rows = compact || panels.every(({ row }) => !row) ? [false] : [false, true];
  return upTo(most(["tap", "part"], 1) - 1).flatMap((filters) =>
    upTo(most(["input"], 0)).flatMap((channels) => rows.map((beside) => ({ channels, filters, beside }))),
  );
}

/**
 * The smallest cell in which the numbers can be read.
 * @param {Panel[]} panels
 */
function leastCell(panels) {
  const texts = new Set(panels.filter(isRoomy).flatMap(({ values }) => Array.from(values, (value) => brief(value))));
  return Math.ceil(Math.max(CELL.least, ...[...texts].map((text) => DIGIT * emsOf(text) + 1.5)));
}

/**
 * How wide a number is, in digits.
 * @param {string} text
 */
export const emsOf = (text) =>
  [...text].reduce((sum, sign) => sum + (sign === "." ? 0.5 : "−≈∞".includes(sign) ? 1.3 : 1), 0);

/**
 * The sign to the left of a column, in the row of the way there and in that of the way back.
 * @param {import("./scene.js").Scene} scene
 * @param {Panel[]} panels of a band
 * @param {number} column
 */
export function signsOf({ signs, panels: { dw } }, panels, column) {
  const columns = [...new Set(panels.map((panel) => panel.column))].sort((p, q) => p - q);
  const place = columns.indexOf(column);
  const last = Math.max(...panels.filter(({ row }) => row === 1).map((panel) => panel.column));
  const back = dw && column !== last ? "" : "←"; // what is not made from its neighbour has no arrow to it
  const isThere = (/** @type {number} */ row) => panels.some((panel) => panel.row === row && panel.column === column);
  return [signs[place - 1] ?? "", back].map((sign, row) => (place && isThere(row) ? sign : ""));
}
