// The text on a cell: a sentence, and a line of numpy. Python sends both with braces in them; here these are filled in
// for one cell. Pure functions; cnnlab/lab/scenes/reading.py fills the same braces.

import { AXES, kindOf, numberOf, placeOf, wiresAt } from "./scene.js";
import { writtenTerms } from "./sums.js";

const BEYOND = [
  ["is padding", "are padding"],
  ["hangs over the edge and is nothing", "hang over the edge and are nothing"],
];

const EDGE = "; 15 of its 25 cells are nothing or padding."; // a long one, as the other words of a window are

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./schema.js").At} At */
/** @typedef {import("./sums.js").Summed} Summed */

/**
 * One plain sentence on a cell; empty if the scene has none.
 * @param {Scene} scene
 * @param {At} at
 * @param {Summed} sum
 */
export function sentenceOf(scene, at, { told, terms, panel }) {
  const { says } = panel;
  if (!says) return "";
  if (says.cells) return says.cells[numberOf(panel, at.cell)];
  const count = terms.length;
  const text = !count && told ? says.none : count < 2 ? says.one : says.many;
  const kind = kindOf(panel, at.cell);
  /** @type {Record<string, string>} */
  const words = {
    place: `(${placeOf(panel, at.cell).join(", ")})`.replaceAll("-", "−"),
    count: String(count),
    kind: (says.kinds ?? ["Cell"])[kind],
    ring: kind === 1 ? (says.ring ?? "") : "",
    ...(told && text.includes("{rows}") ? windowWords(scene.panels[told.a], terms) : {}),
  };
  return fill(text, (name) => words[name] ?? `{${name}}`);
}

/**
 * About the longest sentence of a scene, which reserves space, so that nothing below moves from cell to cell: a line in
 * a network, whose style sheet reserves the rest.
 * @param {Scene} scene
 */
export function longestOf({ panels, network }) {
  const texts = Object.values(panels).flatMap(({ says, edges }) => {
    const { cells, none = "", one = "", many = "", ring = "" } = says ?? {};
    const texts = [none, one, edges?.rows.includes(1) ? many + ring : many];
    return cells ?? texts.map((text) => text.replace("{edge}", EDGE).replace(/[{}]/g, ""));
  });
  return network ? " " : texts.reduce((longest, text) => (text.length > longest.length ? text : longest), "");
}

/**
 * @param {string} text
 * @param {(name: string) => string} word the replacement for a name in braces
 */
const fill = (text, word) => text.replace(/\{([a-z ]+)\}/g, (_, name) => word(name));

/**
 * Where a window lies, as "row 2" or "rows −1 to 1", and which of its cells are not input.
 * @param {import("./schema.js").Panel} panel
 * @param {import("./sums.js").Term[]} terms
 */
function windowWords(panel, terms) {
  const cells = terms.map(({ a }) => a.cell).filter((cell) => cell !== null);
  const lies = (/** @type {string} */ noun, /** @type {number} */ axis, /** @type {number[]} */ places) => {
    const indices = cells.map((cell) => places[cell[axis]]);
    const [first, last] = [Math.min(...indices), Math.max(...indices)];
    return (first === last ? `${noun} ${first}` : `${noun}s ${first} to ${last}`).replaceAll("-", "−");
  };
  const { rows, columns } = panel.places;
  const edge = edgeWords(cells.map((cell) => kindOf(panel, cell)));
  return { rows: lies("row", 1, rows), columns: lies("column", 2, columns), edge };
}

/**
 * Which cells of a window are not input.
 * @param {number[]} kinds of its cells
 */
function edgeWords(kinds) {
  if (kinds.every((kind) => kind === 1)) return "; it is all padding.";
  const parts = BEYOND.flatMap((words, k) => {
    const count = kinds.filter((kind) => kind === k + 1).length;
    return count ? [`${count} of its ${kinds.length} cells ${words[count === 1 ? 0 : 1]}`] : [];
  });
  return parts.length ? `; ${parts.join(", ")}.` : ".";
}

// --- lines of code --------------------------------------------------------------------------------------------------

/**
 * Writes evenly spaced indices as a Python slice.
 * @param {number[]} indices
 */
export function sliceOf(indices) {
  const [first, last] = [indices[0], indices[indices.length - 1]];
  const step = indices.length > 1 ? indices[1] - first : 1;
  const stop = last + Math.sign(step);
  return `${first}:${stop < 0 ? "" : stop}${step === 1 ? "" : `:${step}`}`;
}

/**
 * The line of numpy for a cell, to copy, with its setup; empty if there is none.
 * @param {Scene} scene
 * @param {At} at
 * @param {Summed} sum
 */
export function codeLine(scene, at, sum) {
  const { says, end } = sum.panel;
  const wires = scene.wires[sum.told?.wires ?? ""];
  if (!says?.code || !wires || "cells" in wires) return "";
  const all = wiresAt(wires, end, at.cell);
  const numpy = fill(all.length ? says.code : "0.0", (name) => {
    if (name === "count") return String(writtenTerms(scene, sum).length);
    const [axis, end] = name.split(" ");
    const number = AXES.findIndex((each) => each.startsWith(axis));
    const indices = [...new Set(all.map((wire) => wire.at(end)[number]))];
    return axis === "plane" ? String(indices[0]) : sliceOf(indices);
  });
  return numpy.includes("xp[") && scene.setup ? `${scene.setup}; ${numpy}` : numpy;
}
