"""The gradient checker: derivatives known by heart, what the step does, and that it sees a single wrong cell."""

from __future__ import annotations

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cnnlab.gradcheck import gradient_error, numerical_gradient


def test_the_gradient_of_a_square_is_twice_the_number_times_the_upstream_gradient():
    x, dy = np.array([[1.0, -2.0], [3.0, 0.5]]), np.array([[5.0, 7.0], [-1.0, 2.0]])
    assert_allclose(numerical_gradient(np.square, x, dy), 2 * x * dy, rtol=1e-9)


def test_a_function_may_change_the_shape():
    matrix = np.array([[1, 2, 3], [4, 5, 6]])
    dx = numerical_gradient(lambda x: matrix @ x, [7, 8, 9], [1, 10])
    assert_allclose(dx, [41, 52, 63], rtol=1e-9)


def test_central_differences_are_exact_for_a_square_at_any_step():
    assert_array_equal(numerical_gradient(np.square, [3, 5], [1, 10], step=1), [6, 100])


def test_a_large_step_sees_the_curve_of_a_cube():
    assert_array_equal(numerical_gradient(lambda x: x**3, [2], [1], step=1), [13])


def test_a_function_that_returns_its_own_argument_has_the_upstream_gradient():
    assert_allclose(numerical_gradient(lambda x: x, [3, 4], [5, 6]), [5, 6], rtol=1e-9)


def test_a_function_that_writes_to_its_argument_does_no_harm():
    def halved(x):
        x *= 0.5
        return x

    x = np.array([3.0, 4.0])
    assert_allclose(numerical_gradient(halved, x, [2, 6]), [1, 3], rtol=1e-9)
    assert_array_equal(x, [3, 4])


def test_a_function_that_writes_each_answer_into_the_same_array_does_no_harm():
    same, x = np.zeros(3), np.array([1.0, 2.0, 3.0])

    def square(x):
        return np.square(x, out=same)

    assert_allclose(numerical_gradient(square, x, [1, 10, 100]), [2, 40, 600], rtol=1e-9)
    assert_allclose(numerical_gradient(square, x, square(x)), [2, 16, 54], rtol=1e-9)  # the upstream gradient is it
    same = x
    assert_allclose(numerical_gradient(square, x, [1, 10, 100]), [2, 40, 600], rtol=1e-9)


def test_float32_stays_float32():
    x = np.array([1.0, 2.0], np.float32)
    dx = numerical_gradient(np.square, x, np.ones(2, np.float32), step=0.25)
    assert_array_equal(dx, np.array([2, 4], np.float32), strict=True)


def test_what_is_not_finite_passes_without_a_warning():
    x, dy = [1e308, np.inf, np.nan, 1.0], [1, 1, 1, np.inf]
    assert_array_equal(np.isnan(numerical_gradient(np.square, x, [1, 1, 1, 1])), [True, True, True, True])
    assert_array_equal(np.isfinite(numerical_gradient(lambda x: x * 2, x, dy, step=1e300)), [False] * 4)
    assert np.isnan(gradient_error([np.inf, 1e308], [np.inf, -1e308]))


def test_a_function_may_return_integers():
    assert_array_equal(numerical_gradient(lambda x: np.floor(x).astype(int), [3.0], [2], step=1), [2])


@pytest.mark.parametrize(
    ("f", "error", "message"),
    [
        (lambda x: None, TypeError, "f(x) (dtype object) must be float32, float64 or integer"),
        (lambda x: [[1], [1, 2]], ValueError, "f(x) must be one array of numbers ("),
        (lambda x: x > 0, TypeError, "f(x) (dtype bool) must be float32, float64 or integer"),
    ],
)
def test_a_function_that_returns_no_numbers_is_named(f, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}"):
        numerical_gradient(f, [1.0], [1.0])


def test_the_error_of_equal_gradients_is_zero():
    assert gradient_error([1, -2, 0], [1, -2, 0]) == 0
    assert gradient_error([0, 0], [0, 0]) == 0


def test_the_error_is_the_greatest_difference_as_a_share_of_the_greatest_number():
    assert gradient_error([[1, 2], [3, 4]], [[1, 2], [3, 5]]) == 1 / 5
    assert gradient_error([-8, 1], [-8, 3]) == 2 / 8
    assert gradient_error([1, -1], [-1, 1]) == 2


def test_one_wrong_cell_in_a_thousand_shows_as_it_would_not_in_a_mean():
    right = np.linspace(-1, 1, 1000)
    wrong = right.copy()
    wrong[500:502] = wrong[501:499:-1]  # exchanged: mean and sum stay
    assert gradient_error(right, wrong) > 1e-3


def test_a_nan_is_no_small_error():
    assert np.isnan(gradient_error([1, np.nan], [1, 2]))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([True], [1]), TypeError, "x (dtype bool) must be float32, float64 or integer"),
        (([], [1]), ValueError, "x (shape (0,)) must not be empty"),
        (([1, 2], [1]), ValueError, "dy (shape (1,)) must have shape (2,) (that of f(x))"),
        (([1, 2], ["a", "b"]), TypeError, "dy (dtype <U1) must be float32, float64 or integer"),
    ],
)
def test_numerical_gradient_names_what_is_wrong(arguments, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        numerical_gradient(np.square, *arguments)


@pytest.mark.parametrize(
    ("step", "error", "message"),
    [
        (0, ValueError, "step (0) must be greater than 0, and finite"),
        (np.nan, ValueError, "step (nan) must be greater than 0, and finite"),
        (np.inf, ValueError, "step (inf) must be greater than 0, and finite"),
        ("1", TypeError, "step ('1') must be a number"),
        (True, TypeError, "step (True) must be a number"),
        (10**309, ValueError, f"step ({10**98}…) must be a number that a float can hold (up to 1.8e308)"),
    ],
)
def test_a_step_must_be_a_length(step, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        numerical_gradient(np.square, [1], [1], step=step)


def test_gradient_error_compares_arrays_of_one_shape():
    message = re.escape("analytic (shape (2, 1)) must have shape (2,) (that of numeric)")
    with pytest.raises(ValueError, match=f"^{message}$"):
        gradient_error([[1], [2]], [1, 2])
