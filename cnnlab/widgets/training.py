"""TrainingExplorer: a network that learns while you watch."""

from __future__ import annotations

from base64 import b64encode
from copy import deepcopy

import ipywidgets

from cnnlab.checks import check_int, check_pair
from cnnlab.data import Digits
from cnnlab.widgets.block import Block
from cnnlab.widgets.curves import Curves, draw_summary, progress_html, state_html, summarise
from cnnlab.widgets.explorer import make_choice
from cnnlab.widgets.player import Player
from cnnlab.widgets.run import NAMES, Run, Settings, SmallNetwork, maps_scene
from cnnlab.widgets.stage import Stage

FILTERS = (2, 4, 8, 16, 32)
LEARNING_RATES = (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
BATCH_SIZES = (4, 8, 16, 32, 64, 128, 256)
PACES = {"full speed": 0.001, "20 steps a second": 0.05, "2 steps a second": 0.5}  # seconds of rest between steps
MAPS = NAMES[:5]  # the layers that give planes
ABOUT = "Choose a layer to see its maps of the image; look back to see them with the weights of an earlier epoch."


class TrainingExplorer(Block):
    """A network of two convolutions, a max-pooling and a dense layer that learns while you watch.

    The training runs in steps between which the kernel does whatever else it is asked to, so a pause comes before the
    next step, and other cells can run. The learning rate takes effect at once, filters and batch size on a reset.

    Parameters
    ----------
    x_train, y_train, x_test, y_test : arrays
        Images (N, C, H, W) and classes (N,), to train with and held out; from :func:`cnnlab.load_digits`.
    filters : (int, int)
        Filters of the two convolutions.
    learning_rate : float
        Of SGD with momentum 0.9.
    batch_size : int
        Images a step.
    epochs : int
        How often every image is seen.
    seed : int
        Of the first weights and the order of the images: the same seed, the same training.

    Raises
    ------
    TypeError, ValueError
        If an argument is of a wrong kind or out of range, or the arrays do not fit each other.

    Notes
    -----
    A training that plays goes on when its output is cleared or its cell run again, until it ends or :meth:`pause` or
    :meth:`close` is called.

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

    _player = None

    def __init__(
        self, x_train, y_train, x_test, y_test, *, filters=(8, 16), learning_rate=0.03, batch_size=16, epochs=10, seed=0
    ):
        settings = Settings(check_pair("filters", filters, 1), learning_rate, batch_size, epochs, seed)
        run = Run(Digits(x_train, y_train, x_test, y_test), settings)
        self._shown = deepcopy(run.model)  # with the weights that are looked at
        self._make_controls(run)
        self._make_views()
        self._player = Player(run, show=self._show, pace=lambda: self.controls["pace"].value)
        super().__init__(self._arranged())
        self.add_class("cnnlab-explorer").add_class("cnnlab-training")
        self.refresh()

    # --- what is known of the training ---

    @property
    def _run(self) -> Run:
        return self._player.run

    @property
    def model(self) -> SmallNetwork:
        """A copy of the network as it is after the last step, to use while the training goes on."""
        with self._player.lock:
            return deepcopy(self._run.model)

    @property
    def records(self) -> list:
        """The record of each step made, as :func:`cnnlab.training.train` gives it."""
        return self._run.records

    @property
    def accuracy(self) -> float:
        """The share of held-out images that the network now answers right, from 0 to 1."""
        with self._player.lock:
            return self._run.evaluate()[0].accuracy

    @property
    def playing(self) -> bool:
        """Whether the training goes on."""
        return self._player.playing

    @property
    def settings(self) -> Settings:
        """What the controls say; filters and batch size are those of the training only after a reset."""
        chosen = {name: self.controls[name].value for name in ("learning_rate", "batch_size")}
        filters = self.controls["first"].value, self.controls["second"].value
        return self._run.settings._replace(filters=filters, **chosen)

    # --- what the buttons do ---

    def start(self) -> None:
        """Train on, between whatever else the kernel does; where no event loop runs, train to the end."""
        self._player.start()

    def pause(self) -> None:
        """Stop before the next step."""
        self._player.pause()

    def run(self, steps: int | None = None) -> None:
        """Make so many steps, or all that are left, and return when they are done.

        Parameters
        ----------
        steps : int, optional
            How many; fewer where the training ends before.
        """
        self._player.make(self._run.steps if steps is None else check_int("steps", steps, 0))

    def reset(self) -> None:
        """Begin again, with new weights and the settings that the controls show."""
        with self._player.lock:
            self._player.insert(Run(self._run.data, self.settings))
            self._shown = deepcopy(self._run.model)
            self.controls["look_back"].value = self.controls["look_back"].max
            self.refresh()

    def close(self) -> None:
        """Stop the training and take the explorer off the page."""
        if self._player is not None:
            self._player.stop()
        super().close()

    # --- what is shown ---

    def refresh(self) -> None:
        """Show the present state."""
        self._player.show()

    def describe(self) -> str:  # noqa: D102 (inherited)
        run = self._run
        first, second = run.settings.filters
        made = f"{first} and {second} filters, batch size {run.settings.batch_size}, seed {run.settings.seed}"
        return f"TrainingExplorer: {made}, step {run.step} of {run.steps}"

    def still(self) -> dict[str, str]:  # noqa: D102 (inherited)
        kernels = self.model.params["0.w"].reshape(-1, 3, 3)
        picture = draw_summary(self.curves.summary, kernels, self.describe())
        return {"image/png": b64encode(picture).decode()}

    # --- what the learner does ---

    def _stepped(self, _button) -> None:
        self.run(1)

    def _rated(self, change) -> None:
        self._run.optimizer.learning_rate = change["new"]

    def _chosen(self, _change) -> None:
        self.message.value = state_html(self._run, self.settings, self.playing)

    def _looked(self, _change) -> None:
        with self._player.lock:
            self._show_maps()

    # --- the views ---

    def _show(self) -> None:
        run = self._run
        self.buttons["start"].disabled = run.over or self.playing
        self.buttons["pause"].disabled = not self.playing
        self.buttons["step"].disabled = run.over
        self.message.value = state_html(run, self.settings, self.playing)
        self.meter.value = progress_html(run, self._player.seconds_left)
        self.curves.summary = summarise(run)
        self._show_maps()

    def _show_maps(self) -> None:
        """Show the first kernels and a layer's maps of one held-out image, with the weights that are looked at."""
        run, epoch, place = self._run, self.controls["look_back"].value, self.controls["image"].value
        now = epoch >= len(run.weights)  # the end of the slider, or an epoch that is still to come
        for name, param in self._shown.params.items():
            param[...] = (run.model.params if now else run.weights[epoch])[name]
        image, label = self._run.data.x_test[place : place + 1], self._run.data.y_test[place]
        scene = maps_scene(self._shown, run.weights[0]["0.w"], image, self.controls["maps"].value)
        shares = scene["panels"][-1]["values"].ravel()
        when = f"now, after step {run.step}" if now else f"after epoch {epoch}" if epoch else "before the training"
        answer = f"held-out image {place} is a {label}, answer {shares.argmax()} ({100 * shares.max():.0f} % sure)"
        self.stage.scene = {**scene, "heading": f"The network {when}: {answer}", "about": ABOUT, "serial": 0}

    # --- parts ---

    def _make_controls(self, run: Run) -> None:
        (first, second), rate, size, epochs, _ = run.settings
        now = epochs + 1  # the end of the slider that looks back
        sizes = [value for value in BATCH_SIZES if value <= len(run.data.x_train)]
        self.controls = {
            "first": make_choice("", "conv 1 filters", sorted({*FILTERS, first}), first),
            "second": make_choice("", "conv 2 filters", sorted({*FILTERS, second}), second),
            "batch_size": make_choice("", "batch size", sorted({*sizes, size}), size),
            "learning_rate": make_choice("", "learning rate", sorted({*LEARNING_RATES, rate}), rate),
            "pace": make_choice("", "pace", PACES.items(), PACES["full speed"]),
            "image": ipywidgets.IntSlider(max=len(run.data.x_test) - 1, **_named("held-out image", "300px")),
            "look_back": ipywidgets.IntSlider(max=now, value=now, readout=False, **_named("look back", "220px")),
            "maps": ipywidgets.Dropdown(options=MAPS, value=MAPS[3], **_named("maps of", "220px")),
        }
        for name in ("first", "second", "batch_size"):
            self.controls[name].observe(self._chosen, names="value")
        self.controls["learning_rate"].observe(self._rated, names="value")
        for name in ("image", "maps", "look_back"):
            self.controls[name].observe(self._looked, names="value")

    def _make_views(self) -> None:
        self.message, self.meter = ipywidgets.HTML(), ipywidgets.HTML()
        self.curves, self.stage = Curves(), Stage()
        icons = {"start": "play", "pause": "pause", "step": "step-forward", "reset": "undo"}
        self.buttons = {name: ipywidgets.Button(description=name, icon=icon) for name, icon in icons.items()}
        for name in ("start", "pause", "reset"):
            method = getattr(self, name)
            self.buttons[name].on_click(lambda _button, method=method: method())
        self.buttons["step"].on_click(self._stepped)

    def _arranged(self) -> list[ipywidgets.Widget]:
        """Return the parts from top to bottom."""
        controls = list(self.controls.values())
        settings = ipywidgets.VBox(controls[:5])
        buttons = ipywidgets.Box(list(self.buttons.values())).add_class("cnnlab-training-buttons")
        state = ipywidgets.VBox([buttons, self.meter, self.message]).add_class("cnnlab-training-state")
        card = ipywidgets.HBox([settings, state]).add_class("cnnlab-card")
        look = ipywidgets.Box(controls[5:]).add_class("cnnlab-training-look")
        return [card, self.curves, look, self.stage]


def _named(words: str, width: str) -> dict:
    """Return the options of a control whose label is only as wide as its words."""
    return {"description": words, "style": {"description_width": "initial"}, "layout": {"width": width}}
