"""Padding, convolution and pooling as plain loops that read like the definitions."""

from __future__ import annotations

from itertools import product

import numpy as np

from cnnlab._validate import check_array
from cnnlab.operands import (
    check_convolution,
    check_padding,
    check_pool,
    check_transposed,
    check_unpadded,
    check_upstream,
)

# --- padding ------------------------------------------------------------------------------------------------------


def pad2d(x, padding, *, mode="zeros", value=0.0):
    """Return x with a ring of padding around each plane; see :func:`cnnlab.pad2d`.

    Examples
    --------
    >>> pad2d([[[[1, 2, 3]]]], (0, 2), mode="circular")[0, 0]
    array([[2., 3., 1., 2., 3., 1., 2.]])
    """
    x = check_array("x", x, "NCHW")
    (top, bottom), (left, right) = check_padding(padding, mode, value)
    images, channels, height, width = x.shape
    y = np.full((images, channels, top + height + bottom, left + width + right), value, x.dtype)
    for n, c, i, j in np.ndindex(y.shape):
        row, column = _source(i - top, height, mode), _source(j - left, width, mode)
        if row is not None and column is not None:
            y[n, c, i, j] = x[n, c, row, column]
    return y


def pad2d_backward(dy, padding, *, mode="zeros"):
    """Return the gradient of a padding; see :func:`cnnlab.pad2d_backward`.

    Examples
    --------
    >>> pad2d_backward([[[[1, 10, 100, 1000, 10000]]]], (0, 1), mode="circular")[0, 0]
    array([[10010.,   100.,  1001.]])
    """
    (top, bottom), (left, right) = check_padding(padding, mode)
    dy, height, width = check_unpadded(dy, (top, bottom), (left, right))
    dx = np.zeros((*dy.shape[:2], height, width), dy.dtype)
    for n, c, i, j in np.ndindex(dy.shape):
        row, column = _source(i - top, height, mode), _source(j - left, width, mode)
        if row is not None and column is not None:
            dx[n, c, row, column] += dy[n, c, i, j]
    return dx


def _source(cell, size, mode):
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


def conv2d(x, w, b=None, *, stride=1, padding=0, dilation=1, groups=1):
    """Return the convolution of x with w: for each window, the sum of cell times tap; see :func:`cnnlab.conv2d`.

    Examples
    --------
    >>> conv2d([[[[0, 1, 2], [3, 4, 5], [6, 7, 8]]]], [[[[0, 1], [2, 3]]]])[0, 0]
    array([[19., 25.],
           [37., 43.]])
    """
    x, w, b, (rows, columns) = check_convolution(
        x, w, b, stride=stride, padding=padding, dilation=dilation, groups=groups
    )
    xp = pad2d(x, ((rows.before, rows.after), (columns.before, columns.after)))
    y = np.zeros((len(x), len(w), _count_windows(rows), _count_windows(columns)), x.dtype)
    for n, f, i, j in np.ndindex(y.shape):  # every cell of y: image, filter, row, column
        for c, p, q in np.ndindex(w[f].shape):  # every tap of its kernel: channel, row, column
            channel = _group(f, len(w), groups) * w.shape[1] + c
            row, column = i * rows.stride + p * rows.dilation, j * columns.stride + q * columns.dilation
            y[n, f, i, j] += xp[n, channel, row, column] * w[f, c, p, q]
        if b is not None:
            y[n, f, i, j] += b[f]
    return y


def conv2d_backward(dy, x, w, *, stride=1, padding=0, dilation=1, groups=1):
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
    x, w, _, (rows, columns) = check_convolution(x, w, stride=stride, padding=padding, dilation=dilation, groups=groups)
    dy = check_upstream(dy, x, w, (rows, columns))
    ring = (rows.before, rows.after), (columns.before, columns.after)
    xp = pad2d(x, ring)
    dxp, dw, db = np.zeros_like(xp), np.zeros_like(w), np.zeros(len(w), w.dtype)
    for n, f, i, j in np.ndindex(dy.shape):
        for c, p, q in np.ndindex(w[f].shape):
            channel = _group(f, len(w), groups) * w.shape[1] + c
            row, column = i * rows.stride + p * rows.dilation, j * columns.stride + q * columns.dilation
            dxp[n, channel, row, column] += dy[n, f, i, j] * w[f, c, p, q]
            dw[f, c, p, q] += dy[n, f, i, j] * xp[n, channel, row, column]
        db[f] += dy[n, f, i, j]
    return pad2d_backward(dxp, ring), dw, db


def conv_transpose2d(x, w, b=None, *, stride=1, padding=0, output_padding=0, dilation=1, groups=1):
    """Return the transposed convolution: every cell of x lays its kernel on y; see :func:`cnnlab.conv_transpose2d`.

    Examples
    --------
    >>> conv_transpose2d([[[[1, 2]]]], [[[[1, 10, 100]]]], stride=2)[0, 0]
    array([[  1.,  10., 102.,  20., 200.]])
    """
    x, w, b, (rows, columns) = check_transposed(
        x, w, b, stride=stride, padding=padding, output_padding=output_padding, dilation=dilation, groups=groups
    )
    y = np.zeros((len(x), w.shape[1] * int(groups), rows.size, columns.size), x.dtype)
    for n, c, i, j in np.ndindex(x.shape):
        for f, p, q in np.ndindex(w[c].shape):
            row, column = i * rows.stride + p * rows.dilation, j * columns.stride + q * columns.dilation
            row, column = row - rows.before, column - columns.before
            if 0 <= row < rows.size and 0 <= column < columns.size:  # else it falls on what is cropped
                y[n, _group(c, len(w), groups) * w.shape[1] + f, row, column] += x[n, c, i, j] * w[c, f, p, q]
    return y if b is None else y + b.reshape(-1, 1, 1)


def _count_windows(axis):
    """Return the number of windows along one axis, by moving one from the near edge to the far one."""
    reach, end = (axis.kernel - 1) * axis.dilation + 1, axis.size + axis.after
    start, count, covered = -axis.before, 0, -axis.before
    while start + reach <= end:
        count, covered = count + 1, start + reach
        start += axis.stride
    hangs_over = axis.ceil_mode and covered < end and start < axis.size
    return count + hangs_over


def _group(index, count, groups):
    """Return the group that one of ``count`` channels or filters is in."""
    return index // (count // int(groups))


# --- pooling ------------------------------------------------------------------------------------------------------


def max_pool2d(x, kernel, *, stride=None, padding=0, dilation=1, ceil_mode=False):
    """Return the greatest cell of each window, the first of equals, and its place; see :func:`cnnlab.max_pool2d`.

    Examples
    --------
    >>> y, argmax = max_pool2d([[[[1, 5], [7, 7]]]], 2)
    >>> y.item(), argmax.item()
    (7.0, 2)
    """
    x = check_array("x", x, "NCHW")
    rows, columns = check_pool(
        x.shape[2:], kernel, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode
    )
    y = np.zeros((*x.shape[:2], _count_windows(rows), _count_windows(columns)), x.dtype)
    argmax = np.zeros(y.shape, int)
    for n, c, i, j in np.ndindex(y.shape):
        cells = list(product(_window_cells(rows, i), _window_cells(columns, j)))
        values = [x[n, c, row, column] for row, column in cells]
        winner = int(np.argmax(values))
        row, column = cells[winner]
        y[n, c, i, j] = values[winner]
        argmax[n, c, i, j] = row * columns.size + column
    return y, argmax


def max_pool2d_backward(dy, argmax, x_shape):
    """Return dx of a max-pool: each window gives its gradient to its winner; see :func:`cnnlab.max_pool2d_backward`.

    Examples
    --------
    >>> max_pool2d_backward([[[[10, 20]]]], np.array([[[[1, 1]]]]), (1, 1, 1, 3))
    array([[[[ 0., 30.,  0.]]]])
    """
    dy = check_array("dy", dy, "NCHW")
    dx = np.zeros(x_shape, dy.dtype)
    for n, c, i, j in np.ndindex(dy.shape):
        row, column = divmod(argmax[n, c, i, j], x_shape[3])
        dx[n, c, row, column] += dy[n, c, i, j]
    return dx


def mean_pool2d(x, kernel, *, stride=None, padding=0, dilation=1, ceil_mode=False, count_include_pad=True):
    """Return the mean of each window: its cells added, divided by their number; see :func:`cnnlab.mean_pool2d`.

    Examples
    --------
    >>> mean_pool2d([[[[1, 5], [7, 7]]]], 2).item()
    5.0
    """
    x = check_array("x", x, "NCHW")
    geometry = {"stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
    rows, columns = check_pool(x.shape[2:], kernel, **geometry)
    y = np.zeros((*x.shape[:2], _count_windows(rows), _count_windows(columns)), x.dtype)
    for n, c, i, j in np.ndindex(y.shape):
        for row, column in product(_window_cells(rows, i), _window_cells(columns, j)):
            y[n, c, i, j] += x[n, c, row, column]
        y[n, c, i, j] /= _divisor(rows, i, count_include_pad) * _divisor(columns, j, count_include_pad)
    return y


def mean_pool2d_backward(
    dy, x_shape, kernel, *, stride=None, padding=0, dilation=1, ceil_mode=False, count_include_pad=True
):
    """Return dx of a mean-pool: each window shares out its gradient; see :func:`cnnlab.mean_pool2d_backward`.

    Examples
    --------
    >>> mean_pool2d_backward([[[[8]]]], (1, 1, 2, 2), 2)
    array([[[[2., 2.],
             [2., 2.]]]])
    """
    dy = check_array("dy", dy, "NCHW")
    geometry = {"stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
    rows, columns = check_pool(x_shape[2:], kernel, **geometry)
    dx = np.zeros(x_shape, dy.dtype)
    for n, c, i, j in np.ndindex(dy.shape):
        share = dy[n, c, i, j] / (_divisor(rows, i, count_include_pad) * _divisor(columns, j, count_include_pad))
        for row, column in product(_window_cells(rows, i), _window_cells(columns, j)):
            dx[n, c, row, column] += share
    return dx


def _window_cells(axis, window):
    """Return the input cells that one window reads along one axis, without padding."""
    cells = [window * axis.stride + tap * axis.dilation - axis.before for tap in range(axis.kernel)]
    return [cell for cell in cells if 0 <= cell < axis.size]


def _divisor(axis, window, count_include_pad):
    if not count_include_pad:
        return len(_window_cells(axis, window))
    cells = [window * axis.stride + tap * axis.dilation for tap in range(axis.kernel)]
    return sum(cell < axis.padded for cell in cells)  # what hangs over the padded input does not count
