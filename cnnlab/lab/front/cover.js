// Covers an explorer that would show the answer to a question: all below it keeps its place, and nothing of it is seen,
// read out or reached by a key.

import { make } from "./dom.js";

export class Veil {
  /**
   * @param {HTMLElement} root the explorer
   * @param {() => void} lift tells that one wants to see it
   */
  constructor(root, lift) {
    this.root = root;
    this.key = this.lifted = "";
    const onclick = () => {
      this.lifted = this.key; // at once: where no kernel answers, too
      this.show(this.key);
      lift();
    };
    this.button = make("button", { type: "button", class: "cnnlab-button cnnlab-press", onclick }, "show");
    const words = make("span", {}, "Answer the question above first.");
    this.cover = make("div", { class: "cnnlab-veil", role: "group", "aria-label": "covered" }, words, this.button);
  }

  /** Covers the explorer where there is the key of a question; without one it is seen. */
  show(key) {
    this.key = key;
    const on = Boolean(key) && key !== this.lifted;
    const held = this.cover.contains(document.activeElement);
    this.root.classList.toggle("cnnlab-veiled", on);
    if (!on) this.cover.remove();
    else if (this.cover.parentElement !== this.root) this.root.append(this.cover); // one that is moved loses the focus
    if (!on && held) /** @type {HTMLElement} */ (this.root.querySelector("input, button, select"))?.focus();
  }
}
