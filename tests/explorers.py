"""One of each explorer, what a learner may do to it, and what it then shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from cnnlab import load_digits, trained_network
from cnnlab.widgets import (
    ActivationExplorer,
    BackwardExplorer,
    BugExplorer,
    ChainExplorer,
    ChannelsExplorer,
    ConvolutionExplorer,
    DigitPad,
    NetworkExplorer,
    OutputSizeExplorer,
    PhotoExplorer,
    PoolingExplorer,
    Predict,
)

X = np.arange(25).reshape(5, 5) % 5
W = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
MAKES = {
    "convolution": lambda: ConvolutionExplorer(X, W, 1.0, padding=1, stride=2, gradients=True),
    "backward": lambda: BackwardExplorer(X, W, stride=2),
    "channels": lambda: ChannelsExplorer(gradients=True),
    "max pooling": lambda: PoolingExplorer(X, 2, padding=1, ties=True, ceil_mode=True),
    "mean pooling": lambda: PoolingExplorer(X, 3, op="mean", stride=2, padding=1),
    "activation": lambda: ActivationExplorer(X - 2),
    "photo": PhotoExplorer,
    "sizes": OutputSizeExplorer,
    "bugs": BugExplorer,
    "chain": lambda: ChainExplorer(np.arange(36).reshape(6, 6) % 5, arrow=4),
    "network": lambda: NetworkExplorer(trained_network(), load_digits().x_test, load_digits().y_test),
    "pad": lambda: DigitPad(trained_network()),
    "question": lambda: Predict.output_size(200, 5, stride=2, padding=1),
    "choice": lambda: Predict("Which?", "b", choices=["a", "b"], mistakes={"a": "no"}, because="yes"),
}


def ask(explorer, **event) -> None:
    """Let a front end ask for one thing."""
    serial = explorer.shown["serial"] + 1
    explorer.set_state({"asked": {"events": [{"serial": serial, **event}]}})


def unpacked(value: Any) -> Any:
    """Return what an explorer shows with its arrays as arrays, in the shapes that their scenes say."""
    if isinstance(value, list):
        return [unpacked(each) for each in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"dtype", "data"}:
        return np.frombuffer(value["data"], f"<{value['dtype']}").astype(np.float64)
    return {name: unpacked(each) for name, each in value.items()}


def values_of(control: dict) -> Iterator[Any]:
    """Yield what a control can be set to: the ends of a slider, all that can be chosen, on and off."""
    kind = control["kind"]
    if kind == "slider":
        yield from {control["low"], control["high"], min(control["value"] + 1, control["high"])}
    elif kind in ("select", "tabs", "radio"):
        yield from (value for value, _ in control["options"])
    elif kind == "switch":
        yield from (True, False)
    elif kind == "text":
        yield from ("7", "99", "word")
    elif kind == "pad":
        stroke = np.zeros((control["high"],) * 2, np.uint8)
        stroke[4:28, 15:18] = 1
        yield stroke.tobytes()


def controls_of(explorer) -> list[dict]:
    return [control for part in explorer.shown["parts"] for control in part.get("controls", [])]


def states(explorer) -> Iterator[str]:
    """Bring an explorer into one state after the other, each told in words; it begins anew before each."""
    yield "as made"
    for control in controls_of(explorer):
        if control["kind"] == "button":
            ask(explorer, press=control["name"])
            yield f"{control['name']} pressed"
        for value in values_of(control):
            ask(explorer, press="reset")
            ask(explorer, set={control["name"]: value})
            yield f"{control['name']} = {value!r:.20}"
        ask(explorer, press="reset")
    for stage, scene in enumerate(explorer._scenes):
        for panel in scene["panels"] if scene.get("pick") else []:
            last = [length - 1 for length in panel["values"].shape]
            ask(explorer, pick={"stage": stage, "panel": panel["name"], "cell": last})
            yield f"{panel['name']} picked at {last}"


def edits(explorer) -> Iterator[str]:
    """Type a number into the first cell of each panel that takes one, each told in words."""
    for stage, scene in enumerate(explorer._scenes):
        for panel in scene["panels"]:
            if panel.get("editable"):
                ask(explorer, edit={"stage": stage, "panel": panel["name"], "cell": [0, 0, 0], "value": -2.5})
                yield f"{panel['name']} edited"
