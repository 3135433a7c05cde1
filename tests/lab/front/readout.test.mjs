// What is said of the cell in view: its sentence, its strip, what one can do, and lines of code to copy.
import { read } from "./templates.mjs";
import assert from "node:assert/strict";
import { test } from "node:test";
import { codeOf, hasSums, heightBeside, hintOf, readoutOf } from "../../../cnnlab/lab/front/readout.js";
import { cellAt, countOf, readScene } from "../../../cnnlab/lab/front/scene.js";
import { firstState, reduce } from "../../../cnnlab/lab/front/state.js";
import { sumOf } from "../../../cnnlab/lab/front/sums.js";
import { linesOf } from "../../../cnnlab/lab/front/text.js";
import { convolution, panel, range, says } from "./scenes.mjs";

const HAND = { light() {}, open: null, toggle() {} };
const at = (panel, ...cell) => ({ panel, cell });

/** A stage's words: what `of` makes of a scene with some cell in view. */
function shown(of, message, here, more = {}) {
  const state = { ...firstState(readScene(message)), ...(here && { at: here }), ...more };
  const sum = sumOf(state.scene, state.at);
  return read(of(state, sum));
}
const readout = (...given) => shown((state, sum) => readoutOf(state, sum, true, HAND), ...given);
const hint = (...given) => shown((state, sum) => hintOf(state, sum, HAND), ...given);

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

test("sentence and strip keep the room of the longest ones of their scene, so that nothing below them moves", () => {
  const keeps = (here) =>
    readout(convolution(), here)
      .all("cnnlab-keeps")
      .map((element) => element.attributes["data-longest"]);
  const [sentence, strip] = keeps(at("y", 0, 0, 0));
  assert.deepEqual(keeps(at("x", 0, 0, 0)), [sentence, strip]);
  const said = Object.values(readScene(convolution()).panels).flatMap((panel) =>
    range(countOf(panel)).map((k) => readout(convolution(), at(panel.name, ...cellAt(panel, k)))),
  );
  const sentences = said.map((each) => each.all("cnnlab-sentence")[0].text);
  assert.ok(sentences.includes(sentence) && sentences.every((text) => text.length <= sentence.length), sentence);
  const chips = (text) => text.replace(/[\s\u2007]/g, ""); // in place of whose edges there are spaces
  const strips = said.map((each) => each.all("cnnlab-terms")[0].text);
  assert.ok(strips.map(chips).includes(chips(strip)) && strips.every((text) => text.length <= strip.length), strip);
});

test("the room of the words grows with the longest of them, and is that of the foot where nothing is said", () => {
  const height = (panels) => heightBeside(readScene(convolution(panels)), false);
  const of = (signs) => height({ y: { says: says("x".repeat(signs)) } });
  assert.deepEqual([of(200) - of(100), of(300) - of(200)], [19, 19]); // a line more
  const plain = readScene({ panels: [panel("h", undefined, [1, 1], [1])], wires: {}, first: at("h", 0, 0, 0) });
  assert.equal(heightBeside(plain, false), 44); // its foot
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
  const state = firstState(readScene(convolution()));
  const code = (now) => read(codeOf(now, true));
  assert.deepEqual(code(state).elements, []);
  const open = reduce(state, { type: "turn", name: "code" });
  const [{ elements: lines, attributes }] = code(open).elements;
  const numpy = "xp = np.pad(x, ((0, 0), (0, 0), (0, 1), (0, 1))); (xp[0, 0:1, 0:2, 0:2] * w[0]).sum()";
  assert.deepEqual(
    lines.map(({ elements }) => elements.map(({ text }) => text)),
    [["numpy", numpy, "copy"]],
  );
  assert.equal(attributes.style, "min-height: 28px");
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
