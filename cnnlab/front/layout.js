// How large cells and photographs are drawn, so that all panels fit the width and, if they can, the window. Pure functions.

export const CELL = { largest: 40, wide: 28, withThree: 23, withNumber: 18, plain: 14, smallest: 4 }; // px, gap included
const SIDE = { withNumber: 16, asCells: 40 }; // longest side of a plane, in cells
const WIDTH = { column: 104, narrowColumn: 76, gap: 8, compact: 56, operator: 36, direction: 34, photo: 280, leastPhoto: 100, narrow: 600, edge: 28 }; // px

/** Is the panel too large for cells to point at? Then it is drawn as one picture. */
export const isPhoto = (panel) => Math.max(...panel.shape) > SIDE.asCells;

const HEIGHT = { around: 250, least: 200, caption: 34, gap: 12, cell: 28 }; // px; a cell is not made smaller than `cell` for the height

/**
 * The lengths in px that fill `width`, and leave room for the sum in a window of the height `window`, by the name of their CSS variable, and whether the panels are `small` enough
 * for numbers in their cells. `compact`: many small maps; `worded`: words between the panels; `backward`: a second row.
 */
export function lengthsOf(panels, { width, window = Infinity, compact, worded, backward }) {
  const { counts, gaps, photos, side } = spansOf(panels);
  const narrow = width < WIDTH.narrow;
  const operator = WIDTH.operator / (compact ? 3 : narrow && !worded ? 2 : 1);
  const column = compact ? WIDTH.compact : narrow ? WIDTH.narrowColumn : WIDTH.column;
  const operators = counts.size + photos.size - 1;
  const room = width - WIDTH.edge - operators * operator - (backward ? WIDTH.direction : 0);
  const wide = (cell) => [...counts].reduce((sum, [place, count]) => sum + Math.max(column, count * cell + gaps.get(place)), 0);
  const small = side <= SIDE.withNumber && !compact;
  const [largest, least] = small ? [CELL.largest, leastCell(panels)] : [CELL.plain, CELL.smallest];
  let cell = largest;
  while (cell > least && wide(cell) + photos.size * WIDTH.photo > room) cell--;
  const high = Math.max(HEIGHT.least, window - HEIGHT.around);
  while (cell > Math.max(least, HEIGHT.cell) && heightOf(panels, cell) > high) cell--;
  const photo = Math.floor((room - wide(cell)) / (photos.size || 1));
  return { lengths: { column: column - 4, operator, cell, photo: Math.max(WIDTH.leastPhoto, Math.min(WIDTH.photo, photo)) }, small };
}

/** How wide the columns are: how many cells, px between planes, which hold photographs; and the longest side of a plane. */
function spansOf(panels) {
  const [counts, gaps, photos] = [new Map(), new Map(), new Set()];
  let side = 0;
  for (const panel of panels) {
    const { shape: [height, width], planes: [, across], column } = panel;
    if (isPhoto(panel)) photos.add(column);
    else counts.set(column, Math.max(counts.get(column) ?? 0, width * across));
    gaps.set(column, Math.max(gaps.get(column) ?? 0, WIDTH.gap * (across - 1)));
    if (!photos.has(column)) side = Math.max(side, height, width);
  }
  return { counts, gaps, photos, side };
}

/** How high the rows of panels are with cells of this length. */
function heightOf(panels, cell) {
  const slots = new Map(); // of each row, the heights of its columns
  for (const { row, column, shape: [height], planes: [down] } of panels.filter((panel) => !isPhoto(panel))) {
    const columns = slots.get(row) ?? slots.set(row, new Map()).get(row);
    columns.set(column, (columns.get(column) ?? 0) + down * height * cell + HEIGHT.gap * down + HEIGHT.caption);
  }
  return [...slots.values()].reduce((sum, columns) => sum + Math.max(...columns.values()), 0);
}

/** The smallest cell in which the numbers can be read. */
function leastCell(panels) {
  const shown = panels.filter((panel) => !isPhoto(panel));
  const some = (test) => shown.some(({ values }) => values.some((value) => Number.isFinite(value) && test(value)));
  if (some((value) => value % 1 || value <= -100 || value >= 1000)) return CELL.wide;
  return some((value) => value <= -10 || value >= 100) ? CELL.withThree : CELL.withNumber;
}
