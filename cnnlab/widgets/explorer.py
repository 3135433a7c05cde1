"""What all explorers share: sliders that bound each other, the formula beside them, the stage, the static picture."""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress

import ipywidgets
import numpy as np

from cnnlab import figures
from cnnlab.checks import check_array, check_int
from cnnlab.formula import Explanation
from cnnlab.geometry import check_window, fits
from cnnlab.widgets.block import Block, formula_html
from cnnlab.widgets.stage import Stage

WORDS = {
    "size": ("R", "input size"),
    "kernel": ("F", "kernel size"),
    "padding": ("P", "padding"),
    "stride": ("S", "stride"),
    "channels": ("C", "channels"),
    "filters": ("K", "filters"),
    "image": ("", "image"),
}
RANGES = {"size": (1, 12), "kernel": (1, 7), "padding": (0, 4), "stride": (1, 4), "channels": (1, 4), "filters": (1, 4)}


class Explorer(Block):
    """Controls and formula in one card, one stage or more below; a subclass says what the scenes are.

    Parameters
    ----------
    settings : dict of str to int or (int, int, int)
        First values of the sliders, by the names of :data:`RANGES`; with least and most where they are not those.
    *controls : ipywidgets.Widget
        What else stands below the sliders; a change of its value draws the scenes again.
    """

    def __init__(self, settings: dict, *controls: ipywidgets.Widget):
        self.ranges = {}
        self.sliders = {}
        for name, value in settings.items():
            value, low, high = value if isinstance(value, tuple) else (value, *RANGES[name])
            self.ranges[name] = (low, max(high, value))
            self.sliders[name] = make_slider(name, value, self.ranges[name])
        self.formula = ipywidgets.HTML().add_class("cnnlab-formula")
        column = ipywidgets.VBox([*self.sliders.values(), *controls])
        card = ipywidgets.HBox([column, self.formula]).add_class("cnnlab-card")
        self.stages = [Stage() for _ in self.make_scenes()]
        for control in (*self.sliders.values(), *controls):
            control.observe(self._moved, names="value")
        for stage in self.stages:
            stage.observe(self._edited, names="edits")
        super().__init__([card, *self.stages])
        self.add_class("cnnlab-explorer")
        self.refresh()

    # --- what a subclass gives ---

    def make_scenes(self) -> list[dict]:
        """Return the scene of each stage for the present settings."""
        raise NotImplementedError

    def explain(self) -> Explanation:
        """Return the output size of the present settings with its reason."""
        raise NotImplementedError

    def edit(self, panel: str, cell: list[int], value: float) -> None:
        """Put a value that the learner typed into an array."""
        raise NotImplementedError

    def title(self) -> str:
        """Return the line above the static picture."""
        return self.explain().text

    def beside(self) -> str:
        """Return what stands beside the controls, as HTML: the formula, and what is left over."""
        return formula_html(self.explain())

    # --- state ---

    @property
    def settings(self) -> dict[str, int]:
        """The sliders' values by name."""
        return {name: slider.value for name, slider in self.sliders.items()}

    def refresh(self) -> None:
        """Bound the sliders by each other and send the stage its new scene, in one update."""
        self._bound()
        for stage, scene in zip(self.stages, self.make_scenes(), strict=True):
            stage.scene = {**scene, "serial": stage.edits["serial"]}
        self.formula.value = self.beside()

    def _bound(self) -> None:
        """Narrow each slider to the values that fit with those of the others."""
        for name, slider in self.sliders.items():
            low, high = self.ranges[name]
            legal = [value for value in range(low, high + 1) if self._fits({**self.settings, name: value})]
            slider.min, slider.max = min(legal), max(legal)

    def _fits(self, settings: dict[str, int]) -> bool:
        return fits(settings["size"], settings["kernel"], padding=settings["padding"])

    def _moved(self, _change) -> None:
        self.refresh()

    def _edited(self, change) -> None:
        for edit in change["new"]["cells"]:
            if is_legal(change["owner"].scene, edit):
                with suppress(IndexError):  # a cell that the array does not have
                    self.edit(edit["panel"], edit["cell"], float(edit["value"]))
        self.refresh()

    def still(self) -> dict[str, str]:  # noqa: D102 (inherited)
        picture = figures.scene_png(*(stage.scene for stage in self.stages), title=self.title())
        return {"image/png": b64encode(picture).decode()}


def is_legal(scene: dict, edit: dict) -> bool:
    """Return whether an edit puts a number into a cell of a panel that can be edited; a slider may hide the cell."""
    editable = any(panel["name"] == edit["panel"] and panel.get("editable") for panel in scene["panels"])
    return editable and min(edit["cell"]) >= 0 and np.isfinite(edit["value"])


def make_slider(name: str, value: int, bounds: tuple[int, int]) -> ipywidgets.IntSlider:
    """Return the slider of R, F, P or S, with its letter in its colour."""
    letter, words = WORDS[name]
    low, high = bounds
    return ipywidgets.IntSlider(
        value=check_int(name, value, low),
        min=low,
        max=high,
        description=f'<b class="cnnlab-{letter}">{letter}</b> {words}',
        description_allow_html=True,
        style={"description_width": "110px"},
        layout={"width": "320px"},
    )


def check_sliders(size: int, kernel, **geometry) -> dict[str, int]:
    """Return kernel, padding and stride as the one number each that a slider shows; ``geometry`` as for ``conv2d``."""
    rows, columns = check_window((size, size), kernel, **geometry)
    if rows != columns or rows.before != rows.after:
        given = ", ".join(f"{name} {value}" for name, value in {"kernel": kernel, **geometry}.items())
        raise ValueError(f"{given} must be one number each: a slider sets rows, columns and all sides alike")
    return {"kernel": rows.kernel, "padding": rows.before, "stride": rows.stride}


def grow(array: np.ndarray, side: int) -> np.ndarray:
    """Return square planes repeated to ``side`` cells a side, so that a larger R or F has numbers to show."""
    more = max(0, side - array.shape[-1])
    return np.pad(array, [(0, 0)] * (array.ndim - 2) + [(0, more)] * 2, mode="wrap")


def make_choice(letter: str, words: str, options, value) -> ipywidgets.Dropdown:
    """Return a dropdown in the form of the sliders."""
    return ipywidgets.Dropdown(
        options=options,
        value=value,
        description=f'<b class="cnnlab-{letter}">{letter}</b> {words}',
        description_allow_html=True,
        style={"description_width": "110px"},
        layout={"width": "320px"},
    )


def check_square(name: str, value, axes: str) -> np.ndarray:
    """Return planes as a float64 array with the dimensions ``axes``, those in front being 1 where not given."""
    checked = check_array(name, value)  # raises, by name, for what is no array of numbers
    array = np.array(checked, dtype=np.float64, order="C")  # so that an edit finds its cell in a view of the planes
    if not 2 <= array.ndim <= len(axes):
        raise ValueError(f"{name} (shape {array.shape}) must have 2 to {len(axes)} dimensions ({', '.join(axes)})")
    if array.shape[-1] != array.shape[-2] or not array.size:
        raise ValueError(f"{name} (shape {array.shape}) must be square: its side is one letter of the formula")
    if axes[0] == "N" and array.ndim == len(axes) and len(array) > 1:
        raise ValueError(f"{name} (shape {array.shape}) must hold one image, not {len(array)}")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} ({array[~np.isfinite(array)][0]} in it) must hold finite numbers: they are drawn")
    return array.reshape((1,) * (len(axes) - array.ndim) + array.shape)
