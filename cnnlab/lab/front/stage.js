// A stage: draws a scene, and follows one selection through all of its panels. Selecting, stepping and pointing stay in
// the browser; an edited cell, and a click where the scene asks for it, are told to the kernel.

import { playAlone } from "./alone.js";
import { controlsOf, deskOf, tabsOf } from "./controls.js";
import { Frame } from "./frame.js";
import { Hand } from "./interaction.js";
import { isLegible, layoutOf, productsIn } from "./layout.js";
import { brief } from "./numbers.js";
import { bandsOf, boxOf, elementOf, panelIn } from "./panels.js";
import { lensOf, mapWires } from "./network.js";
import { isDrawn, paint, toRgb } from "./photo.js";
import { productsOf } from "./products.js";
import { codeOf, heightBeside, hintOf, readoutOf, wordsFor } from "./readout.js";
import { cellAt, cellIn, countOf, keyOf, readScene, sameAt, twinsOf, valueAt } from "./scene.js";
import { firstState, isAwaited, isBackward, reduce, stepperOf } from "./state.js";
import { hueOf, readersOf, sumOf } from "./sums.js";
import { SPEEDS, toolbarOf, toolsOf } from "./toolbar.js";
import { html, nothing, render } from "./vendor/lit-html.js";
import { wirePaths } from "./wires.js";

const LATEST = 1500; // ms after an edit in which its answer is expected
const BOTH = 2000; // ms that an old number stands beside the new one
const LOW = 26; // px of a cell that has no room for both
const GLIDE = { duration: 180, easing: "ease-out" };
const NARROW = 780; // px of a stage that has no room for products beside its output
const MOST_LIT = 400; // cells of one kind that are lit one by one
/** @type {Map<string, string>} */
const UNLIT = new Map();
/** @type {WeakMap<object, import("./state.js").State>} what a stage that is gone showed of a scene: a host that moves a cell makes it anew */
const remembered = new WeakMap();

/** @typedef {import("./schema.js").Panel} Panel */
/** @typedef {import("./schema.js").Part & {scene: import("./schema.js").Scene}} Shown what a stage is sent */
/** @typedef {import("./schema.js").At} At */
/** @typedef {import("./sums.js").Summed} Summed */
/** @typedef {import("./sums.js").Term} Term */

/**
 * @typedef {object} Surroundings what an explorer says to a stage
 * @property {unknown} full the buttons that stand below it
 * @property {unknown} link the button for its address
 * @property {number} room px of height that its panels may have in a window 800 px high
 * @property {number} share of what a window has more or less
 */

export class Stage {
  /**
   * @param {import("./connection.js").Connection} link
   * @param {number} number which stage of its explorer
   * @param {Shown} part what it shows first
   * @param {() => void} turned is called when other panels are shown
   */
  constructor(link, number, part, turned) {
    this.link = link;
    this.number = number;
    this.part = part;
    this.turned = turned;
    this.state = remembered.get(part.scene) ?? firstState(readScene(part.scene));
    this.sum = sumOf(this.state.scene, this.state.at, this.backward);
    /** @type {Surroundings} */
    this.around = { full: null, link: null, room: 0, share: 0 };
    this.isNarrow = false;
    this.timer = 0; // of playing
    /** @type {{scene: import("./scene.js").Scene, look: string, way: import("./layout.js").Way, style: string} | null} */
    this.laid = null;
    this.root = document.createElement("div");
    this.root.className = "cnnlab-stage";
    this.desk = deskOf(link);
    /** @type {Record<string, string>} by panel: the cell that Tab reaches */
    this.stops = {};
    /** @type {Term[] | null} those that are pointed at in the strip */
    this.hot = null;
    /** @type {import("./strip.js").Opened} */
    this.group = null;
    /** @type {Map<string, Map<string, string>>} by panel and cell: the numbers before an edit, for a while */
    this.old = new Map();
    this.forgetting = 0;
    /** @type {Map<string, DOMRect>} where the panels were before a setting changed */
    this.places = new Map();
    this.copied = { text: "", says: "" };
    this.speed = "1×";
    this.wait = SPEEDS["1×"]; // ms a step
    this.told = ""; // what is said to those who cannot see it
    this.moving = false;
    this.isPainting = false;
    this.drawing = 0;
    this.size = ""; // when it was last drawn
    this.life = new AbortController();
    const { signal } = this.life;
    this.hand = new Hand(this);
    this.frame = new Frame(this);
    playAlone(this);
    const later = () => this.later();
    const themed = new MutationObserver(later); // of canvases; all else follows the style sheet
    for (const element of [document.documentElement, document.body])
      themed.observe(element, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-theme", "class"] });
    const resized = new ResizeObserver(() => {
      const { offsetWidth } = this.root;
      const isNarrow = offsetWidth ? offsetWidth < NARROW : this.isNarrow; // hidden: as it was
      if (isNarrow !== this.isNarrow) {
        this.isNarrow = isNarrow;
        turned();
      } else if (this.size !== sizeOf(this.root)) later();
    });
    resized.observe(this.root);
    signal.addEventListener("abort", () => {
      themed.disconnect();
      resized.disconnect();
    });
  }

  remove() {
    cancelAnimationFrame(this.drawing);
    clearInterval(this.timer);
    clearTimeout(this.forgetting);
    this.state = { ...this.state, playing: false, editing: null }; // a field loses the focus on its way out, and tells nothing
    remembered.set(this.part.scene, this.state);
    this.life.abort();
    this.root.remove();
  }

  // --- the state ---

  /**
   * Takes a part that Python sent; it is painted by `place`.
   * @param {Shown} part
   */
  take(part) {
    const isNew = part.scene !== this.part.scene;
    this.part = part;
    if (!isNew) return;
    const scene = readScene(part.scene);
    if (performance.now() - this.link.edited < LATEST) this.keepOld(scene);
    else this.old = new Map();
    if (this.frame.moves)
      this.places = new Map(
        this.panels.flatMap(({ name }) => {
          const planes = panelIn(this.root, name)?.querySelector(".cnnlab-planes");
          return planes ? [[name, planes.getBoundingClientRect()]] : [];
        }),
      );
    this.become(reduce(this.state, { type: "scene", scene }), false);
  }

  /**
   * Keeps the numbers that an edit changes, to stand beside the new ones for two seconds.
   * @param {import("./scene.js").Scene} next
   */
  keepOld(next) {
    for (const { name, values, editable, frames } of this.panels) {
      const panel = next.panels[name];
      const cell = /** @type {HTMLElement | null} */ (panelIn(this.root, name)?.querySelector(".cnnlab-cell"));
      if (editable || frames || !cell || cell.offsetHeight < LOW || panel?.values.length !== values.length) continue;
      const old = this.old.get(name) ?? new Map();
      values.forEach((/** @type {number} */ value, /** @type {number} */ k) => {
        const key = keyOf(cellAt(panel, k));
        if (value !== panel.values[k] && !old.has(key)) old.set(key, brief(value));
      });
      this.old.set(name, old);
    }
    clearTimeout(this.forgetting);
    this.forgetting = window.setTimeout(() => {
      this.old = new Map();
      this.paint();
    }, BOTH);
  }

  /** @param {Surroundings} around */
  place(around) {
    this.around = around;
    this.paint();
  }

  /** About how many px it takes, but for its panels. */
  get taken() {
    return heightBeside(this.state.scene, this.backward, Boolean(this.window));
  }

  /** @param {import("./state.js").Action} action */
  dispatch = (action) => {
    const before = this.state;
    const next = reduce(before, action);
    this.moving ||= (action.type === "step" || action.type === "tick") && next.at !== before.at;
    if (["step", "hold", "visit"].includes(action.type)) {
      this.told = wordsFor(next, isBackward(next));
      this.link.look({ stage: this.number, ...next.at });
    }
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
    if (!sameAt(before.at, state.at)) this.group = this.hot = null;
    if (state.playing !== before.playing) this.pace(this.speed);
    if (now) this.paint();
    if (state.editing && state.editing !== before.editing) this.hand.openField();
  }

  /**
   * Plays at a speed, where it plays.
   * @param {string} speed
   */
  pace = (speed) => {
    this.speed = speed;
    clearInterval(this.timer);
    this.wait = SPEEDS[/** @type {keyof typeof SPEEDS} */ (speed)];
    this.timer = this.state.playing ? window.setInterval(() => this.dispatch({ type: "tick" }), this.wait) : 0;
  };

  /** The panels that are shown. */
  get panels() {
    const { scene, on } = this.state;
    return Object.values(scene.panels).filter(({ row, view }) => view !== "none" && (row === 0 || on.gradients));
  }

  get backward() {
    return isBackward(this.state);
  }

  /** The shape of the products that stand beside the output. */
  get window() {
    return this.isNarrow ? null : productsIn(this.state.scene, this.backward);
  }

  // --- painting ---

  paint() {
    if (this.isPainting) return; // a chip that goes loses the focus on its way out
    const { state } = this;
    const { scene, at } = state;
    this.sum = sumOf(scene, at, this.backward);
    const hand = {
      awaited: isAwaited(state, at),
      counted: state.on.coverage,
      light: (/** @type {Term[] | null} */ terms) => {
        this.hot = terms;
        this.paint();
      },
      open: this.group,
      window: this.window,
      toggle: (/** @type {import("./strip.js").Opened} */ group) => {
        this.group = this.group === group ? null : group;
        this.paint();
      },
    };
    this.root.classList.toggle("cnnlab-compact", Boolean(scene.compact));
    this.root.classList.toggle("cnnlab-network", Boolean(scene.network));
    this.root.classList.toggle("cnnlab-summed", this.sum.terms.length > 0);
    Object.assign(this.root.dataset, { held: String(state.held), selected: `${at.panel}:${keyOf(at.cell)}` });
    this.isPainting = true;
    render(
      html`${toolbarOf(this)}${this.panelsOf(hand)}${readoutOf(state, this.sum, this.backward, hand)}${codeOf(state, this.backward, this.copied, this.copy)}<div
        class="cnnlab-foot">${hintOf(state, this.sum, hand)}${toolsOf(this)}</div><div class="cnnlab-live"
        aria-live="polite">${this.told}</div>`,
      this.root,
    );
    this.isPainting = false;
    this.later();
  }

  /** @param {import("./strip.js").StripHand} chips */
  panelsOf(chips) {
    const { scene, at } = this.state;
    const { way, style } = this.layout();
    const towers = this.panels.filter(({ view, flat, column }) => view === "maps" && !flat && column).length;
    const lights = lightsOf(scene, this.state.at, this.sum, this.hot);
    const hues = huesOf(scene, this.state.at, this.sum);
    const buttons = this.tabs ? tabsOf(this.tabs, this.desk) : []; // there from left to right, and back again
    const half = buttons.length / 2;
    const bands = bandsOf(
      scene,
      this.panels.map((panel) => this.drawn(panel)),
      way,
      (panel) => this.lookOf(panel, way, lights.get(panel.name) ?? UNLIT, hues.get(panel.name)),
      {
        below: scene.network ? [controlsOf(this.pads, this.desk), lensOf(scene, at, this.sum, this.hot)] : nothing,
        signs: half ? [buttons.slice(0, half), buttons.slice(half).reverse()] : null,
        products: chips.window && productsOf(scene, at, this.sum, chips),
      },
    );
    const { hand } = this;
    return html`<div class="cnnlab-scroller"><div class="cnnlab-panels" style="${style}; --towers: ${towers}"
      @pointerdown=${hand.press} @pointermove=${hand.hover} @click=${hand.click} @dblclick=${hand.twice}
      @focusin=${hand.focused} @keydown=${hand.key}><svg class="cnnlab-wires" aria-hidden="true"></svg><div
      class="cnnlab-begin" aria-hidden="true">${matchMedia("(pointer: coarse)").matches ? "tap" : "point"} here</div>${bands}${this.frame.element}</div></div>`;
  }

  /** The control whose buttons stand between the panels. */
  get tabs() {
    return this.part.controls?.find(({ place }) => place === "signs");
  }

  /** Lets go of a cell; where none is held, the scene of one map gives way to the whole network. */
  release() {
    const { held, playing } = this.state;
    this.dispatch({ type: "release" });
    if (!held && !playing && this.part.controls?.some(({ name }) => name === "whole"))
      this.link.ask({ press: "whole" });
  }

  /** The controls that stand with the image of a network. */
  get pads() {
    return (this.part.controls ?? []).filter(({ place }) => place === "lens");
  }

  /** How the panels stand: looked for only where other ones are shown. */
  layout() {
    const { scene, on } = this.state;
    const { room, share } = this.around;
    const look = [on.gradients, this.isNarrow, room, share].join();
    if (this.laid?.scene !== scene || this.laid.look !== look) {
      const { way, style } = layoutOf(scene, this.panels, room, Boolean(this.tabs), this.window);
      this.laid = { scene, look, way, style: `${style}; --room: ${Math.round(room)}; --share: ${share}` };
    }
    return this.laid;
  }

  /**
   * How a panel looks, and a key that is another one where that has changed.
   * @param {Panel} panel
   * @param {import("./layout.js").Way} way
   * @param {Map<string, string>} lights
   * @param {Map<string, number>} [hues]
   */
  lookOf({ name, view }, way, lights, hues) {
    const { scene, on, editing } = this.state;
    const filled = stepperOf(scene)?.name === name ? this.state.filled : null;
    const old = this.old.get(name);
    const counted = on.coverage && scene.coverage === name && view === "cells";
    const readers = counted ? readersOf(scene, scene.panels[name]) : null;
    const numbers = on.numbers && isLegible(this.panels, scene.compact);
    const stop = this.stops[name] ?? "";
    const edited = editing?.at.panel === name ? keyOf(editing.at.cell) : "";
    const field = edited ? this.hand.fieldOf() : null;
    const key = [
      numbers,
      counted,
      stop,
      edited,
      way.channels,
      way.filters,
      filled,
      ...[...lights, ...(hues ?? []), ...(old ?? [])].flat(),
    ].join("|");
    return { look: { way, numbers, readers, lights, hues, filled, old, stop, edited, field }, key };
  }

  /**
   * A panel with what the selection shows in it: what is added up after a step, all of it where one of its own cells is
   * asked; and, enlarged, the cells of a photograph that the output in view reads, since its own are too small to see.
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

  /**
   * Says something to those who cannot see it.
   * @param {string} text
   */
  say(text) {
    this.told = text;
    this.paint();
  }

  /** @type {(text: string, event: Event) => Promise<void>} */
  copy = async (text, { target }) => {
    const line = /** @type {Element} */ (target).previousElementSibling;
    const says = await navigator.clipboard.writeText(text).then(
      () => "copied",
      () => "press Ctrl+C",
    );
    if (says !== "copied" && line) getSelection()?.selectAllChildren(line);
    this.copied = { text, says };
    this.paint();
    setTimeout(() => {
      this.copied = { text: "", says: "" };
      if (this.root.isConnected) this.paint();
    }, 1500);
  };

  // --- drawing: what needs a look at where things are ---

  /** Draws once before the next frame, however often the selection has changed. */
  later() {
    this.drawing ||= requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.drawing = 0;
    const place = this.root.querySelector(".cnnlab-panels");
    if (place?.isConnected) this.paintCanvases(place);
    if (!place?.clientWidth) return; // nothing is laid out, as under a splash screen: drawn on return
    this.size = sizeOf(this.root);
    this.drawWires(place);
    if (!("cnnlabTouched" in document.documentElement.dataset)) this.invite(place);
    this.glide();
    this.frame.show(place.getBoundingClientRect(), this.moving);
    this.moving = false;
  }

  /**
   * Puts the word of how to begin beside the output or below it, where there is room.
   * @param {Element} place
   */
  invite(place) {
    const word = /** @type {HTMLElement} */ (place.querySelector(".cnnlab-begin"));
    const [origin, ...taken] = [place, ...place.querySelectorAll(".cnnlab-planes, .cnnlab-caption")].map((each) =>
      each.getBoundingClientRect(),
    );
    const box = panelIn(place, stepperOf(this.state.scene)?.name ?? "")?.querySelector(".cnnlab-planes");
    const { left, right, top, bottom } = box?.getBoundingClientRect() ?? origin;
    const [width, height] = [word.offsetWidth, word.offsetHeight];
    const isFree = (/** @type {number[]} */ [x, y]) =>
      x + width < origin.right &&
      y + height < origin.bottom &&
      taken.every((each) => x > each.right || x + width < each.left || y > each.bottom || y + height < each.top);
    const spot = [
      [right + 6, top + 4],
      [left, bottom + 4],
    ].find(isFree);
    word.classList.toggle("cnnlab-under", spot?.[0] === left);
    word.style.visibility = spot && box ? "visible" : "hidden";
    const [x, y] = spot ?? [origin.left, origin.top]; // hidden, where it makes nothing wider
    Object.assign(word.style, { left: `${x - origin.left}px`, top: `${y - origin.top}px` });
  }

  /** Lets the panels glide from where they were before a setting changed. */
  glide() {
    for (const [name, from] of this.places) {
      const planes = panelIn(this.root, name)?.querySelector(".cnnlab-planes");
      const to = planes?.getBoundingClientRect();
      if (!planes || !to?.width || (from.width === to.width && from.left === to.left && from.top === to.top)) continue;
      const size = `scale(${from.width / to.width}, ${from.height / to.height})`;
      const start = { transform: `translate(${from.left - to.left}px, ${from.top - to.top}px) ${size}`, opacity: 0.4 };
      planes.animate(
        [
          { ...start, transformOrigin: "0 0" },
          { transform: "none", transformOrigin: "0 0" },
        ],
        GLIDE,
      );
    }
    this.places = new Map();
  }

  /** @param {Element} place */
  paintCanvases(place) {
    const drawn = this.panels.filter(isDrawn);
    if (!drawn.length) return;
    const style = getComputedStyle(place);
    const colours = Object.fromEntries(
      ["zero", "positive", "negative"].map((name) => [name, toRgb(style.getPropertyValue(`--cnnlab-${name}`).trim())]),
    );
    for (const panel of drawn) {
      const element = panelIn(this.root, panel.name);
      if (element) paint(element, panel, colours);
    }
  }

  /** @param {Element} place */
  drawWires(place) {
    const { scene, on } = this.state;
    const origin = place.getBoundingClientRect();
    const within = (/** @type {DOMRect} */ { left, right, top, bottom }) => ({
      left: left - origin.left,
      right: right - origin.left,
      top: top - origin.top,
      bottom: bottom - origin.top,
    });
    /** @type {Map<string, import("./wires.js").Box>} */
    const boxes = new Map();
    const names = this.panels.map(({ name }) => name);
    const { window } = this;
    const beside = window && this.sum.panel === stepperOf(scene) ? "products" : "";
    for (const name of on.wires ? [...names, ...(beside && [beside])] : []) {
      const box = panelIn(place, name)?.querySelector(".cnnlab-planes, .cnnlab-bars")?.getBoundingClientRect();
      if (box?.width) boxes.set(name, within(box));
    }
    const whereOf = (/** @type {import("./sums.js").Operand} */ { panel, cell }) => {
      const box = cell && boxes.get(panel);
      const inCell = box && boxOf(place, scene, { panel, cell });
      return inCell ? { box, cell: within(inCell) } : null;
    };
    const { terms: all } = this.sum;
    const product = (/** @type {Term} */ { a }) =>
      all.findIndex((other) => sameAt(/** @type {At} */ (other.a), /** @type {At} */ (a)));
    const through = (/** @type {Term} */ term) =>
      beside
        ? { ...term, via: { panel: beside, cell: cellIn(window ?? [], product(term)), value: 0 } }
        : enlarged(scene, term);
    const terms = boxes.size ? (this.hot ?? all).map(through) : [];
    const wires = /** @type {SVGElement} */ (place.querySelector(".cnnlab-wires"));
    wires.classList.toggle("cnnlab-hot", Boolean(this.hot));
    const mapBox = (/** @type {Panel} */ { name, shape, flat }, /** @type {number} */ plane) => {
      const cell = /** @type {import("./schema.js").Cell} */ ([plane, shape[0] >> 1, shape[1] >> 1]);
      const box = flat
        ? boxOf(place, scene, { panel: name, cell })
        : panelIn(place, name)?.querySelector(`[data-plane="${plane}"]`)?.getBoundingClientRect();
      return box ? within(box) : null;
    };
    const paths = scene.network
      ? mapWires(scene, this.state.at, this.sum, mapBox)
      : wirePaths(terms, whereOf, [...boxes.values()], (term) => hueOf(scene, term));
    render(paths, /** @type {any} */ (wires)); // lit-html names no SVG
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

/** @param {HTMLElement} element */
const sizeOf = ({ offsetWidth, offsetHeight }) => `${offsetWidth} × ${offsetHeight}`;

/**
 * A term of a photograph begins at its cell in the enlarged window: the wire would hide what it comes from.
 * @param {import("./scene.js").Scene} scene
 * @param {Term} term
 * @returns {Term}
 */
function enlarged({ panels, window }, term) {
  const { a, b } = term;
  const isEnlarged = window && panels[a.panel]?.view === "photo" && b.cell;
  return isEnlarged && b.cell ? { ...term, a: { ...a, panel: window, cell: [0, b.cell[1], b.cell[2]] } } : term;
}

/**
 * By panel and cell, the hue of the product that a cell has a part in; the cell in view has a part in all of them.
 * @param {import("./scene.js").Scene} scene
 * @param {At} at
 * @param {Summed} sum
 */
function huesOf(scene, at, { terms, told, panel: owner }) {
  /** @type {Map<string, Map<string, number>>} */
  const hues = new Map();
  for (const term of terms.length > MOST_LIT ? [] : terms) {
    const hue = hueOf(scene, term);
    const { a, b, to } = enlarged(scene, term);
    for (const { panel, cell } of hue === null ? [] : told?.goes ? [a, b, to] : [a, b]) {
      if (!cell || sameAt({ panel, cell }, at) || sameAt({ panel, cell }, { panel: owner.name, cell: at.cell }))
        continue;
      if (!hues.has(panel)) hues.set(panel, new Map());
      hues.get(panel)?.set(keyOf(cell), hue ?? 0);
    }
  }
  return hues;
}

/**
 * By panel and cell, the classes of what is picked out: the cells of a sum, their twins, and the cell in view.
 * @param {import("./scene.js").Scene} scene
 * @param {At} at
 * @param {Summed} sum
 * @param {Term[] | null} hot
 */
export function lightsOf(scene, at, sum, hot) {
  /** @type {Map<string, Map<string, string>>} */
  const lights = new Map();
  const add = (
    /** @type {string} */ panel,
    /** @type {import("./schema.js").Cell[]} */ cells,
    /** @type {string} */ name,
  ) => {
    if (cells.length > MOST_LIT && name !== "selected" && !isDrawn(scene.panels[panel])) return;
    const lit = lights.get(panel) ?? new Map();
    lights.set(panel, lit);
    for (const key of new Set(cells.map(keyOf))) lit.set(key, `${lit.get(key) ?? ""} cnnlab-${name}`);
  };
  /** @type {Map<string, import("./schema.js").Cell[]>} */
  const summed = new Map();
  const own = { panel: sum.panel.name, cell: at.cell };
  for (const operand of [...sum.terms.flatMap(({ a, b, to, via }) => [a, b, to, via]), sum.bias]) {
    if (!operand?.panel || !operand.cell) continue;
    const { panel, cell } = operand;
    if (sameAt({ panel, cell }, at) || sameAt({ panel, cell }, own)) continue;
    const cells = summed.get(panel) ?? [];
    cells.push(cell); // of a photograph's tap there are 40,000
    summed.set(panel, cells);
  }
  for (const [panel, cells] of summed) {
    add(panel, cells, "lit");
    for (const twin of twinsOf(scene, panel)) add(twin, cells, "twin");
  }
  for (const name of [at.panel, ...twinsOf(scene, at.panel)]) add(name, [at.cell], "selected");
  const { sees } = scene.panels[at.panel];
  if (sees && scene.panels.h0) {
    const [, row, column] = at.cell;
    const corners = [
      [sees.top[row], sees.left[column]],
      [sees.bottom[row], sees.right[column]],
    ];
    const cells = corners.map((corner) => /** @type {import("./schema.js").Cell} */ ([0, ...corner]));
    add("h0", cells, "field");
  }
  for (const operand of (hot ?? []).flatMap(({ a, b }) => [a, b]))
    if (operand.cell) add(operand.panel, [operand.cell], "hot");
  return lights;
}
