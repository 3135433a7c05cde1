// An explorer: the parts sent by Python, stacked, and one connection for their events.

import { Connection } from "./connection.js";
import { controlsOf } from "./controls.js";
import { listen } from "./heartbeat.js";
import { help } from "./help.js";
import { guardKeys } from "./keys.js";
import { savePicture } from "./picture.js";
import { sizesOf } from "./sizes.js";
import { keepSolved, solved } from "./memory.js";
import { Stage } from "./stage.js";
import { buttonsOf } from "./table.js";
import { button, copy, linesOf } from "./text.js";
import { html, nothing, render } from "./vendor/lit-html.js";

const HIGH = 638; // px of an explorer without its edges in a window 800 px high
const TAKEN = { plain: 54, sliders: 66, row: 21 }; // px of its parts other than stages
const MOST_BESIDE = 4; // sliders that fit beside lines of text
const FIELDS = ":read-write, input, select, .cnnlab-explorer";

/** @param {string} path */
const icon = (path) =>
  html`<svg class="cnnlab-icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${path}></path></svg>`;
const CORNERS = icon("M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4");
const PICTURE = icon("M2 3h12v10H2zM2 12l4-5 3 4 2-2 3 3M11 6h.1");

/** @typedef {import("./schema.js").Part} Part */

class Explorer {
  root = document.createElement("div");
  life = new AbortController();
  /** @type {Stage[]} */
  stages = [];
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
    this.root.addEventListener("keydown", ({ key, target }) => {
      if (key === "?" && !(/** @type {Element} */ (target).matches(":read-write"))) this.help();
    });
    window.addEventListener("keydown", (event) => this.release(event), { capture: true, signal });
    this.show();
    listen(this.link, /** @type {Element} */ (this.root.querySelector(".cnnlab-silence > span")), signal);
    model.on("change:shown", this.show);
    const [part] = this.link.shown.parts;
    const given = part.key && solved()[part.key];
    if (given && !part.solved) this.link.ask({ set: { given } }); // restore the answer given before
  }

  remove() {
    this.life.abort();
    this.link.model.off("change:shown", this.show);
    for (const stage of this.stages) stage.remove();
    this.root.remove();
  }

  /**
   * Esc deselects a cell, unless the key belongs to another explorer or a code cell.
   * @param {KeyboardEvent} event
   */
  release(event) {
    if (event.key !== "Escape") return;
    const [target] = event.composedPath(); // the target itself would be the host of a shadow tree
    const field = target instanceof Element && target.closest(FIELDS);
    if (!field || (this.root.contains(field) && !field.matches(".cnnlab-input")))
      for (const stage of this.stages) stage.release();
  }

  /** Renders the parts; a part of the same kind as before keeps its elements. */
  show = () => {
    const { parts, veil } = this.link.shown;
    const { says, at } = this.link.model.get("linked") ?? {};
    this.keepStages(parts);
    const tools = [
      this.linkButton(),
      this.pictureMenu(),
      button("?", this.help, { title: "keys and gestures", label: "help" }),
      document.fullscreenEnabled ? button(CORNERS, this.toFull, { label: "full screen" }) : nothing,
    ];
    const shown = parts.map((part) => this.stages.find((stage) => stage.part === part)?.root ?? this.partOf(part));
    const first = parts.findIndex(({ abreast }) => abreast);
    const isCovered = Boolean(veil) && !this.link.pending.some(({ press }) => press === "uncover"); // at once, kernel or not
    this.root.classList.toggle("cnnlab-veiled", isCovered);
    render(
      html`<div class="cnnlab-silence"><span aria-live="polite"></span></div>${
        says ? html`<p class="cnnlab-wrong" role="status">${says}</p>` : nothing
      }${
        this.stages.some(({ state }) => state.scene.panels.y)
          ? button("to y", this.toOutput, { kind: "cnnlab-skip" })
          : nothing
      }${
        first < 0 ? shown : [...shown.slice(0, first), html`<div class="cnnlab-abreast">${shown.slice(first)}</div>`]
      }${
        parts[0].kind !== "question" && !this.stages.length
          ? html`<div class="cnnlab-foot"><span class="cnnlab-tools">${tools}</span></div>`
          : nothing
      }${isCovered ? this.cover() : nothing}${help()}`,
      this.root,
    );
    this.placeStages(parts, tools);
    if (at && at !== this.been) this.stages[at.stage]?.dispatch({ type: "visit", at });
    this.been = at;
    for (const child of this.root.children)
      child.toggleAttribute("inert", isCovered && !child.matches(".cnnlab-veil, .cnnlab-help"));
  };

  /**
   * Keeps the stages whose position has not changed.
   * @param {Part[]} parts
   */
  keepStages(parts) {
    const before = this.stages;
    const shown = /** @type {import("./stage.js").Shown[]} */ (parts.filter(({ scene }) => scene));
    this.stages = shown.map((part, k) => before[k] ?? new Stage(this.link, k, part, this.show));
    for (const [k, stage] of this.stages.entries()) stage.take(shown[k]);
    for (const stage of before.slice(shown.length)) stage.remove();
  }

  /**
   * Divides the height that the other parts leave among the stages, up to what each wants.
   * @param {Part[]} parts
   * @param {unknown} tools shown below the last one
   */
  placeStages(parts, tools) {
    const others = parts.map(({ scene, table, controls = [] }) => {
      if (table) return TAKEN.row * (table.rows.length + 4);
      const sliders = controls.filter(({ kind }) => kind === "slider").length;
      return scene ? 0 : TAKEN.sliders * Math.ceil(sliders / MOST_BESIDE) || TAKEN.plain;
    });
    const free = [...others, ...this.stages.map(({ taken }) => taken)].reduce((room, px) => room - px, HIGH);
    // a single stage has all of it
    const wanted = this.stages[1] ? this.stages.map((stage) => stage.laidIn(free).high) : [1];
    const all = wanted.reduce((sum, px) => sum + px, 0) || 1;
    for (const [k, stage] of this.stages.entries()) {
      const share = wanted[k] / all;
      const isLast = k + 1 === this.stages.length;
      stage.place({ tools: isLast ? tools : nothing, room: share * free, share });
    }
  }

  /** @param {Part} part */
  partOf({ kind, stack, table, progress, controls = [], lines = [], note, key, solved: done }) {
    if (key && done) keepSolved(key, controls[0].value);
    const isLoud = lines.some((line) => line.some(([style]) => style === "title"));
    const words = html`<div class="cnnlab-lines" role=${kind === "verdict" ? "status" : nothing}
      aria-live=${isLoud ? "polite" : nothing}>${linesOf(lines)}</div>`;
    const fields = controlsOf(controls, this.link);
    const isQuestion = kind === "question";
    const content = () => {
      if (stack) return sizesOf(stack);
      if (table) return buttonsOf(table, this.link);
      if (progress) return progressOf(progress, lines);
      return html`${isQuestion ? [words, this.pictureMenu(), fields] : [fields, words]}<div class="cnnlab-below-controls">${note ? linesOf([note]) : nothing}</div>`;
    };
    return html`<div class="cnnlab-part cnnlab-part-${kind}">${content()}</div>`;
  }

  /** Covers the parts that would show the answer to a question; everything keeps its place, but is read-only. */
  cover() {
    const lift = () => {
      this.link.ask({ press: "uncover" });
      this.show();
      this.focus("input, button, select");
    };
    return html`<div class="cnnlab-veil" role="group" aria-label="covered"><span>Answer the question above first.</span> ${button(
      "show",
      lift,
      { kind: "cnnlab-press" },
    )}</div>`;
  }

  help = () => /** @type {HTMLDialogElement} */ (this.root.querySelector(".cnnlab-help")).showModal();

  /** Moves the focus past the controls. */
  toOutput = () => this.focus('[data-panel="y"] :is([tabindex="0"], canvas)');

  /** @param {string} selector */
  focus(selector) {
    /** @type {HTMLElement | null} */ (this.root.querySelector(selector))?.focus();
  }

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
      const stage = this.stages.find(({ state }) => state.held);
      const address = model.share(stage ? { stage: stage.number, ...stage.state.at } : null);
      copy(address, /** @type {HTMLElement} */ (currentTarget), "it is in the address bar");
    };
    return button("copy link", press, { title: "copy its address, as it stands" });
  }

  toFull = () => (document.fullscreenElement ? document.exitFullscreen() : this.root.requestFullscreen());
}

/**
 * The progress of a training.
 * @param {number[]} progress
 * @param {import("./schema.js").Line[]} lines
 */
const progressOf = ([value, max], lines) =>
  html`<progress aria-label="progress of the training" max=${max} .value=${value}></progress><div
    class="cnnlab-progress-words"><div role="status">${linesOf(lines.slice(0, 1))}</div><div>${linesOf(lines.slice(1))}</div></div>`;

export default {
  /** @param {{model: any, el: Element}} host */
  render({ model, el }) {
    const explorer = new Explorer(model, el);
    return () => explorer.remove();
  },
};
