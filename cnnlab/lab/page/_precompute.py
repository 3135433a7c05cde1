"""A table of what an explorer would show, made beforehand for whatever a reader may ask.

The explorer is asked by its own protocol (:mod:`cnnlab.lab.explorers`), so every number of a handout is made as
in the notebook. Nobody hears of it, and the explorer stays as it is.
"""

import heapq
from itertools import count

import numpy as np

# The bounds of a table. None is a time: a page must not depend on how busy the machine is that makes it.
MOST_STATES, MOST_NUMBERS = 100, 600_000
MOST_VALUES = 64  # of a control
MOST_DOUBLE, LARGEST_SINGLE = 512, 1e38  # numbers of an array in double precision; the largest of those in single
FAR = 0.04  # how much dearer the next value of a slider is: the nearest ones come first
UNTRIED = ("undo", "reset", "uncover", "start", "pause", "step", "check", "reveal")
GIVEN = {True: "1234567.75", False: "\u2045given\u2046"}  # stands for any answer that was not foreseen


class Sandbox:
    """An explorer that can be sent events unheard by any front end; at the end it is as it was before."""

    def __init__(self, explorer):
        self.explorer = explorer

    def __enter__(self):
        self._begun, own = self.state(), vars(self.explorer)
        own["_trait_values"]["comm"] = None  # no front end hears of it,
        own["_trait_notifiers"] = {  # nor what is linked to it,
            name: {kind: [each for each in heard if self._is_own(each)] for kind, heard in kinds.items()}
            for name, kinds in own["_trait_notifiers"].items()
        }
        own["explorer"], own["_on_answer"] = None, lambda mistake: None  # nor what a question covers, or is told
        return self

    def __exit__(self, *error):
        self.go_to(self._begun)

    def _is_own(self, handler):
        return getattr(handler, "__self__", None) is self.explorer

    def state(self):
        """Return all that the explorer remembers."""
        attributes = dict(vars(self.explorer))
        return attributes, dict(attributes["_trait_values"])

    def go_to(self, state):
        """Have it remember what it did."""
        attributes, traits = state
        vars(self.explorer).clear()
        vars(self.explorer).update(attributes, _trait_values=dict(traits))

    def send(self, **event):
        """Return what it shows after an event."""
        serial = self.explorer.shown["serial"] + 1
        self.explorer.set_state({"asked": {"events": [{"serial": serial, **event}]}})
        return self.explorer.shown


def precomputed(explorer):
    """Return what a page needs to show an explorer: its states, how they follow each other, and its arrays."""
    shown = explorer.shown
    with Sandbox(explorer) as sandbox:
        table = _of_question(sandbox) if explorer.asks else _of_explorer(sandbox)
    return {**table, "veil": shown.get("veil", ""), "key": getattr(explorer, "key", ""), "text": repr(explorer)}


# --- an explorer: the states nearest to the first one ---------------------------------------------------------------


def _of_explorer(sandbox):
    explorer, arrays, states, places, order = sandbox.explorer, Arrays(), [], {}, count()
    needs = _needs(explorer.shown["parts"])
    waiting = [(0.0, next(order), sandbox.state())]
    while waiting and len(states) < MOST_STATES and arrays.numbers < MOST_NUMBERS:
        cost, _, state = heapq.heappop(waiting)
        sandbox.go_to(state)
        key = _key(explorer)
        if key in places:
            continue
        explorer.refresh()
        parts, moves = explorer.shown["parts"], []
        places[key] = len(states)
        states.append({"parts": arrays.packed(parts), "moves": moves, "arrays": len(arrays.packs)})
        here = sandbox.state()
        for event, more in _events(parts):
            sandbox.go_to(here)
            explorer._busy = True  # settings alone: nothing is drawn before it is wanted
            sandbox.send(**event)
            explorer._busy = False
            moves.append([event, _key(explorer)])
            heapq.heappush(waiting, (cost + more, next(order), sandbox.state()))
    for state in states:
        state["moves"] = [[event, places[key]] for event, key in state["moves"] if key in places]
    return {"kind": "explorer", "states": states, "arrays": arrays.packs, "needs": needs}


def _events(parts):
    """Yield what a reader may ask for by the controls in view, and how far away that is."""
    trains = any("progress" in part for part in parts)
    for part in parts:
        for control in part.get("controls", []):
            if not control.get("disabled") and not (trains and part["kind"] != "stage"):
                for place, event in enumerate(_events_of(control), start=control["kind"] != "switch"):
                    yield event, 1.0 + FAR * place


def _events_of(control):
    """Return what can be asked for by a control, the nearest first."""
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
    """Return what a reader would need a kernel for."""
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


# --- a question: what is said to each answer ------------------------------------------------------------------------


def _of_question(sandbox):
    asked, arrays, states = sandbox.explorer, Arrays(), []
    begun, given = sandbox.state(), GIVEN[asked.wants_number]

    def after(*events):
        sandbox.go_to(begun)
        for event in events:
            sandbox.send(**event)
        states.append({"parts": arrays.packed(asked.shown["parts"]), "moves": []})
        return len(states) - 1

    def answered(text):
        return {"set": {"given": str(text)}}

    after()
    right = str(asked.answer)
    others = [each for each in asked.choices or [] if each != right]
    known = [asked.answer, *asked.mistakes] if asked.choices is None else [right, *others]
    wrong, nothing, odd = answered((others or [given])[0]), {"press": "check"}, answered("one")
    return {
        "kind": "question",
        "answers": "choice" if asked.choices else "number" if asked.wants_number else "text",
        "known": [[each, after(answered(each))] for each in known],
        "given": given,
        "other": after(wrong),
        "nothing": [after(nothing), after(wrong, nothing)],
        "odd": [after(odd), after(wrong, odd)],
        "reveal": after(wrong, {"press": "reveal"}),
        "states": states,
        "arrays": arrays.packs,
        "needs": [],
    }


# --- arrays ---------------------------------------------------------------------------------------------------------


class Arrays:
    """The arrays of many scenes, each once, in the order in which they are met."""

    def __init__(self):
        self.packs = []
        self.numbers = 0
        self._known = {}

    def packed(self, value):
        """Return what an explorer shows for a page on which nothing is typed: each array by its number."""
        if isinstance(value, list):  # nobody would take a file
            return [self.packed(item) for item in value if not (isinstance(item, dict) and item.get("kind") == "file")]
        if isinstance(value, bytes):
            return {"array": self._number("u1", value)}
        if not isinstance(value, dict):
            return value
        if set(value) == {"dtype", "data"}:
            return {"array": self._number(value["dtype"], bytes(value["data"]))}
        return {key: self.packed(item) for key, item in value.items() if key not in ("editable", "pick")}

    def _number(self, dtype, data):
        number = self._known.setdefault((dtype, data), len(self.packs))
        if number == len(self.packs):
            numbers = np.frombuffer(data, f"<{dtype}")
            if dtype == "f8" and numbers.size > MOST_DOUBLE and np.abs(numbers).max() < LARGEST_SINGLE:
                dtype, numbers = "f4", numbers.astype("<f4")
            self.packs.append([dtype, list(map(_written, numbers))])
            self.numbers += numbers.size
        return number


def _written(number):
    """Return a number as JSON holds it, in as few digits as say just this one; as text where JSON has none."""
    if not np.isfinite(number):
        return "NaN" if np.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    value = float(str(number))
    return int(value) if value.is_integer() and abs(value) < 1e15 and str(value) != "-0.0" else value
