"""Real input for the lessons, from files beside this module; SOURCES.md says where they come from."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from cnnlab.data.bitmap import normalise_bitmap
from cnnlab.data.npz import Kind, read_npz

__all__ = ["load_digits", "load_mnist", "load_photo"]

FOLDER = Path(__file__).parent


class Digits(NamedTuple):
    """Handwritten digits: images (N, 1, H, W) from 0 (paper) to 1 (ink), labels (N,) from 0 to 9."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def load_digits() -> Digits:
    """Return the 1,797 UCI digits of 8x8 pixels, with 36 of each held out as a test set that is always the same.

    Returns
    -------
    x_train : float64 array (1437, 1, 8, 8)
        The fraction of black cells in each 4x4 block of the scan, from 0 to 1 in steps of 1/16.
    y_train : int array (1437,)
    x_test : float64 array (360, 1, 8, 8)
    y_test : int array (360,)

    Raises
    ------
    FileNotFoundError
        If the data file is missing.
    ValueError
        If the data file is damaged.

    Notes
    -----
    The test digits are by the same writers as the training digits. Source: E. Alpaydin and C. Kaynak,
    "Optical recognition of handwritten digits" (1998), UCI Machine Learning Repository, doi 10.24432/C50P49.

    Examples
    --------
    >>> digits = load_digits()
    >>> digits.x_train.shape, digits.y_test.shape
    ((1437, 1, 8, 8), (360,))
    >>> digits.y_train[0]
    np.int64(1)
    >>> (digits.x_train[0, 0] * 16).astype(int)
    array([[ 0,  0,  0, 12, 13,  5,  0,  0],
           [ 0,  0,  0, 11, 16,  9,  0,  0],
           [ 0,  0,  3, 15, 16,  6,  0,  0],
           [ 0,  7, 15, 16, 16,  2,  0,  0],
           [ 0,  0,  1, 16, 16,  3,  0,  0],
           [ 0,  0,  1, 16, 16,  6,  0,  0],
           [ 0,  0,  1, 16, 16,  6,  0,  0],
           [ 0,  0,  0, 11, 16, 10,  0,  0]])
    """
    return _read_digits("digits.npz", 1797, 8, ink=16)


def load_mnist() -> Digits:
    """Return 5,000 MNIST digits of 28x28 pixels, with 60 of each held out as a test set that is always the same.

    Returns
    -------
    x_train : float64 array (4400, 1, 28, 28)
        From 0 (paper) to 1 (ink) in steps of 1/255.
    y_train : int array (4400,)
        Each class 440 times.
    x_test : float64 array (600, 1, 28, 28)
    y_test : int array (600,)
        Each class 60 times.

    Raises
    ------
    FileNotFoundError, ValueError
        As :func:`load_digits`.

    Notes
    -----
    All are from MNIST's training set, so some writers may have contributed both training and test digits.
    Source: Y. LeCun, C. Cortes and C. J. C. Burges, "The MNIST database of handwritten digits" (1998).

    Examples
    --------
    >>> digits = load_mnist()
    >>> digits.x_train.shape, digits.y_test.shape
    ((4400, 1, 28, 28), (600,))
    """
    return _read_digits("mnist.npz", 5000, 28, ink=255)


def load_photo() -> np.ndarray:
    """Return a portrait of Grace Hopper in colour.

    Returns
    -------
    photo : float64 array (1, 3, 200, 200)
        Red, green and blue from 0 to 1.

    Raises
    ------
    FileNotFoundError
        If the data file is missing.
    ValueError
        If the data file is damaged.

    Notes
    -----
    Source: official portrait of the U.S. Navy (1984), in the public domain.

    Examples
    --------
    >>> photo = load_photo()
    >>> photo.shape
    (1, 3, 200, 200)
    """
    (pixels,) = _read("photo.npz", pixels=("uint8", (3, 200, 200)))
    return pixels[None] / 255


def _read_digits(name: str, count: int, side: int, *, ink: int) -> Digits:
    """Return the digits in a file, where a black pixel has the value ``ink``."""
    kinds = {"images": ("uint8", (count, side, side)), "labels": ("uint8", (count,)), "held_out": ("bool", (count,))}
    images, labels, held_out = _read(name, **kinds)
    x, y = images[:, None] / ink, labels.astype(np.intp)
    return Digits(x[~held_out], y[~held_out], x[held_out], y[held_out])


def _read(name: str, **kinds: Kind) -> list[np.ndarray]:
    """Return the arrays of a file of the package, in the order of ``kinds``."""
    try:
        arrays = read_npz(FOLDER / name, kinds, "the data of cnnlab")
    except (FileNotFoundError, ValueError) as error:
        raise type(error)(f"{error}: install cnnlab again") from error
    return [arrays[key] for key in kinds]
