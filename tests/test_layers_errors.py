"""What no layer can be made of: each error names the value and the rule."""

from __future__ import annotations

import re

import numpy as np
import pytest
from strategies import same_with_stride_2

from cnnlab.activations import ACTIVATIONS
from cnnlab.layers import Activation, Conv2D, Dense, Flatten, LeakyReLU, MaxPool2D, MeanPool2D, Pool2D
from cnnlab.pooling import POOLS


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda rng: Conv2D(0, 2, 3, rng=rng), ValueError, "channels (0) must be at least 1"),
        (lambda rng: Conv2D(1, 2.0, 3, rng=rng), TypeError, "filters (2.0) must be an int"),
        (lambda rng: Conv2D(1, 2, 0, rng=rng), ValueError, "kernel (0) must be at least 1"),
        (
            lambda rng: Conv2D(3, 4, 3, groups=2, rng=rng),
            ValueError,
            "groups (2) must divide the input channels (3 / 2 leaves 1)",
        ),
        (lambda rng: Conv2D(1, 2, 3, stride=0, rng=rng), ValueError, "stride (0) must be at least 1"),
        (lambda rng: Conv2D(1, 2, 3, padding=-1, rng=rng), ValueError, "padding (-1) must be at least 0"),
        (lambda rng: Conv2D(1, 2, 3, dilation=(1, 0), rng=rng), ValueError, "dilation (0) must be at least 1"),
        (lambda rng: Conv2D(1, 2, 3, stride=None, rng=rng), TypeError, "stride (None) must be an int"),
        (
            lambda rng: Conv2D(1, 2, 3, padding="full", rng=rng),
            ValueError,
            'padding (\'full\') must be "same", "valid" or a number of cells',
        ),
        (
            lambda rng: Conv2D(1, 2, 3, padding="same", stride=2, rng=rng),
            ValueError,
            same_with_stride_2(1, (0, 1), (1, 1)),
        ),
        (
            lambda rng: MaxPool2D(2, padding=2),
            ValueError,
            "padding (2, 2) must leave an input cell in every window "
            "(window 0 reads cells -2 to -1, 1 apart, and the input is cells 0 to 2)",
        ),
        (lambda rng: MaxPool2D(2, ceil_mode="no"), TypeError, "ceil_mode ('no') must be True or False"),
        (lambda rng: MeanPool2D(2, count_include_pad=1), TypeError, "count_include_pad (1) must be True or False"),
        (lambda rng: MaxPool2D((2, (3, 4))), TypeError, "kernel ((3, 4)) must be an int"),
        (lambda rng: Dense(1, 2, init=["he"], rng=rng), ValueError, "init (['he']) must be one of he, xavier"),
        (lambda rng: LeakyReLU(slope="0.5"), TypeError, "slope ('0.5') must be a number"),
        (lambda rng: LeakyReLU(slope=np.nan), ValueError, "slope (nan) must be finite"),
        (lambda rng: LeakyReLU(slope=True), TypeError, "slope (True) must be a number"),
        (
            lambda rng: Activation("nothing"),
            ValueError,
            f"name ('nothing') must be one of {', '.join(ACTIVATIONS)}",
        ),
        (
            lambda rng: Activation("relu", slope=1),
            TypeError,
            "slope (1) must be a setting of this activation (it has none)",
        ),
        (
            lambda rng: Activation("leaky_relu", share=1),
            TypeError,
            "share (1) must be a setting of this activation (slope)",
        ),
        (
            lambda rng: Pool2D("max", 2, count_include_pad=True),
            TypeError,
            "count_include_pad (True) must be an option of this pool (it has none)",
        ),
        (lambda rng: Pool2D("nothing", 2), ValueError, f"name ('nothing') must be one of {', '.join(POOLS)}"),
        (lambda rng: Pool2D("mean", 2, count_include_pad=1), TypeError, "count_include_pad (1) must be True or False"),
        (lambda rng: Flatten().forward(3), ValueError, "x (shape ()) must have a first dimension, that of the images"),
        (lambda rng: MaxPool2D(2**31), ValueError, "kernel (2147483648) must be at most 2,147,483,647"),
        (lambda rng: Conv2D(2**31, 1, 1, rng=rng), ValueError, "channels (2147483648) must be at most 2,147,483,647"),
        (lambda rng: Dense(1, 10**30, rng=rng), ValueError, f"outputs ({10**30}) must be at most 2,147,483,647"),
        (
            lambda rng: Dense(2**31 - 1, 2**10, rng=rng),
            ValueError,
            "w (shape (2147483647, 1024)) must have at most 268,435,456 cells (it has 2,199,023,254,528)",
        ),
        (
            lambda rng: Conv2D(8, 2**20, (8, 8), rng=rng),
            ValueError,
            "w (shape (1048576, 8, 8, 8)) must have at most 268,435,456 cells (it has 536,870,912)",
        ),
        (lambda rng: Flatten().forward("a"), TypeError, "x (dtype <U1) must be float32, float64 or integer"),
        (lambda rng: MaxPool2D("2"), TypeError, "kernel ('2') must be an int"),
        (lambda rng: MeanPool2D(2, stride=1.5), TypeError, "stride (1.5) must be an int"),
        (lambda rng: Dense(0, 2, rng=rng), ValueError, "inputs (0) must be at least 1"),
        (lambda rng: Dense(1, True, rng=rng), TypeError, "outputs (True) must be an int"),
        (lambda rng: Dense(1, 2, init="zeros", rng=rng), ValueError, "init ('zeros') must be one of he, xavier"),
        (
            lambda rng: Dense(1, 2, rng=7),
            TypeError,
            "rng (7) must be a numpy.random.Generator, such as np.random.default_rng(0)",
        ),
    ],
)
def test_a_bad_argument_is_named(make, error, message, rng):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        make(rng)
