"""The table of wires, against wires laid one by one, and what is read from it."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from strategies import axes, planes

from cnnlab.geometry import check_axis, check_window
from cnnlab.pooling import _share_out, _under_taps
from cnnlab.wiring import cells_per_window, window_cells, wiring


def test_the_wires_of_two_windows_on_a_row_of_three_cells():
    wires = wiring((1, 3), (1, 2), padding=((0, 0), (1, 0)), stride=2)
    assert_array_equal(wires.output, [[0, 0], [0, 0], [0, 1], [0, 1]])
    assert_array_equal(wires.tap, [[0, 0], [0, 1], [0, 0], [0, 1]])
    assert_array_equal(wires.input, [[-1, -1], [0, 0], [0, 1], [0, 2]])


def test_without_settings_a_window_moves_cell_by_cell_and_reads_no_padding():
    wires = wiring(3, 2)
    assert_array_equal(wires.output[::4], [[0, 0], [0, 1], [1, 0], [1, 1]])
    assert_array_equal(wires.input, wires.output + wires.tap)


@given(planes())
def test_every_window_has_a_wire_for_each_tap_in_reading_order(plane):
    rows, columns = check_window(
        plane["size"], plane["kernel"], **{k: plane[k] for k in ("stride", "padding", "dilation")}
    )
    expected = []
    for i, j, p, q in product(*map(range, (rows.out, columns.out, rows.kernel, columns.kernel))):
        row, column = i * rows.stride + p * rows.dilation, j * columns.stride + q * columns.dilation
        row, column = row - rows.before, column - columns.before
        inside = 0 <= row < rows.size and 0 <= column < columns.size
        expected.append(((i, j), (row, column) if inside else (-1, -1), (p, q)))
    wires = wiring(**plane)
    assert_array_equal(wires.output, [output for output, _, _ in expected])
    assert_array_equal(wires.input, [cell for _, cell, _ in expected])
    assert_array_equal(wires.tap, [tap for _, _, tap in expected])


def laid(axis):
    """Return the wires along an axis, laid one by one: the outputs, the inputs (-1 on padding), and the taps."""
    wires = []
    for o, t in product(range(axis.out), range(axis.kernel)):
        cell = o * axis.stride + t * axis.dilation - axis.before
        wires.append((o, cell if 0 <= cell < axis.size else -1, t))
    return np.transpose(wires)


@given(axes(), st.booleans())
def test_the_cells_of_a_window_count_from_the_padding(settings, ceil_mode):
    axis = check_axis(**settings, ceil_mode=ceil_mode)
    numbered = [-1] * axis.before + list(range(axis.size)) + [-1] * axis.far
    cells = window_cells(axis)
    assert cells.shape == (axis.out, axis.kernel)
    assert_array_equal(np.array(numbered)[cells].ravel(), laid(axis)[1])


@given(axes(), st.booleans())
def test_each_tap_has_as_slices_its_wires_from_the_input(settings, ceil_mode):
    axis = check_axis(**settings, ceil_mode=ceil_mode)
    output, source, tap = laid(axis)
    for number, (outputs, inputs) in zip(range(axis.kernel), axis.wires, strict=True):
        of_tap = (tap == number) & (source >= 0)
        assert_array_equal(np.arange(axis.out)[outputs], output[of_tap])
        assert_array_equal(np.arange(axis.size)[inputs], source[of_tap])


@given(axes(), st.booleans())
def test_the_cells_of_a_window_are_counted_with_or_without_padding(settings, ceil_mode):
    axis = check_axis(**settings, ceil_mode=ceil_mode)
    for count_padding in (False, True):
        begin, end = (0, axis.padded) if count_padding else (axis.before, axis.before + axis.size)
        starts = range(0, axis.out * axis.stride, axis.stride)
        windows = [range(start, start + axis.extent, axis.dilation) for start in starts]
        expected = [sum(begin <= cell < end for cell in window) for window in windows]
        assert_array_equal(cells_per_window(axis, count_padding=count_padding), expected)


def test_a_window_that_hangs_over_counts_no_cell_beyond_the_padding():
    axis = check_axis(4, 3, stride=2, padding=(0, 1), ceil_mode=True)
    assert_array_equal(cells_per_window(axis), [3, 2])
    assert_array_equal(cells_per_window(axis, count_padding=True), [3, 3])
    axis = check_axis(4, 3, stride=3, padding=(0, 1), ceil_mode=True)
    assert_array_equal(cells_per_window(axis), [3, 1])
    assert_array_equal(cells_per_window(axis, count_padding=True), [3, 2])


@pytest.mark.parametrize(
    ("arguments", "settings", "error", "message"),
    [
        ((3, 5), {}, ValueError, "kernel (5) must fit in the padded input (3 + 2*0 = 3)"),
        (((3, 0), 1), {}, ValueError, "size (0) must be at least 1"),
        (((3, 3, 3), 1), {}, ValueError, "size ((3, 3, 3)) must be an int or a pair (h, w)"),
        ((3, 2), {"stride": 0.5}, TypeError, "stride (0.5) must be an int"),
        (
            ((4096, 2048), 1),
            {},
            ValueError,
            "size (4096, 2048) must make at most 4,194,304 wires (it makes 8,388,608)",
        ),
    ],
)
def test_wiring_names_what_is_wrong(arguments, settings, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        wiring(*arguments, **settings)


# --- the loop over taps -------------------------------------------------------------------------------------------


def row(cells, dim):
    """Return a row of cells along one of three dimensions, with two different ones beside it in each of the others."""
    weights = np.arange(1, 5).reshape(2, 2, 1)
    return np.moveaxis(weights * np.asarray(cells, float), -1, dim)


each_dim = pytest.mark.parametrize("dim", [-2, -1])


@each_dim
@given(axes(), st.booleans())
def test_under_the_taps_are_the_cells_of_the_wires_and_the_fill_on_padding(dim, settings, ceil_mode):
    axis = check_axis(**settings, ceil_mode=ceil_mode)
    (_, source, _), cells = laid(axis), np.arange(1.0, axis.size + 1)
    expected = np.where(source >= 0, cells[source], -9).reshape(axis.out, axis.kernel).T
    seen = _under_taps(row(cells, dim), axis, dim, -9)
    for tap in range(axis.kernel):
        inside = expected[tap] != -9
        assert_array_equal(seen[tap], np.where(row(inside, dim), row(expected[tap], dim), -9))


@each_dim
@given(axes())
def test_what_a_window_has_is_added_to_each_of_its_cells(dim, settings):
    axis = check_axis(**settings)
    (output, source, _), shares = laid(axis), np.arange(1.0, axis.out + 1)
    expected, inside = np.zeros(axis.size), source >= 0
    np.add.at(expected, source[inside], shares[output[inside]])
    dx = np.zeros_like(row(expected, dim))
    _share_out(row(shares, dim), axis, dim, dx)
    assert_array_equal(dx, row(expected, dim))


@given(axes(), st.integers(1, 4))
def test_the_windows_of_the_parts_are_those_of_the_axis(settings, most):
    axis = check_axis(**settings)
    seen = []
    for first in range(0, axis.out, most):
        outputs = slice(first, min(first + most, axis.out))
        inputs, part = axis.part(outputs)
        assert part.out == outputs.stop - outputs.start
        output, source, tap = laid(part)
        numbered = np.append(np.arange(axis.size)[inputs], -1)
        seen += zip(output + outputs.start, numbered[source], tap, strict=True)
    assert seen == [*zip(*laid(axis), strict=True)]
