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


def _by_hand(length=lambda dy, x_shape: x_shape[-1], plane=lambda *lead: lead, kept=1):
    """Return the way back with one part replaced: a place's divisor, its plane, or what is kept of earlier shares."""

    def max_pool_backward(dy, winners, x_shape):
        dx = np.zeros(x_shape)
        for place in np.ndindex(dy.shape):
            cell = (*plane(*place[:-2]), *divmod(winners[place], length(dy, x_shape)))
            dx[cell] = kept * dx[cell] + dy[place]
        return dx

    return max_pool_backward


EXERCISE = course_exercise(
    my_max_pool_backward,
    "dx",
    right=max_back,
    inputs=lambda: [_inputs(2, 3), _inputs()],
    wires={"dx": ("dy",)},
    mistakes={
        "overlap overwritten": _by_hand(kept=0),
        "width of dy": _by_hand(lambda dy, x_shape: dy.shape[-1]),
        "height for width": _by_hand(lambda dy, x_shape: x_shape[-2]),
        "first image alone": given(max_back, dy=lambda dy: np.concatenate([dy[:1], 0 * dy[1:]])),
        "all into the first plane": _by_hand(plane=lambda *lead: (0,) * len(lead)),
        "share divided": lambda dy, winners, x_shape: max_back(dy, winners, x_shape) / np.prod(dy.shape[-2:]),
    },
)
