"""One short solution of each exercise, as it is shown to a learner; the checks of the exercises are their tests."""

# ruff: noqa: D103 (a learner reads each of them alone, below its exercise)
from __future__ import annotations

import numpy as np

from cnnlab.activations import sigmoid, sigmoid_backward
from cnnlab.convolution import conv2d, conv2d_backward
from cnnlab.losses import softmax_cross_entropy, softmax_cross_entropy_backward
from cnnlab.pooling import mean_pool2d, mean_pool2d_backward


def my_conv2d(x, w):
    rows, columns = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    y = np.zeros((rows, columns))
    for i in range(rows):
        for j in range(columns):
            y[i, j] = np.sum(x[i : i + w.shape[0], j : j + w.shape[1]] * w)
    return y


def my_output_size(R, F, P, S):
    return (R - F + 2 * P) // S + 1


def my_same_padding(F):
    before = (F - 1) // 2
    return before, F - 1 - before


def my_conv_layer(x, w, b):
    K, F = len(w), w.shape[-1]
    y = np.zeros((K, x.shape[1] - F + 1, x.shape[2] - F + 1))
    for k, i, j in np.ndindex(y.shape):
        y[k, i, j] = np.sum(x[:, i : i + F, j : j + F] * w[k]) + b[k]
    return y


def my_parameters(C, K, F):
    return K * (C * F * F + 1)


def my_max_pool(x, F, S, P):
    padded = np.pad(x.astype(float), P, constant_values=-np.inf)
    y = np.zeros(((padded.shape[0] - F) // S + 1, (padded.shape[1] - F) // S + 1))
    winners = np.zeros(y.shape, int)
    for i, j in np.ndindex(y.shape):
        window = padded[i * S : i * S + F, j * S : j * S + F]
        row, column = divmod(int(window.argmax()), F)
        y[i, j] = window.max()
        winners[i, j] = (i * S + row - P) * x.shape[1] + (j * S + column - P)
    return y, winners


def my_mean_pool(x, F, S):
    y = np.zeros(((x.shape[0] - F) // S + 1, (x.shape[1] - F) // S + 1))
    for i, j in np.ndindex(y.shape):
        y[i, j] = x[i * S : i * S + F, j * S : j * S + F].mean()
    return y


def my_relu_backward(da, z):
    return da * (z > 0)


def my_loss_backward(logits, labels):
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    dlogits = shifted / shifted.sum(axis=1, keepdims=True)
    dlogits[np.arange(len(labels)), labels] -= 1
    return dlogits / len(labels)


def my_conv2d_backward(dy, x, w, stride, padding):
    (h, w_), (H, W) = w.shape[2:], x.shape[2:]
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding))).astype(float)
    dx, dw = np.zeros(padded.shape), np.zeros(w.shape)
    for n, f, i, j in np.ndindex(dy.shape):
        rows, columns = slice(i * stride, i * stride + h), slice(j * stride, j * stride + w_)
        dx[n, :, rows, columns] += dy[n, f, i, j] * w[f]
        dw[f] += dy[n, f, i, j] * padded[n, :, rows, columns]
    return dx[:, :, padding : padding + H, padding : padding + W], dw, dy.sum(axis=(0, 2, 3))


def my_dx_gather(dy, w):
    h, width = w.shape
    padded, turned = np.pad(dy, ((h - 1, h - 1), (width - 1, width - 1))), w[::-1, ::-1]
    dx = np.zeros((dy.shape[0] + h - 1, dy.shape[1] + width - 1))
    for i, j in np.ndindex(dx.shape):
        dx[i, j] = np.sum(padded[i : i + h, j : j + width] * turned)
    return dx


def my_max_pool_backward(dy, winners, x_shape):
    dx = np.zeros(x_shape)
    for n, c, i, j in np.ndindex(dy.shape):
        row, column = divmod(winners[n, c, i, j], x_shape[3])
        dx[n, c, row, column] += dy[n, c, i, j]
    return dx


def my_mean_pool_backward(dy, x_shape, F, S):
    dx = np.zeros(x_shape)
    for n, c, i, j in np.ndindex(dy.shape):
        dx[n, c, i * S : i * S + F, j * S : j * S + F] += dy[n, c, i, j] / F**2
    return dx


def my_chain_backward(x, w_A, w_B, delta_zB):
    z_A = conv2d(x, w_A, padding=1)
    a_A = sigmoid(z_A)
    p = mean_pool2d(a_A, 2)
    dL_dp, dw_B, _ = conv2d_backward(delta_zB, p, w_B, padding=1)
    delta_zA = sigmoid_backward(mean_pool2d_backward(dL_dp, a_A.shape, 2), z_A)
    _, dw_A, _ = conv2d_backward(delta_zA, x, w_A, padding=1)
    return dL_dp, delta_zA, dw_A, dw_B


def my_chain2_backward(x, w, dL_dpB):
    p_A = mean_pool2d(x, 2)
    z = conv2d(p_A, w, padding=1)
    delta_z = sigmoid_backward(mean_pool2d_backward(dL_dpB, z.shape, 2), z)
    dL_dpA, dw, _ = conv2d_backward(delta_z, p_A, w, padding=1)
    return delta_z, dL_dpA, dw, mean_pool2d_backward(dL_dpA, x.shape, 2)


def my_gradient_check(f, x, dy, step):
    dx = np.zeros(x.shape)
    for cell in np.ndindex(x.shape):
        above, below = x.astype(float), x.astype(float)  # astype copies
        above[cell] += step
        below[cell] -= step
        dx[cell] = np.sum(dy * (f(above) - f(below))) / (2 * step)
    return dx


def my_sgd_step(params, grads, velocity, rate, momentum):
    for name, param in params.items():
        velocity[name] = momentum * velocity[name] + grads[name]
        param -= rate * velocity[name]  # in place: the model's own array


def my_epoch(model, x, y, batch_size, rng):
    order = rng.permutation(len(x))
    for start in range(0, len(x), batch_size):
        batch = order[start : start + batch_size]
        _, probabilities = softmax_cross_entropy(model.forward(x[batch]), y[batch])
        model.backward(softmax_cross_entropy_backward(probabilities, y[batch]))
        for name, param in model.params.items():
            param -= 0.03 * model.grads[name]


def my_conv_transpose2d(x, w, stride):
    (H, W), (h, width) = x.shape, w.shape
    y = np.zeros(((H - 1) * stride + h, (W - 1) * stride + width))
    for i, j in np.ndindex(x.shape):
        y[i * stride : i * stride + h, j * stride : j * stride + width] += x[i, j] * w
    return y
