"""Maps of so many cells that they are pictures, in a browser."""

from __future__ import annotations

import numpy as np

from cnnlab import Conv2D, Dense, Flatten, ReLU, Sequential
from cnnlab.lab import NetworkExplorer


def test_a_cell_of_a_map_that_is_a_picture_can_be_pointed_at_and_opened(plain_page):
    rng = np.random.default_rng(0)
    model = Sequential(Conv2D(1, 32, 3, padding=1, rng=rng), ReLU(), Flatten(), Dense(32 * 784, 10, rng=rng))
    shown = plain_page.mount(NetworkExplorer(model, rng.random((2, 1, 28, 28))))
    canvas = shown.root.locator('[data-panel="h2"] canvas').nth(5)
    box = canvas.bounding_box()
    canvas.click(position={"x": (11.5 / 28) * box["width"], "y": (3.5 / 28) * box["height"]})
    shown.answered()
    assert shown.explorer.unit == (2, [5, 3, 11])
    frame = shown.root.locator('[data-panel="h2"] .cnnlab-frame.cnnlab-selected').bounding_box()
    assert abs(frame["x"] + frame["width"] / 2 - (box["x"] + 11.5 / 28 * box["width"])) < 2
