"""What makes the steps of a training: one at a time, in whatever thread, with everything else served in between."""

import asyncio
import signal
import threading
import time
from contextlib import contextmanager, suppress
from types import SimpleNamespace

SHOW_EVERY = 0.25  # seconds
MOST_SHOWING, MOST_REST = 0.2, 2.0  # of the time, and seconds: in a browser it takes long to evaluate
_stops = []  # of all who play now: a process has one handler


class Player:
    """Makes the steps of a run: in a task, between whatever else the kernel does, or in a call.

    JupyterLab may handle a button in a thread of its own while a cell or the task runs. So steps are made and shown
    under ``lock``, and only the holder of the turn may make one: a task, or a call of :meth:`make`.

    Attributes
    ----------
    run : Run
        The run that is played; :meth:`insert` replaces it.
    interrupted : bool
        Whether Kernel > Interrupt stopped the playing.

    Parameters
    ----------
    run : Run
    show : function
        Called under the lock when there is something new to show: a few times a second, and when the turn changes.
    pace : function
        Returns how long to rest between two steps of the task, in seconds.

    Examples
    --------
    >>> from cnnlab.data import load_digits
    >>> from cnnlab.lab.training import Plan, Run
    >>> run = Run(load_digits(), Plan((2, 2), 0.03, 16, epochs=1, seed=0))
    >>> player = Player(run, show=lambda: None, pace=lambda: 0.0)
    >>> player.make(3)
    >>> run.step, player.playing
    (3, False)
    """

    def __init__(self, run, show, pace):
        self.run, self.lock, self.interrupted = run, threading.RLock(), False
        self._show, self._pace = show, pace
        self._loop = _running_loop()  # of the thread that runs the cells, so that no cell meets a step half made
        self._turn, self._start = None, (0, 0.0)
        self._shown, self._next = run.step, 0.0  # the step that was shown last, and when it is time for another one
        self._task = None

    @property
    def playing(self):
        """Whether steps are being made."""
        turn = self._turn
        return turn is not None and (turn.loop is None or not turn.loop.is_closed())

    @property
    def seconds_left(self):
        """How long the remaining steps take at the pace so far; None where that is not known."""
        step, since = self._start
        if not self.playing or self.run.step == step:
            return None
        return (time.perf_counter() - since) / (self.run.step - step) * (self.run.steps - self.run.step)

    def start(self):
        """Make steps in a task; where no event loop runs, make all that are left."""
        if self.playing or self.run.over:
            return
        loop = self._loop if self._loop and not self._loop.is_closed() else _running_loop()
        if loop is None:
            self.make(self.run.steps)
        else:
            loop.call_soon_threadsafe(self._launch, self._take_turn(loop))

    def stop(self):
        """End every turn, so that no step is made; :meth:`catch_up` shows the last one."""
        self._turn = None

    def pause(self):
        """Stop before the next step, and show the present state."""
        with self.lock:
            self.stop()
            self.show()

    def make(self, steps):
        """Make this many steps, or all that are left, and return when they are done."""
        turn = self._take_turn()
        try:
            while steps > 0 and self._advance(turn):
                steps -= 1
        finally:
            self._end_turn(turn)

    def insert(self, run):
        """Play another run; every turn ends."""
        with self.lock:
            self.stop()
            self.run, self.interrupted, self._shown = run, False, run.step

    def show(self):
        """Show the present state."""
        with self.lock:
            begun = time.perf_counter()
            self._shown = self.run.step
            self._show()
            took = time.perf_counter() - begun
            self._next = begun + max(SHOW_EVERY, min(took / MOST_SHOWING, took + MOST_REST))

    def _take_turn(self, loop=None):
        """Return a new turn; the holder of the previous one makes no more steps."""
        with self.lock:
            turn = self._turn = SimpleNamespace(loop=loop)  # turns are compared by identity
            self._start, self.interrupted = (self.run.step, time.perf_counter()), False
            self.show()
            return turn

    def _end_turn(self, turn):
        """End a turn, and show what has not been shown yet."""
        with self.lock:
            if self._turn is turn or self.interrupted:
                self.pause()
            self.catch_up()

    def catch_up(self):
        """Show the last step if it has not been shown and no more are being made."""
        with self.lock:
            if self._turn is None and self._shown != self.run.step:
                self.show()

    def _advance(self, turn):
        """Make a step if the turn still lasts; return whether another can follow."""
        with self.lock:
            if self._turn is not turn:
                return False
            goes_on = self.run.advance()
            if time.perf_counter() >= self._next:
                self.show()
            return goes_on

    def _launch(self, turn):
        self._task = turn.loop.create_task(self._play(turn))  # kept here: a loop does not keep its tasks alive

    async def _play(self, turn):
        """Make step after step; between two of them the loop runs whatever else waits."""
        try:
            # out of a task a KeyboardInterrupt would end the kernel; it is kept in the run's trouble
            with suppress(KeyboardInterrupt), _interruptible(lambda: self._interrupt(turn)) as listen:
                listen()
                while self._advance(turn):
                    await asyncio.sleep(self._pace())
                    listen()  # again, as a cell that ran meanwhile may have put back what was there before
        finally:
            self._end_turn(turn)

    def _interrupt(self, turn):
        """Stop before the next step; the end of the turn shows it, since a signal may interrupt anything."""
        if self._turn is turn:
            self._turn, self.interrupted = None, True


def _running_loop():
    """Return the event loop that runs this code, if one does.

    Examples
    --------
    >>> _running_loop() is None
    True
    """
    with suppress(RuntimeError):
        return asyncio.get_running_loop()
    return None


# --- Kernel > Interrupt -------------------------------------------------------------------------------------------


@contextmanager
def _interruptible(stop):
    """Call ``stop`` on an interrupt that nothing else would handle.

    Between two messages ipykernel ignores SIGINT, so an interrupt would not reach a task. While somebody plays, a
    handler of ours stands in for that; while a cell runs, ipykernel's own does, and ours comes back after it. The
    function that is given takes over again, in the main thread alone: call it after each pause.

    Examples
    --------
    >>> before, calls = signal.signal(signal.SIGINT, signal.SIG_IGN), []
    >>> with _interruptible(lambda: calls.append("stop")) as listen:
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


def _exchange(present, wanted):
    """Put one handler in the place of another; where neither stands, a cell runs and has its own."""
    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is present:
        signal.signal(signal.SIGINT, wanted)


def _interrupted(_number, _frame):
    for stop in tuple(_stops):
        stop()
