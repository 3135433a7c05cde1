"""Runs a learner's function, even one that raises, prints, changes numpy, exits or never ends.

A call that takes too long is stopped in any thread and on any system, including the kernel in the browser, which has
neither signals nor threads. So it is stopped from inside: Python calls a trace function at every step, which checks the
clock and raises. It cannot stop a single call into C that never returns, such as ``sum(itertools.count())``, or a
function that catches the exception and keeps it. An ``import`` is not interrupted: that would leave a half-imported
module behind, and tracing it would take twenty times as long.
"""

import dis
import inspect
import io
import sys
import time
import traceback
import warnings
from contextlib import contextmanager, redirect_stdout
from functools import cache
from types import CodeType, ModuleType
from typing import NamedTuple

import numpy as np

perf_counter = time.perf_counter
thread_time = getattr(time, "thread_time", perf_counter)  # thread_time is not available everywhere
LIMIT = 2.0  # seconds per call, in the thread's CPU time: a busy machine does not matter
PATIENCE = 10  # the wall-clock limit in multiples of LIMIT, for calls that sleep
_IMPORT = "importlib._bootstrap", "_find_and_load"  # the module and function in which an import begins
TRUSTED = "cnnlab", "numpy", "functools"  # their functions end, and tracing each step is slow


class Trouble(NamedTuple):
    """Why a call gave no answer: the ``error``, :class:`TimeIsUp` if it took too long, and the learner's ``line``."""

    text: str
    error: type[BaseException]
    line: str = ""


@contextmanager
def quiet():
    """Silence warnings and capture prints in the stream that is passed in."""
    printed = io.StringIO()
    printed.close = lambda: None
    with warnings.catch_warnings(), np.errstate(all="ignore"), np.printoptions(), redirect_stdout(printed):
        warnings.simplefilter("ignore")
        yield printed


@contextmanager
def _put_back():
    """Restore the public modules of numpy and cnnlab afterwards, and let ``exit()`` end only the function."""
    public = (one for name, one in list(sys.modules.items()) if name.startswith(TRUSTED) and "._" not in name)
    kept = [(vars(one), dict(vars(one))) for one in public if isinstance(one, ModuleType)]
    shell, stdin = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)(), sys.stdin
    if shell:
        shell.ask_exit = sys.exit  # the kernel's own only sets a flag, and exits after the cell
    sys.stdin = io.StringIO()  # Python's exit() closes stdin: a dummy one
    try:
        yield
    finally:
        for names, before in kept:
            names.update(before)
        sys.stdin = stdin
        if shell:
            vars(shell).pop("ask_exit", None)


def run(function, arguments, *, learner=None, seconds=LIMIT, watched=None):
    """Return a function's result, or its trouble; without ``seconds`` there is no time limit.

    Only Kernel > Interrupt propagates. ``learner`` is the function whose line is shown, if it is called by another.
    ``watched`` maps code objects to lists, which collect what functions with that code return.

    Examples
    --------
    >>> run(divmod, (7, 2))
    (3, 1)
    >>> run(divmod, (7, 0)).text
    'It raised ZeroDivisionError: integer division or modulo by zero.'
    """
    try:
        if not seconds:
            return function(*arguments)
        with _put_back():
            return Clock(seconds, watched).call(function, arguments)
    except KeyboardInterrupt:
        raise
    except TimeIsUp as up:
        return Trouble(f"It was stopped after {up.seconds:g} seconds: it takes too long, or never ends.", TimeIsUp)
    except BaseException as error:
        return _trouble(learner or function, error)


def attempt(question, *given):
    """Return an answer, or None: any access to a learner's object may raise.

    Examples
    --------
    >>> attempt(divmod, 7, 2), attempt(divmod, 7, 0)
    ((3, 1), None)
    """
    try:
        return question(*given)
    except Exception:
        return None


def code_of(function):
    """Return the code object of a function, below its decorators; None if there is none, or the access raises.

    Examples
    --------
    >>> code_of(len), code_of(code_of).co_name
    (None, 'code_of')
    """
    code = attempt(lambda: inspect.unwrap(function).__code__)
    return code if isinstance(code, CodeType) else None


def name_of(function):
    """Return the name of a function; empty if there is none, or the access raises.

    Examples
    --------
    >>> name_of(len), name_of(lambda x: x)
    ('len', '')
    """
    name = attempt(lambda: function.__name__)
    return name if isinstance(name, str) and name.isidentifier() else ""


def _trouble(function, error):
    code = code_of(function)
    lines = traceback.extract_tb(error.__traceback__)
    own = [place.line for place in lines if code and place.filename == code.co_filename]
    text = " ".join((attempt(str, error) or "").split())[:200].rstrip(".")
    raised = type(error).__name__ + (f": {text}" if text else "")
    return Trouble(f"It raised {raised}.", type(error), own[-1] if own else "")


def takes(function, count):
    """Return whether a function accepts this many arguments; True if its signature is unknown.

    Examples
    --------
    >>> takes(lambda x, w: x, 2), takes(lambda x: x, 2)
    (True, False)
    """
    parameters = attempt(inspect.signature, function)
    return parameters is None or attempt(parameters.bind, *range(count)) is not None


@cache
def _jumps_to_itself(code):
    """Return whether an opcode jumps to itself, as in ``while True: pass``: Python 3.11 traces no line event for it."""
    return any("JUMP" in step.opname and step.argval == step.offset for step in dis.get_instructions(code))


class TimeIsUp(BaseException):
    """Raised inside a call that takes too long; not caught by ``except Exception``.

    Python removes a trace function that raises. A bare ``except:`` may have swallowed this exception: as soon as it is
    garbage-collected, all frames of the call are traced again, and the next step raises a new one.
    """

    def __init__(self, clock, seconds):
        self._clock, self.seconds = clock, seconds

    def __del__(self):
        outside, frame = self._clock.outside, inspect.currentframe().f_back
        while outside and frame not in (None, outside):
            frame.f_trace, frame.f_trace_opcodes = self._clock.look, True
            frame = frame.f_back
        if outside:
            sys.settrace(self._clock.look)


class Clock:
    """Makes a call, and stops it after some seconds of CPU time, or ten times as many of wall-clock time.

    Examples
    --------
    >>> Clock(seconds=1).call(divmod, (7, 2))
    (3, 1)
    """

    def __init__(self, seconds, watched=None):
        self._limits, self._watched = (seconds, PATIENCE * seconds), watched or {}
        self.outside = None  # the frame that makes the call, during the call
        self._next, self._import = 0.0, ()  # when an import began

    def call(self, function, arguments):
        """Return the result of a function, or raise :class:`TimeIsUp`."""
        before, self.outside = sys.gettrace(), inspect.currentframe()
        self._ends = [now + limit for now, limit in zip(_now(), self._limits, strict=True)]
        sys.settrace(self.look)
        try:
            return function(*arguments)
        finally:
            self.outside = None
            sys.settrace(before)

    def look(self, frame, event, _value):
        """The trace function: check the clock at each step outside imports and trusted modules."""
        if event == "call":
            module = str(frame.f_globals.get("__name__"))
            if frame.f_code in self._watched:
                return self._note
            if not self._import and (module, frame.f_code.co_name) == _IMPORT:
                self._import = _now()
                return self._imported
            if self._import or module.partition(".")[0] in TRUSTED:
                return None
            frame.f_trace_opcodes = _jumps_to_itself(frame.f_code)
        if perf_counter() > self._next:
            left = [end - now for end, now in zip(self._ends, _now(), strict=True)]
            if min(left) < 0:
                raise TimeIsUp(self, self._limits[left.index(min(left))])
            self._next = perf_counter() + min(left)
        return self.look

    def _note(self, frame, event, value):
        if event == "return":
            self._watched[frame.f_code].append(value)
        return self._note

    def _imported(self, _frame, event, _value):
        """Resume timing after an import, whose time does not count."""
        if event == "return":
            times = zip(self._ends, self._import, _now(), strict=True)
            self._ends, self._import = [end + now - begin for end, begin, now in times], ()
        return self._imported


def _now():
    """Return the time on both clocks."""
    return thread_time(), perf_counter()
