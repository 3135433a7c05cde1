"""Softmax and cross-entropy as one function, forward and backward: the error at the top of the network."""

import numpy as np
from numpy.typing import ArrayLike

from cnnlab._validate import check_array, check_integers, check_shape, without_warnings

__all__ = ["softmax_cross_entropy", "softmax_cross_entropy_backward"]


@without_warnings
def softmax_cross_entropy(logits: ArrayLike, labels: ArrayLike) -> tuple[float, np.ndarray]:
    """Return the mean of ``-log(probability of the right class)``, and the probabilities.

    Parameters
    ----------
    logits : array (N, K)
        One score a class; float32, float64 or integer (which becomes float64).
    labels : int array (N,)
        The right class of each row, from 0 to K - 1.

    Returns
    -------
    loss : float
        In nats, the mean over the batch.
    probabilities : array (N, K)
        ``exp(logits)`` divided by its sum over each row.

    Raises
    ------
    TypeError
        If labels does not hold integers, or logits has another dtype.
    ValueError
        If logits is empty, the lengths differ, or a label is out of range.

    Notes
    -----
    The greatest logit of a row is subtracted first, which leaves the probabilities unchanged and keeps ``exp`` from
    overflowing. Source: J. Bridle, "Probabilistic interpretation of feedforward classification network outputs" (1990).

    Examples
    --------
    >>> loss, probabilities = softmax_cross_entropy([[0, 0], [1000, 0]], [1, 0])
    >>> round(loss, 4)
    0.3466
    >>> probabilities
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    logits = check_array("logits", logits, "NK")
    labels = check_labels(labels, logits.shape)
    shifted = logits - logits.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    totals = exponentials.sum(axis=1, keepdims=True)
    right = np.take_along_axis(shifted, labels[:, None], axis=1)
    return float((np.log(totals) - right).mean()), exponentials / totals


def softmax_cross_entropy_backward(probabilities: ArrayLike, labels: ArrayLike) -> np.ndarray:
    """Return ``(probabilities - 1 at the right class) / N``: the δ that starts the way back.

    Parameters
    ----------
    probabilities : array (N, K)
        From :func:`softmax_cross_entropy`.
    labels : int array (N,)
        The right class of each row, from 0 to K - 1.

    Returns
    -------
    dlogits : array (N, K)
        The gradient of the mean loss; every row adds up to 0.

    Raises
    ------
    TypeError, ValueError
        As :func:`softmax_cross_entropy`.

    Notes
    -----
    Source: as :func:`softmax_cross_entropy`.

    Examples
    --------
    >>> softmax_cross_entropy_backward([[0.5, 0.5], [0.75, 0.25]], [1, 0])
    array([[ 0.25 , -0.25 ],
           [-0.125,  0.125]])
    """
    probabilities = check_array("probabilities", probabilities, "NK")
    labels = check_labels(labels, probabilities.shape)
    dlogits = probabilities.copy()
    dlogits[np.arange(len(labels)), labels] -= 1
    return dlogits / len(labels)


def check_labels(labels: ArrayLike, shape: tuple[int, ...], name: str = "labels") -> np.ndarray:
    """Return labels as an int array (N,), checked against the shape (N, K) of the scores.

    Examples
    --------
    >>> check_labels([2, 0], (2, 3))
    array([2, 0])
    """
    labels, classes = check_integers(name, labels), shape[1]
    check_shape(name, labels, shape[:1], "one for each row")
    outside = (labels < 0) | (labels >= classes)
    if outside.any():
        raise ValueError(f"{name} ({labels[outside][0]}) must be from 0 to {classes - 1} (there are {classes} classes)")
    return labels
