"""The wires of a scene, one by one, as the tests expand them from :func:`cnnlab.wiring.wiring`.

A pooling's wires carry shares, which are found here window by window; a convolution's go through taps.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from cnnlab.geometry import Axis
from cnnlab.wiring import wiring


@dataclass(frozen=True)
class Wire:
    """One wire between cells (plane, row, column) of the panels; ``share`` is what a pooling's wire carries."""

    output: tuple[int, int, int]
    input: tuple[int, int, int]
    tap: tuple[int, int, int]
    share: float | None = None

    @property
    def part(self) -> tuple[int, int, int]:
        """The cell of the partial map, one for each channel of each filter, that the wire adds to."""
        return self.tap[0], *self.output[1:]


def plane_wires(axes: tuple[Axis, Axis]) -> list[tuple[tuple[int, int], ...]]:
    """Return the ends (output, padded input, tap) of each wire of a plane, the input checked against the table's."""
    sides = [(axis.before, axis.after + axis.overhang) for axis in axes]
    lengths = {name: tuple(getattr(axis, name) for axis in axes) for name in ("kernel", "stride", "dilation")}
    table = wiring(tuple(axis.size for axis in axes), **lengths, padding=sides)
    padded = table.output * lengths["stride"] + table.tap * lengths["dilation"]
    source = padded - [axis.before for axis in axes]
    inside = ((source >= 0) & (source < [axis.size for axis in axes])).all(axis=1)
    np.testing.assert_array_equal(table.input, np.where(inside[:, None], source, -1))
    return list(zip(*(map(tuple, ends.tolist()) for ends in (table.output, padded, table.tap)), strict=True))


def convolution_wires(axes, channels: int, filters: int, groups: int, *, turned: bool = False) -> list[Wire]:
    """Expand the wires of a plane over filters and the channels of their group."""
    deep, wide, wires = channels // groups, filters // groups, []
    for output, source, (row, column) in plane_wires(axes):
        tap = (axes[0].kernel - 1 - row, axes[1].kernel - 1 - column) if turned else (row, column)
        for f in range(filters):
            for k in range(deep):
                wires.append(Wire((f, *output), (f // wide * deep + k, *source), (f * deep + k, *tap)))
    return wires


def pool_wires(axes, xp: np.ndarray, share) -> list[Wire]:
    """Give each wire of each channel its share: ``share(values, cells)`` returns those of one window."""
    windows = defaultdict(list)
    for output, source, tap in plane_wires(axes):
        windows[output].append((source, tap))
    wires = []
    for plane in range(len(xp)):
        for output, ends in windows.items():
            cells = [source for source, _ in ends]
            shares = share([xp[plane][cell] for cell in cells], cells)
            for (source, tap), part in zip(ends, shares, strict=True):
                wires.append(Wire((plane, *output), (plane, *source), (0, *tap), part))
    return wires


def first_wins(values, _cells):
    return [float(k == values.index(max(values))) for k in range(len(values))]


def all_win(values, _cells):
    return [float(value == max(values)) for value in values]


def winners_divide(values, cells):
    winners = all_win(values, cells)
    return [won / sum(winners) for won in winners]


def even_shares(axes, count_include_pad: bool):
    """Return the rule of mean pooling: 1 / count for what counts, never for what hangs over the padded input."""

    def counts(cell):
        inside = (axis.before <= place < axis.before + axis.size for axis, place in zip(axes, cell, strict=True))
        padded = (place < axis.padded for axis, place in zip(axes, cell, strict=True))
        return all(padded if count_include_pad else inside)

    return lambda _values, cells: [counts(cell) / sum(map(counts, cells)) for cell in cells]


def gathered(wires: list[Wire], shape, end: str, value) -> np.ndarray:
    """Return an array with, in each cell, the sum of ``value(wire)`` over its wires."""
    sums = np.zeros(shape)
    for wire in wires:
        sums[getattr(wire, end)] += value(wire)
    return sums
