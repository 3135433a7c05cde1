"""Compare the wires of a learner's function with the right ones, on one input of an exercise."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod

import numpy as np

from cnnlab.course.exercises._compare import TOLERANCE, differing
from cnnlab.course.exercises._guarded_call import LIMIT, quiet, thread_time
from cnnlab.course.exercises._runner import ask, in_the_other_form
from cnnlab.lab.scenes import MOST_CALLS
from cnnlab.wiring import Wires, wires_of

_SECONDS = 1.0  # the time limit for finding the wires of one result

Index = tuple[int, ...]
Ends = tuple[Index, ...]  # of a wire: the output cell, then the cell read in each array


@dataclass(frozen=True)
class Table:
    """The wires from some arguments to a result: the exercise's and the function's; lists are in raster order."""

    result: str
    arrays: tuple[str, ...]  # the arguments that vary
    ours: Wires | None = None
    theirs: Wires | None = None
    note: str = ""  # why wires are missing from the table
    missing: Sequence[Ends] = ()
    extra: Sequence[Ends] = ()
    # for wires that both have: the function's weight, and the right one
    weighted: Mapping[Ends, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Explored:
    """What a function does with one input; if it returns no numbers, ``said`` says why."""

    said: str = ""
    code: str = ""  # the line of the function that raised an error
    got: Mapping[str, np.ndarray] = field(default_factory=dict)  # the results by name
    wanted: Mapping[str, np.ndarray] = field(default_factory=dict)
    tables: Sequence[Table] = ()
    held: tuple[str, Index] | None = None  # the first result and cell with a wrong wire, or else a wrong number

    @property
    def sentence(self) -> str:
        """What is wrong at the selected cell."""
        return self.said_of(*self.held) if self.held else ""

    def said_of(self, result: str, cell: Index) -> str:
        """Return what is wrong at a cell of a result: a wire, or else its number; empty if it is right."""
        found = (_wrong_wire(table, cell) for table in self.tables if table.result == result)
        got, wanted = self.got[result][cell], self.wanted[result]
        wrong = differing(self.got[result], wanted)[cell]
        numbers = f"{cell_name(result, cell)} is {got:.4g}; right is {wanted[cell]:.4g}." if wrong else ""
        return next(filter(None, found), numbers)

    @property
    def missing(self) -> list[Ends]:
        """The wires that the function lacks."""
        return [wire for table in self.tables for wire in table.missing]

    @property
    def extra(self) -> list[Ends]:
        """The wires that it should not have."""
        return [wire for table in self.tables for wire in table.extra]


def explored(exercise, function, arguments: tuple) -> Explored:
    """Return the results and the wires of a function on one input of an exercise that has ``wires``.

    Examples
    --------
    >>> from cnnlab.course.exercises import conv2d
    >>> x, w = np.arange(6.0).reshape(2, 3), np.array([[1.0, 2.0]])
    >>> seen = explored(conv2d, lambda x, w: conv2d.sample(x, w[:, ::-1]), (x, w))
    >>> seen.sentence, seen.held, len(seen.missing), seen.extra[0]
    ('y[0, 0] reads x[0, 0] through w[0, 1]; right is w[0, 0].', ('y', (0, 0)), 8, ((0, 0), (0, 0), (0, 1)))
    """
    with quiet():
        answer, right = ask(exercise, function, arguments), ask(exercise, exercise.right, arguments, seconds=None)
        if answer.trouble and answer.trouble.error:
            other = ask(exercise, in_the_other_form(function), arguments)
            if other.parts and all(other.parts[name].shape == part.shape for name, part in right.parts.items()):
                function, answer = in_the_other_form(function), other
        if answer.parts is None:
            return Explored(answer.problem, answer.trouble.line if answer.trouble else "")
        got, wanted = answer.parts, right.parts
        for name, array in wanted.items():
            if got[name].shape != array.shape:
                return Explored(f"{name} has shape {got[name].shape}; {array.shape} is expected.")
        given = dict(zip(exercise.arguments, arguments, strict=True))
        tables = tuple(_tables(exercise, function, given, got, wanted))
    for name in exercise.wires:
        own = [table for table in tables if table.result == name]
        wires = [wire[0] for table in own for wire in (*table.missing, *table.extra, *table.weighted)]
        cells = wires or [tuple(map(int, cell)) for cell in np.argwhere(differing(got[name], wanted[name]))]
        if cells:
            return Explored("", "", got, wanted, tables, (name, min(cells)))
    return Explored("", "", got, wanted, tables)


def _tables(exercise, function, given: dict, got: dict, wanted: dict) -> Iterator[Table]:
    """Yield the tables of each result; an addend has a table of its own, separate from that of the products."""
    for result, arrays in exercise.wires.items():
        if result in exercise.picks:
            winners = exercise.picks[result]
            both = [_picked(given[arrays[0]], parts[winners]) for parts in (wanted, got)]
            note = "" if len(both[1].cells) == got[result].size else f"{winners} holds numbers that are no place in x."
            yield _compared(result, arrays, *both, note)
            continue
        addend = exercise.addends.get(result)
        for varied, others in ((arrays, (addend,)), ((addend,), arrays)) if addend else ((arrays, ()),):
            held = given | {name: np.zeros_like(given[name]) for name in others}
            try:
                ours = _wires(exercise, exercise.right, result, varied, held, None)
                theirs = _wires(exercise, function, result, varied, held, LIMIT)
            except ValueError as error:
                why = "to find them takes too many calls." if "most_calls" in str(error) else error
                yield Table(result, varied, note=f"No wires by {' and '.join(varied)}: {why}")
                continue
            if theirs.exact:
                yield _compared(result, varied, ours, theirs)
            else:
                note = f"{result} is not linear in {' and in '.join(varied)}: no wires."
                yield Table(result, varied, ours, note=note)


def _wires(exercise, function, result: str, varied: tuple[str, ...], held: dict, seconds: float | None) -> Wires:
    """Return the wires from some arguments to a result, the others fixed; a ValueError says what went wrong."""
    begin = thread_time()

    def one_result(*arrays):
        inputs = held | dict(zip(varied, arrays, strict=True))
        answer = ask(exercise, function, tuple(inputs.values()), seconds=seconds)
        if answer.parts is None:
            raise ValueError(answer.problem)
        if thread_time() - begin > _SECONDS:
            raise ValueError(f"It was stopped after {_SECONDS:g} seconds.")
        return answer.parts[result]

    return wires_of(one_result, *(held[name] for name in varied), most_calls=MOST_CALLS)


def _picked(x: np.ndarray, winners: np.ndarray) -> Wires:
    """Return a wire from each winner that is a valid place in its plane of x."""
    plane = prod(x.shape[-2:])
    planes = np.arange(winners.size) // prod(winners.shape[-2:])
    inside = np.flatnonzero((winners.ravel() >= 0) & (winners.ravel() < plane) & (winners.ravel() % 1 == 0))
    cells = np.column_stack([inside, (planes * plane + winners.ravel())[inside]]).astype(int)
    return Wires(winners.shape, cells, np.ones(len(cells)), True, (x.shape,))


def _compared(result: str, arrays: tuple[str, ...], ours: Wires, theirs: Wires, note: str = "") -> Table:
    right, other = ({one.indices(k): weight for k, weight in enumerate(one.weights)} for one in (ours, theirs))
    room = TOLERANCE * max(map(abs, (*right.values(), *other.values())), default=0)
    wrong = sorted(ends for ends in right | other if abs(right.get(ends, 0) - other.get(ends, 0)) > room)
    missing, extra = ([ends for ends in wrong if ends not in has] for has in (other, right))
    weighted = {ends: (float(other[ends]), float(right[ends])) for ends in wrong if ends in right and ends in other}
    return Table(result, arrays, ours, theirs, note, missing, extra, weighted)


def cell_name(name: str, index: Index) -> str:
    return f"{name}[{', '.join(map(str, index))}]"


def _wrong_wire(table: Table, output: Index) -> str:
    """Return a sentence on a wrong wire of an output cell, if possible beside a missing one that shares an end."""
    cell = cell_name(table.result, output)
    missing, extra = ([wire[1:] for wire in wires if wire[0] == output] for wires in (table.missing, table.extra))
    joint = " through " if table.arrays[-1].startswith("w") else " with "

    def ends(wire: Ends) -> str:
        return joint.join(map(cell_name, table.arrays, wire))

    for one, at, other in product(extra, reversed(range(len(table.arrays))), missing):
        if one[:at] + one[at + 1 :] == other[:at] + other[at + 1 :]:
            return f"{cell} reads {ends(one)}; right is {cell_name(table.arrays[at], other[at])}."
    if extra:
        return f"{cell} reads {ends(extra[0])}, which it should not."
    if missing:
        return f"{cell} does not read {ends(missing[0])}."
    weights = ((wire[1:], *pair) for wire, pair in table.weighted.items() if wire[0] == output)
    return next((f"{cell} takes {ends(wire)} times {w:.4g}; right is {right:.4g}." for wire, w, right in weights), "")
