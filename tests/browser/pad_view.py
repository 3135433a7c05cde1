"""The pad as a test draws on it: by mouse on a plain page, with a ``DigitPad`` that answers as the kernel would."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from playwright.sync_api import Locator, expect
from stage_page import StagePage, settle

from cnnlab import trained_network
from cnnlab.widgets.pad import DigitPad, Pad

SYNCED = ("size", "bitmap", "normal", "reduced", "probabilities", "answer", "answered")
ANSWERS = SYNCED[2:]
BITMAP = "index => [...new Uint8Array(stages[index].model.get('bitmap').buffer)]"
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
    """A pad on the plain page; ``answer`` does what the kernel does when the bitmap has arrived."""

    SOURCES = str(Pad._esm), str(Pad._css)

    def __init__(self, stage_page: StagePage, **options) -> None:
        if not stage_page.page.url.startswith("http"):
            stage_page.load(*self.SOURCES)
        self.digit_pad = DigitPad(trained_network(), **options)
        self.stage = stage_page.mount(**{name: getattr(self.digit_pad.pad, name) for name in SYNCED})
        self.page, self.root = self.stage.page, self.stage.root
        self.surface = self.root.get_by_role("application")
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
        """Draw a digit with the mouse and wait until the pad has sent it."""
        for points in DIGITS[digit]:
            self.stroke(points)
        self.settle()

    def settle(self) -> None:
        """Wait for two frames, after which the pad has painted and sent what was drawn."""
        settle(self.page)

    def bitmap(self) -> np.ndarray:
        """Return the bitmap that the kernel would have."""
        cells = np.array(self.page.evaluate(BITMAP, self.stage.index), np.uint8)
        return cells.reshape(self.digit_pad.pad.size, -1)

    def picture(self) -> str:
        """Return the path that the surface shows: empty while nothing is drawn."""
        return self.surface.evaluate(SHOWN)

    def answer(self) -> int | None:
        """Let the kernel answer what has been sent; wait until the answer is shown, and return it."""
        self.digit_pad.bitmap = self.bitmap()
        pad = self.digit_pad.pad
        self.stage.update(**{name: getattr(pad, name) for name in ANSWERS})
        expect(self.root.locator(".cnnlab-pad")).to_have_attribute("data-answered", str(pad.answered))
        return self.digit_pad.answer

    def sent(self) -> int:
        """Return how many messages the pad has sent so far."""
        return len(self.stage.saved())
