"""The way back through a max pool, by its winners."""

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, given, max_back, max_pool, numbers, pooled


def my_max_pool_backward(dy, winners, x_shape):
    dx = np.zeros(x_shape)
    for n, c, i, j in np.ndindex(dy.shape):
        row, column = divmod(winners[n, c, i, j], x_shape[3])
        dx[n, c, row, column] += dy[n, c, i, j]
    return dx


def _inputs(*lead):
    """Yield inputs for windows side by side, overlapping, and with a leftover."""
    settings = (4, 5, 3, 2, 1), (4, 4, 2, 2, 0), (5, 4, 2, 1, 0), (3, 6, 2, 2, 1), (5, 7, 3, 1, 0), (2, 3, 1, 1, 0)
    settings += ((7, 5, 2, 3, 0),)
    rng = np.random.default_rng(15)
    for x, F, S, P in pooled(16, lead, settings):
        y, winners = max_pool(x, F, S, P)
        yield numbers(rng, *y.shape, whole=x.dtype.kind == "i"), winners, x.shape


def _last_share(dy, winners, x_shape):
    """Give each winner the share of its last window alone."""
    dx = np.zeros((*x_shape[:-2], x_shape[-2] * x_shape[-1]))
    for *plane, i, j in np.ndindex(dy.shape):
        dx[(*plane, winners[(*plane, i, j)])] = dy[(*plane, i, j)]
    return dx.reshape(x_shape)


def _divided_by(length_of):
    """Return the way back with the winner's row and column by another length than the width of x."""

    def max_pool_backward(dy, winners, x_shape):
        dx = np.zeros(x_shape)
        for place in np.ndindex(dy.shape):
            dx[(*place[:-2], *divmod(winners[place], length_of(dy, x_shape)))] += dy[place]
        return dx

    return max_pool_backward


def _into_first_plane(dy, winners, x_shape):
    dx = np.zeros(x_shape)
    np.add.at(dx.reshape(-1), winners, dy)
    return dx


EXERCISE = course_exercise(
    my_max_pool_backward,
    "dx",
    right=max_back,
    inputs=lambda: [_inputs(2, 3), _inputs()],
    wires={"dx": ("dy",)},
    mistakes={
        "overlap overwritten": _last_share,
        "width of dy": _divided_by(lambda dy, x_shape: dy.shape[-1]),
        "height for width": _divided_by(lambda dy, x_shape: x_shape[-2]),
        "first image alone": given(max_back, dy=lambda dy: np.concatenate([dy[:1], 0 * dy[1:]])),
        "all into the first plane": _into_first_plane,
        "share divided": lambda dy, winners, x_shape: max_back(dy, winners, x_shape) / np.prod(dy.shape[-2:]),
    },
)
