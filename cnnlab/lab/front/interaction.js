// The learner's hand on a stage: pointing, clicking, keys, and typing into cells.

import { Field, refusal } from "./editing.js";
import { arrowTarget, beginsEdit, nudgeIn } from "./keys.js";
import { numberIn } from "./numbers.js";
import { inArray, keyOf, kindOf, nameOf, sameAt, valueAt } from "./scene.js";
import { nudgeOf } from "./state.js";

const CROSSING = 110; // ms that a pointer on its way down to the strip may be over another cell

export class Hand {
  /**
   * @param {import("./stage.js").Stage} stage
   * @param {AbortSignal} signal
   */
  constructor(stage, signal) {
    this.stage = stage;
    /** @type {Field | null} */
    this.field = null;
    const { element } = stage.panels;
    const on = (type, handler) => element.addEventListener(type, handler, { signal });
    on("pointerdown", ({ target, pointerId }) => {
      if (target.closest(".cnnlab-window")) return; // which is dragged, and keeps the pointer
      if (target.hasPointerCapture(pointerId)) target.releasePointerCapture(pointerId); // a finger points at other cells
    });
    on("pointermove", (event) => this.hover(event));
    on("pointerleave", () => clearTimeout(this.late));
    on("click", (event) => this.click(event));
    on("dblclick", (event) => this.edit(this.hit(event)));
    on("focusin", (event) => this.focused(event));
    on("keydown", (event) => this.key(event));
    signal.addEventListener("abort", () => {
      clearTimeout(this.late);
      this.field?.drop();
    });
  }

  get scene() {
    return this.stage.state.scene;
  }

  /** The cell under an event; a cell of the window panel stands for the input cell that it shows. */
  hit(event) {
    const at = this.stage.panels.hit(event);
    if (!at || at.panel !== this.scene.window) return at;
    const { sum } = this.stage;
    const isShown = ({ b }) => b.cell[1] === at.cell[1] && b.cell[2] === at.cell[2];
    const term = sum.panel.end === "output" && sum.terms.find(isShown);
    return term ? { panel: term.a.panel, cell: term.a.cell } : null;
  }

  /** Follows the pointer; on its way down to the strip it may cross other cells. */
  hover(event) {
    clearTimeout(this.late);
    const at = this.stage.panels.hit(event);
    if (!at || at.panel === this.scene.window || sameAt(at, this.stage.state.at)) return;
    const point = () => this.stage.dispatch({ type: "point", at });
    if (event.movementY > 2 * Math.abs(event.movementX)) this.late = setTimeout(point, CROSSING);
    else point();
  }

  click(event) {
    const at = this.hit(event);
    if (!at || this.field) return;
    this.stage.dispatch({ type: "hold", at });
    this.stage.panels.focus(at);
    this.pick(at);
  }

  /** A cell reached with the Tab key is in view; a click holds it by itself. */
  focused(event) {
    const at = event.target.matches(".cnnlab-cell:focus-visible") && this.hit(event);
    if (at && !this.field && !sameAt(at, this.stage.state.at)) this.stage.dispatch({ type: "visit", at });
  }

  pick({ panel, cell }) {
    if (this.scene.pick) this.stage.link.ask({ pick: { stage: this.stage.number, panel, cell } });
  }

  // --- keys ---

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return this.undo(event);
    if (event.target === this.field?.input) return;
    const here = this.focus(event);
    const panel = this.scene.panels[here?.panel];
    if (!panel) return;
    const target = arrowTarget(panel, here.cell, event.key);
    const nudge = nudgeIn(event);
    if (nudge) this.change(here, Number((this.latest(here) + nudge * nudgeOf(panel)).toPrecision(12)));
    else if (target) this.go({ panel: panel.name, cell: target });
    else if (event.key === " ") this.stage.said.strip.querySelector("button")?.focus();
    else if (event.key === "Enter" && this.scene.pick) this.pick(here);
    else if (beginsEdit(event.key)) this.edit(here, event.key.length === 1 ? event.key : null);
    else return;
    event.preventDefault();
  }

  /** The cell that a key is meant for: the one with the focus, or the one in view of a picture. */
  focus(event) {
    if (event.target.tagName !== "CANVAS") return this.hit(event);
    const { at } = this.stage.state;
    const panel = event.target.closest(".cnnlab-panel").dataset.panel;
    const plane = Number(event.target.dataset.plane);
    return at.panel === panel && at.cell[0] === plane ? at : { panel, cell: [plane, 0, 0] };
  }

  /** Ctrl+Z on a cell takes the last edit back; elsewhere it is the host's. */
  undo(event) {
    const isUndo = event.key.toLowerCase() === "z" && !event.altKey && !event.shiftKey;
    if (!isUndo || !this.stage.link.shown.undo || event.target === this.field?.input) return;
    event.preventDefault();
    event.stopPropagation();
    this.stage.link.ask({ press: "undo" });
  }

  go(at) {
    this.stage.dispatch({ type: "visit", at });
    this.stage.panels.focus(at);
    this.pick(at);
  }

  // --- editing ---

  edit(at, text = null) {
    const panel = at && this.scene.panels[at.panel];
    const can = panel?.editable && !kindOf(panel, at.cell) && panel.view === "cells";
    if (can) this.stage.dispatch({ type: "edit", at, text });
  }

  /** Opens or drops the field, as the state says. */
  showField({ editing, scene }) {
    this.field?.drop();
    this.field = null;
    if (!editing) return;
    const { at, text } = editing;
    this.field = new Field(this.stage.panels.views[at.panel].cells.get(keyOf(at.cell)), {
      label: `new value of ${nameOf(scene.panels[at.panel], at.cell)}`,
      text: text ?? String(this.latest(at)),
      select: text === null,
      close: (typed, stay) => this.typed(at, typed, stay),
    });
  }

  typed(at, text, stay) {
    this.field = null;
    const message = text === null ? "" : refusal(text);
    this.stage.dispatch({ type: "typed", message });
    this.stage.panels.views[at.panel].painted.delete(keyOf(at.cell)); // which may have changed meanwhile
    this.stage.paintCells();
    if (stay) this.stage.panels.focus(at);
    if (text !== null && !message) this.change(at, numberIn(text));
    else if (message) this.stage.said.say(message);
  }

  /** The number in a cell as it was last set, answered or not. */
  latest({ panel: name, cell }) {
    const panel = this.scene.panels[name];
    return this.stage.link.typed(this.stage.number, name, inArray(panel, cell), valueAt(panel, cell));
  }

  change({ panel: name, cell }, value) {
    const panel = this.scene.panels[name];
    if (!panel.editable || kindOf(panel, cell)) return;
    this.stage.link.ask({ edit: { stage: this.stage.number, panel: name, cell: inArray(panel, cell), value } });
  }
}
