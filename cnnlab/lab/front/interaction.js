// The learner's hand on a stage: pointing, clicking, keys, and typing into cells.

import { draggedTo } from "./chart.js";
import { arrowTarget, beginsEdit, isOurs, nudgeIn } from "./keys.js";
import { format, means, numberIn } from "./numbers.js";
import { hit } from "./panels.js";
import { inArray, kindOf, nameOf, numberOf, sameAt, valueAt } from "./scene.js";
import { isAwaited, nudgeOf } from "./state.js";
import { html } from "./vendor/lit-html.js";

const LARGEST = 1e100; // sums of such products stay finite
const PULL = { start: 4, step: 8 }; // px: the start of a drag, and one nudge of a number

/** @typedef {import("./schema.js").At} At */

export class Hand {
  /** @type {((event: PointerEvent, across: number, up: number) => void) | null} what moving the pressed pointer does */
  pull = null;
  pressed = { clientX: 0, clientY: 0 };
  isPulled = false; // suppresses the click

  /** @param {import("./stage.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
  }

  get scene() {
    return this.stage.state.scene;
  }

  /** @type {(event: PointerEvent) => void} */
  press = (event) => {
    const { target, pointerId } = event;
    const element = /** @type {Element} */ (target);
    if (element.closest(".cnnlab-pad")) return; // it captures the pointer itself
    this.isPulled = false;
    this.pull = event.button ? null : this.pullOf(event);
    this.pressed = event;
    if (element.hasPointerCapture(pointerId)) element.releasePointerCapture(pointerId); // lets a finger reach other cells
  };

  /**
   * What a drag from here does: on a chart it moves the slider, on the window it moves the window; on other cells, and
   * on the selected one, it changes an editable number.
   * @param {PointerEvent} event
   */
  pullOf(event) {
    const { state, frame, link } = this.stage;
    const svg = /** @type {Element} */ (event.target).closest(".cnnlab-dragged");
    const panel = /** @type {HTMLElement | null} */ (svg?.closest(".cnnlab-panel"))?.dataset.panel;
    const chart = panel && this.scene.panels[panel].chart;
    if (svg && chart) {
      const slide = (/** @type {PointerEvent} */ event) => link.ask({ set: draggedTo(svg, chart, event) });
      slide(event);
      return slide;
    }
    if (state.editing) return null;
    const at = hit(this.scene, event);
    const isHeld = state.held && sameAt(at, state.at);
    if (!isHeld && frame.holds(event)) return (/** @type {PointerEvent} */ event) => frame.drag(event);
    return at && this.canEdit(at) && (isHeld || event.pointerType !== "touch") ? this.numberPull(at) : null;
  }

  /**
   * Dragging up or down changes a number; dragging sideways copies a tap's number to other taps.
   * @param {At} at
   */
  numberPull(at) {
    const panel = this.scene.panels[at.panel];
    const value = this.latest(at);
    const nudge = nudgeOf(panel);
    let last = value;
    /** @type {boolean | undefined} */
    let paints;
    return (/** @type {PointerEvent} */ event, /** @type {number} */ across, /** @type {number} */ up) => {
      if (paints === undefined) this.stage.dispatch({ type: "visit", at });
      paints ??= panel.end === "tap" && Math.abs(across) > Math.abs(up);
      if (paints) return this.paint(event, at, value);
      const step = nudge * (event.shiftKey ? 0.1 : 1);
      const next = plain(value + Math.round(up / PULL.step) * step);
      if (next !== last) this.change(at, next, last !== value);
      last = next;
    };
  }

  /**
   * Copies the number of a tap to the tap under the captured pointer.
   * @param {PointerEvent} event
   * @param {At} from
   * @param {number} value
   */
  paint({ clientX, clientY }, from, value) {
    const root = /** @type {Document | ShadowRoot} */ (this.stage.root.getRootNode()); // a document sees no shadow tree
    const target = root.elementFromPoint(clientX, clientY);
    const at = target && hit(this.scene, /** @type {any} */ ({ target }));
    if (at?.panel === from.panel && this.latest(at) !== value) this.change(at, value);
  }

  /** @type {(event: PointerEvent) => void} */
  hover = (event) => {
    const element = /** @type {HTMLElement} */ (event.currentTarget);
    if (event.buttons && this.pull) {
      const [across, up] = [event.clientX - this.pressed.clientX, this.pressed.clientY - event.clientY];
      this.isPulled ||= Math.hypot(across, up) >= PULL.start;
      if (!this.isPulled) return;
      element.setPointerCapture(event.pointerId);
      return this.pull(event, across, up);
    }
    this.pull = null;
    document.documentElement.dataset.cnnlabTouched = ""; // the reader knows how to begin
    element.classList.toggle("cnnlab-grab", this.stage.frame.holds(event));
    const at = hit(this.scene, event);
    if (at && !sameAt(at, this.stage.state.at)) this.stage.dispatch({ type: "point", at });
  };

  /** @type {(event: MouseEvent) => void} */
  click = (event) => {
    const at = hit(this.scene, event);
    if (!at || this.stage.state.editing || this.isPulled) return;
    if (this.isNext(at)) return this.edit(at);
    this.stage.dispatch({ type: "hold", at });
    this.stage.focus(at);
    this.pick(at);
  };

  /** @type {(event: MouseEvent) => void} */
  twice = (event) => this.edit(hit(this.scene, event));

  /** @type {(event: FocusEvent) => void} select a cell reached with Tab; a click selects it anyway */
  focused = (event) => {
    const { state, dispatch } = this.stage;
    const element = /** @type {Element} */ (event.target);
    const at = element.matches(".cnnlab-cell:focus-visible") && hit(this.scene, event);
    if (at && !state.editing && !sameAt(at, state.at)) dispatch({ type: "visit", at });
  };

  /** @param {At} at */
  pick({ panel, cell }) {
    if (this.scene.pick) this.stage.link.ask({ pick: { stage: this.stage.number, panel, cell } });
  }

  // --- keys ---

  /** @type {(event: KeyboardEvent) => void} */
  key = (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.matches("input, button")) return;
    if (!isOurs(event)) return this.undo(event);
    const here = this.focus(event, target);
    const panel = here && this.scene.panels[here.panel];
    if (!panel) return;
    const to = arrowTarget(panel, here.cell, event.key);
    const nudge = nudgeIn(event);
    if (nudge) this.change(here, plain(this.latest(here) + nudge * nudgeOf(panel)));
    else if (to) this.go({ panel: panel.name, cell: to });
    else if (event.key === " ") this.stage.dispatch({ type: "step", step: this.stage.state.step + 1 });
    else if (event.key === "Enter" && this.scene.pick) this.pick(here);
    else if (beginsEdit(event.key) && this.takesNumber(here)) {
      this.edit(here);
      if (event.key.length === 1) return; // the browser types it into the field, over what is there
    } else if (event.key === "Enter")
      /** @type {HTMLElement | null} */ (this.stage.root.querySelector(".cnnlab-strip button"))?.focus();
    else return;
    event.preventDefault();
  };

  /**
   * The cell that a key applies to: the focused one, or the selected one of a canvas.
   * @param {KeyboardEvent} event
   * @param {HTMLElement} target
   * @returns {At | null}
   */
  focus(event, target) {
    if (target.tagName !== "CANVAS") return hit(this.scene, event);
    const { at } = this.stage.state;
    const panel = /** @type {HTMLElement} */ (target.closest(".cnnlab-panel")).dataset.panel ?? "";
    const plane = Number(target.dataset.plane);
    return at.panel === panel && at.cell[0] === plane ? at : { panel, cell: [plane, 0, 0] };
  }

  /**
   * Ctrl+Z on a cell undoes the last edit; elsewhere the key belongs to the host.
   * @param {KeyboardEvent} event
   */
  undo(event) {
    const { link } = this.stage;
    if (event.key.toLowerCase() !== "z" || event.shiftKey || event.altKey || !link.shown.undo) return; // also in capitals
    event.preventDefault();
    event.stopPropagation();
    link.ask({ press: "undo" });
  }

  /** @param {At} at */
  go(at) {
    this.stage.dispatch({ type: "visit", at });
    this.stage.focus(at);
  }

  // --- editing ---

  /** @param {At | null} at */
  edit(at) {
    if (at && this.takesNumber(at)) this.stage.dispatch({ type: "edit", at });
  }

  /** @param {At} at */
  takesNumber(at) {
    return this.canEdit(at) || this.isNext(at);
  }

  /** @param {At} at */
  canEdit({ panel: name, cell }) {
    const panel = this.scene.panels[name];
    return Boolean(panel.editable) && panel.view === "cells" && !kindOf(panel, cell);
  }

  /**
   * Is a cell the next output to compute, whose number can be predicted?
   * @param {At} at
   */
  isNext(at) {
    const { state } = this.stage;
    return !state.playing && isAwaited(state, at) && numberOf(this.scene.panels[at.panel], at.cell) === state.filled;
  }

  /** The field in the cell being edited. */
  fieldOf() {
    const at = this.stage.state.editing;
    if (!at) return null;
    const key = (/** @type {KeyboardEvent & {target: HTMLInputElement}} */ event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      this.typed(event.key === "Enter" ? event.target.value : "");
      this.stage.focus(at);
    };
    return html`<input class="cnnlab-input" aria-label="new value of ${nameOf(this.scene.panels[at.panel], at.cell)}"
      autocomplete="off" value=${this.isNext(at) ? "" : this.latest(at)} @keydown=${key}
      @blur=${(/** @type {{target: HTMLInputElement}} */ { target }) => this.typed(target.value)}>`;
  }

  openField() {
    const field = /** @type {HTMLInputElement | null} */ (this.stage.root.querySelector(".cnnlab-input"));
    field?.focus({ preventScroll: true });
    field?.select();
  }

  /**
   * Removes the field, and keeps its text if that is a number.
   * @param {string} text
   */
  typed(text) {
    const at = this.stage.state.editing;
    if (!at) return; // the field loses the focus when it is removed
    const refused = text && refusal(text);
    const lands = Boolean(text) && !refused && this.isNext(at);
    this.stage.dispatch({ type: "typed", message: lands ? this.judge(at, text) : refused, lands });
    if (text && !refused) this.change(at, numberIn(text));
  }

  /**
   * Returns a message on whether a predicted number is right.
   * @param {At} at
   * @param {string} text
   */
  judge({ panel: name, cell }, text) {
    const panel = this.scene.panels[name];
    const value = valueAt(panel, cell);
    const isRight = means(text, value) || format(numberIn(text)) === format(value);
    return `${isRight ? "✓ Right" : `✗ Not ${text.trim()}`}: ${nameOf(panel, cell)} = ${format(value)}.`;
  }

  /**
   * A cell as Python names it.
   * @param {At} at
   */
  target({ panel, cell }) {
    return { stage: this.stage.number, panel, cell: inArray(this.scene.panels[panel], cell) };
  }

  /**
   * The number in a cell as it was last set, answered or not.
   * @param {At} at
   */
  latest(at) {
    return this.stage.link.typed(this.target(at), valueAt(this.scene.panels[at.panel], at.cell));
  }

  /**
   * @param {At} at
   * @param {number} value
   * @param {boolean} [more] whether it continues the previous change: both are undone together
   */
  change(at, value, more = false) {
    if (this.canEdit(at)) this.stage.link.ask({ edit: { ...this.target(at), value, ...(more && { more }) } });
  }
}

/**
 * A sum without its rounding: 0.1 + 0.2 is 0.3.
 * @param {number} value
 */
const plain = (value) => Number(value.toPrecision(12));

/**
 * Why a text cannot go into a cell; empty if it can.
 * @param {string} text
 */
const refusal = (text) =>
  Math.abs(numberIn(text)) <= LARGEST ? "" : `“${text}” is no number up to ${LARGEST}, so the cell keeps its value.`;
