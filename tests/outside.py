"""What somebody might add from outside: a pool, an activation, and layers with ways of their own."""

from __future__ import annotations

import numpy as np

from cnnlab import conv2d, conv2d_backward
from cnnlab.activations import ACTIVATIONS, Nonlinearity, sigmoid
from cnnlab.layers import Conv2D, Layer, ReLU
from cnnlab.network import Sequential
from cnnlab.pooling import POOLS, Pool, mean_pool2d, mean_pool2d_backward

# Names that no entry of the package has.
BENT, LENGTH, RMS_NAME = "softplus of the tests", "l2 of the tests", "rms of the tests"

SOFTPLUS = Nonlinearity(
    lambda z: np.logaddexp(0, z),
    lambda da, z: da * sigmoid(z),
    ("log(1 + exp(z))", "1 / (1 + exp(−z))"),
    "C. Dugas et al. (2000)",
)


def _ones(x, kernel, *, stride=None, ceil_mode=False, **settings):
    """Return the kernels and the settings of the convolution that adds up whole windows, channel by channel."""
    height, width = (kernel, kernel) if isinstance(kernel, int) else kernel
    stride = (height, width) if stride is None else stride
    return np.ones((x.shape[1], 1, height, width)), {"stride": stride, "groups": x.shape[1], **settings}


def _l2(x, kernel, *, times=1.0, **settings):
    ones, settings = _ones(x, kernel, **settings)
    y = np.sqrt(conv2d(x**2, ones, **settings))
    return times * y, (x, y)


def _l2_backward(dy, kept, _x_shape, kernel, *, times=1.0, **settings):
    (x, y), (ones, settings) = kept, _ones(kept[0], kernel, **settings)
    return times * x * conv2d_backward(dy / np.where(y == 0, 1, y), x, ones, **settings)[0]


L2 = Pool(
    forward=_l2,
    backward=_l2_backward,
    pads_with=0.0,
    words="is the length of",
    strip=("√Σ(", "² + ", "²)"),
    options=("times",),
)


def rms_pool2d(x, kernel, **settings):
    """Return the root of the mean square of each window, and what the backward needs."""
    y = np.sqrt(mean_pool2d(x**2, kernel, **settings))
    return y, (x, y)


def rms_pool2d_backward(dy, kept, x_shape, kernel, **settings):
    """Return dx: each window's dy / y, shared out as a mean's gradient, times x; 0 where y is 0."""
    x, y = kept
    share = np.divide(dy, y, out=np.zeros_like(y), where=y > 0)
    return x * mean_pool2d_backward(share, x_shape, kernel, **settings)


RMS = Pool(
    forward=rms_pool2d,
    backward=rms_pool2d_backward,
    pads_with=0.0,
    words="is the root of the mean square of",
    strip=("√((", "² + ", "²) / {count})"),
    uses=(" has no part", " has a part"),
    options=("count_include_pad",),
    numpy="np.sqrt(({window}**2).sum() / {count})",
    source="Y-L. Boureau, J. Ponce and Y. LeCun, 2010",
)


class Doubled(ReLU):
    """A layer that does as its parent, twice as strongly."""

    def _forward(self, x):
        y, kept = super()._forward(x)
        return 2 * y, kept

    def _backward(self, dy, kept):
        dx, grads = super()._backward(dy, kept)
        return 2 * dx, grads


class Renamed(Conv2D):
    """A layer that is its parent in all but its name."""


class Residual(Layer):
    """Adds what some layers make of x to x: a layer that the package knows nothing of."""

    def __init__(self, *layers):
        super().__init__()
        self.inner = Sequential(*layers)
        self.params = self.inner.params

    def _forward(self, x):
        return x + self.inner.forward(x), None

    def _backward(self, dy, kept):
        return dy + self.inner.backward(dy), self.inner.grads


def put_in(monkeypatch) -> None:
    """Put the pools and the activation into the tables, under names of their own."""
    monkeypatch.setitem(POOLS, LENGTH, L2)
    monkeypatch.setitem(POOLS, RMS_NAME, RMS)
    monkeypatch.setitem(ACTIVATIONS, BENT, SOFTPLUS)
