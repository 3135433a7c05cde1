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


def grid(title, values, marked=False):
    """Return a plane, a row or a number as text below a title, with a mark at each ``marked`` cell.

    Examples
    --------
    >>> print(grid("y", np.array([1, 20]), np.array([True, False])))
    y:
    ▸1  20
    """
    rows = np.atleast_2d(values)
    shown = np.broadcast_to(marked, rows.shape)[:MOST_CELLS, :MOST_CELLS]
    cells = [
        [f"{MARK if here else ''}{format_value(value, 3)}" for value, here in zip(*row, strict=False)]
        for row in zip(rows, shown, strict=False)
    ]
    width = max((len(cell) for row in cells for cell in row), default=0)
    return "\n".join([f"{title}:", *("  ".join(cell.rjust(width) for cell in row) for row in cells)])


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
    grids : sequence of str
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
    grids: Sequence[str] = ()
    input: tuple = ()
    code: str = ""
    offer: str = ""

    def __bool__(self):
        return self.status == "passed"

    def __repr__(self):
        offer = self.offer and f"Look at its wires: {self.offer}"
        parts = [f"{SIGNS[self.status]} {self.text}", self.code, *self.grids, offer]
        return "\n\n".join(filter(None, parts))

    def _repr_html_(self):
        beside = "".join(f"<pre>{escape(text)}</pre>" for text in (self.code, *self.grids) if text)
        beside = re.sub(rf"({MARK}[^\s<]+)", r"<mark>\1</mark>", beside)
        offer = f"Look at its wires: <code>{escape(self.offer)}</code>" if self.offer else ""
        said = f"<b>{SIGNS[self.status]}</b> {escape(self.text)}"
        return f'<div style="{FRAME}">{said}<div style="{ROW}">{beside}</div>{offer}</div>'


def planes(name, value):
    r"""Return an argument as grids, plane by plane, with their indices in the titles; a function as its name.

    Examples
    --------
    >>> planes("w", np.ones((2, 1, 1))), planes("f", len)
    (['w[0]:\n1', 'w[1]:\n1'], ['f:\nlen'])
    """
    if isinstance(value, dict):
        return [text for key, one in value.items() for text in planes(f"{name}[{key!r}]", one)]
    if callable(value):
        return [f"{name}:\n{value.__name__}"]
    leads = list(np.ndindex(np.shape(value)[:-2]))[:MOST_PLANES]
    return [grid(cell_name(name, lead), np.array(value)[lead]) for lead in leads]


def both(name, wanted, got):
    """Return the expected and the actual result as grids; of maps of the same shape, the first plane that differs."""
    if got.shape != wanted.shape:
        return [*planes(f"{name} expected", wanted), *planes(f"{name} got", got)]
    marked = differing(got, wanted)
    lead = tuple(np.argwhere(marked)[0][:-2].tolist())
    title = cell_name(name, lead)
    return [grid(f"{title} expected", wanted[lead]), grid(f"{title} got", got[lead], marked[lead])]


def cell_name(name, index):
    """Return the name of a cell or a plane of an array, by its index; of all of it without an index."""
    return f"{name}[{', '.join(map(str, index))}]" if index else name


class Page(NamedTuple):
    """A text to display in a notebook: a hint, or the code of a solution."""

    text: str
    markdown: str

    def __repr__(self):
        return self.text

    def _repr_markdown_(self):
        return self.markdown
