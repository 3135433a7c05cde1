// An explorer: the parts sent by Python, stacked, and one connection for their events.

import { Connection } from "./connection.js";
import { controlsOf } from "./controls.js";
import { isCalm } from "./frame.js";
import { listen } from "./heartbeat.js";
import { help } from "./help.js";
import { guardKeys } from "./keys.js";
import { heightWanted } from "./layout.js";
import { savePicture } from "./picture.js";
import { sizesOf } from "./sizes.js";
import { keepSolved, solved } from "./memory.js";
import { Stage } from "./stage.js";
import { buttonsOf } from "./table.js";
import { button, copy, linesOf } from "./text.js";
import { html, nothing, render } from "./vendor/lit-html.js";

const HIGH = 660; // px of an explorer in a window 800 px high
const TAKEN = { edges: 30, plain: 54, sliders: 70, many: 135, row: 21 }; // px of its parts other than stages
const MOST_BESIDE = 4; // sliders that fit beside lines of text
const TURN = { duration: 450, easing: "ease-out" };
const FIELDS =
  ".cnnlab-input, .cnnlab-explorer, input, textarea, select, [contenteditable]:not([contenteditable='false'])";

const CORNERS = html`<svg class="cnnlab-corners" viewBox="0 0 16 16" aria-hidden="true"><path
  d="M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4"></path></svg>`;

const PICTURE = html`<svg class="cnnlab-corners" viewBox="0 0 16 16" aria-hidden="true"><path
  d="M2 3h12v10H2zM2 12l4-5 3 4 2-2 3 3M11 6h.1"></path></svg>`;

/** @typedef {import("./schema.js").Part} Part */

class Explorer {
  root = document.createElement("div");
  life = new AbortController();
  /** @type {(Stage | null)[]} by part */
  stages = [];
  lifted = ""; // the key of the cover that was removed
  silence = ""; // the message about a kernel that does not answer
  isHelping = false;
  /** @type {import("./links.js").Place | undefined} the target of the link followed last */
  been = undefined;

  /**
   * @param {any} model anywidget's model, or a substitute for it
   * @param {Element} el
   */
  constructor(model, el) {
    const { signal } = this.life;
    this.link = new Connection(model);
    this.root.className = "cnnlab-explorer";
    el.append(this.root);
    document.documentElement.dataset.cnnlab = ""; // the page can show explorers, so hints on how to start may be hidden
    guardKeys(this.root, signal);
    this.root.addEventListener("keydown", (event) => event.key === "?" && !isTyped(event.target) && this.help());
    window.addEventListener("keydown", (event) => this.release(event), { capture: true, signal });
    const tell = (/** @type {string} */ words) => {
      if (words === this.silence) return;
      this.silence = words;
      this.show();
    };
    const heard = listen(this.link, tell, signal);
    const changed = () => {
      heard();
      this.show();
    };
    model.on("change:shown", changed);
    signal.addEventListener("abort", () => model.off("change:shown", changed));
    changed();
    const [part] = this.link.shown.parts ?? [];
    const given = part?.key && solved()[part.key];
    if (given && !part.solved) this.link.ask({ set: { given } }); // restore the answer given before
  }

  remove() {
    this.life.abort();
    for (const stage of this.stages) stage?.remove();
    this.root.remove();
  }

  /**
   * Esc deselects a cell, unless the key belongs to another explorer or a code cell.
   * @param {KeyboardEvent} event
   */
  release({ key, target }) {
    if (key !== "Escape") return;
    const field = target instanceof Element ? target.closest(FIELDS) : null;
    if (!field || (this.root.contains(field) && !field.matches(".cnnlab-input")))
      for (const stage of this.stages) stage?.release();
  }

  /** Renders the parts; a part of the same kind as before keeps its elements. */
  show() {
    const { parts = [], veil = "" } = this.link.shown;
    const linked = this.link.model.get("linked");
    this.keepStages(parts);
    const isPicture = parts.some(({ kind }) => !["question", "verdict"].includes(kind));
    const tools = isPicture && [
      this.linkButton(),
      this.pictureMenu(),
      button("?", this.help, { title: "keys and gestures", label: "help" }),
      document.fullscreenEnabled
        ? button(CORNERS, this.toFull, { title: "full screen", label: "full screen" })
        : nothing,
    ];
    const shown = parts.map((part, k) => this.stages[k]?.root ?? this.partOf(part));
    const first = parts.findIndex(({ abreast }) => abreast);
    const isCovered = Boolean(veil) && veil !== this.lifted;
    const hadFocus = this.root.querySelector(".cnnlab-veil")?.contains(document.activeElement);
    const wasCovered = this.root.classList.contains("cnnlab-veiled");
    this.root.classList.toggle("cnnlab-veiled", isCovered);
    render(
      html`<div class="cnnlab-silence"><span aria-live="polite">${this.silence}</span></div>${
        linked?.says ? html`<p class="cnnlab-wrong" role="status">${linked.says}</p>` : nothing
      }${
        this.stages.some((stage) => stage?.state.scene.panels.y)
          ? button("to y", this.toOutput, { kind: "cnnlab-skip" })
          : nothing
      }${
        first < 0 ? shown : [...shown.slice(0, first), html`<div class="cnnlab-abreast">${shown.slice(first)}</div>`]
      }${
        this.last || !tools ? nothing : html`<div class="cnnlab-foot"><span class="cnnlab-tools">${tools}</span></div>`
      }${isCovered ? this.coverOf(veil) : nothing}${this.isHelping ? help() : nothing}`,
      this.root,
    );
    this.placeStages(parts, tools || nothing);
    this.goTo(linked?.at);
    for (const child of this.root.children) child.toggleAttribute("inert", isCovered && !child.matches(".cnnlab-veil"));
    if (wasCovered && !isCovered) this.turnCards();
    if (hadFocus && !isCovered)
      /** @type {HTMLElement | null} */ (this.root.querySelector("input, button, select"))?.focus();
  }

  /**
   * Keeps the stages whose position has not changed.
   * @param {Part[]} parts
   */
  keepStages(parts) {
    let number = 0;
    const before = this.stages;
    this.stages = parts.map((part, k) => {
      if (part.kind !== "stage") return null;
      const shown = /** @type {import("./stage.js").Shown} */ (part);
      const stage = before[k] ?? new Stage(this.link, number, shown, () => this.show());
      number++;
      stage.take(shown);
      return stage;
    });
    for (const stage of before) if (stage && !this.stages.includes(stage)) stage.remove();
    this.last = this.stages.findLast(Boolean);
  }

  /**
   * Divides the height that the other parts leave among the stages, up to what each wants.
   * @param {Part[]} parts
   * @param {unknown} tools shown below the last one
   */
  placeStages(parts, tools) {
    const stages = this.stages.filter((stage) => stage !== null);
    const others = parts.map(({ scene, table, controls = [] }) => {
      if (table) return TAKEN.row * (table.rows.length + 4);
      const sliders = controls.filter(({ kind }) => kind === "slider").length;
      return scene ? 0 : sliders > MOST_BESIDE ? TAKEN.many : sliders ? TAKEN.sliders : TAKEN.plain;
    });
    const taken = [TAKEN.edges, ...others, ...stages.map((stage) => stage.taken)];
    const free = taken.reduce((room, px) => room - px, HIGH);
    const wanted = stages.map((stage) => heightWanted(stage.panels, stage.state.scene.compact));
    const all = wanted.reduce((sum, px) => sum + px, 0) || 1;
    for (const [k, stage] of stages.entries()) {
      const share = wanted[k] / all;
      stage.show({ around: { tools: stage === this.last ? tools : nothing, room: share * free, share } });
    }
  }

  /** @param {Part} part */
  partOf({ kind, stack, table, progress, controls = [], lines = [], note, key, solved: done }) {
    if (key && done && !solved()[key]) keepSolved(key, controls[0].value);
    const isLoud = lines.some((line) => line.some(([style]) => style === "title"));
    const words = html`<div class="cnnlab-lines" role=${kind === "verdict" ? "status" : nothing}
      aria-live=${isLoud ? "polite" : nothing}>${linesOf(lines)}</div>`;
    const both = [controlsOf(controls, this.link), words];
    const content = () => {
      if (stack) return sizesOf(stack);
      if (table) return buttonsOf(table, this.link);
      if (progress) return progressOf(progress, lines);
      return html`${kind === "question" ? both.reverse() : both}<div class="cnnlab-below-controls">${note ? linesOf([note]) : nothing}</div>`;
    };
    return html`<div class="cnnlab-part cnnlab-part-${kind}">${content()}</div>`;
  }

  /**
   * Covers the parts that would show the answer to a question; everything keeps its place, but is read-only.
   * @param {string} key of the question
   */
  coverOf(key) {
    const lift = () => {
      this.lifted = key; // at once, even without an answer from a kernel
      this.show();
      this.link.ask({ press: "uncover" });
    };
    return html`<div class="cnnlab-veil" role="group" aria-label="covered"><span>Answer the question above first.</span>${button(
      "show",
      lift,
      { kind: "cnnlab-press" },
    )}</div>`;
  }

  turnCards() {
    if (isCalm()) return;
    for (const panel of this.root.querySelectorAll("[data-tells]"))
      panel.animate([{ transform: "perspective(600px) rotateY(90deg)" }, { transform: "none" }], TURN);
  }

  help = () => {
    this.isHelping = true;
    this.show();
    /** @type {HTMLDialogElement | null} */ (this.root.querySelector(".cnnlab-help"))?.showModal();
  };

  /** Moves the focus past the controls. */
  toOutput = () => {
    const cell = this.root.querySelector('[data-panel="y"] :is([tabindex="0"], canvas)');
    /** @type {HTMLElement | null} */ (cell)?.focus();
  };

  /** A menu that saves the picture on the screen as a file. */
  pictureMenu() {
    const save = (/** @type {"svg" | "png"} */ kind) => {
      const press = () => {
        this.root.querySelector(".cnnlab-save")?.removeAttribute("open");
        savePicture(this.root, this.link.model.get("name") || "explorer", kind);
      };
      return button(`.${kind}`, press, { label: `save the picture as ${kind}` });
    };
    return html`<details class="cnnlab-save"><summary class="cnnlab-button" title="picture"
      aria-label="picture">${PICTURE}</summary><span>${save("svg")}${save("png")}</span></details>`;
  }

  /** The button that copies a link, on a page whose links lead back here. */
  linkButton() {
    const { model } = this.link;
    if (!model.get("name")) return nothing;
    const press = (/** @type {Event} */ { currentTarget }) => {
      const stage = this.stages.find((each) => each?.state.held);
      const address = model.share(stage ? { stage: stage.number, ...stage.state.at } : null);
      copy(address, /** @type {HTMLElement} */ (currentTarget), "it is in the address bar");
    };
    return button("copy link", press, { title: "copy the address of this explorer as it stands" });
  }

  /**
   * Selects the cell that a link leads to, once.
   * @param {import("./links.js").Place} [at]
   */
  goTo(at) {
    if (!at || at === this.been) return;
    this.been = at;
    this.stages.filter(Boolean)[at.stage]?.dispatch({ type: "visit", at: /** @type {any} */ (at) });
  }

  toFull = () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else this.root.requestFullscreen();
  };
}

/**
 * The progress of a training.
 * @param {number[]} progress
 * @param {import("./schema.js").Line[]} lines
 */
const progressOf = ([value, max], lines) =>
  html`<progress aria-label="progress of the training" max=${max} .value=${value}></progress><div
    class="cnnlab-progress-words"><div role="status">${linesOf(lines.slice(0, 1))}</div><div>${linesOf(lines.slice(1))}</div></div>`;

/** @param {EventTarget | null} target */
const isTyped = (target) => target instanceof Element && target.matches("input:not([type=range], [type=radio])");

export default {
  /** @param {{model: any, el: Element}} host */
  render({ model, el }) {
    const explorer = new Explorer(model, el);
    return () => explorer.remove();
  },
};
