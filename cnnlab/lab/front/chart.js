// A panel of curves, such as the loss by epoch.

import { format } from "./numbers.js";
import { html, nothing, svg } from "./vendor/lit-html.js";

// The size of the SVG, and the rectangle between the axes.
const [WIDTH, HEIGHT] = [250, 160];
const [LEFT, RIGHT, TOP, BOTTOM] = [40, 238, 8, 126];
const PARTS = 5; // intervals of the grid on the y axis
const MOST_TICKS = 11; // numbers on the x axis
const STEPS = [1, 2, 5, 10, 20, 50, 100]; // distances between ticks to choose from
const PART = 0.2; // the distance on an axis of length at most 1
const END = 7; // the side of a mark in px

/** @typedef {import("./schema.js").Numbers} Numbers */

/**
 * Maps a value on an axis to a coordinate between two ends.
 * @param {number} value
 * @param {number[]} axis its ends
 * @param {number} start
 * @param {number} end
 */
const along = (value, [from, to], start, end) => start + ((end - start) * (value - from)) / (to - from || 1);

/**
 * A point [x, y] of the SVG, clipped at the top and bottom.
 * @param {number} x
 * @param {number} y
 * @param {{x: number[], y: number[]}} axes
 */
const pointOf = (x, y, axes) => [
  along(x, axes.x, LEFT, RIGHT),
  Math.max(TOP, Math.min(BOTTOM, along(y, axes.y, BOTTOM, TOP))),
];

/**
 * The points of a line, without inf and NaN.
 * @param {{x: Numbers, y: Numbers}} line
 * @param {{x: number[], y: number[]}} axes
 */
export const pointsOf = ({ x, y }, axes) =>
  Array.from(x, (each, k) => (Number.isFinite(y[k]) ? [pointOf(each, y[k], axes)] : [])).flat();

/**
 * The tick values of the x axis.
 * @param {number[]} axis
 */
export function ticksOf([from, to]) {
  const step = STEPS.find((some) => (to - from) / some < MOST_TICKS) ?? to - from;
  const by = to - from > 1 ? step : PART; // epochs are whole
  const first = Math.ceil(from / by);
  return Array.from({ length: Math.floor(to / by) - first + 1 }, (_, k) => (first + k) * by);
}

/**
 * The value for the slider that a chart drags, from the pointer's position along the x axis.
 * @param {Element} svg
 * @param {import("./schema.js").Chart} chart
 * @param {PointerEvent} event
 * @returns {Record<string, number>}
 */
export function draggedTo(svg, { x, drags: [name, step, least, most] = [] }, { clientX }) {
  const { left, width } = svg.getBoundingClientRect();
  const value = along(((clientX - left) / width) * WIDTH, [LEFT, RIGHT], x[0], x[1]);
  return { [name]: Math.max(least, Math.min(most, Math.round(value / step))) };
}

/**
 * A chart: a panel without cells to select.
 * @param {import("./schema.js").Panel} panel
 */
export function chartOf({ symbol, chart }) {
  const axes = /** @type {import("./schema.js").Chart} */ (chart);
  const { lines, unit, label, drags } = axes;
  const space = unit && " ";
  const said = lines.map(({ name, y, mark }) =>
    y.length && !mark ? `${name} ${format(y[y.length - 1])}${space}${unit}` : name,
  );
  const keys = said.map((text, k) => html`<span class="cnnlab-key cnnlab-line-${k}">${text}</span>`);
  return html`<div class="cnnlab-charted"><div class="cnnlab-keys">${keys}</div><svg viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img" class="cnnlab-chart ${drags ? "cnnlab-dragged" : ""}"
    aria-label=${`${symbol} by ${label}: ${said.join(", ")}`}>${grid(axes)}${lines.map((line, k) => curve(line, k, axes))}</svg></div>`;
}

/**
 * A line with an end mark, a disc or a square, so that lines differ not only in colour.
 * @param {import("./schema.js").Chart["lines"][number]} line
 * @param {number} k
 * @param {import("./schema.js").Chart} axes
 */
function curve(line, k, axes) {
  const points = pointsOf(line, axes);
  const end = line.mark ? pointOf(line.mark[0], line.mark[1], axes) : points.at(-1);
  const path = points.map((point) => point.map((length) => length.toFixed(1)).join(","));
  const mark =
    end &&
    svg`<rect x=${end[0] - END / 2} y=${end[1] - END / 2} width=${END} height=${END} rx=${k ? 0 : END / 2}
      class="cnnlab-end cnnlab-line-${k}"></rect>`;
  return svg`<polyline points=${path.join(" ")} class="cnnlab-curve cnnlab-line-${k}"></polyline>${mark ?? nothing}`;
}

/**
 * The axes, with their numbers.
 * @param {import("./schema.js").Chart} chart
 */
function grid({ y, unit, ticks, label }) {
  /** @type {(x: number, y: number, text: string | number) => unknown} */
  const middled = (x, y, text) => svg`<text x=${x} y=${y} text-anchor="middle">${text}</text>`;
  const rules = Array.from({ length: PARTS + 1 }, (_, k) => {
    const height = along(k, [0, PARTS], BOTTOM, TOP);
    return svg`<line x1=${LEFT} x2=${RIGHT} y1=${height} y2=${height} class="cnnlab-rule"></line
      ><text x=${LEFT - 5} y=${height + 4} text-anchor="end">${format(along(k, [0, PARTS], y[0], y[1]))}${unit}</text>`;
  });
  const numbers = ticksOf(ticks).map((tick) => middled(along(tick, ticks, LEFT, RIGHT), BOTTOM + 14, format(tick)));
  return [rules, numbers, middled((LEFT + RIGHT) / 2, HEIGHT - 5, label)];
}
