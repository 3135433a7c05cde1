"""CurveExplorer: the slope of a curve at a point to drag; SoftmaxExplorer: from three scores to a loss and its δ."""

import math

import numpy as np

from cnnlab._validate import check_array, check_flag, check_named, check_shape, shown
from cnnlab.activations import ACTIVATIONS
from cnnlab.lab.explorers import Choice, Explorer, Measure, line
from cnnlab.lab.numbers import format_value
from cnnlab.lab.scenes import Curve, curve_scene, follow, softmax_scene

_LEAST, _MOST, _STEP, _NUDGE = -4.0, 4.0, 0.1, 1.0  # of z; the largest nudge
_ENDS = _LEAST, _MOST + _NUDGE  # of the curve
_WIDEST, _TRIED, _PULL = 3, 10, 4.0  # most curves; test inputs for each; the range of a logit


class CurveExplorer(Explorer):
    """Functions of one number: drag the dot along a curve, and see its tangent and the effect of a nudge.

    Parameters
    ----------
    functions : str, or dict of str to callable
        The name of an activation, which can then be changed; or one to three functions of numpy arrays by their
        formulas, such as ``{"a = z²": np.square}``. Each takes the result of the one before.
    z, nudge : float
        The initial position of the dot, from −4 to 4, and the size of the nudge, up to 1.
    adds : bool
        All functions take z instead, and their results add up to L.

    Attributes
    ----------
    z, nudge : float
    f : str
        Which activation is shown, unless functions of your own are.

    Raises
    ------
    TypeError, ValueError
        If a function is not callable, or does not return a finite number for each input.

    Examples
    --------
    >>> CurveExplorer("sigmoid", z=2)
    CurveExplorer: a = sigmoid(z) at z = 2: ∂a/∂z = 0.105
    >>> CurveExplorer({"a = z²": np.square, "L = 2a": lambda a: 2 * a}, z=3)
    CurveExplorer: a = z², L = 2a at z = 3: ∂L/∂z = 6 · 2 = 12
    >>> CurveExplorer({"a = z²": np.square, "b = 3z": lambda z: 3 * z}, z=3, adds=True)
    CurveExplorer: a = z², b = 3z at z = 3: ∂L/∂z = 6 + 3 = 9
    """

    f = Choice(ACTIVATIONS.keys(), "f")
    z = Measure(1.0, "z", _LEAST, _MOST, _STEP)
    nudge = Measure(0.5, "nudge ε", 0.1, _NUDGE)

    def __init__(self, functions="relu", *, adds=False, **settings):
        if "f" in settings:
            raise TypeError(f"f ({shown(settings['f'])}) must be the first argument")
        self.adds, named = check_flag("adds", adds), isinstance(functions, str)
        self.curves = [] if named else _read(functions)
        super().__init__(absent=[] if named else ["f"], **({"f": functions} if named else {}), **settings)

    def path(self):
        """Return z and the nudge after each function."""
        entry = ACTIVATIONS[self.f]
        curves = self.curves or [Curve(f"a = {self.f}(z)", entry.forward, entry.backward)]
        return follow(curves, self.z, self.nudge, adds=self.adds)

    def scenes(self):
        drags = ["z", _STEP, round(_LEAST / _STEP), round(_MOST / _STEP)]
        return [curve_scene(self.path(), "z", _ENDS, drags, adds=self.adds)]

    def formula_lines(self, scenes):
        path = self.path()
        slope, whole = self._slope(path)
        moved = sum(at.after - at.before for at in (path if self.adds else path[-1:]))
        arrives = f"Nudge z by ε: {self._last(path)} moves by {format_value(moved, 3)}"
        told = f"{arrives}; slope · ε is {format_value(whole * self.nudge, 3)}."
        return [line(("formula", slope)), line(("soft", told))]

    def _slope(self, path):
        """Return the slope of the whole path as a formula and as a number."""
        slopes = [at.slope for at in path]
        sign, whole = (" + ", sum(slopes)) if self.adds else (" · ", math.prod(slopes))
        texts = [format_value(each, 3) for each in slopes]
        texts = [f"({text})" if text[0] == "−" and len(path) > 1 else text for text in texts]
        ends = [sign.join(texts), format_value(whole, 3)][len(path) == 1 :]
        return " = ".join([f"∂{self._last(path)}/∂z", *ends]), whole

    def _last(self, path):
        return "L" if self.adds else path[-1].curve.symbol

    def describe(self):
        path = self.path()
        texts = ", ".join(at.curve.text for at in path)
        return f"CurveExplorer: {texts} at z = {format_value(self.z)}: {self._slope(path)[0]}"


def _read(functions):
    """Return the functions by their formulas, each tested on some numbers."""
    check_named("functions", functions)
    if not 1 <= len(functions) <= _WIDEST:
        raise ValueError(f"functions ({len(functions)} of them) must be one to {_WIDEST}")
    z, curves = np.linspace(*_ENDS, _TRIED), []
    for text, f in functions.items():
        if not callable(f):
            raise TypeError(f"{text} ({f!r}) must be a function")
        z = check_array(text, f(z))
        check_shape(text, z, (_TRIED,), "one number for each")
        if not np.isfinite(z).all():
            raise ValueError(f"{text} must be finite wherever it is drawn, for z from {_ENDS[0]:g} to {_ENDS[1]:g}")
        curves.append(Curve(text, f))
    return curves


class SoftmaxExplorer(Explorer):
    """Three scores to drag: their probabilities, the loss of the right class, and δ = p − one-hot.

    Parameters
    ----------
    logits : array (3,)
        The initial scores, each from −4 to 4.
    label : int
        The right class initially, from 0 to 2.
    gradients : bool
        Show δ.

    Attributes
    ----------
    z0, z1, z2 : float
        The scores.
    label : int

    Raises
    ------
    TypeError, ValueError
        If there are not three such scores, or the class is not 0, 1 or 2.

    Examples
    --------
    >>> SoftmaxExplorer([0, 1, 2], 1)
    SoftmaxExplorer: p = 0.09, 0.245, 0.665, right class 1, loss 1.41
    """

    z0, z1, z2 = (Measure(0.0, f"score {k}", -_PULL, _PULL) for k in range(3))
    label = Choice({k: str(k) for k in range(3)}, "right class", kind="tabs")

    def __init__(self, logits=(0.0, 1.0, 2.0), label=0, *, gradients=True):
        self.gradients = check_flag("gradients", gradients)
        logits = check_array("logits", logits, "K")
        check_shape("logits", logits, (3,), "three scores")
        super().__init__(label=label, **dict(zip(("z0", "z1", "z2"), logits.tolist(), strict=True)))

    def scenes(self):
        return [softmax_scene(np.array([self.z0, self.z1, self.z2]), self.label, backward=self.gradients)]

    def formula_lines(self, scenes):
        _, p, loss, *_ = (panel["values"].ravel() for panel in scenes[0]["panels"])
        right = format_value(p[self.label], 3)
        told = line(("formula", f"L = −ln p = −ln {right} = {format_value(loss[0])}"))
        return [told, line(("soft", "δ = p − one-hot"))] if self.gradients else [told]

    def describe(self):
        _, p, loss, *_ = (panel["values"].ravel() for panel in self._scenes[0]["panels"])
        shares = ", ".join(format_value(share, 3) for share in p)
        return f"SoftmaxExplorer: p = {shares}, right class {self.label}, loss {format_value(loss[0])}"
