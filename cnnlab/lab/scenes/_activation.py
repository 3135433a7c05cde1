"""The scene of an activation: each cell by itself, and the error that its slope lets through."""

from __future__ import annotations

import numpy as np

from cnnlab.activations import ACTIVATIONS
from cnnlab.geometry import check_window
from cnnlab.lab.scenes import _panels as panels
from cnnlab.lab.scenes import _sentences as sentences
from cnnlab.lab.scenes._panels import BACKWARD, input_panel, output_panel, parts_in, size_of, total
from cnnlab.lab.scenes.schema import Scene

SYMBOLS = {"x": "z", "y": "a", "dx": "δ", "dy": "∂L/∂a"}


def activation_scene(z, name: str, *, dy=None, symbols=SYMBOLS, **settings) -> Scene:
    """Return the scene of an activation, cell by cell; with ``dy`` also backward, by its slope.

    Parameters
    ----------
    z : array (1, C, H, W)
    name : str
        One of :data:`cnnlab.activations.ACTIVATIONS`; ``settings`` are its own, such as the slope of leaky_relu.
    dy : array (1, C, H, W), optional
        ∂L/∂a.
    symbols : dict
        What the four panels are called.

    Examples
    --------
    >>> scene = activation_scene(np.array([[[[-1.0, 2.0]]]]), "relu")
    >>> [panel["values"].ravel().tolist() for panel in scene["panels"]]
    [[-1.0, 2.0], [0.0, 2.0]]
    """
    entry, axes, channels = ACTIVATIONS[name], check_window(z.shape[2:], 1), z.shape[1]
    settings = entry.check_settings(settings)
    slopes = entry.backward(np.ones_like(z), z, **settings)[0]
    sums = {
        "x": parts_in("x", "share", "y", verb="goes through", values=True),
        "y": total("x", "share", strip=(f"{name}(", ", ", ")"), values=True),
        "dx": total("dy", "share"),
        "dy": parts_in("dy", "share", "dx", verb="sends"),
    }
    shown = [
        input_panel("x", z[0], axes, symbols["x"], f"before, {size_of(z)}"),
        output_panel("y", entry.forward(z, **settings)[0], symbols["y"], f"after {name}"),
    ]
    if dy is not None:
        shown[0]["gradient"] = "dx"
        look = {"row": BACKWARD, "role": "gradient"}
        shown += [
            input_panel("dx", entry.backward(dy, z, **settings)[0], axes, symbols["dx"], "before it", **look),
            output_panel("dy", dy[0], symbols["dy"], "after it", **look),
        ]
    for panel in shown:
        panel["sum"] = sums[panel["name"]]
        panel["says"] = sentences.told(sentences.ACTIVATION[panel["name"]], name=name)
    return {
        "panels": shown,
        "signs": ["→"],
        "wires": {"window": panels.pool_wires(axes, channels)},
        "first": {"panel": "y", "cell": [0, 0, 0]},
        "shares": panels.packed_shares(slopes[..., None, None]),
    }
