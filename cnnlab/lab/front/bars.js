// A panel of bars, one for each number: the probability of a class, or the size of δ in a layer.

import { percent } from "./numbers.js";
import { html } from "./vendor/lit-html.js";

/**
 * @param {import("./schema.js").Panel} panel
 * @param {import("./cells.js").Look} look
 */
export function barsOf({ symbol, title, captions = [], values, lengths, limit, texts, best }, { lights, stop }) {
  const bar = (/** @type {string} */ caption, /** @type {number} */ row) => {
    const key = `0,${row},0`;
    const share = lengths ? lengths[row] : values[row] / (limit || 1);
    return html`<tr class="cnnlab-cell ${row === best ? "cnnlab-best" : ""} ${lights[key]?.looks ?? ""}"
      tabindex=${key === (stop || "0,0,0") ? 0 : -1} data-cell=${key} data-value=${values[row]}><th
      scope="row">${caption}</th><td><span class="cnnlab-bar-fill"
      style="width: ${100 * Math.max(0, Math.min(1, share || 0))}%"></span></td><td
      class="cnnlab-bar-text">${texts ? texts[row] : percent(values[row])}</td></tr>`;
  };
  return html`<table class="cnnlab-bars ${lengths ? "cnnlab-decades" : ""}"
    aria-label=${[symbol, title].filter(Boolean).join(", ")}><tbody>${captions.map(bar)}</tbody></table>`;
}
