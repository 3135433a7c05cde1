"""TrainingExplorer: a network that learns while you watch."""

import asyncio
import threading
import time
from contextlib import suppress

from cnnlab._validate import check_int
from cnnlab.data import Digits
from cnnlab.lab.explorers import Choice, Explorer, Slider, button, line
from cnnlab.lab.numbers import format_percent
from cnnlab.lab.scenes import maps_scene, summary_scene
from cnnlab.lab.scenes.reading import panel_of
from cnnlab.lab.training import LAYER_NAMES, Plan, Run

_FILTERS = (2, 4, 8, 16, 32)
_LEARNING_RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
_BATCH_SIZES = (4, 8, 16, 32, 64, 128, 256)
# Seconds of rest between two steps. With less than 5 ms a kernel in a browser serves nothing else and cannot be paused.
_PACES = {"full speed": 0.005, "20 steps a second": 0.05, "2 steps a second": 0.5}
_SHOW_EVERY, _REST = 0.25, 2.0  # seconds between two pictures, and the most if each takes long: a page waits for 5
_MAPS = LAYER_NAMES[:6]  # the layers whose outputs are planes
_LATER = "takes effect with the next reset"


class _LookBack(Slider):
    """After which epoch the past is shown; the end of the slider is now."""

    def control(self, explorer):
        value, (_, now) = explorer.look_back, self.limits(explorer)
        text = "now" if value == now else f"epoch {value}" if value else "before"
        return {**super().control(explorer), "text": text}


class TrainingExplorer(Explorer):
    """A network of two convolutions, each with ReLU and max-pooling, and a dense layer that learns while you watch.

    The kernel handles other requests between two steps, so that a pause takes effect before the next step and other
    cells can run. A new learning rate takes effect at once, filters and batch size after a reset.

    Parameters
    ----------
    x_train, y_train, x_test, y_test : arrays
        Images (N, C, H, W) and classes (N,), to train with and held out, as from :func:`cnnlab.load_mnist`.
    filters : (int, int)
        Filters of the two convolutions.
    learning_rate : float
        Of SGD with momentum 0.9.
    batch_size : int
        Images per step.
    epochs : int
        How often every image is seen.
    seed : int
        For the initial weights and the order of the images: the same seed gives the same training.

    Attributes
    ----------
    learning_rate, first_filters, second_filters, batch_size : number
        The values of the controls: traits, like all settings.
    pace : str
        How fast the training plays: "full speed", "20 steps a second" or "2 steps a second".
    image, look_back : int
        Which held-out image the maps belong to, and after which epoch; the end of ``look_back`` is now.
    maps : str
        Whose maps are shown: "convolution 1", "ReLU 1", "max-pooling 1", "convolution 2" and so on.

    Raises
    ------
    TypeError, ValueError
        If an argument is of a wrong kind or out of range, or the arrays do not fit each other.

    Notes
    -----
    A running training continues when its output is cleared or its cell is run again, until it ends or :meth:`pause` or
    :meth:`close` is called.

    JupyterLab may handle a button in a separate thread while a cell or the task runs. So steps are made and shown under
    a lock, and only the holder of the turn may make one: a task, or a call of :meth:`run`.

    Examples
    --------
    >>> from cnnlab import load_digits
    >>> explorer = TrainingExplorer(*load_digits(), filters=(4, 4), epochs=2)
    >>> explorer.run(90)
    >>> explorer
    TrainingExplorer: 4 and 4 filters, batch size 16, seed 0, step 90 of 180
    >>> explorer.records[-1].epoch, explorer.accuracy > 0.5
    (1, True)
    """

    pace = Choice(_PACES.keys(), "pace")
    learning_rate = Choice({}, "learning rate")
    first_filters = Choice({}, "conv 1 filters", title=_LATER)
    second_filters = Choice({}, "conv 2 filters", title=_LATER)
    batch_size = Choice({}, "batch size", title=_LATER)
    image = Slider(0, "image", 0, 0, place="bar")
    look_back = _LookBack(0, "look back", 0, 0, place="bar")
    maps = Choice(_MAPS, "maps of", place="bar")

    _loop, _turn = None, None

    def __init__(self, x_train, y_train, x_test, y_test, **plan):
        run = Run(Digits(x_train, y_train, x_test, y_test), Plan(**plan))
        self._run, self._lock, self._next = run, threading.RLock(), 0.0
        with suppress(RuntimeError):  # the loop of the thread that runs cells: no cell then sees half a step
            self._loop = asyncio.get_running_loop()
        sizes = [size for size in _BATCH_SIZES if size <= len(run.data.x_train)]
        filters, learning_rate, batch_size, *_ = run.plan
        offered = {
            "first_filters": (_FILTERS, filters[0]),
            "second_filters": (_FILTERS, filters[1]),
            "batch_size": (sizes, batch_size),
            "learning_rate": (_LEARNING_RATES, learning_rate),
        }
        limits = {k: {value: f"{value:g}" for value in sorted({*usual, own})} for k, (usual, own) in offered.items()}
        settings = {name: own for name, (_, own) in offered.items()}
        now = run.plan.epochs + 1  # the end of the look-back slider
        limits |= {"image": (0, len(run.data.x_test) - 1), "look_back": (0, now)}
        super().__init__(limits=limits, look_back=now, maps=_MAPS[3], **settings)

    # --- the state of the training ---

    @property
    def model(self):
        """A copy of the network after the last step, to use while the training continues."""
        with self._lock:
            return self._run.network()

    @property
    def records(self):
        """The record of each step made, as :func:`cnnlab.training.train` yields it."""
        return self._run.records

    @property
    def accuracy(self):
        """The network's current accuracy on the held-out images, from 0 to 1."""
        with self._lock:
            return self._run.evaluate()[0].accuracy

    @property
    def playing(self):
        """Whether the training is running."""
        return self._turn is not None

    # --- the actions of the buttons ---

    def start(self):
        """Start or continue the training, in the background; if no event loop is running, train to the end."""
        if self._loop is None:
            self.run()
        elif not (self.playing or self._run.over):
            asyncio.run_coroutine_threadsafe(self._play(self._take_turn()), self._loop)

    def pause(self):
        """Pause before the next step."""
        with self._lock:
            self._turn = None
            self.refresh()

    def run(self, steps=None):
        """Make this many steps, or all remaining ones, and return when they are done.

        Parameters
        ----------
        steps : int, optional
            How many; fewer if the training ends earlier.
        """
        steps = self._run.steps if steps is None else check_int("steps", steps, 0)
        turn = self._take_turn()
        try:
            while steps > 0 and self._advance(turn):
                steps -= 1
        finally:
            self._end_turn(turn)

    def reset(self):
        """Start over, with new weights and the settings that the controls show."""
        with self._lock, self._transaction():
            self._run = Run(self._run.data, self._wanted())
            self.look_back = self._run.plan.epochs + 1
            self.pause()

    def close(self):
        """Stop the training and take the explorer off the page."""
        self._turn = None
        super().close()

    def press(self, name):
        if name == "step":
            self.run(1)
        elif name in ("start", "pause"):
            getattr(self, name)()

    # --- step after step ---

    async def _play(self, turn):
        """Make step after step; in between, the event loop runs other tasks."""
        try:
            with suppress(KeyboardInterrupt):  # raised from a task, it would end the kernel
                while self._advance(turn):
                    await asyncio.sleep(_PACES[self.pace])
        finally:
            self._end_turn(turn)

    def _take_turn(self):
        """Return a new turn; the holder of the previous one then makes no more steps."""
        with self._lock:
            turn = self._turn = object()
            self.refresh()
            return turn

    def _advance(self, turn):
        """Make a step if the turn is still valid; return whether another can follow."""
        with self._lock:
            goes_on = self._turn is turn and self._run.advance()
            if goes_on and time.perf_counter() >= self._next:
                self.refresh()
            return goes_on

    def _end_turn(self, turn):
        with self._lock:
            if self._turn is turn:
                self.pause()

    # --- concurrent access: a cell, the task, and the thread that serves the front end ---

    def refresh(self):
        """Show the current state."""
        with self._lock:
            begun = time.perf_counter()
            super().refresh()
            now = time.perf_counter()
            self._next = now + min(max(_SHOW_EVERY, 4 * (now - begun)), _REST)

    def set_state(self, sync_data):
        with self._lock:
            super().set_state(sync_data)

    def _changed(self, change):
        with self._lock:
            self._run.optimizer.learning_rate = self.learning_rate
            super()._changed(change)

    # --- methods that the base class calls ---

    def scenes(self):
        run, past = self._run, self.look_back < len(self._run.weights)  # else now, or an epoch not yet reached
        network = run.network(run.weights[self.look_back] if past else None)
        image, label = run.data.x_test[self.image : self.image + 1], run.data.y_test[self.image]
        scene = maps_scene(network, run.weights[0]["0.w"], image, LAYER_NAMES.index(self.maps), self.maps)
        shares = panel_of(scene, "p")["values"].ravel()
        before = f"After epoch {self.look_back}" if self.look_back else "Before the training"
        when = before if past else f"After step {run.step}"
        answer = f"image {self.image} shows {label}, answer {shares.argmax()}, {format_percent(shares.max())} sure"
        return [summary_scene(run), {**scene, "heading": f"{when}: {answer}"}]

    def parts(self, scenes):
        run, playing = self._run, self.playing
        buttons = [
            button("start", "▶ start", disabled=run.over or playing),
            button("pause", "❚❚ pause", disabled=not playing),
            button("step", "▶❘ step", disabled=run.over),
            button("reset", "↺ reset", title="new weights, with these settings"),
        ]
        return [
            {"kind": "buttons", "controls": [*buttons, *self.controls("head")]},
            {"kind": "progress", "progress": [run.step, run.steps], "alive": playing, "lines": self._told()},
            {"kind": "stage", "scene": scenes[0]},
            {"kind": "stage", "scene": scenes[1], "controls": self.controls("bar")},
        ]

    def describe(self):
        (first, second), _, batch_size, _, seed = self._run.plan
        made = f"{first} and {second} filters, batch size {batch_size}, seed {seed}"
        return f"TrainingExplorer: {made}, step {self._run.step} of {self._run.steps}"

    def _wanted(self):
        """Return the plan of the next training."""
        filters = self.first_filters, self.second_filters
        return self._run.plan._replace(filters=filters, learning_rate=self.learning_rate, batch_size=self.batch_size)

    def _told(self):
        """Return the status of the training and its progress."""
        run, wanted = self._run, self._wanted()
        if run.trouble:
            return [line(("wrong", f"Stopped: {run.trouble}. Press reset."))]
        stopped = "Paused." if run.step else "Ready: press start."
        state = "Finished." if run.over else "Training." if self.playing else stopped
        new = [name for name in ("filters", "batch_size") if getattr(wanted, name) != getattr(run.plan, name)]
        later = f" Reset to use the new {' and '.join(new)}.".replace("_", " ") if new else ""
        texts = [f"step {run.step} of {run.steps}"]
        for last in run.records[-1:]:
            right = f"{100 * last.accuracy:.0f} % right"
            texts += [f"epoch {last.epoch} of {run.plan.epochs}", f"batch loss {last.loss:.3f}, {right}"]
        return [line(("bold", state), later), line(("soft", " · ".join(texts)))]
