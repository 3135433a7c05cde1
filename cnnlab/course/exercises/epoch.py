"""One epoch of a training: every image once, in a random order, in batches."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, given
from cnnlab.layers import Dense, Flatten
from cnnlab.losses import softmax_cross_entropy, softmax_cross_entropy_backward
from cnnlab.network import Sequential


def my_epoch(model, x, y, batch_size, rng):
    order = rng.permutation(len(x))
    for start in range(0, len(x), batch_size):
        batch = order[start : start + batch_size]
        _, probabilities = softmax_cross_entropy(model.forward(x[batch]), y[batch])
        model.backward(softmax_cross_entropy_backward(probabilities, y[batch]))
        for name, param in model.params.items():
            param -= 0.03 * model.grads[name]


class _Watched(Dense):
    """A dense layer that notes which images go forward and backward, and whether steps are made."""

    def __init__(self, count, batch_size):
        super().__init__(4, 10, rng=np.random.default_rng(0))
        rng = np.random.default_rng(count)
        self.given = rng.normal(size=(count, 1, 2, 2)), rng.integers(10, size=count)
        self.x, self.y = (array.copy() for array in self.given)
        self.in_order = [range(count)[start : start + batch_size] for start in range(0, count, batch_size)]
        self.batches: list[tuple[int, ...]] = []
        self.labels: list[int] = []
        self.paired, self.stepped, self.down = True, True, True
        self._open, self._before = None, None

    @property
    def used(self) -> list[int]:
        """The images that went backward, in their order."""
        return [image for batch in self.batches for image in batch]

    def forward(self, x):
        """Note the images; what is not followed by a backward does not count."""
        scores = super().forward(x)
        self.end()
        flat = self.x.reshape(len(self.x), -1)
        found = [np.flatnonzero((flat == image).all(axis=1)) for image in x]
        self._open = tuple(int(places[0]) if places.size else -1 for places in found), scores
        return scores

    def backward(self, dy):
        """Note the backward of the last forward."""
        dx = super().backward(dy)
        if self._open is not None:
            (batch, scores), self._open = self._open, None
            labels = self.y[list(batch)]
            wanted = softmax_cross_entropy_backward(softmax_cross_entropy(scores, labels)[1], labels)
            self.paired &= np.shape(dy) == wanted.shape and bool(np.allclose(_unit(dy), _unit(wanted), atol=1e-5))
            self.batches.append(batch)
            self.labels += np.argmin(dy, axis=1).tolist()  # the right class alone has a negative gradient
            self._before = {name: param.copy() for name, param in self.params.items()}
        return dx

    def end(self) -> None:
        """Compare the parameters with those of the last backward."""
        if self._before is None:
            return
        moves = {name: param - self._before[name] for name, param in self.params.items()}
        self.stepped &= any(move.any() for move in moves.values())
        if len(self.batches) == 1:
            self.down = sum(np.sum(move * self.grads[name]) for name, move in moves.items()) < 0
        self._before = None


def _unit(array) -> np.ndarray:
    """Return an array divided by its greatest number: the gradient of a summed loss points where a mean's does."""
    return np.asarray(array, float) / max(np.abs(array).max(), 1e-300)


# What is to be true of two epochs in a row, and of a third with rng as at first.
_FACTS = {
    "the model goes forward and backward": lambda first, *_: bool(first.used),
    "every image used": lambda first, *_: set(first.used) == set(range(len(first.x))),
    "no image used twice": lambda first, *_: len(first.used) == len(set(first.used)),
    "batches": lambda first, *_: len(first.batches),
    "no batch too large": lambda first, *_: max(map(len, first.batches), default=0) <= len(first.in_order[0]),
    "each image with its own label": lambda first, *_: first.paired,
    "labels mixed with their images": lambda first, *_: not np.array_equal(first.labels, first.y),
    "images mixed": lambda first, *_: set(map(frozenset, first.batches)) != set(map(frozenset, first.in_order)),
    "another order in the next epoch": lambda first, second, _: first.batches != second.batches,
    "the same order for the same rng": lambda first, _, again: first.batches == again.batches,
    "a step after each batch": lambda first, *_: first.stepped,
    "first step down the gradient": lambda first, *_: first.down,
    "x and y left as they were": lambda *watches: all(
        all(map(np.array_equal, each.given, (each.x, each.y))) for each in watches
    ),
}


def _three_epochs(function, arguments):
    """Return the facts: 1 or 0, but for the number of batches."""
    count, batch_size, seed = arguments
    watches = [_Watched(count, batch_size) for _ in range(3)]
    rng = np.random.default_rng(seed)
    for watch, generator in zip(watches, (rng, rng, np.random.default_rng(seed)), strict=True):
        function(Sequential(Flatten(), watch), *watch.given, batch_size, generator)
        watch.end()
    return tuple(int(fact(*watches)) for fact in _FACTS.values())


def _ordered(order_of, labels=lambda y, order: y):
    """Return an epoch in the order that (count, rng) gives, with other labels."""

    def epoch(model, x, y, batch_size, rng):
        order = order_of(len(x), rng)
        my_epoch(model, x, labels(y, order), batch_size, SimpleNamespace(permutation=lambda count: order))

    return epoch


def _with_repeats(count, rng):
    """Return a random order in which one image comes twice, and one not at all."""
    order = rng.permutation(count)
    order[-1] = order[0]
    return order


EXERCISE = course_exercise(
    my_epoch,
    tuple(_FACTS),
    inputs=lambda: [[(17, 5, 0), (20, 6, 1), (24, 8, 2), (23, 4, 3)]],
    call=_three_epochs,
    holds=("images", "batch_size", "seed"),
    facts=True,
    mistakes={
        "labels not shuffled": _ordered(
            lambda count, rng: rng.permutation(count), lambda y, order: y[np.argsort(order)]
        ),
        "last batch dropped": lambda model, x, y, size, rng: my_epoch(model, x[: len(x) // size * size], y, size, rng),
        "no shuffle": _ordered(lambda count, rng: np.arange(count)),
        "same order each time": given(my_epoch, rng=lambda rng: np.random.default_rng(0)),
        "drawn with repeats": _ordered(_with_repeats),
        "no step": given(
            my_epoch, model=lambda model: SimpleNamespace(forward=model.forward, backward=model.backward, params={})
        ),
    },
)
