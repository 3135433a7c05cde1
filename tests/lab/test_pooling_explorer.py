"""PoolingExplorer without a browser: every option, edits, ties."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from explorer_events import panels_of
from explorer_steps import controls_of, move, panels, press, type_in
from explorers import X
from numpy.testing import assert_allclose, assert_array_equal
from scene_schema import check_scene

from cnnlab import max_pool2d, max_pool2d_backward, mean_pool2d, mean_pool2d_backward
from cnnlab.geometry import fits
from cnnlab.lab import PoolingExplorer
from cnnlab.lab.explorers.pooling import _PADS
from cnnlab.pooling import POOLS


@pytest.mark.parametrize("pads", _PADS)
@pytest.mark.parametrize("op", ["max", "mean"])
def test_every_option_shows_what_the_functions_give(op, pads, rng):
    explorer = PoolingExplorer(X, 2, op=op, ties=True)
    explorer.pad_with = pads
    legal = [
        (size, kernel, padding, stride)
        for size, kernel, padding, stride in product(range(1, 13), range(1, 8), range(5), range(1, 5))
        if padding < kernel and fits(size, kernel, padding=padding)
    ]
    for (size, kernel, padding, stride), ceil, include in zip(
        rng.permutation(legal)[:50].tolist(), *rng.integers(0, 2, (2, 50)).astype(bool).tolist(), strict=True
    ):
        settings = {"size": size, "kernel": kernel, "padding": padding, "stride": stride}
        explorer.set_together({**settings, "ceil_mode": ceil, "count_include_pad": include})
        check_pool(explorer, beats=op == "max" and pads == "zero")


def check_pool(explorer, *, beats):
    """Compare the panels with the functions; where 0 ``beats`` negatives, with the maximum over a ring of zeros."""
    x, dy, s = explorer.x, explorer.dy, explorer.now()
    settings = {"stride": s.stride, "padding": s.padding, "ceil_mode": s.ceil_mode}
    shown, inside = panels(explorer), (slice(None), *(slice(s.padding, s.padding + s.size),) * 2)
    if s.op == "mean":
        include = s.count_include_pad
        assert_array_equal(shown["y"], mean_pool2d(x, s.kernel, count_include_pad=include, **settings)[0])
        dx = mean_pool2d_backward(dy, x.shape, s.kernel, count_include_pad=include, **settings)
        assert_allclose(shown["dx"][inside], dx[0], rtol=1e-12, atol=1e-12)
        return
    y, argmax = max_pool2d(x, s.kernel, **settings)
    if beats:
        zeros = np.pad(x, [(0, 0), (0, 0), (s.padding, 9), (s.padding, 9)])
        ring = max_pool2d(zeros, s.kernel, stride=s.stride)[0]
        assert_array_equal(shown["y"], ring[0, :, : y.shape[2], : y.shape[3]])
        assert shown["dx"].sum() == dy.sum()
        return
    assert_array_equal(shown["y"], y[0])
    assert_array_equal(shown["dx"][inside], max_pool2d_backward(dy, argmax, x.shape)[0])
    ties = panels(explorer, 1)
    assert_array_equal(ties["dx-first"], shown["dx"])
    assert ties["dx-split"].sum() == pytest.approx(dy.sum())


def test_a_slider_reaches_every_window_that_holds_an_input_cell_and_no_other():
    explorer = PoolingExplorer(X, 3, padding=1)
    bounds = {
        name: (control["low"], control["high"]) for name, control in controls_of(explorer).items() if "low" in control
    }
    assert bounds == {"size": (1, 12), "kernel": (2, 7), "padding": (0, 2), "stride": (1, 4)}
    with pytest.raises(ValueError, match=r"padding \(3, 3\) must leave an input cell in every window"):
        explorer.padding = 3
    assert explorer.padding == 1


@pytest.mark.parametrize(
    ("op", "padding", "ceil", "there"),
    [
        ("max", 0, False, set()),
        ("max", 1, False, {"pad_with"}),
        ("max", 0, True, {"pad_with"}),
        ("mean", 0, True, set()),
        ("mean", 1, False, {"count_include_pad"}),
    ],
)
def test_a_control_that_changes_nothing_is_not_there(op, padding, ceil, there):
    first, moved = PoolingExplorer(X, 2, op=op, padding=padding, ceil_mode=ceil), PoolingExplorer(X, 2)
    moved.op, moved.ceil_mode, moved.padding = op, ceil, padding
    for explorer in (first, moved):
        always = {"size", "kernel", "padding", "stride", "op", "ceil_mode"}
        assert controls_of(explorer).keys() - always == there


def test_the_window_size_stands_where_the_kernel_of_a_convolution_does():
    controls = controls_of(PoolingExplorer(X, 2))
    assert [control["letter"] for control in controls.values() if "letter" in control] == ["R", "F", "P", "S"]
    assert controls["kernel"]["label"] == "window size"
    assert controls["op"]["options"] == [[name, name] for name in POOLS]


def test_a_tie_goes_to_the_first_is_split_or_goes_to_all():
    explorer = PoolingExplorer([[5, 5], [1, 5]], 2, dy=[[6.0]], ties=True)
    assert {name: values.ravel().tolist() for name, values in panels(explorer, 1).items()} == {
        "dy": [6],
        "dx-first": [6, 0, 0, 0],
        "dx-split": [2, 2, 0, 2],
        "dx-all": [6, 6, 0, 6],
    }


def test_edits_of_input_and_gradient_change_one_cell_each():
    explorer = PoolingExplorer(np.stack([X, -X]), 3, stride=2)
    x, dy = explorer.x, explorer.dy
    x[0, 1, 4, 0] = dy[0, 1, 1, 0] = 9
    for _ in range(2):
        type_in(explorer, ("x", (1, 4, 0), 9), ("dy", (1, 1, 0), 9))
        assert_array_equal(explorer.x, x)
        assert_array_equal(explorer.dy, dy)
    y, argmax = max_pool2d(x, 3, stride=2)
    assert_array_equal(panels(explorer)["y"], y[0])
    assert_array_equal(panels(explorer)["dx"], max_pool2d_backward(dy, argmax, x.shape)[0])
    press(explorer, "reset")
    assert_array_equal(explorer.x, np.stack([X, -X])[None])


def test_the_backward_row_and_the_ties_are_there_when_asked_for():
    assert set(panels(PoolingExplorer(X, 2, gradients=False))) == {"x", "y"}
    assert len(PoolingExplorer(X, 2)._scenes) == 1
    large = PoolingExplorer(np.ones((16, 16)), 1)
    assert large.dy.shape == (1, 1, 16, 16)


# --- somebody's own functions -----------------------------------------------------------------------------------------


def last_wins(x, kernel, *, stride):
    y, places = max_pool2d(x[..., ::-1, ::-1], kernel, stride=stride)
    return y[..., ::-1, ::-1], x[0, 0].size - 1 - places[..., ::-1, ::-1]


def quarter(x, kernel):
    return mean_pool2d(x, kernel)


def test_own_pools_show_their_numbers_and_the_wires_that_they_pick_or_weigh():
    x = np.arange(16.0).reshape(4, 4) % 7
    explorer = PoolingExplorer(x, forward=last_wins, backward=max_pool2d_backward)
    (scene,) = explorer._scenes
    check_scene(scene)
    assert controls_of(explorer).keys() == {"size", "kernel", "stride"}
    assert_array_equal(panels(explorer)["y"], last_wins(explorer.x, 2, stride=2)[0][0])
    dx = max_pool2d_backward(explorer.dy, last_wins(explorer.x, 2, stride=2)[1], (1, 1, 4, 4))
    assert_array_equal(panels(explorer)["dx"], dx[0])
    assert {name: len(wires["weight"]) for name, wires in scene["wires"].items()} == {"y": 4, "dx": 4}
    assert scene["note"] == "y: numbers and wires of last_wins. ∂L/∂x: numbers and wires of max_pool2d_backward."
    mean = PoolingExplorer(x, op="mean", forward=quarter, backward=lambda dy, x_shape, kernel: np.zeros(x_shape))
    assert mean._scenes[0]["wires"]["y"]["weight"] == [0.25] * 16
    assert mean._scenes[0]["wires"]["dx"]["weight"] == []
    assert controls_of(mean).keys() == {"size", "kernel"}
    type_in(mean, ("x", (0, 0, 0), 9))
    move(mean, kernel=1)
    assert_array_equal(panels(mean)["y"], mean.x[0])
    with pytest.raises(ValueError, match=r"^ties \(True\) must go without forward"):
        PoolingExplorer(x, forward=last_wins, ties=True)


def test_every_channel_of_a_pooling_has_its_name():
    several, one = (PoolingExplorer(np.ones((channels, 4, 4)), 2) for channels in (3, 1))
    named = {panel["name"]: panel["captions"] for _, panel in panels_of(several)}
    assert named == {name: ["channel 0", "channel 1", "channel 2"] for name in ("x", "y", "dx", "dy")}
    assert not any("captions" in panel for _, panel in panels_of(one))
