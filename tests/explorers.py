"""One of each explorer, and what leads through the states that a learner can bring it into."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from explorer_steps import ask, controls_of, pick, press, type_in

from cnnlab import load_mnist, trained_network
from cnnlab.course import BugExplorer
from cnnlab.lab import (
    ActivationExplorer,
    BackwardExplorer,
    ChainExplorer,
    ChannelsExplorer,
    ConvolutionExplorer,
    CurveExplorer,
    DigitPad,
    NetworkExplorer,
    OutputSizeExplorer,
    PhotoExplorer,
    PoolingExplorer,
    Predict,
    SoftmaxExplorer,
)
from cnnlab.lab.explorers.front import as_message

X = np.array([[3.0, 1, 0, 2, -1], [0, 2, 1, -2, 1], [1, 0, 2, 1, 3], [-1, 2, 0, 1, 0], [2, 1, 1, 0, 2]])
W = np.array([[1.0, 0, -1], [2, 1, 0], [0, -1, 1]])
DIGITS = load_mnist()

# Windows of 4 by strides of 2 overlap; in a padded input of 7 the last one hangs over.
POOLS = {"kernel": 4, "stride": 2, "padding": 1, "ceil_mode": True}
MAKERS = {
    "ConvolutionExplorer": lambda: ConvolutionExplorer(X, W),
    "ConvolutionExplorer with gradients": lambda: explore(stride=2),
    "ConvolutionExplorer with channels": lambda: ConvolutionExplorer(
        np.stack([X, -X]), np.stack([[W, W]] * 4), np.arange(4.0), gradients=True
    ),
    "ConvolutionExplorer with groups": lambda: ConvolutionExplorer(
        np.stack([X, -X]), np.stack([[W], [W]]), groups=2, dilation=2, padding=1, gradients=True
    ),
    "BackwardExplorer": lambda: BackwardExplorer(X, W, stride=2),
    "ChannelsExplorer": lambda: ChannelsExplorer(gradients=True),
    "PoolingExplorer": lambda: PoolingExplorer(np.stack([X, -X]), ties=True, **POOLS),
    "PoolingExplorer of means": lambda: PoolingExplorer(X, op="mean", **POOLS),
    "ActivationExplorer": lambda: ActivationExplorer(X - 1, "leaky_relu"),
    "CurveExplorer": CurveExplorer,
    "CurveExplorer of a chain": lambda: CurveExplorer({"a = z²": np.square, "L = 2a": lambda a: 2 * a}, z=3),
    "SoftmaxExplorer": SoftmaxExplorer,
    "PhotoExplorer": PhotoExplorer,
    "PhotoExplorer of a few cells": lambda: PhotoExplorer(X / 4 + 1, "blur", padding=1),
    "OutputSizeExplorer": OutputSizeExplorer,
    "BugExplorer": BugExplorer,
    "ChainExplorer": lambda: ChainExplorer(np.arange(36).reshape(6, 6) % 5, arrow=4),
    "NetworkExplorer": lambda: NetworkExplorer(trained_network(), DIGITS.x_test, DIGITS.y_test),
    "DigitPad": lambda: DigitPad(trained_network()),
    "Predict": lambda: Predict.output_size(200, 5, stride=2, padding=1),
    "Predict with choices": lambda: Predict(
        "Which?", "odd", choices=["even", "odd"], mistakes={"even": "No."}, because="It is."
    ),
}
WITHOUT_PICTURE = ("BugExplorer", "Predict", "Predict with choices")  # their still is a table, or text
every_explorer = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def explore(**options) -> ConvolutionExplorer:
    """Return an explorer with a bias and a backward row."""
    return ConvolutionExplorer(X, W, 2.0, **{"gradients": True, "padding": 1, **options})


# --- from state to state --------------------------------------------------------------------------------------------


def values_of(control: dict) -> list:
    """Return every value that a learner can give a control; of a text and of a drawing, some."""
    if "options" in control:
        return [value for value, _ in control["options"]]
    if control["kind"] == "slider":
        return list(range(control["low"], control["high"] + 1))
    if control["kind"] == "pad":
        drawings = np.zeros((3, control["high"], control["high"]), np.uint8)
        drawings[1] = 1
        drawings[2, 4:28, 15:18] = 1
        return [drawing.tobytes() for drawing in drawings]
    return {"switch": [True, False], "text": ["7", "99", "word"], "file": [bytes(200 * 200)]}[control["kind"]]


def some_values_of(control: dict) -> list:
    """Return the values of a control; of a slider its ends, and the one that comes next."""
    values = values_of(control)
    if control["kind"] == "slider":
        return sorted({values[0], values[-1], min(control["value"] + 1, values[-1])})
    return values


def states(explorer) -> Iterator[str]:
    """Bring an explorer into one state after the other, each told in words; it begins anew before each."""
    yield "as made"
    for name, control in controls_of(explorer).items():
        if control["kind"] == "button":
            press(explorer, name)
            yield f"{name} pressed"
        else:
            for value in some_values_of(control):
                press(explorer, "reset")
                ask(explorer, {"set": {name: value}})
                yield f"{name} = {value!r:.20}"
        press(explorer, "reset")
    for stage, scene in enumerate(explorer._scenes):
        for panel in scene["panels"] if scene.get("pick") else []:
            last = [length - 1 for length in panel["values"].shape]
            pick(explorer, panel["name"], *last, stage=stage)
            yield f"{panel['name']} picked at {last}"


def edits(explorer) -> Iterator[str]:
    """Type a number into the first cell of each panel that takes one, each told in words."""
    for stage, scene in enumerate(explorer._scenes):
        for panel in scene["panels"]:
            if panel.get("editable"):
                type_in(explorer, (panel["name"], (0, 0, 0), -2.5), stage=stage)
                yield f"{panel['name']} edited"


def packed_array(array: np.ndarray) -> dict:
    """Return an array as it travels."""
    sent = as_message({"array": array})
    return {**json.loads(sent["text"])["array"], "data": sent["buffers"][0]}


def unpacked(value: Any) -> Any:
    """Return what an explorer shows with its arrays flat, as they travel: their shapes stand beside them."""
    if isinstance(value, list):
        return [unpacked(each) for each in value]
    if isinstance(value, np.ndarray):
        return value.astype(np.float64).ravel()
    if not isinstance(value, dict):
        return value
    return {name: unpacked(each) for name, each in value.items()}
