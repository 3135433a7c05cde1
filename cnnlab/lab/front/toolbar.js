// The bar of a stage: the transport, the toggles, the explorer's own controls; and the tools below.

import { controlsOf } from "./controls.js";
import { stepperOf, stepsOf } from "./state.js";
import { button, withSubscripts } from "./text.js";
import { html, nothing } from "./vendor/lit-html.js";

/** @typedef {import("./stage.js").Stage} Stage */

/**
 * The parts of a scene that can be shown or hidden.
 * @param {import("./scene.js").Scene} scene
 */
function switchesOf(scene) {
  const panels = Object.values(scene.panels);
  const can = {
    wires: Object.keys(scene.wires).length > 0 && !scene.network,
    coverage: Boolean(scene.coverage) && scene.panels[scene.coverage ?? ""].view === "cells",
    gradients: panels.some(({ gradient }) => gradient),
    code: panels.some(({ says }) => says?.code),
  };
  return Object.entries(can).flatMap(([name, is]) => (is ? [name] : []));
}

/**
 * @param {Stage} stage
 * @param {string} name
 */
const switchOf = ({ state, dispatch }, name) =>
  button(name, () => dispatch({ type: "turn", name }), { kind: "cnnlab-toggle", name, pressed: state.on[name] });

/** @param {Stage} stage */
export function toolbarOf(stage) {
  const { part, state } = stage;
  const controls = (part.controls ?? []).filter(({ place = "bar" }) => !["foot", "signs", "lens"].includes(place));
  const names = switchesOf(state.scene).filter((name) => !part.absent?.includes(name));
  const plays = stepperOf(state.scene) && stepsOf(state.scene) > 1;
  const { heading } = state.scene;
  if (!plays && !names.length && !controls.length && !heading) return nothing;
  return html`<div class="cnnlab-toolbar">${
    heading ? html`<div class="cnnlab-heading">${withSubscripts(heading)}</div>` : nothing
  }${plays ? transportOf(stage) : nothing}<span
    class="cnnlab-toggles">${names.map((name) => switchOf(stage, name))}</span>${controlsOf(controls, stage.link)}</div>`;
}

/**
 * Step back, play, step on, and a slider over all steps.
 * @param {Stage} stage
 */
function transportOf({ state: { scene, step, playing }, dispatch }) {
  const steps = stepsOf(scene);
  const go = (/** @type {number} */ to) => dispatch({ type: "step", step: to });
  /** @type {(name: string, label: string) => {kind: string, title: string, label: string}} */
  const named = (name, label) => ({ kind: `cnnlab-${name}`, title: label, label });
  const [sign, word] = playing ? ["❚❚", "pause"] : ["▶", "play"];
  return html`<span class="cnnlab-transport"><span class="cnnlab-step cnnlab-keeps"
    data-longest="step ${steps} of ${steps}"><span>step ${step + 1} of ${steps}</span></span>${[
      button("◀", () => go(step - 1), named("back", "one step back")),
      button(sign, () => dispatch({ type: "play", on: !playing }), named("play", word)),
      button("▶❘", () => go(step + 1), named("next", "one step on")),
    ]}<input type="range" class="cnnlab-scrub" aria-label="step" min="1" max=${steps} .value=${String(step + 1)}
    @input=${(/** @type {{target: HTMLInputElement}} */ { target }) => go(target.valueAsNumber - 1)}></span>`;
}

/**
 * The tools at the lower right of a stage.
 * @param {Stage} stage
 */
export function toolsOf(stage) {
  const { part, state, link, around } = stage;
  const { scene } = state;
  const panels = Object.values(scene.panels);
  const editable = panels.some((panel) => panel.editable);
  const shows = panels.some(({ view }) => view === "cells") && !part.absent?.includes("numbers");
  const numbers = !scene.compact && shows;
  const press = (/** @type {string} */ name) => () => link.ask({ press: name });
  const back = "reset: back to the numbers and settings of the beginning"; // a name begins with the visible text
  const undo = "undo: take the last change back";
  return html`<span class="cnnlab-tools">${controlsOf(stage.controls("foot"), stage.link)}<span class="cnnlab-toggles">${
    numbers ? switchOf(stage, "numbers") : nothing
  }</span>${
    editable
      ? [
          button("↶ undo", press("undo"), { title: undo, label: undo, off: !link.shown.undo }),
          button("↺ reset", press("reset"), { title: back, label: back }),
        ]
      : nothing
  }${around.tools}</span>`;
}
