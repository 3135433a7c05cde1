// A page without a kernel: an explorer's events are answered from a table precomputed by Python.

import explorer from "./explorer.js";
import { judged } from "./judge.js";
import { addressOf, isThere, readAddress, stateWith } from "./links.js";
import { recalled, remember, showSolved } from "./memory.js";

/** @typedef {import("./connection.js").Asked} Asked */
/** @typedef {{at?: import("./links.js").Place, says: string}} Linked the target of a link, and a message on what is missing */
/** @typedef {{asked: {events: Asked[]}, shown: import("./schema.js").Shown | null, linked: Linked | null, name?: string}} Traits */

/**
 * @typedef {object} States made by Python: see cnnlab/lab/page/_precompute.py
 * @property {[string, string][]} states the parts and moves of each, as JSON
 * @property {[string, (number | string)[]][]} arrays a dtype, and numbers
 * @property {string} veil
 * @property {string} key of a question
 * @property {string} [name] by which a link finds it
 * @property {string} [given] a placeholder for the given answer in its states
 */
/** @typedef {States & ({kind: "explorer"} | {kind: "question"} & import("./judge.js").Verdicts)} Table */

/** A substitute for anywidget's model, which answers from a table of states. */
class Answers extends EventTarget {
  /** @param {Table} table */
  constructor(table) {
    super();
    this.table = table;
    this.at = 0;
    this.given = "";
    this.tried = this.closed = false; // of a question
    this.veil = everyone.some(({ closed, table: { key } }) => closed && key === table.veil) ? "" : table.veil;
    this.serial = 0;
    /** @type {Record<string, unknown>} the requested setting that is not in the table */
    this.lacking = {};
    /** @type {(DataView | import("./schema.js").Numbers)[]} the decoded arrays */
    this.arrays = [];
    /** @type {Traits} */
    this.traits = { asked: { events: [] }, shown: null, linked: null, name: table.name };
    this.turn();
  }

  get = (/** @type {keyof Traits} */ name) => this.traits[name];
  /** @type {(name: keyof Traits, value: unknown) => unknown} */
  set = (name, value) => Object.assign(this.traits, { [name]: value });
  on = this.addEventListener;
  off = this.removeEventListener;

  /**
   * Puts the link to the current state into the address bar, and returns the full address.
   * @param {import("./links.js").Place | null} at the selected cell
   */
  share(at) {
    const { name = "", states } = this.table;
    const [first] = states[0];
    history.replaceState(null, "", addressOf(name, JSON.parse(first), this.traits.shown?.parts ?? [], at));
    return location.href;
  }

  /**
   * Follows a link, and reports what this page lacks for it.
   * @param {ReturnType<typeof readAddress>} address
   */
  go({ settings, at, place }) {
    const states = this.table.states.map(([parts]) => JSON.parse(parts));
    const { number, missing } = stateWith(states, settings);
    const lost = missing.map(([name, value]) => `${name}=${value}`);
    const found = at !== null && isThere(states[number], place);
    if (at !== null && !found) lost.push(`at=${at}`);
    const says = lost.length ? `The link asks for ${lost.join(" and ")}, which this page does not have.` : "";
    this.at = number;
    this.traits.linked = { says, ...(found && { at: place }) };
    this.answer();
  }

  /** Answers the events, after the caller has finished. */
  save_changes() {
    queueMicrotask(() => {
      const events = this.traits.asked.events.filter(({ serial }) => serial > this.serial);
      for (const event of events) this.serve(event);
      if (events.length) this.answer();
    });
  }

  /** @param {Asked} event */
  serve(event) {
    this.serial = event.serial;
    this.traits.linked = null;
    if (event.press === "uncover") this.veil = "";
    else if (event.press === "reset") Object.assign(this, { at: 0, tried: false, closed: false });
    else if (this.table.kind === "question") Object.assign(this, judged(this.table, this, event));
    else {
      const move = this.moveOf(event);
      this.lacking = move === undefined ? (event.set ?? {}) : {};
      this.at = move ?? this.at;
    }
  }

  /**
   * The state that an event leads to; undefined if it is not in the table.
   * @param {Asked} event
   * @returns {number | undefined}
   */
  moveOf({ set, press }) {
    const asked = JSON.stringify(set ? { set } : { press });
    const [, moves] = this.table.states[this.at];
    return JSON.parse(moves).find((/** @type {[Asked, number]} */ [event]) => JSON.stringify(event) === asked)?.[1];
  }

  /** Shows the state, and uncovers the explorer of a closed question. */
  answer() {
    this.turn();
    this.dispatchEvent(new Event("change:shown"));
    const { key } = this.table;
    for (const other of this.closed && key ? everyone : []) {
      if (other.veil !== key) continue;
      other.veil = "";
      other.answer();
    }
  }

  turn() {
    const [parts] = this.table.states[this.at];
    const text = this.table.given ? parts.replaceAll(this.table.given, JSON.stringify(this.given).slice(1, -1)) : parts;
    const read = (/** @type {string} */ _, /** @type {any} whatever JSON holds */ value) => {
      const number = value?.array;
      if (!Number.isInteger(number)) return value;
      this.arrays[number] ??= readNumbers(this.table.arrays[number]);
      return this.arrays[number];
    };
    const { serial, veil, lacking } = this;
    const shown = JSON.parse(text, read);
    for (const { controls = [] } of shown)
      for (const control of controls)
        if (control.name in lacking) control.lacks = `${lacking[control.name]} is not on this page`;
    this.traits.shown = { serial, parts: shown, undo: false, ...(veil && { veil }) };
  }
}

/**
 * Numbers in the form in which an explorer receives them.
 * @param {States["arrays"][0]} array
 */
function readNumbers([dtype, numbers]) {
  if (dtype === "u1") return new DataView(new Uint8Array(numbers.map(Number)).buffer);
  return new (dtype === "f4" ? Float32Array : Float64Array)(numbers.map(Number));
}

const THEME = "cnnlab-theme";

/** @type {Answers[]} of the page */
const everyone = [];

/** @param {string} text */
function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
}

/** Sets the theme for explorers: dark by choice or by the system, and light for print. */
function followTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const page = document.documentElement.dataset;
  const follow = (/** @type {{type: string}} */ { type }) => {
    page.theme = type === "beforeprint" ? "light" : (recalled(THEME) ?? (dark.matches ? "dark" : "light"));
    document.documentElement.style.colorScheme = page.theme ?? "";
  };
  document.querySelector("[data-theme-switch]")?.addEventListener("click", (event) => {
    remember(THEME, page.theme === "dark" ? "light" : "dark");
    follow(event);
  });
  dark.addEventListener("change", follow);
  for (const type of ["beforeprint", "afterprint"]) window.addEventListener(type, follow);
  follow({ type: "" });
}

const page = {
  /**
   * Renders an explorer from its table, as anywidget would.
   * @param {{model: {get: (name: "table") => string}, el: Element}} host
   */
  async render({ model, el }) {
    const answers = new Answers(await unpacked(model.get("table")));
    everyone.push(answers);
    return explorer.render({ model: answers, el });
  },
};
export default page;

/** Shows the target of the address: a section, or an explorer in a state. */
function follow() {
  const address = readAddress(location.hash);
  const el = document.getElementById(address.name);
  everyone.find(({ table }) => table.name === address.name)?.go(address);
  for (let fold = el?.closest("details"); fold; fold = fold.parentElement?.closest("details")) fold.open = true;
  el?.scrollIntoView();
  document.querySelector("[data-lost]")?.remove();
  if (el || !address.name) return;
  const words = document.createElement("p");
  Object.assign(words, {
    className: "page-limits",
    role: "status",
    textContent: `This page has no “${address.name}”.`,
  });
  words.dataset.lost = "";
  document.querySelector("main, body")?.prepend(words);
  scrollTo(0, 0);
}

/** Renders every explorer of the page, from the top down. */
export async function start() {
  followTheme();
  showSolved();
  const contents = document.querySelector("nav details");
  contents?.toggleAttribute("open", matchMedia("(min-width: 1100px)").matches);
  document.documentElement.toggleAttribute("data-offline", location.protocol === "file:");
  for (const el of document.querySelectorAll("[data-widget]")) {
    const table = el.querySelector("script")?.textContent ?? "";
    el.replaceChildren();
    await page.render({ model: { get: () => table }, el });
    await new Promise((resolve) => setTimeout(resolve)); // the page stays responsive
  }
  follow();
  window.addEventListener("hashchange", follow);
  document.documentElement.dataset.alive = "true";
}
