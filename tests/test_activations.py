"""Activation functions and their derivatives."""

from __future__ import annotations

import re

import numpy as np
import pytest
import zoo
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnnlab import activations, reference
from cnnlab.gradcheck import gradient_error, numerical_gradient

NAMES = ["relu", "leaky_relu", "sigmoid", "tanh"]
NAN, INF = np.nan, np.inf


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


@pytest.fixture(params=[activations, reference], ids=["vectorised", "loops"])
def module(request):
    """Return the module to test: the loops are held to the same examples."""
    return request.param


def pair(name, module=activations):
    """Return a function and its backward."""
    return getattr(module, name), getattr(module, f"{name}_backward")


def exactly(message):
    """Return the pattern that matches this message and nothing longer."""
    return f"^{re.escape(message)}$"


Z = [[-2, -1, 0], [1, 2, 3]]
DA = [[10, 20, 30], [40, 50, 60]]


def test_relu_keeps_what_is_positive_and_lets_the_gradient_through_there(module):
    assert_array_equal(module.relu(Z), [[0, 0, 0], [1, 2, 3]])
    assert_array_equal(module.relu_backward(DA, Z), [[0, 0, 0], [40, 50, 60]])


def test_leaky_relu_scales_what_is_negative_and_the_gradient_there(module):
    assert_array_equal(module.leaky_relu(Z, slope=0.5), [[-1, -0.5, 0], [1, 2, 3]])
    assert_array_equal(module.leaky_relu_backward(DA, Z, slope=0.5), [[5, 10, 15], [40, 50, 60]])
    assert_array_equal(module.leaky_relu([-100.0]), [-1.0])
    assert_array_equal(module.leaky_relu_backward([100.0], [-1.0]), [1.0])


def test_sigmoid_and_tanh_have_their_known_values(module):
    z = np.log([1, 2, 3])
    assert_allclose(module.sigmoid(z), [1 / 2, 2 / 3, 3 / 4], rtol=1e-15)
    assert_allclose(module.sigmoid_backward([36, 36, 32], z), [9, 8, 6], rtol=1e-15)
    assert_allclose(module.tanh(z), [0, 3 / 5, 4 / 5], rtol=1e-15)
    assert_allclose(module.tanh_backward([25, 25, 25], z), [25, 16, 9], rtol=1e-14)


def test_far_from_zero_nothing_overflows():
    far = [-INF, -1000, 1000, INF]
    assert_array_equal(activations.sigmoid(far), [0, 0, 1, 1])
    assert_array_equal(activations.sigmoid_backward([1, 1, 1, 1], far), [0, 0, 0, 0])
    assert_array_equal(activations.tanh(far), [-1, -1, 1, 1])
    assert_array_equal(activations.tanh_backward([1, 1, 1, 1], far), [0, 0, 0, 0])
    assert_allclose(activations.sigmoid([-700.0]), np.exp([-700.0]), rtol=1e-13)


def test_nan_passes_through(name):
    f, _ = pair(name)
    assert_array_equal(np.isnan(f([NAN, 1.0])), [True, False])


def test_a_cell_that_is_off_hides_even_an_infinite_gradient():
    assert_array_equal(activations.relu_backward([INF, INF, NAN], [-1.0, 1.0, -1.0]), [0, INF, 0])


@given(st.lists(st.integers(-20, 20), min_size=1, max_size=12), st.integers(0, 2**32 - 1))
def test_each_equals_its_loop(z, seed):
    z = np.array(z, dtype=float)
    da = np.random.default_rng(seed).standard_normal(z.shape)
    for name in NAMES:
        (f, backward), (loop, loop_backward) = pair(name), pair(name, reference)
        assert_allclose(f(z), loop(z), rtol=1e-12, strict=True)
        # 1 - a² has few digits left where a is near 1
        assert_allclose(backward(da, z), loop_backward(da, z), rtol=1e-9, atol=1e-15, strict=True)


@pytest.mark.parametrize("mistake", zoo.ACTIVATION_BACKWARDS)
def test_every_broken_activation_backward_is_caught(mistake, rng):
    name, broken = mistake.split(":")[0], zoo.ACTIVATION_BACKWARDS[mistake]
    z, da = np.append(rng.standard_normal(30), 0), rng.standard_normal(31)
    expected = pair(name, reference)[1](da, z)
    assert_allclose(pair(name)[1](da, z), expected, rtol=1e-12)
    assert not np.allclose(broken(da, z), expected)


def test_each_backward_equals_central_differences_away_from_the_kink(name, rng):
    f, backward = pair(name)
    z = rng.uniform(0.1, 3, (2, 3, 4, 5)) * rng.choice([-1, 1], (2, 3, 4, 5))
    da = rng.standard_normal(z.shape)
    assert gradient_error(backward(da, z), numerical_gradient(f, z, da)) < 1e-8


def test_leaky_relu_with_another_slope_equals_central_differences(rng):
    z, da = rng.uniform(-3, -0.1, (4, 5)), rng.standard_normal((4, 5))
    numeric = numerical_gradient(lambda z: activations.leaky_relu(z, slope=0.3), z, da)
    assert gradient_error(activations.leaky_relu_backward(da, z, slope=0.3), numeric) < 1e-8


@pytest.mark.parametrize(
    ("given_dtype", "dtype"), [(np.float32, np.float32), (np.float64, np.float64), (np.int8, np.float64)]
)
def test_floats_keep_their_dtype_and_integers_become_float64(name, given_dtype, dtype):
    f, backward = pair(name)
    z = np.array([-2, 0, 3], given_dtype)
    assert f(z).dtype == dtype
    assert backward(z, z).dtype == dtype


def test_a_numpy_slope_does_not_widen_float32():
    z = np.array([-2, 3], np.float32)
    assert activations.leaky_relu(z, slope=np.float64(0.5)).dtype == np.float32
    assert activations.leaky_relu_backward(z, z, slope=np.float64(0.5)).dtype == np.float32


def test_no_argument_is_written_to(name):
    f, backward = pair(name)
    z, da = np.array([-1.0, 2.0]), np.array([3.0, 4.0])
    z.flags.writeable = da.flags.writeable = False
    assert not np.shares_memory(f(z), z)
    assert not np.shares_memory(backward(da, z), da)


def test_a_bad_argument_is_named(name):
    f, backward = pair(name)
    z = np.zeros((2, 3))
    with pytest.raises(TypeError, match=exactly("z (dtype complex128) must be float32, float64 or integer")):
        f(z * 1j)
    with pytest.raises(ValueError, match=exactly("z (shape (0, 3)) must not be empty")):
        f(z[:0])
    with pytest.raises(ValueError, match=exactly("da (shape (3,)) must have shape (2, 3) (the shape of z)")):
        backward(z[0], z)
    with pytest.raises(TypeError, match=exactly("da and z must have one dtype (da float32, z float64)")):
        backward(z.astype(np.float32), z)
