// The pad: a bitmap drawn with mouse, touch or keyboard. Drawing happens in the browser and has priority; the kernel
// gets the bitmap now and then during a stroke and at its end, with at most one unanswered.

import { bytesOf } from "./connection.js";
import { ARROWS, isOurs } from "./keys.js";
import { button } from "./text.js";
import { html, render } from "./vendor/lit-html.js";

const PEN = 3.5 / 32; // the width of the pen, relative to the bitmap's side
const LEAP = 4; // cells that Shift and an arrow key move the pen by
const PAUSE = 120; // ms between messages during a stroke: answers interrupt the drawing
const HELP = "Arrow keys move the pen, Space puts it down and lifts it, Delete clears.";

export class Pad {
  /** @type {Uint8Array} */
  bitmap = new Uint8Array();
  sent = ""; // the bitmap that the kernel has, as a text
  telling = 0; // time of the last message to the kernel, in ms of the page
  soon = 0; // timer of the next message
  frame = 0; // the requested animation frame
  down = false; // is the pen on the paper?
  /** @type {number | null} the pointer that moves the pen */
  pointer = null;
  told = ""; // the pen's position, for a screen reader
  element = document.createElement("div");

  /**
   * @param {import("./schema.js").Control} control
   * @param {import("./connection.js").Connection} link
   */
  constructor({ name, high: size = 0 }, link) {
    this.name = name;
    this.link = link;
    this.size = size;
    this.pen = [size / 2 + 0.5, size / 2 + 0.5]; // a point [x, y] in cells
    this.element.className = "cnnlab-control cnnlab-pad";
  }

  // --- the bitmap ---

  /**
   * Moves the pen to a point [x, y] in cells; draws a line if it is down.
   * @param {number[]} point
   */
  move(point) {
    if (this.down) drawLine(this.bitmap, this.size, this.pen, point);
    this.pen = point;
    this.changed();
  }

  clear() {
    this.bitmap.fill(0);
    this.changed();
  }

  /** Paints and sends once in the next frame, however many events occur until then. */
  changed() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
      this.tellKernel();
    });
  }

  /** Has the kernel not answered yet? */
  get isWaiting() {
    return Boolean(this.link.wanted(this.name, null));
  }

  /** Sends the bitmap to the kernel, after its previous answer, and not too often during a stroke. */
  tellKernel() {
    const text = this.bitmap.join();
    if (!this.element.isConnected || text === this.sent || this.isWaiting) return;
    const early = this.pointer === null ? 0 : this.telling + PAUSE - performance.now();
    clearTimeout(this.soon);
    if (early > 0) {
      this.soon = window.setTimeout(() => this.tellKernel(), early);
      return;
    }
    this.telling = performance.now();
    this.sent = text;
    this.link.ask({ set: { [this.name]: new DataView(this.bitmap.slice().buffer) } });
  }

  /**
   * Adopts a bitmap from Python or from another view of this pad; our own is echoed too.
   * @param {DataView} value
   */
  follow(value) {
    const bitmap = new Uint8Array(bytesOf(value));
    const text = bitmap.join();
    if (text === this.sent) return this.tellKernel();
    if (this.isWaiting && this.sent) return; // a new pad shows what there is
    this.bitmap = bitmap;
    this.sent = text;
    this.paint();
  }

  // --- the user ---

  /** @param {PointerEvent & {currentTarget: Element}} event */
  touch(event) {
    if (this.pointer !== null || event.button) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    this.pointer = event.pointerId;
    this.down = false;
    this.drag(event);
    this.down = true;
    this.drag(event);
  }

  /** @param {PointerEvent & {currentTarget: Element}} event */
  drag({ pointerId, currentTarget, clientX, clientY }) {
    if (pointerId !== this.pointer) return;
    const { left, top, width, height } = currentTarget.getBoundingClientRect();
    this.move([((clientX - left) / width) * this.size, ((clientY - top) / height) * this.size]);
  }

  /**
   * Lifts the pen at the end of a stroke, or when the focus leaves.
   * @param {{pointerId?: number | null}} event
   */
  lift({ pointerId = this.pointer }) {
    if (pointerId !== this.pointer) return;
    this.pointer = null;
    this.down = false;
    this.changed();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!isOurs(event)) return;
    const { key, repeat, shiftKey } = event;
    const to = (/** @type {number} */ index, /** @type {number} */ step) =>
      Math.max(0.5, Math.min(this.size - 0.5, index + step * (shiftKey ? LEAP : 1)));
    const [x, y] = this.pen;
    if (key === "Delete") this.clear();
    else if (ARROWS[key]) this.move([to(x, ARROWS[key][1]), to(y, ARROWS[key][0])]);
    else if (key === " " || key === "Enter") {
      this.down = repeat ? this.down : !this.down;
      this.move(this.pen);
    } else return;
    const [column, row] = this.pen.map(Math.floor);
    this.told = `row ${row}, column ${column}, pen ${this.down ? "down" : "up"}`;
    event.preventDefault();
    event.stopPropagation();
  }

  paint() {
    const { size, bitmap, pen } = this;
    render(
      html`<div class="cnnlab-pad-surface" role="application" tabindex="0"
        aria-label="Drawing pad, ${size}×${size} cells. ${HELP}" @pointerdown=${this.touch} @pointermove=${this.drag}
        @lostpointercapture=${this.lift} @keydown=${this.key} @blur=${this.lift}><svg viewBox="0 0 ${size} ${size}"
        aria-hidden="true"><path d=${pathOf(bitmap, size)} shape-rendering="crispEdges"></path><circle cx=${pen[0]}
        cy=${pen[1]} r=${(PEN * size) / 2} class="cnnlab-pad-pen ${this.down ? "cnnlab-pad-down" : ""}"></circle></svg><div
        class="cnnlab-pad-hint" ?hidden=${bitmap.includes(1)}>draw a digit</div></div>${button(
          "clear",
          () => this.clear(),
          { kind: "cnnlab-press" },
        )}<p class="cnnlab-pad-help"
        aria-hidden="true">${HELP}</p><div class="cnnlab-live" aria-live="polite">${this.told}</div>`,
      this.element,
      { host: this },
    );
  }
}

/**
 * Turns on the cells whose centre is under the pen between two points [x, y], in cells.
 * @param {Uint8Array} bitmap
 * @param {number} size
 * @param {number[]} from
 * @param {number[]} to
 * @param {number} [width]
 */
export function drawLine(bitmap, size, [x0, y0], [x1, y1], width = PEN * size) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  for (let k = 0; k < size * size; k++) {
    const [x, y] = [(k % size) + 0.5 - x0, Math.floor(k / size) + 0.5 - y0];
    const along = Math.max(0, Math.min(1, (x * dx + y * dy) / (dx * dx + dy * dy || 1)));
    if (Math.hypot(x - along * dx, y - along * dy) <= width / 2) bitmap[k] = 1;
  }
}

/**
 * The on cells as the path of an SVG.
 * @param {Uint8Array} bitmap
 * @param {number} size
 */
export const pathOf = (bitmap, size) =>
  Array.from(bitmap, (on, k) => (on ? `M${k % size},${Math.floor(k / size)}h1v1h-1z` : "")).join("");
