// The readout of the selected cell: its sum as a strip of chips, a sentence, lines of code, and a hint.

import { cellAt, countOf } from "./scene.js";
import { stripOf, stripText } from "./strip.js";
import { sumOf } from "./sums.js";
import { button, copy, withSubscripts } from "./text.js";
import { html, nothing } from "./vendor/lit-html.js";
import { codeLine, sentenceOf } from "./words.js";

const MOST_TRIED = 40; // cells of a panel whose sums and sentences are measured
const PX = { foot: 44, bar: 31, heading: 250, words: 19, wide: 820, line: 28, chips: 740, most: 3, letter: 7 }; // most: lines of chips
const ONE_LINE = "\u00a0";
const FORETELL = "What lands next? Pause, and type it into the cell with the ? · Esc shows all of them";
const HELD = "held · click it again or press Esc to let go";

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./state.js").State} State */

/** @type {WeakMap<Scene, {strip: string, sentence: string}>} */
const longest = new WeakMap();

/**
 * The longest strip and the longest sentence of a scene, which reserve space, so that nothing below moves from cell to
 * cell; the style sheet of a network reserves it.
 * @param {Scene} scene
 */
function longestOf(scene) {
  const known = longest.get(scene);
  if (known) return known;
  const found = { strip: "", sentence: "" };
  for (const panel of scene.network ? [] : Object.values(scene.panels)) {
    const step = Math.ceil(countOf(panel) / MOST_TRIED);
    for (let k = 0; k < countOf(panel); k += step) {
      const at = { panel: panel.name, cell: cellAt(panel, k) };
      const sum = sumOf(scene, at);
      const [strip, sentence] = [stripText(scene, sum, at), sentenceOf(scene, at, true, sum)];
      if (strip.length > found.strip.length) found.strip = strip;
      if (sentence.length > found.sentence.length) found.sentence = sentence;
    }
  }
  longest.set(scene, found);
  return found;
}

/**
 * The approximate height of a stage without its panels, in px.
 * @param {Scene} scene
 * @param {boolean} beside whether products are beside the output; then only uses are in the strip
 */
export function heightBeside(scene, beside) {
  const { strip, sentence } = longestOf(scene);
  const linesOf = (/** @type {string} */ text, /** @type {number} */ px) => Math.ceil((PX.letter * text.length) / px);
  const chips = scene.network ? PX.most : Math.min(PX.most, linesOf(beside ? ONE_LINE : strip, PX.chips));
  const bars = linesOf(scene.heading ?? "", PX.heading) || Number(hasSums(scene));
  const sums = hasSums(scene) ? PX.words * linesOf(sentence, PX.wide) + PX.line * chips * whoseOf(scene).length : 0;
  return PX.foot + PX.bar * bars + sums;
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
 * @param {State} state
 * @param {import("./sums.js").Summed} sum
 * @param {boolean} backward
 * @param {import("./strip.js").StripHand} hand
 */
export function readoutOf(state, sum, backward, hand) {
  const { scene } = state;
  const says = Object.values(scene.panels).some((panel) => panel.says);
  if (!hasSums(scene) && !says) return nothing;
  const most = longestOf(scene);
  const sentence = html`<p class="cnnlab-sentence cnnlab-keeps" data-longest=${most.sentence}><span
    aria-live=${state.playing ? "off" : "polite"}>${withSubscripts(state.message || sentenceOf(scene, state.at, backward, sum))}</span></p>`;
  return html`<div class="cnnlab-said">${says ? sentence : nothing}${
    hasSums(scene)
      ? whoseOf(scene).map((whose) => strip(state, sum, hand, hand.window ? ONE_LINE : most.strip, whose))
      : nothing
  }</div>`;
}

/**
 * @param {State} state
 * @param {import("./sums.js").Summed} sum
 * @param {import("./strip.js").StripHand} hand
 * @param {string} [most]
 * @param {string} [whose]
 */
const strip = ({ scene, at }, sum, hand, most, whose) =>
  html`<div class="cnnlab-strip ${most ? "cnnlab-keeps" : ""}" data-longest=${most ?? nothing} role="group"
    aria-label="sum of the selected cell">${stripOf(scene, at, sum, hand, whose)}</div>`;

/**
 * A hint on what to do, or the scene's note.
 * @param {State} state
 * @param {import("./sums.js").Summed} sum
 * @param {import("./strip.js").StripHand} hand
 */
export function hintOf(state, sum, hand) {
  const { scene, held, filled } = state;
  const hint = hintFor(scene);
  const words = html`<p class="cnnlab-hint cnnlab-keeps" data-longest=${hint.length > HELD.length ? hint : HELD}><span>${withSubscripts(
    filled !== null ? FORETELL : held ? HELD : hint,
  )}</span></p>`;
  return html`<div class="cnnlab-can">${hasSums(scene) ? nothing : strip(state, sum, hand)}<p class="cnnlab-note"
    aria-live="polite">${scene.note ?? ""}</p>${scene.note ? nothing : words}</div>`;
}

/** @param {Scene} scene */
function hintFor({ pick, panels }) {
  const click = pick ? "click to see how it was made" : "click to hold";
  const isEditable = Object.values(panels).some(({ editable }) => editable);
  const change = isEditable ? ["drag or double-click a number to change it"] : [];
  return ["point", click, ...change, "? for more"].join(" · ");
}

/**
 * The line of code for the selected cell, with a button that copies it.
 * @param {State} state
 * @param {boolean} backward
 */
export function codeOf({ scene, at, on }, backward) {
  if (!on.code) return nothing;
  const text = codeLine(scene, at, backward);
  const press = (/** @type {Event} */ { currentTarget }) => {
    const pressed = /** @type {HTMLElement} */ (currentTarget);
    getSelection()?.selectAllChildren(/** @type {Element} */ (pressed.previousElementSibling));
    copy(text, pressed, "press Ctrl+C");
  };
  const line = html`<div><span class="cnnlab-soft">numpy</span><code tabindex="0">${text}</code>${button(
    "copy",
    press,
    {
      label: "copy the numpy line",
    },
  )}</div>`;
  return html`<div class="cnnlab-code" style="min-height: ${PX.line}px">${text ? line : nothing}</div>`;
}
