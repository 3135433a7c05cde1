// The sum of the selected cell, a chip for each term: in a strip below the panels, with the result in a place of its
// own; or, for a small window, in the shape of the window between its panels and the output.

import { shadeOf, strength } from "./cells.js";
import { brief, factor, format } from "./numbers.js";
import { cellAt, keyOf, mapOf, nameOf, numberOf } from "./scene.js";
import { isAwaited, stepperOf } from "./state.js";
import { groupsOf, hueOf, writtenTerms } from "./sums.js";
import { withSubscripts } from "./text.js";
import { html, nothing } from "./vendor/lit-html.js";

const LINE = 84; // the most letters of the terms on one line
const BETWEEN = 4; // letters: the sign between two terms
const POWER = /^[²³⁴^*]/; // a negative number needs brackets before these

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./schema.js").Sum} Sum */
/** @typedef {import("./sums.js").Term} Term */
/** @typedef {import("./sums.js").Operand} Operand */
/** @typedef {number | "all" | null} Opened the group whose terms are written out, or "all" terms */
/**
 * What is read of a stage; window: the shape of the products beside the output.
 * @typedef {Pick<import("./stage.js").Stage, "state" | "sum" | "backward" | "window" | "group" | "show">} Shown
 */

/**
 * The number of lines of a strip: one, but for a photograph, whose numbers have many digits.
 * @param {Scene} scene
 */
export const linesIn = ({ panels, network }) =>
  network ? 3 : Object.values(panels).some(({ view }) => view === "photo") ? 2 : 1;

/**
 * The strip: the name of the sum, the terms, and the result.
 * @param {Shown} stage
 * @param {string} [whose] "yours" or "right", if a learner's function is compared with the right one
 */
export function stripOf(stage, whose = "") {
  const { state, sum, window } = stage;
  const { scene, at, on } = state;
  const { panel, told } = sum;
  if (on.coverage || (window && panel === stepperOf(scene))) return nothing; // else they are beside the output
  const head = html`<b class="cnnlab-strip-head">${withSubscripts(nameOf(panel, at.cell))}${told?.goes ? " " : " = "}${told?.opening}</b>`;
  if (whose === "right" && !told?.right) return nothing;
  if (!told) return html`<div class="cnnlab-terms">${head}${resultOf(state, sum.total)}</div>`;
  const { right, goes, closing } = told;
  const total = whose === "right" && right ? right[numberOf(panel, at.cell)] : sum.total;
  const terms = writtenTerms(scene, sum, whose);
  const groups = groupsOf(sum, at.cell);
  const chips = groups.length ? groupChips(stage, told, groups) : termChips(stage, told, terms);
  const owner = whose ? html`<span class="cnnlab-whose">${right ? whose : ""}</span>` : nothing;
  return html`<div class="cnnlab-terms" @keydown=${walk}>${owner}${head}${
    terms.length ? chips : sign(goes ? "no sum" : "0 (no wire)")
  }${biasOf(sum)}${closing ? sign(closing.replace("{count}", String(terms.length))) : nothing}</div>${
    goes ? nothing : resultOf(state, total, "= ")
  }`;
}

/**
 * The products of the selected output; empty places if another cell is selected, so that nothing moves.
 * @param {Shown} stage
 */
export function productsOf({ state, sum, window }) {
  const [height, width] = window ?? [0, 0];
  const { scene, at, on } = state;
  const { told, terms, total, panel } = sum;
  const isTold = told && panel === stepperOf(scene) && !on.coverage;
  const length = Math.max(height * width, isTold ? terms.length : 0); // a function of one's own may have more wires
  const places = Array.from({ length }, (_, k) =>
    isTold && terms[k]
      ? chipOf(scene, told, terms[k], k, cellAt({ shape: [height, width] }, k))
      : html`<span class="cnnlab-product"></span>`,
  );
  const row = at.cell[1] - (panel.shape[0] - 1) / 2;
  return html`<div class="cnnlab-products" data-panel=${isTold ? "products" : nothing} role="group" aria-label="products of the window"
    @keydown=${walk}><div><div class="cnnlab-planes" style="grid-template-columns: repeat(${width}, auto)">${places}</div>${
      isTold && sum.bias ? html`<div>${biasOf(sum)}</div>` : nothing
    }</div>${isTold ? resultOf(state, total, "", `--row: ${row}`) : html`<b class="cnnlab-total"></b>`}</div>`;
}

/**
 * The result of a sum; "?" while the output is still empty.
 * @param {import("./state.js").State} state
 * @param {number} total
 * @param {string} [equals]
 * @param {string} [style]
 */
function resultOf(state, total, equals = "", style = "") {
  const awaited = isAwaited(state, state.at);
  return html`<b class="cnnlab-total" data-total=${awaited ? nothing : total} style=${style}>${equals}${awaited ? "?" : format(total)}</b>`;
}

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
 * The pieces of a written term, each with the role of its panel, if any. The second factor is omitted if it is 1 or
 * shown in another way.
 * @param {Scene} scene
 * @param {Sum} told
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

const sign = (/** @type {string} */ text) => html`<span class="cnnlab-plus">${text}</span>`;

/**
 * A button that writes a group of terms out, or all of them.
 * @param {Shown} stage
 * @param {Opened} group
 * @param {unknown} text
 * @param {{looks: string, total?: number, terms?: Term[]}} more
 */
function opener(stage, group, text, { looks, total, terms }) {
  const isOpen = stage.group === group;
  return html`<button type="button" class="cnnlab-group ${looks}" data-group=${group} data-sum=${total ?? nothing} .terms=${terms}
    aria-expanded=${String(isOpen)} @click=${() => stage.show({ group: isOpen ? null : group })}>${text}</button>`;
}

/**
 * Chips for as many terms as the lines of the strip hold, or for all of them.
 * @param {Shown} stage
 * @param {Sum} told
 * @param {Term[]} terms
 */
function termChips(stage, told, terms) {
  const { scene } = stage.state;
  const isOpen = stage.group === "all";
  const joiner = told.joiner.trim();
  let most = 0;
  for (let room = LINE * linesIn(scene); most < terms.length; most++) {
    for (const [text] of piecesOf(scene, told, terms[most])) room -= text.length;
    room -= BETWEEN;
    if (room < 0 && most) break;
  }
  const chips = terms
    .slice(0, isOpen ? terms.length : most)
    .map((term, k) => [k && joiner ? sign(joiner) : nothing, chipOf(scene, told, term, k)]);
  if (most === terms.length) return chips;
  return [...chips, opener(stage, "all", isOpen ? "fewer" : `+ ${terms.length - most} more`, { looks: "cnnlab-more" })];
}

/**
 * A chip for each wire of the planes, with its contribution; the opened one shows its terms.
 * @param {Shown} stage
 * @param {Sum} told
 * @param {{terms: Term[], total: number}[]} groups
 */
function groupChips(stage, told, groups) {
  const { scene } = stage.state;
  return groups.map(({ terms, total }, k) => {
    const { panel, cell } = terms[0].a;
    const plane = scene.panels[panel];
    const name = cell ? (scene.network ? mapOf(plane, cell) : nameOf(plane, cell).split(",")[0].replace("[", " ")) : "";
    const opened = stage.group === k ? [sign("("), termChips(stage, told, terms), sign(")")] : nothing;
    const text = html`<span class="cnnlab-soft">${name}: </span>${format(total)}`;
    return [k ? sign("+") : nothing, opener(stage, k, text, { looks: "cnnlab-chip", total, terms }), opened];
  });
}

/**
 * A chip holds its terms for who points at it.
 * @param {Scene} scene
 * @param {Sum} told
 * @param {Term} term
 * @param {number} k the first one is reached with Tab
 * @param {import("./schema.js").Cell} [place] among products in the shape of the window
 */
function chipOf(scene, told, term, k, place) {
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
  return html`<button type="button" tabindex=${k ? -1 : 0} data-cell=${place ? keyOf(place) : nothing}
    class=${looks.filter(Boolean).join(" ")} style="--hue: ${hue}" data-a=${a.value} data-b=${b.value}
    .terms=${[term]}>${written}</button>`;
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

/** @param {import("./sums.js").Summed} sum */
const biasOf = ({ bias }) =>
  bias
    ? [
        sign("+"),
        html`<span class="cnnlab-chip" data-a=${bias.value} data-b="1" title="bias"><span class="cnnlab-role-b">${format(bias.value)}</span></span>`,
      ]
    : nothing;
