"""Layers look their function up when they are used: in its module, in the table of activations, in that of pools."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from cnnlab.activations import ACTIVATIONS
from cnnlab.layers import Activation, Conv2D, Dense, LeakyReLU, MaxPool2D, MeanPool2D, Pool2D, ReLU, Sigmoid, Tanh
from cnnlab.pooling import POOLS


def test_named_layers_are_layers_of_their_table():
    x = np.arange(-12.0, 13.0).reshape(1, 1, 5, 5)
    for layer, same in [
        (ReLU(), Activation("relu")),
        (LeakyReLU(), Activation("leaky_relu")),
        (Sigmoid(), Activation("sigmoid")),
        (Tanh(), Activation("tanh")),
        (MaxPool2D(2), Pool2D("max", 2)),
        (MeanPool2D(3, stride=2), Pool2D("mean", 3, stride=2)),
        (MeanPool2D(2, dilation=2), Pool2D("mean", 2, dilation=2)),
        (Pool2D("mean", 2, dilation=3), Pool2D("mean", 2, dilation=[3, 3], stride=2, count_include_pad=True)),
    ]:
        assert isinstance(layer, type(same))
        y = layer.forward(x)
        assert_array_equal(y, same.forward(x))
        assert_array_equal(layer.backward(y), same.backward(y))


OPERATIONS = {
    "convolution.conv2d": (lambda rng: Conv2D(1, 1, 2, rng=rng), 0),
    "convolution.conv2d_backward": (lambda rng: Conv2D(1, 1, 2, rng=rng), 1),
    "dense.dense": (lambda rng: Dense(3, 2, rng=rng), 0),
    "dense.dense_backward": (lambda rng: Dense(3, 2, rng=rng), 1),
    "pooling.max_pool2d": (lambda rng: MaxPool2D(2), 0),
    "pooling.max_pool2d_backward": (lambda rng: MaxPool2D(2), 1),
    "pooling.mean_pool2d": (lambda rng: MeanPool2D(2), 0),
    "pooling.mean_pool2d_backward": (lambda rng: MeanPool2D(2), 1),
    "activations.relu": (lambda rng: ReLU(), 0),
    "activations.relu_backward": (lambda rng: ReLU(), 1),
    "activations.leaky_relu": (lambda rng: LeakyReLU(), 0),
    "activations.leaky_relu_backward": (lambda rng: LeakyReLU(), 1),
    "activations.sigmoid": (lambda rng: Sigmoid(), 0),
    "activations.sigmoid_backward": (lambda rng: Sigmoid(), 1),
    "activations.tanh": (lambda rng: Tanh(), 0),
    "activations.tanh_backward": (lambda rng: Tanh(), 1),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_layer_computes_with_the_public_function(operation, rng, monkeypatch):
    make, back = OPERATIONS[operation]
    layer, x = make(rng), rng.standard_normal((4, 3) if "dense" in operation else (1, 1, 4, 4))
    module, name = operation.split(".")
    module = import_module(f"cnnlab.{module}")
    right = getattr(module, name)

    def doubled(*arguments, **settings):
        result = right(*arguments, **settings)
        return (2 * result[0], *result[1:]) if isinstance(result, tuple) else 2 * result

    def both():
        y = layer.forward(x)
        return y, layer.backward(np.ones(y.shape))

    before = both()
    monkeypatch.setattr(module, name, doubled)
    assert_array_equal(both()[back], 2 * before[back])


def test_a_layer_looks_its_entry_up_when_it_is_used(monkeypatch):
    activation, pool = ReLU(), MaxPool2D(2)
    monkeypatch.setitem(ACTIVATIONS, "relu", replace(ACTIVATIONS["relu"], forward=lambda z: z + 7))
    monkeypatch.setitem(POOLS, "max", replace(POOLS["max"], forward=lambda x, kernel, **settings: (x * kernel, None)))
    assert_array_equal(activation.forward(np.array([-2, 3])), [5, 10])
    assert_array_equal(pool.forward(np.array([[[[4]]]])), [[[[8]]]])
