"""The scenes of a trained network: all its maps for one image, and one unit of it opened."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cnnlab.layers import Conv2D, Dense, Flatten, LeakyReLU, MaxPool2D, MeanPool2D, ReLU, Sigmoid, Tanh
from cnnlab.losses import softmax_cross_entropy, softmax_cross_entropy_backward
from cnnlab.network import Sequential
from cnnlab.padding import pad2d
from cnnlab.scenes.chain import activation_scene
from cnnlab.scenes.convolution import convolution_scene
from cnnlab.scenes.panels import BACKWARD, map_panel, overview_frame
from cnnlab.scenes.pooling import pooling_scene
from cnnlab.wiring import axis_wires, held_wires

ACTIVATIONS = {ReLU: "relu", LeakyReLU: "leaky_relu", Sigmoid: "sigmoid", Tanh: "tanh"}
KINDS = {Conv2D: "convolution", MaxPool2D: "pooling", MeanPool2D: "pooling", Dense: "fully connected"}
KINDS |= dict.fromkeys(ACTIVATIONS, "activation")
SMALL = 0.35  # the side of a cell in the static picture, where 1 is one with a number


class Pass(NamedTuple):
    """One image through a network and back: its map before each layer, then the scores, and the gradient of each.

    ``maps[k]`` goes into layer k, ``maps[k + 1]`` comes out of it; the last one is the scores.
    """

    model: Sequential
    maps: list[np.ndarray]
    errors: list[np.ndarray]
    probabilities: np.ndarray


def run_network(model: Sequential, image: np.ndarray, label: int) -> Pass:
    """Return all maps of an image (1, C, H, W), and all gradients of the cross-entropy loss for the class ``label``.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> result = run_network(Sequential(Flatten(), Dense(4, 2, rng=rng)), np.ones((1, 1, 2, 2)), 1)
    >>> [values.shape for values in result.maps]
    [(1, 1, 2, 2), (1, 4), (1, 2)]
    """
    model = model.copied()  # a picture leaves the learner's own model as it is
    maps = [image, *model.outputs(image)]
    _, probabilities = softmax_cross_entropy(maps[-1], np.array([label]))
    errors = [softmax_cross_entropy_backward(probabilities, np.array([label]))]
    for layer in reversed(model.layers):
        errors.insert(0, layer.backward(errors[0]))
    return Pass(model, maps, errors, probabilities)


def network_scene(result: Pass, unit: tuple[int, list[int]]) -> dict:
    """Return the scene with every layer's maps as small pictures, its gradients below, and what the ``unit`` sees.

    Parameters
    ----------
    result : Pass
        From :func:`run_network`.
    unit : (int, [plane, row, column])
        The map, by its place in ``result.maps``, and the cell of it in view.
    """
    panels, column = [], 0
    for k, (values, error) in enumerate(zip(result.maps, result.errors, strict=True)):
        layer = result.model.layers[k - 1] if k else None
        if isinstance(layer, Flatten):
            continue
        name = KINDS[type(layer)] if layer else "input"
        options = {"column": column, "kind": f"map {k}", "unit": SMALL}
        marks = {"field": field_cells(result, unit)} if k == 0 else {}
        panels += [
            map_panel(f"h{k}", as_planes(values), name, marks=marks, active=k == unit[0], **options),
            map_panel(f"g{k}", as_planes(error), "∂L/∂x" if k == 0 else "δ", row=BACKWARD, **options),
        ]
        column += 1
    last = len(result.maps)
    panels.append(
        map_panel(f"h{last}", as_planes(result.probabilities), "softmax", column=column, kind=f"map {last}", unit=SMALL)
    )
    frame = overview_frame(stepper=f"h{last}", signs=["→"] * column)
    return {
        **frame,
        "panels": panels,
        "picks": True,
        "compact": True,
        "begin": {"panel": f"h{unit[0]}", "cell": unit[1]},
    }


def as_planes(values: np.ndarray) -> np.ndarray:
    """Return one image's map as planes (C, H, W); scores (1, K) stand in one column."""
    return values[0] if values.ndim == 4 else values.reshape(1, -1, 1)


def unit_scene(result: Pass, unit: tuple[int, list[int]]) -> dict:
    """Return the scene of the one window that a unit was made from; the input has none.

    Parameters
    ----------
    result, unit
        As :func:`network_scene`.
    """
    k, (plane, row, column) = unit
    k = min(k, len(result.maps) - 1)  # a probability opens its score
    layer, before = result.model.layers[k - 1], result.maps[k - 1]
    if isinstance(layer, Dense):
        return dense_scene(result, k, row)
    if type(layer) in ACTIVATIONS:
        cell = as_planes(before)[None, plane : plane + 1, row : row + 1, column : column + 1]
        return activation_scene(cell, ACTIVATIONS[type(layer)], **layer.settings)
    return window_scene(layer, before, plane, row, column)


def window_scene(layer, before: np.ndarray, plane: int, row: int, column: int) -> dict:
    """Return the scene of one window of a convolution or pooling layer, cut out of the map ``before`` it."""
    axes = layer.axes(before.shape[2:])
    rows, columns = (_reads(axis, {at}, "padded") for axis, at in zip(axes, (row, column), strict=True))
    pads = tuple((axis.before, axis.far) for axis in axes)
    if isinstance(layer, Conv2D):
        w, b = layer.params["w"][plane : plane + 1], layer.params["b"][plane : plane + 1]
        group = plane // (len(layer.params["w"]) // layer.settings["groups"])
        before = before[:, group * w.shape[1] : (group + 1) * w.shape[1]]
        return spread_out(convolution_scene(pad2d(before, pads)[:, :, rows][..., columns], w, b))
    op = "max" if isinstance(layer, MaxPool2D) else "mean"
    padded = pad2d(before[:, plane : plane + 1], pads, mode="constant", value=-np.inf if op == "max" else 0.0)
    if op == "mean":  # only the cells that the divisor counts
        counted = held_cells(axes, layer.settings["count_include_pad"])
        rows, columns = (
            [cell for cell in cells if cell in held] for cells, held in zip((rows, columns), counted, strict=True)
        )
    return pooling_scene(padded[:, :, rows][..., columns], (len(rows), len(columns)), op=op)


def held_cells(axes, count_include_pad: bool) -> list[set[int]]:
    """Return the padded cells, along each axis, that the divisor of a mean pool counts."""
    return [set(axis_wires(axis).padded[held_wires(axis, count_padding=count_include_pad)].tolist()) for axis in axes]


def dense_scene(result: Pass, k: int, unit: int) -> dict:
    """Return the scene of one score: a dense layer is a convolution whose kernel is as large as its input."""
    layer, before = result.model.layers[k - 1], result.maps[k - 1]
    if k > 1 and isinstance(result.model.layers[k - 2], Flatten):
        before = result.maps[k - 2]
    shape = before.shape if before.ndim == 4 else (1, 1, 1, before.shape[1])
    w, b = layer.params["w"][:, unit], layer.params["b"][unit : unit + 1]
    return spread_out(convolution_scene(before.reshape(shape), w.reshape(shape), b))


def spread_out(scene: dict) -> dict:
    """Return the scene of one filter with its channels in columns side by side, where there are many."""
    channels = scene["channels"]
    across = next((across for across in (4, 3, 2) if channels > 3 and channels % across == 0), 1)
    for panel in scene["panels"][:2]:  # x and w
        panel["planes"] = [channels // across, across]
    return scene


def field_cells(result: Pass, unit: tuple[int, list[int]]) -> list[list[int]]:
    """Return the cells (plane, row, column) of the image that a unit sees: the wires followed down to it."""
    k, (_, row, column) = unit
    rows, columns = {row}, {column}
    for layer, below in reversed(list(zip(result.model.layers[:k], result.maps, strict=False))):
        if isinstance(layer, Dense | Flatten):
            rows, columns = (set(range(length)) for length in below.shape[2:] or (below.shape[1], 1))
        elif axes := layer.axes(below.shape[2:]):
            rows, columns = (set(_reads(*pair, "input")) - {-1} for pair in zip(axes, (rows, columns), strict=True))
    planes = range(result.maps[0].shape[1])
    return [[plane, i, j] for plane in planes for i in sorted(rows) for j in sorted(columns)]


def _reads(axis, outputs: set[int], end: str) -> list[int]:
    """Return the cells along an axis that the wires of some outputs leave, by their ``end``: "input" or "padded"."""
    wires = axis_wires(axis)
    return getattr(wires, end)[np.isin(wires.output, list(outputs))].tolist()
