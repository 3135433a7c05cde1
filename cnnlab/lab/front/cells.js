// A panel whose cells are elements: one ARIA grid a plane.

import { make, write } from "./dom.js";
import { emsOf, isRoomy } from "./layout.js";
import { brief, format } from "./numbers.js";
import { keyOf, kindOf } from "./scene.js";

/** How strongly a value is coloured, from 0 (none) to 1 (the largest of its panel). */
export const strength = (panel, value) =>
  panel.limit && Number.isFinite(value) ? Math.min(1, Math.abs(value) / panel.limit) : 0;

/** A cell from its key. */
const cellOf = (key) => /** @type {import("./schema.js").Cell} */ (key.split(",").map(Number));

export class CellsView {
  constructor(panel) {
    /** @type {Map<string, any>} */
    this.cells = new Map();
    this.painted = new Map(); // how each cell looks
    this.lit = [];
    this.element = make("div", { class: "cnnlab-planes" });
    // planes are numbered down each column first: the kernels of one filter stand below each other
    this.element.style.gridTemplateRows = `repeat(${panel.planes[0]}, auto)`;
    for (let plane = 0; plane < panel.planes[0] * panel.planes[1]; plane++)
      this.element.append(this.makePlane(panel, plane));
    for (const grid of this.element.querySelectorAll(".cnnlab-grid"))
      grid.querySelector(".cnnlab-cell").setAttribute("tabindex", "0");
  }

  makePlane(panel, plane) {
    const [height, width] = panel.shape;
    const several = panel.planes[0] * panel.planes[1] > 1;
    const label = [panel.symbol, panel.title, several ? `plane ${plane}` : ""].filter(Boolean).join(", ");
    const grid = make("div", {
      class: "cnnlab-grid",
      role: "grid",
      "aria-label": label,
      "aria-readonly": String(!panel.editable),
    });
    for (let row = 0; row < height; row++) {
      const line = make("div", { role: "row", class: "cnnlab-row" });
      if (panel.heads)
        line.append(make("div", { role: "rowheader", class: "cnnlab-head" }, String(panel.places.rows[row])));
      for (let column = 0; column < width; column++) line.append(this.makeCell(panel, [plane, row, column]));
      grid.append(line);
    }
    const caption = panel.captions?.[plane];
    if (panel.heads) grid.prepend(headsOf(panel));
    return caption === undefined
      ? grid
      : make("div", { class: "cnnlab-captioned" }, grid, make("div", { class: "cnnlab-below" }, caption));
  }

  makeCell(panel, cell) {
    const kind = kindOf(panel, cell);
    const unread = panel.unread && (panel.unread.rows[cell[1]] || panel.unread.columns[cell[2]]);
    const classes = [
      "cnnlab-cell",
      ["", "cnnlab-padding", "cnnlab-beyond", "cnnlab-inserted"][kind],
      unread ? "cnnlab-unread" : "",
    ];
    const element = make("div", {
      class: classes.filter(Boolean).join(" "),
      role: "gridcell",
      tabindex: "-1",
      "data-cell": keyOf(cell),
    });
    this.cells.set(keyOf(cell), element);
    return element;
  }

  /**
   * Shows the panel's values, or `counts(cell)` in their place.
   * @param {any} panel
   * @param {{numbers: boolean, readers?: {count: (cell: any) => number, most: number} | null}} look
   */
  paint(panel, { numbers: all, readers = null }) {
    const numbers = all && isRoomy(panel);
    const grey = panel.palette === "grey";
    const marks = new Map();
    for (const [mark, cells] of Object.entries(panel.marks ?? {}))
      for (const cell of cells) marks.set(keyOf(cell), mark);
    let number = 0;
    for (const [key, element] of this.cells) {
      const value = readers ? readers.count(cellOf(key)) : panel.values[number];
      const ratio = readers ? value / (readers.most || 1) : strength(panel, value);
      const text = numbers && !element.classList.contains("cnnlab-beyond") ? brief(value) : "";
      const look = { value, ratio, text, grey, numbers, counted: Boolean(readers), mark: marks.get(key) ?? "" };
      paintCell(element, look, this.painted.get(key) ?? {});
      this.painted.set(key, look);
      number++;
    }
  }

  light(cells, name) {
    for (const cell of cells) {
      const element = this.cells.get(keyOf(cell));
      if (!element) continue;
      element.classList.add(name);
      this.lit.push([element, name]);
    }
  }

  dim() {
    for (const [element, name] of this.lit) element.classList.remove(name);
    this.lit = [];
  }

  focus(cell) {
    const element = this.cells.get(keyOf(cell));
    if (!element) return;
    element.closest(".cnnlab-grid").querySelector('.cnnlab-cell[tabindex="0"]')?.setAttribute("tabindex", "-1");
    element.setAttribute("tabindex", "0");
    element.focus({ preventScroll: true });
  }

  cellAt(event) {
    return event.target.closest?.(".cnnlab-cell")?.dataset.cell.split(",").map(Number);
  }

  boxOf(cell) {
    return this.cells.get(keyOf(cell))?.getBoundingClientRect();
  }
}

function headsOf(panel) {
  const cells = panel.places.columns.map((index) =>
    make("div", { role: "columnheader", class: "cnnlab-head" }, String(index)),
  );
  return make(
    "div",
    { role: "row", class: "cnnlab-row cnnlab-heads" },
    make("div", { class: "cnnlab-head" }),
    ...cells,
  );
}

/** Changes what looks another way than before: of a thousand cells every needless change is felt. */
function paintCell(element, now, before) {
  const { value, ratio, text, grey, numbers, counted, mark } = now;
  if (text !== before.text) {
    if (!element.firstElementChild) write(element, text); // nobody types there
    const ems = emsOf(text);
    element.classList.toggle("cnnlab-long", ems > 2);
    if (ems > 2) element.style.setProperty("--ems", String(ems));
  }
  if (value !== before.value) {
    element.dataset.value = String(value);
    if (value < 0 !== before.value < 0) element.classList.toggle("cnnlab-negative", value < 0);
  }
  if (mark !== before.mark) element.dataset.mark = mark;
  if (counted !== before.counted) element.classList.toggle("cnnlab-count", counted);
  const shade = shadeOf(now);
  if (before.value === undefined || shade !== shadeOf(before)) element.style.setProperty("--v", shade);
  if (grey && ratio !== before.ratio) paintGrey(element, ratio);
  if (numbers && !before.numbers) element.removeAttribute("aria-label");
  if (!numbers && (before.numbers || value !== before.value)) element.setAttribute("aria-label", format(value));
}

/** How much of its colour a cell has. */
const shadeOf = ({ value, ratio }) =>
  value === 0 || !Number.isFinite(value) ? "0%" : `${Math.round(10 + 62 * ratio)}%`;

function paintGrey(element, ratio) {
  const level = Math.round(255 * ratio);
  element.style.backgroundColor = `rgb(${level}, ${level}, ${level})`;
  element.style.color = level > 128 ? "#000" : "#fff";
}
