"""The way back through a max pool, by its winners."""

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, numbers, pooled
from cnnlab.pooling import max_pool2d


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
    inputs=_inputs,
    wires={"dx": "dy"},
    mistakes={
        "+= dy": {"overlap overwritten": "= dy", "first image alone": "+= (n == 0) * dy"},
        "x_shape[3]": {"width of dy": "dy.shape[3]", "height for width": "x_shape[2]"},
        "dx[n, c, ": {"all into the first plane": "dx[0, 0, "},
    },
)
