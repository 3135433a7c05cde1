"""A network: layers in sequence, with a summary table, and saving and loading of the weights."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy, deepcopy
from itertools import pairwise
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from cnnlab._validate import Arrays, check_cells, check_changeable, check_int, check_list, shown
from cnnlab.data import FOLDER
from cnnlab.data.npz import read_npz, write_npz
from cnnlab.layers import Conv2D, Dense, Flatten, Layer, MaxPool2D, ReLU

__all__ = ["Sequential", "trained_network"]


class Sequential:
    """Layers one after the other.

    ``params`` and ``grads`` hold those of all layers, under names such as ``"0.w"`` for the w of the first.

    Parameters
    ----------
    *layers : Layer
        From the input up.

    Raises
    ------
    TypeError, ValueError
        If an argument is not a layer, or occurs twice.

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

    def __init__(self, *layers: Layer):
        for other in (layer for layer in layers if not isinstance(layer, Layer)):
            raise TypeError(f"layers ({shown(other)} in it) must each be a layer, as in Sequential(ReLU(), Flatten())")
        if len({id(layer) for layer in layers}) < len(layers):
            raise ValueError("each layer must stand once in a Sequential: it keeps one forward for its backward")
        self.layers = layers

    def __repr__(self) -> str:
        return f"Sequential({', '.join(map(repr, self.layers))})"

    @property
    def params(self) -> Arrays:
        """The weights of all layers: the arrays themselves, not copies."""
        return {f"{i}.{name}": param for i, layer in enumerate(self.layers) for name, param in layer.params.items()}

    @property
    def grads(self) -> Arrays:
        """The gradients of the last backward."""
        return {f"{i}.{name}": grad for i, layer in enumerate(self.layers) for name, grad in layer.grads.items()}

    def outputs(self, x: ArrayLike) -> list[np.ndarray]:
        """Return the output of every layer in turn, starting from x; an error names the layer that raised it."""
        outputs: list[Any] = [x]
        for i, layer in enumerate(self.layers):
            try:
                outputs.append(layer.forward(outputs[-1]))
            except (TypeError, ValueError) as error:
                kind = TypeError if isinstance(error, TypeError) else ValueError
                raise kind(f"layer {i}, {layer}: {error}") from error
        return outputs[1:]

    def gradients(self, dy: ArrayLike) -> list:
        """Return the gradient with respect to the x of the last forward, then to each layer's output; dy is the last.

        Examples
        --------
        >>> from cnnlab.layers import Flatten, LeakyReLU
        >>> model = Sequential(LeakyReLU(slope=0.5), Flatten())
        >>> model.forward([[[-2.0]], [[3.0]]])
        array([[-1.],
               [ 3.]])
        >>> [gradient.ravel().tolist() for gradient in model.gradients([[10], [20]])[:2]]
        [[5.0, 20.0], [10.0, 20.0]]
        """
        gradients: list[Any] = [dy]
        for layer in reversed(self.layers):
            gradients.append(layer.backward(gradients[-1]))
        return gradients[::-1]

    def copied(self) -> Sequential:
        """Return copies of the layers with the same weights; running them does not affect the originals."""
        return Sequential(*(copy(layer) if layer.kind else deepcopy(layer) for layer in self.layers))

    def forward(self, x: ArrayLike) -> np.ndarray:
        """Return the output of the last layer for x."""
        outputs: list[Any] = [x, *self.outputs(x)]
        return outputs[-1]

    def backward(self, dy: ArrayLike) -> np.ndarray:
        """Return the gradient with respect to the x of the last forward; those of the weights are then in ``grads``.

        It is the first of :meth:`gradients`; the others are not kept.
        """
        return self.gradients(dy)[0]

    def summary(self, shape: Sequence[int]) -> Summary:
        """Return a table with a row for each layer, for inputs of ``shape`` (C, H, W).

        ``sees`` is the receptive field of a cell, in input cells. ``unshared`` counts the weights and biases that a
        fully connected layer with the same inputs and outputs would have.

        Raises
        ------
        TypeError, ValueError
            If ``shape`` is not a shape, or does not fit the layers.
        """
        shape = tuple(check_int("shape", length, 1) for length in check_list("shape", shape, "the lengths (C, H, W)"))
        if not 1 <= len(shape) <= 3:
            raise ValueError(f"shape ({shown(shape)}) must have 1 to 3 lengths, such as (C, H, W)")
        check_cells("x", shape)
        x = np.zeros((1, *shape), np.result_type(np.float32, *self.params.values()))
        maps = [x, *self.copied().outputs(x)]
        rows, sees_all, field, jump = [], False, np.ones(2, int), np.ones(2, int)
        for layer, (below, y) in zip(self.layers, pairwise(maps), strict=True):
            sees_all |= layer.reads == "all"
            if axes := layer.axes(below.shape[2:]):  # the sum of receptive_field, for rows and columns at once
                field, jump = field + jump * [each.extent - 1 for each in axes], jump * [each.stride for each in axes]
            parameters = sum(param.size for param in layer.params.values())
            unshared = (below.size + 1) * y.size if parameters else 0
            sees = None if sees_all else tuple(field.tolist())
            rows.append(LayerSummary(repr(layer), y.shape[1:], sees, parameters, unshared))
        return Summary(rows)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the weights to an .npz file, with the care and the errors of :func:`cnnlab.data.npz.write_npz`."""
        write_npz(path, self.params)

    def load(self, path: str | PathLike[str]) -> None:
        """Read the weights that :meth:`save` wrote for the same layers; on failure nothing is changed.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is damaged, or holds the weights of other layers, or some that are not finite.
        """
        params = self.params
        for name, param in params.items():
            check_changeable(name, param)
        kinds = {name: (param.dtype, param.shape) for name, param in params.items()}
        loaded = read_npz(path, kinds, "the weights of this model")
        for name, values in loaded.items():
            bad = values[~np.isfinite(values)]
            if bad.size:
                raise ValueError(f"{path} must hold finite weights ({name} holds {bad[0]})")
        for name, param in params.items():
            param[...] = loaded[name]


def trained_network() -> Sequential:
    """Return a small network trained on the digits of :func:`cnnlab.load_mnist`; its weights are read from a file.

    Returns
    -------
    Sequential
        The layers of :func:`digit_layers`, from images (N, 1, 28, 28) to scores (N, 10); it answers 586 of the 600
        held-out digits right. data/SOURCES.md says how it was trained.

    Examples
    --------
    >>> trained_network().forward(np.zeros((1, 1, 28, 28))).shape
    (1, 10)
    """
    model = Sequential(*digit_layers(rng=np.random.default_rng(0)))  # the weights drawn are then overwritten
    model.load(FOLDER / "network.npz")
    return model


def digit_layers(
    shape: tuple[int, int, int] = (1, 28, 28),
    filters: tuple[int, int] = (8, 12),
    classes: int = 10,
    *,
    rng: np.random.Generator,
) -> list[Layer]:
    """Return new layers for a network that reads digits: twice convolution, ReLU and max pooling, then one dense layer.

    Parameters
    ----------
    shape : (int, int, int)
        Of an image, (C, H, W).
    filters : (int, int)
        Of the two convolutions, whose kernels are 3x3.
    classes : int
    rng : numpy.random.Generator
        Draws the weights.

    Examples
    --------
    >>> digit_layers((1, 8, 8), (8, 16), rng=np.random.default_rng(0))[-1]
    Dense(64, 10)
    """
    layers: list[Layer] = []
    for channels, count in pairwise((shape[0], *filters)):
        layers += Conv2D(channels, count, 3, padding=1, rng=rng), ReLU(), MaxPool2D(2)
    inputs = filters[-1] * (shape[1] // 4) * (shape[2] // 4)
    return [*layers, Flatten(), Dense(inputs, classes, rng=rng)]


class LayerSummary(NamedTuple):
    """One row of a summary: ``output`` without the batch, ``sees`` (h, w) in input cells, None for all of them."""

    layer: str
    output: tuple[int, ...]
    sees: tuple[int, int] | None
    parameters: int
    unshared: int


class Summary(tuple):
    """The rows of the summary; printed, they are a table with totals."""

    __slots__ = ()

    def __repr__(self) -> str:
        table: list[tuple[str, ...]] = [LayerSummary._fields]
        totals = sum(row.parameters for row in self), sum(row.unshared for row in self)
        for layer, output, sees, *counts in (*self, ("total", "", "", *totals)):
            seen = "all" if sees is None else "×".join(map(str, sees))
            table.append((layer, str(output), seen, *(f"{count:,}" for count in counts)))
        columns = zip("<<>>>", zip(*table, strict=True), strict=True)  # two text columns, then numbers
        form = "  ".join(f"{{:{side}{max(map(len, column))}}}" for side, column in columns)
        return "\n".join(form.format(*row) for row in table)
