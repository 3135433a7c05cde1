"""A panel as it will be drawn: how large its caption, its planes, bars or chart are. Lengths in px."""

from __future__ import annotations

from functools import lru_cache
from math import ceil, inf
from typing import NamedTuple

import numpy as np

from cnnlab.lab.scenes.schema import Chart, Panel
from cnnlab.lab.stills.canvas import ROLES, SOFT
from cnnlab.lab.stills.text import BODY, LEAST, SMALL, brief, three_digits, width_of, wrap

SMALLEST, NUMBERED, PAD = 3, 18, 2.4  # the sides of a cell, of one with a number, and what a number leaves of it
LARGEST_LETTERS, AIR = 14.0, 7  # of numbers in cells, and what they leave of a cell where there is room
CHART, BAR, BAR_LENGTH, KEY = (250, 180), 18, 132, 30  # a chart, a row of bars, the longest bar, the line of a legend
GAP, NARROW_GAP = 8, 5  # between planes
LONGEST_SIDE = 16  # of a plane with numbers, in cells
CAPTION_ROW, BELOW, HEADS = 18, 15, 18  # a line of a caption, one below a plane, the indices beside a plane

Run = tuple[str, str, bool]  # a text, its colour, and whether it is bold


class Sizes(NamedTuple):
    """How large everything is, and in how many columns planes stand.

    ``caption`` is the width at which the caption of a narrower panel is wrapped. ``channels`` are the columns of an
    input's planes, ``filters`` those of a kernel's; 0 is as the scene says.
    ``needed`` is the side of a cell in which a panel's numbers can be read; panels without are not written.
    """

    cell: float
    photo: float
    caption: float
    channels: int
    filters: int
    compact: bool
    needed: dict[str, int]


class Block:
    """A panel with its sizes; ``letters`` is the size of the numbers in its cells, 0 for none."""

    def __init__(self, panel: Panel, sizes: Sizes):
        self.panel, self.compact, self.letters = panel, sizes.compact, 0.0
        self.down, self.across = standing(panel, sizes)
        if panel["view"] == "bars":
            width, height = self._size_of_bars()
        else:
            width, height = self._size_of_chart() if panel["view"] == "chart" else self._size_of_planes(sizes)
        room = max(width, sizes.caption)
        self.caption = _caption(panel["symbol"], panel["title"], ROLES[panel["role"]], room, sizes.compact)
        self.top = CAPTION_ROW * len(self.caption) + 4
        self.width = max(width, *(sum(width_of(text, BODY, bold) for text, _, bold in line) for line in self.caption))
        self.height = self.top + height

    def _size_of_planes(self, sizes: Sizes) -> tuple[float, float]:
        panel, gap = self.panel, NARROW_GAP if sizes.compact else GAP
        height, width = panel["shape"]
        cell = max(SMALLEST, round(sizes.cell * panel.get("scale", 1.0)))
        self.side = sizes.photo / width if panel["view"] == "photo" else cell
        self.letters = letters_for(self.side, sizes.needed.get(panel["name"], inf))
        self.heads = HEADS if "heads" in panel else 0
        self.below = [text.split("\n") for text in panel.get("captions", [])]
        widths = [width_of(line, SMALL) for lines in self.below for line in lines]
        across = max(self.heads + width * self.side, *widths, 0.0) + gap
        down = self.heads + height * self.side + BELOW * max(map(len, self.below), default=0) + gap
        self.pitch = across, down
        return self.across * across - gap, self.down * down - gap

    def _size_of_bars(self) -> tuple[float, float]:
        names, texts, bold = self.panel["captions"], self.panel.get("texts", ["> 99 %"]), "lengths" not in self.panel
        self.names, self.texts = (max(width_of(text, BODY, bold) for text in each) + GAP for each in (names, texts))
        return self.names + BAR_LENGTH + self.texts, BAR * len(names)

    def _size_of_chart(self) -> tuple[float, float]:
        keys = sum(KEY + width_of(text, SMALL) + GAP for text in legend_of(self.panel["chart"]))
        return max(CHART[0], keys - GAP), CHART[1]

    def corners(self, x: float, y: float) -> np.ndarray:
        """Return the corner of the cells of each plane; planes are numbered down each column first."""
        column, row = np.divmod(np.arange(len(self.panel["values"])), self.down)
        left, top = x + self.heads, y + self.top + self.heads
        return np.stack([left + column * self.pitch[0], top + row * self.pitch[1]], axis=1)


def legend_of(chart: Chart) -> list[str]:
    """Return the names of the curves of a chart, each with its last number."""
    last = [f"{three_digits(line['y'][-1])} {chart['unit']}" if len(line["y"]) else "" for line in chart["lines"]]
    return [f"{line['name']} {number}".strip() for line, number in zip(chart["lines"], last, strict=True)]


def needed(values: np.ndarray) -> int:
    """Return the side of the smallest cell in which each number can be read."""
    texts = set(map(brief, np.unique(values).tolist()))
    return max(NUMBERED, ceil(max(width_of(text, LEAST) for text in texts) + PAD))


def letters_for(side: float, least: float) -> float:
    """Return the size of numbers that fill a cell well and all fit it; 0 where they do not."""
    return 0.0 if side < least else max(LEAST, min(LARGEST_LETTERS, 0.42 * side, LEAST * (side - AIR) / (least - PAD)))


def standing(panel: Panel, sizes: Sizes) -> tuple[int, int]:
    """Return in how many rows and columns the planes of a panel stand."""
    down, across = panel["planes"]
    if sizes.channels and panel.get("end") == "input" and across == 1 and down > 1:
        columns = min(sizes.channels, down)
        return -(-down // columns), columns
    if sizes.filters and panel.get("end") in ("tap", "part") and across > sizes.filters:
        return down * -(-across // sizes.filters), sizes.filters
    return down, across


@lru_cache(maxsize=256)
def _caption(symbol: str, title: str, colour: str, room: float, compact: bool) -> list[list[Run]]:
    """Return the lines of a caption: the symbol in the colour of its role, and the title, which is never cut."""
    if compact:
        lines = [[(line, colour, True)] for line in wrap(symbol, room, bold=True)]
        return lines + [[(line, SOFT, False)] for line in wrap(title, room) if line]
    first = (f"{symbol} " if title else symbol, colour, True)
    lines = [[(line, SOFT, False)] for line in wrap(title, room, indent=width_of(first[0], BODY, True))]
    return [[first, *lines[0]], *lines[1:]]
