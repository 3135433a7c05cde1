"""Padding, forward and backward: a ring of cells around each plane, and the gradients that flow back from it."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnnlab._validate import Padding, check_array, check_cells, check_choice, check_number, shown, without_warnings
from cnnlab.geometry import split_padding

__all__ = ["pad2d", "pad2d_backward"]

_COPIES: Any = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}  # our names of the modes and numpy's


@without_warnings
def pad2d(x: ArrayLike, padding: Padding, *, mode: str = "zeros", value: float = 0.0) -> np.ndarray:
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
        with a mode that does not use it.

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
    rows, columns = check_padding(padding, mode, value)
    check_cells("the padded array", (*x.shape[:2], sum(rows) + x.shape[2], sum(columns) + x.shape[3]))
    sides = (0, 0), (0, 0), rows, columns
    return np.pad(x, sides, _COPIES[mode]) if mode in _COPIES else np.pad(x, sides, constant_values=value)


@without_warnings
def pad2d_backward(dy: ArrayLike, padding: Padding, *, mode: str = "zeros") -> np.ndarray:
    """Return the gradient of a padding: every cell gets the gradients of its copies; a ring of constants none.

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
    ring = check_padding(padding, mode)
    dy, size = check_unpadded(dy, ring)
    if mode not in _COPIES:
        down, across = (slice(before, before + length) for (before, _), length in zip(ring, size, strict=True))
        return dy[:, :, down, across].copy()
    sides = zip(size, ring, strict=True)
    rows, columns = (np.pad(np.arange(length), ends, _COPIES[mode]) for length, ends in sides)  # the copied cell
    dx = np.zeros((*dy.shape[:2], *size), dy.dtype)
    cells: Any = (..., rows[:, None], columns)  # numpy's type stubs reject this tuple of indices
    np.add.at(dx, cells, dy)  # += would add only one of a cell's copies
    return dx


# --- checks -------------------------------------------------------------------------------------------------------


def check_padding(padding: Any, mode: Any, value: Any = 0.0) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the padding ((top, bottom), (left, right)) of an array padded in a mode."""
    check_choice("mode", mode, ("zeros", "constant", *_COPIES))
    if check_number("value", value) != 0 and mode != "constant":
        raise ValueError(f'value ({value}) must go with mode "constant" (mode is "{mode}")')
    if isinstance(padding, str):
        raise ValueError(f"padding ({shown(padding)}) must be a number of cells: there is no kernel here")
    rows, columns = split_padding(padding)
    return rows, columns


def check_unpadded(dy: Any, ring: tuple) -> tuple[np.ndarray, list[int]]:
    """Return the checked gradient of a padded array, and the size [H, W] before padding."""
    dy, size = check_array("dy", dy, "NCHW"), []
    for length, (before, after) in zip(dy.shape[2:], ring, strict=True):
        size.append(length - before - after)
        if size[-1] < 1:
            why = f"{length} - {before} - {after} = {size[-1]}"
            raise ValueError(f"padding ({before}, {after}) must leave a cell of dy ({why})")
    return dy, size
