"""The checks of arguments that know nothing of windows; each error names the value and the rule."""

from __future__ import annotations

import operator
from numbers import Real

import numpy as np


def check_int(name: str, value, least: int) -> int:
    """Return ``value`` as an int of at least ``least``."""
    if isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} ({value!r}) must be an int")
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} ({value!r}) must be an int") from None
    if number < least:
        raise ValueError(f"{name} ({number}) must be at least {least}")
    return number


def check_number(name: str, value) -> float:
    """Return ``value`` as a float; it may be infinite or NaN."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise TypeError(f"{name} ({value!r}) must be a number")
    return float(value)


def check_flag(name: str, value) -> bool:
    """Return ``value``, which must be True or False, as a bool."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} ({value!r}) must be True or False")
    return bool(value)


def check_choice(name: str, value, choices) -> None:
    """Raise unless ``value`` is one of the words in ``choices``."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} ({value!r}) must be one of {', '.join(choices)}")


def check_list(name: str, value, of: str) -> list:
    """Return what is in a list, a tuple or the like; ``of`` says what that is."""
    if isinstance(value, str) or not np.iterable(value):
        raise TypeError(f"{name} ({value!r}) must be a list of {of}")
    return list(value)


def check_array(name: str, value, axes=None) -> np.ndarray:
    """Return ``value`` as a float array with one dimension for each of ``axes``, or any; integers become float64."""
    array = _as_array(name, value)
    if array.dtype.kind in "iu":
        array = array.astype(np.float64)
    if array.dtype not in (np.float32, np.float64):
        raise TypeError(f"{name} (dtype {array.dtype}) must be float32, float64 or integer")
    if axes is not None and array.ndim != len(axes):
        wanted = f"{len(axes)} dimension{'s'[: len(axes) - 1]} ({', '.join(axes)})"
        raise ValueError(f"{name} (shape {array.shape}) must have {wanted}, not {array.ndim}")
    if not array.size:
        raise ValueError(f"{name} (shape {array.shape}) must not be empty")
    return array


def check_integers(name: str, value) -> np.ndarray:
    """Return ``value`` as an array of indices."""
    array = _as_array(name, value)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} (dtype {array.dtype}) must be integer")
    return array.astype(np.intp, copy=False)


def _as_array(name: str, value) -> np.ndarray:
    if np.ma.is_masked(value):
        raise TypeError(f"{name} (a masked array) must have a number in every cell: fill the masked ones first")
    try:
        return np.asarray(value)
    except ValueError as error:  # rows of different lengths
        raise ValueError(f"{name} must be one array of numbers ({error})") from None


def check_shape(name: str, array: np.ndarray, shape: tuple[int, ...], why: str) -> None:
    """Raise unless ``array`` has just this ``shape``; ``why`` says where the shape comes from."""
    if array.shape != tuple(shape):
        raise ValueError(f"{name} (shape {array.shape}) must have shape {tuple(shape)} ({why})")


def check_same_dtype(**arrays: np.ndarray | None) -> None:
    """Raise unless all arrays given have one dtype: nothing is silently cast."""
    given = {name: array.dtype for name, array in arrays.items() if array is not None}
    if len(set(given.values())) > 1:
        listed = ", ".join(f"{name} {dtype}" for name, dtype in given.items())
        raise TypeError(f"{' and '.join(given)} must have one dtype ({listed})")


def check_groups(groups, channels: int, filters: int) -> int:
    """Return ``groups`` as an int that divides the input channels and the filters."""
    groups = check_int("groups", groups, 1)
    for name, count in (("input channels", channels), ("filters", filters)):
        if count % groups:
            raise ValueError(f"groups ({groups}) must divide the {name} ({count} / {groups} leaves {count % groups})")
    return groups


def check_pair(name: str, value, least: int, pair: str = "(h, w)") -> tuple[int, int]:
    """Return an int or a ``pair`` as a pair of ints of at least ``least``."""
    if isinstance(value, tuple | list) or (isinstance(value, np.ndarray) and value.ndim == 1):
        if len(value) != 2:
            raise ValueError(f"{name} ({value!r}) must be an int or a pair {pair}")
        return check_int(name, value[0], least), check_int(name, value[1], least)
    number = check_int(name, value, least)
    return number, number


def check_rng(rng) -> None:
    """Raise unless ``rng`` is a numpy generator."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng ({rng!r}) must be a numpy.random.Generator, such as np.random.default_rng(0)")


def check_has(name: str, value, *parts: str) -> None:
    """Raise unless ``value`` is an object, not a class, with these attributes and methods."""
    if isinstance(value, type):
        raise TypeError(f"{name} ({value.__name__}) must be made first, as {value.__name__}(…)")
    missing = [part for part in parts if not hasattr(value, part)]
    if missing:
        raise TypeError(f"{name} ({type(value).__name__}) must have {', '.join(missing)}")
