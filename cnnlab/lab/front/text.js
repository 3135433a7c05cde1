// Texts as templates.

import { html, nothing } from "./vendor/lit-html.js";

/** @typedef {import("./vendor/lit-html.js").TemplateResult} Template */

/**
 * A text with subscripts after "_" following a single letter, as in z_A or δ_zA.
 * @param {string} text
 */
export function withSubscripts(text) {
  const parts = text.split(/(?<=(?:^|[^A-Za-z0-9])[A-Za-zδ⋆])_([A-Za-z]+)/);
  return parts.map((part, k) => (k % 2 ? html`<sub>${part}</sub>` : part));
}

/**
 * Lines of text; a span's style becomes its class.
 * @param {import("./schema.js").Line[]} lines
 */
export const linesOf = (lines) =>
  lines.map(
    (line) =>
      html`<div class="cnnlab-line">${line.map(
        ([style, text]) => html`<span class=${style ? `cnnlab-${style}` : nothing}>${withSubscripts(text)}</span>`,
      )}</div>`,
  );

/**
 * A button: `label` is its accessible name and its tooltip, if its text does not say it.
 * @param {unknown} text
 * @param {(event: Event) => void} press
 * @param {{kind?: string, title?: string, label?: string, pressed?: boolean, off?: boolean}} [more]
 */
export const button = (text, press, { kind = "", label, title = label, pressed, off = false } = {}) =>
  html`<button type="button" class="cnnlab-button ${kind}" title=${title ?? nothing} aria-label=${label ?? nothing}
    aria-pressed=${pressed === undefined ? nothing : String(pressed)} ?disabled=${off}
    @click=${press}>${text}</button>`;

/**
 * Copies a text, and shows the result on the pressed button for a while.
 * @param {string} text
 * @param {HTMLElement} button
 * @param {string} otherwise the advice if the browser cannot copy, as on an insecure page
 */
export async function copy(text, button, otherwise) {
  const copying = navigator.clipboard?.writeText(text) ?? Promise.reject();
  button.dataset.says = await copying.then(
    () => "copied",
    () => otherwise,
  );
  setTimeout(() => delete button.dataset.says, 1500);
}
