"""Convolution, forward and backward, and the transposed convolution, which is the backward pass run forward.

For a block of images, the cells that lie under one tap in all windows are copied into one row of a matrix. Each of the
three sums over the wires is then a matrix product: kernels times cells is y, cells times dy is dw, and kernels times dy
is each tap's contribution to dx. Copying columns first, then rows, takes kh + kw steps instead of kh * kw.

Two axes, ``rows`` and ``columns``, say where the windows fall. ``axis.wires`` has two slices of one length for
each tap: the outputs whose window has an input cell under it, and those cells; everything else under it is padding.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnnlab._validate import (
    Lengths,
    Padding,
    check_array,
    check_bias,
    check_cells,
    check_groups,
    check_same_dtype,
    check_shaped,
    without_warnings,
)
from cnnlab.geometry import Axis, check_transposed_window, check_window

__all__ = ["conv2d", "conv2d_backward", "conv_transpose2d"]

_Operands = tuple[np.ndarray, np.ndarray, np.ndarray | None, tuple[Axis, Axis]]
_BLOCK = 2**18  # numbers per block: 1 MiB of float32, which fits in a processor's cache


@without_warnings
def conv2d(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None = None,
    *,
    stride: Lengths = 1,
    padding: Padding = 0,
    dilation: Lengths = 1,
    groups: int = 1,
) -> np.ndarray:
    """Return, for each window of x and each kernel of w, the sum of cell times tap.

    It is cross-correlation, as in every deep-learning library: the kernel is not turned.

    Parameters
    ----------
    x : array (N, C, H, W)
        float32, float64 or integer (which becomes float64).
    w : array (K, C // groups, kh, kw)
        One kernel for each filter, that is for each channel of y.
    b : array (K,), optional
        The biases.
    stride, dilation : int or (int, int)
        In cells, for rows and columns.
    padding : int, (int, int), ((top, bottom), (left, right)), "same" or "valid"
        In cells, of zeros; "same" keeps the size and goes with stride 1.
    groups : int
        A filter reads only the channels of its group; as many groups as channels make a depthwise convolution.

    Returns
    -------
    y : array (N, K, out_h, out_w)

    Raises
    ------
    TypeError
        If an array has another dtype, the dtypes differ, or a length is not an int.
    ValueError
        If an array is empty or has other dimensions, the channels do not match, a length is too small or too
        large, or the kernel does not fit in the padded input.

    Notes
    -----
    Besides y it takes memory for about 2**18 numbers (1 MiB in float32), or for as many as w or one row of windows
    needs: it copies a few images at a time, or a few rows of one, and needs S / kh of that again while copying. An
    im2col buffer would hold the whole batch.

    Source: Y. LeCun et al., "Gradient-based learning applied to document recognition" (1998), section II; the
    settings as in V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016).

    Examples
    --------
    >>> x = np.arange(9).reshape(1, 1, 3, 3)
    >>> w = np.array([[0, 1], [2, 3]]).reshape(1, 1, 2, 2)
    >>> conv2d(x, w)[0, 0]
    array([[19., 25.],
           [37., 43.]])
    """
    x, w, b, (rows, columns) = check_convolution(x, w, b, stride, padding, dilation, groups)
    # y[n, k, i, j] = Σ x[n, c, i·S + p·D − P, j·S + q·D − P] · w[k, c, p, q] over all taps (c, p, q), and b[k]
    kernels = w.reshape(groups, -1, w[0].size)
    y = np.empty((len(x), len(w), rows.out, columns.out), x.dtype)
    for images, outputs, inputs, band in _blocks(y, kernels, rows):
        block = x[images, :, inputs]
        y[images, :, outputs] = (
            (kernels @ _under_taps(block, band, columns, len(kernels)))
            .reshape(len(w), band.out, -1, columns.out)
            .transpose(2, 0, 1, 3)
        )
    if b is not None:
        y += b.reshape(-1, 1, 1)
    return y


@without_warnings
def conv2d_backward(
    dy: ArrayLike,
    x: ArrayLike,
    w: ArrayLike,
    *,
    stride: Lengths = 1,
    padding: Padding = 0,
    dilation: Lengths = 1,
    groups: int = 1,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients of a convolution.

    Every wire from input cell i through tap t to output cell o adds ``dy[o] * w[t]`` to ``dx[i]`` and ``dy[o] * x[i]``
    to ``dw[t]``; db sums dy over all cells that share the bias. A leftover cell has no wires: its dx is 0.

    Parameters
    ----------
    dy : array (N, K, out_h, out_w)
        The gradient of the loss with respect to y.
    x : array (N, C, H, W)
    w : array (K, C // groups, kh, kw)
    stride, padding, dilation, groups
        As in the forward.

    Returns
    -------
    dx : array (N, C, H, W)
    dw : array (K, C // groups, kh, kw)
    db : array (K,)

    Raises
    ------
    TypeError, ValueError
        As :func:`conv2d`; also if dy does not have the shape of y.

    Notes
    -----
    Source: J. Bouvrie, "Notes on convolutional neural networks" (2006), section 3.

    Examples
    --------
    >>> x = np.arange(9).reshape(1, 1, 3, 3)
    >>> w = np.array([[0, 1], [2, 3]]).reshape(1, 1, 2, 2)
    >>> dx, dw, db = conv2d_backward(np.array([[1, 2], [3, 4]]).reshape(1, 1, 2, 2), x, w)
    >>> dx[0, 0]
    array([[ 0.,  1.,  2.],
           [ 2., 10., 10.],
           [ 6., 17., 12.]])
    >>> dw[0, 0]
    array([[27., 37.],
           [57., 67.]])
    >>> db
    array([10.])
    """
    x, w, _, (rows, columns) = check_convolution(x, w, None, stride, padding, dilation, groups)
    dy = check_shaped("dy", dy, (len(x), len(w), rows.out, columns.out), "that of y", x=x, w=w)
    # Every product x · w of the forward pass adds dy · w to the dx of its cell, and dy · x to the dw of its tap.
    kernels = w.reshape(groups, -1, w[0].size)
    dx, dw = np.zeros(x.shape, x.dtype), np.zeros_like(kernels)
    for images, outputs, inputs, band in _blocks(dy, kernels, rows):
        block, upstream = x[images, :, inputs], _by_group(dy[images, :, outputs], len(kernels))
        dw += (_under_taps(block, band, columns, len(kernels)) @ upstream.mT).mT  # twice as fast as upstream @ cells.mT
        dx[images, :, inputs] += _add_up(_shares(kernels, upstream), band, columns)
    return dx, dw.reshape(w.shape), dy.sum(axis=(0, 2, 3))


@without_warnings
def conv_transpose2d(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None = None,
    *,
    stride: Lengths = 1,
    padding: Padding = 0,
    output_padding: Lengths = 0,
    dilation: Lengths = 1,
    groups: int = 1,
) -> np.ndarray:
    """Return the transposed convolution: each cell of x adds the kernel, times the cell, to its window of y.

    Without b, it is the dx that :func:`conv2d_backward` returns for dy = x in the convolution from y to x.

    Parameters
    ----------
    x : array (N, C, H, W)
        float32, float64 or integer (which becomes float64).
    w : array (C, K // groups, kh, kw)
        As the w of the convolution from y to x.
    b : array (K,), optional
        The biases.
    stride, dilation : int or (int, int)
        In cells of y.
    padding : int, (int, int), ((top, bottom), (left, right)), "same" or "valid"
        The ring that is cropped from y, in cells.
    output_padding : int or (int, int)
        Cells added to y at the bottom and on the right: a strided convolution maps several sizes of y to one of x. Less
        than the stride or the dilation.
    groups : int
        As :func:`conv2d`.

    Returns
    -------
    y : array (N, K, out_h, out_w)
        ``out = (R - 1) * S + (F - 1) * D + 1 - 2P + output_padding`` along each axis.

    Raises
    ------
    TypeError, ValueError
        As :func:`conv2d`; also if output_padding is too large, or the padding leaves nothing of y.

    Notes
    -----
    Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016), chapter 4.

    Examples
    --------
    >>> x = np.array([[1, 2], [3, 4]]).reshape(1, 1, 2, 2)
    >>> w = np.array([[0, 1], [2, 3]]).reshape(1, 1, 2, 2)
    >>> conv_transpose2d(x, w)[0, 0]
    array([[ 0.,  1.,  2.],
           [ 2., 10., 10.],
           [ 6., 17., 12.]])
    >>> conv_transpose2d(x, w, stride=2)[0, 0]
    array([[ 0.,  1.,  0.,  2.],
           [ 2.,  3.,  4.,  6.],
           [ 0.,  3.,  0.,  4.],
           [ 6.,  9.,  8., 12.]])
    """
    x, w, b, (rows, columns) = check_transposed(
        x, w, b, groups, stride=stride, padding=padding, output_padding=output_padding, dilation=dilation
    )
    kernels = w.reshape(groups, -1, w[0].size)
    y = np.zeros((len(x), len(kernels) * w.shape[1], rows.size, columns.size), x.dtype)
    for images, windows, cells, band in _blocks(x, kernels, rows):
        shares = _shares(kernels, _by_group(x[images, :, windows], len(kernels)))
        y[images, :, cells] += _add_up(shares, band, columns)
    if b is not None:
        y += b.reshape(-1, 1, 1)
    return y


# --- checks -------------------------------------------------------------------------------------------------------


def check_convolution(
    x: Any, w: Any, b: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: Any = 1
) -> _Operands:
    """Return the checked operands x, w and b of a convolution, and its axes (rows, columns).

    Examples
    --------
    >>> x, w, b, (rows, columns) = check_convolution(np.ones((1, 1, 5, 4)), np.ones((1, 1, 3, 3)), padding=1)
    >>> rows.out, columns.out
    (5, 4)
    """
    x, w = check_array("x", x, "NCHW"), check_array("w", w, ("K", "C / groups", "kh", "kw"))
    channels, filters = x.shape[1], len(w)
    groups = check_groups(groups, channels, filters)
    if w.shape[1] != channels // groups:
        rule = f"the channels of x / groups ({channels} / {groups} = {channels // groups})"
        raise ValueError(f"w ({w.shape[1]} channels) must have {rule}")
    b = check_bias(b, filters, "one for each filter")
    check_same_dtype(x=x, w=w, b=b)
    rows, columns = check_window(x.shape[2:], w.shape[2:], stride=stride, padding=padding, dilation=dilation)
    check_cells("y", (len(x), filters, rows.out, columns.out))
    check_cells("a row of windows", (channels, rows.extent, columns.kernel, columns.out))
    return x, w, b, (rows, columns)


def check_transposed(x: Any, w: Any, b: Any, groups: Any, **window: Any) -> _Operands:
    """Return the checked operands of a transposed convolution, and the axes of the convolution it runs backward."""
    x, w = check_array("x", x, "NCHW"), check_array("w", w, ("C", "K / groups", "kh", "kw"))
    channels = x.shape[1]
    if len(w) != channels:
        raise ValueError(f"w ({len(w)} channels) must have the channels of x ({channels})")
    filters = check_groups(groups, channels, channels) * w.shape[1]
    b = check_bias(b, filters, "one for each filter")
    check_same_dtype(x=x, w=w, b=b)
    rows, columns = check_transposed_window(x.shape[2:], w.shape[2:], **window)
    check_cells("y", (len(x), filters, rows.size, columns.size))
    check_cells("a row of windows", (filters, rows.extent, columns.kernel, columns.out))
    return x, w, b, (rows, columns)


# --- blocks as matrices: (C, H, N, W), so that a run of rows of all images is contiguous in memory ---


def _blocks(y: np.ndarray, kernels: np.ndarray, rows: Axis) -> Iterator[tuple[slice, slice, slice, Axis]]:
    """Yield blocks of y: a slice of images, one of output rows, one of the input rows these read, and their axis.

    The cells under the taps of a block and its outputs are about ``_BLOCK`` numbers, or as many as the kernels have.
    They may be half as many again if that saves bands: rows shared by two bands are read twice.
    """
    groups, filters, taps = kernels.shape
    lines = max(1, max(_BLOCK, kernels.size) // (groups * (filters + taps) * y.shape[3]))
    images = max(1, lines // rows.out)
    lines = -(-rows.out // max(1, round(rows.out / lines)))  # equal bands: two of 14 rows, not one of 26 and one of 2
    for top in range(0, rows.out, lines):
        outputs = slice(top, min(top + lines, rows.out))
        inputs, band = rows.part(outputs)
        for first in range(0, len(y), images):
            yield slice(first, first + images), outputs, inputs, band


def _under_taps(x: np.ndarray, rows: Axis, columns: Axis, groups: int) -> np.ndarray:
    """Return the cell under each tap of each window, 0 in the padding: (groups, taps, windows)."""
    x = x.transpose(1, 2, 0, 3)
    channels, height, images, _ = x.shape
    if rows.copies and columns.copies:
        return x.reshape(groups, channels // groups, -1)
    across = np.zeros((channels, columns.kernel, height, images, columns.out), x.dtype)
    for q, (outputs, inputs) in enumerate(columns.wires):
        across[:, q, ..., outputs] = x[..., inputs]
    cells = np.zeros((channels, rows.kernel, columns.kernel, rows.out, images, columns.out), x.dtype)
    for p, (outputs, inputs) in enumerate(rows.wires):
        cells[:, p, :, outputs] = across[:, :, inputs]
    return cells.reshape(groups, channels // groups * rows.kernel * columns.kernel, -1)


def _add_up(shares: np.ndarray, rows: Axis, columns: Axis) -> np.ndarray:
    """Return for each cell the sum of its shares over all taps, (N, C, H, W): the backward of :func:`_under_taps`."""
    images = shares.shape[2] // (rows.out * columns.out)
    shares = shares.reshape(-1, rows.kernel, columns.kernel, rows.out, images, columns.out)
    if rows.copies and columns.copies:
        return shares[:, 0, 0].transpose(2, 0, 1, 3)
    across = np.zeros((len(shares), columns.kernel, rows.size, images, columns.out), shares.dtype)
    for p, (outputs, inputs) in enumerate(rows.wires):
        across[:, :, inputs] += shares[:, p, :, outputs]  # a tap reads each cell at most once, so += loses nothing
    dx = np.zeros((len(shares), rows.size, images, columns.size), shares.dtype)
    for q, (outputs, inputs) in enumerate(columns.wires):
        dx[..., inputs] += across[:, q, ..., outputs]
    return dx.transpose(2, 0, 1, 3)


def _shares(kernels: np.ndarray, upstream: np.ndarray) -> np.ndarray:
    """Return the share that each tap of each window adds to its cell, (groups, taps, windows)."""
    if kernels.shape[1] == 1:  # numpy's matrix product of a column and a row is slow
        return kernels.mT * upstream
    return kernels.mT @ upstream


def _by_group(y: np.ndarray, groups: int) -> np.ndarray:
    """Return an array (N, K, out_h, out_w) as one matrix per group, (groups, filters, windows)."""
    return y.transpose(1, 2, 0, 3).reshape(groups, y.shape[1] // groups, -1)
