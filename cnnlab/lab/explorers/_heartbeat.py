"""The kernel's heartbeat: by it a page knows that whoever answers its explorers is there, and free.

One explorer of a page carries short messages, ``{"beat": true}``, twice a second. They come from the kernel's own event
loop: so none comes while a cell runs, and none once the kernel is gone. A minute after the last cell or event it rests
and says so, ``{"beat": false}``: a server may end a kernel that nobody uses. A page asks an explorer to carry the beats
with ``{"ask": "beat"}``; where no page asks, as under nbval, there are none. Its twin is ``front/heartbeat.js``.
"""

from __future__ import annotations

import asyncio
import sys
import time

BEAT = 0.5  # seconds
AWAKE = 60.0  # seconds after the last cell or event
MOST_CARRIERS = 8  # pages that hear it


class _Heart:
    """What beats, once for a kernel."""

    def __init__(self) -> None:
        self.carriers: list = []
        self.loop: asyncio.AbstractEventLoop | None = None
        self.until = 0.0  # when it goes to rest, on the monotonic clock; 0 while it rests

    def carry(self, explorer) -> None:
        """Let an explorer carry the beats to its page."""
        if self.loop is None:
            try:
                self.loop = asyncio.get_running_loop()
            except RuntimeError:  # a host that has none
                return
            shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
            if shell is not None:
                shell.events.register("pre_run_cell", lambda *_: self.wake())
        self.carriers = [*(other for other in self.carriers if other is not explorer), explorer][-MOST_CARRIERS:]
        self._tell(awake=True)
        self.wake()

    def wake(self) -> None:
        """Beat for the next minute: somebody is there."""
        if self.loop is None:
            return
        rested, self.until = not self.until, time.monotonic() + AWAKE
        if rested:
            self._tell(awake=True)  # before the cell that is about to keep the loop
            self.loop.call_soon_threadsafe(self._beat)

    def _beat(self) -> None:
        awake = time.monotonic() < self.until
        self._tell(awake)
        if awake:
            self.loop.call_later(BEAT, self._beat)
        else:
            self.until = 0.0

    def _tell(self, awake: bool) -> None:
        self.carriers = [explorer for explorer in self.carriers if explorer.comm is not None]
        for explorer in self.carriers:
            explorer.send({"beat": awake})


heart = _Heart()
