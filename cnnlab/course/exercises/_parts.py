"""What the exercises of the course are made of: operations on planes, inputs, and mistakes.

Inputs are small, uneven, with each number once, so that no wrong answer looks right. ``inputs`` of an exercise returns
layouts: first that of the exercise's text, then others that are right as well, such as maps (N, C, H, W) in place of
planes. Whole numbers and binary fractions only: they are exact in float32 too. Whole arrays stand beside arrays of
fractions, so that an answer in the dtype of an argument is seen.
"""

import inspect
from collections.abc import Callable, Iterator
from functools import wraps
from itertools import product
from pkgutil import resolve_name

import numpy as np

from cnnlab.convolution import conv2d, conv2d_backward, conv_transpose2d
from cnnlab.course._texts import TEXTS
from cnnlab.course.exercises._exercise import Exercise
from cnnlab.course.exercises._runner import in_the_other_form
from cnnlab.pooling import max_pool2d, max_pool2d_backward, mean_pool2d, mean_pool2d_backward

BOTH = (True, False)  # whole numbers, and fractions
MIXED = (True, False, True), (False, True, False), (True, True, False), (False, False, True), (True,) * 3, (False,) * 3


def course_exercise(sample: Callable, results: str, **others) -> Exercise:
    """Return an exercise of the course: its words are in ``texts.toml``, and the names of what it writes anew."""
    texts = TEXTS[sample.__name__.removeprefix("my_")]
    library = list(map(resolve_name, texts.get("library", ())))
    return Exercise(sample, results, **(texts | {"library": library}), **others)


def _lifted(operation):
    """Return an operation on maps that takes planes too."""
    on_planes = in_the_other_form(operation)

    @wraps(operation)
    def on_both(first, *others, **settings):
        return (on_planes if first.ndim == 2 else operation)(first, *others, **settings)

    return on_both


conv, max_back = _lifted(conv2d), _lifted(max_pool2d_backward)
conv_back = _lifted(lambda dy, x, w, **settings: conv2d_backward(dy, x, w, **settings)[:2])  # dx and dw
transposed = _lifted(lambda x, w, stride=1: conv_transpose2d(x, w, stride=stride))
max_pool = _lifted(lambda x, F, S, P=0: max_pool2d(x, F, stride=S, padding=P))
mean_pool = _lifted(lambda x, F, S: mean_pool2d(x, F, stride=S))
mean_back = _lifted(lambda dy, x_shape, F, S: mean_pool2d_backward(dy, x_shape, F, stride=S))


def turned(w):
    """Return a kernel turned by 180°.

    Examples
    --------
    >>> turned(np.array([[1, 2], [3, 4]]))
    array([[4, 3],
           [2, 1]])
    """
    return w[..., ::-1, ::-1]


def swapped(array):
    """Return an array with rows and columns exchanged."""
    return array.swapaxes(-1, -2)


def numbers(rng, *shape, whole=True):
    """Return different numbers other than 0, of both signs: int64, or float64 with fractions.

    Examples
    --------
    >>> numbers(np.random.default_rng(0), 2, 2)
    array([[-2,  1],
           [-1,  3]])
    """
    size = int(np.prod(shape))
    chosen = rng.permutation([*range(-size, 0), *range(1, size + 1)])[:size].reshape(shape)
    return chosen if whole else (chosen - 0.25) / 2


def pairs(seed, sizes, x_lead=(), w_lead=()) -> Iterator[tuple]:
    """Yield pairs (x, w) of these sizes (H, W, h, w), whole numbers and then fractions."""
    rng = np.random.default_rng(seed)
    for at, (H, W, h, w) in enumerate(sizes):
        for whole in BOTH:  # as is the other one, or not
            yield numbers(rng, *x_lead, H, W, whole=whole), numbers(rng, *w_lead, h, w, whole=whole ^ at % 2)


def pooled(seed, lead, settings) -> list[tuple]:
    """Return x and settings from rows (H, W, *settings): x of both signs, all negative, and with many ties."""
    rng = np.random.default_rng(seed)
    layout = []
    for (H, W, *rest), whole in product(settings, BOTH):
        x = numbers(rng, *lead, H, W, whole=whole)
        tied = rng.integers(-3, 0, size=x.shape) * (1 if whole else 0.5)
        layout += [(cells, *rest) for cells in (x, -abs(x), tied)]
    below = -(10**10) * abs(layout[0][0]), *layout[0][1:]  # below any number that would stand for −∞
    return [*layout, below]


def chains(seed, kernels, pools) -> list[list[tuple]]:
    """Return the layouts of a chain, maps and planes: x, some kernels that keep the size, the error above the pools."""
    layouts = []
    for lead in ((1, 1), ()):
        rng, layout = np.random.default_rng(seed), []
        sizes = ((8, 8), (8, 10), (10, 8), (9, 11), (12, 8))
        for (H, W), (whole_x, whole_top, _) in zip(sizes, MIXED, strict=False):
            x = numbers(rng, *lead, H, W, whole=False) / (H * W)
            weights = [numbers(rng, *lead, 3, 3, whole=False) / 4 for _ in range(kernels)]
            top = numbers(rng, *lead, H >> pools, W >> pools, whole=whole_top)
            layout.append((np.sign(x).astype(int) if whole_x else x, *weights, top))
        layouts.append(layout)
    return layouts


def given(right, **changes) -> Callable:
    """Return the right answer to other arguments: ``changes`` holds a function for each argument that is changed.

    Examples
    --------
    >>> given(divmod, y=abs)(7, -2)
    (3, 1)
    """
    unchanged = dict.fromkeys(inspect.signature(right).parameters, lambda argument: argument)
    change_each = (unchanged | changes).values()

    def wrong(*arguments):
        return right(*(change(argument) for change, argument in zip(change_each, arguments, strict=False)))

    return wrong


def then(right, change) -> Callable:
    """Return the right answer, changed.

    Examples
    --------
    >>> then(divmod, sum)(7, 2)
    4
    """

    @wraps(right)
    def wrong(*arguments):
        return change(right(*arguments))

    return wrong


def overwritten(shape, shares, stride):
    """Return shares (..., rows, columns, h, w) laid into zeros as windows, each over those before, not added."""
    laid = np.zeros(shape)
    rows, columns, h, w = shares.shape[-4:]
    for i, j in np.ndindex(rows, columns):
        laid[..., i * stride : i * stride + h, j * stride : j * stride + w] = shares[..., i, j, :, :]
    return laid
