"""The scenes of layers in a row: every map above its gradient, what one unit sees of the image, a drawn digit."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np

from cnnlab import losses
from cnnlab.data import bitmap as bitmaps
from cnnlab.lab.scenes._layers import as_planes, channels_of, map_panel, reads, way_of
from cnnlab.lab.scenes._panels import GRADIENT, panel, places, scene, size_of
from cnnlab.lab.scenes._sentences import DIGIT, sentence
from cnnlab.lab.scenes.schema import Panel, Scene
from cnnlab.layers import Conv2D, Flatten
from cnnlab.network import Sequential

MOST_CELLS = 1200  # of a map's planes together; more of them would make each step slow
IMAGE = 16  # its side, in cells of the maps
CLASSES = 10  # of digits
GRADIENTS = {"convolution": "δ", "fully connected": "δ", "activation": "∂L/∂a", "pooling": "∂L/∂p"}


class Pass(NamedTuple):
    """One image through a network and back: its map before each layer, then the scores, and the gradient of each.

    ``maps[k]`` goes into layer k, ``maps[k + 1]`` comes out of it; the last one is the scores.
    """

    model: Sequential
    maps: list[np.ndarray]
    errors: list[np.ndarray]
    probabilities: np.ndarray


def run_network(model: Sequential, image: np.ndarray, label: int | None = None, *, backward: bool = True) -> Pass:
    """Return all maps of an image (1, C, H, W), and ``backward`` all gradients of the cross-entropy loss for a class.

    Without a ``label`` it is the class that the network answers.

    Examples
    --------
    >>> from cnnlab.layers import Dense
    >>> rng = np.random.default_rng(0)
    >>> result = run_network(Sequential(Flatten(), Dense(4, 2, rng=rng)), np.ones((1, 1, 2, 2)), 1)
    >>> [values.shape for values in result.maps]
    [(1, 1, 2, 2), (1, 4), (1, 2)]
    """
    model = model.copied()  # a picture leaves the learner's own model as it is
    maps = [image, *model.outputs(image)]
    labels = np.array([int(maps[-1].argmax()) if label is None else label])
    _, probabilities = losses.softmax_cross_entropy(maps[-1], labels)
    errors = model.gradients(losses.softmax_cross_entropy_backward(probabilities, labels)) if backward else []
    return Pass(model, maps, errors, probabilities)


def layer_names(layers) -> list[str]:
    """Return what each layer is called: its kind and its number among those, or its class's name.

    Examples
    --------
    >>> from cnnlab.layers import ReLU
    >>> layer_names([ReLU(), Flatten(), ReLU()])
    ['activation 1', 'flatten', 'activation 2']
    """
    kinds = [layer.kind or type(layer).__name__ for layer in layers]
    return [f"{kind} {kinds[: k + 1].count(kind)}" if kinds.count(kind) > 1 else kind for k, kind in enumerate(kinds)]


def network_scene(result: Pass, unit: tuple[int, list[int]], *, backward: bool = False) -> Scene:
    """Return the scene of the image, the answer, and every layer's maps; what the ``unit`` sees is framed.

    Parameters
    ----------
    result : Pass
        From :func:`run_network`.
    unit : (int, [plane, row, column])
        The map, by its place in ``result.maps``, and the cell of it in view.
    backward : bool
        Show the gradient of each map below it.
    """
    look = {"end": "map 0", "scale": IMAGE / max(result.maps[0].shape[2:]), "marks": _field(result, unit)}
    layers, names = result.model.layers, layer_names(result.model.layers)
    image = map_panel("h0", result.maps[0], "the image", size_of(result.maps[0]), **look)
    shown = [image, bars_panel("p", result.probabilities[0], "softmax", column=2)]
    drawn = [k for k, layer in enumerate(layers, start=1) if way_of(layer) is not Flatten or k == len(layers)]
    for column, k in enumerate(drawn):
        look = {"column": column, "end": f"map {k}", "band": 1}
        title = size_of(result.maps[k]) if result.maps[k].ndim == 4 else ""
        look |= {"view": "maps"} if result.maps[k].size > MOST_CELLS else {}
        shown.append(map_panel(f"h{k}", result.maps[k], names[k - 1], title, active=k == unit[0], **look))
        if backward:
            symbol = GRADIENTS.get(layers[k - 1].kind, "∂L/∂y")
            shown.append(map_panel(f"g{k}", result.errors[k], symbol, "", **look, **GRADIENT))
    if backward:
        shown.append(map_panel("g0", result.errors[0], "∂L/∂x", "", column=1, end="map 0", role="gradient"))
    first = {"panel": f"h{unit[0]}", "cell": unit[1]}
    return scene(shown, ["→"] * (len(drawn) - 1), {}, first=first, pick=True, compact=True, inset=1)


def chain_scene(maps, errors, names: list[tuple[str, str]], signs: list[str], active: tuple[int, int]) -> Scene:
    """Return the scene with every map of a chain above its gradient.

    Parameters
    ----------
    maps, errors : lists of arrays (1, C, H, W)
        As :class:`Pass` has them.
    names : list of (str, str)
        What each map and its gradient are called.
    signs : list of str
        What stands on the arrows between the maps.
    active : (int, int)
        The arrow in view: row (0 forward, 1 backward), and the layer's place.

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


def digit_scene(bitmap: np.ndarray, probabilities: np.ndarray | None) -> Scene:
    """Return the scene of a bitmap (H, W), what becomes of it, and the probability of each class (K,).

    Examples
    --------
    >>> scene = digit_scene(np.eye(32, dtype=bool), np.array([0.25, 0.75]))
    >>> [panel["name"] for panel in scene["panels"]]
    ['normal', 'p']
    """
    normal = bitmaps.normalise_bitmap(bitmap)
    shares = np.zeros(CLASSES) if probabilities is None else probabilities
    shown = [
        map_panel("normal", normal, "digit", size_of(normal), view="photo", limit=1.0),
        bars_panel("p", shares, "softmax", column=1),
    ]
    if probabilities is None:
        shown[1]["best"] = -1
    shown[0]["says"] = sentence(DIGIT)
    return scene(shown, ["→"], {}, "p")


def bars_panel(name: str, shares: np.ndarray, symbol: str, **options) -> Panel:
    """Return a panel with a bar for the probability of each class, the longest picked out.

    Examples
    --------
    >>> bars_panel("p", np.array([0.25, 0.75]), "softmax")["best"]
    1
    """
    labels, best = range(len(shares)), int(np.argmax(shares)) if np.isfinite(shares).all() else -1
    look = {"view": "bars", "role": "y", "limit": 1.0, "captions": list(map(str, labels)), "best": best}
    return panel(name, np.reshape(shares, (1, -1, 1)), symbol, "", **look | {"places": places(1, labels, [])} | options)


def _field(result: Pass, unit: tuple[int, list[int]]) -> dict[str, list[list[int]]]:
    """Return the cells (plane, row, column) of the image that a unit may depend on: the wires followed down to it."""
    k, cell = unit
    seen = [{index} for index in cell]
    for layer, below in reversed(list(zip(result.model.layers[:k], result.maps, strict=False))):
        seen = _seen_below(layer, below, *seen)
    return {"field": [list(cell) for cell in product(*map(sorted, seen))]}


def _seen_below(layer, below: np.ndarray, planes: set[int], rows: set[int], columns: set[int]) -> list[set[int]]:
    """Return the planes, rows and columns of the map below that those of a layer's output read."""
    shape = as_planes(below).shape
    if way_of(layer) is Flatten:
        return [set(indices.tolist()) for indices in np.unravel_index(sorted(rows), shape)]
    if layer.reads == "cell" and not isinstance(layer, Flatten):  # one that flattens in an order of its own mixes all
        return [planes, rows, columns]
    seen = [set(range(length)) for length in shape]
    if layer.reads == "window":
        axes = layer.axes(below.shape[2:])
        seen[1:] = (set(reads(*pair, "input")) - {-1} for pair in zip(axes, (rows, columns), strict=True))
    if layer.kind == "pooling":
        seen[0] = planes
    if way_of(layer) is Conv2D:
        seen[0] = {channel for plane in planes for channel in channels_of(layer, plane)}
    return seen
