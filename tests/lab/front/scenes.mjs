// Scenes small enough to check by hand, as a connection reads them; and stages that show them.
import { readScene } from "../../../cnnlab/lab/front/scene.js";
import { firstState } from "../../../cnnlab/lab/front/state.js";
import { sumOf } from "../../../cnnlab/lab/front/sums.js";

export const numbers = (...values) => Float64Array.from(values);

/** The indices 0, 1 … of so many cells, the first of them called `from`. */
export const range = (count, from = 0) => Array.from({ length: count }, (_, k) => k + from);

/** A panel of one plane, or more. */
export function panel(name, end, [height, width], values, more = {}) {
  const planes = more.planes ?? [1, 1];
  const places = { planes: Array(planes[0] * planes[1]).fill([]), rows: range(height), columns: range(width) };
  const look = { symbol: name, title: "", role: "x", view: "cells", row: 0, column: 0, limit: 9 };
  return { name, end, ...look, shape: [height, width], values: numbers(...values), planes, places, ...more };
}

export const total = (a, b, more = {}) => ({ wires: "window", a, b, opening: "", joiner: " + ", closing: "", ...more });
export const says = (none, one = none, many = one) => ({
  ...{ none, one, many, ring: " It is cropped." },
  kinds: ["Input cell", "Padding cell", "The place beyond the edge", "The inserted zero"],
});

const DEPTH = { output: [0], input: [0], tap: [0], channel: [0] };
const PAIRS = { output: [0, 0, 1, 1], input: [0, 1, 2, 3], tap: [0, 1, 0, 1], part: [0, 0, 1, 1] };
const X = [0, 1, 2, 0, 3, 4, 5, 0, 6, 7, 8, 0, 0, 0, 0, 0];
const EDGES = { rows: [0, 0, 0, 1], columns: [0, 0, 0, 1] };

/** A 3×3 input padded by 1 after row and column, a 2×2 kernel, stride 2: output 2×2. */
export const convolution = (panels = {}, more = {}) => ({
  panels: [
    panel("x", "input", [4, 4], X, {
      ...{ edges: EDGES, editable: true, sum: total("x", "w", { goes: "y", opening: "takes part in ", joiner: " " }) },
      says: says("{kind} {place} is read by no output.", "{kind} {place} is read by 1 output."),
      ...panels.x,
    }),
    panel("w", "tap", [2, 2], [0, 1, 2, 3], {
      ...{ role: "w", column: 1, gradient: "dw", editable: true, sum: total("x", "w", { goes: "y", joiner: " " }) },
      says: says("", "Tap {place} is used once.", "Tap {place} is used {count} times."),
      ...panels.w,
    }),
    panel("y", "output", [2, 2], [19, 12, 7, 0], {
      ...{ role: "y", column: 2, sum: total("x", "w") },
      says: {
        ...says("The window at {rows}, {columns}{edge}"),
        code: "(xp[0, {planes input}, {rows input}, {columns input}] * w[{plane output}]).sum()",
      },
      ...panels.y,
    }),
    panel("dw", "tap", [2, 2], [50, 15, -2, 4], {
      ...{ role: "gradient", row: 1, column: 1, sum: total("x", "dy") },
      says: {
        ...says("", "Tap {place} was used for 1 output.", "Tap {place} was used for {count} outputs."),
        code: "(xp[0, {plane input}, {rows input}, {columns input}] * dy[0, {plane output}]).sum()",
      },
      ...panels.dw,
    }),
    panel("dy", "output", [2, 2], [1, -1, 2, 5], { role: "gradient", row: 1, column: 2, editable: true, ...panels.dy }),
  ],
  signs: ["⋆", "="],
  wires: { window: { planes: DEPTH, rows: PAIRS, columns: PAIRS } },
  first: { panel: "y", cell: [0, 0, 0] },
  coverage: "x",
  setup: "xp = np.pad(x, ((0, 0), (0, 0), (0, 1), (0, 1)))",
  ...more,
});

/** Pooling of one row 5 7 2 by 1×2 windows, stride 1; `shares` of the four wires. */
export const pool = (shares, strip = { opening: "max(", joiner: ", ", closing: ")", values: true }) => ({
  panels: [
    panel("x", "input", [1, 3], [5, 7, 2], {
      gradient: "dx",
      sum: total("x", "share", { goes: "y", joiner: " ", values: true, uses: [" loses", " wins"] }),
    }),
    panel("y", "output", [1, 2], [7, 7], { role: "y", column: 1, sum: total("x", "share", strip) }),
    panel("dx", "input", [1, 3], [0, 30, 0], { role: "gradient", row: 1, sum: total("dy", "share") }),
    panel("dy", "output", [1, 2], [10, 20], {
      ...{ role: "gradient", row: 1, column: 1 },
      sum: total("dy", "share", { goes: "dx", joiner: " " }),
    }),
  ],
  signs: ["→"],
  wires: {
    window: {
      planes: DEPTH,
      rows: { output: [0], input: [0], tap: [0] },
      columns: { output: [0, 0, 1, 1], input: [0, 1, 1, 2], tap: [0, 1, 0, 1] },
    },
  },
  first: { panel: "y", cell: [0, 0, 0] },
  shares: { shape: [1, 2, 1, 2], values: numbers(...shares) },
});

/** How panels stand where the scene says so alone. */
export const PLAIN = { channels: false, filters: false, beside: false };

/** What is read of a stage with a cell in view: more of its state, and more of itself. */
export function stageOf(message, at, more = {}, { backward = true, ...rest } = {}) {
  const state = { ...firstState(readScene(message)), ...(at && { at }), ...more };
  const sum = sumOf(state.scene, state.at, backward);
  return { state, sum, backward, window: null, group: null, hot: null, show() {}, ...rest };
}
