"""Layers: the functions of the floor below with a memory, so that a network goes forward, then backward.

A layer's ``params`` are its weights by name; ``grads``, under the same names, are the gradients of the last backward.
Weights are float64 and drawn from the generator that is passed in.
"""

from __future__ import annotations

import inspect
import math

import numpy as np

from cnnlab import activations
from cnnlab.checks import check_array, check_flag, check_groups, check_int, check_number, check_pair, check_shape
from cnnlab.convolution import conv2d, conv2d_backward
from cnnlab.dense import dense, dense_backward
from cnnlab.geometry import check_window, roomy_plane
from cnnlab.initialisation import initial_weights
from cnnlab.pooling import max_pool2d, max_pool2d_backward, mean_pool2d, mean_pool2d_backward
from cnnlab.wiring import check_pool

GEOMETRY = ("stride", "padding", "dilation", "ceil_mode")  # the settings that say where windows fall


class Layer:
    """What all layers share; a layer is a class of its own with ``_forward`` and ``_backward``, which keep nothing.

    ``_forward(x)`` returns y and what ``_backward(dy, kept)`` needs, which returns dx and the gradients by name.
    """

    check_axes = None  # for a layer with windows, what turns a plane and a kernel into two axes
    reads_all = False  # whether each output reads all inputs
    sizes, settings, geometry = (), {}, {}  # arguments by place, by name, and those of them that GEOMETRY names

    def __init__(self):
        self.params: dict[str, np.ndarray] = {}
        self.grads: dict[str, np.ndarray] = {}
        self._kept = None

    def __repr__(self):
        defaults = inspect.signature(type(self)).parameters
        changed = [f"{name}={value!r}" for name, value in self.settings.items() if value != defaults[name].default]
        return f"{type(self).__name__}({', '.join([*map(repr, self.sizes), *changed])})"

    def _set_up(self, *sizes, **settings) -> None:
        """Take the arguments of the layer, and raise what suits no plane."""
        plain = {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in settings.items()}
        self.sizes, self.settings = sizes, plain
        self.geometry = {name: value for name, value in plain.items() if name in GEOMETRY}
        if self.check_axes:
            self.axes(roomy_plane(sizes[-1], **self.geometry))

    def forward(self, x):
        """Return the layer's output y for x, and keep what the backward needs: x must stay as it is until then."""
        self._kept = None  # where this raises, there is no way back from an earlier x
        y, self._kept = self._forward(x)
        return y

    def backward(self, dy):
        """Return the gradient with respect to the x of the last forward, and put those of the weights in ``grads``."""
        if self._kept is None:
            raise RuntimeError(f"{self} must go forward before it goes backward")
        dx, self.grads = self._backward(dy, self._kept)
        return dx

    def axes(self, plane) -> tuple:
        """Return the axes (rows, columns) of the windows over a plane (H, W); none for a layer without windows."""
        return self.check_axes(plane, self.sizes[-1], **self.geometry) if self.check_axes else ()


class Conv2D(Layer):
    """A convolution with biases; params w (F, C // groups, kh, kw) and b (F,).

    Parameters
    ----------
    channels, filters : int
        C and F, the channels of x and of y.
    kernel, stride, padding, dilation, groups
        As :func:`cnnlab.conv2d`; ``kernel`` is an int or a pair (h, w).
    rng : numpy.random.Generator
        Draws w from a normal distribution; b starts at 0.
    init : "he" or "xavier"
        The variance of w: 2 / fan_in for ReLU, 2 / (fan_in + fan_out) for sigmoid and tanh.

    Raises
    ------
    TypeError
        If a length is not an int, or rng not a generator.
    ValueError
        If a length is too small, groups do not divide the channels, or init has another name.

    Notes
    -----
    Source: as :func:`cnnlab.conv2d`; of the initialisation, as :func:`cnnlab.initialisation.initial_weights`.

    Examples
    --------
    >>> layer = Conv2D(3, 2, 3, stride=2, padding=1, rng=np.random.default_rng(0))
    >>> layer
    Conv2D(3, 2, 3, stride=2, padding=1)
    >>> layer.forward(np.zeros((1, 3, 5, 5))).shape
    (1, 2, 3, 3)
    """

    check_axes = staticmethod(check_window)

    def __init__(self, channels, filters, kernel, *, rng, stride=1, padding=0, dilation=1, groups=1, init="he"):
        super().__init__()
        self._set_up(channels, filters, kernel, stride=stride, padding=padding, dilation=dilation, groups=groups)
        channels, filters = check_int("channels", channels, 1), check_int("filters", filters, 1)
        groups = check_groups(groups, channels, filters)
        shape = (filters, channels // groups, *check_pair("kernel", kernel, 1))
        fan_in = math.prod(shape[1:])
        w = initial_weights(shape, fan_in, fan_in * filters // channels, rng=rng, init=init)
        self.params = {"w": w, "b": np.zeros(filters)}

    def _forward(self, x):
        return conv2d(x, self.params["w"], self.params["b"], **self.settings), x

    def _backward(self, dy, x):
        dx, dw, db = conv2d_backward(dy, x, self.params["w"], **self.settings)
        return dx, {"w": dw, "b": db}


class Dense(Layer):
    """A fully connected layer; params w (D, K) and b (K,).

    Parameters
    ----------
    inputs, outputs : int
        D and K.
    rng, init
        As :class:`Conv2D`; so are the errors and the source.

    Examples
    --------
    >>> Dense(3, 2, rng=np.random.default_rng(0)).forward(np.zeros((4, 3))).shape
    (4, 2)
    """

    reads_all = True

    def __init__(self, inputs, outputs, *, rng, init="he"):
        super().__init__()
        self._set_up(inputs, outputs)
        shape = check_int("inputs", inputs, 1), check_int("outputs", outputs, 1)
        self.params = {"w": initial_weights(shape, *shape, rng=rng, init=init), "b": np.zeros(outputs)}

    def _forward(self, x):
        return dense(x, self.params["w"], self.params["b"]), x

    def _backward(self, dy, x):
        dx, dw, db = dense_backward(dy, x, self.params["w"])
        return dx, {"w": dw, "b": db}


class MaxPool2D(Layer):
    """Max-pooling; arguments as :func:`cnnlab.max_pool2d`.

    Examples
    --------
    >>> layer = MaxPool2D(2)
    >>> layer.forward([[[[1, 4], [3, 2]]]]).item()
    4.0
    >>> layer.backward([[[[10]]]])
    array([[[[ 0., 10.],
             [ 0.,  0.]]]])
    """

    check_axes = staticmethod(check_pool)

    def __init__(self, kernel, *, stride=None, padding=0, dilation=1, ceil_mode=False):
        super().__init__()
        self._set_up(kernel, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode)

    def _forward(self, x):
        y, argmax = max_pool2d(x, *self.sizes, **self.settings)
        return y, (argmax, np.shape(x))

    def _backward(self, dy, kept):
        return max_pool2d_backward(dy, *kept), {}


class MeanPool2D(Layer):
    """Mean-pooling; arguments as :func:`cnnlab.mean_pool2d`.

    Examples
    --------
    >>> layer = MeanPool2D(2)
    >>> layer.forward([[[[1, 4], [3, 2]]]]).item()
    2.5
    >>> layer.backward([[[[10]]]])
    array([[[[2.5, 2.5],
             [2.5, 2.5]]]])
    """

    check_axes = staticmethod(check_pool)

    def __init__(self, kernel, *, stride=None, padding=0, ceil_mode=False, count_include_pad=True):
        counted = check_flag("count_include_pad", count_include_pad)
        super().__init__()
        self._set_up(kernel, stride=stride, padding=padding, ceil_mode=ceil_mode, count_include_pad=counted)

    def _forward(self, x):
        return mean_pool2d(x, *self.sizes, **self.settings), np.shape(x)

    def _backward(self, dy, x_shape):
        return mean_pool2d_backward(dy, x_shape, *self.sizes, **self.settings), {}


class _Activation(Layer):
    """A function of each cell, with its backward."""

    function = derivative = None

    def _forward(self, x):
        return self.function(x, **self.settings), x

    def _backward(self, dy, x):
        return self.derivative(dy, x, **self.settings), {}


class ReLU(_Activation):
    """:func:`cnnlab.relu` as a layer.

    Examples
    --------
    >>> layer = ReLU()
    >>> layer.forward([-2, 3]), layer.backward([10, 20])
    (array([0., 3.]), array([ 0., 20.]))
    """

    function, derivative = staticmethod(activations.relu), staticmethod(activations.relu_backward)


class LeakyReLU(_Activation):
    """:func:`cnnlab.leaky_relu` as a layer.

    Examples
    --------
    >>> LeakyReLU(slope=0.5).forward([-2, 3])
    array([-1.,  3.])
    """

    function, derivative = staticmethod(activations.leaky_relu), staticmethod(activations.leaky_relu_backward)

    def __init__(self, *, slope=0.01):
        super().__init__()
        self._set_up(slope=check_number("slope", slope))


class Sigmoid(_Activation):
    """:func:`cnnlab.sigmoid` as a layer.

    Examples
    --------
    >>> Sigmoid().forward([0])
    array([0.5])
    """

    function, derivative = staticmethod(activations.sigmoid), staticmethod(activations.sigmoid_backward)


class Tanh(_Activation):
    """:func:`cnnlab.tanh` as a layer.

    Examples
    --------
    >>> Tanh().forward([0])
    array([0.])
    """

    function, derivative = staticmethod(activations.tanh), staticmethod(activations.tanh_backward)


class Flatten(Layer):
    """From images (N, C, H, W) to rows (N, C * H * W), for a dense layer.

    Examples
    --------
    >>> Flatten().forward(np.zeros((4, 2, 3, 3))).shape
    (4, 18)
    """

    def _forward(self, x):
        x = check_array("x", x)
        return x.reshape(len(x), -1).copy(), x.shape

    def _backward(self, dy, x_shape):
        dy = check_array("dy", dy, "ND")
        check_shape("dy", dy, (x_shape[0], math.prod(x_shape[1:])), "that of y")
        return dy.reshape(x_shape).copy(), {}
