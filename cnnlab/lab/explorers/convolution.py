"""ConvolutionExplorer: one convolution, forward and optionally backward; and two explorers derived from it."""

import numpy as np

from cnnlab import convolution
from cnnlab._validate import check_choice, check_int, check_list
from cnnlab.convolution import check_convolution
from cnnlab.lab.explorers import TOGGLES, Slider, Switch, check_between, line
from cnnlab.lab.explorers import _windows as windows
from cnnlab.lab.explorers._windows import check_square, cut
from cnnlab.lab.numbers import format_value
from cnnlab.lab.scenes import Own, channels_scene, convolution_scene, gather_scene, scatter_scene
from cnnlab.lab.scenes.reading import name_of, panel_of, value_at

_MOST = 4  # channels and filters of a ChannelsExplorer


class ConvolutionExplorer(windows.WindowExplorer):
    """An interactive convolution: change R, F, P and S, select any cell of any panel, type numbers into cells.

    Parameters
    ----------
    x : array (H, H), (C, H, H) or (1, C, H, H)
        The input; the slider R repeats it beyond its own size.
    w : array (F, F), (C, F, F) or (filters, C, F, F)
        The kernel or kernels; the slider F crops or repeats them.
    b : array (filters,) or float, optional
        The bias.
    kernel, stride, padding : int
        Initial values of F (default: the size of ``w``), S and P.
    dilation, groups : int
        As :func:`cnnlab.conv2d`; no slider.
    dy : array, optional
        The upstream gradient, repeated to the size of y; small integers by default.
    gradients : bool
        Show the backward row, and the switch ``turned``. After an edit of x or w it shows how much the loss L = Σ y ·
        ∂L/∂y changed, beside the gradient.
    forward, backward : function, optional
        Functions of your own in place of :func:`cnnlab.conv2d` and :func:`cnnlab.conv2d_backward`, called like these,
        with the settings that are among their arguments: they determine all numbers and wires.
    turned : bool
        Start with the kernel turned by 180°: convolution, not cross-correlation. Its switch is shown in this case, and
        with ``gradients``.
    controls : iterable of str, optional
        The settings that have a control, and the toggles ("numbers", "wires", "coverage", "gradients", "code") that
        are shown; all by default. Without sliders the formula is hidden too.

    Attributes
    ----------
    size, kernel, padding, stride : int
        R, F, P and S: traits, to be set, observed and linked.
    turned : bool
        Whether the kernel is turned by 180° before it is used.

    Raises
    ------
    TypeError, ValueError
        As :func:`cnnlab.conv2d`, and where a plane is not square.

    Examples
    --------
    >>> explorer = ConvolutionExplorer([[1, 0, 2], [0, 3, 1], [2, 1, 0]], [[1, 0], [0, -1]])
    >>> explorer
    ConvolutionExplorer: x 3×3, kernel 2, padding 0, stride 1 → y 2×2
    >>> explorer.y[0, 0]
    array([[-2., -1.],
           [-1.,  3.]])
    >>> explorer.kernel = 1
    >>> explorer
    ConvolutionExplorer: x 3×3, kernel 1, padding 0, stride 1 → y 3×3
    """

    _scene_of = staticmethod(convolution_scene)
    turned = Switch(False, "turn w", place="bar", title="turn the kernel by 180° first: the convolution of mathematics")

    def __init__(self, x, w, b=None, *, dilation=1, groups=1, controls=None, **options):
        x, w = check_square("x", x, "NCHW"), check_square("w", w, "FCHW")
        b = None if b is None else windows.check_drawable("b", b, 1)
        self.fixed = {"dilation": check_int("dilation", dilation, 1), "groups": check_int("groups", groups, 1)}
        known = ["size", "kernel", "stride", "padding", "turned", *sorted(TOGGLES)]
        named = known if controls is None else check_list("controls", controls, "names")
        for name in named:
            check_choice("controls", name, known)
        arrays = {"x": x, "w": w} | ({} if b is None else {"b": b})
        options = {"size": x.shape[-1], "kernel": w.shape[-1], "absent": set(known).difference(named)} | options
        super().__init__(arrays, len(w), **options)
        check_convolution(self.arrays["x"], cut(self.arrays["w"], self.kernel), b, **self.geometry)
        if self.own and (self.turned or self._scene_of is not convolution_scene):
            raise ValueError("forward and backward must go to a ConvolutionExplorer, and without a kernel turned")
        if self.own or not (self.gradients or self.turned or controls is not None):
            self.absent |= {"turned"}

    # --- the arrays shown ---

    @property
    def w(self):
        """The kernels, (filters, C, F, F)."""
        return cut(self.arrays["w"], self.kernel)[: self.filters, : self.channels]

    @property
    def b(self):
        """The bias, (filters,), or None."""
        return self.arrays["b"][: self.filters].copy() if "b" in self.arrays else None

    @property
    def y(self):
        """The output, (1, filters, out, out)."""
        if self.own:  # what it raises is raised
            return self.ways()[0].answers({"x": self.x, "w": self.w, "b": self.b})[0]
        return panel_of(self.scene(), "y")["values"][None]

    @property
    def geometry(self):
        """The settings that :func:`cnnlab.conv2d` gets besides its arrays."""
        return {"stride": self.stride, "padding": self.padding, **self.fixed}

    # --- methods that the base class calls ---

    def axis(self, s):
        return windows.axis_of(s.size, s.kernel, stride=s.stride, padding=s.padding, dilation=self.fixed["dilation"])

    def scene(self):
        dy = self.dy if self.gradients else None
        return self._scene_of(self.x, self.w, self.b, dy=dy, turned=self.turned, **self.geometry)

    def ways(self):
        terms = {"x": ("dy", "w"), "w": ("dy", "x"), "b": ("dy",)}
        names = [name for name in terms if name in self.arrays]
        forward, backward = self.own
        return [
            Own(forward or convolution.conv2d, names, {"y": [("x", "w"), ("b",)][: len(names) - 1]}, self.geometry),
            Own(backward, ("dy", "x", "w"), {f"d{name}": [terms[name]] for name in names}, self.geometry),
        ]

    def plane_of(self, panel, number):
        if panel == "b":
            return self.arrays["b"][number : number + 1, None]
        at = divmod(number, self.w.shape[1]) if panel == "w" else (0, number)
        return self.arrays[panel][at]

    def note_of(self, panel, before, after):
        """Return the change of the loss after an edit, and the change that the gradient predicts."""
        old, new = ({shown["name"]: shown for shown in scenes[0]["panels"]} for scenes in (before, after))
        changes = new[panel]["values"] - old[panel]["values"]
        drawn = np.argwhere(changes).tolist()  # the edited cell; none if a slider hides it
        if not drawn or f"d{panel}" not in old:
            return ""
        (at,), change = drawn, changes.sum()
        with np.errstate(all="ignore"):
            first, second = ((panels["y"]["values"] * panels["dy"]["values"]).sum() for panels in (old, new))
        numbers = change, first, second, (second - first) / change, value_at(old[f"d{panel}"], at)
        change, first, second, slope, said = (format_value(number, 3) for number in numbers)
        nudge = f"Nudge: {name_of(old[panel], at)} changed by {change}, L from {first} to {second}."
        return f"{nudge} ΔL/Δ{panel} = {slope}; the gradient said {said}."

    def describe(self):
        filters = f"{len(self.w)} filters, " if len(self.w) > 1 else ""
        return self.say("x", f"{filters}kernel {self.kernel}")


class ChannelsExplorer(ConvolutionExplorer):
    """Channels add up, filters do not: one partial map per channel, their sum, the bias, one output per filter.

    Parameters
    ----------
    x : array (C, R, R), optional
        The input; small integers of up to 4 channels by default.
    w : array (filters, C, F, F), optional
        The kernels; small integers of up to 4 filters by default.
    b : array (filters,), optional
        The bias; small integers by default.
    channels, filters : int
        Initial values of their sliders, if x and w are not given.
    kernel, stride, padding, dy, gradients
        As :class:`ConvolutionExplorer`.

    Attributes
    ----------
    channels, filters : int
        C and K; the others are those of :class:`ConvolutionExplorer`.

    Raises
    ------
    TypeError, ValueError
        As :class:`ConvolutionExplorer`; or if ``channels`` or ``filters`` is more than x or w has.

    Examples
    --------
    >>> explorer = ChannelsExplorer()
    >>> explorer
    ChannelsExplorer: 3 channels, x 5×5, 2 filters, kernel 3, padding 1, stride 2 → y 3×3
    >>> explorer.parameters
    {'shared': 56, 'locally connected': 504, 'fully connected': 1368}
    """

    _scene_of = staticmethod(channels_scene)
    channels = Slider(1, "channels", 1, _MOST, letter="C")
    filters = Slider(1, "filters", 1, _MOST, letter="K")

    def __init__(self, x=None, w=None, b=None, *, channels=3, filters=2, **options):
        if w is not None:
            w = check_square("w", w, "FCHW")
            filters, channels = w.shape[:2]
        if x is not None:
            x = check_square("x", x, "NCHW")
            channels = x.shape[1]
        else:
            x = _default_numbers((1, _MOST, 5, 5), 4)[:, : _MOST if w is None else channels]
        if w is None:
            w = _default_numbers((_MOST, 3, 3, 3), 2)
            w = np.concatenate([w, w[:, :1, ::-1]], axis=1)[:, : x.shape[1]]  # the fourth channel is the first, turned
        b = np.arange(len(w)) - 1.0 if b is None else b
        super().__init__(x, w, b, **{"stride": 2, "padding": 1} | options)
        if self.fixed.pop("groups") != 1:
            raise ValueError(f"groups ({options['groups']}) must be 1: the partial maps are those of all channels")
        self.limits |= {"channels": (1, x.shape[1]), "filters": (1, min(len(w), self.arrays["dy"].shape[1]))}
        self.channels = check_between("channels", channels, *self.limits["channels"])
        self.filters = check_between("filters", filters, *self.limits["filters"])

    @property
    def parameters(self):
        """The number of parameters: with shared kernels; with a kernel for each place; fully connected."""
        w, inputs = self.w, self.x.size
        places = len(w) * self.axis(self).out ** 2
        local, full = places * (w[0].size + 1), places * (inputs + 1)
        return {"shared": w.size + len(w), "locally connected": local, "fully connected": full}

    def formula_lines(self, scenes):
        shared, *others = (f"{name} {count:,}" for name, count in self.parameters.items())
        told = line(("soft", "to learn: "), ("bold", shared), ("soft", f", {', '.join(others)}"))
        return [*super().formula_lines(scenes), told]

    def say(self, what, window, result="y"):
        return super().say(f"{self.channels} channel{'s' * (self.channels > 1)}, {what}", window, result)


class BackwardExplorer(ConvolutionExplorer):
    """Two equal ways to the input gradient: each output scatters its share; each input gathers its terms.

    Parameters
    ----------
    x, w, stride, padding, dy
        As :class:`ConvolutionExplorer`, one channel and one filter.

    Raises
    ------
    TypeError, ValueError
        As :class:`ConvolutionExplorer`, and if there are several channels or filters, or more than 32 cells a side.

    Examples
    --------
    >>> BackwardExplorer([[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[0, 1], [2, 3]])
    BackwardExplorer: x 3×3, kernel 2, padding 0, stride 1 → y 2×2
    """

    def __init__(self, x, w, *, stride=1, padding=0, dy=None):
        w = check_square("w", w, "FCHW")
        if w.shape[:2] != (1, 1):
            raise ValueError(f"w (shape {w.shape}) must be one kernel of one channel: each way back is drawn for one")
        super().__init__(x, w, stride=stride, padding=padding, dy=dy, gradients=True)
        self.absent |= {"turned"}

    def check(self, s):
        windows.check_drawn(self.axis(s), longest=32)  # each output is a step with its own picture

    def scenes(self):
        sides = {"stride": self.stride, "padding": self.padding}
        scatter, gather = (scene_of(self.x, self.w, self.dy, **sides) for scene_of in (scatter_scene, gather_scene))
        difference = np.abs(panel_of(scatter, "dx")["values"] - panel_of(gather, "y")["values"])
        note = f"Both ways give the same {difference.size} numbers: the largest difference is {difference.max():g}."
        return [
            {**scatter, "heading": "Scatter: outputs add their shares"},
            {**gather, "heading": "Gather: inputs collect their terms", "note": note},
        ]

    def parts(self, scenes):
        head, *stages = super().parts(scenes)
        return [head, *({**stage, "abreast": True} for stage in stages)]


def _default_numbers(shape, most):
    """Return small integers, the same each time."""
    return np.random.default_rng(7).integers(0 if most > 2 else -most, most + 1, shape).astype(np.float64)
