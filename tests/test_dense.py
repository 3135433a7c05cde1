"""The dense layer."""

from __future__ import annotations

import re

import numpy as np
import pytest
import zoo
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

import cnnlab
from cnnlab import reference
from cnnlab.dense import dense, dense_backward
from cnnlab.gradcheck import gradient_error, numerical_gradient


@st.composite
def layers(draw):
    """Draw dy (N, K), x (N, D), w (D, K) and b (K,) of small integers."""
    n, d, k = (draw(st.integers(1, 4)) for _ in range(3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return tuple(rng.integers(-9, 10, shape).astype(float) for shape in ((n, k), (n, d), (d, k), (k,)))


X, W, B = [[1, 2], [3, 4]], [[1, 0, 2], [0, 1, 3]], [10, 20, 30]


def test_every_output_is_a_weighted_sum_of_all_inputs_and_a_bias():
    assert_array_equal(dense(X, W), [[1, 2, 8], [3, 4, 18]])
    assert_array_equal(dense(X, W, B), [[11, 22, 38], [13, 24, 48]])


def test_the_gradients_of_a_worked_example():
    dx, dw, db = dense_backward([[1, 10, 100], [2, 20, 200]], X, W)
    assert_array_equal(dx, [[201, 310], [402, 620]])
    assert_array_equal(dw, [[7, 70, 700], [10, 100, 1000]])
    assert_array_equal(db, [3, 30, 300])


def check_dense(dy, x, w, b, forward=dense, backward=dense_backward):
    """Compare a dense layer with the loops, whole arrays, exactly."""
    assert_array_equal(forward(x, w, b), reference.dense(x, w, b), strict=True)
    assert_array_equal(forward(x, w), reference.dense(x, w), strict=True)
    for gradient, expected in zip(backward(dy, x, w), reference.dense_backward(dy, x, w), strict=True):
        assert_array_equal(gradient, expected, strict=True)


@given(layers())
def test_dense_equals_the_loops(layer):
    check_dense(*layer)


@given(layers())
def test_each_gradient_is_the_adjoint_of_its_forward(layer):
    dy, x, w, b = layer
    dx, dw, db = dense_backward(dy, x, w)
    total = np.vdot(dy, dense(x, w))
    assert np.vdot(dx, x) == total
    assert np.vdot(dw, w) == total
    assert np.vdot(db, b) == np.vdot(dy, dense(x, w, b)) - total


def test_each_gradient_equals_central_differences(rng):
    x, w, b, dy = (rng.standard_normal(shape) for shape in ((4, 3), (3, 5), 5, (4, 5)))
    dx, dw, db = dense_backward(dy, x, w)
    assert gradient_error(dx, numerical_gradient(lambda x: dense(x, w, b), x, dy)) < 1e-8
    assert gradient_error(dw, numerical_gradient(lambda w: dense(x, w, b), w, dy)) < 1e-8
    assert gradient_error(db, numerical_gradient(lambda b: dense(x, w, b), b, dy)) < 1e-8


@pytest.mark.parametrize("name", zoo.DENSE_BACKWARDS)
def test_every_broken_dense_backward_is_caught(name, rng):
    layer = [rng.integers(-9, 10, shape).astype(float) for shape in ((4, 3), (4, 3), (3, 3), 3)]
    check_dense(*layer)
    with pytest.raises(AssertionError):
        check_dense(*layer, backward=zoo.DENSE_BACKWARDS[name])


@pytest.mark.parametrize("module", [cnnlab, reference])
def test_what_is_not_finite_passes_without_a_warning(module):
    x, w = np.array([[np.inf, 1e308], [1.0, np.nan]]), np.array([[0.0, 1.0], [1e308, 2.0]])
    assert_array_equal(module.dense(x, w, [np.inf, 0]), [[np.nan, np.inf], [np.nan, np.nan]])
    dx, dw, db = module.dense_backward(x, x, w)
    assert_array_equal(dx, [[np.nan, np.inf], [np.nan, np.nan]])
    assert_array_equal(dw, [[np.inf, np.nan], [np.nan, np.nan]])
    assert_array_equal(db, [np.inf, np.nan])


def test_an_output_that_could_never_be_held_is_refused():
    message = "y (shape (1048576, 1024)) must have at most 268,435,456 cells (it has 1,073,741,824)"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        dense(np.ones((2**20, 1), np.float32), np.ones((1, 2**10), np.float32))


def test_float32_stays_float32_and_integers_become_float64():
    x, w, b = (np.array(a, np.float32) for a in (X, W, B))
    arrays = [dense(x, w, b), *dense_backward(dense(x, w), x, w)]
    assert [array.dtype for array in arrays] == [np.float32] * 4
    arrays = [dense(X, W, B), *dense_backward(np.ones((2, 3), int), X, W)]
    assert [array.dtype for array in arrays] == [np.float64] * 4


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([1, 2], W), ValueError, "x (shape (2,)) must have 2 dimensions (N, D), not 1"),
        ((X, [1, 2]), ValueError, "w (shape (2,)) must have 2 dimensions (D, K), not 1"),
        (([[1, 2, 3]], W), ValueError, "w (shape (2, 3)) must have shape (3, 3) (one row for each column of x)"),
        ((X, W, [1, 2]), ValueError, "b (shape (2,)) must have shape (3,) (one for each column of w)"),
        ((X, W, [[1]]), ValueError, "b (shape (1, 1)) must have shape (3,) (one for each column of w)"),
        ((X, np.ones((2, 3), np.float32)), TypeError, "x and w must have one dtype (x float64, w float32)"),
        ((X, W, np.ones(3, bool)), TypeError, "b (dtype bool) must be float32, float64 or integer"),
    ],
)
def test_a_bad_argument_is_named(arguments, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        dense(*arguments)


@pytest.mark.parametrize(
    ("dy", "error", "message"),
    [
        ([[1, 2]], ValueError, "dy (shape (1, 2)) must have shape (2, 3) (N of x, K of w)"),
        ([1, 2], ValueError, "dy (shape (2,)) must have shape (2, 3) (N of x, K of w)"),
        (
            np.ones((2, 3), np.float32),
            TypeError,
            "dy and x and w must have one dtype (dy float32, x float64, w float64)",
        ),
    ],
)
def test_a_bad_gradient_is_named(dy, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        dense_backward(dy, X, W)
