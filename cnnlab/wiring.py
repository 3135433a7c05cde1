"""The central idea: a convolution is a table of wires; forward, dx and dw are three ways to sum over it.

A wire joins output cell ``o`` with input cell ``i`` through kernel tap ``t``. Summed over the wires of one output
cell, ``x[i] * w[t]`` is the forward pass; over those of one input cell, ``dy[o] * w[t]`` is the error for the layer
below; over those of one tap, ``dy[o] * x[i]`` is the gradient of the kernel.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnnlab._validate import (
    Lengths,
    Padding,
    as_array,
    check_array,
    check_flag,
    check_int,
    check_pair,
    shown,
    without_warnings,
)
from cnnlab.geometry import Axis, check_window

__all__ = ["wires_of", "wiring"]

_MOST_WIRES = 2**22  # in one table: about 200 MB
_NEGLIGIBLE = 1e-9  # relative to the greatest weight or answer: the error of rounding or of an FFT
_NEGLIGIBLE_32 = 2e-6  # the same for float32 answers
_BENT = 1e-3  # relative to the steepest slope: up and down slopes differ by more only at a tie


@dataclass(frozen=True)
class Wiring:
    """The wires of one plane, one per row: int arrays ``output``, ``input`` and ``tap`` of shape (n, 2).

    A wire from the padding has the input ``(-1, -1)``. Rows are in raster order of the output cell, then of the tap.
    """

    output: np.ndarray
    input: np.ndarray
    tap: np.ndarray


def window_cells(axis: Axis) -> np.ndarray:
    """Return the cell under each tap of each window, counted from the first padding cell: ints (out, kernel).

    Parameters
    ----------
    axis : Axis
        A checked axis, from :func:`cnnlab.geometry.check_axis`.

    Examples
    --------
    >>> from cnnlab.geometry import check_axis
    >>> window_cells(check_axis(3, 2, stride=2, padding=1))
    array([[0, 1],
           [2, 3]])
    """
    return np.add.outer(np.arange(axis.out) * axis.stride, np.arange(axis.kernel) * axis.dilation)


def wiring(
    size: Lengths, kernel: Lengths, *, stride: Lengths = 1, padding: Padding = 0, dilation: Lengths = 1
) -> Wiring:
    """Return the table of wires ``i = o * stride + t * dilation - padding`` of a convolution or pooling.

    Parameters
    ----------
    size : int or (int, int)
        The input plane (H, W), in cells.
    kernel, stride, dilation : int or (int, int)
        In cells, for rows and columns.
    padding : int, (int, int), ((top, bottom), (left, right)), "same" or "valid"
        In cells.

    Returns
    -------
    Wiring
        One row for each output cell and tap; the input is (-1, -1) on padding.

    Raises
    ------
    TypeError, ValueError
        As :func:`cnnlab.output_size`; also if there would be more than 4 million wires.

    Notes
    -----
    Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning" (2016), section 4.1.

    Examples
    --------
    The whole forward pass, as a sum over the wires of each output cell:

    >>> import numpy as np
    >>> x, w = np.arange(9.0).reshape(3, 3), np.array([[0.0, 1.0], [2.0, 3.0]])
    >>> wires = wiring(3, 2)
    >>> y = np.zeros((2, 2))
    >>> np.add.at(y, tuple(wires.output.T), x[tuple(wires.input.T)] * w[tuple(wires.tap.T)])
    >>> y
    array([[19., 25.],
           [37., 43.]])
    """
    shape = check_pair("size", size, 1)
    axes = check_window(shape, kernel, stride=stride, padding=padding, dilation=dilation)
    wires = prod(axis.out * axis.kernel for axis in axes)
    if wires > _MOST_WIRES:
        raise ValueError(f"size ({shape[0]}, {shape[1]}) must make at most {_MOST_WIRES:,} wires (it makes {wires:,})")
    cells = np.indices([*(axis.out for axis in axes), *(axis.kernel for axis in axes)]).reshape(4, -1).T
    output, tap = cells[:, :2], cells[:, 2:]
    steps, apart, before = np.array([(axis.stride, axis.dilation, axis.before) for axis in axes]).T
    source = output * steps + tap * apart - before
    source[((source < 0) | (source >= shape)).any(axis=1)] = -1
    return Wiring(output, source, tap)


def cells_per_window(axis: Axis, *, count_padding: bool = False) -> np.ndarray:
    """Return how many cells of the input, or of the padded input, each window holds: ints (out,).

    Examples
    --------
    >>> from cnnlab.geometry import check_axis
    >>> cells_per_window(check_axis(5, 3, stride=2, padding=1))
    array([2, 3, 2])
    """
    cells = window_cells(axis)
    first, end = (0, axis.padded) if count_padding else (axis.before, axis.before + axis.size)
    return ((cells >= first) & (cells < end)).sum(axis=1)


# --- the wires of any function ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Wires:
    """The wires of a function, as :func:`wires_of` finds them.

    Attributes
    ----------
    shape : tuple of int
        The shape of the function's result.
    cells : int array (n, 1 + number of arrays)
        One row per wire, in raster order: the output cell, then the cell read in each array, as flat indices.
    weights : float array (n,)
        The factor of each wire.
    exact : bool
        Whether the function is exactly the sum over these wires of the weight times the cells read.
    shapes : tuple of tuple of int
        The shape of each array.
    """

    shape: tuple[int, ...]
    cells: np.ndarray
    weights: np.ndarray
    exact: bool
    shapes: tuple[tuple[int, ...], ...]

    def indices(self, k: int) -> tuple[tuple[int, ...], ...]:
        """Return the cells of wire ``k`` as index tuples: the output's, then one for each array."""
        ends = zip(self.cells[k], (self.shape, *self.shapes), strict=True)
        return tuple(tuple(map(int, np.unravel_index(cell, shape))) for cell, shape in ends)

    def sums(self, *arrays: np.ndarray) -> np.ndarray:
        """Return for each output the sum over its wires of the weight times the cells read in ``arrays``."""
        products = self.weights.copy()
        for array, cells in zip(arrays, self.cells.T[1:], strict=True):
            products *= array.ravel()[cells]
        return np.bincount(self.cells[:, 0], products, prod(self.shape)).reshape(self.shape)


@without_warnings
def wires_of(
    function: Callable,
    /,
    *arrays: ArrayLike,
    result: Any = None,
    picks: bool = False,
    most_calls: int = 2_000,
    **settings: Any,
) -> Wires:
    """Return the wires of a function that is a sum over products of one cell of each array, however it is implemented.

    Such a function is linear in each array: ``y[o]`` is the sum of ``weight * a[i] * b[t]`` over the wires of ``o``. If
    ``a`` is 0 except for a 1 at ``i``, and ``b`` except for a 1 at ``t``, the result contains exactly the weights of
    the wires through ``i`` and ``t``. Trying every pair gives all wires. (If no two wires of ``t`` lead to the same
    output, as in most functions, two calls are enough for ``t``: one with all of ``a`` 1, one with each cell holding
    its own number. That is tried first.) Three random inputs then check that the wires describe the whole function.

    Parameters
    ----------
    function : callable
        Called as ``function(*arrays, **settings)``. It may return an array, a number, or nested lists.
    *arrays : array-like
        The arguments that vary, of any shape; only their shapes matter, unless ``picks``. The function gets float64
        copies, and may change them.
    result : int or str, optional
        Which of several results to use: its index in a tuple or list, or its key in a dict.
    picks : bool
        Each output follows one cell of the only array, as in max pooling and ReLU. A nudge of each cell,
        up and down, shows which outputs follow it at the numbers given. An output at a tie (a maximum that two cells
        hold, ReLU at 0) has no wires.
    most_calls : int
        How many inputs may be tried; a few more calls look at the function first.
    **settings
        Passed on to the function; arrays are copied. A setting with the name of a parameter above can be bound with
        :class:`functools.partial`.

    Returns
    -------
    Wires
        ``exact`` is False, and there are no wires, if the function is not linear in each array (or picks no cell).
        Weights below 1e-9 of the greatest are ignored; results may differ by 1e-9 of the greatest (2e-6 in float32).

    Raises
    ------
    TypeError, ValueError
        If there is no array, or several for a function that picks; if a result is not one array of real numbers, or its
        shape varies; if more calls than ``most_calls`` are needed. Errors raised by the function propagate.

    Notes
    -----
    Source: a multilinear map is determined by its values on the basis vectors (any text on linear algebra).

    Examples
    --------
    A convolution from numpy; each output reads two cells:

    >>> import numpy as np
    >>> wires = wires_of(np.correlate, np.zeros(3), np.zeros(2), mode="valid")
    >>> wires.exact, wires.shape, wires.cells.tolist()
    (True, (2,), [[0, 0, 0], [0, 1, 1], [1, 1, 0], [1, 2, 1]])
    >>> wires.indices(3)
    ((1,), (2,), (1,))
    >>> wires_of(np.maximum.reduce, np.array([3, 8, 5]), picks=True).cells.tolist()
    [[0, 1]]
    """
    given = [check_array(f"arrays[{at}]", array).astype(np.float64) for at, array in enumerate(arrays)]
    if not given or (check_flag("picks", picks) and len(given) > 1):
        raise ValueError(f"arrays ({len(given)}) must be one or more, and one for a function that picks")
    first, *others = given
    seen: list[tuple[int, ...]] = []

    def answer(*inputs: np.ndarray) -> np.ndarray:
        copies = {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in settings.items()}
        found = _one_result(function(*(array.copy() for array in inputs), **copies), result)
        seen.append(found.shape)
        if found.shape != seen[0]:
            raise ValueError(f"the answer (shape {found.shape}) must keep its shape (it was {seen[0]})")
        return found.ravel()

    rng = np.random.default_rng(0)
    parts = 8, 1, 64  # these scales are exact in float32
    samples = [given] if picks else [[rng.integers(-32, 33, array.shape) / part for array in given] for part in parts]
    expected = np.stack([answer(*sample) for sample in samples])
    room = _NEGLIGIBLE_32 if np.array_equal(expected, expected.astype(np.float32)) else _NEGLIGIBLE

    def by_number() -> Iterator[tuple]:
        """Yield the wires if each output has at most one: the ratio of two results is the cell's number."""
        numbers = np.arange(first.size).reshape(first.shape)
        for taps in np.ndindex(*(array.size for array in others)):
            units = list(map(_unit, others, taps))
            weights, numbered = answer(np.ones(first.shape), *units), answer(numbers, *units)
            yield np.nan_to_num(numbered / weights).round().clip(0, first.size - 1), *taps, weights

    def each_cell() -> Iterator[tuple]:
        """Yield the weights of the outputs that are reached from each cell together with one of each other array."""
        for cells in np.ndindex(*(array.size for array in given)):
            yield *cells, answer(*map(_unit, given, cells))

    pairs = prod(array.size for array in others)
    ways = [(by_number, 2 * pairs)] * bool(others) + [(each_cell, first.size * pairs)]
    for way, calls in [(partial(_slopes, first, answer), 2 * first.size)] if picks else ways:
        if calls > check_int("most_calls", most_calls, 1):
            raise ValueError(f"most_calls ({most_calls:,}) must be at least {calls:,} for arrays of these shapes")
        outputs = np.arange(expected.shape[1])
        tables = (np.stack(np.broadcast_arrays(outputs, *columns), axis=1) for columns in way())
        found = np.concatenate([table[table[:, -1] != 0] for table in tables])
        weights, finite = np.abs(found[:, -1]), np.isfinite(found[:, -1])
        tied = np.unique(found[np.isnan(weights) & picks, 0]).astype(int)
        negligible = weights <= room * weights[finite].max(initial=0)
        found = found[~negligible & ~np.isin(found[:, 0], tied)]
        found = found[np.lexsort(found.T[-2::-1])]
        wires = Wires(seen[0], found[:, :-1].astype(int), found[:, -1], True, tuple(array.shape for array in given))
        sums = np.stack([wires.sums(*sample).ravel() for sample in samples])
        sums[:, tied] = expected[:, tied]
        least = room * np.abs(expected).max(axis=1, initial=0, keepdims=True)
        if (np.abs(sums - expected) <= least).all():
            return wires
    return replace(wires, cells=wires.cells[:0], weights=wires.weights[:0], exact=False)


def _unit(array: np.ndarray, cell: int) -> np.ndarray:
    """Return an array of 0 with a 1 in one cell, by its flat index."""
    return np.eye(1, array.size, cell).reshape(array.shape)


def _one_result(found: Any, result: Any) -> np.ndarray:
    """Return the result to use as a new float64 array."""
    if result is None and isinstance(found, tuple | dict):
        raise ValueError(f"result (None) must say which of the {len(found)} results is meant")
    if result is not None:
        try:
            found = (found if isinstance(found, tuple | list | dict) else {})[result]
        except (LookupError, TypeError):
            raise ValueError(f"result ({result!r}) must be a place or a key in the answer ({shown(found)})") from None
    array = as_array("the answer", found)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"the answer ({shown(found)}) must be an array of real numbers")
    if array.size > _MOST_WIRES:
        raise ValueError(f"the answer (shape {array.shape}) must have at most {_MOST_WIRES:,} cells")
    return array.astype(np.float64)


def _slopes(x: np.ndarray, answer: Callable) -> Iterator[tuple]:
    """Yield each cell of x, and the slope of each output along it: NaN at a tie, inf if it does not pick a cell of x.

    A nudge below a quarter of the smallest gap, including the gap to 0, lets no cell overtake another.
    """
    rounded = x.astype(np.float32).astype(np.float64)
    if _levels(rounded).size == _levels(x).size:
        x = rounded  # same order, and nudges are exact in float32 too
    step = 2.0 ** np.floor(np.log2(np.diff(_levels(x)).min(initial=1.0) / 4))
    y = answer(x)
    for cell, at in enumerate(x.ravel()):
        nudge = step * _unit(x, cell)
        up, down = (answer(x + nudge) - y) / (at + step - at), (y - answer(x - nudge)) / (at - (at - step))
        steeper = np.where(np.abs(up) > np.abs(down), up, down)
        bent = np.abs(up - down) > _BENT * np.abs(steeper).max(initial=0)
        yield cell, np.where(bent, np.where(np.isclose(steeper * at, y), np.nan, np.inf), up)


def _levels(x: np.ndarray) -> np.ndarray:
    """Return 0 and the finite numbers of x, each once, in order."""
    return np.unique(np.append(x[np.isfinite(x)], 0.0))
