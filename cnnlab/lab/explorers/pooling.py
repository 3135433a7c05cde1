"""PoolingExplorer and ActivationExplorer: operations without weights on the stage, forward and backward."""

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
    """An interactive pooling: marked winners, the backward pass beside it, three rules for ties.

    Parameters
    ----------
    x : array (H, H), (C, H, H) or (1, C, H, H)
        The input; beyond its own size, the slider R repeats it.
    kernel, stride, padding : int
        Initial values of F, S (default F) and P.
    op : str
        The initial pooling: "max", "mean", or another entry of :data:`cnnlab.pooling.POOLS`.
    ceil_mode, count_include_pad : bool
        Initial state of the two switches, as in :func:`cnnlab.mean_pool2d`.
    dy : array, optional
        The upstream gradient, repeated to the size of y; small integers by default.
    gradients, ties : bool
        Show the backward row; show the rules for ties.
    forward, backward : function, optional
        Functions of your own, called as those of cnnlab for this ``op``: ``forward(x, kernel)`` gives y, or y and the
        places of the winners; ``backward(dy, argmax, x_shape)``, or without winners ``backward(dy, x_shape, kernel)``,
        gives dx. Both get the settings that are among their arguments; they determine all numbers and wires.

    Attributes
    ----------
    size, kernel, padding, stride : int
        R, F, P and S: traits, to be set, observed and linked.
    op, pad_with : str
        Which pooling; the padding of max pooling, "nothing" or "zero".
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

    def __init__(self, x, kernel=2, *, stride=None, gradients=True, ties=False, **options):
        x = windows.check_square("x", x, "NCHW")
        self.ties = check_flag("ties", ties)
        options = {"size": x.shape[-1], "stride": kernel if stride is None else stride} | options
        super().__init__({"x": x}, x.shape[1], kernel=kernel, gradients=gradients, **options)
        if self.own:
            self.absent |= {"op", "pad_with"}
            if ties:
                raise ValueError("ties (True) must go without forward and backward: the three rules are cnnlab's")

    # --- methods that the base class calls ---

    def axis(self, s):
        stride = s.kernel if self.own and "stride" in self.absent else s.stride  # the default stride of a pool
        return windows.axis_of(s.size, s.kernel, stride=stride, padding=s.padding, ceil_mode=s.ceil_mode)

    def check(self, s):
        super().check(s)
        check_filled(self.axis(s))

    def inactive(self):
        pads_zero = self.op == "max" and (self.padding or self.ceil_mode)
        counts = "count_include_pad" in POOLS[self.op].options and self.padding
        return {name for name, use in (("pad_with", pads_zero), ("count_include_pad", counts)) if not use}

    @property
    def geometry(self):
        """The settings that a pool gets besides x and the size of its window."""
        options = {name: getattr(self, name) for name in POOLS[self.op].options if hasattr(self, name)}
        return self._sides | options

    @property
    def _sides(self):
        return {"stride": self.axis(self).stride, "padding": self.padding, "ceil_mode": self.ceil_mode}

    def scene(self):
        zero = 0.0 if self.op == "max" and self.pad_with == "zero" else None
        dy = self.dy if self.gradients else None
        return pooling_scene(self.x, self.kernel, op=self.op, dy=dy, pad_value=zero, **self.geometry)

    def scenes(self):
        scenes = super().scenes()
        if self.ties:
            scenes.append({**tie_scene(self.x, self.kernel, self.dy, **self._sides), "heading": "Three rules for ties"})
        return scenes

    def ways(self):
        x, settings = self.x, self.geometry
        ours = getattr(pooling, f"{self.op}_pool2d", None)
        forward = Own(self.own[0] or ours, ["x"], {"y": [("x",)]}, settings, (self.kernel,))
        _, *winners = forward.answers({"x": x})
        more = (*winners, x.shape) if winners else (x.shape, self.kernel)
        return [forward, Own(self.own[1], ["dy"], {"dx": [("dy",)]}, settings, more)]

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
        dy = windows.cut(windows.grow(windows.check_gradient(dy, z.shape[1]), z.shape[-1]), z.shape[-1])
        check_shape("dy", dy, z.shape, "that of z")
        super().__init__({"x": z, "dy": dy}, f=f)

    def scenes(self):
        scene = activation_scene(self.arrays["x"], self.f, dy=self.arrays["dy"] if self.gradients else None)
        for panel in scene["panels"]:
            panel["editable"] = panel["name"] in self.arrays
        return [scene]

    def formula_lines(self, scenes):
        f, slope = ACTIVATIONS[self.f].formulas()
        lines = [line(("formula", f)), line(("formula", slope)), line(("soft", "δ = ∂L/∂a · f′(z)"))]
        return lines if self.gradients else lines[:1]

    def title(self, scenes):
        return ";   ".join(ACTIVATIONS[self.f].formulas())

    def describe(self):
        side = self.arrays["x"].shape[-1]
        return f"ActivationExplorer: {self.f} of z {side}×{side}"
