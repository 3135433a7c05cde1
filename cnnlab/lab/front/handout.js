// A page without a kernel: an explorer's events are answered from a table precomputed by Python.

import explorer from "./explorer.js";
import { judged } from "./judge.js";
import { addressOf, isThere, readAddress, stateWith } from "./links.js";
import { recalled, remember, showSolved } from "./memory.js";

/** @typedef {import("./connection.js").Asked} Asked */
/** @typedef {{at?: import("./links.js").Place, says: string}} Linked the target of a link, and a message on what is missing */

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
  at = 0;
  given = "";
  tried = false; // like closed, of a question
  closed = false;
  serial = 0;
  asked = { events: /** @type {Asked[]} */ ([]) };
  shown = {};
  /** @type {Linked | null} */
  linked = null;

  /** @param {Table} table */
  constructor(table) {
    super();
    this.table = table;
    this.name = table.name;
    this.buffers = table.arrays.map(readNumbers);
    this.veil = everyone.some(({ closed, table: { key } }) => closed && key === table.veil) ? "" : table.veil;
    this.turn();
  }

  get = (/** @type {"asked" | "shown" | "linked" | "name"} */ name) => this[name];
  /** @type {(name: string, value: unknown) => unknown} */
  set = (name, value) => Object.assign(this, { [name]: value });
  on = this.addEventListener;
  off = this.removeEventListener;

  /** @param {number} number of a state */
  partsOf = (number) => JSON.parse(this.table.states[number][0]);

  /**
   * Puts the link to the current state into the address bar, and returns the full address.
   * @param {import("./links.js").Place | null} at the selected cell
   */
  share(at) {
    history.replaceState(null, "", addressOf(this.name ?? "", this.partsOf(0), this.partsOf(this.at), at));
    return location.href;
  }

  /**
   * Follows a link, and reports what this page lacks for it.
   * @param {ReturnType<typeof readAddress>} address
   */
  go({ settings, place }) {
    const states = this.table.states.map((_, number) => this.partsOf(number));
    const { number, missing } = stateWith(states, settings);
    const at = isThere(states[number], place) ? place : undefined;
    const lost = missing.filter(([name]) => name !== "at" || !at).map((setting) => setting.join("="));
    const says = lost.length ? `The link asks for ${lost.join(" and ")}, which this page does not have.` : "";
    this.at = number;
    this.linked = { says, at };
    this.answer();
  }

  /** Answers the events, after the caller has finished. */
  save_changes() {
    queueMicrotask(() => {
      const events = this.asked.events.filter(({ serial }) => serial > this.serial);
      for (const event of events) this.serve(event);
      if (events.length) this.answer();
    });
  }

  /** @param {Asked} event */
  serve({ serial, set, press }) {
    this.serial = serial;
    this.linked = null;
    if (press === "uncover") this.veil = "";
    else if (press === "reset") Object.assign(this, { at: 0, tried: false, closed: false });
    else if (this.table.kind === "question") Object.assign(this, judged(this.table, this, { serial, set, press }));
    else {
      const asked = JSON.stringify(set ? { set } : { press });
      /** @type {[Asked, number][]} */
      const moves = JSON.parse(this.table.states[this.at][1]);
      this.at = moves.find(([event]) => JSON.stringify(event) === asked)?.[1] ?? this.at; // a lacking state is not entered
    }
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

  /** Puts the state into the form in which a kernel sends it. */
  turn() {
    const { at, buffers, given, serial, table, veil } = this;
    const [parts] = table.states[at];
    const told = table.given ? parts.replaceAll(table.given, JSON.stringify(given).slice(1, -1)) : parts;
    this.shown = { text: `{"serial":${serial},"veil":${JSON.stringify(veil)},"parts":${told}}`, buffers };
  }
}

/**
 * Numbers in the form in which an explorer receives them.
 * @param {States["arrays"][0]} array
 */
function readNumbers([dtype, numbers]) {
  if (dtype === "u1") return new DataView(Uint8Array.from(numbers, Number).buffer);
  return Float64Array.from(numbers, Number);
}

const THEME = "cnnlab-theme";

/** @type {Answers[]} of the page */
const everyone = [];

/** @param {string} text */
function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
}

/** Sets the theme for explorers: dark by choice or by the system. */
function followTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const page = document.documentElement.dataset;
  const follow = () => {
    page.theme = recalled(THEME) ?? (dark.matches ? "dark" : "light");
  };
  document.querySelector("[data-theme-switch]")?.addEventListener("click", () => {
    remember(THEME, page.theme === "dark" ? "light" : "dark");
    follow();
  });
  dark.addEventListener("change", follow);
  follow();
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
  const lost = document.querySelector("[data-lost]");
  if (!lost) return; // on a page of one explorer
  lost.textContent = el || !address.name ? "" : `This page has no “${address.name}”.`;
  if (lost.textContent) lost.scrollIntoView();
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
