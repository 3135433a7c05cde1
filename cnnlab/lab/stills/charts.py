"""Panels of bars and of curves, as in ``front/bars.js`` and ``front/chart.js``. Lengths in px."""

from __future__ import annotations

import numpy as np

from cnnlab.lab.numbers import format_percent
from cnnlab.lab.scenes.schema import Chart
from cnnlab.lab.stills.blocks import BAR, BAR_LENGTH, CHART, GAP, KEY, Block, legend_of
from cnnlab.lab.stills.canvas import DASHED, GRADIENT, INK, LETTERS, POSITIVE, SOFT, SOLID, Sheet
from cnnlab.lab.stills.text import LEAST, SMALL, three_digits

PLAIN_BAR = "#a8c9e0"  # POSITIVE, 35 % of it
THICK, SHORTEST, DECADES = 11, 2, 6  # of a bar; the parts of its scale
LEFT, RIGHT, ABOVE, UNDER, LEGEND = 40, 12, 8, 34, 20  # the room around the curves, and for the legend above them
RULES, MOST_TICKS = 5, 11  # parts that the grid divides the y axis into, numbers on the x axis
COLOURS, MARK = (LETTERS["R"], GRADIENT), 3.0


def draw_bars(sheet: Sheet, block: Block, x: float, y: float) -> None:
    """Draw a panel of bars, whose caption begins at (x, y); those with lengths of their own have a scale of decades."""
    panel, y, start = block.panel, y + block.top, x + block.names
    decades = "lengths" in panel
    for k in range(DECADES if decades else 0):
        at = start + BAR_LENGTH * k / DECADES
        sheet.line([at, at], [y, y + BAR * len(panel["captions"])])
    shares = panel["values"].ravel()
    lengths = panel.get("lengths", shares / (panel["limit"] or 1.0))
    texts = panel.get("texts", list(map(format_percent, shares)))
    for k, (name, length, text) in enumerate(zip(panel["captions"], lengths, texts, strict=True)):
        best, middle = k == panel.get("best", -1), y + (k + 0.5) * BAR
        wide = BAR_LENGTH * min(1.0, max(0.0, np.nan_to_num(length)))
        sheet.write(x, middle, name, bold=not decades)
        fill = GRADIENT if decades else POSITIVE if best else PLAIN_BAR
        sheet.box(start, middle - THICK / 2, max(SHORTEST, wide), THICK, radius=1, fill=fill)
        end = start + BAR_LENGTH + block.texts
        sheet.write(end, middle, text, colour=INK if best else SOFT, bold=best, align=1.0)


def draw_chart(sheet: Sheet, block: Block, x: float, y: float) -> None:
    """Draw a panel of curves, whose caption begins at (x, y)."""
    chart, y = block.panel["chart"], y + block.top
    key = x
    for k, text in enumerate(legend_of(chart)):
        _draw_curve(sheet, k, np.array([key, key + KEY - 4]), np.full(2, y + 6), mark=key + KEY / 2 - 2)
        key = sheet.write(key + KEY, y + 6, text, size=SMALL) + GAP
    top, bottom = y + LEGEND + ABOVE, y + CHART[1] - UNDER
    _draw_grid(sheet, chart, x + LEFT, x + CHART[0] - RIGHT, top, bottom)
    for k, line in enumerate(chart["lines"]):
        shown = np.isfinite(line["y"])
        xs = x + LEFT + (CHART[0] - LEFT - RIGHT) * line["x"][shown] / (chart["last"] or 1)
        ys = bottom - (bottom - top) * np.minimum(1.0, line["y"][shown] / chart["top"])
        if shown.any():
            _draw_curve(sheet, k, xs, ys, mark=xs[-1])


def _draw_curve(sheet: Sheet, k: int, xs: np.ndarray, ys: np.ndarray, mark: float) -> None:
    """Draw a line, with a disc or a square at ``mark``: colour is not all that tells it from the others."""
    colour = COLOURS[k % 2]
    sheet.line(xs, ys, colour=colour, width=1.8, dashes=DASHED if k else SOLID)
    sheet.box(mark - MARK, ys[-1] - MARK, 2 * MARK, 2 * MARK, radius=0 if k else MARK, fill=colour)


def _draw_grid(sheet: Sheet, chart: Chart, left: float, right: float, top: float, bottom: float) -> None:
    for k in range(RULES + 1):
        y = bottom - (bottom - top) * k / RULES
        sheet.line([left, right], [y, y])
        text = f"{three_digits(chart['top'] * k / RULES)}{chart['unit']}"
        sheet.write(left - 5, y, text, size=LEAST, colour=SOFT, align=1.0)
    for tick in _ticks(chart["ticks"]):
        x = left + (right - left) * tick / (chart["ticks"] or 1)
        sheet.write(x, bottom + 11, str(tick), size=LEAST, colour=SOFT, align=0.5)
    sheet.write((left + right) / 2, bottom + UNDER - 8, chart["label"], size=LEAST, colour=SOFT, align=0.5)


def _ticks(last: int) -> range:
    """Return the numbers on the x axis, from 0 on."""
    steps = (step * 10**power for power in range(4) for step in (1, 2, 5))
    return range(0, last + 1, next((step for step in steps if last / step < MOST_TICKS), last))
