"""A training as an explorer drives it, a step at a time, with all that is shown of it; no widgets here."""

from __future__ import annotations

import math
from copy import deepcopy
from typing import NamedTuple

import numpy as np

from cnnlab.checks import check_array, check_int, check_integers, check_shape
from cnnlab.data import Digits
from cnnlab.geometry import output_size
from cnnlab.layers import Conv2D, Dense, Flatten, MaxPool2D, ReLU
from cnnlab.losses import check_labels, softmax_cross_entropy
from cnnlab.network import Sequential
from cnnlab.optimizers import SGD
from cnnlab.scenes.panels import map_panel, overview_frame
from cnnlab.training import train

NAMES = ("convolution 1", "ReLU 1", "convolution 2", "ReLU 2", "max-pooling", "flatten", "dense")
MOMENTUM = 0.9
EVALUATIONS = 60  # of the held-out images over a whole training


class Settings(NamedTuple):
    """What a training is made with; ``filters`` are those of the two convolutions."""

    filters: tuple[int, int]
    learning_rate: float
    batch_size: int
    epochs: int
    seed: int


class HeldOut(NamedTuple):
    """How the model does on the held-out images after a step; accuracy from 0 to 1."""

    step: int
    loss: float
    accuracy: float


class SmallNetwork(Sequential):
    """Two 3×3 convolutions with ReLU, a max-pooling, a dense layer; :data:`NAMES` are its layers.

    ``deltas`` holds the mean size of δ in each layer with weights in the last backward. δ is the gradient of an image's
    own loss, whatever the batch size, with respect to the layer's output, before the activation.

    Examples
    --------
    >>> model = SmallNetwork((1, 8, 8), (8, 16), 10, rng=np.random.default_rng(0))
    >>> model.layers[-1]
    Dense(256, 10)
    >>> _ = model.backward(model.forward(np.ones((5, 1, 8, 8))))
    >>> list(model.deltas)
    ['convolution 1', 'convolution 2', 'dense']
    """

    def __init__(self, shape, filters, classes, *, rng):
        channels, height, width = shape
        first = Conv2D(channels, filters[0], 3, padding=1, rng=rng)
        second = Conv2D(filters[0], filters[1], 3, padding=1, rng=rng)
        inputs = filters[1] * output_size(height, 2, stride=2) * output_size(width, 2, stride=2)
        top = MaxPool2D(2), Flatten(), Dense(inputs, classes, rng=rng)
        super().__init__(first, ReLU(), second, ReLU(), *top)
        self.deltas = {name: 0.0 for name, layer in zip(NAMES, self.layers, strict=True) if layer.params}

    def backward(self, dy):  # noqa: D102 (inherited)
        deltas = dict.fromkeys(self.deltas, 0.0)
        for name, layer in reversed(list(zip(NAMES, self.layers, strict=True))):
            if name in deltas:
                deltas[name] = float(np.abs(dy).mean() * len(dy))
            dy = layer.backward(dy)
        self.deltas = deltas
        return dy


class Run:
    """One training, from new weights to the last step.

    Attributes
    ----------
    model : SmallNetwork
    records : list of cnnlab.training.Step
        One for each step made.
    held_out : list of HeldOut
        From before the first step on, at always the same steps.
    deltas : list of dict
        The mean size of δ in each layer with weights, in each step made.
    weights : list of dict
        The parameters before the training, then after each epoch.
    trouble : str
        Why the training stopped; empty while it did not.

    Parameters
    ----------
    data : Digits
        Images (N, C, H, W) and classes (N,), to train with and held out.
    settings : Settings

    Raises
    ------
    TypeError, ValueError
        As :func:`cnnlab.training.train`; also if the held-out data do not fit.

    Examples
    --------
    >>> from cnnlab.data import load_digits
    >>> run = Run(load_digits(), Settings((4, 4), 0.03, 16, epochs=1, seed=0))
    >>> run.advance(), len(run.records), run.steps
    (True, 1, 90)
    """

    def __init__(self, data: Digits, settings: Settings):
        self.data, self.settings = check_digits(data), settings
        x, y, _, _ = self.data
        rng = np.random.default_rng(check_int("seed", settings.seed, 0))
        self.optimizer = SGD(settings.learning_rate, momentum=MOMENTUM)
        classes = int(max(labels.max(initial=0) for labels in (y, self.data.y_test))) + 1
        self.model = SmallNetwork(x.shape[1:], settings.filters, classes, rng=rng)
        options = {"epochs": settings.epochs, "batch_size": settings.batch_size}
        self._steps = train(self.model, x, y, optimizer=self.optimizer, rng=rng, **options)
        self.steps_per_epoch = math.ceil(len(x) / settings.batch_size)
        self.steps = settings.epochs * self.steps_per_epoch
        self.records, self.deltas, self.trouble = [], [], ""
        self.held_out, self.weights = [self.evaluate()[0]], [deepcopy(self.model.params)]

    @property
    def step(self) -> int:
        """How many steps were made."""
        return len(self.records)

    @property
    def over(self) -> bool:
        """Whether no step can follow."""
        return bool(self.trouble) or self.step == self.steps

    def advance(self) -> bool:
        """Make a step; return whether another can follow. What stops the training is said in ``trouble``."""
        if self.over:
            return False
        try:
            self.records.append(next(self._steps))
        except FloatingPointError as error:
            self.trouble = str(error)
        except Exception as error:
            self.trouble = f"{type(error).__name__} in step {self.step + 1}: {error}; the parameters before it are kept"
        except KeyboardInterrupt:  # ends the generator too
            self.trouble = f"interrupted after step {self.step}, whose parameters are kept"
            raise
        else:
            self._note()
        return not self.over

    def evaluate(self) -> tuple[HeldOut, np.ndarray]:
        """Return how the model does now on the held-out images, and the probabilities (N, K)."""
        labels = self.data.y_test
        with np.errstate(all="ignore"):  # weights near to overflow: the curve goes to infinity, and training ends soon
            loss, probabilities = softmax_cross_entropy(self.model.forward(self.data.x_test), labels)
        accuracy = float((probabilities.argmax(axis=1) == labels).mean())
        return HeldOut(self.step, loss, accuracy), probabilities

    def _note(self) -> None:
        """Keep what the curves and the look back need, at steps that depend on nothing but the settings."""
        self.deltas.append(self.model.deltas)
        if self.step % self.steps_per_epoch == 0:
            self.weights.append(deepcopy(self.model.params))
        every = max(1, self.steps // EVALUATIONS)
        if self.step % every == 0 or self.step == self.steps:
            self.held_out.append(self.evaluate()[0])  # takes long, and may be interrupted: last


def check_digits(data: Digits) -> Digits:
    """Return the images as float64 (N, C, H, W), those held out of the same size, with the classes as arrays.

    Examples
    --------
    >>> check_digits(Digits(np.ones((2, 1, 8, 8)), [0, 1], np.ones((1, 1, 8, 7)), [1]))
    Traceback (most recent call last):
        ...
    ValueError: x_test (shape (1, 1, 8, 7)) must have shape (1, 1, 8, 8) (images as in x_train)
    """
    x_train, x_test = (check_array(name, getattr(data, name), "NCHW") for name in ("x_train", "x_test"))
    check_shape("x_test", x_test, (len(x_test), *x_train.shape[1:]), "images as in x_train")
    x_train, x_test = x_train.astype(np.float64), x_test.astype(np.float64)
    y_train, y_test = (check_integers(name, getattr(data, name)) for name in ("y_train", "y_test"))
    last = max(int(labels.max(initial=0)) for labels in (y_train, y_test))
    if last >= len(x_train):
        raise ValueError(f"labels ({last}) must be less than the number of images to learn from ({len(x_train)})")
    y_train = check_labels(y_train, (len(x_train), last + 1), "y_train")
    return Digits(x_train, y_train, x_test, check_labels(y_test, (len(x_test), last + 1), "y_test"))


def maps_scene(model: SmallNetwork, first: np.ndarray, image: np.ndarray, layer: str) -> dict:
    """Return the scene with the first kernels before the training and now, and what a layer makes of an image.

    Parameters
    ----------
    model : SmallNetwork
    first : array (F, C, 3, 3)
        The kernels of the first convolution before the training.
    image : array (1, C, H, W)
    layer : str
        One of :data:`NAMES`, with maps as its output.

    Examples
    --------
    >>> model = SmallNetwork((1, 8, 8), (8, 16), 10, rng=np.random.default_rng(0))
    >>> scene = maps_scene(model, model.params["0.w"], np.ones((1, 1, 8, 8)), "max-pooling")
    >>> [(panel["name"], panel["planes"]) for panel in scene["panels"]]
    [('w0', [2, 4]), ('w', [2, 4]), ('x', [1, 1]), ('maps', [4, 4]), ('p', [1, 1])]
    """
    w = model.params["0.w"]
    maps = model.outputs(image)
    _, probabilities = softmax_cross_entropy(maps[-1], np.array([0]))
    planes = {"w0": first.reshape(-1, 3, 3), "w": w.reshape(-1, 3, 3), "x": image[0]}
    planes |= {"maps": maps[NAMES.index(layer)][0], "p": probabilities.reshape(1, -1, 1)}
    symbols, titles = {"w0": "w", "maps": layer, "p": "softmax"}, {"w0": "3×3, at first", "w": "3×3, learned"}
    panels = []
    for column, (name, values) in enumerate(planes.items()):
        down = w.shape[1] * _rows(len(w)) if name in ("w0", "w") else _rows(len(values))
        panel = map_panel(name, values, symbols.get(name, name), kind=name, column=column)
        title = titles.get(name, panel["title"])
        panels.append({**panel, "planes": [down, len(values) // down], "title": title})
    panels[0]["limit"] = panels[1]["limit"] = max(panel["limit"] for panel in panels[:2])
    panels[-1]["limit"] = 1.0
    return {**overview_frame(stepper="p", signs=["→", "⋆", "→", "→"]), "panels": panels, "compact": True}


def _rows(count: int) -> int:
    """Return in how many rows so many planes stand: a divisor, at most the root."""
    return next(rows for rows in range(math.isqrt(count), 0, -1) if count % rows == 0)
