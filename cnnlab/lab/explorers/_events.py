"""The protocol between a front end and whoever answers it: what may be asked of an explorer, and what it shows.

The front end writes the trait ``asked``, ``{"events": [event, …]}``; the kernel answers in the trait ``shown``
(:class:`Shown`), whose ``serial`` is that of the last event it has served. From a kernel it travels as one text and the
bytes of its arrays (``front.as_message``), which ``front/connection.js`` puts together again. Whoever can answer events
can stand in for the kernel: a handout answers them from a table.

An event has a ``serial``, counted up from that in ``shown``, and one of these:

=========  ================================================================================
``set``    ``{setting: value, …}``, all of them or none
``edit``   ``{"stage": int, "panel": str, "cell": [plane, row, column], "value": number}``,
           row and column as in the learner's array: without padding; with ``"more": True`` it goes on
           with the edit before, as while a number is dragged: both are taken back together
``press``  the name of a button, "undo", "reset" or "uncover"
``pick``   ``{"stage": int, "panel": str, "cell": [plane, row, column]}`` as drawn
=========  ================================================================================

Traits coalesce: of several writes only the last may arrive. So every request holds all events that are not answered.
What cannot be done is acknowledged, and changes nothing.
"""

from __future__ import annotations

from typing import NotRequired, Required, TypedDict

from cnnlab.lab.explorers._settings import Control
from cnnlab.lab.scenes.schema import Line, Scene

MOST_EVENTS = 1000  # in one request
FURTHEST = 2**31  # a serial so far ahead would use up JavaScript's numbers, and the explorer could not be asked again
LARGEST = 1e100  # number in a cell: sums of such products stay finite
PLACE = frozenset({"stage", "panel", "cell"})


class Part(TypedDict, total=False):
    """One part of an explorer; they stand below each other, those with ``abreast`` beside each other where they fit.

    ``kind`` is "head" (controls and lines), "stage" (a scene, with controls in its bar) or another word, by which the
    front end draws it: see ``front/explorer.js``.
    """

    kind: Required[str]
    controls: list[Control]
    lines: list[Line]
    note: Line  # a line below, whose room is kept while it is empty
    scene: Scene
    stack: Stack
    table: Grid
    progress: list[int]  # steps made, and steps in all
    alive: bool  # whether it goes on by itself; where nothing more arrives, the front end says so
    abreast: bool
    absent: list[str]  # toggles that the stage does not show
    key: str  # of a question, and whether it has been answered rightly
    solved: bool


class Stack(TypedDict):
    """The sizes through a stack of layers, and what a cell of each sees of the input."""

    sizes: list[int]  # of the input, and after each layer
    layers: list[list]  # [kind, kernel, stride, padding]
    fields: list[list[int]]  # [size, jump, start] in input cells


class Grid(TypedDict):
    """A table of buttons."""

    columns: list[str]
    rows: list[GridRow]


class GridRow(TypedDict):
    """One row of a table of buttons, a cell for each column."""

    name: str
    cells: list[GridCell]


class GridCell(TypedDict):
    """One button of a table: what stands on it, what it says in full, and the name that is pressed."""

    text: str
    says: str
    style: str
    press: str


class Shown(TypedDict):
    """All that a front end shows of an explorer; ``serial`` is that of the last event that has been served."""

    serial: int
    parts: list[Part]
    undo: bool  # whether there is something to take back
    veil: NotRequired[str]  # the key of the question whose answer it would show: it is covered until "uncover"


def numbered(request, after):
    """Return the events of a request that have a serial of more than ``after``, in order, each once.

    Examples
    --------
    >>> numbered({"events": [{"serial": 2, "press": "start"}, {"serial": "3"}, {"serial": 1}, 7]}, after=0)
    [{'serial': 1}, {'serial': 2, 'press': 'start'}]
    """
    events = request.get("events")
    found = {
        event["serial"]: event
        for event in (events[:MOST_EVENTS] if isinstance(events, list) else [])
        if isinstance(event, dict) and is_index(event.get("serial"), after + FURTHEST) and event["serial"] > after
    }
    return [found[serial] for serial in sorted(found)]


def read_event(event):
    """Return the kind of an event and what it asks for; two empty texts where it is not of the protocol's form.

    Examples
    --------
    >>> read_event({"serial": 1, "press": "start"}), read_event({"serial": 1, "press": 2})
    (('press', 'start'), ('', ''))
    """
    asked = [(kind, event[kind]) for kind in FORMS if kind in event]
    return asked[0] if len(asked) == 1 and FORMS[asked[0][0]](asked[0][1]) else ("", "")


def is_index(value, below):
    """Return whether a value is an int from 0 to less than ``below``."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < below


def is_place(value, keys=PLACE, may=frozenset()):
    """Return whether a stage, a panel and a cell are named, be they there or not."""
    if not isinstance(value, dict) or value.keys() - may != keys or not isinstance(value["panel"], str):
        return False
    cell = value["cell"]
    return isinstance(cell, list) and len(cell) == 3 and all(is_index(each, 2**31) for each in [value["stage"], *cell])


def _is_drawable(number):
    return isinstance(number, int | float) and not isinstance(number, bool) and abs(number) <= LARGEST


FORMS = {
    "set": lambda value: isinstance(value, dict) and all(isinstance(name, str) for name in value),
    "edit": lambda value: is_place(value, PLACE | {"value"}, {"more"}) and _is_drawable(value["value"]),
    "press": lambda value: isinstance(value, str),
    "pick": is_place,
}
