// A stage: draws a scene, and follows one selection through all of its panels. Selecting, stepping and pointing stay in
// the browser; an edited cell, and a click where the scene asks for it, are told to the kernel.

import { make, measureIn, withSubscripts } from "./dom.js";
import { Frame } from "./frame.js";
import { Hand } from "./interaction.js";
import { flowOf, heightNeeded, isFlow, lengthsOf } from "./layout.js";
import { Panels } from "./panels.js";
import { Said } from "./readout.js";
import { keyOf, readScene } from "./scene.js";
import { firstState, isBackward, reduce } from "./state.js";
import { readersOf, sumOf } from "./sums.js";
import { Bar } from "./toolbar.js";
import { wirePaths } from "./wires.js";

const LEAST = 120; // px of its panels
/** @type {WeakMap<object, any>} what a stage that is gone showed of a scene: a host that moves a cell makes it anew */
const remembered = new WeakMap();

export class Stage {
  /**
   * @param {import("./connection.js").Link} link
   * @param {number} number which stage of its explorer
   * @param {() => void} turned is called when other panels are shown
   */
  constructor(link, number, turned) {
    this.turned = turned;
    this.link = link;
    this.number = number;
    this.chosen = this.reserved = undefined; // how its panels stand, and what it keeps room for
    this.measure = null; // how wide a text is
    this.legible = true; // whether its cells are large enough for numbers
    this.panels = new Panels();
    this.bar = new Bar((action) => this.dispatch(action), link);
    this.said = new Said((terms) => this.point(terms));
    this.heading = make("div", { class: "cnnlab-heading" });
    this.scroller = make("div", { class: "cnnlab-scroller" }, this.panels.element);
    this.root = make(
      "div",
      { class: "cnnlab-stage" },
      this.heading,
      this.bar.element,
      this.scroller,
      this.said.element,
      this.said.code,
      make("div", { class: "cnnlab-foot" }, this.said.foot, this.bar.foot),
      this.said.live,
    );
    this.life = new AbortController();
    const { signal } = this.life;
    this.hand = new Hand(this, signal);
    this.frame = new Frame(this, signal);
    this.panels.overlay = this.frame.box;
    const themed = new MutationObserver(() => this.later()); // of canvases; all else follows the style sheet
    for (const element of [document.documentElement, document.body])
      themed.observe(element, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-theme", "class"] });
    signal.addEventListener("abort", () => themed.disconnect());
  }

  remove() {
    cancelAnimationFrame(this.drawing);
    if (this.sent) remembered.set(this.sent, this.state);
    this.bar.remove();
    this.life.abort();
    this.root.remove();
  }

  // --- the state ---

  /** Shows a scene that Python sent, and the controls of the bar. */
  show(part) {
    const scene = readScene(part.scene);
    this.fold = part.fold ?? "";
    this.bar.show(part.controls ?? [], scene, this.fold);
    const before = remembered.get(part.scene);
    this.sent = part.scene;
    if (this.state) this.dispatch({ type: "scene", scene });
    else if (before) this.become({ ...before, scene, playing: false, editing: null });
    else this.become(firstState(scene));
  }

  dispatch(action) {
    const before = this.state;
    const next = reduce(before, action);
    this.moving ||= (action.type === "step" || action.type === "tick") && next.at !== before.at;
    if (next !== before) this.become(next);
    if (["step", "hold", "visit"].includes(action.type)) this.said.say();
  }

  /** Paints what is another than before. */
  become(state) {
    const before = this.state ?? {};
    this.state = state;
    const fresh = state.scene !== before.scene;
    if (fresh) this.build();
    if (fresh || state.on !== before.on) this.showPanels();
    if (state.editing !== before.editing) this.hand.showField(state);
    if (fresh || state.at !== before.at || state.on !== before.on || state.step !== before.step) this.showSum();
    this.bar.update(state);
    if (before.on && state.on !== before.on) this.turned();
    this.said.showWords(state, this.backward);
    this.root.dataset.held = String(state.held);
    this.root.dataset.selected = `${state.at.panel}:${keyOf(state.at.cell)}`;
  }

  get all() {
    return Object.values(this.state.scene.panels);
  }

  get backward() {
    return isBackward(this.state);
  }

  // --- drawing ---

  build() {
    const { scene } = this.state;
    if (this.panels.build(scene)) this.chosen = undefined;
    this.heading.replaceChildren(...withSubscripts(scene.heading ?? ""));
    this.root.classList.toggle("cnnlab-compact", Boolean(scene.compact));
    this.said.build(scene);
  }

  showPanels() {
    const { on } = this.state;
    const both = this.all.some(({ row }) => row === 1);
    this.root.classList.toggle("cnnlab-no-gradients", both && !on.gradients);
    this.root.classList.toggle("cnnlab-folded", Boolean(this.fold) && !on.open);
    this.paintCells();
  }

  /** Keeps room for what can be said, where that has changed. */
  reserve(width) {
    const { gradients, open } = this.state.on;
    const look = [width, gradients, open, this.panels.places, ...this.panels.looks.values()].join("\n");
    if (look !== this.reserved) this.said.reserve(look, this.state.scene, this.shownPanels, this.backward);
    this.reserved = look;
  }

  /**
   * Chooses how its panels stand, and the sizes of cells and photographs, for the room that there is.
   * @returns {import("./layout.js").Lengths | null} nothing where no panel is shown
   */
  choose(width, height) {
    if (!this.need && !this.flows) return null;
    const { scene } = this.state;
    if (this.flows) return { ...flowOf(this.shownPanels, scene.compact), room: width };
    this.measure ??= measureIn(this.panels.element);
    const room = { width, height: Math.max(LEAST, height), measure: this.measure, compact: scene.compact };
    const worded = scene.signs.some((sign) => sign.length > 1);
    const inset = scene.inset !== undefined && this.panels.inset.childElementCount > 0;
    return { ...lengthsOf(this.shownPanels, { ...room, worded, inset }), room: width };
  }

  /** Sets what was chosen as CSS variables, where it is another than before. */
  fit(lengths) {
    const look = JSON.stringify(lengths);
    if (!lengths || look === this.chosen) return;
    this.chosen = look;
    for (const name of ["cell", "photo", "operator"]) this.root.style.setProperty(`--${name}`, `${lengths[name]}px`);
    this.root.style.setProperty("--room", `${lengths.room}px`);
    this.root.classList.toggle("cnnlab-tight", lengths.cell < 14);
    this.panels.arrange(lengths);
    this.showNumbers(lengths.numbers);
  }

  /** Shows numbers where they can be read. */
  showNumbers(legible) {
    if (legible === this.legible) return;
    this.legible = legible;
    this.paintCells();
    this.showSum();
  }

  /** How high its panels would like to be beside those of other stages. */
  get need() {
    if (this.flows || (this.fold && !this.state.on.open)) return 0;
    return heightNeeded(this.shownPanels);
  }

  /** Panels that flow are as high as they are. */
  get flows() {
    return isFlow(this.state.scene);
  }

  /** Does it belong together though it is higher than a screen? A flow does, and many maps with theirs. */
  get isTall() {
    return this.flows || Boolean(this.state.scene.compact && this.all.some(({ row }) => row === 1));
  }

  get shownPanels() {
    return this.all.filter(({ row }) => row === 0 || this.state.on.gradients);
  }

  get numbers() {
    return this.state.on.numbers && this.legible;
  }

  /** Paints the numbers. */
  paintCells() {
    const { scene, on } = this.state;
    const panel = scene.panels[scene.coverage];
    const readers = on.coverage && panel && panel.view === "cells" ? readersOf(scene, panel) : null;
    this.panels.paint(scene, { numbers: this.numbers, readers });
  }

  showSum() {
    const { scene, at, step } = this.state;
    this.sum = sumOf(scene, at, this.backward);
    this.panels.light(scene, at, this.sum);
    if (this.sum.panel.end === "output") this.panels.showWindow(scene, this.sum.terms, this.numbers);
    this.panels.showFrame(scene, at, step, this.numbers);
    this.said.showSum(this.state, this.sum, this.backward);
    this.later();
  }

  point(terms) {
    this.panels.point(terms);
    this.drawWires(terms);
  }

  /** Draws what needs a look at the layout: once before each frame, however often the selection has changed. */
  later() {
    this.drawing ??= requestAnimationFrame(() => this.draw());
  }

  draw() {
    cancelAnimationFrame(this.drawing);
    this.drawing = null;
    if (this.root.isConnected) this.panels.paintDrawn();
    if (!this.root.clientWidth) return; // nothing is laid out, as under a splash screen: drawn on return
    this.said.keep();
    this.drawWires(null);
    this.frame.show(this.panels.element.getBoundingClientRect(), this.moving);
    this.moving = false;
  }

  drawWires(only) {
    const drawn = this.state.on.wires && !this.panels.line ? (only ?? this.sum.terms) : []; // none from line to line
    const origin = this.panels.element.getBoundingClientRect();
    const boxes = this.panels.boxes(origin);
    const shown = drawn.map((term) => this.panels.enlarged(this.state.scene, term));
    const endOf = (operand) => this.panels.endOf(operand, boxes, origin);
    this.panels.wires.replaceChildren(...wirePaths(shown, endOf, Object.values(boxes)));
    this.panels.wires.classList.toggle("cnnlab-hot", Boolean(only));
  }
}
