// The strip below the panels: the sum of the cell in view, a chip for each term, and the result in a place of its own.

import { shadeOf, strength } from "./cells.js";
import { brief, factor, format } from "./numbers.js";
import { keyOf, mapOf, nameOf, numberOf } from "./scene.js";
import { stepperOf } from "./state.js";
import { groupsOf, hueOf, writtenTerms } from "./sums.js";
import { withSubscripts } from "./text.js";
import { html, nothing } from "./vendor/lit-html.js";

const CHIPS = { cells: 200, photo: 40 }; // most terms of a sum that are written out
const POWER = /^[²³⁴^*]/; // before which a negative number stands in brackets
const USES = { px: 680, line: 790, more: 90, letter: 6.9, edge: 22 }; // px that the uses of a cell may take: about a line
const EDGES = "\u2007"; // about as wide as the edges of a chip, on each side of its text

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./sums.js").Summed} Summed */
/** @typedef {import("./sums.js").Term} Term */
/** @typedef {number | "all" | null} Opened the group whose terms are written, or all terms however many */
/** @typedef {{light: (terms: Term[] | null) => void, open: Opened, toggle: (group: Opened) => void, window?: number[] | null, awaited?: boolean, counted?: boolean}} StripHand window: the shape of the products that stand beside the output; awaited: it is still to be made; counted: other numbers are shown than those that are added up */

/**
 * The strip: what is summed, the terms, and the result.
 * @param {Scene} scene
 * @param {import("./schema.js").At} at
 * @param {Summed} sum
 * @param {StripHand} hand
 * @param {string} [whose] "yours" or "right", where a learner's function is laid beside the right one
 */
export function stripOf(scene, at, sum, hand, whose = "") {
  const { panel, told, bias } = sum;
  if (hand.counted || (hand.window && panel === stepperOf(scene))) return nothing; // else they stand beside the output
  if (whose === "right" && !told?.right) return nothing;
  const total = whose === "right" && told?.right ? told.right[numberOf(panel, at.cell)] : sum.total;
  const goes = Boolean(told?.goes);
  const opening = told ? openingOf(told) : " = ";
  const terms = termsOf(scene, sum, whose);
  const groups = goes ? [] : groupsOf(sum, at.cell);
  const chips = groups.length ? groupChips(scene, sum, groups, hand) : termChips(scene, sum, terms, hand);
  const closing = told?.closing.replace("{count}", String(terms.length));
  const result = html`<b class="cnnlab-total" data-total=${hand.awaited ? nothing : total}>${told ? "= " : ""}${hand.awaited ? "?" : format(total)}</b>`;
  return html`<div class="cnnlab-terms" @keydown=${walk}>${whose ? html`<span class="cnnlab-whose">${told?.right ? whose : ""}</span>` : nothing}<b class="cnnlab-strip-head">${withSubscripts(nameOf(panel, at.cell))}${opening}</b>${
    told && !terms.length ? sign(goes ? "no sum" : "0 (no wire)") : nothing
  }${chips}${bias ? [sign("+"), biasChip(bias)] : nothing}${closing ? sign(closing) : nothing}${
    told ? nothing : result
  }</div>${goes || !told ? nothing : result}`;
}

/** @param {import("./schema.js").Sum} told */
const openingOf = ({ goes, opening }) => (goes ? ` ${opening}` : ` = ${opening}`);

/**
 * Moves the focus from chip to chip.
 * @param {KeyboardEvent} event
 */
export function walk(event) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step) return;
  const chips = [.../** @type {Element} */ (event.currentTarget).querySelectorAll("button")];
  chips[chips.indexOf(/** @type {HTMLButtonElement} */ (event.target)) + step]?.focus();
  event.preventDefault();
}

/**
 * About what the longest strip of some sums looks like: its text, the edges of its chips as spaces.
 * @param {Scene} scene
 * @param {Summed} sum
 * @param {import("./schema.js").At} at
 */
export function stripText(scene, sum, at) {
  const { told, panel } = sum;
  if (!told) return "";
  const groups = told.goes ? [] : groupsOf(sum, at.cell);
  const written = termsOf(scene, sum);
  const terms = written.slice(0, Math.min(CHIPS.photo, mostOf(scene, sum, written)));
  /** @type {(term: Term) => string} */
  const target = ({ to }) => (told.goes && to.cell ? ` → ${nameOf(scene.panels[to.panel], to.cell)}` : "");
  const chips = groups.length
    ? groups.map(({ total }) => `channel 0: ${format(total)} ▸`)
    : terms.map((term) => {
        const times = isAlone(told, term) ? "" : `·${factor(term.b.value)}`;
        const weight = term.weight === 1 ? "" : `·${factor(term.weight)}`;
        return `${format(term.a.value)}${times}${weight}${target(term)}`.replaceAll(" ", "\u00a0");
      });
  if (sum.bias) chips.push(format(sum.bias.value));
  const joiner = told.joiner.trim() ? ` ${told.joiner.trim()} ` : " ";
  return `${nameOf(panel, at.cell)}${openingOf(told)}${chips.map((chip) => EDGES + chip + EDGES).join(joiner)} ${told.closing.replace("{count}", String(terms.length))}`;
}

/**
 * The terms of a sum: of a learner's function, or the right ones; of what a cell takes part in, both.
 * @param {Scene} scene
 * @param {Summed} sum
 * @param {string} [whose]
 */
function termsOf(scene, sum, whose = "yours") {
  const other = whose === "right" ? "extra" : "missing";
  return writtenTerms(scene, sum).filter(({ state }) => sum.told?.goes || state !== other);
}

/**
 * Is a term written without its second factor, which is shown in another way or is 1?
 * @param {import("./schema.js").Sum} told
 * @param {Pick<Term, "b">} term
 */
const isAlone = (told, { b }) => Boolean(told.values || (told.b !== "share" && !b.panel));

export const sign = (/** @type {string} */ text) => html`<span class="cnnlab-plus">${text}</span>`;

/**
 * @param {Scene} scene
 * @param {Summed} sum
 * @param {Term[]} terms
 * @param {StripHand} hand
 */
function termChips(scene, sum, terms, hand) {
  const { open, toggle } = hand;
  const joiner = sum.told?.joiner.trim() ?? "";
  const most = mostOf(scene, sum, terms);
  const chips = terms
    .slice(0, open === "all" ? terms.length : most)
    .map((term, k) => [k && joiner ? sign(joiner) : nothing, chipOf(scene, sum, term, hand, { stop: k === 0 })]);
  if (most >= terms.length) return chips;
  const text = open === "all" ? "fewer" : `+ ${terms.length - most} more`;
  const more = html`<button type="button" class="cnnlab-group cnnlab-more" data-group="all"
    aria-expanded=${String(open === "all")} @click=${() => toggle("all")}>${text}</button>`;
  return [...chips, more];
}

/**
 * How many terms are written out.
 * @param {Scene} scene
 * @param {Summed} sum
 * @param {Term[]} terms
 */
function mostOf(scene, { told, panel }, terms) {
  const panels = Object.values(scene.panels);
  const isLow = panels.some(({ row }) => row); // where gradients stand below, a sum has one line too
  if (!told?.goes && !isLow) return panels.some(({ view }) => view === "photo") ? CHIPS.photo : CHIPS.cells;
  const lengths = terms.map(({ a, b, to }) => {
    const target = told?.goes && to.cell ? nameOf(scene.panels[to.panel], to.cell) : "";
    const factors = format(a.value) + (told && isAlone(told, { b }) ? "" : factor(b.value));
    return USES.letter * (factors.length + target.length + 4) + USES.edge;
  });
  let px = lengths.reduce((sum, length) => sum + length, 0);
  const head = `${panel.alias ?? panel.symbol}[0, 0] ${told?.opening}`;
  const room = Math.min(USES.px, USES.line - USES.letter * head.length);
  if (px <= room) return terms.length;
  while (lengths.length > 1 && px > room - USES.more) px -= lengths.pop() ?? 0;
  return lengths.length < terms.length - 1 ? lengths.length : terms.length; // one more takes no more room than saying so
}

/**
 * A chip for each wire of the planes, with what it adds; the one that is opened shows its terms.
 * @param {Scene} scene
 * @param {Summed} sum
 * @param {{terms: Term[], total: number}[]} groups
 * @param {StripHand} hand
 */
function groupChips(scene, sum, groups, hand) {
  const { open, toggle, light } = hand;
  return groups.map(({ terms, total }, k) => {
    const { panel, cell } = terms[0].a;
    const plane = scene.panels[panel];
    const name = cell ? (scene.network ? mapOf(plane, cell) : nameOf(plane, cell).split(",")[0].replace("[", " ")) : "";
    const title = `${name}: ${terms.length} products. ${open === k ? "Close" : "Open"} them.`;
    const opened = open === k ? [sign("("), termChips(scene, sum, terms, hand), sign(")")] : nothing;
    return html`${k ? sign("+") : nothing}<button type="button" class="cnnlab-chip cnnlab-group" data-group=${k}
      data-sum=${total} aria-expanded=${String(open === k)} title=${title} @click=${() => toggle(k)}
      @pointerenter=${() => light(terms)} @pointerleave=${() => light(null)}><span
      class="cnnlab-soft">${name}: </span>${format(total)}</button>${opened}`;
  });
}

/**
 * @param {Scene} scene
 * @param {Summed} sum
 * @param {Term} term
 * @param {StripHand} hand
 * @param {{stop: boolean, place?: import("./schema.js").Cell}} how whether Tab reaches it, and its place among products that stand as the window does
 */
export function chipOf(scene, { told }, term, { light }, { stop, place }) {
  const { a, b, to, weight, state = "both" } = term;
  if (!told) return nothing;
  const part = (/** @type {import("./sums.js").Operand} */ { panel, value }, text = format(value)) =>
    html`<span class="cnnlab-role-${panel ? scene.panels[panel].role : "w"}">${text}</span>`;
  const alone = isAlone(told, term);
  const use = told.uses ? told.uses[b.value ? 1 : 0].replace("{count}", format(1 / b.value)) : nothing;
  const times = weight === 1 ? nothing : `·${factor(weight)}`; // of a function that is not a plain sum of products
  const product = alone
    ? [part(a, POWER.test(told.joiner) ? factor(a.value) : undefined), times, use]
    : [part(a), "·", part(b, factor(b.value)), times];
  const target = told.goes && to.cell ? [" → ", withSubscripts(nameOf(scene.panels[to.panel], to.cell))] : nothing;
  const largest = told.values && !told.skips && !told.goes && b.value === 1;
  const hue = hueOf(scene, term);
  const zero = !alone && a.value * b.value * weight === 0;
  const stacked = place ? [a, b].map((operand, k) => factorOf(scene, operand, k ? "·" : "")) : nothing;
  return html`<button type="button" tabindex=${stop ? 0 : -1} data-cell=${place ? keyOf(place) : nothing} class="cnnlab-chip ${place ? "cnnlab-product" : ""} ${largest ? "cnnlab-largest" : ""} ${zero ? "cnnlab-zero" : ""} cnnlab-${state} ${hue === null ? "" : "cnnlab-hued"}" style="--hue: ${hue}" data-a=${a.value}
    data-b=${b.value} title=${titleOf(scene, told, term)} @pointerenter=${() => light([term])}
    @pointerleave=${() => light(null)} @focus=${() => light([term])} @blur=${() => light(null)}>${place ? stacked : [product, target]}</button>`;
}

/**
 * A factor of a product in the colours of its cell.
 * @param {Scene} scene
 * @param {import("./sums.js").Operand} operand
 * @param {string} sign
 */
function factorOf({ panels }, { panel, value }, sign) {
  const shade = shadeOf(value, strength(panels[panel], value));
  return html`<span class="cnnlab-shaded ${value < 0 ? "cnnlab-negative" : ""}" style="--v: ${shade}">${sign}${brief(value)}</span>`;
}

/**
 * @param {Scene} scene
 * @param {import("./schema.js").Sum} told
 * @param {Term} term
 */
function titleOf(scene, told, { a, b }) {
  const name = (/** @type {import("./sums.js").Operand} */ { panel, cell, value }) =>
    cell ? nameOf(scene.panels[panel], cell) : format(value);
  return told.values
    ? `${name(a)} = ${format(a.value)}`
    : `${name(a)} · ${name(b)} = ${format(a.value)} · ${factor(b.value)}`;
}

export const biasChip = (/** @type {import("./sums.js").Operand} */ { value }) =>
  html`<span class="cnnlab-chip" data-a=${value} data-b="1" title="bias"><span class="cnnlab-role-b">${format(
    value,
  )}</span></span>`;
