"""Compare the wires of a learner's function with the right ones, on one input of an exercise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import product

import numpy as np

from cnnlab.course.exercises._compare import TOLERANCE, differing
from cnnlab.course.exercises._feedback import cell_name
from cnnlab.course.exercises._guarded_call import quiet, thread_time
from cnnlab.course.exercises._runner import ask
from cnnlab.lab.scenes import wires_by
from cnnlab.wiring import Wires

_SECONDS = 1.0  # the time limit for finding the wires of one sum

Index = tuple[int, ...]


@dataclass(frozen=True)
class Table:
    """The wires from some arguments to a result that a function has, or should have; in raster order."""

    result: str
    arrays: tuple[str, ...]  # the arguments that vary
    note: str = ""  # why wires are missing from the table
    wires: Wires | None = None  # with the function's weights: 0 where it lacks the wire
    right: np.ndarray | None = None  # the right weights: 0 where it should have no wire

    @cached_property
    def wrong(self):
        """The wires whose weight is not the right one, each with both weights."""
        pairs = zip(self.wires.weights, self.right, strict=True) if self.wires else ()
        return [(self.wires.indices(k), own, right) for k, (own, right) in enumerate(pairs) if own != right]


@dataclass(frozen=True)
class Explored:
    """What a function does with one input; if it returns no numbers, ``said`` says why."""

    said: str = ""
    code: str = ""  # the line of the function that raised an error
    got: Mapping[str, np.ndarray] = field(default_factory=dict)  # the results by name
    wanted: Mapping[str, np.ndarray] = field(default_factory=dict)
    tables: Sequence[Table] = ()

    @cached_property
    def told(self):
        """What is wrong at each cell of each result: a wire, or else its number; empty if it is right."""
        told: dict[str, dict[Index, str]] = {table.result: {} for table in self.tables}
        for result, said in told.items():
            tables = [table for table in self.tables if table.result == result]
            got, wanted = self.got[result], self.wanted[result]
            for cell, is_wrong in np.ndenumerate(differing(got, wanted)):
                found = [_wrong_wire(table, cell) for table in tables]
                if is_wrong:
                    found.append(f"{cell_name(result, cell)} is {got[cell]:.4g}; right is {wanted[cell]:.4g}.")
                said[cell] = next(filter(None, found), "")
        return told

    @property
    def held(self):
        """The first result and cell with a wrong wire or number."""
        return next(((name, cell) for name, said in self.told.items() for cell, text in said.items() if text), None)

    @property
    def missing(self):
        """The wires that the function lacks."""
        return [ends for table in self.tables for ends, own, _ in table.wrong if not own]

    @property
    def extra(self):
        """The wires that it should not have."""
        return [ends for table in self.tables for ends, _, right in table.wrong if not right]


def explored(exercise, function, arguments):
    """Return the results and the wires of a function on one input of an exercise that has ``wires``.

    Examples
    --------
    >>> from cnnlab.course.exercises import conv2d
    >>> x, w = np.arange(6.0).reshape(2, 3), np.array([[1.0, 2.0]])
    >>> seen = explored(conv2d, lambda x, w: conv2d.sample(x, w[:, ::-1]), (x, w))
    >>> seen.held, seen.told["y"][0, 0], len(seen.missing), seen.extra[0]
    (('y', (0, 0)), 'y[0, 0] reads x[0, 0] through w[0, 1]; right is w[0, 0].', 8, ((0, 0), (0, 0), (0, 1)))
    """
    with quiet():
        right = ask(exercise, exercise.right, arguments)
        answer = ask(exercise, function, arguments, right)
        if answer.problem:
            return Explored(answer.problem, answer.line)
        given = dict(zip(exercise.arguments, arguments, strict=True))
        tables = tuple(_tables(exercise, function, given, answer, right))
    return Explored("", "", answer.parts, right.parts, tables)


def _tables(exercise, function, given, answer, right):
    """Yield the tables of each result; an addend has a table of its own, separate from that of the products."""
    for result, sums in exercise.sums.items():
        if result in exercise.picks:
            ((picked,),), winners = sums, exercise.picks[result]
            both = [_picked(given[picked], one.parts[winners]) for one in (right, answer)]
            is_whole = len(both[1].cells) == answer.parts[result].size
            note = "" if is_whole else f"{winners} holds numbers that are no place in {picked}."
            yield replace(_compared(result, (picked,), *both), note=note)
            continue
        functions = [partial(_answer, exercise, result, *one) for one in ((exercise.right, None), (function, right))]
        for factors in sums:
            try:
                both = [wires_by(one, given, factors, sums, seconds=_SECONDS, clock=thread_time) for one in functions]
            except ValueError as error:
                why = "to find them takes too many calls." if "most_calls" in str(error) else error
                yield Table(result, factors, f"No wires by {' and '.join(factors)}: {why}")
                continue
            not_linear = Table(result, factors, f"{result} is not linear in {' and in '.join(factors)}: no wires.")
            yield _compared(result, factors, *both) if both[1].exact else not_linear


def _answer(exercise, result, function, right, given):
    """Return one result of a function; a ValueError says what went wrong."""
    answer = ask(exercise, function, tuple(given.values()), right)
    if answer.problem:
        raise ValueError(answer.problem)
    return answer.parts[result]


def _picked(x, winners):
    """Return a wire from each winner that is a place in x."""
    inside = np.flatnonzero(np.isin(winners, np.arange(x.size)))
    cells = np.column_stack([inside, winners.ravel()[inside]]).astype(int)
    return Wires(winners.shape, cells, np.ones(len(cells)), True, (x.shape,))


def _compared(result, arrays, ours, theirs):
    cells, rows = np.unique(np.concatenate([ours.cells, theirs.cells]), axis=0, return_inverse=True)
    sides = zip(np.split(rows.ravel(), [len(ours.cells)]), (ours, theirs), strict=True)
    right, own = (np.bincount(at, one.weights, len(cells)) for at, one in sides)
    room = TOLERANCE * np.abs([right, own]).max(initial=0)
    right = np.where(abs(own - right) > room, right, own)
    return Table(result, arrays, "", replace(theirs, cells=cells, weights=own), right)


def _wrong_wire(table, output):
    """Return a sentence on a wrong wire of an output cell, if possible beside a missing one that shares an end."""
    wrong = [(ends[1:], own, right) for ends, own, right in table.wrong if ends[0] == output]
    if not wrong:
        return ""
    cell, joint = cell_name(table.result, output), " through " if table.arrays[-1].startswith("w") else " with "
    missing, extra = ([wire[0] for wire in wrong if not wire[side]] for side in (1, 2))
    for one, at, other in product(extra, reversed(range(len(table.arrays))), missing):
        if one[:at] + one[at + 1 :] == other[:at] + other[at + 1 :]:
            read = joint.join(map(cell_name, table.arrays, one))
            return f"{cell} reads {read}; right is {cell_name(table.arrays[at], other[at])}."
    ends, own, right = min(wrong, key=lambda wire: (wire[2] != 0, wire[1] != 0))  # too many, then missing
    read = joint.join(map(cell_name, table.arrays, ends))
    if not right:
        return f"{cell} reads {read}, which it should not."
    return f"{cell} takes {read} times {own:.4g}; right is {right:.4g}." if own else f"{cell} does not read {read}."
