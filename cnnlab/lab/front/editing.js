// Typing a number into a cell.

import { make } from "./dom.js";
import { numberIn } from "./numbers.js";

const LARGEST = 1e100; // sums of such products stay finite

/** Why a text cannot go into a cell; nothing where it can. */
export function refusal(text) {
  const value = numberIn(text);
  if (Math.abs(value) <= LARGEST) return "";
  return `“${text}” is ${Number.isNaN(value) ? "not a number" : "too large"}, so the cell keeps its value.`;
}

/** A field in a cell; `close(text)` is called once, with null where nothing is to be kept. */
export class Field {
  constructor(cell, { label, text, select, close }) {
    this.input = make("input", { class: "cnnlab-input", "aria-label": label, autocomplete: "off" });
    this.input.value = text;
    this.close = close;
    this.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      this.end(event.key === "Enter" ? this.input.value : null, true);
    });
    this.input.addEventListener("blur", () => this.end(this.input.value, false));
    cell.append(this.input);
    this.input.focus({ preventScroll: true });
    if (select) this.input.select();
  }

  /** Takes the field away, and tells what was typed. */
  end(text, stay) {
    const { close } = this;
    if (!close) return;
    this.close = null; // first, since it may lose the focus on its way out
    this.input.remove();
    close(text, stay);
  }

  /** Takes the field away and tells nothing. */
  drop() {
    this.close = null;
    this.input.remove();
  }
}
