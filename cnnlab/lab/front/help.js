// Help: what the keys and the pointer do, as a dialog over the page.

import { html } from "./vendor/lit-html.js";

/** The actions, each with its key or gesture. */
const WAYS = [
  ["point, tap", "see what a cell is made of"],
  ["click", "hold it; again, or Esc, lets go"],
  ["← ↑ ↓ →", "go from cell to cell, from product to product"],
  ["Enter on an output", "go to its sum"],
  ["Space", "one step on"],
  ["▶", "the output is made; pause, and type what lands next"],
  ["drag the window", "move it over the input"],
  ["type, double-click", "a new number, where it can be changed, such as 0,5 or 1/2"],
  ["drag it up or down, Shift+↑ or ↓", "change it little by little"],
  ["Ctrl+Z", "take the last change back"],
  ["?", "this help"],
];

export const help = () =>
  html`<dialog class="cnnlab-help" aria-label="keys and gestures" closedby="any"><dl>${WAYS.map(
    ([key, does]) => html`<dt>${key}</dt><dd>${does}</dd>`,
  )}</dl><form method="dialog"><button class="cnnlab-button cnnlab-press">close</button></form></dialog>`;
