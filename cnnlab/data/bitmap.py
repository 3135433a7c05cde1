"""Turn a drawn bitmap into an image like those of MNIST."""

import numpy as np
from numpy.typing import ArrayLike

from cnnlab._validate import as_array

_SIDE, _BOX = 28, 20  # sides in pixels of the image, and of the square that the digit is scaled to


def normalise_bitmap(bitmap: ArrayLike) -> np.ndarray:
    """Return a drawn digit as an image like those of :func:`cnnlab.load_mnist`.

    1. The box around the on cells is scaled to fit 20x20 pixels; its proportions are kept.
    2. A pixel is the fraction of its area that on cells cover: grey at the edges of a stroke.
    3. The digit is put into 28x28 pixels with its centre of mass in pixel (14, 14).

    Parameters
    ----------
    bitmap : array (H, W)
        Cells that are on (anything but 0) and off.

    Returns
    -------
    image : float64 array (1, 1, 28, 28)
        From 0 (paper) to 1 (ink); all 0 if no cell is on.

    Raises
    ------
    TypeError, ValueError
        If the bitmap is not a plane of cells.

    Notes
    -----
    "The original black and white (bilevel) images from NIST were size normalized to fit in a 20x20 pixel box while
    preserving their aspect ratio. The resulting images contain grey levels as a result of the anti-aliasing technique
    used by the normalization algorithm. The images were centered in a 28x28 image by computing the center of mass of
    the pixels" (Y. LeCun, C. Cortes and C. J. C. Burges, "The MNIST database of handwritten digits"). In each of our
    5,000 the longer side is 20 pixels (19 in one), and the centre of mass is in pixel (14, 14).

    Examples
    --------
    >>> seven = np.zeros((32, 32), bool)
    >>> seven[4:7, 10:20] = seven[4:24, 17:20] = True
    >>> image = normalise_bitmap(seven)[0, 0]
    >>> image.any(axis=1).nonzero()[0][[0, -1]], image.any(axis=0).nonzero()[0][[0, -1]]
    (array([ 7, 26]), array([ 7, 16]))
    """
    bitmap = as_array("bitmap", bitmap)
    if bitmap.dtype.kind not in "biuf":
        raise TypeError(f"bitmap (dtype {bitmap.dtype}) must be bool, integer or float")
    if bitmap.ndim != 2 or not bitmap.size:
        raise ValueError(f"bitmap (shape {bitmap.shape}) must be a plane of cells (H, W)")
    image = np.zeros((1, 1, _SIDE, _SIDE))
    rows, columns = np.nonzero(bitmap)
    if rows.size:
        rows, columns = rows - rows.min(), columns - columns.min()
        box = np.zeros((rows.max() + 1, columns.max() + 1))
        box[rows, columns] = 1
        height, width = (max(1, round(_BOX * length / max(box.shape))) for length in box.shape)
        top, left = _SIDE // 2 - _centre(rows, height), _SIDE // 2 - _centre(columns, width)
        ink = _shares(box.shape[0], height) @ box @ _shares(box.shape[1], width).T
        image[..., top : top + height, left : left + width] = ink
    return image


def _shares(old: int, new: int) -> np.ndarray:
    """Return the fraction (new, old) of each of ``new`` equal parts of an axis that each of ``old`` parts covers.

    Examples
    --------
    >>> _shares(3, 2).round(2)
    array([[0.67, 0.33, 0.  ],
           [0.  , 0.33, 0.67]])
    """
    edges = np.linspace(0, old, new + 1)[:, None]
    return np.diff(np.clip(edges - np.arange(old), 0, 1), axis=0) * new / old


def _centre(cells: np.ndarray, new: int) -> int:
    """Return the pixel that contains the centre of mass, clipped so that the box stays inside the image.

    In whole numbers, since the centre of a symmetric digit is on the edge of a pixel.
    """
    middle = (2 * cells + 1).sum() * new // (2 * len(cells) * (cells.max() + 1))
    return int(np.clip(middle, new - _SIDE // 2, _SIDE // 2))
