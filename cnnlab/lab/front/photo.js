// A panel too large for elements: a photograph, or many large maps. A canvas a plane; of a photograph one focus stop.

import { make } from "./dom.js";
import { strength } from "./cells.js";
import { html, render } from "./vendor/lit-html.js";

/** Is a panel drawn on canvases, which no style sheet colours? */
export const isDrawn = ({ view }) => view === "photo" || view === "maps";

export class PhotoView {
  constructor(panel) {
    this.panel = panel;
    this.drawn = ""; // in which colours; none where its numbers are not painted yet
    this.frames = []; // what is lit
    const style = `grid-template-rows: repeat(${panel.planes[0]}, auto)`;
    this.element = make("div", { class: "cnnlab-planes", style });
    this.show();
    this.canvases = [...this.element.querySelectorAll("canvas")];
  }

  paint(panel) {
    if (panel !== this.panel) this.drawn = "";
    this.panel = panel;
  }

  show() {
    const { shape, planes, view, blocks, symbol, title } = this.panel;
    const [height, width] = shape;
    const looks = `cnnlab-photo${view === "maps" ? " cnnlab-map" : ""}${blocks ? " cnnlab-blocks" : ""}`;
    const style = `--wide: ${width}${blocks ? `; --blocks: ${100 / blocks}%` : ""}`;
    const photo = (_, plane) =>
      html`<div class=${looks} style=${style}><canvas width=${width} height=${height} role="application"
        tabindex=${plane && view === "photo" ? -1 : 0} data-plane=${plane}
        aria-label="${symbol}, ${title}: arrow keys move the selected cell"></canvas>${this.frames
          .filter((frame) => frame.plane === plane)
          .map(({ name, box }) => html`<div class="cnnlab-frame ${name}" style=${box}></div>`)}</div>`;
    render(Array.from({ length: planes[0] * planes[1] }, photo), this.element);
  }

  /** Paints the canvases, unless they are. A canvas is no matter of the style sheet, so it is painted when the sheet holds. */
  draw(colours) {
    const look = JSON.stringify(colours);
    if (look === this.drawn) return;
    this.drawn = look;
    const { shape, values, palette } = this.panel;
    const [height, width] = shape;
    const size = width * height;
    const [from, to] = palette === "grey" ? [BLACK, { positive: WHITE, negative: WHITE }] : [colours.zero, colours];
    this.canvases.forEach((canvas, plane) => {
      const image = new ImageData(width, height);
      for (let k = 0; k < size; k++) {
        const value = values[plane * size + k];
        const ratio = strength(this.panel, value);
        const full = value < 0 ? to.negative : to.positive;
        for (let channel = 0; channel < 3; channel++)
          image.data[4 * k + channel] = from[channel] + (full[channel] - from[channel]) * ratio;
        image.data[4 * k + 3] = 255;
      }
      canvas.getContext("2d").putImageData(image, 0, 0);
    });
  }

  /** Frames the cells' common rectangle: single cells would be too small to see. */
  light(cells, name) {
    const sides = ["top", "left"].map((side, axis) => [side, axis ? "width" : "height", this.panel.shape[axis]]);
    for (const plane of new Set(cells.map(([index]) => index))) {
      const group = cells.filter(([index]) => index === plane);
      const box = sides.map(([side, length, count], axis) => {
        const indices = group.map((cell) => cell[axis + 1]);
        const first = Math.min(...indices);
        return `${side}: ${(100 * first) / count}%; ${length}: ${(100 * (Math.max(...indices) - first + 1)) / count}%`;
      });
      this.frames.push({ plane, name, box: box.join("; ") });
    }
    this.show();
  }

  dim() {
    this.frames = [];
    this.show();
  }

  focus(cell) {
    this.canvases[cell[0]].focus({ preventScroll: true });
  }

  cellAt(event) {
    const canvas = event.target.closest?.("canvas");
    if (!canvas) return null;
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const [rows, columns] = this.panel.shape;
    const at = (share, count) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
    const { clientX, clientY } = event;
    return [Number(canvas.dataset.plane), at((clientY - top) / height, rows), at((clientX - left) / width, columns)];
  }

  boxOf([plane, row, column]) {
    const box = this.canvases[plane]?.getBoundingClientRect();
    if (!box) return null;
    const [height, width] = [box.height / this.panel.shape[0], box.width / this.panel.shape[1]];
    return new DOMRect(box.left + width * column, box.top + height * row, width, height);
  }
}

const BLACK = [0, 0, 0];
const WHITE = [255, 255, 255];

/** "#rrggbb" as three numbers. */
export function toRgb(hex) {
  return [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
}
