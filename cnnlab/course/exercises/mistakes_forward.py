"""The zoo, forward: what goes wrong with windows, sizes, channels and pools."""

from __future__ import annotations

import numpy as np

from cnnlab.convolution import conv2d
from cnnlab.course.exercises.mistake import of
from cnnlab.course.exercises.planes import conv, max_pool, mean_pool, swapped, transposed, turned


def read_by_columns(w):
    """Return a kernel whose taps are read down the columns, in the same shape."""
    return swapped(w.reshape(*w.shape[:-2], *w.shape[:-3:-1]))


CONV2D = of("conv2d")(
    ("flipped kernel", "The kernel is turned by 180°.", lambda x, w: conv(x, turned(w))),
    (
        "kernel upside down",
        "The rows of the kernel are read from the bottom up.",
        lambda x, w: conv(x, w[..., ::-1, :]),
    ),
    ("kernel mirrored", "The columns of the kernel are read from right to left.", lambda x, w: conv(x, w[..., ::-1])),
    ("last row missing", "The last row of y is missing.", lambda x, w: conv(x, w)[..., :-1, :]),
    ("last column missing", "The last column of y is missing.", lambda x, w: conv(x, w)[..., :-1]),
    (
        "last row and column missing",
        "The last row and the last column of y are missing.",
        lambda x, w: conv(x, w)[..., :-1, :-1],
    ),
    ("output transposed", "Rows and columns of y are exchanged.", lambda x, w: swapped(conv(x, w))),
    ("kernel transposed", "Rows and columns of the kernel are exchanged.", lambda x, w: conv(x, swapped(w))),
    (
        "kernel read by columns",
        "The taps are read down the columns, not along the rows.",
        lambda x, w: conv(x, read_by_columns(w)),
    ),
    ("window summed", "Each window is summed without the kernel.", lambda x, w: conv(x, np.ones_like(w))),
    ("whole numbers only", "The sums are cut to whole numbers.", lambda x, w: np.trunc(conv(x, w))),
)

OUTPUT_SIZE = of("output_size")(
    ("no + 1", "The + 1 is missing: the first window counts too.", lambda R, F, P, S: (R - F + 2 * P) // S),
    ("rounded up", "The quotient is rounded up.", lambda R, F, P, S: -(-(R - F + 2 * P) // S) + 1),
    ("padding once", "P is added once, not on both sides.", lambda R, F, P, S: (R - F + P) // S + 1),
    ("+ 1 before dividing", "The 1 is added before the division.", lambda R, F, P, S: (R - F + 2 * P + 1) // S),
    ("brackets missing", "Only 2P is divided by S.", lambda R, F, P, S: R - F + 2 * P // S + 1),
    (
        "rounded to nearest",
        "The quotient is rounded to the nearest whole number.",
        lambda R, F, P, S: round((R - F + 2 * P) / S) + 1,
    ),
    ("not rounded", "The quotient is not rounded.", lambda R, F, P, S: (R - F + 2 * P) / S + 1),
    ("stride forgotten", "S is left out.", lambda R, F, P, S: R - F + 2 * P + 1),
    ("padding forgotten", "P is left out.", lambda R, F, P, S: (R - F) // S + 1),
    ("kernel forgotten", "F is left out.", lambda R, F, P, S: (R + 2 * P) // S + 1),
)

SAME_PADDING = of("same_padding")(
    ("half of F on both sides", "F // 2 stands on both sides, one too many for an even F.", lambda F: (F // 2, F // 2)),
    ("F - 1 on both sides", "F − 1 stands on each side; it is what both need together.", lambda F: (F - 1, F - 1)),
    ("more before than after", "The odd cell stands before, not after.", lambda F: (F // 2, (F - 1) // 2)),
    (
        "rounded down on both sides",
        "(F − 1) // 2 stands on both sides, one too few for an even F.",
        lambda F: ((F - 1) // 2,) * 2,
    ),
    ("all of it after", "All the padding stands after.", lambda F: (0, F - 1)),
)


def layer(x, w, b=None):
    """Return a layer's answer to one image (C, H, W)."""
    return conv2d(x[None], w, b)[0]


CONV_LAYER = of("conv_layer")(
    ("first channel alone", "Only the first channel is summed.", lambda x, w, b: layer(x[:1], w[:, :1], b)),
    ("last channel alone", "Only the last channel is left of the sum.", lambda x, w, b: layer(x[-1:], w[:, -1:], b)),
    (
        "channels not summed",
        "The channels stay apart in y.",
        lambda x, w, b: np.stack([layer(x[c : c + 1], w[:, c : c + 1], b) for c in range(len(x))], axis=1),
    ),
    ("bias once a channel", "The bias is added once for each channel.", lambda x, w, b: layer(x, w, b * len(x))),
    ("no bias", "The bias is left out.", lambda x, w, b: layer(x, w)),
    ("one bias for all", "All filters get the first bias.", lambda x, w, b: layer(x, w, b[:1].repeat(len(b)))),
    ("w[c, k] for w[k, c]", "Filters and channels of w are exchanged.", lambda x, w, b: layer(x, w.swapaxes(0, 1), b)),
    (
        "one filter for all",
        "All maps are made by the first filter.",
        lambda x, w, b: layer(x, w[:1].repeat(len(w), axis=0), b),
    ),
    ("flipped kernel", "The kernels are turned by 180°.", lambda x, w, b: layer(x, turned(w), b)),
    ("whole numbers only", "The sums are cut to whole numbers.", lambda x, w, b: np.trunc(layer(x, w, b))),
)

PARAMETERS = of("parameters")(
    ("no bias", "The biases are not counted.", lambda C, K, F: K * C * F * F),
    (
        "a bias for each slice",
        "A bias is counted for each channel of each filter.",
        lambda C, K, F: K * C * (F * F + 1),
    ),
    (
        "a bias for each channel",
        "The biases are counted by channel, not by filter.",
        lambda C, K, F: C * (K * F * F + 1),
    ),
    ("one bias", "One bias is counted for the whole layer.", lambda C, K, F: K * C * F * F + 1),
    (
        "channels forgotten",
        "C is left out: each filter has a kernel for every channel.",
        lambda C, K, F: K * (F * F + 1),
    ),
    ("filters forgotten", "K is left out: this is one filter.", lambda C, K, F: C * F * F + 1),
    ("F once", "F is counted once, not F².", lambda C, K, F: K * (C * F + 1)),
)


def pool(x, F, S, P, *, fill=-np.inf, choose=np.argmax, place=None):
    """Return a max-pool by hand: what fills the padding, which cell of a window wins, how its place is told."""
    padded = np.pad(x * 1.0, [(0, 0)] * (x.ndim - 2) + [(P, P)] * 2, constant_values=fill)
    rows, columns = ((n - F) // S + 1 for n in padded.shape[-2:])
    y = np.zeros((*x.shape[:-2], rows, columns))
    winners = np.zeros(y.shape, int)
    for *lead, i, j in np.ndindex(y.shape):
        window = padded[(*lead, slice(i * S, i * S + F), slice(j * S, j * S + F))]
        row, column = divmod(int(choose(window)), F)
        y[(*lead, i, j)] = window[row, column]
        told = {"row": row, "column": column, "i": i * S + row, "j": j * S + column, "F": F, "P": P}
        winners[(*lead, i, j)] = (place or in_the_plane)(told, *x.shape[-2:])
    return y, winners


def in_the_plane(at, height, width):
    """Return row · W + column in the plane without its padding."""
    return (at["i"] - at["P"]) * width + at["j"] - at["P"]


def told(place):
    """Return a max-pool that tells the winner's place in another way."""
    return lambda x, F, S, P: pool(x, F, S, P, place=place)


MAX_POOL = of("max_pool")(
    ("zero padding", "The padding is 0, and wins over negative cells.", lambda x, F, S, P: pool(x, F, S, P, fill=0.0)),
    (
        "last of ties",
        "Of equal cells the last one wins, not the first.",
        lambda x, F, S, P: pool(x, F, S, P, choose=lambda v: v.size - 1 - np.argmax(v.ravel()[::-1])),
    ),
    (
        "place in the padded map",
        "The winner's place is counted in the padded map.",
        told(lambda at, H, W: at["i"] * (W + 2 * at["P"]) + at["j"]),
    ),
    (
        "place in the window",
        "The winner's place is counted in its window.",
        told(lambda at, H, W: at["row"] * at["F"] + at["column"]),
    ),
    (
        "height for width",
        "The winner's row is multiplied by H, not by W.",
        told(lambda at, H, W: in_the_plane(at, H, H)),
    ),
    (
        "place by columns",
        "The winner's place is column · H + row.",
        told(lambda at, H, W: (at["j"] - at["P"]) * H + at["i"] - at["P"]),
    ),
    (
        "smallest kept",
        "The smallest cell is kept, not the greatest.",
        lambda x, F, S, P: pool(x, F, S, P, fill=np.inf, choose=np.argmin),
    ),
    ("padding forgotten", "P is left out.", lambda x, F, S, P: max_pool(x, kernel=F, stride=S)),
    (
        "stride 1",
        "S is left out: the windows move by 1.",
        lambda x, F, S, P: max_pool(x, kernel=F, stride=1, padding=P),
    ),
    ("stride F", "S is left out: the windows move by F.", lambda x, F, S, P: max_pool(x, kernel=F, padding=P)),
)

MEAN_POOL = of("mean_pool")(
    (
        "not divided",
        "The windows are summed, not divided by F².",
        lambda x, F, S: mean_pool(x, kernel=F, stride=S) * F**2,
    ),
    ("divided by F", "The sums are divided by F, not by F².", lambda x, F, S: mean_pool(x, kernel=F, stride=S) * F),
    ("stride 1", "S is left out: the windows move by 1.", lambda x, F, S: mean_pool(x, kernel=F, stride=1)),
    ("stride F", "S is left out: the windows move by F.", lambda x, F, S: mean_pool(x, kernel=F)),
    ("maximum", "The greatest cell is kept: that is max pooling.", lambda x, F, S: max_pool(x, kernel=F, stride=S)[0]),
    (
        "whole numbers only",
        "The means are cut to whole numbers.",
        lambda x, F, S: np.trunc(mean_pool(x, kernel=F, stride=S)),
    ),
)


def laid_over(x, w, stride):
    """Return a transposed convolution of planes whose later kernels overwrite the earlier ones."""
    y = np.zeros_like(transposed(x, w, stride=stride))
    h, width = w.shape[-2:]
    for i, j in np.ndindex(x.shape[-2:]):
        y[..., i * stride : i * stride + h, j * stride : j * stride + width] = x[i, j] * w
    return y


def with_zeros_after(y, count):
    """Return planes with rows and columns of zeros at the end."""
    return np.pad(y, [(0, 0)] * (y.ndim - 2) + [(0, count)] * 2)


CONV_TRANSPOSE2D = of("conv_transpose2d")(
    ("kernel turned", "The kernel is turned by 180°.", lambda x, w, stride: transposed(x, turned(w), stride=stride)),
    (
        "kernel transposed",
        "Rows and columns of the kernel are exchanged.",
        lambda x, w, stride: transposed(x, swapped(w), stride=stride),
    ),
    ("overlap overwritten", "Where kernels overlap the last one is kept, not their sum.", laid_over),
    (
        "zeros at the end",
        "S − 1 zeros stand after the last row and column too.",
        lambda x, w, stride: with_zeros_after(transposed(x, w, stride=stride), stride - 1),
    ),
    ("stride forgotten", "The stride is left out.", lambda x, w, stride: transposed(x, w)),
)

MISTAKES = [*CONV2D, *OUTPUT_SIZE, *SAME_PADDING, *CONV_LAYER, *PARAMETERS, *MAX_POOL, *MEAN_POOL, *CONV_TRANSPOSE2D]
