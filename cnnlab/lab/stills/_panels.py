"""The panels of a still, one class per kind of picture, as the front end draws them. Lengths in px."""

from math import ceil
from typing import NamedTuple

import numpy as np
from matplotlib.colors import hsv_to_rgb

from cnnlab.lab.numbers import format_value
from cnnlab.lab.scenes.reading import panel_of, summed, wires_at
from cnnlab.lab.stills._canvas import BODY, DOTTED, LEAST, SMALL, width_of, words, wrap
from cnnlab.lab.stills._colours import GRADIENT, HATCH, INK, MISS, ROLES, SOFT, WINDOW, faded_out, shade

CAPTION_ROW, BELOW, HEADS = 18, 15, 18  # a line of a caption, one below a plane, and the indices beside a plane
SMALLEST, NUMBERED, PAD = 3, 18, 2.4  # the smallest sides of a cell and of one with a number, and its padding
LARGEST_LETTERS, AIR = 14.0, 7  # the font size of numbers in cells, and the padding of roomy cells
LONGEST_SIDE = 16  # of a plane with numbers, in cells
GAP = 7  # between planes
LEAST_FRAME = 7  # the smallest frame of cells of a photograph
PADDING, BEYOND, INSERTED = 1, 2, 3  # kinds of cell outside the array
WINNER = np.array([(0.72, 0.06), (0.94, 0.06), (0.94, 0.28)])  # the mark of a winner, in units of its cell
SELECTED, LIT = (3.0, WINDOW), 2.0  # the frame of the selected cell, and the width of those in its sum
MOST_HUES = 49  # taps of a kernel with hues of their own: more would be indistinguishable
SQUARE = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])


class Sizes(NamedTuple):
    """The sizes of the parts of a still."""

    cell: float
    photo: float = 0.0  # the width of a photograph
    letters: float = 0.0  # the font size of numbers in cells; 0 for none


class Block:
    """A panel with its size; a subclass draws the part below the caption.

    Its ``measure(sizes)`` sets ``width`` and ``height``; ``draw_body`` draws, and takes what :meth:`draw` takes.
    """

    caption_width = 100  # of a narrow panel

    def __init__(self, panel, sizes):
        self.panel = panel
        self.measure(sizes)
        runs = [*words(panel["symbol"], ROLES[panel["role"]], bold=True), *words(panel["title"], SOFT)]
        self.caption = wrap(runs, max(self.width, self.caption_width))
        self.top = CAPTION_ROW * len(self.caption) + 4
        self.width = max(
            [self.width, *(sum(width_of(run.text, BODY, run.bold) for run in line) for line in self.caption)]
        )
        self.height += self.top

    def draw(self, canvas, x, y, light, faded):
        """Draw it with its top left corner at (x, y).

        Parameters
        ----------
        light : dict
            The width and colour of the frame, by cell (plane, row, column).
        faded : bool
            Whether the colours of other cells are faded.
        """
        canvas.write_lines(x, y, self.caption, row=CAPTION_ROW)
        self.draw_body(canvas, x, y + self.top, light, faded)
        if self.panel.get("active"):
            canvas.box(x - 4, y - 4, self.width + 8, self.height + 8, line=GRADIENT, line_width=2.0)


class Planes(Block):
    """A panel of planes; ``corners`` are those of their cells, with planes numbered down each column first."""

    def measure(self, sizes):
        panel, (height, width) = self.panel, self.panel["shape"]
        scale = panel.get("scale", 1.0)
        self.side = sizes.photo / width if panel["view"] == "photo" else max(SMALLEST, round(sizes.cell * scale))
        self.letters = sizes.letters if panel["view"] == "cells" and scale >= 1 else 0.0
        self.heads = HEADS if "heads" in panel else 0
        self.below = [text.split("\n") for text in panel.get("captions", [])]
        texts = [width_of(line, SMALL) for lines in self.below for line in lines]
        pitch_x = max(self.heads + width * self.side, *texts, 0.0) + GAP
        pitch_y = self.heads + height * self.side + BELOW * max(map(len, self.below), default=0) + GAP
        down, across = panel["planes"]
        column, row = np.divmod(np.arange(len(panel["values"])), down)
        self.corners = np.stack([column * pitch_x, row * pitch_y], axis=1) + self.heads
        self.width, self.height, self.cell = across * pitch_x - GAP, down * pitch_y - GAP, np.full(2, self.side)

    def draw_body(self, canvas, x, y, light, faded):
        panel, corners = self.panel, np.add(self.corners, (x, y))
        values = panel.get("frames", [panel["values"]])[-1]
        palette = panel.get("palette", "signed" if panel["view"] == "photo" else "pale")
        fills = panel["colours"] if "colours" in panel else shade(values, panel["limit"], palette)
        draw = self._draw_cells if panel["view"] == "cells" else self._draw_photos
        draw(canvas, corners, values, fills, light, faded)
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
            """Add polygons, in units of a cell, to some cells, enlarged by a margin on each side."""
            canvas.polygons(places[mask][:, None] - outset + (size + 2 * outset) * parts, **look)

        names = "miss", "winner", "inserted", "awaited"
        marked = {name: _mask(panel, panel.get("marks", {}).get(name, [])) for name in names}
        kinds, unread = np.maximum(_along(panel, "edges"), INSERTED * marked["inserted"]), _along(panel, "unread") > 0
        kinds[marked["awaited"]] = BEYOND
        fills[marked["miss"]] = MISS
        ink = np.where(fills.mean(axis=-1) > 0.5, INK, "white")
        ink[(kinds == PADDING) | (kinds == INSERTED)] = SOFT
        if faded:
            others = ~_mask(panel, list(light))
            fills[others] = faded_out(fills[others])
        mark(kinds != BEYOND, fill=fills[kinds != BEYOND])
        mark(kinds == INSERTED, fill=HATCH)
        mark(kinds == BEYOND, outset=-0.5, line=SOFT, dashes=DOTTED)
        mark((kinds == PADDING) & ~unread, line=HATCH, width=0.0, hatch="////")
        mark(unread, line=SOFT, width=0.0, hatch="..")
        mark(marked["winner"], WINNER, fill=INK)
        for cell, (width, colour) in light.items():
            canvas.box(*places[cell] - width / 2, size + width, size + width, line=colour, line_width=width)
        for at in map(tuple, np.argwhere((kinds != BEYOND) & ~unread) if self.letters else ()):
            (x, y), bold = places[at] + size / 2, marked["miss"][at] or light.get(at) == SELECTED
            canvas.write(x, y, format_value(values[at]), size=self.letters, colour=ink[at], bold=bold, align=0.5)

    def _draw_photos(self, canvas, corners, values, fills, light, faded):
        """Draw each plane as a picture, with one frame around all lit cells: single frames would be too small."""
        size = self.cell * np.array(self.panel["shape"][::-1])
        for plane, (picture, corner) in enumerate(zip(fills, corners, strict=True)):
            canvas.image(picture, *corner, *size)
            cells = np.array([(column, row) for number, row, column in light if number == plane])
            if len(cells):
                first, count = cells.min(axis=0), np.ptp(cells, axis=0) + 1
                frame = *(corner + self.cell * first - 1), *np.maximum(LEAST_FRAME, self.cell * count + 2)
                canvas.box(*frame, line="white", line_width=4.0)
                canvas.box(*frame, line=WINDOW, line_width=2.0)


def needed(values):
    """Return the side of the smallest cell in which every number is readable."""
    return max(NUMBERED, ceil(max(width_of(format_value(value), LEAST) for value in np.unique(values)) + PAD))


def letters_of(cell, least):
    """Return the font size of numbers that fit a cell, if the widest of them needs a side of ``least``."""
    return max(LEAST, min(LARGEST_LETTERS, 0.42 * cell, LEAST * (cell - AIR) / (least - PAD)))


def _along(panel, field):
    """Return for each cell (P, H, W) the larger value that a field has for its row or column; 0 without the field."""
    found = panel.get(field, {"rows": [0], "columns": [0]})
    return np.broadcast_to(np.maximum.outer(found["rows"], found["columns"]), panel["values"].shape)


def _mask(panel, cells):
    """Return a mask of these cells."""
    mask = np.zeros(panel["values"].shape, bool)
    mask[tuple(np.array(cells, int).reshape(-1, 3).T)] = True
    return mask


def light_of(scene, at):
    """Return the frames of the cells of a sum, width and colour, by panel and cell (plane, row, column).

    The cells of a product have the hue of the second one's place in its plane, as on the stage.

    Examples
    --------
    >>> from cnnlab.lab.scenes import convolution_scene
    >>> scene = convolution_scene(np.ones((1, 1, 2, 3)), np.ones((1, 1, 2, 2)))
    >>> sorted(light_of(scene, scene["first"])["x"])
    [(0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1)]
    """
    light = {panel["name"]: {} for panel in scene["panels"]}
    panel = summed(scene, at["panel"])
    told = panel.get("sum", {})
    names = {told.get(field) for field in ("a", "b", "goes", "via")} & light.keys() - {panel["name"]}
    for cells, _ in wires_at(scene["wires"][told["wires"]], panel["end"], at["cell"]) if told else ():
        for name in names:
            look = LIT, _hue(scene, told["b"], cells)
            light[name][tuple(cells[panel_of(scene, name)["end"]])] = look
    if "bias" in told:
        light[told["bias"]][at["cell"][0], 0, 0] = LIT, WINDOW
    light[at["panel"]][tuple(at["cell"])] = SELECTED
    return light


def _hue(scene, name, cells):
    """Return the common colour of a wire's cells, which depends on the position of one of them in its plane."""
    panel = next((panel for panel in scene["panels"] if panel["name"] == name), None)
    if panel is None or scene.get("compact") or not 1 < panel["values"][0].size <= MOST_HUES:
        return WINDOW
    _, row, column = cells[panel["end"]]
    return tuple(hsv_to_rgb(((row * panel["shape"][1] + column) / panel["values"][0].size, 0.72, 0.72)))
