"""The layers: each is its function with a memory."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import cnnlab
from cnnlab.gradcheck import gradient_error, numerical_gradient
from cnnlab.layers import Conv2D, Dense, Flatten, LeakyReLU, MaxPool2D, MeanPool2D, ReLU, Sigmoid, Tanh

X_SHAPE = (2, 4, 6, 7)


def layers(rng):
    """Return a layer of each kind with settings that are not the defaults, and of each the function it stands for."""
    conv = Conv2D(4, 6, (3, 2), stride=(1, 2), padding=1, dilation=(2, 1), groups=2, rng=rng)
    conv.params["b"][:] = rng.standard_normal(6)
    geometry = {"stride": 2, "padding": 1, "ceil_mode": True}
    return [
        (conv, lambda x: cnnlab.conv2d(x, conv.params["w"], conv.params["b"], **conv.settings)),
        (MaxPool2D(3, **geometry, dilation=2), lambda x: cnnlab.max_pool2d(x, 3, **geometry, dilation=2)[0]),
        (
            MeanPool2D(3, **geometry, count_include_pad=False),
            lambda x: cnnlab.mean_pool2d(x, 3, **geometry, count_include_pad=False),
        ),
        (ReLU(), cnnlab.relu),
        (LeakyReLU(slope=0.3), lambda x: cnnlab.leaky_relu(x, slope=0.3)),
        (Sigmoid(), cnnlab.sigmoid),
        (Tanh(), cnnlab.tanh),
        (Flatten(), lambda x: x.reshape(2, -1)),
    ]


KINDS = ["Conv2D", "MaxPool2D", "MeanPool2D", "ReLU", "LeakyReLU", "Sigmoid", "Tanh", "Flatten"]


@pytest.mark.parametrize("kind", range(len(KINDS)), ids=KINDS)
def test_a_layer_goes_forward_as_its_function_and_backward_by_its_gradient(kind, rng):
    layer, function = layers(rng)[kind]
    assert type(layer).__name__ == KINDS[kind]
    x = rng.permutation(np.linspace(-3, 3, np.prod(X_SHAPE))).reshape(X_SHAPE)  # no ties, and no cell at a kink
    y = layer.forward(x)
    assert_array_equal(y, function(x))
    dy = rng.standard_normal(y.shape)
    assert gradient_error(layer.backward(dy), numerical_gradient(function, x, dy)) < 1e-8


@pytest.mark.parametrize("name", ["w", "b"])
def test_the_gradients_of_the_weights_equal_central_differences(name, rng):
    for layer, shape in [(layers(rng)[0][0], X_SHAPE), (Dense(5, 3, rng=rng), (4, 5))]:
        x, param = rng.standard_normal(shape), layer.params[name]

        def loss_of(values, layer=layer, x=x, name=name):
            layer.params[name] = values
            return layer.forward(x)

        dy = rng.standard_normal(layer.forward(x).shape)
        numeric = numerical_gradient(loss_of, param.copy(), dy)
        layer.params[name] = param
        layer.forward(x)
        layer.backward(dy)
        assert layer.grads.keys() == layer.params.keys()
        assert gradient_error(layer.grads[name], numeric) < 1e-8


def test_a_dense_layer_is_the_dense_function(rng):
    layer, x = Dense(5, 3, rng=rng), rng.standard_normal((4, 5))
    layer.params["b"][:] = [1, 2, 3]
    y = layer.forward(x)
    dx, dw, db = cnnlab.dense_backward(y, x, layer.params["w"])
    assert_array_equal(y, cnnlab.dense(x, layer.params["w"], [1, 2, 3]))
    assert_array_equal(layer.backward(y), dx)
    assert_array_equal(layer.grads["w"], dw)
    assert_array_equal(layer.grads["b"], db)


@pytest.mark.parametrize(("init", "variance"), [("he", 2 / 300), ("xavier", 2 / (300 + 200))])
def test_weights_have_the_variance_of_their_initialisation(init, variance, rng):
    for layer in (Dense(300, 200, init=init, rng=rng), Conv2D(12, 8, 5, init=init, rng=rng)):
        w = layer.params["w"]  # 12 * 25 = 300 wires to an output, 8 * 25 = 200 from an input
        assert w.var() == pytest.approx(variance, rel=0.1)
        assert abs(w.mean()) < 3 * np.sqrt(variance / w.size)
        assert_array_equal(layer.params["b"], np.zeros(len(layer.params["b"])))


def test_the_variance_counts_the_wires_within_a_group(rng):
    w = Conv2D(40, 80, 3, groups=4, init="xavier", rng=rng).params["w"]
    assert w.shape == (80, 10, 3, 3)
    assert w.var() == pytest.approx(2 / (10 * 9 + 20 * 9), rel=0.1)


def test_the_generator_alone_decides_the_weights():
    first, second = (Conv2D(1, 2, 3, rng=np.random.default_rng(5)).params["w"] for _ in range(2))
    other = Conv2D(1, 2, 3, rng=np.random.default_rng(6)).params["w"]
    assert_array_equal(first, second)
    assert not np.isclose(first, other).any()


def test_a_layer_is_written_with_what_differs_from_the_defaults(rng):
    texts = [repr(layer) for layer, _ in layers(rng)] + [repr(MaxPool2D(2, stride=1)), repr(Dense(3, 2, rng=rng))]
    assert texts == [
        "Conv2D(4, 6, (3, 2), stride=(1, 2), padding=1, dilation=(2, 1), groups=2)",
        "MaxPool2D(3, stride=2, padding=1, dilation=2, ceil_mode=True)",
        "MeanPool2D(3, stride=2, padding=1, ceil_mode=True, count_include_pad=False)",
        "ReLU()",
        "LeakyReLU(slope=0.3)",
        "Sigmoid()",
        "Tanh()",
        "Flatten()",
        "MaxPool2D(2, stride=1)",
        "Dense(3, 2)",
    ]


def test_the_axes_of_a_layer_are_those_of_its_windows(rng):
    conv, pool = layers(rng)[0][0], MaxPool2D(2)
    assert [(axis.extent, axis.stride, axis.out) for axis in conv.axes((6, 7))] == [(5, 1, 4), (2, 2, 4)]
    assert [(axis.extent, axis.stride, axis.out) for axis in pool.axes((6, 7))] == [(2, 2, 3), (2, 2, 3)]
    assert ReLU().axes((6, 7)) == ()


def test_flatten_takes_back_the_gradient_of_its_output_alone():
    layer = Flatten()
    layer.forward(np.ones((2, 1, 2, 2)))
    for shape in ((4, 2), (8,), (2, 1, 2, 2)):
        with pytest.raises(ValueError, match=r"^dy \(shape"):
            layer.backward(np.ones(shape))


@pytest.mark.parametrize("kind", [ReLU, Sigmoid, Tanh, Flatten])
def test_a_layer_without_settings_takes_no_argument(kind):
    for call in (lambda: kind(3), lambda: kind(slope=0.1)):
        with pytest.raises(TypeError, match="argument"):
            call()


def test_flatten_gives_arrays_of_its_own():
    layer, x, dy = Flatten(), np.ones((2, 1, 2, 2)), np.ones((2, 4))
    for array, result in ((x, layer.forward(x)), (dy, layer.backward(dy))):
        assert not np.shares_memory(array, result)


def test_after_a_forward_that_failed_there_is_no_way_back():
    layer = MaxPool2D(2)
    layer.forward(np.ones((1, 1, 4, 4)))
    with pytest.raises(ValueError, match="kernel"):
        layer.forward(np.ones((1, 1, 1, 1)))
    with pytest.raises(RuntimeError, match="must go forward before"):
        layer.backward(np.ones((1, 1, 2, 2)))


def test_a_pool_is_refused_where_it_suits_no_plane_and_nowhere_else():
    for kernel, stride, before, after, dilation, ceil_mode in product(
        (1, 2, 3), (1, 2, 3), range(4), range(6), (1, 2), (False, True)
    ):
        settings = {"stride": (1, stride), "padding": ((0, 0), (before, after)), "dilation": (1, dilation)}
        settings["ceil_mode"] = ceil_mode
        suits = any(fits_pool((1, size), (1, kernel), settings) for size in range(1, 16))
        try:
            MaxPool2D((1, kernel), **settings)
        except ValueError:
            assert not suits, settings
        else:
            assert suits, settings


def fits_pool(plane, kernel, settings):
    """Return whether the pool can be done on a plane."""
    try:
        cnnlab.max_pool2d(np.ones((1, 1, *plane)), kernel, **settings)
    except ValueError:
        return False
    return True


def test_settings_in_arrays_are_written_plainly():
    layer = MaxPool2D(2, stride=np.array([2, 1]))
    assert repr(layer) == "MaxPool2D(2, stride=[2, 1])"
    assert layer.forward(np.ones((1, 1, 4, 4))).shape == (1, 1, 2, 3)


def test_backward_before_forward_is_an_error():
    with pytest.raises(RuntimeError, match=r"^MaxPool2D\(2\) must go forward before it goes backward$"):
        MaxPool2D(2).backward(np.zeros((1, 1, 1, 1)))


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda rng: Conv2D(0, 2, 3, rng=rng), ValueError, "channels (0) must be at least 1"),
        (lambda rng: Conv2D(1, 2.0, 3, rng=rng), TypeError, "filters (2.0) must be an int"),
        (lambda rng: Conv2D(1, 2, 0, rng=rng), ValueError, "kernel (0) must be at least 1"),
        (
            lambda rng: Conv2D(3, 4, 3, groups=2, rng=rng),
            ValueError,
            "groups (2) must divide the input channels (3 / 2 leaves 1)",
        ),
        (lambda rng: Conv2D(1, 2, 3, stride=0, rng=rng), ValueError, "stride (0) must be at least 1"),
        (lambda rng: Conv2D(1, 2, 3, padding=-1, rng=rng), ValueError, "padding (-1) must be at least 0"),
        (lambda rng: Conv2D(1, 2, 3, dilation=(1, 0), rng=rng), ValueError, "dilation (0) must be at least 1"),
        (lambda rng: Conv2D(1, 2, 3, stride=None, rng=rng), TypeError, "stride (None) must be an int"),
        (
            lambda rng: Conv2D(1, 2, 3, padding="full", rng=rng),
            ValueError,
            'padding (\'full\') must be "same", "valid" or a number of cells',
        ),
        (
            lambda rng: Conv2D(1, 2, 3, padding="same", stride=2, rng=rng),
            ValueError,
            'padding ("same") must go with stride 1 (stride is 2)',
        ),
        (
            lambda rng: MaxPool2D(2, padding=2),
            ValueError,
            "padding (2, 2) must leave an input cell in every window "
            "(window 0 reads cells -2, -1 and the input is cells 0 to 2)",
        ),
        (lambda rng: MaxPool2D(2, ceil_mode="no"), TypeError, "ceil_mode ('no') must be True or False"),
        (lambda rng: MeanPool2D(2, count_include_pad=1), TypeError, "count_include_pad (1) must be True or False"),
        (lambda rng: MaxPool2D((2, (3, 4))), TypeError, "kernel ((3, 4)) must be an int"),
        (lambda rng: Dense(1, 2, init=["he"], rng=rng), ValueError, "init (['he']) must be one of he, xavier"),
        (lambda rng: LeakyReLU(slope="0.5"), TypeError, "slope ('0.5') must be a number"),
        (lambda rng: Flatten().forward("a"), TypeError, "x (dtype <U1) must be float32, float64 or integer"),
        (lambda rng: MaxPool2D("2"), TypeError, "kernel ('2') must be an int"),
        (lambda rng: MeanPool2D(2, stride=1.5), TypeError, "stride (1.5) must be an int"),
        (lambda rng: Dense(0, 2, rng=rng), ValueError, "inputs (0) must be at least 1"),
        (lambda rng: Dense(1, True, rng=rng), TypeError, "outputs (True) must be an int"),
        (lambda rng: Dense(1, 2, init="zeros", rng=rng), ValueError, "init ('zeros') must be one of he, xavier"),
        (
            lambda rng: Dense(1, 2, rng=7),
            TypeError,
            "rng (7) must be a numpy.random.Generator, such as np.random.default_rng(0)",
        ),
    ],
)
def test_a_bad_argument_is_named(make, error, message, rng):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        make(rng)
