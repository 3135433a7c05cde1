"""The zoo, backward: what goes wrong on the way back through an activation, a loss, a convolution and a pool."""

from __future__ import annotations

import numpy as np

from cnnlab.convolution import conv2d_backward
from cnnlab.course.exercises.mistake import of
from cnnlab.course.exercises.planes import conv, max_back, mean_back, swapped, transposed, turned
from cnnlab.losses import softmax_cross_entropy, softmax_cross_entropy_backward
from cnnlab.padding import pad2d

RELU_BACKWARD = of("relu_backward")(
    ("times z", "da is multiplied by z, not by the slope.", lambda da, z: da * z),
    ("mask from da", "The mask looks at da, not at z.", lambda da, z: da * (da > 0)),
    ("zero passes", "At z = 0 the gradient passes.", lambda da, z: da * (z >= 0)),
    ("slope without da", "The slope is given without da.", lambda da, z: (z > 0) * 1.0),
    ("no slope", "The gradient passes everywhere.", lambda da, z: da * 1.0),
    ("gradient clipped too", "Negative gradients are cut to 0 too.", lambda da, z: np.maximum(da, 0) * (z > 0)),
    ("mask turned round", "The gradient passes where z is 0 or less.", lambda da, z: da * (z <= 0)),
)


def one_hot(logits, labels):
    """Return 1 at the right class of each row."""
    return np.eye(logits.shape[1])[labels]


def loss_back(logits, labels):
    """Return the gradient as it should be."""
    return softmax_cross_entropy_backward(softmax_cross_entropy(logits, labels)[1], labels)


def normalised(exponentials, labels, axis=1):
    """Return the gradient from exponentials that are divided by their sums."""
    return (exponentials / exponentials.sum(axis=axis, keepdims=True) - one_hot(exponentials, labels)) / len(labels)


def overwriting(logits, labels):
    """Change the scores in place on the way to the right gradient."""
    dlogits = loss_back(logits, labels)
    logits -= logits.max(axis=1, keepdims=True)
    return dlogits


LOSS_BACKWARD = of("loss_backward")(
    ("not divided by N", "1/N is missing: the loss is a mean.", lambda s, t: loss_back(s, t) * len(t)),
    (
        "divided by the classes",
        "It is divided by K, not by N.",
        lambda s, t: loss_back(s, t) * len(t) / s.shape[1],
    ),
    ("sign turned", "The sign is turned: one-hot minus p.", lambda s, t: -loss_back(s, t)),
    (
        "one-hot forgotten",
        "The 1 at the right class is not taken away.",
        lambda s, t: softmax_cross_entropy(s, t)[1] / len(t),
    ),
    ("right class alone", "Only the right class gets a gradient.", lambda s, t: loss_back(s, t) * one_hot(s, t)),
    (
        "softmax over images",
        "The softmax runs over the images, not over the classes.",
        lambda s, t: normalised(np.exp(s - s.max(axis=0)), t, axis=0),
    ),
    (
        "softmax over everything",
        "One sum is taken over all images and classes.",
        lambda s, t: normalised(np.exp(s - s.max()), t, axis=None),
    ),
    (
        "overflow",
        "exp(1000) overflows: the row's greatest score is not subtracted first.",
        lambda s, t: normalised(np.exp(s), t),
    ),
    (
        "one maximum for all",
        "The greatest score of all rows is subtracted, so exp(…) of other rows is 0.",
        lambda s, t: normalised(np.exp(s - s.max()), t),
    ),
    ("logits overwritten", "The scores are changed in place.", overwriting),
)


def backward(**wrong):
    """Return a backward pass with some of dx, dw and db wrong, each from a function of (dy, x, w, S, P)."""

    def conv2d_backward_but(dy, x, w, stride, padding):
        right = dict(zip(("dx", "dw", "db"), conv2d_backward(dy, x, w, stride=stride, padding=padding), strict=True))
        return tuple((right | {name: made(dy, x, w, stride, padding) for name, made in wrong.items()}).values())

    return conv2d_backward_but


def dx_of(dy, x, w, stride, padding):
    """Return dx as it should be."""
    return conv2d_backward(dy, x, w, stride=stride, padding=padding)[0]


def dw_of(dy, x, w, stride, padding):
    """Return dw as it should be."""
    return conv2d_backward(dy, x, w, stride=stride, padding=padding)[1]


def ringed(dy, x, w, stride, padding):
    """Return the gradient of the padded x, with its ring."""
    return dx_of(dy, pad2d(x, padding), w, stride, 0)


def overwritten(dy, x, w, stride, padding):
    """Return a dx whose windows overwrite each other."""
    dx = np.zeros(pad2d(x, padding).shape)
    shares = np.einsum("nfij,fcab->ijncab", dy, w)
    h, width = w.shape[2:]
    for i, j in np.ndindex(dy.shape[2:]):
        dx[:, :, i * stride : i * stride + h, j * stride : j * stride + width] = shares[i, j]
    return dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]


def leftover_first(dy, x, w, stride, padding):
    """Return a dx with the leftover's zeros before the first row and column."""
    dx = ringed(dy, x, w, stride, padding)
    shifts = [(n + 2 * padding - k) % stride for n, k in zip(x.shape[2:], w.shape[2:], strict=True)]
    dx = np.roll(dx, shifts, axis=(2, 3))
    return dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]


CONV2D_BACKWARD = of("conv2d_backward")(
    (
        "no turn",
        "dx: the kernel stands the wrong way round.",
        backward(dx=lambda dy, x, w, S, P: dx_of(dy, x, turned(w), S, P)),
    ),
    (
        "turn of the rows alone",
        "dx: the kernel's columns stand the wrong way round.",
        backward(dx=lambda dy, x, w, S, P: dx_of(dy, x, w[..., ::-1], S, P)),
    ),
    (
        "turn of the columns alone",
        "dx: the kernel's rows stand the wrong way round.",
        backward(dx=lambda dy, x, w, S, P: dx_of(dy, x, w[..., ::-1, :], S, P)),
    ),
    (
        "transposed kernel",
        "dx: rows and columns of the kernel are exchanged.",
        backward(dx=lambda dy, x, w, S, P: dx_of(dy, x, swapped(w), S, P)),
    ),
    (
        "windows overwritten",
        "dx: windows that overlap overwrite each other: = in place of +=.",
        backward(dx=overwritten),
    ),
    (
        "channels and filters swapped",
        "dx: channels and filters of w are exchanged.",
        backward(dx=lambda dy, x, w, S, P: dx_of(dy, x, w.swapaxes(0, 1), S, P)),
    ),
    (
        "cropped at the far edge",
        "dx: the ring is cut off at the far edges only.",
        backward(dx=lambda dy, x, *s: ringed(dy, x, *s)[:, :, : x.shape[2], : x.shape[3]]),
    ),
    ("ring not cropped", "dx: the ring of the padding is still there.", backward(dx=ringed)),
    (
        "leftover at the wrong end",
        "dx: the zeros of the leftover cells stand first, not last.",
        backward(dx=leftover_first),
    ),
    ("dw turned", "dw: turned by 180°.", backward(dw=lambda *all: turned(dw_of(*all)))),
    (
        "dw of the last image",
        "dw: only the last image counts.",
        backward(dw=lambda dy, x, w, S, P: dw_of(dy[-1:], x[-1:], w, S, P)),
    ),
    (
        "dw of the first image",
        "dw: only the first image counts.",
        backward(dw=lambda dy, x, w, S, P: dw_of(dy[:1], x[:1], w, S, P)),
    ),
    (
        "dw averaged",
        "dw: the mean over the images, not the sum.",
        backward(dw=lambda dy, x, w, S, P: dw_of(dy, x, w, S, P) / len(x)),
    ),
    (
        "dw without the padding",
        "dw: the padding before x is forgotten.",
        backward(dw=lambda dy, x, w, S, P: dw_of(dy, x, w, S, ((0, 2 * P), (0, 2 * P)))),
    ),
    ("db of the first image", "db: only the first image counts.", backward(db=lambda dy, *_: dy[0].sum(axis=(1, 2)))),
    ("db averaged", "db: the mean of dy, not its sum.", backward(db=lambda dy, *_: dy.mean(axis=(0, 2, 3)))),
    ("db for each image", "db: the images stay apart.", backward(db=lambda dy, *_: dy.sum(axis=(2, 3)))),
)


DX_GATHER = of("dx_gather")(
    ("no turn", "The kernel is not turned.", lambda dy, w: transposed(dy, turned(w))),
    (
        "turn of the rows alone",
        "Only the rows of the kernel are turned round.",
        lambda dy, w: transposed(dy, w[..., ::-1]),
    ),
    (
        "turn of the columns alone",
        "Only the columns of the kernel are turned round.",
        lambda dy, w: transposed(dy, w[..., ::-1, :]),
    ),
    ("transposed kernel", "Rows and columns of the kernel are exchanged.", lambda dy, w: transposed(dy, swapped(w))),
    (
        "transpose for the turn",
        "The kernel is transposed where it should be turned.",
        lambda dy, w: transposed(dy, turned(swapped(w))),
    ),
    (
        "padding F",
        "F zeros stand all round, not F − 1.",
        lambda dy, w: conv(dy[None, None], turned(w)[None, None], padding=w.shape)[0, 0],
    ),
)


def last_share(dy, winners, x_shape):
    """Give each winner the share of its last window alone."""
    dx = np.zeros((*x_shape[:-2], x_shape[-2] * x_shape[-1]))
    for *plane, i, j in np.ndindex(dy.shape):
        dx[(*plane, winners[(*plane, i, j)])] = dy[(*plane, i, j)]
    return dx.reshape(x_shape)


def by_width_of_dy(dy, winners, x_shape):
    """Take the winner's row and column by the width of dy."""
    dx = np.zeros(x_shape)
    for *plane, i, j in np.ndindex(dy.shape):
        dx[(*plane, *divmod(winners[(*plane, i, j)], dy.shape[-1]))] += dy[(*plane, i, j)]
    return dx


def into_first_plane(dy, winners, x_shape):
    """Add all shares to the first plane."""
    dx = np.zeros(x_shape)
    np.add.at(dx.reshape(-1), winners, dy)
    return dx


MAX_POOL_BACKWARD = of("max_pool_backward")(
    (
        "overlap overwritten",
        "A cell that won several windows gets one share: = in place of +=, or a fancy index with +=.",
        last_share,
    ),
    ("width of dy", "The winner's row and column are taken by the width of dy, not of x.", by_width_of_dy),
    (
        "first image alone",
        "Only the first image gets its gradient.",
        lambda dy, winners, shape: max_back(dy, winners, shape) * (np.arange(shape[0]) == 0).reshape(-1, 1, 1, 1),
    ),
    ("all into the first plane", "All images and channels add to the first plane.", into_first_plane),
    (
        "share divided",
        "Each share is divided by the number of windows of its plane.",
        lambda dy, winners, shape: max_back(dy, winners, shape) / (dy.shape[-1] * dy.shape[-2]),
    ),
)


def shares_overwritten(dy, x_shape, F, S):
    """Return a dx whose overlapping windows overwrite each other."""
    dx = np.zeros(x_shape)
    for i, j in np.ndindex(dy.shape[-2:]):
        dx[..., i * S : i * S + F, j * S : j * S + F] = dy[..., i, j, None, None] / F**2
    return dx


def shares_last(dy, x_shape, F, S):
    """Return a dx with the leftover's zeros before the first row and column."""
    shifts = [(n - F) % S for n in x_shape[-2:]]
    return np.roll(mean_back(dy, x_shape, kernel=F, stride=S), shifts, axis=(-2, -1))


MEAN_POOL_BACKWARD = of("mean_pool_backward")(
    (
        "not divided",
        "Every cell gets the whole dy, not its share, dy / F².",
        lambda dy, shape, F, S: mean_back(dy, shape, kernel=F, stride=S) * F**2,
    ),
    (
        "divided by F",
        "dy is divided by F, not by F².",
        lambda dy, shape, F, S: mean_back(dy, shape, kernel=F, stride=S) * F,
    ),
    (
        "kron alone",
        "Each dy is blown up to F×F: the leftover cells are missing, and windows do not overlap.",
        lambda dy, shape, F, S: np.kron(dy, np.ones((F, F))) / F**2,
    ),
    ("overlap overwritten", "Where windows overlap the last share is kept, not the sum.", shares_overwritten),
    ("leftover at the wrong end", "The zeros of the leftover cells stand first, not last.", shares_last),
)

MISTAKES = [*RELU_BACKWARD, *LOSS_BACKWARD, *CONV2D_BACKWARD, *DX_GATHER, *MAX_POOL_BACKWARD, *MEAN_POOL_BACKWARD]
