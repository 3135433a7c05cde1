// The window's frame over the input: it glides from step to step, and can be dragged to another output.

import { boxOf, isCalm } from "./panels.js";
import { cellAt, numberOf } from "./scene.js";
import { stepperOf } from "./state.js";
import { sumOf } from "./sums.js";

const GLIDE = 150; // ms

export class Frame {
  /** @param {import("./stage.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.grabbed = { x: 0, y: 0 }; // where in the frame the pointer is
    this.element = document.createElement("div"); // positioned once the layout is known
    this.element.className = "cnnlab-window";
    this.element.ariaHidden = "true";
  }

  /** The sum of the selected output; while an input cell is selected, that of the last output. */
  get sum() {
    const { sum, state, backward } = this.stage;
    const stepper = stepperOf(state.scene);
    const isLast = stepper?.end === "output" && state.at.panel === stepper.sum?.a;
    return isLast ? sumOf(state.scene, { panel: stepper.name, cell: cellAt(stepper, state.step) }, backward) : sum;
  }

  /** The input panel under the current window; undefined if there is none, or the window spans several planes. */
  get source() {
    const { sum } = this;
    const { state } = this.stage;
    const panel = sum.told && state.scene.panels[sum.told.a];
    const isWindow = sum.panel.end === "output" && panel?.end === "input" && panel.view === "cells" && !sum.told?.goes;
    const planes = new Set(sum.terms.map(({ a }) => a.cell?.[0]));
    return isWindow && planes.size === 1 && sum.terms.length > 1 && sum.told?.wires === "window" ? panel : null;
  }

  /**
   * Puts the frame around the current window; if `moving`, it glides there.
   * @param {DOMRect} origin
   * @param {boolean} moving
   */
  show(origin, moving) {
    const { root, state } = this.stage;
    const terms = this.source ? this.sum.terms : [];
    const boxes = terms
      .flatMap(({ a }) => boxOf(root, state.scene, /** @type {import("./schema.js").At} */ (a)) ?? [])
      .filter(({ width }) => width);
    const [first, last] = [boxes[0], boxes.at(-1)];
    this.element.hidden = !first;
    this.element.classList.toggle("cnnlab-last", state.at.panel === this.source?.name);
    if (!first || !last) return;
    const to = {
      left: first.left - origin.left - 2,
      top: first.top - origin.top - 2,
      width: last.right - first.left + 4,
      height: last.bottom - first.top + 4,
    };
    this.element.style.transition = moving && !isCalm() ? `${GLIDE}ms ease-out` : "none";
    for (const [name, length] of Object.entries(to)) this.element.style.setProperty(name, `${length}px`);
  }

  // --- dragging ---

  /**
   * Stores where in the frame a pointer is; returns whether it is inside.
   * @param {PointerEvent} event
   */
  holds({ clientX, clientY }) {
    const { left, right, top, bottom } = this.element.getBoundingClientRect();
    this.grabbed = { x: clientX - left, y: clientY - top };
    return clientX > left && clientX < right && clientY > top && clientY < bottom;
  }

  /**
   * Selects the output whose window begins nearest to the dragged frame.
   * @param {PointerEvent} event
   */
  drag({ clientX, clientY }) {
    const { source, sum, grabbed } = this;
    if (!source) return;
    const { scene } = this.stage.state;
    const [{ a, to }] = sum.terms;
    const first = boxOf(this.stage.root, scene, { panel: source.name, cell: [a.cell?.[0] ?? 0, 0, 0] });
    if (!first) return;
    const { rows, columns } = /** @type {import("./schema.js").Wires} */ (scene.wires.window);
    const row = nearest(rows, (clientY - grabbed.y - first.top) / first.height);
    const column = nearest(columns, (clientX - grabbed.x - first.left) / first.width);
    this.stage.dispatch({ type: "step", step: numberOf(sum.panel, [to.cell?.[0] ?? 0, row, column]) });
  }
}

/**
 * The output along an axis whose window begins nearest to a place.
 * @param {Record<string, number[]>} table
 * @param {number} place in cells
 */
export function nearest({ output, input }, place) {
  const distances = [...new Set(output)].map((index) => Math.abs(input[output.indexOf(index)] - place));
  return distances.indexOf(Math.min(...distances));
}
