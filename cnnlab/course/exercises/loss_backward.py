"""The gradient of softmax and cross-entropy."""

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, numbers
from cnnlab.losses import softmax_cross_entropy, softmax_cross_entropy_backward


def my_loss_backward(logits, labels):
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    dlogits = shifted / shifted.sum(axis=1, keepdims=True)
    dlogits[np.arange(len(labels)), labels] -= 1
    return dlogits / len(labels)


def _right(logits, labels):
    return softmax_cross_entropy_backward(softmax_cross_entropy(logits, labels)[1], labels)


def _inputs():
    rng = np.random.default_rng(13)
    for N, K in ((3, 4), (1, 3), (2, 2), (4, 3), (5, 6)):
        logits, labels = numbers(rng, N, K, whole=False) / 4, rng.integers(K, size=N)
        extreme = logits.copy()
        extreme[0, -1], extreme[-1, 0] = 1000.0, -1000.0
        yield from ((logits, labels), (extreme, labels), (logits - 1200.0, labels))


def _one_hot(logits, labels):
    return np.eye(logits.shape[1])[labels]


def _less(ones_at):
    """Return the gradient with a 1 subtracted at other cells than each row's own label."""

    def loss_backward(logits, labels):
        return _right(logits, labels) + (_one_hot(logits, labels) - ones_at(logits, labels)) / len(labels)

    return loss_backward


def _times_slope(logits, labels):
    p = softmax_cross_entropy(logits, labels)[1]
    return _right(logits, labels) * p * (1 - p)


def _by_hand(shift, axis=1):
    """Return the gradient with exponentials of the shifted scores, divided by their sums along the axis."""

    def loss_backward(logits, labels):
        exponentials = np.exp(logits - shift(logits))
        return (exponentials / exponentials.sum(axis=axis, keepdims=True) - _one_hot(logits, labels)) / len(labels)

    return loss_backward


def _overwriting(logits, labels):
    dlogits = _right(logits, labels)
    logits -= logits.max(axis=1, keepdims=True)
    return dlogits


EXERCISE = course_exercise(
    my_loss_backward,
    "dlogits",
    right=_right,
    inputs=lambda: [_inputs()],
    mistakes={
        "not divided by N": lambda logits, labels: _right(logits, labels) * len(labels),
        "divided by the classes": lambda logits, labels: _right(logits, labels) * len(labels) / logits.shape[1],
        "sign turned": lambda logits, labels: -_right(logits, labels),
        "divided by all cells": lambda logits, labels: _right(logits, labels) / logits.shape[1],
        "times p (1 − p)": _times_slope,
        "times p (1 − p), not divided by N": lambda logits, labels: _times_slope(logits, labels) * len(labels),
        "one-hot forgotten": _less(lambda logits, labels: 0),
        "labels of all rows": _less(lambda logits, labels: _one_hot(logits, labels).max(axis=0)),
        "right class alone": lambda logits, labels: _right(logits, labels) * _one_hot(logits, labels),
        "softmax over images": _by_hand(lambda logits: logits.max(axis=0), axis=0),
        "softmax over everything": _by_hand(np.max, axis=None),
        "softmax over everything, row by row": _by_hand(lambda logits: logits.max(axis=1, keepdims=True), axis=None),
        "softmax over everything, overflow": _by_hand(lambda logits: 0, axis=None),
        "overflow": _by_hand(lambda logits: 0),
        "one maximum for all": _by_hand(np.max),
        "logits overwritten": _overwriting,
    },
)
