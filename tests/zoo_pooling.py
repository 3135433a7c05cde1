"""Broken pools, a mistake each: the tests must catch every one, and the exercises name it.

A broken pool is a pair (forward, backward). The backward of a max-pool gets what its own forward gave beside y.
"""

from __future__ import annotations

from functools import partial
from itertools import product

import numpy as np

from cnnlab import reference
from cnnlab.pooling import check_pool
from cnnlab.wiring import window_cells


def windows(x_shape, settings):
    """Yield the place of each output cell and the list of input cells that its window reads."""
    axes = check_pool(x_shape[2:], **settings)
    for place in np.ndindex(*x_shape[:2], *(axis.out for axis in axes)):
        read = (window_cells(axis)[o] - axis.before for axis, o in zip(axes, place[2:], strict=True))
        rows, columns = (cells[(cells >= 0) & (cells < axis.size)] for axis, cells in zip(axes, read, strict=True))
        yield place, [(*place[:2], row, column) for row, column in product(rows, columns)]


def winners(choose):
    """Return a max-pool that is right but for the cell it marks: the one ``choose`` picks by the window's values."""

    def forward(x, **settings):
        y, argmax = reference.max_pool2d(x, **settings)
        for place, cells in windows(x.shape, settings):
            *_, row, column = cells[choose([x[cell] for cell in cells])]
            argmax[place] = row * x.shape[3] + column
        return y, argmax

    return forward, reference.max_pool2d_backward


def padding_is_zero(x, **settings):
    y, argmax = reference.max_pool2d(x, **settings)
    full = max(len(cells) for _, cells in windows(x.shape, settings))
    for place, cells in windows(x.shape, settings):
        y[place] = max(y[place], 0) if len(cells) < full else y[place]
    return y, argmax


def argmax_by_height(x, **settings):
    y, argmax = reference.max_pool2d(x, **settings)
    row, column = np.divmod(argmax, x.shape[3])
    return y, row * x.shape[2] + column


def argmax_in_the_padded_plane(x, *, padding=0, **settings):
    y, argmax = reference.max_pool2d(x, padding=padding, **settings)
    rows, columns = check_pool(x.shape[2:], padding=padding, **settings)
    row, column = np.divmod(argmax, columns.size)
    return y, (row + rows.before) * columns.padded + column + columns.before


def argmax_in_the_window(x, **settings):
    y, argmax = reference.max_pool2d(x, **settings)
    for place, cells in windows(x.shape, settings):
        argmax[place] = int(np.argmax([x[cell] for cell in cells]))
    return y, argmax


def overwrite_winners(dy, argmax, x_shape):
    dx = np.zeros(x_shape)
    for n, c, i, j in np.ndindex(dy.shape):
        row, column = divmod(argmax[n, c, i, j], x_shape[3])
        dx[n, c, row, column] = dy[n, c, i, j]
    return dx


def forget_the_batch(dy, argmax, x_shape):
    dx = np.zeros(x_shape)
    np.add.at(dx.reshape(-1), argmax, dy)
    return dx


def keep_everything(x, **settings):
    y, _ = reference.max_pool2d(x, **settings)
    return y, (x, y, settings)


def to_all_equals(dy, kept, x_shape, *, split=False):
    x, y, settings = kept
    dx = np.zeros(x_shape)
    for place, cells in windows(x_shape, settings):
        equals = [cell for cell in cells if x[cell] == y[place]]
        for cell in equals:
            dx[cell] += dy[place] / (len(equals) if split else 1)
    return dx


def to_all_cells(dy, kept, x_shape):
    dx = np.zeros(x_shape)
    for place, cells in windows(x_shape, kept[2]):
        for cell in cells:
            dx[cell] += dy[place]
    return dx


def without(option, forward):
    """Return ``forward`` with one of its settings forgotten."""
    return lambda x, **settings: forward(x, **{name: value for name, value in settings.items() if name != option})


def constant(number):
    """Return a pool, there and back, that answers with one number."""

    def forward(x, **settings):
        y, argmax = reference.max_pool2d(x, **settings)
        return np.full_like(y, number), argmax

    return forward, lambda dy, argmax, x_shape: np.full(x_shape, number, float)


MAX_POOLS = {
    "padding is 0 and beats negative cells": (padding_is_zero, reference.max_pool2d_backward),
    "the last of equal cells wins": winners(lambda values: len(values) - 1 - int(np.argmax(values[::-1]))),
    "the first cell of the window is marked": winners(lambda values: 0),
    "a random cell of the window is marked": winners(lambda values: np.random.default_rng(1).integers(len(values))),
    "the least cell is marked": winners(np.argmin),
    "argmax counts rows by the height": (argmax_by_height, reference.max_pool2d_backward),
    "argmax counts in the padded plane": (argmax_in_the_padded_plane, reference.max_pool2d_backward),
    "argmax counts in the window": (argmax_in_the_window, reference.max_pool2d_backward),
    "overlapping windows overwrite": (reference.max_pool2d, overwrite_winners),
    "all images add to the first plane": (reference.max_pool2d, forget_the_batch),
    "all equal cells get the gradient": (keep_everything, to_all_equals),
    "equal cells split the gradient": (keep_everything, partial(to_all_equals, split=True)),
    "all cells get the gradient": (keep_everything, to_all_cells),
    "the stride is forgotten": (without("stride", reference.max_pool2d), reference.max_pool2d_backward),
    "the dilation is forgotten": (without("dilation", reference.max_pool2d), reference.max_pool2d_backward),
    "the answer is all zeros": constant(0),
    "the answer is all ones": constant(1),
    "the gradient is all ones": (reference.max_pool2d, constant(1)[1]),
    "the gradient is all zeros": (reference.max_pool2d, constant(0)[1]),
    "ceil mode is forgotten": (without("ceil_mode", reference.max_pool2d), reference.max_pool2d_backward),
}


def mean_with(divisor):
    """Return a mean-pool that divides by ``divisor(settings, number of input cells)``."""

    def forward(x, **settings):
        y = reference.mean_pool2d(x, **settings)
        for place, cells in windows(x.shape, geometry_of(settings)):
            y[place] = sum(x[cell] for cell in cells) / divisor(settings, len(cells))
        return y

    def backward(dy, x_shape, **settings):
        dx = np.zeros(x_shape)
        for place, cells in windows(x_shape, geometry_of(settings)):
            for cell in cells:
                dx[cell] += dy[place] / divisor(settings, len(cells))
        return dx

    return forward, backward


def geometry_of(settings):
    return {name: value for name, value in settings.items() if name != "count_include_pad"}


def kernel_cells(settings, _):
    return int(np.prod(np.broadcast_to(settings["kernel"], 2)))


def overwrite_shares(dy, x_shape, **settings):
    dx = np.zeros(x_shape)
    for place, cells in windows(x_shape, geometry_of(settings)):
        for cell in cells:
            dx[cell] = dy[place] / kernel_cells(settings, cells)
    return dx


def shares_kept_in_the_image(dy, x_shape, **settings):
    return reference.mean_pool2d_backward(dy, x_shape, **{**settings, "count_include_pad": False})


MEAN_POOLS = {
    "the answer is all zeros": mean_with(lambda *_: np.inf),
    "divides by k in place of k²": mean_with(lambda settings, _: np.broadcast_to(settings["kernel"], 2)[0]),
    "does not divide": mean_with(lambda settings, _: 1),
    "always divides by the whole kernel": mean_with(kernel_cells),
    "always divides by the input cells": mean_with(lambda _, cells: cells),
    "backward divides by k in place of k²": (
        reference.mean_pool2d,
        mean_with(lambda settings, _: np.broadcast_to(settings["kernel"], 2)[0])[1],
    ),
    "backward does not divide": (reference.mean_pool2d, mean_with(lambda settings, _: 1)[1]),
    "backward divides by the whole kernel": (reference.mean_pool2d, mean_with(kernel_cells)[1]),
    "overlapping shares overwrite": (reference.mean_pool2d, overwrite_shares),
    "the padding's share goes to the image": (reference.mean_pool2d, shares_kept_in_the_image),
    "the stride is forgotten": (without("stride", reference.mean_pool2d), reference.mean_pool2d_backward),
}
