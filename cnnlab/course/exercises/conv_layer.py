"""A convolution of several channels with several filters, and its bias."""

import numpy as np

from cnnlab.convolution import conv2d
from cnnlab.course.exercises._parts import MIXED, course_exercise, given, numbers, then, turned


def my_conv_layer(x, w, b):
    K, F = len(w), w.shape[-1]
    y = np.zeros((K, x.shape[1] - F + 1, x.shape[2] - F + 1))
    for k, i, j in np.ndindex(y.shape):
        y[k, i, j] = np.sum(x[:, i : i + F, j : j + F] * w[k]) + b[k]
    return y


def _layer(x, w, b=None):
    return conv2d(x[None], w, b)[0]


def _inputs():
    rng = np.random.default_rng(7)
    for C, K in (2, 3), (2, 2), (1, 2), (3, 1), (3, 3), (1, 1):
        for at, whole in enumerate(MIXED):
            height, width, F = ((3, 4, 2), (5, 4, 3), (2, 3, 1))[at // 2]
            x, w = numbers(rng, C, height, width, whole=whole[0]), numbers(rng, K, C, F, F, whole=whole[1])
            yield x, w, numbers(rng, K, whole=whole[2]) * 3


def _channels_apart(x, w, b):
    return np.stack([_layer(x[c : c + 1], w[:, c : c + 1], b) for c in range(len(x))], axis=1)


EXERCISE = course_exercise(
    my_conv_layer,
    "y",
    right=_layer,
    inputs=lambda: [_inputs()],
    wires={"y": ("x", "w")},
    addends={"y": "b"},
    mistakes={
        "first channel alone": given(_layer, x=lambda x: x[:1], w=lambda w: w[:, :1]),
        "last channel alone": given(_layer, x=lambda x: x[-1:], w=lambda w: w[:, -1:]),
        "channels not summed": _channels_apart,
        "bias once a channel": lambda x, w, b: _layer(x, w, b * len(x)),
        "no bias": lambda x, w, b: _layer(x, w),
        "one bias for all": given(_layer, b=lambda b: b[:1].repeat(len(b))),
        "w[c, k] for w[k, c]": lambda x, w, b: _layer(x, w.swapaxes(0, 1), b),
        "one filter for all": given(_layer, w=lambda w: w[:1].repeat(len(w), axis=0)),
        "flipped kernel": given(_layer, w=turned),
        "whole numbers only": then(_layer, np.trunc),
    },
)
