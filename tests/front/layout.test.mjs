// The lengths of the stage: what fits, and what can still be read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CELL, isPhoto, lengthsOf } from "../../cnnlab/front/layout.js";

const panel = (side, column, { values = [1], planes = [1, 1] } = {}) => ({ shape: [side, side], planes, column, values });
const three = (values) => [panel(12, 0, { values }), panel(3, 1), panel(10, 2)];
const how = { compact: false, worded: false, backward: false };

test("with room the cells are large, with less they shrink until all fit", () => {
  const cells = [2000, 1000, 800, 700].map((width) => lengthsOf(three([1]), { ...how, width }).lengths);
  assert.equal(cells[0].cell, CELL.largest);
  for (const [k, width] of [1000, 800, 700].entries()) {
    const { cell, operator } = cells[k + 1];
    const used = 12 * cell + Math.max(104, 3 * cell) + 10 * cell + 2 * operator + 28;
    assert(used <= width && used + 22 + 3 > width, `${used} of ${width}`);
  }
});

test("no cell is smaller than its numbers need", () => {
  const least = (...values) => lengthsOf(three(values), { ...how, width: 300 }).lengths.cell;
  assert.deepEqual([[9, -9], [99], [-10], [100], [-100], [1000], [0.5], [-Infinity, 3]].map((values) => least(...values)),
    [18, 18, 23, 23, 28, 28, 28, 18]);
});

test("in a low window the cells shrink, but not below 28", () => {
  const two = [0, 1].flatMap((row) => three([1]).map((panel) => ({ ...panel, row })));
  const cell = (window) => lengthsOf(two, { ...how, width: 2000, window }).lengths.cell;
  assert.deepEqual([1400, 1200, 1100, 600].map(cell), [40, 35, 31, 28]);
  assert(2 * (12 * cell(1200) + 46) <= 1200 - 250);
});

test("many small maps and large planes have no numbers, and a plane of more than 40 cells is a photograph", () => {
  const small = (panels, more) => lengthsOf(panels, { ...how, width: 900, ...more }).small;
  assert.deepEqual([small(three([1])), small(three([1]), { compact: true }), small([panel(17, 0)])], [true, false, false]);
  assert.deepEqual([panel(40, 0), panel(41, 0)].map(isPhoto), [false, true]);
  const { lengths } = lengthsOf([panel(200, 0), panel(3, 1), panel(198, 2)], { ...how, width: 848 });
  assert.equal(lengths.photo, Math.min(280, Math.floor((848 - 28 - 2 * 36 - 3 * lengths.cell) / 2), 280));
});
