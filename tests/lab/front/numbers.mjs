// Reads {numbers, texts} as JSON from standard input, and prints how each is written or read; see tests/lab/test_numbers.py.
import { readFileSync } from "node:fs";
import { brief, format, numberIn, percent } from "../../../cnnlab/lab/front/numbers.js";

const { numbers, texts } = JSON.parse(readFileSync(0, "utf8"));
const written = numbers.map((value) => [format(value), brief(value), percent(value)]);
const read = texts.map(numberIn).map((value) => (Number.isFinite(value) ? value : null));
process.stdout.write(JSON.stringify({ written, read }));
