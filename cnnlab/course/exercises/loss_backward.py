"""The gradient of softmax and cross-entropy."""

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, numbers
from cnnlab.losses import softmax_cross_entropy, softmax_cross_entropy_backward


def my_loss_backward(logits, labels):
    shifted = logits - logits.max(axis=1, keepdims=True)
    dlogits = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    dlogits[np.arange(len(labels)), labels] -= 1
    return dlogits / len(labels)


def _inputs():
    rng = np.random.default_rng(13)
    for N, K in ((3, 4), (1, 3), (2, 2), (4, 3), (5, 6)):
        logits, labels = numbers(rng, N, K, whole=False) / 4, rng.integers(K, size=N)
        extreme = logits.copy()
        extreme[0, -1], extreme[-1, 0] = 1000.0, -1000.0
        yield from ((logits, labels), (extreme, labels), (logits - 1200.0, labels))


EXERCISE = course_exercise(
    my_loss_backward,
    "dlogits",
    right=lambda logits, labels: softmax_cross_entropy_backward(softmax_cross_entropy(logits, labels)[1], labels),
    inputs=_inputs,
    mistakes={
        " / len(labels)": {
            "not divided by N": "",
            "divided by the classes": " / logits.shape[1]",
            "divided by all cells": " / logits.size",
        },
        "return dlogits": {
            "sign turned": "return -dlogits",
            "times p (1 − p)": "p = dlogits + np.eye(logits.shape[1])[labels]\n    return p * (1 - p) * dlogits",
        },
        "-= 1": {"one-hot forgotten": "-= 0"},
        "[np.arange(len(labels)), labels]": {"labels of all rows": "[:, labels]"},
        "axis=1": {"softmax over images": "axis=0", "softmax over everything": "axis=None"},
        "np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)": {
            "softmax over everything, overflow": "np.exp(logits) / np.exp(logits).sum()"
        },
        " - logits.max(axis=1, keepdims=True)": {"overflow": ""},
        "shifted = logits - logits.max(": {"logits overwritten": "shifted = logits; logits -= logits.max("},
    },
)
