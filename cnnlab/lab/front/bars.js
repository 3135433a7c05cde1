// A panel of bars, one for each number: the probability of a class, or the size of δ in a layer.

import { make } from "./dom.js";
import { percent } from "./numbers.js";
import { html, render } from "./vendor/lit-html.js";

export class BarsView {
  constructor(panel) {
    this.element = make("table", {
      class: `cnnlab-bars${panel.lengths ? " cnnlab-decades" : ""}`,
      "aria-label": [panel.symbol, panel.title].filter(Boolean).join(", "),
    });
    this.lit = []; // rows, and how each is lit
    this.stop = 0; // the row that Tab reaches
    this.paint(panel);
  }

  paint(panel) {
    this.panel = panel;
    render(html`<tbody>${panel.captions.map((caption, row) => this.row(caption, row))}</tbody>`, this.element);
  }

  row(caption, row) {
    const { values, lengths, limit, texts, best } = this.panel;
    const length = lengths ? lengths[row] : values[row] / (limit || 1);
    const lit = this.lit.flatMap(([index, name]) => (index === row ? [name] : []));
    return html`<tr class=${["cnnlab-cell", ...(row === best ? ["cnnlab-best"] : []), ...lit].join(" ")}
      tabindex=${row === this.stop ? 0 : -1} data-cell="0,${row},0" data-value=${values[row]}><th scope="row">${caption}</th
      ><td class="cnnlab-bar"><span class="cnnlab-bar-fill" style="width: ${100 * Math.max(0, Math.min(1, length || 0))}%"
      ></span></td><td class="cnnlab-bar-text">${texts ? texts[row] : percent(values[row])}</td></tr>`;
  }

  light(cells, name) {
    this.lit.push(...cells.map(([, row]) => [row, name]));
    this.paint(this.panel);
  }

  dim() {
    this.lit = [];
    this.paint(this.panel);
  }

  focus([, row]) {
    this.stop = row;
    this.paint(this.panel);
    this.element.rows[row]?.focus({ preventScroll: true });
  }

  cellAt(event) {
    return event.target.closest?.(".cnnlab-cell")?.dataset.cell.split(",").map(Number);
  }

  boxOf([, row]) {
    return this.element.rows[row]?.getBoundingClientRect();
  }
}
