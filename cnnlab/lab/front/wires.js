// The wires of the current sum, drawn between the panels and never across their cells.

import { grouped } from "./layout.js";
import { nothing, svg } from "./vendor/lit-html.js";

const MOST = 40; // the most wires drawn
const APART = 4; // px between wires that join the same rows

/** @typedef {{left: number, right: number, top: number, bottom: number}} Box */
/** @typedef {{box: Box, cell: Box}} End the box of a panel's cells, and that of one cell */
/** @typedef {import("./sums.js").Operand} Operand */

/**
 * The paths of the wires of some terms; none for a wire that would cross another panel.
 * @param {import("./sums.js").Term[]} terms
 * @param {(operand: Operand) => End | null} whereOf the position of an operand
 * @param {Box[]} boxes of all panels
 * @param {(term: import("./sums.js").Term) => number | null} hueOf the hue of its cells, if any
 */
export function wirePaths(terms, whereOf, boxes, hueOf = () => null) {
  const drawn = (terms.length > MOST ? [] : terms).map((term) => {
    const { a, b, to, via } = term;
    const ends = [a, b, via, to].flatMap((operand) => (operand && whereOf(operand)) ?? []);
    ends.sort((p, q) => p.box.left - q.box.left); // from left to right, whatever the order of the sum
    return { term, ends };
  });
  const alike = grouped(drawn, ({ ends }) => ends.map(({ cell }) => cell.top).join());
  return alike.flatMap((wires) =>
    wires.map(({ term, ends }, k) => {
      const shift = APART * (k - (wires.length - 1) / 2);
      const links = ends.slice(1).map((end, j) => pathBetween(ends[j], end, boxes, shift));
      if (links.includes(null) || !links.join("")) return nothing;
      const { a, b, weight, state = "both" } = term;
      const product = a.value * b.value * weight;
      const look = state !== "both" ? state : product < 0 ? "negative" : product ? "positive" : "";
      const hue = state === "both" ? hueOf(term) : null;
      return svg`<path d=${links.join("")} class="cnnlab-wire cnnlab-${look} ${hue === null ? "" : "cnnlab-hued"}" style="--hue: ${hue}"></path>`;
    }),
  );
}

/**
 * A smooth path from a cell to one of another panel, behind the cells between; null if a third panel is in the way.
 * @param {End} from
 * @param {End} to
 * @param {Box[]} boxes
 * @param {number} shift px
 */
export function pathBetween(from, to, boxes, shift) {
  const [right, left] = [from.box.right + 1, to.box.left - 1];
  if (left <= right) return "";
  const [start, end] = [from, to].map(({ cell }) => (cell.top + cell.bottom) / 2 + shift);
  const isInTheWay = (/** @type {Box} */ box) =>
    box.left < left && box.right > right && box.top < Math.max(start, end) + 1 && box.bottom > Math.min(start, end) - 1;
  if (boxes.some((box) => box !== from.box && box !== to.box && isInTheWay(box))) return null;
  const middle = (left + right) / 2;
  return `M${from.cell.right},${start}H${right}C${middle},${start} ${middle},${end} ${left},${end}H${to.cell.left}`;
}
