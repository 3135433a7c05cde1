"""cnnlab: how a convolutional network computes and learns, in numpy, forward and backward."""

from cnnlab.activations import (
    leaky_relu,
    leaky_relu_backward,
    relu,
    relu_backward,
    sigmoid,
    sigmoid_backward,
    tanh,
    tanh_backward,
)
from cnnlab.convolution import conv2d, conv2d_backward, conv_transpose2d
from cnnlab.data import load_digits, load_photo
from cnnlab.dense import dense, dense_backward
from cnnlab.formula import explain_output_size, settings_for, trace_sizes
from cnnlab.geometry import output_size, receptive_field, same_padding
from cnnlab.gradcheck import gradient_error, numerical_gradient
from cnnlab.layers import (
    Conv2D,
    Dense,
    Flatten,
    LeakyReLU,
    MaxPool2D,
    MeanPool2D,
    ReLU,
    Sigmoid,
    Tanh,
)
from cnnlab.losses import softmax_cross_entropy, softmax_cross_entropy_backward
from cnnlab.network import Sequential, trained_network
from cnnlab.optimizers import SGD, Adam
from cnnlab.padding import pad2d, pad2d_backward
from cnnlab.pooling import max_pool2d, max_pool2d_backward, mean_pool2d, mean_pool2d_backward
from cnnlab.training import train
from cnnlab.wiring import wiring

__all__ = [
    "SGD",
    "Adam",
    "Conv2D",
    "Dense",
    "Flatten",
    "LeakyReLU",
    "MaxPool2D",
    "MeanPool2D",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "conv2d",
    "conv2d_backward",
    "conv_transpose2d",
    "dense",
    "dense_backward",
    "explain_output_size",
    "gradient_error",
    "leaky_relu",
    "leaky_relu_backward",
    "load_digits",
    "load_photo",
    "max_pool2d",
    "max_pool2d_backward",
    "mean_pool2d",
    "mean_pool2d_backward",
    "numerical_gradient",
    "output_size",
    "pad2d",
    "pad2d_backward",
    "receptive_field",
    "relu",
    "relu_backward",
    "same_padding",
    "settings_for",
    "sigmoid",
    "sigmoid_backward",
    "softmax_cross_entropy",
    "softmax_cross_entropy_backward",
    "tanh",
    "tanh_backward",
    "trace_sizes",
    "train",
    "trained_network",
    "wiring",
]
