// The pad: a bitmap drawn with mouse, touch or keyboard. Drawing stays in the browser and goes first; the kernel gets the
// bitmap now and then during a stroke, at its end, and at most one that it has not answered.

import { PEN, drawLine, isEmpty, movePen, pathOf, readBytes, sameBytes } from "./bitmap.js";
import { ARROWS } from "./keys.js";
import { html, render } from "./vendor/lit-html.js";

const MOST_UNDONE = 100; // strokes that can be taken back
const PAUSE = 120; // ms between what the kernel is told during a stroke: its answers keep the page from drawing
const HELP =
  "Arrow keys move the pen, Space puts it down and lifts it, Backspace takes the last stroke back, Delete clears.";

export class Pad {
  /**
   * @param {import("./schema.js").Control} control
   * @param {import("./connection.js").Connection} link
   */
  constructor({ name, high: size = 0, value }, link) {
    this.name = name;
    this.link = link;
    this.size = size;
    this.bitmap = readBytes(value);
    this.sent = this.bitmap.slice();
    this.telling = 0; // when the kernel was last told, in ms of the page
    this.soon = this.frame = 0; // timers: of the next telling, and of the next painting
    /** @type {{id: number, last: number[]} | null} what draws, and where it was */
    this.pointer = null;
    /** @type {Uint8Array[]} the bitmap before each stroke */
    this.past = [];
    this.pen = [size >> 1, size >> 1]; // the cell that the keyboard's pen is on
    this.down = false;
    this.told = ""; // where the pen is, for a screen reader
    this.element = document.createElement("div");
    this.element.className = "cnnlab-control cnnlab-pad";
    this.paint();
  }

  // --- the bitmap ---

  begin() {
    this.past = [...this.past, this.bitmap.slice()].slice(-MOST_UNDONE);
  }

  /**
   * @param {number[]} from a point [x, y] in cells, as to
   * @param {number[]} to
   */
  draw(from, to) {
    drawLine(this.bitmap, this.size, from, to);
    this.changed();
  }

  clear() {
    if (isEmpty(this.bitmap)) return;
    this.begin();
    this.bitmap = new Uint8Array(this.size ** 2);
    this.changed();
  }

  takeBack() {
    this.setPen(false);
    this.pointer = null;
    const before = this.past.findLastIndex((bitmap) => !sameBytes(bitmap, this.bitmap)); // some strokes change nothing
    if (before < 0) return;
    this.bitmap = this.past[before];
    this.past.length = before;
    this.changed();
  }

  /** Has the kernel not answered yet? */
  get isWaiting() {
    return this.link.pending.some(({ set }) => set && this.name in set);
  }

  /** Paints and tells in the next frame, however many events there are until then. */
  changed() {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.element.isConnected) return; // the explorer is gone
      this.paint();
      this.tellKernel();
    });
  }

  /** Tells the kernel, unless it has not answered yet: then after its answer; and not too often during a stroke. */
  tellKernel() {
    if (sameBytes(this.bitmap, this.sent) || this.isWaiting) return;
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
   * Takes over a bitmap from Python or from another view of this pad; one's own comes back as well.
   * @param {DataView} value
   */
  follow(value) {
    const bitmap = readBytes(value);
    if (sameBytes(bitmap, this.sent)) return this.tellKernel();
    if (this.isWaiting) return;
    this.begin();
    this.bitmap = bitmap;
    this.sent = bitmap.slice();
    this.paint();
  }

  // --- the user ---

  /**
   * Where a pointer is, in cells.
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
    this.begin();
    this.drag(event);
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const { pointer } = this;
    if (event.pointerId !== pointer?.id) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) {
      const here = this.at(each);
      this.draw(pointer.last, here);
      pointer.last = here;
    }
  }

  /** @param {PointerEvent} event */
  lift(event) {
    if (event.pointerId !== this.pointer?.id) return;
    this.pointer = null;
    if (!this.frame) this.tellKernel();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const isCommand = event.ctrlKey || event.metaKey;
    if (event.key === "Backspace" || (isCommand && event.key.toLowerCase() === "z")) this.takeBack();
    else if (isCommand || event.altKey) return;
    else if (event.key === "Delete") this.clear();
    else if (event.key === " " || (event.key === "Enter" && !event.shiftKey))
      this.setPen(event.repeat ? this.down : !this.down);
    else if (ARROWS[event.key]) this.move(event);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {KeyboardEvent} event */
  move(event) {
    const from = this.pen;
    this.pen = movePen(from, event.key, event.shiftKey, this.size);
    if (this.down) this.draw(middleOf(from), middleOf(this.pen));
    this.tell();
  }

  /** @param {boolean} down */
  setPen(down) {
    if (down === this.down) return;
    this.down = down;
    if (down) {
      this.begin();
      this.draw(middleOf(this.pen), middleOf(this.pen));
    }
    this.tell();
  }

  tell() {
    this.told = `row ${this.pen[0]}, column ${this.pen[1]}, pen ${this.down ? "down" : "up"}`;
    this.paint();
  }

  paint() {
    const { size, bitmap, down } = this;
    const empty = isEmpty(bitmap);
    const [left, top] = middleOf(this.pen).map((length) => `${(100 * length) / size}%`);
    const pen = `left: ${left}; top: ${top}; width: ${100 * PEN}%; height: ${100 * PEN}%`;
    /** @type {(name: string, title: string, press: () => void, off: boolean) => unknown} */
    const button = (name, title, press, off) =>
      html`<button type="button" class="cnnlab-button cnnlab-pad-${name}" title=${title} aria-disabled=${off}
        @click=${press}>${name}</button>`;
    render(
      html`<div class="cnnlab-pad-surface" role="application" tabindex="0"
        aria-label="Drawing pad, ${size}×${size} cells. ${HELP}" @pointerdown=${this.touch} @pointermove=${this.drag}
        @pointerup=${this.lift} @pointercancel=${this.lift} @lostpointercapture=${this.lift} @keydown=${this.key}
        @blur=${() => this.setPen(false)}><svg viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges"
        aria-hidden="true"><path d=${pathOf(bitmap, size)}></path></svg><div class="cnnlab-pad-hint"
        ?hidden=${!empty}>draw a digit</div><div class="cnnlab-pad-pen ${down ? "cnnlab-pad-down" : ""}"
        style=${pen}></div></div><div class="cnnlab-pad-buttons">${[
          button("undo", "take the last stroke back", this.takeBack, !this.past.length),
          button("clear", "take all strokes away", this.clear, empty),
        ]}</div><p class="cnnlab-pad-help" aria-hidden="true">${HELP}</p><div class="cnnlab-live"
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
