"""The three gradients of a convolution."""

from collections.abc import Callable
from itertools import cycle, product

import numpy as np

from cnnlab import convolution
from cnnlab.course.exercises._parts import MIXED, course_exercise, given, numbers, overwritten, swapped, then, turned
from cnnlab.geometry import output_size
from cnnlab.padding import pad2d


def my_conv2d_backward(dy, x, w, stride, padding):
    (h, w_), (H, W) = w.shape[2:], x.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding))).astype(float)
    dx, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for n, f, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * stride, i * stride + h), slice(j * stride, j * stride + w_)
        dx[n, :, rows, columns] += dy[n, f, i, j] * w[f]
        dw[f] += dy[n, f, i, j] * padded[n, :, rows, columns]
    return dx[:, :, padding : padding + H, padding : padding + W], dw, dy.sum(axis=(0, 2, 3))


def _right(dy, x, w, stride, padding):
    return convolution.conv2d_backward(dy, x, w, stride=stride, padding=padding)


def _inputs():
    """Yield leftovers, kernels that are not square, as many filters as channels."""
    rng = np.random.default_rng(14)
    settings = (6, 6, 3, 3, 2, 1), (4, 4, 2, 2, 1, 0), (5, 4, 2, 3, 1, 1), (6, 5, 3, 2, 2, 0), (4, 5, 1, 1, 2, 0)
    settings += (5, 5, 3, 3, 1, 2), (7, 8, 3, 3, 3, 1)
    cases = product(settings, ((1, 1), (2, 3), (2, 2)), range(2))
    for ((H, W, h, w, S, P), (C, F), again), whole in zip(cases, cycle(MIXED), strict=False):
        outputs = output_size(H, h, stride=S, padding=P), output_size(W, w, stride=S, padding=P)
        N = 2 if C > 1 else 1 + again
        shapes = (N, F, *outputs), (N, C, H, W), (F, C, h, w)
        yield *(numbers(rng, *shape, whole=one) for shape, one in zip(shapes, whole, strict=True)), S, P


def _but(name, wrong):
    """Return a backward pass with one result wrong: a function of its arguments in place of the right one."""
    at = {"dw": 1, "db": 2}.get(name[:2], 0)

    def conv2d_backward(*arguments):
        results = list(_right(*arguments))
        results[at] = wrong(*arguments)
        return tuple(results)

    return conv2d_backward


_dx, _dw = then(_right, lambda right: right[0]), then(_right, lambda right: right[1])


def _with_ring(dy, x, w, stride, padding):
    """Return the gradient of the padded x, with its ring."""
    return _dx(dy, pad2d(x, padding), w, stride, 0)


def _cropped(dx, x, padding):
    return dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]]


def _exchanged(dy, x, w, stride, padding):
    return _cropped(_with_ring(dy, x, w, stride, padding), x.swapaxes(2, 3), padding)


def _overwritten(dy, x, w, stride, padding):
    shares = np.einsum("nfij,fcab->ncijab", dy, w)
    return _cropped(overwritten(pad2d(x, padding).shape, shares, stride), x, padding)


def _with_stride_1(dy, x, w, stride, padding):
    """Return dx and dw with the windows at i and j, not at i * stride and j * stride."""
    padded = pad2d(x, padding)
    reached = np.s_[:, :, : dy.shape[2] + w.shape[2] - 1, : dy.shape[3] + w.shape[3] - 1]
    dx = np.zeros(padded.shape)
    dx[reached], dw, _ = _right(dy, padded[reached], w, 1, 0)
    return _cropped(dx, x, padding), dw


def _leftover_first(dy, x, w, stride, padding):
    """Return a dx with the leftover's zeros before the first row and column."""
    shifts = [(n + 2 * padding - k) % stride for n, k in zip(x.shape[2:], w.shape[2:], strict=True)]
    return _cropped(np.roll(_with_ring(dy, x, w, stride, padding), shifts, axis=(2, 3)), x, padding)


_WRONG: dict[str, Callable] = {  # the names of those of dw and db begin with it; all others are wrong in dx
    "no turn": given(_dx, w=turned),
    "turn of the rows alone": given(_dx, w=lambda w: w[..., ::-1]),
    "turn of the columns alone": given(_dx, w=lambda w: w[..., ::-1, :]),
    "transposed kernel": given(_dx, w=swapped),
    "dx with stride 1": then(_with_stride_1, lambda right: right[0]),
    "windows overwritten": _overwritten,
    "windows and filters overwritten": given(_overwritten, dy=lambda dy: dy[:, -1:], w=lambda w: w[-1:]),
    "channels and filters swapped": given(_dx, w=lambda w: w.swapaxes(0, 1)),
    "cropped at the far edge": lambda dy, x, *others: _cropped(_with_ring(dy, x, *others), x, 0),
    "cropped by −P": lambda dy, x, w, S, P: _with_ring(dy, x, w, S, P)[:, :, P:-P, P:-P],
    "H and W exchanged in the crop": _exchanged,
    "ring not cropped": _with_ring,
    "dx averaged": lambda dy, *others: _dx(dy, *others) / len(dy),
    "leftover at the wrong end": _leftover_first,
    "dw turned": then(_dw, turned),
    "dw with stride 1": then(_with_stride_1, lambda right: right[1]),
    "dw of the last image": given(_dw, dy=lambda dy: dy[-1:], x=lambda x: x[-1:]),
    "dw of the first image": given(_dw, dy=lambda dy: dy[:1], x=lambda x: x[:1]),
    "dw averaged": lambda dy, *others: _dw(dy, *others) / len(dy),
    "dw divided by the outputs": lambda dy, *others: _dw(dy, *others) / dy[:, 0].size,
    "dw divided by the inputs": lambda dy, x, *others: _dw(dy, x, *others) / x[:, 0].size,
    "dw without the padding": given(_dw, padding=lambda padding: ((0, 2 * padding), (0, 2 * padding))),
    "db of the first image": lambda dy, *_: dy[0].sum(axis=(1, 2)),
    "db averaged": lambda dy, *_: dy.mean(axis=(0, 2, 3)),
    "db divided by N": lambda dy, *_: dy.sum(axis=(0, 2, 3)) / len(dy),
    "db for each image": lambda dy, *_: dy.sum(axis=(2, 3)),
}

EXERCISE = course_exercise(
    my_conv2d_backward,
    "dx dw db",
    right=_right,
    inputs=lambda: [_inputs()],
    wires={"dx": ("dy", "w"), "dw": ("dy", "x"), "db": ("dy",)},
    mistakes={name: _but(name, wrong) for name, wrong in _WRONG.items()},
)
