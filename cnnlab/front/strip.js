// The strip below the panels: the sum of the selected cell, a chip for each term.

import { make } from "./dom.js";
import { isPhoto } from "./layout.js";
import { roleOf } from "./views.js";
import { nameOf } from "./wires.js";
import { format } from "./words.js";

const CHIPS = { cells: 200, photo: 40, uses: 12 }; // most terms written out

/** The elements of the strip; `light(term)` is called when a chip is pointed at, and with null when it is left. */
export function stripOf(scene, { panel: selected, cell }, { panel, terms, bias, total }, light) {
  const how = panel !== "y" || scene.op === "convolution" ? "sum" : scene.op; // "max", "mean", or the name of an activation
  const counted = how === "mean" ? terms.filter((term) => term.b.value) : terms; // a mean may leave padding out
  const most = !Object.values(scene.panels).some(isPhoto) ? CHIPS.cells : total === null ? CHIPS.uses : CHIPS.photo;
  const use = (term) => (total === null && selected === "x" ? useOf(scene.op, term.b.value) : "");
  const chips = counted.slice(0, most).flatMap((term, k) => {
    const sign = k === 0 ? [] : [make("span", { class: "cnnlab-plus" }, how === "max" ? "," : total === null ? "" : "+")];
    return [...sign, chipOf(scene, term, { how, goes: total === null, use: use(term), light })];
  });
  if (counted.length > most) chips.push(make("span", { class: "cnnlab-plus" }, `+ ${counted.length - most} more`));
  if (bias) chips.push(make("span", { class: "cnnlab-plus" }, "+"), biasChip(bias));
  const { kind } = scene.panels[panel];
  const verb = total !== null ? "=" : kind === "output" ? "sends" : "takes part in";
  const opening = { sum: "", mean: " (" }[how] ?? ` ${how}(`;
  const head = make("b", { class: "cnnlab-head" }, `${nameOf(scene.panels[panel], cell)} ${verb}${opening}`);
  const count = Math.round(1 / (terms.find((term) => term.b.value)?.b.value ?? 1));
  const closing = { sum: "", mean: `) / ${count}` }[how] ?? ")";
  const tail = total === null ? "" : `${closing}${terms.length ? " = " : ""}`;
  const result = total === null ? "" : make("b", { class: "cnnlab-total", "data-total": total }, format(total));
  const none = total === null ? "no sum" : scene.op === "overview" ? "" : "0 (no wire) = ";
  const nothing = terms.length ? [] : [make("span", { class: "cnnlab-plus" }, none)];
  return [head, ...nothing, ...chips, make("span", { class: "cnnlab-equals" }, tail, result)];
}

function chipOf(scene, term, { how, goes, use, light }) {
  const { a, b, to } = term;
  const part = ({ panel, value }) => make("span", { class: `cnnlab-role-${panel ? roleOf(scene.panels[panel]) : "w"}` }, format(value));
  const product = use ? [part(a), use] : how === "sum" ? [part(a), "·", part(b)] : [part(a)];
  const target = goes ? [" → ", nameOf(scene.panels[to.panel], to.cell)] : [];
  const chip = make("span", {
    class: "cnnlab-chip", "data-a": a.value, "data-b": b.value, onpointerenter: () => light(term), onpointerleave: () => light(null),
  }, ...product, ...target);
  const name = (operand) => (operand.panel ? nameOf(scene.panels[operand.panel], operand.cell) : format(operand.value));
  const outcome = b.value === 0 ? 0 : a.value * b.value; // −∞ that is not taken adds nothing
  chip.title = how === "max" || use ? `${name(a)} = ${format(a.value)}` : `${name(a)} · ${name(b)} = ${format(a.value)} · ${format(b.value)} = ${format(outcome)}`;
  chip.classList.toggle("cnnlab-largest", how === "max" && b.value === 1);
  chip.classList.toggle("cnnlab-zero", how === "sum" && a.value * b.value === 0);
  return chip;
}

/** What becomes of an input cell in a window of a pooling, in words; nothing for another operation. */
function useOf(op, share) {
  if (op === "max") return share ? " wins" : " loses";
  return op === "mean" ? (share ? ` / ${Math.round(1 / share)}` : " does not count") : "";
}

function biasChip(bias) {
  return make("span", { class: "cnnlab-chip", "data-a": bias.value, "data-b": 1, title: "bias" }, make("span", { class: "cnnlab-role-b" }, format(bias.value)));
}
