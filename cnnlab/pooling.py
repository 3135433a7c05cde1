"""Pooling, forward and backward: a window without weights that keeps its greatest cell, or its mean.

Columns and rows are pooled one after the other: the maximum of maxima, the sum of sums. That takes k + k passes over
the array in place of k * k. ``POOLS`` has what there is to know of each pool, in one record; another one may be put in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from cnnlab._validate import check_array, check_flag
from cnnlab.geometry import Axis
from cnnlab.operands import check_pool, check_pooled, check_winners
from cnnlab.wiring import add_up, cells_per_window, under_taps

# Arrays of a block are (1, planes, H, W): what is under one tap is one piece of memory.
ROWS, COLUMNS = -2, -1
BLOCK = 2**17  # cells to work on at a time: half a MiB of float32, which a processor's cache holds


def max_pool2d(x, kernel, *, stride=None, padding=0, dilation=1, ceil_mode=False):
    """Return the greatest cell of each window, and where it stands.

    Parameters
    ----------
    x : array (N, C, H, W)
        float32, float64 or integer (which becomes float64).
    kernel, stride, dilation : int or (int, int)
        In cells, for rows and columns; without a stride the windows stand side by side (stride = kernel).
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
    geometry = {"stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
    rows, columns = check_pool(x.shape[2:], kernel, **geometry)
    y = np.empty((*x.shape[:2], rows.out, columns.out), x.dtype)
    argmax = np.empty(y.shape, np.intp)
    places = np.arange(rows.size * columns.size, dtype=np.min_scalar_type(rows.size * columns.size))
    places = places.reshape(1, 1, rows.size, columns.size)
    for x_block, y_block, argmax_block in _blocks(x, y, argmax):
        best = _first_greatest(x_block, places, columns, COLUMNS)
        y_block[...], argmax_block[...] = _first_greatest(*best, rows, ROWS)
    return y, argmax


@np.errstate(all="ignore")  # what is not finite passes without a warning
def max_pool2d_backward(dy, argmax, x_shape):
    """Return the gradient of a max-pool: each winner gets its window's, one that won several windows their sum.

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
        If the shapes do not go together, or argmax points outside the plane.

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
    dy, argmax, x_shape = check_winners(dy, argmax, x_shape)
    dx = np.zeros(x_shape, dy.dtype)
    for dx_block, dy_block, argmax_block in _blocks(dx, dy, argmax):
        _, planes, height, width = dx_block.shape
        first_cells = np.arange(planes).reshape(-1, 1, 1) * (height * width)
        cells = (argmax_block + first_cells).ravel()
        np.add.at(dx_block.reshape(-1), cells, dy_block.ravel())  # += would count a repeated winner once
    return dx


@np.errstate(all="ignore")
def mean_pool2d(x, kernel, *, stride=None, padding=0, dilation=1, ceil_mode=False, count_include_pad=True):
    """Return the mean of each window.

    Parameters
    ----------
    x, kernel, stride, padding, dilation, ceil_mode
        As :func:`max_pool2d`; padding is 0.
    count_include_pad : bool
        Whether the number that divides counts padding cells. It never counts what hangs over the padded input.

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
    geometry = {"stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
    rows, columns = check_pool(x.shape[2:], kernel, **geometry)
    divisor = _divisor(rows, columns, count_include_pad).astype(x.dtype)
    y = np.empty((*x.shape[:2], rows.out, columns.out), x.dtype)
    for x_block, y_block in _blocks(x, y):
        sums = under_taps(under_taps(x_block, rows, ROWS).sum(axis=1), columns, COLUMNS).sum(axis=1)
        np.divide(sums, divisor, out=y_block)
    return y


@np.errstate(all="ignore")
def mean_pool2d_backward(
    dy, x_shape, kernel, *, stride=None, padding=0, dilation=1, ceil_mode=False, count_include_pad=True
):
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
    geometry = {"stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
    dy, x_shape, (rows, columns) = check_pooled(dy, x_shape, kernel, **geometry)
    divisor = _divisor(rows, columns, count_include_pad).astype(dy.dtype)
    dx = np.zeros(x_shape, dy.dtype)
    for dx_block, dy_block in _blocks(dx, dy):
        shares = add_up(_to_all(dy_block / divisor, columns), columns, COLUMNS)
        add_up(_to_all(shares, rows), rows, ROWS, out=dx_block)
    return dx


@dataclass(frozen=True)
class Pool:
    """What there is to know of a pool; its settings are stride, padding, dilation, ceil_mode, and its ``options``."""

    forward: Callable  # (x, kernel, **settings) to y and what the backward needs
    backward: Callable  # (dy, that, x_shape, kernel, **settings) to dx
    pads_with: float  # as if the padding held it
    words: str  # what an output cell does with its window
    strip: tuple[str, str, str]  # how an output is written: opening, joiner, closing; {count} of the cells that count
    uses: tuple[str, str] = ("", "")  # what becomes of a cell without a share, and with the share 1 / {count}
    picks: bool = False  # whether a few cells get all: those are marked
    options: tuple[str, ...] = ()
    numpy: str = ""  # an output in numpy, of {window} and {count}
    pytorch: str = ""  # its name in torch.nn.functional
    source: str = ""


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
        pytorch="max_pool2d",
        source="Y-L. Boureau, J. Ponce and Y. LeCun, 2010",
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
        pytorch="avg_pool2d",
        source="Y. LeCun et al., 1998",
    ),
}


# --- planes and axes ----------------------------------------------------------------------------------------------


def _blocks(*arrays: np.ndarray) -> Iterator[list[np.ndarray]]:
    """Yield arrays (N, C, ...) in pieces of about ``BLOCK`` cells of the largest, each (1, planes, ...)."""
    flat = [array.reshape(1, -1, *array.shape[2:]) for array in arrays]
    planes = max(1, BLOCK // max(array[0, 0].size for array in flat))
    for first in range(0, flat[0].shape[1], planes):
        yield [array[:, first : first + planes] for array in flat]


def _first_greatest(x: np.ndarray, places: np.ndarray, axis: Axis, dim: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the greatest cell of each window along one dimension, and its place, of equals the first.

    The places are in reading order, and grow from tap to tap; those of padding are beyond all others.
    """
    nowhere = np.iinfo(places.dtype).max
    cells, places = under_taps(x, axis, dim, -np.inf), under_taps(places, axis, dim, nowhere)
    y, first = cells.max(axis=1), places[:, -1]  # where all other taps lose, the last one wins
    for tap in range(axis.kernel - 1):
        loses = (cells[:, tap] != y) & (cells[:, tap] == cells[:, tap])  # NaN wins, and is not equal to itself
        first = np.minimum(first, np.maximum(places[:, tap], loses * places.dtype.type(nowhere)))
    return y, first


def _to_all(y: np.ndarray, axis: Axis) -> np.ndarray:
    """Return y (A, ...) for each tap of an axis, (A, taps, ...)."""
    return np.broadcast_to(y[:, None], (len(y), axis.kernel, *y.shape[1:]))


def _divisor(rows: Axis, columns: Axis, count_include_pad: bool) -> np.ndarray:
    """Return the number of cells that each window's sum is divided by, (out_h, out_w)."""
    count_padding = check_flag("count_include_pad", count_include_pad)
    return np.multiply.outer(*(cells_per_window(axis, count_padding=count_padding) for axis in (rows, columns)))
