// Tables: of numbers, and of buttons.

import { button } from "./text.js";
import { html } from "./vendor/lit-html.js";

/**
 * A table; each row begins with its name.
 * @param {string[]} heads
 * @param {unknown[][]} rows
 */
export function table(heads, rows) {
  /** @type {(row: unknown[]) => unknown} */
  const row = ([name, ...cells]) =>
    html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
  return html`<table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead
    ><tbody>${rows.map(row)}</tbody></table>`;
}

/**
 * A table of buttons, each of which shows its result after a press.
 * @param {import("./schema.js").Grid} grid
 * @param {import("./connection.js").Connection} link
 */
export function buttonsOf({ columns, rows }, link) {
  const body = rows.map(({ name, cells }) => {
    const buttons = cells.map(({ press, style, text }, k) => {
      const look = { kind: `cnnlab-${style}`, label: `${name}, ${columns[k]}: ${text}` };
      return button(text, () => link.ask({ press }), look);
    });
    return [name, ...buttons];
  });
  return table(["", ...columns], body);
}
