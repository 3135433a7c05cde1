"""Bugs of a convolution's backward against tests of it: which test catches which bug, and which is fooled."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cnnlab.convolution import conv2d_backward
from cnnlab.course.exercises.cases import numbers
from cnnlab.course.exercises.compare import differing
from cnnlab.course.exercises.mistake import Mistake
from cnnlab.course.exercises.mistakes import mistakes_of
from cnnlab.geometry import output_size

NAMES = (
    *("no turn", "turn of the rows alone", "transposed kernel", "windows overwritten", "channels and filters swapped"),
    *("cropped at the far edge", "leftover at the wrong end", "dw turned", "dw of the last image"),
    *("dw without the padding", "db of the first image", "db averaged"),
)
BUGS: dict[str, Mistake] = {
    name: mistake for name in NAMES for mistake in mistakes_of("conv2d_backward") if mistake.name == name
}


ANONYMOUS = {"A": "windows overwritten", "B": "leftover at the wrong end", "C": "dw turned"}


def anonymous() -> dict[str, Mistake]:
    """Return three of the bugs without their names: tests say which they are.

    Examples
    --------
    >>> [outcome(bug, trials()["windows side by side, S = F"]) for bug in anonymous().values()]
    ['missed', 'missed', 'fooled by a sum']
    """
    return {letter: BUGS[name]._replace(name=letter, sentence="") for letter, name in ANONYMOUS.items()}


class Trial(NamedTuple):
    """A test of a backward pass: the arrays and settings on which it is compared with the right one."""

    dy: np.ndarray
    x: np.ndarray
    w: np.ndarray
    stride: int
    padding: int


def trial(images, channels, filters, size, kernel, *, stride=1, padding=0, ones=False, equal=False) -> Trial:
    """Return a test with different numbers, or with ``ones`` for dy, or with ``equal`` taps.

    ``size`` and ``kernel`` are pairs (rows, columns).

    Examples
    --------
    >>> trial(1, 1, 1, (3, 3), (2, 2)).dy.shape
    (1, 1, 2, 2)
    """
    rng = np.random.default_rng(0)
    outputs = [output_size(n, k, stride=stride, padding=padding) for n, k in zip(size, kernel, strict=True)]
    dy = numbers(rng, images, filters, *outputs)
    x, w = numbers(rng, images, channels, *size), numbers(rng, filters, channels, *kernel)
    return Trial(np.ones_like(dy) if ones else dy, x, np.ones_like(w) if equal else w, stride, padding)


def trials() -> dict[str, Trial]:
    """Return the tests of notebook 09 by name, from a toy to one that no bug passes."""
    return {
        "a toy, 3×3 and 2×2": trial(1, 1, 1, (3, 3), (2, 2)),
        "dy all ones, P = F − 1": trial(2, 2, 2, (5, 5), (3, 3), padding=2, ones=True),
        "a kernel of equal taps": trial(2, 2, 2, (6, 6), (3, 3), stride=2, padding=1, equal=True),
        "windows side by side, S = F": trial(2, 2, 2, (6, 6), (3, 3), stride=3),
        "not square, no leftover": trial(2, 2, 3, (7, 6), (3, 2), stride=2, padding=1),
        "two of everything, a leftover": trial(2, 2, 2, (6, 6), (3, 3), stride=2, padding=1),
    }


def outcome(bug: Mistake, test: Trial) -> str:
    """Return "caught", "missed", or "fooled by a sum" where the arrays differ and their sums do not.

    A bug that raises is caught.

    Examples
    --------
    >>> outcome(BUGS["db averaged"], trial(1, 1, 1, (3, 3), (2, 2)))
    'caught'
    """
    right = conv2d_backward(test.dy, test.x, test.w, stride=test.stride, padding=test.padding)
    try:
        wrong = bug.function(*test)
    except ValueError:
        return "caught"
    pairs = list(zip(wrong, right, strict=True))
    if any(got.shape != wanted.shape for got, wanted in pairs):
        return "caught"
    if not any(differing(got, wanted).any() for got, wanted in pairs):
        return "missed"
    sums = any(differing(got.sum(), wanted.sum()) for got, wanted in pairs)
    return "caught" if sums else "fooled by a sum"
