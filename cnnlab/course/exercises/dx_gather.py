"""dx of a convolution, gathered cell by cell with the kernel turned."""

import numpy as np

from cnnlab.convolution import conv_transpose2d
from cnnlab.course.exercises._parts import course_exercise, in_the_other_form, mixed


def my_dx_gather(dy, w):
    h, width = w.shape
    padded, turned = np.pad(dy, ((h - 1, h - 1), (width - 1, width - 1))), w[::-1, ::-1]
    dx = np.zeros((dy.shape[0] + h - 1, dy.shape[1] + width - 1))
    for i, j in np.ndindex(dx.shape):
        dx[i, j] = np.sum(padded[i : i + h, j : j + width] * turned)
    return dx


_SIZES = (2, 3, 2, 3), (1, 1, 2, 3), (3, 3, 3, 3), (4, 2, 1, 1), (3, 4, 2, 2), (2, 5, 3, 1), (3, 3, 1, 4)

EXERCISE = course_exercise(
    my_dx_gather,
    "dx",
    right=in_the_other_form(conv_transpose2d),
    inputs=lambda: mixed(3, [([each[:2], each[2:]],) for each in _SIZES]),
    wires={"dx": ("dy", "w")},
    mistakes={
        "no turn": ("w[::-1, ::-1]", "w"),
        "turn of the rows alone": ("w[::-1, ::-1]", "w[::-1]"),
        "turn of the columns alone": ("w[::-1, ::-1]", "w[:, ::-1]"),
        "transposed kernel": ("w[::-1, ::-1]", "w.T[::-1, ::-1]", "h, width = w.shape", "width, h = w.shape"),
        "transpose for the turn": ("w[::-1, ::-1]", "w.T", "h, width = w.shape", "width, h = w.shape"),
        "padding F": ("((h - 1, h - 1), (width - 1, width - 1))", "((h, h), (width, width))", "- 1", "+ 1"),
    },
)
