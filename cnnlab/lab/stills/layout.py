"""Where the panels of a scene stand, as in ``front/layout.js``, so that all fit a page. Lengths in px."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from itertools import product
from math import inf
from typing import NamedTuple

from cnnlab.lab.scenes.schema import Panel, Scene
from cnnlab.lab.stills.blocks import GAP, LONGEST_SIDE, SMALLEST, Block, Sizes, needed
from cnnlab.lab.stills.canvas import APART, UNIT, WIDTH
from cnnlab.lab.stills.text import width_of

HEIGHT = 1000  # the most that the panels of a scene should need
COMPACT, UNNUMBERED = 12, 20  # the largest cells of a compact scene, and of one without numbers
PHOTO = 300  # the width of a photograph
FLOWING, FLOWING_PHOTO, BESIDE = 20, 96, 20  # a cell, a photograph and the room between panels without signs
NO_SIGN, SIGN, NARROW_SIGN = 16, 32, 24  # between columns
CAPTION, COMPACT_CAPTION, NARROW_CAPTION = 190, 110, 72  # widths at which captions are wrapped
SIZES_OF_SIGNS = {"⋆": 30.0, "·": 30.0}
ONE, WORD = 21.0, 13.0  # the size of another sign, and of one that is a word

Slots = dict[tuple[int, int], list[Block]]  # the blocks below each other, by row and column
Signs = dict[tuple[int, int], str]  # by the row, and the column to the right of it


class Layout(NamedTuple):
    """Blocks with their corners (x, y), signs with their middles (x, y, text, size), and how large it all is."""

    blocks: list[tuple[Block, float, float]]
    signs: list[tuple[float, float, str, float]]
    width: float
    height: float

    @property
    def fits(self) -> bool:
        """Whether it fits the page."""
        return self.width <= WIDTH and self.height <= HEIGHT


def lay_out(scene: Scene) -> Layout:
    """Return the layout with the largest cells that fit the page, with numbers where they can be read.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnlab.lab.scenes import convolution_scene
    >>> sides = range(5, 30, 8)
    >>> layouts = [lay_out(convolution_scene(np.ones((1, 1, side, side)), np.ones((1, 1, 3, 3)))) for side in sides]
    >>> [layout.blocks[0][0].side for layout in layouts]
    [38, 29, 18, 12]
    """
    roomy = [panel for panel in scene["panels"] if panel["view"] == "cells" and panel.get("scale", 1.0) >= 1]
    written = {}
    if not scene.get("compact") and all(max(panel["shape"]) <= LONGEST_SIDE for panel in roomy):
        written = {panel["name"]: needed(panel["values"]) for panel in roomy}
    if not scene["signs"] and "inset" not in scene and all(panel["row"] == 0 for panel in scene["panels"]):
        return _flowing(scene, written)
    layout = _largest(scene, written)
    return layout if layout.width <= WIDTH or not written else _largest(scene, {})


def _flowing(scene: Scene, written: dict[str, int]) -> Layout:
    """Return the layout of panels that nothing but their order joins: they go on below where there is no room."""
    cell = max([FLOWING, *written.values()]) if written else COMPACT
    sizes = Sizes(cell, FLOWING_PHOTO, inf, 0, 0, scene.get("compact", False), written)
    blocks, x, y, width, low = [], 0.0, 0.0, 0.0, 0.0
    for panel in sorted(scene["panels"], key=lambda panel: (panel.get("band", 0), panel["column"])):
        block = Block(panel, sizes)
        if x and x + block.width > WIDTH:
            x, y = 0.0, low + APART
        blocks.append((block, x, y))
        width, low = max(width, x + block.width), max(low, y + block.height)
        x += block.width + BESIDE
    return Layout(blocks, [], width, low)


def _largest(scene: Scene, written: dict[str, int]) -> Layout:
    """Return the layout with the largest cells that fits the page; else the lowest that fits its width."""
    panels, compact = scene["panels"], scene.get("compact", False)
    least = max(written.values(), default=SMALLEST)
    largest = max(least, COMPACT if compact else UNIT if written else UNNUMBERED)
    smallest = SMALLEST if any(panel["view"] == "photo" for panel in panels) else least
    ways = _ways_to_stand(panels, compact)

    def arranged(cell: int, way: tuple[float, int, int]) -> Layout:
        return _arranged(scene, Sizes(max(cell, least), PHOTO * cell / largest, *way, compact, written))

    best, low = None, smallest
    for way in ways:
        if low <= largest and arranged(low, way).fits:
            cells = range(low, largest + 1)
            number = bisect_left(cells, True, key=lambda cell, way=way: not arranged(cell, way).fits)
            best, low = arranged(cells[number - 1], way), cells[number - 1] + 1
    return best or min((arranged(smallest, way) for way in ways), key=lambda it: (max(it.width, WIDTH), it.height))


def _ways_to_stand(panels: list[Panel], compact: bool) -> list[tuple[float, int, int]]:
    """Return the ways to save room: how wide captions are, in how many columns channels and filters stand."""
    captions = [COMPACT_CAPTION, NARROW_CAPTION] if compact else [inf, CAPTION, NARROW_CAPTION]
    inputs = [panel["planes"][0] for panel in panels if panel.get("end") == "input" and panel["planes"][1] == 1]
    kernels = [panel["planes"][1] for panel in panels if panel.get("end") in ("tap", "part")]
    channels, filters = [0, *range(2, max(inputs, default=0) + 1)], [0, *range(1, max(kernels, default=0))]
    return [(caption, *columns) for columns in product(channels, filters) for caption in captions]


def _arranged(scene: Scene, sizes: Sizes) -> Layout:
    """Return the layout of these sizes: the bands below each other."""
    blocks, signs, width, y = [], [], 0.0, 0.0
    for number in sorted({panel.get("band", 0) for panel in scene["panels"]}):
        slots = defaultdict(list)
        for panel in scene["panels"]:
            if panel.get("band", 0) == number:
                slots[panel["row"], panel["column"]].append(Block(panel, sizes))
        texts = {} if number == 0 and "inset" in scene else _signs(scene, slots)
        lefts, middles, right = _columns(slots, texts, sizes.compact)
        for row in sorted({row for row, _ in slots}):
            in_row = {column: slot for (r, column), slot in slots.items() if r == row}
            height = max(map(_height, in_row.values()))
            _write_alike([block for slot in in_row.values() for block in slot])
            for column, slot in in_row.items():
                blocks += _stacked(slot, lefts[column], y + (height - _height(slot)) // 2)
                if text := texts.get((row, column)):
                    signs.append((middles[column], y + height / 2 + 11, text, _size(text)))  # amid the bodies
            y += height + APART
        width = max(width, right)
    return Layout(blocks, signs, width, y - APART)


def _write_alike(blocks: list[Block]) -> None:
    """Give the numbers in the cells of one row the same size."""
    written = [block for block in blocks if block.letters]
    for block in written:
        block.letters = min(other.letters for other in written)


def _height(slot: list[Block]) -> float:
    return sum(block.height + GAP for block in slot) - GAP


def _stacked(slot: list[Block], x: float, y: float) -> list[tuple[Block, float, float]]:
    """Return the blocks of a slot with their corners."""
    placed = []
    for block in slot:
        placed.append((block, x, y))
        y += block.height + GAP
    return placed


def _columns(slots: Slots, signs: Signs, compact: bool) -> tuple[dict[int, float], dict[int, float], float]:
    """Return the left side of each column, the middle of the room before it, and the right side of the last."""
    lefts, middles, x = {}, {}, 0.0
    for column in sorted({column for _, column in slots}):
        texts = [text for (_, right), text in signs.items() if right == column]
        room = max((_room(text, compact) for text in texts), default=NO_SIGN) if lefts else 0.0
        lefts[column], middles[column] = x + room, x + room / 2
        x += room + max(block.width for (_, other), slot in slots.items() if other == column for block in slot)
    return lefts, middles, x


def _signs(scene: Scene, slots: Slots) -> Signs:
    """Return the signs between the columns; in the backward row, what is not made from its neighbour has no arrow."""
    columns = sorted({column for _, column in slots})
    last = max((column for row, column in slots if row == 1), default=None)
    separate = any(panel["name"] == "dw" for panel in scene["panels"])
    signs = {(0, column): text for column, text in zip(columns[1:], scene["signs"], strict=False) if text}
    signs |= {(1, column): "←" for column in columns[1:] if column == last or not separate}
    return {place: text for place, text in signs.items() if place in slots}


def _size(text: str) -> float:
    return SIZES_OF_SIGNS.get(text, ONE if len(text) == 1 else WORD)


def _room(text: str, compact: bool) -> float:
    return max(NARROW_SIGN if compact else SIGN, width_of(text, _size(text)) + NO_SIGN)
