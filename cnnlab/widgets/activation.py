"""ActivationExplorer: an activation cell by cell, its slope, and the error it lets through."""

from __future__ import annotations

import html

from cnnlab.checks import check_choice, check_flag
from cnnlab.scenes import activation_scene
from cnnlab.widgets.convolution import default_gradient
from cnnlab.widgets.explorer import Explorer, check_square, grow, make_choice

FORMULAS = {
    "relu": ("f(z) = max(0, z)", "f′(z) = 1 where z > 0, else 0"),
    "leaky_relu": ("f(z) = z where z > 0, else z / 100", "f′(z) = 1 where z > 0, else 1 / 100"),
    "sigmoid": ("f(z) = 1 / (1 + exp(−z))", "f′(z) = f(z) · (1 − f(z))"),
    "tanh": ("f(z) = tanh(z)", "f′(z) = 1 − f(z)²"),
}


class ActivationExplorer(Explorer):
    """An activation forward, and backward: δ = ∂L/∂a · f′(z), cell by cell.

    Parameters
    ----------
    z : array (H, H), (C, H, H) or (1, C, H, H)
        What the activation is applied to.
    f : str
        relu, leaky_relu, sigmoid or tanh.
    dy : array, optional
        ∂L/∂a, repeated to the size of z; small integers by default.
    gradients : bool
        Show the backward row.

    Raises
    ------
    ValueError
        If a plane is not square, or the activation is unknown.

    Examples
    --------
    >>> ActivationExplorer([[-2, 1], [0, 3]])
    ActivationExplorer: relu of z 2×2
    """

    def __init__(self, z, f="relu", *, dy=None, gradients=True):
        z = check_square("z", z, "NCHW")
        check_choice("f", f, FORMULAS)
        dy = default_gradient(z.shape[1]) if dy is None else check_square("dy", dy, "NCHW")
        self.arrays, self.gradients = {"x": z, "dy": grow(dy, z.shape[-1])}, check_flag("gradients", gradients)
        self.f = make_choice("f", "activation", list(FORMULAS), f)
        super().__init__({}, self.f)

    def make_scenes(self) -> list[dict]:  # noqa: D102 (inherited)
        z = self.arrays["x"]
        dy = self.arrays["dy"][..., : z.shape[2], : z.shape[3]]
        scene = activation_scene(z, self.f.value, dy=dy if self.gradients else None)
        symbols = {"x": "z", "y": "a", "dx": "δ", "dy": "∂L/∂a"}
        for panel in scene["panels"]:
            panel.update(symbol=symbols[panel["name"]], editable=panel["name"] in self.arrays)
        return [scene]

    def edit(self, panel, cell, value):  # noqa: D102 (inherited)
        plane, row, column = cell
        self.arrays[panel][0, plane, row, column] = value

    def beside(self) -> str:  # noqa: D102 (inherited)
        formulas = (*FORMULAS[self.f.value], "δ = ∂L/∂a · f′(z)") if self.gradients else FORMULAS[self.f.value][:1]
        lines = "".join(f"<div>{html.escape(line)}</div>" for line in formulas)
        return f'<div class="cnnlab-algebra"><div>{lines}</div></div>'

    def title(self) -> str:  # noqa: D102 (inherited)
        return ";   ".join(FORMULAS[self.f.value])

    def describe(self) -> str:  # noqa: D102 (inherited)
        height, width = self.arrays["x"].shape[2:]
        return f"ActivationExplorer: {self.f.value} of z {height}×{width}"
