"""PoolingExplorer: max and mean pooling on the stage, forward and backward."""

from __future__ import annotations

import ipywidgets
import numpy as np

from cnnlab.checks import check_choice, check_flag
from cnnlab.formula import Explanation, explain_output_size
from cnnlab.pooling import max_pool2d
from cnnlab.scenes import pooling_scene, tie_scene
from cnnlab.widgets.convolution import default_gradient, largest_output
from cnnlab.widgets.explorer import RANGES, Explorer, check_sliders, check_square, grow, make_choice
from cnnlab.wiring import check_pool

PADDINGS = {"−∞, which never wins": -np.inf, "0, which beats negatives": 0.0}


class PoolingExplorer(Explorer):
    """A pooling to touch: winners marked and remembered, the way back beside it, ties under three rules.

    Parameters
    ----------
    x : array (H, H), (C, H, H) or (1, C, H, H)
        The input; beyond its own size, the slider R repeats it.
    kernel, stride, padding : int
        First values of F, S (default F) and P.
    op : "max" or "mean"
        Which pooling comes first.
    ceil_mode, count_include_pad : bool
        First state of the two boxes, as :func:`cnnlab.mean_pool2d`.
    dy : array, optional
        The upstream gradient, repeated to the size of y; small integers by default.
    gradients, ties : bool
        Show the backward row; show the rules for ties.

    Raises
    ------
    TypeError, ValueError
        As :func:`cnnlab.max_pool2d`, and where a plane is not square.

    Examples
    --------
    >>> PoolingExplorer([[1, 5, 2, 0], [3, 4, 6, 6], [0, 0, 8, 7], [9, 0, 7, 8]], 2)
    PoolingExplorer: max, x 4×4, window 2, padding 0, stride 2 → y 2×2
    """

    def __init__(
        self,
        x,
        kernel=2,
        *,
        op="max",
        stride=None,
        padding=0,
        ceil_mode=False,
        count_include_pad=True,
        dy=None,
        gradients=True,
        ties=False,
    ):
        x = check_square("x", x, "NCHW")
        check_choice("op", op, ("max", "mean"))
        stride = kernel if stride is None else stride
        settings = check_sliders(x.shape[-1], kernel, stride=stride, padding=padding, ceil_mode=ceil_mode)
        check_pool(x.shape[2:], **settings, ceil_mode=ceil_mode)
        dy = default_gradient(x.shape[1]) if dy is None else check_square("dy", dy, "NCHW")
        size = x.shape[-1]
        outputs = largest_output(size, settings["padding"])
        self.arrays = {"x": grow(x, max(size, RANGES["size"][1])), "dy": grow(dy, outputs)}
        self.gradients, self.ties, self.note = gradients, ties, ""
        self.op = make_choice("", "pooling", ["max", "mean"], op)
        self.pad_value = make_choice("", "max pads with", list(PADDINGS), next(iter(PADDINGS)))
        self.ceil_mode = make_box("ceil_mode", ceil_mode, "round up (ceil_mode)")
        self.count_include_pad = make_box("count_include_pad", count_include_pad, "mean counts the padding")
        controls = [self.op, self.pad_value, self.ceil_mode, self.count_include_pad]
        super().__init__({"size": size, **settings}, *controls)

    @property
    def x(self) -> np.ndarray:
        """The input, (1, C, R, R)."""
        size = self.settings["size"]
        return self.arrays["x"][..., :size, :size].copy()

    @property
    def dy(self) -> np.ndarray:
        """The upstream gradient, of the shape of y."""
        out = self.explain().value
        return self.arrays["dy"][..., :out, :out].copy()

    # --- what the base class asks ---

    def refresh(self) -> None:
        """Draw, with the controls greyed that change nothing now."""
        padded, hangs = self.settings["padding"] > 0, self.ceil_mode.value
        self.pad_value.disabled = self.op.value != "max" or not (padded or hangs)
        self.count_include_pad.disabled = self.op.value != "mean" or not padded
        super().refresh()

    def make_scenes(self) -> list[dict]:  # noqa: D102 (inherited)
        settings = self.settings
        geometry = {"stride": settings["stride"], "padding": settings["padding"], "ceil_mode": self.ceil_mode.value}
        scene = pooling_scene(
            self.x,
            settings["kernel"],
            op=self.op.value,
            count_include_pad=self.count_include_pad.value,
            pad_value=PADDINGS[self.pad_value.value],
            dy=self.dy if self.gradients else None,
            **geometry,
        )
        scenes = [{**scene, "note": self.note}]
        if self.ties:
            heading = "The same gradient of a max-pooling under three rules for ties"
            scenes.append({**tie_scene(self.x, settings["kernel"], self.dy, **geometry), "heading": heading})
        return scenes

    def explain(self) -> Explanation:  # noqa: D102 (inherited)
        settings = self.settings
        geometry = {name: settings[name] for name in ("padding", "stride")}
        return explain_output_size(settings["size"], settings["kernel"], ceil_mode=self.ceil_mode.value, **geometry)

    def edit(self, panel, cell, value):  # noqa: D102 (inherited)
        before = self._winners()
        plane, row, column = cell
        self.arrays[panel][0, plane, row, column] = value
        moved = np.argwhere(self._winners() != before)
        shown = len(moved) and self.op.value == "max" and PADDINGS[self.pad_value.value]
        self.note = moved_note(moved, self.gradients) if shown else ""

    def describe(self) -> str:  # noqa: D102 (inherited)
        settings, out = self.settings, self.explain().value
        return (
            f"PoolingExplorer: {self.op.value}, x {settings['size']}×{settings['size']}, window {settings['kernel']}, "
            f"padding {settings['padding']}, stride {settings['stride']} → y {out}×{out}"
        )

    def _winners(self) -> np.ndarray:
        settings = self.settings
        geometry = {"stride": settings["stride"], "padding": settings["padding"], "ceil_mode": self.ceil_mode.value}
        return max_pool2d(self.x, settings["kernel"], **geometry)[1]

    def _fits(self, settings):
        return super()._fits(settings) and settings["padding"] < settings["kernel"]  # every window meets the input

    def _moved(self, change):
        self.note = ""
        super()._moved(change)


def moved_note(moved: np.ndarray, gradients: bool) -> str:
    """Say which outputs have a new winner; ``moved`` holds their (n, channel, row, column)."""
    places = ", ".join(f"y[{row}, {column}]" for _, _, row, column in moved[:4])
    more = f" and {len(moved) - 4} more" if len(moved) > 4 else ""
    jump = ", and the whole gradient jumped with it" if gradients else ""
    return f"The winner of {places}{more} has moved{jump}."


def make_box(name: str, value, description: str) -> ipywidgets.Checkbox:
    """Return the box that shows an argument which is True or False."""
    return ipywidgets.Checkbox(check_flag(name, value), description=description)
