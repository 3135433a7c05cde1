"""The answers to the twelve questions before the course and the twelve after it, and their named mistakes, computed."""

from __future__ import annotations

import numpy as np
from answers_backward import max_back, passed, top
from answers_forward import learnt, plane, sees, turn

from cnnlab import conv2d, mean_pool2d_backward, output_size, same_padding


def window(x, w):
    return conv2d(x, w).item(), [conv2d(x, turn(w)).item(), x.sum()]


def outputs(channels, size, filters, kernel):
    """Return how many numbers a layer puts out, then: a map a channel too, channels for filters, no shrinking."""
    y = conv2d(np.zeros((1, channels, size, size)), np.zeros((filters, channels, kernel, kernel)))
    return y.size, [y.size * channels, y[:, 0].size * channels, filters * size**2]


def numbers(channels, filters):
    """Return how many numbers a layer learns, then: without biases, of one channel, with a bias for each channel."""
    bare = learnt(channels, filters, 3, bias=False)
    return learnt(channels, filters, 3), [bare, learnt(1, filters, 3), bare + channels * filters]


def pooled(size, kernel):
    """Return the width at stride 2, then: side by side, at stride 1, without the first place."""
    out = output_size(size, kernel, stride=2)
    return out, [output_size(size, kernel, stride=kernel), output_size(size, kernel), out - 1]


def relu_back(da, z):
    return passed(da, z), [passed(da, -z), da * z]


def winner_takes_all(rows, loser, dy):
    """Return ∂L/∂x of a cell that loses, then: that of the winner, and its share of a mean."""
    x, dx = plane(*rows), max_back(plane(*rows), plane([dy]), 2)
    return dx[x[0, 0] == loser].item(), [
        dx[x[0, 0] == x.max()].item(),
        mean_pool2d_backward(plane([dy]), x.shape, 2).max(),
    ]


def reader(taps, dy):
    """Return ∂L/∂x of a cell that two outputs read, then: the second alone, the first alone, taps exchanged."""
    shares = np.array(taps) * dy
    return shares.sum(), [shares[1], shares[0], np.dot(taps, dy[::-1])]


def tap(x, dy):
    return np.dot(x, dy), [sum(dy), x[-1] * dy[-1], np.dot(x, dy) / 3]


def field(layers, kernel, third):
    return sees(*[kernel] * layers), [layers * kernel, kernel, third]


_TWICE = {
    1: (window(plane([1, 3], [2, 5]), plane([2, 1], [0, 4])), window(plane([2, 0], [1, 3]), plane([1, 4], [2, -1]))),
    3: (outputs(3, 10, 5, 3), outputs(4, 12, 6, 5)),
    4: (numbers(2, 7), numbers(5, 4)),
    5: (pooled(10, 4), pooled(13, 5)),
    6: tuple((same_padding(kernel)[0], [sum(same_padding(kernel)), kernel]) for kernel in (9, 11)),
    7: (relu_back(4, -3), relu_back(-2, 5)),
    8: tuple(
        (top(p, label), [p[label], -top(p, label)]) for p, label in (([0.2, 0.7, 0.1], 1), ([0.6, 0.15, 0.25], 2))
    ),
    9: (reader([3, -2], [2, 4]), reader([1, 4], [-3, 2])),
    10: (winner_takes_all(([4, 9], [7, 1]), 7, 6), winner_takes_all(([2, 5], [8, 3]), 5, -4)),
    11: (tap([2, 1, 3], [1, 4, -1]), tap([1, 5, 3], [2, -1, 4])),
    12: (field(3, 3, sees(3, 3)), field(2, 5, 5**2)),
}
NUMBERS = {
    f"{name}_{n}": (answer, {round(float(wrong), 2): wrong for wrong in wrongs})
    for n, both in _TWICE.items()
    for name, (answer, wrongs) in zip(("00.before", "11.after"), both, strict=True)
}
