"""Where windows fall: output sizes, padding, receptive fields, and the checks of these settings.

All geometry arithmetic is here and in :mod:`cnnlab.wiring`. R input, F kernel, P padding, S stride, D dilation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from cnnlab._validate import Lengths, Sides, check_cells, check_flag, check_int, check_list, check_pair, shown

__all__ = ["output_size", "receptive_field", "same_padding"]


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

    @cached_property
    def extent(self) -> int:
        """Cells from the first to the last tap of one window."""
        return (self.kernel - 1) * self.dilation + 1

    @cached_property
    def padded(self) -> int:
        """Cells of the input with its padding."""
        return self.size + self.before + self.after

    @cached_property
    def slack(self) -> int:
        """Cells by which the window can move from its first position."""
        return self.padded - self.extent

    @cached_property
    def leftover(self) -> int:
        """Cells at the far end that the last whole window does not reach."""
        return self.slack % self.stride

    @cached_property
    def quotient(self) -> int:
        """The number of moves of the window: the fraction in the size formula, rounded."""
        return -(-self.slack // self.stride) if self.ceil_mode else self.slack // self.stride

    @cached_property
    def out(self) -> int:
        """The number of windows: the output size."""
        starts_in_far_padding = self.quotient * self.stride >= self.size + self.before
        return self.quotient + 1 - (self.ceil_mode and self.leftover > 0 and starts_in_far_padding)

    @cached_property
    def reach(self) -> int:
        """Padded cells up to the end of the last window; more than ``padded`` if that window overhangs."""
        return (self.out - 1) * self.stride + self.extent

    @cached_property
    def overhang(self) -> int:
        """Cells by which the last window overhangs the padded edge in ``ceil_mode``."""
        return max(0, self.reach - self.padded)

    @cached_property
    def far(self) -> int:
        """Cells drawn after the input: the padding and the overhang of the last window."""
        return self.after + self.overhang

    @property
    def full_padding(self) -> tuple[int, int]:
        """The padding of dy, with S - 1 zeros between its cells, in the full convolution that gathers the padded dx.

        Examples
        --------
        >>> check_axis(6, 3, stride=2).full_padding  # dy: 2 cells, 3 with the zero; a row of x is left over
        (2, 3)
        """
        return self.extent - 1, self.extent - 1 + self.leftover

    @cached_property
    def copies(self) -> bool:
        """Whether the kernel has one tap and each output reads the input cell with its own index."""
        return self == Axis(self.size, kernel=1, stride=1, before=0, after=0, dilation=self.dilation)

    @property
    def wires(self) -> list[tuple[slice, slice]]:
        """The wires of each tap, as two equally long slices: the outputs that read the input, and the cells read.

        Examples
        --------
        >>> check_axis(5, 3, stride=2, padding=1).wires[0]
        (slice(1, 3, None), slice(1, 5, 2))
        """
        wires, step = [], self.stride
        for shift in range(-self.before, self.extent - self.before, self.dilation):
            first = max(0, -(shift // step))  # earlier windows have padding under the tap
            end = max(first, min(self.out, (self.size - shift - 1) // step + 1))
            wires.append((slice(first, end), slice(shift + first * step, shift + end * step, step)))
        return wires

    def part(self, outputs: slice) -> tuple[slice, Axis]:
        """Return the slice of inputs that some windows read, and an axis of just these windows.

        Examples
        --------
        >>> inputs, axis = check_axis(5, 3, padding=1).part(slice(3, 5))
        >>> inputs, axis.before, axis.after
        (slice(2, 5, None), 0, 1)
        """
        start = outputs.start * self.stride - self.before
        end = (outputs.stop - 1) * self.stride - self.before + self.extent
        low, high = (min(max(0, place), self.size) for place in (start, end))
        return slice(low, high), Axis(high - low, self.kernel, self.stride, low - start, end - high, self.dilation)


class LayerWindow(NamedTuple):
    """The window of one layer of a stack, along one axis, as it was given."""

    name: str
    kernel: int
    stride: int
    padding: int | tuple[int, int] | str


class ReceptiveField(NamedTuple):
    """What a cell of a layer sees: ``size`` input cells from ``start`` on; the next cell's start ``jump`` later."""

    name: str
    size: int
    jump: int
    start: int


# --- checks -----------------------------------------------------------------------------------------------------


def check_axis(
    size: Any, kernel: Any, *, stride: Any = 1, padding: Any = 0, dilation: Any = 1, ceil_mode: Any = False
) -> Axis:
    """Return the checked :class:`Axis`; ``padding`` is an int, a pair (before, after), "same" or "valid"."""
    lengths = {"size": size, "kernel": kernel, "stride": stride, "dilation": dilation}
    size, kernel, stride, dilation = [check_int(name, length, 1) for name, length in lengths.items()]
    if not isinstance(padding, str):
        padding = check_pair("padding", padding, 0, "(before, after)")
    return _axis(size, kernel, stride, padding, dilation, check_flag("ceil_mode", ceil_mode))


@lru_cache(4096)
def _axis(size: int, kernel: int, stride: int, padding: Any, dilation: int, ceil_mode: bool) -> Axis:
    """Return the axis if the kernel fits; cached with its derived lengths: a slider or a network asks repeatedly."""
    before, after = _sides(padding, kernel, stride, dilation, size)
    axis = Axis(size, kernel, stride, before, after, dilation, ceil_mode)
    if axis.out < 1:
        dilated = "" if axis.extent == kernel else f", dilated to ({kernel} - 1)*{dilation} + 1 = {axis.extent}"
        ring = f"2*{before}" if before == after else f"{before} + {after}"
        raise ValueError(f"kernel ({kernel}{dilated}) must fit in the padded input ({size} + {ring} = {axis.padded})")
    return axis


def fits(size: int, kernel: int, **settings: Any) -> bool:
    """Return whether a window with valid settings fits in the padded input at least once."""
    try:
        check_axis(size, kernel, **settings)
    except ValueError:
        return False
    return True


def check_window(
    shape: Any, kernel: Any, *, stride: Any = 1, padding: Any = 0, dilation: Any = 1, ceil_mode: Any = False
) -> tuple[Axis, Axis]:
    """Return the checked axes (rows, columns) of a window over a plane of ``shape`` (H, W)."""
    lengths, ceil_mode = _pairs(kernel, stride, padding, dilation), check_flag("ceil_mode", ceil_mode)
    rows, columns = (_axis(*each, ceil_mode) for each in zip(shape, *lengths, strict=True))
    check_cells("the padded plane", (rows.padded, columns.padded))  # the output has no more cells
    return rows, columns


def check_transposed_window(
    shape: Any, kernel: Any, *, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, dilation: Any = 1
) -> tuple[Axis, Axis]:
    """Return the axes of the convolution with exactly ``shape`` windows, one per input cell of the transposed one."""
    lengths, longer = _pairs(kernel, stride, padding, dilation), check_pair("output_padding", output_padding, 0)
    rows, columns = (_transposed_axis(*each) for each in zip(shape, *lengths, longer, strict=True))
    return rows, columns


def _pairs(kernel: Any, stride: Any, padding: Any, dilation: Any) -> tuple[tuple, ...]:
    """Return each setting of a window for rows and columns."""
    lengths = check_pair("kernel", kernel, 1), check_pair("stride", stride, 1)
    return *lengths, split_padding(padding), check_pair("dilation", dilation, 1)


def _transposed_axis(windows: int, kernel: int, stride: int, padding: Any, dilation: int, longer: int) -> Axis:
    """Return one axis; the last window ends ``longer`` cells before the padding does, so ``after`` may be negative."""
    before, after = _sides(padding, kernel, stride, dilation, windows * stride)
    if longer >= max(stride, dilation):
        rule = f"smaller than the stride or the dilation ({stride}, {dilation})"
        raise ValueError(f"output_padding ({longer}) must be {rule}")
    reach = (windows - 1) * stride + (kernel - 1) * dilation + 1
    size = reach - before - after + longer
    if size < 1:
        sum_ = f"{reach} - {before} - {after} + {longer} = {size}"
        raise ValueError(f"padding ({before}, {after}) must leave an output cell ({sum_})")
    return Axis(size, kernel, stride, before, after - longer, dilation)


@lru_cache(4096)
def check_filled(axis: Axis) -> None:
    """Raise unless each window of a pool holds an input cell: an empty set has neither maximum nor mean.

    A window without one lies in the padding, which one at an end then does, or its taps skip the input: what they skip
    repeats with the dilation.
    """
    for window in chain(range(min(axis.out, axis.dilation)), [axis.out - 1]):
        start = window * axis.stride - axis.before
        first = start if start >= 0 else start % axis.dilation  # its first cell that is not before the input
        if first >= min(axis.size, start + axis.extent):
            cells = f"cells {start} to {start + axis.extent - 1}, {axis.dilation} apart"
            why = f"window {window} reads {cells}, and the input is cells 0 to {axis.size - 1}"
            raise ValueError(f"padding ({axis.before}, {axis.after}) must leave an input cell in every window ({why})")


def roomy_plane(kernel: Lengths, *, stride: Any = None, dilation: Any = 1, **settings: Any) -> tuple[int, int]:
    """Return a plane (H, W) with room for a window; its leftover of S - 1 keeps windows from the far padding."""
    plane = np.multiply(check_pair("kernel", kernel, 1), check_pair("dilation", dilation, 1)).tolist()
    axes = check_window(plane, kernel, stride=kernel if stride is None else stride, dilation=dilation, **settings)
    height, width = (axis.size + axis.stride - 1 - axis.leftover for axis in axes)
    return height, width


def split_padding(padding: Any) -> tuple:
    """Return the padding of the two axes: from an int, ``(h, w)``, ``((top, bottom), (left, right))`` or a name."""
    if isinstance(padding, str):
        return padding, padding
    padding = padding.tolist() if isinstance(padding, np.ndarray) and padding.size <= 4 else padding
    if not isinstance(padding, tuple | list) or len(padding) != 2:
        return (check_pair("padding", padding, 0),) * 2
    rows, columns = [check_pair("padding", pair, 0, "(before, after)") for pair in padding]
    return rows, columns


def _sides(padding: Any, kernel: int, stride: int, dilation: int, size: int) -> tuple[int, int]:
    """Return (before, after) for a checked pair, "same" or "valid"."""
    if not isinstance(padding, str):
        return padding
    if padding == "valid":
        return 0, 0
    if padding != "same":
        raise ValueError(f'padding ({shown(padding)}) must be "same", "valid" or a number of cells')
    before, after = same_padding(kernel, dilation=dilation)
    if stride == 1:
        return before, after
    left = size % stride or 1
    even, uneven = (max(0, before + after + 1 - reached) for reached in (stride, left))  # TensorFlow's total padding
    raise ValueError(
        f'padding ("same") must go with stride 1 (stride is {stride}): PyTorch refuses it too, and its networks '
        f"pad {before} on each side; TensorFlow pads {even // 2} before and {even - even // 2} after where {stride} "
        f"divides the size, {uneven // 2} and {uneven - uneven // 2} where it leaves {left} over"
    )


# --- sizes ------------------------------------------------------------------------------------------------


def output_size(
    size: int, kernel: int, *, stride: int = 1, padding: Sides = 0, dilation: int = 1, ceil_mode: bool = False
) -> int:
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


def same_padding(kernel: int, *, dilation: int = 1) -> tuple[int, int]:
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


def check_layers(layers: Any, longest: int = 5) -> list[tuple]:
    """Return the layers of a stack as ``(name, kernel, stride, padding, dilation)``; the default dilation is 1.

    Their lengths are checked once the input size is known.

    Examples
    --------
    >>> check_layers([("conv", 3, 1, 1), ("conv", 3, 1, 2, 2)])
    [('conv', 3, 1, 1, 1), ('conv', 3, 1, 2, 2)]
    """
    form = "(name, kernel, stride, padding)" + ", or with a dilation" * (longest - 4)
    layers = check_list("layers", layers, form)
    for layer in layers:
        if not isinstance(layer, tuple | list) or not 4 <= len(layer) <= longest or not isinstance(layer[0], str):
            raise ValueError(f"layers ({shown(layer)} in it) must each be {form}")
    return [(*layer, 1)[:5] for layer in layers]


def trace_axes(size: int, layers: Iterable[Sequence], *, ceil_mode: bool = False) -> list[Axis]:
    """Return the axis of each of the ``layers`` that :func:`receptive_field` takes: the output of one is R of the next.

    A layer named "pool" rounds up in ``ceil_mode``, and each of its windows must hold an input cell. Errors are those
    of :func:`output_size`, prefixed with the layer.

    Examples
    --------
    >>> [axis.out for axis in trace_axes(112, [("conv", 3, 2, 1), ("pool", 3, 2, 0)], ceil_mode=True)]
    [56, 28]
    """
    axes: list[Axis] = []
    size, ceil_mode = check_int("size", size, 1), check_flag("ceil_mode", ceil_mode)
    for number, (name, kernel, stride, padding, dilation) in enumerate(check_layers(layers), start=1):
        up = ceil_mode and name == "pool"
        try:
            axes.append(check_axis(size, kernel, stride=stride, padding=padding, dilation=dilation, ceil_mode=up))
            if name == "pool":
                check_filled(axes[-1])
        except (TypeError, ValueError) as error:
            raise type(error)(f"layer {number} ({name}): {error}") from None
        size = axes[-1].out
    return axes


def receptive_field(layers: Iterable[Sequence]) -> list[ReceptiveField]:
    """Return what one cell of each layer of a stack sees of the input: ``name, size, jump, start``, in input cells.

    Parameters
    ----------
    layers : list of (name, kernel, stride, padding) or (name, kernel, stride, padding, dilation)
        Convolutions and poolings from the input up; lengths along one axis, in cells. Errors as :func:`output_size`.

    Notes
    -----
    Source: A. Araujo, W. Norris and J. Sim, "Computing receptive fields of convolutional neural networks" (2019).

    Examples
    --------
    >>> [tuple(field) for field in receptive_field([("conv", 5, 2, 1), ("pool", 3, 1, 0), ("conv", 3, 1, 1)])]
    [('conv', 5, 2, -1), ('pool', 9, 2, -1), ('conv', 13, 2, -3)]
    >>> [field.size for field in receptive_field([("conv", 3, 1, 1, 1), ("conv", 3, 1, 2, 2), ("conv", 3, 1, 3, 3)])]
    [3, 7, 13]
    """
    fields, size, jump, start = [], 1, 1, 0
    for name, kernel, stride, padding, dilation in check_layers(layers):
        room = check_int("kernel", kernel, 1) * check_int("dilation", dilation, 1)  # any size in which it fits
        axis = check_axis(room, kernel, stride=stride, padding=padding, dilation=dilation)
        size, start = size + (axis.extent - 1) * jump, start - axis.before * jump
        jump *= axis.stride
        fields.append(ReceptiveField(name, size, jump, start))
    return fields
