"""Learning: step down the gradient, batch after batch. One loop serves a notebook, a progress bar and a test."""

import math
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from functools import cache, partial
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from cnnlab import convolution, losses  # functions are looked up at each use, as they may be replaced
from cnnlab._validate import (
    Arrays,
    check_array,
    check_batch,
    check_changeable,
    check_has,
    check_int,
    check_rng,
    check_shaped,
    shown,
    without_warnings,
)
from cnnlab.layers import Conv2D
from cnnlab.network import Sequential
from cnnlab.optimizers import SGD, Adam

__all__ = ["train"]

THREAD_SETTINGS = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")  # read when OpenBLAS is loaded
_MOST_THREADS = 64  # the limit of the OpenBLAS in numpy's wheels


class Step(NamedTuple):
    """The record of one training step.

    ``step`` counts from 1 to ``steps``, ``epoch`` from 1. ``loss`` and ``accuracy`` are those of the step's batch
    before its update; ``seconds`` is the time spent in all steps so far.
    """

    step: int
    steps: int
    epoch: int
    loss: float
    accuracy: float
    seconds: float


@without_warnings  # the first step reports numbers that are not finite
def train(
    model: Sequential,
    x: ArrayLike,
    y: ArrayLike,
    *,
    epochs: int,
    batch_size: int,
    optimizer: SGD | Adam,
    rng: np.random.Generator,
) -> Iterator[Step]:
    """Train a model in place; return a generator that makes one step at a time and yields its record.

    Parameters
    ----------
    model : Sequential
        Its last layer gives one score per class, (N, K).
    x : array (N, C, H, W)
        The images.
    y : int array (N,)
        Their classes, from 0 to K - 1.
    epochs : int
        How often every image is seen.
    batch_size : int
        Images a step; the last step of an epoch takes what is left.
    optimizer : SGD or Adam
    rng : numpy.random.Generator
        Shuffles the images in each epoch.

    Returns
    -------
    generator of Step

    Raises
    ------
    TypeError, ValueError
        At once, if an argument is of a wrong kind or out of range, or the images do not fit the model.
    FloatingPointError
        At the first step whose loss or gradient is not finite; training ends there.

    Notes
    -----
    A step is made completely or not at all. If an interrupt or an error ends the training, the model keeps the last
    parameters whose loss was finite, and can be used or trained further. Matrix products run on one thread: see
    :func:`one_thread`.

    Source: L. Bottou, "Large-scale machine learning with stochastic gradient descent" (2010).

    Examples
    --------
    >>> from cnnlab.layers import Dense
    >>> from cnnlab.network import Sequential
    >>> from cnnlab.optimizers import SGD
    >>> rng = np.random.default_rng(0)
    >>> x, y = rng.normal(size=(40, 2)), np.arange(40) % 2
    >>> x[:, 0] += 4 * y
    >>> model = Sequential(Dense(2, 2, rng=rng))
    >>> records = list(train(model, x, y, epochs=5, batch_size=10, optimizer=SGD(0.5), rng=rng))
    >>> len(records), records[-1].epoch, records[-1].accuracy
    (20, 5, 1.0)
    """
    x = check_batch("x", x)
    check_has("model", model, "forward", "backward", "params", "grads")
    check_has("optimizer", optimizer, "update")
    for name, param in model.params.items():
        check_changeable(name, param)
    check_rng(rng)
    epochs, batch_size = check_int("epochs", epochs, 1), check_int("batch_size", batch_size, 1)
    if batch_size > len(x):
        raise ValueError(f"batch_size ({batch_size}) must be at most the number of images ({len(x)})")
    scores = check_array("the model's output", model.forward(x[:1]), "NK")
    y = losses.check_labels(y, (len(x), scores.shape[1]), "y")
    total = epochs * math.ceil(len(x) / batch_size)

    def steps() -> Iterator[Step]:
        """Make a step for each record requested."""
        good, step, seconds = deepcopy(model.params), 0, 0.0
        for epoch in range(1, epochs + 1):
            order = rng.permutation(len(x))
            for first in range(0, len(x), batch_size):
                batch, step, start = order[first : first + batch_size], step + 1, time.perf_counter()
                try:
                    loss, accuracy = _step(model, x[batch], y[batch], optimizer, good)
                except FloatingPointError as error:
                    raise FloatingPointError(f"{error} (step {step}, epoch {epoch}, {optimizer})") from None
                seconds += time.perf_counter() - start
                yield Step(step, total, epoch, loss, accuracy, seconds)

    return steps()


def evaluate(model: Sequential, x: ArrayLike, y: ArrayLike) -> tuple[float, float]:
    """Return the loss and the accuracy, from 0 to 1, of a model on any images.

    Parameters
    ----------
    model, x, y
        As :func:`train`.

    Examples
    --------
    >>> from cnnlab.layers import Flatten
    >>> from cnnlab.network import Sequential
    >>> loss, accuracy = evaluate(Sequential(Flatten()), [[[[0.0, 9.0]]], [[[8.0, 7.0]]]], [1, 1])
    >>> round(loss, 3), accuracy
    (0.657, 0.5)
    """
    check_has("model", model, "forward")
    with one_thread():
        return results(model, x, y)[:2]


def results(model: Sequential, x: ArrayLike, y: ArrayLike) -> tuple[float, float, np.ndarray]:
    """Return the loss and the accuracy of a model, and the probabilities (N, K) it gives to the classes."""
    loss, probabilities = losses.softmax_cross_entropy(model.forward(x), y)
    return loss, float((probabilities.argmax(axis=1) == y).mean()), probabilities


@without_warnings  # what is not finite is raised with more to say
def _step(model: Sequential, x: np.ndarray, y: np.ndarray, optimizer: SGD | Adam, good: Arrays) -> tuple[float, float]:
    """Make one step, and return its loss and its accuracy; ``good`` holds the last parameters whose loss was finite.

    On any error, including an interrupt, they are restored.
    """
    params = model.params
    try:
        with one_thread():
            loss, accuracy, probabilities = results(model, x, y)
            _check_finite("loss", np.array(loss))
            good.update(deepcopy(params))
            model.backward(losses.softmax_cross_entropy_backward(probabilities, y))
            optimizer.update(params, model.grads)
            for name, param in params.items():
                _check_finite(name, param)
    except BaseException:
        for name, param in params.items():
            param[...] = good[name]
        raise
    return loss, accuracy


def _check_finite(name: str, values: np.ndarray) -> None:
    bad = values[~np.isfinite(values)]
    if bad.size:
        raise FloatingPointError(
            f"{name} ({bad[0]}) must be finite: training stopped, and the last good parameters are kept; "
            "try a smaller learning rate, and look for NaN in x"
        )


# --- one thread -----------------------------------------------------------------------------------------------------


@contextmanager
def one_thread() -> Iterator[None]:
    """Make numpy multiply on one thread within the block, if its BLAS is OpenBLAS and no number of threads was set.

    The matrices of a step are small. On two idle cores a second thread saves nothing for the networks of the course, a
    fifth for much larger ones, and doubles the processor time, since idle threads spin. On a busy machine the threads
    wait for each other: two epochs of a network for 8x8 digits took 11.4 s, and 0.6 s on one thread. The setting is
    OpenBLAS's own, for the whole process, so it is restored at the end. A variable of :data:`THREAD_SETTINGS`, or a
    lower number set by threadpoolctl, is left alone. On Windows nothing is changed.

    Examples
    --------
    >>> with one_thread():
    ...     y = np.ones((2, 3)) @ np.ones((3, 2))
    """
    with ExitStack() as after:
        openblas = _openblas()
        if openblas and not any(name in os.environ for name in THREAD_SETTINGS):
            get_threads, set_threads, get_processors = openblas
            threads = get_threads()
            # A lower number was set by the user, or by another step that is running.
            if threads >= min(get_processors(), _MOST_THREADS):
                after.callback(set_threads, threads)
                set_threads(1)
        yield


@cache
def _openblas() -> list[Any] | None:
    """Return three functions of the OpenBLAS that numpy has loaded, or None."""
    try:
        import ctypes

        # Symbols looked up through numpy's own extension resolve in the BLAS it is linked with, wherever that is.
        library = ctypes.CDLL(np.linalg._umath_linalg.__file__)
    except (ImportError, OSError, AttributeError):
        return None
    names = ("get_num_threads", "set_num_threads", "get_num_procs")
    for form in ("scipy_openblas_{}64_", "scipy_openblas_{}", "openblas_{}64_", "openblas_{}"):
        found = [getattr(library, form.format(name), None) for name in names]
        if all(found):
            return found
    return None


# --- training with a wrong gradient -----------------------------------------------------------------------------


def replace_gradients(model: Sequential, **functions: Callable) -> Sequential:
    """Return a copy of a model whose convolutions take some of their gradients from other functions.

    Parameters
    ----------
    model : Sequential
    **functions
        ``dx``, ``dw`` or ``db``: called as ``dx(dy, x, w, stride=1, padding=0, dilation=1, groups=1)``, as
        :func:`cnnlab.conv2d_backward`. The other gradients stay correct.

    Raises
    ------
    TypeError
        If a name is not one of these, or its value is not a function; in the backward, if it returns no array of
        numbers.
    ValueError
        In the backward, if a function returns an array of the wrong shape.

    Examples
    --------
    >>> model = Sequential(Conv2D(1, 2, 2, rng=np.random.default_rng(0)))
    >>> broken = replace_gradients(model, db=lambda dy, x, w, **settings: dy[0].sum(axis=(1, 2)))
    >>> dy = np.ones((3, 2, 1, 1)) + 0 * broken.forward(np.ones((3, 1, 2, 2)))
    >>> broken.backward(dy).shape, broken.grads["0.b"]
    ((3, 1, 2, 2), array([1., 1.]))
    """
    check_has("model", model, "layers")
    for name, function in functions.items():
        if name not in ("dx", "dw", "db"):
            raise TypeError(f"{name} must be one of dx, dw, db")
        if not callable(function):
            raise TypeError(f"{name} ({shown(function)}) must be a function of dy, x, w and the settings")

    wrong = deepcopy(model.layers)
    convolutions: list[Any] = [layer for layer in wrong if isinstance(layer, Conv2D)]
    for layer in convolutions:
        backward = partial(_backward_with, functions)
        layer.module = SimpleNamespace(conv2d=convolution.conv2d, conv2d_backward=backward)  # where it looks them up
    return Sequential(*wrong)


def _backward_with(functions: dict, dy: np.ndarray, x: np.ndarray, w: np.ndarray, **settings: Any) -> Iterator:
    """Yield dx, dw and db, each by its function where there is one."""
    for name, right in zip(("dx", "dw", "db"), convolution.conv2d_backward(dy, x, w, **settings), strict=True):
        given = functions[name](dy, x, w, **settings) if name in functions else right
        yield check_shaped(name, given, right.shape, f"that of {name[1:]}")
