// Answers on a page without a kernel, judged by the table that Python made.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { judged } from "../../../cnnlab/lab/front/judge.js";

const table = {
  answers: "number",
  known: [
    [9, 1],
    [6, 2],
  ],
  other: 3,
  odd: [6, 7],
  reveal: 8,
};
const answer = (given, now = {}, more = {}) =>
  judged({ ...table, ...more }, { at: 0, ...now }, { serial: 1, set: { given } });

test("a right answer closes the question, however it is written", () => {
  for (const given of ["9", " 9.0 ", "18/2"]) assert.deepEqual(answer(given), { at: 1, closed: true });
});

test("a known mistake is met by its word, any other by the general one; after it the answer can be shown", () => {
  assert.deepEqual(answer("6"), { at: 2, tried: true, given: "6" });
  assert.deepEqual(answer(" 7"), { at: 3, tried: true, given: "7" });
  assert.deepEqual(judged(table, { at: 3, tried: true }, { press: "reveal" }), { at: 8, closed: true });
  assert.deepEqual(judged(table, { at: 0 }, { press: "reveal" }), {});
});

test("what is no number is asked for again, and a try before is remembered", () => {
  assert.deepEqual(answer("nine"), { at: 6 });
  assert.deepEqual(answer("nine", { tried: true }), { at: 7 });
});

test("a closed question takes no more answers", () => {
  assert.deepEqual(answer("6", { closed: true }), {});
});

test("a text is judged as Python judges it", () => {
  const texts = JSON.parse(readFileSync(new URL("texts.json", import.meta.url), "utf8"));
  for (const [right, given, same] of texts) {
    const verdict = answer(given, {}, { answers: "text", known: [[right, 1]] });
    assert.equal(verdict.at === 1, same, `${given} for ${right}`);
  }
});

test("a text counts without regard to case, a choice as it stands", () => {
  const known = [
    ["Stride", 1],
    ["padding", 2],
  ];
  assert.deepEqual(answer(" sTRIDE", {}, { answers: "text", known }), { at: 1, closed: true });
  assert.deepEqual(answer("padding", {}, { answers: "choice", known }).at, 2);
  assert.deepEqual(answer("stride", {}, { answers: "choice", known }).at, 3);
});
