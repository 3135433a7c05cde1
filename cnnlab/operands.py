"""Whether the arrays and settings of a windowed operation go together: all such checks, in one place."""

from __future__ import annotations

import numpy as np

from cnnlab._validate import (
    check_array,
    check_cells,
    check_choice,
    check_int,
    check_integers,
    check_list,
    check_number,
    check_pair,
    check_same_dtype,
    check_shape,
    shown,
)
from cnnlab.geometry import Axis, check_filled, check_window, named_padding, split_padding

PADDING_MODES = ("zeros", "constant", "reflect", "replicate", "circular")

# --- convolution --------------------------------------------------------------------------------------------------


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
    rows, columns = check_window(x.shape[2:], w.shape[2:], stride=stride, padding=padding, dilation=dilation)
    check_cells("y", (len(x), filters, rows.out, columns.out))
    _check_room(channels, rows, columns)
    return x, w, b, (rows, columns)


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
    filters = check_groups(groups, channels, channels) * w.shape[1]
    b = _check_bias(b, filters)
    check_same_dtype(x=x, w=w, b=b)
    pairs = (
        check_pair("stride", stride, 1),
        split_padding(padding),
        check_pair("output_padding", output_padding, 0),
        check_pair("dilation", dilation, 1),
    )
    rows, columns = (_transposed_axis(*lengths) for lengths in zip(x.shape[2:], w.shape[2:], *pairs, strict=True))
    check_cells("y", (len(x), filters, rows.size, columns.size))
    _check_room(filters, rows, columns)
    return x, w, b, (rows, columns)


def check_groups(groups, channels: int, filters: int) -> int:
    """Return ``groups`` as an int that divides the input channels and the filters."""
    groups = check_int("groups", groups, 1)
    for name, count in (("input channels", channels), ("filters", filters)):
        if count % groups:
            raise ValueError(f"groups ({groups}) must divide the {name} ({count} / {groups} leaves {count % groups})")
    return groups


def _check_bias(b, filters: int) -> np.ndarray | None:
    if b is None:
        return None
    b = check_array("b", b, "F")
    check_shape("b", b, (filters,), "one for each filter")
    return b


def _check_room(channels: int, rows: Axis, columns: Axis) -> None:
    """Raise where the cells under all taps of one row of windows, or the rows it reads, would be more than an array."""
    height = max(rows.kernel, min(rows.extent, rows.size))
    check_cells("a row of windows", (channels, height, columns.kernel, columns.out))


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


# --- pooling ------------------------------------------------------------------------------------------------------


def check_pool(shape, kernel, *, stride=None, padding=0, dilation=1, ceil_mode=False) -> tuple[Axis, Axis]:
    """Return the checked axes (rows, columns) of a pool over a plane; each window must hold an input cell."""
    stride = kernel if stride is None else stride
    rows, columns = check_window(shape, kernel, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode)
    for axis, other in ((rows, columns), (columns, rows)):  # pooled one after the other, in any order
        check_filled(axis)
        check_cells("the cells of all windows", (axis.kernel, axis.out, max(other.size, other.out)))
    return rows, columns


def check_winners(dy, argmax, x_shape) -> tuple[np.ndarray, np.ndarray, tuple[int, ...]]:
    """Return the checked gradient of a max-pool, the places of its winners, and the shape of its x."""
    dy, x_shape = check_array("dy", dy, "NCHW"), _check_x_shape(x_shape)
    check_shape("dy", dy, (*x_shape[:2], *dy.shape[2:]), f"N and C of x_shape {x_shape}")
    argmax = check_integers("argmax", argmax)
    check_shape("argmax", argmax, dy.shape, "one for each cell of dy")
    height, width = x_shape[2:]
    for place in (argmax.min(), argmax.max()):
        if not 0 <= place < height * width:
            raise ValueError(f"argmax ({place}) must be a cell of the plane (0 to {height}*{width} - 1)")
    return dy, argmax, x_shape


def check_pooled(dy, x_shape, kernel, **geometry) -> tuple[np.ndarray, tuple[int, ...], tuple[Axis, Axis]]:
    """Return the checked gradient of a pool, the shape of its x, and the axes (rows, columns) of its windows."""
    dy, x_shape = check_array("dy", dy, "NCHW"), _check_x_shape(x_shape)
    rows, columns = check_pool(x_shape[2:], kernel, **geometry)
    check_shape("dy", dy, (*x_shape[:2], rows.out, columns.out), f"the output for x_shape {x_shape}")
    return dy, x_shape, (rows, columns)


def _check_x_shape(x_shape) -> tuple[int, ...]:
    lengths = check_list("x_shape", x_shape, "4 lengths (N, C, H, W)")
    if len(lengths) != 4:
        raise ValueError(f"x_shape ({shown(x_shape)}) must have 4 lengths (N, C, H, W)")
    shape = tuple(check_int(f"{axis} of x_shape", length, 1) for axis, length in zip("NCHW", lengths, strict=True))
    check_cells("dx", shape)
    return shape


# --- padding ------------------------------------------------------------------------------------------------------


def check_padding(padding, mode, value=0.0) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the padding ((top, bottom), (left, right)) of an array padded in a mode."""
    check_choice("mode", mode, PADDING_MODES)
    if check_number("value", value) != 0 and mode != "constant":
        raise ValueError(f'value ({value}) must go with mode "constant" (mode is "{mode}")')
    if isinstance(padding, str):
        raise ValueError(f"padding ({shown(padding)}) must be a number of cells: there is no kernel here")
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
