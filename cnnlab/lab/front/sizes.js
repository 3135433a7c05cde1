// The picture of a stack of layers: its planes to scale, and the receptive field of the first cell of each layer.

import { format } from "./numbers.js";
import { table } from "./table.js";
import { linesOf } from "./text.js";
import { html, nothing, svg } from "./vendor/lit-html.js";

const PLANE = { least: 3, most: 96 }; // px of a plane's side
const LENS = 190; // px of the enlarged corner of the input that the first cells see
const LABEL = 14; // px of a label in it

/** @typedef {import("./schema.js").Stack} Stack */

/** @param {Stack} stack */
export const sizesOf = (stack) =>
  html`${flow(stack)}<div class="cnnlab-fields">${lens(stack)}<div>${fieldsOf(stack)}${sightOf(stack)}</div></div>`;

/**
 * The planes as squares, and the layers between them.
 * @param {Stack} stack
 */
function flow({ sizes, layers }) {
  const unit = PLANE.most / Math.max(...sizes);
  const plane = (/** @type {number} */ k) => {
    const side = Math.max(PLANE.least, sizes[k] * unit);
    return html`<div class="cnnlab-size"><div class="cnnlab-square" style="width: ${side}px; height: ${side}px"></div
      ><b>${sizes[k]}</b><span>${k ? `after ${k}` : "input"}</span></div>`;
  };
  /** @type {(layer: any[], k: number) => unknown} a layer is [word, ...numbers] */
  const link = ([kind, kernel, stride, padding], k) => {
    /** @type {import("./schema.js").Span[][]} */
    const lines = [
      [
        ["", `${kind} `],
        ["F", `${kernel}×${kernel}`],
      ],
      [
        ["P", `P${padding} `],
        ["S", `S${stride}`],
      ],
      [["", "→"]],
    ];
    return html`<div class="cnnlab-link"><div class="cnnlab-arrow">${linesOf(lines)}</div>${plane(k + 1)}</div>`;
  };
  return html`<div class="cnnlab-flow">${plane(0)}${layers.map(link)}</div>`;
}

/**
 * The corner of the input that the first cells see; each field contains its layer's number, if there is room.
 * @param {Stack} stack
 */
function lens({ sizes: [size], fields }) {
  const ends = fields.map(([side, , start]) => start + side);
  const low = Math.min(0, ...fields.map(([, , start]) => start));
  const cells = Math.max(...ends) + 1 - low;
  const px = cells / LENS;
  /** @type {(start: number, side: number, name: string) => unknown} a square of the input, in cells, on its diagonal */
  const square = (start, side, name) =>
    svg`<rect x=${start} y=${start} width=${side} height=${side} class="cnnlab-${name}"></rect>`;
  const field = (/** @type {number[]} */ [side, , start], /** @type {number} */ k) => {
    const isFree = ends.slice(k + 1).every((other) => Math.abs(other - ends[k]) >= LABEL * px);
    return [square(start, side, "field"), isFree ? svg`<text x=${ends[k]} y=${ends[k]}>${k + 1}</text>` : nothing];
  };
  return html`<svg class="cnnlab-lens" viewBox="${low} ${low} ${cells} ${cells}" style="font-size: ${11 * px}px"
    aria-hidden="true">${square(0, size, "square")}${fields.map(field)}</svg>`;
}

/** @param {Stack} stack */
function fieldsOf({ sizes, layers, fields }) {
  /** @type {(layer: any[], k: number) => string[]} as above */
  const row = ([kind], k) => [`${k + 1} ${kind}`, ...[sizes[k + 1], ...fields[k]].map((number) => format(number))];
  return table(["layer", "output", "sees", "jump", "start"], layers.map(row));
}

/** @param {Stack} stack */
function sightOf({ fields }) {
  const [size, jump, start] = fields[fields.length - 1];
  return html`<p>${
    `The first cell of layer ${fields.length} sees ${size}×${size} cells, beginning at row and column ${format(start)} ` +
    `(below 0: outside the input). Its neighbours see as much, ${jump} further on.`
  }</p>`;
}
