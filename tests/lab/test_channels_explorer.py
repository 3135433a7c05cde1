"""ChannelsExplorer without a browser: partial maps, planes that come and go, edits, counts."""

from __future__ import annotations

import numpy as np
import pytest
from explorer_steps import arrays_of, controls_of, move, panels, press, type_in, words_of
from numpy.testing import assert_array_equal

from cnnlab import conv2d, conv2d_backward
from cnnlab.lab import ChannelsExplorer


@pytest.mark.parametrize("channels", [1, 2, 4])
@pytest.mark.parametrize("filters", [1, 3, 4])
def test_the_partial_maps_of_a_filter_and_its_bias_add_up_to_its_output(channels, filters):
    explorer = ChannelsExplorer(gradients=True)
    move(explorer, channels=channels, filters=filters)
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


def test_an_edit_reaches_the_plane_that_was_typed_into_and_undo_takes_it_back():
    explorer = ChannelsExplorer(gradients=True)
    before, after = arrays_of(explorer), arrays_of(explorer)
    type_in(explorer, ("x", (2, 1, 1), 50.0), ("w", (4, 0, 2), 60.0), ("b", (1, 0, 0), 70.0), ("dy", (1, 2, 0), 80.0))
    after["x"][0, 2, 1, 1], after["w"][1, 1, 0, 2], after["b"][1], after["dy"][0, 1, 2, 0] = 50.0, 60.0, 70.0, 80.0
    for name, array in arrays_of(explorer).items():
        assert_array_equal(array, after[name])
    for _ in range(4):
        press(explorer, "undo")
    for name, array in arrays_of(explorer).items():
        assert_array_equal(array, before[name])


def test_a_channel_that_goes_comes_back_as_it_was():
    explorer = ChannelsExplorer()
    x, w = explorer.x, explorer.w
    move(explorer, channels=1, filters=1)
    assert explorer.x.shape[1] == 1
    assert len(explorer.w) == 1
    move(explorer, channels=3, filters=2)
    assert_array_equal(explorer.x, x)
    assert_array_equal(explorer.w, w)


def test_there_are_as_many_channels_and_filters_as_were_given():
    x, w = np.arange(32.0).reshape(2, 4, 4), np.arange(24.0).reshape(3, 2, 2, 2)
    explorer = ChannelsExplorer(x, w, [3, 2, 1], stride=1, padding=0)
    assert (explorer.channels, explorer.filters) == (2, 3)
    ends = [
        (controls_of(explorer)[name]["low"], controls_of(explorer)[name]["high"]) for name in ("channels", "filters")
    ]
    assert ends == [(1, 2), (1, 3)]
    with pytest.raises(ValueError, match=r"filters \(4\) must be at most 3"):
        explorer.filters = 4


def test_the_counts_are_those_of_the_definitions():
    explorer = ChannelsExplorer()  # 3 channels of 5×5, 2 filters of 3×3, y 2 × 3×3
    assert explorer.parameters == {
        "shared": 2 * (3 * 3 * 3 + 1),
        "locally connected": 2 * 3 * 3 * (3 * 3 * 3 + 1),
        "fully connected": 2 * 3 * 3 * (3 * 5 * 5 + 1),
    }
    expected = "to learn: shared 56, locally connected 504, fully connected 1,368"
    assert words_of(explorer).splitlines()[-1] == expected


def test_its_sliders_stand_after_those_of_the_window():
    names = ["size", "kernel", "padding", "stride", "channels", "filters", "turned"]
    assert list(controls_of(ChannelsExplorer(gradients=True))) == names


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ChannelsExplorer(channels=10**9), r"channels \(1000000000\) must be at most 4"),
        (lambda: ChannelsExplorer(filters=0), r"filters \(0\) must be at least 1"),
        (lambda: ChannelsExplorer(np.ones((2, 4, 4)), np.ones((2, 3, 3, 3))), r"w \(3 channels\) must have the chan"),
        (lambda: ChannelsExplorer(np.ones((2, 4, 4)), np.ones((2, 1, 3, 3)), groups=2), r"groups \(2\) must be 1"),
    ],
)
def test_what_cannot_be_shown_channel_by_channel_is_an_error(make, message):
    with pytest.raises(ValueError, match=message):
        make()
