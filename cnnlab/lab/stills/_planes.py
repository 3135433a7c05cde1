"""Panels of planes: cells with numbers, or a picture where there are too many; and how they are lit. Lengths in px."""

from math import ceil, inf

import matplotlib as mpl
import numpy as np
from matplotlib.colors import Colormap

from cnnlab._validate import check_array, check_finite, check_list, check_positive, shown
from cnnlab.lab.scenes import panel as panel_with
from cnnlab.lab.scenes.reading import panel_of, summed, wires_at
from cnnlab.lab.stills._canvas import DOTTED, SQUARE, UNIT, Block, Canvas, Sizes, check_kinds
from cnnlab.lab.stills._colours import GRADIENT, HATCH, INK, MISS, PALE, SIGNED, SOFT, WINDOW, shade
from cnnlab.lab.stills._text import LEAST, SMALL, brief, width_of

SMALLEST, NUMBERED, PAD = 3, 18, 2.4  # the sides of a cell, of one with a number, and what a number leaves of it
LARGEST_LETTERS, AIR = 14.0, 7  # of numbers in cells, and what they leave of a cell where there is room
LONGEST_SIDE = 16  # of a plane with numbers, in cells
GAP = 7  # between planes
BELOW, HEADS = 15, 18  # a line below a plane, the indices beside it
LEAST_FRAME = 7  # of the cells of a photograph
FURTHEST = 1000.0  # units of the Axes
PADDING, BEYOND, INSERTED = 1, 2, 3  # what a cell is, where not one of the array
PLAIN, TWIN, LIT, SELECTED = range(4)  # how a cell is lit; a twin is the same cell of another panel
FRAMES = {TWIN: (1.0, SOFT), LIT: (1.5, WINDOW), SELECTED: (3.0, WINDOW)}
WINNER = np.array([(0.72, 0.06), (0.94, 0.06), (0.94, 0.28)])  # the mark of a winner, in parts of its cell
DOTS = 0.05 * SQUARE + (np.moveaxis(np.indices((5, 5)), 0, -1).reshape(-1, 1, 2) + 0.35) / 5  # where nothing is read


def stripes(count):
    """Return slanted stripes (K, 4, 2) on a square of side 1, so many above its diagonal and so many below."""
    half = 0.5 / count
    bands = np.array([[(a, 0), (a + half, 0), (1, 1 - half - a), (1, 1 - a)] for a in half * np.arange(2 * count)])
    return np.concatenate([bands[::2], bands[1::2, :, ::-1]])


class Planes(Block):
    """A panel of planes; ``corners`` are those of their cells within it, planes numbered down each column first."""

    def measure(self, sizes):
        panel, (height, width) = self.panel, self.panel["shape"]
        self.side = sizes.photo / width if panel["view"] == "photo" else sizes.cell
        if panel.get("scale", 1.0) != 1:
            self.side = max(SMALLEST, round(sizes.cell * panel["scale"]))
        least = sizes.needed.get(panel["name"], inf)
        if self.side >= least:  # the numbers fill a cell well, and all fit it
            self.letters = max(LEAST, min(LARGEST_LETTERS, 0.42 * self.side, LEAST * (self.side - AIR) / (least - PAD)))
        self.heads = HEADS if "heads" in panel else 0
        self.below = [text.split("\n") for text in panel.get("captions", [])]
        texts = [width_of(line, SMALL) for lines in self.below for line in lines]
        pitch_x = max(self.heads + width * self.side, *texts, 0.0) + GAP
        pitch_y = self.heads + height * self.side + BELOW * max(map(len, self.below), default=0) + GAP
        down, across = standing(panel, sizes)
        column, row = np.divmod(np.arange(len(panel["values"])), down)
        self.corners = np.stack([column * pitch_x, row * pitch_y], axis=1) + self.heads
        self.width, self.height, self.cell = across * pitch_x - GAP, down * pitch_y - GAP, np.full(2, self.side)

    def draw_body(self, canvas, x, y, light, faded):
        panel, corners = self.panel, np.add(self.corners, (x, y))
        values = panel.get("frames", [panel["values"]])[-1]
        palette = panel.get("palette", SIGNED if panel["view"] == "photo" else PALE)
        fills = shade(values, panel["limit"], "gray" if palette == "grey" else palette)
        if panel["view"] == "cells":
            self._draw_cells(canvas, corners, values, fills, light, faded)
        else:
            self._draw_photos(canvas, corners, fills, light)
        look = {"size": LEAST, "colour": SOFT, "align": 0.5}
        rows, columns = (panel["places"][end] if self.heads else [] for end in ("rows", "columns"))
        for (left, top), below in zip(corners, self.below or [[]] * len(corners), strict=True):
            for k, index in enumerate(rows):
                canvas.write(left - HEADS / 2, top + (k + 0.5) * self.side, str(index), **look)
            for k, index in enumerate(columns):
                canvas.write(left + (k + 0.5) * self.side, top - HEADS / 2, str(index), **look)
            for k, text in enumerate(below):
                middle = top + self.side * panel["shape"][0] + (k + 0.6) * BELOW
                canvas.write(left - self.heads, middle, text, size=SMALL, colour=SOFT)

    def _draw_cells(self, canvas, corners, values, fills, light, faded):
        """Draw cells: their colours, marks, frames and numbers."""
        panel, gap = self.panel, 0 if self.panel.get("scale", 1.0) < 1 else 1 if self.side < NUMBERED else 2
        size, places = self.side - gap, np.moveaxis(np.indices(values.shape[1:])[::-1], 0, -1)
        places = corners[:, None, None] + self.side * places + gap // 2

        def mark(mask, parts=SQUARE, outset=0.0, **look):
            """Add polygons, in parts of a cell, to some cells, which are so much larger on each side."""
            canvas.polygons(places[mask].reshape(-1, 1, 1, 2) - outset + (size + 2 * outset) * parts, **look)

        marked = {name: _mask(panel, name) for name in ("miss", "winner", "inserted")}
        kinds, unread = np.maximum(_along(panel, "edges"), INSERTED * marked["inserted"]), _along(panel, "unread") > 0
        fills[marked["miss"]] = MISS
        ink = np.where(fills[..., :3].mean(axis=-1) > 0.5, INK, "white")
        ink[(kinds == PADDING) | (kinds == INSERTED)] = SOFT
        fills[faded & (light == PLAIN)] += 1
        fills /= fills[..., 3:]  # half white
        shades, number = np.unique(fills.reshape(-1, 4), axis=0, return_inverse=True)
        for k, fill in enumerate(shades):
            mark((number.reshape(values.shape) == k) & (kinds != BEYOND), fill=fill)
        mark(kinds == INSERTED, fill=HATCH)
        mark(kinds == BEYOND, outset=-0.5, line=SOFT, dashes=DOTTED)
        mark((kinds == PADDING) & ~unread, stripes(4), fill=HATCH)
        mark(unread, DOTS, fill=SOFT)
        mark(marked["winner"], WINNER, fill=INK)
        frames = FRAMES | ({SELECTED: (2.0, GRADIENT)} if self.compact else {})
        for level, (line, colour) in frames.items():
            mark(light == level, outset=line / 2, line=colour, width=line)
        for at in np.argwhere((kinds != BEYOND) & (~unread | (light == SELECTED))) if self.letters else ():
            (x, y), at = places[tuple(at)] + size / 2, tuple(at)
            bold = marked["miss"][at] or light[at] == SELECTED
            canvas.write(x, y, brief(values[at]), size=self.letters, colour=ink[at], bold=bold, align=0.5)

    def _draw_photos(self, canvas, corners, fills, light):
        """Draw a picture a plane, with one frame around all lit cells: single ones would be too small to see."""
        size = self.cell * np.array(self.panel["shape"][::-1])
        for picture, corner, lit in zip(fills, corners, light, strict=True):
            canvas.images.append((picture, corner, size))
            for level in (LIT, SELECTED):
                cells, line = np.argwhere(lit == level)[:, ::-1], FRAMES[level][0]
                if len(cells):
                    first, count = cells.min(axis=0), np.ptp(cells, axis=0) + 1
                    frame = *(corner + self.cell * first - 1), *np.maximum(LEAST_FRAME, self.cell * count + 2)
                    canvas.box(*frame, line="white", line_width=line + 2)
                    canvas.box(*frame, line=WINDOW, line_width=line)


def needed(values):
    """Return the side of the smallest cell in which each number can be read."""
    return max(NUMBERED, ceil(max(width_of(brief(value), LEAST) for value in np.unique(values)) + PAD))


def standing(panel, sizes):
    """Return in how many rows and columns planes stand."""
    down, across = panel["planes"]
    if panel.get("end") == "input" and across == 1:
        return ceil(down / sizes.channels), min(sizes.channels, down)
    most = sizes.kernels if panel.get("end") in ("tap", "part") else across
    return down * ceil(across / most), min(across, most)


def _along(panel, field):
    """Return for each cell (P, H, W) the larger of what a field says of its row and of its column; 0 without one."""
    found = panel.get(field, {"rows": [0], "columns": [0]})
    return np.broadcast_to(np.maximum.outer(found["rows"], found["columns"]), panel["values"].shape)


def _mask(panel, mark):
    """Return which cells have a mark."""
    mask = np.zeros(panel["values"].shape, bool)
    mask[tuple(np.array(panel.get("marks", {}).get(mark, []), int).reshape(-1, 3).T)] = True
    return mask


def light_of(scene, at):
    """Return for each panel how its cells (planes, height, width) are lit: PLAIN to SELECTED.

    Examples
    --------
    >>> from cnnlab.lab.scenes import convolution_scene
    >>> scene = convolution_scene(np.ones((1, 1, 2, 3)), np.ones((1, 1, 2, 2)))
    >>> light_of(scene, scene["first"])["x"][0].tolist()
    [[2, 2, 0], [2, 2, 0]]
    """
    light = {panel["name"]: np.full(panel["values"].shape, PLAIN) for panel in scene["panels"]}
    panel = summed(scene, at["panel"])
    if "sum" in panel:
        told = panel["sum"]
        wires = [ends for ends, _ in wires_at(scene["wires"][told["wires"]], panel["end"], at["cell"])]
        for name in {told.get(field) for field in ("a", "b", "goes", "via")} & light.keys() - {panel["name"]}:
            _light(scene, light, name, [ends[panel_of(scene, name)["end"]] for ends in wires], LIT)
        if "bias" in told:
            _light(scene, light, told["bias"], [[at["cell"][0], 0, 0]], LIT)
    _light(scene, light, at["panel"], [at["cell"]], SELECTED)
    return light


def _light(scene, light, name, cells, level):
    """Light some cells of a panel, and the same cells of the panels with the same end."""
    end = panel_of(scene, name).get("end", name)
    for other in (panel["name"] for panel in scene["panels"] if panel.get("end", panel["name"]) == end):
        lower = level if other == name or level == SELECTED else TWIN
        for cell in map(tuple, cells):
            light[other][cell] = max(light[other][cell], lower)


def draw_plane(plane, ax, *, at=(0.0, 0.0), side=None, limit=None, palette=SIGNED):
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

    Raises
    ------
    TypeError, ValueError
        Where an argument is not of this kind, or the plane lies more than 1,000 units away.

    Examples
    --------
    >>> from cnnlab.lab.stills import new_axes
    >>> ax = draw_plane([[1, -2], [0, 3]], new_axes())
    >>> [float(limit) for limit in (*ax.get_xlim(), *ax.get_ylim())]
    [0.0, 2.0, 2.0, 0.0]
    """
    shown_plane = panel_with("plane", check_array("plane", plane, "HW")[None], "", "", role="y")
    check_kinds(ax)
    corner = [check_finite("at", length) for length in check_list("at", at, "numbers (x, y)")]
    height, width = shown_plane["shape"]
    unit = 1.0 if side is None else check_positive("side", side) / width
    if len(corner) != 2 or max(np.abs(corner)) > FURTHEST or unit * width > FURTHEST:
        raise ValueError(f"at ({shown(at)}) and side ({shown(side)}) must be (x, y) and a number, at most 1,000 each")
    if not isinstance(palette, Colormap) and not (isinstance(palette, str) and palette in mpl.colormaps):
        raise ValueError(f"palette ({shown(palette)}) must be a Colormap of matplotlib, or the name of one")
    least = needed(shown_plane["values"]) if max(height, width) <= LONGEST_SIDE else inf
    legible = unit * UNIT >= least
    shown_plane["view"] = "cells" if legible else "photo"
    if limit is not None:
        shown_plane["limit"] = check_positive("limit", limit)
    shown_plane["palette"] = PALE if legible and palette is SIGNED else palette
    canvas, sizes = Canvas(), Sizes(unit * UNIT, unit * UNIT * width, {"plane": least})
    light = np.full(shown_plane["values"].shape, PLAIN)
    Planes(shown_plane, sizes).draw_body(canvas, *np.multiply(corner, UNIT), light, faded=False)
    canvas.put(ax)
    ax.update_datalim([corner, np.add(corner, (width * unit, height * unit))])
    ax.margins(0)  # limits that somebody has set stay
    ax.yaxis.set_inverted(True)
    return ax
