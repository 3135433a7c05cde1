"""A stage as a test sees it: cells by panel and index, what is lit, the terms of the strip.

``EXPLORERS`` are of each kind, and say which of their stages is meant.
"""

from __future__ import annotations

import math

import numpy as np
from plain_page import Mounted, PlainPage
from playwright.sync_api import Locator, expect

from cnnlab import wiring
from cnnlab.lab import (
    ActivationExplorer,
    BackwardExplorer,
    ChannelsExplorer,
    ConvolutionExplorer,
    PhotoExplorer,
    PoolingExplorer,
)
from cnnlab.lab.explorers import Explorer

X = np.array([[3.0, 1, 0, 2, -1], [0, 2, 1, -2, 1], [1, 0, 2, 1, 3], [-1, 2, 0, 1, 0], [2, 1, 1, 0, 2]])[None, None]
W = np.array([[1.0, 0, -1], [2, 1, 0], [0, -1, 1]])[None, None]
DY = np.array([[1.0, -2, 0], [2, 1, -1], [0, 3, 1]])[None, None]

# Reads what the strip says: the operands of each chip, and the number they make; a closed group as one operand.
STRIP = """stage => ({
  terms: [...stage.querySelectorAll(".cnnlab-chip")].map(
    chip => [Number(chip.dataset.a ?? chip.dataset.sum), Number(chip.dataset.b ?? 1)]),
  total: stage.querySelector("[data-total]") && Number(stage.querySelector("[data-total]").dataset.total),
})"""
# Points at every cell of a panel in turn and reads the strip.
ALL_STRIPS = f"""(stage, panel) => [...stage.querySelectorAll(`[data-panel="${{panel}}"] .cnnlab-cell`)].map(cell => {{
  cell.dispatchEvent(new PointerEvent("pointermove", {{ bubbles: true }}));
  stage.querySelector('.cnnlab-more[aria-expanded="false"]')?.click();
  return [stage.dataset.selected, ({STRIP})(stage)];
}})"""
MARKED = """(stage, [panel, style]) =>
  [...stage.querySelectorAll(`[data-panel="${panel}"] .cnnlab-cell${style}`)].map(cell => cell.dataset.cell)"""
FOCUSED = """() => {
  const cell = document.activeElement;
  return `${cell.closest("[data-panel]")?.dataset.panel}:${cell.dataset.cell}`;
}"""
VALUES = """(stage, panel) => Object.fromEntries(
  [...stage.querySelectorAll(`[data-panel="${panel}"] .cnnlab-cell`)].map(
    cell => [cell.dataset.cell, [Number(cell.dataset.value), cell.textContent]]))"""


TABLE = wiring(5, 3, stride=2, padding=1)
WIRES = [
    (tuple(output), tuple(2 * output + tap), tuple(tap)) for output, tap in zip(TABLE.output, TABLE.tap, strict=True)
]


def ends_of(end: int, other: int, cell: tuple[int, int]) -> set[tuple[int, ...]]:
    """Return the other ends (plane 0) of the wires of ``forward()`` that end in a cell: 0 output, 1 input, 2 tap."""
    return {(0, *map(int, wire[other])) for wire in WIRES if wire[end] == cell}


def forward(*, stride=2, padding=1, **options) -> ConvolutionExplorer:
    """Return an explorer of one convolution without gradients."""
    return ConvolutionExplorer(X, W, stride=stride, padding=padding, **options)


def backward(*, stride=2, padding=1, **options) -> ConvolutionExplorer:
    """Return an explorer of one convolution with its backward row."""
    return ConvolutionExplorer(X, W, 2.0, stride=stride, padding=padding, dy=DY, gradients=True, **options)


def two_filters() -> ConvolutionExplorer:
    """Return an explorer with three channels and two filters."""
    x = np.stack([X[0, 0], -X[0, 0], X[0, 0].T])
    w = np.stack([np.stack([W[0, 0]] * 3), np.stack([-W[0, 0], W[0, 0].T, W[0, 0]])])
    dy = np.concatenate([DY, -DY], axis=1)
    return ConvolutionExplorer(x, w, stride=2, padding=1, dy=dy, gradients=True)


def both_ways() -> BackwardExplorer:
    """Return an explorer that scatters and gathers."""
    return BackwardExplorer(X, W, stride=2, padding=1, dy=DY)


def pooled(kernel=3, **options) -> PoolingExplorer:
    """Return an explorer of a pooling with gradients."""
    return PoolingExplorer(X, kernel, **{"stride": 2, "dy": DY, **options})


EXPLORERS = {
    "forward": (forward, 0),
    "backward": (backward, 0),
    "two filters": (two_filters, 0),
    "channels": (lambda: ChannelsExplorer(gradients=True), 0),
    "scatter": (both_ways, 0),
    "gather": (both_ways, 1),
    "max": (lambda: pooled(padding=1), 0),
    "mean": (lambda: pooled(2, op="mean", ceil_mode=True), 0),
    "ties": (lambda: pooled(padding=1, ties=True), 1),
    "activation": (lambda: ActivationExplorer(X, dy=X), 0),
    "photo": (PhotoExplorer, 0),
}


class StageView:
    """A stage in any page; ``top`` is the locator of its element, ``root`` that of its explorer's."""

    def __init__(self, top: Locator, root: Locator) -> None:
        self.page, self.top, self.root = top.page, top, root

    def panel(self, name: str) -> Locator:
        return self.top.locator(f'[data-panel="{name}"]')

    def cell(self, name: str, *place: int) -> Locator:
        """Return a cell by panel and index: (row, column) of plane 0, or (plane, row, column)."""
        place = place if len(place) == 3 else (0, *place)
        return self.panel(name).locator(f'[data-cell="{",".join(map(str, place))}"]')

    def button(self, label: str) -> Locator:
        return self.top.get_by_role("button", name=label, exact=True)

    def toggle(self, name: str) -> Locator:
        return self.button(name)

    def slider(self, label: str) -> Locator:
        """Return the range of a control of the explorer, by its label."""
        return self.root.get_by_role("slider", name=label, exact=True)

    @property
    def scrub(self) -> Locator:
        """The slider over all steps."""
        return self.top.get_by_role("slider", name="step", exact=True)

    def part(self, name: str) -> Locator:
        """Return a part of the stage by its class, ``cnnlab-…``."""
        return self.top.locator(f".cnnlab-{name}")

    def point(self, name: str, *place: int) -> None:
        """Move the mouse over a cell and wait until it is selected."""
        self.cell(name, *place).hover()
        self.expect_selected(name, *place)

    def expect_selected(self, name: str, *place: int) -> None:
        place = place if len(place) == 3 else (0, *place)
        expect(self.top).to_have_attribute("data-selected", f"{name}:{','.join(map(str, place))}")

    def expect_held(self, held: bool) -> None:
        expect(self.top).to_have_attribute("data-held", str(held).lower())

    def marked(self, name: str, style: str) -> set[tuple[int, ...]]:
        """Return the cells (plane, row, column) of a panel that have a class ``cnnlab-…``."""
        return self._cells(name, f".cnnlab-{style}")

    def with_mark(self, name: str, mark: str) -> set[tuple[int, ...]]:
        """Return the cells of a panel that the scene has marked, such as a winner."""
        return self._cells(name, f"[data-mark={mark}]")

    def _cells(self, name: str, selector: str) -> set[tuple[int, ...]]:
        found = self.top.evaluate(MARKED, [name, selector])
        return {tuple(map(int, cell.split(","))) for cell in found}

    def values(self, name: str) -> dict[tuple[int, ...], tuple[float, str]]:
        """Return the number and the text of each cell of a panel."""
        found = self.top.evaluate(VALUES, name)
        return {tuple(map(int, cell.split(","))): tuple(pair) for cell, pair in found.items()}

    def array(self, name: str) -> np.ndarray:
        """Return the numbers of a panel, (planes, height, width)."""
        values = self.values(name)
        array = np.empty(np.max(list(values), axis=0) + 1)
        for cell, (value, _) in values.items():
            array[cell] = value
        return array

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
        return self.top.get_by_role("textbox")

    def strip(self) -> dict:
        """Return the operands of the chips, and the number in the cell."""
        return self.top.evaluate(STRIP)

    def all_strips(self, name: str) -> list:
        """Point at each cell of a panel; return what was selected, with its strip."""
        return self.top.evaluate(ALL_STRIPS, name)


class View(StageView):
    """A stage of an explorer on the plain page."""

    def __init__(self, plain_page: PlainPage, explorer: Explorer, stage: int = 0) -> None:
        self.mounted: Mounted = plain_page.mount(explorer)
        self.explorer, self.number = explorer, stage
        root = self.mounted.root.locator(".cnnlab-explorer")
        super().__init__(root.locator(".cnnlab-stage").nth(stage), root)

    @classmethod
    def of(cls, plain_page: PlainPage, name: str) -> View:
        """Show one of the ``EXPLORERS``."""
        make, stage = EXPLORERS[name]
        return cls(plain_page, make(), stage)

    @property
    def scene(self) -> dict:
        """The scene that Python has sent."""
        return self.explorer._scenes[self.number]

    def sent_values(self, name: str) -> np.ndarray:
        """Return the numbers of a panel as Python has sent them."""
        return next(panel["values"] for panel in self.scene["panels"] if panel["name"] == name)

    def edits(self) -> list[tuple]:
        """Return the edits that have not been answered, as (panel, plane, row, column, value)."""
        events = [event["edit"] for event in self.mounted.asked() if "edit" in event]
        return [(edit["panel"], *edit["cell"], edit["value"]) for edit in events]


def sum_of(strip: dict) -> float:
    """Add up the chips' products."""
    return math.fsum(a * b for a, b in strip["terms"])
