// Numbers as they are written and read. tests/lab/test_numbers.py runs Python over the same table.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { brief, factor, format, means, numberIn, percent } from "../../../cnnlab/lab/front/numbers.js";

const { typed, written, means: meant } = JSON.parse(readFileSync(new URL("numbers.json", import.meta.url), "utf8"));
const finite = (value) => (Number.isFinite(value) ? value : null);

test("a number is read as people type it, and nothing else is", () => {
  assert.deepEqual(
    typed.map(([text]) => [text, finite(numberIn(text))]),
    typed,
  );
});

test("what is no number is NaN, and what is too large is infinite", () => {
  assert.deepEqual(["abc", "1/0", "", "0x10"].map(numberIn), [NaN, NaN, NaN, NaN]);
  assert.deepEqual(["1e400", "-1e400"].map(numberIn), [Infinity, -Infinity]);
});

test("a text means a number where Python says so", () => {
  assert.deepEqual(
    meant.map(([text, number]) => [text, number, means(text, number)]),
    meant,
  );
});

test("numbers are short, with a true minus sign; a cell has no room for a tiny one", () => {
  assert.deepEqual(
    written.map(([value]) => [value, format(value), brief(value)]),
    written,
  );
  assert.deepEqual(
    [NaN, Infinity, -Infinity, -0].map((value) => [format(value), brief(value)]),
    [
      ["NaN", "NaN"],
      ["∞", "∞"],
      ["−∞", "−∞"],
      ["0", "0"],
    ],
  );
});

test("a negative factor stands in parentheses", () => {
  assert.deepEqual([2, -1.5, 0, -Infinity].map(factor), ["2", "(−1.5)", "0", "(−∞)"]);
});

test("a share is never written as 0 or 100 % where it is not", () => {
  assert.deepEqual([0, 1e-9, 0.0049, 0.005, 0.634, 0.995, 0.9951, 0.99999, 1, NaN].map(percent), [
    "0 %",
    "< 1 %",
    "< 1 %",
    "1 %",
    "63 %",
    "100 %",
    "> 99 %",
    "> 99 %",
    "100 %",
    "NaN",
  ]);
});
