"""One epoch of a training: every image once, in a random order, in batches."""

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
    """A dense layer that notes which images go forward and backward, and the parameters at each batch."""

    def __init__(self, count, batch_size):
        super().__init__(4, 10, rng=np.random.default_rng(0))
        rng = np.random.default_rng(count)
        self.given = rng.normal(size=(count, 1, 2, 2)), rng.integers(10, size=count)
        self.x, self.y = (array.copy() for array in self.given)
        self.in_order = [range(count)[start : start + batch_size] for start in range(0, count, batch_size)]
        self.batches: list[tuple[int, ...]] = []
        self.labels: list[int] = []
        self.of_loss, self.paired = True, True
        self._before: list[np.ndarray] = []  # the parameters at each batch,
        self._slopes: list[np.ndarray] = []  # and the gradient of its mean loss
        self._open = None

    @property
    def used(self) -> list[int]:
        """The images that went backward, in their order."""
        return [image for batch in self.batches for image in batch]

    @property
    def moves(self) -> list[np.ndarray]:
        """How the parameters moved after each batch."""
        return list(np.diff([*self._before, _flat(self.params)], axis=0))

    @property
    def rates(self) -> np.ndarray:
        """How far they moved against the gradient of each batch; NaN where they moved elsewhere."""
        return -np.array(list(map(_factor, self.moves, self._slopes)))

    def forward(self, x):
        """Note the images; what is not followed by a backward does not count."""
        scores = super().forward(x)
        found = [np.flatnonzero((self.x.reshape(len(self.x), -1) == image).all(axis=1)) for image in x]
        self._open = tuple(int(places[0]) if places.size else -1 for places in found), scores
        return scores

    def backward(self, dy):
        """Note the backward of the last forward: its images, the labels by which it goes, its gradient."""
        if self._open is not None:
            (batch, scores), self._open = self._open, None
            labels = self.y[list(batch)]
            _, p = softmax_cross_entropy(scores, labels)
            super().backward(softmax_cross_entropy_backward(p, labels))
            self._before.append(_flat(self.params))
            self._slopes.append(_flat(self.grads))
            alike = np.shape(dy) == p.shape
            used = np.argmin(dy, axis=1) if alike else labels  # the right class alone has a negative gradient
            self.of_loss &= alike and _factor(dy, p - np.eye(10)[used]) > 0  # of a mean, or of a sum
            self.paired &= np.array_equal(used, labels)
            self.batches.append(batch)
            self.labels += used.tolist()
        return super().backward(dy)


_Watched.__name__ = "Dense"  # in an error of the layer


def _flat(arrays) -> np.ndarray:
    return np.concatenate([array.ravel() for array in arrays.values()])


def _factor(array, of) -> float:
    """Return how many times ``of`` an array is; NaN if it is no multiple."""
    factor = np.sum(array * of) / max(np.sum(of * of), 1e-300)
    return factor if np.allclose(array, factor * of, rtol=0, atol=1e-5 * np.abs(array).max()) else np.nan


def _one_rate(watch) -> bool:
    """Return whether the rate is the same for all batches: against the mean loss, or against the summed one."""
    sizes = np.array(list(map(len, watch.batches)))
    return any(np.allclose(each, each[:1], rtol=1e-3) for each in (watch.rates, watch.rates / sizes))


# What must hold for two epochs in a row, and for a third with the rng of the first; two of the facts are counts.
_FACTS = {
    "the model goes forward and backward": lambda first, *_: bool(first.used),
    "images": lambda first, *_: len({*first.used} - {-1}),
    "no image used twice": lambda first, *_: len(first.used) == len(set(first.used)),
    "batches": lambda first, *_: len(first.batches),
    "no batch too large": lambda first, *_: max(map(len, first.batches), default=0) <= len(first.in_order[0]),
    "the gradient of softmax and cross-entropy goes backward": lambda first, *_: first.of_loss,
    "each image with its own label": lambda first, *_: first.paired or not first.of_loss,
    "labels mixed with their images": lambda first, *_: not np.array_equal(first.labels, first.y),
    "images mixed": lambda first, *_: set(map(frozenset, first.batches)) != set(map(frozenset, first.in_order)),
    "another order in the next epoch": lambda first, second, _: first.batches != second.batches,
    "the same order for the same rng": lambda first, _, again: first.batches == again.batches,
    "the parameters' own arrays are changed": lambda first, *_: any(move.any() for move in first.moves),
    "a step after each batch": lambda first, *_: all(move.any() for move in first.moves),
    "each step changes every parameter by −r times its gradient": lambda first, *_: not np.isnan(first.rates).any(),
    "r is positive": lambda first, *_: not (first.rates <= 0).any(),
    "r is the same for all batches": lambda first, *_: np.isnan(first.rates).any() or _one_rate(first),
    "x and y left as they were": lambda *watches: all(
        all(map(np.array_equal, each.given, (each.x, each.y))) for each in watches
    ),
}


def _three_epochs(function, arguments):
    """Return the facts: 1 or 0, but for the numbers of images and batches."""
    count, batch_size, seed = arguments
    watches = [_Watched(count, batch_size) for _ in range(3)]
    rng = np.random.default_rng(seed)
    for watch, generator in zip(watches, (rng, rng, np.random.default_rng(seed)), strict=True):
        function(Sequential(Flatten(), watch), *watch.given, batch_size, generator)
    return tuple(int(fact(*watches)) for fact in _FACTS.values())


def _ordered(order_of=lambda count, rng: rng.permutation(count), labels=lambda y, order: y):
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
        "labels not shuffled": _ordered(labels=lambda y, order: y[np.argsort(order)]),
        "last batch dropped": lambda model, x, y, size, rng: my_epoch(model, x[: len(x) // size * size], y, size, rng),
        "no shuffle": _ordered(lambda count, rng: np.arange(count)),
        "same order each time": given(my_epoch, rng=lambda rng: np.random.default_rng(0)),
        "drawn with repeats": _ordered(_with_repeats),
        "no step": given(
            my_epoch, model=lambda model: SimpleNamespace(forward=model.forward, backward=model.backward, params={})
        ),
    },
)
