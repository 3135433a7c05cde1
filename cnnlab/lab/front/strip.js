// The sum of the selected cell, a chip for each term: in a strip below the panels, with the result in a place of its
// own; or, for a small window, in the shape of the window between its panels and the output.

import { shadeOf, strength } from "./cells.js";
import { brief, factor, format } from "./numbers.js";
import { cellAt, keyOf, mapOf, nameOf, numberOf } from "./scene.js";
import { stepperOf } from "./state.js";
import { groupsOf, hueOf, writtenTerms } from "./sums.js";
import { withSubscripts } from "./text.js";
import { html, nothing } from "./vendor/lit-html.js";

const MOST = { cells: 200, photo: 40 }; // the most terms that are written out
const LINE = 84; // the most letters of these terms on a single line
const POWER = /^[²³⁴^*]/; // a negative number needs brackets before these
const EDGES = "\u2007"; // about as wide as each edge of a chip

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./schema.js").At} At */
/** @typedef {import("./sums.js").Summed} Summed */
/** @typedef {import("./sums.js").Term} Term */
/** @typedef {import("./sums.js").Operand} Operand */
/** @typedef {number | "all" | null} Opened the group whose terms are written out, or "all" terms */
/** @typedef {{light: (terms: Term[] | null) => void, open: Opened, toggle: (group: Opened) => void, window?: number[] | null, awaited?: boolean, counted?: boolean}} StripHand window: the shape of the products beside the output; awaited: the output is still empty; counted: the numbers shown are not the values */

/**
 * The strip: the name of the sum, the terms, and the result.
 * @param {Scene} scene
 * @param {At} at
 * @param {Summed} sum
 * @param {StripHand} hand
 * @param {string} [whose] "yours" or "right", if a learner's function is compared with the right one
 */
export function stripOf(scene, at, sum, hand, whose = "") {
  const { panel, told } = sum;
  if (hand.counted || (hand.window && panel === stepperOf(scene))) return nothing; // else they are beside the output
  if (whose === "right" && !told?.right) return nothing;
  const total = whose === "right" && told?.right ? told.right[numberOf(panel, at.cell)] : sum.total;
  const terms = termsOf(scene, sum, whose);
  const groups = groupsOf(sum, at.cell);
  const chips = groups.length ? groupChips(scene, sum, groups, hand) : termChips(scene, sum, terms, hand);
  const owner = whose ? html`<span class="cnnlab-whose">${told?.right ? whose : ""}</span>` : nothing;
  const head = html`<b class="cnnlab-strip-head">${withSubscripts(nameOf(panel, at.cell))}${openingOf(told)}</b>`;
  const lacks = told?.goes ? "no sum" : "0 (no wire)";
  const result = told?.goes ? nothing : resultOf(hand, total, told ? "= " : "");
  return html`<div class="cnnlab-terms" @keydown=${walk}>${owner}${head}${told && !terms.length ? sign(lacks) : chips}${biasOf(
    sum,
  )}${told?.closing ? sign(closingOf(told, terms)) : nothing}${told ? nothing : result}</div>${told ? result : nothing}`;
}

/**
 * The products of the selected output; empty places if another cell is selected, so that nothing moves.
 * @param {Scene} scene
 * @param {At} at
 * @param {Summed} sum
 * @param {StripHand} hand
 */
export function productsOf(scene, at, sum, hand) {
  const [height, width] = hand.window ?? [0, 0];
  const { terms, total, panel } = sum;
  const isTold = panel === stepperOf(scene) && !hand.counted;
  const places = isTold
    ? terms.map((term, k) => chipOf(scene, sum, term, hand, k === 0, cellAt({ shape: [height, width] }, k)))
    : Array.from({ length: height * width }, () => html`<span class="cnnlab-product"></span>`);
  const row = at.cell[1] - (panel.shape[0] - 1) / 2;
  return html`<div class="cnnlab-products" data-panel=${isTold ? "products" : nothing} role="group" aria-label="products of the window"
    @keydown=${walk}><div><div class="cnnlab-planes" style="grid-template-columns: repeat(${width}, auto)">${places}</div>${
      isTold && sum.bias ? html`<div>${biasOf(sum)}</div>` : nothing
    }</div>${isTold ? resultOf(hand, total, "", `--row: ${row}`) : html`<b class="cnnlab-total"></b>`}</div>`;
}

/** @param {import("./schema.js").Sum | undefined} told */
const openingOf = (told) => (told?.goes ? ` ${told.opening}` : ` = ${told?.opening ?? ""}`);

/**
 * @param {import("./schema.js").Sum} told
 * @param {Term[]} terms
 */
const closingOf = ({ closing }, terms) => closing.replace("{count}", String(terms.length));

/**
 * @param {StripHand} hand
 * @param {number} total
 * @param {string} equals
 * @param {string} [style]
 */
const resultOf = ({ awaited }, total, equals, style = "") =>
  html`<b class="cnnlab-total" data-total=${awaited ? nothing : total} style=${style}>${equals}${awaited ? "?" : format(total)}</b>`;

/**
 * Moves the focus from chip to chip.
 * @param {KeyboardEvent} event
 */
function walk(event) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step) return;
  const chips = [.../** @type {Element} */ (event.currentTarget).querySelectorAll("button")];
  chips[chips.indexOf(/** @type {HTMLButtonElement} */ (event.target)) + step]?.focus();
  event.preventDefault();
}

/**
 * The approximate text of the longest strip of some sums, with spaces for the edges of chips.
 * @param {Scene} scene
 * @param {Summed} sum
 * @param {At} at
 */
export function stripText(scene, sum, at) {
  const { told, panel, bias } = sum;
  if (!told) return "";
  const terms = termsOf(scene, sum);
  const texts = terms
    .slice(0, Math.min(MOST.photo, mostOf(scene, sum, terms)))
    .map((term) => textOf(scene, told, term));
  const groups = groupsOf(sum, at.cell).map(({ total }) => `channel 0: ${format(total)} ▸`);
  const chips = [...(groups.length ? groups : texts), ...(bias ? [format(bias.value)] : [])];
  const joiner = told.joiner.trim() ? ` ${told.joiner.trim()} ` : " ";
  const edged = chips.map((chip) => EDGES + chip.replaceAll(" ", "\u00a0") + EDGES);
  return `${nameOf(panel, at.cell)}${openingOf(told)}${edged.join(joiner)} ${closingOf(told, terms)}`;
}

/**
 * The terms of a sum: the learner's or the right ones; both in a list of uses.
 * @param {Scene} scene
 * @param {Summed} sum
 * @param {string} [whose]
 */
function termsOf(scene, sum, whose = "yours") {
  const other = whose === "right" ? "extra" : "missing";
  return writtenTerms(scene, sum).filter(({ state }) => sum.told?.goes || state !== other);
}

/**
 * The pieces of a written term, each with the role of its panel, if any. The second factor is omitted if it is 1 or
 * shown in another way.
 * @param {Scene} scene
 * @param {import("./schema.js").Sum} told
 * @param {Term} term
 * @returns {string[][]}
 */
function piecesOf({ panels }, told, { a, b, to, weight }) {
  const roleOf = (/** @type {Operand} */ { panel }) => (panel ? panels[panel].role : "w");
  const isAlone = told.values || (told.b !== "share" && !b.panel);
  const first = isAlone && POWER.test(told.joiner) ? factor(a.value) : format(a.value);
  return [
    [first, roleOf(a)],
    ...(isAlone ? [] : [["·"], [factor(b.value), roleOf(b)]]),
    ...(weight === 1 ? [] : [[`·${factor(weight)}`]]), // the function is not a plain sum of products
    ...(told.uses ? [[told.uses[b.value ? 1 : 0].replace("{count}", format(1 / b.value))]] : []),
    ...(told.goes && to.cell ? [[` → ${nameOf(panels[to.panel], to.cell)}`]] : []),
  ];
}

/**
 * @param {Scene} scene
 * @param {import("./schema.js").Sum} told
 * @param {Term} term
 */
const textOf = (scene, told, term) =>
  piecesOf(scene, told, term)
    .map(([text]) => text)
    .join("");

const sign = (/** @type {string} */ text) => html`<span class="cnnlab-plus">${text}</span>`;

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
    .map((term, k) => [k && joiner ? sign(joiner) : nothing, chipOf(scene, sum, term, hand, k === 0)]);
  if (most >= terms.length) return chips;
  const text = open === "all" ? "fewer" : `+ ${terms.length - most} more`;
  const more = html`<button type="button" class="cnnlab-group cnnlab-more" data-group="all"
    aria-expanded=${String(open === "all")} @click=${() => toggle("all")}>${text}</button>`;
  return [...chips, more];
}

/**
 * The number of terms to write out; with gradients below, a sum gets one line, like the uses of a cell.
 * @param {Scene} scene
 * @param {Summed} sum
 * @param {Term[]} terms
 */
function mostOf(scene, { told }, terms) {
  const panels = Object.values(scene.panels);
  if (!told || (!told.goes && panels.every(({ row }) => !row)))
    return panels.some(({ view }) => view === "photo") ? MOST.photo : MOST.cells;
  let [most, letters] = [0, 0];
  for (; most < terms.length && letters <= LINE; most++) letters += textOf(scene, told, terms[most]).length + 4;
  return letters > LINE ? Math.max(1, most - 1) : most;
}

/**
 * A chip for each wire of the planes, with its contribution; the opened one shows its terms.
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
    const opened = open === k ? [sign("("), termChips(scene, sum, terms, hand), sign(")")] : nothing;
    return html`${k ? sign("+") : nothing}<button type="button" class="cnnlab-chip cnnlab-group" data-group=${k}
      data-sum=${total} aria-expanded=${String(open === k)} @click=${() => toggle(k)}
      @pointerenter=${() => light(terms)} @pointerleave=${() => light(null)}><span
      class="cnnlab-soft">${name}: </span>${format(total)}</button>${opened}`;
  });
}

/**
 * @param {Scene} scene
 * @param {Summed} sum
 * @param {Term} term
 * @param {StripHand} hand
 * @param {boolean} stop whether Tab reaches it
 * @param {import("./schema.js").Cell} [place] among products in the shape of the window
 */
function chipOf(scene, { told }, term, { light }, stop, place) {
  if (!told) return nothing;
  const { a, b, weight, state = "both" } = term;
  const pieces = piecesOf(scene, told, term);
  const hue = hueOf(scene, term);
  const looks = [
    `cnnlab-chip cnnlab-${state}`,
    place && "cnnlab-product",
    told.values && !told.skips && !told.goes && b.value === 1 && "cnnlab-largest",
    pieces.some(([text]) => text === "·") && a.value * b.value * weight === 0 && "cnnlab-zero",
    hue !== null && "cnnlab-hued",
  ];
  const written = place
    ? [factorOf(scene, a, ""), factorOf(scene, b, "·")]
    : pieces.map(
        ([text, role]) => html`<span class=${role ? `cnnlab-role-${role}` : nothing}>${withSubscripts(text)}</span>`,
      );
  return html`<button type="button" tabindex=${stop ? 0 : -1} data-cell=${place ? keyOf(place) : nothing}
    class=${looks.filter(Boolean).join(" ")} style="--hue: ${hue}" data-a=${a.value} data-b=${b.value}
    @pointerenter=${() => light([term])} @pointerleave=${() => light(null)} @focus=${() => light([term])}
    @blur=${() => light(null)}>${written}</button>`;
}

/**
 * A factor of a product, in the colours of its cell.
 * @param {Scene} scene
 * @param {Operand} operand
 * @param {string} sign
 */
function factorOf({ panels }, { panel, value }, sign) {
  const shade = shadeOf(value, strength(panels[panel], value));
  return html`<span class="cnnlab-shaded ${value < 0 ? "cnnlab-negative" : ""}" style="--v: ${shade}">${sign}${brief(value)}</span>`;
}

/** @param {Summed} sum */
const biasOf = ({ bias }) =>
  bias
    ? [
        sign("+"),
        html`<span class="cnnlab-chip" data-a=${bias.value} data-b="1" title="bias"><span class="cnnlab-role-b">${format(bias.value)}</span></span>`,
      ]
    : nothing;
