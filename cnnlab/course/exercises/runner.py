"""How a learner's function is called: once, a few times in a row, or with a model that notes what is done with it."""

from __future__ import annotations

import numpy as np

from cnnlab.layers import Dense, Flatten
from cnnlab.losses import softmax_cross_entropy, softmax_cross_entropy_backward
from cnnlab.network import Sequential

STEPS = 3
CLASSES = 10


def once(function, arguments):
    """Return what the function gives."""
    return function(*arguments)


def steps(function, arguments):
    """Return all parameters after each of three steps, read from the arrays that the caller holds."""
    held = arrays_of(arguments[0])
    after = []
    for _ in range(STEPS):
        function(*arguments)
        after.append(np.concatenate([array.ravel() for array in held]))
    return tuple(after)


def arrays_of(value) -> list[np.ndarray]:
    """Return the arrays in a dict, in a list, or the one array.

    Examples
    --------
    >>> arrays_of({"w": np.zeros(1)}), arrays_of(np.zeros(1))
    ([array([0.])], [array([0.])])
    """
    return list(value.values()) if isinstance(value, dict) else list(value) if isinstance(value, list) else [value]


def sgd(params, grads, velocity, rate, momentum) -> None:
    """Make a step with parameters in a dict, in a list, or in one array: what every right answer does."""
    for param, grad, kept in zip(*map(arrays_of, (params, grads, velocity)), strict=True):
        kept *= momentum
        kept += grad
        param -= rate * kept


FACTS = (
    "the model goes forward and backward",
    "every image used",
    "no image used twice",
    "batches",
    "no batch too large",
    "each image with its own label",
    "labels mixed with their images",
    "images mixed",
    "another order in the next epoch",
    "the same order for the same rng",
    "a step after each batch",
    "first step down the gradient",
    "x and y left as they were",
)


def epochs(function, arguments):
    """Return the facts of two epochs in a row, and of a third with rng as at first; all but the batches are 1 or 0."""
    count, batch_size, seed = arguments
    watches, kept = [], True
    rng = np.random.default_rng(seed)
    for generator in (rng, rng, np.random.default_rng(seed)):
        x, y = images(count)
        watch = Watch(x.copy(), y.copy())
        function(watch.model, x, y, batch_size, generator)
        watch.end()
        kept &= np.array_equal(x, watch.x) and np.array_equal(y, watch.y)
        watches.append(watch)
    first, second, again = watches
    given = {frozenset(range(start, min(start + batch_size, count))) for start in range(0, count, batch_size)}
    used = [image for batch in first.batches for image in batch]
    facts = (
        bool(used),
        set(used) == set(range(count)),
        len(used) == len(set(used)),
        len(first.batches),
        max(map(len, first.batches), default=0) <= batch_size,
        first.paired,
        not np.array_equal(first.labels, first.y),
        {frozenset(batch) for batch in first.batches} != given,
        first.batches != second.batches,
        first.batches == again.batches,
        first.stepped,
        first.down,
        kept,
    )
    return tuple(map(int, facts))


def right_epoch(model, x, y, batch_size, rng) -> None:
    """Do what every right answer does."""
    for batch in np.array_split(rng.permutation(len(x)), -(-len(x) // batch_size)):
        _, probabilities = softmax_cross_entropy(model.forward(x[batch]), y[batch])
        model.backward(softmax_cross_entropy_backward(probabilities, y[batch]))
        for name, param in model.params.items():
            param -= 0.03 * model.grads[name]


def images(count):
    """Return images (N, 1, 2, 2), each another one, and their labels."""
    rng = np.random.default_rng(count)
    return rng.normal(size=(count, 1, 2, 2)), rng.integers(CLASSES, size=count)


class Watch:
    """Notes what is done with a model: which images go forward and backward, and whether steps are made."""

    def __init__(self, x, y):
        self.x, self.y = x, y
        self.batches: list[tuple[int, ...]] = []
        self.labels: list[int] = []
        self.paired, self.stepped, self.down = True, True, True
        self._open, self._before = None, None
        self._layer = Watched(4, CLASSES, rng=np.random.default_rng(0))
        self._layer.watch = self
        self.model = Sequential(Flatten(), self._layer)

    def went_forward(self, x, scores) -> None:
        """Note a forward; what is not followed by a backward does not count."""
        self.end()
        flat = self.x.reshape(len(self.x), -1)
        found = [np.flatnonzero((flat == image).all(axis=1)) for image in x]
        self._open = tuple(int(places[0]) if places.size else -1 for places in found), scores

    def went_backward(self, dy) -> None:
        """Note a backward of the last forward."""
        if self._open is None:
            return
        (batch, scores), self._open = self._open, None
        _, probabilities = softmax_cross_entropy(scores, self.y[list(batch)])
        wanted = softmax_cross_entropy_backward(probabilities, self.y[list(batch)])
        self.paired &= np.shape(dy) == wanted.shape and bool(np.allclose(_unit(dy), _unit(wanted), atol=1e-5))
        self.batches.append(batch)
        self.labels += np.argmin(dy, axis=1).tolist()  # the right class alone has a negative gradient
        self._before = {name: param.copy() for name, param in self._layer.params.items()}

    def end(self) -> None:
        """Compare the parameters with those of the last backward."""
        if self._before is None:
            return
        moves = {name: param - self._before[name] for name, param in self._layer.params.items()}
        self.stepped &= any(move.any() for move in moves.values())
        if len(self.batches) == 1:
            self.down = sum(np.sum(move * self._layer.grads[name]) for name, move in moves.items()) < 0
        self._before = None


class Watched(Dense):
    """A dense layer that tells its watch of every pass."""

    def forward(self, x):
        scores = super().forward(x)
        self.watch.went_forward(x, scores)
        return scores

    def backward(self, dy):
        dx = super().backward(dy)
        self.watch.went_backward(dy)
        return dx


def _unit(array) -> np.ndarray:
    """Return an array by its greatest number: a loss that is summed has the same direction as a mean."""
    return np.asarray(array, float) / max(np.abs(array).max(), 1e-300)
