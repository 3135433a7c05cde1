"""PoolingExplorer and PhotoExplorer without a browser: every option, edits, presets."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from explorer_steps import W, X, choose, panels, type_in
from numpy.testing import assert_allclose, assert_array_equal

from cnnlab import conv2d, load_photo, max_pool2d, max_pool2d_backward, mean_pool2d, mean_pool2d_backward
from cnnlab.geometry import fits
from cnnlab.widgets import PhotoExplorer, PoolingExplorer
from cnnlab.widgets.photo import KERNELS, OWN
from cnnlab.widgets.pooling import PADDINGS

# --- pooling --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pads", PADDINGS)
@pytest.mark.parametrize("op", ["max", "mean"])
def test_every_option_shows_what_the_functions_give(op, pads, rng):
    explorer = PoolingExplorer(X, 2, op=op, ties=True)
    explorer.pad_value.value = pads
    legal = [
        (size, kernel, padding, stride)
        for size, kernel, padding, stride in product(range(1, 13), range(1, 8), range(5), range(1, 5))
        if padding < kernel and fits(size, kernel, padding=padding)
    ]
    for (size, kernel, padding, stride), ceil, include in zip(
        rng.permutation(legal)[:60].tolist(), *rng.integers(0, 2, (2, 60)).astype(bool).tolist(), strict=True
    ):
        choose(explorer, size=size, kernel=kernel, padding=padding, stride=stride)
        assert tuple(explorer.settings.values()) == (size, kernel, padding, stride)
        explorer.ceil_mode.value, explorer.count_include_pad.value = ceil, include
        check_pool(explorer, op, ceil, include, beats=op == "max" and np.isfinite(PADDINGS[pads]))


@pytest.mark.parametrize(
    ("op", "padding", "ceil", "greyed"),
    [
        ("max", 0, False, (True, True)),
        ("max", 1, False, (False, True)),
        ("max", 0, True, (False, True)),
        ("mean", 0, True, (True, True)),
        ("mean", 1, False, (True, False)),
    ],
)
def test_a_control_that_changes_nothing_is_greyed(op, padding, ceil, greyed):
    first, moved = PoolingExplorer(X, 2, op=op, padding=padding, ceil_mode=ceil), PoolingExplorer(X, 2)
    moved.op.value, moved.ceil_mode.value, moved.sliders["padding"].value = op, ceil, padding
    for explorer in (first, moved):
        assert (explorer.pad_value.disabled, explorer.count_include_pad.disabled) == greyed


def check_pool(explorer, op, ceil, include, *, beats):
    """Compare the panels with the functions; where 0 ``beats`` negatives, with the maximum over a ring of zeros."""
    x, dy, (size, kernel, padding, stride) = explorer.x, explorer.dy, explorer.settings.values()
    settings = {"stride": stride, "padding": padding, "ceil_mode": ceil}
    shown, inside = panels(explorer), (slice(None), *(slice(padding, padding + size),) * 2)
    if op == "mean":
        assert_array_equal(shown["y"], mean_pool2d(x, kernel, count_include_pad=include, **settings)[0])
        dx = mean_pool2d_backward(dy, x.shape, kernel, count_include_pad=include, **settings)
        assert_allclose(shown["dx"][inside], dx[0], rtol=1e-12, atol=1e-12)
        return
    y, argmax = max_pool2d(x, kernel, **settings)
    if beats:
        ring = max_pool2d(np.pad(x, [(0, 0), (0, 0), (padding, 9), (padding, 9)]), kernel, stride=stride)[0]
        assert_array_equal(shown["y"], ring[0, :, : y.shape[2], : y.shape[3]])
        assert shown["dx"].sum() == dy.sum()
        return
    assert_array_equal(shown["y"], y[0])
    assert_array_equal(shown["dx"][inside], max_pool2d_backward(dy, argmax, x.shape)[0])
    ties = panels(explorer, 1)
    assert_array_equal(ties["dx-first"], shown["dx"])
    assert ties["dx-split"].sum() == pytest.approx(dy.sum())


def test_a_tie_goes_to_the_first_is_split_or_goes_to_all():
    explorer = PoolingExplorer([[5, 5], [1, 5]], 2, dy=[[6.0]], ties=True)
    assert {name: values.ravel().tolist() for name, values in panels(explorer, 1).items()} == {
        "dy": [6],
        "dx-first": [6, 0, 0, 0],
        "dx-split": [2, 2, 0, 2],
        "dx-all": [6, 6, 0, 6],
    }


def test_a_loser_nudged_past_the_winner_takes_the_whole_gradient_and_a_note_says_so():
    explorer = PoolingExplorer([[5, 4], [1, 2]], 2, dy=[[6.0]])
    type_in(explorer, ("x", (0, 0, 1), 4.9))
    assert (explorer.note, panels(explorer)["dx"].ravel().tolist()) == ("", [6, 0, 0, 0])
    type_in(explorer, ("x", (0, 0, 1), 5.1))
    assert explorer.note == "The winner of y[0, 0] has moved, and the whole gradient jumped with it."
    assert panels(explorer)["dx"].ravel().tolist() == [0, 6, 0, 0]
    assert explorer.stages[0].scene["note"] == explorer.note
    explorer.op.value = "mean"
    assert explorer.note == ""
    assert panels(explorer)["dx"].ravel().tolist() == [1.5] * 4
    type_in(explorer, ("x", (0, 1, 1), 99))
    assert explorer.note == ""


def test_edits_of_input_and_gradient_change_one_cell_each_and_are_acknowledged():
    explorer = PoolingExplorer(np.stack([X, -X]), 3, stride=2)
    x, dy = explorer.x, explorer.dy
    x[0, 1, 4, 0] = dy[0, 1, 1, 0] = 9
    for _ in range(2):
        type_in(explorer, ("x", (1, 4, 0), 9), ("dy", (1, 1, 0), 9))
        assert_array_equal(explorer.x, x)
        assert_array_equal(explorer.dy, dy)
    assert explorer.stages[0].scene["serial"] == 2
    y, argmax = max_pool2d(x, 3, stride=2)
    assert_array_equal(panels(explorer)["y"], y[0])
    assert_array_equal(panels(explorer)["dx"], max_pool2d_backward(dy, argmax, x.shape)[0])


def test_the_backward_row_and_the_ties_are_there_when_asked_for():
    assert set(panels(PoolingExplorer(X, 2, gradients=False))) == {"x", "y"}
    assert len(PoolingExplorer(X, 2).stages) == 1
    large = PoolingExplorer(np.ones((16, 16)), 1)
    assert large.dy.shape == (1, 1, 16, 16)


# --- photograph -----------------------------------------------------------------------------------------------------


def test_each_preset_is_applied_to_the_photograph():
    explorer = PhotoExplorer(X / 4 + 1, padding=1)
    for name, kernel in KERNELS.items():
        explorer.preset.value = name
        expected = conv2d(explorer.photo, np.array(kernel, dtype=float)[None, None], padding=1)
        assert_array_equal(panels(explorer)["y"], expected[0])
        assert_array_equal(panels(explorer)["w"][0], kernel)
        assert f"kernel {name} 3×3" in repr(explorer)
    explorer.preset.value = "identity"
    assert_array_equal(panels(explorer)["y"][0], X / 4 + 1)
    explorer.preset.value = "blur"
    assert_allclose(panels(explorer)["y"][0, 2, 2], (X / 4 + 1)[1:4, 1:4].mean())


def test_an_edited_kernel_is_the_learners_own_and_waits_while_a_preset_is_shown():
    explorer = PhotoExplorer(X, "Laplacian")
    type_in(explorer, ("w", (0, 0, 2), 5.0))
    assert explorer.preset.value == OWN
    assert panels(explorer)["w"][0].tolist() == [[0, 1, 5], [1, -4, 1], [0, 1, 0]]
    assert explorer.stages[0].scene["serial"] == 1
    explorer.preset.value = "Laplacian"
    assert panels(explorer)["w"][0].tolist() == KERNELS["Laplacian"]
    explorer.preset.value = OWN
    assert panels(explorer)["w"][0].tolist() == [[0, 1, 5], [1, -4, 1], [0, 1, 0]]


def test_an_own_kernel_comes_first_when_it_is_given():
    explorer = PhotoExplorer(X, W)
    assert explorer.preset.value == OWN
    assert_array_equal(panels(explorer)["y"], conv2d(X[None, None], W[None, None])[0])


def test_the_default_photograph_is_the_portrait_in_grey():
    explorer = PhotoExplorer()
    photo = load_photo()
    assert_allclose(explorer.photo[0, 0], np.einsum("c,chw->hw", [0.299, 0.587, 0.114], photo[0]))
    assert [panel["shape"] for panel in explorer.stages[0].scene["panels"]] == [[200, 200], [3, 3], [3, 3], [198, 198]]
    explorer.sliders["stride"].value = 2
    assert panels(explorer)["y"].shape == (1, 99, 99)
