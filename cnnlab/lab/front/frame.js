// The window's frame over the input: it glides from step to step, and can be dragged to another output.

import { make } from "./dom.js";
import { numberOf } from "./scene.js";
import { stepperOf } from "./state.js";

const GLIDE = 150; // ms
const FLY = 420; // ms that the products are on their way
const MOST_FLYING = 25;
const MOST_CELLS = 400; // of a stage that moves

const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

export class Frame {
  /**
   * @param {import("./stage.js").Stage} stage
   * @param {AbortSignal} signal
   */
  constructor(stage, signal) {
    this.stage = stage;
    this.box = make("div", { class: "cnnlab-window", "aria-hidden": "true" });
    for (const side of ["top", "bottom", "left", "right"]) {
      const edge = make("div", { class: `cnnlab-window-${side}` });
      edge.addEventListener("pointerdown", (event) => this.grab(event), { signal });
      edge.addEventListener("pointermove", (event) => this.drag(event), { signal });
      for (const end of ["pointerup", "pointercancel"])
        edge.addEventListener(end, () => (this.grabbed = null), { signal });
      this.box.append(edge);
    }
    this.grabbed = null;
  }

  /** The input panel that the window in view lies on; nothing where there is none. */
  get source() {
    const { sum, state } = this.stage;
    const panel = sum.told && state.scene.panels[sum.told.a];
    const isWindow = sum.panel.end === "output" && panel?.end === "input" && panel.view === "cells" && !sum.told.goes;
    return isWindow && sum.terms.length > 1 && state.scene.wires.window ? panel : null;
  }

  /** Puts the frame around the window in view; with `moving` it glides there, and the products fly to the output. */
  show(origin, moving) {
    const panel = this.source;
    const boxes = panel
      ? this.stage.sum.terms.map(({ a }) => this.stage.panels.views[a.panel].boxOf(a.cell)).filter((box) => box?.width)
      : [];
    this.box.hidden = !boxes.length || this.planes > 1;
    if (this.box.hidden) return;
    const [left, top] = [Math.min(...boxes.map((box) => box.left)), Math.min(...boxes.map((box) => box.top))];
    const [right, bottom] = [Math.max(...boxes.map((box) => box.right)), Math.max(...boxes.map((box) => box.bottom))];
    const to = {
      left: left - origin.left - 2,
      top: top - origin.top - 2,
      width: right - left + 4,
      height: bottom - top + 4,
    };
    Object.assign(
      this.box.style,
      Object.fromEntries(Object.entries(to).map(([name, length]) => [name, `${length}px`])),
    );
    if (moving && this.at && this.moves) {
      const from = `translate(${this.at.left - to.left}px, ${this.at.top - to.top}px)`;
      this.box.animate([{ transform: from }, { transform: "none" }], { duration: GLIDE, easing: "ease-out" });
      this.fly(origin);
    }
    this.at = to;
  }

  /** In how many planes of the input the window lies: only one of them could be framed. */
  get planes() {
    return new Set(this.stage.sum.terms.map(({ a }) => a.cell[0])).size;
  }

  get moves() {
    return (
      !isCalm() &&
      document.visibilityState === "visible" &&
      this.stage.root.querySelectorAll(".cnnlab-cell").length <= MOST_CELLS
    );
  }

  /** Lets the terms fly from the window to the output cell. */
  fly(origin) {
    const { sum, panels, state } = this.stage;
    const target = panels.views[sum.panel.name].boxOf(state.at.cell);
    if (sum.terms.length > MOST_FLYING || !target) return;
    const middle = (box) => [box.left + box.width / 2, box.top + box.height / 2];
    const [toX, toY] = middle(target);
    const chips = this.stage.said.strip.querySelectorAll(".cnnlab-chip[data-a]");
    sum.terms.forEach(({ a, b }, k) => {
      if (!a.value || !b.value || !chips[k]) return;
      const [x, y] = middle(panels.views[a.panel].boxOf(a.cell));
      const flying = make("span", { class: "cnnlab-flying", "aria-hidden": "true" }, chips[k].textContent);
      Object.assign(flying.style, { left: `${x - origin.left}px`, top: `${y - origin.top}px` });
      panels.element.append(flying);
      const path = [
        { transform: "translate(-50%, -50%)", opacity: 1 },
        { transform: `translate(calc(${toX - x}px - 50%), calc(${toY - y}px - 50%)) scale(0.6)`, opacity: 0.2 },
      ];
      flying.animate(path, { duration: FLY, easing: "ease-in-out" }).finished.finally(() => flying.remove());
    });
  }

  // --- dragging ---

  grab(event) {
    event.preventDefault();
    event.target.setPointerCapture(event.pointerId);
    const box = this.box.getBoundingClientRect();
    this.grabbed = { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /** Goes to the output whose window begins nearest to where the frame is held. */
  drag(event) {
    const panel = this.grabbed && this.source;
    if (!panel) return;
    const { scene, at } = this.stage.state;
    const first = this.stage.panels.views[panel.name].boxOf([at.cell[0] < panel.planes[0] ? at.cell[0] : 0, 0, 0]);
    const place = [
      (event.clientY - this.grabbed.y - first.top) / first.height,
      (event.clientX - this.grabbed.x - first.left) / first.width,
    ];
    const { tables } = scene.wires[this.stage.sum.told.wires];
    if (!tables) return;
    const [row, column] = ["rows", "columns"].map((axis, k) => nearest(tables[axis], place[k]));
    const stepper = stepperOf(scene);
    if (stepper) this.stage.dispatch({ type: "step", step: numberOf(stepper, [at.cell[0], row, column]) });
  }
}

/** The output along an axis whose window begins nearest to a place. */
export function nearest({ output, input }, place) {
  const starts = new Map();
  for (const [k, index] of output.entries()) starts.set(index, Math.min(starts.get(index) ?? Infinity, input[k]));
  return [...starts].reduce((best, each) => (Math.abs(each[1] - place) < Math.abs(best[1] - place) ? each : best))[0];
}
