"""dx of a convolution, gathered cell by cell with the kernel turned."""

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, mixed


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
    inputs=lambda: mixed(3, [([each[:2], each[2:]],) for each in _SIZES]),
    wires={"dx": "dy w"},
    mistakes={
        "w[::-1, ::-1]": {
            "no turn": "w",
            "turn of the rows alone": "w[::-1]",
            "turn of the columns alone": "w[:, ::-1]",
        },
        "    h, width": {"transpose for the turn": "    w = w.T[::-1, ::-1]; h, width"},
        "return dx": {"padding F": "return np.pad(dx, 1)"},
    },
)
