"""ChainExplorer: how δ is passed back through two chains of layers, one arrow at a time."""

from typing import NamedTuple

import numpy as np

from cnnlab.activations import ACTIVATIONS
from cnnlab.lab.explorers import Choice, Explorer
from cnnlab.lab.explorers._windows import axes_through, check_drawn, check_gradient, check_square, cut, grow, sliders
from cnnlab.lab.explorers.sizes import sizes_along
from cnnlab.lab.scenes import chain_scene, layer_scene
from cnnlab.lab.scenes.reading import panel_of
from cnnlab.layers import Activation, Conv2D, Pool2D
from cnnlab.network import Sequential
from cnnlab.pooling import POOLS

_POOL = 2  # size and stride of the chain's poolings
_DEFAULT_KERNELS = [[[1, 0, -1], [2, 1, 0], [0, 1, -1]], [[0, 1, 0], [-1, 2, 1], [1, 0, -2]]]  # both change when turned
# The label on the arrow of a layer, and its line of algebra forward and back; x is the map below, y the one above.
_KINDS = {
    "conv": ("⋆ w", "{y} = {x} ⋆ {w}", "{dx} = {dy} ⋆_full rot180({w}),  ∂L/∂{w} = {x} ⋆ {dy}"),
    "f": ("f", "{y} = f({x})", "{dx} = {dy} ⊙ f′({x})"),
    "pool": ("pool", "{y} = pool({x})", "{dx} = upsample({dy})"),
}


class _Chain(NamedTuple):
    """Four layers in sequence, from the input up, with the names of their maps, gradients and kernels."""

    name: str
    kinds: list[str]
    maps: list[tuple[str, str]]
    kernels: dict[int, str]  # by the index of the convolution


_CHAINS = [
    _Chain(
        "conv A – activation – pool – conv B",
        ["conv", "f", "pool", "conv"],
        [("x", "∂L/∂x"), ("z_A", "δ_zA"), ("a_A", "∂L/∂a_A"), ("p", "∂L/∂p"), ("z_B", "δ_zB")],
        {0: "w_A", 3: "w_B"},
    ),
    _Chain(
        "pool A – conv – activation – pool B",
        ["pool", "conv", "f", "pool"],
        [("x", "∂L/∂x"), ("p_A", "∂L/∂p_A"), ("z", "δ_z"), ("a", "∂L/∂a"), ("p_B", "∂L/∂p_B")],
        {1: "w"},
    ),
]


class ChainExplorer(Explorer):
    """A chain of layers forward and backward: every map with its numbers, and the selected arrow on a stage below.

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
        Initial values of F, P and S of the convolutions; the poolings are 2×2 with stride 2.
    dy : array, optional
        The gradient at the top, repeated to its size; small integers by default.
    arrow : int
        The selected arrow: 0 to 3 on the way forward, 4 to 7 on the way back from the top.

    Attributes
    ----------
    chain, arrow, kernel, padding, stride : int
    f, op : str
        All are traits, to be set, observed and linked.

    Raises
    ------
    TypeError, ValueError
        If a plane is not square, or the chain does not fit the input.

    Examples
    --------
    >>> ChainExplorer(np.arange(36).reshape(6, 6) % 5)
    ChainExplorer: conv A – activation – pool – conv B, sizes 6 → 6 → 6 → 3 → 3
    """

    chain = Choice({number: chain.name for number, chain in enumerate(_CHAINS)}, "", title="chain")
    f = Choice(ACTIVATIONS.keys(), "f")
    op = Choice(POOLS.keys(), "pool")
    kernel, padding, stride = sliders(padding=1)
    arrow = Choice(range(8), "", kind="tabs", place="signs", title="the arrow in view")

    def __init__(self, x, kernels=_DEFAULT_KERNELS, *, dy=None, **settings):
        x = check_square("x", x, "NCHW")
        kernels = check_square("kernels", kernels, "KHW")[:, None]
        if len(kernels) != 2:
            raise ValueError(f"kernels (shape {kernels.shape}) must be two, one for each convolution")
        super().__init__({"x": x, "w": kernels, "dy": check_gradient(dy, 1)}, **settings)
        self.check(self)  # before the arrays are repeated to the largest sizes that the sliders can reach
        room = {"w": self.most("kernel"), "dy": x.shape[-1] + 4 * self.most("padding")}
        self.arrays |= {name: grow(self.arrays[name], side) for name, side in room.items()}

    # --- the chain ---

    @property
    def _at(self):
        """The current chain, and the row and the layer of its arrow."""
        return _CHAINS[self.chain], *_place_of(self.arrow)

    def model(self):
        """Return the layers of the chain."""
        rng, kernels, layers = np.random.default_rng(0), iter(cut(self.arrays["w"], self.kernel)), []
        for kind in _CHAINS[self.chain].kinds:
            if kind == "conv":
                layers.append(Conv2D(1, 1, self.kernel, stride=self.stride, padding=self.padding, rng=rng))
                layers[-1].params["w"] = next(kernels)[None]
            else:
                layers.append(Activation(self.f) if kind == "f" else Pool2D(self.op, _POOL))
        return Sequential(*layers)

    def axes(self, s, chain):
        """Return the axis of each layer of a chain for any settings; an activation is a window of one cell."""
        windows = {"conv": (s.kernel, s.stride, s.padding), "f": (1, 1, 0), "pool": (_POOL, _POOL, 0)}
        return axes_through(self.arrays["x"].shape[-1], tuple((kind, *windows[kind]) for kind in chain.kinds))

    # --- methods that the base class calls ---

    def check(self, s):
        for chain in _CHAINS:  # so that the other one can always be chosen
            check_drawn(*self.axes(s, chain))

    def scenes(self):
        model, (chain, row, place) = self.model(), self._at
        maps = [self.arrays["x"], *model.outputs(self.arrays["x"])]
        errors = model.gradients(cut(self.arrays["dy"], maps[-1].shape[-1]))
        overview = chain_scene(maps, errors, chain.maps, [_KINDS[kind][0] for kind in chain.kinds], (row, place))
        detail = layer_scene(model.layers[place], maps[place], maps[place + 1], errors[place + 1] if row else None)
        return [overview, self._named(detail)]

    def _named(self, scene):
        """Return the scene of the selected arrow, with the names that its maps have in the chain."""
        chain, row, place = self._at
        symbols = _symbols_of(chain, place)
        scene.pop("setup", None)  # a line of code would call every map x
        for panel in scene["panels"]:
            panel["says"].pop("code", None)
            for number in ("none", "one", "many"):
                panel["says"][number] = panel["says"][number].replace("∂L/∂y", symbols["dy"])
            panel |= {"symbol": symbols[panel["name"]], "editable": panel["name"] == "w"}
        more = {"heading": self._algebra(self.arrow), "topic": f"{self.chain} {self.arrow}"}
        if row:  # ▶ steps through the gradient that the line is about
            dx = panel_of(scene, "dx")
            start = [dx["places"][end].index(0) for end in ("rows", "columns")]
            more |= {"steps": "dx", "first": {"panel": "dx", "cell": [0, *start]}}
        return scene | more

    def _algebra(self, arrow):
        """Return the line of algebra on an arrow."""
        chain, (row, place) = _CHAINS[self.chain], _place_of(arrow)
        kind, symbols = chain.kinds[place], _symbols_of(chain, place)
        if kind == "conv" and self.stride > 1:
            symbols["dy"] = f"spread({symbols['dy']})"
        return _KINDS[kind][1 + row].format(**symbols)

    def plane_of(self, panel, number):
        chain, _, place = self._at
        kernel = chain.kinds[:place].count("conv") if panel == "w" else 0
        return self.arrays[{"h0": "x", "g4": "dy"}.get(panel, panel)][kernel, number]

    def parts(self, scenes):
        parts = super().parts(scenes)
        layers, (arrows,) = _CHAINS[self.chain].name.split(" – "), parts[1]["controls"]
        for option in arrows["options"]:
            row, place = _place_of(option[0])
            option[1] = f"{'→←'[row]} {layers[place]}\n{self._algebra(option[0])}"
        return parts

    def title(self, scenes):
        return f"{self._at[0].name};  {scenes[1]['heading']}"

    def describe(self):
        axes = self.axes(self, self._at[0])
        sizes = " → ".join(map(str, sizes_along(axes)))
        return f"ChainExplorer: {self._at[0].name}, sizes {sizes}"


def _place_of(arrow):
    """Return the row (0 forward, 1 backward) and the layer of an arrow."""
    row, step = divmod(arrow, 4)
    return row, 3 - step if row else step


def _symbols_of(chain, place):
    """Return the names of a layer's panels in the chain."""
    ((x, dx), (y, dy)), w = chain.maps[place : place + 2], chain.kernels.get(place)
    return {"x": x, "y": y, "dx": dx, "dy": dy, "w": w, "dw": f"∂L/∂{w}"}
