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
    for at, (H, W, F, S) in enumerate(
        ((5, 5, 2, 2), (5, 5, 3, 1), (4, 6, 2, 2), (5, 7, 3, 2), (3, 4, 2, 1), (2, 3, 1, 1), (6, 7, 2, 3), (6, 5, 3, 2))
    ):
        outputs = output_size(H, F, stride=S), output_size(W, F, stride=S)
        yield numbers(rng, *lead, *outputs, whole=at % 2), (*lead, H, W), F, S


def _windows_at(step_of):
    """Return the way back with the windows that many cells apart; what hangs over the edge is lost."""

    def mean_pool_backward(dy, x_shape, F, S):
        dx = np.zeros(x_shape)
        for *lead, i, j in np.ndindex(dy.shape):
            top, left = i * step_of(F), j * step_of(F)
            dx[(*lead, slice(top, top + F), slice(left, left + F))] += dy[(*lead, i, j)] / F**2
        return dx

    return mean_pool_backward


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
        "stride 1": _windows_at(lambda F: 1),
        "stride F": _windows_at(lambda F: F),
        "kron alone": lambda dy, x_shape, F, S: np.kron(dy, np.ones((F, F))) / F**2,
        "overlap overwritten": _overwritten,
        "leftover at the wrong end": _leftover_first,
    },
)
