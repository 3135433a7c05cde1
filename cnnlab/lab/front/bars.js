// A panel of bars, one for each number: the probability of a class, or the size of δ in a layer.

import { make, write } from "./dom.js";
import { percent } from "./numbers.js";
import { keyOf } from "./scene.js";

export class BarsView {
  constructor(panel) {
    this.lit = [];
    this.rows = panel.captions.map((caption, row) => {
      const [bar, text] = [make("span", { class: "cnnlab-bar-fill" }), make("td", { class: "cnnlab-bar-text" })];
      const key = keyOf([0, row, 0]);
      const cells = [make("th", { scope: "row" }, caption), make("td", { class: "cnnlab-bar" }, bar), text];
      return {
        bar,
        text,
        row: make("tr", { class: "cnnlab-cell", tabindex: row ? "-1" : "0", "data-cell": key }, ...cells),
      };
    });
    const body = make("tbody", {}, ...this.rows.map(({ row }) => row));
    this.element = make(
      "table",
      {
        class: `cnnlab-bars${panel.lengths ? " cnnlab-decades" : ""}`,
        "aria-label": [panel.symbol, panel.title].filter(Boolean).join(", "),
      },
      body,
    );
  }

  paint(panel) {
    this.rows.forEach(({ bar, text, row }, k) => {
      const value = panel.values[k];
      const length = panel.lengths ? panel.lengths[k] : value / (panel.limit || 1);
      bar.style.width = `${100 * Math.max(0, Math.min(1, length || 0))}%`;
      write(text, panel.texts ? panel.texts[k] : percent(value));
      row.dataset.value = String(value);
      row.classList.toggle("cnnlab-best", k === panel.best);
    });
  }

  light(cells, name) {
    for (const [, index] of cells) {
      this.rows[index]?.row.classList.add(name);
      this.lit.push([index, name]);
    }
  }

  dim() {
    for (const [index, name] of this.lit) this.rows[index]?.row.classList.remove(name);
    this.lit = [];
  }

  focus([, index]) {
    this.element.querySelector('[tabindex="0"]')?.setAttribute("tabindex", "-1");
    this.rows[index]?.row.setAttribute("tabindex", "0");
    this.rows[index]?.row.focus({ preventScroll: true });
  }

  cellAt(event) {
    return event.target.closest?.(".cnnlab-cell")?.dataset.cell.split(",").map(Number);
  }

  boxOf([, index]) {
    return this.rows[index]?.row.getBoundingClientRect();
  }
}
