// The controls of an explorer: native inputs, each with its label.

import { make, withSubscripts, write } from "./dom.js";
import { makePad } from "./pad.js";

export class Controls {
  /** @param {import("./connection.js").Link} link */
  constructor(link) {
    this.link = link;
    this.element = make("div", { class: "cnnlab-controls" });
    this.shown = new Map(); // by name: the control's element, and how it is brought up to date
    /** @type {(() => void) | null} what answers a question */
    this.check = null;
  }

  /**
   * Shows these controls, and no others; one that stays keeps its element, and so the focus.
   * @param {import("./schema.js").Control[]} controls
   */
  show(controls) {
    const names = new Set(controls.map(({ name }) => name));
    for (const [name, { element }] of this.shown) {
      if (names.has(name)) continue;
      element.remove();
      this.shown.delete(name);
    }
    controls.forEach((control, place) => {
      const shown = this.shown.get(control.name);
      const made = shown?.kind === control.kind ? shown : this.make(control, shown);
      if (this.element.children[place] !== made.element)
        this.element.insertBefore(made.element, this.element.children[place] ?? null);
      made.update(control);
    });
  }

  make(control, old) {
    old?.element.remove();
    const made = { ...MAKERS[control.kind](control, this), kind: control.kind };
    made.element.dataset.control = control.name;
    this.shown.set(control.name, made);
    return made;
  }

  set(name, value) {
    this.link.ask({ set: { [name]: value } });
  }

  press(name) {
    this.link.ask({ press: name });
  }

  /** The value to show: what was last asked for, until it is answered. */
  wanted({ name, value }) {
    return this.link.wanted(name, value);
  }
}

// --- the kinds ------------------------------------------------------------------------------------------------------

const nameOf = ({ letter, label, title, name }) => [letter, label].filter(Boolean).join(" ") || title || name;

/** Is an option one that a page without a kernel cannot show? */
const isMissing = ({ missing = [] }, value) => missing.includes(value);

/** The label of a control: its letter in its colour, and a word. */
function labelOf({ letter, label }) {
  const parts = letter ? [make("b", { class: `cnnlab-${letter}` }, letter)] : [];
  return make("span", { class: "cnnlab-label" }, ...parts, ...(label ? [letter ? ` ${label}` : label] : []));
}

/** A number to drag, and to type. */
function makeSlider(control, controls) {
  const name = nameOf(control);
  const set = (event) =>
    Number.isInteger(event.target.valueAsNumber) && controls.set(control.name, event.target.valueAsNumber);
  const range = make("input", {
    type: "range",
    "aria-label": control.title ? `${name} (${control.title})` : name,
    oninput: set,
  });
  const typed = make("input", {
    type: "number",
    class: "cnnlab-number",
    "aria-label": `${name}, typed`,
    onchange: (event) => {
      const value = Math.max(Number(range.min), Math.min(Number(range.max), Math.round(event.target.valueAsNumber)));
      if (Number.isFinite(value)) controls.set(control.name, value);
      event.target.value = Number.isFinite(value) ? String(value) : range.value;
    },
  });
  const text = make("span", { class: "cnnlab-slider-text" });
  const head = make("span", { class: "cnnlab-slider-head" }, labelOf(control), typed, text);
  const element = make("div", { class: "cnnlab-control cnnlab-slider", title: control.title ?? "" }, head, range);
  const update = (now) => {
    const value = controls.wanted(now);
    for (const input of [range, typed]) {
      input.min = String(now.low);
      input.max = String(now.high);
      if (input !== document.activeElement || input === range) input.value = String(value);
    }
    typed.style.setProperty("--digits", String(String(now.high).length));
    range.setAttribute("aria-valuetext", now.text ?? String(value));
    write(text, now.text ?? "");
    typed.hidden = now.text !== undefined;
    range.disabled = typed.disabled = now.low === now.high;
  };
  return { element, update };
}

function makeSelect(control, controls) {
  const select = make("select", {
    "aria-label": nameOf(control),
    onchange: () => controls.set(control.name, select.values[select.selectedIndex]),
  });
  const element = make(
    "label",
    { class: "cnnlab-control cnnlab-select", title: control.title ?? "" },
    labelOf(control),
    select,
  );
  const update = (now) => {
    const look = JSON.stringify(now.options);
    if (look !== select.look) select.replaceChildren(...now.options.map(([, label]) => make("option", {}, label)));
    select.look = look;
    select.values = now.options.map(([value]) => value);
    for (const [k, value] of select.values.entries()) select.options[k].disabled = isMissing(now, value);
    select.selectedIndex = select.values.indexOf(controls.wanted(now));
    select.disabled = Boolean(now.disabled);
  };
  return { element, update };
}

function makeSwitch(control, controls) {
  const press = () => controls.set(control.name, element.getAttribute("aria-pressed") !== "true");
  const element = make(
    "button",
    { type: "button", class: "cnnlab-button cnnlab-toggle", title: control.title ?? "", onclick: press },
    control.label,
  );
  const update = (now) => {
    element.setAttribute("aria-pressed", String(controls.wanted(now)));
    element.disabled = Boolean(now.disabled);
  };
  return { element, update };
}

/** The words of a tab; a second line of them is smaller. */
function tabText(label) {
  const [words, formula] = label.split("\n");
  return formula ? [words, make("span", { class: "cnnlab-tab-formula" }, ...withSubscripts(formula))] : [words];
}

/** A row of buttons of which one is pressed. */
function makeTabs(control, controls) {
  const row = make("span", { class: "cnnlab-tabs", role: "group", "aria-label": nameOf(control) });
  const element = make("div", { class: "cnnlab-control" }, labelOf(control), row);
  const update = (now) => {
    const look = JSON.stringify(now.options);
    if (look !== element.look)
      row.replaceChildren(
        ...now.options.map(([value, label]) =>
          make(
            "button",
            { type: "button", class: "cnnlab-button cnnlab-toggle", onclick: () => controls.set(now.name, value) },
            ...tabText(label),
          ),
        ),
      );
    element.look = look;
    const wanted = controls.wanted(now);
    [...row.children].forEach((tab, k) => {
      tab.setAttribute("aria-pressed", String(now.options[k][0] === wanted));
      tab.disabled = Boolean(now.disabled) || isMissing(now, now.options[k][0]);
    });
  };
  return { element, update };
}

function makeRadio(control) {
  const group = `cnnlab-${Math.random().toString(36).slice(2)}`;
  const element = make("div", {
    class: "cnnlab-control cnnlab-radio",
    role: "radiogroup",
    "aria-label": control.label,
  });
  const inputs = control.options.map(([value, label]) => {
    const input = make("input", { type: "radio", name: group, value });
    element.append(make("label", {}, input, make("span", {}, label)));
    return input;
  });
  const chosen = () => inputs.find(({ checked }) => checked)?.value ?? "";
  return {
    element,
    value: chosen,
    update: (now) => {
      for (const input of inputs) input.disabled = Boolean(now.disabled);
    },
  };
}

/** A field; what is in it is told with Enter, and by the button "check". */
function makeText(control, controls) {
  const input = make("input", {
    type: "text",
    placeholder: control.text ?? "",
    "aria-label": control.label,
    autocomplete: "off",
  });
  input.addEventListener("keydown", (event) => event.key === "Enter" && !event.shiftKey && controls.check?.());
  const element = make("label", { class: "cnnlab-control cnnlab-text" }, labelOf(control), input);
  return { element, value: () => input.value, update: (now) => (input.disabled = Boolean(now.disabled)) };
}

function makeButton(control, controls) {
  const press = () => (control.name === "check" && controls.check ? controls.check() : controls.press(control.name));
  const element = make(
    "button",
    { type: "button", class: "cnnlab-button cnnlab-press", title: control.title ?? "", onclick: press },
    control.label,
  );
  const update = (now) => {
    write(element, now.label);
    element.disabled = Boolean(now.disabled);
  };
  return { element, update };
}

const MAKERS = {
  slider: makeSlider,
  select: makeSelect,
  switch: makeSwitch,
  tabs: makeTabs,
  radio: makeRadio,
  text: makeText,
  button: makeButton,
  pad: makePad,
};
