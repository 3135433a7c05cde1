// The wires of the sum in view, drawn between the panels and never across their cells.

import { make } from "./dom.js";

const MOST = 40; // wires drawn

/** @typedef {{left: number, right: number, top: number, bottom: number}} Box the cells of a panel */
/** @typedef {{box: Box, y: number}} End a panel, and the middle of one of its cells */

/**
 * The paths of the wires of some terms; a term whose wire would run through another panel has none.
 * @param {any[]} terms
 * @param {(operand: any) => End | null} endOf where an operand's wire leaves its panel
 * @param {Box[]} boxes of all panels
 */
export function wirePaths(terms, endOf, boxes) {
  const seen = new Set();
  return (terms.length > MOST ? [] : terms).flatMap(({ a, b, to, via }) => {
    const ends = [a, b, ...(via ? [via] : []), to].map(endOf).filter(Boolean);
    ends.sort((p, q) => p.box.left - q.box.left); // from column to column, whichever way the sum runs
    const links = ends.slice(1).map((end, k) => link(ends[k], end, boxes));
    const d = links.join("");
    if (links.includes(null) || !d || seen.has(d)) return [];
    seen.add(d);
    const product = a.value * b.value;
    return [
      make("path", { d, class: `cnnlab-wire ${product < 0 ? "cnnlab-negative" : product ? "cnnlab-positive" : ""}` }),
    ];
  });
}

/** A smooth path from the right side of a panel to the left side of another; null where a third one is in its way. */
function link(from, to, boxes) {
  const [right, left] = [from.box.right + 1, to.box.left - 1];
  if (left <= right) return "";
  const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)];
  const isInTheWay = (box) => box.left < left && box.right > right && box.top < bottom + 1 && box.bottom > top - 1;
  if (boxes.some((box) => box !== from.box && box !== to.box && isInTheWay(box))) return null;
  const middle = (left + right) / 2;
  return `M${right},${from.y}C${middle},${from.y} ${middle},${to.y} ${left},${to.y}`;
}
