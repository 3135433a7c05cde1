// Bitmaps: the cells that a pen turns on, and what is written of them. Pure functions, without a DOM.

import { ARROWS } from "./keys.js";

export const PEN = 3.5 / 32; // width of the pen, as a share of the bitmap's side
const LEAP = 4; // cells that Shift and an arrow key move the pen by

/**
 * Turns on the cells whose middle is under the pen on its way between two points [x, y], in cells.
 * @param {Uint8Array} bitmap
 * @param {number} size
 * @param {number[]} from
 * @param {number[]} to
 * @param {number} [width]
 */
export function drawLine(bitmap, size, [x0, y0], [x1, y1], width = PEN * size) {
  const [dx, dy, reach] = [x1 - x0, y1 - y0, width / 2];
  /** @type {(low: number, high: number) => number[]} */
  const within = (low, high) => [Math.max(0, Math.floor(low - reach)), Math.min(size - 1, Math.floor(high + reach))];
  const [left, right] = within(Math.min(x0, x1), Math.max(x0, x1));
  const [top, bottom] = within(Math.min(y0, y1), Math.max(y0, y1));
  for (let row = top; row <= bottom; row++)
    for (let column = left; column <= right; column++) {
      const [x, y] = [column + 0.5 - x0, row + 0.5 - y0];
      const along = Math.max(0, Math.min(1, (x * dx + y * dy) / (dx * dx + dy * dy || 1)));
      if (Math.hypot(x - along * dx, y - along * dy) <= reach) bitmap[row * size + column] = 1;
    }
}

/**
 * The on cells as the path of an SVG: a bar for each run in a row.
 * @param {Uint8Array} bitmap
 * @param {number} size
 */
export function pathOf(bitmap, size) {
  let path = "";
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const start = column;
      while (column < size && bitmap[row * size + column]) column++;
      if (column > start) path += `M${start},${row}h${column - start}v1h${start - column}z`;
    }
  return path;
}

/**
 * The cell [row, column] that an arrow key moves the pen to.
 * @param {number[]} cell
 * @param {string} key
 * @param {boolean} leap
 * @param {number} size
 */
export function movePen(cell, key, leap, size) {
  return cell.map((index, axis) => Math.max(0, Math.min(size - 1, index + ARROWS[key][axis] * (leap ? LEAP : 1))));
}

/**
 * The bytes of a trait, copied out: a DataView need not begin where its buffer does.
 * @param {DataView} view
 */
export function readBytes(view) {
  return new Uint8Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

/**
 * Are two bitmaps the same?
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
export const sameBytes = (a, b) => a.length === b.length && a.every((byte, k) => byte === b[k]);

/**
 * Is no cell on?
 * @param {Uint8Array} bitmap
 */
export const isEmpty = (bitmap) => !bitmap.includes(1);
