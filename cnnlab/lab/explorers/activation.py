"""ActivationExplorer: an activation cell by cell, its slope, and the error it lets through."""

from __future__ import annotations

from cnnlab._validate import check_flag, check_shape
from cnnlab.activations import ACTIVATIONS
from cnnlab.lab.explorers._explorer import Explorer, line
from cnnlab.lab.explorers._settings import Choice
from cnnlab.lab.explorers._windows import check_gradient, check_square, cut, grow
from cnnlab.lab.scenes import activation_scene


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
        z = check_square("z", z, "NCHW")
        self.gradients = check_flag("gradients", gradients)
        dy = cut(grow(check_gradient(dy, z.shape[1], "NCHW"), z.shape[-1]), z.shape[-1])
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
