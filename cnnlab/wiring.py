"""The one idea: a convolution is a table of wires, and the table read three ways is all of its mathematics.

A wire joins output cell ``o`` with input cell ``i`` through kernel tap ``t``. Summed over the wires of one output
cell, ``x[i] * w[t]`` is the forward pass; over those of one input cell, ``dy[o] * w[t]`` is the error for the layer
below; over those of one tap, ``dy[o] * x[i]`` is the gradient of the kernel.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np

from cnnlab._validate import Lengths, Padding, check_pair
from cnnlab.geometry import Axis, check_window

__all__ = ["wiring"]

_MOST_WIRES = 2**22  # in one table: 200 MB


@dataclass(frozen=True)
class Wiring:
    """The wires of one plane, a row each: int arrays ``output``, ``input`` and ``tap`` of shape (n, 2).

    A wire from the padding has the input ``(-1, -1)``. Rows are in raster order of the output cell, then of the tap.
    """

    output: np.ndarray
    input: np.ndarray
    tap: np.ndarray


@dataclass(frozen=True)
class AxisWires:
    """The wires along one axis: int arrays of shape (n,).

    ``padded`` counts from the first padding cell; ``input`` counts from the first input cell and is -1 on padding.
    """

    output: np.ndarray
    padded: np.ndarray
    input: np.ndarray
    tap: np.ndarray


def axis_wires(axis: Axis) -> AxisWires:
    """Return the wires along one axis; those of a plane are all pairs of a row wire and a column wire.

    Parameters
    ----------
    axis : Axis
        A checked axis, from :func:`cnnlab.geometry.check_axis`.

    Examples
    --------
    >>> from cnnlab.geometry import check_axis
    >>> axis_wires(check_axis(3, 2, stride=2, padding=1)).input
    array([-1,  0,  1,  2])
    """
    output, tap = (cells.ravel() for cells in np.indices((axis.out, axis.kernel)))
    padded = output * axis.stride + tap * axis.dilation
    inside = (padded >= axis.before) & (padded < axis.before + axis.size)
    return AxisWires(output, padded, np.where(inside, padded - axis.before, -1), tap)


def wiring(
    size: Lengths, kernel: Lengths, *, stride: Lengths = 1, padding: Padding = 0, dilation: Lengths = 1
) -> Wiring:
    """Return the table of wires ``i = o * stride + t * dilation - padding`` of a convolution or pooling.

    Parameters
    ----------
    size : int or (int, int)
        The input plane (H, W), in cells.
    kernel, stride, dilation : int or (int, int)
        In cells, for rows and columns.
    padding : int, (int, int), ((top, bottom), (left, right)), "same" or "valid"
        In cells.

    Returns
    -------
    Wiring
        One row for each output cell and tap; the input is (-1, -1) on padding.

    Raises
    ------
    TypeError, ValueError
        As :func:`cnnlab.output_size`; also where there would be more than 4 million wires.

    Notes
    -----
    Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016), section 4.1.

    Examples
    --------
    The whole forward pass, as a sum over the wires of each output cell:

    >>> import numpy as np
    >>> x, w = np.arange(9.0).reshape(3, 3), np.array([[0.0, 1.0], [2.0, 3.0]])
    >>> wires = wiring(3, 2)
    >>> y = np.zeros((2, 2))
    >>> np.add.at(y, tuple(wires.output.T), x[tuple(wires.input.T)] * w[tuple(wires.tap.T)])
    >>> y
    array([[19., 25.],
           [37., 43.]])
    """
    shape = check_pair("size", size, 1)
    axes = check_window(shape, kernel, stride=stride, padding=padding, dilation=dilation)
    wires = prod(axis.out * axis.kernel for axis in axes)
    if wires > _MOST_WIRES:
        raise ValueError(f"size ({shape[0]}, {shape[1]}) must make at most {_MOST_WIRES:,} wires (it makes {wires:,})")
    rows, columns = map(axis_wires, axes)
    ends = ("output", "input", "tap")
    output, source, tap = (_pairs(getattr(rows, end), getattr(columns, end), axes) for end in ends)
    source[(source < 0).any(axis=1)] = -1
    return Wiring(output, source, tap)


def _pairs(rows: np.ndarray, columns: np.ndarray, axes: tuple[Axis, Axis]) -> np.ndarray:
    """Pair each row wire with each column wire, in raster order of the output cell, then of the tap."""
    by_row, by_column = rows.reshape(-1, 1, axes[0].kernel, 1), columns.reshape(1, -1, 1, axes[1].kernel)
    return np.stack(np.broadcast_arrays(by_row, by_column), axis=-1).reshape(-1, 2)


def full_axis(axis: Axis) -> Axis:
    """Return the axis of the full convolution that gathers the padded dx from dy with S - 1 zeros between its cells.

    Examples
    --------
    >>> from cnnlab.geometry import check_axis
    >>> axis = full_axis(check_axis(6, 3, stride=2))  # dy: 2 cells, 3 with the zero; a row of x is left over
    >>> (axis.before, axis.size, axis.after), axis.out
    ((2, 3, 3), 6)
    """
    ring = axis.extent - 1
    return Axis((axis.out - 1) * axis.stride + 1, axis.kernel, 1, ring, ring + axis.leftover, axis.dilation)


def cells_per_window(axis: Axis, *, count_padding: bool = False) -> np.ndarray:
    """Return how many input cells, or cells of the padded input, each window holds: ints (out,).

    Examples
    --------
    >>> from cnnlab.geometry import check_axis
    >>> cells_per_window(check_axis(5, 3, stride=2, padding=1))
    array([2, 3, 2])
    """
    begin, end = (-axis.before, axis.size + axis.after) if count_padding else (0, axis.size)
    starts = np.arange(axis.out) * axis.stride - axis.before
    first_tap = np.maximum(0, (begin - starts + axis.dilation - 1) // axis.dilation)
    last_tap = np.minimum(axis.kernel - 1, (end - 1 - starts) // axis.dilation)
    return np.maximum(0, last_tap - first_tap + 1)


def held_wires(axis: Axis, *, count_padding: bool = False) -> np.ndarray:
    """Return which wires leave an input cell, or a cell of the padded input: bools (n,).

    Examples
    --------
    >>> from cnnlab.geometry import check_axis
    >>> held_wires(check_axis(3, 2, stride=2, padding=1))
    array([False,  True,  True,  True])
    """
    wires = axis_wires(axis)
    return wires.padded < axis.padded if count_padding else wires.input >= 0
