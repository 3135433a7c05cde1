// A panel whose cells are elements: one ARIA grid per plane.

import { emsOf, isRoomy } from "./layout.js";
import { brief, format } from "./numbers.js";
import { keyOf, kindOf, numberOf, sameCell } from "./scene.js";
import { html, nothing } from "./vendor/lit-html.js";

/** @typedef {import("./schema.js").Panel} Panel */
/** @typedef {import("./schema.js").Cell} Cell */

/** @typedef {{looks: string, hue?: number}} Light classes of a cell, and the hue of the product that it is a factor of */

/**
 * @typedef {object} Look the look of a panel's cells, apart from their values
 * @property {import("./layout.js").Way} way
 * @property {boolean} numbers
 * @property {number[] | null} readers by cell, shown instead of the values
 * @property {Record<string, Light>} lights by cell, of the highlighted ones
 * @property {string} stop the cell that Tab reaches in its plane, if not the first
 * @property {number | null} filled how many cells are filled, if they are filled one by one
 * @property {import("./schema.js").Numbers | null} [old] those before an edit, for a while
 * @property {string} edited the cell being edited
 * @property {unknown} field the text in it
 */

const KIND_LOOKS = ["", "cnnlab-padding", "cnnlab-beyond", "cnnlab-inserted"];

/**
 * How strongly a value is coloured, from 0 (none) to 1 (the largest of its panel).
 * @param {Panel} panel
 * @param {number} value
 */
export const strength = (panel, value) =>
  panel.limit && Number.isFinite(value) ? Math.min(1, Math.abs(value) / panel.limit) : 0;

/**
 * The grids of a panel, plane by plane.
 * @param {Panel} panel
 * @param {Look} look
 */
export function cellsOf(panel, look) {
  const { symbol, title, planes, shape, heads, places, captions, editable } = panel;
  const count = planes[0] * planes[1];
  const range = (/** @type {number} */ length) => Array.from({ length }, (_, k) => k);
  const top = heads
    ? html`<div role="row" class="cnnlab-row cnnlab-heads"><div class="cnnlab-head"></div>${places.columns.map(
        (index) => html`<div role="columnheader" class="cnnlab-head">${index}</div>`,
      )}</div>`
    : nothing;
  const stopIn = look.stop.split(",")[0];
  return range(count).map((plane) => {
    const label = [symbol, title, count > 1 ? `plane ${plane}` : ""].filter(Boolean).join(", ");
    const stop = stopIn === String(plane) ? look.stop : `${plane},0,0`;
    const grid = html`<div class="cnnlab-grid" role="grid" aria-label=${label} aria-readonly=${String(!editable)}>${top}${range(
      shape[0],
    ).map(
      (row) =>
        html`<div role="row" class="cnnlab-row">${
          heads ? html`<div role="rowheader" class="cnnlab-head">${places.rows[row]}</div>` : nothing
        }${range(shape[1]).map((column) => cellOf(panel, [plane, row, column], look, stop))}</div>`,
    )}</div>`;
    const caption = captions?.[plane];
    return !caption ? grid : html`<div>${grid}<div class="cnnlab-below">${caption}</div></div>`;
  });
}

/**
 * @param {Panel} panel
 * @param {Cell} cell
 * @param {Look} look
 * @param {string} stop
 */
function cellOf(panel, cell, { numbers, readers, lights, filled, old, edited, field }, stop) {
  const { values, palette, unread, marks = {} } = panel;
  const key = keyOf(cell);
  const kind = kindOf(panel, cell);
  const number = numberOf(panel, cell);
  const value = readers ? readers[number] : values[number];
  const before = old && old[number] !== values[number] ? brief(old[number]) : "";
  const isAwaited = filled !== null && number >= filled;
  const isWritten = numbers && isRoomy(panel);
  const ratio = readers ? value / Math.max(1, ...readers) / 2 : strength(panel, value); // so that its numbers stay dark
  const text = isAwaited ? (number === filled ? "?" : "") : isWritten && kind !== 2 ? brief(value) : "";
  const ems = Math.max(emsOf(text), before ? emsOf(before) + 1.5 : 0);
  const { looks = "", hue } = lights[key] ?? {};
  const mark = Object.keys(marks).findLast((name) => marks[name].some((other) => sameCell(other, cell)));
  const classes = [
    `cnnlab-cell ${KIND_LOOKS[kind]}`,
    unread && (unread.rows[cell[1]] || unread.columns[cell[2]]) && "cnnlab-unread",
    value < 0 && "cnnlab-negative",
    isAwaited && "cnnlab-awaited",
    before && "cnnlab-changed",
    readers && "cnnlab-count",
    ems > 2 && "cnnlab-long",
    hue !== undefined && "cnnlab-hued",
    looks,
  ];
  const style = `--v: ${isAwaited ? "0%" : shadeOf(value, ratio)}; --ems: ${ems}; --hue: ${hue}`;
  return html`<div class=${classes.filter(Boolean).join(" ")} role="gridcell" tabindex=${key === stop ? 0 : -1} data-cell=${key}
    data-value=${isAwaited ? nothing : value} data-mark=${mark ?? nothing} aria-label=${isAwaited ? "not made yet" : isWritten ? nothing : format(value)}
    style=${palette === "grey" ? `${style}; ${greyOf(ratio)}` : style}>${key === edited ? field : before && !isAwaited ? html`<span>${before} →</span>${text}` : text}</div>`;
}

/**
 * The share of colour that a cell gets.
 * @param {number} value
 * @param {number} ratio
 */
export const shadeOf = (value, ratio) =>
  value === 0 || !Number.isFinite(value) ? "0%" : `${Math.round(10 + 62 * ratio)}%`;

/** @param {number} ratio */
function greyOf(ratio) {
  const level = Math.round(255 * ratio);
  return `background-color: rgb(${level}, ${level}, ${level}); color: ${level > 128 ? "#000" : "#fff"}`;
}
