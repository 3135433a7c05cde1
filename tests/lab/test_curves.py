"""CurveExplorer and SoftmaxExplorer: every number is that of the functions they show."""

from __future__ import annotations

import numpy as np
import pytest
from explorer_steps import ask, controls_of
from numpy.testing import assert_allclose

from cnnlab import softmax_cross_entropy
from cnnlab.activations import ACTIVATIONS
from cnnlab.lab import CurveExplorer, SoftmaxExplorer

CHAIN = {"a = z²": np.square, "b = a + 1": lambda a: a + 1, "L = 3b": lambda b: 3 * b}


def charts(explorer) -> list[dict]:
    return [panel["chart"] for panel in explorer._scenes[0]["panels"] if "chart" in panel]


def said(explorer) -> list[str]:
    """Return the lines beside the controls."""
    return ["".join(text for _, text in line) for line in explorer.formula_lines(explorer._scenes)]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_curve_of_an_activation_its_dot_its_tangent_and_its_nudge_lie_where_its_functions_say(name):
    entry, explorer = ACTIVATIONS[name], CurveExplorer(name, z=-1.5, nudge=0.7)
    curve, tangent, nudge = charts(explorer)[0]["lines"]
    assert_allclose(curve["y"], entry.forward(curve["x"]))
    at, after = entry.forward(np.array([-1.5, -0.8]))
    slope = entry.backward(np.ones(1), np.array([-1.5]))[0]
    assert_allclose(curve["mark"], [-1.5, at])
    assert_allclose(tangent["y"], at + slope * (tangent["x"] + 1.5))
    assert tangent["x"][0] <= -1.5 <= tangent["x"][1]
    assert_allclose(tangent["mark"], [-0.8, at + 0.7 * slope])
    assert_allclose([nudge["x"], nudge["y"]], [[-1.5, -0.8, -0.8], [at, at, after]])


def test_slopes_along_a_path_are_multiplied_and_each_curve_goes_on_from_the_one_before():
    explorer = CurveExplorer(CHAIN, z=-2, nudge=0.5)
    assert [chart["lines"][0]["mark"] for chart in charts(explorer)] == [[-2, 4], [4, 5], [5, 15]]
    assert [chart["lines"][2]["mark"] for chart in charts(explorer)] == [[-1.5, 2.25], [2.25, 3.25], [3.25, 9.75]]
    assert said(explorer) == ["∂L/∂z = (−4) · 1 · 3 = −12", "Nudge z by ε: L moves by −5.25; slope · ε is −6."]
    assert ["drags" in chart for chart in charts(explorer)] == [True, False, False]


def test_slopes_of_paths_side_by_side_are_added():
    explorer = CurveExplorer({"a = z²": np.square, "b = −3z": lambda z: -3 * z}, z=2, nudge=1.0, adds=True)
    assert [chart["lines"][0]["mark"] for chart in charts(explorer)] == [[2, 4], [2, -6]]
    assert said(explorer) == ["∂L/∂z = 4 + (−3) = 1", "Nudge z by ε: L moves by 2; slope · ε is 1."]
    assert ["drags" in chart for chart in charts(explorer)] == [True, True]


def test_a_slider_counts_in_tenths_and_what_lies_beyond_its_ends_changes_nothing():
    explorer = CurveExplorer("tanh", z=1)
    control = controls_of(explorer)["z"]
    assert (control["low"], control["high"], control["value"], control["text"]) == (-40, 40, 10, "1")
    ask(explorer, {"set": {"z": -13}})
    assert explorer.z == -1.3
    assert controls_of(explorer)["z"]["text"] == "−1.3"
    for odd in (41, "7", 2.5, None):
        ask(explorer, {"set": {"z": odd}})
        assert explorer.z == -1.3, odd
    with pytest.raises(ValueError, match=r"z \(4.2\) must be from -4 to 4"):
        explorer.z = 4.2


@pytest.mark.parametrize(
    ("functions", "kind", "words"),
    [
        ("tan", ValueError, r"f \('tan'\) must be one of"),
        ({}, ValueError, r"functions \(0 of them\) must be one to 3"),
        (["a = z²"], TypeError, "functions"),
        ({"a = z": 3}, TypeError, r"a = z \(3\) must be a function"),
        ({"a = |z|": lambda z: z[0]}, ValueError, r"a = \|z\|"),
        ({"a = √z": lambda z: z.astype(str)}, TypeError, "a = √z"),
        ({"a = ln z": lambda z: np.where(z > 0, z, np.inf)}, ValueError, r"a = ln z must be finite"),
    ],
)
def test_what_is_no_function_of_one_number_is_refused(functions, kind, words):
    with pytest.raises(kind, match=words):
        CurveExplorer(functions)


def test_three_scores_have_the_probabilities_the_loss_and_the_error_that_the_library_computes():
    explorer, logits = SoftmaxExplorer([0.3, -1.2, 2.0], 1), np.array([[0.3, -1.2, 2.0]])
    loss, p = softmax_cross_entropy(logits, [1])
    powers, shares, chart, delta = explorer._scenes[0]["panels"]
    assert_allclose(powers["values"].ravel(), np.exp(logits[0]))
    assert_allclose(shares["values"].ravel(), p[0])
    assert_allclose(chart["chart"]["lines"][0]["mark"], [p[0, 1], loss])
    assert_allclose(delta["values"].ravel(), np.abs(p[0] - [0, 1, 0]))
    assert [text[0] for text in delta["texts"]] == ["↓", "↑", "↓"]
    assert shares["says"]["cells"][2] == "7.39 / (1.35 + 0.3 + 7.39) = 0.817"
    assert said(explorer)[0] == "L = −ln p = −ln 0.033 = 3.4"
    forward = SoftmaxExplorer([0.3, -1.2, 2.0], 1, gradients=False)
    assert [panel["name"] for panel in forward._scenes[0]["panels"]] == ["e", "p", "loss"]
    assert said(forward) == said(explorer)[:1]


def test_a_score_that_is_pulled_moves_all_that_follows_from_it():
    explorer = SoftmaxExplorer([0, 0, 0], 2)
    ask(explorer, {"set": {"z2": 10}})
    assert explorer.z2 == 1.0
    assert_allclose(explorer._scenes[0]["panels"][1]["values"].ravel(), np.exp([0, 0, 1]) / (2 + np.e))
    with pytest.raises(ValueError, match=r"logits \(shape \(2,\)\)"):
        SoftmaxExplorer([1, 2])
