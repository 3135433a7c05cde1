// A table of buttons: each cell is asked for by a press, and then says what came of it.

import { make, write } from "./dom.js";

export class Table {
  /** @param {import("./connection.js").Link} link */
  constructor(link) {
    this.link = link;
    /** @type {any[]} */
    this.cells = [];
    this.root = make("div", { class: "cnnlab-part cnnlab-part-table" });
  }

  /** Shows the cells; the buttons stay, so that the one in focus keeps it. */
  show({ table: { columns, rows } }) {
    if (!this.cells.length) this.build(columns, rows);
    rows.forEach((row, i) => {
      row.cells.forEach((cell, j) => {
        const shown = this.cells[i][j];
        write(shown, cell.text);
        shown.className = `cnnlab-button cnnlab-table-cell ${cell.style ? `cnnlab-${cell.style}` : ""}`;
        shown.setAttribute("aria-label", `${row.name}, ${columns[j]}: ${cell.says}`);
      });
    });
  }

  build(columns, rows) {
    const head = ["", ...columns].map((name) => make("th", { scope: "col" }, name));
    this.cells = rows.map((row) =>
      row.cells.map(({ press }) => make("button", { type: "button", onclick: () => this.link.ask({ press }) })),
    );
    const lines = rows.map((row, i) => {
      const cells = this.cells[i].map((cell) => make("td", {}, cell));
      return make("tr", {}, make("th", { scope: "row" }, row.name), ...cells);
    });
    this.root.append(make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...lines)));
  }

  remove() {}
}
