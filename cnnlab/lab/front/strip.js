// The strip below the panels: the sum of the cell in view, a chip for each term, and the result in a place of its own.

import { make, withSubscripts } from "./dom.js";
import { factor, format } from "./numbers.js";
import { nameOf } from "./scene.js";
import { groupsOf, writtenTerms } from "./sums.js";

const CHIPS = { cells: 200, photo: 40 }; // most terms of a sum that are written out
const POWER = /^[²³⁴^*]/; // before which a negative number stands in brackets
const USES = { px: 1400, more: 200, letter: 6.9, edge: 18 }; // px that the uses of a cell may take: about two lines

/** @typedef {number | "all" | null} Opened the group whose terms are written, or all terms however many */

/**
 * The elements of the strip.
 * @param {any} scene
 * @param {import("./schema.js").At} at
 * @param {any} sum from sumOf
 * @param {{light: (term: any) => void, open: Opened, toggle: (group: Opened) => void}} hand
 */
export function stripOf(scene, at, sum, hand) {
  const { panel, told, bias, total } = sum;
  const goes = Boolean(told?.goes);
  const head = make(
    "b",
    { class: "cnnlab-strip-head" },
    ...withSubscripts(nameOf(panel, at.cell)),
    told ? (goes ? ` ${told.opening}` : ` = ${told.opening}`) : " = ",
  );
  const terms = writtenTerms(scene, sum);
  const groups = goes ? [] : groupsOf(sum, at.cell);
  const chips = groups.length ? groupChips(scene, told, groups, hand) : termChips(scene, told, terms, goes, hand);
  if (bias) chips.push(sign("+"), biasChip(bias));
  const nothing = told && !sum.terms.length ? [sign(goes ? "no sum" : "0 (no wire)")] : [];
  const closing = told?.closing.replace("{count}", String(terms.length)) ?? "";
  const shown = make("div", { class: "cnnlab-terms" }, head, ...nothing, ...chips, ...(closing ? [sign(closing)] : []));
  const result = make("b", { class: "cnnlab-total", "data-total": total }, told ? `= ${format(total)}` : format(total));
  if (!told) shown.append(result);
  return goes || !told ? [shown] : [shown, result];
}

/** About how long the terms of a sum are, in characters. */
export function stripLength(sum, cell) {
  const { told, terms } = sum;
  const groups = told && !told.goes ? groupsOf(sum, cell) : [];
  if (groups.length) return 14 * groups.length;
  const written = terms.slice(0, CHIPS.cells);
  return written.reduce((length, { a, b }) => length + 5 + format(a.value).length + format(b.value).length, 0);
}

const sign = (text) => make("span", { class: "cnnlab-plus" }, text);

function termChips(scene, told, terms, goes, { light, open, toggle }) {
  const most = mostOf(scene, terms, goes);
  const chips = terms
    .slice(0, open === "all" ? terms.length : most)
    .flatMap((term, k) => [
      ...(k && told.joiner.trim() ? [sign(told.joiner.trim())] : []),
      chipOf(scene, told, term, goes, light),
    ]);
  if (most >= terms.length) return chips;
  const attributes = {
    type: "button",
    class: "cnnlab-group cnnlab-more",
    "data-group": "all",
    onclick: () => toggle("all"),
  };
  const text = open === "all" ? "fewer" : `+ ${terms.length - most} more`;
  return [...chips, make("button", { ...attributes, "aria-expanded": String(open === "all") }, text)];
}

/** How many terms are written out. */
function mostOf(scene, terms, goes) {
  const photo = Object.values(scene.panels).some(({ view }) => view === "photo");
  if (!goes) return photo ? CHIPS.photo : CHIPS.cells;
  const lengths = terms.map(({ a, b, to }) => {
    const text = format(a.value) + factor(b.value) + nameOf(scene.panels[to.panel], to.cell);
    return USES.letter * (text.length + 4) + USES.edge;
  });
  let px = lengths.reduce((sum, length) => sum + length, 0);
  if (px <= USES.px) return terms.length;
  while (lengths.length > 1 && px > USES.px - USES.more) px -= lengths.pop();
  return lengths.length;
}

/** A chip for each wire of the planes, with what it adds; the one that is opened shows its terms. */
function groupChips(scene, told, groups, hand) {
  const { open, toggle, light } = hand;
  return groups.flatMap(({ terms, total }, k) => {
    const name = nameOf(scene.panels[told.a], terms[0].a.cell).split(",")[0].replace("[", " ");
    const title = `${name}: ${terms.length} products. ${open === k ? "Close" : "Open"} them.`;
    const chip = make(
      "button",
      {
        type: "button",
        class: "cnnlab-chip cnnlab-group",
        "data-group": k,
        "data-sum": total,
        "aria-expanded": String(open === k),
        title,
        onclick: () => toggle(k),
        onpointerenter: () => light(terms),
        onpointerleave: () => light(null),
      },
      make("span", { class: "cnnlab-soft" }, `${name}: `),
      format(total),
    );
    const opened = open === k ? [sign("("), ...termChips(scene, told, terms, false, hand), sign(")")] : [];
    return [...(k ? [sign("+")] : []), chip, ...opened];
  });
}

function chipOf(scene, told, term, goes, light) {
  const { a, b, to, weight } = term;
  const power = POWER.test(told.joiner);
  const part = ({ panel, value }, text) =>
    make("span", { class: `cnnlab-role-${panel ? scene.panels[panel].role : "w"}` }, text || format(value));
  const alone = told.values || told.b === "one";
  const use = told.uses ? told.uses[b.value ? 1 : 0].replace("{count}", format(1 / b.value)) : "";
  const times = weight === 1 ? [] : ["·", factor(weight)]; // of a function that is not a plain sum of products
  const product = alone ? [part(a, power && factor(a.value)), use] : [part(a), "·", part(b, factor(b.value)), ...times];
  const target = goes ? [" → ", ...withSubscripts(nameOf(scene.panels[to.panel], to.cell))] : [];
  const chip = make(
    "span",
    {
      class: "cnnlab-chip",
      "data-a": a.value,
      "data-b": b.value,
      title: titleOf(scene, told, term),
      onpointerenter: () => light([term]),
      onpointerleave: () => light(null),
    },
    ...product,
    ...target,
  );
  chip.classList.toggle("cnnlab-largest", Boolean(told.values && !told.skips && !goes && b.value === 1));
  chip.classList.toggle("cnnlab-zero", !alone && a.value * b.value * weight === 0);
  return chip;
}

function titleOf(scene, told, { a, b }) {
  const name = (operand) => (operand.panel ? nameOf(scene.panels[operand.panel], operand.cell) : format(operand.value));
  return told.values
    ? `${name(a)} = ${format(a.value)}`
    : `${name(a)} · ${name(b)} = ${format(a.value)} · ${factor(b.value)}`;
}

function biasChip(bias) {
  const value = make("span", { class: "cnnlab-role-b" }, format(bias.value));
  return make("span", { class: "cnnlab-chip", "data-a": bias.value, "data-b": 1, title: "bias" }, value);
}
