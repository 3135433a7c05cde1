"""The scene of an activation: each cell by itself, and the gradient that its slope lets through."""

from __future__ import annotations

import numpy as np

from cnnlab.activations import ACTIVATIONS
from cnnlab.geometry import check_window
from cnnlab.lab.scenes import _panels as panels
from cnnlab.lab.scenes import _sentences as sentences
from cnnlab.lab.scenes.schema import Scene


def activation_scene(z, name: str, *, dy=None, **settings) -> Scene:
    """Return the scene of an activation, cell by cell; with ``dy`` also backward, by its slope.

    Parameters
    ----------
    z : array (1, C, H, W)
    name : str
        One of :data:`cnnlab.activations.ACTIVATIONS`; ``settings`` are its own, such as the slope of leaky_relu.
    dy : array (1, C, H, W), optional
        ∂L/∂a.

    Examples
    --------
    >>> scene = activation_scene(np.array([[[[-1.0, 2.0]]]]), "relu")
    >>> [panel["values"].ravel().tolist() for panel in scene["panels"]]
    [[-1.0, 2.0], [0.0, 2.0]]
    """
    entry, axes = ACTIVATIONS[name], check_window(z.shape[2:], 1)
    settings = entry.check_settings(settings)
    slopes = entry.backward(np.ones_like(z), z, **settings)[0]
    sums = {
        "x": panels.parts_in("x", "share", "y", verb="goes through", values=True),
        "y": panels.total("x", "share", strip=(f"{name}(", ", ", ")"), values=True),
        **panels.SHARES_BACK,
    }
    shown = [
        panels.input_panel("x", z[0], axes, "z", f"before, {panels.size_of(z)}"),
        panels.output_panel("y", entry.forward(z, **settings)[0], "a", f"after {name}"),
    ]
    if dy is not None:
        dz = entry.backward(dy, z, **settings)[0]
        shown += [
            panels.input_panel("dx", dz, axes, "δ", "before it", **panels.GRADIENT),
            panels.output_panel("dy", dy[0], "∂L/∂a", "after it", **panels.GRADIENT),
        ]
    sentences.tell(shown, sentences.ACTIVATION, sums, name=name)
    wires = {"window": panels.pool_wires(axes, z.shape[1])}
    return panels.scene(shown, ["→"], wires, shares=panels.packed_shares(slopes[..., None, None]))
