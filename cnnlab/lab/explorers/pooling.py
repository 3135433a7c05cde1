"""PoolingExplorer and ActivationExplorer: what has no weights on the stage, forward and backward."""

import numpy as np

from cnnlab import pooling
from cnnlab._validate import check_flag, check_shape
from cnnlab.activations import ACTIVATIONS
from cnnlab.geometry import check_filled
from cnnlab.lab.explorers import Choice, Explorer, Slider, Switch, line
from cnnlab.lab.explorers import _windows as windows
from cnnlab.lab.scenes import Own, activation_scene, pooling_scene, tie_scene
from cnnlab.pooling import POOLS

_PADS = {"nothing": "−∞, which never wins", "zero": "0, which beats negatives"}


class PoolingExplorer(windows.WindowExplorer):
    """A pooling to touch: winners marked and remembered, the way back beside it, ties under three rules.

    Parameters
    ----------
    x : array (H, H), (C, H, H) or (1, C, H, H)
        The input; beyond its own size, the slider R repeats it.
    kernel, stride, padding : int
        First values of F, S (default F) and P.
    op : str
        Which pooling comes first: "max", "mean", or another entry of :data:`cnnlab.pooling.POOLS`.
    ceil_mode, count_include_pad : bool
        First state of the two switches, as :func:`cnnlab.mean_pool2d`.
    dy : array, optional
        The upstream gradient, repeated to the size of y; small integers by default.
    gradients, ties : bool
        Show the backward row; show the rules for ties.
    forward, backward : function, optional
        Functions of your own, called as those of cnnlab for this ``op``: ``forward(x, kernel)`` gives y, or y and the
        places of the winners; ``backward(dy, argmax, x_shape)``, or without winners ``backward(dy, x_shape, kernel)``,
        gives dx. Both get those settings that they name; every number is theirs, and so are the wires.

    Attributes
    ----------
    size, kernel, padding, stride : int
        R, F, P and S: traits, to be set, observed and linked.
    op, pad_with : str
        Which pooling; what max finds in the padding, "nothing" or "zero".
    ceil_mode, count_include_pad : bool

    Raises
    ------
    TypeError, ValueError
        As :func:`cnnlab.max_pool2d`, and where a plane is not square.

    Examples
    --------
    >>> PoolingExplorer([[1, 5, 2, 0], [3, 4, 6, 6], [0, 0, 8, 7], [9, 0, 7, 8]], 2)
    PoolingExplorer: max, x 4×4, window 2, padding 0, stride 2 → y 2×2
    """

    kernel = Slider(2, "window size", *windows.KERNELS, letter="F")
    op = Choice(POOLS.keys(), "pooling", place="bar")
    pad_with = Choice(_PADS, "max pads with", place="bar")
    ceil_mode = Switch(False, "round up", place="bar", title="ceil_mode: a last window may hang over the far edge")
    count_include_pad = Switch(True, "count the padding", place="bar", title="count_include_pad")

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
        forward=None,
        backward=None,
    ):
        x = windows.check_square("x", x, "NCHW")
        size, stride = x.shape[-1], kernel if stride is None else stride
        settings = windows.check_sliders(size, kernel, stride=stride, padding=padding, ceil_mode=ceil_mode)
        arrays = windows.roomy(x, dy, x.shape[1], settings)
        self.gradients = backward is not None or (check_flag("gradients", gradients) and forward is None)
        self.ties = check_flag("ties", ties)
        settings |= {"ceil_mode": ceil_mode, "count_include_pad": count_include_pad}
        super().__init__(arrays, size=size, op=op, **settings)
        self.take(getattr(pooling, f"{op}_pool2d", None), forward, backward)
        if self.own:
            self.absent |= {"op", "pad_with"}
            if ties:
                raise ValueError("ties (True) must go without forward and backward: the three rules are cnnlab's")

    # --- what the base class asks ---

    def axis(self, s):
        stride = s.kernel if self.own and "stride" in self.absent else s.stride  # as where a pool is given none
        return windows.axis_of(s.size, s.kernel, stride=stride, padding=s.padding, ceil_mode=s.ceil_mode)

    def check(self, s):
        check_filled(self.axis(s))

    def inactive(self, s):
        pads_zero = s.op == "max" and (s.padding or s.ceil_mode)
        counts = "count_include_pad" in POOLS[s.op].options and s.padding
        return {name for name, use in (("pad_with", pads_zero), ("count_include_pad", counts)) if not use}

    def geometry(self, s):
        """Return what a pool is given beside x and the size of its window."""
        options = {name: getattr(s, name) for name in POOLS[s.op].options if hasattr(s, name)}
        return {"stride": self.axis(s).stride, "padding": s.padding, "ceil_mode": s.ceil_mode, **options}

    def scene(self, s):
        zero = 0.0 if s.op == "max" and s.pad_with == "zero" else None
        dy = self.dy_of(s) if self.gradients else None
        return pooling_scene(self.x_of(s), s.kernel, op=s.op, dy=dy, pad_value=zero, **self.geometry(s))

    def scenes(self, s):
        scenes = super().scenes(s)
        if self.ties:
            heading = "Three rules for ties"
            settings = {"stride": s.stride, "padding": s.padding, "ceil_mode": s.ceil_mode}
            scenes.append({**tie_scene(self.x_of(s), s.kernel, self.dy_of(s), **settings), "heading": heading})
        return scenes

    def ways(self, s):
        x, settings = self.x_of(s), self.geometry(s)
        forward = Own(self.own[0], ["x"], {"y": [("x",)]}, settings, (s.kernel,))
        _, *winners = forward.answers({"x": x})
        more = (*winners, x.shape) if winners else (x.shape, s.kernel)
        return [forward, Own(self.own[1], ["dy"], {"dx": [("dy",)]}, settings, more)]

    def note_of(self, panel, cell, before, after):
        if self.own:
            return ""
        old, new = (scenes[0]["shares"]["values"] for scenes in (before, after))
        moved = np.argwhere((old != new).any(axis=(-2, -1)))  # (channel, row, column) of outputs with a new winner
        if not len(moved) or not POOLS[self.op].picks:
            return ""
        places = ", ".join(f"y[{row}, {column}]" for _, row, column in moved[:4])
        more = f" and {len(moved) - 4} more" * (len(moved) > 4)
        jump = ", and the whole gradient jumped with it" * self.gradients
        return f"The winner of {places}{more} has moved{jump}."

    def describe(self):
        return self.say(f"{self.op}, x", f"window {self.kernel}")


class ActivationExplorer(Explorer):
    """An activation forward, and backward: δ = ∂L/∂a · f′(z), cell by cell.

    Parameters
    ----------
    z : array (H, H), (C, H, H) or (1, C, H, H)
        What the activation is applied to.
    f : str
        relu, leaky_relu, sigmoid, tanh, or another entry of :data:`cnnlab.activations.ACTIVATIONS`.
    dy : array, optional
        ∂L/∂a, repeated to the size of z; small integers by default.
    gradients : bool
        Show the backward row.

    Attributes
    ----------
    f : str
        The activation: a trait, to be set, observed and linked.

    Raises
    ------
    TypeError, ValueError
        If a plane is not square, or the activation is unknown.

    Examples
    --------
    >>> ActivationExplorer([[-2, 1], [0, 3]])
    ActivationExplorer: relu of z 2×2
    """

    f = Choice(ACTIVATIONS.keys(), "activation", letter="f")

    def __init__(self, z, f="relu", *, dy=None, gradients=True):
        z = windows.check_square("z", z, "NCHW")
        self.gradients = check_flag("gradients", gradients)
        dy = windows.cut(windows.grow(windows.check_gradient(dy, z.shape[1], "NCHW"), z.shape[-1]), z.shape[-1])
        check_shape("dy", dy, z.shape, "that of z")
        super().__init__({"x": z, "dy": dy}, f=f)

    def scenes(self, s):
        scene = activation_scene(self.arrays["x"], s.f, dy=self.arrays["dy"] if self.gradients else None)
        for panel in scene["panels"]:
            panel["editable"] = panel["name"] in self.arrays
        return [scene]

    def formula_lines(self, s, scenes):
        f, slope = ACTIVATIONS[s.f].formulas()
        lines = [line(("formula", f)), line(("formula", slope)), line(("soft", "δ = ∂L/∂a · f′(z)"))]
        return lines if self.gradients else lines[:1]

    def title(self, s, scenes):
        return ";   ".join(ACTIVATIONS[s.f].formulas())

    def describe(self):
        height, width = self.arrays["x"].shape[2:]
        return f"ActivationExplorer: {self.f} of z {height}×{width}"
