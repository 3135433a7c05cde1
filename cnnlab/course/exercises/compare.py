"""Compares what a learner's function gives with what it should give, and with the answers of the zoo."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import NamedTuple

import numpy as np

from cnnlab.course.exercises.guarded_call import LIMIT, Trouble, run
from cnnlab.course.exercises.mistake import Mistake

TOLERANCE = 1e-5  # of the greatest number that is expected: float32 is exact enough
NO_RETURN = "It gives None. Is a return missing?"


class Task(NamedTuple):
    """What is asked: the names of the arguments and results, how the function is called, and the right answer.

    ``changes`` are the arguments that it is there to change; ``inputs`` name what a case holds, where that is not what
    the function takes. Of ``facts`` it is said that they are not so; they have no numbers to show.
    """

    arguments: tuple[str, ...]
    results: tuple[str, ...]
    play: Callable
    right: Callable
    changes: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    facts: bool = False


class Answer(NamedTuple):
    """What came of one call: the arrays, or why there are none; and which arguments were changed."""

    parts: tuple[np.ndarray, ...] | None
    problem: str = ""
    changed: tuple[str, ...] = ()
    trouble: Trouble | None = None
    raw: object = None


def ask(task: Task, function, arguments: tuple, *, seconds: float | None = LIMIT) -> Answer:
    """Call a function with copies of the arguments; without ``seconds`` it is one of our own, and trusted."""
    given = tuple(argument if callable(argument) else deepcopy(argument) for argument in arguments)
    if seconds is None:
        try:
            result = task.play(function, given)
        except Exception as error:
            result = Trouble("raised", str(error))
    else:
        result = run(task.play, (function, given), learner=function, seconds=seconds)
    if isinstance(result, Trouble):
        return Answer(None, trouble=result)
    names = [
        name
        for name, one, other in zip(task.inputs or task.arguments, given, arguments, strict=True)
        if not same(one, other)
    ]
    changed = tuple(name for name in names if name not in task.changes)
    parts, problem = read(result, len(task.results))
    return Answer(parts, problem, changed, raw=result)


def same(one, other) -> bool:
    """Return whether two arguments are equal, but for the rounding of a number that was nudged and put back.

    Examples
    --------
    >>> same({"w": np.ones(2)}, {"w": np.ones(2)}), same(np.ones(2), np.ones(3)), same((2, 3), (2, 3))
    (True, False, True)
    """
    if isinstance(other, np.ndarray):
        return np.shape(one) == other.shape and bool(np.allclose(one, other, rtol=1e-9, atol=1e-9))
    if isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in other)
    if isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one is other or one == other


def read(result, count: int) -> tuple[tuple[np.ndarray, ...] | None, str]:
    """Return the arrays in a result, and why there are none."""
    if result is None:
        return None, NO_RETURN
    if count == 1:
        results = (result,)
    elif not isinstance(result, tuple | list) and not (isinstance(result, np.ndarray) and result.ndim):
        return None, f"It gives {kind_of(result)} where {count} results are asked for."
    elif len(result) != count:
        return None, f"It gives {len(result)} results where {count} are asked for."
    else:
        results = tuple(result)
    parts = []
    for value in results:
        problem = trouble_with(value)
        if problem:
            return None, problem
        parts.append(np.array(value))
    return tuple(parts), ""


def trouble_with(value) -> str:
    """Return why a result is no array of numbers, or nothing."""
    if value is None:
        return "One of the results is None."
    if isinstance(value, list | tuple):
        return f"It gives {kind_of(value)} where an array is asked for: np.array(…) makes one of it."
    if isinstance(value, bool | np.bool_) or not isinstance(value, np.ndarray | np.generic | int | float):
        return f"It gives {kind_of(value)} where numbers are asked for."
    if np.ma.is_masked(value):
        return "It gives a masked array: fill the masked cells first."
    dtype = np.array(value).dtype  # an int beyond 64 bits becomes an object
    if dtype.kind not in "iuf":
        return f"It gives an array of dtype {dtype} where numbers are asked for (int or float)."
    return ""


def kind_of(value) -> str:
    """Return what kind of thing a value is, with its article.

    Examples
    --------
    >>> kind_of([1]), kind_of(1)
    ('a list', 'an int')
    """
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def differing(got: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return which cells differ, both of one shape.

    Examples
    --------
    >>> differing(np.array([1.0, np.nan]), np.array([1, 2]))
    array([False,  True])
    """
    finite = np.abs(expected)[np.isfinite(expected)]
    room = TOLERANCE * max(finite.max(initial=0.0), 0.01)
    return ~np.isclose(got.astype(float), expected.astype(float), rtol=0, atol=room, equal_nan=True)


def agree(one: Answer, other: Answer) -> bool:
    """Return whether two answers are the same: numbers, shapes, changed arguments; or neither call came to an end."""
    if one.trouble or other.trouble:
        return bool(one.trouble and other.trouble) and one.trouble.kind == other.trouble.kind == "raised"
    if one.parts is None or other.parts is None or one.changed != other.changed:
        return False
    pairs = list(zip(one.parts, other.parts, strict=True))
    return all(a.shape == b.shape and not differing(a, b).any() for a, b in pairs)


def name_of(task: Task, answers: list[Answer], inputs: list[tuple], mistakes: list[Mistake]) -> Mistake | None:
    """Return the mistake whose answers are these on every input, None where there is none."""
    for mistake in mistakes:
        theirs = (ask(task, mistake.function, arguments, seconds=None) for arguments in inputs)
        if all(agree(answer, other) for answer, other in zip(answers, theirs, strict=True)):
            return mistake
    return None
