"""Layers: the operations with a memory of their last input, so that a network can run forward, then backward.

A layer's ``params`` are its weights by name, float64 and drawn from the generator that is passed in; ``grads``, under
the same names, are the gradients of the last backward.
"""

import inspect
import math
from collections.abc import Callable, Sequence
from copy import deepcopy
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnnlab import activations, convolution, pooling  # functions are looked up at each use, as they may be replaced
from cnnlab._validate import (
    Arrays,
    Lengths,
    Padding,
    check_batch,
    check_choice,
    check_groups,
    check_int,
    check_known,
    check_pair,
    check_shaped,
)
from cnnlab.geometry import Axis, check_window, roomy_plane
from cnnlab.initialisation import initial_weights

__all__ = ["Conv2D", "Dense", "Flatten", "LeakyReLU", "MaxPool2D", "MeanPool2D", "ReLU", "Sigmoid", "Tanh"]

_GEOMETRY = ("stride", "padding", "dilation", "ceil_mode")  # the settings that say where windows fall
Forward = tuple[np.ndarray, Any]  # y, and the values that the backward needs
Backward = tuple[np.ndarray, Arrays]  # dx, and the gradients of the weights
_dense = import_module("cnnlab.dense")  # `from cnnlab import dense` would give the function


class Layer:
    """The base class of layers; a subclass defines ``_forward`` and ``_backward``, which store nothing themselves.

    ``_forward(x)`` returns y and ``kept``; ``_backward(dy, kept)`` returns dx and the gradients by name. ``kind`` is
    "convolution", "activation", "pooling", "fully connected", "flatten", or empty for an unknown layer; ``reads`` says
    which part of its input an output reads: its "window", its "cell", or "all".
    """

    kind, reads, name = "", "all", ""
    _forward: Callable[..., Forward]
    _backward: Callable[..., Backward]
    check_axes: Callable[..., tuple[Axis, Axis]] | None = None  # of a layer with windows: its axes over a plane

    def __init__(self, *sizes: Any, **settings: Any) -> None:
        """Keep copies of the arguments, and raise an error if they fit no plane at all."""
        geometry = {name: settings[name] for name in _GEOMETRY if name in settings}
        if self.check_axes:
            self.check_axes(roomy_plane(sizes[-1], **geometry), sizes[-1], **geometry)
        self.sizes = tuple(map(_plain, sizes))
        self.settings = {name: _plain(value) for name, value in settings.items()}
        self.geometry = {name: self.settings[name] for name in geometry}
        self.params: Arrays = {}
        self.grads: Arrays = {}
        self._kept: tuple | None = None

    def __repr__(self) -> str:
        taken = inspect.signature(type(self)).parameters
        named = "name" in taken  # ReLU() is Activation("relu"), and takes no name
        words = [repr(each) for each in ([self.name] if named else []) + [*self.sizes]]
        for name, value in self.settings.items():
            fixed = None if named else value  # by the class, where it takes no such setting
            usual = taken[name].default if name in taken else fixed
            if value not in (usual, (usual, usual)):  # an int, or a pair of it
                words.append(f"{name}={value!r}")
        return f"{type(self).__name__}({', '.join(words)})"

    def forward(self, x: ArrayLike) -> np.ndarray:
        """Return the layer's output y for x, and keep what the backward needs: x must not be changed until then."""
        self._kept = None  # if this raises, backward must not use an earlier x
        y, kept = self._forward(x)
        self._kept = (kept,)  # in a tuple, since it may itself be None
        return y

    def backward(self, dy: ArrayLike) -> np.ndarray:
        """Return the gradient with respect to the x of the last forward, and set those of the weights in ``grads``."""
        if self._kept is None:
            raise RuntimeError(f"{self} must go forward before it goes backward")
        dx, self.grads = self._backward(dy, *self._kept)
        return dx

    def axes(self, plane: Sequence[int]) -> tuple:
        """Return the axes (rows, columns) of the windows over a plane (H, W); none for a layer without windows."""
        return self.check_axes(plane, self.sizes[-1], **self.geometry) if self.check_axes else ()


def _plain(value: Any) -> Any:
    """Return numbers, arrays and nested lists as plain Python objects that share nothing with the argument."""
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else deepcopy(value)


class _Weighted(Layer):
    """A layer with weights w and b; its function of a module, and the backward beside it, are looked up at each use."""

    module: Any
    function: str

    def _forward(self, x: Any) -> Forward:
        forward = getattr(self.module, self.function)
        return forward(x, self.params["w"], self.params["b"], **self.settings), x

    def _backward(self, dy: Any, x: Any) -> Backward:
        backward = getattr(self.module, f"{self.function}_backward")
        dx, dw, db = backward(dy, x, self.params["w"], **self.settings)
        return dx, {"w": dw, "b": db}


class Conv2D(_Weighted):
    """A convolution with biases; params w (K, C // groups, kh, kw) and b (K,).

    Parameters
    ----------
    channels, filters : int
        C and K, the channels of x and of y.
    kernel, stride, padding, dilation, groups
        As :func:`cnnlab.conv2d`; ``kernel`` is an int or a pair (h, w).
    rng : numpy.random.Generator
        Draws w from a normal distribution; b starts at 0.
    init : "he" or "xavier"
        The variance of w: 2 / fan_in for ReLU, 2 / (fan_in + fan_out) for sigmoid and tanh.

    Errors and source are those of :func:`cnnlab.conv2d` and of :func:`cnnlab.initialisation.initial_weights`.

    Examples
    --------
    >>> Conv2D(3, 2, 3, stride=2, padding=1, rng=np.random.default_rng(0)).forward(np.zeros((1, 3, 5, 5))).shape
    (1, 2, 3, 3)
    """

    kind, reads = "convolution", "window"
    module, function = convolution, "conv2d"
    check_axes = staticmethod(check_window)

    def __init__(
        self,
        channels: int,
        filters: int,
        kernel: Lengths,
        *,
        rng: np.random.Generator,
        stride: Lengths = 1,
        padding: Padding = 0,
        dilation: Lengths = 1,
        groups: int = 1,
        init: str = "he",
    ):
        channels, filters = check_int("channels", channels, 1), check_int("filters", filters, 1)
        groups = check_groups(groups, channels, filters)
        super().__init__(channels, filters, kernel, stride=stride, padding=padding, dilation=dilation, groups=groups)
        shape = (filters, channels // groups, *check_pair("kernel", kernel, 1))
        fan_in = math.prod(shape[1:])
        w = initial_weights(shape, fan_in, fan_in * filters // channels, rng=rng, init=init)
        self.params = {"w": w, "b": np.zeros(filters)}


class Dense(_Weighted):
    """A fully connected layer of D inputs and K outputs; params w (D, K) and b (K,), all else as :class:`Conv2D`.

    Examples
    --------
    >>> Dense(3, 2, rng=np.random.default_rng(0)).forward(np.zeros((4, 3))).shape
    (4, 2)
    """

    kind = "fully connected"
    module, function = _dense, "dense"

    def __init__(self, inputs: int, outputs: int, *, rng: np.random.Generator, init: str = "he"):
        shape = check_int("inputs", inputs, 1), check_int("outputs", outputs, 1)
        super().__init__(*shape)
        self.params = {"w": initial_weights(shape, *shape, rng=rng, init=init), "b": np.zeros(shape[1])}


class Pool2D(Layer):
    """The pool of this name in :data:`cnnlab.pooling.POOLS`; arguments as :func:`cnnlab.max_pool2d`, and its options.

    Examples
    --------
    >>> Pool2D("mean", 2, count_include_pad=False).forward([[[[1, 4], [3, 2]]]]).item()
    2.5
    """

    kind, reads = "pooling", "window"
    check_axes = staticmethod(pooling.check_pool)

    def __init__(
        self,
        name: str,
        kernel: Lengths,
        *,
        stride: Lengths | None = None,
        padding: Padding = 0,
        dilation: Lengths = 1,
        ceil_mode: bool = False,
        **options: Any,
    ):
        check_choice("name", name, pooling.POOLS)
        self.name = name
        pool = pooling.POOLS[name]
        check_known(options, pool.options, "an option of this pool")
        pool.forward(np.ones((1, 1, 1, 1)), 1, **options)  # raises if an option is invalid
        super().__init__(kernel, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode, **options)

    def _forward(self, x: Any) -> Forward:
        y, kept = pooling.POOLS[self.name].forward(x, *self.sizes, **self.settings)
        return y, (kept, np.shape(x))

    def _backward(self, dy: Any, kept: Any) -> Backward:
        return pooling.POOLS[self.name].backward(dy, *kept, *self.sizes, **self.settings), {}


class MaxPool2D(Pool2D):
    """Max-pooling; arguments as :func:`cnnlab.max_pool2d`.

    Examples
    --------
    >>> MaxPool2D(2).forward([[[[1, 4], [3, 2]]]]).item()
    4.0
    """

    def __init__(
        self,
        kernel: Lengths,
        *,
        stride: Lengths | None = None,
        padding: Padding = 0,
        dilation: Lengths = 1,
        ceil_mode: bool = False,
    ):
        super().__init__("max", kernel, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode)


class MeanPool2D(Pool2D):
    """Mean-pooling; arguments as :func:`cnnlab.mean_pool2d`.

    Examples
    --------
    >>> MeanPool2D(2).forward([[[[1, 4], [3, 2]]]]).item()
    2.5
    """

    def __init__(
        self,
        kernel: Lengths,
        *,
        stride: Lengths | None = None,
        padding: Padding = 0,
        dilation: Lengths = 1,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ):
        super().__init__(
            "mean",
            kernel,
            stride=stride,
            padding=padding,
            dilation=dilation,
            ceil_mode=ceil_mode,
            count_include_pad=count_include_pad,
        )


class Activation(Layer):
    """The activation of this name in :data:`cnnlab.activations.ACTIVATIONS`, with its settings.

    Examples
    --------
    >>> layer = Activation("leaky_relu", slope=0.5)
    >>> layer.forward([-2, 3]), layer.backward([10, 20])
    (array([-1.,  3.]), array([ 5., 20.]))
    """

    kind, reads = "activation", "cell"

    def __init__(self, name: str, **settings: float):
        check_choice("name", name, activations.ACTIVATIONS)
        self.name = name
        super().__init__(**activations.ACTIVATIONS[name].check_settings(settings))

    def _forward(self, x: Any) -> Forward:
        return activations.ACTIVATIONS[self.name].forward(x, **self.settings), x

    def _backward(self, dy: Any, x: Any) -> Backward:
        return activations.ACTIVATIONS[self.name].backward(dy, x, **self.settings), {}


class ReLU(Activation):
    """:func:`cnnlab.relu` as a layer.

    Examples
    --------
    >>> ReLU().forward([-2, 3])
    array([0., 3.])
    """

    def __init__(self) -> None:
        super().__init__("relu")


class LeakyReLU(Activation):
    """:func:`cnnlab.leaky_relu` as a layer.

    Examples
    --------
    >>> LeakyReLU(slope=0.5).forward([-2, 3])
    array([-1.,  3.])
    """

    def __init__(self, *, slope: float = 0.01):
        super().__init__("leaky_relu", slope=slope)


class Sigmoid(Activation):
    """:func:`cnnlab.sigmoid` as a layer.

    Examples
    --------
    >>> Sigmoid().forward([0])
    array([0.5])
    """

    def __init__(self) -> None:
        super().__init__("sigmoid")


class Tanh(Activation):
    """:func:`cnnlab.tanh` as a layer.

    Examples
    --------
    >>> Tanh().forward([0])
    array([0.])
    """

    def __init__(self) -> None:
        super().__init__("tanh")


class Flatten(Layer):
    """From images (N, C, H, W) to rows (N, C * H * W), for a dense layer.

    Examples
    --------
    >>> Flatten().forward(np.zeros((4, 2, 3, 3))).shape
    (4, 18)
    """

    kind, reads = "flatten", "cell"

    def __init__(self) -> None:
        super().__init__()

    def _forward(self, x: Any) -> Forward:
        x = check_batch("x", x)
        return x.reshape(len(x), -1).copy(), x.shape

    def _backward(self, dy: Any, x_shape: Any) -> Backward:
        dy = check_shaped("dy", dy, (x_shape[0], math.prod(x_shape[1:])), "that of y")
        return dy.reshape(x_shape).copy(), {}
