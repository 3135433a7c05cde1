"""Runs a learner's function, whatever it does: raise, print, change numpy, never end."""

from __future__ import annotations

import inspect
import io
import linecache
import traceback
import warnings
from contextlib import contextmanager, redirect_stdout
from typing import NamedTuple

import numpy as np

from cnnlab.course.exercises._timeout import Clock, TimeIsUp

LIMIT = 2.0  # seconds a call
MOST_PRINTED = 1000  # characters that are kept


class Trouble(NamedTuple):
    """Why a call gave no answer: an ``error`` and the learner's ``line``, where it is known; or that it did not end."""

    text: str
    error: type[BaseException] | None = None
    line: str = ""


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
    except TypeError:
        return False
    except Exception:
        return True
    return True
