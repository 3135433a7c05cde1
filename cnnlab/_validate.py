"""Argument checks that do not involve windows; each error names the value and the rule."""

import math
import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from numbers import Real
from typing import Any

import numpy as np

Lengths = int | tuple[int, int]  # (rows, columns), or one int for both
Sides = int | tuple[int, int] | str  # the padding of one axis: on both sides, (before, after), or a name
Padding = Sides | tuple[tuple[int, int], tuple[int, int]]  # for rows and columns, or ((top, bottom), (left, right))
Arrays = dict[str, np.ndarray]  # by name, such as the weights of a layer

LARGEST = 2**31 - 1  # the upper bound of lengths, counts, labels and the cells of an argument
MOST_CELLS = 2**28  # in an array allocated here, such as weights: 2 GiB of float64; checked before allocating
LONGEST_LIST = 10_000  # of lengths, layers and so on; guards against range(10**12)

without_warnings = np.errstate(all="ignore")  # decorates what computes with infinities and NaN: they are no mistakes


def shown(value: Any) -> str:
    """Return the text of ``value`` for an error message, shortened if it is long."""
    try:
        text = repr(value[:100] if type(value) in (list, tuple, str, bytes) else value)  # enough for a message
    except Exception:  # an int of 5,000 digits, or a repr that raises
        return type(value).__name__
    return text if len(text) <= 100 else f"{text[:99]}…"


def check_int(name: str, value: Any, least: int) -> int:
    """Return ``value`` as an int from ``least`` to :data:`LARGEST`."""
    try:
        number = None if isinstance(value, bool) else operator.index(value)
    except Exception:
        number = None
    if number is None:
        raise TypeError(f"{name} ({shown(value)}) must be an int")
    if number < least:
        raise ValueError(f"{name} ({shown(number)}) must be at least {least}")
    if number > LARGEST:
        raise ValueError(f"{name} ({shown(number)}) must be at most {LARGEST:,}")
    return number


def check_number(name: str, value: Any, rule: str = "") -> float:
    """Return ``value`` as a float; it may be infinite or NaN unless the ``rule`` forbids it."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise TypeError(f"{name} ({shown(value)}) must be a number")
    try:
        number = float(value)
    except Exception:  # an int too large for a float
        raise ValueError(f"{name} ({shown(value)}) must be a number that a float can hold (up to 1.8e308)") from None
    if rule and not _RULES[rule](number):
        raise ValueError(f"{name} ({value}) must be {rule}")
    return number


_RULES: dict[str, Callable[[float], bool]] = {
    "finite": math.isfinite,
    "greater than 0, and finite": lambda number: 0 < number < math.inf,
    "at least 0 and less than 1": lambda number: 0 <= number < 1,
}
check_finite, check_positive, check_share = (partial(check_number, rule=rule) for rule in _RULES)


def check_flag(name: str, value: Any) -> bool:
    """Return ``value``, which must be True or False, as a bool."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"{name} ({shown(value)}) must be True or False")
    return bool(value)


def check_choice(name: str, value: Any, choices: Collection[str]) -> None:
    """Raise unless ``value`` is one of the words in ``choices``."""
    if not isinstance(value, str) or value not in choices:
        raise ValueError(f"{name} ({shown(value)}) must be one of {', '.join(choices)}")


def check_list(name: str, value: Any, of: str) -> list:
    """Return the items of a list, a tuple or another iterable; ``of`` names them in an error."""
    if isinstance(value, str | bytes) or not isinstance(value, Collection) or not np.iterable(value):
        raise TypeError(f"{name} ({shown(value)}) must be a list of {of}")
    if len(value) > LONGEST_LIST:
        raise ValueError(f"{name} ({len(value):,} long) must be a list of at most {LONGEST_LIST:,} {of}")
    return list(value)


def check_named(name: str, value: Any) -> None:
    """Raise unless ``value`` is a dict of arrays by name."""
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise TypeError(f"{name} ({shown(value)}) must be a dict of arrays by name")


def check_known(given: Mapping, known: Collection[str], what: str) -> None:
    """Raise unless all names in ``given`` are in ``known``; ``what`` says what a name must be."""
    for name, value in given.items():
        if name not in known:
            raise TypeError(f"{name} ({shown(value)}) must be {what} ({', '.join(known) or 'it has none'})")


def check_array(name: str, value: Any, axes: Sequence[str] | None = None) -> np.ndarray:
    """Return ``value`` as a float array with one dimension per axis in ``axes``, or any; integers become float64."""
    array = as_array(name, value)
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


def check_batch(name: str, value: Any) -> np.ndarray:
    """Return ``value`` as a float array whose first dimension counts the images; the others are free."""
    array = check_array(name, value)
    if not array.ndim:
        raise ValueError(f"{name} (shape ()) must have a first dimension, that of the images")
    return array


def check_integers(name: str, value: Any) -> np.ndarray:
    """Return ``value`` as an array of indices."""
    array = as_array(name, value)
    if array.dtype.kind not in "iu":
        raise TypeError(f"{name} (dtype {array.dtype}) must be integer")
    if array.max(initial=0) > LARGEST:  # a larger one would overflow to a negative index
        raise ValueError(f"{name} ({array.max()}) must be at most {LARGEST:,}")
    return array.astype(np.intp, copy=False)


def check_changeable(name: str, array: Any) -> None:
    """Raise unless ``array`` is a writable array of floats."""
    if not isinstance(array, np.ndarray) or array.dtype.str[1:] not in ("f4", "f8"):  # in any byte order
        raise TypeError(f"{name} ({shown(array)}) must be a float32 or float64 array: it is changed in place")
    if not array.flags.writeable:
        raise ValueError(f"{name} (a read-only array) must be writeable: it is changed in place")


def check_cells(name: str, shape: tuple[int, ...]) -> None:
    """Raise if an array of this shape would have too many cells."""
    cells = math.prod(shape)
    if cells > MOST_CELLS:
        raise ValueError(f"{name} (shape {shape}) must have at most {MOST_CELLS:,} cells (it has {cells:,})")


def as_array(name: str, value: Any) -> np.ndarray:
    """Return ``value`` as an array of any dtype, in native byte order."""
    try:
        masked = _is_masked(value)
        array = np.asarray(0 if masked else value)
    except Exception as error:  # ragged rows, a list that contains itself, a broken __array__
        raise ValueError(f"{name} must be one array of numbers ({error})") from None
    if masked:
        raise TypeError(f"{name} (a masked array) must have a number in every cell: fill the masked ones first")
    if array.size > LARGEST:  # a broadcast scalar takes no memory, but its result would
        raise ValueError(f"{name} (shape {array.shape}) must have at most {LARGEST:,} cells")
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _is_masked(value: Any) -> bool:
    """Return whether an array, or one in a list, has masked cells: numpy would ignore the mask."""
    if isinstance(value, list | tuple):
        return any(map(_is_masked, value))
    return isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value)


def check_shape(name: str, array: np.ndarray, shape: tuple[int, ...], why: str) -> None:
    """Raise unless ``array`` has exactly this ``shape``; ``why`` explains the shape."""
    if array.shape != tuple(shape):
        raise ValueError(f"{name} (shape {array.shape}) must have shape {tuple(shape)} ({why})")


def check_shaped(name: str, value: Any, shape: tuple[int, ...], why: str, **others: np.ndarray) -> np.ndarray:
    """Return ``value`` as a float array of exactly this ``shape``, with the dtype of the ``others``."""
    array = check_array(name, value)
    check_shape(name, array, shape, why)
    check_same_dtype(**{name: array}, **others)
    return array


def check_bias(b: Any, count: int, why: str) -> np.ndarray | None:
    """Return the biases b as a float array (K,) of length ``count``, or None; ``why`` explains the count."""
    return None if b is None else check_shaped("b", b, (count,), why)


def check_groups(groups: Any, channels: int, filters: int) -> int:
    """Return ``groups`` as an int that divides the input channels and the filters."""
    groups = check_int("groups", groups, 1)
    for name, count in (("input channels", channels), ("filters", filters)):
        if count % groups:
            raise ValueError(f"groups ({groups}) must divide the {name} ({count} / {groups} leaves {count % groups})")
    return groups


def check_x_shape(x_shape: Any) -> tuple[int, ...]:
    """Return the shape (N, C, H, W) of x, and so of its dx, as a tuple of ints."""
    lengths = check_list("x_shape", x_shape, "4 lengths (N, C, H, W)")
    if len(lengths) != 4:
        raise ValueError(f"x_shape ({shown(x_shape)}) must have 4 lengths (N, C, H, W)")
    shape = tuple(check_int(f"{axis} of x_shape", length, 1) for axis, length in zip("NCHW", lengths, strict=True))
    check_cells("dx", shape)
    return shape


def check_same_dtype(**arrays: np.ndarray | None) -> None:
    """Raise unless all arrays have the same dtype: nothing is silently cast."""
    given = {name: array.dtype.newbyteorder("=") for name, array in arrays.items() if array is not None}
    if len(set(given.values())) > 1:
        listed = ", ".join(f"{name} {dtype}" for name, dtype in given.items())
        raise TypeError(f"{' and '.join(given)} must have one dtype ({listed})")


def check_pair(name: str, value: Any, least: int, pair: str = "(h, w)") -> tuple[int, int]:
    """Return an int or a ``pair`` as a pair of ints of at least ``least``."""
    several = isinstance(value, tuple | list) or (isinstance(value, np.ndarray) and value.ndim)
    values = value if several else (value, value)
    if len(values) != 2:
        raise ValueError(f"{name} ({shown(value)}) must be an int or a pair {pair}")
    return check_int(name, values[0], least), check_int(name, values[1], least)


def check_rng(rng: Any) -> None:
    """Raise unless ``rng`` is a numpy generator."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng ({shown(rng)}) must be a numpy.random.Generator, such as np.random.default_rng(0)")


def check_has(name: str, value: Any, *parts: str) -> None:
    """Raise unless ``value`` is an object, not a class, with these attributes and methods."""
    if isinstance(value, type):
        raise TypeError(f"{name} ({value.__name__}) must be made first, as {value.__name__}(…)")
    missing = [part for part in parts if not hasattr(value, part)]
    if missing:
        raise TypeError(f"{name} ({type(value).__name__}) must have {', '.join(missing)}")
