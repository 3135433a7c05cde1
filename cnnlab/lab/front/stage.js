// A stage: draws a scene, and follows one selection through all of its panels. Selecting, stepping and pointing stay in
// the browser; an edited cell, and a click if the scene asks for it, are sent to the kernel.

import { playAlone } from "./alone.js";
import { Frame } from "./frame.js";
import { Hand } from "./interaction.js";
import { grouped, isLegible, layoutOf, PLAIN, productsIn, WIDE } from "./layout.js";
import { bandsOf, boxOf, elementOf, isCalm, panelIn } from "./panels.js";
import { mapWires } from "./network.js";
import { isDrawn, paint } from "./photo.js";
import { codeOf, heightBeside, hintOf, readoutOf } from "./readout.js";
import { cellAt, countOf, keyOf, readScene, sameAt, sameCell, twinsOf, valueAt } from "./scene.js";
import { firstState, isBackward, reduce, stepperOf } from "./state.js";
import { hueOf, readersOf, sumOf } from "./sums.js";
import { toolbarOf, toolsOf } from "./toolbar.js";
import { html, render } from "./vendor/lit-html.js";
import { wirePaths } from "./wires.js";

const STEP = 700; // ms per step of playing
const LATEST = 1500; // ms after an edit within which its answer is expected
const BOTH = 2000; // ms that the old number stays beside the new one
const GLIDE = { duration: 180, easing: "ease-out" };
const NARROW = 780; // px of a stage too narrow for products beside its output
const MOST_LIT = 400; // more cells of one kind are lit by one frame
/** @type {WeakMap<object, import("./state.js").State>} the last state: a host that moves a cell re-creates its stage */
const remembered = new WeakMap();

/** @typedef {import("./schema.js").Panel} Panel */
/** @typedef {import("./schema.js").Part & {scene: import("./schema.js").Scene}} Shown the data of a stage */
/** @typedef {import("./schema.js").At} At */
/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./sums.js").Summed} Summed */
/** @typedef {import("./sums.js").Term} Term */

/**
 * @typedef {object} Surroundings the layout that an explorer gives a stage
 * @property {unknown} tools the buttons below it
 * @property {number} room px of height for its panels in a window 800 px high
 * @property {number} share of the difference if a window is higher or lower
 */

export class Stage {
  root = document.createElement("div");
  life = new AbortController();
  /** @type {Surroundings} */
  around = { tools: null, room: 0, share: 0 };
  wide = WIDE; // px for its panels, if it is narrower than usual
  laid = { way: PLAIN, style: "" };
  /** @type {Record<string, string>} by panel: the cell that Tab reaches */
  stops = {};
  /** @type {Record<string, Record<string, import("./cells.js").Light>>} by panel and cell */
  lights = {};
  /** @type {Term[] | null} the terms pointed at in the strip */
  hot = null;
  /** @type {import("./strip.js").Opened} */
  group = null;
  /** @type {Scene | null} the scene before an edit, for a while */
  before = null;
  forgetting = 0; // its timer
  /** @type {Map<Element, DOMRect>} positions of planes before a setting changed */
  places = new Map();
  timer = 0; // of playing
  moving = false;
  drawing = 0; // the requested animation frame

  /**
   * @param {import("./connection.js").Connection} link
   * @param {number} number which stage of its explorer
   * @param {Shown} part its initial part
   * @param {() => void} turned is called when the visible panels change
   */
  constructor(link, number, part, turned) {
    this.link = link;
    this.number = number;
    this.part = part;
    this.turned = turned;
    this.state = remembered.get(part.scene) ?? firstState(readScene(part.scene));
    this.sum = sumOf(this.state.scene, this.state.at, this.backward);
    this.root.className = "cnnlab-stage";
    const { signal } = this.life;
    this.hand = new Hand(this);
    this.frame = new Frame(this);
    playAlone(this);
    const themed = new MutationObserver(this.later); // for canvases; everything else follows CSS
    for (const element of [document.documentElement, document.body])
      themed.observe(element, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-theme", "class"] });
    const resized = new ResizeObserver(() => {
      const { offsetWidth } = this.root;
      const wide = !offsetWidth ? this.wide : offsetWidth < NARROW ? offsetWidth : WIDE; // 0 while hidden
      if (wide !== this.wide) {
        this.wide = wide;
        this.hot = null; // a chip that goes loses the focus, and must not repaint meanwhile
        turned();
      } else this.later();
    });
    resized.observe(this.root);
    this.root.addEventListener("transitionend", this.later); // cards have turned: wires find their places
    signal.addEventListener("abort", () => {
      themed.disconnect();
      resized.disconnect();
    });
    for (const type of ["pointerover", "pointerleave", "focusin", "focusout"])
      this.root.addEventListener(type, this.light);
  }

  remove() {
    cancelAnimationFrame(this.drawing);
    clearInterval(this.timer);
    clearTimeout(this.forgetting);
    this.state = { ...this.state, playing: false, editing: null }; // a removed field must send nothing
    remembered.set(this.part.scene, this.state);
    this.life.abort();
    this.root.remove();
  }

  // --- the state ---

  /**
   * Stores a part sent by Python; `place` paints it.
   * @param {Shown} part
   */
  take(part) {
    const isNew = part.scene !== this.part.scene;
    this.part = part;
    if (!isNew) return;
    clearTimeout(this.forgetting);
    const isEdited = performance.now() - this.link.edited < LATEST;
    this.before = isEdited ? (this.before ?? this.state.scene) : null;
    if (isEdited) this.forgetting = window.setTimeout(() => this.show({ before: null }), BOTH);
    const planes = isCalm() ? [] : this.root.querySelectorAll(".cnnlab-planes");
    this.places = new Map([...planes].map((each) => [each, each.getBoundingClientRect()]));
    this.become(reduce(this.state, { type: "scene", scene: readScene(part.scene) }), false);
  }

  /**
   * Updates fields other than the state.
   * @param {Partial<Pick<Stage, "hot" | "group" | "before" | "around">>} changes
   */
  show(changes) {
    Object.assign(this, changes);
    this.paint();
  }

  /** Its approximate height without panels, in px. */
  get taken() {
    return heightBeside(this.state.scene);
  }

  /**
   * Highlights the terms of the chip that is pointed at or has the focus.
   * @param {Event} event
   */
  light = ({ type, target }) => {
    const chip =
      type === "focusout"
        ? null
        : /** @type {Element} */ (target).closest(".cnnlab-strip button, .cnnlab-products button");
    const hot = /** @type {any} a property of its template */ (chip)?.terms ?? null;
    if (hot !== this.hot) this.show({ hot });
  };

  /** @param {import("./state.js").Action} action */
  dispatch = (action) => {
    const before = this.state;
    const next = reduce(before, action);
    this.moving ||= ["step", "tick"].includes(action.type) && next.at !== before.at;
    if (["step", "hold", "visit"].includes(action.type))
      this.link.model.send?.({ at: { stage: this.number, ...next.at } }); // for the still
    if (next !== before) this.become(next);
    if (next.on !== before.on) this.turned();
  };

  /**
   * @param {import("./state.js").State} state
   * @param {boolean} [now] whether it is painted now
   */
  become(state, now = true) {
    const before = this.state;
    this.state = state;
    const isMoved = !sameAt(before.at, state.at);
    if (isMoved) this.group = null;
    if (isMoved || before.scene !== state.scene) this.hot = null;
    if (state.playing !== before.playing) {
      clearInterval(this.timer);
      this.timer = state.playing ? window.setInterval(() => this.dispatch({ type: "tick" }), STEP) : 0;
    }
    if (now) this.paint();
    if (state.editing && state.editing !== before.editing) this.hand.openField();
  }

  /** The visible panels. */
  get panels() {
    const { scene, on } = this.state;
    return Object.values(scene.panels).filter(({ row, view }) => view !== "none" && (row === 0 || on.gradients));
  }

  get backward() {
    return isBackward(this.state);
  }

  /** The shape of the products beside the output. */
  get window() {
    return this.wide < WIDE ? null : productsIn(this.state.scene, this.backward);
  }

  // --- painting ---

  paint() {
    const { scene, at, held } = this.state;
    this.sum = sumOf(scene, at, this.backward);
    this.lights = lightsOf(this);
    const looks = { compact: scene.compact, network: scene.network, summed: this.sum.terms.length };
    for (const [look, is] of Object.entries(looks)) this.root.classList.toggle(`cnnlab-${look}`, Boolean(is));
    Object.assign(this.root.dataset, { held: String(held), selected: `${at.panel}:${keyOf(at.cell)}` });
    render(
      html`${toolbarOf(this)}${this.panelsOf()}${readoutOf(this)}${codeOf(this)}<div
        class="cnnlab-foot">${hintOf(this)}${toolsOf(this)}</div>`,
      this.root,
    );
    this.later();
  }

  panelsOf() {
    const { hand } = this;
    const towers = this.panels.filter(({ view, flat, column }) => view === "maps" && !flat && column).length;
    return html`<div class="cnnlab-scroller"><div class="cnnlab-panels" style="${this.laid.style}; --towers: ${towers}"
      @pointerdown=${hand.press} @pointermove=${hand.hover} @click=${hand.click} @dblclick=${hand.twice}
      @focusin=${hand.focused} @keydown=${hand.key}><svg class="cnnlab-wires" aria-hidden="true"></svg><b
      class="cnnlab-begin" aria-hidden="true">point here</b>${bandsOf(this)}${this.frame.element}</div></div>`;
  }

  /**
   * Its controls in one place.
   * @param {string} place
   */
  controls = (place) => (this.part.controls ?? []).filter(({ place: its = "bar" }) => its === place);

  /** The control whose buttons are between the panels. */
  get tabs() {
    return this.controls("signs")[0];
  }

  /** Deselects a cell; if none is selected, returns from the scene of one map to the whole network. */
  release() {
    const { held, playing } = this.state;
    this.dispatch({ type: "release" });
    if (!held && !playing && this.part.controls?.some(({ name }) => name === "whole"))
      this.link.ask({ press: "whole" });
  }

  /**
   * The layout of the panels in so much height, in px.
   * @param {number} high
   */
  laidIn(high) {
    return layoutOf(this.state.scene, this.panels, [this.wide, high], Boolean(this.tabs), this.window);
  }

  /**
   * Lays out the panels, and paints them.
   * @param {Surroundings} around
   */
  place(around) {
    const { room, share } = around;
    const { way, style } = this.laidIn(room + share * (Math.max(innerHeight, 640) - 800));
    this.laid = { way, style: `${style}; --room: ${Math.round(room)}; --share: ${share}` };
    this.show({ around });
  }

  /**
   * The look of a panel, and a key that changes with it.
   * @param {Panel} panel
   */
  lookOf({ name, view, editable, frames, values }) {
    const { scene, on, editing } = this.state;
    const before = editable || frames ? null : this.before?.panels[name]?.values;
    const old = before?.length === values.length ? before : null;
    const counted = on.coverage && scene.coverage === name && view === "cells";
    const edited = editing?.panel === name ? keyOf(editing.cell) : "";
    const shown = {
      way: this.laid.way,
      numbers: on.numbers && isLegible(this.panels, scene.compact),
      lights: this.lights[name] ?? {},
      filled: stepperOf(scene)?.name === name ? this.state.filled : null,
      stop: this.stops[name] ?? "",
      edited,
    };
    const readers = counted ? readersOf(scene, scene.panels[name]) : null;
    const field = edited ? this.hand.fieldOf() : null;
    return { look: { ...shown, readers, old, field }, key: JSON.stringify([shown, counted, Boolean(old)]) };
  }

  /**
   * A panel with the effect of the selection: the partial sums after a step, or the total if one of its own cells is
   * selected; and, enlarged, the cells of a photograph that the selected output reads, which are too small to see in
   * place.
   * @param {Panel} panel
   * @returns {Panel}
   */
  drawn(panel) {
    const { scene, at, step } = this.state;
    if (panel.frames) {
      const size = countOf(panel);
      const frame = panel.name === at.panel ? panel.frames.length / size - 1 : step;
      return { ...panel, values: panel.frames.subarray(frame * size, (frame + 1) * size) };
    }
    const { terms, panel: owner } = this.sum;
    if (panel.name !== scene.window || owner.end !== "output" || !terms.length) return panel;
    const values = panel.values.slice();
    for (const { a, b } of terms)
      if (a.cell && b.cell) values[b.cell[1] * panel.shape[1] + b.cell[2]] = valueAt(scene.panels[a.panel], a.cell);
    return { ...panel, values };
  }

  // --- drawing: what depends on the measured layout ---

  /** Draws once before the next frame, however often the selection has changed. */
  later = () => {
    this.drawing ||= requestAnimationFrame(() => this.draw());
  };

  draw() {
    this.drawing = 0;
    const place = this.root.querySelector(".cnnlab-panels");
    if (place?.isConnected)
      for (const panel of this.panels.filter(isDrawn))
        paint(/** @type {Element} */ (panelIn(place, panel.name)), panel);
    if (!place?.clientWidth) return; // not laid out, as under a splash screen: draw later
    const origin = place.getBoundingClientRect();
    const paths = this.pathsIn(place);
    // Only what glides is measured after this has written: each measurement would lay out the page again.
    this.frame.show(origin, this.moving);
    this.glide();
    const wires = /** @type {SVGElement} */ (place.querySelector(".cnnlab-wires"));
    wires.setAttribute("viewBox", [origin.left, origin.top, origin.width, origin.height].join(" ")); // of the page
    wires.classList.toggle("cnnlab-hot", Boolean(this.hot));
    render(paths, /** @type {any} */ (wires)); // lit-html names no SVG
    this.moving = false;
  }

  /** Animates the panels from their positions before a setting changed; what was drawn meanwhile is drawn again. */
  glide() {
    for (const [planes, from] of this.places) {
      const to = planes.getBoundingClientRect();
      const start = `translate(${from.x - to.x}px, ${from.y - to.y}px) scale(${from.width / to.width}, ${from.height / to.height})`;
      if (to.width)
        planes.animate({ transform: [start, "none"], transformOrigin: ["0 0", "0 0"] }, GLIDE).onfinish = this.later;
    }
    this.places.clear();
  }

  /** @param {Element} place */
  pathsIn(place) {
    const { scene, at, on } = this.state;
    const { window, sum } = this;
    /** @type {Map<string, {box: DOMRect, slot: Element}>} a slot is quicker to search than all panels */
    const panels = new Map();
    for (const planes of place.querySelectorAll("[data-panel] :is(.cnnlab-planes, .cnnlab-bars)")) {
      const { dataset, parentElement } = /** @type {HTMLElement} */ (planes.closest("[data-panel]"));
      panels.set(dataset.panel ?? "", { box: planes.getBoundingClientRect(), slot: parentElement ?? place });
    }
    const whereOf = (/** @type {import("./sums.js").Operand} */ { panel, cell }) => {
      const { box, slot } = panels.get(panel) ?? {};
      const inCell = box && slot && cell && boxOf(slot, scene, { panel, cell });
      return inCell ? { box, cell: inCell } : null;
    };
    const through = (/** @type {Term} */ term) => {
      if (!panels.has("products")) return enlarged(scene, term);
      const product = sum.terms.findIndex(({ a }) => sameAt(/** @type {At} */ (a), /** @type {At} */ (term.a)));
      return { ...term, via: { panel: "products", cell: cellAt({ shape: window ?? [] }, product), value: 0 } };
    };
    const mapBox = (/** @type {Panel} */ { name, shape, flat }, /** @type {number} */ plane) => {
      const cell = /** @type {import("./schema.js").Cell} */ ([plane, shape[0] >> 1, shape[1] >> 1]);
      if (flat) return boxOf(place, scene, { panel: name, cell });
      return panelIn(place, name)?.querySelector(`[data-plane="${plane}"]`)?.getBoundingClientRect() ?? null;
    };
    const terms = on.wires ? (this.hot ?? sum.terms).map(through) : [];
    return scene.network
      ? mapWires(scene, at, sum, mapBox)
      : wirePaths(
          terms,
          whereOf,
          Array.from(panels.values(), ({ box }) => box),
          (term) => hueOf(scene, term),
        );
  }

  /**
   * Moves the focus to a cell.
   * @param {At} at
   */
  focus(at) {
    this.stops[at.panel] = keyOf(at.cell);
    this.paint();
    elementOf(this.root, at)?.focus({ preventScroll: true });
  }
}

/**
 * A term of a photograph begins at its cell in the enlarged window: else the wire would hide the cell.
 * @param {Scene} scene
 * @param {Term} term
 * @returns {Term}
 */
function enlarged({ panels, window }, term) {
  const { a, b } = term;
  const isEnlarged = window && panels[a.panel]?.view === "photo" && b.cell;
  return isEnlarged && b.cell ? { ...term, a: { ...a, panel: window, cell: [0, b.cell[1], b.cell[2]] } } : term;
}

/**
 * By panel and cell, how cells are highlighted: those of a sum, their twins, and the selected cell; with the hue of the
 * product that a cell is part of (the selected cell is part of all).
 * @param {Pick<Stage, "state" | "sum" | "hot">} stage
 */
export function lightsOf({ state: { scene, at }, sum, hot }) {
  /** @type {Record<string, Record<string, import("./cells.js").Light>>} */
  const lights = {};
  /** @type {(at: At) => import("./cells.js").Light} */
  const lightAt = ({ panel, cell }) => {
    lights[panel] ??= {};
    lights[panel][keyOf(cell)] ??= { looks: "" };
    return lights[panel][keyOf(cell)];
  };
  /** @type {(look: string, cells: At[]) => void} of one panel */
  const add = (look, cells) => {
    if (cells.length > MOST_LIT && !isDrawn(scene.panels[cells[0].panel])) return;
    for (const each of cells) {
      const light = lightAt(each);
      if (!light.looks.includes(look)) light.looks += ` cnnlab-${look}`;
    }
  };
  const isOther = (/** @type {import("./sums.js").Operand | null} */ operand) =>
    operand?.cell && !([at.panel, sum.panel.name].includes(operand.panel) && sameCell(operand.cell, at.cell));
  const operands = [...sum.terms.flatMap(({ a, b, to, via }) => [a, b, to, via]), sum.bias].filter(isOther);
  for (const cells of grouped(/** @type {At[]} */ (operands), ({ panel }) => panel)) {
    add("lit", cells);
    for (const panel of twinsOf(scene, cells[0].panel))
      add(
        "twin",
        cells.map(({ cell }) => ({ panel, cell })),
      );
  }
  for (const panel of [at.panel, ...twinsOf(scene, at.panel)]) add("selected", [{ panel, cell: at.cell }]);
  const { sees } = scene.panels[at.panel];
  const [, row, column] = at.cell;
  if (sees && scene.panels.h0)
    add("field", [
      { panel: "h0", cell: [0, sees.top[row], sees.left[column]] },
      { panel: "h0", cell: [0, sees.bottom[row], sees.right[column]] },
    ]);
  for (const { a, b } of hot ?? [])
    for (const operand of [a, b]) if (operand.cell) add("hot", [/** @type {At} */ (operand)]);
  for (const term of sum.terms.length > MOST_LIT ? [] : sum.terms) {
    const hue = hueOf(scene, term);
    const { a, b, to } = enlarged(scene, term);
    for (const operand of sum.told?.goes ? [a, b, to] : [a, b])
      if (hue !== null && isOther(operand)) lightAt(/** @type {At} */ (operand)).hue = hue;
  }
  return lights;
}
