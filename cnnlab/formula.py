"""The output-size formula as text: in letters, with the numbers put in, and with the leftover cells."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import NamedTuple

from cnnlab._validate import Sides, check_int, check_list
from cnnlab.geometry import Axis, check_axis, fits, output_size, trace_axes

__all__ = ["explain_output_size", "settings_for", "trace_sizes"]

_MOST_CHOICES = 10_000  # combinations of settings to try: half a second
_PLAIN = str.maketrans({"⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "−": "-", "·": "*"})
Token = tuple[str, str]  # (role, text): the role is R, F, P, S or D, or empty for signs and plain numbers


@dataclass(frozen=True)
class Explanation:
    """An output size with its derivation: the formula, then the same with the numbers put in.

    ``text`` is the whole chain of equations, ``steps`` its right-hand sides in order, and ``spans`` the same as pieces
    (letter, text) for colouring. ``leftover`` counts the padded cells after the last whole window, and
    ``leftover_text`` says so in words.
    """

    value: int
    text: str
    leftover: int
    leftover_text: str
    steps: tuple[str, ...] = field(repr=False)  # repr: ``text`` contains them
    spans: tuple[tuple[Token, ...], ...] = field(repr=False)


class LayerSize(NamedTuple):
    """The size after one layer of a stack, with its formula."""

    name: str
    size: int
    explanation: Explanation

    def __repr__(self) -> str:
        return f"LayerSize(name={self.name!r}, size={self.size}, …)"


def explain_output_size(
    size: int, kernel: int, *, stride: int = 1, padding: Sides = 0, dilation: int = 1, ceil_mode: bool = False
) -> Explanation:
    """Return the output size with its formula, the numbers put in, and what is left over.

    Parameters, errors and source are those of :func:`cnnlab.output_size`.

    Examples
    --------
    >>> because = explain_output_size(200, 5, stride=2, padding=1)
    >>> because.text
    'out = floor((R - F + 2P) / S) + 1 = floor((200 - 5 + 2*1) / 2) + 1 = floor(197 / 2) + 1 = 98 + 1 = 99'
    >>> because.leftover_text
    '197 / 2 leaves 1 over: the last row and column of the padding are never read'
    """
    axis = check_axis(size, kernel, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode)
    return explain_axis(axis)


def explain_axis(axis: Axis) -> Explanation:
    """Return the output size of a checked axis with its derivation, as :func:`explain_output_size` does."""
    chain = _chain(axis)
    steps = tuple("".join(text for _, text in step).translate(_PLAIN) for step in chain)
    return Explanation(axis.out, " = ".join(["out", *steps]), axis.leftover, _leftover_text(axis), steps, chain)


def trace_sizes(size: int, layers: Iterable[Sequence], *, ceil_mode: bool = False) -> list[LayerSize]:
    """Return the size after each layer of a stack, with each formula.

    Parameters
    ----------
    size : int
        R of the input, in cells.
    layers : list of (name, kernel, stride, padding) or (name, kernel, stride, padding, dilation)
        Convolutions and poolings from the input up.
    ceil_mode : bool
        Whether the layers named "pool" round up.

    Returns
    -------
    list of LayerSize
        ``name, size, explanation`` of each layer.

    Raises
    ------
    TypeError, ValueError
        As :func:`cnnlab.output_size`, with the number and the name of the layer in front; each window of a layer named
        "pool" must hold an input cell.

    Notes
    -----
    Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016), relationship 6.

    Examples
    --------
    >>> layers = [("conv", 5, 2, 1), ("pool", 3, 1, 0), ("conv", 3, 1, 1)]
    >>> [layer.size for layer in trace_sizes(200, layers)]
    [99, 97, 97]
    """
    axes = trace_axes(size, layers, ceil_mode=ceil_mode)
    return [LayerSize(layer[0], axis.out, explain_axis(axis)) for layer, axis in zip(layers, axes, strict=True)]


def settings_for(
    size: int, target: int, *, kernels: Iterable[int], strides: Iterable[int], paddings: Iterable[int]
) -> list[tuple[int, int, int]]:
    """Return every combination (kernel, stride, padding) whose output size for ``size`` is ``target``.

    Parameters
    ----------
    size, target : int
        R and the output size wanted, in cells.
    kernels, strides, paddings : iterable of int
        What to choose from.

    Raises
    ------
    TypeError, ValueError
        As :func:`cnnlab.output_size`, and for too many combinations; a kernel that does not fit is skipped without an
        error.

    Notes
    -----
    Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016), relationship 6.

    Examples
    --------
    >>> settings_for(200, 99, kernels=(3, 5), strides=(1, 2), paddings=(0, 1))
    [(3, 2, 0), (5, 2, 1)]
    """
    size, target = check_int("size", size, 1), check_int("target", target, 1)
    offered = [
        [check_int(name, value, least) for value in check_list(f"{name}s", values, "lengths in cells")]
        for name, values, least in (("kernel", kernels, 1), ("stride", strides, 1), ("padding", paddings, 0))
    ]
    if prod(map(len, offered)) > _MOST_CHOICES:
        counted = " * ".join(str(len(values)) for values in offered)
        raise ValueError(f"kernels, strides and paddings ({counted}) must make at most {_MOST_CHOICES:,} choices")
    return [
        (kernel, stride, padding)
        for kernel, stride, padding in product(*offered)
        if fits(size, kernel, padding=padding) and output_size(size, kernel, stride=stride, padding=padding) == target
    ]


# --- the chain of steps -------------------------------------------------------------------------------------------


def _chain(axis: Axis) -> tuple[tuple[Token, ...], ...]:
    """Return the right-hand sides, from the formula to the number, each as a list of pieces.

    D appears if the kernel is dilated, and both paddings if they differ.
    """
    numbers = {"R": axis.size, "F": axis.kernel, "P": axis.before, "P1": axis.before, "P2": axis.after}
    numbers |= {"S": axis.stride, "D": axis.dilation}
    kernel = "((F − 1)·D + 1)" if axis.dilation > 1 else "F"
    padding = "2P" if axis.before == axis.after else "P1 + P2"
    opening, closing = "⌈⌉" if axis.ceil_mode else "⌊⌋"
    # ceil_mode drops a last window that would start in the far padding.
    tail = " + 1" if axis.out == axis.quotient + 1 else " + 1 − 1"
    formula = f"{opening}(R − {kernel} + {padding}) / S{closing}{tail}"
    return (
        _pieces(formula, {}),
        _pieces(formula.replace("2P", "2·P"), numbers),
        (("", f"{opening}{axis.slack} / {axis.stride}{closing}{tail}"),),
        (("", f"{axis.quotient}{tail}"),),
        (("", str(axis.out)),),
    )


def _pieces(step: str, numbers: Mapping[str, int]) -> tuple[Token, ...]:
    """Return a step as pieces; letters that have a number are replaced by it."""
    texts = re.split(r"([RFPSD]\d?)", step)  # the odd items are letters
    return tuple((text[0], str(numbers.get(text, text))) if i % 2 else ("", text) for i, text in enumerate(texts))


def _leftover_text(axis: Axis) -> str:
    division = f"{axis.slack} / {axis.stride} leaves {axis.leftover} over"
    if not axis.leftover:
        return f"{division}: the last window ends at the far edge"
    if axis.overhang:
        return f"{division}: rounded up, the last window hangs {axis.overhang} over the far edge"
    if axis.ceil_mode:
        return f"{division}: the window that would read it starts behind the input, so it is dropped (− 1)"
    unread = axis.leftover - axis.after  # leftover cells of the input, not of the padding
    kind, count = ("input", unread) if unread > 0 else ("padding", axis.leftover)
    lines = "row and column" if count == 1 else f"{count} rows and columns"
    return f"{division}: the last {lines} of the {kind} are never read"
