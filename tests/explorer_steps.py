"""What the tests of the explorers share: an explorer, its numbers, and the learner's hand on it."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_array_equal

from cnnlab import conv2d, conv2d_backward, output_size
from cnnlab.widgets import ConvolutionExplorer

X = np.array([[3.0, 1, 0, 2, -1], [0, 2, 1, -2, 1], [1, 0, 2, 1, 3], [-1, 2, 0, 1, 0], [2, 1, 1, 0, 2]])
W = np.array([[1.0, 0, -1], [2, 1, 0], [0, -1, 1]])


def explore(**options) -> ConvolutionExplorer:
    """Return an explorer with a bias and a backward row."""
    return ConvolutionExplorer(X, W, 2.0, **{"gradients": True, "padding": 1, **options})


def panels(explorer, stage=0) -> dict[str, np.ndarray]:
    """Return the numbers that a stage shows, by panel."""
    return {panel["name"]: panel["values"] for panel in explorer.stages[stage].scene["panels"]}


def type_in(explorer, *cells, stage=0) -> None:
    """Edit cells as the stage does: each a panel, (plane, row, column) without padding, and a number."""
    target = explorer.stages[stage]
    edits = [{"panel": panel, "cell": list(cell), "value": value} for panel, cell, value in cells]
    target.edits = {"serial": target.edits["serial"] + 1, "cells": edits}


def arrays_of(explorer) -> dict[str, np.ndarray]:
    """Return copies of x, w, b and dy."""
    return {name: np.copy(getattr(explorer, name)) for name in ("x", "w", "b", "dy")}


def choose(explorer, **settings) -> None:
    """Move the sliders to settings that fit, over a way on which every step does: from the largest input down."""
    explorer.sliders["size"].value = explorer.ranges["size"][1]
    explorer.sliders["padding"].value = 0
    for name in ("kernel", "padding", "size", "stride"):
        explorer.sliders[name].value = settings[name]


def check_agreement(explorer: ConvolutionExplorer) -> None:
    """Compare what the explorer shows with the public functions for its settings."""
    settings = explorer.settings
    out = output_size(**settings)
    geometry = {"stride": settings["stride"], "padding": settings["padding"]}
    y = conv2d(explorer.x, explorer.w, explorer.b, **geometry)
    shown = panels(explorer)
    assert shown["y"].shape == (1, out, out)
    assert_array_equal(shown["y"], y[0])
    assert f"<mn>{out}</mn></math>" in explorer.formula.value
    assert explorer.stages[0].scene["serial"] == explorer.stages[0].edits["serial"]
    ring = settings["padding"]
    dx, dw, db = conv2d_backward(explorer.dy, explorer.x, explorer.w, **geometry)
    assert_array_equal(shown["dx"][:, ring : ring + settings["size"], ring : ring + settings["size"]], dx[0])
    assert_array_equal(shown["dw"], dw[0])
    assert_array_equal(shown["db"].ravel(), db)
