"""A network: layers one after the other, their table, and their weights in a file."""

from __future__ import annotations

from copy import copy
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from cnnlab.checks import check_int, check_list
from cnnlab.data import FOLDER, check_path, read_npz
from cnnlab.geometry import receptive_field
from cnnlab.layers import Conv2D, Dense, Flatten, Layer, MaxPool2D, ReLU


class Sequential:
    """Layers one after the other.

    ``params`` and ``grads`` are those of all layers, under names such as ``"0.w"`` for the w of the first.

    Parameters
    ----------
    *layers : Layer
        From the input up.

    Raises
    ------
    TypeError, ValueError
        If one is no layer, or stands twice.

    Examples
    --------
    >>> from cnnlab.layers import Conv2D, Dense, Flatten, MaxPool2D, ReLU
    >>> rng = np.random.default_rng(0)
    >>> layers = Conv2D(1, 8, 3, padding=1, rng=rng), ReLU(), MaxPool2D(2), Flatten(), Dense(128, 10, rng=rng)
    >>> model = Sequential(*layers)
    >>> model.forward(np.zeros((5, 1, 8, 8))).shape
    (5, 10)
    >>> model.backward(np.ones((5, 10))).shape
    (5, 1, 8, 8)
    >>> model.summary((1, 8, 8))
    layer                       output     sees  parameters  unshared
    Conv2D(1, 8, 3, padding=1)  (8, 8, 8)   3×3          80    33,280
    ReLU()                      (8, 8, 8)   3×3           0         0
    MaxPool2D(2)                (8, 4, 4)   4×4           0         0
    Flatten()                   (128,)      4×4           0         0
    Dense(128, 10)              (10,)       all       1,290     1,290
    total                                             1,370    34,570
    """

    def __init__(self, *layers):
        for layer in layers:
            if not isinstance(layer, Layer):
                raise TypeError(f"layers ({layer!r} in it) must each be a layer, as in Sequential(ReLU(), Flatten())")
        if len({id(layer) for layer in layers}) < len(layers):
            raise ValueError("each layer must stand once in a Sequential: it keeps one forward for its backward")
        self.layers = layers

    @property
    def params(self) -> dict[str, np.ndarray]:
        """The weights of all layers: themselves, not copies."""
        return {f"{i}.{name}": param for i, layer in enumerate(self.layers) for name, param in layer.params.items()}

    @property
    def grads(self) -> dict[str, np.ndarray]:
        """The gradients of the last backward."""
        return {f"{i}.{name}": grad for i, layer in enumerate(self.layers) for name, grad in layer.grads.items()}

    def outputs(self, x) -> list[np.ndarray]:
        """Return what every layer in turn makes of x; an error names the layer that raised it."""
        outputs = []
        for i, layer in enumerate(self.layers):
            try:
                x = layer.forward(x)
            except (TypeError, ValueError) as error:
                raise type(error)(f"layer {i}, {layer}: {error}") from error
            outputs.append(x)
        return outputs

    def copied(self) -> Sequential:
        """Return the same layers, weights and all, whose forward leaves what these keep for their backward."""
        return Sequential(*map(copy, self.layers))

    def forward(self, x):
        """Return what the last layer makes of x."""
        return [x, *self.outputs(x)][-1]

    def backward(self, dy):
        """Return the gradient with respect to the x of the last forward; those of the weights are then in ``grads``."""
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy

    def summary(self, shape) -> Summary:
        """Return a table with a row for each layer, for inputs of ``shape`` (C, H, W).

        ``sees`` is the receptive field of a cell, in input cells. ``unshared`` counts the weights and biases of a
        fully connected layer between the same inputs and outputs, in place of the shared ones.

        Raises
        ------
        TypeError, ValueError
            If the shape is none, or does not fit the layers.
        """
        shape = [check_int("shape", length, 1) for length in check_list("shape", shape, "the lengths (C, H, W)")]
        x = np.zeros((1, *shape), np.result_type(np.float32, *self.params.values()))
        outputs = self.copied().outputs(x)
        rows, stacks, sees_all = [], ([], []), False
        for layer, (before, y) in zip(self.layers, pairwise([x, *outputs]), strict=True):
            for stack, axis in zip(stacks, layer.axes(before.shape[2:]), strict=False):  # none without windows
                stack.append((repr(layer), axis.extent, axis.stride, (axis.before, axis.after)))
            sees_all |= layer.reads_all
            sees = None if sees_all else tuple(receptive_field(stack)[-1].size if stack else 1 for stack in stacks)
            parameters = sum(param.size for param in layer.params.values())
            unshared = (before.size + 1) * y.size if parameters else 0
            rows.append(LayerSummary(repr(layer), y.shape[1:], sees, parameters, unshared))
        return Summary(rows)

    def save(self, path) -> None:
        """Write the weights to an .npz file, without pickle; what stood there stays until they are all written."""
        path = check_path(path)
        part = path.with_name(f"{path.name}.part")
        try:
            with part.open("wb") as file:
                np.savez(file, **self.params)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)

    def load(self, path) -> None:
        """Read the weights that :meth:`save` wrote for the same layers.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is damaged, or holds the weights of other layers.
        """
        params, loaded = self.params, read_npz(path)
        here, there = _kinds(params), _kinds(loaded)
        for name in here | there:
            ours, theirs = here.get(name, "missing"), there.get(name, "missing")
            if ours != theirs:
                raise ValueError(f"{path} must hold the weights of this model ({name} is {theirs} there, {ours} here)")
        for name, param in params.items():
            param[...] = loaded[name]


def trained_network() -> Sequential:
    """Return a small network that has learnt the digits of :func:`cnnlab.load_digits`, its weights from a file.

    Returns
    -------
    Sequential
        From images (N, 1, 8, 8) to scores (N, 10); it answers 358 of the 360 held-out digits right.

    Examples
    --------
    >>> trained_network().forward(np.zeros((1, 1, 8, 8))).shape
    (1, 10)
    """
    rng = np.random.default_rng(0)  # what it draws is read over
    first, second = Conv2D(1, 6, 3, padding=1, rng=rng), Conv2D(6, 12, 3, padding=1, rng=rng)
    layers = first, ReLU(), MaxPool2D(2), second, ReLU(), MaxPool2D(2), Flatten(), Dense(48, 10, rng=rng)
    model = Sequential(*layers)
    model.load(FOLDER / "network.npz")
    return model


class LayerSummary(NamedTuple):
    """One row of a summary: ``output`` without the batch, ``sees`` (h, w) in input cells, None for all of them."""

    layer: str
    output: tuple[int, ...]
    sees: tuple[int, int] | None
    parameters: int
    unshared: int


class Summary(tuple):
    """The rows of a table of layers; its text is the table, with the totals."""

    __slots__ = ()

    def __repr__(self):
        table = [("layer", "output", "sees", "parameters", "unshared")]
        for row in self:
            sees = "all" if row.sees is None else "×".join(map(str, row.sees))
            table.append((row.layer, str(row.output), sees, f"{row.parameters:,}", f"{row.unshared:,}"))
        totals = (sum(row.parameters for row in self), sum(row.unshared for row in self))
        table.append(("total", "", "", *(f"{total:,}" for total in totals)))
        widths = [max(map(len, column)) for column in zip(*table, strict=True)]
        return "\n".join(_line(cells, widths) for cells in table)


def _line(cells, widths) -> str:
    """Return a line of a table: two columns of words to the left, then numbers to the right."""
    words = [cell.ljust(width) for cell, width in zip(cells[:2], widths[:2], strict=True)]
    numbers = [cell.rjust(width) for cell, width in zip(cells[2:], widths[2:], strict=True)]
    return "  ".join(words + numbers)


def _kinds(arrays: dict[str, np.ndarray]) -> dict[str, str]:
    return {name: f"{array.dtype} {array.shape}" for name, array in arrays.items()}
