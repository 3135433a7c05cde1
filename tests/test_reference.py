"""The loops themselves: worked examples by hand, since every other test takes them as the truth.

Their errors are tested beside those of the fast functions.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import cnnlab
from cnnlab import reference
from cnnlab.geometry import Axis


def row(*cells):
    """Return one row of cells as an image, or as a kernel."""
    return np.array(cells, float).reshape(1, 1, 1, -1)


# --- convolution --------------------------------------------------------------------------------------------------

X = np.arange(9).reshape(1, 1, 3, 3)
W = np.array([[[[0, 1], [2, 3]]]])


def test_conv2d_of_the_worked_integers():
    assert_array_equal(reference.conv2d(X, W, [100]), [[[[119, 125], [137, 143]]]])


def test_conv2d_reads_the_cells_that_its_settings_say():
    x, digits = row(1, 2, 3, 4, 5), row(100, 10, 1)
    assert_array_equal(reference.conv2d(x, digits, stride=(1, 2)), row(123, 345))
    assert_array_equal(reference.conv2d(x, digits, dilation=(1, 2)), row(135))
    assert_array_equal(reference.conv2d(x, digits, padding=((0, 0), (2, 1))), row(1, 12, 123, 234, 345, 450))


def test_conv2d_of_two_groups_keeps_their_channels_apart():
    x, w = np.array([1, 2, 3, 4]).reshape(1, 4, 1, 1), np.array([[1, 10], [1, 100]]).reshape(2, 2, 1, 1)
    assert_array_equal(reference.conv2d(x, w, groups=2).ravel(), [21, 403])


def test_conv2d_backward_of_the_worked_integers():
    dx, dw, db = reference.conv2d_backward([[[[1, 2], [3, 4]]]], X, W)
    assert_array_equal(dx, [[[[0, 1, 2], [2, 10, 10], [6, 17, 12]]]])
    assert_array_equal(dw, [[[[27, 37], [57, 67]]]])
    assert_array_equal(db, [10])


def test_conv2d_backward_sums_over_the_batch_and_leaves_zero_where_no_window_reads():
    x, w, dy = np.array([[1, 2, 3, 4], [5, 6, 7, 8]]).reshape(2, 1, 1, 4), row(10, 1), np.array([[[[1]]], [[[2]]]])
    dx, dw, db = reference.conv2d_backward(dy, x, w, stride=3)
    assert_array_equal(dx.reshape(2, 4), [[10, 1, 0, 0], [20, 2, 0, 0]])
    assert_array_equal(dw, row(1 * 1 + 5 * 2, 2 * 1 + 6 * 2))
    assert_array_equal(db, [3])


def test_conv2d_backward_reads_the_ring_as_zeros_and_crops_what_it_gets():
    dx, dw, _ = reference.conv2d_backward(row(1, 2), row(5, 7), row(10, 1), padding=((0, 0), (1, 0)))
    assert_array_equal(dx, row(1 * 1 + 10 * 2, 1 * 2))
    assert_array_equal(dw, row(2 * 5, 1 * 5 + 2 * 7))


def test_conv_transpose2d_lays_a_kernel_for_each_cell():
    x, w = row(1, 2), row(1, 10, 100)
    assert_array_equal(reference.conv_transpose2d(x, w, [5]), row(6, 17, 125, 205))
    assert_array_equal(
        reference.conv_transpose2d(x, w, stride=(1, 2), output_padding=(0, 1)), row(1, 10, 102, 20, 200, 0)
    )
    assert_array_equal(reference.conv_transpose2d(x, w, padding=((0, 0), (1, 2))), row(12))
    assert_array_equal(reference.conv_transpose2d(x, w, dilation=(1, 2)), row(1, 2, 10, 20, 100, 200))


def test_conv_transpose2d_of_two_groups_keeps_their_channels_apart():
    x, w = np.array([1, 2, 3, 4]).reshape(1, 4, 1, 1), np.array([1, 10, 100, 1000]).reshape(4, 1, 1, 1)
    assert_array_equal(reference.conv_transpose2d(x, w, groups=2).ravel(), [21, 4300])


@pytest.mark.parametrize("operation", ["conv2d", "max_pool2d", "mean_pool2d"])
def test_the_loops_count_windows_by_themselves(operation, monkeypatch):
    x, window = np.arange(36).reshape(1, 1, 6, 6), np.ones((1, 1, 2, 2)) if operation == "conv2d" else 2
    before = getattr(reference, operation)(x, window, stride=2)
    monkeypatch.setattr(Axis, "out", property(lambda axis: 2))  # an axis is remembered, with what it worked out
    after = getattr(reference, operation)(x, window, stride=2)
    assert np.shape(before) == np.shape(after) == (*[2] * (operation == "max_pool2d"), 1, 1, 3, 3)
    assert getattr(cnnlab, operation)(x, window, stride=2)[0].shape[-1] == 2


# --- padding ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "padded"),
    [
        ("zeros", (0, 0, 0, 1, 2, 3, 0)),
        ("constant", (7, 7, 7, 1, 2, 3, 7)),
        ("reflect", (2, 3, 2, 1, 2, 3, 2)),
        ("replicate", (1, 1, 1, 1, 2, 3, 3)),
        ("circular", (1, 2, 3, 1, 2, 3, 1)),
    ],
)
def test_pad2d_fills_the_ring_in_the_way_of_its_mode(mode, padded):
    value = 7 if mode == "constant" else 0
    assert_array_equal(reference.pad2d(row(1, 2, 3), ((0, 0), (3, 1)), mode=mode, value=value), row(*padded))


@pytest.mark.parametrize(
    ("mode", "dx"),
    [
        ("zeros", (100, 1000)),  # of the padded row 0 0 1 2 0
        ("reflect", (10101, 1010)),  # of 1 2 1 2 1
        ("replicate", (111, 11000)),  # of 1 1 1 2 2
        ("circular", (10101, 1010)),  # of 1 2 1 2 1
    ],
)
def test_pad2d_backward_adds_up_what_the_copies_get(mode, dx):
    dy = row(1, 10, 100, 1000, 10000)
    assert_array_equal(reference.pad2d_backward(dy, ((0, 0), (2, 1)), mode=mode), row(*dx))
