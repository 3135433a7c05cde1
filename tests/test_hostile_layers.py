"""Whatever layers, networks, losses and optimizers are given, an error names it and the rule, at once and silently."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction

import numpy as np
import pytest

import cnnlab
from cnnlab.data import normalise_bitmap
from cnnlab.layers import Activation, Pool2D
from cnnlab.training import evaluate

CALLS = 200  # of each function

IN_ITSELF = [1]
IN_ITSELF.append(IN_ITSELF)


class Hostile:
    """Fails whatever it is asked."""

    def __repr__(self):
        raise RuntimeError

    __index__ = __array__ = __len__ = __repr__


WIDTHS = (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64)
NUMBERS = [0, 1, 2, 3, -1, 2**31, 2**63, 10**400, 10**5000, -(10**5000), True, np.True_, None, "2", "same", b"2"]
NUMBERS += [0.5, -0.5, 1e308, np.nan, np.inf, 1j, Fraction(1, 3), Fraction(10**400, 3), Hostile(), Hostile, "a\0b"]
NUMBERS += [
    range(10**12),
    itertools.count(),
    "he",
    "relu",
    "max",
    np.datetime64("2020"),
    np.longdouble(2),
    np.ma.masked,
]
NUMBERS += [kind(np.iinfo(kind).max) for kind in WIDTHS]
ONES = np.ones((2, 3))
EXTREME = np.array([[np.nan, np.inf, -np.inf], [1e308, -1e308, 0]])
ARRAYS = [ONES, ONES.T, ONES[0], ONES.astype("f4"), ONES.astype("f2"), ONES.astype("i1"), ONES > 0, ONES * 1j, ONES[:0]]
ARRAYS += [EXTREME, EXTREME.astype(">f8"), np.ones((2, 1, 2, 2)), np.ones((1,) * 20), np.array(2.0), np.array([0, 2])]
ARRAYS += [np.ma.masked_less(EXTREME, 0), [np.ma.masked_less(EXTREME, 0)], np.broadcast_to(1.0, (2**20, 2**20))]
ARRAYS += [np.array([{}]), np.array(["a"]), np.array([(1, 2)], "i4, f8"), np.array([2**64 - 1, 0], np.uint64)]
ARRAYS += [[[1, 2], [3]], [], [[]], IN_ITSELF, [Hostile()], [10**400], [2**63, -1], (1, 2), ((1, 2), (0, 1)), {1}]
ARRAYS += [{"w": ONES}, {"w": None}]


def small(rng):
    return cnnlab.Sequential(cnnlab.Flatten(), cnnlab.Dense(4, 3, rng=rng))


def there_and_back(make):
    def call(x, dy, *, rng):
        layer = make(rng)
        layer.forward(x)
        layer.backward(dy)

    return call


def train(rng, **changed):
    good = {"model": small(rng), "x": np.ones((4, 1, 2, 2)), "y": [0, 1, 2, 0], "epochs": 1, "batch_size": 2}
    next(cnnlab.train(**{**good, "optimizer": cnnlab.SGD(0.1), "rng": rng, **changed}))


CALLABLES = {  # what is called: with how many arguments by place, and which by name
    "relu": (lambda z, rng: cnnlab.relu(z), 1, ()),
    "leaky_relu": (lambda z, rng, **s: cnnlab.leaky_relu(z, **s), 1, ("slope",)),
    "tanh_backward": (lambda da, z, rng: cnnlab.tanh_backward(da, z), 2, ()),
    "dense": (lambda *a, rng: cnnlab.dense(*a), 3, ()),
    "dense_backward": (lambda *a, rng: cnnlab.dense_backward(*a), 3, ()),
    "softmax": (lambda *a, rng: cnnlab.softmax_cross_entropy(*a), 2, ()),
    "softmax backward": (lambda *a, rng: cnnlab.softmax_cross_entropy_backward(*a), 2, ()),
    "numerical_gradient": (lambda *a, rng, **s: cnnlab.numerical_gradient(np.square, *a, **s), 2, ("step",)),
    "gradient_error": (lambda *a, rng: cnnlab.gradient_error(*a), 2, ()),
    "Conv2D": (lambda *a, rng, **s: cnnlab.Conv2D(*a, rng=rng, **s), 3, ("stride", "padding", "dilation", "groups")),
    "Dense": (lambda *a, rng, **s: cnnlab.Dense(*a, rng=rng, **s), 2, ("rng", "init")),
    "Pool2D": (lambda *a, rng, **s: Pool2D(*a, **s), 2, ("stride", "padding", "dilation", "ceil_mode", "count")),
    "Activation": (lambda name, rng, **s: Activation(name, **s), 1, ("slope",)),
    "ReLU": (there_and_back(lambda rng: cnnlab.ReLU()), 2, ()),
    "Flatten": (there_and_back(lambda rng: cnnlab.Flatten()), 2, ()),
    "a dense layer": (there_and_back(lambda rng: cnnlab.Dense(3, 2, rng=rng)), 2, ()),
    "Sequential": (lambda *a, rng: cnnlab.Sequential(*a), 2, ()),
    "summary": (lambda shape, rng: small(rng).summary(shape), 1, ()),
    "load": (lambda path, rng: small(rng).load(path), 1, ()),
    "SGD": (lambda *a, rng: cnnlab.SGD(*a), 2, ()),
    "Adam": (lambda rate, rng, **s: cnnlab.Adam(rate, **s), 1, ("beta1", "beta2", "epsilon")),
    "SGD's update": (lambda *a, rng: cnnlab.SGD(0.1).update(*a), 2, ()),
    "Adam's update": (lambda w, grad, rng: cnnlab.Adam(0.1).update({"w": w}, {"w": grad}), 2, ()),
    "train": (train, 0, ("model", "x", "y", "epochs", "batch_size", "optimizer", "rng")),
    "evaluate": (lambda x, y, rng: evaluate(small(rng), x, y), 2, ()),
    "normalise_bitmap": (lambda bitmap, rng: normalise_bitmap(bitmap), 1, ()),
}


@pytest.mark.parametrize("name", CALLABLES)
def test_what_cannot_be_is_named_with_its_rule(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # a str may name a file
    call, places, names = CALLABLES[name]
    draw, messages = random.Random(name), []
    for _ in range(CALLS):
        arguments = [draw.choice(draw.choice([NUMBERS, ARRAYS])) for _ in range(places)]
        settings = {key: draw.choice(NUMBERS) for key in names if draw.random() < 0.4}
        try:
            call(*arguments, **{"rng": np.random.default_rng(0), **settings})  # a warning is an error
        except (TypeError, ValueError, FileNotFoundError, FloatingPointError) as error:
            messages.append(str(error))
    assert [message for message in messages if " must " not in message] == []
    assert len(messages) > CALLS / 10
