"""Compare the results of a function with the expected ones."""

import numpy as np

MOST_CELLS = 10**6  # the largest result that is compared
TOLERANCE = 1e-5  # relative to the largest expected number: float32 is precise enough


def same(one, other):
    """Return whether two arguments are equal, up to the rounding of a number that was nudged and restored.

    Examples
    --------
    >>> same({"w": np.ones(2)}, {"w": np.ones(2)}), same(np.ones(2), np.ones(3)), same((2, 3), (2, 3))
    (True, False, True)
    """
    if isinstance(other, np.ndarray):
        alike = isinstance(one, np.ndarray) and (one.shape, one.dtype) == (other.shape, other.dtype)
        return alike and bool(np.allclose(one, other, rtol=1e-9, atol=1e-9))
    if isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in other)
    if isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one is other or one == other


def read(result, names):
    """Return the parts of a result by these names, or why it has none."""
    if result is None:
        return None, "It gives None. Is a return missing?"
    count, listed = len(names), ", ".join(names)
    parts = result if count > 1 else (result,)
    is_stack = isinstance(parts, np.ndarray) and parts.shape[:1] == (count,) and parts.ndim != 2
    if not is_stack and not isinstance(parts, tuple | list):
        return None, f"It gives {kind_of(result)} where {count} results are asked for: {listed}."
    if len(parts) != count:
        return None, f"It gives {len(parts)} results where {count} are asked for: {listed}."
    problem = next(filter(None, map(trouble_with, parts)), "")
    return (None, problem) if problem else (dict(zip(names, parts, strict=True)), "")


def misshapen(name, got, wanted):
    """Return in words that a result has the wrong shape; empty if it has the right one."""
    shape = np.shape(got)
    return "" if shape == wanted.shape else f"{name} has shape {shape}; {wanted.shape} is expected."


def trouble_with(value):
    """Return why a result is not a number or an array of numbers; empty if it is one."""
    if not isinstance(value, np.ndarray | np.generic | int | float):
        return f"It gives {kind_of(value)} where a number or an array of numbers is asked for."
    if np.ma.is_masked(value):
        return "It gives a masked array: fill the masked cells first."
    array = np.asarray(value)  # an int beyond 64 bits becomes an object
    if array.dtype.kind not in "iuf":
        return f"It gives {kind_of(value)} of dtype {array.dtype} where numbers are asked for (int or float)."
    if array.size > MOST_CELLS:  # such as a broadcast scalar, which takes no memory until it is copied
        return f"It gives an array of shape {array.shape}; none is asked for with more than {MOST_CELLS:,} cells."
    return ""


def kind_of(value):
    """Return what kind of thing a value is, with its article.

    Examples
    --------
    >>> kind_of([1]), kind_of(1)
    ('a list', 'an int')
    """
    name = "array" if isinstance(value, np.ndarray) else type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def differing(got, expected):
    """Return which cells differ in two arrays of the same shape.

    Examples
    --------
    >>> differing(np.array([1.0, np.nan]), np.array([1, 2]))
    array([False,  True])
    """
    finite = np.abs(expected)[np.isfinite(expected)]
    room = TOLERANCE * max(finite.max(initial=0.0), 0.01)
    return ~np.isclose(got.astype(float), expected.astype(float), rtol=0, atol=room, equal_nan=True)


def equal(got, expected):
    """Return whether two arrays have the same shape and no cell that differs."""
    return got.shape == expected.shape and not differing(got, expected).any()
