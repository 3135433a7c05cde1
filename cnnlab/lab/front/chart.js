// A panel of curves, such as the loss by epoch.

import { make } from "./dom.js";

const VIEW = { width: 250, height: 160, left: 40, right: 12, top: 8, bottom: 34 }; // units of the SVG
const LINES = 5; // parts that the grid divides a y axis into
const MOST_TICKS = 11; // numbers on the x axis

/** The points of a line in the SVG, clipped at the top; one that is not finite is left out. */
export function pointsOf(xs, ys, last, top) {
  const [wide, high] = [VIEW.width - VIEW.left - VIEW.right, VIEW.height - VIEW.top - VIEW.bottom];
  const points = [];
  xs.forEach((x, k) => {
    if (Number.isFinite(ys[k]))
      points.push([VIEW.left + (wide * x) / (last || 1), VIEW.top + high * (1 - Math.min(1, ys[k] / top))]);
  });
  return points.map((point) => point.map((length) => length.toFixed(1)).join(",")).join(" ");
}

/** The numbers that are written on the x axis, from 0 on. */
export function ticksOf(last) {
  const by = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((step) => last / step < MOST_TICKS) ?? last;
  return Array.from({ length: Math.floor(last / by) + 1 }, (_, k) => k * by);
}

/** A number in at most three digits. */
export function brief(value) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return "∞";
  if (value !== 0 && (Math.abs(value) < 0.001 || Math.abs(value) >= 10000)) {
    const [digits, power] = value.toExponential(1).split("e");
    return `${digits}·10${[...String(Number(power))].map((sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]).join("")}`;
  }
  return String(Number(value.toPrecision(3)));
}

export class ChartView {
  constructor(panel) {
    this.keys = make("div", { class: "cnnlab-keys" });
    this.picture = make("svg", { viewBox: `0 0 ${VIEW.width} ${VIEW.height}`, role: "img", class: "cnnlab-chart" });
    this.element = make("div", { class: "cnnlab-charted" }, this.keys, this.picture);
    this.paint(panel);
  }

  paint({ symbol, chart }) {
    const { lines, unit, top, last, ticks, label } = chart;
    const said = lines.map(({ name, y }) => (y.length ? `${name} ${brief(y.at(-1))}${unit && " "}${unit}` : name));
    this.keys.replaceChildren(...said.map((text, k) => make("span", { class: "cnnlab-key" }, swatch(k), text)));
    this.picture.setAttribute("aria-label", `${symbol} by ${label}: ${said.join(", ")}`);
    this.picture.replaceChildren(...grid(top, unit, ticks, label));
    lines.forEach(({ x, y }, k) => {
      const points = pointsOf(x, y, last, top);
      this.picture.append(make("polyline", { points, class: `cnnlab-curve cnnlab-line-${k}` }));
      const [cx, cy] = points.split(" ").at(-1).split(",");
      if (cy) this.picture.append(mark(k, Number(cx), Number(cy)));
    });
  }

  light() {}
  dim() {}
  focus() {}
  cellAt() {
    return null;
  }
  boxOf() {
    return null;
  }
}

/** The end of a curve: a disc or a square, so that colour is not all that tells them apart. */
function mark(k, x, y) {
  const shape =
    k === 0 ? make("circle", { cx: x, cy: y, r: 3.5 }) : make("rect", { x: x - 3, y: y - 3, width: 6, height: 6 });
  shape.setAttribute("class", `cnnlab-end cnnlab-line-${k}`);
  return shape;
}

function swatch(k) {
  const line = make("polyline", { points: "0,6 26,6", class: `cnnlab-curve cnnlab-line-${k}` });
  return make("svg", { viewBox: "0 0 26 12", width: 26, height: 12, "aria-hidden": "true" }, line, mark(k, 13, 6));
}

function grid(top, unit, ticks, label) {
  const [right, bottom] = [VIEW.width - VIEW.right, VIEW.height - VIEW.bottom];
  const parts = [];
  for (let k = 0; k <= LINES; k++) {
    const y = bottom - ((bottom - VIEW.top) * k) / LINES;
    parts.push(make("line", { x1: VIEW.left, x2: right, y1: y, y2: y, class: "cnnlab-rule" }));
    parts.push(
      make("text", { x: VIEW.left - 5, y: y + 4, "text-anchor": "end" }, `${brief((top * k) / LINES)}${unit}`),
    );
  }
  for (const tick of ticksOf(ticks)) {
    const x = VIEW.left + ((right - VIEW.left) * tick) / (ticks || 1);
    parts.push(make("text", { x, y: bottom + 14, "text-anchor": "middle" }, String(tick)));
  }
  parts.push(make("text", { x: (VIEW.left + right) / 2, y: VIEW.height - 5, "text-anchor": "middle" }, label));
  return parts;
}
