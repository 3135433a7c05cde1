"""The feedback of a check, as text and as HTML that is readable in light and dark themes and without styles."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

import numpy as np

from cnnlab.course.exercises._compare import differing
from cnnlab.lab.numbers import format_value

MARK = "▸"  # marks a cell that differs, without relying on colour
MOST_CELLS = 12  # along a side of a grid
MOST_PLANES = 12  # of an argument
SIGNS = {"passed": "✓ Passed.", "failed": "✗ Not yet.", "not started": "Not started."}
FRAME = "border-left: 3px solid color-mix(in srgb, currentColor 40%, transparent); padding: 2px 10px"
ROW = "display: flex; flex-wrap: wrap; gap: 0 2em"


class Grid(NamedTuple):
    """A plane, a row or a number, with a title and the cells to mark."""

    title: str
    values: np.ndarray | str
    marked: np.ndarray | bool = False

    def __str__(self) -> str:
        if isinstance(self.values, str):
            return f"{self.title}:\n{self.values}"
        values = np.atleast_2d(self.values)
        marked = np.broadcast_to(self.marked, values.shape)[:MOST_CELLS, :MOST_CELLS]
        cells = [
            [f"{MARK if here else ''}{format_value(value, 3)}" for value, here in zip(*row, strict=False)]
            for row in zip(values, marked, strict=False)
        ]
        width = max((len(cell) for row in cells for cell in row), default=0)
        return "\n".join([f"{self.title}:", *("  ".join(cell.rjust(width) for cell in row) for row in cells)])


@dataclass(repr=False, eq=False)
class Verdict:
    """The result of a check; it displays itself in a notebook, and is truthy if the check passed.

    Attributes
    ----------
    status : str
        "not started", "passed" or "failed".
    mistake : str or None
        The name of the known mistake that gives the same answer to every input; None if no mistake does.
    text : str
        Plain sentences.
    grids : sequence of Grid
        Shown below the text: the input, the expected and the actual result.
    input : tuple
        The smallest input with a wrong answer; empty if there is none.
    code : str
        The line of the function that raised an error, if it did.
    offer : str
        The line of code that shows its wires, if the exercise has a stage.

    Examples
    --------
    >>> Verdict("passed", "Tried on 3 inputs.")
    ✓ Passed. Tried on 3 inputs.
    >>> bool(Verdict("failed", "y has shape (1,); (1, 1) is expected."))
    False
    """

    status: str
    text: str
    mistake: str | None = None
    grids: Sequence[Grid] = ()
    input: tuple = ()
    code: str = ""
    offer: str = ""

    def __bool__(self) -> bool:
        return self.status == "passed"

    def __repr__(self) -> str:
        offer = self.offer and f"Look at its wires: {self.offer}"
        parts = [f"{SIGNS[self.status]} {self.text}", self.code, *map(str, self.grids), offer]
        return "\n\n".join(filter(None, parts))

    def _repr_html_(self) -> str:
        beside = "".join(f"<pre>{escape(str(text))}</pre>" for text in (self.code, *self.grids) if text)
        beside = re.sub(rf"({MARK}[^\s<]+)", r"<mark>\1</mark>", beside)
        offer = f"Look at its wires: <code>{escape(self.offer)}</code>" if self.offer else ""
        said = f"<b>{SIGNS[self.status]}</b> {escape(self.text)}"
        return f'<div style="{FRAME}">{said}<div style="{ROW}">{beside}</div>{offer}</div>'


def planes(name: str, value) -> list[Grid]:
    """Return an argument as grids, plane by plane, with their indices in the titles; a function as its name.

    Examples
    --------
    >>> [grid.title for grid in planes("x", np.zeros((2, 3, 3)))], planes("f", len)[0].values
    (['x[0]', 'x[1]'], 'len')
    """
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return [grid for key, one in items for grid in planes(f"{name}[{key!r}]", one)]
    if callable(value):
        return [Grid(name, value.__name__)]
    array = np.array(value)
    leads = list(np.ndindex(array.shape[:-2]))[:MOST_PLANES]
    return [Grid(f"{name}[{', '.join(map(str, lead))}]" if lead else name, array[lead]) for lead in leads]


def both(name: str, wanted: np.ndarray, got: np.ndarray) -> list[Grid]:
    """Return the expected and the actual result as grids; of maps of the same shape, the first plane that differs."""
    if got.shape != wanted.shape:
        return [*planes(f"{name} expected", wanted), *planes(f"{name} got", got)]
    marked = differing(got, wanted)
    lead = tuple(np.argwhere(marked)[0][:-2].tolist())
    title = f"{name}[{', '.join(map(str, lead))}]" if lead else name
    return [Grid(f"{title} expected", wanted[lead]), Grid(f"{title} got", got[lead], marked[lead])]


class Page(NamedTuple):
    """A text to display in a notebook: a hint, or the code of a solution."""

    text: str
    markdown: str

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return self.markdown
