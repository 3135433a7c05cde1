"""ChannelsExplorer without a browser: partial maps, planes that come and go, edits, counts."""

from __future__ import annotations

import numpy as np
import pytest
from explorer_steps import panels, type_in
from numpy.testing import assert_array_equal

from cnnlab import conv2d, conv2d_backward
from cnnlab.widgets import ChannelsExplorer


def set_counts(explorer, channels, filters):
    explorer.sliders["channels"].value, explorer.sliders["filters"].value = channels, filters


@pytest.mark.parametrize("channels", [1, 2, 4])
@pytest.mark.parametrize("filters", [1, 3, 4])
def test_the_partial_maps_of_a_filter_and_its_bias_add_up_to_its_output(channels, filters):
    explorer = ChannelsExplorer(gradients=True)
    set_counts(explorer, channels, filters)
    shown = panels(explorer)
    y = conv2d(explorer.x, explorer.w, explorer.b, stride=2, padding=1)
    assert_array_equal(shown["y"], y[0])
    parts = shown["parts"].reshape(filters, channels, *y.shape[2:])
    assert_array_equal(parts.sum(axis=1) + explorer.b[:, None, None], y[0])
    one = conv2d(explorer.x[:, -1:], explorer.w[-1:, -1:], stride=2, padding=1)
    assert_array_equal(parts[-1, -1], one[0, 0])
    dx, dw, db = conv2d_backward(explorer.dy, explorer.x, explorer.w, stride=2, padding=1)
    assert_array_equal(shown["dx"][:, 1:-1, 1:-1], dx[0])
    assert_array_equal(shown["dw"], dw.reshape(-1, 3, 3))
    assert_array_equal(shown["db"].ravel(), db)


def test_an_edit_reaches_the_plane_that_was_typed_into():
    explorer = ChannelsExplorer(gradients=True)
    before = {name: getattr(explorer, name).copy() for name in ("x", "w", "b", "dy")}
    type_in(explorer, ("x", (2, 1, 1), 50.0), ("w", (4, 0, 2), 60.0), ("b", (1, 0, 0), 70.0), ("dy", (1, 2, 0), 80.0))
    before["x"][0, 2, 1, 1], before["w"][1, 1, 0, 2], before["b"][1], before["dy"][0, 1, 2, 0] = 50.0, 60.0, 70.0, 80.0
    for name, array in before.items():
        assert_array_equal(getattr(explorer, name), array)


def test_a_channel_that_goes_comes_back_as_it_was():
    explorer = ChannelsExplorer()
    x, w = explorer.x, explorer.w
    set_counts(explorer, 1, 1)
    assert explorer.x.shape[1] == 1
    assert len(explorer.w) == 1
    set_counts(explorer, 3, 2)
    assert_array_equal(explorer.x, x)
    assert_array_equal(explorer.w, w)


def test_the_counts_are_those_of_the_definitions():
    explorer = ChannelsExplorer()  # 3 channels of 5×5, 2 filters of 3×3, y 2 × 3×3
    assert explorer.parameters == {
        "shared": 2 * (3 * 3 * 3 + 1),
        "locally connected": 2 * 3 * 3 * (3 * 3 * 3 + 1),
        "fully connected": 2 * 3 * 3 * (3 * 5 * 5 + 1),
    }
    assert "1,368" in explorer.formula.value


def test_more_channels_than_the_sliders_reach_are_an_error():
    with pytest.raises(ValueError, match=r"channels and filters \(5\) must be at most 4 in an explorer"):
        ChannelsExplorer(np.ones((5, 4, 4)))


def test_arrays_that_disagree_are_an_error():
    with pytest.raises(ValueError, match="channels"):
        ChannelsExplorer(np.ones((2, 4, 4)), np.ones((2, 3, 3, 3)))
