// The picture of a stack of layers: its planes to one scale, and what the first cell of each layer sees of the input.

import { format } from "./numbers.js";
import { table } from "./table.js";
import { html, nothing } from "./vendor/lit-html.js";

const LARGEST = 96; // px of the largest plane
const SMALLEST = 3; // px
const LENS = 190; // px: the corner of the input that the first cells see, enlarged
const LABEL = 14; // px that a label in it needs
const MOST_LINES = 44; // cells in the lens; more have no lines between them

export const sizesOf = (stack) =>
  html`${flow(stack)}<div class="cnnlab-fields">${lens(stack)}<div>${fieldsOf(stack)}${wordsOf(stack)}</div></div>`;

const square = (side) => `width: ${side}px; height: ${side}px`;
const corner = (start) => `left: ${start}px; top: ${start}px`;
const field = (start, side, name = "field", look = "") =>
  html`<div class="cnnlab-${name}" style="${corner(start)}; ${square(side)}; ${look}"></div>`;

/** The planes as squares, the layers between them, and on the first what a cell sees of it. */
function flow({ sizes, layers, fields }) {
  const unit = LARGEST / Math.max(...sizes);
  const plane = (k) => {
    const seen = k ? nothing : fields.map(([side, , start]) => field(start * unit, side * unit));
    const side = square(Math.max(SMALLEST, sizes[k] * unit));
    return html`<div class="cnnlab-size"><div class="cnnlab-square" style=${side}>${seen}</div><b>${sizes[k]}</b
      ><span>${k ? `after ${k}` : "input"}</span></div>`;
  };
  const letter = (name, text) => html`<span class="cnnlab-${name}"> ${text}</span>`;
  const link = ([kind, kernel, stride, padding], k) =>
    html`<div class="cnnlab-link"><div class="cnnlab-arrow"><div>${kind}${letter("F", `${kernel}×${kernel}`)}</div
      ><div>${letter("P", `P${padding}`)}${letter("S", `S${stride}`)}</div><div>→</div></div>${plane(k + 1)}</div>`;
  return html`<div class="cnnlab-flow">${plane(0)}${layers.map(link)}</div>`;
}

/** The corner of the input that the first cells see; each field has its layers' numbers in it. */
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
        field((start - low) * unit, side * unit),
        fits ? html`<span style=${corner(end)}>${numbers.join(", ")}</span>` : nothing,
      ];
    });
  return html`<div class="cnnlab-lens" aria-hidden="true"><div style=${square(cells * unit)}>${[
    field(-low * unit, size * unit, "input-cells", lines),
    seen,
  ]}</div></div>`;
}

function fieldsOf({ sizes, layers, fields }) {
  const row = ([kind], k) => [`${k + 1} ${kind}`, ...[sizes[k + 1], ...fields[k]].map((number) => format(number))];
  return table(["layer", "output", "sees", "jump", "start"], layers.map(row));
}

function wordsOf({ fields }) {
  const [size, jump, start] = fields.at(-1);
  return html`<p>${
    `The first cell of layer ${fields.length} sees ${size}×${size} cells, beginning at row and column ${format(start)} ` +
    `(below 0 is padding). Its neighbours see as much, ${jump} further on.`
  }</p>`;
}
