// The picture of a stack of layers: its planes to scale, and the receptive field of the first cell of each layer.

import { format } from "./numbers.js";
import { table } from "./table.js";
import { html, nothing, svg } from "./vendor/lit-html.js";

const PLANE = { least: 3, most: 96 }; // px of a plane's side
const LENS = 190; // px of the enlarged corner of the input that the first cells see
const LABEL = 14; // px of a label in it

/** @typedef {import("./schema.js").Stack} Stack */

/** @param {Stack} stack */
export const sizesOf = (stack) =>
  html`${flow(stack)}<div class="cnnlab-fields">${lens(stack)}<div>${fieldsOf(stack)}${sightOf(stack)}</div></div>`;

/** @type {(start: number, side: number, name?: string) => unknown} a square of the input, in cells, on its diagonal */
const square = (start, side, name = "field") =>
  svg`<rect x=${start} y=${start} width=${side} height=${side} class="cnnlab-${name}"></rect>`;

/**
 * The planes as squares, the layers between them, and the receptive fields on the first.
 * @param {Stack} stack
 */
function flow({ sizes, layers, fields }) {
  const unit = PLANE.most / Math.max(...sizes);
  const plane = (/** @type {number} */ k) => {
    const side = Math.max(PLANE.least, sizes[k] * unit);
    const seen = k ? nothing : fields.map(([size, , start]) => square(start, size));
    return html`<div class="cnnlab-size"><svg class="cnnlab-square" width=${side} height=${side}
      viewBox="0 0 ${sizes[k]} ${sizes[k]}">${seen}</svg><b>${sizes[k]}</b><span>${k ? `after ${k}` : "input"}</span></div>`;
  };
  /** @type {(name: string, text: string) => unknown} */
  const letter = (name, text) => html`<span class="cnnlab-${name}"> ${text}</span>`;
  /** @type {(layer: any[], k: number) => unknown} a layer is [word, ...numbers] */
  const link = ([kind, kernel, stride, padding], k) =>
    html`<div class="cnnlab-link"><div class="cnnlab-arrow"><div>${kind}${letter("F", `${kernel}×${kernel}`)}</div
      ><div>${letter("P", `P${padding}`)}${letter("S", `S${stride}`)}</div><div>→</div></div>${plane(k + 1)}</div>`;
  return html`<div class="cnnlab-flow">${plane(0)}${layers.map(link)}</div>`;
}

/**
 * The corner of the input that the first cells see; each field contains its layer's number, if there is room.
 * @param {Stack} stack
 */
function lens({ sizes: [size], fields }) {
  const low = Math.min(0, ...fields.map(([, , start]) => start));
  const cells = Math.max(...fields.map(([side, , start]) => start + side)) + 1 - low;
  const px = cells / LENS;
  const ends = fields.map(([side, , start]) => start + side);
  const isFree = (/** @type {number} */ end, /** @type {number} */ k) =>
    ends.slice(k + 1).every((other) => Math.abs(other - end) >= LABEL * px);
  const labels = ends.map((end, k) => (isFree(end, k) ? svg`<text x=${end} y=${end}>${k + 1}</text>` : nothing));
  return html`<svg class="cnnlab-lens" viewBox="${low} ${low} ${cells} ${cells}" style="font-size: ${11 * px}px"
    aria-hidden="true"><pattern id="cnnlab-cells" width="1" height="1" patternUnits="userSpaceOnUse"><rect width="1"
    height="1"></rect><path d="M0,1V0H1"></path></pattern>${square(0, size, "input-cells")}${fields.map(([side, , start]) => square(start, side))}${labels}</svg>`;
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
