"""What is written and said of a cell, word for word, on numbers small enough to check by hand."""

from __future__ import annotations

import numpy as np
import pytest

from cnnlab.lab.scenes import (
    activation_scene,
    channels_scene,
    convolution_scene,
    gather_scene,
    pooling_scene,
    scatter_scene,
)
from cnnlab.lab.scenes.reading import name_of, sentence_of, strip_of

X = np.array([[[[1.0, -2.0, 0.0], [3.0, 1.0, 2.0], [0.0, 1.0, -1.0]]]])
W, B = np.array([[[[1.0, -1.0], [2.0, 0.0]]]]), np.array([0.5])
DY = np.array([[[[1.0, -1.0], [2.0, 3.0]]]])
TWICE = {"x": np.concatenate([X, X], axis=1), "w": np.concatenate([W, W], axis=1)}
TIMES = "each time multiplied by the"
WRITTEN = [
    (
        lambda: convolution_scene(X, W, B, stride=2, padding=1),
        ("x", 0, 2, 2),
        "x[1, 1] takes part in 1·1 → y[1, 1]",
        "Input cell (1, 1) is read by 1 output.",
    ),
    (
        lambda: convolution_scene(X, W, stride=3),
        ("x", 0, 2, 1),
        "x[2, 1] takes part in no sum",
        "Input cell (2, 1) is read by no output: every window passes it by.",
    ),
    (
        lambda: convolution_scene(X, W, B, stride=2, padding=1),
        ("y", 0, 0, 1),
        "y[0, 1] = 0·1 + 0·(−1) + −2·2 + 0·0 + 0.5 = −3.5",
        "Inner product of the kernel and the 2×2 window at rows −1 to 0, columns 1 to 2; 2 of its 4 cells are padding.",
    ),
    (
        lambda: convolution_scene(X, W, turned=True),
        ("y", 0, 1, 1),
        "y[1, 1] = 1·0 + 2·2 + 1·(−1) + −1·1 = 2",
        "Inner product of the kernel turned by 180° and the 2×2 window at rows 1 to 2, columns 1 to 2.",
    ),
    (
        lambda: channels_scene(**TWICE),
        ("y", 0, 1, 1),
        "y[1, 1] = 1·1 + 2·(−1) + 1·2 + −1·0 + 1·1 + 2·(−1) + 1·2 + −1·0 = 2",
        "Inner product of the kernel and the 2×2 window at rows 1 to 2, columns 1 to 2 over 2 channels.",
    ),
    (
        lambda: channels_scene(**TWICE),
        ("parts", 1, 1, 1),
        "parts[0, 1, 1, 1] = 1·1 + 2·(−1) + 1·2 + −1·0 = 1",
        "One channel’s part of output cell (1, 1): its window times its slice of the kernel. The parts of all channels "
        "add up.",
    ),
    (
        lambda: convolution_scene(X, W, B, dy=DY),
        ("x", 0, 1, 1),
        "∂L/∂x[1, 1] = 1·0 + −1·2 + 2·(−1) + 3·1 = −1",
        "Input cell (1, 1) was used by 4 outputs: its gradient adds up each one’s ∂L/∂y times the weight that joined "
        "them.",
    ),
    (
        lambda: convolution_scene(X, W, B, dy=DY),
        ("w", 0, 1, 0),
        "∂L/∂w[1, 0] = 3·1 + 1·(−1) + 0·2 + 1·3 = 5",
        "Kernel tap (1, 0) was used for 4 outputs; its gradient adds up each input it met times that output’s ∂L/∂y.",
    ),
    (
        lambda: convolution_scene(X, W, B, dy=DY),
        ("b", 0, 0, 0),
        "∂L/∂b[0] = 1 + −1 + 2 + 3 = 5",
        "The bias was added to 4 outputs, so its gradient is the sum of their ∂L/∂y.",
    ),
    (
        lambda: convolution_scene(X[..., :2, :2], W, padding=1, stride=2, dy=DY),
        ("dx", 0, 0, 0),
        "∂L/∂x[−1, −1] = 1·1 = 1",
        "Padding cell (−1, −1) was used by 1 output: its gradient is that output’s ∂L/∂y times the weight that joined "
        "them. It is cropped.",
    ),
    (
        lambda: scatter_scene(X, W, DY),
        ("w", 0, 0, 1),
        "w[0, 1] takes part in 1·(−1) → ∂L/∂x[0, 1] −1·(−1) → ∂L/∂x[0, 2] 2·(−1) → ∂L/∂x[1, 1] 3·(−1) → ∂L/∂x[1, 2]",
        "Kernel tap (0, 1) is used 4 times, once for every output: this is weight sharing.",
    ),
    (
        lambda: gather_scene(X, W, DY),
        ("y", 0, 1, 1),
        "∂L/∂x[1, 1] = 1·0 + −1·2 + 2·(−1) + 3·1 = −1",
        "Inner product of the turned w and the 2×2 window at rows 0 to 1, columns 0 to 1.",
    ),
    (
        lambda: pooling_scene(X, 2, stride=1),
        ("x", 0, 1, 0),
        "x[1, 0] takes part in 3 wins → y[0, 0] 3 wins → y[1, 0]",
        "Input cell (1, 0) is read by 2 outputs.",
    ),
    (
        lambda: pooling_scene(X, 2, ceil_mode=True),
        ("y", 0, 0, 1),
        "y[0, 1] = max(0, −∞, 2, −∞) = 2",
        "Output cell (0, 1) is the largest value of the 2×2 window at rows 0 to 1, columns 2 to 3; 2 of its 4 cells "
        "hang over the edge and are nothing.",
    ),
    (
        lambda: pooling_scene(X, 2, op="mean", padding=1, count_include_pad=False),
        ("y", 0, 1, 0),
        "y[1, 0] = (3 + 0) / 2 = 1.5",
        "Output cell (1, 0) is the mean of the 2×2 window at rows 1 to 2, columns −1 to 0; 2 of its 4 cells are "
        "padding.",
    ),
    (
        lambda: pooling_scene(X, 2, op="mean", padding=1, count_include_pad=False),
        ("x", 0, 0, 1),
        "x[−1, 0] takes part in 0 does not count → y[0, 0]",
        "Padding cell (−1, 0) is read by 1 output.",
    ),
    (
        lambda: pooling_scene(X, 2, stride=1, dy=DY),
        ("dy", 0, 1, 0),
        "∂L/∂y[1, 0] sends 2·1 → ∂L/∂x[1, 0] 2·0 → ∂L/∂x[1, 1] 2·0 → ∂L/∂x[2, 0] 2·0 → ∂L/∂x[2, 1]",
        f"∂L/∂y (1, 0) goes back along the 4 wires of its window, {TIMES} share of the wire.",
    ),
    (
        lambda: activation_scene(X, "leaky_relu", slope=0.5),
        ("y", 0, 0, 1),
        "a[0, 1] = leaky_relu(−2) = −1",
        "Output cell (0, 1) is leaky_relu of the cell before it.",
    ),
    (
        lambda: activation_scene(X, "relu"),
        ("x", 0, 1, 0),
        "z[1, 0] goes through 3 → a[1, 0]",
        "Cell (1, 0) goes through the activation by itself: nothing else has a part in its output.",
    ),
    (
        lambda: activation_scene(X, "leaky_relu", slope=0.5, dy=X),
        ("x", 0, 0, 1),
        "δ[0, 1] = −2·0.5 = −1",
        "The error after the activation at (0, 1), times its slope there, is the error before it.",
    ),
]


@pytest.mark.parametrize(("make", "where", "written", "said"), WRITTEN, ids=[entry[2][:30] for entry in WRITTEN])
def test_a_sum_is_written_as_one_would_write_it_and_told_in_a_sentence(make, where, written, said):
    scene, (panel, *cell) = make(), where
    at = {"panel": panel, "cell": cell}
    strip = strip_of(scene, at)
    text = strip.head + strip.joiner.join(strip.terms) + strip.closing
    assert (f"{text} = {strip.total}" if strip.total else text) == written
    assert sentence_of(scene, at) == said


def test_a_gathered_gradient_is_named_as_the_input_is_and_it_is_said_what_dy_was_spread_with():
    x = np.ones((1, 1, 6, 4))
    scene = gather_scene(x, W, np.ones((1, 1, 4, 3)), stride=2, padding=1)
    given, _, result = scene["panels"]
    assert given["title"] == "F − 1 zeros around, 1 between"
    assert [name_of(result, cell) for cell in ([0, 0, 0], [0, 2, 1])] == ["∂L/∂x[−1, −1]", "∂L/∂x[1, 0]"]
    said = "The inserted zero (1, 0) is read by 4 outputs, each time through another weight."
    assert sentence_of(scene, {"panel": "x", "cell": [0, 2, 1]}) == said
    titles = {
        stride: gather_scene(x, W, np.ones(shape), stride=stride)["panels"][0]["title"]
        for stride, shape in ((1, (1, 1, 5, 3)), (3, (1, 1, 2, 1)))
    }
    assert titles == {1: "F − 1 zeros around", 3: "F − 1 zeros around, 2 between, 2 more at the end"}
