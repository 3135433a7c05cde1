"""Convolution: worked examples, the loops, the wires, calculus, broken variants, kinds of array and every error."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
import zoo
from hypothesis import given
from numpy.testing import assert_array_equal
from strategies import convolutions, floats, integers, planes, transposed_convolutions

from cnnlab import convolution, reference
from cnnlab.convolution import conv2d, conv2d_backward, conv_transpose2d
from cnnlab.gradcheck import gradient_error, numerical_gradient
from cnnlab.wiring import wiring

# What x and w look like, and the settings: each tells some mistake apart.
GEOMETRIES = {
    "rectangular kernel": ((2, 3, 4, 5), (2, 3, 2, 3), {}),
    "stride with leftovers": ((2, 2, 7, 7), (3, 2, 2, 3), {"stride": (2, 3)}),
    "stride longer than the kernel": ((1, 1, 7, 8), (1, 1, 2, 1), {"stride": 3}),
    "padding wider than the kernel": ((1, 2, 3, 2), (2, 2, 2, 1), {"padding": (3, 2)}),
    "asymmetric padding": ((2, 2, 4, 4), (2, 2, 3, 2), {"padding": ((1, 0), (0, 2))}),
    "same padding of an even kernel": ((1, 1, 3, 4), (1, 1, 2, 4), {"padding": "same"}),
    "valid padding": ((1, 1, 3, 4), (1, 1, 2, 4), {"padding": "valid"}),
    "dilation": ((2, 1, 6, 7), (2, 1, 3, 2), {"dilation": (2, 3), "padding": 1}),
    "groups": ((2, 4, 4, 3), (6, 2, 3, 3), {"groups": 2, "padding": 1}),
    "depthwise": ((2, 3, 4, 4), (3, 1, 2, 2), {"groups": 3}),
    "one tap": ((2, 3, 2, 3), (2, 3, 1, 1), {}),
    "a column of taps": ((2, 2, 6, 3), (2, 2, 3, 1), {}),
    "everything": (
        (2, 4, 7, 8),
        (4, 2, 2, 3),
        {"stride": (3, 2), "padding": ((1, 2), (0, 3)), "dilation": (2, 1), "groups": 2},
    ),
}
each_geometry = pytest.mark.parametrize("geometry", GEOMETRIES)


def operands(geometry, numbers=integers):
    """Return ``dy, x, w, b, settings`` of one of the geometries."""
    x_shape, w_shape, settings = GEOMETRIES[geometry]
    x, w, b = numbers(x_shape, 1), numbers(w_shape, 2), numbers(w_shape[0], 3)
    return numbers(conv2d(x, w, **settings).shape, 4), x, w, b, settings


# --- worked by hand -----------------------------------------------------------------------------------------------

X = np.arange(9).reshape(1, 1, 3, 3)
W = np.array([[[[0, 1], [2, 3]]]])
DY = np.array([[[[1, 2], [3, 4]]]])


def row(*cells):
    """Return one row of cells as an image, or as a kernel."""
    return np.array(cells, float).reshape(1, 1, 1, -1)


def test_each_window_gives_the_sum_of_cell_times_tap():
    assert_array_equal(conv2d(X, W, [100]), [[[[119, 125], [137, 143]]]])


def test_each_product_sends_the_upstream_gradient_to_both_its_factors():
    dx, dw, db = conv2d_backward(DY, X, W)
    assert_array_equal(dx, [[[[0, 1, 2], [2, 10, 10], [6, 17, 12]]]])
    assert_array_equal(dw, [[[[27, 37], [57, 67]]]])
    assert_array_equal(db, [10])


def test_the_digits_of_the_answer_tell_which_cells_a_window_read():
    x, digits = row(1, 2, 3, 4, 5), row(100, 10, 1)
    assert_array_equal(conv2d(x, digits), row(123, 234, 345))
    assert_array_equal(conv2d(x, digits, stride=(1, 2)), row(123, 345))
    assert_array_equal(conv2d(x, digits, dilation=(1, 2)), row(135))
    assert_array_equal(conv2d(x, digits, padding=((0, 0), (2, 1))), row(1, 12, 123, 234, 345, 450))
    assert_array_equal(conv2d(x, digits, padding="same"), row(12, 123, 234, 345, 450))


def test_a_filter_sums_over_the_channels_of_its_group():
    x, w = np.array([1, 2, 3, 4]).reshape(1, 4, 1, 1), np.array([[1, 10], [1, 100]]).reshape(2, 2, 1, 1)
    assert_array_equal(conv2d(x, w, groups=2).ravel(), [21, 403])
    assert_array_equal(conv2d(x[:, :2], w).ravel(), [21, 201])


def test_each_cell_of_a_transposed_convolution_lays_its_kernel_on_the_answer():
    x, w = row(1, 2), row(1, 10, 100)
    assert_array_equal(conv_transpose2d(x, w, [5]), row(6, 17, 125, 205))
    assert_array_equal(conv_transpose2d(x, w, stride=(1, 2)), row(1, 10, 102, 20, 200))
    assert_array_equal(conv_transpose2d(x, w, stride=(1, 2), output_padding=(0, 1)), row(1, 10, 102, 20, 200, 0))
    assert_array_equal(conv_transpose2d(x, w, padding=((0, 0), (1, 0))), row(12, 120, 200))
    assert_array_equal(conv_transpose2d(x, w, padding="same"), row(12, 120))
    assert_array_equal(conv_transpose2d(x, w, dilation=(1, 2)), row(1, 2, 10, 20, 100, 200))


# --- against the loops, the wires and calculus --------------------------------------------------------------------


def check_forward(forward, x, w, b, settings):
    assert_array_equal(forward(x, w, b, **settings), reference.conv2d(x, w, b, **settings), strict=True)


def check_backward(backward, dy, x, w, settings):
    for actual, expected in zip(
        backward(dy, x, w, **settings), reference.conv2d_backward(dy, x, w, **settings), strict=True
    ):
        assert_array_equal(actual, expected, strict=True)


def check_transposed(transposed, x, w, b, settings):
    assert_array_equal(transposed(x, w, b, **settings), reference.conv_transpose2d(x, w, b, **settings), strict=True)


@each_geometry
def test_forward_and_backward_equal_the_loops_exactly(geometry):
    dy, x, w, b, settings = operands(geometry)
    check_forward(conv2d, x, w, b, settings)
    check_backward(conv2d_backward, dy, x, w, settings)


@given(convolutions())
def test_forward_and_backward_equal_the_loops_on_any_legal_geometry(case):
    x, w, b, settings = case
    y = conv2d(x, w, b, **settings)
    check_forward(conv2d, x, w, b, settings)
    check_backward(conv2d_backward, integers(y.shape), x, w, settings)


@given(transposed_convolutions())
def test_the_transposed_convolution_equals_the_loops_on_any_legal_geometry(case):
    check_transposed(conv_transpose2d, *case)


@pytest.mark.parametrize("numbers", [1, 200, 400])  # a row of windows, some rows, an image
@each_geometry
def test_the_answer_does_not_depend_on_the_size_of_a_block(geometry, numbers, monkeypatch):
    dy, x, w, b, settings = operands(geometry)
    monkeypatch.setattr(convolution, "_BLOCK", numbers)
    check_forward(conv2d, x, w, b, settings)
    check_backward(conv2d_backward, dy, x, w, settings)
    check_transposed(conv_transpose2d, dy, w, None, settings)


@given(planes())
def test_the_wires_of_an_output_an_input_and_a_tap_add_up_to_y_dx_and_dw(plane):
    size, kernel, *_ = plane.values()
    x, w = integers((2, 2, *size), 1), integers((2, 2, *kernel), 2)
    wires = wiring(**plane)
    read = wires.input[:, 0] >= 0  # padding is 0: it adds nothing
    output, source, tap = ((..., *cells[read].T) for cells in (wires.output, wires.input, wires.tap))
    settings = {name: plane[name] for name in ("stride", "padding", "dilation")}
    y = np.zeros_like(conv2d(x, w, **settings))
    np.add.at(y, output, np.einsum("ncj,fcj->nfj", x[source], w[tap]))
    assert_array_equal(conv2d(x, w, **settings), y)
    dy, dx, dw = integers(y.shape, 3), np.zeros_like(x), np.zeros_like(w)
    np.add.at(dx, source, np.einsum("nfj,fcj->ncj", dy[output], w[tap]))
    np.add.at(dw, tap, np.einsum("nfj,ncj->fcj", dy[output], x[source]))
    for actual, expected in zip(conv2d_backward(dy, x, w, **settings), (dx, dw, dy.sum((0, 2, 3))), strict=True):
        assert_array_equal(actual, expected)


@given(convolutions())
def test_backward_is_the_adjoint_of_forward_in_x_and_in_w(case):
    x, w, _, settings = case
    y = conv2d(x, w, **settings)
    dy = integers(y.shape, 5)
    dx, dw, _ = conv2d_backward(dy, x, w, **settings)
    assert np.vdot(dy, y) == np.vdot(dx, x) == np.vdot(dw, w)


@each_geometry
def test_the_gradients_are_those_of_central_differences(geometry):
    dy, x, w, b, settings = operands(geometry, floats)
    numeric = (
        numerical_gradient(lambda x: conv2d(x, w, b, **settings), x, dy),
        numerical_gradient(lambda w: conv2d(x, w, b, **settings), w, dy),
        numerical_gradient(lambda b: conv2d(x, w, b, **settings), b, dy),
    )
    for analytic, nudged in zip(conv2d_backward(dy, x, w, **settings), numeric, strict=True):
        assert gradient_error(analytic, nudged) < 1e-8


@each_geometry
def test_the_transposed_convolution_is_the_dx_of_a_convolution(geometry):
    dy, x, w, _, settings = operands(geometry)
    leftover = [axis.leftover for axis in zoo.axes_of(x, w, settings)]
    dx, _, _ = conv2d_backward(dy, x, w, **settings)
    assert_array_equal(conv_transpose2d(dy, w, output_padding=leftover, **settings), dx)


def test_output_padding_may_reach_the_stride_where_the_dilation_is_greater():
    x, w, settings = integers((1, 2, 2, 3)), integers((2, 1, 2, 2), 1), {"dilation": (3, 4), "padding": (0, 1)}
    longer = conv_transpose2d(x, w, output_padding=(2, 3), **settings)
    assert longer.shape == (1, 1, 7, 8)
    check_transposed(conv_transpose2d, x, w, None, settings | {"output_padding": (2, 3)})


# --- broken variants ----------------------------------------------------------------------------------------------


def check_all_geometries(check, implementation):
    for geometry in GEOMETRIES:
        dy, x, w, b, settings = operands(geometry)
        check(implementation, *((x, w, b) if check is check_forward else (dy, x, w)), settings)


@pytest.mark.parametrize("mistake", zoo.CONV2D)
def test_the_comparison_with_the_loops_catches_a_broken_forward(mistake):
    with pytest.raises(AssertionError):
        check_all_geometries(check_forward, zoo.CONV2D[mistake])


@pytest.mark.parametrize("mistake", zoo.CONV2D_BACKWARD)
def test_the_comparison_with_the_loops_catches_a_broken_backward(mistake):
    with pytest.raises(AssertionError):
        check_all_geometries(check_backward, zoo.CONV2D_BACKWARD[mistake])


@pytest.mark.parametrize("mistake", zoo.CONV_TRANSPOSE2D)
def test_the_comparison_with_the_loops_catches_a_broken_transposed_convolution(mistake):
    x, w, b = integers((2, 2, 3, 3), 1), integers((2, 2, 3, 3), 2), integers(2, 3)
    with pytest.raises(AssertionError):
        check_transposed(zoo.CONV_TRANSPOSE2D[mistake], x, w, b, {"stride": 2, "padding": 1, "output_padding": 1})


# --- kinds of array -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dtype", "expected"), [("f4", "f4"), ("f8", "f8"), ("i8", "f8"), ("u1", "f8")])
def test_float32_and_float64_stay_and_integers_become_float64(dtype, expected):
    dy, x, w = DY.astype(dtype), X.astype(dtype), W.astype(dtype)
    results = conv2d(x, w), conv_transpose2d(x, w), *conv2d_backward(dy, x, w)
    assert [result.dtype for result in results] == [np.dtype(expected)] * 5
    assert_array_equal(results[2], [[[[0, 1, 2], [2, 10, 10], [6, 17, 12]]]])


def test_lists_and_arrays_in_any_memory_order_give_the_same_and_are_left_as_they_are():
    dy, x, w, b, settings = operands("everything")
    before = [array.copy() for array in (dy, x, w, b)]
    check_forward(conv2d, x.tolist(), w.tolist(), b.tolist(), settings)
    check_forward(conv2d, np.asfortranarray(x), w[::-1], b, settings)
    check_backward(conv2d_backward, np.asfortranarray(dy), x[..., ::-1], np.asfortranarray(w), settings)
    for array, copy in zip((dy, x, w, b), before, strict=True):
        assert_array_equal(array, copy)


def test_leftover_cells_get_a_gradient_of_exactly_zero():
    dx, _, _ = conv2d_backward(floats((1, 1, 2, 1)) + 9, floats((1, 1, 6, 5)), floats((1, 1, 3, 2)) + 9, stride=(2, 4))
    assert np.all(dx[:, :, :5, :2] != 0)
    assert_array_equal(dx[:, :, 5:], 0)
    assert_array_equal(dx[..., 2:], 0)


def test_a_nan_reaches_the_windows_that_read_it_and_no_other():
    x, w = np.ones((2, 1, 5, 5)), np.ones((1, 1, 2, 2))
    x[0, 0, 1, 2] = x[1, 0, 4, 4] = np.nan  # the second is a leftover
    y = conv2d(x, w, stride=2, dilation=1)
    assert_array_equal(np.isnan(y), [[[[False, True], [False, False]]], [[[False] * 2] * 2]])
    _, dw, _ = conv2d_backward(np.ones((2, 1, 2, 2)), x, w, stride=2)
    assert_array_equal(np.isnan(dw), [[[[False, False], [True, False]]]])


def test_infinities_add_up_to_what_they_should_without_a_warning():  # as PyTorch; a warning fails the test
    x, w = row(np.inf, 1, -np.inf), row(2, 1)
    assert_array_equal(conv2d(x, w), row(np.inf, -np.inf))
    assert_array_equal(conv2d(x, w, [-np.inf]), row(np.nan, -np.inf))
    assert_array_equal(conv_transpose2d(x, w, [-np.inf]), row(np.nan, np.nan, -np.inf, -np.inf))
    dx, dw, db = conv2d_backward(row(np.inf, -np.inf), row(0, 1, 2), w)
    assert_array_equal(dx, row(np.inf, np.nan, -np.inf))
    assert_array_equal(dw, row(np.nan, np.nan))
    assert_array_equal(db, [np.nan])
    assert_array_equal(conv2d(np.float32(row(3e38, 3e38)), np.float32(w)), row(np.inf), strict=False)


@pytest.mark.parametrize(
    ("shape", "filters", "kernel"),
    [
        ((64, 1, 28, 28), 1, 3),
        ((64, 1, 28, 28), 32, 3),
        ((1, 3, 224, 224), 8, 3),
        ((1, 1, 512, 512), 16, 3),
        ((1, 1, 512, 512), 32, 1),
    ],
)
def test_the_memory_is_what_the_docstring_says(shape, filters, kernel):
    x, w = np.ones(shape, np.float32), np.ones((filters, shape[1], kernel, kernel), np.float32)
    tracemalloc.start()
    y = conv2d(x, w, padding=kernel // 2)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak - y.nbytes < (1 + 1 / kernel) * 2**20 + 2**16
