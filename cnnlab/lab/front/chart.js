// A panel of curves, such as the loss by epoch.

import { html, nothing, svg } from "./vendor/lit-html.js";

// Units of the SVG: its size, and the rectangle between the axes.
const [WIDTH, HEIGHT] = [250, 160];
const [LEFT, RIGHT, TOP, BOTTOM] = [40, 238, 8, 126];
const PARTS = 5; // parts that the grid divides a y axis into
const MOST_TICKS = 11; // numbers on the x axis
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]; // from one of them to the next
const PART = 0.2; // the step where the axis is no longer than 1

/** @typedef {import("./schema.js").Numbers} Numbers */

/**
 * How far along an axis a value is, from 0 to 1.
 * @param {number} value
 * @param {number[]} axis from where to where it runs
 */
const along = (value, [from, to]) => (value - from) / (to - from || 1);
const across = (/** @type {number} */ share) => LEFT + (RIGHT - LEFT) * share;
const up = (/** @type {number} */ share) => BOTTOM - (BOTTOM - TOP) * share;

/**
 * A point of the SVG, clipped at top and bottom.
 * @param {number} x
 * @param {number} y
 * @param {{x: number[], y: number[]}} axes
 */
const pointOf = (x, y, axes) =>
  [across(along(x, axes.x)), up(Math.max(0, Math.min(1, along(y, axes.y))))].map((px) => px.toFixed(1)).join(",");

/**
 * The points of a line; one that is not finite is left out.
 * @param {{x: Numbers, y: Numbers}} line
 * @param {{x: number[], y: number[]}} axes
 */
export const pointsOf = ({ x, y }, axes) =>
  Array.from(x, (each, k) => (Number.isFinite(y[k]) ? pointOf(each, y[k], axes) : ""))
    .filter(Boolean)
    .join(" ");

/**
 * The numbers that are written on the x axis.
 * @param {number[]} axis
 */
export function ticksOf([from, to]) {
  const step = STEPS.find((some) => (to - from) / some < MOST_TICKS) ?? to - from;
  const by = to - from > 1 ? step : PART; // an epoch has no parts
  const first = Math.ceil(from / by);
  return Array.from({ length: Math.floor(to / by) - first + 1 }, (_, k) => inTens((first + k) * by));
}

const inTens = (/** @type {number} */ value) => Number(value.toFixed(1)); // 3 * 0.2 is 0.6000000000000001

/**
 * Where the slider that a chart drags is to stand: where the pointer is along its x axis.
 * @param {Element} svg
 * @param {import("./schema.js").Chart} chart
 * @param {PointerEvent} event
 * @returns {Record<string, number>}
 */
export function draggedTo(svg, { x: [from, to], drags: [name, step, least, most] = [] }, { clientX }) {
  const { left, width } = svg.getBoundingClientRect();
  const share = (((clientX - left) / width) * WIDTH - LEFT) / (RIGHT - LEFT);
  return { [name]: Math.max(least, Math.min(most, Math.round((from + share * (to - from)) / step))) };
}

/**
 * A number in at most three digits.
 * @param {number} value
 */
export function inThreeDigits(value) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return "∞";
  const size = Math.abs(value);
  if (value === 0 || (size >= 0.001 && size < 10000)) return String(Number(value.toPrecision(3))).replace("-", "−");
  const [digits, power] = value.toExponential(1).split("e");
  return `${digits}·10${String(Number(power)).replace(/./g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)])}`;
}

/**
 * A panel that no cell is selected in.
 * @param {import("./schema.js").Panel} panel
 */
export function chartOf({ symbol, chart }) {
  const axes = /** @type {import("./schema.js").Chart} */ (chart);
  const { lines, unit, label, drags } = axes;
  const space = unit && " ";
  const said = lines.map(({ name, y, mark }) =>
    y.length && !mark ? `${name} ${inThreeDigits(y[y.length - 1])}${space}${unit}` : name,
  );
  const keys = said.map((text, k) => html`<span class="cnnlab-key">${swatch(k)}${text}</span>`);
  const curves = lines.map((line, k) => {
    const points = pointsOf(line, axes);
    return curve(k, points, line.mark ? pointOf(line.mark[0], line.mark[1], axes) : points.split(" ").at(-1));
  });
  return html`<div class="cnnlab-charted"><div class="cnnlab-keys">${keys}</div><svg viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img" class="cnnlab-chart ${drags ? "cnnlab-dragged" : ""}"
    aria-label=${`${symbol} by ${label}: ${said.join(", ")}`}>${grid(axes)}${curves}</svg></div>`;
}

/**
 * A line, and a mark where it ends.
 * @param {number} k
 * @param {string} points
 * @param {string} [end] where its mark stands
 */
function curve(k, points, end) {
  const line = svg`<polyline points=${points} class="cnnlab-curve cnnlab-line-${k}"></polyline>`;
  return [line, end ? mark(k, end) : nothing];
}

/**
 * The end of a curve: a disc or a square, so that colour is not all that tells them apart.
 * @param {number} k
 * @param {string} end
 */
function mark(k, end) {
  const [x, y] = end.split(",").map(Number);
  const looks = `cnnlab-end cnnlab-line-${k}`;
  return k === 0
    ? svg`<circle cx=${x} cy=${y} r="3.5" class=${looks}></circle>`
    : svg`<rect x=${x - 3} y=${y - 3} width="6" height="6" class=${looks}></rect>`;
}

const swatch = (/** @type {number} */ k) =>
  html`<svg viewBox="0 0 26 12" width="26" height="12" aria-hidden="true">${curve(k, "0,6 26,6", "13,6")}</svg>`;

/**
 * The axes, with their numbers.
 * @param {import("./schema.js").Chart} chart
 */
function grid({ y: [bottom, top], unit, ticks, label }) {
  /** @type {(x: number, y: number, text: string | number) => unknown} */
  const middled = (x, y, text) => svg`<text x=${x} y=${y} text-anchor="middle">${text}</text>`;
  const rules = Array.from({ length: PARTS + 1 }, (_, k) => {
    const y = up(k / PARTS);
    return svg`<line x1=${LEFT} x2=${RIGHT} y1=${y} y2=${y} class="cnnlab-rule"></line
      ><text x=${LEFT - 5} y=${y + 4} text-anchor="end">${inThreeDigits(bottom + ((top - bottom) * k) / PARTS)}${unit}</text>`;
  });
  const numbers = ticksOf(ticks).map((tick) => middled(across(along(tick, ticks)), BOTTOM + 14, inThreeDigits(tick)));
  return [rules, numbers, middled((LEFT + RIGHT) / 2, HEIGHT - 5, label)];
}
