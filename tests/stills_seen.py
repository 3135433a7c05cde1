"""Scenes to draw, and what a test sees of a still: its words, and the shapes of a look by the cells they stand on."""

from __future__ import annotations

from collections import Counter
from functools import cache
from io import BytesIO

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.image import imread

from cnnlab.lab.scenes import (
    activation_scene,
    channels_scene,
    convolution_scene,
    gather_scene,
    layer_scene,
    photo_scene,
    pooling_scene,
    scatter_scene,
    tie_scene,
)
from cnnlab.lab.stills import draw_scenes
from cnnlab.lab.stills._canvas import DPI, Canvas, Word
from cnnlab.lab.stills._scene import lay_out

Place = tuple[str, int, int, int]  # panel, plane, row, column

X = np.arange(25.0).reshape(1, 1, 5, 5) % 7 - 3
W = np.array([[[[1.0, 0, -1], [2, 0.5, -2], [1, 0, -1]]]])
DY = np.array([[[[1.0, -2], [0, 3]]]])


def some(*shape) -> np.ndarray:
    return np.random.default_rng(1).integers(-4, 5, shape).astype(float)


SCENES = {
    "convolution": convolution_scene(X, W, np.array([1.0]), stride=2, padding=((1, 0), (0, 1)), dy=DY),
    "leftovers": convolution_scene(some(1, 1, 6, 6), some(1, 1, 2, 2), stride=4),
    "channels": channels_scene(some(1, 3, 5, 5), some(2, 3, 3, 3), some(2), padding=1, stride=2, dy=some(1, 2, 3, 3)),
    "groups": convolution_scene(some(1, 4, 4, 4), some(4, 2, 3, 3), groups=2),
    "scatter": scatter_scene(X, W, DY, stride=2),
    "gather": gather_scene(X, W, DY, stride=2),
    "max": pooling_scene(X, 2, stride=2, padding=1, ceil_mode=True, dy=some(1, 1, 3, 3)),
    "mean": pooling_scene(X, 3, op="mean", stride=2, padding=1, ceil_mode=True),
    "mean without padding": pooling_scene(X, 3, op="mean", stride=2, padding=1, count_include_pad=False),
    "ties": tie_scene(np.ones((1, 1, 4, 4)), 2, some(1, 1, 2, 2)),
    "activation": activation_scene(X, "relu", dy=some(1, 1, 5, 5)),
    "plain": layer_scene(object(), X, X),
    "long": convolution_scene(some(1, 1, 5, 5), some(1, 1, 4, 4), np.array([2.0])),
    "long maximum": pooling_scene(some(1, 1, 5, 5), 4),
    "large numbers": convolution_scene(-1e8 * some(1, 1, 4, 4), some(1, 1, 2, 2)),
    "large planes": convolution_scene(some(1, 1, 20, 20), some(1, 1, 3, 3)),
    "photograph": photo_scene(np.linspace(0, 1, 2500).reshape(1, 1, 50, 50), W),
    "two channels": convolution_scene(some(1, 2, 3, 3), some(1, 2, 2, 2), np.array([2.0])),
    "photographs": convolution_scene(some(1, 3, 60, 60), some(2, 3, 5, 5) / 7),
    "many filters": channels_scene(some(1, 2, 6, 6), some(6, 2, 3, 3)),
    "one cell": convolution_scene(np.ones((1, 1, 1, 1)), np.ones((1, 1, 1, 1))),
}


def panels_of(scene: dict) -> dict[str, dict]:
    return {panel["name"]: panel for panel in scene["panels"]}


def alone(shown: dict) -> dict:
    """Return the scene of one panel."""
    return {"panels": [shown], "signs": [], "wires": {}, "first": {"panel": shown["name"], "cell": [0, 0, 0]}}


def pixels(png: bytes) -> np.ndarray:
    """Return a picture's colours (H, W, 4), from 0 to 1."""
    return imread(BytesIO(png), format="png")


def texts(canvas) -> list[str]:
    """Return what is written on a canvas."""
    return [word.text.strip() for word in joined(canvas.words)]


def joined(words: list[Word]) -> list[Word]:
    """Return words that go on from each other in one look as one."""
    found = []
    for word in words:
        before = found[-1] if found else word
        end = before.left + before.width
        if found and abs(end - word.left) < 1 and (before.base, before[4:]) == (word.base, word[4:]):
            found[-1] = before._replace(text=before.text + word.text, width=word.left + word.width - before.left)
        else:
            found.append(word)
    return found


def plain(text: str) -> str:
    return "".join(text.split())


def drawn_by(monkeypatch, draw) -> Canvas:
    """Return the canvas of a picture."""
    png, found = Canvas.png, []
    monkeypatch.setattr(Canvas, "png", lambda self: found.append(self) or png(self))
    draw()
    monkeypatch.undo()
    (canvas,) = found
    return canvas


def box_of(word: Word) -> tuple[float, float, float, float]:
    """Return the left, top, right and bottom of what a word fills."""
    return word.left, word.base - 0.95 * word.size, word.left + word.width, word.base + 0.25 * word.size


class Seen:
    """A scene as it is drawn; lengths in px."""

    def __init__(self, scene: dict):
        self.scene, self.canvas = scene, draw_scenes([scene])
        self.placed, _, self.width, self.height = lay_out(scene)
        self.words, planes = joined(self.canvas.words), [each for each in self.placed if hasattr(each[0], "corners")]
        self.blocks = {
            block.panel["name"]: (block, np.add(block.corners, (x, y + block.top))) for block, x, y in planes
        }
        cells = [name for name, (block, _) in self.blocks.items() if block.panel["view"] == "cells"]
        self.places = [(name, *at) for name in cells for at in np.ndindex(self.blocks[name][0].panel["values"].shape)]
        self._boxes = np.array([self.box(place) for place in self.places]).reshape(-1, 4)

    def box(self, place: Place) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom of a cell."""
        name, plane, row, column = place
        block, corners = self.blocks[name]
        (x, y), side = corners[plane], block.side
        return x + column * side, y + row * side, x + (column + 1) * side, y + (row + 1) * side

    def at(self, x: float, y: float) -> Place | None:
        """Return the cell at a point."""
        left, top, right, bottom = self._boxes.T
        found = np.flatnonzero((left < x) & (x < right) & (top < y) & (y < bottom))
        return self.places[found[0]] if len(found) else None

    def written(self) -> dict[Place, Word]:
        """Return the words in the cells; fails where one is wider than its cell."""
        found = {}
        for word in self.words:
            place = self.at(word.left + word.width / 2, word.base - 0.36 * word.size)
            if place:
                left, _, right, _ = self.box(place)
                assert left <= word.left, word
                assert word.left + word.width <= right + 1, word
                found[place] = word
        return found

    def numbers(self) -> dict[Place, str]:
        """Return what is written in the cells."""
        return {place: word.text for place, word in self.written().items()}

    def shapes(self, **look) -> Counter[Place]:
        """Return the cells with shapes of this look, and how many: fill, line, width, dashed, hatch, corners."""
        found = Counter(self.at(*middle) for middle, have in self.outlines() if _is(have, look))
        del found[None]
        return found

    def fills(self) -> dict[Place, tuple]:
        """Return the colour of each cell: of the first shape that stands there."""
        found = {}
        for middle, look in self.outlines():
            if (place := self.at(*middle)) and look["fill"][3]:
                found.setdefault(place, look["fill"])
        return found

    def outlines(self):
        """Yield each closed shape: its middle, and its look."""
        for shape in shapes_of(self.canvas):
            if shape["closed"]:
                corners = shape["points"]
                yield (corners.min(axis=0) + corners.max(axis=0)) / 2, {**shape, "corners": len(corners)}


def shapes_of(canvas) -> list[dict]:
    """Return the polygons and lines on a canvas in their order: their points, and their look; widths in px."""
    found = []
    for drawn in canvas.ax.collections:
        (width,), ((_, dashes),) = drawn.get_linewidth(), drawn.get_linestyle()
        fills, (line, *_) = drawn.get_facecolor(), [*drawn.get_edgecolor(), (0.0,) * 4]
        look = {"line": to_rgba(line), "width": round(width * DPI / 72, 3), "dashed": dashes is not None}
        look |= {"hatch": drawn.get_hatch()}
        for k, path in enumerate(drawn.get_paths()):
            closed = path.codes is not None
            fill = to_rgba(fills[k % len(fills)]) if len(fills) else (0.0,) * 4
            points = path.vertices[:-1] if closed else path.vertices  # the last closes it
            found.append({"points": points, "closed": closed, "fill": fill, **look})
    return found


def _is(have: dict, wanted: dict) -> bool:
    return all(have[name] == (to_rgba(value) if name in ("fill", "line") else value) for name, value in wanted.items())


@cache
def seen_as(name: str) -> Seen:
    """Return a scene of ``SCENES`` as it is drawn, once for all tests."""
    return Seen(SCENES[name])


def each_seen() -> list[tuple[str, Seen]]:
    """Return all of ``SCENES`` as they are drawn."""
    return [(name, seen_as(name)) for name in SCENES]
