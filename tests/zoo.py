"""Broken variants of the operations, a mistake each: the tests must catch every one, and the exercises name it.

The tables go from the mistake, in the words in which it would be explained, to the broken function.
"""

from __future__ import annotations

import numpy as np

from cnnlab.activations import sigmoid
from cnnlab.convolution import conv2d, conv2d_backward, conv_transpose2d
from cnnlab.course import exercises
from cnnlab.geometry import check_window
from cnnlab.padding import pad2d, pad2d_backward

# --- convolution: what the mistakes are made of -------------------------------------------------------------------


def turned(w):
    """Return kernels turned by 180°."""
    return w[..., ::-1, ::-1]


def exchanged(w):
    """Return kernels read down the columns in place of along the rows, in the same shape."""
    return w.reshape(*w.shape[:2], *w.shape[:1:-1]).swapaxes(2, 3)


def first_only(array):
    """Return the array with zeros for all but the first channel (or filter) of its second dimension."""
    return array * (np.arange(array.shape[1]) == 0)[:, None, None]


def first_group(x, w):
    """Return the channels of x that the first group of filters reads."""
    return x[:, : w.shape[1]]


def less(settings, *names):
    """Return the settings without those that a mistake forgets."""
    return {name: value for name, value in settings.items() if name not in names}


def axes_of(x, w, settings):
    """Return the axes (rows, columns) of a convolution."""
    return check_window(x.shape[2:], w.shape[2:], **less(settings, "groups"))


def ring_of(x, w, settings):
    """Return the padding ((top, bottom), (left, right)) of a convolution."""
    return tuple((axis.before, axis.after) for axis in axes_of(x, w, settings))


def fitted(array, shape):
    """Return the array in this shape: cut at the far end, or filled up with zeros there."""
    result = np.zeros(shape)
    common = tuple(slice(min(pair)) for pair in zip(array.shape, shape, strict=True))
    result[common] = array[common]
    return result


def padded_dx(dy, x, w, settings):
    """Return the gradient of the padded x, with its ring."""
    return conv2d_backward(dy, pad2d(x, ring_of(x, w, settings)), w, **less(settings, "padding"))[0]


def conv2d_forgetting(name):
    """Return a conv2d without one of its settings; its answer is cut or filled up to the right shape."""

    def forward(x, w, b=None, **settings):
        return fitted(conv2d(x, w, b, **less(settings, name)), conv2d(x, w, b, **settings).shape)

    return forward


def dx_forgetting(name):
    """Return the dx of a backward pass without one of its settings."""

    def dx(dy, x, w, s):
        (top, _), (left, _) = ring_of(x, w, s)
        return fitted(conv_transpose2d(dy, w, **less(s, "padding", name))[:, :, top:, left:], x.shape)

    return dx


def dw_forgetting(name):
    """Return the dw of a backward pass without one of its settings."""

    def dw(dy, x, w, s):
        xp, shorter = pad2d(x, ring_of(x, w, s)), less(s, "padding", name)
        height, width = conv_transpose2d(dy, w, **shorter).shape[2:]
        return conv2d_backward(dy, xp[:, :, :height, :width], w, **shorter)[1]

    return dw


def dx_overwritten(dy, x, w, s):
    """Lay the share of each output cell over what the cells before it gave."""
    dx = np.zeros(x.shape)
    for cell in np.ndindex(dy.shape[2:]):
        alone = np.zeros_like(dy)
        alone[:, :, *cell] = dy[:, :, *cell]
        share, _, _ = conv2d_backward(alone, x, w, **s)
        dx = np.where(share, share, dx)
    return dx


def dx_cropped_to_nothing(dy, x, w, s):
    (top, bottom), (left, right) = ring_of(x, w, s)
    return padded_dx(dy, x, w, s)[:, :, top:-bottom, left:-right]


def dx_cropped_on_the_other_side(dy, x, w, s):
    (_, bottom), (_, right) = ring_of(x, w, s)
    return fitted(padded_dx(dy, x, w, s)[:, :, bottom:, right:], x.shape)


def dx_without_leftover(dy, x, w, s):
    (top, _), (left, _) = ring_of(x, w, s)
    reached = conv_transpose2d(dy, w, **less(s, "padding"))[:, :, top:, left:]
    return reached[:, :, : x.shape[2], : x.shape[3]]


def dw_of_unpadded(dy, x, w, s):
    after = tuple((0, sum(pair)) for pair in ring_of(x, w, s))
    return conv2d_backward(dy, x, w, padding=after, **less(s, "padding"))[1]


def pad2d_backward_overwriting(dy, padding, mode):
    """Give each cell what one of its copies gets, in place of their sum."""
    size = pad2d_backward(dy, padding).shape
    copied = pad2d(np.arange(np.prod(size)).reshape(size), padding, mode=mode).astype(int)
    dx = np.zeros(size)
    dx.ravel()[copied.ravel()] = dy.ravel()
    return dx


def backward(**wrong):
    """Return a conv2d_backward with some of dx, dw and db wrong, each from a function of (dy, x, w, settings)."""

    def conv2d_backward_but(dy, x, w, **settings):
        right = dict(zip(("dx", "dw", "db"), conv2d_backward(dy, x, w, **settings), strict=True))
        return tuple((right | {name: made(dy, x, w, settings) for name, made in wrong.items()}).values())

    return conv2d_backward_but


# --- convolution: the zoo -----------------------------------------------------------------------------------------

CONV2D = {  # broken conv2d(x, w, b, **settings)
    "the kernel is turned by 180°": lambda x, w, b, **s: conv2d(x, turned(w), b, **s),
    "rows and columns of the kernel are exchanged": lambda x, w, b, **s: conv2d(x, exchanged(w), b, **s),
    "the bias is left out": lambda x, w, b, **s: conv2d(x, w, **s),
    "only the first channel is summed": lambda x, w, b, **s: conv2d(x, first_only(w), b, **s),
    "every image is the first": lambda x, w, b, **s: conv2d(x[:1].repeat(len(x), axis=0), w, b, **s),
    "every group reads the first channels": lambda x, w, b, **s: conv2d(first_group(x, w), w, b, **less(s, "groups")),
    "the padding repeats the edge": lambda x, w, b, **s: conv2d(
        pad2d(x, ring_of(x, w, s), mode="replicate"), w, b, **less(s, "padding")
    ),
    "padding before and after are exchanged": lambda x, w, b, **s: conv2d(
        x, w, b, padding=[pair[::-1] for pair in ring_of(x, w, s)], **less(s, "padding")
    ),
    "the stride is forgotten": conv2d_forgetting("stride"),
    "the padding is forgotten": conv2d_forgetting("padding"),
    "the dilation is forgotten": conv2d_forgetting("dilation"),
    "the answer is all zeros": lambda x, w, b, **s: np.zeros_like(conv2d(x, w, b, **s)),
    "the answer is all ones": lambda x, w, b, **s: np.ones_like(conv2d(x, w, b, **s)),
    "the answer is the input": lambda x, w, b, **s: x,
}

CONV2D_BACKWARD = {  # broken conv2d_backward(dy, x, w, **settings)
    "dx: the kernel is not turned": backward(dx=lambda dy, x, w, s: conv2d_backward(dy, x, turned(w), **s)[0]),
    "dx: windows that overlap overwrite": backward(dx=dx_overwritten),
    "dx: only the first filter sends its error": backward(
        dx=lambda dy, x, w, s: conv2d_backward(first_only(dy), x, w, **s)[0]
    ),
    "dx: every group sends to the first channels": backward(
        dx=lambda dy, x, w, s: fitted(conv2d_backward(dy, first_group(x, w), w, **less(s, "groups"))[0], x.shape)
    ),
    "dx: the ring is not cropped": backward(dx=padded_dx),
    "dx: cropped with p:-p, which is empty for p = 0": backward(dx=dx_cropped_to_nothing),
    "dx: cropped by the padding of the other side": backward(dx=dx_cropped_on_the_other_side),
    "dx: no zeros between the cells of dy for a stride": backward(dx=dx_forgetting("stride")),
    "dx: the dilation is forgotten": backward(dx=dx_forgetting("dilation")),
    "dx: the leftover cells are missing": backward(dx=dx_without_leftover),
    "dw: the batch sum is missing": backward(dw=lambda dy, x, w, s: conv2d_backward(dy[:1], x[:1], w, **s)[1]),
    "dw: the batch is averaged": backward(dw=lambda dy, x, w, s: conv2d_backward(dy, x, w, **s)[1] / len(x)),
    "dw: turned by 180°": backward(dw=lambda dy, x, w, s: turned(conv2d_backward(dy, x, w, **s)[1])),
    "dw: the padding of x is forgotten": backward(dw=dw_of_unpadded),
    "dw: the stride is forgotten": backward(dw=dw_forgetting("stride")),
    "dw: the dilation is forgotten": backward(dw=dw_forgetting("dilation")),
    "db: the batch sum is missing": backward(db=lambda dy, x, w, s: dy[0].sum(axis=(1, 2))),
    "db: the cells are averaged": backward(db=lambda dy, x, w, s: dy.mean(axis=(2, 3)).sum(axis=0)),
    "all gradients are zeros": lambda dy, x, w, **s: (np.zeros_like(x), np.zeros_like(w), np.zeros(len(w))),
    "all gradients are ones": lambda dy, x, w, **s: (np.ones_like(x), np.ones_like(w), np.ones(len(w))),
    "the gradients are x and w": lambda dy, x, w, **s: (x, w, dy[0, :, 0, 0]),
}

CONV_TRANSPOSE2D = {  # broken conv_transpose2d(x, w, b, **settings)
    "the kernel is turned by 180°": lambda x, w, b, **s: conv_transpose2d(x, turned(w), b, **s),
    "the bias is left out": lambda x, w, b, **s: conv_transpose2d(x, w, **s),
    "only the first channel is summed": lambda x, w, b, **s: conv_transpose2d(first_only(x), w, b, **s),
    "output_padding is forgotten": lambda x, w, b, **s: conv_transpose2d(x, w, b, **less(s, "output_padding")),
    "output_padding goes before": lambda x, w, b, **s: turned(conv_transpose2d(turned(x), turned(w), b, **s)),
    "the answer is all zeros": lambda x, w, b, **s: np.zeros_like(conv_transpose2d(x, w, b, **s)),
    "the answer is the input": lambda x, w, b, **s: x,
}

PAD2D_BACKWARD = {  # broken pad2d_backward(dy, padding, mode=mode)
    "the ring is cropped, not folded back": lambda dy, padding, mode: pad2d_backward(dy, padding),
    "the ring is not cropped": lambda dy, padding, mode: dy,
    "copies overwrite": pad2d_backward_overwriting,
}

# --- dense layer and loss -----------------------------------------------------------------------------------------

DENSE_BACKWARDS = {
    "dx without the transpose": lambda dy, x, w: (dy @ w, x.T @ dy, dy.sum(axis=0)),
    "dw transposed": lambda dy, x, w: (dy @ w.T, dy.T @ x, dy.sum(axis=0)),
    "dw is the batch's mean": lambda dy, x, w: (dy @ w.T, x.T @ dy / len(x), dy.sum(axis=0)),
    "dw of the first row alone": lambda dy, x, w: (dy @ w.T, np.outer(x[0], dy[0]), dy.sum(axis=0)),
    "db is the batch's mean": lambda dy, x, w: (dy @ w.T, x.T @ dy, dy.mean(axis=0)),
    "db sums over the outputs": lambda dy, x, w: (dy @ w.T, x.T @ dy, dy.sum(axis=1)),
}


def one_hot(labels, probabilities):
    return np.eye(probabilities.shape[1])[labels]


LOSS_BACKWARDS = {
    "not divided by N": lambda p, labels: p - one_hot(labels, p),
    "divided by the number of classes": lambda p, labels: (p - one_hot(labels, p)) / p.shape[1],
    "the sign turned": lambda p, labels: (one_hot(labels, p) - p) / len(p),
    "the right class alone": lambda p, labels: (p - 1) * one_hot(labels, p) / len(p),
    "the probabilities alone": lambda p, labels: p / len(p),
}

# --- activations --------------------------------------------------------------------------------------------------

ACTIVATION_BACKWARDS = {  # the name of the function, then the mistake
    **{f"relu: {name}": function for name, function in exercises.relu_backward.mistakes.items()},
    "leaky_relu: the slope is 0": lambda da, z: da * (z > 0),
    "leaky_relu: z is scaled in place of the gradient": lambda da, z: np.where(z > 0, da, 0.01 * z),
    "sigmoid: z (1 - z)": lambda da, z: da * z * (1 - z),
    "sigmoid: the upstream is left out": lambda da, z: sigmoid(z) * (1 - sigmoid(z)),
    "sigmoid: a in place of a (1 - a)": lambda da, z: da * sigmoid(z),
    "tanh: 1 - z²": lambda da, z: da * (1 - z**2),
    "tanh: 1 - a": lambda da, z: da * (1 - np.tanh(z)),
    "tanh: the upstream is left out": lambda da, z: 1 - np.tanh(z) ** 2,
}
