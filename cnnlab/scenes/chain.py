"""The scenes of a chain of layers: all its maps forward and back, and one arrow of it at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from cnnlab import activations
from cnnlab.convolution import conv2d, conv2d_backward
from cnnlab.geometry import check_window
from cnnlab.pooling import max_pool2d, max_pool2d_backward, mean_pool2d, mean_pool2d_backward
from cnnlab.scenes.convolution import convolution_scene
from cnnlab.scenes.panels import BACKWARD, input_panel, map_panel, output_panel, overview_frame, size_of, wires_of
from cnnlab.scenes.pooling import pooling_scene


class Step(NamedTuple):
    """One layer of a chain, ready to run: its kind ("conv", "pool" or "f") and what it does each way.

    ``forward(x) -> y``, ``backward(dy, x) -> dx`` and ``scene(x, dy or None) -> scene`` share their settings.
    """

    kind: str
    forward: Callable
    backward: Callable
    scene: Callable


def conv_step(w: np.ndarray, **geometry) -> Step:
    """Return a convolution with kernels ``w``; ``geometry`` as :func:`cnnlab.conv2d`."""
    return Step(
        "conv",
        lambda x: conv2d(x, w, **geometry),
        lambda dy, x: conv2d_backward(dy, x, w, **geometry)[0],
        lambda x, dy: convolution_scene(x, w, dy=dy, **geometry),
    )


def pool_step(op: str, kernel: int) -> Step:
    """Return a max or mean pooling with windows side by side."""

    def backward(dy, x):
        if op == "mean":
            return mean_pool2d_backward(dy, x.shape, kernel)
        return max_pool2d_backward(dy, max_pool2d(x, kernel)[1], x.shape)

    return Step(
        "pool",
        lambda x: mean_pool2d(x, kernel) if op == "mean" else max_pool2d(x, kernel)[0],
        backward,
        lambda x, dy: pooling_scene(x, kernel, op=op, dy=dy),
    )


def activation_step(name: str) -> Step:
    """Return the activation ``name``: relu, leaky_relu, sigmoid or tanh."""
    forward, backward = getattr(activations, name), getattr(activations, f"{name}_backward")
    return Step("f", forward, backward, lambda x, dy: activation_scene(x, name, dy=dy))


def run_chain(steps: list[Step], x: np.ndarray, dy: Callable) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Return the maps of a chain, from x up, and their gradients; ``dy(y)`` gives the one of the last map.

    Examples
    --------
    >>> import numpy as np
    >>> maps, errors = run_chain([activation_step("relu")], np.array([[[[-1.0, 2.0]]]]), np.ones_like)
    >>> errors[0]
    array([[[[0., 1.]]]])
    """
    maps = [x]
    for step in steps:
        maps.append(step.forward(maps[-1]))
    errors = [dy(maps[-1])]
    for step, below in zip(reversed(steps), reversed(maps[:-1]), strict=True):
        errors.insert(0, step.backward(errors[0], below))
    return maps, errors


def activation_scene(z, name: str, *, dy=None, **settings) -> dict:
    """Return the scene of an activation, cell by cell; with ``dy`` also backward, by its derivative.

    ``settings`` are those of the function ``name``, such as the slope of leaky_relu.

    Examples
    --------
    >>> import numpy as np
    >>> scene = activation_scene(np.array([[[[-1.0, 2.0]]]]), "relu")
    >>> [panel["values"].ravel().tolist() for panel in scene["panels"]]
    [[-1.0, 2.0], [0.0, 2.0]]
    """
    axes = check_window(z.shape[2:], 1)
    derivative = getattr(activations, f"{name}_backward")
    slopes = derivative(np.ones_like(z), z, **settings)[0]
    panels = [
        input_panel("x", z[0], axes, f"before, {size_of(z)}"),
        output_panel("y", getattr(activations, name)(z, **settings)[0], f"after {name}"),
    ]
    if dy is not None:
        panels += [
            input_panel("dx", derivative(dy, z, **settings)[0], axes, "gradient before it", row=BACKWARD),
            output_panel("dy", dy[0], "gradient after it", row=BACKWARD),
        ]
    channels = z.shape[1]
    counts = {"channels": channels, "filters": channels, "groups": channels, "kernel": [1, 1], "padded": False}
    shares = {"shape": [*z.shape[2:], 1, 1], "values": slopes[..., None, None]}
    return {"op": name, **counts, "shares": shares, "panels": panels, "signs": ["→"], **wires_of(axes)}


def overview_scene(maps, errors, names: list[tuple[str, str]], signs: list[str], active: tuple[int, int]) -> dict:
    """Return the scene with every map of a chain above its gradient.

    Parameters
    ----------
    maps, errors : lists of arrays (1, C, H, W)
        From :func:`run_chain`.
    names : list of (str, str)
        What each map and its gradient are called.
    signs : list of str
        What stands on the arrows between the maps.
    active : (int, int)
        The arrow in view: row (0 forward, 1 backward), and the layer's place.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.ones((1, 1, 2, 2))
    >>> scene = overview_scene([x, x], [x, x], [("x", "∂L/∂x"), ("y", "∂L/∂y")], ["f"], (0, 0))
    >>> [panel["name"] for panel in scene["panels"]]
    ['h0', 'g0', 'h1', 'g1']
    """
    row, place = active
    last = len(maps) - 1
    panels = []
    for k, (values, error, (name, delta)) in enumerate(zip(maps, errors, names, strict=True)):
        seen = k in (place, place + 1)
        options = {"column": k, "kind": f"map {k}"}
        editable = [k == 0, k == last]
        panels += [
            map_panel(f"h{k}", values[0], name, active=seen and row == 0, editable=editable[0], **options),
            map_panel(
                f"g{k}", error[0], delta, active=seen and row == 1, editable=editable[1], row=BACKWARD, **options
            ),
        ]
    return {**overview_frame(stepper=f"h{last}", signs=signs), "panels": panels}
