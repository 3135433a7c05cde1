// How panels are drawn: as a grid of elements, or, where there are too many cells, as a canvas.

import { make } from "./dom.js";
import { isBeyond, isPadding, valueAt } from "./wires.js";
import { brief, format } from "./words.js";

const ROLES = { x: "x", dx: "dx", w: "w", dw: "dw", y: "y", dy: "dy", b: "b", db: "db" };
const SYMBOLS = { dx: "∂L/∂x", dw: "∂L/∂w", dy: "∂L/∂y", db: "∂L/∂b" };

const nameIn = (panel) => panel.symbol ?? panel.name; // the array that a panel shows
export const roleOf = (panel) => ROLES[nameIn(panel)] ?? ROLES[panel.name] ?? (panel.row ? "dx" : "x");
export const symbolOf = (panel) => SYMBOLS[nameIn(panel)] ?? nameIn(panel);
export const keyOf = (cell) => cell.join(",");
export const sameCell = (p, q) => p && q && p.panel === q.panel && keyOf(p.cell) === keyOf(q.cell);

/** How strongly a value is coloured, from 0 (none) to 1 (the largest of its panel). */
const strength = (panel, value) => (panel.limit && Number.isFinite(value) ? Math.min(1, Math.abs(value) / panel.limit) : 0);

/** A panel whose cells are elements: one ARIA grid a plane. */
export class GridView {
  constructor(panel, canEdit) {
    this.cells = new Map();
    this.planes = make("div", { class: "cnnlab-planes" });
    const [down, across] = panel.planes;
    this.planes.style.gridTemplateColumns = `repeat(${across}, auto)`;
    // planes are numbered down each column first: the kernels of one filter stand below each other
    for (let row = 0; row < down; row++)
      for (let column = 0; column < across; column++) this.planes.append(this.makePlane(panel, column * down + row, canEdit));
    this.element = this.planes;
    for (const grid of this.planes.children) grid.querySelector(".cnnlab-cell").setAttribute("tabindex", "0");
  }

  makePlane(panel, plane, canEdit) {
    const [height, width] = panel.shape;
    const several = panel.planes[0] * panel.planes[1] > 1;
    const label = `${symbolOf(panel)}, ${panel.title}${several ? `, plane ${plane}` : ""}`;
    const grid = make("div", { class: "cnnlab-grid", role: "grid", "aria-label": label, "aria-readonly": String(!canEdit) });
    for (let row = 0; row < height; row++) {
      const line = make("div", { role: "row", class: "cnnlab-row" });
      for (let column = 0; column < width; column++) {
        const cell = [plane, row, column];
        const element = make("div", { class: "cnnlab-cell", role: "gridcell", tabindex: "-1", "data-cell": keyOf(cell) });
        if (isBeyond(panel, cell)) element.classList.add("cnnlab-beyond");
        else if (isPadding(panel, cell)) element.classList.add("cnnlab-padding");
        this.cells.set(keyOf(cell), element);
        line.append(element);
      }
      grid.append(line);
    }
    return grid;
  }

  /** Shows the panel's values, or `counts(cell)` in their place (coverage). */
  paint(panel, { numbers, counts }) {
    const marks = new Map(Object.entries(panel.marks ?? {}).flatMap(([mark, cells]) => cells.map((cell) => [keyOf(cell), mark])));
    this.planes.parentElement?.classList.toggle("cnnlab-active", Boolean(panel.active));
    for (const [key, element] of this.cells) {
      const cell = key.split(",").map(Number);
      element.dataset.mark = marks.get(key) ?? "";
      element.classList.toggle("cnnlab-unread", Boolean(panel.unread?.rows.includes(cell[1]) || panel.unread?.columns.includes(cell[2])));
      const value = counts ? counts(cell) : valueAt(panel, cell);
      const ratio = counts ? Math.min(1, value / (counts.most || 1)) : strength(panel, value);
      const text = numbers && !isBeyond(panel, cell) ? brief(value) : "";
      if (!element.firstElementChild && element.textContent !== text) element.textContent = text; // nobody types there
      element.dataset.value = String(value);
      element.style.setProperty("--v", value === 0 || !Number.isFinite(value) ? "0%" : `${Math.round(10 + 62 * ratio)}%`);
      if (panel.palette === "grey") paintGrey(element, ratio);
      element.classList.toggle("cnnlab-long", text.length > 4);
      element.classList.toggle("cnnlab-negative", value < 0);
      element.classList.toggle("cnnlab-count", Boolean(counts));
      if (!numbers) element.setAttribute("aria-label", format(value));
      else element.removeAttribute("aria-label");
    }
  }

  light(cells, name) {
    this.lit ??= [];
    for (const cell of cells) {
      const element = this.cells.get(keyOf(cell));
      if (!element) continue;
      element.classList.add(name);
      this.lit.push([element, name]);
    }
  }

  dim() {
    for (const [element, name] of this.lit ?? []) element.classList.remove(name);
    this.lit = [];
  }

  focus(cell) {
    const element = this.cells.get(keyOf(cell));
    element?.closest(".cnnlab-grid").querySelector('[tabindex="0"]').setAttribute("tabindex", "-1");
    element?.setAttribute("tabindex", "0");
    element?.focus({ preventScroll: true });
  }

  cellAt(event) {
    return event.target.closest?.(".cnnlab-cell")?.dataset.cell.split(",").map(Number);
  }

  boxOf(cell) {
    return this.cells.get(keyOf(cell))?.getBoundingClientRect();
  }
}

function paintGrey(element, ratio) {
  const level = Math.round(255 * ratio);
  element.style.backgroundColor = `rgb(${level}, ${level}, ${level})`;
  element.style.color = level > 128 ? "#000" : "#fff";
}

/** A panel too large for elements, such as a photograph: a canvas a plane, with one focus stop. */
export class CanvasView {
  constructor(panel) {
    const [height, width] = panel.shape;
    this.panel = panel;
    this.planes = make("div", { class: "cnnlab-planes" });
    this.canvases = Array.from({ length: panel.planes[0] * panel.planes[1] }, (_, plane) =>
      make("canvas", { width, height, tabindex: plane ? "-1" : "0", role: "application", "data-plane": plane,
        "aria-label": `${panel.name}, ${panel.title}: arrow keys move the selected cell` }));
    const [down, across] = panel.planes;
    this.planes.style.gridTemplateColumns = `repeat(${across}, auto)`;
    this.canvases.forEach((canvas, plane) => {
      const photo = make("div", { class: "cnnlab-photo" }, canvas);
      photo.style.order = (plane % down) * across + Math.floor(plane / down); // numbered down each column, as in a GridView
      this.planes.append(photo);
    });
    this.element = this.planes;
    this.boxes = [];
  }

  paint(panel, { colours }) {
    this.panel = panel;
    const [height, width] = panel.shape;
    this.canvases.forEach((canvas, plane) => {
      const image = new ImageData(width, height);
      for (let k = 0; k < width * height; k++) {
        const value = panel.values[plane * width * height + k];
        const [from, to] = panel.palette === "grey" ? [[0, 0, 0], [255, 255, 255]] : [colours.zero, value < 0 ? colours.negative : colours.positive];
        const ratio = strength(panel, value);
        image.data.set([0, 1, 2].map((channel) => from[channel] + (to[channel] - from[channel]) * ratio), 4 * k);
        image.data[4 * k + 3] = 255;
      }
      canvas.getContext("2d").putImageData(image, 0, 0);
    });
  }

  /** Frames the cells' common rectangle: single cells would be too small to see. */
  light(cells, name) {
    const byPlane = Map.groupBy ? Map.groupBy(cells, ([plane]) => plane) : groupByPlane(cells);
    for (const [plane, group] of byPlane) {
      const box = make("div", { class: `cnnlab-frame ${name}` });
      const [height, width] = this.panel.shape;
      const [rows, columns] = [group.map((cell) => cell[1]), group.map((cell) => cell[2])];
      const [top, left] = [Math.min(...rows), Math.min(...columns)];
      const percent = (part, whole) => `${(100 * part) / whole}%`;
      Object.assign(box.style, {
        top: percent(top, height), left: percent(left, width),
        height: percent(Math.max(...rows) - top + 1, height), width: percent(Math.max(...columns) - left + 1, width),
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
    return [Number(canvas.dataset.plane), at(event.clientY - box.top, box.height, height), at(event.clientX - box.left, box.width, width)];
  }

  boxOf([plane, row, column]) {
    const box = this.canvases[plane]?.getBoundingClientRect();
    const [height, width] = this.panel.shape;
    return box && new DOMRect(box.left + (box.width * column) / width, box.top + (box.height * row) / height, box.width / width, box.height / height);
  }
}

function groupByPlane(cells) {
  const groups = new Map();
  for (const cell of cells) groups.set(cell[0], [...(groups.get(cell[0]) ?? []), cell]);
  return groups;
}
