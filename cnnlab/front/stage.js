// The stage: draws a scene that Python sent, and follows one selection through all of its panels.
// Selecting, stepping and hovering stay in the browser; only an edited cell is told to the kernel (trait "edits").

import { make } from "./dom.js";
import { CELL, isPhoto, lengthsOf } from "./layout.js";
import { stripOf } from "./strip.js";
import { CanvasView, GridView, keyOf, roleOf, sameCell, symbolOf } from "./views.js";
import { isPadding, nameOf, readScene, sumOf, twinsOf, valueAt, wiresOf } from "./wires.js";
import { numberIn, numpyOf, sentenceOf } from "./words.js";

const WIRES = 40; // most wires drawn
const PLAY_EVERY = 700; // ms
const LARGEST = 1e100; // number that can be typed into a cell: sums of such products stay finite
const LIVELY = ["values", "frames", "limit", "marks", "unread", "active"]; // what of a panel changes without other cells

class Stage {
  constructor(model, el) {
    this.model = model;
    this.root = make("div", { class: "cnnlab-stage" });
    this.selection = null;
    this.pinned = false;
    this.show = { numbers: true, wires: true, coverage: false, gradients: true };
    this.undo = [];
    this.makeFrame();
    el.append(this.root);
    this.listen();
    this.width = this.root.clientWidth;
    this.update();
  }

  makeFrame() {
    const button = (name, label, text, onclick) => make("button", { type: "button", class: `cnnlab-${name}`, "aria-label": label, title: label, onclick }, text);
    this.heading = make("div", { class: "cnnlab-heading" });
    this.stepText = make("span", { class: "cnnlab-step" });
    this.playButton = button("play", "play", "▶", () => this.play(!this.timer));
    this.scrub = make("input", { type: "range", min: "1", class: "cnnlab-scrub", "aria-label": "step", oninput: () => this.goTo(this.scrub.valueAsNumber - 1) });
    this.toggles = make("span", { class: "cnnlab-toggles" });
    const transport = [button("back", "one step back", "◀", () => this.goTo(this.step - 1)), this.playButton,
      button("next", "one step on", "▶❘", () => this.goTo(this.step + 1))];
    this.toolbar = make("div", { class: "cnnlab-toolbar" }, this.stepText, ...transport, this.scrub, this.toggles);
    this.wires = make("svg", { class: "cnnlab-wires", "aria-hidden": "true" });
    this.panels = make("div", { class: "cnnlab-panels" });
    this.scroller = make("div", { class: "cnnlab-scroller" }, this.panels);
    this.strip = make("div", { class: "cnnlab-strip", role: "group", "aria-label": "sum of the selected cell" });
    this.sentence = make("p", { class: "cnnlab-sentence" });
    this.note = make("p", { class: "cnnlab-note", "aria-live": "polite" });
    this.code = make("div", { class: "cnnlab-code" });
    this.live = make("div", { class: "cnnlab-live", "aria-live": "polite" });
    this.root.append(this.heading, this.toolbar, this.scroller, this.strip, this.sentence, this.note, this.code, this.live);
  }

  listen() {
    const on = (target, event, handler) => {
      target.addEventListener(event, handler);
      this.undo.push(() => target.removeEventListener(event, handler));
    };
    on(this.panels, "pointermove", (event) => this.hover(event));
    on(this.panels, "click", (event) => this.pin(event));
    on(this.panels, "dblclick", (event) => this.edit(this.hit(event)));
    on(this.panels, "focusin", (event) => this.focused(event));
    on(this.root, "keydown", (event) => this.key(event));
    const changed = () => this.update();
    this.model.on("change:scene", changed);
    this.undo.push(() => this.model.off("change:scene", changed));
    const resized = new ResizeObserver(() => this.resized());
    resized.observe(this.root);
    const themed = new MutationObserver(() => this.hasPhoto && this.redraw()); // all else follows the style sheet
    themed.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class"] });
    this.undo.push(() => resized.disconnect(), () => themed.disconnect(), () => this.play(false));
  }

  remove() {
    this.endEdit();
    cancelAnimationFrame(this.frame);
    for (const undo of this.undo) undo();
    this.root.remove();
  }

  // --- the scene ---

  update() {
    const before = this.scene;
    this.scene = readScene(this.model.get("scene"));
    this.heading.textContent = this.scene.heading ?? "";
    this.root.classList.toggle("cnnlab-overview", this.scene.op === "overview");
    this.scene.backward = this.show.gradients && this.hasBackward;
    this.build();
    this.fit();
    this.paint();
    this.keepSelection(before?.panels, before && before.topic !== this.scene.topic);
  }

  get hasPhoto() {
    return Object.values(this.scene.panels).some(isPhoto);
  }

  get hasBackward() {
    return Object.values(this.scene.panels).some((panel) => panel.row === 1);
  }

  /** Makes the panels anew whose cells are others than before; all of them where there are others. */
  build() {
    const panels = Object.values(this.scene.panels);
    const looks = new Map(panels.map((panel) => [panel.name, JSON.stringify(panel, (key, value) => (LIVELY.includes(key) ? undefined : value))]));
    const changed = panels.filter(({ name }) => looks.get(name) !== this.looks?.get(name));
    const places = JSON.stringify([panels.map(({ name, row, column }) => [name, row, column]), this.scene.signs]);
    if (changed.length) {
      this.endEdit();
      this.heights = new Map();
    }
    if (places !== this.places) this.buildAll(panels);
    else for (const panel of changed) this.panels.querySelector(`[data-panel="${panel.name}"]`).replaceWith(this.section(panel));
    Object.assign(this, { looks, places });
  }

  buildAll(panels) {
    this.views = {};
    this.panels.replaceChildren(this.wires);
    const slots = new Map();
    for (const panel of panels) {
      const key = `${panel.row},${panel.column}`;
      if (!slots.has(key)) {
        slots.set(key, make("div", { class: "cnnlab-slot", "data-row": panel.row }));
        Object.assign(slots.get(key).style, { gridRow: panel.row + 1, gridColumn: 2 * panel.column + 2 });
        this.panels.append(slots.get(key));
      }
      slots.get(key).append(this.section(panel));
    }
    this.addSigns();
    this.addToggles();
  }

  section(panel) {
    const view = isPhoto(panel) ? new CanvasView(panel) : new GridView(panel, panel.editable);
    this.views[panel.name] = view;
    const symbol = make("b", { class: `cnnlab-role-${roleOf(panel)}` }, symbolOf(panel));
    const caption = make("div", { class: "cnnlab-caption" }, symbol, ` ${panel.title}`);
    const element = make("section", { class: "cnnlab-panel", "data-panel": panel.name }, caption, view.element);
    element.classList.toggle("cnnlab-editable", Boolean(panel.editable));
    if (panel.turned) caption.append(" ", make("button", { type: "button", "aria-label": "show the turn", onclick: () => this.turn(view) }, "↻ turn"));
    return element;
  }

  /** Turns a kernel from how it was to how it is. */
  turn(view) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    view.element.animate([{ transform: "rotate(-180deg)" }, { transform: "none" }], { duration: calm ? 0 : 900, easing: "ease-in-out" });
  }

  /** The signs between the panels, and the names of the rows where there are two. */
  addSigns() {
    const panels = Object.values(this.scene.panels);
    const rows = new Set(panels.map((panel) => panel.row));
    const columns = [...new Set(panels.map((panel) => panel.column))].sort((p, q) => p - q);
    for (const row of rows) {
      const signs = row === 0 ? this.scene.signs : columns.slice(1).map((column) => (this.scene.panels.dw && column !== this.scene.panels.dy.column ? "" : "←"));
      const filled = columns.map((column) => panels.some((panel) => panel.row === row && panel.column === column));
      columns.slice(1).forEach((column, k) => filled[k + 1] && this.panels.append(this.place("operator", signs[k] ?? "", row, 2 * column + 1)));
      if (rows.size > 1) this.panels.append(this.place("direction", ["forward", "backward"][row], row, 1));
    }
  }

  place(name, text, row, column) {
    const element = make("div", { class: `cnnlab-${name} ${text.length > 1 ? "cnnlab-word" : ""}`, "data-row": row }, text);
    Object.assign(element.style, { gridRow: row + 1, gridColumn: column });
    return element;
  }

  addToggles() {
    const names = ["numbers", "wires", ...(this.covered ? ["coverage"] : []), ...(this.hasBackward ? ["gradients"] : [])];
    this.toggles.replaceChildren(...names.map((name) =>
      make("button", { type: "button", class: "cnnlab-toggle", "data-toggle": name, "aria-pressed": String(this.show[name]), onclick: () => this.toggle(name) }, name)));
  }

  toggle(name) {
    this.show[name] = !this.show[name];
    this.toggles.querySelector(`[data-toggle="${name}"]`).setAttribute("aria-pressed", String(this.show[name]));
    this.scene.backward = this.show.gradients && this.hasBackward;
    if (!this.scene.backward && this.selection && this.scene.panels[this.selection.panel].row) [this.selection.panel] = twinsOf(this.scene, this.selection.panel);
    this.fit();
    this.paint();
    this.select(this.selection);
  }

  // --- drawing ---

  /** Chooses the sizes of cells and photographs; sets them as CSS variables. */
  fit() {
    const { compact, signs } = this.scene; // compact: many small maps, without numbers
    const worded = signs.some((sign) => sign.length > 1);
    const { lengths, small } = lengthsOf(Object.values(this.scene.panels), {
      width: this.width, window: window.innerHeight, compact, worded, backward: this.hasBackward,
    });
    for (const [name, length] of Object.entries(lengths)) this.root.style.setProperty(`--${name}`, `${length}px`);
    this.root.classList.toggle("cnnlab-compact", Boolean(compact));
    this.root.classList.toggle("cnnlab-tight", lengths.cell < CELL.plain);
    this.root.classList.toggle("cnnlab-no-gradients", !this.scene.backward);
    this.withNumbers = small && this.show.numbers;
  }

  /** Called too when the element enters the page, and only then are its colours known; not for a change of height. */
  resized() {
    const width = this.root.clientWidth;
    if (width && !this.guarded) this.guard();
    if (!width || width === this.width) return;
    this.width = width;
    this.heights.clear();
    this.fit();
    this.redraw();
  }

  /** Keeps plain keys on the controls beside the stage from JupyterLab, where X deletes the cell; takes typed numbers. */
  guard() {
    this.guarded = this.root.closest(".cnnlab-explorer") ?? this.root;
    const stop = (event) => event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.stopPropagation();
    const leave = ({ target }) => target.matches(".widget-readout") && target.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 13, bubbles: true }));
    this.guarded.addEventListener("keydown", stop);
    this.guarded.addEventListener("focusout", leave);
    this.undo.push(() => this.guarded.removeEventListener("keydown", stop), () => this.guarded.removeEventListener("focusout", leave));
  }

  redraw() {
    this.paint();
    this.select(this.selection);
  }

  /** The colours of a canvas, which no style sheet can paint. */
  colours() {
    const style = getComputedStyle(this.root);
    return Object.fromEntries(["zero", "positive", "negative"].map((name) => [name, toRgb(style.getPropertyValue(`--cnnlab-${name}`).trim())]));
  }

  paint() {
    const colours = this.hasPhoto ? this.colours() : null;
    for (const [name, view] of Object.entries(this.views)) {
      const panel = this.scene.panels[name];
      const counts = this.show.coverage && panel === this.covered ? this.coverage() : null;
      view.paint(panel, { numbers: this.withNumbers, colours, counts });
    }
  }

  /** The panel on which the coverage is shown: the input of windows, where it is the learner's own. */
  get covered() {
    const { x } = this.scene.panels;
    return x && !x.alias && this.views.x instanceof GridView ? x : null;
  }

  /** How many outputs read each input cell: the number of its wires in one plane of the output. */
  coverage() {
    const { rows, columns } = this.scene.tables;
    const of = (table, index) => table.input.get(index)?.length ?? 0;
    const counts = ([, row, column]) => of(rows, row) * of(columns, column);
    const most = (table) => Math.max(...[...table.input.values()].map((wires) => wires.length));
    return Object.assign(counts, { most: most(rows) * most(columns) });
  }

  // --- selection ---

  get step() {
    const { cell } = this.selection ?? { cell: [0, 0, 0] };
    const [height, width] = this.stepper.shape;
    const ours = this.selection && this.scene.panels[this.selection.panel].kind === this.stepper.kind;
    return ours ? (cell[0] * height + cell[1]) * width + cell[2] : Math.min(this.lastStep ?? 0, this.steps - 1);
  }

  get steps() {
    const { planes, shape } = this.stepper;
    return planes[0] * planes[1] * shape[0] * shape[1];
  }

  /** The panel that the transport steps through: y where the scene names no other. */
  get stepper() {
    return this.scene.panels[this.scene.stepper ?? "y"];
  }

  goTo(step) {
    const [height, width] = this.stepper.shape;
    const k = Math.max(0, Math.min(this.steps - 1, step));
    this.pinned = false;
    this.select({ panel: this.stepper.name, cell: [Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width] });
    this.live.textContent = this.sentence.textContent;
  }

  play(on) {
    clearInterval(this.timer);
    this.timer = on && this.steps > 1 ? setInterval(() => this.playOn(), PLAY_EVERY) : null;
    this.playButton.textContent = on ? "❚❚" : "▶";
    this.playButton.setAttribute("aria-label", on ? "pause" : "play");
  }

  /** Plays round and round, but rests on what has been added up in the end. */
  playOn() {
    this.goTo((this.step + 1) % this.steps);
    if (this.step === this.steps - 1 && Object.values(this.scene.panels).some(({ frames }) => frames)) this.play(false);
  }

  /** After new data: the same cell, whatever padding there is before it; the nearest one where it is no more. */
  keepSelection(before, another) {
    const panel = this.scene.panels[this.selection?.panel];
    const [row, column] = this.scene.start ?? [0, 0];
    if (this.scene.begin && (!panel || another)) return this.select(this.scene.begin);
    if (!panel) return this.goTo(row * this.stepper.shape[1] + column);
    const [height, width] = panel.shape;
    const last = [panel.planes[0] * panel.planes[1] - 1, height - 1, width - 1];
    const [[top, , left], [oldTop, , oldLeft]] = [panel, before[panel.name] ?? panel].map(({ frame }) => frame ?? [0, 0, 0]);
    const shift = [0, top - oldTop, left - oldLeft];
    const clamp = (index, k) => Math.max(0, Math.min(last[k], index + shift[k]));
    this.select({ panel: panel.name, cell: this.selection.cell.map(clamp) });
    return null;
  }

  select(selection) {
    this.selection = selection;
    const { panel, cell } = selection;
    for (const view of Object.values(this.views)) view.dim();
    this.sum = sumOf(this.scene, panel, cell);
    this.lightSum();
    this.fillWindow();
    this.lastStep = this.step;
    this.showFrame();
    this.stepText.textContent = `step ${this.step + 1} of ${this.steps}`;
    this.scrub.max = String(this.steps);
    this.scrub.value = String(this.step + 1);
    this.root.classList.toggle("cnnlab-single", this.steps === 1);
    if (this.timer && this.steps === 1) this.play(false); // the transport is gone
    this.root.dataset.selected = `${panel}:${keyOf(cell)}`;
    this.root.dataset.pinned = String(this.pinned);
    this.strip.replaceChildren(...stripOf(this.scene, this.selection, this.sum, (term) => this.lightChip(term)));
    this.note.textContent = this.scene.note ?? "";
    this.sentence.textContent = this.scene.message || sentenceOf(this.scene, panel, cell);
    this.writeCode();
    this.frame ??= requestAnimationFrame(() => this.settle());
  }

  /** What needs a look at the layout: once before each frame, however often the selection has changed. */
  settle() {
    this.frame = null;
    if (!this.root.clientWidth) {
      this.width = 0; // nothing is laid out, as under a splash screen: fitted anew on return
      return;
    }
    const keep = this.measure();
    this.drawWires();
    keep();
  }

  lightSum() {
    const lit = new Map();
    const add = ({ panel, cell }, name) => {
      if (!panel || !this.views[panel]) return;
      if (!lit.has(`${panel} ${name}`)) lit.set(`${panel} ${name}`, []);
      lit.get(`${panel} ${name}`).push(cell);
    };
    const { panel, cell } = this.selection;
    const operands = [...this.sum.terms.flatMap(({ a, b, to, via }) => [a, b, to, via ?? to]), ...(this.sum.bias ? [this.sum.bias] : [])];
    for (const operand of operands) {
      if (operand.panel === this.sum.panel && keyOf(operand.cell) === keyOf(cell)) continue;
      if (sameCell(operand, this.selection)) continue;
      add(operand, "cnnlab-lit");
      for (const twin of operand.panel ? twinsOf(this.scene, operand.panel) : []) add({ panel: twin, cell: operand.cell }, "cnnlab-twin");
    }
    add(this.selection, "cnnlab-selected");
    for (const twin of twinsOf(this.scene, panel)) add({ panel: twin, cell }, "cnnlab-selected");
    for (const [key, cells] of lit) {
      const [name, style] = key.split(" ");
      this.views[name].light(cells, style);
    }
  }

  /** A photograph's cells are too small to read: the panel "window" shows those of the selected output. */
  fillWindow() {
    const { window } = this.scene.panels;
    if (!window || this.sum.panel !== "y") return;
    const [height, width] = window.shape;
    const wires = wiresOf(this.scene, "output", this.selection.cell);
    for (const { input, tap } of wires) window.values[(input[0] * height + tap[1]) * width + tap[2]] = valueAt(this.scene.panels.x, input);
    this.views.window.paint(window, { numbers: this.withNumbers });
  }

  /** A panel with frames shows what is added up after the present step; all of it where one of its cells is asked. */
  showFrame() {
    for (const panel of Object.values(this.scene.panels)) {
      if (!panel.frames) continue;
      const size = panel.values.length;
      const frame = panel.name === this.selection.panel ? this.steps - 1 : this.step;
      const values = panel.frames.subarray(frame * size, (frame + 1) * size);
      this.views[panel.name].paint({ ...panel, values }, { numbers: this.withNumbers, colours: this.hasPhoto ? this.colours() : null });
    }
  }

  /** Lets strip, sentence and code grow, never shrink, so that what stands below does not jump from cell to cell. */
  measure() {
    const kept = [[this.strip, "strip"], [this.sentence, "sentence"], [this.code, "code"]];
    for (const [element] of kept) element.style.minHeight = "";
    for (const [element, kind] of kept) this.heights.set(kind, Math.max(element.offsetHeight, this.heights.get(kind) ?? 0));
    return () => kept.forEach(([element, kind]) => (element.style.minHeight = `${this.heights.get(kind)}px`));
  }

  lightChip(term) {
    for (const element of this.panels.querySelectorAll(".cnnlab-hot")) element.classList.remove("cnnlab-hot");
    for (const { panel, cell } of term ? [term.a, term.b] : []) this.views[panel]?.cells?.get(keyOf(cell))?.classList.add("cnnlab-hot");
    this.drawWires(term);
  }

  drawWires(only = null) {
    const { terms } = this.sum ?? { terms: [] };
    const drawn = !this.show.wires ? [] : only ? [only] : terms.length <= WIRES ? terms : [];
    const origin = this.panels.getBoundingClientRect();
    const centre = ({ panel, cell }) => {
      const box = panel && this.views[panel]?.boxOf(cell);
      return box?.width ? [box.left - origin.left + box.width / 2, box.top - origin.top + box.height / 2, box.width / 2] : null;
    };
    this.wires.replaceChildren(...drawn.map(({ a, b, to, via }) => {
      const points = (a.panel === "x" && b.panel === "dy" ? [a, to, b] : [a, b, ...(via && to.panel === "y" ? [via] : []), to]).map(centre).filter(Boolean);
      const sign = a.value * b.value < 0 ? "cnnlab-negative" : a.value * b.value ? "cnnlab-positive" : "";
      return make("path", { d: curve(points), class: `cnnlab-wire ${sign} ${only ? "cnnlab-hot" : ""}` });
    }));
  }

  writeCode() {
    const { panel, cell } = this.selection;
    const numpy = numpyOf(this.scene, panel, cell);
    const lines = [["numpy", [numpy.includes("xp[") && this.scene.pad, numpy].filter(Boolean).join("; ")], ["PyTorch", this.scene.pytorch]];
    this.code.replaceChildren(...lines.filter(([, text]) => text).map(([label, text]) =>
      make("div", {}, make("span", {}, label), make("code", {}, text),
        make("button", { type: "button", "aria-label": `copy the ${label} line`, onclick: (event) => copy(text, event.target) }, "copy"))));
  }

  // --- the user ---

  hit(event) {
    const name = event.target.closest?.(".cnnlab-panel")?.dataset.panel;
    const cell = name && this.views[name].cellAt(event);
    return cell && this.targetOf(name, cell);
  }

  /** A cell of the window panel stands for the input cell it shows. */
  targetOf(name, cell) {
    if (name !== "window") return { panel: name, cell };
    const wire = wiresOf(this.scene, "output", this.selection.cell).find(({ tap }) => tap[1] === cell[1] && tap[2] === cell[2]);
    return this.sum.panel === "y" && wire ? { panel: "x", cell: wire.input } : null;
  }

  hover(event) {
    if (this.pinned || this.timer || this.input) return;
    const target = event.target.closest?.(".cnnlab-panel")?.dataset.panel === "window" ? null : this.hit(event);
    if (target && !sameCell(target, this.selection)) this.select(target);
  }

  pin(event) {
    const target = this.hit(event);
    if (!target || this.input) return;
    this.play(false);
    this.pinned = !(this.pinned && sameCell(target, this.selection));
    this.select(target);
    this.views[target.panel].focus(target.cell);
    this.live.textContent = this.sentence.textContent;
    this.pick(target);
  }

  /** Where a scene asks for it, Python is told which cell was clicked or entered. */
  pick({ panel, cell }) {
    if (!this.scene.picks) return;
    this.model.set("picked", { panel, cell });
    this.model.save_changes();
  }

  /** A cell reached with the Tab key is selected; a click selects by itself. */
  focused(event) {
    const target = event.target.matches(".cnnlab-cell:focus-visible") && this.hit(event);
    if (!target || this.input || sameCell(target, this.selection)) return;
    this.pinned = true;
    this.select(target);
    this.live.textContent = this.sentence.textContent;
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return; // such as Ctrl+S, which is JupyterLab's
    event.stopPropagation(); // JupyterLab's own shortcuts would take the arrows
    if (event.target === this.input || event.target === this.scrub) return;
    if (event.key === "Escape") {
      this.pinned = false;
      this.root.dataset.pinned = "false";
      return;
    }
    if (!this.hit(event) && event.target.tagName !== "CANVAS") return;
    const here = event.target.tagName === "CANVAS" ? this.selection : this.hit(event);
    const nudge = event.shiftKey && { ArrowUp: 1, ArrowDown: -1 }[event.key];
    const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (nudge) this.change(here, Number((this.latest(here) + nudge * this.nudgeOf(here.panel)).toPrecision(12)));
    else if (move) this.move(event, move);
    else if (event.key === "Enter" && this.scene.picks) this.pick(here);
    else if (/^[-−0-9.]$/.test(event.key) || event.key === "Enter" || event.key === "F2") this.edit(here, event.key.length === 1 ? event.key : null);
    else return;
    event.preventDefault();
  }

  nudgeOf(name) {
    return this.scene.panels[name].values.every(Number.isInteger) ? 1 : 0.1;
  }

  move(event, [down, right]) {
    const from = event.target.tagName === "CANVAS" ? this.selection : this.hit(event);
    const name = event.target.closest(".cnnlab-panel").dataset.panel;
    if (name === "window") return; // it has no cells of its own
    const panel = this.scene.panels[name];
    const [plane, row, column] = from.panel === name ? from.cell : [0, 0, 0];
    const clamp = (index, count) => Math.max(0, Math.min(count - 1, index));
    this.pinned = true;
    this.select({ panel: name, cell: [plane, clamp(row + down, panel.shape[0]), clamp(column + right, panel.shape[1])] });
    this.views[name].focus(this.selection.cell);
    this.live.textContent = this.sentence.textContent;
    this.pick(this.selection);
  }

  // --- editing ---

  edit(target, typed = null) {
    const panel = target && this.scene.panels[target.panel];
    if (!panel?.editable || isPadding(panel, target.cell) || !(this.views[target.panel] instanceof GridView)) return;
    this.play(false);
    this.pinned = true;
    this.select(target);
    const element = this.views[target.panel].cells.get(keyOf(target.cell));
    this.input = make("input", { class: "cnnlab-input", "aria-label": `new value of ${nameOf(panel, target.cell)}` });
    this.input.value = typed ?? String(this.latest(target));
    const close = (keep) => {
      const { input } = this;
      if (!input) return;
      this.endEdit();
      this.redraw(); // what has changed meanwhile
      if (keep) this.enter(target, input.value);
    };
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.stopPropagation(); // the cell stays pinned
      close(event.key === "Enter");
      this.views[target.panel].focus(target.cell);
    });
    this.input.addEventListener("blur", () => close(true));
    element.append(this.input);
    this.input.focus();
    if (typed === null) this.input.select();
  }

  /** Takes the input away, with no more ado. */
  endEdit() {
    const { input } = this;
    this.input = null; // first, since it may lose the focus on its way out
    input?.remove();
  }

  enter(target, text) {
    const value = numberIn(text);
    if (Math.abs(value) <= LARGEST) return this.change(target, value);
    this.sentence.textContent = `“${text}” is ${Number.isNaN(value) ? "not a number" : "too large"}, so the cell keeps its value.`;
    this.live.textContent = this.sentence.textContent;
    return null;
  }

  /** Edits that Python has not answered yet; they stand in the model, since another view may have made them. */
  get pending() {
    const { serial, cells } = this.model.get("edits");
    return serial === this.scene.serial ? [] : cells;
  }

  /** A cell as Python knows it: without padding. */
  unpadded({ panel, cell: [plane, row, column] }) {
    const [top, , left] = this.scene.panels[panel].frame ?? [0, 0, 0];
    return { panel, cell: [plane, row - top, column - left] };
  }

  /** The number in a cell as it was last set, answered or not. */
  latest(target) {
    const pending = this.pending.find((edit) => sameCell(edit, this.unpadded(target)));
    return pending?.value ?? valueAt(this.scene.panels[target.panel], target.cell);
  }

  /** Tells Python the new value. Edits not yet answered are sent again with the next one: traits coalesce. */
  change(target, value) {
    const panel = this.scene.panels[target.panel];
    if (!panel.editable || isPadding(panel, target.cell)) return;
    const edit = { ...this.unpadded(target), value };
    const others = this.pending.filter((other) => !sameCell(other, edit));
    this.model.set("edits", { serial: this.model.get("edits").serial + 1, cells: [...others, edit] });
    this.model.save_changes();
  }
}

/** A smooth path through cells given as [x, y, half a width]; it leaves and enters them at their sides. */
function curve(points) {
  return points.slice(1).map(([x, y, half], k) => {
    const [fromX, fromY, fromHalf] = points[k];
    const side = Math.sign(x - fromX);
    const [start, end] = [fromX + side * fromHalf, x - side * half];
    const middle = (start + end) / 2;
    return `M${start},${fromY}C${middle},${fromY} ${middle},${y} ${end},${y}`;
  }).join("");
}

/** "#rrggbb" as three numbers. */
function toRgb(hex) {
  return [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
}

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "copied";
  } catch {
    button.textContent = "press Ctrl+C";
    getSelection().selectAllChildren(button.previousSibling);
  }
  setTimeout(() => (button.textContent = "copy"), 1500);
}

export default {
  render({ model, el }) {
    const stage = new Stage(model, el);
    return () => stage.remove();
  },
};
