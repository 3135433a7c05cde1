"""Padding, convolution and pooling as plain loops that read like the definitions.

``window`` says where the windows fall: stride, padding, dilation, and the other settings of the cnnlab function.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnnlab._validate import Lengths, Padding, check_array, check_integers, check_shaped
from cnnlab.convolution import check_convolution, check_transposed
from cnnlab.geometry import Axis
from cnnlab.padding import check_padding, check_unpadded
from cnnlab.pooling import check_pool

__all__ = ["conv2d", "conv2d_backward", "conv_transpose2d", "max_pool2d", "max_pool2d_backward"]
__all__ += ["mean_pool2d", "mean_pool2d_backward", "pad2d", "pad2d_backward"]

# --- padding ------------------------------------------------------------------------------------------------------


def pad2d(x: ArrayLike, padding: Padding, *, mode: str = "zeros", value: float = 0.0) -> np.ndarray:
    """Return x with a ring of padding around each plane; see :func:`cnnlab.pad2d`.

    Examples
    --------
    >>> pad2d([[[[1, 2, 3]]]], (0, 2), mode="circular")[0, 0]
    array([[2., 3., 1., 2., 3., 1., 2.]])
    """
    x = check_array("x", x, "NCHW")
    (top, bottom), (left, right) = ring = check_padding(padding, mode, value)
    y = np.full((*x.shape[:2], top + x.shape[2] + bottom, left + x.shape[3] + right), value, x.dtype)
    for place, cell in _copies(y.shape, x.shape, ring, mode):
        y[place] = x[cell]
    return y


def pad2d_backward(dy: ArrayLike, padding: Padding, *, mode: str = "zeros") -> np.ndarray:
    """Return the gradient of a padding; see :func:`cnnlab.pad2d_backward`.

    Examples
    --------
    >>> pad2d_backward([[[[1, 10, 100, 1000, 10000]]]], (0, 1), mode="circular")[0, 0]
    array([[10010.,   100.,  1001.]])
    """
    ring = check_padding(padding, mode)
    dy, size = check_unpadded(dy, ring)
    dx = np.zeros((*dy.shape[:2], *size), dy.dtype)
    for place, cell in _copies(dy.shape, dx.shape, ring, mode):
        dx[cell] += dy[place]
    return dx


def _copies(padded: tuple[int, ...], shape: tuple[int, ...], ring: tuple, mode: str) -> Iterator[tuple]:
    """Yield each cell of the padded array that is a copy, and the cell it copies."""
    (top, _), (left, _) = ring
    for n, c, i, j in np.ndindex(padded):
        row, column = _source(i - top, shape[2], mode), _source(j - left, shape[3], mode)
        if row in range(shape[2]) and column in range(shape[3]):
            yield (n, c, i, j), (n, c, row, column)


def _source(cell: int, size: int, mode: str) -> int:
    """Return the cell of 0 … size - 1 that a cell of the padded axis copies; if none, its own number."""
    if mode == "replicate":
        return min(max(cell, 0), size - 1)
    if mode == "circular":
        return cell % size
    if mode == "reflect":
        there_and_back = 2 * (size - 1)  # the row repeats after so many cells
        cell = cell % max(there_and_back, 1)
        return min(cell, there_and_back - cell)
    return cell


# --- convolution --------------------------------------------------------------------------------------------------


def conv2d(x: ArrayLike, w: ArrayLike, b: ArrayLike | None = None, *, groups: int = 1, **window: Any) -> np.ndarray:
    """Return the convolution of x with w: for each window, the sum of cell times tap; see :func:`cnnlab.conv2d`.

    Examples
    --------
    >>> conv2d([[[[0, 1, 2], [3, 4, 5], [6, 7, 8]]]], [[[[0, 1], [2, 3]]]])[0, 0]
    array([[19., 25.],
           [37., 43.]])
    """
    x, w, b, axes = check_convolution(x, w, b, groups=groups, **window)
    y = np.zeros((len(x), len(w), *map(_count_windows, axes)), x.dtype)
    for output, cell, tap in _wires(y.shape, w, groups, *axes):
        y[output] += x[cell] * w[tap]
    return y if b is None else y + b.reshape(-1, 1, 1)


def conv2d_backward(
    dy: ArrayLike, x: ArrayLike, w: ArrayLike, *, groups: int = 1, **window: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dx, dw and db: what dy gives to both factors of every product; see :func:`cnnlab.conv2d_backward`.

    Examples
    --------
    >>> x, w = [[[[0, 1, 2], [3, 4, 5], [6, 7, 8]]]], [[[[0, 1], [2, 3]]]]
    >>> dx, dw, db = conv2d_backward([[[[1, 2], [3, 4]]]], x, w)
    >>> dx[0, 0]
    array([[ 0.,  1.,  2.],
           [ 2., 10., 10.],
           [ 6., 17., 12.]])
    """
    x, w, _, axes = check_convolution(x, w, groups=groups, **window)
    dy = check_shaped("dy", dy, (len(x), len(w), *map(_count_windows, axes)), "that of y", x=x, w=w)
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros(len(w), w.dtype)
    for output, cell, tap in _wires(dy.shape, w, groups, *axes):
        dx[cell] += dy[output] * w[tap]
        dw[tap] += dy[output] * x[cell]
    for n, k, i, j in np.ndindex(dy.shape):
        db[k] += dy[n, k, i, j]
    return dx, dw, db


def conv_transpose2d(
    x: ArrayLike, w: ArrayLike, b: ArrayLike | None = None, *, groups: int = 1, **window: Any
) -> np.ndarray:
    """Return the transposed convolution: every cell of x lays its kernel on y; see :func:`cnnlab.conv_transpose2d`.

    Examples
    --------
    >>> conv_transpose2d([[[[1, 2]]]], [[[[1, 10, 100]]]], stride=2)[0, 0]
    array([[  1.,  10., 102.,  20., 200.]])
    """
    x, w, b, (rows, columns) = check_transposed(x, w, b, groups, **window)
    y = np.zeros((len(x), w.shape[1] * int(groups), rows.size, columns.size), x.dtype)
    for output, cell, tap in _wires(x.shape, w, groups, rows, columns):
        y[cell] += x[output] * w[tap]
    return y if b is None else y + b.reshape(-1, 1, 1)


def _wires(shape: tuple[int, ...], w: np.ndarray, groups: int, rows: Axis, columns: Axis) -> Iterator[tuple]:
    """Yield each wire: an output (image, filter, row, column), the input cell that it reads, and the tap.

    What a tap reads of the padding is 0, and adds nothing to any sum.
    """
    for n, k, i, j in np.ndindex(shape):
        first = k // (len(w) // int(groups)) * w.shape[1]  # first channel of its group
        for c, p, q in np.ndindex(w[k].shape):
            row = i * rows.stride + p * rows.dilation - rows.before
            column = j * columns.stride + q * columns.dilation - columns.before
            if row in range(rows.size) and column in range(columns.size):
                yield (n, k, i, j), (n, first + c, row, column), (k, c, p, q)


def _count_windows(axis: Axis) -> int:
    """Return the number of windows along one axis, by moving one from the near edge to the far one.

    In ``ceil_mode`` a last one may hang over the far edge, if the one before it leaves cells, and it starts in the
    input or before it.
    """
    reach, end = (axis.kernel - 1) * axis.dilation + 1, axis.size + axis.after
    start, count = -axis.before, 0
    while start + reach <= end or (axis.ceil_mode and start + reach - axis.stride < end and start < axis.size):
        start, count = start + axis.stride, count + 1
    return count


# --- pooling ------------------------------------------------------------------------------------------------------


def max_pool2d(x: ArrayLike, kernel: Lengths, **window: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the greatest cell of each window, the first of equals, and its place; see :func:`cnnlab.max_pool2d`.

    Examples
    --------
    >>> y, argmax = max_pool2d([[[[1, 5], [7, 7]]]], 2)
    >>> y.item(), argmax.item()
    (7.0, 2)
    """
    x = check_array("x", x, "NCHW")
    axes = check_pool(x.shape[2:], kernel, **window)
    y = np.zeros((*x.shape[:2], *map(_count_windows, axes)), x.dtype)
    argmax = np.zeros(y.shape, int)
    for output, cells, _ in _windows(y.shape, *axes):
        values = [x[cell] for cell in cells]
        winner = int(np.argmax(values))
        _, _, row, column = cells[winner]
        y[output], argmax[output] = values[winner], row * x.shape[3] + column
    return y, argmax


def max_pool2d_backward(dy: ArrayLike, argmax: ArrayLike, x_shape: Sequence[int]) -> np.ndarray:
    """Return dx of a max-pool: each window gives its gradient to its winner; see :func:`cnnlab.max_pool2d_backward`.

    Examples
    --------
    >>> max_pool2d_backward([[[[10, 20]]]], np.array([[[[1, 1]]]]), (1, 1, 1, 3))
    array([[[[ 0., 30.,  0.]]]])
    """
    dy, argmax = check_array("dy", dy, "NCHW"), check_integers("argmax", argmax)
    dx = np.zeros(x_shape, dy.dtype)
    for n, c, i, j in np.ndindex(dy.shape):
        row, column = divmod(argmax[n, c, i, j], x_shape[3])
        dx[n, c, row, column] += dy[n, c, i, j]
    return dx


def mean_pool2d(x: ArrayLike, kernel: Lengths, *, count_include_pad: bool = True, **window: Any) -> np.ndarray:
    """Return the mean of each window: its cells added, divided by their number; see :func:`cnnlab.mean_pool2d`.

    Examples
    --------
    >>> mean_pool2d([[[[1, 5], [7, 7]]]], 2).item()
    5.0
    """
    x = check_array("x", x, "NCHW")
    axes = check_pool(x.shape[2:], kernel, **window)
    y = np.zeros((*x.shape[:2], *map(_count_windows, axes)), x.dtype)
    for output, cells, padded in _windows(y.shape, *axes):
        for cell in cells:
            y[output] += x[cell]
        y[output] /= padded if count_include_pad else len(cells)
    return y


def mean_pool2d_backward(
    dy: ArrayLike, x_shape: Sequence[int], kernel: Lengths, *, count_include_pad: bool = True, **window: Any
) -> np.ndarray:
    """Return dx of a mean-pool: each window divides up its gradient; see :func:`cnnlab.mean_pool2d_backward`.

    Examples
    --------
    >>> mean_pool2d_backward([[[[8]]]], (1, 1, 2, 2), 2)
    array([[[[2., 2.],
             [2., 2.]]]])
    """
    dy = check_array("dy", dy, "NCHW")
    dx = np.zeros(x_shape, dy.dtype)
    for output, cells, padded in _windows(dy.shape, *check_pool(x_shape[2:], kernel, **window)):
        for cell in cells:
            dx[cell] += dy[output] / (padded if count_include_pad else len(cells))
    return dx


def _windows(shape: tuple[int, ...], rows: Axis, columns: Axis) -> Iterator[tuple]:
    """Yield for each output its place, the cells of x in its window, and how many of the padded x are in it.

    Cells beyond the padded x count as neither.
    """
    for n, c, i, j in np.ndindex(shape):
        down = [i * rows.stride + tap * rows.dilation - rows.before for tap in range(rows.kernel)]
        across = [j * columns.stride + tap * columns.dilation - columns.before for tap in range(columns.kernel)]
        window = list(product(down, across))
        cells = [
            (n, c, row, column) for row, column in window if row in range(rows.size) and column in range(columns.size)
        ]
        padded = [row < rows.size + rows.after and column < columns.size + columns.after for row, column in window]
        yield (n, c, i, j), cells, sum(padded)
