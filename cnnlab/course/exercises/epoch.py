"""One epoch of a training: every image once, in a random order, in batches."""

from collections.abc import Iterator

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
    """A dense layer that records each backward pass: the images, their gradient, and the parameters at that time."""

    def __init__(self):
        super().__init__(4, 10, rng=np.random.default_rng(0))
        self.notes: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []

    @property
    def parameters(self) -> np.ndarray:
        """All parameters in one flat array, a copy."""
        return np.concatenate([self.params["w"].ravel(), self.params["b"]])

    def forward(self, x):
        self._images = x
        return super().forward(x)

    def backward(self, dy):
        dx = super().backward(dy)
        self.notes.append((self._images, dy.copy(), self.parameters))
        return dx


_Watched.__name__ = "Dense"  # for error messages of the layer


def _factor(array, of) -> float:
    """Return the factor by which an array is a multiple of ``of``; NaN if it is not one."""
    factor = np.sum(array * of) / max(np.sum(of * of), 1e-300)
    return factor if np.allclose(array, factor * of, rtol=0, atol=1e-5 * np.abs(array).max()) else np.nan


def _batches(watch: _Watched, x, y) -> Iterator[tuple]:
    """Yield for each batch its images, and whether the gradient of the loss with their own labels was sent back.

    Also whether the parameters moved after it, and the factor along minus the gradient of its mean loss, NaN if none.
    """
    moved = [*(parameters for *_, parameters in watch.notes[1:]), watch.parameters]
    for (images, dy, before), after in zip(watch.notes, moved, strict=False):
        places = (images[:, None] == x.reshape(-1, 4)).all(axis=2)
        batch = np.where(places.any(axis=1), places.argmax(axis=1), -1)
        _, p = softmax_cross_entropy(images @ before[:-10].reshape(4, 10) + before[-10:], y[batch])
        labels = np.argmin(dy, axis=1)  # only the right class has a negative gradient
        of_loss = _factor(dy, p - np.eye(10)[labels]) > 0  # the gradient of a mean or of a summed loss
        dz = softmax_cross_entropy_backward(p, y[batch])
        rate = -_factor(after - before, np.concatenate([(images.T @ dz).ravel(), dz.sum(axis=0)]))
        paired = not of_loss or np.array_equal(labels, y[batch])
        yield batch.tolist(), of_loss, paired, (after != before).any(), rate


def _facts(function, images, batch_size, seed) -> dict[str, int]:
    """Return facts about two epochs in a row, and a third with the rng of the first; two facts are counts."""
    rng = np.random.default_rng(images)
    x, y = rng.normal(size=(images, 1, 2, 2)), rng.integers(10, size=images)
    given, rng, epochs = (x.copy(), y.copy()), np.random.default_rng(seed), []
    for generator in (rng, rng, np.random.default_rng(seed)):
        watch = _Watched()
        function(Sequential(Flatten(), watch), *given, batch_size, generator)
        epochs.append(tuple(zip(*_batches(watch, x, y), strict=True)) or ((),) * 5)
    (batches, of_loss, paired, moved, rates), (second, *_), (again, *_) = epochs
    used, sizes = [image for batch in batches for image in batch], np.array(list(map(len, batches)))
    # one rate for the mean loss, or for the summed one
    one_rate = any(np.allclose(each, each[:1], rtol=1e-3) for each in (rates, np.divide(rates, sizes)))
    return {
        "the model goes forward and backward": len(batches) > 0,
        "images": len({*used} - {-1}),
        "no image used twice": len(used) == len({*used}),
        "batches": len(batches),
        "no batch too large": sizes.max(initial=0) <= batch_size,
        "the gradient of softmax and cross-entropy goes backward": all(of_loss),
        "each image with its own label": all(paired),
        "images mixed": any(max(batch) - min(batch) >= len(batch) for batch in batches),
        "another order in the next epoch": batches != second,
        "the same order for the same rng": batches == again,
        "a step after each batch": all(moved),
        "each step changes every parameter by −r times its gradient": not np.isnan(rates).any(),
        "r is positive": not np.less_equal(rates, 0).any(),
        "r is the same for all batches": np.isnan(rates).any() or one_rate,
        "x and y left as they were": all(map(np.array_equal, given, (x, y))),
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
