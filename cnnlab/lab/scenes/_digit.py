"""The scene of a drawn digit: at the data set's size and slant, counted block by block, and the network's answer."""

from __future__ import annotations

import numpy as np

from cnnlab.data import bitmap as bitmaps
from cnnlab.lab.scenes import _sentences as sentences
from cnnlab.lab.scenes._network import bars_panel
from cnnlab.lab.scenes._panels import panel, scene
from cnnlab.lab.scenes.schema import Scene

CLASSES = 10


def digit_scene(bitmap: np.ndarray, probabilities: np.ndarray | None) -> Scene:
    """Return the scene of a bitmap (H, W), what becomes of it, and the probability of each class (K,).

    Examples
    --------
    >>> scene = digit_scene(np.eye(32, dtype=bool), np.array([0.25, 0.75]))
    >>> [panel["name"] for panel in scene["panels"]]
    ['normal', 'reduced', 'p']
    """
    normal, counts = bitmaps.normalise_bitmap(bitmap)[None], np.rint(16 * bitmaps.reduce_bitmap(bitmap)[0])
    shares = np.zeros(CLASSES) if probabilities is None else probabilities
    shown = [
        panel("normal", normal, "digit", "upright, 32×32", role="x", view="photo", limit=1.0, blocks=8),
        panel("reduced", counts, "8×8", "on cells in each block", role="x", limit=16.0, column=1),
        bars_panel("p", shares, "softmax", column=2),
    ]
    if probabilities is None:
        shown[2]["best"] = -1
    shown[1]["says"] = sentences.sentence(sentences.DIGIT)
    return scene(shown, ["→", "→"], {}, "p")
