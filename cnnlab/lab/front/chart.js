// A panel of curves, such as the loss by epoch.

import { html, nothing, svg } from "./vendor/lit-html.js";

// Units of the SVG: its size, and the rectangle between the axes.
const [WIDTH, HEIGHT] = [250, 160];
const [LEFT, RIGHT, TOP, BOTTOM] = [40, 238, 8, 126];
const PARTS = 5; // parts that the grid divides a y axis into
const MOST_TICKS = 11; // numbers on the x axis

/** @typedef {import("./schema.js").Numbers} Numbers */

const across = (/** @type {number} */ x, /** @type {number} */ last) => LEFT + ((RIGHT - LEFT) * x) / (last || 1);
const up = (/** @type {number} */ share) => BOTTOM - (BOTTOM - TOP) * share;

/**
 * The points of a line in the SVG, clipped at the top; one that is not finite is left out.
 * @param {Numbers} xs
 * @param {Numbers} ys
 * @param {number} last
 * @param {number} top
 */
export function pointsOf(xs, ys, last, top) {
  return [...xs]
    .map((x, k) => [across(x, last), up(Math.min(1, ys[k] / top))])
    .filter((_, k) => Number.isFinite(ys[k]))
    .map((point) => point.map((length) => length.toFixed(1)).join(","))
    .join(" ");
}

/**
 * The numbers that are written on the x axis, from 0 on.
 * @param {number} last
 */
export function ticksOf(last) {
  const by = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((step) => last / step < MOST_TICKS) ?? last;
  return Array.from({ length: Math.floor(last / by) + 1 }, (_, k) => k * by);
}

/**
 * A number in at most three digits.
 * @param {number} value
 */
export function inThreeDigits(value) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return "∞";
  const size = Math.abs(value);
  if (value === 0 || (size >= 0.001 && size < 10000)) return String(Number(value.toPrecision(3)));
  const [digits, power] = value.toExponential(1).split("e");
  return `${digits}·10${String(Number(power)).replace(/./g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)])}`;
}

/**
 * A panel that no cell is selected in.
 * @param {import("./schema.js").Panel} panel
 */
export function chartOf({ symbol, chart }) {
  const { lines, unit, top, last, ticks, label } = /** @type {import("./schema.js").Chart} */ (chart);
  const space = unit && " ";
  const said = lines.map(({ name, y }) =>
    y.length ? `${name} ${inThreeDigits(y[y.length - 1])}${space}${unit}` : name,
  );
  const keys = said.map((text, k) => html`<span class="cnnlab-key">${swatch(k)}${text}</span>`);
  const curves = lines.map(({ x, y }, k) => curve(k, pointsOf(x, y, last, top)));
  return html`<div class="cnnlab-charted"><div class="cnnlab-keys">${keys}</div><svg viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img" class="cnnlab-chart" aria-label=${`${symbol} by ${label}: ${said.join(", ")}`}>${grid(
      top,
      unit,
      ticks,
      label,
    )}${curves}</svg></div>`;
}

/**
 * A line, and a mark where it ends.
 * @param {number} k
 * @param {string} points
 * @param {string} [end] the last of them
 */
function curve(k, points, end = points.split(" ").at(-1)) {
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
 * @param {number} top
 * @param {string} unit
 * @param {number} ticks
 * @param {string} label
 */
function grid(top, unit, ticks, label) {
  /** @type {(x: number, y: number, text: string | number) => unknown} */
  const middled = (x, y, text) => svg`<text x=${x} y=${y} text-anchor="middle">${text}</text>`;
  const rules = Array.from({ length: PARTS + 1 }, (_, k) => {
    const y = up(k / PARTS);
    return svg`<line x1=${LEFT} x2=${RIGHT} y1=${y} y2=${y} class="cnnlab-rule"></line
      ><text x=${LEFT - 5} y=${y + 4} text-anchor="end">${inThreeDigits((top * k) / PARTS)}${unit}</text>`;
  });
  const numbers = ticksOf(ticks).map((tick) => middled(across(tick, ticks), BOTTOM + 14, tick));
  return [rules, numbers, middled((LEFT + RIGHT) / 2, HEIGHT - 5, label)];
}
