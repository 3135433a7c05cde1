// The controls of an explorer: native inputs, each with its label.

import { Pad } from "./pad.js";
import { button } from "./text.js";
import { live } from "./vendor/directives/live.js";
import { repeat } from "./vendor/directives/repeat.js";
import { html, nothing } from "./vendor/lit-html.js";

/** @typedef {import("./schema.js").Control} Control */
/** @typedef {import("./text.js").Template} Template */

/** @typedef {import("./connection.js").Connection} Link */
/** @typedef {{target: HTMLInputElement}} Typed an event of an input */

const LUMINANCE = [0.299, 0.587, 0.114]; // of red, green and blue, by ITU-R BT.601

/** @type {WeakMap<Link, Pad>} an explorer's, which keeps its drawing */
const pads = new WeakMap();

/**
 * The controls, as a form, each keyed by its name: a control that remains keeps its element, and so the focus.
 * @param {Control[]} controls
 * @param {Link} link
 */
export const controlsOf = (controls, link) =>
  html`<form class="cnnlab-controls" ?hidden=${!controls.length} method="dialog"
    @keydown=${(
      /** @type {KeyboardEvent & {target: {name: string, form: HTMLFormElement}}} */ { key, shiftKey, target },
    ) => key === "Enter" && !shiftKey && target.name === "given" && check(target.form, link)}>${repeat(
      controls,
      ({ kind, name }) => `${kind} ${name}`,
      (control) => KINDS[control.kind](control, link),
    )}</form>`;

/** @param {Control} control */
const controlName = ({ letter, label, title, name }) => [letter, label].filter(Boolean).join(" ") || title || name;

/**
 * The label of a control: its letter in its colour, and a word.
 * @param {Control} control
 */
const labelOf = ({ letter, label }) =>
  html`<span class="cnnlab-label">${letter && html`<b class="cnnlab-${letter}">${letter}</b> `}${label}</span>`;

/**
 * @param {Control} control
 * @param {Link} link
 * @param {unknown} value
 */
const set = ({ name }, link, value) => link.ask({ set: { [name]: value } });

/**
 * A number to drag, and to type.
 * @param {Control} control
 * @param {Link} link
 */
function slider(control, link) {
  const { low = 0, high = 0, text, title, lacks } = control;
  const value = Number(link.wanted(control.name, control.value));
  const label = controlName(control);
  const change = (/** @type {Typed} */ { target }) =>
    target.reportValidity() && set(control, link, target.valueAsNumber);
  return html`<div class="cnnlab-control cnnlab-slider" title=${title ?? nothing}><span
    class="cnnlab-slider-head">${labelOf(control)}<input type="number" class="cnnlab-number" aria-label="${label}, typed"
    min=${low} max=${high} style="--digits: ${String(high).length}" .value=${String(value)} required
    ?hidden=${text !== undefined} ?disabled=${low === high} @change=${change}><b class="cnnlab-slider-text">${text ?? ""}</b></span><input
    type="range" aria-label=${title ? `${label} (${title})` : label} min=${low} max=${high}
    aria-valuetext=${text ?? value} .value=${live(String(value))} ?disabled=${low === high} @input=${change}>${
      lacks ? html`<span class="cnnlab-lacks" role="status">${lacks}</span>` : nothing
    }</div>`;
}

/**
 * @param {Control} control
 * @param {Link} link
 */
function select(control, link) {
  const { name, title, options = [] } = control;
  const wanted = link.wanted(name, control.value);
  const choose = (/** @type {{target: HTMLSelectElement}} */ { target }) =>
    set(control, link, options[target.selectedIndex][0]);
  return html`<label class="cnnlab-control cnnlab-select" title=${title ?? nothing}>${labelOf(
    control,
  )}<select aria-label=${controlName(control)} ?disabled=${control.disabled} @change=${choose}>${options.map(
    ([value, label]) =>
      html`<option ?disabled=${control.missing?.includes(value)} .selected=${live(value === wanted)}>${label}</option>`,
  )}</select></label>`;
}

/**
 * @param {Control} control
 * @param {Link} link
 */
function toggle(control, link) {
  const { name, label, title, disabled } = control;
  const on = Boolean(link.wanted(name, control.value));
  const press = () => set(control, link, !link.wanted(name, on));
  return button(label, press, { title, pressed: on, off: disabled });
}

/**
 * Buttons of which one is pressed; the second line of a label, if any, is the button's name.
 * @param {Control} control
 * @param {Link} link
 */
export function tabsOf(control, link) {
  const wanted = link.wanted(control.name, control.value);
  return (control.options ?? []).map(([value, label], k) => {
    const [words, title] = label.split("\n");
    const off = control.disabled || control.missing?.includes(value);
    const press = () => set(control, link, value);
    const look = { pressed: value === wanted, off };
    if (!control.pictures) return button(words, press, { ...look, title });
    const picture = html`<span class="cnnlab-thumb" style="mask-image: url(${control.pictures[k]})"></span>`;
    return button(picture, press, { ...look, label: words });
  });
}

/**
 * @param {Control} control
 * @param {Link} link
 */
const tabs = (control, link) =>
  html`<div class="cnnlab-control">${labelOf(control)}<span class="cnnlab-tabs" role="group"
    aria-label=${controlName(control)}>${tabsOf(control, link)}</span></div>`;

/** @param {Control} control */
const radio = ({ label, options = [], disabled }) =>
  html`<div class="cnnlab-control cnnlab-radio" role="radiogroup" aria-label=${label}>${options.map(
    ([value, words]) =>
      html`<label><input type="radio" name="given" required value=${value} ?disabled=${disabled}><span>${words}</span></label>`,
  )}</div>`;

/** @param {Control} control */
const field = (control) =>
  html`<label class="cnnlab-control cnnlab-text">${labelOf(control)}<input type="text"
    name="given" required pattern=".*\\S.*" placeholder=${control.text ?? ""} aria-label=${control.label} autocomplete="off"
    ?disabled=${control.disabled}></label>`;

/**
 * Answers a question with what is given, by Enter or by the button "check"; the browser asks for what is missing.
 * The form is not submitted: a sandboxed frame would not allow that.
 * @param {HTMLFormElement} form
 * @param {Link} link
 */
function check(form, link) {
  const given = /** @type {RadioNodeList | HTMLInputElement | null} */ (form.elements.namedItem("given"))?.value;
  if (form.reportValidity() && given) link.ask({ set: { given } });
}

/**
 * @param {Control} control
 * @param {Link} link
 */
function press({ name, label, title, disabled }, link) {
  const ask = (/** @type {Event} */ { currentTarget }) => {
    if (name === "check")
      check(/** @type {{form: HTMLFormElement}} */ (/** @type {unknown} */ (currentTarget)).form, link);
    else link.ask({ press: name });
  };
  return button(label, ask, { kind: "cnnlab-press", title, off: disabled });
}

/**
 * @param {Control} control
 * @param {Link} link
 */
function pad(control, link) {
  if (control.disabled) return nothing; // no kernel reads the drawing
  const ours = pads.get(link) ?? new Pad(control, link);
  pads.set(link, ours);
  ours.follow(control.value);
  return ours.element;
}

/**
 * The user's own photograph: the middle of an image file, in grey, one byte per cell.
 * @param {Control} control
 * @param {Link} link
 */
function file(control, link) {
  const { high: side = 0, label, title } = control;
  const choose = async (/** @type {Typed} */ { target }) => {
    const chosen = target.files?.[0];
    const image = chosen && (await createImageBitmap(chosen).catch(() => null));
    const context = new OffscreenCanvas(side, side).getContext("2d");
    target.setCustomValidity(image || !chosen ? "" : `“${chosen.name}” is no image that this browser can read`);
    target.reportValidity();
    target.value = ""; // so that the same file can be chosen again
    if (!image || !context) return;
    const middle = Math.min(image.width, image.height);
    const [left, top] = [(image.width - middle) / 2, (image.height - middle) / 2];
    context.drawImage(image, left, top, middle, middle, 0, 0, side, side);
    const { data } = context.getImageData(0, 0, side, side);
    const grey = Uint8Array.from({ length: side ** 2 }, (_, k) =>
      Math.round(LUMINANCE.reduce((sum, share, channel) => sum + share * data[4 * k + channel], 0)),
    );
    set(control, link, new DataView(grey.buffer));
  };
  return html`<label class="cnnlab-control cnnlab-file cnnlab-button" title=${title ?? nothing}>${label}<input
    type="file" accept="image/*" @change=${choose}></label>`;
}

/** @type {Record<string, (control: Control, link: Link) => unknown>} */
const KINDS = { slider, select, switch: toggle, tabs, radio, text: field, button: press, pad, file };
