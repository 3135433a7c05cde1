"""Bugs in the backward of a convolution, and tests of it: which test catches which bug, and which is fooled."""

from collections.abc import Callable

import numpy as np

from cnnlab.course import exercises
from cnnlab.geometry import output_size

_NAMES = (
    *("no turn", "turn of the rows alone", "transposed kernel", "windows overwritten", "channels and filters swapped"),
    *("cropped at the far edge", "H and W exchanged in the crop", "leftover at the wrong end", "dw turned"),
    *("dw of the last image", "dw without the padding", "db of the first image", "db averaged"),
)
BUGS = {name: exercises.conv2d_backward.mistakes[name] for name in _NAMES}


def anonymous() -> dict[str, Callable]:
    """Return three of the bugs without their names: the learner's tests must tell which they are.

    Examples
    --------
    >>> [outcome(bug, trials()["windows side by side, S = F"]) for bug in anonymous().values()]
    ['missed', 'missed', 'fooled by a sum']
    """
    return {"A": BUGS["windows overwritten"], "B": BUGS["leftover at the wrong end"], "C": BUGS["dw turned"]}


def trials() -> dict[str, tuple]:
    """Return the tests of notebook 09 by name, from a toy example to one that catches every bug.

    Each is a tuple of arguments: dy, x, w, stride and padding.

    Examples
    --------
    >>> trials()["a toy, 3×3 and 2×2"][0].shape
    (1, 1, 2, 2)
    """
    return {
        "a toy, 3×3 and 2×2": _trial(1, 1, 1, (3, 3), (2, 2)),
        "dy all ones, P = F − 1": _trial(2, 2, 2, (5, 5), (3, 3), padding=2, ones=True),
        "a kernel of equal taps": _trial(2, 2, 2, (6, 6), (3, 3), stride=2, padding=1, equal=True),
        "windows side by side, S = F": _trial(2, 2, 2, (6, 6), (3, 3), stride=3),
        "not square, no leftover": _trial(2, 2, 3, (7, 6), (3, 2), stride=2, padding=1),
        "two of everything, a leftover": _trial(2, 2, 2, (7, 6), (2, 3), stride=2, padding=1),  # and nothing is square
    }


def _trial(images, channels, filters, size, kernel, *, stride=1, padding=0, ones=False, equal=False):
    """Return a test of distinct numbers; optionally dy is all ``ones``, or the taps are ``equal``."""
    rng = np.random.default_rng(0)
    outputs = [output_size(n, k, stride=stride, padding=padding) for n, k in zip(size, kernel, strict=True)]
    shapes = (images, filters, *outputs), (images, channels, *size), (filters, channels, *kernel)
    dy, x, w = (exercises.numbers(rng, *shape) for shape in shapes)
    return np.ones_like(dy) if ones else dy, x, np.ones_like(w) if equal else w, stride, padding


def gradients(bug: str, test) -> tuple[str, np.ndarray, np.ndarray]:
    """Return the name of the gradient that a bug changes, the right gradient, and the bug's.

    Raises
    ------
    ValueError
        If the bug itself raises one.

    Examples
    --------
    >>> name, right, wrong = gradients("dw turned", trials()["a kernel of equal taps"])
    >>> name, right.shape, bool(np.allclose(right, wrong))
    ('dw', (2, 2, 3, 3), False)
    """
    name = bug[:2] if bug.startswith(("dw", "db")) else "dx"
    right, wrong = exercises.conv2d_backward.right(*test), BUGS[bug](*test)
    at = ("dx", "dw", "db").index(name)
    return name, right[at], wrong[at]


def outcome(bug, test) -> str:
    """Return "caught", "missed", or "fooled by a sum" where the arrays differ and their sums do not.

    A bug that raises is caught.

    Examples
    --------
    >>> outcome(BUGS["db averaged"], trials()["a toy, 3×3 and 2×2"])
    'caught'
    """
    right = exercises.conv2d_backward.right(*test)
    try:
        wrong = bug(*test)
        same = all(map(np.allclose, wrong, right))
    except ValueError:  # broadcasting fails for the wrong shape, too
        return "caught"
    sums = ([part.sum() for part in parts] for parts in (wrong, right))
    return "missed" if same else "fooled by a sum" if np.allclose(*sums) else "caught"
