"""ChainExplorer: how δ passes up through two chains of layers, one arrow at a time."""

from __future__ import annotations

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from cnnlab._validate import check_array
from cnnlab.activations import ACTIVATIONS
from cnnlab.geometry import Axis, trace_axes
from cnnlab.lab.explorers._explorer import Explorer
from cnnlab.lab.explorers._settings import Choice, Slider
from cnnlab.lab.explorers._windows import (
    KERNELS,
    PADDINGS,
    STRIDES,
    check_gradient,
    check_sliders,
    check_square,
    cut,
    grow,
)
from cnnlab.lab.scenes import chain_scene, layer_scene
from cnnlab.lab.scenes.reading import panel_of
from cnnlab.lab.scenes.schema import Scene
from cnnlab.layers import Activation, Conv2D, Pool2D
from cnnlab.network import Sequential
from cnnlab.pooling import POOLS

POOL = 2  # size and stride of the chain's poolings
DEFAULT_KERNELS = [[[1, 0, -1], [2, 1, 0], [0, 1, -1]], [[0, 1, 0], [-1, 2, 1], [1, 0, -2]]]  # a turn of either shows
SIGNS = {"conv": "⋆ w", "f": "f", "pool": "pool"}


class Chain(NamedTuple):
    """Four layers in a row, from the input up, with the names of their maps and the line of algebra on each arrow."""

    name: str
    kinds: list[str]
    maps: list[tuple[str, str]]  # and their gradients
    kernels: list[str]
    forward: list[str]
    backward: list[str]  # {…} is spread where the stride is not 1


CHAINS = [
    Chain(
        "conv A – activation – pool – conv B",
        ["conv", "f", "pool", "conv"],
        [("x", "∂L/∂x"), ("z_A", "δ_zA"), ("a_A", "∂L/∂a_A"), ("p", "∂L/∂p"), ("z_B", "δ_zB")],
        ["w_A", "w_B"],
        ["z_A = x ⋆ w_A", "a_A = f(z_A)", "p = pool(a_A)", "z_B = p ⋆ w_B"],
        [
            "∂L/∂x = {δ_zA} ⋆_full rot180(w_A),  ∂L/∂w_A = x ⋆ {δ_zA}",
            "δ_zA = ∂L/∂a_A ⊙ f′(z_A)",
            "∂L/∂a_A = upsample(∂L/∂p)",
            "∂L/∂p = {δ_zB} ⋆_full rot180(w_B),  ∂L/∂w_B = p ⋆ {δ_zB}",
        ],
    ),
    Chain(
        "pool A – conv – activation – pool B",
        ["pool", "conv", "f", "pool"],
        [("x", "∂L/∂x"), ("p_A", "∂L/∂p_A"), ("z", "δ_z"), ("a", "∂L/∂a"), ("p_B", "∂L/∂p_B")],
        ["w"],
        ["p_A = pool(x)", "z = p_A ⋆ w", "a = f(z)", "p_B = pool(a)"],
        [
            "∂L/∂x = upsample(∂L/∂p_A)",
            "∂L/∂p_A = {δ_z} ⋆_full rot180(w),  ∂L/∂w = p_A ⋆ {δ_z}",
            "δ_z = ∂L/∂a ⊙ f′(z)",
            "∂L/∂a = upsample(∂L/∂p_B)",
        ],
    ),
]


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
        The activation and the pooling: entries of :data:`cnnlab.activations.ACTIVATIONS` and
        :data:`cnnlab.pooling.POOLS`.
    kernel, padding, stride : int
        First values of F, P and S of the convolutions; the poolings are 2×2 with stride 2.
    dy : array, optional
        The gradient at the top, repeated to its size; small integers by default.
    arrow : int
        The arrow in view: 0 to 3 on the way forward, 4 to 7 on the way back from the top.

    Attributes
    ----------
    chain, arrow, kernel, padding, stride : int
    f, op : str
        All of them traits, to be set, observed and linked.

    Raises
    ------
    TypeError, ValueError
        If a plane is not square, or the chain does not fit the input.

    Examples
    --------
    >>> ChainExplorer(np.arange(36).reshape(6, 6) % 5)
    ChainExplorer: conv A – activation – pool – conv B, sizes 6 → 6 → 6 → 3 → 3
    """

    chain = Choice({number: chain.name for number, chain in enumerate(CHAINS)}, "", title="chain")
    f = Choice(ACTIVATIONS.keys(), "f")
    op = Choice(POOLS.keys(), "pool")
    kernel = Slider(3, "kernel", *KERNELS, letter="F")
    padding = Slider(1, "padding", *PADDINGS, letter="P")
    stride = Slider(1, "stride", *STRIDES, letter="S")
    arrow = Choice(range(8), "", kind="tabs", place="arrows", title="the arrow in view")

    def __init__(
        self, x, kernels=None, *, chain=0, f="relu", op="max", kernel=3, padding=1, stride=1, dy=None, arrow=0
    ):
        x = check_square("x", x, "NCHW")
        kernels = check_array("kernels", DEFAULT_KERNELS if kernels is None else kernels, "KHW")[:, None]
        kernels = check_square("kernels", kernels, "KCHW")
        if len(kernels) != 2:
            raise ValueError(f"kernels (shape {kernels.shape}) must be two, one for each convolution")
        settings = check_sliders(x.shape[-1], kernel, padding=padding, stride=stride)
        arrays = {
            "x": x,
            "w": grow(kernels, max(KERNELS[1], settings["kernel"])),
            "dy": grow(
                check_gradient(dy, 1), x.shape[-1] + 4 * max(settings["padding"], PADDINGS[1])
            ),  # two convolutions pad by P
        }
        super().__init__(arrays, chain=chain, f=f, op=op, arrow=arrow, **settings)

    # --- the chain ---

    def model(self, s: SimpleNamespace) -> Sequential:
        """Return the layers of the chain for any settings."""
        kernels = iter(cut(self.arrays["w"], s.kernel)[:, None])
        make = {
            "conv": lambda: convolution(next(kernels), stride=s.stride, padding=s.padding),
            "f": lambda: Activation(s.f),
            "pool": lambda: Pool2D(s.op, POOL),
        }
        return Sequential(*(make[kind]() for kind in CHAINS[s.chain].kinds))

    def axes(self, s: SimpleNamespace, chain: Chain) -> list[Axis]:
        """Return the axis of each layer of a chain for any settings; an activation is a window of one cell."""
        windows = {"conv": (s.kernel, s.stride, s.padding), "f": (1, 1, 0), "pool": (POOL, POOL, 0)}
        return trace_axes(self.arrays["x"].shape[-1], [(kind, *windows[kind]) for kind in chain.kinds])

    # --- what the base class asks ---

    def check(self, s):
        for chain in CHAINS:  # so that the other one can be chosen at any time
            self.axes(s, chain)

    def scenes(self, s):
        model, chain, (row, place) = self.model(s), CHAINS[s.chain], direction_of(s.arrow)
        maps = [self.arrays["x"], *model.outputs(self.arrays["x"])]
        errors = model.gradients(cut(self.arrays["dy"], maps[-1].shape[-1]))
        overview = chain_scene(maps, errors, chain.maps, [SIGNS[kind] for kind in chain.kinds], (row, place))
        detail = layer_scene(model.layers[place], maps[place], maps[place + 1], errors[place + 1] if row else None)
        return [overview, self._named(s, detail)]

    def _named(self, s, scene: Scene) -> Scene:
        """Return the scene of the arrow in view with the names that its maps have in the chain."""
        chain, (row, place) = CHAINS[s.chain], direction_of(s.arrow)
        (below, below_delta), (above, above_delta) = chain.maps[place : place + 2]
        symbols = {"x": below, "y": above, "dx": below_delta, "dy": above_delta}
        if chain.kinds[place] == "conv":
            kernel = chain.kernels[kernel_in_view(s)]
            symbols |= {"w": kernel, "dw": f"∂L/∂{kernel}"}
        for panel in scene["panels"]:
            panel["symbol"] = symbols[panel["name"]]
            panel["editable"] = panel["name"] == "w"
            panel["says"] = {key: _replaced(text, above_delta) for key, text in panel["says"].items() if key != "code"}
        more = {"heading": algebra(s)[row][place], "topic": f"{s.chain} {row} {place}"}
        if row:  # step through what the line says: the gradient below
            dx = panel_of(scene, "dx")
            start = [dx["places"][end].index(0) for end in ("rows", "columns")]
            more |= {"steps": "dx", "first": {"panel": "dx", "cell": [0, *start]}}
        return {key: value for key, value in scene.items() if key not in ("lines", "setup")} | more

    def array_of(self, panel):
        return {"h0": "x", "g4": "dy"}.get(panel, panel)

    def plane_of(self, s, panel, number):
        return self.arrays[self.array_of(panel)][kernel_in_view(s) if panel == "w" else 0, number]

    def parts(self, s, scenes):
        head, overview, detail = super().parts(s, scenes)
        (arrows,) = self.controls(s, "arrows")
        arrows["options"] = list(map(list, enumerate(arrow_labels(s))))
        return [head, overview, {"kind": "arrows", "controls": [arrows]}, detail]

    def title(self, s, scenes):
        row, place = direction_of(s.arrow)
        return f"{CHAINS[s.chain].name};  {algebra(s)[row][place]}"

    def describe(self):
        s = self.now()
        first, *rest = self.axes(s, CHAINS[s.chain])
        sizes = " → ".join(str(size) for size in (first.size, first.out, *(axis.out for axis in rest)))
        return f"ChainExplorer: {CHAINS[s.chain].name}, sizes {sizes}"


def direction_of(arrow: int) -> tuple[int, int]:
    """Return the row (0 forward, 1 backward) and the layer of an arrow."""
    row, step = divmod(arrow, 4)
    return row, 3 - step if row else step


def kernel_in_view(s: SimpleNamespace) -> int:
    """Return which of the two kernels the convolution of the arrow in view uses."""
    _, place = direction_of(s.arrow)
    return CHAINS[s.chain].kinds[:place].count("conv")


def algebra(s: SimpleNamespace) -> tuple[list[str], list[str]]:
    """Return the line of algebra on each arrow, forward and back."""
    opened, closed = ("", "") if s.stride == 1 else ("spread(", ")")
    chain = CHAINS[s.chain]
    return chain.forward, [text.replace("{", opened).replace("}", closed) for text in chain.backward]


def arrow_labels(s: SimpleNamespace) -> list[str]:
    """Return the words on each arrow: the layer, and below it the line of algebra."""
    layers, (forward, backward) = CHAINS[s.chain].name.split(" – "), algebra(s)
    there = [f"→ {layer}\n{text}" for layer, text in zip(layers, forward, strict=True)]
    back = [f"← {layer}\n{text}" for layer, text in zip(layers, backward, strict=True)]
    return [*there, *reversed(back)]


def convolution(w: np.ndarray, **geometry) -> Conv2D:
    """Return a convolution layer with these kernels (1, 1, F, F) and no bias."""
    layer = Conv2D(1, 1, w.shape[-1], rng=np.random.default_rng(0), **geometry)
    layer.params["w"] = w.reshape(1, 1, *w.shape[-2:])
    return layer


def _replaced(text, above: str):
    return text.replace("∂L/∂y", above) if isinstance(text, str) else text
