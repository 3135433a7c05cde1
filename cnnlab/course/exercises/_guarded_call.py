"""Runs a learner's function, whatever it does: raise, print, change numpy, never end.

A call that does not end by itself is ended in every thread and on every system, the kernel in the browser included.
There are neither signals nor threads in a browser. So it is ended from inside: Python calls a trace function at every
step, and this one looks at the clock, and raises. What it cannot end is one call into C that never comes back, such as
``sum(itertools.count())``, and a function that catches what is raised here and keeps it.
"""

from __future__ import annotations

import inspect
import io
import linecache
import sys
import traceback
import warnings
from contextlib import contextmanager, redirect_stdout
from time import perf_counter
from typing import NamedTuple

import numpy as np

LIMIT = 2.0  # seconds a call
TRUSTED = ("cnnlab", "numpy")  # their functions come to an end; to look at the clock in each step of theirs takes long


class Trouble(NamedTuple):
    """Why a call gave no answer: an ``error`` and the learner's ``line``, where it is known; or that it did not end."""

    text: str
    error: type[BaseException] | None = None
    line: str = ""


@contextmanager
def quiet():
    """Let through no warning and no print of numpy's or the learner's, and leave numpy as it was.

    What is printed goes into the text that is given.
    """
    kept, printed = dict(vars(np)), io.StringIO()
    with warnings.catch_warnings(), np.errstate(all="ignore"), redirect_stdout(printed):
        warnings.simplefilter("ignore")
        try:
            yield printed
        finally:
            vars(np).update(kept)


def run(function, arguments, *, learner=None, seconds: float | None = LIMIT):
    """Return what a function returns, or its trouble; without ``seconds`` it may take as long as it likes.

    Only Kernel > Interrupt goes through. ``learner`` is the function whose line is shown, where another one calls it.

    Examples
    --------
    >>> run(divmod, (7, 2))
    (3, 1)
    >>> run(divmod, (7, 0)).text
    'It raised ZeroDivisionError: integer division or modulo by zero.'
    """
    try:
        return Clock(seconds).call(function, arguments) if seconds else function(*arguments)
    except KeyboardInterrupt:
        raise
    except TimeIsUp:
        return Trouble(f"It was stopped after {seconds:g} seconds: it takes too long, or never ends.")
    except BaseException as error:
        return _trouble(learner or function, error)


def _trouble(function, error: BaseException) -> Trouble:
    code = getattr(inspect.unwrap(function), "__code__", None)
    lines = [(frame.f_code.co_filename, at) for frame, at in traceback.walk_tb(error.__traceback__)]
    own = [place for place in lines if code and place[0] == code.co_filename]
    line = linecache.getline(*own[-1]).strip() if own else ""
    return Trouble(f"It raised {shown_error(error).rstrip('.')}.", type(error), line)


def shown_error(error: BaseException) -> str:
    """Return an error as one line of text; one that cannot show itself is named.

    Examples
    --------
    >>> shown_error(ValueError("no"))
    'ValueError: no'
    """
    try:
        text = " ".join(str(error).split())
    except BaseException:
        text = ""
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__


def takes(function, count: int) -> bool:
    """Return whether a function can be called with so many arguments; a builtin that does not say may try.

    Examples
    --------
    >>> takes(lambda x, w: x, 2), takes(lambda x: x, 2)
    (True, False)
    """
    try:
        inspect.signature(function).bind(*range(count))
    except Exception as error:
        return not isinstance(error, TypeError)
    return True


class TimeIsUp(BaseException):
    """Raised inside a call that takes too long; no ``except Exception`` holds it.

    Python lets go of a trace function that raises. Something may have swallowed this, such as a bare ``except:``; as
    soon as nobody holds it any more it sets the trace again, and the next step raises the next one.
    """

    def __init__(self, clock: Clock):
        self._clock = clock

    def __del__(self):
        self._clock.go_on(inspect.currentframe().f_back)


class Clock:
    """Makes a call, and ends it after some seconds.

    Examples
    --------
    >>> Clock(seconds=1).call(divmod, (7, 2))
    (3, 1)
    """

    def __init__(self, seconds: float):
        self._seconds, self._end, self._outside = seconds, 0.0, None

    def call(self, function, arguments):
        """Return what a function returns, or raise :class:`TimeIsUp`."""
        before, self._outside = sys.gettrace(), inspect.currentframe()
        self._end = perf_counter() + self._seconds
        sys.settrace(self._look)
        try:
            return function(*arguments)
        finally:
            self._outside = None
            sys.settrace(before)

    def _look(self, frame, _event, _value):
        if frame.f_globals.get("__name__", "").partition(".")[0] in TRUSTED:
            return None
        frame.f_trace_opcodes = True  # Python 3.11 has no event for the next round of a loop on one line
        if perf_counter() > self._end:
            raise TimeIsUp(self)
        return self._look

    def go_on(self, frame) -> None:
        """Trace this frame and all around it, as long as the call is on."""
        if self._outside is None:
            return
        while frame is not None and frame is not self._outside:
            frame.f_trace, frame.f_trace_opcodes = self._look, True
            frame = frame.f_back
        sys.settrace(self._look)
