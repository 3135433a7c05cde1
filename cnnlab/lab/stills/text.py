"""Text as the outlines of its letters: measured exactly, and drawn much faster than by matplotlib's ``Text``.

Lengths are in px. What follows "_" after a single letter is a subscript, as in ``front/dom.js``.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from threading import Lock

import numpy as np
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font

from cnnlab.lab.numbers import format_value

FAMILY = "DejaVu Sans"  # comes with matplotlib
BODY, SMALL, LEAST = 14.0, 12.0, 10.7  # sizes of letters; 10.7 px are 7 pt
ROW = 19  # height of a row of text
CAPITALS = 0.729  # height of digits and capital letters, as a part of the size
EM = 256  # px at which the outlines are taken
LOW, LOW_SIZE = 0.22, 0.77  # how far a subscript is lowered, and its size, as parts of the size
SUBSCRIPT = re.compile(r"(?<=[A-Za-zδ⋆])(?<![A-Za-z][A-Za-zδ⋆])_([A-Za-z]+)")

LOCK = Lock()

Outline = tuple[np.ndarray, np.ndarray, float]  # vertices and codes of a path, and the width


@lru_cache(maxsize=2)
def _font(bold: bool) -> FT2Font:
    font = FT2Font(findfont(FontProperties(family=FAMILY, weight="bold" if bold else "normal")))
    font.set_size(EM, 72)
    return font


@lru_cache(maxsize=1024)
def _letter(letter: str, bold: bool) -> Outline:
    """Return the outline of a letter of size 1, y down."""
    font = _font(bold)
    with LOCK:  # a font holds one letter at a time, and stills are drawn in any thread
        width = font.load_char(ord(letter)).linearHoriAdvance / 65536
        vertices, codes = font.get_path()
    return np.reshape(vertices, (-1, 2)) / (EM, -EM), np.asarray(codes, np.uint8), width / EM


@lru_cache(maxsize=4096)
def outline(text: str, size: float, bold: bool) -> Outline:
    """Return a line of text as one path, with the left end of its base line at (0, 0), y down."""
    x, vertices, codes = 0.0, [np.zeros((0, 2))], [np.zeros(0, np.uint8)]
    for k, part in enumerate(SUBSCRIPT.split(text)):
        high, low = (LOW_SIZE * size, LOW * size) if k % 2 else (size, 0.0)
        for letter in part:
            points, kinds, width = _letter(letter, bold)
            vertices.append(high * points + (x, low))
            codes.append(kinds)
            x += high * width
    return np.concatenate(vertices), np.concatenate(codes), x


def width_of(text: str, size: float = BODY, bold: bool = False) -> float:
    """Return how wide a line of text is.

    Examples
    --------
    >>> width_of("z_A") < width_of("zA") < width_of("zA", bold=True)
    True
    """
    return outline(text, size, bold)[2]


def wrap(text: str, room: float, size: float = BODY, *, bold: bool = False, indent: float = 0.0) -> list[str]:
    """Return the lines of a text in a column; a word that is wider stands alone, whole.

    Examples
    --------
    >>> wrap("the ring is cropped", 70)
    ['the ring', 'is', 'cropped']
    """
    lines = []
    for paragraph in text.split("\n"):
        line, left = "", room - indent * (not lines)
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if width_of(longer, size, bold) > left and (line or left < room):
                lines.append(line)
                line, left = word, room
            else:
                line = longer
        lines.append(line)
    return lines


@lru_cache(maxsize=4096)
def brief(value: float) -> str:
    """Return a number as a cell shows it."""
    return format_value(value)


def three_digits(value: float) -> str:
    """Return a number in at most three digits.

    Examples
    --------
    >>> three_digits(0.00023), three_digits(2.30258), three_digits(100.0)
    ('2.3·10⁻⁴', '2.3', '100')
    """
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞"
    if value and not 1e-3 <= abs(value) < 1e4:
        digits, power = f"{value:.1e}".split("e")
        return f"{digits}·10{str(int(power)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
    return f"{value:.3g}"
