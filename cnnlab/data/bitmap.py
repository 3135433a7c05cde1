"""From a drawn bitmap to an image like those of the data set."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from cnnlab._validate import as_array

_SIDE, _BLOCK = 32, 4  # cells: the bitmap's side, and that of the blocks whose on cells are counted
_WIDEST = 20  # columns of the 32 that a digit is scaled to at most
_TOO_BOLD, _TOO_THIN = (412, 560), (256, 108)  # on cells; beyond the second number the strokes change twice
_SKIPPED = 2  # rows at the top and the bottom that the slant is not read from: their ends are ragged


def reduce_bitmap(bitmap: ArrayLike) -> np.ndarray:
    """Return a drawn digit as an image like those of :func:`cnnlab.load_digits`.

    Parameters
    ----------
    bitmap : array (H, W)
        Cells that are on (anything but 0) and off.

    Returns
    -------
    image : float64 array (1, 1, 8, 8)
        The share of on cells in each 4x4 block of :func:`normalise_bitmap`, from 0 to 1 in steps of 1/16.

    Raises
    ------
    TypeError, ValueError
        If the bitmap is not a plane of cells.

    Notes
    -----
    "32x32 bitmaps are divided into nonoverlapping blocks of 4x4 and the number of on pixels are counted in each block"
    (E. Alpaydin and C. Kaynak, 1998, UCI Machine Learning Repository, doi 10.24432/C50P49).

    Examples
    --------
    >>> seven = np.zeros((32, 32), bool)
    >>> seven[4:7, 10:20] = seven[4:24, 17:20] = True
    >>> (reduce_bitmap(seven)[0, 0] * 16).astype(int)
    array([[ 0,  0,  0, 12, 16, 16, 16, 12],
           [ 0,  0,  0,  8,  8, 12, 16,  5],
           [ 0,  0,  0,  0,  0, 14, 14,  0],
           [ 0,  0,  0,  0,  4, 16,  8,  0],
           [ 0,  0,  0,  0, 10, 16,  2,  0],
           [ 0,  0,  0,  1, 16, 11,  0,  0],
           [ 0,  0,  0,  7, 16,  5,  0,  0],
           [ 0,  0,  0, 14, 14,  0,  0,  0]])
    """
    blocks = normalise_bitmap(bitmap).reshape(_SIDE // _BLOCK, _BLOCK, _SIDE // _BLOCK, _BLOCK)
    return blocks.sum(axis=(1, 3))[None, None] / _BLOCK**2


def normalise_bitmap(bitmap: ArrayLike) -> np.ndarray:
    """Return a drawn digit at one size, boldness and slant, as the scans of the data set were made alike.

    Four steps, those of the NIST programs that the data set was made with:

    1. The box around the on cells is cut out and scaled to 32 rows and 20 columns, in the middle of 32x32 cells.
    2. More than 412 on cells lose the outermost ones once, more than 560 twice.
    3. Fewer than 256 on cells gain the neighbours of those that are on once, fewer than 108 twice.
    4. Rows are shifted, the more the further they are from the middle, until the leftmost on cells of the third row and
       of the third last stand below each other.

    One thing differs: a digit that is narrower than 20 columns at 32 rows keeps its proportions. A scan has hundreds of
    dots and its 1 is never quite straight; a 1 drawn on few cells, once pulled to 20 columns, is a solid block.

    Parameters
    ----------
    bitmap : array (H, W)
        Cells that are on (anything but 0) and off.

    Returns
    -------
    normal : bool array (32, 32)
        All off if the bitmap is.

    Raises
    ------
    TypeError, ValueError
        If the bitmap is not a plane of cells.

    Notes
    -----
    Source: M. D. Garris and others, "NIST Form-Based Handprint Recognition System", NISTIR 5469 (1994), which the data
    set names; the numbers are those of its programs norm_2nd_gen and shear_char. The data set bears them out: every
    image has ink in its first and last row of blocks, 98.6 % have 256 to 412 on cells, and in all but 4 of 1,797 the
    leftmost blocks with ink of those two rows are at most one block apart.

    Examples
    --------
    >>> line = np.eye(32, dtype=bool)
    >>> normal = normalise_bitmap(line)
    >>> normal.sum(axis=0).nonzero()[0]  # the slanted line stands upright
    array([13, 14, 15, 16, 17, 18])
    """
    bitmap = as_array("bitmap", bitmap)
    if bitmap.dtype.kind not in "biuf":
        raise TypeError(f"bitmap (dtype {bitmap.dtype}) must be bool, integer or float")
    if bitmap.ndim != 2 or not bitmap.size:
        raise ValueError(f"bitmap (shape {bitmap.shape}) must be a plane of cells (H, W)")
    on = bitmap != 0
    if not on.any():
        return np.zeros((_SIDE, _SIDE), bool)
    return _straightened(_inked(_scaled(on)))


def _scaled(bitmap: np.ndarray) -> np.ndarray:
    """Return the box around the on cells, scaled to 32 rows, in the middle of 32x32 cells."""
    down, across = (np.flatnonzero(bitmap.any(axis=axis)) for axis in (1, 0))
    height, width = (int(cells[-1] - cells[0] + 1) for cells in (down, across))
    columns = max(1, min(_WIDEST, round(_SIDE * width / height)))
    left = (_SIDE - columns) // 2
    rows = down[0] + _nearest(height, _SIDE)
    scaled = np.zeros((_SIDE, _SIDE), bool)
    scaled[:, left : left + columns] = bitmap[np.ix_(rows, across[0] + _nearest(width, columns))]
    return scaled


def _nearest(old: int, new: int) -> np.ndarray:
    """Return for each of ``new`` cells along an axis the one of ``old`` cells that its middle lies in."""
    return (2 * np.arange(new) + 1) * old // (2 * new)


def _inked(bitmap: np.ndarray) -> np.ndarray:
    """Return bold strokes thinner, and thin ones bolder."""
    count = int(bitmap.sum())
    for _ in range(sum(count > limit for limit in _TOO_BOLD)):
        bitmap = bitmap & np.logical_and.reduce(_neighbours(bitmap))
    for _ in range(sum(count < limit for limit in _TOO_THIN)):
        bitmap = bitmap | np.logical_or.reduce(_neighbours(bitmap))
    return bitmap


def _neighbours(bitmap: np.ndarray) -> list[np.ndarray]:
    """Return for each cell whether the one above, below, to the left and to the right is on; outside none is."""
    ring = np.pad(bitmap, 1)
    return [ring[:-2, 1:-1], ring[2:, 1:-1], ring[1:-1, :-2], ring[1:-1, 2:]]


def _straightened(bitmap: np.ndarray) -> np.ndarray:
    """Return the rows shifted until the left ends of the third and the third last stand below each other."""
    first, last = _SKIPPED, _SIDE - 1 - _SKIPPED
    if not (bitmap[first].any() and bitmap[last].any()):
        return bitmap
    slant = (bitmap[first].argmax() - bitmap[last].argmax()) / (last - first)
    shifts = np.rint((np.arange(_SIDE) - _SIDE // 2) * slant).astype(int)
    columns = np.arange(_SIDE) - shifts[:, None]
    inside = (columns >= 0) & (columns < _SIDE)
    return inside & np.take_along_axis(bitmap, columns.clip(0, _SIDE - 1), axis=1)
