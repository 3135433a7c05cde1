// Judges an answer by the table of a question: Python's verdicts were computed in advance.

import { means, numberIn } from "./numbers.js";

/**
 * @typedef {object} Verdicts the indices of a question's states after an answer
 * @property {"number" | "choice" | "text"} answers
 * @property {[string | number, number][]} known answers: the right one first
 * @property {number} other
 * @property {number[]} nothing before and after the first try, like odd
 * @property {number[]} odd
 * @property {number} reveal
 */

/**
 * The state of a question after an event.
 * @param {Verdicts} table
 * @param {{at: number, tried?: boolean, closed?: boolean}} now
 * @param {import("./connection.js").Asked} event
 */
export function judged(table, now, event) {
  const [at, given] = [now.tried ? 1 : 0, event.set?.given ?? ""];
  if (now.closed) return {};
  if (event.press === "reveal") return now.tried ? { at: table.reveal, closed: true } : {};
  if (event.press === "check" || (event.set && !given.trim())) return { at: table.nothing[at] };
  if (!event.set) return {};
  if (table.answers === "number" && Number.isNaN(numberIn(given))) return { at: table.odd[at] };
  const known = table.known.findIndex(([answer]) => same(table.answers, given, answer));
  if (known === 0) return { at: table.known[0][1], closed: true };
  return { at: known < 0 ? table.other : table.known[known][1], tried: true, given: given.trim() };
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
