// The picture of a stack of layers: its planes to one scale, and what the first cell of each layer sees of the input.

import { make } from "./dom.js";
import { format } from "./numbers.js";

const LARGEST = 96; // px of the largest plane
const SMALLEST = 3; // px
const LENS = 190; // px: the corner of the input that the first cells see, enlarged
const LABEL = 14; // px that a label in it needs
const MOST_LINES = 44; // cells in the lens; more have no lines between them

/** The elements of the picture. */
export function sizesOf({ sizes, layers, fields }) {
  return [
    flow(sizes, layers, fields),
    make("div", { class: "cnnlab-fields" }, lens(sizes[0], fields), about(sizes, layers, fields)),
  ];
}

/** The planes as squares, the layers between them, and on the first what a cell sees of it. */
function flow(sizes, layers, fields) {
  const unit = LARGEST / Math.max(...sizes);
  const plane = (size, name, ...inside) => {
    const square = make("div", { class: "cnnlab-square" }, ...inside);
    square.style.width = square.style.height = `${Math.max(SMALLEST, size * unit)}px`;
    return make("div", { class: "cnnlab-size" }, square, make("b", {}, String(size)), make("span", {}, name));
  };
  const links = layers.map(([kind, kernel, stride, padding], k) => {
    const letters = [
      ["F", `${kernel}×${kernel}`],
      ["P", `P${padding}`],
      ["S", `S${stride}`],
    ];
    const words = letters.map(([letter, text]) => make("span", { class: `cnnlab-${letter}` }, ` ${text}`));
    const arrow = make(
      "div",
      { class: "cnnlab-arrow" },
      make("div", {}, kind, words[0]),
      make("div", {}, words[1], words[2]),
      make("div", {}, "→"),
    );
    return make("div", { class: "cnnlab-link" }, arrow, plane(sizes[k + 1], `after ${k + 1}`));
  });
  return make(
    "div",
    { class: "cnnlab-flow" },
    plane(sizes[0], "input", ...fields.map(([size, , start]) => field(start, size, unit))),
    ...links,
  );
}

function field(start, side, unit) {
  const element = make("div", { class: "cnnlab-field" });
  Object.assign(element.style, {
    left: `${start * unit}px`,
    top: `${start * unit}px`,
    width: `${side * unit}px`,
    height: `${side * unit}px`,
  });
  return element;
}

/** The corner of the input that the first cells see; each field has its layers' numbers in it. */
function lens(size, fields) {
  const low = Math.min(0, ...fields.map(([, , start]) => start));
  const cells = Math.max(...fields.map(([side, , start]) => start + side)) + 1 - low;
  const unit = cells <= LENS ? Math.max(1, Math.floor(LENS / cells)) : LENS / cells;
  const input = field(-low, size, unit);
  input.className = "cnnlab-input-cells";
  input.style.backgroundSize = `${unit}px ${unit}px`;
  if (cells > MOST_LINES) input.style.backgroundImage = "none";
  const inside = [input];
  let free = cells * unit; // no label has been put beyond this; the largest field gets its label first
  const kinds = [...new Set(fields.map(([side, , start]) => `${side},${start}`))]
    .map((key) => key.split(",").map(Number))
    .sort((p, q) => q[0] - p[0] || q[1] - p[1]);
  for (const [side, start] of kinds) {
    inside.push(field(start - low, side, unit));
    const end = (start + side - low) * unit;
    if (end > free || side * unit <= LABEL) continue;
    const numbers = fields.flatMap(([length, , from], k) => (length === side && from === start ? [k + 1] : []));
    const label = make("span", {}, numbers.join(", "));
    label.style.left = label.style.top = `${end}px`;
    inside.push(label);
    free = end - LABEL;
  }
  const picture = make("div", {}, ...inside);
  picture.style.width = picture.style.height = `${cells * unit}px`;
  return make("div", { class: "cnnlab-lens", "aria-hidden": "true" }, picture);
}

function about(sizes, layers, fields) {
  const head = ["layer", "output", "sees", "jump", "start"].map((name) => make("th", { scope: "col" }, name));
  const rows = layers.map(([kind], k) => {
    const numbers = [sizes[k + 1], ...fields[k]].map((number) => make("td", {}, format(number)));
    return make("tr", {}, make("th", { scope: "row" }, `${k + 1} ${kind}`), ...numbers);
  });
  const [size, jump, start] = fields.at(-1);
  const words =
    `The first cell of layer ${fields.length} sees ${size}×${size} cells, beginning at row and column ${format(start)} ` +
    `(below 0 is padding). Its neighbours see as much, ${jump} further on.`;
  return make(
    "div",
    {},
    make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)),
    make("p", {}, words),
  );
}
