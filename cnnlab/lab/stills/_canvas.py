"""The canvas of a still: Axes in px, y down; text is measured and drawn without matplotlib's ``Text``."""

import re
from base64 import b64encode
from functools import lru_cache
from html import escape
from io import BytesIO
from math import ceil, inf
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.image import AxesImage
from PIL import Image

from cnnlab._validate import shown
from cnnlab.lab.stills._colours import INK, LINE, PAPER

DPI = 110
WIDTH = 852  # px of a page
MOST_PX = 2**25  # of a picture: 128 MiB while it is drawn
MARGIN, APART, BESIDE = 12, 12, 20  # px around a still, and between its parts vertically and horizontally
BODY, SMALL, LEAST = 14.0, 12.0, 10.7  # font sizes; 10.7 px are 7 pt
ROW, TABLE_ROW = 19, 24  # px of a line of text and of a table row
CAPITALS = 0.729  # the height of digits and capitals, relative to the font size
SOLID, DOTTED, DASHED = (0, None), (0, (1, 1.6)), (0, (3, 2))
LOW, LOW_SIZE = 0.22, 0.77  # the drop and the size of a subscript, relative to the font size
# What follows "_" after a single letter is a subscript, as in front/text.js.
SUBSCRIPT = re.compile(r"(?<=[A-Za-zδ⋆])(?<![A-Za-z][A-Za-zδ⋆])_([A-Za-z]+)")
FINE = 16  # letters are measured at this scale, to avoid rounding to whole px
_MEASURE = RendererAgg(1, 1, DPI)


class Run(NamedTuple):
    """A piece of text in one style."""

    text: str
    colour: str = INK
    bold: bool = False


class Word(NamedTuple):
    """A line of text on a canvas, in px."""

    text: str
    left: float  # its left end, in whole px, so that equal letters look equal
    base: float  # the y of its baseline
    width: float
    size: float  # the font size
    colour: str
    bold: bool


class _Words(Artist):
    """All text, drawn above everything else."""

    zorder = 3

    def draw(self, renderer):
        context, (_, height) = renderer.new_gc(), renderer.get_canvas_width_height()
        for word in self.axes.words:
            context.set_foreground(word.colour)
            left = word.left
            for part, low, size in _parts(word.text, word.size, word.bold):
                x, y = self.axes.transData.transform((left, word.base + low))
                y = height - y if renderer.flipy() else y
                renderer.draw_text(context, x, y, part, _font(size, word.bold), 0)
                left += _width(part, size, word.bold)
        context.restore()


@lru_cache
def _font(size, bold):
    return FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal", size=size * 72 / DPI)


@lru_cache
def _letters(bold):
    return get_font(findfont(_font(BODY, bold))).get_charmap()


@lru_cache(maxsize=4096)
def _width(text, size, bold):
    width, _, _ = _MEASURE.get_text_width_height_descent(text, _font(FINE * size, bold), ismath=False)
    return width / FINE


def _parts(text, size, bold):
    """Yield text on the line and subscripts in turn: the text, its drop, and its size.

    A letter that the font lacks becomes a box.
    """
    for k, part in enumerate(SUBSCRIPT.split(text)):
        if drawn := "".join(letter if ord(letter) in _letters(bold) else "▯" for letter in part):
            yield (drawn, LOW * size, LOW_SIZE * size) if k % 2 else (drawn, 0.0, size)


def width_of(text, size=BODY, bold=False):
    """Return the width of a line of text.

    Examples
    --------
    >>> width_of("z_A") < width_of("zA") < width_of("zA", bold=True)
    True
    """
    return sum(_width(part, high, bold) for part, _, high in _parts(text, size, bold))


def words(text, colour=INK, bold=False):
    """Return each word of a text, and the space after it, as a run for :func:`wrap`."""
    return [Run(f"{word} ", colour, bold) for word in text.split()]


def wrap(runs, room, size=BODY):
    """Break runs into lines at most ``room`` wide, unless a single run is wider.

    Examples
    --------
    >>> ["".join(run.text for run in line) for line in wrap(words("the ring is cropped"), 70)]
    ['the ring ', 'is ', 'cropped ']
    """
    lines, end = [], inf
    for run in runs:
        width = width_of(run.text, size, run.bold)
        if end + width > room + width_of(" ", size):
            lines.append([])
            end = 0.0
        lines[-1].append(run)
        end += width
    return lines


class Canvas:
    """Shapes, later ones on top, with pictures below and text above all of them.

    Attributes
    ----------
    ax : Axes
    words : list of Word
        All text, in the order of writing; it stays text in an SVG and a PDF.
    width, height : float
        The size of the finished drawing, in px.
    """

    def __init__(self):
        figure = Figure(facecolor=PAPER, dpi=DPI)
        FigureCanvasAgg(figure)
        self.ax = figure.add_axes((0, 0, 1, 1))
        self.ax.set_axis_off()
        self.words = self.ax.words = []
        self.ax.add_artist(_Words())
        self.width = self.height = 0.0

    def polygons(self, points, *, fill="none", line="none", width=1.0, dashes=SOLID, **look):
        """Add closed polygons (N, M, 2)."""
        width = 0.0 if isinstance(line, str) and line == "none" else width * 72 / DPI  # at 0, fills have sharp edges
        look |= {"facecolors": fill, "edgecolors": line, "linewidths": width, "linestyles": [dashes]}
        self.ax.add_collection(PolyCollection(points, capstyle="butt", joinstyle="miter", **look), autolim=False)

    def box(self, x, y, width, height, *, line_width=1.0, **look):
        """Add a rectangle."""
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
        self.polygons([corners], width=line_width, **look)

    def line(self, xs, ys, *, colour=LINE, **look):
        """Add a line through points; a single number is used for all of them."""
        self.polygons([np.stack(np.broadcast_arrays(xs, ys), axis=-1)], line=colour, closed=False, **look)

    def image(self, colours, x, y, width, height):
        """Add a picture (H, W, 3)."""
        image = AxesImage(self.ax, extent=(x, x + width, y + height, y), interpolation="nearest")
        image.set_data(colours)
        self.ax.add_image(image)

    def write(self, x, y, text, *, size=BODY, colour=INK, bold=False, align=0.0):
        """Add a line of text with its capitals centred on ``y``; return its right end.

        ``align`` is the fraction of it to the left of ``x``: 0, 0.5 or 1.
        """
        width = width_of(text, size, bold)
        word = Word(text, round(x - align * width), round(y + CAPITALS * size / 2), width, size, colour, bool(bold))
        self.words += [word] * bool(text.strip())
        return word.left + width

    def write_lines(self, x, y, lines, *, row=ROW, size=BODY):
        """Add lines of runs below ``y``; return their lower end."""
        for line in lines:
            end, y = x, y + row
            for run in line:
                end = self.write(end, y - row / 2, run.text, size=size, colour=run.colour, bold=run.bold)
        return y

    def table(self, x, y, rows):
        """Add rows of texts in columns; return the right and the lower end."""
        lefts = x + np.cumsum([0.0, *(max(map(width_of, column)) + BESIDE for column in zip(*rows, strict=True))])
        for row in rows:
            for left, text in zip(lefts, row, strict=False):
                self.write(left, y + TABLE_ROW / 2, text)
            y += TABLE_ROW
        return lefts[-1], y

    def _figure(self):
        """Return the figure, fitted to the drawing."""
        width, height = (ceil(length + 2 * MARGIN) for length in (self.width, self.height))
        if width * height > MOST_PX:
            raise ValueError(f"a picture ({width}×{height} px) must have at most {MOST_PX:,} px")
        self.ax.set(xlim=(-MARGIN, width - MARGIN), ylim=(height - MARGIN, -MARGIN))
        self.ax.figure.set_size_inches((width + 0.01) / DPI, (height + 0.01) / DPI)  # else a fraction is cut off
        return self.ax.figure

    def png(self):
        """Return the bytes of a PNG, identical in each run."""
        canvas, buffer = self._figure().canvas, BytesIO()
        canvas.draw()
        picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        # 256 colours look the same in a third of the bytes; k-means refines them until few px would change
        picture.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=5000).save(buffer, "PNG", dpi=(DPI, DPI))
        return buffer.getvalue()

    def drawing(self, kind):
        """Return the bytes of an "svg" or a "pdf", with text as text, identical in each run."""
        buffer = BytesIO()
        with mpl.rc_context({"svg.fonttype": "none", "pdf.fonttype": 42, "svg.hashsalt": "cnnlab"}):
            metadata = {"Date" if kind == "svg" else "CreationDate": None}
            self._figure().savefig(buffer, format=kind, metadata=metadata)
        return buffer.getvalue().replace(b"'DejaVu Sans'", b"'DejaVu Sans', Verdana, sans-serif")


class Picture:
    """A picture as the output of a cell, with alternative text.

    JupyterLab gives an ``IPython.display.Image`` no alternative text, whatever its ``alt``.
    """

    def __init__(self, canvas, alt):
        check_text("alt", alt)
        self.png, self.alt = canvas.png(), alt

    def __repr__(self):
        return f"Picture: {self.alt}"

    def _repr_html_(self):
        return image_html(b64encode(self.png).decode(), self.alt)


def check_text(name, value):
    """Raise unless a value is a str."""
    if not isinstance(value, str):
        raise TypeError(f"{name} ({shown(value)}) must be a text")


def image_html(png, alt):
    """Return a picture in base64 as self-contained HTML."""
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{png}">'
