"""A training driven by an explorer: one step at a time, with a record of everything that is shown."""

import math
from copy import deepcopy
from typing import NamedTuple

import numpy as np

from cnnlab._validate import check_array, check_int, check_pair, check_shape
from cnnlab.data import Digits
from cnnlab.losses import check_labels
from cnnlab.network import Sequential, digit_layers
from cnnlab.optimizers import SGD
from cnnlab.training import one_thread, results, train

LAYER_NAMES = ("convolution 1", "ReLU 1", "max-pooling 1", "convolution 2", "ReLU 2", "max-pooling 2")
LAYER_NAMES += ("flatten", "dense")
MOMENTUM = 0.9
EVALUATIONS = 12  # of the held-out images during a training: most of them early, when the curves are steep


class Plan(NamedTuple):
    """The settings of a training; ``filters`` are those of the two convolutions."""

    filters: tuple[int, int] = (8, 12)
    learning_rate: float = 0.03
    batch_size: int = 16
    epochs: int = 10
    seed: int = 0


class HeldOut(NamedTuple):
    """The results on the held-out images after a step; accuracy from 0 to 1."""

    step: int
    loss: float
    accuracy: float


class SmallNetwork(Sequential):
    """The layers of :func:`cnnlab.network.digit_layers`, named as in :data:`LAYER_NAMES`.

    ``deltas`` holds the mean size of δ in each layer with weights in the last backward, NaN before the first. δ is the
    gradient of an image's own loss, whatever the batch size, with respect to the layer's output, before the activation.

    Examples
    --------
    >>> model = SmallNetwork((1, 8, 8), (8, 16), 10, rng=np.random.default_rng(0))
    >>> model.layers[-1]
    Dense(64, 10)
    >>> _ = model.backward(model.forward(np.ones((5, 1, 8, 8))))
    >>> list(model.deltas)
    ['convolution 1', 'convolution 2', 'dense']
    """

    def __init__(self, shape, filters, classes, *, rng):
        super().__init__(*digit_layers(shape, filters, classes, rng=rng))
        self.deltas = {name: math.nan for name, layer in zip(LAYER_NAMES, self.layers, strict=True) if layer.params}

    def backward(self, dy):
        dx, *gradients = self.gradients(dy)
        of_layer = dict(zip(LAYER_NAMES, gradients, strict=True))
        self.deltas = {name: float(np.abs(of_layer[name]).mean() * len(dy)) for name in self.deltas}
        return dx


class Run:
    """One training, from new weights to the last step.

    Attributes
    ----------
    model : SmallNetwork
    records : list of cnnlab.training.Step
        One for each step made.
    held_out : list of HeldOut
        From before the first step on, at steps that depend only on the plan.
    deltas : list of dict
        The mean size of δ in each layer with weights, in each step made.
    weights : list of dict
        The parameters before the training, then after each epoch.
    trouble : str
        Why the training failed; empty if it did not.

    Parameters
    ----------
    data : Digits
        Images (N, C, H, W) and classes (N,), to train with and held out.
    plan : Plan

    Raises
    ------
    TypeError, ValueError
        As :func:`cnnlab.training.train`; also if the held-out data do not fit.

    Examples
    --------
    >>> from cnnlab.data import load_digits
    >>> run = Run(load_digits(), Plan((4, 4), 0.03, 16, epochs=1, seed=0))
    >>> run.advance(), len(run.records), run.steps
    (True, 1, 90)
    """

    def __init__(self, data, plan):
        batch_size, epochs = check_int("batch_size", plan.batch_size, 1), check_int("epochs", plan.epochs, 1)
        seed, filters = check_int("seed", plan.seed, 0), check_pair("filters", plan.filters, 1)
        self.optimizer = optimizer = SGD(plan.learning_rate, momentum=MOMENTUM)
        self.plan = Plan(filters, optimizer.learning_rate, batch_size, epochs, seed)
        self.data = x, y, _, y_test = _check_digits(data)
        rng = np.random.default_rng(seed)
        self.model = SmallNetwork(x.shape[1:], filters, int(max(y.max(), y_test.max())) + 1, rng=rng)
        self._train = train(self.model, x, y, epochs=epochs, batch_size=batch_size, optimizer=optimizer, rng=rng)
        self.steps = epochs * math.ceil(len(x) / batch_size)
        self._evaluated_at = {math.ceil(self.steps * (k / EVALUATIONS) ** 2) for k in range(1, EVALUATIONS + 1)}
        self.records, self.deltas, self.trouble, self._evaluated = [], [], "", None
        self.held_out, self.weights = [self.evaluate()[0]], [deepcopy(self.model.params)]

    @property
    def step(self):
        """The number of steps made."""
        return len(self.records)

    @property
    def over(self):
        """Whether no step can follow."""
        return bool(self.trouble) or self.step == self.steps

    def advance(self):
        """Make a step; return whether another can follow. If the training fails, ``trouble`` says why."""
        if self.over:
            return False
        self._evaluated = None
        try:
            self.records.append(next(self._train))
        except BaseException as error:  # an interrupt, too, ends the generator
            known = isinstance(error, FloatingPointError)
            failed = f"{error!r} in step {self.step + 1}; the parameters before it are kept"
            self.trouble = str(error) if known else failed
            if not isinstance(error, Exception):
                raise
            return False
        self.deltas.append(self.model.deltas)
        if self.step % (self.steps // self.plan.epochs) == 0:
            self.weights.append(deepcopy(self.model.params))
        if self.step in self._evaluated_at:
            self.held_out.append(self.evaluate()[0])  # last, as it takes long and may be interrupted
        return not self.over

    @one_thread()
    def evaluate(self):
        """Return the current results on the held-out images, and the probabilities (N, K); computed once per step."""
        if self._evaluated is None:
            model = self.model.copied()  # so that the model itself keeps no large maps
            *now, probabilities = results(model, self.data.x_test, self.data.y_test)
            self._evaluated = HeldOut(self.step, *now), probabilities
        return self._evaluated

    def network(self, weights=None):
        """Return a copy of the model, with its parameters or with others."""
        network = deepcopy(self.model)
        for name, values in (weights or {}).items():
            network.params[name][...] = values
        return network


def _check_digits(data):
    """Return the images as float64 (N, C, H, W), all of the same size, and the classes as arrays.

    Examples
    --------
    >>> _check_digits(Digits(np.ones((2, 1, 8, 8)), [0, 1], np.ones((1, 1, 8, 7)), [1]))
    Traceback (most recent call last):
        ...
    ValueError: x_test (shape (1, 1, 8, 7)) must have shape (1, 1, 8, 8) (images as in x_train)
    """
    x_train, x_test = (check_array(name, getattr(data, name), "NCHW") for name in ("x_train", "x_test"))
    check_shape("x_test", x_test, (len(x_test), *x_train.shape[1:]), "images as in x_train")
    y_train, y_test = (  # with at most as many classes as there are images to learn from
        check_labels(getattr(data, name), (len(x), len(x_train)), name).copy()
        for name, x in {"y_train": x_train, "y_test": x_test}.items()
    )
    return Digits(x_train.astype(np.float64), y_train, x_test.astype(np.float64), y_test)
