"""BugExplorer: bugs against tests, a table that the learner fills: predict, then run."""

from __future__ import annotations

from types import SimpleNamespace

from cnnlab.course.bugs import BUGS, outcome, trials
from cnnlab.lab.explorers import Choice, Explorer, GridCell, Part, button, line

OUTCOMES = ("caught", "missed", "fooled by a sum")
NOT_RUN = "?"


class BugExplorer(Explorer):
    """Twelve bugs of a convolution's backward against six tests of it, each run when its cell is clicked.

    First choose what the next test will do: "caught" (an array and its sum differ), "missed" (nothing differs), or
    "fooled by a sum" (the arrays differ, their sums do not). Every outcome comes from the wrong backward itself and
    :func:`cnnlab.conv2d_backward`.

    Attributes
    ----------
    prediction : str
        What is predicted of the next cell: a trait.
    found : dict of (str, str) to (str, str)
        For each bug and test that was run, what was predicted and what came.

    Examples
    --------
    >>> explorer = BugExplorer()
    >>> explorer.run("no turn", "dy all ones, P = F − 1")
    'missed'
    >>> explorer
    BugExplorer: 1 of 72 cells run, 0 predicted right
    """

    prediction = Choice(OUTCOMES, "the test will be: bug", kind="tabs")

    def __init__(self):
        self.tests, self.found = trials(), {}
        super().__init__()

    def run(self, bug: str, test: str) -> str:
        """Run a test on a bug and return what came; a cell keeps its first prediction."""
        for name, value, known in (("bug", bug, BUGS), ("test", test, self.tests)):
            if value not in known:
                raise ValueError(f"{name} ({value!r}) must be one of {', '.join(known)}")
        if (bug, test) not in self.found:
            self.found[bug, test] = self.prediction, outcome(BUGS[bug], self.tests[test])
            self.refresh()
        return self.found[bug, test][1]

    # --- what the base class asks ---

    def parts(self, s, scenes) -> list[Part]:
        said = "Choose what you expect, then click a cell: the test runs."
        head = {"kind": "head", "controls": [*self.controls(s, "head"), button("reset", "begin anew")]}
        rows = [
            {"name": bug, "cells": [self._cell(bug, test, f"run {i} {j}") for j, test in enumerate(self.tests)]}
            for i, bug in enumerate(BUGS)
        ]
        table = {"columns": list(self.tests), "rows": rows}
        return [{**head, "lines": [line(("soft", said))]}, {"kind": "table", "table": table}, self._score()]

    def _cell(self, bug: str, test: str, press: str) -> GridCell:
        """Return a cell of the table; a sign, not its colour alone, says whether the prediction was right."""
        if (bug, test) not in self.found:
            return {"text": NOT_RUN, "says": "not run", "style": "", "press": press}
        predicted, came = self.found[bug, test]
        right = predicted == came
        says = f"{came}, as predicted" if right else f"{came}; predicted was {predicted}"
        return {
            "text": f"{'✓' if right else '✗'} {came}",
            "says": says,
            "style": "right" if right else "wrong",
            "press": press,
        }

    def _score(self) -> Part:
        missed = [f"{bug} × {test}" for (bug, test), (_, came) in self.found.items() if came != "caught"]
        last = f" Not caught last: {missed[-1]}." if missed else ""
        return {"kind": "score", "lines": [line(f"{self._count()}.{last}")]}

    def _count(self) -> str:
        right = sum(predicted == came for predicted, came in self.found.values())
        return f"{len(self.found)} of {len(BUGS) * len(self.tests)} cells run, {right} predicted right"

    def press(self, s: SimpleNamespace, name: str) -> None:
        word, *places = name.split(" ")
        if word != "run" or len(places) != 2 or not all(place.isascii() and place.isdecimal() for place in places):
            return
        row, column = (int(place[:4]) for place in places)
        if row < len(BUGS) and column < len(self.tests):
            self.run(list(BUGS)[row], list(self.tests)[column])

    def reset(self) -> None:
        """Empty the table."""
        self.found = {}
        super().reset()

    def describe(self):
        return f"BugExplorer: {self._count()}"

    def still(self):
        rows = [["bug", *self.tests], ["---"] * (len(self.tests) + 1)]
        rows += [[bug, *(self.found.get((bug, test), ("", NOT_RUN))[1] for test in self.tests)] for bug in BUGS]
        return {"text/markdown": "\n".join(f"| {' | '.join(row)} |" for row in rows)}
