"""The way back through a mean pool."""

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, mean_back, numbers, overwritten
from cnnlab.geometry import output_size


def my_mean_pool_backward(dy, x_shape, F, S):
    dx = np.zeros(x_shape)
    for n, c, i, j in np.ndindex(dy.shape):
        dx[n, c, i * S : i * S + F, j * S : j * S + F] += dy[n, c, i, j] / F**2
    return dx


def _inputs(*lead):
    """Yield inputs with a leftover, and with windows that overlap."""
    rng = np.random.default_rng(17)
    for H, W, F, S in (5, 5, 2, 2), (5, 5, 3, 1), (4, 6, 2, 2), (5, 7, 3, 2), (3, 4, 2, 1), (2, 3, 1, 1), (6, 7, 2, 3):
        outputs = output_size(H, F, stride=S), output_size(W, F, stride=S)
        yield numbers(rng, *lead, *outputs) * 1.0, (*lead, H, W), F, S


def _overwritten(dy, x_shape, F, S):
    return overwritten(x_shape, dy[..., None, None] / np.full((F, F), F**2), S)


def _leftover_first(dy, x_shape, F, S):
    """Return a dx with the leftover's zeros before the first row and column."""
    return np.roll(mean_back(dy, x_shape, F, S), [(n - F) % S for n in x_shape[-2:]], axis=(-2, -1))


EXERCISE = course_exercise(
    my_mean_pool_backward,
    "dx",
    right=mean_back,
    inputs=lambda: [_inputs(2, 3), _inputs()],
    wires={"dx": ("dy",)},
    mistakes={
        "not divided": lambda dy, x_shape, F, S: mean_back(dy, x_shape, F, S) * F**2,
        "divided by F": lambda dy, x_shape, F, S: mean_back(dy, x_shape, F, S) * F,
        "kron alone": lambda dy, x_shape, F, S: np.kron(dy, np.ones((F, F))) / F**2,
        "overlap overwritten": _overwritten,
        "leftover at the wrong end": _leftover_first,
    },
)
