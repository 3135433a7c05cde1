"""Pooling proved: against the loops, the wires and calculus, and by the broken pools that it catches."""

from __future__ import annotations

import numpy as np
import pytest
import zoo_pooling
from hypothesis import given, reject
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnnlab import reference
from cnnlab.gradcheck import gradient_error, numerical_gradient
from cnnlab.pooling import check_pool, max_pool2d, max_pool2d_backward, mean_pool2d, mean_pool2d_backward
from cnnlab.wiring import wiring

# Each case is told apart from some mistake: overlap, leftovers, rectangles, asymmetric padding, dilation, ceil.
SHAPE = (2, 3, 5, 8)
SETTINGS = [
    {"kernel": 2},
    {"kernel": 2, "stride": 1},
    {"kernel": (2, 3), "stride": (3, 2)},
    {"kernel": 3, "stride": 2, "padding": 1},
    {"kernel": (3, 2), "stride": (1, 2), "padding": ((0, 2), (1, 0))},
    {"kernel": 3, "stride": 1, "padding": "same"},
    {"kernel": 3, "stride": 2, "ceil_mode": True},
    {"kernel": 3, "stride": 3, "padding": 1, "ceil_mode": True},
    {"kernel": 2, "stride": 3, "padding": (1, 0), "ceil_mode": True},
]
MAX_SETTINGS = [*SETTINGS, {"kernel": (2, 3), "stride": 2, "padding": 1, "dilation": (2, 3)}]
MEAN_SETTINGS = [*MAX_SETTINGS, *({**settings, "count_include_pad": False} for settings in MAX_SETTINGS)]


@st.composite
def pools(draw):
    """Draw an image of small integers, many of them equal, and legal settings of a pool for it."""
    sizes, settings = [], {"kernel": [], "stride": [], "padding": [], "dilation": []}
    for _ in range(2):
        kernel, stride, dilation = draw(st.integers(1, 3)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
        extent = (kernel - 1) * dilation + 1
        padding = draw(st.integers(0, extent - 1)), draw(st.integers(0, extent - 1))
        shortest = max(1, extent - sum(padding))
        sizes.append(draw(st.integers(shortest, shortest + 5)))
        for name, value in zip(settings, (kernel, stride, padding, dilation), strict=True):
            settings[name].append(value)
    settings |= {"ceil_mode": draw(st.booleans())}
    try:
        check_pool(sizes, **settings)
    except ValueError:  # a wide dilation stepped over the whole input
        reject()
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return rng.integers(-4, 3, (*rng.integers(1, 3, 2), *sizes)), settings


# --- against the loops and the wires ------------------------------------------------------------------------------


def check_max_pool(x, settings, dy, forward=max_pool2d, backward=max_pool2d_backward):
    """Compare a max-pool with the loops: whole arrays, exactly."""
    y, argmax = reference.max_pool2d(x, **settings)
    given_y, given_argmax = forward(x, **settings)
    assert_array_equal(given_y, y, strict=True)
    if isinstance(given_argmax, np.ndarray):  # a broken pool may keep something else for its backward
        assert_array_equal(given_argmax, argmax, strict=True)
    dx = reference.max_pool2d_backward(dy, argmax, x.shape)
    assert_array_equal(backward(dy, given_argmax, x.shape), dx, strict=True)


def check_mean_pool(x, settings, dy, forward=mean_pool2d, backward=mean_pool2d_backward):
    """Compare a mean-pool with the loops, whole arrays; the sums of shares may round differently."""
    assert_array_equal(forward(x, **settings), reference.mean_pool2d(x, **settings), strict=True)
    expected = reference.mean_pool2d_backward(dy, x.shape, **settings)
    assert_allclose(backward(dy, x.shape, **settings), expected, rtol=1e-13, atol=1e-13, strict=True)


def upstream_for(pooled, seed=0):
    """Return a random gradient, with no two values alike, for an output."""
    return np.random.default_rng(seed).permutation(np.arange(1.0, pooled.size + 1)).reshape(pooled.shape)


@given(pools())
def test_max_pool_equals_the_loops(pool):
    x, settings = pool
    check_max_pool(x, settings, upstream_for(max_pool2d(x, **settings)[0]))


@given(pools(), st.booleans())
def test_mean_pool_equals_the_loops(pool, count_include_pad):
    x, settings = pool
    settings |= {"count_include_pad": count_include_pad}
    check_mean_pool(x, settings, upstream_for(mean_pool2d(x, **settings)))


def wires_from_the_input(shape, settings):
    """Return the output cells and the input cells of all wires that do not come from padding, as index tuples."""
    wires = wiring(shape, **settings)
    inside = wires.input[:, 0] >= 0
    return (..., *wires.output[inside].T), (..., *wires.input[inside].T)


@pytest.mark.parametrize("settings", [s for s in MAX_SETTINGS if "ceil_mode" not in s and "stride" in s], ids=str)
def test_max_pool_keeps_the_greatest_of_the_wires(settings, rng):
    x = rng.integers(-9, 9, SHAPE)
    outputs, inputs = wires_from_the_input(SHAPE[2:], settings)
    y, argmax = max_pool2d(x, **settings)
    greatest = np.full(y.shape, -np.inf)
    np.maximum.at(greatest, outputs, x[inputs])
    assert_array_equal(y, greatest)
    first = np.full(y.shape, SHAPE[2] * SHAPE[3])
    cells = np.broadcast_to(np.arange(SHAPE[2] * SHAPE[3]).reshape(SHAPE[2:]), SHAPE)
    np.minimum.at(first, outputs, np.where(x[inputs] == y[outputs], cells[inputs], first[outputs]))
    assert_array_equal(argmax, first)


@pytest.mark.parametrize("settings", [s for s in SETTINGS if "ceil_mode" not in s and "stride" in s], ids=str)
def test_mean_pool_adds_the_wires_with_weight_one_over_the_window(settings, rng):
    x = rng.integers(-9, 9, SHAPE)
    outputs, inputs = wires_from_the_input(SHAPE[2:], settings)
    weight = 1 / np.prod(np.broadcast_to(settings["kernel"], 2))
    y = mean_pool2d(x, **settings)
    total, dx, dy = np.zeros(y.shape), np.zeros(SHAPE), rng.integers(-9, 9, y.shape)
    np.add.at(total, outputs, x[inputs])
    np.add.at(dx, inputs, dy[outputs])
    assert_allclose(y, total * weight, rtol=1e-14)
    assert_allclose(mean_pool2d_backward(dy, SHAPE, **settings), dx * weight, rtol=1e-13, atol=1e-14)


# --- against calculus ---------------------------------------------------------------------------------------------


@given(pools(), st.booleans())
def test_mean_pool_backward_is_the_adjoint_of_the_forward(pool, count_include_pad):
    x, settings = pool
    y = mean_pool2d(x, **settings, count_include_pad=count_include_pad)
    dy = upstream_for(y)
    dx = mean_pool2d_backward(dy, x.shape, **settings, count_include_pad=count_include_pad)
    assert_allclose(np.vdot(dy, y), np.vdot(dx, x), rtol=1e-12, atol=1e-12)


@given(pools(), st.integers(0, 2**32 - 1))
def test_max_pool_backward_is_the_adjoint_of_reading_the_winners(pool, seed):
    x, settings = pool
    y, argmax = max_pool2d(x, **settings)
    other = np.random.default_rng(seed).integers(-9, 9, x.shape)
    read = np.take_along_axis(other.reshape(*x.shape[:2], -1), argmax.reshape(*x.shape[:2], -1), axis=2)
    dy = upstream_for(y)
    dx = max_pool2d_backward(dy, argmax, x.shape)
    assert np.vdot(dy, read) == np.vdot(dx, other)


@pytest.mark.parametrize("settings", MAX_SETTINGS, ids=str)
def test_max_pool_backward_equals_central_differences_away_from_ties(settings, rng):
    x = rng.permutation(np.arange(float(np.prod(SHAPE)))).reshape(SHAPE)  # no two cells within a step of each other
    y, argmax = max_pool2d(x, **settings)
    dy = rng.standard_normal(y.shape)
    numeric = numerical_gradient(lambda x: max_pool2d(x, **settings)[0], x, dy)
    assert gradient_error(max_pool2d_backward(dy, argmax, SHAPE), numeric) < 1e-8


@pytest.mark.parametrize("settings", MEAN_SETTINGS, ids=str)
def test_mean_pool_backward_equals_central_differences(settings, rng):
    x = rng.standard_normal(SHAPE)
    dy = rng.standard_normal(mean_pool2d(x, **settings).shape)
    numeric = numerical_gradient(lambda x: mean_pool2d(x, **settings), x, dy)
    assert gradient_error(mean_pool2d_backward(dy, SHAPE, **settings), numeric) < 1e-8


# --- the zoo ------------------------------------------------------------------------------------------------------


def check_max_pools(x, forward, backward):
    for settings in MAX_SETTINGS:
        check_max_pool(x, settings, upstream_for(reference.max_pool2d(x, **settings)[0]), forward, backward)


def check_mean_pools(x, forward, backward):
    for settings in MEAN_SETTINGS:
        check_mean_pool(x, settings, upstream_for(reference.mean_pool2d(x, **settings)), forward, backward)


@pytest.mark.parametrize("name", zoo_pooling.MAX_POOLS)
def test_every_broken_max_pool_is_caught(name, rng):
    x = rng.integers(-9, -2, SHAPE)
    check_max_pools(x, max_pool2d, max_pool2d_backward)
    with pytest.raises(AssertionError):
        check_max_pools(x, *zoo_pooling.MAX_POOLS[name])


@pytest.mark.parametrize("name", zoo_pooling.MEAN_POOLS)
def test_every_broken_mean_pool_is_caught(name, rng):
    x = rng.integers(-9, 9, SHAPE)
    check_mean_pools(x, mean_pool2d, mean_pool2d_backward)
    with pytest.raises(AssertionError):
        check_mean_pools(x, *zoo_pooling.MEAN_POOLS[name])
