"""Where windows fall: output sizes, padding, receptive fields, and the checks of what says so.

All geometry arithmetic stands here and in :mod:`cnnlab.wiring`. R input, F kernel, P padding, S stride, D dilation.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np

from cnnlab._validate import check_cells, check_flag, check_int, check_list, check_pair, shown


@dataclass(frozen=True)
class Axis:
    """One spatial axis of a windowed operation: lengths in cells, already checked."""

    size: int
    kernel: int
    stride: int
    before: int
    after: int
    dilation: int
    ceil_mode: bool = False

    @property
    def extent(self) -> int:
        """Cells from the first to the last tap of one window."""
        return (self.kernel - 1) * self.dilation + 1

    @property
    def padded(self) -> int:
        """Cells of the input with its padding."""
        return self.size + self.before + self.after

    @property
    def slack(self) -> int:
        """Cells the window can still move after its first place."""
        return self.padded - self.extent

    @property
    def leftover(self) -> int:
        """Cells at the far end that the last whole window does not reach."""
        return self.slack % self.stride

    @property
    def unread(self) -> int:
        """Input cells at the far end that the last whole window does not reach."""
        return max(0, self.leftover - self.after)

    @property
    def quotient(self) -> int:
        """How often the window moves on: the fraction of the size formula, rounded."""
        return -(-self.slack // self.stride) if self.ceil_mode else self.slack // self.stride

    @property
    def out(self) -> int:
        """Number of windows, that is the output size."""
        starts_in_far_padding = self.quotient * self.stride >= self.size + self.before
        return self.quotient + 1 - (self.ceil_mode and self.leftover > 0 and starts_in_far_padding)

    @property
    def reach(self) -> int:
        """Padded cells up to the end of the last window; more than ``padded`` where a ceil window hangs over."""
        return (self.out - 1) * self.stride + self.extent

    @property
    def overhang(self) -> int:
        """Cells by which the last window of ``ceil_mode`` hangs over the padded edge."""
        return max(0, self.reach - self.padded)

    @property
    def far(self) -> int:
        """Cells behind the input that are drawn: the padding, and what the last window hangs over."""
        return self.after + self.overhang

    @property
    def empty_window(self) -> int | None:
        """A window that holds no input cell, or None: it lies in the padding, or its taps step over the input."""
        steps_over = self.dilation if self.dilation > self.size else 1  # after so many, windows fall alike again
        for window in chain(range(min(self.out, steps_over)), [self.out - 1]):
            start = window * self.stride - self.before
            first = start if start >= 0 else start % self.dilation  # of its cells that are not before the input
            if first >= min(self.size, start + self.extent):
                return window
        return None


class LayerWindow(NamedTuple):
    """The window of one layer of a stack, along one axis, as it was given."""

    name: str
    kernel: int
    stride: int
    padding: int | tuple[int, int] | str


class ReceptiveField(NamedTuple):
    """What a cell of a layer sees: ``size`` input cells from ``start`` on; the next cell's lie ``jump`` further on."""

    name: str
    size: int
    jump: int
    start: int


# --- checks -----------------------------------------------------------------------------------------------------


def check_axis(size, kernel, *, stride=1, padding=0, dilation=1, ceil_mode=False) -> Axis:
    """Return the checked :class:`Axis`; ``padding`` is an int, a pair (before, after), "same" or "valid"."""
    lengths = {"size": size, "kernel": kernel, "stride": stride, "dilation": dilation}
    size, kernel, stride, dilation = (check_int(name, length, 1) for name, length in lengths.items())
    if isinstance(padding, str):
        padding = named_padding(padding, kernel, stride, dilation)
    before, after = check_pair("padding", padding, 0, "(before, after)")
    axis = Axis(size, kernel, stride, before, after, dilation, check_flag("ceil_mode", ceil_mode))
    if axis.out < 1:
        dilated = "" if axis.extent == kernel else f", dilated to ({kernel} - 1)*{dilation} + 1 = {axis.extent}"
        ring = f"2*{before}" if before == after else f"{before} + {after}"
        raise ValueError(f"kernel ({kernel}{dilated}) must fit in the padded input ({size} + {ring} = {axis.padded})")
    return axis


def fits(size, kernel, **settings) -> bool:
    """Return whether a window of legal settings goes into the padded input at least once."""
    try:
        check_axis(size, kernel, **settings)
    except ValueError:
        return False
    return True


def check_window(shape, kernel, *, stride=1, padding=0, dilation=1, ceil_mode=False) -> tuple[Axis, Axis]:
    """Return the checked axes (rows, columns) of a window over a plane of ``shape`` (H, W)."""
    kernels, strides = check_pair("kernel", kernel, 1), check_pair("stride", stride, 1)
    dilations, paddings = check_pair("dilation", dilation, 1), split_padding(padding)
    rows, columns = (
        check_axis(*sizes, stride=s, padding=p, dilation=d, ceil_mode=ceil_mode)
        for *sizes, s, p, d in zip(shape, kernels, strides, paddings, dilations, strict=True)
    )
    check_cells("the padded plane", (rows.padded, columns.padded))  # the output is no larger
    return rows, columns


def check_filled(axis: Axis) -> None:
    """Raise unless each window of a pool holds an input cell: nothing is neither a maximum nor a mean."""
    window = axis.empty_window
    if window is not None:
        start = window * axis.stride - axis.before
        cells = ", ".join(map(str, range(start, start + axis.extent, axis.dilation)[:5])) + ", …" * (axis.kernel > 5)
        why = f"window {window} reads cells {cells} and the input is cells 0 to {axis.size - 1}"
        raise ValueError(f"padding ({axis.before}, {axis.after}) must leave an input cell in every window ({why})")


def roomy_plane(kernel, *, stride=None, dilation=1, **settings) -> tuple[int, int]:
    """Return a plane (H, W) in which a window has room, and by its leftover of S - 1 the least padding of any."""
    lengths = zip(check_pair("kernel", kernel, 1), check_pair("dilation", dilation, 1), strict=True)
    plane = tuple(cells * apart for cells, apart in lengths)
    axes = check_window(plane, kernel, stride=kernel if stride is None else stride, dilation=dilation, **settings)
    height, width = (axis.size + axis.stride - 1 - axis.leftover for axis in axes)
    return height, width


def split_padding(padding) -> tuple:
    """Return the padding of the two axes: from an int, ``(h, w)``, ``((top, bottom), (left, right))`` or a name."""
    if isinstance(padding, str):
        return padding, padding
    padding = padding.tolist() if isinstance(padding, np.ndarray) else padding
    if not isinstance(padding, tuple | list) or len(padding) != 2:
        padding = (check_pair("padding", padding, 0),) * 2
    rows, columns = (check_pair("padding", pair, 0, "(before, after)") for pair in padding)
    return rows, columns


def named_padding(name: str, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    """Return (before, after) for "same" or "valid"."""
    if name == "valid":
        return 0, 0
    if name != "same":
        raise ValueError(f'padding ({shown(name)}) must be "same", "valid" or a number of cells')
    if stride != 1:
        raise ValueError(f'padding ("same") must go with stride 1 (stride is {stride})')
    return same_padding(kernel, dilation=dilation)


# --- sizes ------------------------------------------------------------------------------------------------


def output_size(size, kernel, *, stride=1, padding=0, dilation=1, ceil_mode=False) -> int:
    """Return the output size of a convolution or pooling along one axis.

    ``floor((R - F + 2P) / S) + 1`` with the dilated kernel ``(F - 1) * D + 1`` in place of F.

    Parameters
    ----------
    size, kernel, stride, dilation : int
        R, F, S and D, in cells.
    padding : int, (int, int), "same" or "valid"
        P on each side, or (before, after); "same" keeps the size and goes with stride 1.
    ceil_mode : bool
        Round up: a last window may hang over the far edge, unless it would start in the padding.

    Raises
    ------
    TypeError, ValueError
        If a length is not an int, too small or too large, or the kernel does not fit in the padded input.

    Notes
    -----
    Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016), relationship 6.

    Examples
    --------
    >>> output_size(200, 5, stride=2, padding=1), output_size(99, 3)
    (99, 97)
    >>> output_size(5, 2, stride=2), output_size(5, 2, stride=2, ceil_mode=True)
    (2, 3)
    """
    return check_axis(size, kernel, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode).out


def same_padding(kernel, *, dilation=1) -> tuple[int, int]:
    """Return the padding (before, after) that keeps the size at stride 1; the odd cell of an even kernel goes after.

    Notes
    -----
    Source: as :func:`output_size`, half padding.

    Examples
    --------
    >>> same_padding(3), same_padding(4), same_padding(3, dilation=2)
    ((1, 1), (1, 2), (2, 2))
    """
    total = (check_int("kernel", kernel, 1) - 1) * check_int("dilation", dilation, 1)
    return total // 2, total - total // 2


def check_layers(layers) -> list[LayerWindow]:
    """Return the layers of a stack; their lengths are checked where they meet a size."""
    layers = check_list("layers", layers, "(name, kernel, stride, padding)")
    for layer in layers:
        if not isinstance(layer, tuple | list) or len(layer) != 4 or not isinstance(layer[0], str):
            raise ValueError(f"layers ({shown(layer)} in it) must each be (name, kernel, stride, padding)")
    return [LayerWindow(*layer) for layer in layers]


def trace_axes(size, layers, *, ceil_mode=False) -> list[Axis]:
    """Return the axis of each of the ``layers`` that :func:`receptive_field` takes: the output of one is R of the next.

    A layer named "pool" rounds up in ``ceil_mode``, and each of its windows must hold an input cell. Errors are as for
    :func:`output_size`, with the layer in front.

    Examples
    --------
    >>> [axis.out for axis in trace_axes(112, [("conv", 3, 2, 1), ("pool", 3, 2, 0)], ceil_mode=True)]
    [56, 28]
    """
    size, ceil_mode, axes = check_int("size", size, 1), check_flag("ceil_mode", ceil_mode), []
    for number, (name, kernel, stride, padding) in enumerate(check_layers(layers), start=1):
        pools = name == "pool"
        try:
            axes.append(check_axis(size, kernel, stride=stride, padding=padding, ceil_mode=ceil_mode and pools))
            if pools:
                check_filled(axes[-1])
        except (TypeError, ValueError) as error:
            raise type(error)(f"layer {number} ({name}): {error}") from None
        size = axes[-1].out
    return axes


def receptive_field(layers) -> list[ReceptiveField]:
    """Return what one cell of each layer of a stack sees of the input: ``name, size, jump, start``, in input cells.

    Parameters
    ----------
    layers : list of (name, kernel, stride, padding)
        Convolutions and poolings from the input up; lengths along one axis, in cells. Errors as :func:`output_size`.

    Notes
    -----
    Source: A. Araujo, W. Norris and J. Sim, "Computing receptive fields of convolutional neural networks" (2019).

    Examples
    --------
    >>> [tuple(field) for field in receptive_field([("conv", 5, 2, 1), ("pool", 3, 1, 0), ("conv", 3, 1, 1)])]
    [('conv', 5, 2, -1), ('pool', 9, 2, -1), ('conv', 13, 2, -3)]
    """
    fields, size, jump, start = [], 1, 1, 0
    for name, kernel, stride, padding in check_layers(layers):
        axis = check_axis(check_int("kernel", kernel, 1), kernel, stride=stride, padding=padding)  # any size will do
        size, start = size + (axis.kernel - 1) * jump, start - axis.before * jump
        jump *= axis.stride
        fields.append(ReceptiveField(name, size, jump, start))
    return fields
