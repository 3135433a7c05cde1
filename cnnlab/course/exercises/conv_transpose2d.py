"""The transposed convolution: each cell of x writes to a window of y."""

from itertools import product

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, mixed


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
    inputs=lambda: mixed(5, [([each[:2], each[2:]], stride) for each, stride in product(_SIZES, (1, 2, 3))]),
    wires={"y": "x w"},
    mistakes={
        "* w\n": {"kernel turned": "* w[::-1, ::-1]\n"},
        "+= x": {"overlap overwritten": "= x"},
        "return y": {"zeros at the end": "return np.pad(y, (0, stride - 1))"},
        "    y = np": {"stride forgotten": "    stride = 1\n    y = np"},
    },
)
