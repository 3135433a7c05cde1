// The arrangement of planes, and the lengths from which the style sheet computes the size of a cell. Pure functions that
// measure nothing.

import { brief } from "./numbers.js";

export const WIDE = 808; // px for panels in a notebook beside the file browser
const EDGE = 10; // px around the panels of a stage
const BARE = 9; // px of the smallest cell without a number
const SIDE = 16; // the longest side of a plane with numbers, in cells
const CELL = { least: 18, good: 28, most: 44 };
const FLOW = { ...CELL, most: 20 }; // in panels that wrap
const SMALL = { least: 8, good: 12, most: 12 }; // of many small maps
const PX = { gap: 6, line: 19, between: 10, heads: 18, letter: 7.4, words: 92, turn: 36, below: 17 }; // words: of a caption that keeps its line
const OPERATOR = { sign: 30, word: 46, tab: 65, narrow: 20 }; // px between two columns
const BARS = { wide: 180, high: 17.5 }; // px, high of each
const CHART = [250, 180]; // px
const PHOTO = 8; // its width in cells
const PRODUCT = { wide: 1.35, high: 1.2, gap: 12, result: 76, line: 28, least: 30 }; // cells of a product, px around it, px of a cell that leaves them room
const MOST_BESIDE = 3; // the most rows and columns of products beside an output
const FLAT = 1.3; // the greatest ratio of a cell's width to its height, if height is short
const DIGIT = 5.9; // px of the smallest readable digit in a number

/** @typedef {import("./schema.js").Panel} Panel */
/**
 * @typedef {object} Way
 * @property {boolean} channels whether those of an input are in two columns
 * @property {boolean} filters whether those of a kernel do
 * @property {boolean} beside whether the second row is beside the first
 */

/** @type {Way} the scene's own layout */
export const PLAIN = { channels: false, filters: false, beside: false };

/**
 * Are a panel's cells large enough for numbers?
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
 * Do the panels wrap? They do if they are related only by their order.
 * @param {import("./scene.js").Scene} scene
 */
export const isFlow = ({ signs, network }) => !signs.length && !network;

/**
 * The arrangement of a panel's planes: [down, across].
 * @param {Panel} panel
 * @param {Way} way
 */
export function standing({ end, planes: [down, across] }, { channels, filters }) {
  if (channels && end === "input" && across === 1 && down > 1) return [Math.ceil(down / 2), 2];
  if (filters && (end === "tap" || end === "part") && across > 2) return [down * Math.ceil(across / 2), 2];
  return [down, across];
}

/**
 * Groups things by key, in order of first occurrence.
 * @template Thing, Key
 * @param {Iterable<Thing>} things
 * @param {(thing: Thing) => Key} keyOf
 */
export function grouped(things, keyOf) {
  /** @type {Map<Key, Thing[]>} */
  const groups = new Map();
  for (const thing of things) {
    const key = keyOf(thing);
    groups.has(key) ? groups.get(key)?.push(thing) : groups.set(key, [thing]);
  }
  return [...groups.values()];
}

/** @param {Panel} panel */
export const bandOf = ({ band = 0 }) => band;

/**
 * @param {number[]} lengths
 * @param {number} between
 */
const added = (lengths, between) => lengths.reduce((sum, length) => sum + length + between, -between);

/**
 * @typedef {object} Around the space around the cells
 * @property {boolean} compact
 * @property {number} operator px between two columns
 * @property {number[] | null} [products] the shape of those before the output
 */

/**
 * The width and height of a panel's planes, in px.
 * @param {Panel} panel
 * @param {Way} way
 * @param {number} cell px that one is wide
 */
function planesSize(panel, way, cell) {
  const { view, shape, scale = 1, heads, captions = [], end } = panel;
  const [rows, columns] = shape;
  const [down, across] = standing(panel, way);
  const around = (/** @type {number} */ count) => PX.gap * (count - 1) + (heads ? PX.heads : 0);
  if (view === "bars") return [BARS.wide, rows * BARS.high];
  if (view === "photo") return [PHOTO * cell * across, (PHOTO * cell * rows * down) / columns + around(down)];
  if (!["cells", "maps"].includes(view)) return CHART.map((px) => px * scale);
  const below = PX.below * Math.max(0, ...captions.map((text) => (text ? text.split("\n").length : 0)));
  return [
    across * columns * scale * cell + around(across),
    (down * rows * scale * cell) / FLAT + around(down) + below * (end === "tap" ? 1 : down), // a filter has one caption
  ];
}

/**
 * The width and height of panels in an arrangement, in px.
 * @param {Panel[]} panels
 * @param {Way} way
 * @param {Around} around
 * @param {number} cell px that one is wide
 * @param {number} [usual] the same, for counting the lines of captions
 */
function extentOf(panels, way, { compact, operator, products }, cell, usual = cell) {
  const wide = (/** @type {Panel} */ panel, px = cell) =>
    Math.max(Math.min(PX.words, wordsOf(panel)), planesSize(panel, way, px)[0]);
  const high = (/** @type {Panel} */ panel) => {
    const lines = compact ? 2 : Math.ceil(wordsOf(panel) / wide(panel, usual));
    return lines * PX.line + 4 + planesSize(panel, way, cell)[1];
  };
  const lineOf = (/** @type {Panel} */ { row }) => (way.beside ? 0 : row);
  const columnOf = (/** @type {Panel} */ { row, column }) => (way.beside ? `${row} ${column}` : column);
  const extents = grouped(panels, bandOf).map((band) => {
    const widths = grouped(band, columnOf).map((column) => Math.max(...column.map((panel) => wide(panel))));
    const lines = grouped(band, lineOf);
    const slots = lines.flatMap((line) => grouped(line, columnOf));
    const heights = slots.map((slot) => added(slot.map(high), PX.between));
    if (products) {
      widths.push(products[1] * (PRODUCT.wide * cell + PRODUCT.gap) + PRODUCT.result);
      heights.push(products[0] * ((PRODUCT.high * cell) / FLAT + PRODUCT.gap) + PRODUCT.line);
    }
    // the lines of a band have equal heights
    return { wide: added(widths, operator), high: added(Array(lines.length).fill(Math.max(...heights)), PX.between) };
  });
  return {
    wide: Math.max(...extents.map(({ wide }) => wide)),
    high: added(
      extents.map(({ high }) => high),
      PX.between,
    ),
  };
}

/**
 * The width of a caption on one line, in px; its symbol is bold.
 * @param {Panel} panel
 */
export const wordsOf = ({ symbol, title, turned }) =>
  PX.letter * (symbol.length + title.length + 2.5) + (turned ? PX.turn : 0);

/**
 * The shape of the products beside the output: that of its window, if it is small and of one plane, and there is room.
 * @param {import("./scene.js").Scene} scene
 * @param {boolean} backward whether the backward panels are shown
 */
export function productsIn({ panels, steps = "y", heading }, backward) {
  const output = panels[steps];
  const { a = "", b = "", right, adds } = output?.sum ?? {};
  const all = [panels[a], panels[b], output];
  const isOne = all.every((panel) => panel?.view === "cells" && panel.planes.join() === "1,1");
  if (!isOne || backward || heading || right || adds) return null;
  const { shape: products } = panels[b];
  const around = { compact: false, operator: OPERATOR.sign, products };
  const shown = Object.values(panels).filter(({ row }) => !row);
  const fits = extentOf(shown, PLAIN, around, PRODUCT.least).wide <= WIDE;
  return fits && Math.max(...products) <= MOST_BESIDE ? products : null;
}

/**
 * The arrangement of the panels, with a style that sets the size of their cells: the plainest with good cells, else
 * the one with the largest.
 * @param {import("./scene.js").Scene} scene
 * @param {Panel[]} panels the visible ones
 * @param {number[]} room px of width and of height
 * @param {boolean} tabs whether buttons replace the signs
 * @param {number[] | null} [products] as in `Around`
 * @returns {{way: Way, high: number, style: string}} high: px that good cells take
 */
export function layoutOf(scene, panels, [across, down], tabs, products = null) {
  const compact = Boolean(scene.compact);
  const word = scene.signs.some((sign) => sign.length > 1);
  const operator = OPERATOR[compact ? "narrow" : tabs ? "tab" : word ? "word" : "sign"];
  const { good, most, least: small } = compact ? SMALL : isFlow(scene) ? FLOW : CELL;
  const least = Math.min(most, compact ? small : isLegible(panels, false) ? leastCell(panels) : BARE);
  const sized = waysOf(panels, compact).map((way) => {
    const extent = (/** @type {number} */ cell, usual = cell) =>
      extentOf(panels, way, { compact, operator, products }, cell, usual);
    let cell = most;
    for (let at = extent(cell); cell > 1 && (at.wide > across || at.high > down); at = extent(cell))
      cell = Math.max(1, Math.min(cell - 1, Math.floor(cell * Math.min(across / at.wide, down / at.high)))); // none between fits
    return { way, cell, extent, fits: extent(least).wide <= across };
  });
  const fitting = sized.filter(({ fits }) => fits);
  const largest = fitting.toSorted((p, q) => q.cell - p.cell)[0] ?? sized[0]; // the rest wraps
  const { way, cell, extent } = fitting.find(({ cell }) => cell >= good * FLAT) ?? largest;
  const usual = Math.max(cell, least);
  const [at, next] = [extent(usual), extent(usual + 1, usual)];
  const [x, y] = [next.wide - at.wide || 1, next.high - at.high || 1];
  const widest = Math.max(1, ...panels.map((panel) => standing(panel, way)[1] * panel.shape[1] * (panel.scale ?? 1)));
  const lengths = {
    x,
    "x-px": at.wide - x * usual + EDGE,
    y: y * FLAT,
    "y-px": at.high - y * usual,
    flat: FLAT,
    widest,
    least,
    most,
    operator,
  };
  const style = Object.entries(lengths).map(([name, length]) => `--${name}: ${Math.round(100 * length) / 100}`);
  const high = Math.min(...(fitting.length ? fitting : sized).map(({ extent }) => extent(good * FLAT).high));
  return { way, high, style: style.join("; ") };
}

/**
 * The possible arrangements of panels, the plainest first.
 * @param {Panel[]} panels
 * @param {boolean} compact
 * @returns {Way[]}
 */
function waysOf(panels, compact) {
  const hasRows = !compact && panels.some(({ row }) => row);
  return [false, true].flatMap((filters) =>
    [false, true].flatMap((channels) =>
      (hasRows ? [false, true] : [false]).map((beside) => ({ channels, filters, beside })),
    ),
  );
}

/**
 * The smallest cell in which the numbers are readable.
 * @param {Panel[]} panels
 */
function leastCell(panels) {
  const widths = panels.filter(isRoomy).flatMap(({ values }) => Array.from(values, (value) => emsOf(brief(value))));
  return Math.ceil(Math.max(CELL.least, DIGIT * Math.max(...widths) + 1.5));
}

/**
 * The width of a number, in digits.
 * @param {string} text
 */
export const emsOf = (text) =>
  [...text].reduce((sum, sign) => sum + (sign === "." ? 0.5 : "−≈∞".includes(sign) ? 1.3 : 1), 0);
