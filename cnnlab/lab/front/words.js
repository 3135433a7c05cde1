// What is said of a cell: a sentence, and a line of numpy. Python has sent both with braces in them; here they are filled
// in for one cell. Pure functions; cnnlab/lab/scenes/reading.py fills the same braces.

import { AXES, kindOf, placeOf, wiresAt } from "./scene.js";
import { sumOf, writtenTerms } from "./sums.js";

const BEYOND = [
  ["is padding", "are padding"],
  ["hangs over the edge and is nothing", "hang over the edge and are nothing"],
];

/** One plain sentence on a cell; nothing where the scene has none. */
export function sentenceOf(scene, at, backward = true, sum = sumOf(scene, at, backward)) {
  const { says } = sum.panel;
  if (!says) return "";
  const count = sum.terms.length;
  const text = !count && sum.told ? says.none : count < 2 ? says.one : says.many;
  const kind = kindOf(sum.panel, at.cell);
  const words = {
    place: `(${placeOf(sum.panel, at.cell).join(", ")})`.replaceAll("-", "−"),
    count: String(count),
    kind: (says.kinds ?? ["Cell"])[kind],
    ring: kind === 1 ? (says.ring ?? "") : "",
    ...(text.includes("{rows}") ? windowWords(scene, sum) : {}),
  };
  return fill(text, (name) => words[name] ?? `{${name}}`);
}

const fill = (text, word) => text.replace(/\{([a-z ]+)\}/g, (_, name) => word(name));

/** Where a window lies, as "row 2" or "rows −1 to 1", and what of it is no input. */
function windowWords(scene, { told, terms }) {
  const panel = scene.panels[told.a];
  const cells = terms.map(({ a }) => a.cell);
  const [rows, columns] = ["row", "column"].map((noun, axis) => {
    const indices = cells.map((cell) => panel.places[`${noun}s`][cell[axis + 1]]);
    const [first, last] = [Math.min(...indices), Math.max(...indices)];
    return (first === last ? `${noun} ${first}` : `${noun}s ${first} to ${last}`).replaceAll("-", "−");
  });
  return { rows, columns, edge: edge(cells.map((cell) => kindOf(panel, cell))) };
}

function edge(kinds) {
  if (kinds.every((kind) => kind === 1)) return "; it is all padding.";
  const parts = BEYOND.flatMap((words, k) => {
    const count = kinds.filter((kind) => kind === k + 1).length;
    return count ? [`${count} of its ${kinds.length} cells ${words[count === 1 ? 0 : 1]}`] : [];
  });
  return parts.length ? `; ${parts.join(", ")}.` : ".";
}

// --- lines of code --------------------------------------------------------------------------------------------------

/** Writes evenly spaced indices as a Python slice. */
export function sliceOf(indices) {
  const [first, last] = [indices[0], indices.at(-1)];
  const step = indices.length > 1 ? indices[1] - first : 1;
  const stop = last + Math.sign(step);
  return `${first}:${stop < 0 ? "" : stop}${step === 1 ? "" : `:${step}`}`;
}

/** The numpy expression that gives a cell, to copy; nothing where there is none. */
export function codeOf(scene, at, backward = true) {
  const sum = sumOf(scene, at, backward);
  const code = sum.panel.says?.code;
  const wires = code && scene.wires[sum.told.wires];
  if (!wires?.tables) return "";
  const numbers = wiresAt(wires, sum.panel.end, at.cell);
  if (!numbers.length) return "0.0";
  const counted = writtenTerms(scene, sum).length;
  return fill(code, (name) => {
    if (name === "count") return String(counted);
    const [axis, end] = name.split(" ");
    const number = AXES.findIndex((name) => name.startsWith(axis));
    const indices = [...new Set(numbers.map((wire) => wire[number]))].map((k) => wires.tables[AXES[number]][end][k]);
    return axis === "plane" ? String(indices[0]) : sliceOf(indices);
  });
}

/** All lines of code for a cell, each with its label. */
export function linesOfCode(scene, at, backward = true) {
  const numpy = codeOf(scene, at, backward);
  const first = numpy ? [["numpy", numpy.includes("xp[") && scene.setup ? `${scene.setup}; ${numpy}` : numpy]] : [];
  return [...first, ...(scene.lines ?? [])];
}
