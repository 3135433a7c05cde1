// An explorer: the parts that Python sent, below each other, and one line to whoever answers what is asked of them.

import { Controls } from "./controls.js";
import { linesOf, make, write } from "./dom.js";
import { listen } from "./heartbeat.js";
import { guardKeys } from "./keys.js";
import { Link } from "./connection.js";
import { sizesOf } from "./sizes.js";
import { Stage } from "./stage.js";
import { buttonsOf } from "./table.js";
import { render } from "./vendor/lit-html.js";
import { Veil } from "./cover.js";

const AROUND = 140; // px of a window that a notebook's host takes above and below an explorer
const TALLER = 1.35; // how much higher than others one may be whose first panels flow, or that has many maps and theirs
const WIDE = 1000; // px of an explorer in which two stages stand abreast
const NARROW = 640; // px of an explorer in which nothing can stand beside panels
const SILENCE = 5000; // ms after which a training that should go on seems lost
const FIELDS =
  ".cnnlab-input, .cnnlab-explorer, input, textarea, select, [contenteditable]:not([contenteditable='false'])";
const NO_ANSWER = "No answer from the kernel: after a restart, run the cell again.";

const added = (numbers) => numbers.reduce((sum, number) => sum + number, 0);

/** A part with controls and lines of text. */
class Words {
  constructor(kind, link) {
    this.controls = new Controls(link);
    this.lines = make("div", { class: "cnnlab-lines" });
    this.note = make("div", { class: "cnnlab-below-controls" });
    this.root = make("div", { class: `cnnlab-part cnnlab-part-${kind}` }, this.controls.element, this.lines, this.note);
    if (kind === "question") {
      this.root.prepend(this.lines);
      this.controls.check = () => this.check();
    }
    if (kind === "verdict") this.lines.setAttribute("role", "status");
  }

  show({ controls = [], lines = [], note = null }) {
    this.controls.show(controls);
    this.controls.element.hidden = !controls.length;
    const look = JSON.stringify([lines, note]);
    if (lines.some((line) => line.some(([style]) => style === "title"))) this.lines.setAttribute("aria-live", "polite");
    if (look !== this.look) this.lines.replaceChildren(...linesOf(lines));
    if (look !== this.look) this.note.replaceChildren(...linesOf(note ? [note] : []));
    this.look = look;
  }

  /** Answers a question with what is in its field. */
  check() {
    const given = this.controls.shown.get("given").value();
    if (given.trim()) this.controls.set("given", given);
    else this.controls.press("check");
  }

  remove() {}
}

/** A part that is a template of what it is sent. */
class Picture {
  constructor(kind, draw) {
    this.draw = draw;
    this.root = make("div", { class: `cnnlab-part cnnlab-part-${kind}` });
  }

  show(part) {
    render(this.draw(part), this.root);
  }

  remove() {}
}

/** How far a training is; where it should go on and nothing is heard, its page says so. */
class Progress {
  constructor() {
    this.bar = /** @type {HTMLProgressElement} */ (make("progress", { "aria-label": "progress of the training" }));
    this.state = make("div", { role: "status" });
    this.numbers = make("div");
    const words = make("div", { class: "cnnlab-progress-words" }, this.state, this.numbers);
    this.root = make("div", { class: "cnnlab-part cnnlab-part-progress" }, this.bar, words);
  }

  show({ progress: [step, steps], lines: [state, ...numbers], alive }) {
    clearTimeout(this.silent);
    Object.assign(this.bar, { max: steps, value: step });
    this.numbers.replaceChildren(...linesOf(numbers));
    this.say(state);
    if (alive) this.silent = setTimeout(() => this.say([["wrong", NO_ANSWER]]), SILENCE);
  }

  /** Puts a line in the place of another one; the same one is not read out again. */
  say(line) {
    const look = JSON.stringify(line);
    if (look !== this.look) this.state.replaceChildren(...linesOf([line]));
    this.look = look;
  }

  remove() {
    clearTimeout(this.silent);
  }
}

const MAKERS = {
  stage: (link, number, changed) => new Stage(link, number, changed),
  sizes: () => new Picture("sizes", ({ stack }) => sizesOf(stack)),
  progress: () => new Progress(),
  table: (link) => new Picture("table", (part) => buttonsOf(part, link)),
};

class Explorer {
  constructor(model, el) {
    this.link = new Link(model);
    this.root = make("div", { class: "cnnlab-explorer" });
    this.veil = new Veil(this.root, () => this.link.ask({ press: "uncover" }));
    /** @type {{kind: string, view: any}[]} */
    this.parts = [];
    this.kinds = this.width = this.height = this.inset = this.waiting = undefined;
    this.life = new AbortController();
    const words = make("span", { "aria-live": "polite" }); // the status is that of a question or a training
    this.silence = make("div", { class: "cnnlab-silence" }, words);
    el.append(this.root);
    guardKeys(this.root, this.life.signal);
    const release = (event) => {
      if (event.key !== "Escape") return;
      const field = event.target.closest?.(FIELDS); // another explorer's Esc, or that of a cell of code, is not ours
      if (!field || (this.root.contains(field) && !field.matches(".cnnlab-input")))
        for (const stage of this.stages) stage.dispatch({ type: "release" });
    };
    window.addEventListener("keydown", release, { capture: true, signal: this.life.signal });
    const heart = listen(this.link, (text) => write(words, text));
    const changed = () => {
      heart.heard();
      this.show(this.link.shown);
    };
    model.on("change:shown", changed);
    const resized = new ResizeObserver(() => this.fit());
    this.life.signal.addEventListener("abort", () => {
      heart.leave();
      model.off("change:shown", changed);
      resized.disconnect();
    });
    changed();
    resized.observe(this.root);
  }

  get stages() {
    return this.parts.map(({ view }) => view).filter((view) => view instanceof Stage);
  }

  remove() {
    cancelAnimationFrame(this.waiting);
    this.life.abort();
    for (const { view } of this.parts) view.remove();
    this.root.remove();
  }

  /** Shows the parts; one that is of the same kind as before keeps its elements. */
  show({ parts = [], veil = "" }) {
    this.later(); // first: then no stage draws before it has its room
    const kinds = parts.map(({ kind }) => kind).join();
    if (kinds !== this.kinds) this.arrange(parts);
    this.kinds = kinds;
    for (const [k, part] of parts.entries()) this.parts[k].view.show(part);
    this.veil.show(veil);
  }

  /** Makes what is not there yet, and puts everything in order. */
  arrange(parts) {
    let number = 0;
    const made = parts.map(({ kind }, k) => {
      const stage = kind === "stage" ? number++ : 0;
      if (this.parts[k]?.kind === kind) return this.parts[k];
      this.parts[k]?.view.remove();
      const maker = MAKERS[kind] ?? ((link) => new Words(kind, link));
      return { kind, view: maker(this.link, stage, () => this.later()) };
    });
    for (const { view } of this.parts.slice(parts.length)) view.remove();
    this.parts = made;
    const row = make("div", { class: "cnnlab-abreast" });
    this.root.replaceChildren(this.silence);
    parts.forEach((part, k) => {
      const { root } = made[k].view;
      if (part.abreast) this.root.append(row);
      (part.abreast ? row : this.root).append(root);
    });
    this.inset = parts.some(({ scene }) => scene?.inset !== undefined) ? this.stages[0].panels.inset : null;
    this.placeHead();
  }

  /** Puts controls and words among the first panels, where the scene has a place for them and there is room. */
  placeHead() {
    const { root } = this.parts[0].view;
    const place = this.width < NARROW ? this.root : this.inset;
    if (this.inset && root.parentElement !== place) place.prepend(root); // a move would take the focus away
  }

  /** Lays out anew before the next frame, once however many answers come until then. */
  later() {
    if (this.width)
      this.waiting ??= requestAnimationFrame(() => {
        this.waiting = undefined;
        this.fit(true);
      });
  }

  /** Gives each stage its room: what the window leaves when all else has its own. */
  fit(anew = false) {
    const width = this.root.clientWidth; // none while it is hidden
    if (width === this.width && !anew && window.innerHeight === this.height) return;
    Object.assign(this, { width, height: window.innerHeight });
    const { stages } = this;
    if (!width || !stages.length) return;
    this.root.classList.toggle("cnnlab-narrow", width < NARROW);
    this.placeHead();
    for (const stage of stages) stage.reserve(width);
    const abreast = stages.every(({ root }) => root.parentElement.matches(".cnnlab-abreast")) && width > WIDE;
    const room = this.room(abreast);
    const widths = stages.map(({ scroller }) => scroller.clientWidth || width);
    const needs = stages.map((stage) => stage.need);
    const all = abreast ? Math.max(...needs) : added(needs);
    const chosen = stages.map((stage, k) => stage.choose(widths[k], (room * (abreast ? all : needs[k])) / (all || 1)));
    if (!abreast && stages.length > 1)
      for (const [k, stage] of stages.entries()) {
        const others = added(chosen.map((lengths, other) => (other === k ? 0 : (lengths?.high ?? 0))));
        chosen[k] = stage.choose(widths[k], room - others); // what one does not use, or needs more, the others get or give
      }
    for (const [k, stage] of stages.entries()) stage.fit(chosen[k]);
    for (const stage of stages) stage.draw();
  }

  /** The height in px that is left for panels, of all stages or of those abreast. */
  room(abreast) {
    const { stages } = this;
    const most = (window.innerHeight - AROUND) * (stages.some(({ isTall }) => isTall) ? TALLER : 1);
    const panels = stages.map(({ scroller }) => scroller.offsetHeight);
    const taken = abreast ? Math.max(...panels) : added(panels);
    return most - (this.root.offsetHeight - taken);
  }
}

export default {
  render({ model, el }) {
    const explorer = new Explorer(model, el);
    return () => explorer.remove();
  },
};
