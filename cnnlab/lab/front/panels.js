// The panels of a stage: their layout, and the positions of their cells.

import { barsOf } from "./bars.js";
import { cellsOf } from "./cells.js";
import { chartOf } from "./chart.js";
import { controlsOf, tabsOf } from "./controls.js";
import { bandOf, grouped, isFlow, standing, wordsOf } from "./layout.js";
import { isOneToOne, lensOf, scaleOf } from "./network.js";
import { boxIn, cellUnder, isDrawn, photoOf } from "./photo.js";
import { keyOf } from "./scene.js";
import { stepperOf } from "./state.js";
import { productsOf } from "./strip.js";
import { button, withSubscripts } from "./text.js";
import { guard } from "./vendor/directives/guard.js";
import { repeat } from "./vendor/directives/repeat.js";
import { html, nothing } from "./vendor/lit-html.js";

/** @typedef {import("./schema.js").Panel} Panel */
/** @typedef {import("./schema.js").At} At */
/** @typedef {import("./cells.js").Look} Look */

const GIVEN = ["input", "tap", "bias"];

/** @type {Record<Panel["view"], (panel: Panel, look: Look) => unknown>} */
const VIEWS = { cells: planesOf, photo: planesOf, maps: planesOf, bars: barsOf, chart: chartOf, none: () => nothing };

/**
 * The planes of a panel, numbered down each column first: the kernels of one filter are in one column.
 * @param {Panel} panel
 * @param {Look} look
 */
function planesOf(panel, look) {
  const [down, across] = standing(panel, look.way);
  const flow = across > panel.planes[1] && panel.end === "input" ? `columns: repeat(${across}` : `rows: repeat(${down}`;
  const order = flow.startsWith("columns") ? "; grid-auto-flow: row" : ""; // channels are in reading order
  return html`<div class="cnnlab-planes" style="grid-template-${flow}, auto)${order}">${
    isDrawn(panel) ? photoOf(panel, look) : cellsOf(panel, look)
  }</div>`;
}

/**
 * All visible panels: stacked bands of columns, with a slot for each row and signs between the columns.
 * @param {import("./stage.js").Stage} stage
 */
export function bandsOf(stage) {
  const { window, link, tabs } = stage;
  const { scene } = stage.state;
  const { way } = stage.laid;
  const buttons = tabs ? tabsOf(tabs, link) : []; // forward from left to right, then backward
  const half = buttons.length / 2;
  const instead = [buttons.slice(0, half), buttons.slice(half).reverse()];
  return grouped(stage.panels, bandOf).map((band, number) => {
    const lines = way.beside ? grouped(band, ({ row }) => row) : [band];
    const last = Math.max(...band.filter(({ row }) => row).map(({ column }) => column));
    const columns = lines.flatMap((line) => {
      const rows = new Set(line.map(({ row }) => row));
      const sorted = line.toSorted((p, q) => p.column - q.column);
      return grouped(sorted, ({ column }) => column).map((panels, k) => {
        const [{ column }] = panels;
        const arrow = scene.panels.dw && column !== last ? "" : "←"; // none to a panel that its neighbour does not give
        const marks = panels.map(({ row }) => (row ? arrow : scene.signs[k - 1]));
        const slots = Array.from(rows, (row) => {
          const shown = panels.filter((panel) => panel.row === row);
          const mark = marks[panels.indexOf(shown[0])];
          const sign = signOf(mark, number ? null : instead[row][column - 1]);
          const isMade = window && shown.includes(/** @type {Panel} */ (stepperOf(scene)));
          const before = isMade ? html`<div class="cnnlab-before">${sign}${productsOf(stage)}</div>` : sign;
          return html`${k && marks.some(Boolean) ? before : nothing}<div class="cnnlab-slot" data-row=${row} data-column=${column}>${repeat(
            shown,
            ({ name }) => name,
            (panel) => panelOf(scene, stage.drawn(panel), stage.lookOf(panel)),
          )}${k || !scene.network ? nothing : [controlsOf(stage.controls("lens"), link), lensOf(stage)]}</div>`;
        });
        const isNear = scene.network && isOneToOne(scene, panels[0]);
        return html`<div class="cnnlab-column ${isNear ? "cnnlab-near" : ""}">${slots}</div>`;
      });
    });
    return html`<div class="cnnlab-band ${isFlow(scene) ? "cnnlab-flowing" : ""}">${columns}</div>`;
  });
}

/**
 * The sign to the left of a column, or the button that replaces it.
 * @param {string | undefined} mark
 * @param {unknown} instead
 */
function signOf(mark, instead) {
  if (!mark) return html`<div></div>`;
  const looks = instead || mark.length > 1 ? "cnnlab-word" : "";
  const sign = html`<span class=${mark === "⋆" ? "cnnlab-star" : ""} aria-hidden="true">${mark}</span>`;
  return html`<div class="cnnlab-operator ${looks}">${instead ?? sign}</div>`;
}

/**
 * @param {import("./scene.js").Scene} scene
 * @param {Panel} panel
 * @param {{look: Look, key: string}} drawn
 */
function panelOf(scene, panel, { look, key }) {
  const { name, symbol, title, role, turned, editable, scale, view, active, end = "" } = panel;
  const isGiven = editable || (GIVEN.includes(end) && role !== "gradient"); // the rest may reveal an answer
  const looks = [
    "cnnlab-panel",
    name === (scene.steps ?? "y") && "cnnlab-stepped",
    editable && "cnnlab-editable",
    active && "cnnlab-active",
    panel.flat && "cnnlab-flat",
  ];
  return html`<section class=${looks.filter(Boolean).join(" ")} data-panel=${name} data-tells=${isGiven ? nothing : symbol.replace("_", "")} style="--scale: ${scale ?? 1}; --words: ${wordsOf(panel)}; --count: ${panel.planes[0]}"><div
    class="cnnlab-caption"><b class="cnnlab-role-${role}">${withSubscripts(symbol)}</b> <span>${look.readers ? "read by so many outputs" : title}</span>${
      turned ? button("↻", turn, { label: "show the turn" }) : nothing
    }</div>${guard([panel, key], () => VIEWS[view](panel, look))}${scene.network && isDrawn(panel) ? scaleOf(panel) : nothing}</section>`;
}

export const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

/**
 * Animates the turn of a kernel.
 * @param {Event} event
 */
function turn({ target }) {
  const planes = /** @type {Element} */ (target).closest(".cnnlab-panel")?.querySelector(".cnnlab-planes");
  planes?.animate([{ transform: "rotate(-180deg)" }, { transform: "none" }], {
    duration: isCalm() ? 0 : 900,
    easing: "ease-in-out",
  });
}

// --- where cells are ------------------------------------------------------------------------------------------------

/**
 * @param {Element} root
 * @param {string} name
 */
export const panelIn = (root, name) => root.querySelector(`[data-panel="${name}"]`);

/**
 * The element of a cell, or the one that contains it.
 * @param {Element} root
 * @param {At} at
 * @returns {HTMLElement | null}
 */
export function elementOf(root, { panel, cell }) {
  const place = panelIn(root, panel);
  if (place?.matches(".cnnlab-flat")) return place.querySelector("canvas");
  return (
    place?.querySelector(`[data-cell="${keyOf(cell)}"]`) ?? place?.querySelector(`[data-plane="${cell[0]}"]`) ?? null
  );
}

/**
 * The box of a cell; undefined if it is not shown.
 * @param {Element} root
 * @param {import("./scene.js").Scene} scene
 * @param {At} at
 */
export function boxOf(root, scene, at) {
  const element = elementOf(root, at);
  if (element instanceof HTMLCanvasElement) return boxIn(element, scene.panels[at.panel], at.cell);
  return element?.getBoundingClientRect() ?? null;
}

/**
 * The cell under an event; those of an enlarged window only show others.
 * @param {import("./scene.js").Scene} scene
 * @param {Event} event
 * @returns {At | null}
 */
export function hit({ panels, window }, event) {
  const target = /** @type {Element} */ (event.target);
  const panel = /** @type {HTMLElement | null} */ (target.closest(".cnnlab-panel"))?.dataset.panel;
  if (!panel || !panels[panel] || panel === window) return null;
  if (target instanceof HTMLCanvasElement)
    return { panel, cell: cellUnder(target, panels[panel], /** @type {MouseEvent} */ (event)) };
  const key = /** @type {HTMLElement | null} */ (target.closest(".cnnlab-cell"))?.dataset.cell;
  return key ? { panel, cell: /** @type {import("./schema.js").Cell} */ (key.split(",").map(Number)) } : null;
}
