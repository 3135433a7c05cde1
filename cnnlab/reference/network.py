"""Activations, the dense layer and the loss as plain loops that read like the definitions."""

import math
from collections.abc import Callable
from functools import wraps
from inspect import signature

import numpy as np
from numpy.typing import ArrayLike

from cnnlab._validate import check_array, check_bias, check_integers, without_warnings

__all__ = ["dense", "dense_backward", "leaky_relu", "leaky_relu_backward", "relu", "relu_backward"]
__all__ += ["sigmoid", "sigmoid_backward", "tanh", "tanh_backward"]
__all__ += ["softmax_cross_entropy", "softmax_cross_entropy_backward"]

# --- activations --------------------------------------------------------------------------------------------------


def _each_cell(f: Callable[..., float]) -> Callable[..., np.ndarray]:
    """Make a function of numbers one of arrays: it is applied to the cells at the same place, for every place."""

    @wraps(f)
    @without_warnings
    def of_arrays(*given: ArrayLike, **settings: float) -> np.ndarray:
        bound = signature(f).bind(*given, **settings)
        arrays = [check_array("array", array) for array in bound.args]
        result = np.zeros_like(arrays[0])
        for place in np.ndindex(result.shape):
            result[place] = f(*(array[place] for array in arrays), **bound.kwargs)
        return result

    return of_arrays


@_each_cell
def relu(z: float) -> float:
    """Return z, or 0 where it is not positive, cell by cell; see :func:`cnnlab.relu`.

    Examples
    --------
    >>> relu([-2, 3])
    array([0., 3.])
    """
    return 0.0 if z <= 0 else z


@_each_cell
def relu_backward(da: float, z: float) -> float:
    """Return ``da * f′(z)``, cell by cell.

    Examples
    --------
    >>> relu_backward([10, 20], [-2, 3])
    array([ 0., 20.])
    """
    return da if z > 0 else 0.0


@_each_cell
def leaky_relu(z: float, *, slope: float = 0.01) -> float:
    """Return z, or ``slope * z`` where z is negative, cell by cell.

    Examples
    --------
    >>> leaky_relu([-2, 3], slope=0.5)
    array([-1.,  3.])
    """
    return z if z > 0 else slope * z


@_each_cell
def leaky_relu_backward(da: float, z: float, *, slope: float = 0.01) -> float:
    """Return ``da * f′(z)``, cell by cell.

    Examples
    --------
    >>> leaky_relu_backward([10, 20], [-2, 3], slope=0.5)
    array([ 5., 20.])
    """
    return da if z > 0 else slope * da


@_each_cell
def sigmoid(z: float) -> float:
    """Return ``1 / (1 + exp(-z))``, cell by cell, which for a negative z is ``exp(z) / (exp(z) + 1)``.

    Examples
    --------
    >>> sigmoid([0])
    array([0.5])
    """
    return math.exp(z) / (math.exp(z) + 1) if z < 0 else 1 / (1 + math.exp(-z))


@_each_cell
def sigmoid_backward(da: float, z: float) -> float:
    """Return ``da * f′(z)``, cell by cell, with f′ = e / (1 + e)² for e = exp(-|z|): f′(-z) is f′(z).

    Examples
    --------
    >>> sigmoid_backward([8], [0])
    array([2.])
    """
    e = math.exp(-abs(z))
    return da * e / (1 + e) ** 2


@_each_cell
def tanh(z: float) -> float:
    """Return ``(exp(z) - exp(-z)) / (exp(z) + exp(-z))``, cell by cell, as (1 - e) / (1 + e) for e = exp(-2|z|).

    Examples
    --------
    >>> tanh([0])
    array([0.])
    """
    e = math.exp(-2 * abs(z))
    return math.copysign((1 - e) / (1 + e), z)


@_each_cell
def tanh_backward(da: float, z: float) -> float:
    """Return ``da * f′(z)``, cell by cell, with f′ = 4 / (exp(z) + exp(-z))² = 4e / (1 + e)² for e = exp(-2|z|).

    Examples
    --------
    >>> tanh_backward([8], [0])
    array([8.])
    """
    e = math.exp(-2 * abs(z))
    return da * 4 * e / (1 + e) ** 2


# --- dense layer --------------------------------------------------------------------------------------------------


@without_warnings
def dense(x: ArrayLike, w: ArrayLike, b: ArrayLike | None = None) -> np.ndarray:
    """Return ``x @ w + b``, one product at a time.

    Examples
    --------
    >>> dense([[1, 2]], [[10], [20]], [5])
    array([[55.]])
    """
    x, w = check_array("x", x, "ND"), check_array("w", w, "DK")
    y = np.zeros((len(x), w.shape[1]), x.dtype)
    for n, k, d in np.ndindex(*y.shape, len(w)):
        y[n, k] += x[n, d] * w[d, k]
    return y if b is None else y + check_bias(b, w.shape[1], "one for each column of w")


@without_warnings
def dense_backward(dy: ArrayLike, x: ArrayLike, w: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dx, dw and db: each product of the forward passes the gradient to its two factors.

    Examples
    --------
    >>> dx, dw, db = dense_backward([[3]], [[1, 2]], [[10], [20]])
    >>> dx, dw.T, db
    (array([[30., 60.]]), array([[3., 6.]]), array([3.]))
    """
    dy, x, w = check_array("dy", dy, "NK"), check_array("x", x, "ND"), check_array("w", w, "DK")
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros(w.shape[1], w.dtype)
    for n, k, d in np.ndindex(*dy.shape, len(w)):
        dx[n, d] += dy[n, k] * w[d, k]
        dw[d, k] += dy[n, k] * x[n, d]
    for n, k in np.ndindex(dy.shape):
        db[k] += dy[n, k]
    return dx, dw, db


# --- loss ---------------------------------------------------------------------------------------------------------


def softmax_cross_entropy(logits: ArrayLike, labels: ArrayLike) -> tuple[float, np.ndarray]:
    """Return the mean of ``-log(probability of the right class)``, and the probabilities.

    The greatest score of a row is subtracted first, from all of them: the quotients do not change, and exp cannot
    overflow.

    Examples
    --------
    >>> loss, probabilities = softmax_cross_entropy([[0, 0]], [1])
    >>> round(loss, 4), probabilities
    (0.6931, array([[0.5, 0.5]]))
    """
    logits, labels = check_array("logits", logits, "NK"), check_integers("labels", labels)
    probabilities, loss = np.zeros_like(logits), 0.0
    for n, (row, label) in enumerate(zip(logits.tolist(), labels, strict=True)):
        scores = [score - max(row) for score in row]
        total = sum(map(math.exp, scores))
        probabilities[n] = [math.exp(score) / total for score in scores]
        loss += (math.log(total) - scores[label]) / len(labels)  # -log(exp(score) / total)
    return loss, probabilities


def softmax_cross_entropy_backward(probabilities: ArrayLike, labels: ArrayLike) -> np.ndarray:
    """Return ``(probability - 1 at the right class) / N``, one score at a time.

    Examples
    --------
    >>> softmax_cross_entropy_backward([[0.5, 0.5]], [1])
    array([[ 0.5, -0.5]])
    """
    probabilities, labels = check_array("probabilities", probabilities, "NK"), check_integers("labels", labels)
    dlogits = np.zeros_like(probabilities)
    for n, k in np.ndindex(probabilities.shape):
        dlogits[n, k] = (probabilities[n, k] - (k == labels[n])) / len(labels)
    return dlogits
