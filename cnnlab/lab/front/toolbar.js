// The bar of a stage: the transport, the toggles, the explorer's own controls; and the tools below.

import { controlsOf } from "./controls.js";
import { hasSums } from "./readout.js";
import { stepsOf } from "./state.js";
import { button, withSubscripts } from "./text.js";
import { html, nothing } from "./vendor/lit-html.js";

/** @typedef {import("./stage.js").Stage} Stage */

/**
 * The button that shows or hides something; none if the explorer has none.
 * @param {Stage} stage
 * @param {string} name
 */
const switchOf = ({ part, state, dispatch }, name) =>
  part.absent?.includes(name)
    ? []
    : [button(name, () => dispatch({ type: "turn", name }), { pressed: state.on[name] })];

/** @param {Stage} stage */
export function toolbarOf(stage) {
  const { scene } = stage.state;
  const { heading } = scene;
  const panels = Object.values(scene.panels);
  const can = {
    wires: hasSums(scene) && !scene.network,
    coverage: scene.panels[scene.coverage ?? ""]?.view === "cells",
    gradients: panels.some(({ gradient }) => gradient),
    code: panels.some(({ says }) => says?.code),
  };
  const switches = Object.entries(can).flatMap(([name, is]) => (is ? switchOf(stage, name) : []));
  const controls = stage.controls("bar");
  const plays = stepsOf(scene) > 1;
  if (!plays && !switches.length && !controls.length && !heading) return nothing;
  return html`<div class="cnnlab-toolbar">${
    heading ? html`<b class="cnnlab-heading">${withSubscripts(heading)}</b>` : nothing
  }${plays ? transportOf(stage) : nothing}<span
    class="cnnlab-toggles">${switches}</span>${controlsOf(controls, stage.link)}</div>`;
}

/**
 * Step back, play, step on, and a slider over all steps.
 * @param {Stage} stage
 */
function transportOf({ state: { scene, step, playing }, dispatch }) {
  const steps = stepsOf(scene);
  const go = (/** @type {number} */ to) => dispatch({ type: "step", step: to });
  const [sign, word] = playing ? ["❚❚", "pause"] : ["▶", "play"];
  return html`<span class="cnnlab-transport"><b class="cnnlab-step cnnlab-keeps"
    data-longest="step ${steps} of ${steps}"><span>step ${step + 1} of ${steps}</span></b>${[
      button("◀", () => go(step - 1), { label: "one step back" }),
      button(sign, () => dispatch({ type: "play", on: !playing }), { label: word }),
      button("▶❘", () => go(step + 1), { label: "one step on" }),
    ]}<input type="range" class="cnnlab-scrub" aria-label="step" min="1" max=${steps} .value=${String(step + 1)}
    @input=${(/** @type {{target: HTMLInputElement}} */ { target }) => go(target.valueAsNumber - 1)}></span>`;
}

/**
 * The tools at the lower right of a stage.
 * @param {Stage} stage
 */
export function toolsOf(stage) {
  const { state, link, around } = stage;
  const panels = Object.values(state.scene.panels);
  const editable = panels.some((panel) => panel.editable);
  const hasNumbers = !state.scene.compact && panels.some(({ view }) => view === "cells");
  const press = (/** @type {string} */ name) => () => link.ask({ press: name });
  const back = "reset: back to the numbers and settings of the beginning"; // a name begins with the visible text
  const undo = "undo: take the last change back";
  return html`<span class="cnnlab-tools">${controlsOf(stage.controls("foot"), link)}<span
    class="cnnlab-toggles">${hasNumbers ? switchOf(stage, "numbers") : nothing}</span>${
      editable
        ? [
            button("↶ undo", press("undo"), { label: undo, off: !link.shown.undo }),
            button("↺ reset", press("reset"), { label: back }),
          ]
        : nothing
    }${around.tools}</span>`;
}
