"""What nothing can be trained with: each error comes at once, and names the value and the rule."""

from __future__ import annotations

import re

import numpy as np
import pytest

from cnnlab.layers import Conv2D, Dense, Flatten, MaxPool2D, ReLU
from cnnlab.network import Sequential
from cnnlab.optimizers import SGD
from cnnlab.training import evaluate, train


def network(rng):
    """Return a network for the images (N, 1, 8, 8) below."""
    return Sequential(
        Conv2D(1, 16, 3, padding=1, rng=rng), ReLU(), MaxPool2D(2, stride=1), Flatten(), Dense(784, 10, rng=rng)
    )


X, Y = np.zeros((6, 1, 8, 8)), np.arange(6)
GOOD = {"x": X, "y": Y, "epochs": 1, "batch_size": 2, "optimizer": SGD(0.1), "rng": np.random.default_rng(0)}


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"batch_size": 7}, ValueError, "batch_size (7) must be at most the number of images (6)"),
        ({"batch_size": 0}, ValueError, "batch_size (0) must be at least 1"),
        ({"batch_size": 2.0}, TypeError, "batch_size (2.0) must be an int"),
        ({"optimizer": 0.1}, TypeError, "optimizer (float) must have update"),
        ({"optimizer": SGD}, TypeError, "optimizer (SGD) must be made first, as SGD(…)"),
        ({"x": None}, TypeError, "x (dtype object) must be float32, float64 or integer"),
        ({"x": 5}, ValueError, "x (shape ()) must have a first dimension, that of the images"),
        ({"epochs": 0}, ValueError, "epochs (0) must be at least 1"),
        ({"epochs": 2**31}, ValueError, "epochs (2147483648) must be at most 2,147,483,647"),
        ({"batch_size": True}, TypeError, "batch_size (True) must be an int"),
        ({"y": Y + 5}, ValueError, "y (10) must be from 0 to 9 (there are 10 classes)"),
        ({"y": Y - 1}, ValueError, "y (-1) must be from 0 to 9 (there are 10 classes)"),
        ({"y": Y / 1}, TypeError, "y (dtype float64) must be integer"),
        ({"y": Y[:5]}, ValueError, "y (shape (5,)) must have shape (6,) (one for each row)"),
        (
            {"x": np.zeros((6, 1, 16, 16))},
            ValueError,
            "layer 4, Dense(784, 10): w (shape (784, 10)) must have shape (3600, 10) (one row for each column of x)",
        ),
        (
            {"x": X.repeat(3, axis=1)},
            ValueError,
            "layer 0, Conv2D(1, 16, 3, padding=1): w (1 channels) must have the channels of x / groups (3 / 1 = 3)",
        ),
        (
            {"x": X[:, 0]},
            ValueError,
            "layer 0, Conv2D(1, 16, 3, padding=1): x (shape (1, 8, 8)) must have 4 dimensions (N, C, H, W), not 3",
        ),
        (
            {"rng": 0},
            TypeError,
            "rng (0) must be a numpy.random.Generator, such as np.random.default_rng(0)",
        ),
    ],
)
def test_a_bad_argument_is_named_at_once(change, error, message, rng):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        train(network(rng), **{**GOOD, **change})


def test_what_is_no_model_is_named():
    with pytest.raises(TypeError, match=r"^model \(int\) must have forward, backward, params, grads$"):
        train(3, **GOOD)


def test_a_parameter_that_cannot_be_changed_is_named_at_once(rng):
    model = network(rng)
    model.params["4.b"].flags.writeable = False
    with pytest.raises(ValueError, match=r"^4\.b \(a read-only array\) must be writeable: it is changed in place$"):
        train(model, **GOOD)


def test_a_model_without_a_row_of_scores_is_named(rng):
    message = "the model's output (shape (1, 2, 6, 6)) must have 2 dimensions (N, K), not 4"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        train(Sequential(Conv2D(1, 2, 3, rng=rng)), **GOOD)


def test_only_a_model_is_evaluated():
    with pytest.raises(TypeError, match=r"^model \(int\) must have forward$"):
        evaluate(3, X, Y)
