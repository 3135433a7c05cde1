"""Cells: a colour and a number each, and what tells padding or the cells of a sum from the others."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
from matplotlib.colors import Colormap, LinearSegmentedColormap

from cnnlab.lab.stills.canvas import INK, NEGATIVE, POSITIVE, ZERO, Sheet, rounded
from cnnlab.lab.stills.text import brief

SIGNED = LinearSegmentedColormap.from_list("cnnlab", [NEGATIVE, ZERO, POSITIVE])
# Behind numbers, as in front/3-stage.css: 0 has a grey of its own, from there on 10 to 72 % of a colour are mixed in.
PALE = LinearSegmentedColormap.from_list(
    "cnnlab-pale", [(0, "#e49d6d"), (254 / 510, "#ece4e1"), (0.5, ZERO), (256 / 510, "#dae4ef"), (1, "#68a1cb")], N=511
)
FADED = (1.0, 1.0, 1.0, 0.5)
TIGHT = 14  # px: smaller cells have narrow gaps


def stripes(count: int) -> np.ndarray:
    """Return slanted stripes (K, 4, 2) on a square of side 1, so many above its diagonal and so many below."""
    half = 0.5 / count
    bands = np.array([[(a, 0), (a + half, 0), (1, 1 - half - a), (1, 1 - a)] for a in half * np.arange(2 * count)])
    return np.concatenate([bands[::2], bands[1::2, :, ::-1]])


# In parts of a cell: what padding has, what cells have that no window reads, and the mark of a winner.
STRIPES = stripes(4)
HEXAGON = 0.03 * np.array([(np.cos(angle), np.sin(angle)) for angle in np.arange(6) * np.pi / 3])
DOTS = np.array([HEXAGON + np.add(at, 0.5) / 5 for at in np.ndindex(5, 5)])
WINNER = np.array([[(0.72, 0.06), (0.94, 0.06), (0.94, 0.28)]])


class Cells:
    """The cells of the planes of one array on a sheet; what is done to some of them is said by a mask (P, H, W).

    Parameters
    ----------
    sheet : Sheet
    values : array (P, H, W)
    corners : array (P, 2)
        The top left corner (x, y) of each plane, in px.
    side : float
        Of a cell, in px.
    apart : bool
        Whether there is room between the cells; there is none between the pixels of a small picture.
    """

    def __init__(self, sheet: Sheet, values: np.ndarray, corners: np.ndarray, side: float, *, apart: bool = True):
        self.sheet, self.values, self.side = sheet, values, side
        gap = (1 if side < TIGHT else 2) if apart else 0
        row, column = np.indices(values.shape[1:])
        self.inner, self.radius = side - gap, gap + 1.0 if apart else 0.0
        self.corner = corners[:, None, None] + side * np.stack([column, row], axis=-1) + gap // 2

    def fill(self, colours: np.ndarray) -> None:
        """Give each cell its colour (P, H, W, 4); cells of one colour become one path."""
        every, which = np.unique(colours.reshape(-1, 4), axis=0, return_inverse=True)
        which = which.reshape(self.values.shape)
        for number, colour in enumerate(every.tolist()):
            if colour[3]:
                self.boxes(which == number, fill=tuple(colour))

    def boxes(self, mask: np.ndarray, *, outset: float = 0.0, **look) -> None:
        """Add boxes as large as the cells, or so much larger on each side."""
        size = self.inner + 2 * outset
        vertices, codes = rounded(size, size, self.radius + outset)
        corners = self.corner[mask] - outset
        self.sheet.shape((corners[:, None] + vertices).reshape(-1, 2), np.tile(codes, len(corners)), **look)

    def polygons(self, mask: np.ndarray, parts: np.ndarray, **look) -> None:
        """Add polygons (K, M, 2), in parts of a cell, in each of some cells."""
        self.sheet.polygons(self.corner[mask][:, None, None] + self.inner * parts, **look)

    def write(self, size: float, colours: np.ndarray, *, bold: np.ndarray, mask: np.ndarray) -> None:
        """Write the numbers of some cells, in the colours (P, H, W) of their names."""
        for at in zip(*np.nonzero(mask), strict=True):
            x, y = self.corner[at] + self.inner / 2
            text = brief(float(self.values[at]))
            self.sheet.write(x, y, text, size=size, colour=colours[at], bold=bool(bold[at]), align=0.5)


def shade(values: np.ndarray, limit: float, palette: Colormap | str) -> np.ndarray:
    """Return the colours (…, 4) of values, the full one from ``limit`` on; what is not finite looks like 0.

    Examples
    --------
    >>> colours = shade(np.array([-2.0, 0.0, np.inf, 2.0]), 2.0, PALE)
    >>> (255 * colours[:, :3]).round().astype(int).tolist()
    [[228, 157, 109], [236, 239, 244], [236, 239, 244], [104, 161, 203]]
    """
    limit = limit or 1.0
    low = -limit if palette in (SIGNED, PALE) else 0.0
    finite = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    return mpl.colormaps.get_cmap(palette)((finite - low) / (limit - low))


def ink_on(colours: np.ndarray) -> np.ndarray:
    """Return the colour of a number on each of some colours (…, 4): dark, or white on dark ones."""
    return np.where(colours[..., :3].mean(axis=-1) > 0.5, INK, "white")
