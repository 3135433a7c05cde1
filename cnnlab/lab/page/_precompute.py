"""A precomputed table of what an explorer shows for each action of a reader.

The explorer is driven through its own protocol (:mod:`cnnlab.lab.explorers`), so every number in a handout is computed
as in the notebook. Observers are not notified, and the explorer itself does not change.
"""

import heapq
from decimal import ROUND_05UP, Decimal
from itertools import count
from math import isfinite, isnan

import numpy as np

# The limits of a table. There is no time limit: a page must not depend on the speed of the machine.
MOST_STATES, MOST_NUMBERS = 100, 600_000
MOST_VALUES = 64  # values per control
MOST_IN_FULL = 512  # longer arrays are rounded
FAR = 0.04  # extra cost per slider step: the nearest values come first
UNTRIED = ("undo", "reset", "uncover", "start", "pause", "step", "check", "reveal")
GIVEN = {True: "1234567.75", False: "\u2045given\u2046"}  # stands for any unforeseen answer


def twin_of(explorer, **event):
    """Return a copy of an explorer, optionally after an event; no front end and no linked object is notified."""
    twin = type(explorer).__new__(type(explorer))
    # a question's explorer and callback are not notified either
    vars(twin).update(explorer.__getstate__(), explorer=None, _on_answer=lambda mistake: None)
    twin._trait_values["comm"] = None
    twin.observe(twin._changed, names=list(twin.settings))
    if event:
        twin.set_state({"asked": {"events": [{"serial": twin.shown["serial"] + 1, **event}]}})
    return twin


def precomputed(explorer):
    """Return the data by which a page shows an explorer: its states, the transitions between them, and its arrays."""
    table = _of_question(explorer) if explorer.asks else _of_explorer(explorer)
    key = getattr(explorer, "key", "")
    return {**table, "veil": explorer.shown["veil"], "key": key, "text": repr(explorer)}


# --- an explorer: the states nearest to the initial one ---------------------------------------------------------------


def _of_explorer(explorer):
    arrays, states, places, order, needs = Arrays(), [], {}, count(), _needs(explorer.shown["parts"])
    waiting = [(0.0, next(order), twin_of(explorer))]
    while waiting and len(states) < MOST_STATES and arrays.numbers < MOST_NUMBERS:
        cost, _, here = heapq.heappop(waiting)
        if _key(here) in places:
            continue
        here._busy = False
        here.refresh()
        parts, moves = here.shown["parts"], []
        places[_key(here)] = len(states)
        states.append({"parts": arrays.packed(parts), "moves": moves, "arrays": len(arrays.packs)})
        here._busy = True  # change only settings: scenes are computed on demand
        for event, more in _events(parts):
            twin = twin_of(here, **event)
            moves.append([event, _key(twin)])
            heapq.heappush(waiting, (cost + more, next(order), twin))
    for state in states:
        state["moves"] = [[event, places[key]] for event, key in state["moves"] if key in places]
    return {"kind": "explorer", "states": states, "arrays": arrays.packs, "needs": needs}


def _events(parts):
    """Yield the events that the visible controls can send, each with its distance."""
    trains = any("progress" in part for part in parts)
    for part in parts:
        for control in part.get("controls", []):
            if not control.get("disabled") and not (trains and part["kind"] != "stage"):
                for place, event in enumerate(_events_of(control), start=control["kind"] != "switch"):
                    yield event, 1.0 + FAR * place


def _events_of(control):
    """Return the events that a control can send, the nearest first."""
    kind, name, value = control["kind"], control["name"], control.get("value")
    values = [option for option, _ in control.get("options", [])]
    if kind == "button":
        return [] if name in UNTRIED else [{"press": name}]
    if kind == "switch":
        values = [not value]
    if kind == "slider":
        near = range(max(control["low"], value - MOST_VALUES), min(control["high"], value + MOST_VALUES) + 1)
        values = sorted(near, key=lambda other: abs(other - value))
    return [{"set": {name: other}} for other in values if other != value]


def _key(explorer):
    return repr(sorted(explorer.settings.items()))


def _needs(parts):
    """Return what requires a kernel."""
    scenes = [part["scene"] for part in parts if "scene" in part]
    controls = {control["kind"] for part in parts for control in part.get("controls", [])}
    there = {
        "typing into cells": any(panel.get("editable") for scene in scenes for panel in scene["panels"]),
        "opening other units": any(scene.get("pick") for scene in scenes),
        "training": any("progress" in part for part in parts),
        "drawing": "pad" in controls,
        "other photographs": "file" in controls,
    }
    return [need for need, wanted in there.items() if wanted]


# --- a question: the feedback on each answer ------------------------------------------------------------------------


def _of_question(asked):
    arrays, states, given = Arrays(), [], GIVEN[asked.wants_number]

    def after(*events):
        twin = asked
        for event in events:
            twin = twin_of(twin, **event)
        states.append({"parts": arrays.packed(twin.shown["parts"]), "moves": []})
        return len(states) - 1

    def answered(text):
        return {"set": {"given": str(text)}}

    after()
    right = str(asked.answer)
    others = [each for each in asked.choices if each != right]
    known = [right, *others] if asked.choices else [asked.answer, *asked.mistakes]
    wrong, odd = answered((others or [given])[0]), answered("one")
    return {
        "kind": "question",
        "answers": "choice" if asked.choices else "number" if asked.wants_number else "text",
        "known": [[each, after(answered(each))] for each in known],
        "given": given,
        "other": after(wrong),
        "odd": [after(odd), after(wrong, odd)],
        "reveal": after(wrong, {"press": "reveal"}),
        "states": states,
        "arrays": arrays.packs,
        "needs": [],
    }


# --- arrays ---------------------------------------------------------------------------------------------------------


class Arrays:
    """The distinct arrays of many scenes, in order of first use."""

    def __init__(self):
        self.packs = []
        self.numbers = 0
        self._known = {}

    def packed(self, value):
        """Return an explorer's state for a page without editing, with each array replaced by its number."""
        if isinstance(value, list):  # without a kernel there is no file control
            return [self.packed(item) for item in value if not (isinstance(item, dict) and item.get("kind") == "file")]
        if isinstance(value, bytes):
            return {"bytes": self._number("u1", np.frombuffer(value, np.uint8))}
        if isinstance(value, np.ndarray):
            return {"bytes": self._number("f8", value.astype(np.float64))}
        if not isinstance(value, dict):
            return value
        return {key: self.packed(item) for key, item in value.items() if key not in ("editable", "pick")}

    def _number(self, dtype, array):
        number = self._known.setdefault((dtype, array.tobytes()), len(self.packs))
        if number == len(self.packs):
            numbers = array.ravel().tolist()
            written = _shortened if len(numbers) > MOST_IN_FULL else _written
            self.packs.append([dtype, list(map(written, numbers))])
            self.numbers += len(numbers)
        return number


def _written(number):
    """Return a number for JSON, in the fewest digits that identify it; as text if JSON cannot represent it."""
    if not isfinite(number):
        return "NaN" if isnan(number) else "Infinity" if number > 0 else "-Infinity"
    return int(number) if number == int(number) and abs(number) < 1e15 and str(number) != "-0.0" else number


def _shortened(number):
    """Return a number of a large array with the digits that a cell may show, cut so that these round as before.

    Examples
    --------
    >>> _shortened(0.12349), _shortened(0.67058), _shortened(-0.0000123456), _shortened(7)
    (0.1234, 0.6706, -1.23e-05, 7)
    """
    if not isfinite(number) or number == int(number):
        return _written(number)
    exact = Decimal(number)
    return _written(float(exact.quantize(Decimal(10) ** min(-4, exact.adjusted() - 2), ROUND_05UP)))
