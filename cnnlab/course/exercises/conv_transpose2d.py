"""The transposed convolution: each cell of x writes to a window of y."""

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, given, overwritten, pairs, swapped, transposed, turned


def my_conv_transpose2d(x, w, stride):
    (H, W), (h, width) = x.shape, w.shape
    y = np.zeros(((H - 1) * stride + h, (W - 1) * stride + width))
    for i, j in np.ndindex(x.shape):
        y[i * stride : i * stride + h, j * stride : j * stride + width] += x[i, j] * w
    return y


def _inputs(seed, *leads):
    sizes = (2, 3, 2, 3), (1, 1, 2, 2), (3, 2, 3, 3), (2, 2, 1, 1), (3, 4, 2, 2)
    return [(*pair, stride) for pair in pairs(seed, sizes, *leads) for stride in (1, 2, 3)]


def _overwritten(x, w, stride):
    return overwritten(transposed(x, w, stride).shape, x[..., None, None] * w, stride)


def _zeros_at_the_end(x, w, stride):
    y = transposed(x, w, stride)
    return np.pad(y, [(0, 0)] * (y.ndim - 2) + [(0, stride - 1)] * 2)


EXERCISE = course_exercise(
    my_conv_transpose2d,
    "y",
    right=transposed,
    inputs=lambda: [_inputs(5), _inputs(6, (2, 3), (3, 2))],
    wires={"y": ("x", "w")},
    mistakes={
        "kernel turned": given(transposed, w=turned),
        "kernel transposed": given(transposed, w=swapped),
        "overlap overwritten": _overwritten,
        "zeros at the end": _zeros_at_the_end,
        "stride forgotten": given(transposed, stride=lambda stride: 1),
    },
)
