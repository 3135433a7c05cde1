"""ConvolutionExplorer and BackwardExplorer without a browser: sliders that bound each other, edits, choices."""

from __future__ import annotations

import re
import time
from itertools import product

import numpy as np
import pytest
from explorer_steps import arrays_of, ask, choose, controls_of, move, panels, type_in, words_of
from explorers import W, X, explore
from numpy.testing import assert_allclose, assert_array_equal
from scene_schema import check_scene

from cnnlab import conv2d, conv2d_backward, output_size
from cnnlab.geometry import fits
from cnnlab.lab import BackwardExplorer, ChannelsExplorer, ConvolutionExplorer
from cnnlab.lab.explorers._windows import KERNELS, PADDINGS, SIZES, STRIDES
from cnnlab.lab.scenes.reading import terms_of

RANGES = {"size": SIZES, "kernel": KERNELS, "padding": PADDINGS, "stride": STRIDES}


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


# --- sliders --------------------------------------------------------------------------------------------------------


def test_every_combination_of_the_sliders_can_be_reached_and_shows_what_the_functions_give(rng):
    explorer = explore()
    combinations = product(*(range(low, high + 1) for low, high in RANGES.values()))
    legal = [values for values in combinations if fits(values[0], values[1], padding=values[2])]
    assert len(legal) > 1000
    for values in rng.permutation(legal)[:200].tolist():
        settings = dict(zip(RANGES, values, strict=True))
        choose(explorer, **settings)
        assert {name: explorer.settings[name] for name in RANGES} == settings
        check_agreement(explorer)


@pytest.mark.parametrize("dilation", [1, 2])
def test_each_slider_goes_as_far_as_the_others_allow_and_no_further(dilation):
    explorer = explore(dilation=dilation)
    for settings in [(5, 3, 1, 1), (3, 1, 0, 2), (1, 1, 0, 1), (4, 3, 2, 4), (12, 4, 0, 3)]:
        choose(explorer, **dict(zip(RANGES, settings, strict=True)))
        for name, (low, high) in RANGES.items():
            there = {value: explorer.now(**{name: value}) for value in range(low, high + 1)}
            legal = [at for at, s in there.items() if fits(s.size, s.kernel, padding=s.padding, dilation=dilation)]
            control = controls_of(explorer)[name]
            assert (control["low"], control["high"]) == (min(legal), max(legal)), (name, settings)


def test_a_slider_that_is_pushed_beyond_its_bound_stays_where_it_is():
    explorer = explore(padding=0)
    ask(explorer, {"set": {"kernel": 6}})
    assert explorer.kernel == 3
    ask(explorer, {"set": {"size": 2}})
    assert explorer.size == 5


def test_first_values_beyond_the_usual_ranges_extend_the_sliders_and_every_output_has_a_gradient():
    explorer = ConvolutionExplorer(np.ones((16, 16)), np.ones((9, 9)), padding=6, stride=5, gradients=True)
    highest = {name: control["high"] for name, control in controls_of(explorer).items() if "high" in control}
    assert highest == {"size": 16, "kernel": 9, "padding": 6, "stride": 5}
    choose(explorer, size=16, kernel=1, padding=6, stride=1)
    assert explorer.dy.shape == explorer.y.shape == (1, 1, 28, 28)


def test_a_larger_input_or_kernel_repeats_the_numbers_and_a_smaller_one_keeps_them():
    explorer = explore()
    explorer.size = 12
    assert_array_equal(explorer.x[0, 0], np.pad(X, [(0, 7), (0, 7)], mode="wrap"))
    explorer.kernel = 2
    assert_array_equal(explorer.w[0, 0], W[:2, :2])
    explorer.kernel = 4
    assert_array_equal(explorer.w[0, 0], np.pad(W, [(0, 1), (0, 1)], mode="wrap"))


def test_without_gradients_there_is_no_backward_row_and_no_control_of_it():
    explorer = ConvolutionExplorer(X, W)
    assert list(panels(explorer)) == ["x", "w", "y"]
    assert list(controls_of(explorer)) == ["size", "kernel", "padding", "stride"]
    assert list(controls_of(ConvolutionExplorer(X, W, turned=True))) == [*RANGES, "turned"]
    assert list(controls_of(explore())) == [*RANGES, "turned"]


# --- edits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "cell", "index"),
    [
        ("x", (0, 2, 3), (0, 0, 2, 3)),
        ("w", (0, 1, 2), (0, 0, 1, 2)),
        ("b", (0, 0, 0), (0,)),
        ("dy", (0, 4, 0), (0, 0, 4, 0)),
    ],
)
def test_an_edit_changes_one_number_of_one_array_and_all_that_follows_from_it(name, cell, index):
    explorer = explore()
    expected = arrays_of(explorer)
    expected[name][index] = 7.5
    type_in(explorer, (name, cell, 7.5))
    for array, numbers in arrays_of(explorer).items():
        assert_array_equal(numbers, expected[array])
    check_agreement(explorer)


def test_edits_find_their_channel_filter_and_bias():
    x, w = np.zeros((3, 4, 4)), np.zeros((2, 3, 2, 2))
    explorer = ConvolutionExplorer(x, np.asfortranarray(w), [0.0, 0.0], gradients=True)
    expected = arrays_of(explorer)
    expected["x"][0, 2, 1, 3] = expected["w"][1, 0, 1, 0] = expected["b"][1] = expected["dy"][0, 1, 2, 0] = 9.0
    type_in(explorer, ("x", (2, 1, 3), 9), ("w", (3, 1, 0), 9), ("b", (1, 0, 0), 9), ("dy", (1, 2, 0), 9))
    for name, numbers in arrays_of(explorer).items():
        assert_array_equal(numbers, expected[name])
    assert panels(explorer)["w"][3, 1, 0] == 9


def test_an_edit_that_a_slider_has_overtaken_is_kept_for_later():
    explorer = explore()
    explorer.size = 3
    type_in(explorer, ("x", (0, 4, 4), 6.0))
    assert "note" not in explorer._scenes[0]
    explorer.size = 5
    assert explorer.x[0, 0, 4, 4] == 6


@pytest.mark.parametrize("edit", [("x", (0, 1, 1)), ("w", (0, 0, 2)), ("b", (0, 0, 0))])
def test_a_nudge_says_how_the_loss_followed_and_what_the_gradient_said(edit):
    explorer = explore(stride=2)
    name, cell = edit
    gradient = panels(explorer)[f"d{name}"][cell[0], cell[1] + (name == "x"), cell[2] + (name == "x")]
    before = (explorer.y * explorer.dy).sum()
    now = (explorer.b[0] if name == "b" else explorer.arrays[name][0, 0, cell[1], cell[2]]) + 1e-3
    type_in(explorer, (name, cell, now))
    note = explorer._scenes[0]["note"]
    numbers = [float(text) for text in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", note.replace("−", "-"))]
    *_, quotient, said = numbers
    assert said == pytest.approx(gradient, rel=5e-3, abs=5e-4)  # three digits are written
    assert quotient == pytest.approx(((explorer.y * explorer.dy).sum() - before) / 1e-3, rel=5e-3, abs=5e-4)
    assert quotient == pytest.approx(gradient, rel=1e-2, abs=1e-2)
    place = "0" if name == "b" else ", ".join(map(str, cell[1:]))
    assert note.startswith(f"Nudge: {name}[{place}] changed by 0.001, L from ")
    assert explorer.shown["parts"][1]["scene"]["note"] == note
    explorer.stride = 1
    assert "note" not in explorer.shown["parts"][1]["scene"]


def test_each_of_several_nudges_in_one_request_is_measured_from_the_one_before():
    explorer = explore()
    type_in(explorer, ("w", (0, 0, 0), 100.0), ("x", (0, 2, 2), 3.0))
    alone = explore()
    type_in(alone, ("w", (0, 0, 0), 100.0))
    gradient = panels(alone)["dx"][0, 3, 3]
    assert f"ΔL/Δx = {gradient:g}; the gradient said {gradient:g}." in explorer._scenes[0]["note"].replace("−", "-")


def test_a_number_that_stays_the_same_is_no_nudge():
    explorer = explore()
    type_in(explorer, ("x", (0, 0, 0), X[0, 0]))
    assert "note" not in explorer._scenes[0]


# --- choices --------------------------------------------------------------------------------------------------------


def test_the_switch_to_convolution_turns_the_kernel_in_all_three_sums():
    explorer = explore(stride=2)
    move(explorer, turned=True)
    turned, geometry = W[::-1, ::-1][None, None], {"stride": 2, "padding": 1}
    dx, dw, _ = conv2d_backward(explorer.dy, explorer.x, turned, **geometry)
    shown = panels(explorer)
    assert_array_equal(shown["w"][0], W)
    assert_array_equal(shown["y"], conv2d(explorer.x, turned, explorer.b, **geometry)[0])
    assert_array_equal(shown["dx"][:, 1:-1, 1:-1], dx[0])
    assert_array_equal(shown["dw"][0], dw[0, 0, ::-1, ::-1])
    assert_array_equal(explorer.y[0], shown["y"])


def test_both_ways_back_show_the_input_gradient_and_say_that_they_agree():
    explorer = BackwardExplorer(X, W, stride=2, padding=1)
    for stride, padding, kernel in [(2, 1, 3), (3, 0, 2), (1, 2, 1)]:
        choose(explorer, size=5, kernel=kernel, padding=padding, stride=stride)
        dx, _, _ = conv2d_backward(explorer.dy, explorer.x, explorer.w, stride=stride, padding=padding)
        ways = panels(explorer, 0)["dx"], panels(explorer, 1)["y"]
        for way in ways:
            assert_allclose(way[0, padding : padding + 5, padding : padding + 5], dx[0, 0])
        assert explorer._scenes[1]["note"].endswith(f"same {ways[0].size} numbers: the largest difference is 0.")
    type_in(explorer, ("dy", (0, 0, 0), 50.0))
    assert panels(explorer, 0)["dy"][0, 0, 0] == 50
    assert_array_equal(panels(explorer, 0)["dx"], panels(explorer, 1)["y"])


# --- somebody's own functions -----------------------------------------------------------------------------------------


def my_conv2d(x, w, b=None, *, stride=1, padding=0):
    """Turn the kernel, which is the mistake to be seen."""
    return conv2d(x, w[..., ::-1, ::-1], b, stride=stride, padding=padding)


def my_backward(dy, x, w, stride, padding):
    dx, dw, db = conv2d_backward(dy, x, w, stride=stride, padding=padding)
    x[:] = w[:] = 0  # what it is given is its own
    return dx, -dw, db


def own(**options) -> ConvolutionExplorer:
    return ConvolutionExplorer(
        np.stack([X, -X]), np.stack([[W, W.T]] * 2), [1.0, 2.0], **{"padding": 1, "forward": my_conv2d, **options}
    )


@pytest.mark.parametrize("stride", [1, 2])
def test_own_functions_show_their_numbers_and_their_wires(stride):
    explorer = own(backward=my_backward, stride=stride)
    (scene,) = explorer._scenes
    check_scene(scene)
    x, w, b, dy = explorer.x, explorer.w, explorer.b, explorer.dy
    wanted = {"y": my_conv2d(x, w, b, stride=stride, padding=1)}
    wanted |= zip(("dx", "dw", "db"), my_backward(dy, x.copy(), w.copy(), stride, 1), strict=True)
    shown = panels(explorer)
    assert_array_equal(explorer.y, wanted["y"])
    assert_array_equal(shown["dx"][:, 1:-1, 1:-1], wanted["dx"][0])
    for name in ("y", "dw", "db"):
        assert_array_equal(shown[name].ravel(), wanted[name].ravel())
        for cell in np.ndindex(shown[name].shape):
            terms = terms_of(scene, {"panel": name, "cell": list(cell)})
            assert_allclose(sum(term.a.value * term.b.value * term.weight for term in terms), shown[name][cell])
    assert scene["note"].startswith(
        "y: numbers and wires of my_conv2d. ∂L/∂x, ∂L/∂w, ∂L/∂b: numbers and wires of my_backward."
    )
    assert not {"lines", "setup", "coverage"} & scene.keys()
    assert "turned" not in controls_of(explorer)


def test_own_functions_have_the_sliders_of_the_settings_that_they_name_and_say_what_they_raise():
    def without_padding(x, w, *, stride=1):
        if stride == 3:
            raise KeyError("three")
        return conv2d(x, w, stride=stride) if stride == 1 else x

    explorer = ConvolutionExplorer(X, W, forward=without_padding)
    assert controls_of(explorer).keys() == {"size", "kernel", "stride"}
    move(explorer, stride=2)
    assert words_of(explorer).endswith("ValueError: y has shape (1, 1, 5, 5); planes (1, 2, 2) are expected")
    assert (explorer._scenes, list(controls_of(explorer))) == ([], ["size", "kernel", "stride"])
    move(explorer, stride=3)
    assert words_of(explorer).endswith("KeyError: 'three'")
    assert explorer.still().keys() == {"image/png"}
    move(explorer, stride=1)
    assert len(explorer._scenes) == 1
    bent = ConvolutionExplorer(X, W, forward=lambda x, w: conv2d(x, w) ** 2)
    assert bent._scenes[0]["note"] == "y: numbers and wires of <lambda>. No wires of y were found."
    assert bent._scenes[0]["wires"] == {}


@pytest.mark.parametrize("way", ["forward", "backward"])
def test_own_functions_that_are_none_or_cannot_be_shown_are_refused(way):
    with pytest.raises(TypeError, match=rf"^{way} \(3\) must be a function$"):
        ConvolutionExplorer(X, W, **{way: 3})
    with pytest.raises(ValueError, match=r"^forward and backward must go to a ConvolutionExplorer"):
        ConvolutionExplorer(X, W, turned=True, **{way: my_conv2d})
    with pytest.raises(ValueError, match=r"^forward and backward must go to a ConvolutionExplorer"):
        ChannelsExplorer(**{way: my_conv2d})


def test_controls_that_are_not_named_are_not_there_and_without_a_slider_there_is_no_formula():
    arrays = np.arange(25).reshape(5, 5), np.ones((3, 3))
    plain = ConvolutionExplorer(*arrays, controls=["coverage"])
    assert controls_of(plain) == {}
    assert words_of(plain) == ""
    assert plain.parts([{}])[1]["absent"] == ["code", "gradients", "numbers", "wires"]
    one = ConvolutionExplorer(*arrays, controls=["size"])
    assert [*controls_of(one)] == ["size"]
    assert words_of(one)
    with pytest.raises(ValueError, match=r"controls \('R'\) must be one of size, kernel"):
        ConvolutionExplorer(*arrays, controls=["R"])


def test_an_own_function_that_is_slow_or_takes_no_zeros_shows_its_numbers_without_wires():
    def no_zeros(x, w):
        return {True: conv2d(x, w)}[bool(w.all())]

    def slow(x, w):
        time.sleep(0.3)
        return conv2d(x, w) / 0

    for function in (no_zeros, slow):
        start = time.perf_counter()
        with np.errstate(all="ignore"):
            explorer = ConvolutionExplorer(X, W + 5, forward=function)
        (scene,) = explorer._scenes
        check_scene(scene)
        assert (scene["wires"], scene["note"].endswith("No wires of y were found.")) == ({}, True)
        assert time.perf_counter() - start < 10


def test_the_output_of_a_function_of_ones_own_is_what_it_gives_or_raises():
    def wrong(x, w):
        raise ValueError("my mistake")

    x, w = np.arange(16.0).reshape(4, 4), np.ones((2, 2))
    with pytest.raises(ValueError, match="my mistake"):
        _ = ConvolutionExplorer(x, w, forward=wrong).y
    assert ConvolutionExplorer(x, w, forward=lambda x, w: np.ones((1, 1, 2))).y.shape == (1, 1, 2)
    assert_array_equal(
        ConvolutionExplorer(x, w, forward=conv2d, backward=wrong).y, conv2d(x[None, None], w[None, None])
    )


def test_an_edit_shares_the_arrays_that_it_leaves_alone():
    explorer = ConvolutionExplorer(np.zeros((1, 60, 60)), np.ones((4, 1, 3, 3)))
    before = dict(explorer.arrays)
    assert before["w"].shape[2:] == (7, 7)  # as far as the slider reaches
    type_in(explorer, ("w", (0, 0, 0), 9.0))
    assert [name for name in before if explorer.arrays[name] is not before[name]] == ["w"]
