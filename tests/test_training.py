"""Optimizers and the training loop."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from cnnlab.data import load_digits
from cnnlab.layers import Conv2D, Dense, Flatten, MaxPool2D, ReLU
from cnnlab.losses import softmax_cross_entropy, softmax_cross_entropy_backward
from cnnlab.network import Sequential
from cnnlab.optimizers import SGD, Adam
from cnnlab.training import evaluate, train


def two_heaps(rng, count=40):
    """Return points (N, 2) and their classes: two heaps that a line can part."""
    y = np.arange(count) % 2
    return rng.normal(size=(count, 2)) + [4, 0] * y[:, None], y


def line(seed=0):
    """Return a model of one dense layer."""
    return Sequential(Dense(2, 2, rng=np.random.default_rng(seed)))


def digit_network(rng):
    return Sequential(
        Conv2D(1, 16, 3, padding=1, rng=rng), ReLU(), MaxPool2D(2, stride=1), Flatten(), Dense(784, 10, rng=rng)
    )


def copies(params):
    return {name: param.copy() for name, param in params.items()}


def assert_params(model, expected):
    for name, param in model.params.items():
        assert_array_equal(param, expected[name])


# --- the loop -----------------------------------------------------------------------------------------------------


def test_a_step_is_forward_backward_update(rng):
    (x, y), model, by_hand = two_heaps(rng), line(), line()
    (record,) = train(model, x, y, epochs=1, batch_size=40, optimizer=SGD(0.5), rng=np.random.default_rng(3))
    order = np.random.default_rng(3).permutation(40)
    loss, probabilities = softmax_cross_entropy(by_hand.forward(x[order]), y[order])
    by_hand.backward(softmax_cross_entropy_backward(probabilities, y[order]))
    SGD(0.5).update(by_hand.params, by_hand.grads)
    assert_params(model, by_hand.params)
    assert record.loss == loss
    assert record.accuracy == (probabilities.argmax(axis=1) == y[order]).mean()


def test_there_is_one_record_a_step_and_the_last_batch_takes_what_is_left(rng, monkeypatch):
    (x, y), model, sizes = two_heaps(rng, 10), line(), []
    monkeypatch.setattr(model.layers[0], "forward", lambda x, f=model.layers[0].forward: sizes.append(len(x)) or f(x))
    records = list(train(model, x, y, epochs=2, batch_size=4, optimizer=SGD(0.1), rng=rng))
    assert [(record.step, record.steps, record.epoch) for record in records] == [
        (1, 6, 1),
        (2, 6, 1),
        (3, 6, 1),
        (4, 6, 2),
        (5, 6, 2),
        (6, 6, 2),
    ]
    assert sizes[1:] == [4, 4, 2, 4, 4, 2]  # the first is the check of the arguments
    assert all(earlier.seconds < later.seconds for earlier, later in pairwise(records))


def test_every_epoch_sees_every_image_once_in_another_order(rng, monkeypatch):
    x, y, seen, model = np.arange(20.0).reshape(10, 2), np.arange(10) % 2, [], line()
    monkeypatch.setattr(model.layers[0], "forward", lambda x, f=model.layers[0].forward: seen.extend(x[:, 0]) or f(x))
    list(train(model, x, y, epochs=2, batch_size=3, optimizer=SGD(0.001), rng=rng))
    first, second = seen[1:11], seen[11:]
    assert sorted(first) == sorted(second) == list(x[:, 0])
    assert first != second


def test_training_learns_and_is_the_same_each_time(rng):
    x, y = two_heaps(rng)
    runs = []
    for _ in range(2):
        model = line()
        records = train(model, x, y, epochs=10, batch_size=8, optimizer=Adam(0.1), rng=np.random.default_rng(1))
        runs.append([record.loss for record in records])
    assert evaluate(model, x, y)[1] > 0.9
    assert runs[0][-1] < runs[0][0]
    assert runs[0] == runs[1]


def test_a_network_learns_98_percent_of_the_held_out_digits():
    digits, rng = load_digits(), np.random.default_rng(0)
    model = digit_network(rng)
    before = evaluate(model, digits.x_test, digits.y_test)
    settings = {"epochs": 10, "batch_size": 16, "optimizer": SGD(0.03, momentum=0.9), "rng": rng}
    *_, record = train(model, digits.x_train, digits.y_train, **settings)
    loss, accuracy = evaluate(model, digits.x_test, digits.y_test)
    assert record.step == record.steps == 900
    assert accuracy >= 0.98
    assert loss < 0.1 < before[0]
    assert before[1] < 0.3


def test_evaluate_gives_the_loss_and_the_share_of_right_answers():
    scores = np.log([[3, 1], [1, 1], [1, 3], [1, 7]])[:, :, None, None]
    loss, accuracy = evaluate(Sequential(Flatten()), scores, [0, 1, 0, 1])
    assert loss == pytest.approx(-np.log([3 / 4, 1 / 2, 1 / 4, 7 / 8]).mean())
    assert accuracy == 0.5


# --- what ends it -------------------------------------------------------------------------------------------------


class Breaks(ReLU):
    """A layer that ends the third backward pass."""

    def __init__(self, error):
        super().__init__()
        self.left, self.error = 3, error

    def _backward(self, dy, x):
        self.left -= 1
        if not self.left:
            raise self.error
        return super()._backward(dy, x)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), MemoryError()])
def test_an_interrupted_step_is_not_made_and_training_can_go_on(error, rng):
    x, y = two_heaps(rng)
    model = Sequential(Breaks(error), *line().layers)
    steps = train(model, x, y, epochs=1, batch_size=4, optimizer=SGD(0.1), rng=rng)
    for _ in range(2):
        next(steps)
    after_two = copies(model.params)
    with pytest.raises(type(error)):
        next(steps)
    assert_params(model, after_two)
    list(train(model, x, y, epochs=5, batch_size=4, optimizer=SGD(0.1), rng=rng))
    assert evaluate(model, x, y)[1] > 0.9


def test_an_update_that_is_interrupted_is_taken_back(rng):
    class Half(SGD):
        def update(self, params, grads):
            super().update({"0.w": params["0.w"]}, grads)
            raise KeyboardInterrupt

    (x, y), model = two_heaps(rng), line()
    before = copies(model.params)
    with pytest.raises(KeyboardInterrupt):
        next(train(model, x, y, epochs=1, batch_size=4, optimizer=Half(0.1), rng=rng))
    assert_params(model, before)


def test_a_loop_that_is_left_makes_no_more_steps(rng):
    (x, y), model = two_heaps(rng), line()
    steps = train(model, x, y, epochs=9, batch_size=4, optimizer=SGD(0.1), rng=rng)
    for record in steps:
        if record.step == 3:
            break
    after_three = copies(model.params)
    steps.close()
    assert_params(model, after_three)
    assert np.isfinite(evaluate(model, x, y)[0])


STOPPED = "must be finite: training stopped, and the last good parameters are kept; "
ADVICE = "try a smaller learning rate, and look for NaN in x "


def steps_to_the_end(model, x, y, optimizer):
    """Train until it stops by itself; return the parameters before each step, and the error's text."""
    before, steps = [], train(model, x, y, epochs=20, batch_size=40, optimizer=optimizer, rng=np.random.default_rng(0))
    with pytest.raises(FloatingPointError) as caught:  # noqa: PT012 (each step is looked at)
        while True:
            before.append(copies(model.params))
            next(steps)
    return before, str(caught.value)


def test_a_loss_that_becomes_nan_stops_training_says_when_and_keeps_the_last_good_parameters(rng):
    (x, y), model = two_heaps(rng), Sequential(Dense(2, 3, rng=rng), ReLU(), Dense(3, 2, rng=rng))
    before, message = steps_to_the_end(model, x, y, SGD(1e60))
    last = len(before)
    assert last > 2
    assert message == f"loss (nan) {STOPPED}{ADVICE}(step {last}, epoch {last}, SGD(1e+60, momentum=0.0))"
    assert_params(model, before[-2])  # the last step made these into those whose loss is not finite
    assert np.isfinite(evaluate(model, x, y)[0])


def test_a_parameter_that_becomes_infinite_is_named_and_its_step_is_not_made(rng):
    (x, y), model = two_heaps(rng), line()
    before, message = steps_to_the_end(model, x * 1e10, y, SGD(1e300))
    assert message == f"0.w (-inf) {STOPPED}{ADVICE}(step 1, epoch 1, SGD(1e+300, momentum=0.0))"
    assert_params(model, before[-1])


def test_nan_in_the_data_stops_training_at_the_batch_that_holds_it(rng):
    (x, y), model = two_heaps(rng), line()
    x[7, 0] = np.nan
    steps = train(model, x, y, epochs=1, batch_size=1, optimizer=Adam(0.1), rng=np.random.default_rng(1))
    place = list(np.random.default_rng(1).permutation(40)).index(7)
    before = []
    for _ in range(place):
        before.append(copies(model.params))
        next(steps)
    message = f"loss (nan) {STOPPED}{ADVICE}(step {place + 1}, epoch 1, Adam(0.1))"
    with pytest.raises(FloatingPointError, match=f"^{re.escape(message)}$"):
        next(steps)
    assert_params(model, before[-1])  # the last whose loss was finite


class Loud(ReLU):
    """A layer of somebody else, which warns of what is not finite."""

    def _forward(self, x):
        return super()._forward(np.multiply(x, 1e300))


def test_there_is_no_warning_before_the_error(rng):
    (x, y), model = two_heaps(rng), Sequential(Loud(), Loud(), *line().layers)
    message = f"loss (nan) {STOPPED}{ADVICE}(step 1, epoch 1, SGD(0.1, momentum=0.0))"
    with pytest.raises(FloatingPointError, match=f"^{re.escape(message)}$"):
        list(train(model, x, y, epochs=1, batch_size=4, optimizer=SGD(0.1), rng=rng))


def test_floating_point_warnings_are_as_before_between_steps(rng):
    (x, y), model = two_heaps(rng), line()
    with np.errstate(all="raise"):
        for _ in train(model, x, y, epochs=1, batch_size=4, optimizer=SGD(0.1), rng=rng):
            assert set(np.geterr().values()) == {"raise"}
