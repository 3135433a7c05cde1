"""The same mathematics as plain loops that read like the definitions: slow, obviously right, and the tests' oracle.

Names, arguments and results are those of the functions of cnnlab; here stands what each of them means. Arguments are
checked as far as the loops need it: these functions are there to be read and compared with. They count windows and
place them by themselves, so that a mistake in the arithmetic of :mod:`cnnlab.geometry` shows.
"""

from cnnlab.reference.network import (
    activate,
    activate_backward,
    dense,
    dense_backward,
    leaky_relu,
    leaky_relu_backward,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    softmax_cross_entropy,
    softmax_cross_entropy_backward,
    tanh,
    tanh_backward,
)
from cnnlab.reference.windows import (
    conv2d,
    conv2d_backward,
    conv_transpose2d,
    max_pool2d,
    max_pool2d_backward,
    mean_pool2d,
    mean_pool2d_backward,
    pad2d,
    pad2d_backward,
)

__all__ = [
    "activate",
    "activate_backward",
    "conv2d",
    "conv2d_backward",
    "conv_transpose2d",
    "dense",
    "dense_backward",
    "leaky_relu",
    "leaky_relu_backward",
    "max_pool2d",
    "max_pool2d_backward",
    "mean_pool2d",
    "mean_pool2d_backward",
    "pad2d",
    "pad2d_backward",
    "relu",
    "relu_backward",
    "sigmoid",
    "sigmoid_backward",
    "softmax_cross_entropy",
    "softmax_cross_entropy_backward",
    "tanh",
    "tanh_backward",
]
