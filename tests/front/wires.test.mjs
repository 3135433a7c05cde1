// The words and look-ups of the stage, on a scene small enough to check by hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isBeyond, isPadding, nameOf, placeOf, readScene, sumOf, twinsOf, wiresOf } from "../../cnnlab/front/wires.js";
import { brief, format, numberIn, numpyOf, sentenceOf, sliceOf } from "../../cnnlab/front/words.js";

const numbers = (...values) => ({ dtype: "f8", data: new DataView(Float64Array.from(values).buffer) });

/** 3×3 input padded by 1 after row and column, 2×2 kernel, stride 2: 4 − 2 leaves 0 over, out 2×2. */
const message = {
  op: "convolution", channels: 1, filters: 1, groups: 1, kernel: [2, 2], padded: true, pytorch: "F.conv2d(x, w, stride=2)",
  pad: "xp = np.pad(x, ((0, 0), (0, 0), (0, 1), (0, 1)))",
  rows: { output: [0, 0, 1, 1], padded: [0, 1, 2, 3], tap: [0, 1, 0, 1] },
  columns: { output: [0, 0, 1, 1], padded: [0, 1, 2, 3], tap: [0, 1, 0, 1] },
  panels: [
    { name: "x", kind: "input", planes: [1, 1], shape: [4, 4], frame: [0, 1, 0, 1],
      values: numbers(0, 1, 2, 0, 3, 4, 5, 0, 6, 7, 8, 0, 0, 0, 0, 0) },
    { name: "w", kind: "tap", planes: [1, 1], shape: [2, 2], values: numbers(0, 1, 2, 3) },
    { name: "y", kind: "output", planes: [1, 1], shape: [2, 2], values: numbers(19, 12, 7, 0) },
    { name: "dy", kind: "output", planes: [1, 1], shape: [2, 2], values: numbers(1, -1, 2, 5) },
    { name: "dw", kind: "tap", planes: [1, 1], shape: [2, 2], values: numbers(50, 15, -2, 4) },
  ],
};
const scene = readScene(message);

test("the terms of an output cell are its window times the kernel", () => {
  const { terms, total } = sumOf(scene, "y", [0, 0, 0]);
  assert.deepEqual(terms.map(({ a, b }) => [a.value, b.value]), [[0, 0], [1, 1], [3, 2], [4, 3]]);
  assert.equal(total, 19);
});

test("an input cell is joined with just the outputs that read it", () => {
  assert.deepEqual(wiresOf(scene, "input", [0, 2, 1]), [{ output: [0, 1, 0], input: [0, 2, 1], tap: [0, 0, 1], part: [0, 1, 0] }]);
});

test("with the gradients shown, a tap shows the sum of its gradient", () => {
  const { panel, terms, total } = sumOf({ ...scene, backward: true }, "w", [0, 0, 0]);
  assert.equal(panel, "dw");
  assert.deepEqual(terms.map(({ a, b }) => [a.value, b.value]), [[0, 1], [2, -1], [6, 2], [8, 5]]);
  assert.equal(total, 50);
});

test("padding lies outside the frame, and its cells have no index in x", () => {
  assert.equal(isPadding(scene.panels.x, [0, 3, 0]), true);
  assert.equal(isPadding(scene.panels.x, [0, 2, 2]), false);
  assert.equal(nameOf({ ...scene.panels.x, frame: [1, 1, 1, 1] }, [0, 0, 2]), "x[−1, 1]");
});

test("what a window of ceil mode hangs over is nothing, and is said so", () => {
  const x = { ...scene.panels.x, overhang: [1, 0] };
  assert.deepEqual([[0, 3, 0], [0, 2, 3]].map((cell) => [isBeyond(x, cell), isPadding(x, cell)]), [[true, true], [false, true]]);
  const hanging = { ...scene, panels: { ...scene.panels, x } };
  assert.match(sentenceOf(hanging, "y", [0, 1, 1]), /; 1 of its 4 cells is padding, 2 of its 4 cells hang over the edge and are nothing\.$/);
  assert.equal(sentenceOf(hanging, "x", [0, 3, 0]), "The place beyond the edge (3, 0) is read by 1 output.");
});

test("a tap of a turned kernel has the index that it had before the turn", () => {
  const turned = { ...scene.panels.w, turned: true };
  assert.deepEqual(placeOf(turned, [0, 0, 1]), [1, 0]);
  assert.equal(nameOf(turned, [0, 1, 1]), "w[0, 0]");
});

test("the sentence of a tap counts its filter's outputs, and one use is no sharing", () => {
  const say = (more) => sentenceOf({ ...scene, ...more }, "w", [0, 1, 1]);
  assert.equal(say({}), "Kernel tap (1, 1) is used 4 times, once for every output: this is weight sharing.");
  assert.equal(say({ filters: 2, panels: { ...scene.panels, w: { ...scene.panels.w, planes: [1, 2], deep: 1 } } }),
    "Kernel tap (1, 1) is used 4 times, once for every output of its filter: this is weight sharing.");
  const tables = { rows: { output: [0, 0], padded: [0, 1], tap: [0, 1] }, columns: { output: [0, 0], padded: [0, 1], tap: [0, 1] } };
  assert.equal(sentenceOf(readScene({ ...message, ...tables }), "w", [0, 1, 1]), "Kernel tap (1, 1) is used once: there is one output.");
});

test("a cell has no room for a tiny number", () => {
  assert.deepEqual([0, 0.004, -1e-9, 0.005, -0.07, 123456].map(brief), ["0", "≈0", "≈0", "0.01", "−0.07", "1.2e5"]);
});

test("panels of one kind are twins where both are there", () => {
  assert.deepEqual(twinsOf(scene, "w"), ["dw"]);
  assert.deepEqual(twinsOf(scene, "x"), []);
});

test("the sentence counts the padding of a window", () => {
  assert.equal(sentenceOf(scene, "y", [0, 1, 1]),
    "Output cell (1, 1) is the inner product of the 2×2 window in rows 2 to 3, columns 2 to 3 and the kernel; 3 of its 4 cells are padding.");
});

test("the numpy line slices the window, and a gradient slices backwards through the kernel", () => {
  assert.equal(numpyOf(scene, "y", [0, 1, 0]), "(xp[0, :, 2:4, 0:2] * w[0]).sum()");
  assert.equal(numpyOf({ ...scene, backward: true }, "w", [0, 0, 1]), "(xp[0, 0, 0:3:2, 1:4:2] * dy[0, 0]).sum()");
  assert.equal(sliceOf([2, 0]), "2::-2");
  assert.equal(sliceOf([1]), "1:2");
});

test("numbers are short, with a true minus sign", () => {
  assert.deepEqual([0, -3, 0.125, 1 / 3, -12.3456, 1234567, 1e-9, -Infinity, NaN].map((value) => format(value)),
    ["0", "−3", "0.125", "0.333", "−12.35", "1.2e6", "1.0e−9", "−∞", "NaN"]);
});

/** Max pooling of one row 5 7 2 by 1×2 windows, stride 1: the 7 wins both; then the same as a mean. */
const pool = (op, ...shares) => readScene({
  op, channels: 1, filters: 1, groups: 1, kernel: [1, 2], padded: false,
  rows: { output: [0], padded: [0], tap: [0] },
  columns: { output: [0, 0, 1, 1], padded: [0, 1, 1, 2], tap: [0, 1, 0, 1] },
  shares: { shape: [1, 2, 1, 2], values: numbers(...shares) },
  panels: [
    { name: "x", kind: "input", planes: [1, 1], shape: [1, 3], frame: [0, 0, 0, 0], values: numbers(5, 7, 2) },
    { name: "y", kind: "output", planes: [1, 1], shape: [1, 2], values: numbers(7, 7) },
    { name: "dx", kind: "input", planes: [1, 1], shape: [1, 3], frame: [0, 0, 0, 0], values: numbers(0, 30, 0) },
    { name: "dy", kind: "output", planes: [1, 1], shape: [1, 2], values: numbers(10, 20) },
  ],
});

test("a pooling has no kernel: its wires carry shares, and windows that overlap add up", () => {
  const { terms, total } = sumOf(pool("max", 0, 1, 1, 0), "dx", [0, 0, 1]);
  assert.deepEqual(terms.map(({ a, b }) => [a.value, b.panel, b.value]), [[10, null, 1], [20, null, 1]]);
  assert.equal(total, 30);
  const mean = sumOf(pool("mean", 0.5, 0.5, 0.5, 0.5), "y", [0, 0, 1]);
  assert.deepEqual(mean.terms.map(({ a, b }) => [a.value, b.value]), [[7, 0.5], [2, 0.5]]);
});

test("a pooling's sentences speak of the largest value, of the mean, and of shares", () => {
  const say = (op, ...at) => sentenceOf(op === "max" ? pool(op, 0, 1, 1, 0) : pool(op, 0.5, 0.5, 0, 1), ...at);
  assert.equal(say("max", "y", [0, 0, 0]), "Output cell (0, 0) is the largest value of the 1×2 window in row 0, columns 0 to 1.");
  assert.match(say("mean", "y", [0, 0, 0]), /is the mean of the 1×2 window in row 0, columns 0 to 1\.$/);
  assert.match(say("mean", "y", [0, 0, 1]), /is the mean of the 1 cell that counts in the 1×2 window in row 0, columns 1 to 2\.$/);
  assert.match(say("max", "dx", [0, 0, 1]), /used by 2 outputs, .* share that it had\.$/);
  assert.match(say("max", "dy", [0, 0, 1]), /2 wires of its window, .* the share of the wire\.$/);
});

test("a bias is joined with every output of its filter, forward and backward", () => {
  const panels = [
    { name: "b", kind: "bias", planes: [1, 2], shape: [1, 1], values: numbers(3, -4) },
    { name: "y", kind: "output", planes: [2, 1], shape: [1, 2], values: numbers(1, 2, 3, 4) },
    { name: "dy", kind: "output", planes: [2, 1], shape: [1, 2], values: numbers(5, 6, 7, 8) },
    { name: "db", kind: "bias", planes: [1, 2], shape: [1, 1], values: numbers(11, 15) },
  ];
  const biased = readScene({ ...message, filters: 2, panels });
  const forward = sumOf(biased, "b", [1, 0, 0]);
  assert.deepEqual(forward.terms.map(({ a, b, to }) => [a.value, b.value, to.value]), [[-4, 1, 3], [-4, 1, 4]]);
  assert.equal(forward.total, null);
  const backward = sumOf({ ...biased, backward: true }, "b", [1, 0, 0]);
  assert.deepEqual([backward.panel, backward.total, ...backward.terms.map(({ a }) => a.value)], ["db", 15, 7, 8]);
});

test("with groups, channels and filters, a wire joins planes of one group", () => {
  const grouped = { ...scene, channels: 4, filters: 2, groups: 2 };
  const planes = (kind, plane) => wiresOf(grouped, kind, [plane, 0, 0]).map(({ output, input, tap }) => [output[0], input[0], tap[0]]);
  assert.deepEqual(planes("output", 1).filter((_, k) => k % 4 === 0), [[1, 2, 2], [1, 3, 3]]);
  assert.deepEqual(planes("input", 3), [[1, 3, 3]]);
  assert.deepEqual(planes("tap", 1)[0], [0, 1, 1]);
});

test("numbers are read from bytes that lie anywhere in a buffer, in either precision", () => {
  const bytes = new Uint8Array(3 + 8);
  bytes.set(new Uint8Array(Float32Array.of(1.5, -2).buffer), 3);
  const values = { dtype: "f4", data: new DataView(bytes.buffer, 3, 8) };
  const read = readScene({ ...message, panels: [{ ...message.panels[1], values, frames: numbers(1, 2, 3) }] });
  assert.deepEqual([...read.panels.w.values], [1.5, -2]);
  assert.deepEqual([...read.panels.w.frames], [1, 2, 3]);
});

test("a typed number may have a decimal comma, or commas between its thousands", () => {
  assert.deepEqual(["0,5", "−2,25", "120,000", "-1,200,300", "0,125", " 7 "].map(numberIn), [0.5, -2.25, 120000, -1200300, 0.125, 7]);
  for (const text of ["", "  ", "abc", "1,2,3", "1 2", "--1"]) assert(Number.isNaN(numberIn(text)), text);
});
