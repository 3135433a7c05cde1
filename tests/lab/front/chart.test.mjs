// The lengths and numbers of a chart.
import assert from "node:assert/strict";
import { test } from "node:test";
import "./document.mjs";

const { inThreeDigits, pointsOf, ticksOf } = await import("../../../cnnlab/lab/front/chart.js");

test("a curve runs from the left edge at step 0 to the right at the last step, with 0 at the bottom", () => {
  assert.equal(pointsOf([0, 50, 100], [0, 1, 2], 100, 2), "40.0,126.0 139.0,67.0 238.0,8.0");
});

test("a value above the top is drawn at the top, one that is no number is left out", () => {
  assert.equal(pointsOf([0, 50, 100], [9, NaN, Infinity], 100, 2), "40.0,8.0");
});

test("the x axis has a number an epoch, and fewer where they would not fit", () => {
  assert.deepEqual(ticksOf(3), [0, 1, 2, 3]);
  assert.deepEqual(ticksOf(25), [0, 5, 10, 15, 20, 25]);
  assert.ok([10, 11, 99, 100, 1000, 12345].every((epochs) => ticksOf(epochs).length <= 11));
});

test("a number has at most three digits, and a power of ten where it is very small or large", () => {
  assert.deepEqual([0, 1, 0.05678, 99.72, 150].map(inThreeDigits), ["0", "1", "0.0568", "99.7", "150"]);
  assert.deepEqual([0.000312, 52000, NaN, Infinity].map(inThreeDigits), ["3.1·10⁻⁴", "5.2·10⁴", "NaN", "∞"]);
});
