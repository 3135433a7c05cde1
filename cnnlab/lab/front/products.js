// The products of a small window in the window's own shape, between the panels that they come from and the output.

import { format } from "./numbers.js";
import { cellIn } from "./scene.js";
import { biasChip, chipOf, sign, walk } from "./strip.js";
import { stepperOf } from "./state.js";
import { html, nothing } from "./vendor/lit-html.js";

/**
 * The products of the output in view; empty places while another cell is, so that nothing moves.
 * @param {import("./scene.js").Scene} scene
 * @param {import("./schema.js").At} at
 * @param {import("./sums.js").Summed} sum
 * @param {import("./strip.js").StripHand} hand
 */
export function productsOf(scene, at, sum, hand) {
  const [height, width] = hand.window ?? [0, 0];
  const isTold = sum.panel === stepperOf(scene) && !hand.counted;
  const { terms, bias, total, panel } = sum;
  const places = isTold
    ? terms.map((term, k) =>
        chipOf(scene, sum, term, hand, {
          stop: k === 0,
          place: cellIn(hand.window ?? [], k),
        }),
      )
    : Array.from({ length: height * width }, () => html`<span class="cnnlab-product"></span>`);
  const result = html`<b class="cnnlab-total" data-total=${hand.awaited ? nothing : total} style="--row: ${at.cell[1] - (panel.shape[0] - 1) / 2}">${hand.awaited ? "?" : format(total)}</b>`;
  return html`<div class="cnnlab-products" data-panel=${isTold ? "products" : nothing} role="group" aria-label="products of the window"
    @keydown=${walk}><div><div class="cnnlab-planes" style="grid-template-columns: repeat(${width}, auto)">${places}</div>${
      isTold && bias ? html`<div>${sign("+")}${biasChip(bias)}</div>` : nothing
    }</div>${isTold ? result : html`<b class="cnnlab-total"></b>`}</div>`;
}
