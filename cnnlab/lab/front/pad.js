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
  /**
   * @param {import("./schema.js").Control} control
   * @param {import("./connection.js").Connection} link
   */
  constructor({ name, high: size = 0, value }, link) {
    this.name = name;
    this.link = link;
    this.size = size;
    this.bitmap = new Uint8Array(bytesOf(value));
    this.sent = this.bitmap.slice();
    this.telling = 0; // time of the last message to the kernel, in ms of the page
    this.soon = this.frame = 0; // timers of the next message and the next painting
    /** @type {{id: number, last: number[]} | null} the drawing pointer and its last position */
    this.pointer = null;
    this.pen = [size >> 1, size >> 1]; // the cell of the keyboard's pen
    this.down = false;
    this.told = ""; // the pen's position, for a screen reader
    this.element = document.createElement("div");
    this.element.className = "cnnlab-control cnnlab-pad";
    this.paint();
  }

  // --- the bitmap ---

  /**
   * @param {number[]} from a point [x, y] in cells, like to
   * @param {number[]} to
   */
  draw(from, to) {
    drawLine(this.bitmap, this.size, from, to);
    this.changed();
  }

  clear() {
    this.bitmap.fill(0);
    this.changed();
  }

  /** Has the kernel not answered yet? */
  get isWaiting() {
    return this.link.pending.some(({ set }) => set && this.name in set);
  }

  /** Paints and sends once in the next frame, however many events occur until then. */
  changed() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.element.isConnected) return; // the explorer is gone
      this.paint();
      this.tellKernel();
    });
  }

  /** Sends the bitmap to the kernel, after its previous answer, and not too often during a stroke. */
  tellKernel() {
    if (isSame(this.bitmap, this.sent) || this.isWaiting) return;
    const early = this.pointer ? this.telling + PAUSE - performance.now() : 0;
    clearTimeout(this.soon);
    if (early > 0) {
      this.soon = window.setTimeout(() => this.element.isConnected && this.tellKernel(), early);
      return;
    }
    this.telling = performance.now();
    this.sent = this.bitmap.slice();
    this.link.ask({ set: { [this.name]: new DataView(this.sent.slice().buffer) } });
  }

  /**
   * Adopts a bitmap from Python or from another view of this pad; our own is echoed too.
   * @param {DataView} value
   */
  follow(value) {
    const bitmap = new Uint8Array(bytesOf(value));
    if (isSame(bitmap, this.sent)) return this.tellKernel();
    if (this.isWaiting) return;
    this.bitmap = bitmap;
    this.sent = bitmap.slice();
    this.paint();
  }

  // --- the user ---

  /**
   * The position of a pointer, in cells.
   * @param {PointerEvent} event
   */
  at({ clientX, clientY }) {
    const svg = /** @type {Element} */ (this.element.querySelector("svg"));
    const { left, top, width, height } = svg.getBoundingClientRect();
    return [((clientX - left) / width) * this.size, ((clientY - top) / height) * this.size];
  }

  /** @param {PointerEvent & {currentTarget: Element}} event */
  touch(event) {
    if (this.pointer || event.button) return;
    this.setPen(false);
    event.currentTarget.setPointerCapture(event.pointerId);
    this.pointer = { id: event.pointerId, last: this.at(event) };
    this.drag(event);
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const { pointer } = this;
    if (event.pointerId !== pointer?.id) return;
    const here = this.at(event);
    this.draw(pointer.last, here);
    pointer.last = here;
  }

  /** @param {PointerEvent} event */
  lift(event) {
    if (event.pointerId !== this.pointer?.id) return;
    this.pointer = null;
    if (!this.frame) this.tellKernel();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!isOurs(event)) return;
    const { key, repeat, shiftKey } = event;
    if (key === "Delete") this.clear();
    else if (key === " " || key === "Enter") this.setPen(repeat ? this.down : !this.down);
    else if (ARROWS[key]) this.move(ARROWS[key], shiftKey ? LEAP : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /**
   * @param {number[]} step
   * @param {number} cells
   */
  move(step, cells) {
    const from = this.pen;
    this.pen = from.map((index, axis) => Math.max(0, Math.min(this.size - 1, index + step[axis] * cells)));
    if (this.down) this.draw(middleOf(from), middleOf(this.pen));
    this.tell();
  }

  /** @param {boolean} down */
  setPen(down) {
    if (down === this.down) return;
    this.down = down;
    if (down) this.draw(middleOf(this.pen), middleOf(this.pen));
    this.tell();
  }

  tell() {
    this.told = `row ${this.pen[0]}, column ${this.pen[1]}, pen ${this.down ? "down" : "up"}`;
    this.paint();
  }

  paint() {
    const { size, bitmap, down } = this;
    const [left, top] = middleOf(this.pen).map((length) => `${(100 * length) / size}%`);
    const pen = `left: ${left}; top: ${top}; width: ${100 * PEN}%; height: ${100 * PEN}%`;
    render(
      html`<div class="cnnlab-pad-surface" role="application" tabindex="0"
        aria-label="Drawing pad, ${size}×${size} cells. ${HELP}" @pointerdown=${this.touch} @pointermove=${this.drag}
        @pointerup=${this.lift} @pointercancel=${this.lift} @lostpointercapture=${this.lift} @keydown=${this.key}
        @blur=${() => this.setPen(false)}><svg viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"
        aria-hidden="true"><path d=${pathOf(bitmap, size)}></path></svg><div class="cnnlab-pad-hint"
        ?hidden=${bitmap.includes(1)}>draw a digit</div><div class="cnnlab-pad-pen ${down ? "cnnlab-pad-down" : ""}"
        style=${pen}></div></div><div class="cnnlab-pad-buttons">${button("clear", () => this.clear())}</div><p
        class="cnnlab-pad-help" aria-hidden="true">${HELP}</p><div class="cnnlab-live"
        aria-live="polite">${this.told}</div>`,
      this.element,
      { host: this },
    );
  }
}

/**
 * The middle of a cell, as a point [x, y] in cells.
 * @param {number[]} cell
 */
const middleOf = ([row, column]) => [column + 0.5, row + 0.5];

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

/**
 * Are two bitmaps the same?
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
const isSame = (a, b) => a.join() === b.join();
