"""Pooling, forward and backward: a window without weights that keeps its greatest cell, or its mean.

Rows and columns are pooled one after the other: the maximum of maxima, the sum of sums. That takes k + k passes
over the array in place of k * k.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from cnnlab.checks import check_array, check_flag, check_int, check_integers, check_list, check_shape
from cnnlab.geometry import Axis
from cnnlab.wiring import axis_wires, cells_per_window, check_pool, tap_slices

ROWS, COLUMNS = 2, 3  # where an image array (N, C, H, W) has its rows and columns


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
        If x is empty or not 4-dimensional, a length is too small, the kernel does not fit in the padded input, or
        a window holds nothing but padding.

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
    rows, columns = check_pool(
        x.shape[2:], kernel, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode
    )
    y = _gather(np.maximum, _gather(np.maximum, x, rows, ROWS, -np.inf), columns, COLUMNS, -np.inf)
    return y, _first_winner(x, y, rows, columns)


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
    dy, x_shape = check_array("dy", dy, "NCHW"), _check_x_shape(x_shape)
    check_shape("dy", dy, (*x_shape[:2], *dy.shape[2:]), f"N and C of x_shape {x_shape}")
    argmax = _check_argmax(argmax, dy.shape, x_shape)
    plane = x_shape[2] * x_shape[3]
    dx = np.zeros(x_shape, dy.dtype)
    first_cells = np.arange(0, dx.size, plane).reshape(*x_shape[:2], 1, 1)
    np.add.at(dx.ravel(), (argmax + first_cells).ravel(), dy.ravel())  # += would count a repeated winner once
    return dx


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
    y = _gather(np.add, _gather(np.add, x, rows, ROWS, 0), columns, COLUMNS, 0)
    y /= _divisor(rows, columns, count_include_pad)
    return y


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
    dy, x_shape = check_array("dy", dy, "NCHW"), _check_x_shape(x_shape)
    geometry = {"stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
    rows, columns = check_pool(x_shape[2:], kernel, **geometry)
    check_shape("dy", dy, (*x_shape[:2], rows.out, columns.out), f"the output for x_shape {x_shape}")
    share = dy / _divisor(rows, columns, count_include_pad).astype(dy.dtype)
    return _scatter(_scatter(share, columns, COLUMNS), rows, ROWS)


# --- one axis at a time -------------------------------------------------------------------------------------------


def _gather(operation, x: np.ndarray, axis: Axis, dim: int, start: float) -> np.ndarray:
    """Combine the cells of each window along dimension ``dim``; ``start`` is what stays for padding."""
    y = np.full(_with_length(x.shape, dim, axis.out), start, x.dtype)
    for tap in range(axis.kernel):
        outputs, inputs = tap_slices(axis, tap)
        cells = y[_along(dim, outputs)]
        operation(cells, x[_along(dim, inputs)], out=cells)
    return y


def _scatter(dy: np.ndarray, axis: Axis, dim: int) -> np.ndarray:
    """Add each window's value to all its cells along dimension ``dim``: the backward of gathering with a sum."""
    dx = np.zeros(_with_length(dy.shape, dim, axis.size), dy.dtype)
    for tap in range(axis.kernel):
        outputs, inputs = tap_slices(axis, tap)
        dx[_along(dim, inputs)] += dy[_along(dim, outputs)]
    return dx


def _first_winner(x: np.ndarray, y: np.ndarray, rows: Axis, columns: Axis) -> np.ndarray:
    """Return ``row * W + column`` of the first cell of each window that equals its maximum ``y``.

    The number of taps before the first that wins is the number of that tap; counting is faster than masked writing.
    """
    nan_can_win = np.isnan(y).any()
    taps = list(product(range(rows.kernel), range(columns.kernel)))
    losing, winner = np.ones(y.shape, bool), np.zeros(y.shape, np.min_scalar_type(len(taps)))
    for row_tap, column_tap in taps[:-1]:  # where all of these lose, the last one wins
        (out_rows, in_rows), (out_columns, in_columns) = tap_slices(rows, row_tap), tap_slices(columns, column_tap)
        cell, best = x[:, :, in_rows, in_columns], y[:, :, out_rows, out_columns]
        losing[:, :, out_rows, out_columns] &= (cell != best) & (cell == cell) if nan_can_win else cell != best
        winner += losing
    return _plane_index(winner, rows, columns)


def _plane_index(tap: np.ndarray, rows: Axis, columns: Axis) -> np.ndarray:
    """Return ``row * W + column`` of the tap chosen in each window: that of the window's first cell, and on from it."""
    row_cells, column_cells = (
        axis_wires(axis).padded.reshape(axis.out, axis.kernel) - axis.before for axis in (rows, columns)
    )
    cells = np.add.outer(row_cells * columns.size, column_cells)  # (out_h, kernel_h, out_w, kernel_w)
    first = cells[:, 0, :, 0]
    onward = cells[0, :, 0, :].ravel() - first[0, 0]
    index = onward[tap]
    index += first
    return index


def _divisor(rows: Axis, columns: Axis, count_include_pad: bool) -> np.ndarray:
    """Return the number of cells that each window's sum is divided by, (out_h, out_w)."""
    count_padding = check_flag("count_include_pad", count_include_pad)
    return np.multiply.outer(*(cells_per_window(axis, count_padding=count_padding) for axis in (rows, columns)))


def _with_length(shape: tuple[int, ...], dim: int, length: int) -> tuple[int, ...]:
    return (*shape[:dim], length, *shape[dim + 1 :])


def _along(dim: int, cells: slice) -> tuple[slice, ...]:
    return (*[slice(None)] * dim, cells)


# --- checks -------------------------------------------------------------------------------------------------------


def _check_x_shape(x_shape) -> tuple[int, ...]:
    lengths = check_list("x_shape", x_shape, "4 lengths (N, C, H, W)")
    if len(lengths) != 4:
        raise ValueError(f"x_shape ({x_shape!r}) must have 4 lengths (N, C, H, W)")
    return tuple(check_int(f"{axis} of x_shape", length, 1) for axis, length in zip("NCHW", lengths, strict=True))


def _check_argmax(argmax, dy_shape, x_shape) -> np.ndarray:
    argmax = check_integers("argmax", argmax)
    check_shape("argmax", argmax, dy_shape, "one for each cell of dy")
    height, width = x_shape[2:]
    outside = (argmax < 0) | (argmax >= height * width)
    if outside.any():
        raise ValueError(f"argmax ({argmax[outside][0]}) must be a cell of the plane (0 to {height}*{width} - 1)")
    return argmax
