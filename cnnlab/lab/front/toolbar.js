// The bar of a stage: the transport, what is shown and what is not, the explorer's own controls, undo and reset.

import { Controls } from "./controls.js";
import { make } from "./dom.js";
import { Transport } from "./transport.js";

export class Bar {
  /**
   * @param {(action: any) => void} dispatch
   * @param {import("./connection.js").Link} link
   */
  constructor(dispatch, link) {
    this.dispatch = dispatch;
    this.link = link;
    this.transport = new Transport(dispatch);
    this.toggles = make("span", { class: "cnnlab-toggles" });
    this.controls = new Controls(link);
    this.undo = this.button("undo", "take the last change back", "↶ undo", () => link.ask({ press: "undo" }));
    this.reset = this.button("reset", "back to the numbers and settings of the beginning", "↺ reset", () =>
      link.ask({ press: "reset" }),
    );
    this.quiet = make("span", { class: "cnnlab-toggles" });
    this.element = make(
      "div",
      { class: "cnnlab-toolbar" },
      this.transport.element,
      this.toggles,
      this.controls.element,
    );
    this.below = new Controls(link);
    this.foot = make("span", { class: "cnnlab-tools" }, this.below.element, this.quiet, this.undo, this.reset);
  }

  button(name, title, text, onclick) {
    return make(
      "button",
      { type: "button", class: `cnnlab-button cnnlab-${name}`, title, "aria-label": title, onclick },
      text,
    );
  }

  /** Shows the controls, and a toggle for each thing that this scene can show or hide. */
  show(controls, scene, fold) {
    this.controls.show(controls.filter(({ place }) => place !== "foot"));
    this.below.show(controls.filter(({ place }) => place === "foot"));
    const panels = Object.values(scene.panels);
    const can = {
      wires: Object.keys(scene.wires).length > 0,
      coverage: scene.coverage && scene.panels[scene.coverage].view === "cells",
      gradients: panels.some(({ gradient }) => gradient),
      code: Boolean(scene.lines) || panels.some(({ says }) => says?.code),
    };
    const names = Object.keys(can).filter((name) => can[name]);
    this.hasNumbers = !scene.compact && panels.some(({ view }) => view === "cells");
    this.fold = fold;
    this.can = names;
    this.editable = panels.some(({ editable }) => editable);
  }

  update(state) {
    this.transport.update(state);
    this.transport.element.hidden ||= Boolean(this.fold) && !state.on.open;
    const closed = Boolean(this.fold) && !state.on.open;
    const names = closed ? [] : this.can;
    const look = names.map((name) => `${name} ${state.on[name]}`).join();
    if (look !== this.look) this.toggles.replaceChildren(...names.map((name) => this.toggle(name, state.on[name])));
    this.look = look;
    const quiet = [...(this.fold ? ["open"] : []), ...(this.hasNumbers && !closed ? ["numbers"] : [])];
    const quietLook = quiet.map((name) => `${name} ${state.on[name]}`).join();
    if (quietLook !== this.quietLook)
      this.quiet.replaceChildren(...quiet.map((name) => this.toggle(name, state.on[name])));
    this.quietLook = quietLook;
    this.undo.hidden = this.reset.hidden = !this.editable;
    this.undo.disabled = !this.link.shown.undo;
    this.element.hidden = this.transport.element.hidden && !names.length && !this.controls.element.childElementCount;
  }

  toggle(name, on) {
    const text = name === "open" ? (on ? "Close its picture" : `${this.fold} ▸`) : name;
    const press = () => {
      this.dispatch({ type: "turn", name });
      (name === "numbers" || name === "open" ? this.quiet : this.toggles)
        .querySelector(`[data-toggle="${name}"]`)
        ?.focus({ preventScroll: true });
    };
    return make(
      "button",
      {
        type: "button",
        class: "cnnlab-button cnnlab-toggle",
        "data-toggle": name,
        "aria-pressed": String(on),
        onclick: press,
      },
      text,
    );
  }

  remove() {
    this.transport.remove();
  }
}
