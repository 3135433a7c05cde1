// The panels of a stage: built where their structure changes, painted where their numbers do, lit where a sum runs.

import { BarsView } from "./bars.js";
import { CellsView } from "./cells.js";
import { ChartView } from "./chart.js";
import { make, withSubscripts } from "./dom.js";
import { captionWidth, isFlow, lineOf, signsOf, standing } from "./layout.js";
import { isDrawn, PhotoView, toRgb } from "./photo.js";
import { countOf, keyOf, sameAt, twinsOf, valueAt } from "./scene.js";

const VIEWS = { cells: CellsView, photo: PhotoView, maps: PhotoView, bars: BarsView, chart: ChartView };
// What of a panel changes without other elements.
const LIVELY = new Set([
  "values",
  "frames",
  "limit",
  "marks",
  "active",
  "shares",
  "sum",
  "says",
  "chart",
  "best",
  "lengths",
  "texts",
  "gradient",
]);
const MOST_LIT = 400; // cells of one kind that are lit one by one

export class Panels {
  constructor() {
    this.overlay = null; // what lies over all bands
    this.shown = {};
    this.wires = make("svg", { class: "cnnlab-wires", "aria-hidden": "true" });
    this.inset = make("div", { class: "cnnlab-inset" });
    this.element = make("div", { class: "cnnlab-panels" });
    /** @type {Record<string, any>} */
    this.views = {};
    this.looks = new Map();
    this.places = "";
  }

  /**
   * Makes the panels anew whose elements are others than before; all of them where there are others.
   * @returns {boolean} whether anything was made, and is to be arranged
   */
  build(scene) {
    const panels = Object.values(scene.panels);
    const looks = new Map(panels.map((panel) => [panel.name, lookOf(panel)]));
    const changed = panels.filter(({ name }) => looks.get(name) !== this.looks.get(name));
    const places = JSON.stringify([
      panels.map(({ name, row, column, band }) => [name, row, column, band]),
      scene.signs,
      scene.inset,
    ]);
    if (places !== this.places) this.buildAll(scene, panels);
    else
      for (const panel of changed)
        this.element.querySelector(`[data-panel="${panel.name}"]`).replaceWith(this.section(panel, scene));
    for (const panel of panels) this.sectionOf(panel.name).classList.toggle("cnnlab-active", Boolean(panel.active));
    const made = changed.length > 0 || places !== this.places;
    Object.assign(this, { looks, places, shown: scene.panels });
    return made;
  }

  sectionOf(name) {
    return this.element.querySelector(`[data-panel="${name}"]`);
  }

  buildAll(scene, panels) {
    this.views = {};
    this.line = null; // how many columns stand in one line
    const bands = [...new Set(panels.map(({ band = 0 }) => band))].map((band) =>
      this.band(
        scene,
        band,
        panels.filter((panel) => (panel.band ?? 0) === band),
      ),
    );
    this.element.replaceChildren(this.wires, ...bands, ...(this.overlay ? [this.overlay] : []));
  }

  /** Panels that share their columns: a slot for each place, signs between the columns. */
  band(scene, number, panels) {
    const element = make("div", { class: "cnnlab-band" });
    const columns = [...new Set(panels.map(({ column }) => column))].sort((p, q) => p - q);
    const at = (row, column, more) =>
      make("div", { "data-row": row, "data-column": column, "data-band": number, ...more });
    const slots = new Map();
    for (const panel of panels) {
      const key = `${panel.row},${panel.column}`;
      if (!slots.has(key)) slots.set(key, at(panel.row, panel.column, { class: "cnnlab-slot" }));
      slots.get(key).append(this.section(panel, scene));
    }
    element.append(...slots.values());
    if (number === 0 && scene.inset !== undefined)
      this.placeInset(element, columns.filter((column) => column <= scene.inset).length);
    else
      for (const [row, sign, column] of signsOf(scene, panels, columns)) {
        const word = sign.length > 1 ? " cnnlab-word" : "";
        const operator = at(row, column, { class: `cnnlab-operator${word}`, "aria-hidden": "true" });
        operator.append(make("span", sign === "⋆" ? { class: "cnnlab-star" } : {}, sign));
        element.append(operator);
      }
    element.style.setProperty("--columns", String(2 * columns.length));
    element.classList.toggle("cnnlab-flowing", isFlow(scene));
    return element;
  }

  /** Lets controls and words have the room between the first columns and the others. */
  placeInset(band, before) {
    band.classList.add("cnnlab-around");
    band.style.gridTemplateColumns = `repeat(${2 * before}, auto) minmax(0, 1fr) auto`;
    this.inset.style.gridColumn = String(2 * before + 1);
    band.append(this.inset);
  }

  section(panel, scene) {
    const view = new VIEWS[panel.view](panel);
    this.views[panel.name] = view;
    const name = panel.symbol.replace(/ (?=\d+$)/, "\u00a0"); // "pooling 2" stays on one line
    const symbol = make("b", { class: `cnnlab-role-${panel.role}` }, ...withSubscripts(name));
    const caption = make("div", { class: "cnnlab-caption" }, symbol, " ", make("span", {}, panel.title));
    if (panel.turned)
      caption.append(
        " ",
        make(
          "button",
          { type: "button", class: "cnnlab-button", "aria-label": "show the turn", onclick: () => turn(view.element) },
          "↻",
        ),
      );
    const section = make("section", { class: "cnnlab-panel", "data-panel": panel.name }, caption, view.element);
    section.classList.toggle("cnnlab-stepped", panel.name === (scene.steps ?? "y"));
    section.classList.toggle("cnnlab-editable", Boolean(panel.editable));
    section.classList.toggle("cnnlab-picture", panel.scale < 1);
    if (panel.scale) section.style.setProperty("--scale", String(panel.scale));
    return section;
  }

  /** Puts planes, rows and columns where layout.js says that there is room for them. */
  arrange(way) {
    const { across, beside, twice, line } = way;
    this.element.classList.toggle("cnnlab-beside", beside);
    this.element.classList.toggle("cnnlab-twice", twice);
    for (const [name, view] of Object.entries(this.views)) {
      const panel = this.shown[name];
      view.element.previousSibling.style.setProperty("--caption", `${captionWidth(panel, way)}px`);
      const [down] = standing(panel, across);
      if (view.element.classList.contains("cnnlab-planes"))
        view.element.style.gridTemplateRows = `repeat(${down}, auto)`;
    }
    if (line === this.line) return;
    this.line = line;
    const panels = Object.values(this.shown);
    for (const element of this.element.querySelectorAll(".cnnlab-band > [data-row]")) {
      const { row, column, band } = element.dataset;
      const [below, place] = lineOf(panels, { band: Number(band), column: Number(column) }, line);
      element.style.setProperty("--row", String(2 * below + Number(row) + 1));
      element.style.setProperty("--column", String(2 * place + (element.matches(".cnnlab-slot") ? 2 : 1)));
    }
  }

  // --- painting ---

  /** Shows the numbers; `readers` for those of the coverage, on the panel that it is for. */
  paint(scene, { numbers, readers }) {
    for (const [name, view] of Object.entries(this.views)) {
      const panel = scene.panels[name];
      view.paint(panel, {
        numbers,
        readers: scene.coverage === name ? readers : null,
      });
    }
  }

  /** Paints the canvases in the colours that the page has: to be called when the host has put them into it. */
  paintDrawn() {
    const drawn = Object.values(this.views).filter((view) => view instanceof PhotoView);
    if (!drawn.length) return;
    const style = getComputedStyle(this.element);
    const colours = Object.fromEntries(
      ["zero", "positive", "negative"].map((name) => [name, toRgb(style.getPropertyValue(`--cnnlab-${name}`).trim())]),
    );
    for (const view of drawn) view.draw(colours);
  }

  /** A panel with frames shows what is added up after a step; all of it where one of its own cells is asked. */
  showFrame(scene, at, step, numbers) {
    for (const panel of Object.values(scene.panels)) {
      if (!panel.frames) continue;
      const size = countOf(panel);
      const frame = panel.name === at.panel ? panel.frames.length / size - 1 : step;
      this.views[panel.name].paint(
        { ...panel, values: panel.frames.subarray(frame * size, (frame + 1) * size) },
        { numbers },
      );
    }
  }

  /** A photograph's cells are too small to read: the panel `window` shows those that the output in view reads. */
  showWindow(scene, terms, numbers) {
    const window = scene.panels[scene.window];
    if (!window || !terms.length) return;
    const [, width] = window.shape;
    for (const { a, b } of terms) window.values[b.cell[1] * width + b.cell[2]] = valueAt(scene.panels[a.panel], a.cell);
    this.views[window.name].paint(window, { numbers });
  }

  /** Lights the cells of a sum, and their twins; the cell in view most of all. */
  light(scene, at, sum) {
    for (const view of Object.values(this.views)) view.dim?.();
    const lit = new Map();
    const add = (operand, style) => {
      const key = `${operand.panel} ${style}`;
      if (!lit.has(key)) lit.set(key, []);
      lit.get(key).push(operand.cell);
    };
    const own = { panel: sum.panel.name, cell: at.cell };
    const operands = [...sum.terms.flatMap(({ a, b, to, via }) => [a, b, to, via]), sum.bias];
    for (const operand of operands) {
      if (!operand?.panel || sameAt(operand, at) || sameAt(operand, own)) continue;
      add(operand, "cnnlab-lit");
      for (const twin of twinsOf(scene, operand.panel)) add({ panel: twin, cell: operand.cell }, "cnnlab-twin");
    }
    for (const name of [at.panel, ...twinsOf(scene, at.panel)]) add({ panel: name, cell: at.cell }, "cnnlab-selected");
    for (const [key, cells] of lit) {
      const [name, style] = key.split(" ");
      if (cells.length <= MOST_LIT || style === "cnnlab-selected" || isDrawn(scene.panels[name]))
        this.views[name].light?.(cells, style);
    }
    this.element.classList.toggle("cnnlab-summed", sum.terms.length > 0);
  }

  /** Lights the cells of a few terms more than the others; none of them takes it back. */
  point(terms) {
    for (const element of this.element.querySelectorAll(".cnnlab-hot")) element.classList.remove("cnnlab-hot");
    for (const { a, b } of terms ?? [])
      for (const { panel, cell } of [a, b])
        if (panel) this.views[panel]?.cells?.get(keyOf(cell))?.classList.add("cnnlab-hot");
  }

  // --- looking up ---

  /** The cell under an event. */
  hit(event) {
    const name = event.target.closest?.(".cnnlab-panel")?.dataset.panel;
    const cell = name && this.views[name]?.cellAt?.(event);
    return cell && { panel: name, cell };
  }

  /** A term of a photograph begins at its cell in the enlarged window: the wire would hide what it comes from. */
  enlarged({ panels, window }, term) {
    const { a, b } = term;
    const isEnlarged = window && panels[a.panel]?.view === "photo" && b.cell;
    return isEnlarged ? { ...term, a: { ...a, panel: window, cell: [0, b.cell[1], b.cell[2]] } } : term;
  }

  /** Where each panel that is shown has its cells, measured from an origin. */
  boxes(origin) {
    const boxes = {};
    for (const [name, { element }] of Object.entries(this.views)) {
      const box = within(element.getBoundingClientRect(), origin);
      if (box.right > box.left) boxes[name] = box;
    }
    return boxes;
  }

  /** Where a wire leaves a panel on its way from or to one of its cells. */
  endOf({ panel, cell }, boxes, origin) {
    const box = boxes[panel] && this.views[panel].boxOf?.(cell);
    return box ? { box: boxes[panel], cell: within(box, origin) } : null;
  }

  focus({ panel, cell }) {
    this.views[panel].focus(cell);
  }
}

/** A box, measured from an origin. */
const within = ({ left, right, top, bottom }, origin) => ({
  left: left - origin.left,
  right: right - origin.left,
  top: top - origin.top,
  bottom: bottom - origin.top,
});

const lookOf = (panel) => JSON.stringify(panel, (key, value) => (LIVELY.has(key) ? undefined : value));

/** Turns a kernel from how it was to how it is. */
function turn(element) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.animate([{ transform: "rotate(-180deg)" }, { transform: "none" }], {
    duration: calm ? 0 : 900,
    easing: "ease-in-out",
  });
}
