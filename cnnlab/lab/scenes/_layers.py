"""The scene of one layer: of its whole map, forward or back, or of the one unit that somebody asks for."""

from __future__ import annotations

from importlib import import_module
from operator import attrgetter

import numpy as np

from cnnlab.activations import ACTIVATIONS
from cnnlab.geometry import Axis, check_window
from cnnlab.lab.scenes import _panels as panels
from cnnlab.lab.scenes import _sentences as sentences
from cnnlab.lab.scenes._convolution import convolution_scene
from cnnlab.lab.scenes._panels import output_panel, panel, side_by_side
from cnnlab.lab.scenes._pooling import pooling_scene
from cnnlab.lab.scenes.schema import Panel, Places, Scene
from cnnlab.layers import Activation, Conv2D, Dense, Flatten, Layer, Pool2D
from cnnlab.pooling import POOLS
from cnnlab.wiring import held_wires

dense = import_module("cnnlab.dense")  # `from cnnlab import dense` would be the function of that name

WAYS = (Conv2D, Dense, Pool2D, Activation, Flatten)
STEPS = attrgetter("forward", "backward", "_forward", "_backward")


def way_of(layer: Layer) -> type[Layer] | None:
    """Return the class that says how a layer works; None for one with a way of its own, whatever its parent is.

    Examples
    --------
    >>> from cnnlab.layers import ReLU
    >>> way_of(ReLU()).__name__, way_of(type("Doubled", (ReLU,), {"forward": lambda self, x: 2 * x})())
    ('Activation', None)
    """
    way = next((way for way in WAYS if isinstance(layer, way)), None)
    return way if way and STEPS(type(layer)) == STEPS(way) else None


def layer_scene(layer: Layer, x: np.ndarray, y: np.ndarray, dy: np.ndarray | None = None) -> Scene:
    """Return the scene of what a layer makes of a map, and with ``dy`` of its way back.

    Parameters
    ----------
    layer : Layer
        A dense or a flattening one, and one that nobody has described, is shown as plain maps, forward alone.
    x, y, dy : arrays (1, C, H, W)
        What goes into it, what comes out, and the gradient of the latter.

    Examples
    --------
    >>> from cnnlab.layers import ReLU
    >>> z = np.array([[[[-1.0, 2.0]]]])
    >>> [panel["name"] for panel in layer_scene(ReLU(), z, np.maximum(z, 0))["panels"]]
    ['x', 'y']
    """
    way = way_of(layer)
    if way is Conv2D:
        b = layer.params["b"] if layer.params["b"].any() else None
        return convolution_scene(x, layer.params["w"], b, dy=dy, **layer.settings)
    if way is Pool2D:
        return pooling_scene(x, layer.sizes[-1], op=layer.name, dy=dy, **layer.settings)
    if way is Activation:
        return activation_scene(x, layer.name, dy=dy, **layer.settings)
    return plain_scene(layer, x, y)


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
        output_panel("y", entry.forward(z, **settings)[0], "a", f"after {name}"),
    ]
    if dy is not None:
        dz = entry.backward(dy, z, **settings)[0]
        shown += [
            panels.input_panel("dx", dz, axes, "δ", "before it", **panels.GRADIENT),
            output_panel("dy", dy[0], "∂L/∂a", "after it", **panels.GRADIENT),
        ]
    sentences.tell(shown, sentences.ACTIVATION, sums, name=name)
    wires = {"window": panels.pool_wires(axes, z.shape[1])}
    return panels.scene(shown, ["→"], wires, shares=panels.packed_shares(slopes[..., None, None]))


def plain_scene(layer: Layer, x: np.ndarray, y: np.ndarray) -> Scene:
    """Return the scene of a layer of which nothing is known but what goes in and comes out."""
    name = type(layer).__name__
    shown = [map_panel("x", x, "x", "in"), map_panel("y", y, "y", f"out of {name}", column=1)]
    sentences.tell(shown, sentences.PLAIN, name=name)
    return panels.scene(shown, ["→"], {})


def map_panel(name: str, values: np.ndarray, symbol: str, title: str, **options) -> Panel:
    """Return a panel of one image's map (1, C, H, W) or scores (1, K), in one column."""
    planes = as_planes(values)
    look = {"role": "x", "planes": side_by_side(len(planes)), "places": _places(values, *map(range, planes.shape))}
    return panel(name, planes, symbol, title, **look | options)


def as_planes(values: np.ndarray) -> np.ndarray:
    """Return one image's map as planes (C, H, W); scores (1, K) are one column."""
    return values[0] if values.ndim == 4 else values.reshape(1, -1, 1)


def _places(values: np.ndarray, planes, rows, columns) -> Places:
    """Return the places of some planes, rows and columns of a map; a score has one index."""
    several = len(as_planes(values)) > 1
    of_planes = [[plane] if several else [] for plane in planes]
    return {"planes": of_planes, "rows": list(rows), "columns": list(columns) if values.ndim == 4 else []}


# --- one unit -----------------------------------------------------------------------------------------------------


def unit_scene(model_layers, maps: list[np.ndarray], k: int, cell: list[int]) -> Scene:
    """Return the scene of how the unit ``cell`` [plane, row, column] of map ``k`` was made.

    Its panels keep the coordinates of the maps that they are cut out of.
    """
    layer, before, after = model_layers[k - 1], maps[k - 1], maps[k]
    plane, row, column = cell
    here, way = {"places": _places(after, [plane], [row], [column])}, way_of(layer)
    if way is Dense:
        flattened = k > 1 and way_of(model_layers[k - 2]) is Flatten
        return score_scene(layer, maps[k - 2] if flattened else before, row)
    if way is Activation:
        one = as_planes(before)[None, plane : plane + 1, row : row + 1, column : column + 1]
        return _cut_out(activation_scene(one, layer.name, **layer.settings), x=here, y=here)
    if way is Conv2D:
        w, b, channels = layer.params["w"], layer.params["b"], channels_of(layer, plane)
        x, where = _window(layer, before, channels, cell)
        scene = convolution_scene(x, w[[plane]], b[[plane]])
        of_x, of_w, _, of_b = scene["panels"]
        of_x["planes"] = of_w["planes"] = side_by_side(len(channels))
        of_w["places"]["planes"] = [[plane, k] if len(w) * w.shape[1] > 1 else [] for k in range(len(channels))]
        of_b["places"]["planes"] = [[plane]]
        return _cut_out(scene, x=where, y=here)
    if way is Pool2D:
        pool, settings = POOLS[layer.name], layer.settings
        x, where = _window(layer, before, [plane], cell, pool.pads_with, settings.get("count_include_pad"))
        options = {name: settings[name] for name in pool.options}
        return _cut_out(pooling_scene(x, x.shape[2:], op=layer.name, **options), x=where, y=here)
    return plain_scene(layer, before, after) | {"first": {"panel": "y", "cell": cell}}


def _window(layer: Layer, before: np.ndarray, planes: list[int], cell: list[int], fill: float = 0.0, counts=None):
    """Return the cells that a unit reads of some planes of a padded map, and the fields that say where they stand."""
    axes = layer.axes(before.shape[2:])
    windows = [reads(axis, {at}, "padded", counts) for axis, at in zip(axes, cell[1:], strict=True)]
    cells = panels.pad(before, axes, fill)[np.ix_([0], planes, *windows)]
    places = ([k - axis.before for k in window] for axis, window in zip(axes, windows, strict=True))
    kinds = ([panels.kinds_along(axis)[k] for k in window] for axis, window in zip(axes, windows, strict=True))
    edges = dict(zip(("rows", "columns"), kinds, strict=True))
    return cells, {"places": _places(before, planes, *places), "edges": edges}


def _cut_out(scene: Scene, **fields: dict) -> Scene:
    """Return the scene of one unit, its panels with added fields: their places in the maps."""
    for each in scene["panels"]:
        each |= {"editable": False} | fields.get(each["name"], {})
    return panels.without_code(scene)


def score_scene(layer: Dense, before: np.ndarray, score: int) -> Scene:
    """Return the scene of one score: a dense layer is a convolution whose kernel is as large as its input."""
    planes, w, b = as_planes(before), layer.params["w"][:, [score]], layer.params["b"][[score]]
    look = {"planes": side_by_side(len(planes)), "places": _places(before, *map(range, planes.shape))}
    at = {"places": {"planes": [[score]], "rows": [], "columns": []}}
    scene = convolution_scene(planes[None], w.reshape(1, *planes.shape), b)
    if len(planes) > 1:
        parts = zip(planes.reshape(len(planes), 1, -1), w.reshape(len(planes), -1, 1), strict=True)
        scene["panels"][2]["sum"]["groups"] = np.stack([dense.dense(x, of_plane) for x, of_plane in parts])
    sentences.tell(scene["panels"], sentences.DENSE, score=str(score))
    of_x, of_w = {"title": "all its inputs", **look}, {"title": f"weights of score {score}", **look}
    of_y = output_panel("y", dense.dense(planes.reshape(1, -1), w, b)[..., None], "y", "score", **at)
    return _cut_out(scene, x=of_x, w=of_w, y=of_y, b=at)


def channels_of(layer: Conv2D, plane: int) -> list[int]:
    """Return the channels that a filter reads: those of its group."""
    filters, deep = layer.params["w"].shape[:2]
    group = plane // (filters // layer.settings["groups"])
    return list(range(group * deep, (group + 1) * deep))


def reads(axis: Axis, outputs: set[int], end: str, counts: bool | None = None) -> list[int]:
    """Return the cells along an axis that the wires of some outputs leave, by their ``end``: "input" or "padded".

    Of a pool whose divisor ``counts`` the padding, or does not, only the cells that it counts.
    """
    wires = panels.wires_along(axis)
    chosen = np.array([output in outputs for output in wires.output.tolist()])
    if counts is not None:
        chosen &= held_wires(axis, count_padding=counts)
    return getattr(wires, end)[chosen].tolist()
