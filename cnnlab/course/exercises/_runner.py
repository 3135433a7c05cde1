"""Call a function on one input of an exercise, and recognise stubs and results passed on from other functions."""

from copy import deepcopy
from itertools import product
from typing import NamedTuple

import numpy as np

from cnnlab.course.exercises._compare import misshapen, read, same
from cnnlab.course.exercises._guarded_call import LIMIT, TimeIsUp, Trouble, code_of, run, thread_time

SETTINGS = {"F": "kernel", "P": "padding", "padding": "padding", "S": "stride", "stride": "stride"}  # by argument
TIMES = 50  # a slow call may take this many times as long as the solution


class Answer(NamedTuple):
    """The outcome of one call: the arrays, or why there are none, and the arguments that were modified."""

    parts: dict[str, np.ndarray] | None  # copies, by the names of the results
    problem: str = ""  # also if an array has another shape than the right one
    error: type[BaseException] | None = None
    line: str = ""  # that raised it
    changed: tuple[str, ...] = ()
    given: dict | None = None  # the results themselves
    handed_on: str = ""  # the library function that returned these arrays
    seconds: float = 0.0


def ask(exercise, function, arguments, right=None):
    """Call a function with copies of the arguments; without the ``right`` answer it is our own, and trusted to end.

    A learner's function on planes may take maps instead, or the reverse.
    """
    answer = _called(exercise, function, arguments, right)
    if right and answer.error not in (None, TimeIsUp):
        other = _called(exercise, in_the_other_form(function), arguments, right)
        return answer if other.problem else other
    return answer


def _called(exercise, function, arguments, right):
    given, begin = tuple(map(deepcopy, arguments)), thread_time()
    watched: dict = {code_of(library): [] for library in exercise.library}
    call = exercise.call or (lambda function, *given: function(*given))
    seconds = right and max(LIMIT, TIMES * right.seconds)
    result = run(call, (function, *given), learner=function, seconds=seconds, watched=watched)
    if isinstance(result, Trouble):
        return Answer(None, *result)
    took = thread_time() - begin
    parts, problem = read(result, exercise.results)
    if parts and right:
        problem = next(filter(None, map(misshapen, parts, parts.values(), right.parts.values())), "")
    cases = zip(exercise.holds, given, arguments, strict=True)
    changed = tuple(name for name, one, other in cases if not same(one, other))
    noted = ((library, one) for library in exercise.library for one in watched[code_of(library)])
    own = (library.__name__ for library, one in noted if exercise.call or is_handed_on(result, one))
    copies = parts and {name: np.array(part) for name, part in parts.items()}
    stub = NotImplementedError if result is ... else None
    return Answer(copies, problem, stub, "", changed, parts, next(own, ""), took)


def in_the_other_form(function):
    """Return a function on planes made from one on maps (N, C, H, W), or the reverse, plane by plane.

    Examples
    --------
    >>> in_the_other_form(lambda x: x + x.ndim)(np.zeros((1, 2)))
    array([[4., 4.]])
    >>> in_the_other_form(lambda x: x + x.ndim)(np.zeros((1, 2, 1, 1))).ravel()
    array([2., 2.])
    """

    def changed(value, at):
        if isinstance(value, np.ndarray):
            return value[at or (None, None)]
        return (value[2:] if at else (1, 1, *value)) if isinstance(value, tuple) else value

    def on_the_other(*arguments, **settings):
        (lead,) = {one.shape[:-2] for one in arguments if isinstance(one, np.ndarray)}
        found = [function(*(changed(one, at) for one in arguments), **settings) for at in np.ndindex(lead)]
        parts = [found] if isinstance(found[0], np.ndarray) else zip(*found, strict=True)
        joined = [np.reshape(part, (*lead, *part[0].shape[-2:])) for part in parts]
        return joined[0] if isinstance(found[0], np.ndarray) else tuple(joined)

    return on_the_other


def is_handed_on(result, given):
    """Return whether a result is what another function returned, or shares an array with it."""
    parts = (one if isinstance(one, tuple | list) else [one] for one in (result, given))
    return result is given or any(np.may_share_memory(*pair) for pair in product(*parts))


def is_overwritten(answer):
    """Return whether arrays that were returned have changed since."""
    given = answer.given or {}
    return any(not np.array_equal(part, answer.parts[name], equal_nan=True) for name, part in given.items())


def _empty(): ...


def _documented():
    """Do nothing."""


def is_stub(function):
    """Return whether a function is still a stub, as in the notebook before anything is filled in.

    Examples
    --------
    >>> def stub(x):
    ...     '''Return y.'''
    ...     ...
    >>> is_stub(stub), is_stub(lambda x: x)
    (True, False)
    """
    code = code_of(function)
    steps = {_empty.__code__.co_code, _documented.__code__.co_code}
    return code is not None and code.co_code in steps and code.co_consts[-1] is None
