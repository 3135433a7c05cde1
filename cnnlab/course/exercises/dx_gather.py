"""dx of a convolution, gathered cell by cell with the kernel turned."""

import numpy as np

from cnnlab.course.exercises._parts import conv, course_exercise, given, pairs, swapped, transposed, turned


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
    right=transposed,
    inputs=lambda: [pairs(3, _SIZES), pairs(4, _SIZES, (2, 3), (3, 2))],
    wires={"dx": ("dy", "w")},
    mistakes={
        "no turn": given(transposed, w=turned),
        "turn of the rows alone": given(transposed, w=lambda w: w[..., ::-1]),
        "turn of the columns alone": given(transposed, w=lambda w: w[..., ::-1, :]),
        "transposed kernel": given(transposed, w=swapped),
        "transpose for the turn": given(transposed, w=lambda w: turned(swapped(w))),
        "padding F": lambda dy, w: conv(dy[None, None], turned(w)[None, None], padding=w.shape)[0, 0],
    },
)
