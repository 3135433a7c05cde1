"""ChainExplorer: how δ passes up through two chains of layers, one arrow at a time."""

from __future__ import annotations

import html

import ipywidgets
import numpy as np

from cnnlab.checks import check_array, check_choice, check_int
from cnnlab.geometry import output_size
from cnnlab.scenes import activation_step, conv_step, overview_scene, pool_step, run_chain
from cnnlab.widgets.convolution import default_gradient, largest_output
from cnnlab.widgets.explorer import RANGES, Explorer, check_sliders, check_square, grow, make_choice

POOL = 2  # size and stride of the chain's poolings
ACTIVATIONS = ["relu", "leaky_relu", "sigmoid", "tanh"]
CHAINS = {
    "conv A – activation – pool – conv B": ["conv", "f", "pool", "conv"],
    "pool A – conv – activation – pool B": ["pool", "conv", "f", "pool"],
}
# What the maps and their gradients are called, from the input up, and the line of algebra on each arrow.
NAMES = [
    [("x", "∂L/∂x"), ("z_A", "δ_A"), ("a_A", "∂L/∂a_A"), ("p", "δ_pool"), ("z_B", "δ_B")],
    [("x", "∂L/∂x"), ("p_A", "δ_A"), ("z", "δ_conv"), ("a", "∂L/∂a"), ("p_B", "δ_B")],
]
FORWARD = [
    ["z_A = x ⋆ w_A", "a_A = f(z_A)", "p = pool(a_A)", "z_B = p ⋆ w_B"],
    ["p_A = pool(x)", "z = p_A ⋆ w", "a = f(z)", "p_B = pool(a)"],
]
BACKWARD = [  # {…} is spread where the stride is not 1
    [
        "∂L/∂x = {δ_A} ∗ rot180(w_A), and ∂L/∂w_A = x ⋆ {δ_A}",
        "δ_A = upsample(δ_pool) ⊙ f′(z_A)",
        "∂L/∂a_A = upsample(δ_pool)",
        "δ_pool = {δ_B} ∗ rot180(w_B), and ∂L/∂w_B = p ⋆ {δ_B}",
    ],
    [
        "∂L/∂x = upsample(δ_A)",
        "δ_A = {δ_conv} ∗ rot180(w), and ∂L/∂w = p_A ⋆ {δ_conv}",
        "δ_conv = upsample(δ_B) ⊙ f′(z)",
        "∂L/∂a = upsample(δ_B)",
    ],
]
SIGNS = {"conv": "⋆ w", "f": "f", "pool": "pool"}


class ChainExplorer(Explorer):
    """A chain of layers forward and back: every map with its numbers, and any arrow opened on a stage below.

    Parameters
    ----------
    x : array (H, H)
        The input; small integers are the easiest to follow.
    kernels : array (2, F, F), optional
        The kernels of the first and the second convolution, repeated to the size F; small integers by default.
    chain : 0 or 1
        [conv A – activation – pool – conv B], or [pool A – conv – activation – pool B].
    f, op : str
        The activation (relu, leaky_relu, sigmoid, tanh) and the pooling (max, mean).
    kernel, padding, stride : int
        First values of F, P and S of the convolutions; the poolings are 2×2 with stride 2.
    dy : array, optional
        The error δ_B at the top, repeated to its size; small integers by default.

    Raises
    ------
    ValueError
        If a plane is not square, or the chain does not fit the input.

    Examples
    --------
    >>> ChainExplorer(np.arange(36).reshape(6, 6) % 5)
    ChainExplorer: conv A – activation – pool – conv B, sizes 6 → 6 → 6 → 3 → 3
    """

    def __init__(self, x, kernels=None, *, chain=0, f="relu", op="max", kernel=3, padding=1, stride=1, dy=None):
        x = check_square("x", x, "NCHW")
        kernels = default_kernels()[:, 0] if kernels is None else check_array("kernels", kernels, "KHW")
        kernels = check_square("kernels", kernels[:, None], "KCHW")
        if len(kernels) != 2:
            raise ValueError(f"kernels (shape {kernels.shape}) must be two, one for each convolution")
        check_choice("f", f, ACTIVATIONS)
        check_choice("op", op, ("max", "mean"))
        if check_int("chain", chain, 0) >= len(CHAINS):
            raise ValueError(f"chain ({chain}) must be 0 or 1")
        dy = default_gradient(1) if dy is None else check_square("dy", dy, "NFHW")
        settings = check_sliders(x.shape[-1], kernel, padding=padding, stride=stride)
        self.arrays = {
            "x": x,
            "w": grow(kernels, max(RANGES["kernel"][1], settings["kernel"])),
            "dy": grow(dy, largest_output(x.shape[-1], settings["padding"])),
        }
        self.chain = make_choice("", "chain", list(CHAINS), list(CHAINS)[chain])
        self.chain.layout.width = "400px"
        self.f = make_choice("f", "activation", ACTIVATIONS, f)
        self.op = make_choice("", "pooling", ["max", "mean"], op)
        self.arrow = ipywidgets.ToggleButtons(options=self._arrows(), value=0, style={"button_width": "auto"})
        self.arrow.add_class("cnnlab-arrows")
        for name in CHAINS:
            self._sizes(name, settings)  # raises, by name, where a layer does not fit
        super().__init__(settings, self.chain, self.f, self.op)
        self.arrow.observe(self._moved, names="value")
        card, overview, stage = self.children
        self.children = [card, overview, self.arrow, stage]

    def refresh(self) -> None:
        """Name the arrows of the chain chosen, and draw."""
        if self.arrow.options != tuple(self._arrows()):
            value = self.arrow.value
            self.arrow.unobserve(self._moved, names="value")  # new options choose their first
            self.arrow.options = self._arrows()
            self.arrow.value = value
            self.arrow.observe(self._moved, names="value")
        super().refresh()

    @property
    def place(self) -> tuple[int, int]:
        """The arrow in view: row (0 forward, 1 backward), and which of the four layers."""
        row, step = divmod(self.arrow.value, 4)
        return row, 3 - step if row else step

    # --- what the base class asks ---

    def make_scenes(self) -> list[dict]:  # noqa: D102 (inherited)
        steps = self._steps()
        maps, errors = run_chain(steps, self.arrays["x"], self._top)
        row, place = self.place
        names = NAMES[self._which]
        signs = [SIGNS[step.kind] for step in steps]
        overview = overview_scene(maps, errors, names, signs, self.place)
        about = "Every map above its gradient; δ of a node is the derivative of the loss before its activation."
        detail = steps[place].scene(maps[place], errors[place + 1] if row else None)
        for panel in detail["panels"]:
            panel.update(self._names_of(panel["name"], place), editable=panel["name"] == "w")
            panel["title"] = panel["title"].removesuffix(" (edit)")
        heading = self._algebra()[row][place]
        detail.pop("pad", None)  # no lines to copy: they would name x what is another map here
        more = {"pytorch": "", "heading": heading, "topic": f"{self._which} {row} {place}"}
        if row:  # step through what the line says: the gradient below
            dx = next(panel for panel in detail["panels"] if panel["name"] == "dx")
            top, _, left, _ = dx["frame"]
            more |= {"stepper": "dx", "begin": {"panel": "dx", "cell": [0, top, left]}}
        return [{**overview, "about": about}, {**detail, **more}]

    def edit(self, panel, cell, value):  # noqa: D102 (inherited)
        _, row, column = cell
        name = {"h0": "x", "g4": "dy", "w": "w"}[panel]
        self.arrays[name][self._kernel_of(self.place[1]) if name == "w" else 0, 0, row, column] = value

    def describe(self) -> str:  # noqa: D102 (inherited)
        sizes = " → ".join(str(size) for size in self._sizes(self.chain.value, self.settings))
        return f"ChainExplorer: {self.chain.value}, sizes {sizes}"

    def title(self) -> str:  # noqa: D102 (inherited)
        row, place = self.place
        return f"{self.chain.value};  {self._algebra()[row][place]}"

    def beside(self) -> str:  # noqa: D102 (inherited)
        row, place = self.place
        ways = []
        for direction, algebra in enumerate(self._algebra()):
            lines = ""
            for layer in range(3, -1, -1) if direction else range(4):
                tag = "b" if (direction, layer) == (row, place) else "span"
                lines += f"<div>{'→←'[direction]} <{tag}>{html.escape(algebra[layer])}</{tag}></div>"
            ways.append(f"<div>{lines}</div>")
        return f'<div class="cnnlab-algebra">{"".join(ways)}</div>'

    # --- the chain ---

    @property
    def _which(self) -> int:
        return list(CHAINS).index(self.chain.value)

    def _algebra(self) -> tuple[list[str], list[str]]:
        opened, closed = ("", "") if self.settings["stride"] == 1 else ("spread(", ")")
        return FORWARD[self._which], [line.replace("{", opened).replace("}", closed) for line in BACKWARD[self._which]]

    def _arrows(self) -> list[tuple[str, int]]:
        layers = self.chain.value.split(" – ")
        labels = [f"→ {layer}" for layer in layers] + [f"← {layer}" for layer in reversed(layers)]
        return [(label, k) for k, label in enumerate(labels)]

    def _kernel_of(self, place: int) -> int:
        """Return which of the two kernels the convolution at a place of the chain uses."""
        return CHAINS[self.chain.value][:place].count("conv")

    def _steps(self) -> list:
        settings = self.settings
        kernel = settings["kernel"]
        geometry = {"stride": settings["stride"], "padding": settings["padding"]}
        make = {
            "conv": lambda place: conv_step(self._w(self._kernel_of(place), kernel), **geometry),
            "pool": lambda _: pool_step(self.op.value, POOL),
            "f": lambda _: activation_step(self.f.value),
        }
        return [make[kind](place) for place, kind in enumerate(CHAINS[self.chain.value])]

    def _w(self, which: int, kernel: int) -> np.ndarray:
        return self.arrays["w"][which : which + 1, :, :kernel, :kernel].copy()

    def _top(self, y: np.ndarray) -> np.ndarray:
        return self.arrays["dy"][..., : y.shape[2], : y.shape[3]].copy()

    def _names_of(self, panel: str, place: int) -> dict:
        """Return what a panel of the opened arrow is called in the chain."""
        (below, below_delta), (above, above_delta) = NAMES[self._which][place : place + 2]
        kernel = "w" if self._which else ("w_A", "w_B")[self._kernel_of(place)]
        symbols = {"x": below, "y": above, "dx": below_delta, "dy": above_delta, "w": kernel, "dw": f"∂L/∂{kernel}"}
        return {"symbol": symbols[panel]} if panel in symbols else {}

    def _sizes(self, chain: str, settings: dict[str, int]) -> list[int]:
        sizes = [self.arrays["x"].shape[-1]]
        geometry = {"stride": settings["stride"], "padding": settings["padding"]}
        for kind in CHAINS[chain]:
            if kind == "conv":
                sizes.append(output_size(sizes[-1], settings["kernel"], **geometry))
            else:
                sizes.append(output_size(sizes[-1], POOL, stride=POOL) if kind == "pool" else sizes[-1])
        return sizes

    def _fits(self, settings):
        try:
            for chain in CHAINS:  # so that the other chain can be chosen at any time
                self._sizes(chain, settings)
        except ValueError:
            return False
        return True


def default_kernels() -> np.ndarray:
    """Return two kernels of small integers with no symmetry, so that a turn shows, (2, 1, 3, 3)."""
    return np.array([[[[1, 0, -1], [2, 1, 0], [0, 1, -1]]], [[[0, 1, 0], [-1, 2, 1], [1, 0, -2]]]], dtype=np.float64)
