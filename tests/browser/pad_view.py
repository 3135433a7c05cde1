"""The pad as a test draws on it: by mouse on a plain page, with a ``DigitPad`` that answers as in a kernel."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from plain_page import PlainPage, settle
from playwright.sync_api import Locator

from cnnlab import trained_network
from cnnlab.lab import DigitPad

SHOWN = """surface => surface.querySelector("path").getAttribute("d")"""

Point = tuple[float, float]


def arc(x: float, y: float, across: float, down: float, start: float, end: float) -> list[Point]:
    """Return points on an ellipse around (x, y), from one angle to another in degrees; 90 is the lowest point."""
    angles = [math.radians(start + (end - start) * k / 12) for k in range(13)]
    return [(x + across * math.cos(a), y + down * math.sin(a)) for a in angles]


CROSSED = [(0.66, 0.24), (0.5, 0.13), (0.34, 0.25), (0.42, 0.42), (0.64, 0.62), (0.62, 0.8), (0.48, 0.88), (0.36, 0.78)]
CROSSED += [(0.4, 0.6), (0.6, 0.42), (0.66, 0.24)]

# How the writers of the data set draw them: each digit's strokes, as points (x, y) from 0 to 1.
DIGITS: dict[int, list[list[Point]]] = {
    0: [arc(0.5, 0.5, 0.25, 0.38, -90, -450)],
    1: [[(0.4, 0.28), (0.54, 0.12), (0.52, 0.88)]],
    2: [[*arc(0.5, 0.32, 0.24, 0.2, 190, 390), (0.27, 0.86), (0.76, 0.86)]],
    3: [arc(0.46, 0.31, 0.24, 0.19, -140, 90) + arc(0.46, 0.69, 0.27, 0.19, -90, 140)],
    4: [[(0.4, 0.14), (0.24, 0.58), (0.78, 0.58)], [(0.62, 0.34), (0.6, 0.88)]],
    5: [[(0.33, 0.14), (0.3, 0.46), *arc(0.46, 0.66, 0.25, 0.21, -120, 140)], [(0.33, 0.14), (0.72, 0.14)]],
    6: [[(0.62, 0.12), (0.42, 0.34), (0.31, 0.6), *arc(0.5, 0.69, 0.2, 0.19, 180, -190)]],
    7: [[(0.26, 0.15), (0.74, 0.15), (0.46, 0.88)], [(0.4, 0.5), (0.72, 0.5)]],
    8: [CROSSED],
    9: [[*arc(0.48, 0.32, 0.2, 0.19, -20, -360), (0.68, 0.32), *arc(0.46, 0.66, 0.22, 0.2, 0, 140)]],
}


def place_of(surface: Locator, x: float, y: float) -> Point:
    """Return where on the page a point of a pad's surface is, both from 0 to 1."""
    box = surface.bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def draw_stroke(surface: Locator, points: Iterable[Point]) -> None:
    """Draw one stroke on a pad's surface with the mouse."""
    first, *others = points
    mouse = surface.page.mouse
    mouse.move(*place_of(surface, *first))
    mouse.down()
    for point in others:
        mouse.move(*place_of(surface, *point))
    mouse.up()


class PadView:
    """A pad on the plain page, with its ``DigitPad``."""

    def __init__(self, plain_page: PlainPage, **options) -> None:
        self.digit_pad = DigitPad(trained_network(), **options)
        self.mounted = plain_page.mount(self.digit_pad)
        self.page, self.root = self.mounted.page, self.mounted.root
        self.surface = self.root.get_by_role("application", name="Drawing pad")
        self.mouse = self.page.mouse

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name, exact=True)

    def place(self, x: float, y: float) -> Point:
        """Return where on the page a point of the surface is, both from 0 to 1."""
        return place_of(self.surface, x, y)

    def stroke(self, points: Iterable[Point]) -> None:
        """Draw one stroke with the mouse."""
        draw_stroke(self.surface, points)

    def draw(self, digit: int) -> None:
        """Draw a digit with the mouse and wait until it is answered."""
        for points in DIGITS[digit]:
            self.stroke(points)
        self.settle()

    def settle(self) -> None:
        """Wait until what was drawn has been painted, sent and answered."""
        settle(self.page)
        self.mounted.answered()

    def bitmap(self) -> np.ndarray:
        """Return the bitmap that Python has, 1 for a cell that is on."""
        return self.digit_pad.bitmap.astype(np.uint8)

    def picture(self) -> str:
        """Return the path that the surface shows: empty while nothing is drawn."""
        return self.surface.evaluate(SHOWN)
