"""A convolution of several channels with several filters, and its bias."""

import numpy as np

from cnnlab.convolution import conv2d
from cnnlab.course.exercises._parts import course_exercise, mixed


def my_conv_layer(x, w, b):
    K, F = len(w), w.shape[-1]
    y = np.zeros((K, x.shape[1] - F + 1, x.shape[2] - F + 1))
    for k, i, j in np.ndindex(y.shape):
        y[k, i, j] = np.sum(x[:, i : i + F, j : j + F] * w[k]) + b[k]
    return y


def _right(x, w, b):
    return conv2d(x[None], w, b)[0]


_SIZES = (2, 3, 3, 4, 2), (2, 2, 2, 3, 1), (1, 2, 5, 4, 3), (3, 2, 3, 4, 2), (3, 3, 2, 3, 1), (1, 1, 2, 3, 1)

EXERCISE = course_exercise(
    my_conv_layer,
    "y",
    right=_right,
    inputs=lambda: mixed(7, [([(C, H, W), (K, C, F, F), (K,)],) for C, K, H, W, F in _SIZES], times=8),
    wires={"y": "x w + b"},
    mistakes={
        "x[:, i : i + F, j : j + F] * w[k]": {
            "first channel alone": "x[0, i : i + F, j : j + F] * w[k, 0]",
            "last channel alone": "x[-1, i : i + F, j : j + F] * w[k, -1]",
        },
        "channels not summed": lambda x, w, b: np.stack([_right(x[[c]], w[:, [c]], b) for c in range(len(x))], axis=1),
        " + b[k]": {"bias once a channel": " + len(x) * b[k]", "no bias": ""},
        "w[k]": {
            "w[c, k] for w[k, c]": "w[:, k]",
            "one filter for all": "w[0]",
            "flipped kernel": "w[k, :, ::-1, ::-1]",
        },
    },
)
