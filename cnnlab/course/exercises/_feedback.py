"""What a check says, as text and as HTML that reads well in a light theme, a dark one, and without any style."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

import numpy as np

from cnnlab.course.exercises._compare import differing
from cnnlab.lab.numbers import format_value

MARK = "▸"  # a cell that differs; seen without colour too
MOST_CELLS = 12  # a side of a grid
MOST_PLANES = 12  # of an argument
SIGNS = {"passed": "✓ Passed.", "failed": "✗ Not yet.", "not started": "Not started."}


class Grid(NamedTuple):
    """A plane, a row or a number with its title, and which cells are marked."""

    title: str
    values: np.ndarray | str
    marked: np.ndarray | None = None

    def rows(self) -> list[list[str]]:
        """Return the cells as texts, marked ones with their mark."""
        if isinstance(self.values, str):
            return [[self.values]]
        values = np.atleast_2d(self.values)[:MOST_CELLS, :MOST_CELLS]
        marked = np.zeros(values.shape, bool) if self.marked is None else np.atleast_2d(self.marked)
        pairs = (zip(*both, strict=False) for both in zip(values, marked, strict=False))
        return [[f"{MARK if here else ''}{format_value(value, 3)}" for value, here in row] for row in pairs]


@dataclass(repr=False, eq=False)
class Verdict:
    """What a check says of a function; it shows itself in a notebook, and is true where the check passed.

    Attributes
    ----------
    status : str
        "not started", "passed" or "failed".
    mistake : str or None
        The name of the known mistake that gives the same answer to every input; None where none does.
    text : str
        Plain sentences.
    grids : sequence of Grid
        What is shown below the text: that input, what was expected, and what came.
    input : tuple
        The smallest input with a wrong answer; empty without one.
    code : str
        The line of the function that raised an error, where it did.
    offer : str
        The line of code that shows its wires, where the exercise has a stage.

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
        lines = [f"{SIGNS[self.status]} {self.text}"]
        if self.code:
            lines += ["", self.code]
        for grid in self.grids:
            rows = grid.rows()
            widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
            lines += ["", f"{grid.title}:"]
            lines += ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
        return "\n".join([*lines, *(["", f"Look at its wires: {self.offer}"] if self.offer else [])])

    def _repr_html_(self) -> str:
        code = f"<pre>{escape(self.code)}</pre>" if self.code else ""
        grids = "".join(f'<td style="{CELL}">{_table(grid)}</td>' for grid in self.grids)
        beside = f"<table><tr>{grids}</tr></table>" if grids else ""
        offer = f"<p>Look at its wires: <code>{escape(self.offer)}</code></p>" if self.offer else ""
        return f'<div style="{FRAME}"><b>{SIGNS[self.status]}</b> {escape(self.text)}{code}{beside}{offer}</div>'


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
    """Return what is expected and what came as grids; of maps of one shape the plane with the first difference."""
    if got.shape != wanted.shape:
        grids = [Grid(f"{name} expected", flat(wanted)), Grid(f"{name} got", flat(got))]
        return [grid for grid in grids if grid.values.size]
    marked = differing(got, wanted)
    lead = tuple(np.argwhere(marked)[0][:-2].tolist())
    title = f"{name}[{', '.join(map(str, lead))}]" if lead else name
    return [Grid(f"{title} expected", wanted[lead]), Grid(f"{title} got", got[lead], marked[lead])]


def flat(values: np.ndarray) -> np.ndarray:
    """Return an array as something with rows and columns: its planes below each other."""
    return values.reshape(-1, values.shape[-1]) if values.ndim > 2 and values.size else values


FRAME = "border-left: 3px solid color-mix(in srgb, currentColor 40%, transparent); padding: 2px 10px"
CELL = "vertical-align: top; text-align: left; background: none; padding: 4px 14px 4px 0"
NUMBER = "text-align: right; padding: 1px 6px; border: 1px solid color-mix(in srgb, currentColor 25%, transparent)"
MARKED = f"{NUMBER}; outline: 2px solid currentColor; background: color-mix(in srgb, #e69f00 35%, transparent)"


def _table(grid: Grid) -> str:
    """Return a grid as a table; a marked cell is bold, framed, and has its mark."""
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in grid.rows())
    return f"{escape(grid.title)}<table>{rows}</table>"


def _cell(text: str) -> str:
    if text.startswith(MARK):
        return f'<td style="{MARKED}"><b>{text}</b></td>'
    return f'<td style="{NUMBER}">{text}</td>'


class Page(NamedTuple):
    """A text for a notebook: a hint, or the code of a solution."""

    text: str
    markdown: str

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return self.markdown
