// The picture of a stack of layers: its planes to one scale, and what the first cell of each layer sees of the input.

import { format } from "./numbers.js";
import { table } from "./table.js";
import { html, nothing } from "./vendor/lit-html.js";

const PLANE = { least: 3, most: 96 }; // px of a plane's side
const LENS = 190; // px: the corner of the input that the first cells see, enlarged
const LABEL = 14; // px that a label in it needs
const MOST_LINES = 44; // cells in the lens; more have no lines between them

/** @typedef {import("./schema.js").Stack} Stack */

/** @param {Stack} stack */
export const sizesOf = (stack) =>
  html`${flow(stack)}<div class="cnnlab-fields">${lens(stack)}<div>${fieldsOf(stack)}${sightOf(stack)}</div></div>`;

const square = (/** @type {number} */ side) => `width: ${side}px; height: ${side}px`;
const corner = (/** @type {number} */ start) => `left: ${start}px; top: ${start}px`;

/**
 * A square of the input, from a corner on its diagonal on.
 * @param {number} start px
 * @param {number} side px
 * @param {string} [name]
 * @param {string} [look]
 */
const squareAt = (start, side, name = "field", look = "") =>
  html`<div class="cnnlab-${name}" style="${corner(start)}; ${square(side)}; ${look}"></div>`;

/**
 * The planes as squares, the layers between them, and on the first what a cell sees of it.
 * @param {Stack} stack
 */
function flow({ sizes, layers, fields }) {
  const unit = PLANE.most / Math.max(...sizes);
  const plane = (/** @type {number} */ k) => {
    const seen = k ? nothing : fields.map(([side, , start]) => squareAt(start * unit, side * unit));
    const side = square(Math.max(PLANE.least, sizes[k] * unit));
    return html`<div class="cnnlab-size"><div class="cnnlab-square" style=${side}>${seen}</div><b>${sizes[k]}</b
      ><span>${k ? `after ${k}` : "input"}</span></div>`;
  };
  /** @type {(name: string, text: string) => unknown} */
  const letter = (name, text) => html`<span class="cnnlab-${name}"> ${text}</span>`;
  /** @type {(layer: any[], k: number) => unknown} a layer is a word, and numbers */
  const link = ([kind, kernel, stride, padding], k) =>
    html`<div class="cnnlab-link"><div class="cnnlab-arrow"><div>${kind}${letter("F", `${kernel}×${kernel}`)}</div
      ><div>${letter("P", `P${padding}`)}${letter("S", `S${stride}`)}</div><div>→</div></div>${plane(k + 1)}</div>`;
  return html`<div class="cnnlab-flow">${plane(0)}${layers.map(link)}</div>`;
}

/**
 * The corner of the input that the first cells see; each field has its layers' numbers in it.
 * @param {Stack} stack
 */
function lens({ sizes: [size], fields }) {
  const low = Math.min(0, ...fields.map(([, , start]) => start));
  const cells = Math.max(...fields.map(([side, , start]) => start + side)) + 1 - low;
  const unit = cells <= LENS ? Math.max(1, Math.floor(LENS / cells)) : LENS / cells;
  const lines = `background-size: ${unit}px ${unit}px${cells > MOST_LINES ? "; background-image: none" : ""}`;
  const layers = new Map(); // by field: the numbers of its layers
  fields.forEach(([side, , start], k) => {
    const key = `${side},${start}`;
    layers.set(key, [...(layers.get(key) ?? []), k + 1]);
  });
  let free = cells * unit; // no label has been put beyond this; the largest field gets its label first
  const seen = [...layers]
    .map(([key, numbers]) => ({ of: key.split(",").map(Number), numbers }))
    .sort(({ of: p }, { of: q }) => q[0] - p[0] || q[1] - p[1])
    .map(({ of: [side, start], numbers }) => {
      const end = (start + side - low) * unit;
      const fits = end <= free && side * unit > LABEL;
      if (fits) free = end - LABEL;
      return [
        squareAt((start - low) * unit, side * unit),
        fits ? html`<span style=${corner(end)}>${numbers.join(", ")}</span>` : nothing,
      ];
    });
  return html`<div class="cnnlab-lens" aria-hidden="true"><div style=${square(cells * unit)}>${[
    squareAt(-low * unit, size * unit, "input-cells", lines),
    seen,
  ]}</div></div>`;
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
