"""ConvolutionExplorer: one convolution on the stage, forward and (if asked) backward."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from cnnlab import convolution
from cnnlab._validate import check_flag, check_int, check_pair
from cnnlab.convolution import check_convolution
from cnnlab.geometry import check_axis
from cnnlab.lab.explorers._explorer import present
from cnnlab.lab.explorers._settings import Choice, Switch
from cnnlab.lab.explorers._windows import WindowExplorer, check_drawable, check_sliders, check_square, cut, roomy
from cnnlab.lab.numbers import format_value
from cnnlab.lab.scenes import convolution_scene, turn
from cnnlab.lab.scenes.reading import name_of, value_at

_GIVEN, _LOSS = "given", "loss"
_UPSTREAMS = {
    _GIVEN: ("as given", None),
    "one": ("one cell", lambda y: _one_hot(y.shape)),
    "ones": ("all ones", np.ones_like),
    "checkerboard": ("checkerboard", lambda y: (-1.0) ** np.indices(y.shape).sum(axis=0)),
    "random": ("random", lambda y: np.random.default_rng(y.size).normal(size=y.shape).round(1)),
    _LOSS: ("of L = ½ Σ y²", np.copy),
}


class ConvolutionExplorer(WindowExplorer):
    """A convolution to touch: move R, F, P and S, select any cell of any panel, type numbers into cells.

    Parameters
    ----------
    x : array (H, H), (C, H, H) or (1, C, H, H)
        The input; beyond its own size, the slider R repeats it.
    w : array (F, F), (C, F, F) or (filters, C, F, F)
        The kernel or kernels; the slider F crops or repeats them.
    b : array (filters,) or float, optional
        The bias.
    kernel, stride, padding : int
        First values of F (default: the size of ``w``), S and P; or what means one number, such as "same".
    dilation, groups : int
        As :func:`cnnlab.conv2d`; no slider.
    dy : array, optional
        The upstream gradient, repeated to the size of y; small integers by default.
    gradients : bool
        Show the backward row, with a choice of upstream gradients and of the kernel turned or not. An edit of x or w
        then tells how much the loss L = Σ y · ∂L/∂y changed, beside the gradient.
    turned : bool, optional
        Show the switch between cross-correlation (False) and convolution with the kernel turned by 180° (True), which
        ``gradients`` shows too.

    Attributes
    ----------
    size, kernel, padding, stride : int
        R, F, P and S: traits, to be set, observed and linked.
    upstream : str
        Which ∂L/∂y: "given", "one", "ones", "checkerboard", "random" or "loss".
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
    upstream = Choice({name: words for name, (words, _) in _UPSTREAMS.items()}, "∂L/∂y", place="bar")
    turned = Switch(False, "turn w", place="bar", title="turn the kernel by 180° first: the convolution of mathematics")

    def __init__(
        self,
        x,
        w,
        b=None,
        *,
        kernel=None,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
        dy=None,
        gradients=False,
        turned=None,
    ):
        x, w = check_square("x", x, "NCHW"), check_square("w", w, "FCHW")
        b = None if b is None else check_drawable("b", b, 1)
        size, kernel = x.shape[-1], w.shape[-1] if kernel is None else kernel
        settings = check_sliders(size, kernel, stride=stride, padding=padding, dilation=dilation)
        self.fixed = {"dilation": check_pair("dilation", dilation, 1)[0], "groups": check_int("groups", groups, 1)}
        self.gradients = check_flag("gradients", gradients)
        arrays = roomy(x, dy, len(w), settings, w) | ({} if b is None else {"b": b})
        check_convolution(x, cut(arrays["w"], settings["kernel"]), b, stride=stride, padding=padding, **self.fixed)
        there = {"upstream": self.gradients, "turned": self.gradients or turned is not None}
        absent = [name for name, shown in there.items() if not shown]
        super().__init__(arrays, absent=absent, size=size, turned=turned is not None and turned, **settings)

    # --- the arrays shown ---

    @property
    def loss(self) -> float:
        """The loss whose gradient with respect to y is dy."""
        return self.loss_of(self.y, self.dy)

    @np.errstate(all="ignore")
    def loss_of(self, y: np.ndarray, dy: np.ndarray) -> float:
        """Return the loss for any output and its gradient, which is y itself where L = ½ Σ y²."""
        return float((y * dy).sum()) * (0.5 if self.upstream == _LOSS else 1.0)

    def w_of(self, s: SimpleNamespace) -> np.ndarray:
        """Return the kernels for any settings, (filters, C, F, F)."""
        return cut(self.arrays["w"], s.kernel)

    def b_of(self, s: SimpleNamespace) -> np.ndarray | None:
        """Return the bias for any settings, (filters,), or None."""
        return self.arrays["b"].copy() if "b" in self.arrays else None

    def y_of(self, s: SimpleNamespace) -> np.ndarray:
        """Return the output for any settings, (1, filters, out, out)."""
        w = turn(self.w_of(s)) if s.turned else self.w_of(s)
        return convolution.conv2d(self.x_of(s), w, self.b_of(s), **self.geometry(s))

    def dy_of(self, s):
        _, make = _UPSTREAMS[s.upstream]
        return make(self.y_of(s)) if make else super().dy_of(s)

    w, b, y = present(w_of), present(b_of), present(y_of)

    def geometry(self, s: SimpleNamespace) -> dict:
        """Return what :func:`cnnlab.conv2d` is given beside its arrays."""
        return {"stride": s.stride, "padding": s.padding, **self.fixed}

    # --- what the base class asks ---

    def axis(self, s):
        return check_axis(s.size, s.kernel, stride=s.stride, padding=s.padding, dilation=self.fixed["dilation"])

    def scenes(self, s):
        dy = self.dy_of(s) if self.gradients else None
        arrays = self.x_of(s), self.w_of(s), self.b_of(s)
        return [self._scene_of(*arrays, dy=dy, turned=s.turned, **self.geometry(s))]

    def plane_of(self, s, panel, number):
        array = self.arrays[panel]
        if panel == "b":
            return array[number : number + 1, None]
        return array[divmod(number, self.w_of(s).shape[1])] if panel == "w" else array[0, number]

    def edit(self, s, panel, cell, value):
        if panel == "dy":  # of the gradient in view, which becomes the learner's own
            dy = self.dy_of(s)
            self.arrays["dy"][:, : dy.shape[1], : dy.shape[2], : dy.shape[3]] = dy
            self.upstream = _GIVEN
        super().edit(s, panel, cell, value)

    def note_of(self, panel, cell, before, after):
        old, new = ({shown["name"]: shown for shown in scenes[0]["panels"]} for scenes in (before, after))
        changes = new[panel]["values"] - old[panel]["values"]
        drawn = np.argwhere(changes).tolist()  # the cell that was edited; none where a slider hides it
        if not drawn or f"d{panel}" not in old:
            return ""
        (at,), change = drawn, changes.sum()
        losses = [self.loss_of(panels["y"]["values"], panels["dy"]["values"]) for panels in (old, new)]
        numbers = change, *losses, (losses[1] - losses[0]) / change, value_at(old[f"d{panel}"], at)
        change, first, second, slope, said = (format_value(number, 3) for number in numbers)
        name = name_of(old[panel], at)
        nudge = f"Nudge: {name} changed by {change}, L from {first} to {second}."
        return f"{nudge} ΔL/Δ{name.split('[')[0]} = {slope}; the gradient said {said}."

    def describe(self):
        filters = len(self.w)
        return self.say("x", f"kernel {self.kernel}" if filters == 1 else f"{filters} filters, kernel {self.kernel}")


def _one_hot(shape: tuple[int, ...]) -> np.ndarray:
    """Return zeros with a 1 in the middle of the first plane."""
    probe = np.zeros(shape)
    probe[0, 0, shape[2] // 2, shape[3] // 2] = 1.0
    return probe
