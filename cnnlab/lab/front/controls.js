// The controls of an explorer: native inputs, each with its label.

import { Pad } from "./pad.js";
import { button } from "./text.js";
import { live } from "./vendor/directives/live.js";
import { repeat } from "./vendor/directives/repeat.js";
import { html, nothing } from "./vendor/lit-html.js";

/** @typedef {import("./schema.js").Control} Control */
/** @typedef {import("./text.js").Template} Template */

/**
 * @typedef {object} Desk where controls stand, and what they keep
 * @property {import("./connection.js").Connection} link
 * @property {() => void} [check] answers a question
 * @property {Map<string, Pad>} pads by name
 */

const LUMINANCE = [0.299, 0.587, 0.114]; // of red, green and blue, by ITU-R BT.601

let desks = 0;

/**
 * @param {import("./connection.js").Connection} link
 * @returns {Desk & {group: string}}
 */
export const deskOf = (link) => ({ link, pads: new Map(), group: `cnnlab-${desks++}` });

/**
 * The controls, each keyed by its name: one that stays keeps its element, and so the focus.
 * @param {Control[]} controls
 * @param {Desk} desk
 */
export const controlsOf = (controls, desk) =>
  html`<div class="cnnlab-controls" ?hidden=${!controls.length}>${repeat(
    controls,
    ({ kind, name }) => `${kind} ${name}`,
    (control) => KINDS[control.kind](control, desk),
  )}</div>`;

/** @param {Control} control */
const controlName = ({ letter, label, title, name }) => [letter, label].filter(Boolean).join(" ") || title || name;

/**
 * Is an option one that a page without a kernel cannot show?
 * @param {Control} control
 * @param {unknown} value
 */
const isMissing = ({ missing = [] }, value) => missing.includes(value);

/**
 * The label of a control: its letter in its colour, and a word.
 * @param {Control} control
 */
const labelOf = ({ letter, label }) =>
  html`<span class="cnnlab-label">${letter ? html`<b class="cnnlab-${letter}">${letter}</b>` : nothing}${
    letter && label ? ` ${label}` : label
  }</span>`;

/**
 * @param {Control} control
 * @param {Desk} desk
 * @param {unknown} value
 */
const set = ({ name }, { link }, value) => link.ask({ set: { [name]: value } });

/** @typedef {{target: HTMLInputElement}} Typed an event of an input */

/**
 * A number to drag, and to type.
 * @param {Control} control
 * @param {Desk} desk
 */
function slider(control, desk) {
  const { name, low = 0, high = 0, text, title, lacks } = control;
  const value = Number(desk.link.wanted(name, control.value));
  const label = controlName(control);
  const drag = (/** @type {Typed} */ { target }) =>
    Number.isInteger(target.valueAsNumber) && set(control, desk, target.valueAsNumber);
  const type = (/** @type {Typed} */ { target }) => {
    const typed = Math.max(low, Math.min(high, Math.round(target.valueAsNumber)));
    if (Number.isFinite(typed)) set(control, desk, typed);
    target.value = String(Number.isFinite(typed) ? typed : value);
  };
  return html`<div class="cnnlab-control cnnlab-slider" data-control=${name} title=${title ?? nothing}><span
    class="cnnlab-slider-head">${labelOf(control)}<input type="number" class="cnnlab-number" aria-label="${label}, typed"
    min=${low} max=${high} style="--digits: ${String(high).length}" .value=${String(value)} ?hidden=${text !== undefined}
    ?disabled=${low === high} @change=${type}><span class="cnnlab-slider-text">${text ?? ""}</span></span><input
    type="range" aria-label=${title ? `${label} (${title})` : label} min=${low} max=${high}
    aria-valuetext=${text ?? value} .value=${live(String(value))} ?disabled=${low === high} @input=${drag}>${
      lacks ? html`<span class="cnnlab-lacks" role="status">${lacks}</span>` : nothing
    }</div>`;
}

/**
 * @param {Control} control
 * @param {Desk} desk
 */
function select(control, desk) {
  const { name, title, options = [] } = control;
  const wanted = desk.link.wanted(name, control.value);
  const choose = (/** @type {{target: HTMLSelectElement}} */ { target }) =>
    set(control, desk, options[target.selectedIndex][0]);
  return html`<label class="cnnlab-control cnnlab-select" data-control=${name} title=${title ?? nothing}>${labelOf(
    control,
  )}<select aria-label=${controlName(control)} ?disabled=${control.disabled} @change=${choose}>${options.map(
    ([value, label]) =>
      html`<option ?disabled=${isMissing(control, value)} .selected=${live(value === wanted)}>${label}</option>`,
  )}</select></label>`;
}

/**
 * @param {Control} control
 * @param {Desk} desk
 */
function toggle(control, desk) {
  const { name, label, title, disabled } = control;
  const on = Boolean(desk.link.wanted(name, control.value));
  const press = () => set(control, desk, !desk.link.wanted(name, on));
  return button(label, press, { kind: "cnnlab-toggle", title, pressed: on, off: disabled });
}

/**
 * The buttons of which one is pressed; a second line of their words is what they are told by.
 * @param {Control} control
 * @param {Desk} desk
 */
export function tabsOf(control, desk) {
  const wanted = desk.link.wanted(control.name, control.value);
  return (control.options ?? []).map(([value, label], k) => {
    const [words, title] = label.split("\n");
    const off = Boolean(control.disabled) || isMissing(control, value);
    const press = () => set(control, desk, value);
    const look = { kind: "cnnlab-toggle", title, pressed: value === wanted, off };
    if (!control.pictures) return button(words, press, look);
    const picture = html`<span class="cnnlab-thumb" style="mask-image: url(${control.pictures[k]})"></span>`;
    return button(picture, press, { ...look, title: words, label: words });
  });
}

/**
 * @param {Control} control
 * @param {Desk} desk
 */
const tabs = (control, desk) =>
  html`<div class="cnnlab-control" data-control=${control.name}>${labelOf(control)}<span class="cnnlab-tabs" role="group"
    aria-label=${controlName(control)}>${tabsOf(control, desk)}</span></div>`;

/**
 * @param {Control} control
 * @param {Desk & {group?: string}} desk
 */
const radio = ({ name, label, options = [], disabled }, { group }) =>
  html`<div class="cnnlab-control cnnlab-radio" data-control=${name} role="radiogroup" aria-label=${label}>${options.map(
    ([value, words]) =>
      html`<label><input type="radio" name=${group} value=${value} ?disabled=${disabled}><span>${words}</span></label>`,
  )}</div>`;

/**
 * A field; what is in it is told with Enter, and by the button "check".
 * @param {Control} control
 * @param {Desk} desk
 */
function field(control, desk) {
  const enter = (/** @type {KeyboardEvent} */ { key, shiftKey }) => key === "Enter" && !shiftKey && desk.check?.();
  return html`<label class="cnnlab-control cnnlab-text" data-control=${control.name}>${labelOf(control)}<input type="text"
    placeholder=${control.text ?? ""} aria-label=${control.label} autocomplete="off" ?disabled=${control.disabled}
    @keydown=${enter}></label>`;
}

/**
 * @param {Control} control
 * @param {Desk} desk
 */
function press({ name, label, title, disabled }, { link, check }) {
  const ask = () => (name === "check" && check ? check() : link.ask({ press: name }));
  return button(label, ask, { kind: "cnnlab-press", title, off: disabled });
}

/**
 * @param {Control} control
 * @param {Desk} desk
 */
function pad(control, { link, pads }) {
  const { name } = control;
  if (control.disabled) return nothing; // nobody there reads what is drawn
  const made = pads.get(name) ?? new Pad(control, link);
  pads.set(name, made);
  made.follow(control.value);
  return made.element;
}

/**
 * A photograph of one's own: the middle of an image file, in grey, a byte a cell.
 * @param {Control} control
 * @param {Desk} desk
 */
function file(control, desk) {
  const { high: side = 0, label, title } = control;
  const choose = async (/** @type {Typed} */ { target }) => {
    const chosen = target.files?.[0];
    const image = chosen && (await createImageBitmap(chosen).catch(() => null));
    const context = new OffscreenCanvas(side, side).getContext("2d");
    target.setCustomValidity(image || !chosen ? "" : `“${chosen.name}” is no image that this browser can read`);
    target.reportValidity();
    target.value = ""; // so that the same file can be chosen again
    if (!image || !context) return;
    const scale = side / Math.min(image.width, image.height);
    const [width, height] = [image.width * scale, image.height * scale];
    context.drawImage(image, (side - width) / 2, (side - height) / 2, width, height);
    const { data } = context.getImageData(0, 0, side, side);
    const grey = Uint8Array.from({ length: side ** 2 }, (_, k) =>
      Math.round(LUMINANCE.reduce((sum, share, channel) => sum + share * data[4 * k + channel], 0)),
    );
    set(control, desk, new DataView(grey.buffer));
  };
  return html`<label class="cnnlab-control cnnlab-file cnnlab-button" title=${title ?? nothing}>${label}<input
    type="file" accept="image/*" @change=${choose}></label>`;
}

/** @type {Record<string, (control: Control, desk: Desk) => unknown>} */
const KINDS = { slider, select, switch: toggle, tabs, radio, text: field, button: press, pad, file };
