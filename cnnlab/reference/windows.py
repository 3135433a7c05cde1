"""Padding, convolution and pooling as plain loops that read like the definitions.

``window`` says where the windows fall: stride, padding, dilation, and the other settings of the cnnlab function.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnnlab._validate import Lengths, Padding, check_array, check_choice, check_integers
from cnnlab.convolution import check_convolution, check_transposed, check_upstream
from cnnlab.geometry import Axis
from cnnlab.padding import check_padding, check_unpadded
from cnnlab.pooling import POOLS, check_pool

__all__ = ["conv2d", "conv2d_backward", "conv_transpose2d", "max_pool2d", "max_pool2d_backward"]
__all__ += ["mean_pool2d", "mean_pool2d_backward", "pad2d", "pad2d_backward", "pool2d", "pool2d_backward"]

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
    dy, *size = check_unpadded(dy, *ring)
    dx = np.zeros((*dy.shape[:2], *size), dy.dtype)
    for place, cell in _copies(dy.shape, dx.shape, ring, mode):
        dx[cell] += dy[place]
    return dx


def _copies(padded: tuple[int, ...], shape: tuple[int, ...], ring: tuple, mode: str) -> Iterator[tuple]:
    """Yield each cell of the padded array that is a copy, and the cell it copies."""
    (top, _), (left, _) = ring
    for n, c, i, j in np.ndindex(padded):
        row, column = _source(i - top, shape[2], mode), _source(j - left, shape[3], mode)
        if row is not None and column is not None:
            yield (n, c, i, j), (n, c, row, column)


def _source(cell: int, size: int, mode: str) -> int | None:
    """Return the cell of 0 … size - 1 that a cell of the padded axis copies, or None."""
    if mode in ("zeros", "constant"):
        return cell if 0 <= cell < size else None
    while not 0 <= cell < size:
        before = cell < 0
        if mode == "replicate" or size == 1:
            cell = 0 if before else size - 1
        elif mode == "reflect":
            cell = -cell if before else 2 * (size - 1) - cell
        else:
            cell = cell + size if before else cell - size
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
    x, w, b, (rows, columns) = check_convolution(x, w, b, groups=groups, **window)
    xp = pad2d(x, ((rows.before, rows.after), (columns.before, columns.after)))
    y = np.zeros((len(x), len(w), _count_windows(rows), _count_windows(columns)), x.dtype)
    for output, cell, tap in _wires(y.shape, w, groups, rows, columns):
        y[output] += xp[cell] * w[tap]
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
    x, w, _, (rows, columns) = check_convolution(x, w, groups=groups, **window)
    dy = check_upstream(dy, x, w, (rows, columns))
    ring = (rows.before, rows.after), (columns.before, columns.after)
    xp = pad2d(x, ring)
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), np.zeros(len(w), w.dtype)
    for output, cell, tap in _wires(dy.shape, w, groups, rows, columns):
        dxp[cell] += dy[output] * w[tap]
        dw[tap] += dy[output] * xp[cell]
    for n, k, i, j in np.ndindex(dy.shape):
        db[k] += dy[n, k, i, j]
    return pad2d_backward(dxp, ring), dw, db


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
    for output, (n, k, row, column), tap in _wires(x.shape, w, groups, rows, columns):
        row, column = row - rows.before, column - columns.before
        if 0 <= row < rows.size and 0 <= column < columns.size:  # else the cell is cropped
            y[n, k, row, column] += x[output] * w[tap]
    return y if b is None else y + b.reshape(-1, 1, 1)


def _wires(shape: tuple[int, ...], w: np.ndarray, groups: int, rows: Axis, columns: Axis) -> Iterator[tuple]:
    """Yield each wire: an output (image, filter, row, column), the cell of the padded input it reads, and the tap."""
    for n, k, i, j in np.ndindex(shape):
        first = k // (len(w) // int(groups)) * w.shape[1]  # first channel of its group
        for c, p, q in np.ndindex(w[k].shape):
            row, column = i * rows.stride + p * rows.dilation, j * columns.stride + q * columns.dilation
            yield (n, k, i, j), (n, first + c, row, column), (k, c, p, q)


def _count_windows(axis: Axis) -> int:
    """Return the number of windows along one axis, by moving one from the near edge to the far one."""
    reach, end = (axis.kernel - 1) * axis.dilation + 1, axis.size + axis.after
    start, count, covered = -axis.before, 0, -axis.before
    while start + reach <= end:
        count, covered = count + 1, start + reach
        start += axis.stride
    hangs_over = axis.ceil_mode and covered < end and start < axis.size
    return count + hangs_over


# --- pooling ------------------------------------------------------------------------------------------------------


def max_pool2d(x: ArrayLike, kernel: Lengths, **window: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the greatest cell of each window, the first of equals, and its place; see :func:`cnnlab.max_pool2d`.

    Examples
    --------
    >>> y, argmax = max_pool2d([[[[1, 5], [7, 7]]]], 2)
    >>> y.item(), argmax.item()
    (7.0, 2)
    """
    x, y, argmax = check_array("x", x, "NCHW"), {}, {}
    for (n, c, i, j), cells, _ in _windows(x.shape, kernel, window):
        places = list(product(*cells))
        values = [x[n, c, row, column] for row, column in places]
        winner = int(np.argmax(values))
        y[n, c, i, j], (row, column) = values[winner], places[winner]
        argmax[n, c, i, j] = row * x.shape[3] + column
    return _array(y, x.dtype), _array(argmax, int)


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
    x, y = check_array("x", x, "NCHW"), {}
    for (n, c, i, j), cells, ring in _windows(x.shape, kernel, window):
        total = x.dtype.type(0)
        for row, column in product(*cells):
            total += x[n, c, row, column]
        y[n, c, i, j] = total / _divisor(cells, ring, count_include_pad)
    return _array(y, x.dtype)


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
    for (n, c, i, j), cells, ring in _windows(x_shape, kernel, window):
        for row, column in product(*cells):
            dx[n, c, row, column] += dy[n, c, i, j] / _divisor(cells, ring, count_include_pad)
    return dx


def _windows(shape: Sequence[int], kernel: Lengths, settings: dict[str, Any]) -> Iterator[tuple]:
    """Yield for each output its place, the rows and columns of x in its window, and its number of padding cells.

    Cells beyond the padded input do not count as padding.
    """
    axes = check_pool(shape[2:], kernel, **settings)
    for place in np.ndindex(*shape[:2], *map(_count_windows, axes)):
        cells, ring = [], []
        for axis, window in zip(axes, place[2:], strict=True):
            read = [window * axis.stride + tap * axis.dilation - axis.before for tap in range(axis.kernel)]
            cells.append([cell for cell in read if 0 <= cell < axis.size])
            ring.append((sum(cell < 0 for cell in read), sum(0 <= cell - axis.size < axis.after for cell in read)))
        yield place, cells, ring


def _divisor(cells: Sequence[list], ring: Sequence[tuple], count_include_pad: bool) -> int:
    return prod(len(inside) + count_include_pad * sum(padding) for inside, padding in zip(cells, ring, strict=True))


def _array(cells: dict, dtype: Any) -> np.ndarray:
    """Return an array from a dict of its cells by place."""
    return np.reshape([*cells.values()], np.add(max(cells), 1)).astype(dtype)


# --- any pool -----------------------------------------------------------------------------------------------------


def pool2d(name: str, x: ArrayLike, kernel: Lengths, **settings: Any) -> np.ndarray:
    """Return y of the pool ``name`` of :data:`cnnlab.pooling.POOLS`: its record's function pools one window at a time.

    Examples
    --------
    >>> pool2d("max", [[[[1, 5], [7, 7]]]], 2).item()
    7.0
    """
    x, y = check_array("x", x, "NCHW"), {}
    for place, cells, call in _each_window(name, x, kernel, settings):
        y[place] = POOLS[name].forward(x[cells], **call)[0].item()
    return _array(y, x.dtype)


def pool2d_backward(name: str, dy: ArrayLike, x: ArrayLike, kernel: Lengths, **settings: Any) -> np.ndarray:
    """Return dx of the pool ``name``, as :func:`pool2d`: the sum of what each window's backward gives to its cells.

    Examples
    --------
    >>> pool2d_backward("max", [[[[8]]]], [[[[1, 5], [7, 7]]]], 2)[0, 0]
    array([[0., 0.],
           [8., 0.]])
    """
    dy, x = check_array("dy", dy, "NCHW"), check_array("x", x, "NCHW")
    dx = np.zeros_like(x)
    for place, cells, call in _each_window(name, x, kernel, settings):
        _, kept = POOLS[name].forward(x[cells], **call)
        dx[cells] += POOLS[name].backward(dy[place].reshape(1, 1, 1, 1), kept, x[cells].shape, **call)
    return dx


def _each_window(name: str, x: np.ndarray, kernel: Lengths, settings: dict[str, Any]) -> Iterator[tuple]:
    """Yield for each output its place, the cells of x in its window, and the settings that pool this window alone."""
    check_choice("name", name, POOLS)
    options = {key: settings.pop(key) for key in POOLS[name].options if key in settings}
    for place, cells, ring in _windows(x.shape, kernel, settings):
        taps = [len(inside) + sum(padding) for inside, padding in zip(cells, ring, strict=True)]
        yield place, np.ix_(place[:1], place[1:2], *cells), {"kernel": taps, "padding": ring, **options}
