"""The operations of cnnlab as an exercise asks for them: on maps (N, C, H, W), and on single planes (H, W) too."""

from __future__ import annotations

import numpy as np

from cnnlab.convolution import conv2d, conv2d_backward, conv_transpose2d
from cnnlab.pooling import max_pool2d, max_pool2d_backward, mean_pool2d, mean_pool2d_backward


def _as_maps(value):
    """Return a plane, or the shape of one, as one map of one image; anything else as it is."""
    if isinstance(value, np.ndarray) and value.ndim == 2:
        return value[None, None]
    return (1, 1, *value) if isinstance(value, tuple) and len(value) == 2 else value


def _lifted(operation):
    """Return an operation on maps that takes planes too."""

    def on_both(first, *others, **settings):
        result = operation(_as_maps(first), *map(_as_maps, others), **settings)
        if first.ndim != 2:
            return result
        return tuple(part[0, 0] for part in result) if isinstance(result, tuple) else result[0, 0]

    return on_both


conv, transposed = _lifted(conv2d), _lifted(conv_transpose2d)
max_pool, mean_pool = _lifted(max_pool2d), _lifted(mean_pool2d)
max_back, mean_back = _lifted(max_pool2d_backward), _lifted(mean_pool2d_backward)
conv_back = _lifted(lambda dy, x, w, **settings: conv2d_backward(dy, x, w, **settings)[:2])  # dx and dw


def turned(w):
    """Return a kernel turned by 180°.

    Examples
    --------
    >>> turned(np.array([[1, 2], [3, 4]]))
    array([[4, 3],
           [2, 1]])
    """
    return w[..., ::-1, ::-1]


def swapped(array):
    """Return an array with rows and columns exchanged."""
    return array.swapaxes(-1, -2)
