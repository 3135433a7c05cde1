"""The one idea: a convolution is a table of wires, and the table read three ways is all of its mathematics.

A wire joins output cell ``o`` with input cell ``i`` through kernel tap ``t``. Summed over the wires of one output
cell, ``x[i] * w[t]`` is the forward pass; over those of one input cell, ``dy[o] * w[t]`` is the error for the layer
below; over those of one tap, ``dy[o] * x[i]`` is the gradient of the kernel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnlab.checks import (
    check_array,
    check_choice,
    check_groups,
    check_number,
    check_pair,
    check_same_dtype,
    check_shape,
)
from cnnlab.geometry import Axis, check_window, named_padding, split_padding

PADDING_MODES = ("zeros", "constant", "reflect", "replicate", "circular")


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


def wiring(size, kernel, *, stride=1, padding=0, dilation=1) -> Wiring:
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
        As :func:`cnnlab.output_size`.

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
    rows, columns = map(axis_wires, check_window(shape, kernel, stride=stride, padding=padding, dilation=dilation))
    output, source, tap = (
        _pairs(getattr(rows, name), getattr(columns, name), rows.tap.max() + 1, columns.tap.max() + 1)
        for name in ("output", "input", "tap")
    )
    source[(source < 0).any(axis=1)] = -1
    return Wiring(output, source, tap)


def _pairs(rows: np.ndarray, columns: np.ndarray, kernel_rows: int, kernel_columns: int) -> np.ndarray:
    """Pair each row wire with each column wire, in raster order of the output cell, then of the tap."""
    shape = (len(rows) // kernel_rows, len(columns) // kernel_columns, kernel_rows, kernel_columns)
    by_row = rows.reshape(-1, 1, kernel_rows, 1)
    by_column = columns.reshape(1, -1, 1, kernel_columns)
    return np.stack([np.broadcast_to(by_row, shape).ravel(), np.broadcast_to(by_column, shape).ravel()], axis=1)


def tap_slices(axis: Axis, tap: int) -> tuple[slice, slice]:
    """Return the wires of one tap as two slices of one length: the outputs that read the input, and what they read.

    Examples
    --------
    >>> from cnnlab.geometry import check_axis
    >>> tap_slices(check_axis(5, 3, stride=2, padding=1), 0)
    (slice(1, 3, None), slice(1, 4, 2))
    """
    shift = tap * axis.dilation - axis.before
    first = max(0, -(shift // axis.stride))
    last = min(axis.out - 1, (axis.size - 1 - shift) // axis.stride)
    if last < first:
        return slice(0, 0), slice(0, 0)
    return slice(first, last + 1), slice(first * axis.stride + shift, last * axis.stride + shift + 1, axis.stride)


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
    return np.bincount(axis_wires(axis).output[held_wires(axis, count_padding=count_padding)], minlength=axis.out)


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


def check_pool(shape, kernel, *, stride=None, padding=0, dilation=1, ceil_mode=False) -> tuple[Axis, Axis]:
    """Return the checked axes (rows, columns) of a pool over a plane; each window must hold an input cell."""
    stride = kernel if stride is None else stride
    axes = check_window(shape, kernel, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode)
    for axis in axes:
        cells = cells_per_window(axis)
        if not cells.all():
            window = int(cells.argmin())
            first = window * axis.stride - axis.before
            reads = ", ".join(str(first + tap * axis.dilation) for tap in range(axis.kernel))
            raise ValueError(
                f"padding ({axis.before}, {axis.after}) must leave an input cell in every window "
                f"(window {window} reads cells {reads} and the input is cells 0 to {axis.size - 1})"
            )
    return axes


def check_convolution(x, w, b=None, *, stride=1, padding=0, dilation=1, groups=1):
    """Return the checked operands x, w and b of a convolution, and its axes (rows, columns)."""
    x, w = check_array("x", x, "NCHW"), check_array("w", w, ("F", "C / groups", "kh", "kw"))
    channels, filters = x.shape[1], len(w)
    groups = check_groups(groups, channels, filters)
    if w.shape[1] != channels // groups:
        rule = f"the channels of x / groups ({channels} / {groups} = {channels // groups})"
        raise ValueError(f"w ({w.shape[1]} channels) must have {rule}")
    b = _check_bias(b, filters)
    check_same_dtype(x=x, w=w, b=b)
    return x, w, b, check_window(x.shape[2:], w.shape[2:], stride=stride, padding=padding, dilation=dilation)


def check_upstream(dy, x: np.ndarray, w: np.ndarray, axes: tuple[Axis, Axis]) -> np.ndarray:
    """Return the checked gradient with respect to the y of a convolution."""
    dy = check_array("dy", dy, "NFHW")
    check_shape("dy", dy, (len(x), len(w), *(axis.out for axis in axes)), "that of y")
    check_same_dtype(dy=dy, x=x, w=w)
    return dy


def check_transposed(x, w, b=None, *, stride=1, padding=0, output_padding=0, dilation=1, groups=1):
    """Return the checked operands of a transposed convolution, and the axes of the convolution it runs backward."""
    x, w = check_array("x", x, "NCHW"), check_array("w", w, ("C", "F / groups", "kh", "kw"))
    channels = x.shape[1]
    if len(w) != channels:
        raise ValueError(f"w ({len(w)} channels) must have the channels of x ({channels})")
    groups = check_groups(groups, channels, channels)
    b = _check_bias(b, groups * w.shape[1])
    check_same_dtype(x=x, w=w, b=b)
    pairs = (
        check_pair("stride", stride, 1),
        split_padding(padding),
        check_pair("output_padding", output_padding, 0),
        check_pair("dilation", dilation, 1),
    )
    return x, w, b, [_transposed_axis(*lengths) for lengths in zip(x.shape[2:], w.shape[2:], *pairs, strict=True)]


def check_padding(padding, mode, value=0.0) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the padding ((top, bottom), (left, right)) of an array padded in a mode."""
    check_choice("mode", mode, PADDING_MODES)
    if check_number("value", value) != 0 and mode != "constant":
        raise ValueError(f'value ({value}) must go with mode "constant" (mode is "{mode}")')
    if isinstance(padding, str):
        raise ValueError(f"padding ({padding!r}) must be a number of cells: there is no kernel here")
    return split_padding(padding)


def check_unpadded(dy, rows: tuple[int, int], columns: tuple[int, int]) -> tuple[np.ndarray, int, int]:
    """Return the checked gradient of a padded array, and the size (H, W) of what was padded."""
    dy = check_array("dy", dy, "NCHW")
    sizes = [length - before - after for length, (before, after) in zip(dy.shape[2:], (rows, columns), strict=True)]
    for size, length, (before, after) in zip(sizes, dy.shape[2:], (rows, columns), strict=True):
        if size < 1:
            inner = f"{length} - {before} - {after} = {size}"
            raise ValueError(f"padding ({before}, {after}) must leave a cell of dy ({inner})")
    return dy, *sizes


def _check_bias(b, filters: int) -> np.ndarray | None:
    if b is None:
        return None
    b = check_array("b", b, "F")
    check_shape("b", b, (filters,), "one for each filter")
    return b


def _transposed_axis(windows: int, kernel: int, stride: int, padding, output_padding: int, dilation: int) -> Axis:
    """Return the axis of the convolution that has just so many windows; ``output_padding`` lengthens its input.

    The last window ends where the padding does, less ``output_padding``: ``after`` may be negative.
    """
    if isinstance(padding, str):
        padding = named_padding(padding, kernel, stride, dilation)
    before, after = padding
    if output_padding >= max(stride, dilation):
        rule = f"smaller than the stride or the dilation ({stride}, {dilation})"
        raise ValueError(f"output_padding ({output_padding}) must be {rule}")
    reach = (windows - 1) * stride + (kernel - 1) * dilation + 1
    size = reach - before - after + output_padding
    if size < 1:
        sum_ = f"{reach} - {before} - {after} + {output_padding} = {size}"
        raise ValueError(f"padding ({before}, {after}) must leave an output cell ({sum_})")
    return Axis(size, kernel, stride, before, after - output_padding, dilation)
