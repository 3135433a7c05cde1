"""Pooling, forward and backward: a window without weights that keeps its greatest cell, or its mean.

Columns and rows are pooled one after the other: the maximum of maxima, the sum of sums. That takes k + k passes over
the array instead of k * k. An axis says where its windows fall: ``axis.wires`` has two slices of one length for each
tap: the outputs whose window has an input cell under it, and those cells.

:data:`POOLS` describes each pool in one record. To add a pool, add a record: it then works as a layer, in the
explorers, and in :func:`cnnlab.interop.from_torch`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnnlab._validate import (
    Lengths,
    Padding,
    check_array,
    check_cells,
    check_flag,
    check_integers,
    check_shape,
    check_shaped,
    check_x_shape,
    without_warnings,
)
from cnnlab.geometry import Axis, check_filled, check_window
from cnnlab.wiring import cells_per_window

__all__ = ["max_pool2d", "max_pool2d_backward", "mean_pool2d", "mean_pool2d_backward"]

_ROWS, _COLUMNS = -2, -1
_BLOCK = 2**17  # cells per block: half a MiB of float32, which fits in a processor's cache


def max_pool2d(
    x: ArrayLike,
    kernel: Lengths,
    *,
    stride: Lengths | None = None,
    padding: Padding = 0,
    dilation: Lengths = 1,
    ceil_mode: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the greatest cell of each window, and its place.

    Parameters
    ----------
    x : array (N, C, H, W)
        float32, float64 or integer (which becomes float64).
    kernel, stride, dilation : int or (int, int)
        In cells, for rows and columns; the default stride is the kernel: windows side by side.
    padding : int, (int, int), ((top, bottom), (left, right)), "same" or "valid"
        In cells; padding is −∞, so it never wins.
    ceil_mode : bool
        Round the output size up: a last window may hang over the far edge.

    Returns
    -------
    y : array (N, C, out_h, out_w)
    argmax : int array (N, C, out_h, out_w)
        ``row * W + column`` of the winner in its plane of x, without padding; the first of equals in reading
        order. NaN counts as the greatest of all.

    Raises
    ------
    TypeError
        If a length is not an int, or x has another dtype.
    ValueError
        If x is empty or not 4-dimensional, a length is too small or too large, the kernel does not fit in the padded
        input, or a window holds nothing but padding.

    Notes
    -----
    Source: Y-L. Boureau, J. Ponce and Y. LeCun, "A theoretical analysis of feature pooling in visual recognition"
    (2010). Tie rule, ceil mode and padding are PyTorch's.

    Examples
    --------
    >>> x = np.array([[1, 5, 2, 0], [3, 4, 6, 6], [0, 0, 8, 7], [9, 0, 7, 8]]).reshape(1, 1, 4, 4)
    >>> y, argmax = max_pool2d(x, 2)
    >>> y[0, 0]
    array([[5., 6.],
           [9., 8.]])
    >>> argmax[0, 0]
    array([[ 1,  6],
           [12, 10]])
    """
    x = check_array("x", x, "NCHW")
    rows, columns = check_pool(x.shape[2:], kernel, stride, padding, dilation, ceil_mode)
    y = np.empty((*x.shape[:2], rows.out, columns.out), x.dtype)
    argmax = np.empty(y.shape, np.intp)
    count = rows.size * columns.size
    places = np.arange(count, dtype=np.min_scalar_type(count)).reshape(1, rows.size, columns.size)
    for x_block, y_block, argmax_block in _blocks(x, y, argmax):
        best = _first_greatest(x_block, places, columns, _COLUMNS)
        y_block[...], argmax_block[...] = _first_greatest(*best, rows, _ROWS)
    return y, argmax


@without_warnings
def max_pool2d_backward(dy: ArrayLike, argmax: ArrayLike, x_shape: Sequence[int]) -> np.ndarray:
    """Return the gradient of a max-pool: each winner gets its window's gradient, or the sum over the windows it won.

    Parameters
    ----------
    dy : array (N, C, out_h, out_w)
        The gradient of the loss with respect to y.
    argmax : int array (N, C, out_h, out_w)
        From :func:`max_pool2d`.
    x_shape : tuple of int
        (N, C, H, W) of the forward's x.

    Returns
    -------
    dx : array (N, C, H, W)

    Raises
    ------
    TypeError
        If argmax does not hold integers, or dy has another dtype.
    ValueError
        If the shapes do not match, or argmax points outside the plane.

    Notes
    -----
    Source: D. Scherer, A. Müller and S. Behnke, "Evaluation of pooling operations in convolutional architectures for
    object recognition" (2010).

    Examples
    --------
    The middle cell wins two windows that overlap:

    >>> y, argmax = max_pool2d(np.array([1, 7, 2]).reshape(1, 1, 1, 3), (1, 2), stride=1)
    >>> max_pool2d_backward(np.array([10, 20]).reshape(1, 1, 1, 2), argmax, (1, 1, 1, 3))[0, 0]
    array([[ 0., 30.,  0.]])
    """
    dy, shape = check_array("dy", dy, "NCHW"), check_x_shape(x_shape)
    check_shape("dy", dy, (*shape[:2], *dy.shape[2:]), f"N and C of x_shape {shape}")
    winners = check_integers("argmax", argmax)
    check_shape("argmax", winners, dy.shape, "one for each cell of dy")
    height, width = shape[2:]
    for place in (winners.min(), winners.max()):
        if not 0 <= place < height * width:
            raise ValueError(f"argmax ({place}) must be a cell of the plane (0 to {height}*{width} - 1)")
    dx = np.zeros(shape, dy.dtype)
    for dx_block, dy_block, winners_block in _blocks(dx, dy, winners):
        first_cells = np.arange(len(dx_block)).reshape(-1, 1, 1) * (height * width)
        cells = (winners_block + first_cells).ravel()
        np.add.at(dx_block.reshape(-1), cells, dy_block.ravel())  # += would add only one gradient to a repeated winner
    return dx


@without_warnings
def mean_pool2d(
    x: ArrayLike,
    kernel: Lengths,
    *,
    stride: Lengths | None = None,
    padding: Padding = 0,
    dilation: Lengths = 1,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> np.ndarray:
    """Return the mean of each window.

    Parameters
    ----------
    x, kernel, stride, padding, dilation, ceil_mode
        As :func:`max_pool2d`; padding is 0.
    count_include_pad : bool
        Whether the divisor counts padding cells. It never counts cells beyond the padded input.

    Returns
    -------
    y : array (N, C, out_h, out_w)

    Raises
    ------
    TypeError, ValueError
        As :func:`max_pool2d`.

    Notes
    -----
    Source: Y. LeCun et al., "Gradient-based learning applied to document recognition" (1998), section II.B, there
    with a trained factor. The divisor is PyTorch's.

    Examples
    --------
    >>> x = np.arange(16).reshape(1, 1, 4, 4)
    >>> mean_pool2d(x, 2)[0, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    x = check_array("x", x, "NCHW")
    rows, columns = check_pool(x.shape[2:], kernel, stride, padding, dilation, ceil_mode)
    divisor = _divisor(rows, columns, count_include_pad).astype(x.dtype)
    y = np.empty((*x.shape[:2], rows.out, columns.out), x.dtype)
    for x_block, y_block in _blocks(x, y):
        sums = _under_taps(_under_taps(x_block, rows, _ROWS).sum(axis=0), columns, _COLUMNS).sum(axis=0)
        np.divide(sums, divisor, out=y_block)
    return y


@without_warnings
def mean_pool2d_backward(
    dy: ArrayLike,
    x_shape: Sequence[int],
    kernel: Lengths,
    *,
    stride: Lengths | None = None,
    padding: Padding = 0,
    dilation: Lengths = 1,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> np.ndarray:
    """Return the gradient of a mean-pool: every cell of a window gets an equal share, overlapping windows add up.

    Parameters
    ----------
    dy : array (N, C, out_h, out_w)
        The gradient of the loss with respect to y.
    x_shape : tuple of int
        (N, C, H, W) of the forward's x.
    kernel, stride, padding, dilation, ceil_mode, count_include_pad
        As the forward.

    Returns
    -------
    dx : array (N, C, H, W)

    Raises
    ------
    TypeError, ValueError
        As :func:`mean_pool2d`; also if dy does not have the shape of the forward's y.

    Notes
    -----
    Source: J. Bouvrie, "Notes on convolutional neural networks" (2006), section 3.

    Examples
    --------
    >>> dy = np.array([[4, 8], [12, 16]]).reshape(1, 1, 2, 2)
    >>> mean_pool2d_backward(dy, (1, 1, 3, 3), 2, stride=1)[0, 0]
    array([[ 1.,  3.,  2.],
           [ 4., 10.,  6.],
           [ 3.,  7.,  4.]])
    """
    shape = check_x_shape(x_shape)
    rows, columns = check_pool(shape[2:], kernel, stride, padding, dilation, ceil_mode)
    dy = check_shaped("dy", dy, (*shape[:2], rows.out, columns.out), f"the output for x_shape {shape}")
    divisor = _divisor(rows, columns, count_include_pad).astype(dy.dtype)
    # dx[cell] = Σ dy[o] / divisor[o] over the windows o that hold the cell: along each row, then along the columns
    dx = np.zeros(shape, dy.dtype)
    for dx_block, dy_block in _blocks(dx, dy):
        across = np.zeros((*dy_block.shape[:2], columns.size), dy.dtype)
        _share_out(dy_block / divisor, columns, _COLUMNS, across)
        _share_out(across, rows, _ROWS, dx_block)
    return dx


@dataclass(frozen=True)
class Pool:
    """The description of a pool; its settings are stride, padding, dilation, ceil_mode, and its ``options``."""

    forward: Callable = field(repr=False)  # (x, kernel, **settings) to (y, kept)
    backward: Callable = field(repr=False)  # (dy, kept, x_shape, kernel, **settings) to dx
    pads_with: float  # the value that padding acts as
    words: str  # how an output cell is made from its window, in words
    strip: tuple[str, str, str]  # how an output is written: opening, joiner, closing; {count}: the divisor
    uses: tuple[str, str] = ("", "")  # the note on a cell without a share, and with the share 1 / {count}
    picks: bool = False  # whether only some cells get the gradient: these are marked
    options: tuple[str, ...] = ()
    numpy: str = ""  # the numpy code of an output, from {window} and {count}
    source: str = ""
    torch: str = ""  # the torch.nn class that from_torch reads as this pool


POOLS: dict[str, Pool] = {
    "max": Pool(
        forward=lambda x, kernel, **settings: max_pool2d(x, kernel, **settings),
        backward=lambda dy, argmax, x_shape, kernel, **settings: max_pool2d_backward(dy, argmax, x_shape),
        pads_with=-np.inf,
        words="is the largest value of",
        strip=("max(", ", ", ")"),
        uses=(" loses", " wins"),
        picks=True,
        numpy="{window}.max()",
        source="Y-L. Boureau, J. Ponce and Y. LeCun, 2010",
        torch="MaxPool2d",
    ),
    "mean": Pool(
        forward=lambda x, kernel, **settings: (mean_pool2d(x, kernel, **settings), None),
        backward=lambda dy, _, x_shape, kernel, **settings: mean_pool2d_backward(dy, x_shape, kernel, **settings),
        pads_with=0.0,
        words="is the mean of",
        strip=("(", " + ", ") / {count}"),
        uses=(" does not count", " / {count}"),
        options=("count_include_pad",),
        numpy="{window}.sum() / {count}",
        source="Y. LeCun et al., 1998",
        torch="AvgPool2d",
    ),
}


# --- checks -------------------------------------------------------------------------------------------------------


def check_pool(
    shape: Any, kernel: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: Any = False
) -> tuple[Axis, Axis]:
    """Return the checked axes (rows, columns) of a pool over a plane; each window must hold an input cell."""
    stride = kernel if stride is None else stride
    rows, columns = check_window(shape, kernel, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode)
    for axis, other in ((rows, columns), (columns, rows)):  # pooled one after the other, in either order
        check_filled(axis)
        check_cells("the cells of all windows", (axis.kernel, axis.out, max(other.size, other.out)))
    return rows, columns


# --- planes and axes ----------------------------------------------------------------------------------------------


def _blocks(*arrays: np.ndarray) -> Iterator[list[np.ndarray]]:
    """Yield arrays (N, C, ...) in pieces of about ``_BLOCK`` cells of the largest, each (planes, ...)."""
    flat = [array.reshape(-1, *array.shape[2:]) for array in arrays]
    planes = max(1, _BLOCK // max(array[0].size for array in flat))
    for first in range(0, len(flat[0]), planes):
        yield [array[first : first + planes] for array in flat]


def _under_taps(x: np.ndarray, axis: Axis, dim: int, fill: float = 0) -> np.ndarray:
    """Return the cells under each tap along one dimension, ``fill`` in the padding: (taps, ..., out, ...)."""
    shape = list(x.shape)
    shape[dim] = axis.out
    cells, source = np.empty((axis.kernel, *shape), x.dtype), x.swapaxes(dim, -1)
    for into, (outputs, inputs) in zip(cells.swapaxes(dim, -1), axis.wires, strict=True):
        into[..., outputs] = source[..., inputs]
        into[..., : outputs.start] = into[..., outputs.stop :] = fill
    return cells


def _share_out(y: np.ndarray, axis: Axis, dim: int, dx: np.ndarray) -> None:
    """Add to each cell of dx, which is zeros, the sum over its windows along one dimension."""
    into, source = dx.swapaxes(dim, -1), y.swapaxes(dim, -1)
    for outputs, inputs in axis.wires:
        if axis.stride >= axis.extent:  # no two windows share a cell: half as much work
            into[..., inputs] = source[..., outputs]
        else:
            into[..., inputs] += source[..., outputs]  # a tap reads each cell at most once, so += loses nothing


def _first_greatest(x: np.ndarray, places: np.ndarray, axis: Axis, dim: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the greatest cell of each window along one dimension, and its place; the first wins a tie.

    Places count in reading order, so they grow from tap to tap; those of padding are larger than all others.
    """
    nowhere = np.iinfo(places.dtype).max
    cells, places = _under_taps(x, axis, dim, -np.inf), _under_taps(places, axis, dim, nowhere)
    y, first = cells.max(axis=0), places[-1]  # the last tap wins if all others lose
    for values, here in zip(cells[:-1], places[:-1], strict=True):
        loses = (values != y) & (values == values)  # NaN must win: it is not equal to itself
        first = np.minimum(first, np.maximum(here, loses * places.dtype.type(nowhere)))
    return y, first


def _divisor(rows: Axis, columns: Axis, count_include_pad: Any) -> np.ndarray:
    """Return the divisor of each window's sum, (out_h, out_w), or one number for all windows."""
    count_padding = check_flag("count_include_pad", count_include_pad)
    if not any(axis.overhang or ((axis.before or axis.after) and not count_padding) for axis in (rows, columns)):
        return np.array(rows.kernel * columns.kernel)
    return np.multiply.outer(*(cells_per_window(axis, count_padding=count_padding) for axis in (rows, columns)))
