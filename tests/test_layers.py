"""The layers: each is its function with a memory."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import cnnlab
from cnnlab.gradcheck import gradient_error, numerical_gradient
from cnnlab.layers import (
    Activation,
    Conv2D,
    Dense,
    Flatten,
    Layer,
    LeakyReLU,
    MaxPool2D,
    MeanPool2D,
    Pool2D,
    ReLU,
    Sigmoid,
    Tanh,
)

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
        (Activation("leaky_relu", slope=0.3), lambda x: cnnlab.leaky_relu(x, slope=0.3)),
        (Pool2D("max", 3, **geometry, dilation=2), lambda x: cnnlab.max_pool2d(x, 3, **geometry, dilation=2)[0]),
        (Flatten(), lambda x: x.reshape(2, -1)),
    ]


KINDS = ["Conv2D", "MaxPool2D", "MeanPool2D", "ReLU", "LeakyReLU", "Sigmoid", "Tanh", "Activation", "Pool2D", "Flatten"]


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
        "Activation('leaky_relu', slope=0.3)",
        "Pool2D('max', 3, stride=2, padding=1, dilation=2, ceil_mode=True)",
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


def test_settings_in_arrays_are_written_plainly(rng):
    layer = MaxPool2D(np.int64(2), stride=np.array([2, 1]))
    assert repr(layer) == "MaxPool2D(2, stride=[2, 1])"
    assert layer.forward(np.ones((1, 1, 4, 4))).shape == (1, 1, 2, 3)
    assert repr(Conv2D(np.int8(64), np.int8(64), 1, groups=np.int8(64), rng=rng)) == "Conv2D(64, 64, 1, groups=64)"
    assert repr(Dense(np.uint8(200), np.uint8(200), rng=rng)) == "Dense(200, 200)"


@pytest.mark.parametrize("make", [MaxPool2D, MeanPool2D, lambda kernel, **s: Conv2D(1, 1, kernel, **s)])
def test_lists_that_a_layer_is_made_with_stay_the_caller_s(make, rng):
    kernel, stride, padding = [2, 2], [2, 2], [[0, 0], [1, 1]]
    given = {} if make in (MaxPool2D, MeanPool2D) else {"rng": rng}
    layer = make(kernel, stride=stride, padding=padding, **given)
    text, y = repr(layer), layer.forward(np.ones((1, 1, 4, 4)))
    kernel[0] = stride[1] = padding[1][0] = 9
    assert repr(layer) == text
    assert_array_equal(layer.forward(np.ones((1, 1, 4, 4))), y)
    assert layer.axes((4, 4))[1].out == 3


# --- what a layer says of itself ----------------------------------------------------------------------------------


def test_every_layer_says_what_it_is_and_what_it_reads(rng):
    said = {(type(layer).__name__, layer.kind, layer.reads) for layer, _ in [*layers(rng), (Dense(3, 2, rng=rng), 0)]}
    activations = {(name, "activation", "cell") for name in ("ReLU", "LeakyReLU", "Sigmoid", "Tanh", "Activation")}
    assert said == activations | {
        ("Conv2D", "convolution", "window"),
        ("MaxPool2D", "pooling", "window"),
        ("MeanPool2D", "pooling", "window"),
        ("Pool2D", "pooling", "window"),
        ("Dense", "fully connected", "all"),
        ("Flatten", "flatten", "cell"),
    }
    assert (Layer.kind, Layer.reads) == ("", "all")


def test_a_layer_may_keep_nothing_and_still_go_back():
    class Twice(Layer):
        def _forward(self, x):
            return 2 * x, None

        def _backward(self, dy, kept):
            return 2 * dy, {}

    layer = Twice()
    with pytest.raises(RuntimeError, match=r"^Twice\(\) must go forward before it goes backward$"):
        layer.backward(1)
    assert (layer.forward(3), layer.backward(5)) == (6, 10)


def test_a_subclass_with_arguments_of_its_own_is_written_without_an_error(rng):
    class Leakier(LeakyReLU):
        def __init__(self, error):
            super().__init__(slope=0.3)

    class Edge(Conv2D):
        def __init__(self, rng):
            super().__init__(1, 1, 3, padding=1, rng=rng)

    assert repr(Leakier(None)) == "Leakier()"
    assert repr(Edge(rng)) == "Edge(1, 1, 3)"


def test_backward_before_forward_is_an_error():
    with pytest.raises(RuntimeError, match=r"^MaxPool2D\(2\) must go forward before it goes backward$"):
        MaxPool2D(2).backward(np.zeros((1, 1, 1, 1)))
