// What is said of the cell in view: its sum as a strip of chips, a sentence, lines of code, and what one can do.

import { make, withSubscripts, write } from "./dom.js";
import { cellAt, countOf, sameAt, wiresOf } from "./scene.js";
import { stripLength, stripOf } from "./strip.js";
import { summed, sumOf } from "./sums.js";
import { linesOfCode, sentenceOf } from "./words.js";

const MOST_TRIED = { cells: 300, terms: 1500 }; // of a panel, of which sum and sentence are looked at for their length
const MOST_KEPT = 50; // looks of a scene whose room is remembered
const LINE_OF_CODE = 28; // px

export class Said {
  /** @param {(terms: any) => void} point shows the cells of terms, or of none */
  constructor(point) {
    this.point = point;
    this.at = null; // the cell of the sum in view
    this.group = null; // the group of its terms that is opened
    this.most = this.spare = 0; // px of the longest strip so far, and of what the one in view leaves of them
    this.rooms = new Map(); // of each look of the scene so far, the room of its longest strip and sentence
    this.strip = make("div", { class: "cnnlab-strip", role: "group", "aria-label": "sum of the selected cell" });
    this.sentence = make("p", { class: "cnnlab-sentence" });
    this.element = make("div", { class: "cnnlab-said" }, this.sentence);
    this.code = make("div", { class: "cnnlab-code" });
    this.note = make("p", { class: "cnnlab-note", "aria-live": "polite" });
    this.hint = make("p", { class: "cnnlab-hint" });
    this.foot = make("div", { class: "cnnlab-can" }, this.note, this.hint);
    this.live = make("div", { class: "cnnlab-live", "aria-live": "polite" });
  }

  /** Puts the strip where a scene wants it: a name and a number need no row of their own. */
  build(scene) {
    const isSum = Object.keys(scene.wires).length > 0;
    if (isSum) this.element.append(this.strip);
    else this.foot.prepend(this.strip);
    const says = Object.values(scene.panels).map((panel) => panel.says);
    this.sentence.hidden = !says.some(Boolean);
    this.lines = (scene.lines ?? []).length + (says.some((each) => each?.code) ? 1 : 0);
  }

  showSum({ scene, at, on }, sum, backward) {
    if (!sameAt(this.at, at)) this.group = null;
    this.at = at;
    const toggle = (group) => {
      this.group = this.group === group ? null : group;
      this.showSum({ scene, at, on }, sum, backward);
      this.strip.querySelector(`[data-group="${group}"]`)?.focus();
    };
    this.strip.replaceChildren(
      ...stripOf(scene, at, sum, { light: (terms) => this.point(terms), open: this.group, toggle }),
    );
    this.code.replaceChildren(...(on.code ? linesOfCode(scene, at, backward).map(codeLine) : []));
    this.code.style.minHeight = on.code ? `${LINE_OF_CODE * this.lines}px` : "";
  }

  /** Shows the sentence or a message in its place, and below it the scene's note or what one can do. */
  showWords({ scene, at, message, held }, backward) {
    const text = message || sentenceOf(scene, at, backward);
    if (text !== this.text) this.sentence.replaceChildren(...withSubscripts(text));
    this.text = text;
    write(this.note, scene.note ?? "");
    const hint = held ? "held · click it again or press Esc to let go" : hintFor(scene);
    if (hint !== this.hinted) this.hint.replaceChildren(...withSubscripts(hint));
    this.hinted = hint;
  }

  /** Says something to those who cannot see it. */
  say(text = this.text) {
    write(this.live, text);
  }

  // --- its room ---

  /**
   * Keeps the room of the longest sum and sentence, so that nothing below them moves from cell to cell.
   * @param {string} look what the room depends on, but for the numbers
   */
  reserve(look, scene, panels, backward) {
    this.foot.style.minHeight = "";
    this.most = 0;
    if (!this.element.clientWidth || this.strip.parentElement !== this.element) return;
    if (!this.rooms.has(look)) {
      if (this.rooms.size === MOST_KEPT) this.rooms.clear();
      this.rooms.set(look, this.roomOf(scene, panels, backward));
    }
    const { strip, sentence } = this.rooms.get(look);
    this.sentence.style.minHeight = `${sentence}px`;
    this.most = strip;
    this.keep();
  }

  roomOf(scene, panels, backward) {
    const probe = make("div", { class: "cnnlab-probe", "aria-hidden": "true" });
    for (const panel of panels) probe.append(...this.longest(scene, summed(scene, panel.name, backward), backward));
    this.element.append(probe);
    const most = (name) => Math.max(0, ...[...probe.getElementsByClassName(name)].map(heightOf));
    const room = { strip: most("cnnlab-strip"), sentence: most("cnnlab-sentence") };
    probe.remove();
    return room;
  }

  /** The longest strip and the longest sentence of a panel's cells. */
  longest(scene, panel, backward) {
    const count = countOf(panel);
    const wires = panel.sum ? wiresOf(scene.wires[panel.sum.wires]) : 0;
    const step = Math.ceil(Math.max(count / MOST_TRIED.cells, wires / MOST_TRIED.terms, 1));
    let [length, strip, sentence] = [0, null, ""];
    for (let k = 0; k < count; k += step) {
      const at = { panel: panel.name, cell: cellAt(panel, k) };
      const sum = sumOf(scene, at, backward);
      const long = stripLength(sum, at.cell);
      if (long > length) [length, strip] = [long, { at, sum }];
      const text = sentenceOf(scene, at, backward, sum);
      if (text.length > sentence.length) sentence = text;
    }
    const still = { light: () => {}, open: null, toggle: () => {} };
    return [
      ...(strip ? [make("div", { class: "cnnlab-strip" }, ...stripOf(scene, strip.at, strip.sum, still))] : []),
      make("p", { class: "cnnlab-sentence" }, ...withSubscripts(sentence)),
    ];
  }

  /** Grows with what is longer still, and never shrinks. */
  keep() {
    const height = heightOf(this.strip);
    this.most = Math.max(this.most, height);
    const spare = this.strip.parentElement === this.element ? this.most - height : 0;
    if (spare !== this.spare) this.element.style.marginBottom = `${spare}px`; // not inside: it covers what it stands on
    this.spare = spare;
    const foot = heightOf(this.foot);
    if (foot > parseFloat(this.foot.style.minHeight || "0")) this.foot.style.minHeight = `${foot}px`;
  }
}

/** The height of an element in px, of which it has parts. */
const heightOf = (element) => element.getBoundingClientRect().height;

/** What one can do, in a line. */
function hintFor(scene) {
  const typed = Object.values(scene.panels)
    .filter(({ editable }) => editable)
    .map(({ symbol }) => symbol);
  const names = typed.length > 1 ? `${typed.slice(0, -1).join(", ")} or ${typed.at(-1)}` : typed[0];
  const click = scene.pick ? "click to see how it was made" : "click to hold";
  const change = names ? [`double-click ${names} to change`] : [];
  if (!Object.keys(scene.wires).length) return [click, ...change].join(" · "); // beside a number there is less room
  return ["point", click, "arrow keys", ...change, ...(names ? ["Shift+↑ nudges"] : [])].join(" · ");
}

function codeLine([label, text]) {
  const copy = make(
    "button",
    {
      type: "button",
      class: "cnnlab-button",
      "aria-label": `copy the ${label} line`,
      onclick: (event) => copyText(text, event.target),
    },
    "copy",
  );
  return make("div", {}, make("span", { class: "cnnlab-soft" }, label), make("code", { tabindex: "0" }, text), copy);
}

async function copyText(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "copied";
  } catch {
    button.textContent = "press Ctrl+C";
    getSelection().selectAllChildren(button.previousSibling);
  }
  setTimeout(() => (button.textContent = "copy"), 1500);
}
