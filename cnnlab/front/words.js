// What the stage says of a selected cell: a number as it is written, a sentence, a line of numpy. Pure functions.

import { isBeyond, isPadding, placeOf, planesOf, sumOf, summed } from "./wires.js";

/** A number as it is written: a true minus sign, and no more digits than fit. */
export function format(value, digits = 3) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  let text;
  if (Number.isInteger(value) && size < 1e5) text = String(value);
  else if (size !== 0 && (size >= 1e5 || size < 10 ** -digits / 2)) text = value.toExponential(1);
  else text = String(Number(value.toFixed(Math.max(0, digits - Math.max(0, Math.floor(Math.log10(size)))))));
  return text.replaceAll("-", "−").replace("e+", "e");
}

/** A number as it stands in a cell, where there is little room; the strip below says what a tiny one is. */
export function brief(value) {
  return value !== 0 && Math.abs(value) < 0.005 ? "≈0" : format(value, 2);
}

/** The number that a learner typed, NaN where it is none: 0,5 is a half and 120,000 are many. */
export function numberIn(text) {
  const plain = text.trim().replaceAll("−", "-");
  const grouped = /^-?[1-9]\d{0,2}(,\d{3})+$/.test(plain);
  return plain === "" ? NaN : Number(grouped ? plain.replaceAll(",", "") : plain.replace(",", "."));
}

const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** "row 2", or "rows −1 to 1". */
function span(noun, indices) {
  const [first, last] = [Math.min(...indices), Math.max(...indices)];
  return (first === last ? `${noun} ${first}` : `${noun}s ${first} to ${last}`).replaceAll("-", "−");
}

/** One plain sentence on the selected cell. */
export function sentenceOf(scene, name, cell) {
  if (scene.op === "overview") return scene.about ?? "";
  const sum = sumOf(scene, name, cell);
  const place = `(${placeOf(scene.panels[name], cell).join(", ")})`.replaceAll("-", "−");
  if (sum.panel === "parts") return `One channel’s part of output cell ${place}: its window times its slice of the kernel. The parts of all channels add up.`;
  if (sum.panel === "y") return sentenceOfOutput(scene, place, sum);
  const count = sum.terms.length;
  const outputs = scene.words ? `${plural(count, "cell")} of ${scene.words.outputs}` : plural(count, "output");
  const dy = scene.panels.dy?.symbol ?? "dy";
  const slope = scene.shares && !["max", "mean"].includes(scene.op); // an activation: its share is its slope
  if (slope && ["dx", "dy"].includes(sum.panel)) return `The error after the activation at ${place}, times its slope there, is the error before it.`;
  const what = kindOfInput(scene, scene.panels[name], cell);
  const weight = scene.panels.w ? "weight" : "share";
  switch (sum.panel.split("-")[0]) {
    case "x":
      if (!count) return `${what} ${place} is read by no output: every window passes it by.`;
      return `${what} ${place} is read by ${outputs}${scene.panels.w && count > 1 ? ", each time through another weight" : ""}.`;
    case "dx":
      if (!count) return `${what} ${place} was used by no output, so its gradient is 0.`;
      return `${what} ${place} was used by ${outputs}, so its gradient is a sum of ${plural(count, "term")}: `
        + `each output’s ${dy} times the ${scene.panels.w ? "weight that joined them" : "share that it had"}.${what === "Padding cell" ? " It lies in the ring that is cropped." : ""}`;
    case "w": {
      const all = scene.words ? `of ${scene.words.outputs}` : `output${scene.filters > 1 ? " of its filter" : ""}`;
      if (count === 1) return `Kernel tap ${place} is used once: there is one ${scene.words ? `cell ${all}` : all}.`;
      return `Kernel tap ${place} is used ${plural(count, "time")}, once for every ${scene.words ? `cell ${all}` : all}: this is weight sharing.`;
    }
    case "dw":
      return `Kernel tap ${place} was used for ${outputs}; its gradient adds up each input it met times that output’s ${dy}.`;
    case "dy":
      return `${scene.panels.dy?.symbol ?? "∂L/∂y"} ${place} goes back along the ${plural(count, "wire")} of its window, each time multiplied by the ${weight} of the wire.`;
    case "db":
      return count === 1 ? `The bias was added to one output, so its gradient is that output’s ${dy}.` : `The bias was added to ${outputs}, so its gradient is the sum of their ${dy}.`;
    default:
      return `The bias is added to ${count === 1 ? "the one output" : `every one of the ${outputs}`} of its filter.`;
  }
}

function kindOfInput(scene, panel, cell) {
  if (isBeyond(panel, cell)) return "The place beyond the edge";
  if (isPadding(panel, cell)) return "Padding cell";
  if (panel.marks?.inserted?.some((other) => other.join() === cell.join())) return "The inserted zero";
  return scene.words?.input ?? "Input cell";
}

/** What of a window is no input, as the end of a sentence. */
function edgeOf(x, inputs) {
  const beyond = inputs.filter((input) => isBeyond(x, input)).length;
  const padding = inputs.filter((input) => isPadding(x, input)).length - beyond;
  if (padding === inputs.length) return "; it is all padding.";
  const of = (count, what, are) => (count ? [`${count} of its ${inputs.length} cells ${count === 1 ? what : are}`] : []);
  const parts = [...of(padding, "is padding", "are padding"), ...of(beyond, "hangs over the edge and is nothing", "hang over the edge and are nothing")];
  return parts.length ? `; ${parts.join(", ")}.` : ".";
}

function sentenceOfOutput(scene, place, { terms }) {
  const { x } = scene.panels;
  const inputs = terms.map((term) => term.a.cell);
  const [top, , left] = x.frame;
  const rows = span("row", inputs.map(([, row]) => row - top));
  const columns = span("column", inputs.map(([, , column]) => column - left));
  const kernel = `${scene.kernel[0]}×${scene.kernel[1]}`;
  const tail = edgeOf(x, inputs);
  const { output: name = "Output cell", kernel: taps = "kernel" } = scene.words ?? {};
  const window = `the ${kernel} window in ${rows}, ${columns}`;
  const deep = scene.op === "convolution" && scene.channels / scene.groups > 1 ? ` over ${scene.channels / scene.groups} channels` : "";
  if (scene.op === "max") return `${name} ${place} is the largest value of ${window}${tail}`;
  if (scene.op === "mean") {
    const counted = terms.filter((term) => term.b.value).length;
    return `${name} ${place} is the mean of ${counted < terms.length ? `the ${plural(counted, "cell")} that count${counted === 1 ? "s" : ""} in ` : ""}${window}${tail}`;
  }
  if (scene.op !== "convolution") return `${name} ${place} is ${scene.op} of the cell before it, ${format(terms[0].a.value)}.`;
  return `${name} ${place} is the inner product of ${window}${deep} and the ${taps}${scene.turned ? " turned by 180°" : ""}${tail}`;
}

/** Writes evenly spaced indices as a Python slice. */
export function sliceOf(indices) {
  const [first, last] = [indices[0], indices.at(-1)];
  const step = indices.length > 1 ? indices[1] - first : 1;
  const stop = last + Math.sign(step);
  return `${first}:${stop < 0 ? "" : stop}${step === 1 ? "" : `:${step}`}`;
}

/** The numpy expression that gives the selected cell, to copy. */
export function numpyOf(scene, name, cell) {
  const panel = summed(scene, name);
  if (!["y", "dx", "dw"].includes(panel) || scene.pad === undefined) return "";
  if (scene.op === "convolution" && !scene.pytorch) return ""; // scatter and gather have other arrays than x, w and dy
  const { rows, columns } = scene.tables;
  const { kind } = scene.panels[panel];
  const along = (end) => {
    const [r, c] = [rows[kind].get(cell[1]) ?? [], columns[kind].get(cell[2]) ?? []];
    return r.length && c.length && `${sliceOf(r.map((wire) => wire[end]))}, ${sliceOf(c.map((wire) => wire[end]))}`;
  };
  if (!along("output")) return "0.0";
  const [planes] = planesOf(scene, kind, cell[0]);
  const xp = scene.padded ? "xp" : "x";
  if (scene.op !== "convolution") return panel === "y" ? poolingOf(scene, name, cell, `${xp}[0, ${cell[0]}, ${along("input")}]`) : "";
  const deep = scene.channels / scene.groups;
  if (panel === "dw") return `(${xp}[0, ${planes.input}, ${along("input")}] * dy[0, ${planes.output}]).sum()`;
  if (panel === "dx") {
    const filters = sliceOf(planesOf(scene, kind, cell[0]).map((p) => p.output));
    return `(dy[0, ${filters}, ${along("output")}] * w[${filters}, ${planes.tap % deep}, ${along("tap")}]).sum()`;
  }
  const channels = scene.groups === 1 ? ":" : `${planes.input}:${planes.input + deep}`;
  const turned = scene.turned ? "[..., ::-1, ::-1]" : "";
  const bias = scene.panels.b ? ` + b[${cell[0]}]` : "";
  return `(${xp}[0, ${channels}, ${along("input")}] * w[${cell[0]}]${turned}).sum()${bias}`;
}

/** The numpy expression of one pooled cell; numpy cuts a slice that hangs over the edge, as the pooling does. */
function poolingOf(scene, name, cell, window) {
  if (scene.op === "max") return `${window}.max()`;
  const counted = sumOf(scene, name, cell).terms.filter((term) => term.b.value);
  const all = scene.kernel[0] * scene.kernel[1];
  return counted.length === all ? `${window}.mean()` : `${window}.sum() / ${counted.length}`;
}
