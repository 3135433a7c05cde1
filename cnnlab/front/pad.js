// The pad: a digit drawn with mouse, touch or keyboard on a bitmap, and what the network made of it.
// Drawing stays in the browser. The kernel gets the bitmap (trait "bitmap", at most once a frame) and answers in one
// update with "normal", "reduced", "probabilities" and "answer"; "answered" is counted up last.

import { ARROWS, PEN, drawLine, isEmpty, movePen, pathOf, percent, readBytes, sameBytes } from "./bitmap.js";
import { make } from "./dom.js";

const MOST_UNDONE = 100; // strokes that can be taken back
const NORMAL = 32; // side of the digit at its normal size, in cells
const HELP = "Arrow keys move the pen, Space puts it down and lifts it, Backspace takes the last stroke back, Delete clears.";

/** A picture of a bitmap, `side` cells a side, and its path. */
function makePicture(side, attributes) {
  const path = make("path");
  return [make("svg", { viewBox: `0 0 ${side} ${side}`, "shape-rendering": "crispEdges", ...attributes }, path), path];
}

// --- the pad --------------------------------------------------------------------------------------------------------

class Pad {
  constructor(model, el) {
    this.model = model;
    this.size = model.get("size");
    this.bitmap = readBytes(model.get("bitmap"), Uint8Array);
    this.sent = this.bitmap.slice();
    this.past = []; // the bitmap before each stroke
    this.pen = [this.size >> 1, this.size >> 1]; // the cell that the keyboard's pen is on
    this.undo = [];
    this.root = make("div", { class: "cnnlab-stage cnnlab-pad" });
    this.root.append(make("div", { class: "cnnlab-pad-steps" }, this.makeSurface(), this.makeResults()), this.makeLive());
    el.append(this.root);
    this.listen();
    this.paint();
    this.showAnswer();
  }

  makeSurface() {
    const side = `${this.size}×${this.size}`;
    const [picture, path] = makePicture(this.size, { "aria-hidden": "true" });
    this.path = path;
    this.cursor = make("div", { class: "cnnlab-pad-pen" });
    this.hint = make("div", { class: "cnnlab-pad-hint" }, "draw a digit");
    const label = `Drawing pad, ${side} cells. ${HELP}`;
    const attributes = { class: "cnnlab-pad-surface", role: "application", tabindex: "0", "aria-label": label };
    this.surface = make("div", attributes, picture, this.hint, this.cursor);
    const button = (name, title) => make("button", { type: "button", class: `cnnlab-pad-${name}`, title }, name);
    this.undoButton = button("undo", "take the last stroke back");
    this.clearButton = button("clear", "take all strokes away");
    const buttons = make("div", { class: "cnnlab-pad-buttons" }, this.undoButton, this.clearButton);
    const help = make("p", { class: "cnnlab-pad-help", "aria-hidden": "true" }, HELP);
    return this.makeStep("draw", `your digit, ${side}`, this.surface, buttons, help);
  }

  /** What the kernel answers: the digit at its normal size, reduced, and the probabilities. */
  makeResults() {
    const [picture, path] = makePicture(NORMAL, { class: "cnnlab-pad-normal", role: "img", "aria-label": "your digit at its normal size" });
    this.normal = path;
    this.cells = Array.from({ length: 64 }, () => make("div", { class: "cnnlab-cell" }));
    this.reduced = make("div", { class: "cnnlab-pad-reduced", role: "img" }, ...this.cells);
    this.headline = make("div", { class: "cnnlab-pad-answer" });
    this.bars = make("tbody");
    const table = make("table", { class: "cnnlab-pad-bars", "aria-label": "probability of each digit" }, this.bars);
    const steps = [
      this.makeStep("normalised", "normal size, upright", make("div", { class: "cnnlab-pad-frame" }, picture)),
      this.makeStep("counted", "8×8, on cells per block", this.reduced),
      this.makeStep("answered", "the network’s answer", this.headline, table),
    ];
    const arrow = () => make("div", { class: "cnnlab-operator", "aria-hidden": "true" }, "→");
    return make("div", { class: "cnnlab-pad-results" }, ...steps.map((step) => make("div", { class: "cnnlab-link" }, arrow(), step)));
  }

  makeStep(name, caption, ...children) {
    return make("section", { class: `cnnlab-pad-${name}` }, make("div", { class: "cnnlab-caption" }, caption), ...children);
  }

  makeLive() {
    this.spoken = make("div", { "aria-live": "polite" }); // the answer
    this.told = make("div", { "aria-live": "polite" }); // the pen
    return make("div", { class: "cnnlab-live" }, this.spoken, this.told);
  }

  listen() {
    const on = (target, event, handler) => {
      target.addEventListener(event, handler);
      this.undo.push(() => target.removeEventListener(event, handler));
    };
    on(this.surface, "pointerdown", (event) => this.touch(event));
    on(this.surface, "pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) on(this.surface, end, (event) => this.lift(event));
    on(this.surface, "keydown", (event) => this.key(event));
    on(this.surface, "blur", () => this.setPen(false));
    on(this.root, "keydown", (event) => this.keep(event));
    on(this.undoButton, "click", () => this.takeBack());
    on(this.clearButton, "click", () => this.clear());
    for (const [event, handler] of [["change:bitmap", () => this.follow()], ["change:answered", () => this.showAnswer()]]) {
      this.model.on(event, handler);
      this.undo.push(() => this.model.off(event, handler));
    }
    this.undo.push(() => cancelAnimationFrame(this.frame));
  }

  remove() {
    for (const undo of this.undo) undo();
    this.root.remove();
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

  /** Paints and sends in the next frame, however many events there are until then. */
  changed() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.paint();
      this.send();
    });
  }

  send() {
    if (sameBytes(this.bitmap, this.sent)) return;
    this.sent = this.bitmap.slice();
    this.model.set("bitmap", new DataView(this.sent.slice().buffer));
    this.model.save_changes();
  }

  /** Takes over a bitmap from Python or from another view of this pad; one's own comes back as well. */
  follow() {
    const bitmap = readBytes(this.model.get("bitmap"), Uint8Array);
    if (sameBytes(bitmap, this.sent)) return;
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
    return [((event.clientX - left) / this.surface.clientWidth) * this.size, ((event.clientY - top) / this.surface.clientHeight) * this.size];
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
    if (event.pointerId === this.pointer?.id) this.pointer = null;
  }

  key(event) {
    const undo = event.key === "Backspace" || ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z");
    if (!undo && (event.ctrlKey || event.metaKey || event.altKey)) return;
    if (undo) this.takeBack();
    else if (event.key === "Delete") this.clear();
    else if (event.key === " " || event.key === "Enter") this.setPen(event.repeat ? this.down : !this.down);
    else if (ARROWS[event.key]) this.move(event);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** JupyterLab's shortcuts must not take the keys of the pad; those with Ctrl, such as save, stay JupyterLab's. */
  keep(event) {
    if (!event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
  }

  move(event) {
    const middle = ([row, column]) => [column + 0.5, row + 0.5];
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

  // --- what is shown ---

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

  showAnswer() {
    const answer = this.model.get("answer");
    const counts = readBytes(this.model.get("reduced"), Uint8Array);
    this.root.dataset.answered = this.model.get("answered");
    this.root.classList.toggle("cnnlab-pad-empty", answer === null);
    this.normal.setAttribute("d", pathOf(readBytes(this.model.get("normal"), Uint8Array), NORMAL));
    this.reduced.setAttribute("aria-label", counts.length ? `your digit reduced to 8×8: ${counts.join(" ")}` : "nothing to reduce yet");
    this.cells.forEach((cell, k) => {
      cell.textContent = counts.length ? counts[k] : "";
      cell.style.setProperty("--v", counts[k] ? `${Math.round(10 + (62 * counts[k]) / 16)}%` : "0%");
    });
    this.showProbabilities(answer, readBytes(this.model.get("probabilities"), Float32Array));
  }

  showProbabilities(answer, probabilities) {
    this.headline.textContent = answer === null ? "?" : String(answer);
    this.spoken.textContent = answer === null ? "draw a digit" : `the network answers ${answer}`;
    this.bars.replaceChildren(...Array.from(probabilities, (probability, digit) => {
      const bar = make("div", { class: "cnnlab-pad-bar" });
      bar.style.width = `${100 * (probability || 0)}%`;
      const row = make("tr", {}, make("th", { scope: "row" }, String(digit)), make("td", {}, bar), make("td", {}, percent(probability)));
      if (digit === answer) row.setAttribute("class", "cnnlab-pad-winner");
      row.dataset.probability = probability;
      return row;
    }));
  }
}

export default {
  render({ model, el }) {
    const pad = new Pad(model, el);
    return () => pad.remove();
  },
};
