"""What the tests of the explorers share: one of each, their numbers, and the learner's hand on them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from cnnlab import conv2d, conv2d_backward, load_digits, output_size, trained_network
from cnnlab.widgets import (
    ActivationExplorer,
    BackwardExplorer,
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
from cnnlab.widgets.windows import KERNELS, PADDINGS, SIZES, STRIDES

X = np.array([[3.0, 1, 0, 2, -1], [0, 2, 1, -2, 1], [1, 0, 2, 1, 3], [-1, 2, 0, 1, 0], [2, 1, 1, 0, 2]])
W = np.array([[1.0, 0, -1], [2, 1, 0], [0, -1, 1]])
DIGITS = load_digits()
RANGES = {"size": SIZES, "kernel": KERNELS, "padding": PADDINGS, "stride": STRIDES}

MAKERS = {
    "ConvolutionExplorer": lambda: ConvolutionExplorer(X, W),
    "ConvolutionExplorer with gradients": lambda: explore(),
    "ConvolutionExplorer with channels": lambda: ConvolutionExplorer(
        np.stack([X, -X]), np.stack([[W, W]] * 4), np.arange(4.0), gradients=True
    ),
    "ConvolutionExplorer with groups": lambda: ConvolutionExplorer(
        np.stack([X, -X]), np.stack([[W], [W]]), groups=2, dilation=2, padding=1, gradients=True
    ),
    "BackwardExplorer": lambda: BackwardExplorer(X, W, stride=2),
    "ChannelsExplorer": lambda: ChannelsExplorer(gradients=True),
    "PoolingExplorer": lambda: PoolingExplorer(np.stack([X, -X]), 3, stride=2, ties=True),
    "PoolingExplorer of means": lambda: PoolingExplorer(X, 2, op="mean", padding=1, ceil_mode=True),
    "ActivationExplorer": lambda: ActivationExplorer(X - 1, "leaky_relu"),
    "PhotoExplorer": lambda: PhotoExplorer(X / 4 + 1, "blur", padding=1),
    "OutputSizeExplorer": lambda: OutputSizeExplorer(),
    "ChainExplorer": lambda: ChainExplorer(np.arange(36).reshape(6, 6) % 5, arrow=4),
    "NetworkExplorer": lambda: NetworkExplorer(trained_network(), DIGITS.x_test, DIGITS.y_test),
    "DigitPad": lambda: DigitPad(trained_network()),
    "Predict": lambda: Predict.output_size(200, 5, stride=2, padding=1),
    "Predict with choices": lambda: Predict("Which?", "odd", choices=["even", "odd"], mistakes={"even": "No."}),
}
every_explorer = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def explore(**options) -> ConvolutionExplorer:
    """Return an explorer with a bias and a backward row."""
    return ConvolutionExplorer(X, W, 2.0, **{"gradients": True, "padding": 1, **options})


# --- the learner's hand ---------------------------------------------------------------------------------------------


def ask(explorer, *events) -> None:
    """Ask for events in one request, as a front end does, and see that they are answered."""
    first = explorer.shown["serial"] + 1
    numbered = [{"serial": serial, **event} for serial, event in enumerate(events, start=first)]
    explorer.set_state({"asked": {"events": numbered}})
    assert explorer.shown["serial"] == first + len(events) - 1


def move(explorer, **settings) -> None:
    """Move one control after the other."""
    for name, value in settings.items():
        ask(explorer, {"set": {name: value}})
        assert getattr(explorer, name) == value


def choose(explorer, **settings) -> None:
    """Move the sliders to settings that fit, over a way on which every step does: from the largest input down."""
    largest = controls_of(explorer)["size"]["high"]
    steps = [("size", largest), ("padding", 0), *((name, settings[name]) for name in ("kernel", "padding", "size"))]
    for name, value in [*steps, ("stride", settings["stride"])]:
        move(explorer, **{name: value})


def type_in(explorer, *cells, stage=0) -> None:
    """Type into cells, all in one request: each a panel, (plane, row, column) without padding, and a number."""
    edits = [
        {"stage": stage, "panel": panel, "cell": list(map(int, cell)), "value": value} for panel, cell, value in cells
    ]
    ask(explorer, *({"edit": edit} for edit in edits))


def press(explorer, name) -> None:
    """Press a button."""
    ask(explorer, {"press": name})


def pick(explorer, panel, *cell, stage=0) -> None:
    """Click a cell."""
    ask(explorer, {"pick": {"stage": stage, "panel": panel, "cell": list(map(int, cell))}})


# --- what is shown --------------------------------------------------------------------------------------------------


def panels(explorer, stage=0) -> dict[str, np.ndarray]:
    """Return the numbers that a stage shows, by panel."""
    return {panel["name"]: panel["values"] for panel in explorer._scenes[stage]["panels"]}


def controls_of(explorer) -> dict[str, dict]:
    """Return the controls that are shown, by name."""
    return {control["name"]: control for part in explorer.shown["parts"] for control in part.get("controls", [])}


def words_of(explorer, kind="head") -> str:
    """Return the lines that the parts of a kind show."""
    lines = [line for part in explorer.shown["parts"] if part["kind"] == kind for line in part["lines"]]
    return "\n".join("".join(text for _, text in line) for line in lines)


def state_of(explorer) -> tuple:
    """Return all that an event could change, to compare; but for the serial."""
    shown = {**explorer.shown, "serial": 0}
    arrays = {name: array.tobytes() for name, array in explorer.arrays.items()}
    return repr(shown), arrays, repr(explorer.settings), len(explorer._past)


def arrays_of(explorer) -> dict[str, np.ndarray]:
    """Return copies of x, w, b and dy."""
    return {name: np.copy(getattr(explorer, name)) for name in ("x", "w", "b", "dy")}


def updates_of(explorer) -> list[dict]:
    """Return a list to which everything that is shown from now on is appended."""
    seen = []
    explorer.observe(lambda change: seen.append(change["new"]), names="shown")
    return seen


def check_agreement(explorer: ConvolutionExplorer) -> None:
    """Compare what the explorer shows with the public functions for its settings."""
    s = explorer.now()
    out = output_size(s.size, s.kernel, stride=s.stride, padding=s.padding)
    geometry = {"stride": s.stride, "padding": s.padding}
    y = conv2d(explorer.x, explorer.w, explorer.b, **geometry)
    shown = panels(explorer)
    assert shown["y"].shape == (1, out, out)
    assert_array_equal(shown["y"], y[0])
    assert words_of(explorer).splitlines()[0].endswith(f" = {out}")
    dx, dw, db = conv2d_backward(explorer.dy, explorer.x, explorer.w, **geometry)
    assert_array_equal(shown["dx"][:, s.padding : s.padding + s.size, s.padding : s.padding + s.size], dx[0])
    assert_array_equal(shown["dw"], dw[0])
    assert_array_equal(shown["db"].ravel(), db)
