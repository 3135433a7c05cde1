"""An image through a network; the scenes of a chain of layers, every map above its gradient, and of a drawn digit."""

from typing import NamedTuple

import numpy as np

from cnnlab import losses
from cnnlab.data import bitmap as bitmaps
from cnnlab.lab.scenes._layers import map_panel
from cnnlab.lab.scenes._panels import GRADIENT, panel, places, scene, size_of
from cnnlab.lab.scenes._sentences import DIGIT, sentence
from cnnlab.network import Sequential

CLASSES = 10  # of digits
SHORT = {"convolution": "conv", "pooling": "pool", "fully connected": "dense"}
GRADIENTS = {"convolution": "δ", "fully connected": "δ", "activation": "∂L/∂a", "pooling": "∂L/∂p"}


class Pass(NamedTuple):
    """One pass of an image through a network and back: all maps, the scores last, and the gradient of each.

    ``maps[k]`` is the input of layer k, ``maps[k + 1]`` its output; the last one is the scores.
    """

    model: Sequential
    maps: list[np.ndarray]
    errors: list[np.ndarray]
    probabilities: np.ndarray


def run_network(model, image, label=None, *, backward=True):
    """Return all maps of an image (1, C, H, W), with ``backward`` also all gradients of the cross-entropy loss.

    The default ``label`` is the class that the network predicts.

    Examples
    --------
    >>> from cnnlab.layers import Dense, Flatten
    >>> rng = np.random.default_rng(0)
    >>> result = run_network(Sequential(Flatten(), Dense(4, 2, rng=rng)), np.ones((1, 1, 2, 2)), 1)
    >>> [values.shape for values in result.maps]
    [(1, 1, 2, 2), (1, 4), (1, 2)]
    """
    model = model.copied()  # drawing must not change the learner's own model
    maps = [image, *model.outputs(image)]
    labels = np.array([int(maps[-1].argmax()) if label is None else label])
    _, probabilities = losses.softmax_cross_entropy(maps[-1], labels)
    errors = model.gradients(losses.softmax_cross_entropy_backward(probabilities, labels)) if backward else []
    return Pass(model, maps, errors, probabilities)


def gradient_symbol(layers, k):
    """Return the name of the gradient of map k, which depends on the layer that computes the map."""
    return GRADIENTS.get(layers[k - 1].kind, "∂L/∂y") if k else "∂L/∂x"


def layer_names(layers):
    """Return a short name for each layer, numbered among layers of the same name.

    Examples
    --------
    >>> from cnnlab.layers import Flatten, ReLU
    >>> layer_names([ReLU(), Flatten(), ReLU()])
    ['relu 1', 'flatten', 'relu 2']
    """
    names = [SHORT.get(layer.kind) or layer.name or type(layer).__name__.lower() for layer in layers]
    return [f"{name} {names[: k + 1].count(name)}" if names.count(name) > 1 else name for k, name in enumerate(names)]


def chain_scene(maps, errors, names, signs, active):
    """Return the scene with every map of a chain above its gradient.

    Parameters
    ----------
    maps, errors : lists of arrays (1, C, H, W)
        As :class:`Pass` has them.
    names : list of (str, str)
        The names of each map and its gradient.
    signs : list of str
        The labels of the arrows between the maps.
    active : (int, int)
        The selected arrow: row (0 forward, 1 backward) and index of the layer.

    Examples
    --------
    >>> x = np.ones((1, 1, 2, 2))
    >>> scene = chain_scene([x, x], [x, x], [("x", "∂L/∂x"), ("y", "∂L/∂y")], ["f"], (0, 0))
    >>> [panel["name"] for panel in scene["panels"]]
    ['h0', 'g0', 'h1', 'g1']
    """
    (row, place), last, shown = active, len(maps) - 1, []
    for k, (values, error, (name, delta)) in enumerate(zip(maps, errors, names, strict=True)):
        seen, look = k in (place, place + 1), {"column": k, "end": f"map {k}"}
        above = {"active": seen and row == 0, "editable": k == 0}
        below = {"active": seen and row == 1, "editable": k == last, **GRADIENT}
        shown.append(map_panel(f"h{k}", values, name, size_of(values), **look, **above))
        shown.append(map_panel(f"g{k}", error, delta, size_of(values), **look, **below))
    return scene(shown, signs, {}, f"h{last}")


def digit_scene(bitmap, probabilities):
    """Return the scene of a bitmap (H, W), the image made from it, and the probability of each class (K,).

    Examples
    --------
    >>> scene = digit_scene(np.eye(32, dtype=bool), np.array([0.25, 0.75]))
    >>> [panel["name"] for panel in scene["panels"]]
    ['normal', 'p']
    """
    normal = bitmaps.normalise_bitmap(bitmap)
    shares = np.zeros(CLASSES) if probabilities is None else probabilities
    digit = map_panel("normal", normal, "digit", size_of(normal), view="photo", limit=1.0, says=sentence(DIGIT))
    bars = bars_panel("p", shares, "softmax", column=1)
    if probabilities is None:
        bars["best"] = -1
    return scene([digit, bars], ["→"], {}, "p")


def bars_panel(name, shares, symbol, **options):
    """Return a panel with a bar for the probability of each class, the longest highlighted.

    Examples
    --------
    >>> bars_panel("p", np.array([0.25, 0.75]), "softmax")["best"]
    1
    """
    labels, best = range(len(shares)), int(np.argmax(shares)) if np.isfinite(shares).all() else -1
    look = {"view": "bars", "role": "y", "limit": 1.0, "captions": list(map(str, labels)), "best": best}
    return panel(name, np.reshape(shares, (1, -1, 1)), symbol, "", **look | {"places": places(1, labels, [])} | options)
