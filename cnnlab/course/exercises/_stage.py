"""The stage of an exercise: a learner's function instead of ours, and its wires beside the right ones."""

from dataclasses import replace

import numpy as np

from cnnlab.course.exercises._explore import explored
from cnnlab.course.exercises._feedback import cell_name
from cnnlab.course.exercises._guarded_call import name_of
from cnnlab.course.exercises._runner import SETTINGS, ask
from cnnlab.formula import explain_axis
from cnnlab.geometry import check_transposed_window, check_window
from cnnlab.lab.explorers import Choice, Explorer, Slider, line, lines_of
from cnnlab.lab.scenes import add_wires, array_panel

_LARGEST = 16  # the largest side that a slider can set
_SLIDERS = "size", "kernel", "padding", "stride"
_HALVED = {"delta_zB": 1, "dL_dpB": 2}  # the number of poolings below it


class ExerciseExplorer(Explorer):
    """A function on the stage of an exercise: it computes every number, and its wires are drawn beside the right ones.

    Parameters
    ----------
    exercise : Exercise
        An exercise that defines ``wires``.
    function : callable
        The learner's function.
    arguments : tuple
        The input that is shown first; the sliders crop or extend its arrays.

    Attributes
    ----------
    size, kernel, padding, stride : int
        R, F, P and S, as far as the exercise has them: traits, to be set, observed and linked. If x or w is not square,
        R or F counts its rows, and its columns change by as many.
    result : str
        Which of several results is shown, such as "dx": a trait.
    missing, extra : list of tuple
        The wires that the function lacks and those that it should not have, at these settings: the index of the output,
        then that of the cell read in each array.

    Examples
    --------
    >>> from cnnlab.course.exercises import conv2d
    >>> explorer = conv2d.explore(lambda x, w: conv2d.sample(x, w[::-1, ::-1]))
    >>> explorer
    ExerciseExplorer: your function in place of conv2d, 1 of 9 wires is right, 8 missing, 8 too many
    >>> explorer.missing[0]
    ((0, 0), (0, 0), (0, 0))
    """

    size = Slider(5, "input", 1, 8, letter="R")
    kernel = Slider(1, "kernel", 1, 5, letter="F")
    padding = Slider(0, "padding", 0, 3, letter="P")
    stride = Slider(1, "stride", 1, 4, letter="S")
    result = Choice((), "", kind="tabs", place="bar", title="which result")

    def __init__(self, exercise, function, arguments):
        self.exercise, self.function, self._known = exercise, function, {}
        self.called = name_of(function) or "your function"
        self._arguments = given = dict(zip(exercise.arguments, arguments, strict=True))
        self._used = {name for sums in exercise.sums.values() for factors in sums for name in factors}
        first = {SETTINGS[name]: given[name] for name in SETTINGS if name in given}
        size = given.get("x_shape", np.shape(given.get("x", 0)))[-2:]
        kernel = given["w"].shape[-2:] if "w" in self._used else (given["F"],) * 2 if "F" in given else ()
        if 1 in (len(size), len(kernel)) or ("x_shape" in given and not kernel):
            size = kernel = ()  # the length of a row of numbers has no slider, nor a shape that the winners fix
        if kernel and not size:  # the shape of the input that dy belongs to
            size = tuple(axis.size for axis in check_transposed_window(given["dy"].shape[-2:], kernel))
        self._wider = [pair[1] - pair[0] if pair else 0 for pair in (size, kernel)]
        first |= {name: pair[0] for name, pair in (("size", size), ("kernel", kernel)) if pair}
        results = list(exercise.wires)
        super().__init__(
            {name: value for name, value in given.items() if isinstance(value, np.ndarray)},
            limits={"result": results},
            absent={*_SLIDERS} - {*first} | ({"result"} if len(results) == 1 else set()),
            result=results[0],
            **first,
        )
        for name in self.arrays.keys() & self._sides(self).keys():
            array = self.arrays[name]
            more = [(0, 0)] * (array.ndim - 2) + [(0, _LARGEST)] * 2
            self.arrays[name] = np.pad(array, more, mode="wrap")
        self.result, _ = self.seen.held or (self.result, None)

    # --- the function's arguments and results ---

    def _window(self, s):
        """Return the numbers of rows and columns of x and of w."""
        rows = s.size, s.kernel
        return [(number, max(0, number + wider)) for number, wider in zip(rows, self._wider, strict=True)]

    def _sides(self, s):
        """Return the numbers of rows and columns of the arguments whose size has a slider, for any settings."""
        if "size" in self.absent:
            return {}
        size, kernel = self._window(s)
        if "kernel" in self.absent:
            return {"x": size} | {top: tuple(side >> times for side in size) for top, times in _HALVED.items()}
        sides = {"x": size, "x_shape": size, "w": kernel}
        if "dy" in self.arrays:
            axes = check_window(size, kernel, stride=s.stride, padding=s.padding)
            sides["dy"] = tuple(axis.out for axis in axes)
        return sides

    def arguments_of(self, s):
        """Return the arguments of the function for any settings, by name."""
        sides, found = self._sides(s), self._arguments | self.arrays
        for name, value in found.items():
            if name in SETTINGS:
                found[name] = getattr(s, SETTINGS[name])
            elif name in sides:
                is_shape = isinstance(value, tuple)
                found[name] = (*value[:-2], *sides[name]) if is_shape else value[(..., *map(slice, sides[name]))]
        return found

    @property
    def seen(self):
        """What the function does at these settings."""
        key = id(self.arrays), *(getattr(self, name) for name in _SLIDERS)  # an edit replaces the arrays
        if key not in self._known:
            self._known = {key: explored(self.exercise, self.function, tuple(self.arguments_of(self).values()))}
        return self._known[key]

    @property
    def missing(self):
        """The wires that the function lacks."""
        return self.seen.missing

    @property
    def extra(self):
        """The wires that it should not have."""
        return self.seen.extra

    # --- methods that the base class calls ---

    def check(self, s):
        answer = ask(self.exercise, self.exercise.right, tuple(self.arguments_of(s).values()))
        if answer.problem:
            raise ValueError(answer.problem)

    def formula_lines(self, scenes):
        seen = self.seen
        said = [line(("wrong", seen.said)), *([line(seen.code)] if seen.code else [])] if seen.said else []
        return [*self._formula(), *said]

    def _formula(self):
        if {"size", "kernel"} & self.absent:
            return []
        if self.exercise.name == "conv_transpose2d":
            rows, _ = check_transposed_window(*self._window(self), stride=self.stride)
            return [line(("formula", f"out = ({self.size} − 1) · {self.stride} + {self.kernel} = {rows.size}"))]
        rows, _ = check_window(*self._window(self), stride=self.stride, padding=self.padding)
        return lines_of(explain_axis(rows))

    def note_line(self):
        tables = [table for table in self.seen.tables if table.result == self.result]
        notes = [table.note for table in tables if table.note]
        return line(("bold", self.called), ": ", *_counted(tables), ("soft", " ".join([".", *notes])))

    def scenes(self):
        seen, given, result = self.seen, self.arguments_of(self), self.result
        if seen.said:
            return []
        arrays, *addends = self.exercise.sums[result]
        held = [name for name in self.arrays if name not in self._used]  # such as the z of a ReLU
        columns = {name: k for k, name in enumerate((*held, *arrays, result))}
        ends = dict(zip(arrays, ("input", "tap"), strict=False)) | {result: "output"}
        for (addend,) in addends:
            columns[addend], ends[addend] = columns[arrays[-1]], "bias"
        shown = {name: array_panel(name, (given | seen.got)[name], column=k) for name, k in columns.items()}
        for name, each in shown.items():
            own = name in self.arrays and name != "winners"  # not every number is a valid place
            each |= {"editable": own} | ({"end": ends[name]} if name in ends else {})
        wires, tables = {}, [table for table in seen.tables if table.result == result]
        for table in tables if all(table.wires for table in tables) else ():
            found, states = _listed(table)
            add_wires(wires, [shown[each] for each in (result, *table.arrays)], found, state=states)
        y, said = shown[result], seen.told[result]
        drawn = zip(np.ndindex(y["values"].shape), said.values(), strict=True)
        wrong = [list(cell) for cell, text in drawn if text]
        y |= {"title": f"yours, {y['title']}", "marks": {"wrong": wrong}}
        texts = [text or f"{cell_name(result, cell)} is right." for cell, text in said.items()]
        y["says"] = dict.fromkeys(("none", "one", "many"), "") | {"cells": texts}
        if "sum" in y:
            y["sum"] |= {"opening": "picks "} if result in self.exercise.picks else {}
            y["sum"] |= {"right": seen.wanted[result].reshape(y["values"].shape).astype(float)} if wrong else {}
        signs = [*[" "] * len(held), *(["·", "="] if len(arrays) > 1 else ["→"])]
        first = {"panel": result, "cell": wrong[0] if wrong else [0, 0, 0]}
        scene = {"panels": list(shown.values()), "signs": signs, "wires": wires, "first": first, "held": bool(wrong)}
        return [scene | {"steps": result, "topic": " ".join(map(str, self.settings.values()))}]

    def plane_of(self, panel, number):
        array = self.arrays[panel]
        return array.reshape(-1, *(1, *array.shape)[-2:])[number]

    def edit(self, panel, cell, value):
        if value % 1:  # the array may have an integer dtype
            self.arrays[panel] = self.arrays[panel].astype(float)
        super().edit(panel, cell, value)

    def title(self, scenes):
        return self.describe().partition(": ")[2]

    def describe(self):
        seen = self.seen
        whose = f"{type(self).__name__}: {self.called} in place of {self.exercise.name}"
        return f"{whose}, {seen.said or ''.join(text for _, text in _counted(seen.tables))}"


def _counted(tables):
    """Return in words how many wires are right, and how many are wrong."""
    drawn = [table for table in tables if table.wires]
    if not drawn:
        return line("no wires are drawn")
    own, right = np.concatenate([(table.wires.weights, table.right) for table in drawn], axis=1)
    good, every = (own == right).sum(), np.count_nonzero(right)
    counts = {"missing": ((own == 0).sum(), "missing"), "extra": ((right == 0).sum(), "too many")}
    counts["weighted"] = ((own != right) & (own != 0) & (right != 0)).sum(), "of another weight"
    words = [(style, f", {count} {text}") for style, (count, text) in counts.items() if count]
    return line(f"{good} of {every} wires {'is' if good == 1 else 'are'} right", *words)


def _listed(table):
    """Return the wires of both functions, and the state of each; of those that differ in weight, both."""
    own, right = table.wires.weights, table.right
    weights = np.stack([own * (own == right), own * (own != right), right * (own != right)], axis=1)
    rows, states = np.nonzero(weights)
    wires = replace(table.wires, cells=table.wires.cells[rows], weights=weights[rows, states])
    return wires, [("both", "extra", "missing")[state] for state in states]
