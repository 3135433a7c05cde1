"""Building blocks for the exercises of the course: their texts, inputs, and mistakes.

Inputs are small, uneven, and hold each number once, so that no wrong answer looks right. Their numbers are integers and
binary fractions, which are exact in float32 too. Integer arrays are combined with arrays of fractions, so that an
answer in the wrong argument's dtype is noticed.
"""

from collections.abc import Callable
from inspect import getsource, signature
from itertools import product
from pkgutil import resolve_name

import numpy as np

from cnnlab.course._texts import TEXTS
from cnnlab.course.exercises._exercise import Exercise
from cnnlab.course.exercises._runner import SETTINGS, in_the_other_form

# H, W, F, S and P of pools: windows apart and overlapping, with leftover cells and with padding
POOLS = (4, 4, 2, 2, 0), (5, 4, 2, 1, 0), (5, 7, 3, 3, 0), (2, 3, 1, 1, 0), (7, 5, 2, 3, 0), (4, 5, 3, 2, 1)


def course_exercise(sample, results, *, mistakes, right=None, **others):
    """Return an exercise of the course; its texts are in ``texts.toml``, with the library function that is right.

    Mistakes are functions by name, or, by a text in the code of the sample, what may stand in its place by name.
    """
    texts, code, made = TEXTS[sample.__name__.removeprefix("my_")], getsource(sample), {}
    library = list(map(resolve_name, texts.get("library", ())))
    if library and not right:
        right = like_the_exercise(library[0], tuple(signature(sample).parameters))
    for old, how in mistakes.items():
        slips = {} if callable(how) else how
        made |= {name: changed(sample, code.replace(old, new)) for name, new in slips.items()} or {old: how}
    return Exercise(sample, results, **(texts | {"library": library}), right=right, mistakes=made, **others)


def like_the_exercise(function, arguments):
    """Return a library function that takes an exercise's arguments: its settings by their letters, planes for maps.

    Examples
    --------
    >>> import cnnlab
    >>> like_the_exercise(cnnlab.output_size, ["R", "F", "S"])(7, 3, 2)
    3
    """
    keywords = SETTINGS | {"step": "step"}

    def right(*given):
        named = dict(zip(arguments, given, strict=True))
        settings = {keyword: named.pop(name) for name, keyword in keywords.items() if name in named}
        called = in_the_other_form(function) if np.ndim(given[0]) == 2 else function
        return called(*named.values(), **settings)

    return right


def changed(function, code):
    r"""Return a function with another code.

    Examples
    --------
    >>> def twice(x):
    ...     return 2 * x
    >>> changed(twice, "def twice(x):\n    return 3 * x")(5)
    15
    """
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


def mixed(seed, cases, times=2):
    """Yield inputs, several per case: arrays of its shapes, with integers and fractions in turn, then its settings.

    Examples
    --------
    >>> [(x.dtype.kind, w.dtype.kind, stride) for x, w, stride in mixed(0, [([(2, 2), (1, 2)], 3)], times=4)]
    [('i', 'i', 3), ('f', 'i', 3), ('i', 'f', 3), ('f', 'f', 3)]
    """
    rng = np.random.default_rng(seed)
    for at, ((shapes, *settings), _) in enumerate(product(cases, range(times))):
        yield *(numbers(rng, *shape, whole=not at >> k & 1) for k, shape in enumerate(shapes)), *settings


def pooled(seed, *leads):
    """Yield x, F, S and P: x of both signs, all negative, and with many ties; ``axes`` precede its last two."""
    for x, *settings in mixed(seed, (([(*lead, H, W)], *settings) for lead in leads for H, W, *settings in POOLS)):
        for cells in (x, -abs(x), -abs(x) // 3):
            yield cells, *settings
    yield -(10**10) * abs(x), *settings  # below any number that a learner may use for −∞


def chains(seed, kernels, pools):
    """Yield the inputs of a chain: x, some kernels that keep the size, the error above the pools."""
    sizes = (8, 8), (8, 10), (10, 8), (9, 11), (12, 8)
    shapes = ([(1, 1, H, W), *[(1, 1, 3, 3)] * kernels, (1, 1, H >> pools, W >> pools)] for H, W in sizes)
    for x, *weights, top in mixed(seed, ((each,) for each in shapes)):
        yield np.sign(x) if x.dtype.kind == "i" else x / x.size, *(w / 4 for w in weights), top
