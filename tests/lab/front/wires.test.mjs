// The wires of a sum: one a product, from cell to cell, and across no panel that is not theirs.
import { read } from "./templates.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { readScene } from "../../../cnnlab/lab/front/scene.js";
import { sumOf } from "../../../cnnlab/lab/front/sums.js";
import { wirePaths } from "../../../cnnlab/lab/front/wires.js";
import { convolution, numbers, panel, pool, range } from "./scenes.mjs";

const CELL = 40; // px
const LEFT = { x: 0, w: 240, y: 400, part: 320 }; // px of each panel; a gradient's is that of its column

/** Where panels of some sizes stand, each in its column, and where their cells are. */
function standing(panels, left = LEFT) {
  const boxes = new Map();
  for (const { name, shape, row } of Object.values(panels)) {
    const [x, top] = [left[name.replace(/^d/, "")], 300 * row];
    boxes.set(name, { left: x, right: x + CELL * shape[1], top, bottom: top + CELL * shape[0] });
  }
  const whereOf = ({ panel: name, cell }) => {
    const box = cell && boxes.get(name);
    if (!box) return null;
    const [x, top] = [box.left + CELL * cell[2], box.top + CELL * cell[1]];
    return { box, cell: { left: x, right: x + CELL, top, bottom: top + CELL } };
  };
  return { whereOf, boxes: [...boxes.values()] };
}

/** The wires of a cell: what each joins, and of which colour it is. */
function wires(message, name, cell, { left, hidden = [], backward = true } = {}) {
  const scene = readScene(message);
  const sum = sumOf(scene, { panel: name, cell }, backward);
  const shown = Object.values(scene.panels).filter((each) => !hidden.includes(each.name));
  const { whereOf, boxes } = standing(shown, left);
  const paths = read(wirePaths(sum.terms, whereOf, boxes)).all("cnnlab-wire");
  return { sum, whereOf, paths, drawn: paths.map(({ attributes }) => attributes.d) };
}

/** The points where the pieces of a path begin and end: [[x, y], [x, y]] a piece. */
const endsOf = (path) =>
  path
    .split("M")
    .slice(1)
    .map((piece) => {
      const [x, y, toY, toX] = piece
        .match(/^(\S+?),(\S+?)H.*,(\S+)H(\S+)$/)
        .slice(1)
        .map(Number);
      return [
        [x, y],
        [toX, toY],
      ];
    });

test("every product has a wire of its own, which ends at its three cells", () => {
  const { sum, whereOf, drawn } = wires(convolution(), "y", [0, 1, 0]);
  assert.deepEqual([sum.terms.length, drawn.length, new Set(drawn).size], [4, 4, 4]);
  for (const [k, { a, b, to }] of sum.terms.entries()) {
    const [x, w, y] = [a, b, to].map((operand) => whereOf(operand).cell);
    const [there, on] = endsOf(drawn[k]);
    assert.deepEqual([there[0][0], there[1][0], on[0][0], on[1][0]], [x.right, w.left, w.right, y.left]);
    for (const [[, height], cell] of [
      [there[0], x],
      [there[1], w],
      [on[0], w],
      [on[1], y],
    ])
      assert.ok(height > cell.top && height < cell.bottom, `${height} in ${JSON.stringify(cell)}`);
  }
});

test("wires that join the same rows lie side by side, and of two equal products both are drawn", () => {
  const { drawn } = wires(
    convolution({ w: { values: numbers(1, 1, 1, 1) }, x: { values: numbers(...Array(16).fill(1)) } }),
    "y",
    [0, 0, 0],
  );
  const heights = drawn.map((path) => endsOf(path)[1][1][1]);
  assert.deepEqual(heights, [18, 22, 18, 22]); // around the middle of the output's row
  assert.equal(new Set(drawn).size, 4);
  const message = convolution();
  const [output, cell] = [
    [0, 0, 0],
    [0, 0, 1],
  ];
  const twice = { output: [output, output], input: [cell, cell], tap: [cell, cell] };
  message.wires.window = { cells: twice, weight: [1, 1] };
  const both = wires(message, "y", output).drawn;
  assert.deepEqual([both.length, new Set(both).size], [2, 2]);
});

test("the colour of a wire is that of its product, with the weight of the wire", () => {
  const looks = ({ paths }) =>
    paths.map((path) => ["cnnlab-negative", "cnnlab-positive"].map((name) => path.has(name)).indexOf(true));
  assert.deepEqual(looks(wires(convolution({ w: { values: numbers(5, -1, 2, 0) } }), "y", [0, 0, 0])), [-1, 0, 1, -1]);
  const message = convolution();
  const [output, cells] = [
    range(3).map(() => [0, 0, 0]),
    [
      [0, 0, 1],
      [0, 1, 0],
      [0, 1, 1],
    ],
  ];
  message.wires.window = { cells: { output, input: cells, tap: cells }, weight: [1, -2, 0] };
  assert.deepEqual(looks(wires(message, "y", [0, 0, 0])), [1, 0, -1]);
});

test("a wire runs from left to right, whichever way the sum runs", () => {
  for (const [name, cell] of [
    ["y", [0, 0, 0]],
    ["w", [0, 0, 1]],
    ["x", [0, 1, 1]],
  ])
    for (const path of wires(convolution(), name, cell, { backward: name === "w" }).drawn)
      for (const [[from], [to]] of endsOf(path)) assert.ok(from < to, `${name}: ${path}`);
});

test("without a kernel a wire goes from the input straight to the output, through what is made on the way", () => {
  const pooled = wires(pool([0, 1, 1, 0]), "y", [0, 0, 1]);
  assert.deepEqual(
    pooled.drawn.map((path) => endsOf(path).length),
    [1, 1],
  );
  assert.deepEqual(
    pooled.drawn.map((path) => endsOf(path)[0][0][0]),
    [2 * CELL, 3 * CELL],
  );
  const message = convolution({
    y: { sum: { wires: "window", a: "x", b: "w", via: "part", opening: "", joiner: " + ", closing: "" } },
  });
  message.panels.push(panel("part", "part", [2, 2], [1, 2, 3, 4]));
  message.wires.window = { ...message.wires.window, planes: { output: [0], input: [0], tap: [0], part: [0] } };
  const { drawn, whereOf } = wires(message, "y", [0, 0, 0], { left: { ...LEFT, y: 600, part: 420 } });
  assert.deepEqual(
    drawn.map((path) => endsOf(path).length),
    [3, 3, 3, 3],
  );
  assert.equal(endsOf(drawn[0])[2][0][0], whereOf({ panel: "part", cell: [0, 0, 0] }).cell.right);
});

test("a wire that would run across another panel is not drawn, the others are", () => {
  const left = { left: { x: 0, z: 190, w: 260, y: 400 } };
  const drawn = (row, height) => {
    const message = convolution();
    message.panels.push(panel("z", undefined, [height, 1], range(height), { row }));
    return wires(message, "y", [0, 1, 1], left).drawn.map((path) => Math.floor(endsOf(path)[0][1][1] / CELL));
  };
  assert.deepEqual(drawn(0, 4), []);
  assert.deepEqual(drawn(0, 1), [1, 1]); // to the kernel's second row
  assert.deepEqual(drawn(2, 4), [0, 0, 1, 1]); // below them all
});

test("a panel that is hidden has no wire, and neither have two that stand below each other", () => {
  assert.deepEqual(
    wires(convolution(), "y", [0, 0, 0], { hidden: ["y"] }).drawn.map((path) => endsOf(path).length),
    [1, 1, 1, 1],
  );
  assert.deepEqual(wires(convolution(), "y", [0, 0, 0], { hidden: ["x", "w"] }).drawn, []);
  assert.deepEqual(wires(convolution(), "y", [0, 0, 0], { left: { x: 0, w: 0, y: 0 } }).drawn, []);
});

test("of a sum of more than 40 products no wire is drawn: they would hide each other", () => {
  const long = (columns) => ({
    ...convolution(),
    panels: [
      panel("x", "input", [1, columns], range(columns)),
      panel("w", "tap", [1, columns], range(columns)),
      panel("y", "output", [1, 1], [1], {
        sum: { wires: "window", a: "x", b: "w", opening: "", joiner: "+", closing: "" },
      }),
    ],
    wires: {
      window: {
        planes: { output: [0], input: [0], tap: [0] },
        rows: { output: [0], input: [0], tap: [0] },
        columns: { output: range(columns).map(() => 0), input: range(columns), tap: range(columns) },
      },
    },
  });
  const left = { left: { x: 0, w: 2000, y: 4000 } };
  assert.deepEqual(
    [40, 41].map((count) => wires(long(count), "y", [0, 0, 0], left).drawn.length),
    [40, 0],
  );
});
