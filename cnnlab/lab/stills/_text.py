"""Text as the outlines of its letters: measured exactly, and drawn much faster than by matplotlib's ``Text``.

Lengths are in px. What follows "_" after a single letter is a subscript, as in ``front/dom.js``.
"""

import re
from functools import lru_cache
from math import inf
from threading import Lock
from typing import NamedTuple

import numpy as np
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font

from cnnlab.lab.numbers import format_value
from cnnlab.lab.stills._colours import INK

BODY, SMALL, LEAST = 14.0, 12.0, 10.7  # sizes of letters; 10.7 px are 7 pt
ROW = 19  # the height of a row of text
EM = 256  # px at which the outlines are taken
LOW, LOW_SIZE = 0.22, 0.77  # how far a subscript is lowered, and its size, as parts of the size
SUBSCRIPT = re.compile(r"(?<=[A-Za-zδ⋆])(?<![A-Za-z][A-Za-zδ⋆])_([A-Za-z]+)")

_LOCK = Lock()
brief = lru_cache(maxsize=4096)(format_value)  # a number as a cell shows it


class Run(NamedTuple):
    """Some text of one look."""

    text: str
    colour: str = INK
    bold: bool = False


@lru_cache(maxsize=2)
def _font(bold):
    """Return the font that comes with matplotlib."""
    font = FT2Font(findfont(FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal")))
    font.set_size(EM, 72)
    return font


@lru_cache(maxsize=1024)
def _letter(letter, bold):
    """Return vertices, codes and width of a letter of size 1, y down; a box for one that the font lacks."""
    font = _font(bold)
    with _LOCK:  # a font holds one letter at a time, and stills are drawn in any thread
        width = font.load_glyph(font.get_char_index(ord(letter))).linearHoriAdvance / 65536  # glyph 0 is a box
        vertices, codes = font.get_path()
    return np.reshape(vertices, (-1, 2)) / (EM, -EM), np.asarray(codes, np.uint8), width / EM


@lru_cache(maxsize=4096)
def outline(text, size, bold):
    """Return vertices, codes and width of a line of text, y down, with the left end of its base line at (0, 0)."""
    x, vertices, codes = 0.0, [np.zeros((0, 2))], [np.zeros(0, np.uint8)]
    for part, low, high in _parts(text, size):
        for letter in part:
            points, kinds, width = _letter(letter, bold)
            vertices.append(high * points + (x, low))
            codes.append(kinds)
            x += high * width
    return np.concatenate(vertices), np.concatenate(codes), x


def _parts(text, size):
    """Return what stands on the line and what below it by turns: the text, how far it is lowered, and its size."""
    looks = (0.0, size), (LOW * size, LOW_SIZE * size)
    return [(part, *looks[k % 2]) for k, part in enumerate(SUBSCRIPT.split(text))]


def placed(text, size, bold):
    """Yield a line of text in words, each with its left end, how far it is lowered, and its size.

    Where the font is not there, another one's words begin where ours do.
    """
    x = 0.0
    for part, low, high in _parts(text, size):
        for word in re.findall(r"\S+|\s+", part):
            if not word.isspace():
                yield word, x, low, high
            x += outline(word, high, bold)[2]


def width_of(text, size=BODY, bold=False):
    """Return how wide a line of text is.

    Examples
    --------
    >>> width_of("z_A") < width_of("zA") < width_of("zA", bold=True)
    True
    """
    return outline(text, size, bold)[2]


def width_of_runs(runs, size=BODY):
    """Return how wide runs are, one after the other."""
    return sum(width_of(run.text, size, run.bold) for run in runs)


def words(text, colour=INK, bold=False):
    """Return each word of a text, and the space after it, as a phrase for :func:`wrap`."""
    return [[Run(f"{word} ", colour, bold)] for word in text.split()]


def wrap(phrases, room, size=BODY):
    """Return phrases, which are runs that stand together, in lines at most ``room`` wide, where no phrase is wider.

    Examples
    --------
    >>> ["".join(run.text for run in line) for line in wrap(words("the ring is cropped"), 70)]
    ['the ring ', 'is ', 'cropped ']
    """
    lines, end = [], inf
    for phrase in phrases:
        width = width_of_runs(phrase, size)
        if end + width > room + width_of(" ", size):
            lines.append([])
            end = 0.0
        lines[-1] += phrase
        end += width
    return lines
