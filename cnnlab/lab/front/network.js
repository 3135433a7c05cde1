// A whole network at a glance: the wires between its maps, a colour scale below each, and a lens on the selected cell.

import { cellsOf } from "./cells.js";
import { brief, format } from "./numbers.js";
import { mapOf } from "./scene.js";
import { groupsOf } from "./sums.js";
import { html, nothing, svg } from "./vendor/lit-html.js";
import { pathBetween } from "./wires.js";

const LENS = 90; // px of a side
const NUMBERED = 3; // the largest side, in cells, of a window shown with numbers

/** @typedef {import("./scene.js").Scene} Scene */
/** @typedef {import("./schema.js").Panel} Panel */
/** @typedef {import("./schema.js").At} At */
/** @typedef {import("./sums.js").Summed} Summed */
/** @typedef {import("./sums.js").Term} Term */
/** @typedef {import("./wires.js").Box} Box */

/** @param {Scene["wires"][string]} wires */
const planesOf = (wires) => ("cells" in wires ? null : wires.planes);

/**
 * The wires between planes that compute a panel, and the indices of the maps at their two ends.
 * @param {Scene} scene
 * @param {Panel} panel
 */
function joined({ wires, panels }, { sum, end = "" }) {
  const planes = sum && !sum.goes && planesOf(wires[sum.wires]);
  const source = sum && panels[sum.via ?? sum.a];
  return planes ? { source, from: planes[source?.end ?? ""], to: planes[end] } : { from: [], to: [] };
}

/**
 * Is each map of a panel computed from a single map, as by an activation or a pooling?
 * @param {Scene} scene
 * @param {Panel} panel
 */
export function isOneToOne(scene, panel) {
  const { from, to } = joined(scene, panel);
  return from.length > 1 && from.every((map, k) => map === to[k]);
}

/**
 * The wires between all maps of neighbouring layers, stronger for the selected map.
 * @param {Scene} scene
 * @param {At} at
 * @param {Summed} sum
 * @param {(panel: Panel, plane: number) => Box | null} boxOf
 */
export function mapWires(scene, at, sum, boxOf) {
  const drawn = Object.values(scene.panels).filter(({ role, view }) => view === "maps" && role !== "gradient");
  const strong = sum.told && planesOf(scene.wires[sum.told.wires])?.[sum.panel.end ?? ""];
  return drawn.map((panel) => {
    const { source, from, to } = joined(scene, panel);
    const paths = from.map((map, k) => {
      const [start, end] = [source && boxOf(source, map), boxOf(panel, to[k])];
      return start && end ? pathBetween({ box: start, cell: start }, { box: end, cell: end }, [], 0) : "";
    });
    const isStrong = (/** @type {number} */ k) => panel.sum?.wires === sum.told?.wires && strong?.[k] === at.cell[0];
    const lit = paths.filter((_, k) => isStrong(k));
    return svg`<path d=${paths.join("")} class="cnnlab-wire cnnlab-faint"></path><path d=${lit.join("")} class="cnnlab-wire cnnlab-strong"></path>`;
  });
}

/**
 * The colour scale of a panel.
 * @param {Panel} panel
 */
export function scaleOf({ values, limit }) {
  const isSigned = values.some((value) => value < 0);
  const most = brief(limit).startsWith("≈") ? format(limit) : brief(limit);
  return html`<div class="cnnlab-scale ${isSigned ? "" : "cnnlab-from-zero"}"><i></i><span>${isSigned ? "±" : "0–"}${most}</span></div>`;
}

/**
 * The window of the selected cell beside its weights: of several maps, the one that contributes most, or the one
 * pointed at below.
 * @param {Pick<import("./stage.js").Stage, "state" | "sum" | "hot">} stage
 */
export function lensOf({ state: { scene, at }, sum, hot }) {
  const { told, terms } = sum;
  const groups = groupsOf(sum, at.cell);
  const most = groups.toSorted((p, q) => Math.abs(q.total) - Math.abs(p.total))[0];
  const plane = hot?.[0]?.plane ?? most?.terms[0].plane ?? terms[0]?.plane;
  const window = terms.filter((term) => term.plane === plane);
  if (!told || told.goes || window.length < 2) return html`<div class="cnnlab-closeup"></div>`;
  const { a, b } = window[0];
  const weights = b.panel ? scene.panels[b.panel] : null;
  const cells = window.map((term) => (weights ? term.b.cell : term.a.cell) ?? [0, 0, 0]);
  const along = (/** @type {1 | 2} */ axis) =>
    weights ? [...Array(weights.shape[axis - 1]).keys()] : [...new Set(cells.map((cell) => cell[axis]))];
  const [rows, columns] = [along(1), along(2)];
  const shape = [rows.length, columns.length];
  const grid = (/** @type {"a" | "b"} */ side, /** @type {Panel} */ panel) => {
    const values = new Float64Array(shape[0] * shape[1]);
    const edges = { rows: rows.map(() => 1), columns: columns.map(() => 1) }; // where nothing is read there is padding
    for (const [k, [, row, column]] of cells.entries()) {
      const [down, across] = [rows.indexOf(row), columns.indexOf(column)];
      values[down * shape[1] + across] = window[k][side].value;
      edges.rows[down] = edges.columns[across] = 0;
    }
    const shown = { symbol: "", planes: [1, 1], captions: undefined, view: "cells", scale: 1, shape, values, edges };
    const look = { numbers: Math.max(...shape) <= NUMBERED, readers: null, lights: {}, stop: "", filled: null };
    return cellsOf(/** @type {Panel} */ ({ ...panel, ...shown }), /** @type {import("./cells.js").Look} */ (look));
  };
  const { symbol } = scene.panels[a.panel];
  const name = groups.length && a.cell ? `${mapOf(scene.panels[a.panel], a.cell)} of ${symbol}` : symbol;
  const adds = groups.find(({ terms }) => terms[0].plane === plane);
  return html`<div class="cnnlab-closeup" inert style="--cell: ${LENS / Math.max(...shape)}px; --tall: var(--cell)"><div>${name}</div><div>${
    weights ? "weights" : ""
  }</div><div>${grid("a", scene.panels[a.panel])}</div><div>${weights ? grid("b", weights) : nothing}</div>${
    adds ? html`<div class="cnnlab-adds">adds ${format(adds.total)}</div>` : nothing
  }</div>`;
}
