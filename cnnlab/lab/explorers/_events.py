"""The protocol between a front end and an explorer: the events that a front end sends, and the state it is shown.

The front end writes the trait ``asked``, ``{"events": [event, …]}``; the kernel answers in the trait ``shown``
(:class:`Shown`), whose ``serial`` is that of the last event handled. A kernel sends it as one text and the bytes of its
arrays (``front.as_message``), which ``front/connection.js`` decodes. Anything that answers events can replace the
kernel: a handout answers them from a table.

An event has a ``serial``, counting up from that in ``shown``, and one of these:

=========  ================================================================================
``set``    ``{setting: value, …}``, all of them or none
``edit``   ``{"stage": int, "panel": str, "cell": [plane, row, column], "value": number}``,
           row and column as in the learner's array: without padding; with ``"more": True`` it continues the previous
           edit, as while a number is dragged: both are undone together
``press``  the name of a button, "undo", "reset" or "uncover"
``pick``   ``{"stage": int, "panel": str, "cell": [plane, row, column]}`` as drawn
=========  ================================================================================

Traits coalesce: of several writes only the last may arrive. So every request contains all unanswered events. An invalid
event is acknowledged, and changes nothing.
"""

from __future__ import annotations

from typing import Required, TypedDict

from cnnlab.lab.explorers._settings import Control
from cnnlab.lab.scenes.schema import Line, Scene

MOST_EVENTS = 1000  # in one request
FURTHEST = 2**31  # a greater lead could exhaust JavaScript's safe integers, after which no event would be answered
LARGEST = 1e100  # in a cell, so that sums of products stay finite
PLACE = frozenset({"stage", "panel", "cell"})


class Part(TypedDict, total=False):
    """One part of an explorer; parts are stacked, those with ``abreast`` side by side if they fit.

    ``kind`` is "head" (controls and lines), "stage" (a scene, with controls in its bar) or another kind that the front
    end can draw: see ``front/explorer.js``.
    """

    kind: Required[str]
    controls: list[Control]
    lines: list[Line]
    note: Line  # a line below; its space is kept while it is empty
    scene: Scene
    stack: Stack
    table: Grid
    progress: list[int]  # [steps made, total steps]
    alive: bool  # whether it runs by itself; if nothing more arrives, the front end says so
    abreast: bool
    absent: list[str]  # toggles that the stage hides
    key: str  # a question's key; ``solved``: whether it was answered correctly
    solved: bool


class Stack(TypedDict):
    """The sizes through a stack of layers, and the receptive field of a cell of each."""

    sizes: list[int]  # the size of the input, then after each layer
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
    """One button of a table: its text, and the name that is sent when it is pressed."""

    text: str
    style: str
    press: str


class Shown(TypedDict):
    """All that a front end shows of an explorer; ``serial`` is that of the last event handled."""

    serial: int
    parts: list[Part]
    undo: bool  # whether there is something to undo
    veil: str  # the key of the question whose answer it would show: covered until "uncover"; empty if there is none


def numbered(request, after):
    """Return the events of a request whose serial is greater than ``after``, in order, each once.

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
    """Return the kind of an event and its content; two empty strings if it is malformed.

    Examples
    --------
    >>> read_event({"serial": 1, "press": "start"}), read_event({"serial": 1, "press": 2})
    (('press', 'start'), ('', ''))
    """
    asked = [(kind, event[kind]) for kind in FORMS if kind in event]
    return asked[0] if len(asked) == 1 and FORMS[asked[0][0]](asked[0][1]) else ("", "")


def is_index(value, below):
    """Return whether a value is an int from 0 to ``below - 1``."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < below


def is_place(value, keys=PLACE, may=frozenset()):
    """Return whether an event names a stage, a panel and a cell, whether or not these exist."""
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
