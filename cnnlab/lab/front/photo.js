// A panel too large for elements: a photograph, or many large maps. A canvas a plane; of a photograph one focus stop.

import { make } from "./dom.js";
import { strength } from "./cells.js";

/** Is a panel drawn on canvases, which no style sheet colours? */
export const isDrawn = ({ view }) => view === "photo" || view === "maps";

export class PhotoView {
  constructor(panel) {
    const [height, width] = panel.shape;
    const [down, across] = panel.planes;
    this.panel = panel;
    this.drawn = ""; // in which colours; none where its numbers are not painted yet
    this.boxes = [];
    this.element = make("div", { class: "cnnlab-planes" });
    this.element.style.gridTemplateRows = `repeat(${down}, auto)`;
    const label = `${panel.symbol}, ${panel.title}: arrow keys move the selected cell`;
    this.canvases = Array.from({ length: down * across }, (_, plane) =>
      make("canvas", {
        width,
        height,
        tabindex: plane && panel.view === "photo" ? "-1" : "0",
        role: "application",
        "data-plane": plane,
        "aria-label": label,
      }),
    );
    this.canvases.forEach((canvas) => {
      const photo = make("div", { class: "cnnlab-photo" }, canvas);
      photo.classList.toggle("cnnlab-map", panel.view === "maps"); // as large as its cells say
      photo.style.setProperty("--wide", String(width));
      if (panel.blocks) photo.style.setProperty("--blocks", `${100 / panel.blocks}%`);
      photo.classList.toggle("cnnlab-blocks", Boolean(panel.blocks));
      this.element.append(photo);
    });
  }

  paint(panel) {
    if (panel !== this.panel) this.drawn = "";
    this.panel = panel;
  }

  /** Paints the canvases, unless they are. A canvas is no matter of the style sheet, so it is painted when the sheet holds. */
  draw(colours) {
    const look = JSON.stringify(colours);
    if (look === this.drawn) return;
    this.drawn = look;
    const { panel } = this;
    const [height, width] = panel.shape;
    const size = width * height;
    this.canvases.forEach((canvas, plane) => {
      const image = new ImageData(width, height);
      for (let k = 0; k < size; k++) {
        const value = panel.values[plane * size + k];
        const ratio = strength(panel, value);
        const to = value < 0 ? colours.negative : colours.positive;
        for (let channel = 0; channel < 3; channel++)
          image.data[4 * k + channel] =
            panel.palette === "grey"
              ? 255 * ratio
              : colours.zero[channel] + (to[channel] - colours.zero[channel]) * ratio;
        image.data[4 * k + 3] = 255;
      }
      canvas.getContext("2d").putImageData(image, 0, 0);
    });
  }

  /** Frames the cells' common rectangle: single cells would be too small to see. */
  light(cells, name) {
    const [height, width] = this.panel.shape;
    const percent = (part, whole) => `${(100 * part) / whole}%`;
    for (const plane of new Set(cells.map(([index]) => index))) {
      const group = cells.filter(([index]) => index === plane);
      const [rows, columns] = [group.map(([, row]) => row), group.map(([, , column]) => column)];
      const [top, left] = [Math.min(...rows), Math.min(...columns)];
      const box = make("div", { class: `cnnlab-frame ${name}` });
      Object.assign(box.style, {
        top: percent(top, height),
        left: percent(left, width),
        height: percent(Math.max(...rows) - top + 1, height),
        width: percent(Math.max(...columns) - left + 1, width),
      });
      this.canvases[plane]?.parentElement.append(box);
      this.boxes.push(box);
    }
  }

  dim() {
    for (const box of this.boxes) box.remove();
    this.boxes = [];
  }

  focus(cell) {
    this.canvases[cell[0]].focus({ preventScroll: true });
  }

  cellAt(event) {
    const canvas = event.target.closest?.("canvas");
    if (!canvas) return null;
    const box = canvas.getBoundingClientRect();
    const [height, width] = this.panel.shape;
    const at = (position, length, count) => Math.max(0, Math.min(count - 1, Math.floor((position / length) * count)));
    return [
      Number(canvas.dataset.plane),
      at(event.clientY - box.top, box.height, height),
      at(event.clientX - box.left, box.width, width),
    ];
  }

  boxOf([plane, row, column]) {
    const box = this.canvases[plane]?.getBoundingClientRect();
    const [height, width] = this.panel.shape;
    return (
      box &&
      new DOMRect(
        box.left + (box.width * column) / width,
        box.top + (box.height * row) / height,
        box.width / width,
        box.height / height,
      )
    );
  }
}

/** "#rrggbb" as three numbers. */
export function toRgb(hex) {
  return [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
}
