// What a training shows of itself: curves, δ by layer, the confusion matrix, the images it gets most wrong.
// Python sends numbers in the trait "summary"; everything here is drawn anew from them, in boxes of fixed size.

import { make, readArray } from "./dom.js";

const VIEW = { width: 240, height: 160, left: 36, right: 10, top: 8, bottom: 32 }; // units of the SVG
const LINES = 5; // parts that the grid divides a y axis into
const MOST_TICKS = 11; // numbers on the x axis
const SMALLEST = -6; // power of ten where the bars of δ begin

// --- pure helpers ---------------------------------------------------------------------------------------------------

/** The points of a line in the SVG, clipped at the top; one that is not finite is left out. */
export function pointsOf(xs, ys, last, top) {
  const [wide, high] = [VIEW.width - VIEW.left - VIEW.right, VIEW.height - VIEW.top - VIEW.bottom];
  const points = [];
  xs.forEach((x, k) => {
    if (Number.isFinite(ys[k])) points.push([VIEW.left + (wide * x) / last, VIEW.top + high * (1 - Math.min(1, ys[k] / top))]);
  });
  return points.map((point) => point.map((length) => length.toFixed(1)).join(",")).join(" ");
}

/** The epochs that get a number on the x axis, from 0 on. */
export function epochTicks(epochs) {
  const by = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((step) => epochs / step < MOST_TICKS) ?? epochs;
  return Array.from({ length: Math.floor(epochs / by) + 1 }, (_, k) => k * by);
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

/** How long the bar of a δ is, from 0 to 1: a tenth of δ is a sixth of the whole less. */
export function barOf(value) {
  return value > 0 ? Math.max(0, Math.min(1, 1 - Math.log10(value) / SMALLEST)) : 0;
}

// --- the parts ------------------------------------------------------------------------------------------------------

/** A part with its heading, as wide as its class says. */
function part(name, title, ...children) {
  return make("section", { class: `cnnlab-part cnnlab-${name}`, "data-part": name }, make("h4", {}, title), ...children);
}

function chart({ name, unit, top, lines }, { step, steps, epochs }) {
  const series = lines.map((line) => ({ ...line, x: readArray(line.x), y: readArray(line.y) }));
  const said = series.map((line) => `${line.name} ${line.y.length ? brief(line.y.at(-1)) : "–"}${unit && " "}${unit}`);
  const legend = series.map((line, k) => make("span", { class: `cnnlab-key cnnlab-line-${k}` }, swatch(k), said[k]));
  const label = `${name} by epoch, after step ${step} of ${steps}: ${said.join(", ")}`;
  const picture = make("svg", { viewBox: `0 0 ${VIEW.width} ${VIEW.height}`, role: "img", "aria-label": label });
  picture.append(...grid(top, unit, epochs));
  series.forEach((line, k) => {
    const points = pointsOf(line.x, line.y, steps, top);
    picture.append(make("polyline", { points, class: `cnnlab-curve cnnlab-line-${k}` }));
    const [x, y] = points.split(" ").at(-1).split(",");
    if (y) picture.append(mark(k, Number(x), Number(y)));
  });
  return part(name, name, make("div", { class: "cnnlab-keys" }, ...legend), picture);
}

/** The end of a curve: a disc or a square, so that colour is not all that tells them apart. */
function mark(k, x, y) {
  const shape = k === 0 ? make("circle", { cx: x, cy: y, r: 3.5 }) : make("rect", { x: x - 3, y: y - 3, width: 6, height: 6 });
  shape.setAttribute("class", `cnnlab-end cnnlab-line-${k}`);
  return shape;
}

function swatch(k) {
  const line = make("polyline", { points: "0,6 26,6", class: `cnnlab-curve cnnlab-line-${k}` });
  return make("svg", { viewBox: "0 0 26 12", width: 26, height: 12, "aria-hidden": "true" }, line, mark(k, 13, 6));
}

function grid(top, unit, epochs) {
  const [right, bottom] = [VIEW.width - VIEW.right, VIEW.height - VIEW.bottom];
  const parts = [];
  for (let k = 0; k <= LINES; k++) {
    const y = bottom - ((bottom - VIEW.top) * k) / LINES;
    parts.push(make("line", { x1: VIEW.left, x2: right, y1: y, y2: y, class: "cnnlab-rule" }));
    parts.push(make("text", { x: VIEW.left - 5, y: y + 3.5, "text-anchor": "end" }, `${brief((top * k) / LINES)}${unit}`));
  }
  for (const epoch of epochTicks(epochs)) {
    const x = VIEW.left + ((right - VIEW.left) * epoch) / epochs;
    parts.push(make("text", { x, y: bottom + 13, "text-anchor": "middle" }, String(epoch)));
  }
  parts.push(make("text", { x: (VIEW.left + right) / 2, y: VIEW.height - 4, "text-anchor": "middle" }, "epoch"));
  return parts;
}

function deltas(layers) {
  const rows = layers.map(({ name, value }) => {
    const bar = make("span", { class: "cnnlab-bar" }, make("span"));
    bar.firstChild.style.width = `${100 * barOf(value)}%`;
    return make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, bar), make("td", {}, brief(value)));
  });
  const about = "δ is the derivative of an image’s loss by the layer’s output. Each line is ten times the one before, from 10⁻⁶ to 1. "
    + "Train curves and δ are means of the last 20 steps.";
  return part("deltas", "mean |δ| by layer", make("table", {}, ...rows), make("p", {}, about));
}

function confusion(counts, classes) {
  const most = Math.max(1, ...counts.filter((_, k) => k % (classes + 1)));
  const numbers = Array.from({ length: classes }, (_, k) => k);
  const head = make("tr", {}, make("th", { scope: "col" }, "label"), ...numbers.map((k) => make("th", { scope: "col" }, String(k))));
  const rows = numbers.map((label) => {
    const cells = numbers.map((answer) => {
      const count = counts[label * classes + answer];
      const sum = counts.slice(label * classes, (label + 1) * classes).reduce((p, q) => p + q, 0);
      const kind = !count ? "cnnlab-none" : label === answer ? "cnnlab-hit" : "cnnlab-miss";
      const cell = make("td", { class: kind }, String(count));
      if (count) cell.style.setProperty("--v", `${Math.round(15 + 45 * (count / (label === answer ? sum : most)))}%`);
      return cell;
    });
    return make("tr", {}, make("th", { scope: "row" }, String(label)), ...cells);
  });
  const table = make("table", {}, make("caption", {}, "answer"), make("thead", {}, head), make("tbody", {}, ...rows));
  return part("confusion", "held-out images by label and answer", table);
}

function wrong({ count, of, images, labels, answers, shares }, [height, width]) {
  const values = readArray(images);
  const figures = labels.map((label, k) => {
    const said = `${label} read as ${answers[k]}`;
    const picture = make("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `a ${said}`, class: "cnnlab-digit" });
    for (let at = 0; at < height * width; at++) {
      const ink = values[k * height * width + at];
      const cell = { x: at % width, y: Math.floor(at / width), width: 1.02, height: 1.02, "fill-opacity": ink };
      if (ink > 0) picture.append(make("rect", cell));
    }
    return make("figure", {}, picture, make("figcaption", {}, make("b", {}, said), make("span", {}, `${Math.round(100 * shares[k])} % sure`)));
  });
  const title = !count ? `all ${of} right` : count > labels.length ? `the ${labels.length} worst of ${count} wrong answers` : `${count} wrong of ${of}, worst first`;
  return part("mistakes", title, make("div", { class: "cnnlab-figures" }, ...figures));
}

function update(root, summary) {
  const { charts, deltas: layers, confusion: counts, wrong: images, classes, shape } = summary;
  const parts = [...charts.map((each) => chart(each, summary)), deltas(layers), confusion(readArray(counts), classes), wrong(images, shape)];
  root.replaceChildren(...parts);
  root.dataset.step = String(summary.step);
}

export default {
  render({ model, el }) {
    const root = make("div", { class: "cnnlab-stage cnnlab-curves" });
    const changed = () => update(root, model.get("summary"));
    el.append(root);
    changed();
    model.on("change:summary", changed);
    return () => {
      model.off("change:summary", changed);
      root.remove();
    };
  },
};
