"""BugExplorer: bugs against tests, a table that the learner fills: predict, then run."""

from itertools import islice, product

import numpy as np

from cnnlab._validate import check_choice
from cnnlab.course import exercises
from cnnlab.course.bugs import BUGS, gradients, outcome, trials
from cnnlab.lab.explorers import Choice, Explorer, Part, button, line
from cnnlab.lab.scenes import array_panel

_OUTCOMES = ("caught", "missed", "fooled by a sum")


class BugExplorer(Explorer):
    """Thirteen bugs in the backward of a convolution against six tests; a click on a cell runs that test on that bug.

    First choose what the next test will do: "caught" (an array and its sum differ), "missed" (nothing differs), or
    "fooled by a sum" (the arrays differ, their sums do not). Every outcome is computed by running the wrong backward
    and :func:`cnnlab.conv2d_backward`; the two arrays of the last cell clicked are shown below the table.

    Attributes
    ----------
    prediction : str
        The prediction for the next cell: a trait.
    found : dict of (str, str) to (str, str)
        For each (bug, test) that was run, the prediction and the outcome; the cell clicked last is at the end.

    Examples
    --------
    >>> explorer = BugExplorer()
    >>> explorer.run("no turn", "dy all ones, P = F − 1")
    'missed'
    >>> explorer
    BugExplorer: 1 of 78 cells run, 0 predicted right
    """

    prediction = Choice(_OUTCOMES, "the test will be: bug", kind="tabs")

    def __init__(self):
        self.tests, self.found = trials(), {}
        self._cells = {f"{bug} × {test}": (bug, test) for bug, test in product(BUGS, self.tests)}
        super().__init__()

    def run(self, bug: str, test: str) -> str:
        """Run a test on a bug and return the outcome; a cell keeps its first prediction."""
        check_choice("bug", bug, BUGS)
        check_choice("test", test, self.tests)
        before = self.found.pop((bug, test), None)
        self.found[bug, test] = before or (self.prediction, outcome(BUGS[bug], self.tests[test]))
        self.refresh()
        return self.found[bug, test][1]

    def explore(self, bug: str) -> Explorer:
        """Return the stage of the convolution's backward with this bug: its wires beside the right ones."""
        check_choice("bug", bug, BUGS)
        return exercises.conv2d_backward.explore(BUGS[bug])

    # --- methods that the base class calls ---

    def formula_lines(self, scenes):
        return [line(("soft", "Choose what you expect, then click a cell: the test runs, and shows both arrays."))]

    def parts(self, scenes) -> list[Part]:
        head, *stages = super().parts(scenes)
        head["controls"].append(button("reset", "start over"))
        table = {"kind": "table", "table": {"columns": list(self.tests), "rows": self._rows()}}
        return [head, table, {"kind": "score", "lines": [line(f"{self._count()}.")]}, *stages]

    def scenes(self):
        """Return the scene of the right gradient beside the bug's, for the last cell clicked; none if it raises."""
        if not self.found:
            return []
        bug, test = list(self.found)[-1]
        try:
            name, *both = gradients(bug, self.tests[test])
        except ValueError:
            return []
        panels = []
        for column, (title, array) in enumerate(zip(("right", "with the bug"), both, strict=True)):
            # one image or one filter is enough: the others show the same bug
            panel = array_panel(name, array[:1] if array.ndim == 4 else array, column)
            panels.append(panel | {"name": title, "title": title, "end": "output", "planes": [1, len(panel["values"])]})
        right, wrong = (panel["values"] for panel in panels)
        agree = right.shape == wrong.shape and np.isclose(right, wrong)
        panels[1]["marks"] = {"wrong": np.argwhere(~agree).tolist() if np.ndim(agree) else []}
        first, heading = {"panel": "with the bug", "cell": [0, 0, 0]}, f"{bug} × {test}"
        scene = {"panels": panels, "signs": ["=" if np.all(agree) else "≠"], "wires": {}, "first": first}
        return [scene | {"heading": heading, "topic": heading}]

    def _rows(self):
        cells = iter(map(self._cell, self._cells))
        return [{"name": bug, "cells": list(islice(cells, len(self.tests)))} for bug in BUGS]

    def _cell(self, press):
        """Return a cell of the table; its text as well as its colour shows whether the prediction was right."""
        predicted, came = self.found.get(self._cells[press], ("", ""))
        if not came:
            text, style = "?", ""
        elif predicted == came:
            text, style = f"{came} ✓", "right"
        else:
            text, style = f"{came}: not {predicted}", "wrong"
        return {"text": text, "style": style, "press": press}

    def _count(self):
        right = sum(predicted == came for predicted, came in self.found.values())
        return f"{len(self.found)} of {len(self._cells)} cells run, {right} predicted right"

    def press(self, name: str) -> None:
        if name in self._cells:
            self.run(*self._cells[name])

    def reset(self) -> None:
        """Empty the table."""
        self.found = {}
        super().reset()

    def describe(self):
        return f"BugExplorer: {self._count()}"

    def title(self, scenes):
        return self.describe()

    def still(self):
        texts = [[row["name"], *(cell["text"] for cell in row["cells"])] for row in self._rows()]
        head, *rows = (f"| {' | '.join(row)} |" for row in [["bug", *self.tests], *texts])
        return {"text/markdown": "\n".join([head, "| --- " * (1 + len(self.tests)) + "|", *rows])}
