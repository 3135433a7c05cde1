// A chart: its lengths and numbers, and what is drawn of them.
import { read } from "./templates.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { chartOf, pointsOf, ticksOf } from "../../../cnnlab/lab/front/chart.js";

test("a curve runs from the left edge at step 0 to the right at the last step, with 0 at the bottom", () => {
  const axes = { x: [0, 100], y: [0, 2] };
  assert.deepEqual(pointsOf({ x: [0, 50, 100], y: [0, 1, 2] }, axes), [
    [40, 126],
    [139, 67],
    [238, 8],
  ]);
  const signed = { x: [-4, 4], y: [-1, 3] };
  assert.deepEqual(pointsOf({ x: [-4, 0, 4], y: [-1, 0, -9] }, signed), [
    [40, 126],
    [139, 96.5],
    [238, 126],
  ]);
});

test("a value above the top is drawn at the top, one that is no number is left out", () => {
  assert.deepEqual(pointsOf({ x: [0, 50, 100], y: [9, NaN, Infinity] }, { x: [0, 100], y: [0, 2] }), [[40, 8]]);
});

test("the x axis has a number an epoch, and fewer where they would not fit", () => {
  assert.deepEqual(ticksOf([0, 3]), [0, 1, 2, 3]);
  assert.deepEqual(ticksOf([0, 25]), [0, 5, 10, 15, 20, 25]);
  assert.ok([10, 11, 99, 100, 1000, 12345].every((epochs) => ticksOf([0, epochs]).length <= 11));
  assert.deepEqual(ticksOf([-4, 5]), [-4, -3, -2, -1, 0, 1, 2, 3, 4, 5]);
  assert.deepEqual(
    ticksOf([0, 1]).map((tick) => tick.toFixed(1)),
    ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"],
  );
});

/** A chart of two lines over two epochs of 50 steps. */
const chart = (more = {}) => {
  const lines = [
    { name: "train", x: [0, 50, 100], y: [2, 1, 0.5] },
    { name: "held out", x: [0, 100], y: [2, 1.5] },
  ];
  return read(
    chartOf({
      symbol: "loss",
      chart: { ...{ lines, unit: "", x: [0, 100], y: [0, 2], ticks: [0, 2], label: "epoch" }, ...more },
    }),
  );
};

test("a chart says its lines with their last numbers, in a key and to those who cannot see it", () => {
  const shown = chart();
  assert.deepEqual(
    shown.all("cnnlab-key").map(({ text }) => text),
    ["train 0.5", "held out 1.5"],
  );
  assert.equal(shown.all("cnnlab-chart")[0].attributes["aria-label"], "loss by epoch: train 0.5, held out 1.5");
  const percent = chart({
    unit: "%",
    lines: [
      { name: "train", x: [0], y: [99.72] },
      { name: "held out", x: [], y: [] },
    ],
  });
  assert.deepEqual(
    percent.all("cnnlab-key").map(({ text }) => text),
    ["train 99.72 %", "held out"],
  );
});

test("each line has a curve and a mark at its end, a disc or a square; a line without points has neither", () => {
  const drawn = (shown) => shown.all("cnnlab-chart")[0];
  const curves = drawn(chart())
    .all("cnnlab-curve")
    .map(({ attributes }) => attributes.points);
  assert.deepEqual(curves, ["40.0,8.0 139.0,67.0 238.0,96.5", "40.0,8.0 238.0,37.5"]);
  const [disc, square] = drawn(chart()).all("cnnlab-end");
  assert.deepEqual([disc.attributes.x, disc.attributes.y, disc.attributes.rx], [234.5, 93, 3.5]);
  assert.deepEqual([square.attributes.x, square.attributes.y, square.attributes.rx], [234.5, 34, 0]);
  const empty = chart({ lines: [{ name: "train", x: [], y: [] }] });
  assert.deepEqual(
    [drawn(empty).all("cnnlab-end").length, drawn(empty).all("cnnlab-curve")[0].attributes.points],
    [0, ""],
  );
});

test("both axes have numbers: parts of the top, and epochs", () => {
  const texts = chart()
    .all("cnnlab-chart")[0]
    .elements.filter(({ tag }) => tag === "text")
    .map(({ text }) => text);
  assert.deepEqual(texts, ["0", "0.4", "0.8", "1.2", "1.6", "2", "0", "1", "2", "epoch"]);
});
