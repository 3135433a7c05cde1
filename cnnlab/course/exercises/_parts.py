"""Building blocks for the exercises of the course: their texts, inputs, and mistakes.

Inputs are small, uneven, and hold each number once, so that no wrong answer looks right. Their numbers are integers and
binary fractions, which are exact in float32 too. Integer arrays are combined with arrays of fractions, so that an
answer in the wrong argument's dtype is noticed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from inspect import getsource
from itertools import product
from pkgutil import resolve_name

import numpy as np

from cnnlab.course._texts import TEXTS
from cnnlab.course.exercises._exercise import Exercise
from cnnlab.course.exercises._runner import in_the_other_form as in_the_other_form

# H, W, F, S and P of pools: windows apart and overlapping, with leftover cells and with padding
POOLS = (4, 4, 2, 2, 0), (5, 4, 2, 1, 0), (5, 7, 3, 3, 0), (2, 3, 1, 1, 0), (7, 5, 2, 3, 0), (4, 5, 3, 2, 1)


def course_exercise(sample: Callable, results: str, *, mistakes: Mapping[str, Callable | tuple], **others) -> Exercise:
    """Return an exercise of the course; its texts, and the names of its results, are in ``texts.toml``.

    A mistake is a function that makes it, or the texts by which :func:`changed` turns the sample into one.
    """
    texts, code = TEXTS[sample.__name__.removeprefix("my_")], getsource(sample)
    library = list(map(resolve_name, texts.get("library", ())))
    made = {name: how if callable(how) else changed(sample, code, *how) for name, how in mistakes.items()}
    return Exercise(sample, results, **(texts | {"library": library}), mistakes=made, **others)


def changed(function: Callable, code: str, *texts: str) -> Callable:
    r"""Return a function with its code changed: of each pair of texts, the second replaces the first.

    Examples
    --------
    >>> def twice(x):
    ...     return 2 * x
    >>> changed(twice, "def twice(x):\n    return 2 * x", "2", "3", "x", "y")(y=5)
    15
    """
    for old, new in zip(texts[::2], texts[1::2], strict=True):
        code = code.replace(old, new)
    names: dict[str, Callable] = {}
    exec(code, function.__globals__, names)
    return names[function.__name__]


def numbers(rng, *shape, whole=True):
    """Return distinct nonzero numbers of both signs: int64, or float64 with fractions.

    Examples
    --------
    >>> numbers(np.random.default_rng(0), 2, 2)
    array([[-2,  1],
           [-1,  3]])
    """
    size = int(np.prod(shape))
    chosen = rng.permutation([*range(-size, 0), *range(1, size + 1)])[:size].reshape(shape)
    return chosen if whole else (chosen - 0.25) / 2


def mixed(seed: int, cases: Iterable[tuple], times: int = 2) -> Iterator[tuple]:
    """Yield inputs, several per case: arrays of its shapes, with integers and fractions in turn, then its settings.

    Examples
    --------
    >>> [(x.dtype.kind, w.dtype.kind, stride) for x, w, stride in mixed(0, [([(2, 2), (1, 2)], 3)], times=4)]
    [('i', 'i', 3), ('f', 'i', 3), ('i', 'f', 3), ('f', 'f', 3)]
    """
    rng = np.random.default_rng(seed)
    for at, ((shapes, *settings), _) in enumerate(product(cases, range(times))):
        yield *(numbers(rng, *shape, whole=not at >> k & 1) for k, shape in enumerate(shapes)), *settings


def pooled(seed: int, *leads: tuple[int, ...]) -> Iterator[tuple]:
    """Yield x, F, S and P: x of both signs, all negative, and with many ties; ``axes`` precede its last two."""
    for x, *settings in mixed(seed, (([(*lead, H, W)], *settings) for lead in leads for H, W, *settings in POOLS)):
        for cells in (x, -abs(x), -abs(x) // 3):
            yield cells, *settings
    yield -(10**10) * abs(x), *settings  # below any number that a learner may use for −∞


def chains(seed: int, kernels: int, pools: int) -> Iterator[tuple]:
    """Yield the inputs of a chain: x, some kernels that keep the size, the error above the pools."""
    rng = np.random.default_rng(seed)
    for at, (H, W) in enumerate(((8, 8), (8, 10), (10, 8), (9, 11), (12, 8))):
        x = numbers(rng, 1, 1, H, W, whole=False) / (H * W)
        weights = [numbers(rng, 1, 1, 3, 3, whole=False) / 4 for _ in range(kernels)]
        top = numbers(rng, 1, 1, H >> pools, W >> pools, whole=at & 2)
        yield x if at & 1 else np.sign(x).astype(int), *weights, top
