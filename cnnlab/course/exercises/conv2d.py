"""The sliding sum of a plane."""

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, mixed


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
    inputs=lambda: mixed(1, [([each[:2], each[2:]],) for each in _SIZES]),
    wires={"y": "x w"},
    mistakes={
        "* w)": {
            "flipped kernel": "* w[::-1, ::-1])",
            "kernel upside down": "* w[::-1])",
            "kernel mirrored": "* w[:, ::-1])",
            "window summed": ")",
        },
        "return y": {
            "last row missing": "return y[:-1]",
            "last column missing": "return y[:, :-1]",
            "last row and column missing": "return y[:-1, :-1]",
            "output transposed": "return y.T",
        },
        "rows, columns = x": {"kernel transposed": "w = w.T; rows, columns = x"},
    },
)
