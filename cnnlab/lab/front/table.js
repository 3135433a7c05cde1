// Tables: of numbers, and of buttons.

import { html } from "./vendor/lit-html.js";

/** A table; each row begins with its name. */
export function table(heads, rows) {
  const row = ([name, ...cells]) =>
    html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
  return html`<table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead
    ><tbody>${rows.map(row)}</tbody></table>`;
}

/**
 * Buttons in a table: each is asked for by a press, and then says what came of it.
 * @param {any} part
 * @param {import("./connection.js").Connection} link
 */
export function buttonsOf({ table: { columns, rows } }, link) {
  const button = (row, { press, style, says, text }, column) =>
    html`<button type="button" class=${`cnnlab-button cnnlab-table-cell ${style ? `cnnlab-${style}` : ""}`}
      aria-label=${`${row.name}, ${columns[column]}: ${says}`} @click=${() => link.ask({ press })}>${text}</button>`;
  return table(
    ["", ...columns],
    rows.map((row) => [row.name, ...row.cells.map((cell, k) => button(row, cell, k))]),
  );
}
