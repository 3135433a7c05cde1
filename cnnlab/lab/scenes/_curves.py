"""The scenes of functions of one number: a curve with its tangent and a nudge; and three scores with their loss."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from cnnlab import losses
from cnnlab.gradcheck import numerical_gradient
from cnnlab.lab.numbers import format_value
from cnnlab.lab.scenes._network import bars_panel
from cnnlab.lab.scenes._panels import chart_panel, places, scene, side_by_column
from cnnlab.lab.scenes._sentences import sentence
from cnnlab.lab.scenes._training import ends_of

POINTS = 161  # of a curve
TANGENT = 0.3  # its extent to each side, as a fraction of the chart's width
LARGE = 1.5  # the scale of a chart that is alone or beside one other
DEAREST = 6.0  # the loss at the top of its chart: for p = 0.0025


class Curve(NamedTuple):
    """A function of one number: its formula, such as "a = z²", f, and its slope; None for the numerical slope."""

    text: str
    f: Callable
    slope: Callable | None = None

    @property
    def symbol(self):
        """The name of its result."""
        return self.text.partition(" = ")[0]

    def slope_at(self, z):
        """Return f′(z); a numerical slope is accurate to about nine digits, and rounded accordingly."""
        there = np.array([z])
        if self.slope is not None:
            return self.slope(np.ones(1), there).item()
        return round(numerical_gradient(self.f, there, np.ones(1)).item(), 6)


class Nudged(NamedTuple):
    """A curve at the current point, and the effect of a nudge there."""

    curve: Curve
    z: float
    nudge: float
    before: float
    after: float
    slope: float


def follow(curves, z, nudge, *, adds=False):
    """Return the values of z and a nudge after each curve: composed, or, with ``adds``, each from the same z.

    Examples
    --------
    >>> path = follow([Curve("a = z²", np.square), Curve("L = 2a", lambda a: 2 * a)], 3.0, 0.5)
    >>> [(each.before, each.after, each.slope) for each in path]
    [(9.0, 12.25, 6.0), (18.0, 24.5, 2.0)]
    """
    path = []
    for curve in curves:
        if path and not adds:
            z, nudge = path[-1].before, path[-1].after - path[-1].before
        before, after = np.asarray(curve.f(np.array([z, z + nudge])), dtype=np.float64).tolist()
        path.append(Nudged(curve, z, nudge, before, after, curve.slope_at(z)))
    return path


def curve_scene(path, start, ends, drags, *, adds=False):
    """Return the scene of a path from :func:`follow`: a chart for each curve.

    Parameters
    ----------
    path : list of Nudged
    start : str
        The name of the first number.
    ends : [float, float]
        The interval that is drawn.
    drags : list
        As in :class:`Chart`: what a pointer sets on the first chart, or with ``adds`` on each.
    adds : bool
        The results of all curves are added up.

    Examples
    --------
    >>> shown = curve_scene(follow([Curve("a = z²", np.square)], 3.0, 0.5), "z", (-4, 4), ["z", 0.1, -40, 40])["panels"]
    >>> [line["name"] for line in shown[0]["chart"]["lines"]], shown[0]["chart"]["y"]
    (['a = 9', 'slope 6', 'nudge 0.5'], [0.0, 20.0])
    """
    shown = []
    for each in path:
        made = _curve_panel(each, start, ends)
        if adds or not shown:
            made["chart"]["drags"] = drags
        shown.append(made)
        if not adds:
            start, ends = each.curve.symbol, made["chart"]["y"]
    signs = ["+" if adds else "→"] * (len(path) - 1)
    return scene(side_by_column(*shown), signs, {}, shown[-1]["name"], note="Drag the dot.")


def _curve_panel(at, label, ends):
    xs = np.linspace(*ends, POINTS)
    ys = np.broadcast_to(np.asarray(at.curve.f(xs), dtype=np.float64), xs.shape)
    low, high = ends_of(ys)
    reach = TANGENT * (ends[1] - ends[0])
    steps = np.clip([-reach, reach], ends[0] - at.z, ends[1] - at.z)
    if at.slope:  # clip the tangent at the chart's edge
        steps = np.clip(steps, *sorted([(low - at.before) / at.slope, (high - at.before) / at.slope]))
    moved = at.z + at.nudge
    symbol, value, predicted = at.curve.symbol, at.before, at.before + at.slope * at.nudge
    lines = [
        (f"{symbol} = {format_value(value)}", xs, ys, [at.z, value]),
        (f"slope {format_value(at.slope, 3)}", at.z + steps, value + at.slope * steps, [moved, predicted]),
        (f"nudge {format_value(at.nudge)}", [at.z, moved, moved], [value, value, at.after], [moved, at.after]),
    ]
    lines = [{"name": name, "x": np.asarray(x), "y": np.asarray(y), "mark": mark} for name, x, y, mark in lines]
    return chart_panel(symbol, value, at.curve.text, "", lines, list(ends), [low, high], label, scale=LARGE)


def softmax_scene(logits, label, *, backward=True):
    """Return the scene from the logits (K,) of an image to its loss; with ``backward`` also δ.

    Examples
    --------
    >>> shown = softmax_scene(np.log([1.0, 2.0, 5.0]), 1)["panels"]
    >>> [panel["name"] for panel in shown], shown[1]["values"].ravel().round(3).tolist(), shown[3]["texts"]
    (['e', 'p', 'loss', 'd'], [0.125, 0.25, 0.625], ['↓ 0.125', '↑ 0.75', '↓ 0.625'])
    """
    loss, probabilities = losses.softmax_cross_entropy(logits[None], [label])
    delta, p = losses.softmax_cross_entropy_backward(probabilities, [label])[0], probabilities[0]
    powers, classes = np.exp(logits), range(len(p))
    texts = [format_value(power) for power in powers]
    look = {"captions": [f"class {k}" for k in classes], "best": label, "places": places(1, classes, [])}
    shown = [
        bars_panel("e", powers, "eᶻ", limit=float(powers.max()), texts=texts, **look),
        bars_panel("p", p, "p", title="softmax", texts=[format_value(share, 3) for share in p], **look),
        _loss_panel(float(p[label]), loss),
    ]
    shown[0]["says"] = sentence("e to the power of the score {place}.")
    shown[1]["says"] = sentence("") | {"cells": softmax_fractions(texts, p)}
    shown = side_by_column(*shown)
    if backward:
        back = look | {"lengths": np.abs(delta).tolist(), "role": "gradient", "band": 1, "best": -1}
        back["texts"] = [f"{'↓' if each > 0 else '↑'} {format_value(abs(each), 3)}" for each in delta]
        back["says"] = sentence("δ = p − one-hot. A step goes against it: the right score up, the others down.")
        shown.append(bars_panel("d", np.abs(delta), "δ", title="where a step moves each score", **back))
    return scene(shown, ["→", "→"], {}, first={"panel": "p", "cell": [0, label, 0]})


def softmax_fractions(powers, shares):
    """Return how each probability is made of e to the power of every score, which are written already.

    Examples
    --------
    >>> softmax_fractions(["1", "3"], [0.25, 0.75])
    ['1 / (1 + 3) = 0.25', '3 / (1 + 3) = 0.75']
    """
    below = " + ".join(powers)
    return [f"{power} / ({below}) = {format_value(share, 3)}" for power, share in zip(powers, shares, strict=True)]


def _loss_panel(p, loss):
    xs = np.linspace(np.exp(-DEAREST), 1, POINTS)
    line = {"name": f"−ln p = {format_value(loss)}", "x": xs, "y": -np.log(xs), "mark": [p, loss]}
    return chart_panel("loss", loss, "L", "loss", [line], [0.0, 1.0], [0.0, DEAREST], "p of the right class")
