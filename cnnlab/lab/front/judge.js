// Judges an answer by the table of a question: Python's verdicts were computed in advance.

import { means, numberIn } from "./numbers.js";

/**
 * @typedef {object} Verdicts the indices of a question's states after an answer
 * @property {"number" | "choice" | "text"} answers
 * @property {[string | number, number][]} known answers: the right one first
 * @property {number} other
 * @property {number[]} odd before and after the first try
 * @property {number} reveal
 */

/**
 * The state of a question after an event.
 * @param {Verdicts} table
 * @param {{at: number, tried?: boolean, closed?: boolean}} now
 * @param {import("./connection.js").Asked} event
 */
export function judged(table, now, event) {
  const given = event.set?.given;
  if (now.closed) return {};
  if (event.press === "reveal" && now.tried) return { at: table.reveal, closed: true };
  if (given === undefined) return {};
  if (table.answers === "number" && Number.isNaN(numberIn(given))) return { at: table.odd[now.tried ? 1 : 0] };
  const known = table.known.find(([answer]) => same(table.answers, given, answer));
  if (known === table.known[0]) return { at: known[1], closed: true };
  return { at: known ? known[1] : table.other, tried: true, given: given.trim() };
}

/**
 * @param {Verdicts["answers"]} kind
 * @param {string} given
 * @param {string | number} answer
 */
function same(kind, given, answer) {
  if (kind === "number") return means(given, Number(answer));
  if (kind === "choice") return given === answer;
  const [one, right] = [given, String(answer)].map((text) => text.trim().toUpperCase().toLowerCase()); // ß is ss
  return one === right;
}
