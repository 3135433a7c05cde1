"""Padding: one row in every mode, numpy's own padding, the loops, the adjoint, broken variants and every error."""

from __future__ import annotations

import re

import numpy as np
import pytest
import zoo
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from strategies import floats, integers, seeds

from cnnlab import reference
from cnnlab.gradcheck import gradient_error, numerical_gradient
from cnnlab.padding import pad2d, pad2d_backward

NUMPY_MODE = {
    "zeros": "constant",
    "constant": "constant",
    "reflect": "reflect",
    "replicate": "edge",
    "circular": "wrap",
}
PADDING_MODES = ("zeros", "constant", "reflect", "replicate", "circular")
MODES_THAT_COPY = PADDING_MODES[2:]

paddings = st.tuples(*[st.tuples(st.integers(0, 4), st.integers(0, 4))] * 2)
shapes = st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(1, 4), st.integers(1, 4))


def row(*cells):
    """Return one row of cells as an image."""
    return np.array(cells, float).reshape(1, 1, 1, -1)


# --- worked by hand -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "padded"),
    [
        ("zeros", (0, 0, 1, 2, 3, 0)),
        ("constant", (7, 7, 1, 2, 3, 7)),
        ("reflect", (3, 2, 1, 2, 3, 2)),
        ("replicate", (1, 1, 1, 2, 3, 3)),
        ("circular", (2, 3, 1, 2, 3, 1)),
    ],
)
def test_each_mode_fills_the_ring_in_its_own_way(mode, padded):
    value = 7 if mode == "constant" else 0
    assert_array_equal(pad2d(row(1, 2, 3), ((0, 0), (2, 1)), mode=mode, value=value), row(*padded))


@pytest.mark.parametrize(
    ("mode", "dx"),
    [
        ("zeros", (100, 1000, 10000)),
        ("constant", (100, 1000, 10000)),
        ("reflect", (100, 101010, 10001)),
        ("replicate", (111, 1000, 110000)),
        ("circular", (100100, 1001, 10010)),
    ],
)
def test_each_copy_gives_its_gradient_back_to_the_cell_it_came_from(mode, dx):
    dy = row(1, 10, 100, 1000, 10000, 100000)
    assert_array_equal(pad2d_backward(dy, ((0, 0), (2, 1)), mode=mode), row(*dx))


def test_rows_and_columns_have_their_own_padding():
    padded = [[[[0, 0, 0], [1, 2, 0], [3, 4, 0], [0, 0, 0], [0, 0, 0]]]]
    assert_array_equal(pad2d([[[[1, 2], [3, 4]]]], ((1, 2), (0, 1))), padded)
    assert pad2d(np.ones((1, 1, 2, 3)), (1, 2)).shape == (1, 1, 4, 7)
    assert pad2d(np.ones((1, 1, 2, 3)), 2).shape == (1, 1, 6, 7)


def test_minus_infinity_can_be_the_constant():
    assert_array_equal(pad2d(row(-5), (0, 1), mode="constant", value=-np.inf), row(-np.inf, -5, -np.inf))


# --- against numpy, the loops and calculus ------------------------------------------------------------------------


def check_backward(backward, dy, padding, mode):
    assert_array_equal(backward(dy, padding, mode=mode), reference.pad2d_backward(dy, padding, mode=mode), strict=True)


@given(shapes, paddings, st.sampled_from(PADDING_MODES), seeds)
def test_any_padding_is_that_of_numpy_and_of_the_loops(shape, padding, mode, seed):
    x, value = integers(shape, seed), 2.5 if mode == "constant" else 0.0
    constant = {"constant_values": value} if NUMPY_MODE[mode] == "constant" else {}
    expected = np.pad(x, ((0, 0), (0, 0), *padding), mode=NUMPY_MODE[mode], **constant)
    assert_array_equal(pad2d(x, padding, mode=mode, value=value), expected, strict=True)
    assert_array_equal(reference.pad2d(x, padding, mode=mode, value=value), expected, strict=True)


@given(shapes, paddings, st.sampled_from(PADDING_MODES), seeds)
def test_the_gradient_of_any_padding_is_that_of_the_loops_and_the_adjoint(shape, padding, mode, seed):
    x = integers(shape, seed)
    y = pad2d(x, padding, mode=mode)
    dy = integers(y.shape, seed + 1)
    check_backward(pad2d_backward, dy, padding, mode)
    assert np.vdot(dy, y) == np.vdot(pad2d_backward(dy, padding, mode=mode), x)


@pytest.mark.parametrize("mode", PADDING_MODES)
def test_the_gradient_is_that_of_central_differences(mode):
    x, padding = floats((1, 2, 3, 2)), ((2, 1), (0, 3))
    dy = floats(pad2d(x, padding).shape, 1)
    numeric = numerical_gradient(lambda x: pad2d(x, padding, mode=mode), x, dy)
    assert gradient_error(pad2d_backward(dy, padding, mode=mode), numeric) < 1e-9


@pytest.mark.parametrize("mistake", zoo.PAD2D_BACKWARD)
def test_the_comparison_with_the_loops_catches_a_broken_backward(mistake):
    for mode in MODES_THAT_COPY:
        with pytest.raises(AssertionError):
            check_backward(zoo.PAD2D_BACKWARD[mistake], integers((2, 2, 6, 5)), ((2, 1), (1, 1)), mode)


# --- kinds of array -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("dtype", "expected"), [("f4", "f4"), ("f8", "f8"), ("i4", "f8")])
@pytest.mark.parametrize("mode", PADDING_MODES)
def test_float32_and_float64_stay_and_integers_become_float64(dtype, expected, mode):
    x = np.array([[[[1, 2, 3]]]], dtype)
    assert pad2d(x, 1, mode=mode).dtype == expected
    assert pad2d_backward(pad2d(x, 1), 1, mode=mode).dtype == expected


@pytest.mark.parametrize("mode", PADDING_MODES)
def test_no_padding_gives_an_equal_array_that_is_not_the_same(mode):
    x = floats((1, 2, 3, 4))
    for result in (pad2d(x, 0, mode=mode), pad2d_backward(x, 0, mode=mode)):
        assert_array_equal(result, x)
        assert not np.shares_memory(result, x)


def test_what_is_not_finite_passes_without_a_warning():
    assert_array_equal(pad2d(row(np.nan, np.inf), (0, 1), mode="circular"), row(np.inf, np.nan, np.inf, np.nan))
    assert_array_equal(pad2d_backward(row(np.inf, 1, -np.inf), (0, 1), mode="replicate"), row(np.nan))
    assert_array_equal(pad2d(np.float32(row(1)), (0, 1), mode="constant", value=1e300), row(np.inf, 1, np.inf))


# --- errors -------------------------------------------------------------------------------------------------------

X = np.ones((1, 1, 3, 4))


@pytest.mark.parametrize("pad", [pad2d, reference.pad2d])
@pytest.mark.parametrize(
    ("x", "padding", "settings", "error", "message"),
    [
        (X[0], 1, {}, ValueError, "x (shape (1, 3, 4)) must have 4 dimensions (N, C, H, W), not 3"),
        (X[:0], 1, {}, ValueError, "x (shape (0, 1, 3, 4)) must not be empty"),
        (X.astype(bool), 1, {}, TypeError, "x (dtype bool) must be float32, float64 or integer"),
        (X, -1, {}, ValueError, "padding (-1) must be at least 0"),
        (X, 1.0, {}, TypeError, "padding (1.0) must be an int"),
        (X, (1, 2, 3), {}, ValueError, "padding ((1, 2, 3)) must be an int or a pair (h, w)"),
        (X, "same", {}, ValueError, "padding ('same') must be a number of cells: there is no kernel here"),
        (
            X,
            1,
            {"mode": "edge"},
            ValueError,
            "mode ('edge') must be one of zeros, constant, reflect, replicate, circular",
        ),
        (X, 1, {"value": 3}, ValueError, 'value (3) must go with mode "constant" (mode is "zeros")'),
        (X, 1, {"mode": "constant", "value": "3"}, TypeError, "value ('3') must be a number"),
    ],
)
def test_forward_names_what_is_wrong(pad, x, padding, settings, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        pad(x, padding, **settings)


@pytest.mark.parametrize("backward", [pad2d_backward, reference.pad2d_backward])
@pytest.mark.parametrize(
    ("dy", "padding", "mode", "error", "message"),
    [
        (X[0], 1, "zeros", ValueError, "dy (shape (1, 3, 4)) must have 4 dimensions (N, C, H, W), not 3"),
        (X, ((2, 1), (0, 0)), "zeros", ValueError, "padding (2, 1) must leave a cell of dy (3 - 2 - 1 = 0)"),
        (X, (0, 3), "circular", ValueError, "padding (3, 3) must leave a cell of dy (4 - 3 - 3 = -2)"),
        (X, 1, "wrap", ValueError, "mode ('wrap') must be one of zeros, constant, reflect, replicate, circular"),
    ],
)
def test_backward_names_what_is_wrong(backward, dy, padding, mode, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        backward(dy, padding, mode=mode)
