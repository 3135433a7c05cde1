"""Max and mean pooling: worked examples, kinds of array, and every error. The proofs are in test_pooling_proofs."""

from __future__ import annotations

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from strategies import same_with_stride_2

from cnnlab import pooling, reference
from cnnlab.pooling import max_pool2d, max_pool2d_backward, mean_pool2d, mean_pool2d_backward

NAN, INF = np.nan, np.inf
SHAPE = (2, 3, 5, 8)


def exactly(message):
    """Return the pattern that matches this message and nothing longer."""
    return f"^{re.escape(message)}$"


def plane(rows):
    """Return rows of numbers as an array (1, 1, H, W)."""
    return np.array(rows, dtype=float)[None, None]


# --- worked examples ----------------------------------------------------------------------------------------------


@pytest.fixture(params=[pooling, reference], ids=["vectorised", "loops"])
def pools(request):
    """Return the module to test: the loops are held to the same examples."""
    return request.param


def test_max_pool_keeps_the_greatest_cell_of_each_window_and_tells_where_it_stands(pools):
    x = plane([[1, 5, 2, 0], [3, 4, 6, 1], [0, 2, 8, 7], [9, 0, 3, 5]])
    y, argmax = pools.max_pool2d(x, 2)
    assert_array_equal(y, plane([[5, 6], [9, 8]]))
    assert_array_equal(argmax, [[[[1, 6], [12, 10]]]])


def test_the_first_of_equal_cells_in_reading_order_wins(pools):
    x = plane([[0, 7, 7], [7, 7, 0]])
    y, argmax = pools.max_pool2d(x, 2, stride=1)
    assert_array_equal(y, plane([[7, 7]]))
    assert_array_equal(argmax, [[[[1, 1]]]])


def test_padding_never_wins_over_negative_cells(pools):
    x = plane([[-3, -1], [-2, -4]])
    y, argmax = pools.max_pool2d(x, 2, stride=2, padding=1)
    assert_array_equal(y, x)
    assert_array_equal(argmax, [[[[0, 1], [2, 3]]]])


def test_argmax_is_an_input_cell_even_where_all_cells_are_minus_infinity(pools):
    y, argmax = pools.max_pool2d(np.full((1, 1, 2, 2), -INF), 3, padding=1)
    assert_array_equal(y, plane([[-INF]]))
    assert_array_equal(argmax, [[[[0]]]])


def test_nan_wins_and_the_first_nan_before_the_others(pools):
    y, argmax = pools.max_pool2d(plane([[1, NAN, 5, 0], [NAN, 9, 2, 3]]), 2)
    assert_array_equal(y, plane([[NAN, 5]]))
    assert_array_equal(argmax, [[[[1, 2]]]])


def test_a_dilated_window_skips_cells(pools):
    x = plane([[1, 9, 2, 9, 3]])
    y, argmax = pools.max_pool2d(x, (1, 2), stride=1, dilation=(1, 2))
    assert_array_equal(y, plane([[2, 9, 3]]))
    assert_array_equal(argmax, [[[[2, 1, 4]]]])


def test_ceil_mode_pools_the_cells_that_floor_leaves_over(pools):
    x = plane([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    assert_array_equal(pools.max_pool2d(x, 2)[0], plane([[5]]))
    assert_array_equal(pools.max_pool2d(x, 2, ceil_mode=True)[0], plane([[5, 6], [8, 9]]))
    assert_array_equal(pools.mean_pool2d(x, 2, ceil_mode=True), plane([[3, 4.5], [7.5, 9]]))


def test_mean_pool_divides_the_sum_of_each_window(pools):
    x = plane([[1, 5, 2, 0], [3, 4, 6, 1], [0, 2, 8, 7], [9, 0, 3, 5]])
    assert_array_equal(pools.mean_pool2d(x, 2), plane([[3.25, 2.25], [2.75, 5.75]]))
    assert_array_equal(pools.mean_pool2d(x, (1, 2), stride=(3, 1)), plane([[3, 3.5, 1], [4.5, 1.5, 4]]))
    assert_array_equal(pools.mean_pool2d(x, 2, stride=1, dilation=3), plane([[3.75]]))


def test_padding_counts_in_the_mean_only_where_asked(pools):
    x = plane([[4, 8], [12, 16]])
    settings = {"kernel": 2, "stride": 2, "padding": 1}
    assert_array_equal(pools.mean_pool2d(x, **settings), x / 4)
    assert_array_equal(pools.mean_pool2d(x, **settings, count_include_pad=False), x)


def test_what_hangs_over_the_padded_input_never_counts_in_the_mean(pools):
    x = np.full((1, 1, 1, 4), 6.0)  # padded 0 6 6 6 6 0; the second window starts at its cell 4
    settings = {"kernel": (1, 3), "stride": (1, 4), "padding": (0, 1), "ceil_mode": True}
    assert_array_equal(pools.mean_pool2d(x, **settings), plane([[4, 3]]))
    assert_array_equal(pools.mean_pool2d(x, **settings, count_include_pad=False), plane([[6, 6]]))


def test_the_winner_gets_the_whole_gradient_and_a_winner_of_several_windows_their_sum(pools):
    x = plane([[1, 2, 3], [4, 9, 5], [6, 7, 8]])
    _, argmax = pools.max_pool2d(x, 2, stride=1)
    dx = pools.max_pool2d_backward(plane([[1, 20], [300, 4000]]), argmax, x.shape)
    assert_array_equal(dx, plane([[0, 0, 0], [0, 4321, 0], [0, 0, 0]]))


def test_of_equal_cells_only_the_first_gets_the_gradient(pools):
    _, argmax = pools.max_pool2d(np.ones((1, 1, 2, 2)), 2)
    assert_array_equal(pools.max_pool2d_backward(plane([[5]]), argmax, (1, 1, 2, 2)), plane([[5, 0], [0, 0]]))


def test_mean_pool_shares_the_gradient_equally_and_overlapping_shares_add_up(pools):
    dx = pools.mean_pool2d_backward(plane([[4, 8], [12, 16]]), (1, 1, 3, 3), 2, stride=1)
    assert_array_equal(dx, plane([[1, 3, 2], [4, 10, 6], [3, 7, 4]]))


def test_left_over_cells_get_no_gradient(pools):
    x_shape, dy = (1, 1, 3, 5), plane([[4, 8]])
    _, argmax = pools.max_pool2d(np.arange(15).reshape(x_shape), 2)
    assert_array_equal(pools.max_pool2d_backward(dy, argmax, x_shape), plane([[0] * 5, [0, 4, 0, 8, 0], [0] * 5]))
    assert_array_equal(pools.mean_pool2d_backward(dy, x_shape, 2), plane([[1, 1, 2, 2, 0], [1, 1, 2, 2, 0], [0] * 5]))


@pytest.mark.parametrize("side", [16, 18, 256, 258])
def test_in_a_plane_of_any_size_each_place_has_its_number(side):
    x = np.arange(side * side).reshape(1, 1, side, side)
    y, argmax = max_pool2d(x, 2)
    assert_array_equal(argmax, x[:, :, 1::2, 1::2])
    assert_array_equal(y, argmax)


# --- kinds of array -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_keep_their_dtype_there_and_back(dtype, rng):
    x = rng.standard_normal(SHAPE).astype(dtype)
    y, argmax = max_pool2d(x, 2)
    mean = mean_pool2d(x, 2)
    dx, mean_dx = max_pool2d_backward(y, argmax, SHAPE), mean_pool2d_backward(mean, SHAPE, 2)
    assert [array.dtype for array in (y, mean, dx, mean_dx)] == [dtype] * 4
    assert argmax.dtype.kind == "i"


@pytest.mark.parametrize("dtype", [np.int64, np.uint8])
def test_integers_become_float64(dtype):
    x = np.arange(16).reshape(1, 1, 4, 4).astype(dtype)
    y, argmax = max_pool2d(x, 2)
    assert_array_equal(y, plane([[5, 7], [13, 15]]), strict=True)
    assert_array_equal(mean_pool2d(x, 2), plane([[2.5, 4.5], [10.5, 12.5]]), strict=True)
    dy = np.array([[[[1, 2], [3, 4]]]], dtype)
    assert max_pool2d_backward(dy, argmax, x.shape).dtype == np.float64
    assert mean_pool2d_backward(dy, x.shape, 2).dtype == np.float64


def test_argmax_may_be_of_any_integer_dtype():
    _, argmax = max_pool2d(np.arange(32.0).reshape(1, 2, 4, 4), 2)
    dy, x_shape = np.arange(8.0).reshape(1, 2, 2, 2), (1, 2, 4, 4)
    for dtype in (np.uint8, np.uint64):
        dx = max_pool2d_backward(dy, argmax.astype(dtype), x_shape)
        assert_array_equal(dx, max_pool2d_backward(dy, argmax, x_shape))


def test_a_view_pools_like_its_copy_and_no_argument_is_written_to(rng):
    x = rng.standard_normal((8, 5, 3, 2)).T
    x.flags.writeable = False
    y, argmax = max_pool2d(x, 3, stride=2, padding=1)
    dy = rng.standard_normal(y.shape[::-1]).T
    dy.flags.writeable = argmax.flags.writeable = False
    assert_array_equal(y, max_pool2d(x.copy(order="C"), 3, stride=2, padding=1)[0])
    assert_array_equal(mean_pool2d(x, 3), mean_pool2d(x.copy(order="C"), 3))
    assert_array_equal(
        max_pool2d_backward(dy, argmax, x.shape), reference.max_pool2d_backward(dy.copy(order="C"), argmax, x.shape)
    )
    assert_allclose(
        mean_pool2d_backward(dy, x.shape, 3, stride=2, padding=1),
        reference.mean_pool2d_backward(dy.copy(order="C"), x.shape, 3, stride=2, padding=1),
    )


def test_without_a_stride_windows_stand_side_by_side():
    x = np.arange(24.0).reshape(1, 1, 4, 6)
    assert_array_equal(max_pool2d(x, (2, 3))[0], max_pool2d(x, (2, 3), stride=(2, 3))[0])
    assert_array_equal(mean_pool2d(x, (2, 3)), mean_pool2d(x, (2, 3), stride=(2, 3)))


def test_infinities_add_up_to_what_they_should_without_a_warning():  # as PyTorch; a warning fails the test
    x = plane([[INF, 1, -INF], [NAN, 2, 3]])
    y, argmax = max_pool2d(x, (1, 2), stride=1)
    assert_array_equal(y, plane([[INF, 1], [NAN, 3]]))
    assert_array_equal(mean_pool2d(x, (1, 2), stride=1), plane([[INF, -INF], [NAN, 2.5]]))
    assert_array_equal(mean_pool2d(x, (1, 3)), plane([[NAN], [NAN]]))
    dy = plane([[INF, -INF], [1, 2]])
    assert_array_equal(max_pool2d_backward(dy, argmax * 0, x.shape), plane([[NAN, 0, 0], [0, 0, 0]]))
    assert_array_equal(mean_pool2d_backward(dy, x.shape, (1, 2), stride=1), plane([[INF, NAN, -INF], [0.5, 1.5, 1]]))


# --- errors -------------------------------------------------------------------------------------------------------

X = np.zeros((2, 3, 5, 8))


@pytest.mark.parametrize("pool", [max_pool2d, mean_pool2d])
@pytest.mark.parametrize(
    ("arguments", "settings", "error", "message"),
    [
        ((X[0], 2), {}, ValueError, "x (shape (3, 5, 8)) must have 4 dimensions (N, C, H, W), not 3"),
        ((X[:0], 2), {}, ValueError, "x (shape (0, 3, 5, 8)) must not be empty"),
        ((X.astype(object), 2), {}, TypeError, "x (dtype object) must be float32, float64 or integer"),
        ((X, 2.0), {}, TypeError, "kernel (2.0) must be an int"),
        ((X, 0), {}, ValueError, "kernel (0) must be at least 1"),
        ((X, (2, 2, 2)), {}, ValueError, "kernel ((2, 2, 2)) must be an int or a pair (h, w)"),
        ((X, 6), {}, ValueError, "kernel (6) must fit in the padded input (5 + 2*0 = 5)"),
        ((X, 2), {"stride": 0}, ValueError, "stride (0) must be at least 1"),
        ((X, 2), {"padding": -1}, ValueError, "padding (-1) must be at least 0"),
        ((X, 2), {"padding": "same"}, ValueError, same_with_stride_2(0, (0, 0), (0, 1))),
        (
            (X, 2),
            {"padding": 2},
            ValueError,
            "padding (2, 2) must leave an input cell in every window "
            "(window 0 reads cells -2 to -1, 1 apart, and the input is cells 0 to 4)",
        ),
        (
            (X, 2),
            {"padding": ((0, 3), 0)},
            ValueError,
            "padding (0, 3) must leave an input cell in every window "
            "(window 3 reads cells 6 to 7, 1 apart, and the input is cells 0 to 4)",
        ),
    ],
)
def test_a_bad_argument_is_named_with_the_rule_and_the_arithmetic(pool, arguments, settings, error, message):
    with pytest.raises(error, match=exactly(message)):
        pool(*arguments, **settings)


def test_a_dilation_that_steps_over_the_whole_input_is_an_error():
    message = (
        "padding (1, 1) must leave an input cell in every window "
        "(window 0 reads cells -1 to 1, 2 apart, and the input is cells 0 to 0)"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        max_pool2d(np.zeros((1, 1, 1, 1)), 2, padding=1, dilation=2)


DY, ARGMAX = np.zeros((2, 3, 2, 4)), np.zeros((2, 3, 2, 4), int)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((DY[0], ARGMAX, X.shape), ValueError, "dy (shape (3, 2, 4)) must have 4 dimensions (N, C, H, W), not 3"),
        ((DY, ARGMAX, (5, 8)), ValueError, "x_shape ((5, 8)) must have 4 lengths (N, C, H, W)"),
        ((DY, ARGMAX, (2, 3, 0, 8)), ValueError, "H of x_shape (0) must be at least 1"),
        ((DY, ARGMAX, (2, 3, 5, 8.0)), TypeError, "W of x_shape (8.0) must be an int"),
        (
            (DY, ARGMAX, (2, 4, 5, 8)),
            ValueError,
            "dy (shape (2, 3, 2, 4)) must have shape (2, 4, 2, 4) (N and C of x_shape (2, 4, 5, 8))",
        ),
        ((DY, ARGMAX * 1.0, X.shape), TypeError, "argmax (dtype float64) must be integer"),
        (
            (DY, ARGMAX[:1], X.shape),
            ValueError,
            "argmax (shape (1, 3, 2, 4)) must have shape (2, 3, 2, 4) (one for each cell of dy)",
        ),
        ((DY, ARGMAX + 40, X.shape), ValueError, "argmax (40) must be a cell of the plane (0 to 5*8 - 1)"),
        ((DY, ARGMAX - 1, X.shape), ValueError, "argmax (-1) must be a cell of the plane (0 to 5*8 - 1)"),
    ],
)
def test_a_bad_argument_of_the_max_pool_backward_is_named(arguments, error, message):
    with pytest.raises(error, match=exactly(message)):
        max_pool2d_backward(*arguments)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((DY, (5, 8), 2), ValueError, "x_shape ((5, 8)) must have 4 lengths (N, C, H, W)"),
        (
            (DY[:1], X.shape, 2),
            ValueError,
            "dy (shape (1, 3, 2, 4)) must have shape (2, 3, 2, 4) (the output for x_shape (2, 3, 5, 8))",
        ),
        ((DY, X.shape, 6), ValueError, "kernel (6) must fit in the padded input (5 + 2*0 = 5)"),
    ],
)
def test_a_bad_argument_of_the_mean_pool_backward_is_named(arguments, error, message):
    with pytest.raises(error, match=exactly(message)):
        mean_pool2d_backward(*arguments)
