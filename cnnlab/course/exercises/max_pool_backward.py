"""The way back through a max pool, by its winners."""

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, numbers, pooled
from cnnlab.pooling import max_pool2d, max_pool2d_backward


def my_max_pool_backward(dy, winners, x_shape):
    dx = np.zeros(x_shape)
    for n, c, i, j in np.ndindex(dy.shape):
        row, column = divmod(winners[n, c, i, j], x_shape[3])
        dx[n, c, row, column] += dy[n, c, i, j]
    return dx


def _inputs():
    rng = np.random.default_rng(15)
    for x, F, S, P in pooled(16, (1, 1), (2, 3)):
        y, winners = max_pool2d(x, F, stride=S, padding=P)
        yield numbers(rng, *y.shape, whole=x.dtype.kind == "i"), winners, x.shape


EXERCISE = course_exercise(
    my_max_pool_backward,
    "dx",
    right=max_pool2d_backward,
    inputs=_inputs,
    wires={"dx": ("dy",)},
    mistakes={
        "overlap overwritten": ("+= dy", "= dy"),
        "width of dy": ("x_shape[3]", "dy.shape[3]"),
        "height for width": ("x_shape[3]", "x_shape[2]"),
        "first image alone": ("+= dy", "+= (n == 0) * dy"),
        "all into the first plane": ("dx[n, c, ", "dx[0, 0, "),
        "share divided": ("return dx", "return dx / dy[0, 0].size"),
    },
)
