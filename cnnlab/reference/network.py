"""Activations, the dense layer and the loss as plain loops that read like the definitions."""

from __future__ import annotations

import math

import numpy as np

from cnnlab.checks import check_array

# --- activations --------------------------------------------------------------------------------------------------


def relu(z):
    """Return ``max(z, 0)``, cell by cell; see :func:`cnnlab.relu`.

    Examples
    --------
    >>> relu([-2, 3])
    array([0., 3.])
    """
    return _each_cell(lambda z: z if z > 0 else 0.0, z)


def relu_backward(da, z):
    """Return ``da * f′(z)``, cell by cell.

    Examples
    --------
    >>> relu_backward([10, 20], [-2, 3])
    array([ 0., 20.])
    """
    return _each_cell(lambda da, z: da if z > 0 else 0.0, da, z)


def leaky_relu(z, *, slope=0.01):
    """Return z, or ``slope * z`` where z is negative, cell by cell.

    Examples
    --------
    >>> leaky_relu([-2, 3], slope=0.5)
    array([-1.,  3.])
    """
    return _each_cell(lambda z: z if z > 0 else slope * z, z)


def leaky_relu_backward(da, z, *, slope=0.01):
    """Return ``da * f′(z)``, cell by cell.

    Examples
    --------
    >>> leaky_relu_backward([10, 20], [-2, 3], slope=0.5)
    array([ 5., 20.])
    """
    return _each_cell(lambda da, z: da if z > 0 else slope * da, da, z)


def sigmoid(z):
    """Return ``1 / (1 + exp(-z))``, cell by cell.

    Examples
    --------
    >>> sigmoid([0])
    array([0.5])
    """
    return _each_cell(lambda z: 1 / (1 + math.exp(-z)), z)


def sigmoid_backward(da, z):
    """Return ``da * f′(z)`` with f′ = exp(-z) / (1 + exp(-z))², cell by cell.

    Examples
    --------
    >>> sigmoid_backward([8], [0])
    array([2.])
    """
    return _each_cell(lambda da, z: da * math.exp(-z) / (1 + math.exp(-z)) ** 2, da, z)


def tanh(z):
    """Return ``(exp(z) - exp(-z)) / (exp(z) + exp(-z))``, cell by cell.

    Examples
    --------
    >>> tanh([0])
    array([0.])
    """
    return _each_cell(lambda z: (math.exp(z) - math.exp(-z)) / (math.exp(z) + math.exp(-z)), z)


def tanh_backward(da, z):
    """Return ``da * f′(z)`` with f′ = 4 / (exp(z) + exp(-z))², cell by cell.

    Examples
    --------
    >>> tanh_backward([8], [0])
    array([8.])
    """
    return _each_cell(lambda da, z: da * 4 / (math.exp(z) + math.exp(-z)) ** 2, da, z)


def _each_cell(f, *arrays):
    """Return f of the cells that stand at one place of the arrays, for every place."""
    arrays = [check_array("array", array) for array in arrays]
    result = np.zeros_like(arrays[0])
    for place in np.ndindex(result.shape):
        result[place] = f(*(array[place] for array in arrays))
    return result


# --- dense layer --------------------------------------------------------------------------------------------------


def dense(x, w, b=None):
    """Return ``x @ w + b``, one product at a time.

    Examples
    --------
    >>> dense([[1, 2]], [[10], [20]], [5])
    array([[55.]])
    """
    x, w = check_array("x", x, "ND"), check_array("w", w, "DK")
    y = np.zeros((len(x), w.shape[1]), x.dtype)
    for n, k in np.ndindex(y.shape):
        for d in range(x.shape[1]):
            y[n, k] += x[n, d] * w[d, k]
        if b is not None:
            y[n, k] += b[k]
    return y


def dense_backward(dy, x, w):
    """Return dx, dw and db: each product of the forward hands the gradient to its two factors.

    Examples
    --------
    >>> dx, dw, db = dense_backward([[3]], [[1, 2]], [[10], [20]])
    >>> dx, dw.T, db
    (array([[30., 60.]]), array([[3., 6.]]), array([3.]))
    """
    dy, x, w = check_array("dy", dy, "NK"), check_array("x", x, "ND"), check_array("w", w, "DK")
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros(w.shape[1], w.dtype)
    for n, k in np.ndindex(dy.shape):
        for d in range(x.shape[1]):
            dx[n, d] += dy[n, k] * w[d, k]
            dw[d, k] += dy[n, k] * x[n, d]
        db[k] += dy[n, k]
    return dx, dw, db


# --- loss ---------------------------------------------------------------------------------------------------------


def softmax_cross_entropy(logits, labels):
    """Return the mean of ``-log(probability of the right class)``, and the probabilities.

    Examples
    --------
    >>> loss, probabilities = softmax_cross_entropy([[0, 0]], [1])
    >>> round(loss, 4), probabilities
    (0.6931, array([[0.5, 0.5]]))
    """
    logits = check_array("logits", logits, "NK")
    probabilities, loss = np.zeros_like(logits), 0.0
    for n, label in enumerate(labels):
        total = sum(math.exp(score) for score in logits[n])
        for k, score in enumerate(logits[n]):
            probabilities[n, k] = math.exp(score) / total
        loss -= math.log(probabilities[n, label]) / len(labels)
    return loss, probabilities


def softmax_cross_entropy_backward(probabilities, labels):
    """Return ``(probability - 1 at the right class) / N``, one score at a time.

    Examples
    --------
    >>> softmax_cross_entropy_backward([[0.5, 0.5]], [1])
    array([[ 0.5, -0.5]])
    """
    probabilities = check_array("probabilities", probabilities, "NK")
    dlogits = np.zeros_like(probabilities)
    for n, k in np.ndindex(probabilities.shape):
        dlogits[n, k] = (probabilities[n, k] - (k == labels[n])) / len(labels)
    return dlogits
