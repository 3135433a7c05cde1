// Reads packed scenes as JSON from standard input and prints, for every cell of every panel, what the stage would say of
// it: the sum's terms with their cells, the strip, the sentence and the line of code. tests/lab/test_scene_front.py
// compares that with Python.
import { read } from "./templates.mjs";
import { readFileSync } from "node:fs";
import { readArray } from "../../../cnnlab/lab/front/connection.js";
import { cellAt, countOf, readScene } from "../../../cnnlab/lab/front/scene.js";
import { stripOf } from "../../../cnnlab/lab/front/strip.js";
import { firstState } from "../../../cnnlab/lab/front/state.js";
import { sumOf } from "../../../cnnlab/lab/front/sums.js";
import { codeLine, sentenceOf } from "../../../cnnlab/lab/front/words.js";

const revive = (_, value) => {
  if (value?.dtype) return readArray(value);
  if (typeof value?.base64 !== "string") return value;
  return new DataView(Uint8Array.from(Buffer.from(value.base64, "base64")).buffer);
};

/** JSON knows no infinity. */
const finite = (_, value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value);

/** The texts of a strip: its head, its terms with the signs between them, its result, and its groups. */
function written(scene, at, sum) {
  const strip = (open) => {
    const shown = read(stripOf({ state: { ...firstState(scene), at }, sum, group: open }));
    const [head, ...parts] = shown.elements[0].elements.filter((part) => !part.has("cnnlab-total"));
    return { head: head.text.trim(), parts, total: shown.all("cnnlab-total")[0]?.text ?? "" };
  };
  const { head, parts, total } = strip(null);
  const isGroup = (part) => part.has("cnnlab-group") && !part.has("cnnlab-more");
  const whole = parts.flatMap((part) => {
    if (!isGroup(part)) return [part.text];
    const texts = strip(part.attributes["data-group"]).parts.map(({ text }) => text);
    return texts.slice(texts.indexOf("(") + 1, texts.indexOf(")")); // the group, opened
  });
  return { head, parts: whole, total, groups: parts.filter(isGroup).map(({ text }) => text) };
}

const operand = ({ panel, cell, value }) => [panel, cell ?? [], value];
const answers = JSON.parse(readFileSync(0, "utf8"), revive).map(({ scene: message, backward }) => {
  const scene = readScene(message);
  return Object.values(scene.panels).flatMap((panel) =>
    Array.from({ length: countOf(panel) }, (_, k) => {
      const at = { panel: panel.name, cell: cellAt(panel, k) };
      const sum = sumOf(scene, at, backward);
      return {
        at,
        panel: sum.panel.name,
        terms: sum.terms.map(({ a, b, to }) => [a, b, to].map(operand)),
        strip: written(scene, at, sum),
        sentence: sentenceOf(scene, at, sum),
        code: codeLine(scene, at, sum),
      };
    }),
  );
});
process.stdout.write(JSON.stringify(answers, finite));
