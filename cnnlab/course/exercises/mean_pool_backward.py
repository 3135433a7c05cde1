"""The way back through a mean pool."""

from itertools import product

import numpy as np

from cnnlab.course.exercises._parts import POOLS, course_exercise, mixed
from cnnlab.geometry import output_size


def my_mean_pool_backward(dy, x_shape, F, S):
    dx = np.zeros(x_shape)
    for n, c, i, j in np.ndindex(dy.shape):
        dx[n, c, i * S : i * S + F, j * S : j * S + F] += dy[n, c, i, j] / F**2
    return dx


def _cases():
    for (N, C), (H, W, F, S, _) in product(((1, 1), (2, 3)), POOLS):
        yield [(N, C, output_size(H, F, stride=S), output_size(W, F, stride=S))], (N, C, H, W), F, S


EXERCISE = course_exercise(
    my_mean_pool_backward,
    "dx",
    inputs=lambda: mixed(17, _cases()),
    wires={"dx": "dy"},
    mistakes={
        " / F**2": {"not divided": "", "divided by F": " / F"},
        "* S": {"stride 1": "", "stride F": "* F"},
        "return dx": {"kron alone": "return np.kron(dy, np.ones((F, F))) / F**2"},
        "+= dy": {"overlap overwritten": "= dy"},
    },
)
