// The readout of the selected cell: its sum as a strip of chips, a sentence, lines of code, and a hint.

import { linesIn, stripOf } from "./strip.js";
import { button, copy, withSubscripts } from "./text.js";
import { html, nothing } from "./vendor/lit-html.js";
import { codeLine, longestOf, sentenceOf } from "./words.js";

const PX = { foot: 37, bar: 31, heading: 250, words: 19, wide: 820, line: 28, letter: 6.9 };
const FORETELL = "What lands next? Pause, and type it into the cell with the ? · Esc shows all of them";
const HELD = "held · click it again or press Esc to let go";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./strip.js").Shown} Shown */

/**
 * The approximate height of a stage without its panels, in px.
 * @param {Scene} scene
 */
export function heightBeside(scene) {
  const linesOf = (/** @type {string} */ text, /** @type {number} */ px) => Math.ceil((PX.letter * text.length) / px);
  const bars = linesOf(scene.heading ?? "", PX.heading) || Number(hasSums(scene));
  const words = hasSums(scene) ? PX.words * linesOf(longestOf(scene), PX.wide) : 0;
  const chips = hasSums(scene) ? PX.line * linesIn(scene) * whoseOf(scene).length : 0;
  return PX.foot + PX.bar * bars + words + chips;
}

/**
 * Whose sums are shown, each in its own strip.
 * @param {Scene} scene
 */
const whoseOf = ({ panels }) => (Object.values(panels).some(({ sum }) => sum?.right) ? ["yours", "right"] : [""]);

/** @param {Scene} scene */
export const hasSums = (scene) => Object.keys(scene.wires).length > 0;

/**
 * The sentence on the selected cell, and its sum: a mere name and number need no row.
 * @param {Shown} stage
 */
export function readoutOf(stage) {
  const { state, sum } = stage;
  const { scene, at, playing, message } = state;
  const says = Object.values(scene.panels).some((panel) => panel.says);
  if (!hasSums(scene) && !says) return nothing;
  const sentence = html`<p class="cnnlab-sentence cnnlab-keeps" data-longest=${longestOf(scene)}><span
    aria-live=${playing ? "off" : "polite"}>${withSubscripts(message || sentenceOf(scene, at, sum))}</span></p>`;
  return html`<div class="cnnlab-said">${says ? sentence : nothing}${
    hasSums(scene) ? whoseOf(scene).map((whose) => strip(stage, whose, linesIn(scene))) : nothing
  }</div>`;
}

/**
 * @param {Shown} stage
 * @param {string} [whose]
 * @param {number} [lines] whose height it keeps
 */
const strip = (stage, whose, lines = 0) =>
  html`<div class="cnnlab-strip" style="--lines: ${lines}" role="group"
    aria-label="sum of the selected cell">${stripOf(stage, whose)}</div>`;

/**
 * A hint on what to do, or the scene's note.
 * @param {Shown} stage
 */
export function hintOf(stage) {
  const { scene, held, filled } = stage.state;
  const click = scene.pick ? "click to see how it was made" : "click to hold";
  const isEditable = Object.values(scene.panels).some(({ editable }) => editable);
  const change = isEditable ? ["drag or double-click a number to change it"] : [];
  const hint = ["point", click, ...change, "? for more"].join(" · ");
  const words = html`<p class="cnnlab-hint cnnlab-keeps" data-longest=${hint.length > HELD.length ? hint : HELD}><span>${withSubscripts(
    filled !== null ? FORETELL : held ? HELD : hint,
  )}</span></p>`;
  return html`<div class="cnnlab-can">${hasSums(scene) ? nothing : strip(stage)}<p class="cnnlab-note"
    aria-live="polite">${scene.note ?? ""}</p>${scene.note ? nothing : words}</div>`;
}

/**
 * The line of code for the selected cell, with a button that copies it.
 * @param {Shown} stage
 */
export function codeOf({ state: { scene, at, on }, sum }) {
  if (!on.code) return nothing;
  const text = codeLine(scene, at, sum);
  const press = (/** @type {Event} */ { currentTarget }) => {
    const pressed = /** @type {HTMLElement} */ (currentTarget);
    getSelection()?.selectAllChildren(/** @type {Element} */ (pressed.previousElementSibling));
    copy(text, pressed, "press Ctrl+C");
  };
  const line = html`<span class="cnnlab-soft">numpy</span><code tabindex="0">${text}</code>${button("copy", press, {
    label: "copy the numpy line",
  })}`;
  return html`<div class="cnnlab-code"><div>${text ? line : nothing}</div></div>`;
}
