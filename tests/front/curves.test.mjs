// The lengths and numbers of the drawings of a training.
import assert from "node:assert/strict";
import { test } from "node:test";
import { barOf, brief, epochTicks, pointsOf } from "../../cnnlab/front/curves.js";

test("a curve runs from the left edge at step 0 to the right at the last step, with 0 at the bottom", () => {
  assert.equal(pointsOf([0, 50, 100], [0, 1, 2], 100, 2), "36.0,128.0 133.0,68.0 230.0,8.0");
});

test("a value above the top is drawn at the top, one that is no number is left out", () => {
  assert.equal(pointsOf([0, 50, 100], [9, NaN, Infinity], 100, 2), "36.0,8.0");
});

test("the x axis has a number an epoch, and fewer where they would not fit", () => {
  assert.deepEqual(epochTicks(3), [0, 1, 2, 3]);
  assert.deepEqual(epochTicks(25), [0, 5, 10, 15, 20, 25]);
  assert.ok([10, 11, 99, 100, 1000, 12345].every((epochs) => epochTicks(epochs).length <= 11));
});

test("a number has at most three digits, and a power of ten where it is very small or large", () => {
  assert.deepEqual([0, 1, 0.05678, 99.72, 150].map(brief), ["0", "1", "0.0568", "99.7", "150"]);
  assert.deepEqual([0.000312, 52000, NaN, Infinity].map(brief), ["3.1·10⁻⁴", "5.2·10⁴", "NaN", "∞"]);
});

test("a bar is a sixth shorter for each tenth of δ, and none below a millionth", () => {
  assert.deepEqual([2, 1, 1e-3, 1e-6, 1e-9, 0, NaN].map(barOf), [1, 1, 0.5, 0, 0, 0, 0]);
});
