"""The colours of the stills: those that ``front/colours.css`` has for a light page."""

import re
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.colors import to_rgb

CSS = Path(__file__).parents[1] / "front" / "colours.css"
_FIRST = CSS.read_text(encoding="utf-8").partition("}")[0]
_GIVEN = dict(re.findall(r"--cnnlab-([\w-]+): (?:light-dark\()?(.+?)[,;]", _FIRST))


def of_page(name):
    """Return the value of the variable ``--cnnlab-name``, following a reference to another variable."""
    other = re.fullmatch(r"var\(--cnnlab-(.+)\)", _GIVEN[name])
    return of_page(other[1]) if other else _GIVEN[name]


INK, SOFT, LINE, ZERO, HATCH, WINDOW = map(of_page, ("ink", "soft", "line", "zero", "hatch", "window"))
POSITIVE, NEGATIVE, GRADIENT, BLUE, PURPLE = map(of_page, ("positive", "negative", "gradient", "R", "F"))
ROLES = {"x": BLUE, "y": BLUE, "w": PURPLE, "b": PURPLE, "gradient": GRADIENT}
PAPER = "#fbf8f1"  # the background of a still: soft on a dark page, and barely visible on a white one


def mixed(colour, share):
    """Return the colours (…, 3) of cells with these shares (…) of a colour mixed in."""
    return np.add(to_rgb(ZERO), np.multiply.outer(share, np.subtract(to_rgb(colour), to_rgb(ZERO))))


MISS, PALE_BAR = mixed(NEGATIVE, 0.55), mixed(POSITIVE, 0.35)


def faded_out(colours):
    """Return colours (…, 3) mixed half and half with the paper."""
    return np.add(colours, to_rgb(PAPER)) / 2


def shade(values, limit, palette):
    """Return the colours (…, 3) of values, saturated from ``limit`` on; inf and NaN look like 0.

    The palette "pale" is for cells with numbers, as in ``front/cells.css``: 0 is grey, with 10 to 72 % of a colour
    mixed in for other values; "signed" is for pictures, and "gray" and "gray_r" are matplotlib's.

    Examples
    --------
    >>> colours = shade(np.array([-2.0, 0.0, np.inf, 2.0]), 2.0, "pale")
    >>> np.allclose(colours, [mixed(NEGATIVE, 0.72), to_rgb(ZERO), to_rgb(ZERO), mixed(POSITIVE, 0.72)])
    True
    """
    parts = np.clip(np.where(np.isfinite(values), values, 0.0) / (limit or 1.0), -1.0, 1.0)
    shares = np.abs(parts)
    if palette in mpl.colormaps:
        return mpl.colormaps[palette](shares)[..., :3]
    shares = np.where(shares > 0, 0.1 + 0.62 * shares, 0.0) if palette == "pale" else shares
    return np.where(parts[..., None] < 0, mixed(NEGATIVE, shares), mixed(POSITIVE, shares))
