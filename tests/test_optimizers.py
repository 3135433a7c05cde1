"""Stochastic gradient descent and Adam."""

from __future__ import annotations

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cnnlab.optimizers import SGD, Adam

NAN, INF = np.nan, np.inf
TEXT = np.array(["1", "1"], np.dtypes.StringDType())  # whose dtype has no byte order


def update(optimizer, *gradients):
    """Return a parameter that starts at (1, 2), after a step for each gradient."""
    w = np.array([1.0, 2.0])
    for gradient in gradients:
        assert optimizer.update({"w": w}, {"w": np.array(gradient, float)}) is None
    return w


def test_sgd_steps_down_the_gradient():
    assert_allclose(update(SGD(0.5), [0.25, -1], [1, 0]), [1 - 0.125 - 0.5, 2 + 0.5])


def test_momentum_keeps_a_share_of_the_last_step():
    # the velocities are (4, 8), then 0.5 * (4, 8) + (1, 1) = (3, 5), then (1.5, 2.5)
    assert_allclose(update(SGD(0.1, momentum=0.5), [4, 8], [1, 1], [0, 0]), [1 - 0.85, 2 - 1.55])


def test_adam_s_first_step_has_the_length_of_the_learning_rate_whatever_the_gradient():
    assert_allclose(update(Adam(0.1), [1e-3, -1e3]), [0.9, 2.1], rtol=1e-5)


def test_adam_follows_its_algorithm():
    gradients, w, mean, square = [[1, -2], [3, 0.5], [-1, 4]], np.array([1.0, 2.0]), 0, 0
    for t, gradient in enumerate(np.array(gradients), start=1):
        mean, square = 0.6 * mean + 0.4 * gradient, 0.7 * square + 0.3 * gradient**2
        w -= 0.1 * (mean / (1 - 0.6**t)) / (np.sqrt(square / (1 - 0.7**t)) + 0.01)
    assert_allclose(update(Adam(0.1, beta1=0.6, beta2=0.7, epsilon=0.01), *gradients), w, rtol=1e-14)


def test_each_parameter_has_a_memory_of_its_own():
    optimizer, a, b = SGD(1, momentum=0.5), np.zeros(1), np.zeros((2, 2))
    for _ in range(2):
        optimizer.update({"a": a, "b": b}, {"a": np.ones(1), "b": 10 * np.ones((2, 2))})
    assert_array_equal(a, [-2.5])
    assert_array_equal(b, np.full((2, 2), -25))


def test_a_parameter_that_is_left_out_of_a_step_is_not_forgotten():
    optimizer, w, other = SGD(1, momentum=0.5), np.zeros(1), np.zeros(1)
    for name, param in (("w", w), ("other", other), ("w", w)):
        optimizer.update({name: param}, {name: np.ones(1)})
    assert_array_equal([w, other], [[-2.5], [-1]])


@pytest.mark.parametrize("optimizer", [SGD(0.1, momentum=0.9), Adam(0.1)])
def test_float32_weights_stay_float32(optimizer):
    w = np.ones(2, np.float32)
    for _ in range(2):
        optimizer.update({"w": w}, {"w": np.ones(2, np.float32)})
    assert w.dtype == np.float32
    assert (w < 1).all()


RATES = [
    (0, ValueError, "(0) must be greater than 0, and finite"),
    (-0.1, ValueError, "(-0.1) must be greater than 0, and finite"),
    (NAN, ValueError, "(nan) must be greater than 0, and finite"),
    (INF, ValueError, "(inf) must be greater than 0, and finite"),
    ("0.1", TypeError, "('0.1') must be a number"),
    (True, TypeError, "(True) must be a number"),
    (10**400, ValueError, f"({10**98}…) must be a number that a float can hold (up to 1.8e308)"),
]
SHARES = [
    (1, ValueError, "(1) must be at least 0 and less than 1"),
    (-0.1, ValueError, "(-0.1) must be at least 0 and less than 1"),
    (NAN, ValueError, "(nan) must be at least 0 and less than 1"),
    (None, TypeError, "(None) must be a number"),
    (np.True_, TypeError, "(np.True_) must be a number"),
    (-(10**400), ValueError, f"(-{10**97}…) must be a number that a float can hold (up to 1.8e308)"),
]


@pytest.mark.parametrize(
    ("make", "name", "cases"),
    [
        (SGD, "learning_rate", RATES),
        (Adam, "learning_rate", RATES),
        (lambda value: Adam(epsilon=value), "epsilon", RATES),
        (lambda value: SGD(0.1, momentum=value), "momentum", SHARES),
        (lambda value: Adam(beta1=value), "beta1", SHARES),
        (lambda value: Adam(beta2=value), "beta2", SHARES),
    ],
)
def test_a_bad_setting_of_an_optimizer_is_named(make, name, cases):
    for value, error, message in cases:
        with pytest.raises(error, match=f"^{re.escape(f'{name} {message}')}$"):
            make(value)


@pytest.mark.parametrize("optimizer", [SGD(0.1, momentum=0.9), Adam(0.1)])
@pytest.mark.parametrize(
    ("param", "grad", "error", "message"),
    [
        (np.ones(2), None, ValueError, "grads must hold b: go backward first"),
        (np.ones(2), "a", TypeError, "the gradient of b (dtype <U1) must be float32, float64 or integer"),
        (np.ones(2), [1j, 1], TypeError, "the gradient of b (dtype complex128) must be float32, float64 or integer"),
        (np.ones(2), np.ones(3), ValueError, "the gradient of b (shape (3,)) must have shape (2,) (that of b)"),
        (
            np.ones(2, np.float32),
            np.ones(2),
            TypeError,
            "the gradient of b and b must have one dtype (the gradient of b float64, b float32)",
        ),
        ([1, 1], [1, 1], TypeError, "b ([1, 1]) must be a float32 or float64 array: it is changed in place"),
        (TEXT, [1, 1], TypeError, f"b ({TEXT!r}) must be a float32 or float64 array: it is changed in place"),
        (
            np.broadcast_to(1.0, 2),
            np.ones(2),
            ValueError,
            "b (a read-only array) must be writeable: it is changed in place",
        ),
    ],
)
def test_a_gradient_that_does_not_fit_changes_nothing(optimizer, param, grad, error, message):
    a = np.ones(2)
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        optimizer.update({"a": a, "b": param}, {"a": np.ones(2)} | ({} if grad is None else {"b": grad}))
    assert_array_equal(a, np.ones(2))
    assert_array_equal(np.asarray(param, float), np.ones(2))


@pytest.mark.parametrize("optimizer", [SGD(0.1), Adam(0.1)])
@pytest.mark.parametrize("value", [None, [np.ones(1)], 3, "w", {1: np.ones(1)}])
def test_what_is_no_dict_of_arrays_is_named(optimizer, value):
    good = {"w": np.ones(1)}
    for name, arguments in (("params", (value, good)), ("grads", (good, value))):
        with pytest.raises(TypeError, match=f"^{re.escape(f'{name} ({value!r}) must be a dict of arrays by name')}$"):
            optimizer.update(*arguments)
    assert_array_equal(good["w"], [1])


@pytest.mark.parametrize("optimizer", [SGD(0.5), Adam(0.5)])
def test_parameters_in_another_byte_order_are_changed_in_place(optimizer):
    w = np.array([1.0, 2.0], ">f8")
    optimizer.update({"w": w}, {"w": np.array([1.0, -1.0])})
    assert_allclose(w, [0.5, 2.5], rtol=1e-7)


class Full(np.ndarray):
    """An array that there is no memory to compute with."""

    def __array_ufunc__(self, *arguments, **options):
        raise MemoryError


@pytest.mark.parametrize("make", [lambda: SGD(0.5, momentum=0.5), lambda: Adam(0.5)])
def test_an_update_that_fails_half_way_changes_nothing_and_is_forgotten(make, monkeypatch):
    a, b, optimizer, other = np.ones(1), np.ones(1), make(), make()
    with monkeypatch.context() as patch:
        patch.setattr("cnnlab.optimizers.check_gradients", lambda params, grads, memory: grads)
        with pytest.raises(MemoryError):
            optimizer.update({"a": a, "b": b}, {"a": np.ones(1), "b": np.ones(1).view(Full)})
    assert_array_equal([a, b], [[1], [1]])
    for each, param in ((optimizer, a), (other, b)):
        each.update({"a": param}, {"a": np.full(1, 3.0)})
        each.update({"a": param}, {"a": np.full(1, 1.0)})
    assert_array_equal(a, b)


@pytest.mark.parametrize("make", [lambda: SGD(1e300, momentum=0.9), lambda: Adam(1e300)], ids=["SGD", "Adam"])
@pytest.mark.parametrize("gradient", [NAN, INF, -INF, 1e308])
def test_what_is_not_finite_passes_without_a_warning(make, gradient):
    w, optimizer = np.array([1.0, 1.0]), make()
    for _ in range(2):
        optimizer.update({"w": w}, {"w": np.array([gradient, 0.0])})
    assert not 0 < w[0] < 2


def test_an_update_that_failed_is_forgotten():
    both = Adam(0.1), Adam(0.1)
    with pytest.raises(ValueError, match="grads must hold w"):
        both[0].update({"w": np.ones(1)}, {})
    w = [np.ones(1), np.ones(1)]
    for optimizer, param in zip(both, w, strict=True):
        optimizer.update({"w": param}, {"w": np.array([3.0])})
        optimizer.update({"w": param}, {"w": np.array([1.0])})
    assert_array_equal(*w)
