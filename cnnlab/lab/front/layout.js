// How large cells and photographs are drawn, and how the panels stand, so that all fit the room there is. Pure functions.

import { brief } from "./numbers.js";

export const CELL = {
  largest: 44,
  good: 28,
  smallest: 18,
  flow: 20,
  bare: 9,
  compact: 12,
  smallMap: 4,
  least: 3,
}; // px, gap included
const SIDE = 16; // longest side of a plane with numbers, in cells
const LENGTH = {
  gap: 6,
  caption: 22,
  captions: 30,
  between: 10,
  beside: 8,
  operator: 44,
  narrow: 20,
  photo: 300,
  leastPhoto: 96,
  bars: 180,
  bar: 17.5,
  chart: 250,
  chartHeight: 180,
  edge: 10,
  inset: 240,
  heads: 18,
  letter: 7.8,
  compact: 0.9, // of the size of a letter
  button: 36,
  word: 30, // how much longer one half of a caption may be
  digit: 6.2, // of 11 px, the smallest that can be read
  air: 1.5,
}; // px

/**
 * How panels stand and how large they are drawn; lengths in px.
 * @typedef {object} Way
 * @property {number} cell
 * @property {number} photo
 * @property {number} operator the width of a sign between two columns
 * @property {[number, number]} across in how many columns the channels of an input, and the filters of a kernel, stand; 0 for
 * as the scene says
 * @property {boolean} beside whether the second row stands beside the first
 * @property {boolean} twice whether captions have two lines
 * @property {number} line how many columns stand in one line; 0 for all
 * @property {boolean} compact many small maps
 * @property {boolean} inset whether words stand beside the bars
 *
 * @typedef {object} Lengths what a stage sets: a way, with how high its panels are then
 * @property {number} cell
 * @property {number} photo
 * @property {number} operator
 * @property {number} high
 * @property {boolean} numbers whether they can be read
 * @property {number} room the width that there is
 */

/** Are a panel's cells as large as those with numbers? */
export const isRoomy = ({ view, scale = 1 }) => view === "cells" && scale >= 1;

/** Is there room for numbers in the cells of these panels? */
export const isLegible = (panels, compact) =>
  !compact && panels.filter(isRoomy).every(({ shape }) => Math.max(...shape) <= SIDE);

/** Do the panels go on below where there is no room beside? They do where nothing but their order joins them. */
export const isFlow = ({ signs, inset, panels }) =>
  !signs.length && inset === undefined && Object.values(panels).every(({ row }) => row === 0);

/** How panels that flow stand. */
export const flowOf = (panels, compact) => {
  const numbers = isLegible(panels, compact);
  const stand = { across: /** @type {[number, number]} */ ([0, 0]), beside: false, twice: false, line: 0 };
  const cell = numbers ? CELL.flow : CELL.compact;
  return { ...stand, cell, photo: LENGTH.leastPhoto, operator: LENGTH.narrow, high: 0, numbers };
};

/**
 * The best way for panels to stand, how high they are then, and whether their numbers can be read.
 * @param {any[]} panels those that are shown
 * @param {{width: number, height: number, compact?: boolean, worded?: boolean, inset?: boolean,
 *   measure?: (text: string, bold: boolean) => number}} room measure says how wide a text is
 * @returns {Way & {high: number, numbers: boolean}}
 */
export function lengthsOf(panels, room) {
  const fits = (way) => way.wide <= room.width;
  if (isLegible(panels, room.compact)) {
    const way = wayFor(panels, room, leastCell(panels));
    if (fits(way)) return { ...way, numbers: true };
  }
  const plain = wayFor(panels, room, room.compact ? CELL.smallMap : CELL.bare);
  const small = fits(plain) && isLegible(panels, false);
  return { ...(small ? plain : wayFor(panels, room, CELL.least)), numbers: false };
}

/** The best way with cells that are not smaller than `least`: the plainest with good cells, else that with the largest. */
function wayFor(panels, { width, height, compact = false, worded = false, ...room }, least) {
  const fits = ({ wide, high }) => wide <= width && high <= height;
  const stands = waysToStand(panels, compact).map((stand) => ({ ...stand, ...room, compact }));
  const operators = compact ? [LENGTH.narrow] : worded ? [LENGTH.operator] : [LENGTH.operator, LENGTH.narrow];
  const tight = { ...stands[0], operator: operators.at(-1) };
  const withPhoto = (photo) => fits(measured(panels, { ...tight, cell: least, photo }));
  const photo = largest(LENGTH.leastPhoto, LENGTH.photo, 4, withPhoto);
  const fitted = (stand) => {
    const at = (cell) => measured(panels, { ...stand, photo, cell });
    return at(largest(least, compact ? CELL.compact : CELL.largest, compact ? 0.5 : 1, (cell) => fits(at(cell))));
  };
  const ways = stands.flatMap((stand) => operators.map((operator) => fitted({ ...stand, operator })));
  const good = ways.filter(fits);
  if (good.length) return good.reduce((best, way) => (Math.min(way.cell, CELL.good) > best.cell ? way : best));
  const columns = new Set(panels.map(({ column }) => column)).size;
  const broken = Array.from({ length: columns - 1 }, (_, k) => fitted({ ...tight, line: columns - 1 - k }));
  const excess = ({ wide }) => Math.max(0, wide - width);
  const lines = ({ line }) => (line ? columns / line : 1);
  // what does not fit goes on below, not to the side
  return [...ways, ...broken].sort((p, q) => excess(p) - excess(q) || lines(p) - lines(q) || p.high - q.high)[0];
}

/** The largest of some lengths that fits, the least one where none does. */
function largest(least, most, step, fits) {
  let [low, high] = [0, Math.max(0, Math.round((most - least) / step))];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(least + step * middle)) low = middle;
    else high = middle - 1;
  }
  return least + step * low;
}

/** A way, with the width and the height that it needs. */
function measured(panels, way) {
  const bands = [...new Set(panels.map(({ band = 0 }) => band))].map((band) =>
    panels
      .filter((panel) => (panel.band ?? 0) === band)
      .map((panel) => ({ ...panel, at: placeOf(panels, panel, way) })),
  );
  const wide = Math.max(...bands.map((band) => widthOf(band, way)));
  return { ...way, wide, high: bands.reduce((sum, band) => sum + heightOf(band, way), 0) };
}

/** The row and the column in which a panel stands. */
function placeOf(panels, panel, { beside, line }) {
  if (beside) return [0, `${panel.row} ${panel.column}`];
  const [below, place] = lineOf(panels, panel, line);
  return [2 * below + panel.row, place];
}

/** In which line of its band a panel stands, and at which place in it. */
export function lineOf(panels, { band = 0, column }, line) {
  const columns = new Set(panels.filter((panel) => (panel.band ?? 0) === band).map((panel) => panel.column));
  const place = [...columns].filter((other) => other < column).length;
  return line ? [Math.floor(place / line), place % line] : [0, place];
}

/** How high panels are with cells that can well be read. */
export function heightNeeded(panels) {
  return measured(panels, { cell: CELL.good, photo: LENGTH.photo, operator: 0, across: [0, 0], line: 0 }).high;
}

/** How panels can stand, the plainest way first. */
function waysToStand(panels, compact) {
  const largestOf = (ends, at) =>
    Math.max(
      1,
      ...panels
        .filter(({ end, planes }) => ends.includes(end) && (at || planes[1] === 1))
        .map(({ planes }) => planes[at]),
    );
  const channels = [0, ...Array.from({ length: largestOf(["input"], 0) - 1 }, (_, k) => k + 2)];
  const filters = [0, ...Array.from({ length: Math.max(0, largestOf(["tap", "part"], 1) - 2) }, (_, k) => k + 2)];
  const plain = { beside: false, twice: false, line: 0 };
  const modes = compact ? [plain] : [plain, { ...plain, twice: true }];
  if (!compact && panels.some(({ row }) => row)) modes.push({ ...plain, twice: true, beside: true });
  return filters.flatMap((count) =>
    channels.flatMap((most) => modes.map((mode) => ({ across: [most, count], ...mode }))),
  );
}

/** How the planes of a panel stand: [down, across]. */
export function standing({ end, planes: [down, columns] }, [channels, filters]) {
  if (channels && end === "input" && columns === 1 && down > 1)
    return [Math.ceil(down / Math.min(channels, down)), Math.min(channels, down)];
  if (filters && ["tap", "part"].includes(end) && columns > filters)
    return [down * Math.ceil(columns / filters), filters];
  return [down, columns];
}

/** The width of one column's slot. */
function slotWidth(panel, way) {
  const [, across] = standing(panel, way.across);
  if (panel.view === "bars") return LENGTH.bars;
  if (panel.view === "chart") return LENGTH.chart;
  const side = panel.view === "photo" ? way.photo : panel.shape[1] * way.cell * (panel.scale ?? 1);
  const planes = across * side + LENGTH.gap * (across - 1) + (panel.heads ? LENGTH.heads : 0);
  return Math.max(captionWidth(panel, way), planes);
}

/** The width of a caption. */
export function captionWidth({ symbol, title, turned }, { compact, twice, measure = estimate }) {
  const words = symbol.split(/ (?!\d+$)/).map((word) => measure(word, true));
  if (compact) return LENGTH.compact * Math.max(...words, measure(title, false));
  const whole = measure(symbol, true) + measure(` ${title}`, false) + LENGTH.gap + (turned ? LENGTH.button : 0);
  return twice ? whole / 2 + LENGTH.word : whole;
}

const estimate = (text, _bold) => LENGTH.letter * text.length;

function widthOf(band, way) {
  const columns = new Map();
  for (const panel of band) {
    const [, column] = panel.at;
    columns.set(column, Math.max(columns.get(column) ?? 0, slotWidth(panel, way)));
  }
  return (
    [...columns.values()].reduce((sum, width) => sum + width, 0) +
    (columns.size - (way.line ? 0 : 1)) * way.operator +
    (way.beside ? LENGTH.beside : 0) +
    LENGTH.edge +
    (way.inset && band.some(({ view }) => view === "bars") ? LENGTH.inset : 0)
  );
}

/** How high a panel is with its caption. */
function panelHeight(panel, { cell, photo, across, compact, twice }) {
  const [rows, columns] = panel.shape;
  const [down] = standing(panel, across);
  const caption = (compact || twice ? 2 : 1) * LENGTH.caption;
  if (panel.view === "bars") return caption + rows * LENGTH.bar;
  if (panel.view === "chart") return caption + LENGTH.chartHeight;
  const side = panel.view === "photo" ? (photo * rows) / columns : rows * cell * (panel.scale ?? 1);
  const below = panel.captions ? LENGTH.captions : 0;
  return caption + down * (side + below) + LENGTH.gap * (down - 1) + (panel.heads ? LENGTH.heads : 0);
}

function heightOf(band, way) {
  const rows = new Map(); // of each row, the heights of its columns
  for (const panel of band) {
    const [row, column] = panel.at;
    if (!rows.has(row)) rows.set(row, new Map());
    const height = (rows.get(row).get(column) ?? -LENGTH.between) + panelHeight(panel, way) + LENGTH.between;
    rows.get(row).set(column, height);
  }
  return [...rows.values()].reduce((sum, columns) => sum + Math.max(...columns.values()) + LENGTH.between, 0);
}

/** The smallest cell in which the numbers can be read. */
function leastCell(panels) {
  const texts = panels.filter(isRoomy).flatMap(({ values }) => Array.from(values, brief));
  return Math.ceil(Math.max(CELL.smallest, ...new Set(texts.map((text) => LENGTH.digit * emsOf(text) + LENGTH.air))));
}

/** How wide a number is, in digits. */
export function emsOf(text) {
  return [...text].reduce((sum, sign) => sum + (sign === "." ? 0.5 : "−≈∞".includes(sign) ? 1.3 : 1), 0);
}

/** The signs between the columns: [row, sign, column to the right of it]. */
export function signsOf(scene, panels, columns) {
  const filled = new Set(panels.map(({ row, column }) => `${row},${column}`));
  const last = Math.max(...panels.filter(({ row }) => row === 1).map(({ column }) => column));
  return columns.slice(1).flatMap((column, k) => {
    const below = scene.panels.dw && column !== last ? "" : "←"; // what is not made from its neighbour has no arrow to it
    return [
      [0, scene.signs[k] ?? ""],
      [1, below],
    ]
      .filter(([row]) => filled.has(`${row},${column}`))
      .map(([row, sign]) => [row, sign, column]);
  });
}
