"""Panels of planes: cells with numbers, or a picture where there are too many."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, to_rgba

from cnnlab.lab.scenes.schema import Panel
from cnnlab.lab.stills.blocks import BELOW, HEADS, LONGEST_SIDE, Block, letters_for, needed
from cnnlab.lab.stills.canvas import DOTTED, GRADIENT, HATCH, INK, POSITIVE, SOFT, UNIT, Sheet
from cnnlab.lab.stills.cells import DOTS, FADED, PALE, SIGNED, STRIPES, WINNER, Cells, ink_on, shade
from cnnlab.lab.stills.highlight import LIT, PLAIN, SELECTED, TWIN
from cnnlab.lab.stills.text import LEAST, SMALL

PADDING, BEYOND, INSERTED = 1, 2, 3  # what a cell is, where not one of the array
MISS = "#e7b18e"
FRAMES = {TWIN: (1.0, SOFT), LIT: (1.5, INK), SELECTED: (3.0, INK)}  # px, colour
LEAST_FRAME = 5  # px, of the cells of a photograph


def draw_plane(plane, ax: Axes, *, at=(0.0, 0.0), side=None, limit=None, palette: Colormap | str = SIGNED) -> Axes:
    """Draw one plane of numbers with its top left corner ``at`` (x, y); returns the Axes.

    Parameters
    ----------
    plane : array (H, W)
        Values; above 16 cells a side, and in cells too small for them, they are coloured only.
    ax : Axes
        Where to draw, one unit a cell, y down.
    at, side : (float, float), float
        Corner, and width in units (default: one a cell).
    limit : float
        The value of the full colour; default the largest magnitude.
    palette : Colormap or str
        Zero-anchored colours, or the name of a colormap for values from 0 on.

    Examples
    --------
    >>> from cnnlab.lab.stills import new_axes
    >>> ax = draw_plane([[1, -2], [0, 3]], new_axes())
    >>> [word.text for word in ax.collections[0].words]
    ['1', '−2', '0', '3']
    """
    planes = np.asarray(plane, dtype=float)[None]
    _, height, width = planes.shape
    unit = 1.0 if side is None else side / width
    letters = letters_for(unit * UNIT, needed(planes)) if max(height, width) <= LONGEST_SIDE else 0.0
    limit = limit or np.abs(planes[np.isfinite(planes)]).max(initial=0.0)
    colours = shade(planes, limit, PALE if letters and palette is SIGNED else palette)
    sheet, corner = Sheet(), np.multiply(at, UNIT)
    if letters:
        cells, every = Cells(sheet, planes, corner[None], unit * UNIT), np.ones(planes.shape, bool)
        cells.fill(colours)
        cells.write(letters, ink_on(colours), bold=~every, mask=every)
    else:
        sheet.image(colours[0], *corner, width * unit * UNIT, height * unit * UNIT)
    sheet.put(ax)
    _widen(ax, at, (at[0] + width * unit, at[1] + height * unit))
    return ax


def _widen(ax: Axes, *corners: tuple[float, float]) -> None:
    """Let Axes show what has been drawn, unless somebody has set their limits."""
    ax.update_datalim(corners)
    if ax.get_autoscalex_on() and ax.get_autoscaley_on():
        (left, top), (right, bottom) = ax.dataLim.get_points()
        ax.set_xlim(left, right, auto=True)
        ax.set_ylim(bottom, top, auto=True)


def draw_planes(sheet: Sheet, block: Block, x: float, y: float, light: np.ndarray, *, faded: bool) -> None:
    """Draw the planes of a panel, whose caption begins at (x, y).

    Parameters
    ----------
    light : int array (P, H, W)
        How its cells are lit: see :mod:`cnnlab.lab.stills.highlight`.
    faded : bool
        Whether the cells that are not lit are faded.
    """
    panel, corners = block.panel, block.corners(x, y)
    values = panel["frames"][-1] if "frames" in panel else panel["values"]
    signed = SIGNED if panel["view"] == "photo" else PALE
    colours = shade(values, panel["limit"], "gray" if panel.get("palette") == "grey" else signed)
    if panel["view"] == "photo":
        _draw_photo(sheet, panel, corners, block.side, colours, light)
    else:
        cells = Cells(sheet, values, corners, block.side, apart=panel.get("scale", 1.0) >= 1)
        _draw_cells(cells, panel, colours, block.letters, light, faded=faded)
        _draw_frames(cells, light, compact=block.compact)
    _write_around(sheet, block, corners)


def _draw_cells(cells: Cells, panel: Panel, colours, letters: float, light, *, faded: bool) -> None:
    """Draw what stands in the cells: colours, hatches, numbers."""
    kinds, unread = _kinds(panel), _unread(panel)
    marked = {mark: _mask(panel, mark) for mark in ("miss", "winner", "field")}
    colours[marked["miss"]] = to_rgba(MISS)
    colours[kinds == BEYOND] = 0.0
    cells.fill(colours)
    cells.boxes(kinds == INSERTED, fill=HATCH)
    cells.boxes(kinds == BEYOND, outset=-0.5, line=SOFT, dashes=DOTTED)
    cells.polygons((kinds == PADDING) & ~unread, STRIPES, fill=HATCH)
    cells.polygons(unread, DOTS, fill=SOFT)
    if letters:
        ink = np.where((kinds == PADDING) | (kinds == INSERTED), SOFT, ink_on(colours))
        seen = (kinds != BEYOND) & (~unread | (light == SELECTED))
        cells.write(letters, ink, bold=marked["miss"] | (light == SELECTED), mask=seen)
    cells.polygons(marked["winner"], WINNER, fill=INK)
    cells.boxes(marked["field"], outset=-1.0, line=INK, width=2.0)
    if faded:
        cells.boxes(light == PLAIN, fill=FADED)


def _draw_frames(cells: Cells, light: np.ndarray, *, compact: bool) -> None:
    """Frame the cells of a sum, the cell in view most of all."""
    for level, (width, colour) in FRAMES.items():
        if compact and level == SELECTED:
            width, colour = 2.0, GRADIENT
        cells.boxes(light == level, outset=width / 2, line=colour, width=width)


def _draw_photo(sheet: Sheet, panel: Panel, corners, side: float, colours, light) -> None:
    """Draw a picture a plane, with one frame around all lit cells of a kind: single ones would be too small to see."""
    height, width = (side * length for length in panel["shape"])
    for plane, (x, y) in enumerate(corners):
        sheet.image(colours[plane], x, y, width, height)
        for k in range(1, panel.get("blocks", 1)):
            at = k / panel["blocks"]
            sheet.line([x + at * width] * 2, [y, y + height], colour=POSITIVE, width=0.6)
            sheet.line([x, x + width], [y + at * height] * 2, colour=POSITIVE, width=0.6)
        for level in (LIT, SELECTED):
            rows, columns = np.nonzero(light[plane] == level)
            if len(rows):
                _frame(sheet, x, y, side, rows, columns, FRAMES[level][0])


def _frame(sheet: Sheet, x: float, y: float, side: float, rows, columns, line: float) -> None:
    wide, high = (max(LEAST_FRAME, side * (cells.max() - cells.min() + 1)) for cells in (columns, rows))
    left, top = x + side * columns.min(), y + side * rows.min()
    for out, colour, width in ((line / 2 + 1, INK, line), (0.5, "white", 1.0)):
        box = left - out, top - out, wide + 2 * out, high + 2 * out
        sheet.box(*box, radius=1 + out, line=colour, line_width=width)


def _write_around(sheet: Sheet, block: Block, corners: np.ndarray) -> None:
    """Write the indices of rows and columns beside each plane, and what stands below it."""
    panel, side = block.panel, block.side
    for plane, (x, y) in enumerate(corners):
        if block.heads:
            for k, index in enumerate(panel["places"]["rows"]):
                sheet.write(x - HEADS / 2, y + (k + 0.5) * side, str(index), size=LEAST, colour=SOFT, align=0.5)
            for k, index in enumerate(panel["places"]["columns"]):
                sheet.write(x + (k + 0.5) * side, y - HEADS / 2, str(index), size=LEAST, colour=SOFT, align=0.5)
        for k, line in enumerate(block.below[plane] if block.below else []):
            bottom = y + side * panel["shape"][0]
            sheet.write(x - block.heads, bottom + (k + 0.6) * BELOW, line, size=SMALL, colour=SOFT)


# --- what the cells are ---


def _kinds(panel: Panel) -> np.ndarray:
    """Return what each cell (P, H, W) is: of the array (0), PADDING, BEYOND or INSERTED."""
    kinds = np.zeros(panel["values"].shape, int)
    if "edges" in panel:
        kinds[:] = np.maximum.outer(panel["edges"]["rows"], panel["edges"]["columns"])
    kinds[_mask(panel, "inserted")] = INSERTED
    return kinds


def _unread(panel: Panel) -> np.ndarray:
    unread = np.zeros(panel["values"].shape, bool)
    if "unread" in panel:
        unread[:] = np.logical_or.outer(panel["unread"]["rows"], panel["unread"]["columns"])
    return unread


def _mask(panel: Panel, mark: str) -> np.ndarray:
    """Return which cells have a mark."""
    mask = np.zeros(panel["values"].shape, bool)
    for cell in panel.get("marks", {}).get(mark, []):
        mask[tuple(cell)] = True
    return mask
