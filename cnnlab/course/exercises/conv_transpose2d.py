"""The transposed convolution: each cell of x writes to a window of y."""

from itertools import product

import numpy as np

from cnnlab import convolution
from cnnlab.course.exercises._parts import course_exercise, in_the_other_form, mixed


def my_conv_transpose2d(x, w, stride):
    (H, W), (h, width) = x.shape, w.shape
    y = np.zeros(((H - 1) * stride + h, (W - 1) * stride + width))
    for i, j in np.ndindex(x.shape):
        y[i * stride : i * stride + h, j * stride : j * stride + width] += x[i, j] * w
    return y


_SIZES = (2, 3, 2, 3), (1, 1, 2, 2), (3, 2, 3, 3), (2, 2, 1, 1), (3, 4, 2, 2)

EXERCISE = course_exercise(
    my_conv_transpose2d,
    "y",
    right=lambda x, w, stride: in_the_other_form(convolution.conv_transpose2d)(x, w, stride=stride),
    inputs=lambda: mixed(5, [([each[:2], each[2:]], stride) for each, stride in product(_SIZES, (1, 2, 3))]),
    wires={"y": ("x", "w")},
    mistakes={
        "kernel turned": ("* w\n", "* w[::-1, ::-1]\n"),
        "kernel transposed": ("(h, width) = x.shape, w.shape", "(h, width), w = x.shape, w.T.shape, w.T"),
        "overlap overwritten": ("+= x", "= x"),
        "zeros at the end": ("return y", "return np.pad(y, (0, stride - 1))"),
        "stride forgotten": ("    y = np", "    stride = 1\n    y = np"),
    },
)
