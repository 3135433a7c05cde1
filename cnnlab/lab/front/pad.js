// The pad: a bitmap drawn with mouse, touch or keyboard. Drawing stays in the browser and goes first; the kernel gets the
// bitmap now and then during a stroke, at its end, and at most one that it has not answered.

import { ARROWS, PEN, drawLine, isEmpty, movePen, pathOf, readBytes, sameBytes } from "./bitmap.js";
import { make } from "./dom.js";

const MOST_UNDONE = 100; // strokes that can be taken back
const PAUSE = 120; // ms between what the kernel is told during a stroke: its answers keep the page from drawing
const HELP =
  "Arrow keys move the pen, Space puts it down and lifts it, Backspace takes the last stroke back, Delete clears.";

/** The control for a bitmap, as in controls.js. */
export function makePad(control, controls) {
  const pad = new Pad(
    control,
    (bytes) => controls.set(control.name, new DataView(bytes.slice().buffer)),
    () => controls.link.pending.some(({ set }) => set && control.name in set),
  );
  return { element: pad.element, update: (now) => pad.follow(readBytes(now.value)) };
}

class Pad {
  constructor(control, send, isWaiting) {
    this.size = control.high;
    this.send = send;
    this.isWaiting = isWaiting;
    this.bitmap = readBytes(control.value);
    this.sent = this.bitmap.slice();
    this.telling = 0; // when the kernel was last told, in ms of the page
    this.soon = undefined;
    this.past = []; // the bitmap before each stroke
    this.pen = [this.size >> 1, this.size >> 1]; // the cell that the keyboard's pen is on
    this.path = make("path");
    this.cursor = make("div", { class: "cnnlab-pad-pen" });
    this.hint = make("div", { class: "cnnlab-pad-hint" }, "draw a digit");
    const picture = make(
      "svg",
      { viewBox: `0 0 ${this.size} ${this.size}`, "shape-rendering": "crispEdges", "aria-hidden": "true" },
      this.path,
    );
    const label = `Drawing pad, ${this.size}×${this.size} cells. ${HELP}`;
    this.surface = make(
      "div",
      { class: "cnnlab-pad-surface", role: "application", tabindex: "0", "aria-label": label },
      picture,
      this.hint,
      this.cursor,
    );
    const button = (name, title, onclick) =>
      make("button", { type: "button", class: `cnnlab-button cnnlab-pad-${name}`, title, onclick }, name);
    this.undoButton = button("undo", "take the last stroke back", () => this.takeBack());
    this.clearButton = button("clear", "take all strokes away", () => this.clear());
    this.told = make("div", { class: "cnnlab-live", "aria-live": "polite" });
    const help = make("p", { class: "cnnlab-pad-help", "aria-hidden": "true" }, HELP);
    this.element = make(
      "div",
      { class: "cnnlab-control cnnlab-pad" },
      this.surface,
      make("div", { class: "cnnlab-pad-buttons" }, this.undoButton, this.clearButton),
      help,
      this.told,
    );
    this.listen();
    this.paint();
  }

  listen() {
    const { surface } = this;
    surface.addEventListener("pointerdown", (event) => this.touch(event));
    surface.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"])
      surface.addEventListener(end, (event) => this.lift(event));
    surface.addEventListener("keydown", (event) => this.key(event));
    surface.addEventListener("blur", () => this.setPen(false));
  }

  // --- the bitmap ---

  begin() {
    this.past = [...this.past, this.bitmap.slice()].slice(-MOST_UNDONE);
  }

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

  /** Paints and tells in the next frame, however many events there are until then. */
  changed() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      if (!this.element.isConnected) return; // the explorer is gone
      this.paint();
      this.tellKernel();
    });
  }

  /** Tells the kernel, unless it has not answered yet: then after its answer; and not too often during a stroke. */
  tellKernel() {
    if (sameBytes(this.bitmap, this.sent) || this.isWaiting()) return;
    const early = this.pointer ? this.telling + PAUSE - performance.now() : 0;
    clearTimeout(this.soon);
    if (early > 0) {
      this.soon = setTimeout(() => this.element.isConnected && this.tellKernel(), early);
      return;
    }
    this.telling = performance.now();
    this.sent = this.bitmap.slice();
    this.send(this.sent);
  }

  /** Takes over a bitmap from Python or from another view of this pad; one's own comes back as well. */
  follow(bitmap) {
    if (sameBytes(bitmap, this.sent)) return this.tellKernel();
    if (this.isWaiting()) return;
    this.begin();
    this.bitmap = bitmap;
    this.sent = bitmap.slice();
    this.paint();
  }

  // --- the user ---

  /** Where a pointer is, in cells. */
  at(event) {
    const box = this.surface.getBoundingClientRect();
    const [left, top] = [box.left + this.surface.clientLeft, box.top + this.surface.clientTop];
    return [
      ((event.clientX - left) / this.surface.clientWidth) * this.size,
      ((event.clientY - top) / this.surface.clientHeight) * this.size,
    ];
  }

  touch(event) {
    if (this.pointer || event.button) return;
    this.setPen(false);
    this.surface.setPointerCapture(event.pointerId);
    this.pointer = { id: event.pointerId, last: this.at(event) };
    this.begin();
    this.draw(this.pointer.last, this.pointer.last);
  }

  drag(event) {
    if (event.pointerId !== this.pointer?.id) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) {
      const here = this.at(each);
      this.draw(this.pointer.last, here);
      this.pointer.last = here;
    }
  }

  lift(event) {
    if (event.pointerId !== this.pointer?.id) return;
    this.pointer = null;
    if (!this.frame) this.tellKernel();
  }

  key(event) {
    const undo = event.key === "Backspace" || ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z");
    if (!undo && (event.ctrlKey || event.metaKey || event.altKey)) return;
    if (undo) this.takeBack();
    else if (event.key === "Delete") this.clear();
    else if (event.key === " " || (event.key === "Enter" && !event.shiftKey))
      this.setPen(event.repeat ? this.down : !this.down);
    else if (ARROWS[event.key]) this.move(event);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  move(event) {
    const middle = (cell) => /** @type {[number, number]} */ ([cell[1] + 0.5, cell[0] + 0.5]);
    const from = this.pen;
    this.pen = movePen(from, event.key, event.shiftKey, this.size);
    if (this.down) this.draw(middle(from), middle(this.pen));
    this.tell();
  }

  setPen(down) {
    if (down === Boolean(this.down)) return;
    this.down = down;
    if (down) {
      this.begin();
      this.draw([this.pen[1] + 0.5, this.pen[0] + 0.5], [this.pen[1] + 0.5, this.pen[0] + 0.5]);
    }
    this.tell();
  }

  tell() {
    this.told.textContent = `row ${this.pen[0]}, column ${this.pen[1]}, pen ${this.down ? "down" : "up"}`;
    this.paint();
  }

  paint() {
    const empty = isEmpty(this.bitmap);
    this.path.setAttribute("d", pathOf(this.bitmap, this.size));
    this.hint.hidden = !empty;
    this.clearButton.setAttribute("aria-disabled", String(empty));
    this.undoButton.setAttribute("aria-disabled", String(!this.past.length));
    const [top, left] = this.pen.map((index) => `${(100 * (index + 0.5)) / this.size}%`);
    Object.assign(this.cursor.style, { top, left, width: `${100 * PEN}%`, height: `${100 * PEN}%` });
    this.cursor.classList.toggle("cnnlab-pad-down", Boolean(this.down));
  }
}
