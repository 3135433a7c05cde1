"""Two ways to the input gradient of a convolution: each output scatters its shares, each input gathers its terms."""

from __future__ import annotations

import numpy as np

from cnnlab import convolution
from cnnlab.geometry import check_window
from cnnlab.lab.scenes import _panels as panels
from cnnlab.lab.scenes import _sentences as sentences
from cnnlab.lab.scenes._convolution import convolution_scene, turn
from cnnlab.lab.scenes._panels import FORWARD, INPUT, OUTPUT, Axes, pad, without_code
from cnnlab.lab.scenes.schema import Scene
from cnnlab.wiring import full_axis


def scatter_scene(x, w, dy, *, stride=1, padding=0) -> Scene:
    """Return the scene in which each cell of dy adds its share to dx: one filter, one channel, a step a cell.

    Parameters
    ----------
    x, w, dy, stride, padding
        As :func:`convolution_scene`.

    Returns
    -------
    Scene
        Its panel dx has ``frames``: what is added up after each step.

    Examples
    --------
    >>> x, w = np.arange(9.0).reshape(1, 1, 3, 3), np.array([[[[0.0, 1.0], [2.0, 3.0]]]])
    >>> scene = scatter_scene(x, w, np.array([[[[1.0, 2.0], [3.0, 4.0]]]]))
    >>> scene["panels"][2]["frames"][-1, 0]
    array([[ 0.,  1.,  2.],
           [ 2., 10., 10.],
           [ 6., 17., 12.]])
    """
    scene = convolution_scene(x, w, stride=stride, padding=padding, dy=dy)
    by_name = {panel["name"]: panel for panel in scene["panels"]}
    so_far = np.tri(dy.size).reshape(-1, 1, *dy.shape[2:]) * dy
    xp = pad(x, check_window(x.shape[2:], w.shape[2:], stride=stride, padding=padding))
    frames, _, _ = convolution.conv2d_backward(so_far, np.repeat(xp, dy.size, axis=0), w, stride=stride)
    by_name["dx"] |= {"row": FORWARD, "column": OUTPUT, "frames": frames, "title": "so far"}
    by_name["dy"] |= {"row": FORWARD, "column": INPUT, "title": "each cell in turn …"}
    by_name["w"] |= {"title": "… times the kernel", "editable": False, "sum": panels.parts_in("dy", "w", "dx")}
    del by_name["w"]["gradient"]
    more = {"signs": ["·", "→"], "steps": "dy", "first": {"panel": "dy", "cell": [0, 0, 0]}}
    return {**without_code(scene), "panels": [by_name[name] for name in ("dy", "w", "dx")], **more}


def gather_scene(x, w, dy, *, stride=1, padding=0) -> Scene:
    """Return the scene in which dx is a full convolution: dy, with S − 1 zeros between, and the kernel turned by 180°.

    Parameters
    ----------
    x, w, dy, stride, padding
        As :func:`convolution_scene`, one filter, one channel.

    Examples
    --------
    >>> x, w = np.arange(9.0).reshape(1, 1, 3, 3), np.array([[[[0.0, 1.0], [2.0, 3.0]]]])
    >>> scene = gather_scene(x, w, np.array([[[[1.0, 2.0], [3.0, 4.0]]]]))
    >>> scene["panels"][2]["values"][0]
    array([[ 0.,  1.,  2.],
           [ 2., 10., 10.],
           [ 6., 17., 12.]])
    """
    axes = check_window(x.shape[2:], w.shape[2:], stride=stride, padding=padding)
    full = tuple(map(full_axis, axes))
    one = np.ones((1, 1, 1, 1))
    spread, cells = (convolution.conv_transpose2d(given, one, stride=stride) for given in (dy, np.ones_like(dy)))
    ring = tuple((axis.before, axis.after) for axis in full)
    scene = convolution_scene(spread, turn(w), padding=ring)
    given, kernel, result = scene["panels"]
    inserted = np.argwhere(pad(cells, full, 1.0)[0] == 0).tolist()
    backwards = {name: list(range(axis.kernel))[::-1] for name, axis in zip(("rows", "columns"), axes, strict=True)}
    given |= {"symbol": "∂L/∂y", "alias": "spread ∂L/∂y", "title": _zeros(axes), "role": "gradient"}
    given |= {"editable": False, "marks": {"inserted": inserted}}
    kernel |= {"title": "turned by 180°", "editable": False, "turned": True, "places": kernel["places"] | backwards}
    of_x = panels.input_panel("", result["values"], axes, "", "")
    result |= {"symbol": "∂L/∂x", "title": panels.of_gradient(axes), "role": "gradient"}
    result |= {"places": of_x["places"], "edges": of_x["edges"]}
    sentences.tell(scene["panels"], sentences.GATHER, window=panels.size_of(w))
    return without_code(scene)


def _zeros(axes: Axes) -> str:
    """Say what is put around and between the cells of dy."""
    most, leftover = max(axis.stride for axis in axes) - 1, max(axis.leftover for axis in axes)
    between = f", {most} zero{'s' * (most > 1)} between" if most else ""
    return f"padded by F − 1{between}{f', {leftover} more at the end' if leftover else ''}"
