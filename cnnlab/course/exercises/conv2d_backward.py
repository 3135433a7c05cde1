"""The three gradients of a convolution."""

from itertools import product

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, mixed
from cnnlab.geometry import check_window


def my_conv2d_backward(dy, x, w, stride, padding):
    S, P, (H, W), (h, k) = stride, padding, x.shape[2:], w.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (P, P), (P, P))).astype(float)
    dx, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for n, f, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * S, i * S + h), slice(j * S, j * S + k)
        dx[n, :, rows, columns] += dy[n, f, i, j] * w[f]
        dw[f] += dy[n, f, i, j] * padded[n, :, rows, columns]
    dx, db = dx[:, :, P : P + H, P : P + W], dy.sum(axis=(0, 2, 3))
    return dx, dw, db


def _cases():
    """Yield leftovers, kernels that are not square, as many filters as channels."""
    settings = (6, 6, 3, 3, 2, 1), (4, 4, 2, 2, 1, 0), (5, 4, 2, 3, 1, 1), (6, 5, 3, 2, 2, 0), (4, 5, 1, 1, 2, 0)
    settings += (5, 5, 3, 3, 1, 2), (7, 8, 3, 3, 3, 1)
    for (H, W, h, k, S, P), (N, C, F) in product(settings, ((1, 1, 1), (2, 2, 3), (2, 2, 2))):
        outputs = (axis.out for axis in check_window((H, W), (h, k), stride=S, padding=P))
        yield [(N, F, *outputs), (N, C, H, W), (F, C, h, k)], S, P


_WINDOW = "[n, :, i : i + h, j : j + k]"
_SHIFTS = "[(n - w) % S for n, w in zip(padded.shape[2:], (h, k))]"

EXERCISE = course_exercise(
    my_conv2d_backward,
    "dx dw db",
    inputs=lambda: mixed(14, _cases()),
    wires={"dx": "dy w", "dw": "dy x", "db": "dy"},
    mistakes={
        "* w[f]": {
            "no turn": "* w[f, :, ::-1, ::-1]",
            "turn of the rows alone": "* w[f, :, :, ::-1]",
            "turn of the columns alone": "* w[f, :, ::-1]",
            "transposed kernel": "* w[f].swapaxes(1, 2)",
            "channels and filters swapped": "* w[:, f]",
        },
        "dx[n, :, rows, columns]": {"dx with stride 1": f"dx{_WINDOW}"},
        "+= dy[n, f, i, j] * w[f]": {
            "windows overwritten": "= np.tensordot(dy[n, :, i, j], w, 1)",
            "windows and filters overwritten": "= dy[n, f, i, j] * w[f]",
        },
        "P : P + H, P : P + W": {
            "cropped at the far edge": ":H, :W",
            "cropped by −P": "P:-P, P:-P",
            "H and W exchanged in the crop": "P : P + W, P : P + H",
            "ring not cropped": "",
        },
        "return dx": {"dx averaged": "return dx / len(dy)"},
        "    dx, db = dx": {"leftover at the wrong end": f"    dx, db = np.roll(dx, {_SHIFTS}, (2, 3))"},
        ", dw, db": {
            "dw turned": ", dw[..., ::-1, ::-1], db",
            "dw averaged": ", dw / len(dy), db",
            "dw divided by the outputs": ", dw / dy[:, 0].size, db",
            "dw divided by the inputs": ", dw / x[:, 0].size, db",
            "db divided by N": ", dw, db / len(dy)",
        },
        "padded[n, :, rows, columns]": {"dw with stride 1": f"padded{_WINDOW}"},
        "dw[f] +=": {"dw of the last image": "dw[f] += (n == len(dy) - 1) *"},
        "* padded": {"dw without the padding": "* np.roll(padded, (-P, -P), (2, 3))"},
        "dy.sum(axis=(0, 2, 3))": {
            "db of the first image": "dy[0].sum(axis=(1, 2))",
            "db averaged": "dy.mean(axis=(0, 2, 3))",
            "db for each image": "dy.sum(axis=(2, 3))",
        },
    },
)
