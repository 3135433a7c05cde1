"""Curves over one axis, as a training's are drawn."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from cnnlab.lab.scenes import panel, round_up
from cnnlab.lab.stills.scene import draw_scene


def draw_curves(x, curves, ax: Axes, *, title: str = "", label: str = "") -> Axes:
    """Draw curves with their names and their last numbers, both axes from 0 on; returns the Axes.

    Parameters
    ----------
    x : array (n,)
        From 0 to whole numbers, the last one the greatest.
    curves : dict of arrays (n,)
        By their names; at most two, which colour and dashes tell apart.
    ax : Axes
        Where to draw; its limits are set, its frame is taken away.
    title, label : str
        What stands above the curves and below the axis.

    Examples
    --------
    >>> from cnnlab.lab.stills import new_axes
    >>> ax = draw_curves([0, 1, 2], {"squares": [0, 1, 4]}, new_axes(), label="x")
    >>> [word.text for word in ax.collections[0].words][:2]
    ['squares 4', '0']
    """
    x, last = np.asarray(x, dtype=float), int(x[-1])
    lines = [{"name": name, "x": x, "y": np.asarray(y, dtype=float)} for name, y in curves.items()]
    top = round_up(np.concatenate([line["y"] for line in lines]))
    chart = {"unit": "", "top": top, "last": last, "ticks": last, "label": label, "lines": lines}
    shown = panel("curves", [[[top]]], title, "", role="y", view="chart", chart=chart)
    return draw_scene(
        {"panels": [shown], "signs": [], "wires": {}, "first": {"panel": "curves", "cell": [0, 0, 0]}}, ax
    )
