// The strip: a chip for each term, the result in a place of its own, long sums in groups, too many terms cut.
import { read } from "./templates.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { stripOf } from "../../../cnnlab/lab/front/strip.js";
import { convolution, numbers, panel, pool, range, stageOf, total } from "./scenes.mjs";

function strip(message, name, cell, { whose, ...more } = {}) {
  const { elements } = read(stripOf(stageOf(message, { panel: name, cell }, {}, more), whose));
  const chips = elements[0]?.all("cnnlab-chip");
  return { elements, chips, text: elements.map(({ text }) => text).join(" | ") };
}

test("a sum has its terms, and its result beside them", () => {
  assert.equal(strip(convolution(), "y", [0, 0, 0]).text, "y[0, 0] = 0·0+1·1+3·2+4·3 | = 19");
});

test("a negative factor stands in parentheses, and a product of 0 is soft", () => {
  const { text, chips } = strip(convolution({ w: { values: numbers(-1, 1, -2, 0.5) } }), "y", [0, 0, 0]);
  assert.match(text, /0·\(−1\)\+1·1\+3·\(−2\)\+4·0\.5/);
  assert.deepEqual(
    chips.map((chip) => chip.has("cnnlab-zero")),
    [true, false, false, false],
  );
});

test("a list of uses has no result, and says where each goes", () => {
  const { text, elements } = strip(convolution(), "x", [0, 1, 1]);
  assert.deepEqual([text, elements.length], ["x[1, 1] takes part in 4·3 → y[0, 0]", 1]);
});

test("a cell without a wire says so, and one without a sum has its number alone", () => {
  const message = convolution({ dw: { sum: total("x", "dy") } });
  message.wires.window.rows = { output: [0], input: [0], tap: [0] };
  assert.equal(strip(message, "x", [0, 2, 0]).text, "x[2, 0] takes part in no sum");
  assert.equal(strip(message, "w", [0, 1, 0]).text, "dw[1, 0] = 0 (no wire) | = −2");
  const plain = strip(convolution(), "dy", [0, 0, 1]);
  assert.deepEqual([plain.text, plain.elements.length], ["dy[0, 1] = −1", 1]);
});

test("the winner of a maximum is picked out, and its cell told what it wins", () => {
  const { text, chips } = strip(pool([0, 1, 1, 0]), "y", [0, 0, 0]);
  assert.equal(text, "y[0, 0] = max(5,7) | = 7");
  assert.deepEqual(
    chips.map((chip) => chip.has("cnnlab-largest")),
    [false, true],
  );
  const uses = strip(pool([0, 1, 1, 0]), "x", [0, 0, 1], { backward: false });
  assert.match(uses.text, /7 wins → y\[0, 0\]7 wins → y\[0, 1\]$/);
});

test("of a mean only the cells that count are written, and divided by", () => {
  const mean = { opening: "(", joiner: " + ", closing: ") / {count}", values: true };
  const written = (skips, shares) => {
    const message = pool(shares, { ...mean, skips });
    message.panels[0].edges = { rows: [0], columns: [1, 0, 0] };
    return strip(message, "y", [0, 0, 0]).text;
  };
  assert.equal(written([1], [0, 1, 0.5, 0.5]), "y[0, 0] = (7) / 1 | = 7");
  assert.equal(written([], [0.5, 0.5, 0.5, 0.5]), "y[0, 0] = (5+7) / 2 | = 7");
});

test("the root of a mean square is that of all the cells that count, zeros too, each negative one in brackets", () => {
  const rms = { opening: "√((", joiner: "² + ", closing: "²) / {count})", values: true };
  const written = (skips, columns) => {
    const message = pool([0, 1, 0.6, 0.8], { ...rms, skips });
    message.panels[0].edges = { rows: [0], columns };
    message.panels[0].values = numbers(0, -4, 3);
    return [0, 1].map((k) => strip(message, "y", [0, 0, k]).elements[0].text.split(" = ")[1]);
  };
  const both = "√((0² +(−4)²) / 2)";
  assert.deepEqual(written([2], [0, 0, 0]), [both, "√(((−4)² +3²) / 2)"]);
  assert.deepEqual(written([2], [1, 0, 2]), [both, "√(((−4)²) / 1)"]); // the padding counts, what hangs over does not
  assert.deepEqual(written([1, 2], [1, 0, 0]), ["√(((−4)²) / 1)", "√(((−4)² +3²) / 2)"]);
  for (const text of written([1, 2], [1, 0, 0]).concat(written([2], [0, 0, 0]))) {
    const value = Function(`return Math.sqrt${text.slice(1).replaceAll("²", "**2").replaceAll("−", "-")}`)();
    assert.equal(value, Math.sqrt(text.includes("3") ? 12.5 : text.includes("0") ? 8 : 16), text);
  }
});

test("a product is written with the weight of its wire, where that is not 1", () => {
  const message = convolution();
  const [output, cells] = [[0, 0, 0], range(2).map((k) => [0, 0, k])];
  message.wires.window = { cells: { output: [output, output], input: cells, tap: cells }, weight: [1, -2] };
  assert.equal(strip(message, "y", output).text, "y[0, 0] = 0·0+1·1·(−2) | = 19");
});

test("the uses of a cell take about a line: those that have no room are counted, and open on request", () => {
  const long = convolution({
    x: { values: numbers(...Array(16).fill(-12.34)) },
    w: { values: numbers(...Array(4).fill(-12.34)) },
    y: { symbol: "output" },
  });
  const uses = (group) => strip(long, "w", [0, 0, 0], { backward: false, group });
  const cells = ["0, 0", "0, 1", "1, 0", "1, 1"].map((cell) => `−12.34·(−12.34) → output[${cell}]`);
  const textsOf = ({ chips }) => chips.map(({ text }) => text);
  assert.deepEqual(textsOf(uses(null)), cells.slice(0, 2));
  assert.match(uses(null).text, /\+ 2 more$/);
  assert.deepEqual(textsOf(uses("all")), cells);
  const short = strip(convolution(), "w", [0, 0, 0], { backward: false });
  assert.deepEqual([short.chips.length, short.elements[0].all("cnnlab-more")], [4, []]);
});

test("a long sum opens whole, and closes", () => {
  const message = wide(101);
  message.panels[2].sum = total("x", "w");
  const asked = [];
  const closed = strip(message, "y", [0, 0, 0], { show: ({ group }) => asked.push(group) });
  const button = ({ elements }) => elements[0].all("cnnlab-more")[0];
  assert.ok(closed.chips.length > 5 && closed.chips.length < 20, closed.chips.length);
  button(closed).attributes["@click"]();
  const opened = strip(message, "y", [0, 0, 0], { group: "all" });
  assert.equal(opened.chips.length, 202);
  assert.deepEqual([asked, button(opened).text], [["all"], "fewer"]);
});

test("a bias comes last, as a term of its own", () => {
  const message = convolution({ y: { sum: total("x", "w", { bias: "b" }) } });
  message.panels.push(panel("b", "bias", [1, 1], [-4]));
  assert.match(strip(message, "y", [0, 0, 0]).text, /\+4·3\+−4 \| = 19$/);
});

/** A window of so many cells in each of two channels. */
const wide = (columns, view = "cells") => ({
  panels: [
    panel("x", "input", [1, columns], range(2 * columns), {
      planes: [2, 1],
      view,
      places: { planes: [[0], [1]], rows: [0], columns: range(columns) },
    }),
    panel("w", "tap", [1, columns], range(2 * columns), { planes: [2, 1] }),
    panel("y", "output", [1, 1], [7], { sum: total("x", "w", { groups: numbers(3, 4) }) }),
  ],
  signs: [],
  wires: {
    window: {
      planes: { output: [0, 0], input: [0, 1], tap: [0, 1] },
      rows: { output: [0], input: [0], tap: [0] },
      columns: { output: Array(columns).fill(0), input: range(columns), tap: range(columns) },
    },
  },
  first: { panel: "y", cell: [0, 0, 0] },
});

test("a sum over several channels is grouped; a group opens and closes on request", () => {
  const closed = strip(wide(2), "y", [0, 0, 0]);
  assert.equal(closed.text, "y[0, 0] = x 0: 3+x 1: 4 | = 7");
  assert.deepEqual(
    closed.chips.map(({ attributes }) => attributes["aria-expanded"]),
    ["false", "false"],
  );
  const asked = [];
  const opened = strip(wide(2), "y", [0, 0, 0], { group: 1, show: ({ group }) => asked.push(group) });
  assert.equal(opened.text, "y[0, 0] = x 0: 3+x 1: 4(2·2+3·3) | = 7");
  opened.chips[0].attributes["@click"]();
  opened.chips[1].attributes["@click"]();
  assert.deepEqual(asked, [0, null]);
});

test("a chip holds its term for who points at it, a group all of its terms", () => {
  const { chips } = strip(wide(2), "y", [0, 0, 0], { group: 0 });
  const held = chips.slice(0, 2).map(({ attributes }) => attributes[".terms"].map(({ a }) => a.value));
  assert.deepEqual(held, [[0, 1], [0]]);
});

test("more terms than a line holds are counted; a photograph's have two lines", () => {
  const alone = (message) => {
    message.panels[2].sum = total("x", "w");
    return strip(message, "y", [0, 0, 0]);
  };
  const [line, lines] = ["cells", "photo"].map((view) => alone(wide(30, view)));
  for (const { text, chips } of [line, lines]) assert.ok(text.endsWith(`+ ${60 - chips.length} more | = 7`), text);
  assert.ok(lines.chips.length > line.chips.length + 5 && lines.chips.length < 40);
  assert.doesNotMatch(alone(wide(4)).text, /more/);
});

/** A learner's y[0] = 5·3 + 2·4 + 10 beside the right 5·3 + 7·4 + 10; y[1] = 2·(7·3) + 10 beside 7·3 + 10. */
const learners = () => {
  const cell = (column) => [0, 0, column];
  const wires = {
    cells: {
      output: [0, 0, 0, 1].map(cell),
      input: [0, 1, 2, 1].map(cell),
      tap: [0, 1, 1, 0].map(cell),
    },
    weight: [1, 1, 1, 2],
    state: ["both", "missing", "extra", "extra"],
  };
  const bias = { cells: { output: [0, 1].map(cell), bias: [0, 0].map(cell) }, weight: [1, 1], state: ["both", "both"] };
  const sum = total("x", "w", { adds: "b", right: numbers(53, 31) });
  return {
    panels: [
      panel("x", "input", [1, 3], [5, 7, 2], {
        sum: total("x", "w", { goes: "y", opening: "takes part in ", joiner: " " }),
      }),
      panel("w", "tap", [1, 2], [3, 4], { role: "w", column: 1 }),
      panel("b", "bias", [1, 1], [10], { role: "b", column: 1 }),
      panel("y", "output", [1, 2], [33, 52], { role: "y", column: 2, sum }),
    ],
    signs: ["·", "="],
    wires: { window: wires, b: bias },
    first: { panel: "y", cell: [0, 0, 0] },
    steps: "y",
  };
};

test("a learner's sum has its own wires and its addend, the right one those that are missing, each its own total", () => {
  const [yours, right] = ["yours", "right"].map((whose) => strip(learners(), "y", [0, 0, 0], { whose }));
  assert.equal(yours.text, "yoursy[0, 0] = 5·3+2·4+10 | = 33");
  assert.equal(right.text, "righty[0, 0] = 5·3+7·4+10 | = 53");
  const marked = ({ chips }) =>
    chips.map((chip) => ["both", "missing", "extra"].find((state) => chip.has(`cnnlab-${state}`)));
  assert.deepEqual(marked(yours), ["both", "extra", "both"]);
  assert.deepEqual(marked(right), ["both", "missing", "both"]);
});

test("a weight other than 1 is a factor of its term, and where nothing is wrong nothing is said of whose it is", () => {
  assert.equal(strip(learners(), "y", [0, 0, 1], { whose: "yours" }).text, "yoursy[0, 1] = 7·3·2+10 | = 52");
  const message = learners();
  message.panels[3].sum.right = undefined;
  assert.equal(strip(message, "y", [0, 0, 1], { whose: "yours" }).text, "y[0, 1] = 7·3·2+10 | = 52");
  assert.deepEqual(strip(message, "y", [0, 0, 1], { whose: "right" }).elements, []);
});

test("of what a cell takes part in both are told, the missing ones too", () => {
  assert.equal(strip(learners(), "x", [0, 0, 1]).text, "x[0, 1] takes part in 7·4 → y[0, 0]7·3·2 → y[0, 1]");
});
