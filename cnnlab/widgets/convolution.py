"""ConvolutionExplorer: one convolution on the stage, forward and (if asked) backward."""

from __future__ import annotations

import ipywidgets
import numpy as np

from cnnlab.checks import check_array, check_groups, check_pair
from cnnlab.convolution import conv2d
from cnnlab.formula import Explanation, explain_output_size
from cnnlab.geometry import fits, output_size
from cnnlab.scenes import convolution_scene, gather_scene, scatter_scene
from cnnlab.scenes.convolution import turn
from cnnlab.widgets.explorer import RANGES, Explorer, check_sliders, check_square, grow, make_choice
from cnnlab.wiring import check_convolution

GIVEN, LOSS = "as given (edit)", "from a loss: L = ½ Σ y²"
PROBES = {
    GIVEN: None,
    "one cell": lambda y: one_hot(y.shape),
    "all ones": np.ones_like,
    "checkerboard": lambda y: (-1.0) ** np.indices(y.shape).sum(axis=0),
    "random": lambda y: np.random.default_rng(y.size).normal(size=y.shape).round(1),
    LOSS: np.copy,
}
CORRELATION, CONVOLUTION = "cross-correlation", "convolution (kernel turned)"


class ConvolutionExplorer(Explorer):
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
    """

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
        size, kernel = x.shape[-1], w.shape[-1] if kernel is None else kernel
        settings = check_sliders(size, kernel, stride=stride, padding=padding, dilation=dilation)
        groups = check_groups(groups, x.shape[1], len(w))
        self.options = {"dilation": check_pair("dilation", dilation, 1)[0], "groups": groups}
        b = None if b is None else check_array("b", b).reshape(-1).astype(np.float64)
        self.arrays = roomy_arrays(x, w, b, dy, kernel=settings["kernel"], padding=settings["padding"])
        geometry = {"stride": settings["stride"], "padding": settings["padding"], **self.options}
        check_convolution(x, self.arrays["w"][..., : settings["kernel"], : settings["kernel"]], b, **geometry)
        counts = self.count_planes()
        self.gradients, self.note = gradients, ""
        self.probe = make_choice("", "∂L/∂y", list(PROBES), GIVEN)
        kinds = [CORRELATION, CONVOLUTION]
        self.operation = make_choice("", "operation", kinds, kinds[bool(turned)])
        shown = self.choices() if gradients else [self.operation] if turned is not None else []
        super().__init__({**counts, "size": size, **settings}, *shown)

    def choices(self) -> list:
        """Return the controls that the backward row brings with it."""
        return [self.probe, self.operation]

    def count_planes(self) -> dict[str, int]:
        """Return the settings of sliders for channels and filters: none here; room for more is made in ``arrays``."""
        return {}

    # --- the arrays shown ---

    @property
    def x(self) -> np.ndarray:
        """The input, (1, C, R, R)."""
        size = self.settings["size"]
        return self.arrays["x"][..., :size, :size].copy()

    @property
    def w(self) -> np.ndarray:
        """The kernels, (filters, C, F, F)."""
        kernel = self.settings["kernel"]
        return self.arrays["w"][..., :kernel, :kernel].copy()

    @property
    def b(self) -> np.ndarray | None:
        """The bias, (filters,), or None."""
        return self.arrays.get("b")

    @property
    def y(self) -> np.ndarray:
        """The output, (1, filters, out, out)."""
        w = turn(self.w) if self.turned else self.w
        return conv2d(self.x, w, self.b, **self._geometry())

    @property
    def dy(self) -> np.ndarray:
        """The upstream gradient, of the shape of y."""
        make = PROBES[self.probe.value]
        out = self.explain().value
        return make(self.y) if make else self.arrays["dy"][..., :out, :out].copy()

    @property
    def turned(self) -> bool:
        """Whether the kernel is turned by 180° before it is used."""
        return self.operation.value == CONVOLUTION

    @property
    def loss(self) -> float:
        """The loss whose gradient with respect to y is dy."""
        return float(0.5 * (self.y**2).sum() if self.probe.value == LOSS else (self.y * self.dy).sum())

    # --- what the base class asks ---

    def make_scenes(self) -> list[dict]:  # noqa: D102 (inherited)
        dy = self.dy if self.gradients else None
        scene = convolution_scene(self.x, self.w, self.b, dy=dy, turned=self.turned, **self._geometry())
        return [{**scene, "note": self.note}]

    def explain(self) -> Explanation:  # noqa: D102 (inherited)
        settings = self.settings
        geometry = {name: settings[name] for name in ("stride", "padding")}
        return explain_output_size(settings["size"], settings["kernel"], dilation=self.options["dilation"], **geometry)

    def edit(self, panel, cell, value):  # noqa: D102 (inherited)
        if panel == "dy":
            self._keep_dy()
        plane, row, column = cell
        before, change = self.loss, value - self._plane(panel, plane)[row, column]
        scene = {shown["name"]: shown for shown in self.stages[0].scene["panels"]}
        self._plane(panel, plane)[row, column] = value
        if change and f"d{panel}" in scene:
            top, _, left, _ = scene[panel].get("frame", (0, 0, 0, 0))
            gradients, place = scene[f"d{panel}"]["values"], (plane, row + top, column + left)
            if np.less(place, gradients.shape).all():  # else a slider has hidden the cell before the edit arrived
                self.note = nudge_note(self._name(panel, cell), change, before, self.loss, gradients[place])

    def describe(self) -> str:  # noqa: D102 (inherited)
        settings, (_, filters, height, width) = self.settings, self.y.shape
        many = "" if filters == 1 else f"{filters} filters, "
        return (
            f"{type(self).__name__}: x {settings['size']}×{settings['size']}, {many}kernel {settings['kernel']}, "
            f"padding {settings['padding']}, stride {settings['stride']} → y {height}×{width}"
        )

    def _plane(self, panel: str, plane: int) -> np.ndarray:
        """Return a view of the plane (H, W) of an array that a panel shows as its ``plane``."""
        array = self.arrays[panel]
        if panel == "b":
            return array[plane : plane + 1, None]
        return array[divmod(plane, self.w.shape[1])] if panel == "w" else array[0, plane]

    def _name(self, panel: str, cell: list[int]) -> str:
        """Write a cell as the stage does: without planes where there is one."""
        plane, *place = cell
        planes = divmod(plane, self.w.shape[1]) if panel == "w" else (plane,)
        shown = getattr(self, panel)
        alone = panel != "b" and shown.shape[0] * shown.shape[1] == 1
        index = planes if panel == "b" else place if alone else (*planes, *place)
        return f"{panel}[{', '.join(map(str, index))}]"

    def _keep_dy(self) -> None:
        """Make the upstream gradient shown the learner's own, so that a cell of it can be edited."""
        dy = self.dy
        self.arrays["dy"][:, : dy.shape[1], : dy.shape[2], : dy.shape[3]] = dy
        self.probe.value = GIVEN

    def _geometry(self) -> dict:
        return {"stride": self.settings["stride"], "padding": self.settings["padding"], **self.options}

    def _fits(self, settings):
        geometry = {"padding": settings["padding"], "dilation": self.options["dilation"]}
        return fits(settings["size"], settings["kernel"], **geometry)

    def _moved(self, change):
        self.note = ""
        super()._moved(change)


class BackwardExplorer(ConvolutionExplorer):
    """Two ways to the input gradient, shown equal: each output scatters its share; each input gathers its terms.

    Parameters
    ----------
    x, w, stride, padding, dy
        As :class:`ConvolutionExplorer`, one channel and one filter.

    Raises
    ------
    TypeError, ValueError
        As :class:`ConvolutionExplorer`, and where there are more channels or filters.

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
        card, *stages = self.children
        self.children = [card, ipywidgets.HBox(stages).add_class("cnnlab-side-by-side")]

    def choices(self) -> list:  # noqa: D102 (inherited)
        return [self.probe]

    def make_scenes(self) -> list[dict]:  # noqa: D102 (inherited)
        geometry = {name: self.settings[name] for name in ("stride", "padding")}
        scatter = scatter_scene(self.x, self.w, self.dy, **geometry)
        gather = gather_scene(self.x, self.w, self.dy, **geometry)
        ways = scatter["panels"][-1]["values"], gather["panels"][-1]["values"]
        note = (
            f"Both ways give the same {ways[0].size} numbers: the largest difference is {np.ptp(ways, axis=0).max():g}."
        )
        return [
            {**scatter, "heading": "Scatter: every output adds its share to the inputs it read"},
            {**gather, "heading": "Gather: every input collects its terms in one full convolution", "note": note},
        ]


def roomy_arrays(x, w, b, dy, *, kernel: int, padding: int) -> dict[str, np.ndarray]:
    """Return the arrays of a convolution by name, repeated to what the sliders can reach."""
    dy = default_gradient(len(w)) if dy is None else check_square("dy", dy, "NFHW")
    arrays = {
        "x": grow(x, max(x.shape[-1], RANGES["size"][1])),
        "w": grow(w, max(kernel, RANGES["kernel"][1])),
        "dy": grow(dy, largest_output(x.shape[-1], padding)),
    }
    return arrays if b is None else arrays | {"b": b}


def largest_output(size: int, padding: int) -> int:
    """Return the most cells a side that the sliders can reach from these first values."""
    return output_size(max(size, RANGES["size"][1]), 1, padding=max(padding, RANGES["padding"][1]))


def default_gradient(filters: int) -> np.ndarray:
    """Return small, uneven integers: an even upstream gradient would hide a missing turn of the kernel."""
    return np.random.default_rng(3).integers(-2, 3, (1, filters, 8, 8)).astype(np.float64)


def one_hot(shape: tuple[int, ...]) -> np.ndarray:
    """Return zeros with a 1 in the middle of the first plane."""
    probe = np.zeros(shape)
    probe[0, 0, shape[2] // 2, shape[3] // 2] = 1.0
    return probe


def nudge_note(cell: str, change: float, before: float, after: float, gradient: float) -> str:
    """Say how the loss followed a change of one cell, beside what the gradient foretold."""
    return (
        f"Nudge: {cell} changed by {change:g}, L from {before:g} to {after:g}. "
        f"ΔL/Δ{cell.split('[')[0]} = {(after - before) / change:g}; the gradient said {gradient:g}."
    ).replace("-", "−")
