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


_SLOPE = "dlogits[np", "p = dlogits.copy(); dlogits[np", "return dlogits", "return p * (1 - p) * dlogits"

EXERCISE = course_exercise(
    my_loss_backward,
    "dlogits",
    right=lambda logits, labels: softmax_cross_entropy_backward(softmax_cross_entropy(logits, labels)[1], labels),
    inputs=_inputs,
    mistakes={
        "not divided by N": (" / len(labels)", ""),
        "divided by the classes": ("/ len(labels)", "/ logits.shape[1]"),
        "sign turned": ("return dlogits", "return -dlogits"),
        "divided by all cells": ("/ len(labels)", "/ logits.size"),
        "times p (1 − p)": _SLOPE,
        "times p (1 − p), not divided by N": (*_SLOPE, " / len(labels)", ""),
        "one-hot forgotten": ("-= 1", "-= 0"),
        "labels of all rows": ("[np.arange(len(labels)), labels]", "[:, labels]"),
        "right class alone": ("return dlogits", "return np.eye(logits.shape[1])[labels] * dlogits"),
        "softmax over images": ("axis=1", "axis=0"),
        "softmax over everything": ("axis=1", "axis=None"),
        "softmax over everything, row by row": (".sum(axis=1", ".sum(axis=None"),
        "softmax over everything, overflow": (" - logits.max(axis=1, keepdims=True)", "", "axis=1", "axis=None"),
        "overflow": (" - logits.max(axis=1, keepdims=True)", ""),
        "one maximum for all": ("logits.max(axis=1, keepdims=True)", "logits.max()"),
        "logits overwritten": ("shifted = logits - logits.max(", "shifted = logits; logits -= logits.max("),
    },
)
