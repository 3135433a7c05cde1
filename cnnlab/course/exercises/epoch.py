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
    """A dense layer that notes of each backward pass: images, scores, their gradient, its gradients and parameters."""

    def __init__(self):
        super().__init__(4, 10, rng=np.random.default_rng(0))
        self.notes = []

    def forward(self, x):
        scores = super().forward(x)
        self._seen = x.copy(), scores.copy()
        return scores

    def backward(self, dy):
        dx = super().backward(dy)
        self.notes.append((*self._seen, dy.copy(), _flat(self.grads), _flat(self.params)))
        return dx


_Watched.__name__ = "Dense"  # for error messages of the layer


def _flat(arrays):
    """Return all numbers of a dict of arrays in one new array."""
    return np.concatenate([array.ravel() for array in arrays.values()])


def _factor(array, of):
    """Return the factor by which an array is a multiple of ``of``; NaN if it is not one."""
    factor = np.sum(array * of) / max(np.sum(of * of), 1e-300)
    return factor if np.allclose(array, factor * of, rtol=0, atol=1e-5 * np.abs(array).max()) else np.nan


def _batches(watch, x, y):
    """Yield for each batch its images, and whether the gradient of the loss with their own labels was sent back.

    Also whether the parameters moved after it, and the factor along minus the gradient of the mean loss, NaN if none.
    """
    moved = [*(note[-1] for note in watch.notes[1:]), _flat(watch.params)]
    for (images, scores, dy, grads, before), after in zip(watch.notes, moved, strict=False):
        places = (images[:, None] == x.reshape(-1, 4)).all(axis=2)
        batch = np.where(places.any(axis=1), places.argmax(axis=1), -1)
        labels = dy.argmin(axis=1)  # only the right class has a negative gradient
        _, p = softmax_cross_entropy(scores, labels)
        times = _factor(dy, softmax_cross_entropy_backward(p, labels))  # N for the gradient of the summed loss
        paired = not times > 0 or np.array_equal(labels, y[batch])
        yield batch.tolist(), times > 0, paired, (after != before).any(), -times * _factor(after - before, grads)


def _facts(function, images, batch_size, seed):
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
    right=my_epoch,
    inputs=lambda: [(17, 5, 0), (20, 6, 1), (24, 8, 2), (23, 4, 3)],
    call=lambda function, images, batch_size, seed: [*map(int, _facts(function, images, batch_size, seed).values())],
    facts=True,
    mistakes={
        "y[batch]": {"labels not shuffled": "y[start : start + batch_size]"},
        "range(0, len(x), batch_size)": {"last batch dropped": "range(0, len(x) - batch_size + 1, batch_size)"},
        "rng.permutation(len(x))": {
            "no shuffle": "np.arange(len(x))",
            "same order each time": "np.random.default_rng(0).permutation(len(x))",
            "drawn with repeats": "rng.integers(len(x), size=len(x))",
        },
        "param -= 0.03 * model.grads[name]": {"no step": "pass"},
    },
)
