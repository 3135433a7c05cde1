// Reads packed scenes as JSON from standard input and prints, for every cell of every panel, what the stage would
// say of it: the sum's terms with their cells, the total, the sentence and the line of numpy. tests/test_scenes.py
// compares that with the functions.
import { readFileSync } from "node:fs";
import { readScene, sumOf } from "../../cnnlab/front/wires.js";
import { numpyOf, sentenceOf } from "../../cnnlab/front/words.js";

const revive = (key, value) => {
  if (typeof value?.base64 !== "string") return value;
  const bytes = Uint8Array.from(Buffer.from(value.base64, "base64"));
  return new DataView(bytes.buffer);
};

/** JSON knows no infinity. */
const finite = (key, value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value);

function* cellsOf(panel) {
  for (let plane = 0; plane < panel.planes[0] * panel.planes[1]; plane++)
    for (let row = 0; row < panel.shape[0]; row++)
      for (let column = 0; column < panel.shape[1]; column++) yield [plane, row, column];
}

const operand = ({ panel, cell, value }) => [panel, cell, value];
const answers = JSON.parse(readFileSync(0, "utf8"), revive).map((message) => {
  const scene = readScene(message);
  return Object.values(scene.panels).flatMap((panel) =>
    [...cellsOf(panel)].map((cell) => {
      const { panel: name, terms, bias, total } = sumOf(scene, panel.name, cell);
      const parts = terms.map(({ a, b, to }) => [operand(a), operand(b), operand(to)]);
      const words = { sentence: sentenceOf(scene, panel.name, cell), numpy: numpyOf(scene, panel.name, cell) };
      return { asked: panel.name, cell, panel: name, terms: parts, bias: bias?.value ?? 0, total, ...words };
    }));
});
process.stdout.write(JSON.stringify(answers, finite));
