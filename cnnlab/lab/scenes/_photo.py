"""The scene of a photograph: a kernel slides over it, and the window of one response is shown enlarged."""

from __future__ import annotations

import numpy as np

from cnnlab.lab.scenes._convolution import convolution_scene
from cnnlab.lab.scenes._panels import kernel_panel, size_of
from cnnlab.lab.scenes.reading import wires_at
from cnnlab.lab.scenes.schema import Scene

AT_THE_EYES = (0.35, 0.4)  # of the height and the width of cnnlab's portrait: where the first window lies


def photo_scene(photo: np.ndarray, w: np.ndarray, *, stride=1, padding=0) -> Scene:
    """Return the scene of a convolution of one grey photograph.

    Parameters
    ----------
    photo : array (1, 1, H, W)
    w : array (1, 1, F, F)
    stride, padding
        As :func:`cnnlab.conv2d`.

    Examples
    --------
    >>> scene = photo_scene(np.ones((1, 1, 50, 50)), np.ones((1, 1, 3, 3)))
    >>> [(panel["name"], panel["view"]) for panel in scene["panels"]]
    [('x', 'photo'), ('window', 'cells'), ('w', 'cells'), ('y', 'photo')]
    """
    scene = convolution_scene(photo, w, stride=stride, padding=padding)
    x, kernel, y = scene["panels"]
    first = [0, *(int(side * part) for side, part in zip(y["shape"], AT_THE_EYES, strict=True))]
    look = {"palette": "grey", "limit": x["limit"]}
    cells = [wire["input"] for wire, _ in wires_at(scene["wires"]["window"], "output", first)]
    window = x["values"][tuple(zip(*cells, strict=True))].reshape(w.shape)
    window = kernel_panel("window", window, "x", "the window", **look, role="x")
    del window["end"]
    x |= look | {"editable": False, "title": f"photograph {size_of(photo)}"}
    y |= {"title": f"feature map {size_of(y['values'])}"}
    shown = [x, window, kernel, y]
    for column, panel in enumerate(shown):
        panel["column"] = column
    more = {"signs": ["", "⋆", "="], "first": {"panel": "y", "cell": first}, "window": "window"}
    return {**scene, "panels": shown, **more}
