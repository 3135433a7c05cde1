// A table of buttons: each cell is asked for by a press, and then says what came of it.

import { html } from "./vendor/lit-html.js";

/** @param {any} part @param {import("./connection.js").Link} link */
export function tableOf({ table: { columns, rows } }, link) {
  const button = (row, { press, style, says, text }, column) =>
    html`<td><button type="button" class=${`cnnlab-button cnnlab-table-cell ${style ? `cnnlab-${style}` : ""}`}
      aria-label=${`${row.name}, ${columns[column]}: ${says}`} @click=${() => link.ask({ press })}>${text}</button></td>`;
  const line = (row) =>
    html`<tr><th scope="row">${row.name}</th>${row.cells.map((cell, k) => button(row, cell, k))}</tr>`;
  const head = ["", ...columns].map((name) => html`<th scope="col">${name}</th>`);
  return html`<table><thead><tr>${head}</tr></thead><tbody>${rows.map(line)}</tbody></table>`;
}
