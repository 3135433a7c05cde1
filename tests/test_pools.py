"""The records of the pools: they are the public functions, and what they say is true. Another pool is put in."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from outside import L2, LENGTH, RMS, RMS_NAME
from strategies import floats, integers

from cnnlab import pooling
from cnnlab.gradcheck import gradient_error, numerical_gradient
from cnnlab.layers import Pool2D
from cnnlab.pooling import POOLS

SETTINGS = [
    {"kernel": 2},
    {"kernel": (3, 2), "stride": (1, 2), "padding": ((0, 2), (1, 0))},
    {"kernel": 3, "stride": 2, "padding": 1, "ceil_mode": True},
    {"kernel": 2, "stride": 1, "dilation": 2},
]


@pytest.fixture(autouse=True)
def with_a_pool_from_outside(monkeypatch):
    monkeypatch.setitem(POOLS, RMS_NAME, RMS)


def test_a_pool_from_outside_has_the_values_and_gradients_worked_by_hand():
    x = np.array([[[[3.0, 4.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]]])
    pool = POOLS[RMS_NAME]
    y, kept = pool.forward(x, 2)
    assert_array_equal(y, [[[[2.5, 0]]]])
    dx = pool.backward(np.array([[[[10.0, 7.0]]]]), kept, x.shape, 2)
    assert_array_equal(dx, [[[[3, 4, 0, 0], [0, 0, 0, 0]]]])


# --- what each record says ----------------------------------------------------------------------------------------


each_pool = pytest.mark.parametrize("name", [*POOLS, RMS_NAME])
each_setting = pytest.mark.parametrize("settings", SETTINGS, ids=str)


@each_setting
@each_pool
def test_there_and_back_a_pool_has_the_gradient_of_central_differences(name, settings):
    pool, x = POOLS[name], floats((2, 3, 5, 6))
    y, kept = pool.forward(x, **settings)
    dy = floats(y.shape, 1)
    numeric = numerical_gradient(lambda x: pool.forward(x, **settings)[0], x, dy)
    assert gradient_error(pool.backward(dy, kept, x.shape, **settings), numeric) < 1e-8


def test_an_option_reaches_the_pool_forward_and_backward():
    x, pool = integers((1, 1, 2, 2)), POOLS["mean"]
    assert pool.options == ("count_include_pad",)
    settings = {"kernel": 2, "padding": 1, "count_include_pad": False}
    y, kept = pool.forward(x, **settings)
    assert_array_equal(y, x)
    assert_array_equal(pool.backward(x, kept, x.shape, **settings), x)


@each_pool
def test_padding_is_as_if_it_held_what_the_record_says(name):
    pool, x, ring = POOLS[name], integers((2, 1, 5, 6)), ((0, 2), (1, 0))
    held = np.pad(x, ((0, 0), (0, 0), *ring), constant_values=pool.pads_with)
    for settings in ({"stride": 1}, {"stride": (1, 2), "dilation": 2}):
        padded, _ = pool.forward(x, (3, 2), padding=ring, **settings)
        assert_array_equal(padded, pool.forward(held, (3, 2), **settings)[0])


@each_pool
def test_the_line_of_numpy_gives_an_output(name):
    pool, x = POOLS[name], integers((1, 1, 4, 4), 3)
    y, _ = pool.forward(x, 2)
    line = pool.numpy.format(window="x[0, 0, 2:4, 0:2]", count=4)
    assert_allclose(eval(line, {"np": np, "x": x}), y[0, 0, 1, 0])


def test_the_sum_of_an_output_is_written_around_its_cells():
    cells = ["3", "−1", "0", "2"]
    written = {}
    for name in ("max", "mean"):
        opening, joiner, closing = POOLS[name].strip
        written[name] = opening + joiner.join(cells) + closing.format(count=len(cells))
    assert written == {"max": "max(3, −1, 0, 2)", "mean": "(3 + −1 + 0 + 2) / 4"}


def test_the_records_are_the_public_functions_as_they_are_when_used(monkeypatch):
    x = integers((1, 1, 4, 4))
    monkeypatch.setattr(pooling, "max_pool2d", lambda x, kernel, **settings: ("y", "argmax", kernel, settings))
    monkeypatch.setattr(pooling, "max_pool2d_backward", lambda dy, argmax, x_shape: (dy, argmax, x_shape))
    monkeypatch.setattr(pooling, "mean_pool2d", lambda x, kernel, **settings: (kernel, settings))
    monkeypatch.setattr(pooling, "mean_pool2d_backward", lambda *given, **settings: (given, settings))
    assert POOLS["max"].forward(x, 2, stride=1) == ("y", "argmax", 2, {"stride": 1})
    assert POOLS["max"].backward("dy", "argmax", "shape", 2, stride=1) == ("dy", "argmax", "shape")
    assert POOLS["mean"].forward(x, 2, stride=1) == ((2, {"stride": 1}), None)
    assert POOLS["mean"].backward("dy", None, "shape", 2, stride=1) == (("dy", "shape", 2), {"stride": 1})


def test_an_option_of_a_pool_from_outside_reaches_its_layer(monkeypatch):
    monkeypatch.setitem(POOLS, LENGTH, L2)
    layer, x = Pool2D(LENGTH, 2, times=2.0), np.array([[[[3.0, 4.0, 0.0, 0.0], [0.0, 0.0, 6.0, 8.0]]]])
    assert_array_equal(layer.forward(x), [[[[10, 20]]]])
    assert_array_equal(layer.backward([[[[10.0, 5.0]]]]), [[[[12, 16, 0, 0], [0, 0, 6, 8]]]])
