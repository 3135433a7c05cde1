"""The stage as a test sees it: cells by panel and index, what is lit, the terms of the strip.

``SCENES`` are those that the explorers show first, of each kind.
"""

from __future__ import annotations

import math

import numpy as np
from playwright.sync_api import Locator, expect
from stage_page import Stage, StagePage

from cnnlab import wiring
from cnnlab.scenes import convolution_scene, gather_scene, pooling_scene, scatter_scene, tie_scene
from cnnlab.widgets import PhotoExplorer
from cnnlab.widgets.stage import pack

X = np.array([[3.0, 1, 0, 2, -1], [0, 2, 1, -2, 1], [1, 0, 2, 1, 3], [-1, 2, 0, 1, 0], [2, 1, 1, 0, 2]])[None, None]
W = np.array([[1.0, 0, -1], [2, 1, 0], [0, -1, 1]])[None, None]
DY = np.array([[1.0, -2, 0], [2, 1, -1], [0, 3, 1]])[None, None]
NO_EDITS = {"serial": 0, "cells": []}

# Reads what the strip says: the operands of each chip, and the number they make.
STRIP = """root => ({
  terms: [...root.querySelectorAll(".cnnlab-chip")].map(chip => [Number(chip.dataset.a), Number(chip.dataset.b)]),
  total: root.querySelector(".cnnlab-total") && Number(root.querySelector(".cnnlab-total").dataset.total),
})"""
# Points at every cell of a panel in turn and reads the strip.
ALL_STRIPS = f"""(root, panel) => [...root.querySelectorAll(`[data-panel="${{panel}}"] .cnnlab-cell`)].map(cell => {{
  cell.dispatchEvent(new PointerEvent("pointermove", {{ bubbles: true }}));
  return [root.querySelector(".cnnlab-stage").dataset.selected, ({STRIP})(root)];
}})"""
MARKED = """(root, [panel, style]) =>
  [...root.querySelectorAll(`[data-panel="${panel}"] .cnnlab-cell${style}`)].map(cell => cell.dataset.cell)"""
FOCUSED = """() => {
  const cell = document.activeElement;
  return `${cell.closest("[data-panel]")?.dataset.panel}:${cell.dataset.cell}`;
}"""
VALUES = """(root, panel) => Object.fromEntries(
  [...root.querySelectorAll(`[data-panel="${panel}"] .cnnlab-cell`)].map(
    cell => [cell.dataset.cell, [Number(cell.dataset.value), cell.textContent]]))"""


TABLE = wiring(5, 3, stride=2, padding=1)
WIRES = [
    (tuple(output), tuple(2 * output + tap), tuple(tap)) for output, tap in zip(TABLE.output, TABLE.tap, strict=True)
]


def ends_of(end: int, other: int, cell: tuple[int, int]) -> set[tuple[int, ...]]:
    """Return the other ends (plane 0) of the wires of ``forward()`` that end in a cell: 0 output, 1 input, 2 tap."""
    return {(0, *map(int, wire[other])) for wire in WIRES if wire[end] == cell}


def forward(*, stride=2, padding=1, **options) -> dict:
    """Return the scene of one convolution without gradients."""
    return convolution_scene(X, W, stride=stride, padding=padding, **options)


def backward(*, stride=2, padding=1, x=X, **options) -> dict:
    """Return the scene of one convolution with its backward row."""
    return convolution_scene(x, W, np.array([2.0]), stride=stride, padding=padding, dy=DY, **options)


def two_filters() -> dict:
    """Return a scene with three channels and two filters."""
    x = np.stack([X[0, 0], -X[0, 0], X[0, 0].T])[None]
    w = np.stack([np.stack([W[0, 0]] * 3), np.stack([-W[0, 0], W[0, 0].T, W[0, 0]])])
    return convolution_scene(x, w, stride=2, padding=1, dy=np.concatenate([DY, -DY], axis=1))


SCENES = {
    "forward": forward,
    "backward": backward,
    "two filters": two_filters,
    "scatter": lambda: scatter_scene(X, W, DY, stride=2, padding=1),
    "gather": lambda: gather_scene(X, W, DY, stride=2, padding=1),
    "max": lambda: pooling_scene(X, 3, stride=2, padding=1, dy=DY),
    "mean": lambda: pooling_scene(X, 2, op="mean", stride=2, ceil_mode=True, dy=DY),
    "ties": lambda: tie_scene(X, 3, DY, stride=2, padding=1),
    "photo": lambda: PhotoExplorer().make_scenes()[0],
}


class StageView:
    """A stage in any page; ``root`` is the locator of the element around it."""

    def __init__(self, root: Locator) -> None:
        self.page, self.root = root.page, root
        self.top = root.locator(".cnnlab-stage")

    def panel(self, name: str) -> Locator:
        return self.root.locator(f'[data-panel="{name}"]')

    def cell(self, name: str, *place: int) -> Locator:
        """Return a cell by panel and index: (row, column) of plane 0, or (plane, row, column)."""
        place = place if len(place) == 3 else (0, *place)
        return self.panel(name).locator(f'[data-cell="{",".join(map(str, place))}"]')

    def button(self, label: str) -> Locator:
        return self.root.get_by_role("button", name=label, exact=True)

    def toggle(self, name: str) -> Locator:
        return self.root.locator(f'[data-toggle="{name}"]')

    def point(self, name: str, *place: int) -> None:
        """Move the mouse over a cell and wait until it is selected."""
        self.cell(name, *place).hover()
        self.expect_selected(name, *place)

    def expect_selected(self, name: str, *place: int) -> None:
        place = place if len(place) == 3 else (0, *place)
        expect(self.top).to_have_attribute("data-selected", f"{name}:{','.join(map(str, place))}")

    def marked(self, name: str, style: str) -> set[tuple[int, ...]]:
        """Return the cells (plane, row, column) of a panel that have a class ``cnnlab-…``."""
        return self._cells(name, f".cnnlab-{style}")

    def with_mark(self, name: str, mark: str) -> set[tuple[int, ...]]:
        """Return the cells of a panel that the scene has marked, such as a winner."""
        return self._cells(name, f"[data-mark={mark}]")

    def _cells(self, name: str, selector: str) -> set[tuple[int, ...]]:
        found = self.root.evaluate(MARKED, [name, selector])
        return {tuple(map(int, cell.split(","))) for cell in found}

    def values(self, name: str) -> dict[tuple[int, ...], tuple[float, str]]:
        """Return the number and the text of each cell of a panel."""
        found = self.root.evaluate(VALUES, name)
        return {tuple(map(int, cell.split(","))): tuple(pair) for cell, pair in found.items()}

    def press(self, *keys: str) -> None:
        """Press one key after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def focused(self) -> str:
        """Return the panel and the cell that have the focus."""
        return self.page.evaluate(FOCUSED)

    @property
    def new_value(self) -> Locator:
        """The field in which a cell's new value is typed."""
        return self.root.get_by_role("textbox")

    def strip(self) -> dict:
        """Return the operands of the chips, and the number in the cell."""
        return self.root.evaluate(STRIP)

    def all_strips(self, name: str) -> list:
        """Point at each cell of a panel; return what was selected, with its strip."""
        return self.root.evaluate(ALL_STRIPS, name)


class View(StageView):
    """A stage on the plain page that shows a scene."""

    def __init__(self, stage_page: StagePage, scene: dict) -> None:
        self.stage: Stage = stage_page.mount(scene={**pack(scene), "serial": 0}, edits=NO_EDITS)
        super().__init__(self.stage.root)

    def show(self, scene: dict, serial: int = 0) -> None:
        """Show a new scene, as the kernel would send it."""
        self.stage.update(scene={**pack(scene), "serial": serial})

    def edits(self) -> list[list[tuple]]:
        """Return the edits sent so far: for each message its cells as (panel, plane, row, column, value)."""
        sent = [message["edits"]["cells"] for message in self.stage.saved() if "edits" in message]
        return [[(cell["panel"], *cell["cell"], cell["value"]) for cell in cells] for cells in sent]


def sum_of(strip: dict) -> float:
    """Add up the chips' products."""
    return math.fsum(a * b for a, b in strip["terms"])
