"""The answers to the questions of notebooks 00 to 04, and their named mistakes, computed with the package."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from cnnlab import (
    Conv2D,
    conv2d,
    explain_output_size,
    load_photo,
    max_pool2d,
    mean_pool2d,
    output_size,
    pad2d,
    receptive_field,
    same_padding,
    wiring,
)


def plane(*rows) -> np.ndarray:
    return np.array(rows, float)[None, None]


def turn(w) -> np.ndarray:
    return w[..., ::-1, ::-1]


def learnt(channels, filters, kernel, bias=True) -> int:
    """Return how many numbers a convolution learns."""
    params = Conv2D(channels, filters, kernel, rng=np.random.default_rng(0)).params
    return sum(param.size for name, param in params.items() if bias or name != "b")


def readers(size, kernel, cell) -> int:
    """Return how many outputs read an input cell."""
    return int((wiring(size, kernel).input == cell).all(axis=1).sum())


def sees(*kernels) -> int:
    """Return how many columns a cell of the last convolution sees."""
    return receptive_field([("conv", kernel, 1, 0) for kernel in kernels])[-1].size


def at_least(out, size, kernel, stride) -> int:
    """Return the least padding of both sides together with which an output has so many cells."""
    return next(P for P in range(9) if output_size(size, kernel, stride=stride, padding=(0, P)) == out)


def slides_along(*shape, kernel) -> int:
    """Return along how many axes a kernel as deep as the channels makes more than one output."""
    y = conv2d(np.zeros((1, *shape)), np.zeros((1, shape[0], *kernel)))
    return sum(length > 1 for length in y.shape[2:])


def stays(x, after) -> list[bool]:
    """Return which of three layers gives for a shifted map exactly what it gave for the map."""
    layers = (lambda x: conv2d(x, NINE), lambda x: pooled(x, 2), lambda x: x.mean(axis=(2, 3)))
    return [np.array_equal(layer(x), layer(after)) for layer in layers]


X3, W2 = np.arange(9.0).reshape(1, 1, 3, 3), plane([0, 1], [2, 3])
Y2, TURNED = conv2d(X3, W2)[0, 0], conv2d(X3, turn(W2))[0, 0]
X02, W02 = plane([2, 0, 1], [1, 3, 0], [0, 1, 4]), plane([1, 2], [0, 3])
Y02 = conv2d(X02, W02)[0, 0]
BAR, SOBEL = plane([1, 1, 0], [1, 1, 0], [1, 1, 0]), plane([-1, 0, 1], [-2, 0, 2], [-1, 0, 1])
ONE, NINE = pad2d(plane([1]), 2), plane([1, 2, 3], [4, 5, 6], [7, 8, 9])
Y9 = conv2d(ONE, NINE)[0, 0]
WINDOW, TAPS = plane([1, 2], [0, 3]), plane([2, -1], [4, 1])
RED = np.array([1, -0.5, -0.5]).reshape(1, 3, 1, 1)
WHITE = np.ones((1, 3, 1, 1))
FOUR = plane([0, 2], [9, 1])
MAP = plane([2, -5, -1], [-2, -4, -6], [-7, -3, -8])
RIGHT = max_pool2d(MAP, 3, stride=2, padding=1)[0]
ZEROS = max_pool2d(pad2d(MAP, 1), 3, stride=2)[0]
ROWS, FLAT = np.arange(25.0).reshape(1, 1, 5, 5), np.full((1, 1, 3, 3), 9.0)
TIED = plane([1, 5, 2, 0], [3, 4, 7, 7], [0, 0, 8, 5], [9, 0, 5, 8])
SQUARES = np.zeros((1, 1, 8, 8))
MAP12 = np.zeros((1, 1, 12, 12))
AS_FILE = np.moveaxis(load_photo()[0], 0, -1)
MIXED_UP = not np.array_equal(AS_FILE.reshape(3, 200, 200), load_photo()[0])
INSIDE = pad2d(ROWS, 2)


def pooled(x, kernel, **options):
    return max_pool2d(x, kernel, **options)[0]


# By key: the answer, and what each named mistake comes to.
NUMBERS = {
    "00.kernels": (
        learnt(6, 24, 3),
        {
            1296: learnt(6, 24, 3, bias=False),
            240: learnt(1, 24, 3),
            660: learnt(6, 12, 3),
            1440: learnt(6, 24, 3, bias=False) + 24 * 6,
        },
    ),
    "01.recall_2": (learnt(1, 8, 5), {200: learnt(1, 8, 5, bias=False), 26: learnt(1, 1, 5)}),
    "01.recall_3": (pooled(MAP12, 2).size, {72: MAP12.size / 2, 6: pooled(MAP12, 2).shape[-1]}),
    "01.next_cell": (Y2[0, 1], {19: Y2[0, 0], 37: Y2[1, 0], 12: X3[0, 0, :2, 1:].sum(), 11: TURNED[0, 1]}),
    "01.readers": (
        readers(5, 3, (0, 2)),
        {9: readers(5, 3, (2, 2)), 1: readers(5, 3, (0, 0)), 6: readers(5, 3, (1, 2))},
    ),
    "01.weights": (
        learnt(1, 1, 3, bias=False),
        {
            352836: output_size(200, 3) ** 2 * 9,
            1568160000: 200**2 * output_size(200, 3) ** 2,
            39204: output_size(200, 3) ** 2,
            40000: 200**2,
        },
    ),
    "01.edge": (conv2d(BAR, SOBEL).item(), {4: conv2d(BAR, -SOBEL).item(), 0: SOBEL.sum(), -1: SOBEL[0, 0, 0, 0]}),
    "01.corner": (Y9[0, 0], {1: conv2d(ONE, turn(NINE))[0, 0, 0, 0], 5: Y9[1, 1], 0: ONE[0, 0, 0, 0]}),
    "02.recall_1": (
        Y02[1, 0],
        {11: Y02[0, 0], 2: Y02[0, 1], 4: conv2d(X02, turn(W02))[0, 0, 1, 0], 5: X02[0, 0, 1:, :2].sum()},
    ),
    "02.recall_2": (
        readers(6, 3, (1, 0)),
        {1: readers(6, 3, (0, 0)), 4: readers(6, 3, (1, 1)), 6: readers(6, 3, (1, 2))},
    ),
    "02.recall_3": (
        learnt(1, 1, 5, bias=False),
        {230400: output_size(100, 5) ** 2 * 25, 9216: output_size(100, 5) ** 2, 10000: 100**2},
    ),
    "02.ceil": (
        output_size(8, 3, stride=2, ceil_mode=True),
        {3: output_size(8, 3, stride=2), 5: np.ceil(output_size(8, 3) / 2) + 2},
    ),
    "02.inverse": (
        next(P for P in range(9) if output_size(200, 3, stride=2, padding=P) == 100),
        {0: output_size(200, 3, stride=2) - 99, 2: output_size(200, 3, stride=2, padding=2) - 99},
    ),
    "02.places": (output_size(7, 3), {4: output_size(7, 3) - 1, 8: output_size(8, 1)}),
    "02.padding": (
        output_size(5, 3, padding=1),
        {
            4: output_size(5, 3, padding=(0, 1)),
            3: output_size(5, 3),
            8: output_size(6, 1, padding=1),
        },
    ),
    "02.same_stride": (
        at_least(3, 6, 3, 2) // 2,
        {1: at_least(3, 6, 3, 2), 0.5: at_least(3, 6, 3, 2) / 2, 2: 2 * same_padding(3)[0]},
    ),
    "02.field": (sees(3, 3), {3: sees(3), 6: sees(3) + sees(3), 9: 3 * sees(3)}),
    "03.recall_2": (same_padding(7)[0], {6: sum(same_padding(7)), 7: 7}),
    "03.recall_3": (
        conv2d(WINDOW, TAPS).item(),
        {15: conv2d(WINDOW, turn(TAPS)).item(), 7: conv2d(WINDOW, np.abs(TAPS)).item(), 6: WINDOW.sum()},
    ),
    "03.numbers": (
        load_photo().size,
        {
            40000: load_photo()[:, :1].size,
            600: load_photo()[:, :, 0].size,
            400: sum(load_photo().shape[2:]),
            1200: 3 * sum(load_photo().shape[2:]),
            64000000000000: load_photo()[:, :1].size ** 3,
        },
    ),
    "03.products": (
        learnt(3, 1, 3, bias=False),
        {9: learnt(1, 1, 3, bias=False), 3: 3, 28: learnt(3, 1, 3), 81: 3 * learnt(3, 1, 3, bias=False)},
    ),
    "03.planes": (conv2d(np.ones((1, 3, 5, 5)), np.ones((4, 3, 3, 3))).shape[1], {1: 1, 3: 3, 12: 3 * 4}),
    "03.white": (
        conv2d(WHITE, RED).item(),
        {
            1: conv2d(WHITE[:, :1], RED[:, :1]).item(),
            2: conv2d(WHITE, np.abs(RED)).item(),
            0.5: conv2d(WHITE[:, :2], RED[:, :2]).item(),
            3: WHITE.sum(),
        },
    ),
    "03.parameters": (
        learnt(3, 8, 5),
        {
            600: learnt(3, 8, 5, bias=False),
            76: learnt(3, 1, 5),
            208: learnt(1, 8, 5),
            200: learnt(1, 8, 5, bias=False),
            624: learnt(3, 8, 5, bias=False) + 3 * 8,
        },
    ),
    "03.slides": (
        slides_along(2, 1, 100, kernel=(1, 5)),
        {2: np.ndim(np.zeros((2, 100))), 3: slides_along(2, 1, 100, kernel=(1, 5)) + 2},
    ),
    "04.recall_2": (
        learnt(4, 6, 3),
        {216: learnt(4, 6, 3, bias=False), 240: learnt(4, 6, 3, bias=False) + 4 * 6, 60: learnt(1, 6, 3)},
    ),
    "04.recall_3": (
        explain_output_size(13, 5, stride=3).leftover,
        {0: explain_output_size(13, 5).leftover, 3: output_size(13, 5, stride=3), 8: output_size(13, 5) - 1},
    ),
    "04.mean": (mean_pool2d(FOUR, 2).item(), {9: pooled(FOUR, 2).item(), 12: FOUR.sum(), 4: FOUR[FOUR > 0].mean()}),
    "04.smaller": (
        pooled(SQUARES, 2).size,
        {32: SQUARES.size / 2, 4: pooled(SQUARES, 2).shape[-1], 49: pooled(SQUARES, 2, stride=1).size},
    ),
    "04.overlap": (
        output_size(99, 3),
        {33: output_size(99, 3, stride=3), 96: output_size(99, 3) - 1, 49: output_size(99, 3, stride=2)}
        | {99: output_size(99, 3, padding=1)},
    ),
    "04.edge": (
        mean_pool2d(ROWS, 2, ceil_mode=True)[0, 0, 2, 2],
        {6: ROWS[0, 0, 4, 4] * Fraction(1, 4), 12: ROWS[0, 0, 4, 4] / 2},
    ),
    "04.zeros": (
        (RIGHT != ZEROS).sum(),
        {4: ZEROS.size, 1: (RIGHT == ZEROS).sum(), 0: (np.maximum(RIGHT, 0) != ZEROS).sum()},
    ),
    "04.border": (
        mean_pool2d(FLAT, 3, stride=2, padding=1)[0, 0, 0, 0],
        {
            9: mean_pool2d(FLAT, 3, stride=2, padding=1, count_include_pad=False)[0, 0, 0, 0],
            36: FLAT[..., :2, :2].sum(),
        },
    ),
    "04.place": (
        max_pool2d(TIED, 2)[1][0, 0, 0, 1],
        {7: np.argmax(TIED[0, 0, 1] >= 7) + 4 + 1, 2: np.flatnonzero(TIED == 2)[0], 4: 1 * 4 + 0},
    ),
}

# By key: the right choice, as a text.
CHOICES = {
    "02.same": "none" if 6 not in [output_size(6, 4, padding=P) for P in range(5)] else "",
    "03.shape": str(conv2d(np.ones((1, 3, 5, 5)), np.ones((2, 3, 3, 3)), stride=2, padding=1).shape),
    "04.recall_1": str(conv2d(np.ones((1, 4, 9, 9)), np.ones((6, 4, 3, 3)), stride=2).shape),
    "03.layout": "the right shape, with the pixels mixed up" if MIXED_UP else "",
    "04.invariant": "the mean of the whole map" if stays(INSIDE, np.roll(INSIDE, 1, axis=3)) == [0, 0, 1] else "",
}
