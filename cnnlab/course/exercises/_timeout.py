"""Ends a call that does not end by itself, in every thread and on every system, the kernel in the browser included.

There are neither signals nor threads in a browser. So the call is ended from inside: Python calls a trace function at
every step, and this one looks at the clock, and raises. What it cannot end is one call into C that never comes back,
such as ``sum(itertools.count())``, and a function that catches what is raised here and keeps it.
"""

from __future__ import annotations

import inspect
import sys
from time import perf_counter

TRUSTED = ("cnnlab", "numpy")  # their functions come to an end; to look at the clock in each step of theirs takes long


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
