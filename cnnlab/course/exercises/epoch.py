"""One epoch of a training: every image once, in a random order, in batches."""

import numpy as np

from cnnlab.course.exercises._parts import course_exercise
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
    """A dense layer that notes the images, the labels and the parameters of each batch that goes backward."""

    def __init__(self, images: int):
        super().__init__(4, 10, rng=np.random.default_rng(0))
        rng = np.random.default_rng(images)
        self.x, self.y = rng.normal(size=(images, 1, 2, 2)), rng.integers(10, size=images)
        self.given = self.x.copy(), self.y.copy()
        self.batches: list[list[int]] = []
        self.labels: list[int] = []
        self.of_loss: list[bool] = []  # whether what came was a gradient of the loss
        self._before: list[np.ndarray] = []  # the parameters at each batch,
        self._slopes: list[np.ndarray] = []  # and the gradient of its mean loss
        self._last: tuple[np.ndarray, np.ndarray]

    def forward(self, x):
        scores = super().forward(x)
        self._last = x, scores
        return scores

    def backward(self, dy):
        """Note the images of the last forward, the labels by which their gradient goes, and the right gradient."""
        images, scores = self._last
        places = (images[:, None] == self.x.reshape(-1, 4)).all(axis=2)
        batch = np.where(places.any(axis=1), places.argmax(axis=1), -1)
        _, p = softmax_cross_entropy(scores, self.y[batch])
        super().backward(softmax_cross_entropy_backward(p, self.y[batch]))
        self._before.append(_flat(self.params))
        self._slopes.append(_flat(self.grads))
        alike = np.shape(dy) == p.shape
        used = np.argmin(dy, axis=1) if alike else self.y[batch]  # the right class alone has a negative gradient
        self.of_loss.append(alike and _factor(dy, p - np.eye(10)[used]) > 0)  # of a mean, or of a sum
        self.batches.append(batch.tolist())
        self.labels += used.tolist()
        return super().backward(dy)

    @property
    def moves(self) -> np.ndarray:
        """How the parameters moved after each batch."""
        return np.diff([*self._before, _flat(self.params)], axis=0)

    @property
    def rates(self) -> np.ndarray:
        """How far they moved against the gradient of each batch; NaN where they moved elsewhere."""
        return -np.array(list(map(_factor, self.moves, self._slopes)))


_Watched.__name__ = "Dense"  # in an error of the layer


def _flat(arrays) -> np.ndarray:
    return np.concatenate([array.ravel() for array in arrays.values()])


def _factor(array, of) -> float:
    """Return how many times ``of`` an array is; NaN if it is no multiple."""
    factor = np.sum(array * of) / max(np.sum(of * of), 1e-300)
    return factor if np.allclose(array, factor * of, rtol=0, atol=1e-5 * np.abs(array).max()) else np.nan


def _facts(function, images, batch_size, seed) -> dict[str, int]:
    """Return what is so of two epochs in a row, and of a third with the rng of the first; two facts are counts."""
    first, second, again = watches = [_Watched(images) for _ in range(3)]
    rng = np.random.default_rng(seed)
    for watch, generator in zip(watches, (rng, rng, np.random.default_rng(seed)), strict=True):
        function(Sequential(Flatten(), watch), watch.x, watch.y, batch_size, generator)
    used, rates = [image for batch in first.batches for image in batch], first.rates
    sizes = np.array(list(map(len, first.batches)))
    # against the mean loss, or against the summed one
    one_rate = any(np.allclose(each, each[:1], rtol=1e-3) for each in (rates, rates / sizes))
    return {
        "the model goes forward and backward": sizes.size > 0,
        "images": len({*used} - {-1}),
        "no image used twice": len(used) == len({*used}),
        "batches": sizes.size,
        "no batch too large": sizes.max(initial=0) <= batch_size,
        "the gradient of softmax and cross-entropy goes backward": all(first.of_loss),
        "each image with its own label": np.array_equal(first.labels, first.given[1][used]) or not all(first.of_loss),
        "images mixed": any(max(batch) - min(batch) >= len(batch) for batch in first.batches),
        "another order in the next epoch": first.batches != second.batches,
        "the same order for the same rng": first.batches == again.batches,
        "a step after each batch": first.moves.any(axis=1).all(),
        "each step changes every parameter by −r times its gradient": not np.isnan(rates).any(),
        "r is positive": not (rates <= 0).any(),
        "r is the same for all batches": np.isnan(rates).any() or one_rate,
        "x and y left as they were": all(all(map(np.array_equal, one.given, (one.x, one.y))) for one in watches),
    }


EXERCISE = course_exercise(
    my_epoch,
    tuple(_facts(my_epoch, 4, 2, 0)),
    inputs=lambda: [(17, 5, 0), (20, 6, 1), (24, 8, 2), (23, 4, 3)],
    call=lambda function, images, batch_size, seed: [*map(int, _facts(function, images, batch_size, seed).values())],
    facts=True,
    mistakes={
        "labels not shuffled": ("y[batch]", "y[start : start + batch_size]"),
        "last batch dropped": ("range(0, len(x), batch_size)", "range(0, len(x) - batch_size + 1, batch_size)"),
        "no shuffle": ("rng.permutation(len(x))", "np.arange(len(x))"),
        "same order each time": ("rng.", "np.random.default_rng(0)."),
        "drawn with repeats": ("rng.permutation(len(x))", "rng.integers(len(x), size=len(x))"),
        "no step": ("param -= 0.03 * model.grads[name]", "pass"),
    },
)
