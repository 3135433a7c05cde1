"""Kernel > Interrupt, for a training that plays by itself.

Between two messages ipykernel ignores SIGINT, so an interrupt would not reach a task. While somebody plays, a handler
of ours stands in for that; while a cell runs, ipykernel's own does, and ours comes back after it.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_stops: list[Callable[[], None]] = []  # of all who play now: a process has one handler


@contextmanager
def interruptible(stop: Callable[[], None]) -> Iterator[Callable[[], None]]:
    """Call ``stop`` when there is an interrupt that nobody else would hear.

    Gives a function to be called again and again: an interrupt is heard from then on, in the main thread alone.

    Examples
    --------
    >>> before, calls = signal.signal(signal.SIGINT, signal.SIG_IGN), []
    >>> with interruptible(lambda: calls.append("stop")) as listen:
    ...     listen()
    ...     signal.raise_signal(signal.SIGINT)
    >>> calls, signal.signal(signal.SIGINT, before) is signal.SIG_IGN
    (['stop'], True)
    """
    _stops.append(stop)
    try:
        yield lambda: _exchange(signal.SIG_IGN, _interrupted)
    finally:
        _stops.remove(stop)
        if not _stops:
            _exchange(_interrupted, signal.SIG_IGN)


def _exchange(present, wanted) -> None:
    """Put another handler in the place of this one; where there is none of the two, a cell runs and has its own."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is present:
        signal.signal(signal.SIGINT, wanted)


def _interrupted(_number, _frame) -> None:
    for stop in tuple(_stops):
        stop()
