"""The picture of a stack of layers, as in ``front/sizes.js``: its planes to one scale, and what one cell sees."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from cnnlab.geometry import ReceptiveField
from cnnlab.lab.numbers import format_value
from cnnlab.lab.stills.canvas import APART, HATCH, INK, LETTERS, LINE, SOFT, WIDTH, ZERO, Sheet, fit
from cnnlab.lab.stills.cells import stripes
from cnnlab.lab.stills.text import BODY, LEAST, ROW, SMALL, width_of, wrap

PLANE, LEAST_SIDE = 96, 3  # px of the largest plane, and of the smallest plane or field
TEXTS, ARROW = 44, 70  # px that the texts of a plane need, and an arrow
LENS, LABEL, STRIPE, MOST_LINES = 190, 14, 9, 44  # px of the lens, a label, a stripe; most cells with lines
NAMES, COLUMNS, TABLE_ROW = ("layer", "output", "sees", "jump", "start"), (70, 70, 60, 60, 60), 24  # px
SPACE = 6  # px above the sentence
BLUE, SEEN = LETTERS["R"], to_rgba(LETTERS["R"], 0.14)

Layers = list[tuple[str, str, ReceptiveField]]


def draw_sizes(sizes: list[int], layers: Layers, ax: Axes) -> Axes:
    """Draw a stack's formulas, its planes to one scale, and what the first cell of each layer sees of the input.

    Parameters
    ----------
    sizes : list of int
        The side of the input, then of what each layer makes, in cells.
    layers : list of (label, formula, field)
        A short name, the formula in one line, and the :class:`cnnlab.geometry.ReceptiveField` of each layer.
    ax : Axes
        Where to draw; its limits are set, its frame is taken away.

    Examples
    --------
    >>> from cnnlab.lab.stills import new_axes
    >>> from cnnlab.geometry import receptive_field
    >>> field = receptive_field([("conv", 5, 2, 1)])[0]
    >>> ax = draw_sizes([200, 99], [("conv 5×5", "out = 99", field)], new_axes())
    >>> [word.text for word in ax.collections[0].words][:2]
    ['1 conv 5×5', 'out = 99']
    """
    sheet, fields = Sheet(), [field for _, _, field in layers]
    widest, y = _write_formulas(sheet, layers)
    right, y = _draw_flow(sheet, sizes, layers, y + APART)
    _draw_lens(sheet, sizes[0], fields, y + APART)
    left = LENS + 3 * APART
    width = max(widest, right, left + sum(COLUMNS))
    bottom = _draw_table(sheet, sizes, layers, left, y + APART, width - left)
    sheet.put(ax)
    return fit(ax, width, max(bottom, y + APART + LENS))


def _write_formulas(sheet: Sheet, layers: Layers) -> tuple[float, float]:
    """Write a line for each layer; returns where they end, at the right and below."""
    names = [f"{number} {label}" for number, (label, _, _) in enumerate(layers, start=1)]
    left, right, y = max(width_of(name, BODY, True) for name in names) + APART, 0.0, 0.0
    for name, (_, formula, _) in zip(names, layers, strict=True):
        sheet.write(0, y + ROW / 2, name, bold=True)
        for line in wrap(formula, WIDTH - left):
            right, y = max(right, sheet.write(left, y + ROW / 2, line)), y + ROW
    return right, y


def _draw_flow(sheet: Sheet, sizes: list[int], layers: Layers, y: float) -> tuple[float, float]:
    """Draw the planes in rows, each layer between two; returns where they end, at the right and below."""
    x, right, height = 0.0, 0.0, PLANE + 2 * ROW
    sides = [max(LEAST_SIDE, round(PLANE * size / max(sizes))) for size in sizes]
    for k, side in enumerate(sides):
        wide = max(side, TEXTS)
        if k and x + ARROW + wide > WIDTH:
            x, y = 0.0, y + height + APART
        if k:
            _draw_arrow(sheet, layers[k - 1][0], x + ARROW / 2, y + height / 2)
            x += ARROW
        top, middle = y + (PLANE - side) // 2, x + wide / 2
        sheet.box(middle - side / 2, top, side, side, radius=1, fill=ZERO, line=SOFT)
        if not k:
            _draw_fields(sheet, sizes[0], layers, middle - side / 2, top, side / sizes[0])
        sheet.write(middle, top + side + ROW / 2 + 2, str(sizes[k]), bold=True, align=0.5)
        sheet.write(middle, top + side + 1.5 * ROW, f"after {k}" if k else "input", size=SMALL, colour=SOFT, align=0.5)
        x += wide
        right = max(right, x)
    return right, y + height


def _draw_arrow(sheet: Sheet, label: str, x: float, y: float) -> None:
    """Draw an arrow with the name of a layer above it: its kind, and its kernel in the colour of F."""
    kind, _, kernel = label.partition(" ")
    left = x - (width_of(f"{kind} ", SMALL) + width_of(kernel, SMALL, True)) / 2
    left = sheet.write(left, y - ROW, f"{kind} ", size=SMALL, colour=SOFT)
    sheet.write(left, y - ROW, kernel, size=SMALL, colour=LETTERS["F"], bold=True)
    sheet.write(x, y, "→", colour=SOFT, align=0.5)


def _draw_fields(sheet: Sheet, size: int, layers: Layers, x: float, y: float, unit: float) -> None:
    """Draw what the first cells see of the input, as far as it is inside."""
    for side, start in sorted({(field.size, field.start) for _, _, field in layers}):
        low, high = max(0, start) * unit, min(size, start + side) * unit
        _draw_field(sheet, x + low, y + low, high - low, 1.0)


def _draw_field(sheet: Sheet, x: float, y: float, side: float, line: float) -> None:
    side = max(LEAST_SIDE, side)
    sheet.box(x, y, side, side, radius=0, fill=SEEN, line=BLUE, line_width=line)


def _draw_lens(sheet: Sheet, size: int, fields: list[ReceptiveField], y: float) -> None:
    """Draw the corner of the input that the first cells see; each field has its layers' numbers in it."""
    low = min(0, *(field.start for field in fields))
    cells = max(field.start + field.size for field in fields) + 1 - low
    unit = max(1, LENS // cells) if cells <= LENS else LENS / cells
    free = whole = cells * unit  # no label has been put beyond ``free``: the largest field gets its label first
    _draw_ground(sheet, -low * unit, min(size - low, cells) * unit, whole, unit if cells <= MOST_LINES else whole, y)
    for side, start in sorted({(field.size, field.start) for field in fields}, reverse=True):
        first, end = (start - low) * unit, (start + side - low) * unit
        _draw_field(sheet, first + 1, y + first + 1, end - first - 2, 2.0)
        if end <= free and end - first > LABEL:
            seen = [field.size == side and field.start == start for field in fields]
            numbers = ", ".join(str(k) for k, it_is in enumerate(seen, start=1) if it_is)
            wide = width_of(numbers, LEAST, True) + 4
            sheet.box(end - 3 - wide, y + end - 3 - LABEL, wide, LABEL, radius=2, fill=ZERO)
            sheet.write(end - 5, y + end - 3 - LABEL / 2, numbers, size=LEAST, bold=True, align=1.0)
            free = end - LABEL


def _draw_ground(sheet: Sheet, first: float, end: float, whole: float, unit: float, y: float) -> None:
    """Draw the cells of the input from ``first`` to ``end``, padding around them."""
    sheet.polygons(whole * stripes(max(1, round(whole / STRIPE))) + (0, y), fill=HATCH)
    sheet.box(first, y + first, end - first, end - first, radius=0, fill=ZERO)
    for at in np.arange(first + unit, end, unit):
        sheet.line([at, at], [y + first, y + end], colour="white")
        sheet.line([first, end], [y + at, y + at], colour="white")


def _draw_table(sheet: Sheet, sizes: list[int], layers: Layers, x: float, y: float, width: float) -> float:
    """Draw a row of numbers for each layer, and a sentence on the last; returns where it ends."""
    rows = [[f"{k} {label.split()[0]}", sizes[k], *field[1:]] for k, (label, _, field) in enumerate(layers, start=1)]
    for number, row in enumerate([NAMES, *rows]):
        right, middle = x, y + TABLE_ROW / 2
        for column, (cell, wide) in enumerate(zip(row, COLUMNS, strict=True)):
            text = cell if isinstance(cell, str) else format_value(cell)
            at, align = (x, 0.0) if column == 0 else (right + wide, 1.0)
            sheet.write(at, middle, text, colour=INK if number else SOFT, bold=number > 0 and column == 0, align=align)
            right += wide
        y += TABLE_ROW
        sheet.line([x, right], [y, y], colour=LINE)
    field = layers[-1][2]
    words = (
        f"The first cell of layer {len(layers)} sees {field.size}×{field.size} cells, beginning at row and column "
        f"{format_value(field.start)} (below 0 is padding). Its neighbours see as much, {field.jump} further on."
    )
    return sheet.write_lines(x, y + SPACE, words, width, colour=SOFT)
