// A panel with too many cells for elements: a photograph, or many large maps. One canvas per plane; a photograph is
// one focus stop.

import { strength } from "./cells.js";
import { grouped } from "./layout.js";
import { cellAt, countOf, numberOf } from "./scene.js";
import { html } from "./vendor/lit-html.js";

/** @typedef {import("./schema.js").Panel} Panel */
/** @typedef {import("./schema.js").Cell} Cell */

const BLACK = [0, 0, 0];
const WHITE = [255, 255, 255];
/** @type {WeakMap<HTMLCanvasElement, {values: unknown, look: string}>} what each canvas shows, and the colours */
const painted = new WeakMap();

/**
 * Is a panel drawn on canvases, whose colours are not set by CSS?
 * @param {Panel} panel
 */
export const isDrawn = ({ view }) => view === "photo" || view === "maps";

/**
 * The canvases of a panel, with one frame around all lit cells: single frames would be too small to see.
 * @param {Panel} panel
 * @param {import("./cells.js").Look} look
 */
export function photoOf(panel, { lights }) {
  const { shape, planes, view, symbol, title } = inStrip(panel);
  const [height, width] = shape;
  const looks = `cnnlab-photo${view === "maps" ? " cnnlab-map" : ""}`;
  const frames = framesOf(panel, lights);
  return Array.from(
    { length: planes[0] * planes[1] },
    (_, plane) =>
      html`<div class=${looks} style="--wide: ${width}"><canvas width=${width} height=${height} role="application"
        tabindex=${plane ? -1 : 0} data-plane=${plane}
        aria-label="${symbol}, ${title}: arrow keys move the selected cell"></canvas>${frames
          .filter((frame) => frame.plane === plane)
          .map(({ looks, box }) => html`<div class="cnnlab-frame ${looks}" style=${box}></div>`)}</div>`,
  );
}

/**
 * A panel in its drawn form: a flat one is a single column of all its cells.
 * @param {Panel} panel
 * @returns {Panel}
 */
const inStrip = (panel) => (panel.flat ? { ...panel, planes: [1, 1], shape: [countOf(panel), 1] } : panel);

/**
 * The drawn position of a cell.
 * @param {Panel} panel
 * @param {Cell} cell
 * @returns {Cell}
 */
const placeIn = (panel, cell) => (panel.flat ? [0, numberOf(panel, cell), 0] : cell);

/**
 * The rectangle around the cells of one look, in each plane.
 * @param {Panel} panel
 * @param {Record<string, import("./cells.js").Light>} lights
 */
function framesOf(panel, lights) {
  const { shape } = inStrip(panel);
  const lit = Object.entries(lights).map(([key, { looks }]) => {
    const [plane, ...cell] = placeIn(panel, /** @type {Cell} */ (key.split(",").map(Number)));
    return { plane, cell, looks };
  });
  return grouped(lit, ({ plane, looks }) => `${plane} ${looks}`).map((group) => {
    const box = ["top", "left"].map((side, axis) => {
      const indices = group.map(({ cell }) => cell[axis]).sort((p, q) => p - q); // too many for Math.min
      const [first, last] = [indices[0], indices[indices.length - 1]];
      const share = 100 / shape[axis];
      return `${side}: ${share * first}%; ${axis ? "width" : "height"}: ${share * (last - first + 1)}%`;
    });
    return { ...group[0], box: box.join("; ") };
  });
}

/**
 * Paints the canvases of a panel once, but not before the page has the colours of the style sheet.
 * @param {Element} element
 * @param {Panel} panel
 */
export function paint(element, panel) {
  const { shape, values, palette } = inStrip(panel);
  const [height, width] = shape;
  const style = getComputedStyle(element.querySelector("canvas") ?? element);
  const [zero, positive, negative] = [style.backgroundColor, style.color, style.borderTopColor].map(toRgb);
  const [from, above, below] = palette === "grey" ? [BLACK, WHITE, WHITE] : [zero, positive, negative];
  const look = [from, above, below].join();
  for (const [plane, canvas] of [...element.getElementsByTagName("canvas")].entries()) {
    const before = painted.get(canvas);
    if (before?.values === values && before.look === look && canvas.width === width) continue;
    painted.set(canvas, { values, look });
    const image = new ImageData(width, height);
    for (let k = 0; k < width * height; k++) {
      const value = values[plane * width * height + k];
      const ratio = strength(panel, value);
      const full = value < 0 ? below : above;
      for (let channel = 0; channel < 3; channel++)
        image.data[4 * k + channel] = from[channel] + (full[channel] - from[channel]) * ratio;
      image.data[4 * k + 3] = 255;
    }
    canvas.getContext("2d")?.putImageData(image, 0, 0);
  }
}

/**
 * The cell of a canvas under an event.
 * @param {HTMLCanvasElement} canvas
 * @param {Panel} panel
 * @param {MouseEvent} event
 * @returns {Cell}
 */
export function cellUnder(canvas, panel, { clientX, clientY }) {
  const { shape } = inStrip(panel);
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const at = (/** @type {number} */ share, /** @type {number} */ count) =>
    Math.max(0, Math.min(count - 1, Math.floor(share * count)));
  const cell = [at((clientY - top) / height, shape[0]), at((clientX - left) / width, shape[1])];
  return panel.flat ? cellAt(panel, cell[0]) : /** @type {Cell} */ ([Number(canvas.dataset.plane), ...cell]);
}

/**
 * The box of a cell of a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {Panel} panel
 * @param {Cell} cell
 */
export function boxIn(canvas, panel, cell) {
  const { shape } = inStrip(panel);
  const [, row, column] = placeIn(panel, cell);
  const box = canvas.getBoundingClientRect();
  const [height, width] = [box.height / shape[0], box.width / shape[1]];
  return new DOMRect(box.left + width * column, box.top + height * row, width, height);
}

/**
 * A computed colour, "rgb(r, g, b)", as three numbers.
 * @param {string} colour
 */
export const toRgb = (colour) => (colour.match(/\d+/g) ?? []).map(Number);
