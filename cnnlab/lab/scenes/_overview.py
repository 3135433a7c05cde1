"""The scene of a whole network: the image, every layer's maps and the answer, joined by the wires of the layers.

Each layer's own scene says how its cells are computed. Here these scenes are joined: the panels are ``h0`` (the image),
``hk`` (the output of layer k) and ``gk`` (its gradient); ``wk`` and ``bk`` are the weights, which are not drawn.
"""

import numpy as np

from cnnlab.lab.numbers import format_value
from cnnlab.lab.scenes._convolution import parts_of
from cnnlab.lab.scenes._curves import softmax_fractions
from cnnlab.lab.scenes._layers import layer_scene, map_panel, way_of
from cnnlab.lab.scenes._network import bars_panel, gradient_symbol, layer_names
from cnnlab.lab.scenes._panels import limit_of, scene, size_of, total, without_code
from cnnlab.lab.scenes._pooling import pool_shares
from cnnlab.lab.scenes._sentences import COUNTED, SCORE, sentence
from cnnlab.lab.scenes.reading import panel_of
from cnnlab.layers import Dense, Flatten, Pool2D

SIDES = {"top": ("rows", min), "bottom": ("rows", max), "left": ("columns", min), "right": ("columns", max)}


def network_scene(result, *, backward=False, like=None):
    """Return the scene of a network at work on one image.

    Parameters
    ----------
    result : Pass
        From :func:`cnnlab.lab.scenes.run_network`.
    backward : bool
        Show the gradient of each map beside it.
    like : Scene, optional
        The scene of another image through the same layers: everything that depends only on the layers is reused.

    Examples
    --------
    >>> from cnnlab.lab.scenes import run_network
    >>> from cnnlab.network import Sequential
    >>> scene = network_scene(run_network(Sequential(Flatten()), np.ones((1, 1, 2, 2))))
    >>> [panel["name"] for panel in scene["panels"]]
    ['h0', 'h1', 'p']
    """
    maps, errors = upright(result, result.maps), upright(result, result.errors) if backward else []
    there = {panel["name"] for panel in like["panels"]} if like else set()
    biases = {f"b{k}" for k, layer in enumerate(result.model.layers, start=1) if np.any(layer.params.get("b", 0))}
    if not (like and biases <= there and ("g0" in there) == backward):
        like = _joined(result, maps, errors)
    return _with_numbers(like, result, maps, errors)


def _joined(result, maps, errors):
    """Return the scene with all that depends only on the layers."""
    layers, shown, wires = result.model.layers, {}, {}
    for k, name in enumerate(["image", *layer_names(layers)]):
        look = {"column": k, "end": f"map {k}", "view": "maps", "planes": [maps[k].shape[1], 1]}
        title = size_of(maps[k])
        if k and result.maps[k].ndim == 2:
            look["flat"], title = True, str(maps[k].size)
        shown[f"h{k}"] = map_panel(f"h{k}", maps[k], name, title, alias=name.replace(" ", ""), **look)
        if errors:
            shown[f"g{k}"] = map_panel(f"g{k}", errors[k], gradient_symbol(layers, k), "", role="gradient", **look)
    bars = bars_panel("p", result.probabilities[0], "softmax", alias="p", column=len(maps), end="p")
    if maps[-1].shape[2:] == (1, 1):
        wires["p"] = _to_softmax(len(layers), maps[-1].size)
    hidden, lengths = [], dict(zip(("rows", "columns"), maps[0].shape[2:], strict=True))
    shown["h0"]["sees"] = {side: list(range(lengths[along])) for side, (along, _) in SIDES.items()}
    for k, layer in enumerate(layers, start=1):
        joint = without_code(layer_scene(layer, maps[k - 1], maps[k], errors[k] if errors else None))
        told = {panel["name"]: _told(k, joint, panel) for panel in joint["panels"]}
        if joint["wires"]:
            wires[f"h{k}"] = _wires(k, joint)
        sees = _sees(k, wires.get(f"h{k}"), shown[f"h{k - 1}"]["sees"], maps[k].shape)
        shown["h0"] |= told["x"] if k == 1 and "w" in told else {}
        shown[f"h{k}"] |= told["y"] | {"sees": sees}
        if errors:
            shown[f"g{k - 1}"] |= told.get("dx", {})
        hidden += [_hidden(k, panel) for panel in joint["panels"] if panel["name"] in ("w", "b")]
    for k in range(len(errors)):
        shown[f"g{k}"]["sees"] = shown[f"h{k}"]["sees"]
    *_, height, width = maps[1].shape
    first = {"panel": "h1", "cell": [0, height // 2, width // 2]}
    more = {"first": first, "pick": True, "compact": True, "network": True}
    return scene([*shown.values(), bars, *hidden], [], wires) | more


def _with_numbers(scene, result, maps, errors):
    """Return the scene with the numbers of an image."""
    shown = {panel["name"]: dict(panel) for panel in scene["panels"]}
    arrays = {f"h{k}": values for k, values in enumerate(maps)} | {f"g{k}": values for k, values in enumerate(errors)}
    for k, layer in enumerate(result.model.layers, start=1):
        dense = isinstance(layer, Dense)
        arrays |= {f"{name}{k}": values.T if dense else values for name, values in layer.params.items()}
    for name in arrays.keys() & shown.keys():
        values = np.array(arrays[name], np.float64).reshape(shown[name]["values"].shape)
        shown[name] |= {"values": values, "limit": limit_of(values)}
    for k, layer in enumerate(result.model.layers, start=1):
        made, below = shown[f"h{k}"], maps[k - 1]
        if "groups" in made.get("sum", {}):
            kernels, source = shown[f"w{k}"]["values"], scene["wires"][f"h{k}"]["planes"][f"map {k - 1}"]
            made["sum"] = made["sum"] | {"groups": parts_of(below, kernels, source, **layer.settings)}
        for panel in (shown[name] for name in (f"h{k}", f"g{k - 1}") if "shares" in shown.get(name, {})):
            pools = isinstance(layer, Pool2D)
            panel["shares"] = pool_shares(layer, below) if pools else layer_scene(layer, below, maps[k])["shares"]
    bars = shown["p"]
    bars |= {name: bars_panel("p", result.probabilities[0], "")[name] for name in ("values", "best")}
    bars |= _softmax(result) if "p" in scene["wires"] else {}
    if errors:
        shown[f"g{len(errors) - 1}"] |= _last_error(result)
    return scene | {"panels": list(shown.values())}


def upright(result, arrays):
    """Return maps (1, C, H, W): scores (1, K) as (1, K, 1, 1), and flattened maps in their former shape."""
    found = []
    for k, array in enumerate(arrays):
        flattened = k and way_of(result.model.layers[k - 1]) is Flatten
        found.append(array.reshape(found[-1].shape if flattened else (*array.shape, 1, 1)[:4]))
    return found


# --- joining the scenes of the layers -------------------------------------------------------------------------


def _told(k, joint, panel):
    """Return the sum and the sentences of a panel in layer k's own scene, with the panel names of this scene."""
    told = {"says": panel["says"]}
    names = {"x": f"h{k - 1}", "y": f"h{k}", "dx": f"g{k - 1}", "dy": f"g{k}", "w": f"w{k}", "b": f"b{k}"}
    padded = any(map(any, panel_of(joint, "x").get("edges", {}).values()))
    if "sum" not in panel:
        return told
    if padded and "{count}" in panel["sum"]["closing"]:
        return {"says": sentence(COUNTED)}
    sum_ = {
        field: names.get(value, value) if isinstance(value, str) else value for field, value in panel["sum"].items()
    }
    told["sum"] = sum_ | {"wires": f"h{k}"}
    if sum_["b"] == "share" and panel["name"] == "y" and joint["shares"]["shape"][2:] == [1, 1]:
        told["sum"]["b"] = "one"  # an activation: f′ belongs to the backward pass
    elif sum_["b"] == "share":
        told["shares"] = joint["shares"]
    return told


def _hidden(k, panel):
    """Return the weights of layer k as a hidden panel."""
    fields = {name: value for name, value in panel.items() if name not in ("sum", "says", "gradient")}
    return fields | {"name": f"{panel['name']}{k}", "view": "none", "editable": False, "end": f"{panel['end']} {k}"}


def _wires(k, joint):
    """Return the wires of layer k between cells of maps k − 1 and k, without those from the padding."""
    x, tables = panel_of(joint, "x"), {}
    ends = {f"map {k - 1}": "input", f"map {k}": "output", f"tap {k}": "tap"}
    ends |= {"output": "output", "tap": "tap"} if "shares" in joint else {}
    for along, table in joint["wires"]["window"].items():
        inside = range(len(table["input"]))
        if along != "planes":
            inside = [wire for wire in inside if not x["edges"][along][table["input"][wire]]]
            table = table | {"input": [x["places"][along][at] for at in table["input"]]}
        tables[along] = {name: [table[end][wire] for wire in inside] for name, end in ends.items()}
    return tables


def _sees(k, wires, before, shape):
    """Return, for each row and column of map k, the beginning and end of its receptive field in the image."""
    sees = {}
    for side, (along, furthest) in SIDES.items():
        seen = [[] if wires else before[side] for _ in range(shape[2 if along == "rows" else 3])]
        joined = (wires[along][f"map {at}"] for at in (k - 1, k)) if wires else ([], [])
        for source, output in zip(*joined, strict=True):
            seen[output].append(before[side][source])
        sees[side] = [furthest(each, default=0) for each in seen]
    return sees


# --- the softmax and its loss
# ----------------------------------------------------------------------------------------------------------


def _to_softmax(k, classes):
    """Return the wires from every score to every probability, one row per probability."""
    scores, each, first = f"map {k}", list(range(classes)), [0] * classes
    return {
        "planes": {scores: each, "p": first},
        "rows": {scores: first, "p": each},
        "columns": {scores: [0], "p": [0]},
    }


def _softmax(result):
    """Return the sum and the sentences of the probabilities."""
    strip = ("softmax of it among (", ", ", ")")
    sum_ = total(f"h{len(result.maps) - 1}", "one", wires="p", strip=strip, values=True)
    powers = map(format_value, np.exp(result.maps[-1][0]))
    fractions = softmax_fractions(list(powers), result.probabilities[0])
    return {"sum": sum_, "says": sentence("") | {"cells": [f"eᶻ / Σ eᶻ = {fraction}" for fraction in fractions]}}


def label_of(result):
    """Return the class of the loss, whose score should grow; without gradients, the predicted class."""
    return int(result.errors[-1].argmin() if result.errors else result.probabilities.argmax())


def _last_error(result):
    """Return the sentences of δ at the end: p − 1 for the class of the loss, p for every other."""
    texts = [
        SCORE[bool(delta < 0)].format(delta=format_value(delta), p=format_value(p))
        for delta, p in zip(result.errors[-1].ravel(), result.probabilities.ravel(), strict=True)
    ]
    return {"says": {**sentence(""), "cells": texts}}
