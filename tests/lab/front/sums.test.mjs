// The sums of the stage, their sentences and lines of code, on scenes small enough to check by hand.
import "./templates.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { readScene } from "../../../cnnlab/lab/front/scene.js";
import { groupsOf, readersOf, sumOf } from "../../../cnnlab/lab/front/sums.js";
import { codeLine, sentenceOf, sliceOf } from "../../../cnnlab/lab/front/words.js";
import { convolution, numbers, panel, pool, says, total } from "./scenes.mjs";

const scene = readScene(convolution());
const pairs = ({ terms }) => terms.map(({ a, b }) => [a.value, b.value]);
const at = (panel, ...cell) => ({ panel, cell });
const sentence = (scene, at, backward) => sentenceOf(scene, at, sumOf(scene, at, backward));
const code = (scene, at) => codeLine(scene, at, sumOf(scene, at));
const unpadded = { ...scene, setup: "" };

test("the terms of an output cell are its window times the kernel", () => {
  const sum = sumOf(scene, at("y", 0, 0, 0));
  assert.deepEqual(pairs(sum), [
    [0, 0],
    [1, 1],
    [3, 2],
    [4, 3],
  ]);
  assert.equal(sum.total, 19);
  assert.deepEqual(sum.terms[3].a, { panel: "x", cell: [0, 1, 1], value: 4 });
  assert.deepEqual(sum.terms[3].b, { panel: "w", cell: [0, 1, 1], value: 3 });
  assert.deepEqual(sum.terms[3].to, { panel: "y", cell: [0, 0, 0], value: 19 });
});

test("with the gradients shown a tap tells its gradient, else where it is used", () => {
  const backward = sumOf(scene, at("w", 0, 0, 0));
  assert.deepEqual(
    [backward.panel.name, backward.total, pairs(backward)],
    [
      "dw",
      50,
      [
        [0, 1],
        [2, -1],
        [6, 2],
        [8, 5],
      ],
    ],
  );
  const forward = sumOf(scene, at("w", 0, 1, 1), false);
  assert.deepEqual([forward.panel.name, forward.terms.map(({ to }) => to.value)], ["w", [19, 12, 7, 0]]);
});

test("the number of a cell is Python's, whatever its terms add up to", () => {
  const wrong = readScene(convolution({ y: { values: numbers(-5, 0, 0, 0) } }));
  assert.equal(sumOf(wrong, at("y", 0, 0, 0)).total, -5);
});

test("a panel without a sum has a number and no terms", () => {
  const sum = sumOf(scene, at("dy", 0, 1, 1));
  assert.deepEqual([sum.total, sum.terms, sum.told, sum.bias], [5, [], undefined, null]);
});

test("a pooling has no kernel: its wires carry shares, and windows that overlap add up", () => {
  const max = sumOf(readScene(pool([0, 1, 1, 0])), at("dx", 0, 0, 1));
  assert.deepEqual(
    [pairs(max), max.total, max.terms[0].b],
    [
      [
        [10, 1],
        [20, 1],
      ],
      30,
      { panel: "", cell: null, value: 1 },
    ],
  );
  const mean = sumOf(readScene(pool([0.5, 0.25, 0.75, 1])), at("y", 0, 0, 1));
  assert.deepEqual(pairs(mean), [
    [7, 0.75],
    [2, 1],
  ]);
});

test("a panel may have shares of its own", () => {
  const message = pool([0, 1, 1, 0]);
  message.panels[2].shares = { shape: [1, 2, 1, 2], values: numbers(0, 0.5, 0.25, 0) };
  assert.deepEqual(pairs(sumOf(readScene(message), at("dx", 0, 0, 1))), [
    [10, 0.5],
    [20, 0.25],
  ]);
});

/** Two filters over four channels in two groups, with a bias and what each channel adds. */
const grouped = readScene({
  ...convolution(),
  panels: [
    panel("x", "input", [1, 1], [1, 2, 3, 4], { planes: [4, 1] }),
    panel("w", "tap", [1, 1], [10, 20, 30, 40], { planes: [2, 2] }),
    panel("b", "bias", [1, 1], [5, 6], { planes: [1, 2], sum: total("b", "one", { wires: "bias", goes: "y" }) }),
    panel("y", "output", [1, 2], [55, 55, 256, 256], {
      planes: [2, 1],
      sum: total("x", "w", { bias: "b", via: "parts", groups: numbers(10, 11, 40, 41, 90, 91, 160, 161) }),
    }),
    panel("db", "bias", [1, 1], [3, 7], { planes: [1, 2], row: 1, sum: total("dy", "one", { wires: "bias" }) }),
    panel("dy", "output", [1, 2], [1, 2, 3, 4], { planes: [2, 1], row: 1 }),
    panel("parts", "part", [1, 2], [1, 2, 3, 4, 5, 6, 7, 8], { planes: [2, 2] }),
  ],
  wires: {
    window: {
      planes: { output: [0, 0, 1, 1], input: [0, 1, 2, 3], tap: [0, 1, 2, 3], part: [0, 1, 2, 3] },
      rows: { output: [0], input: [0], tap: [0], part: [0] },
      columns: { output: [0, 1], input: [0, 0], tap: [0, 0], part: [0, 1] },
    },
    bias: {
      planes: { output: [0, 1], bias: [0, 1] },
      rows: { output: [0], bias: [0] },
      columns: { output: [0, 1], bias: [0, 0] },
    },
  },
});

test("with groups and filters, a wire joins planes of one group", () => {
  const { terms, bias } = sumOf(grouped, at("y", 1, 0, 1));
  assert.deepEqual(
    terms.map(({ a, b, via, plane }) => [a.cell[0], b.cell[0], via.cell, plane]),
    [
      [2, 2, [2, 0, 1], 2],
      [3, 3, [3, 0, 1], 3],
    ],
  );
  assert.deepEqual(bias, { panel: "b", cell: [1, 0, 0], value: 6 });
});

test("a long sum is grouped by the wire of the planes, each with the number that Python sent", () => {
  const sum = sumOf(grouped, at("y", 1, 0, 1));
  const groups = groupsOf(sum, [1, 0, 1]);
  assert.deepEqual(
    groups.map(({ total: subtotal, terms }) => [subtotal, terms.length]),
    [
      [91, 1],
      [161, 1],
    ],
  );
  assert.deepEqual(groupsOf(sumOf(scene, at("y", 0, 0, 0)), [0, 0, 0]), []);
  assert.deepEqual(groupsOf(sumOf(scene, at("dy", 0, 0, 0)), [0, 0, 0]), []);
});

test("a sum over one channel is not grouped", () => {
  const alone = readScene(convolution({ y: { sum: total("x", "w", { groups: numbers(19, 12, 7, 0) }) } }));
  assert.deepEqual(groupsOf(sumOf(alone, at("y", 0, 0, 0)), [0, 0, 0]), []);
});

test("a bias is joined with every output of its filter, forward and backward", () => {
  const forward = sumOf(grouped, at("b", 1, 0, 0));
  assert.deepEqual(
    forward.terms.map(({ a, b, to }) => [a.value, b.value, to.value]),
    [
      [6, 1, 256],
      [6, 1, 256],
    ],
  );
  const backward = sumOf(grouped, at("db", 1, 0, 0));
  assert.deepEqual([backward.total, ...backward.terms.map(({ a }) => a.value)], [7, 3, 4]);
});

test("the coverage counts the outputs that read a cell, rows times columns", () => {
  const pooled = readScene(pool([0, 1, 1, 0]));
  assert.deepEqual(readersOf(pooled, pooled.panels.x), [1, 2, 1]);
  const dense = convolution();
  dense.wires.window.rows = { output: [0, 0, 1, 1], input: [0, 1, 1, 2], tap: [0, 1, 0, 1] };
  dense.wires.window = { ...dense.wires.window, columns: dense.wires.window.rows };
  const square = readScene(dense);
  const both = [1, 2, 1, 0].flatMap((rows) => [1, 2, 1, 0].map((columns) => rows * columns));
  assert.deepEqual(readersOf(square, square.panels.x), both);
  assert.equal(Math.max(...readersOf(scene, scene.panels.x)), 1);
});

// --- words ------------------------------------------------------------------------------------------------------------

test("a sentence counts the wires, and names what a cell is", () => {
  assert.equal(sentence(scene, at("w", 0, 1, 0)), "Tap (1, 0) was used for 4 outputs.");
  assert.equal(sentence(scene, at("w", 0, 1, 0), false), "Tap (1, 0) is used 4 times.");
  assert.equal(sentence(scene, at("x", 0, 2, 2)), "Input cell (2, 2) is read by 1 output.");
  assert.equal(sentence(scene, at("x", 0, 3, 2)), "Padding cell (3, 2) is read by 1 output.");
  assert.equal(sentence(scene, at("dy", 0, 0, 0)), "");
});

test("of a cell without a wire it is said that it has none", () => {
  const message = convolution();
  message.wires.window.rows = { output: [0, 0], input: [0, 1], tap: [0, 1] };
  assert.equal(sentence(readScene(message), at("x", 0, 2, 0)), "Input cell (2, 0) is read by no output.");
  const loose = readScene(convolution({ dy: { says: says("none", "one of {count}") } }));
  assert.equal(sentence(loose, at("dy", 0, 0, 0)), "one of 0"); // a cell without a sum has no wire to miss
});

test("the sentence of a window says where it lies and what of it is no input", () => {
  const say = (edges, ...cell) => sentence(readScene(convolution({ x: { edges } })), at("y", ...cell));
  const inside = { rows: [0, 0, 0, 0], columns: [0, 0, 0, 0] };
  assert.equal(say(inside, 0, 1, 0), "The window at rows 2 to 3, columns 0 to 1.");
  assert.equal(
    say({ ...inside, rows: [0, 0, 0, 1] }, 0, 1, 0),
    "The window at rows 2 to 3, columns 0 to 1; 2 of its 4 cells are padding.",
  );
  const both = { rows: [0, 0, 0, 2], columns: [0, 0, 0, 1] };
  assert.match(
    say(both, 0, 1, 1),
    /; 1 of its 4 cells is padding, 2 of its 4 cells hang over the edge and are nothing\.$/,
  );
  assert.match(say({ rows: [0, 0, 1, 1], columns: [0, 0, 0, 0] }, 0, 1, 0), /; it is all padding\.$/);
  const mixed = /; 2 of its 4 cells are padding, 2 of its 4 cells hang over the edge and are nothing\.$/;
  assert.match(say({ rows: [0, 0, 1, 2], columns: [0, 0, 0, 0] }, 0, 1, 0), mixed);
});

test("a window of one row or column is told as one, and padding before the first cell is below 0", () => {
  const message = convolution({ x: { places: { planes: [[]], rows: [-1, 0, 1, 2], columns: [0, 1, 2, 3] } } });
  message.wires.window.columns = { output: [0, 1], input: [0, 2], tap: [0, 0] };
  assert.match(sentence(readScene(message), at("y", 0, 0, 0)), /^The window at rows −1 to 0, column 0/);
});

test("what is said of the ring is added to padding alone", () => {
  const text = { none: "Read by nothing.{ring}", one: "Read.{ring}", many: "", ring: " It is cropped." };
  const ringed = readScene(convolution({ x: { says: text, edges: { rows: [0, 0, 2, 1], columns: [0, 0, 0, 1] } } }));
  const said = [0, 2, 3].map((row) => sentence(ringed, at("x", 0, row, 0)));
  assert.deepEqual(said, ["Read.", "Read.", "Read. It is cropped."]);
});

test("the line of numpy slices the window, and a gradient slices the inputs that a tap met", () => {
  assert.equal(code(unpadded, at("y", 0, 1, 0)), "(xp[0, 0:1, 2:4, 0:2] * w[0]).sum()");
  assert.equal(code(unpadded, at("w", 0, 0, 1)), "(xp[0, 0, 0:3:2, 1:4:2] * dy[0, 0]).sum()");
  assert.equal(code(unpadded, at("dy", 0, 0, 0)), "");
  assert.deepEqual([[2, 0], [1], [0, 2, 4], [3, 2, 1]].map(sliceOf), ["2::-2", "1:2", "0:5:2", "3:0:-1"]);
});

test("a gradient without a wire is 0 in numpy too", () => {
  const message = convolution({ x: { says: { ...convolution().panels[2].says } } });
  message.wires.window.rows = { output: [0, 0], input: [0, 1], tap: [0, 1] };
  assert.equal(code(readScene(message), at("x", 0, 2, 0)), "0.0");
});

test("a line of numpy that reads xp has the padding before it, and where there is none nothing is written", () => {
  const numpy = "xp = np.pad(x, ((0, 0), (0, 0), (0, 1), (0, 1))); (xp[0, 0:1, 0:2, 0:2] * w[0]).sum()";
  assert.deepEqual([code(scene, at("y", 0, 0, 0)), code(scene, at("dy", 0, 0, 0))], [numpy, ""]);
});

test("a mean in numpy is divided by the cells that count", () => {
  const message = pool([0.5, 0.5, 0, 1], { opening: "(", joiner: " + ", closing: ") / {count}", skips: [1, 2] });
  Object.assign(message.panels[0], { edges: { rows: [0], columns: [0, 0, 1] }, values: numbers(0, 0, 2) });
  message.panels[1].says = { none: "", one: "", many: "", code: "x[{columns input}].sum() / {count}" };
  const mean = readScene(message);
  assert.deepEqual(
    [0, 1].map((k) => code(mean, at("y", 0, 0, k))),
    ["x[0:2].sum() / 2", "x[1:3].sum() / 1"],
  );
});

/** The same scene with its wires one by one, each of some weight. */
function listed(message, weightOf = () => 1) {
  const [p, r, c] = ["planes", "rows", "columns"].map((axis) => message.wires.window[axis]);
  const all = p.output.flatMap((_, i) => r.output.flatMap((_, j) => c.output.map((_, k) => [i, j, k])));
  const ends = ["output", "input", "tap"];
  const cells = ends.map((end) => [end, all.map(([i, j, k]) => [p[end][i], r[end][j], c[end][k]])]);
  const window = { cells: Object.fromEntries(cells), weight: all.map((_, k) => weightOf(k)) };
  return { ...message, wires: { window } };
}

test("wires one by one are read as those of three tables are", () => {
  const other = readScene(listed(convolution()));
  const of = ({ terms }) => terms.map(({ a, b, to }) => [a, b, to]);
  for (const { name } of Object.values(scene.panels))
    for (const cell of [
      [0, 0, 0],
      [0, 1, 1],
      [0, 0, 1],
    ])
      assert.deepEqual(of(sumOf(other, at(name, ...cell))), of(sumOf(scene, at(name, ...cell))), name);
  assert.deepEqual(readersOf(scene, scene.panels.x), readersOf(other, other.panels.x));
  assert.deepEqual(
    sumOf(readScene(listed(convolution(), (k) => k + 1)), at("y", 0, 0, 0)).terms.map(({ weight }) => weight),
    [1, 2, 5, 6],
  );
});
