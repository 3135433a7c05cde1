"""The colours of the stills: those that ``front/colours.css`` has for a light page."""

import re
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.colors import LinearSegmentedColormap, to_rgba

CSS = Path(__file__).parents[1] / "front" / "colours.css"
_GIVEN = dict(re.findall(r"--cnnlab-([\w-]+): (.+?);", CSS.read_text(encoding="utf-8").partition("}")[0]))


def of_page(name):
    """Return the value of the variable ``--cnnlab-name``, or of the one that it names."""
    other = re.fullmatch(r"var\(--cnnlab-(.+)\)", _GIVEN[name])
    return of_page(other[1]) if other else _GIVEN[name]


def mixed(colour, share):
    """Return the colour of a cell that so much of a colour is mixed into."""
    return tuple(np.average([to_rgba(colour), to_rgba(ZERO)], axis=0, weights=[share, 1 - share]))


INK, SOFT, LINE, ZERO, HATCH, WINDOW = map(of_page, ("ink", "soft", "line", "zero", "hatch", "window"))
POSITIVE, NEGATIVE, GRADIENT, BLUE, PURPLE = map(of_page, ("positive", "negative", "gradient", "R", "F"))
ROLES = {"x": BLUE, "y": BLUE, "w": PURPLE, "b": PURPLE, "gradient": GRADIENT}
CLEAR = (0.0, 0.0, 0.0, 0.0)
MISS = mixed(NEGATIVE, 0.55)
SIGNED = LinearSegmentedColormap.from_list("cnnlab", [NEGATIVE, ZERO, POSITIVE])
# Behind numbers, as in front/cells.css: 0 has a grey of its own, and 10 to 72 % of a colour are mixed into it.
_BELOW, _ABOVE = ([mixed(colour, share) for share in (0.1, 0.72)] for colour in (NEGATIVE, POSITIVE))
_STOPS = zip((0, 254 / 510, 0.5, 256 / 510, 1), (*_BELOW[::-1], ZERO, *_ABOVE), strict=True)
PALE = LinearSegmentedColormap.from_list("cnnlab-pale", list(_STOPS), N=511)


def shade(values, limit, palette):
    """Return the colours (…, 4) of values, the full one from ``limit`` on; what is not finite looks like 0.

    Examples
    --------
    >>> colours = shade(np.array([-2.0, 0.0, np.inf, 2.0]), 2.0, PALE)
    >>> np.allclose(colours, [mixed(NEGATIVE, 0.72), to_rgba(ZERO), to_rgba(ZERO), mixed(POSITIVE, 0.72)])
    True
    """
    limit = limit or 1.0
    parts = np.clip(np.where(np.isfinite(values), values, 0.0), -limit, limit) / limit
    return mpl.colormaps.get_cmap(palette)((parts + 1) / 2 if palette in (SIGNED, PALE) else parts)
