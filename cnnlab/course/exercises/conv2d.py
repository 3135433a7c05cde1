"""The sliding sum of a plane."""

import numpy as np

from cnnlab.course.exercises._parts import conv, course_exercise, given, pairs, swapped, then, turned


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
    right=conv,
    inputs=lambda: [pairs(1, _SIZES), pairs(2, _SIZES, (2, 2), (3, 2))],
    wires={"y": ("x", "w")},
    mistakes={
        "flipped kernel": given(conv, w=turned),
        "kernel upside down": given(conv, w=lambda w: w[..., ::-1, :]),
        "kernel mirrored": given(conv, w=lambda w: w[..., ::-1]),
        "last row missing": then(conv, lambda y: y[..., :-1, :]),
        "last column missing": then(conv, lambda y: y[..., :-1]),
        "last row and column missing": then(conv, lambda y: y[..., :-1, :-1]),
        "output transposed": then(conv, swapped),
        "kernel transposed": given(conv, w=swapped),
        "kernel read by columns": given(conv, w=lambda w: swapped(w.reshape(*w.shape[:-2], *w.shape[:-3:-1]))),
        "window summed": given(conv, w=np.ones_like),
        "whole numbers only": then(conv, np.trunc),
    },
)
