// What is said of the cell in view: its sentence, its strip, what one can do, and lines of code to copy.
import { read } from "./templates.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { codeOf, hasSums, heightBeside, hintOf, readoutOf } from "../../../cnnlab/lab/front/readout.js";
import { cellAt, countOf, readScene } from "../../../cnnlab/lab/front/scene.js";
import { linesOf } from "../../../cnnlab/lab/front/text.js";
import { convolution, panel, range, says, stageOf } from "./scenes.mjs";

const at = (panel, ...cell) => ({ panel, cell });
const readout = (...given) => read(readoutOf(stageOf(...given)));
const hint = (...given) => read(hintOf(stageOf(...given)));

test("a cell is told by a sentence and by its sum", () => {
  const said = readout(convolution(), at("y", 0, 1, 0));
  assert.equal(
    said.all("cnnlab-sentence")[0].text,
    "The window at rows 2 to 3, columns 0 to 1; 2 of its 4 cells are padding.",
  );
  assert.equal(said.all("cnnlab-strip")[0].text, "y[1, 0] = 6·0+7·1+0·2+0·3= 7");
  assert.equal(said.all("cnnlab-total")[0].attributes["data-total"], 7);
});

test("what was wrong with a typed text is said in place of the sentence", () => {
  assert.equal(readout(convolution(), null, { message: "no number" }).all("cnnlab-sentence")[0].text, "no number");
});

test("a sentence keeps the room of a long one of its scene, a strip that of its lines, so that nothing below them moves", () => {
  const keeps = (here) => readout(convolution(), here).all("cnnlab-keeps")[0].attributes["data-longest"];
  const longest = keeps(at("y", 0, 0, 0));
  const said = Object.values(readScene(convolution()).panels).flatMap((panel) =>
    range(countOf(panel)).map((k) => readout(convolution(), at(panel.name, ...cellAt(panel, k)))),
  );
  for (const each of said) {
    assert.equal(each.all("cnnlab-keeps")[0].attributes["data-longest"], longest);
    assert.ok(each.all("cnnlab-sentence")[0].text.length <= longest.length + 3, longest);
    assert.equal(each.all("cnnlab-strip")[0].attributes.style, "--lines: 1");
  }
  const photo = readout(convolution({ x: { view: "photo" } }));
  assert.equal(photo.all("cnnlab-strip")[0].attributes.style, "--lines: 2");
});

test("the room of the words grows with the longest of them, and is that of the foot where nothing is said", () => {
  const height = (panels) => heightBeside(readScene(convolution(panels)));
  const of = (signs) => height({ y: { says: says("x".repeat(signs)) } });
  assert.deepEqual([of(250) - of(120), of(380) - of(250)], [19, 19]); // a line more
  const plain = readScene({ panels: [panel("h", undefined, [1, 1], [1])], wires: {}, first: at("h", 0, 0, 0) });
  assert.equal(heightBeside(plain), 37); // its foot, and the edges around it
  const sheet = { ...readScene(convolution()), network: true };
  assert.equal(heightBeside(sheet), 37 + 31 + 19 + 3 * 28); // its foot, bar, sentence, and three lines of chips
  assert.deepEqual([hasSums(plain), hasSums(readScene(convolution()))], [false, true]);
});

test("where nothing is summed a name and a number stand beside the hint, and need no row of their own", () => {
  const message = {
    panels: [panel("h", undefined, [1, 2], [1, -2], { editable: true })],
    signs: [],
    wires: {},
    first: at("h", 0, 0, 1),
  };
  assert.deepEqual(readout(message).elements, []);
  const can = hint(message);
  assert.equal(can.all("cnnlab-strip")[0].text, "h[0, 1] = −2");
  assert.equal(
    can.all("cnnlab-hint")[0].text,
    "point · click to hold · drag or double-click a number to change it · ? for more",
  );
});

test("the hint says what can be done, and how to let go; the scene's note stands in its place", () => {
  const text = (...given) => hint(...given).all("cnnlab-hint")[0]?.text;
  const all = "point · click to hold · drag or double-click a number to change it · ? for more";
  assert.equal(text(convolution()), all);
  assert.equal(text(convolution({}, { pick: true })), all.replace("to hold", "to see how it was made"));
  const fixed = { editable: false };
  assert.equal(text(convolution({ x: fixed, w: fixed, dy: fixed })), "point · click to hold · ? for more");
  assert.equal(text(convolution(), null, { held: true }), "held · click it again or press Esc to let go");
  const noted = hint(convolution({}, { note: "It is cropped." }));
  assert.deepEqual([noted.all("cnnlab-note")[0].text, noted.all("cnnlab-hint")], ["It is cropped.", []]);
});

test("a line of code is shown on request, with a button that copies it", () => {
  const code = (on) => read(codeOf(stageOf(convolution(), null, { on: { code: on } })));
  assert.deepEqual(code(false).elements, []);
  const [{ elements: lines }] = code(true).elements;
  const numpy = "xp = np.pad(x, ((0, 0), (0, 0), (0, 1), (0, 1))); (xp[0, 0:1, 0:2, 0:2] * w[0]).sum()";
  assert.deepEqual(
    lines.map(({ elements }) => elements.map(({ text }) => text)),
    [["numpy", numpy, "copy"]],
  );
  assert.equal(lines[0].elements[2].attributes["aria-label"], "copy the numpy line");
});

test("what follows an underscore after a single letter is a subscript, and a style of a span is a class", () => {
  const text = (words) => read(linesOf([[["", words]]])).all("cnnlab-line")[0];
  const subs = (words) => text(words).elements[0].elements.map((sub) => sub.text);
  assert.deepEqual(["z_A and δ_zA", "max_pool", "x_1"].map(subs), [["_A", "_zA"], [], []]);
  assert.equal(text("z_A and b").text, "z_A and b");
  const [line] = read(
    linesOf([
      [
        ["x", "input"],
        ["", " ⋆ "],
        ["w", "kernel"],
      ],
    ]),
  ).elements;
  assert.deepEqual(
    [line.text, line.all("cnnlab-x")[0].text, line.all("cnnlab-w")[0].text],
    ["input ⋆ kernel", "input", "kernel"],
  );
});
