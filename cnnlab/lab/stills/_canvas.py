"""What a still is made of: a canvas, whose words stay records until it is put on Axes, and a block for each panel."""

from base64 import b64encode
from html import escape
from io import BytesIO
from itertools import groupby
from math import ceil
from typing import NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from PIL import Image

from cnnlab._validate import shown
from cnnlab.lab.stills._colours import CLEAR, GRADIENT, INK, LINE, ROLES, SOFT
from cnnlab.lab.stills._text import BODY, ROW, outline, placed, width_of, width_of_runs, words, wrap

UNIT = 38  # px of one unit of the Axes: of a cell with a number
DPI = 110
MOST_PX = 2**25  # of a picture: 128 MiB while it is drawn
CAPTION_ROW = 18  # a line of a caption
WIDTH = 852  # px of a page
MARGIN, APART = 12, 12  # px around a still, and between what stands below each other in it
CAPITALS = 0.729  # the height of digits and capital letters, as a part of the size
SQUARE = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
SOLID, DOTTED, DASHED = (0, None), (0, (1, 1.6)), (0, (3, 2))


class Word(NamedTuple):
    """A line of text on a canvas, in px, y down; "_" after a single letter makes a subscript of what follows."""

    text: str
    left: float  # where it begins: whole px make the same letters look the same
    base: float  # where its base line is
    width: float
    align: float  # the part of it that stands left of the point where it was put: 0, 0.5 or 1
    size: float  # of its letters
    colour: str
    bold: bool


class Canvas:
    """Shapes in the order in which they cover each other, pictures below and words above all of them.

    Attributes
    ----------
    shapes : list of (Path, fill, line, width, dashes)
    images : list of (array (H, W, 4), (left, top), (width, height))
    words : list of Word
        All that is written, in the order of writing. A PNG has their outlines; other formats can write them as text.
    width, height : float
        Of what has been drawn, in px, once it is complete.
    """

    def __init__(self):
        self.shapes, self.images, self.words = [], [], []
        self.width = self.height = 0.0

    def polygons(self, points, *, fill=CLEAR, line=CLEAR, width=1.0, dashes=SOLID):
        """Add closed polygons (…, M, 2) of one look."""
        points = np.asarray(points)
        if points.size:
            path = Path.make_compound_path_from_polys(points.reshape(-1, *points.shape[-2:]))
            self.shapes.append((path, fill, line, width * (line is not CLEAR), dashes))  # edges of fills are sharp at 0

    def box(self, x, y, width, height, *, line_width=1.0, **look):
        """Add a rectangle."""
        self.polygons(SQUARE * (width, height) + (x, y), width=line_width, **look)

    def line(self, xs, ys, *, colour=LINE, width=1.0, dashes=SOLID):
        """Add a line through points; one number is taken for all of them."""
        self.shapes.append((Path(np.stack(np.broadcast_arrays(xs, ys), axis=-1)), CLEAR, colour, width, dashes))

    def write(self, x, y, text, *, size=BODY, colour=INK, bold=False, align=0.0):
        """Add a line of text with the middle of its capitals at ``y``; returns where it ends."""
        width, base = width_of(text, size, bold), round(y + CAPITALS * size / 2)
        word = Word(text, round(x - align * width), base, width, align, size, str(colour), bool(bold))
        self.words += [word] * bool(text.strip())
        return word.left + width

    def write_lines(self, x, y, lines, *, row=ROW, size=BODY):
        """Add lines of runs below ``y``; returns where they end."""
        for line in lines:
            end, y = x, y + row
            for (colour, bold), runs in groupby(line, key=lambda run: run[1:]):
                text = "".join(run.text for run in runs)
                end = self.write(end, y - row / 2, text, size=size, colour=colour, bold=bold)
        return y

    def put(self, ax, as_text=False):
        """Draw all of it on Axes, words as outlines or as text; their limits stay as they are."""
        for colours, (x, y), (width, height) in self.images:
            image = AxesImage(ax, extent=np.divide((x, x + width, y + height, y), UNIT), interpolation="nearest")
            image.set_data(colours)
            ax.add_image(image)
        outlined, texts = ([], self.words) if as_text else (self.words, [])
        shapes = [*self.shapes, *map(_outlined, outlined)]
        for word in texts:
            look = {"color": word.colour, "weight": "bold" if word.bold else "normal", "parse_math": False}
            for part, left, low, size in placed(word.text, word.size, word.bold):
                at = np.divide((word.left + left, word.base + low), UNIT)
                ax.text(*at, part, fontsize=size * 72 / DPI, va="baseline", **look)
        if shapes:
            paths, fills, lines, widths, dashes = zip(*shapes, strict=True)
            drawing = PathCollection(paths, facecolors=fills, edgecolors=lines, capstyle="butt", joinstyle="miter")
            drawing.set(linewidths=np.array(widths) * 72 / DPI, linestyles=list(dashes))
            drawing.set_transform(Affine2D().scale(1 / UNIT) + ax.transData)
            ax.add_collection(drawing, autolim=False)

    def fit(self, ax, as_text=False):
        """Draw all of it on Axes, whose limits become its size and a margin; returns them without their frame."""
        self.put(ax, as_text)
        right, bottom = (ceil(length + MARGIN) / UNIT for length in (self.width, self.height))
        ax.set(xlim=(-MARGIN / UNIT, right), ylim=(bottom, -MARGIN / UNIT))
        ax.set_axis_off()
        return ax

    def png(self):
        """Return it as the bytes of a PNG, the same in each run."""
        return to_png(self.fit(new_axes()))

    def drawing(self, kind):
        """Return it as the bytes of an "svg" or a "pdf", in which words are text, the same in each run."""
        fonts = {"font.family": ["sans-serif"], "font.sans-serif": ["DejaVu Sans", "Verdana", "sans-serif"]}
        kept = {"svg.fonttype": "none", "pdf.fonttype": 42, "svg.hashsalt": "cnnlab"}  # text; the same ids
        with mpl.rc_context(fonts | kept):
            figure, buffer = sized(self.fit(new_axes(), as_text=True)).figure, BytesIO()
            figure.savefig(buffer, format=kind, metadata={"Date" if kind == "svg" else "CreationDate": None})
        return buffer.getvalue()


def _outlined(word):
    vertices, codes, _ = outline(word.text, word.size, word.bold)
    return Path(np.add(vertices, (word.left, word.base)), codes), word.colour, CLEAR, 0.0, SOLID


class Sizes(NamedTuple):
    """How large everything is."""

    cell: float
    photo: float  # the width of a photograph
    needed: dict[str, int]  # by panel, the cell that its numbers need; others are not written
    compact: bool = False
    caption: float = 72  # the room that a caption has above a narrow panel
    channels: int = 1  # the most of an input side by side
    kernels: int = 4  # the most side by side


class Block:
    """A panel with its size: a subclass has what stands below the caption.

    Its ``measure(sizes)`` sets ``width`` and ``height``; ``draw_body`` draws, and takes what :meth:`draw` takes.
    """

    letters = 0.0  # the size of the numbers in cells; 0 for none

    def __init__(self, panel, sizes):
        self.panel, self.compact = panel, sizes.compact
        self.measure(sizes)
        symbol, title = words(panel["symbol"], ROLES[panel["role"]], bold=True), words(panel["title"], SOFT)
        parts, room = [symbol, title] if sizes.compact else [symbol + title], max(self.width, sizes.caption)
        self.caption = [line for part in parts for line in wrap(part, room)]
        self.top = CAPTION_ROW * len(self.caption) + 4
        self.width = max([self.width, *map(width_of_runs, self.caption)])
        self.height += self.top

    def draw(self, canvas, x, y, light, faded):
        """Draw it with its top left corner at (x, y).

        Parameters
        ----------
        light : int array (P, H, W)
            How its cells are lit: see :func:`cnnlab.lab.stills._planes.light_of`.
        faded : bool
            Whether the colours of cells that are not lit are faded.
        """
        canvas.write_lines(x, y, self.caption, row=CAPTION_ROW)
        self.draw_body(canvas, x, y + self.top, light, faded)
        if self.panel.get("active"):
            canvas.box(x - 4, y - 4, self.width + 8, self.height + 8, line=GRADIENT, line_width=2.0)


def new_axes():
    """Return empty Axes that fill a figure of their own."""
    figure = Figure(facecolor="white", dpi=DPI)
    FigureCanvasAgg(figure)
    return figure.add_axes((0, 0, 1, 1))


def sized(ax):
    """Return Axes of :func:`new_axes` in a figure of their size: a unit of their limits is as long as a cell."""
    size = np.round([UNIT * abs(np.ptp(limits)) for limits in (ax.get_xlim(), ax.get_ylim())])
    if size.prod() > MOST_PX:
        raise ValueError(f"ax ({size[0]:.0f}×{size[1]:.0f} px) must show at most {MOST_PX:,} px")
    ax.figure.set_size_inches((size + 0.01) / DPI)  # the canvas cuts off parts of a px: none may be missing
    return ax


def to_png(ax):
    """Return Axes of :func:`new_axes` as PNG bytes, the same in each run."""
    canvas, buffer = sized(ax).figure.canvas, BytesIO()
    canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3])
    # 256 colours look the same in a third of the bytes; they are improved until only so many px would change
    picture.quantize(method=Image.Quantize.MAXCOVERAGE, kmeans=5000).save(buffer, "PNG", dpi=(DPI, DPI))
    return buffer.getvalue()


class Picture:
    """A picture as the output of a cell, with words for those who cannot see it.

    JupyterLab gives an ``IPython.display.Image`` no alternative text, whatever its ``alt``.

    Parameters
    ----------
    ax : Axes
        From :func:`new_axes`.
    alt : str
        What is to be seen, in a sentence.

    Raises
    ------
    TypeError, ValueError
        Where ``ax`` is not such Axes or shows too much for a picture, or ``alt`` is no text.

    Examples
    --------
    >>> from cnnlab.lab.stills import draw_plane
    >>> Picture(draw_plane([[1.0]], new_axes()), "One cell.")
    Picture: One cell.
    """

    def __init__(self, ax, alt):
        check_kinds(ax, alt=alt)
        self.png, self.alt = to_png(ax), alt

    def __repr__(self):
        return f"Picture: {self.alt}"

    def _repr_html_(self):
        return image_html(b64encode(self.png).decode(), self.alt)


def image_html(png, alt):
    """Return a picture in base64 as HTML that needs no file beside it."""
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{png}">'


def check_kinds(ax, **texts):
    """Raise unless ``ax`` are Axes in a figure that Agg draws, and all ``texts`` are text."""
    if not isinstance(ax, Axes) or not isinstance(ax.figure.canvas, FigureCanvasAgg):
        raise TypeError(f"ax ({shown(ax)}) must be Axes of matplotlib, such as stills.new_axes()")
    for name, text in texts.items():
        if not isinstance(text, str):
            raise TypeError(f"{name} ({shown(text)}) must be a text")
