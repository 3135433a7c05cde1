"""The sliding sum of a plane."""

import numpy as np

from cnnlab.convolution import conv2d
from cnnlab.course.exercises._parts import course_exercise, in_the_other_form, mixed


def my_conv2d(x, w):
    rows, columns = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    y = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            y[i, j] = np.sum(x[i : i + w.shape[0], j : j + w.shape[1]] * w)
    return y


_SIZES = (4, 6, 2, 3), (1, 1, 1, 1), (3, 3, 3, 3), (5, 4, 1, 1), (4, 4, 2, 2), (3, 5, 3, 1), (2, 7, 1, 4), (6, 7, 3, 2)

EXERCISE = course_exercise(
    my_conv2d,
    "y",
    right=in_the_other_form(conv2d),
    inputs=lambda: mixed(1, [([each[:2], each[2:]],) for each in _SIZES]),
    wires={"y": ("x", "w")},
    mistakes={
        "flipped kernel": ("* w)", "* w[::-1, ::-1])"),
        "kernel upside down": ("* w)", "* w[::-1])"),
        "kernel mirrored": ("* w)", "* w[:, ::-1])"),
        "last row missing": ("return y", "return y[:-1]"),
        "last column missing": ("return y", "return y[:, :-1]"),
        "last row and column missing": ("return y", "return y[:-1, :-1]"),
        "output transposed": ("return y", "return y.T"),
        "kernel transposed": ("rows, columns = x", "w = w.T; rows, columns = x"),
        "kernel read by columns": ("* w)", "* w.reshape(w.shape[::-1]).T)"),
        "window summed": (" * w)", ")"),
        "whole numbers only": ("return y", "return np.trunc(y)"),
    },
)
