"""Padding, forward and backward: a ring of cells around each plane, and the way back for what they receive."""

from __future__ import annotations

import numpy as np

from cnnlab._validate import check_array, check_cells
from cnnlab.operands import check_padding, check_unpadded


@np.errstate(all="ignore")  # what is not finite passes without a warning
def pad2d(x, padding, *, mode="zeros", value=0.0):
    """Return x with a ring of padding around each plane.

    Parameters
    ----------
    x : array (N, C, H, W)
        float32, float64 or integer (which becomes float64).
    padding : int, (int, int) or ((top, bottom), (left, right))
        In cells, for rows and columns.
    mode : str
        What the ring holds, on the row a b c with padding 2:

        - "zeros": 0 0 a b c 0 0
        - "constant": v v a b c v v, with v = ``value``
        - "reflect": c b a b c b a
        - "replicate": a a a b c c c
        - "circular": b c a b c a b

        A ring wider than the plane goes on in the same way.
    value : float
        What the mode "constant" fills in.

    Returns
    -------
    x_padded : array (N, C, top + H + bottom, left + W + right)

    Raises
    ------
    TypeError
        If x has another dtype, or a length is not an int.
    ValueError
        If x is empty or not 4-dimensional, a length is negative or too large, the mode is unknown, or a value is given
        with a mode that has no use for it.

    Notes
    -----
    Source: the modes are those of PyTorch's ``torch.nn.functional.pad``.

    Examples
    --------
    >>> row = np.array([[[[1, 2, 3]]]])
    >>> pad2d(row, (0, 1))[0, 0]
    array([[0., 1., 2., 3., 0.]])
    >>> pad2d(row, ((0, 0), (2, 1)), mode="reflect")[0, 0]
    array([[3., 2., 1., 2., 3., 2.]])
    """
    x = check_array("x", x, "NCHW")
    (top, bottom), (left, right) = check_padding(padding, mode, value)
    height, width = x.shape[2:]
    shape = *x.shape[:2], top + height + bottom, left + width + right
    check_cells("the padded array", shape)
    if mode not in _SOURCES:
        padded = np.full(shape, value, x.dtype)
        padded[:, :, top : top + height, left : left + width] = x
        return padded
    rows, columns = _SOURCES[mode](height, top, bottom), _SOURCES[mode](width, left, right)
    return x[:, :, rows[:, None], columns]


@np.errstate(all="ignore")
def pad2d_backward(dy, padding, *, mode="zeros"):
    """Return the gradient of a padding: every cell gets what its copies get; a ring of constants gets nothing.

    Parameters
    ----------
    dy : array (N, C, top + H + bottom, left + W + right)
        The gradient of the loss with respect to the padded array.
    padding, mode
        As in the forward.

    Returns
    -------
    dx : array (N, C, H, W)
        For "zeros" and "constant" the ring is cropped; for the other modes it is folded back and added.

    Raises
    ------
    TypeError, ValueError
        As :func:`pad2d`; also if the padding leaves no cell of dy.

    Notes
    -----
    Source: as :func:`pad2d`; a cell that was copied adds up the gradients of its copies.

    Examples
    --------
    >>> dy = np.array([[[[1, 10, 100, 1000, 10000]]]])
    >>> pad2d_backward(dy, (0, 1))[0, 0]
    array([[  10.,  100., 1000.]])
    >>> pad2d_backward(dy, (0, 1), mode="replicate")[0, 0]
    array([[   11.,   100., 11000.]])
    """
    (top, bottom), (left, right) = check_padding(padding, mode)
    dy, height, width = check_unpadded(dy, (top, bottom), (left, right))
    if mode not in _SOURCES:
        return dy[:, :, top : top + height, left : left + width].copy()
    rows, columns = _SOURCES[mode](height, top, bottom), _SOURCES[mode](width, left, right)
    dx = np.zeros((*dy.shape[:2], height, width), dy.dtype)
    np.add.at(dx, (..., rows[:, None], columns), dy)  # += would count a cell with several copies once
    return dx


# --- which input cell each padded cell copies, along one axis -----------------------------------------------------


def _reflect(size: int, before: int, after: int) -> np.ndarray:
    there_and_back = max(1, 2 * (size - 1))  # a single cell reflects to itself
    step = np.arange(-before, size + after) % there_and_back
    return np.minimum(step, there_and_back - step)


def _replicate(size: int, before: int, after: int) -> np.ndarray:
    return np.arange(-before, size + after).clip(0, size - 1)


def _circular(size: int, before: int, after: int) -> np.ndarray:
    return np.arange(-before, size + after) % size


_SOURCES = {"reflect": _reflect, "replicate": _replicate, "circular": _circular}
