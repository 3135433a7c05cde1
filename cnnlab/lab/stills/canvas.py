"""A sheet: what is to be drawn, kept in the order of painting and put on Axes as one artist."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from html import escape
from io import BytesIO
from math import ceil
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.path import Path

from cnnlab.lab.stills.text import BODY, CAPITALS, ROW, outline, wrap

UNIT = 38  # px of one unit of the Axes: of a cell with a number
DPI = 110
WIDTH, MARGIN, APART = 852, 12, 12  # px: the widest page, the room around it, and between what stands below each other
INK, SOFT, LINE, ZERO = "#1f2328", "#59636e", "#d1d9e0", "#eceff4"  # as in front/colours.css
POSITIVE, NEGATIVE, GRADIENT = "#2b83ba", "#dd7b2c", "#b54708"
LETTERS = {"R": "#0b62a8", "F": "#7b3fb0", "P": "#0f7b3f", "S": "#b42318"}
ROLES = {"x": LETTERS["R"], "y": LETTERS["R"], "w": LETTERS["F"], "b": LETTERS["F"], "gradient": GRADIENT}
HATCH, CLEAR = (110 / 255, 119 / 255, 129 / 255, 0.3), (0.0, 0.0, 0.0, 0.0)
SOLID, DOTTED, DASHED = (0, None), (0, (1, 1.6)), (0, (3, 2))
M, L, Q, CLOSE = Path.MOVETO, Path.LINETO, Path.CURVE3, Path.CLOSEPOLY


class Word(NamedTuple):
    """A text on Axes, the box that it fills, in units of the Axes, and its look: its size in px, colour and weight."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    colour: str
    bold: bool


class Drawing(PathCollection):
    """All that a sheet put on Axes; ``words`` are what is written there."""

    words: tuple[Word, ...] = ()


class Sheet:
    """Shapes and texts in the order in which they cover each other; lengths in px, y down."""

    def __init__(self):
        self._shapes, self._images, self._words = [], [], []

    def shape(self, vertices, codes, *, fill=CLEAR, line=CLEAR, width: float = 1.0, dashes=SOLID) -> None:
        """Add a path (M, 2) of matplotlib's codes; pictures come below all paths."""
        if len(vertices):
            points = 0.0 if line is CLEAR else width * 72 / DPI
            self._shapes.append((Path(vertices / UNIT, codes), to_rgba(fill), to_rgba(line), points, dashes))

    def polygons(self, points: np.ndarray, **look) -> None:
        """Add closed polygons (…, M, 2) of one look."""
        closed = np.concatenate([points, points[..., :1, :]], axis=-2)
        codes = np.full(closed.shape[:-1], L)
        codes[..., 0], codes[..., -1] = M, CLOSE
        self.shape(closed.reshape(-1, 2), codes.ravel(), **look)

    def box(
        self, x: float, y: float, width: float, height: float, *, radius: float = 3.0, line_width=1.0, **look
    ) -> None:
        """Add a rectangle with round corners."""
        vertices, codes = rounded(width, height, radius)
        self.shape(np.add(vertices, (x, y)), codes, width=line_width, **look)

    def line(self, xs, ys, *, colour=LINE, width: float = 1.0, dashes=SOLID) -> None:
        """Add a line through points."""
        points = np.stack(np.broadcast_arrays(xs, ys), axis=-1).astype(float)
        self.shape(points, np.r_[M, np.full(len(points) - 1, L)], line=colour, width=width, dashes=dashes)

    def image(self, colours: np.ndarray, x: float, y: float, width: float, height: float) -> None:
        """Add a picture (H, W, 3 or 4)."""
        self._images.append((colours, (x / UNIT, (x + width) / UNIT, (y + height) / UNIT, y / UNIT)))

    def write(self, x, y, text: str, *, size=BODY, colour=INK, bold=False, align: float = 0.0) -> float:
        """Add a line of text with the middle of its capitals at ``y``; returns where it ends.

        ``align`` is the part of it that stands left of ``x``. Whole px make the same letters look the same.
        """
        vertices, codes, width = outline(text, size, bold)
        x, base = round(x - align * width), round(y + CAPITALS * size / 2)
        self.shape(np.add(vertices, (x, base)), codes, fill=colour)
        if text.strip():
            box = x, base - 0.95 * size, x + width, base + 0.25 * size
            self._words.append(Word(text, *(length / UNIT for length in box), size, colour, bold))
        return x + width

    def write_lines(self, x, y, text: str, room: float, *, row=ROW, size=BODY, bold=False, colour=INK) -> float:
        """Add a text in lines that are at most ``room`` wide, below ``y``; returns where it ends."""
        for line in wrap(text, room, size, bold=bold) if text else []:
            self.write(x, y + row / 2, line, size=size, bold=bold, colour=colour)
            y += row
        return y

    def put(self, ax: Axes) -> None:
        """Draw all of it on Axes, whose limits stay as they are."""
        for colours, extent in self._images:
            image = AxesImage(ax, extent=extent, interpolation="nearest")
            image.set_data(colours)
            ax.add_image(image)
        if self._shapes:
            paths, fills, lines, widths, dashes = zip(*self._shapes, strict=True)
            look = {"facecolors": fills, "edgecolors": lines, "linewidths": widths, "linestyles": list(dashes)}
            drawing = Drawing(paths, **look, capstyle="butt", joinstyle="miter")
            drawing.words = tuple(self._words)
            ax.add_collection(drawing, autolim=False)


def words_on(ax: Axes) -> list[Word]:
    """Return all that is written on Axes."""
    return [word for drawing in ax.collections if isinstance(drawing, Drawing) for word in drawing.words]


def new_axes() -> Axes:
    """Return empty Axes that fill a figure of their own."""
    figure = Figure(facecolor="white", dpi=DPI)
    FigureCanvasAgg(figure)
    return figure.add_axes((0, 0, 1, 1))


def fit(ax: Axes, width: float, height: float) -> Axes:
    """Set the limits of Axes to what has been drawn, in px, and a margin; returns them without their frame."""
    ax.set(xlim=(-MARGIN / UNIT, ceil(width + MARGIN) / UNIT), ylim=(ceil(height + MARGIN) / UNIT, -MARGIN / UNIT))
    ax.set_axis_off()
    return ax


def to_png(ax: Axes) -> bytes:
    """Return Axes of :func:`new_axes` as PNG bytes, a unit of their limits as long as a cell, the same in each run."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    size = np.round([UNIT * (right - left), UNIT * (bottom - top)])
    ax.figure.set_size_inches((size + 0.01) / DPI)  # the canvas cuts off parts of a px: none may be missing
    buffer = BytesIO()
    ax.figure.canvas.print_png(buffer, metadata={"Software": None})
    return buffer.getvalue()


class Picture:
    """A picture as the output of a cell, with words for whoever cannot see it.

    JupyterLab gives an ``IPython.display.Image`` no alternative text, whatever its ``alt``.

    Parameters
    ----------
    ax : Axes
        From :func:`new_axes`.
    alt : str
        What is to be seen, in a sentence.

    Examples
    --------
    >>> from cnnlab.lab.stills import draw_plane
    >>> Picture(draw_plane([[1.0]], new_axes()), "One cell.")
    Picture: One cell.
    """

    def __init__(self, ax: Axes, alt: str) -> None:
        self.png, self.alt = to_png(ax), alt

    def __repr__(self) -> str:
        return f"Picture: {self.alt}"

    def _repr_html_(self) -> str:
        return image_html(b64encode(self.png).decode(), self.alt)


def image_html(png: str, alt: str) -> str:
    """Return a picture in base64 as HTML that needs no file beside it."""
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{png}">'


@lru_cache(maxsize=256)
def rounded(width: float, height: float, radius: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the path of a rectangle with round corners at (0, 0)."""
    r, w, h = radius, width, height
    right = [(r, 0), (w - r, 0), (w, 0), (w, r), (w, h - r), (w, h), (w - r, h)]
    left = [(r, h), (0, h), (0, h - r), (0, r), (0, 0), (r, 0), (r, 0)]
    return np.array([*right, *left], dtype=float), np.array([M, L, Q, Q, L, Q, Q, L, Q, Q, L, Q, Q, CLOSE], np.uint8)
