"""Runs a learner's function, whatever it does: raise, print, change numpy, never end."""

from __future__ import annotations

import inspect
import io
import linecache
import warnings
from contextlib import contextmanager, redirect_stdout
from typing import NamedTuple

import numpy as np

from cnnlab.course.exercises.timeout import Clock, TimeIsUp

LIMIT = 2.0  # seconds a call
MOST_PRINTED = 1000  # characters that are kept


class Trouble(NamedTuple):
    """Why a call gave no answer: ``kind`` is "raised" or "endless"; ``line`` is the learner's, where there is one."""

    kind: str
    text: str
    line: str = ""
    error: type[BaseException] | None = None


class Printed(io.TextIOBase):
    """Keeps the first of what is printed, and drops the rest."""

    def __init__(self):
        self.text = ""

    def writable(self):
        return True

    def write(self, text):
        self.text += text[: MOST_PRINTED - len(self.text)]
        return len(text)


@contextmanager
def quiet():
    """Let through no warning and no print of numpy's or the learner's, and leave numpy as it was."""
    kept, printed = dict(vars(np)), Printed()
    with warnings.catch_warnings(), np.errstate(all="ignore"), redirect_stdout(printed):
        warnings.simplefilter("ignore")
        try:
            yield printed
        finally:
            vars(np).update(kept)


def run(function, arguments, *, learner=None, seconds: float = LIMIT):
    """Return what a function gives, or its trouble.

    Only Kernel > Interrupt goes through. ``learner`` is the function whose line is shown, where another one calls it.

    Examples
    --------
    >>> run(divmod, (7, 2))
    (3, 1)
    >>> run(divmod, (7, 0)).text
    'ZeroDivisionError: integer division or modulo by zero'
    """
    try:
        return Clock(seconds).call(function, arguments)
    except KeyboardInterrupt:
        raise
    except TimeIsUp:
        return Trouble("endless", f"It was stopped after {seconds:g} seconds: it takes too long, or never ends.")
    except BaseException as error:
        return _trouble(learner or function, error)


def _trouble(function, error: BaseException) -> Trouble:
    frames = []
    trace, own = error.__traceback__, _file_of(function)
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == own:
            frames.append((own, trace.tb_lineno))
        trace = trace.tb_next
    line = linecache.getline(*frames[-1]).strip() if frames else ""
    return Trouble("raised", shown_error(error), line, type(error))


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


def _file_of(function) -> str | None:
    code = getattr(inspect.unwrap(function), "__code__", None)
    return code.co_filename if code else None


def takes(function, count: int) -> bool:
    """Return whether a function can be called with so many arguments; a builtin that does not say may try.

    Examples
    --------
    >>> takes(lambda x, w: x, 2), takes(lambda x: x, 2)
    (True, False)
    """
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    except Exception:
        return True
    return True
