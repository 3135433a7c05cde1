"""An explorer is asked beforehand for what a reader may ask: a table of what it would show.

It is asked by its own protocol (:mod:`cnnlab.lab.explorers.events`), so no number of a handout is made in another way
than in the notebook. Nobody hears of it, and the explorer stays as it is.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np

from cnnlab.lab.explorers.explorer import Explorer
from cnnlab.lab.explorers.predict import Predict

MOST_STATES, MOST_NUMBERS = 200, 400_000  # of an explorer: no page holds more
MOST_SECONDS = 3.0
MOST_VALUES = 64  # of a control
FAR = 0.04  # how much dearer the next value of a slider is: the nearest ones come first
OFFERED = ("slider", "select", "switch", "tabs", "button")  # controls whose values can be tried
UNTRIED = ("undo", "reset", "uncover", "start", "pause", "step", "check", "reveal")
GIVEN = {True: "1234567.75", False: "\u2045given\u2046"}  # what stands for an answer that nobody foresaw


class Rehearsal:
    """What an explorer would show after an event; as a context, after which it is as it was before."""

    def __init__(self, explorer: Explorer):
        self.explorer = explorer

    def __enter__(self) -> Rehearsal:
        self._begun = self.state()
        traits = vars(self.explorer)["_trait_values"]
        traits["comm"] = None  # no front end hears of it
        heard = vars(self.explorer)["_trait_notifiers"]
        own = {
            name: {kind: [each for each in handlers if _is_of(each, self.explorer)] for kind, handlers in kinds.items()}
            for name, kinds in heard.items()
        }
        vars(self.explorer)["_trait_notifiers"] = own  # nor what is linked to it
        vars(self.explorer)["explorer"] = None  # nor what a question covers
        return self

    def __exit__(self, *error) -> None:
        self.go_to(self._begun)

    def state(self) -> tuple[dict, dict]:
        """Return all that the explorer remembers."""
        attributes = dict(vars(self.explorer))
        return attributes, dict(attributes["_trait_values"])

    def go_to(self, state: tuple[dict, dict]) -> None:
        """Have it remember what it did."""
        attributes, traits = state
        vars(self.explorer).clear()
        vars(self.explorer).update(attributes, _trait_values=dict(traits))

    def ask(self, **event) -> dict:
        """Return what it shows after an event."""
        serial = self.explorer.shown["serial"] + 1
        self.explorer.set_state({"asked": {"events": [{"serial": serial, **event}]}})
        return self.explorer.shown


def rehearsed(explorer: Explorer) -> dict[str, Any]:
    """Return what a page needs to show an explorer: its states, how they follow each other, and its arrays."""
    shown = explorer.shown
    with Rehearsal(explorer) as precompute:
        table = _of_question(precompute) if isinstance(explorer, Predict) else _of_explorer(precompute)
    return {**table, "veil": shown.get("veil", ""), "key": getattr(explorer, "key", ""), "text": repr(explorer)}


# --- an explorer: the states nearest to the first one ---------------------------------------------------------------


def _of_explorer(precompute: Rehearsal) -> dict[str, Any]:
    arrays, states, places, order = Arrays(), [], {}, count()
    needs = _needs(precompute.explorer.shown["parts"])
    waiting = [(0.0, next(order), precompute.state())]
    until = time.monotonic() + MOST_SECONDS
    while waiting and len(states) < MOST_STATES and arrays.numbers < MOST_NUMBERS:
        cost, _, state = heapq.heappop(waiting)
        precompute.go_to(state)
        key = _key(precompute.explorer)
        if key in places:
            continue
        if states and time.monotonic() > until:
            break
        precompute.explorer.refresh()
        parts, moves = precompute.explorer.shown["parts"], []
        places[key] = len(states)
        states.append({"parts": arrays.packed(parts), "moves": moves, "arrays": len(arrays.packs)})
        here = precompute.state()
        for event, more in _events(parts):
            precompute.go_to(here)
            precompute.explorer._busy = True  # settings alone: nothing is drawn before it is wanted
            precompute.ask(**event)
            precompute.explorer._busy = False
            moves.append([event, _key(precompute.explorer)])
            heapq.heappush(waiting, (cost + more, next(order), precompute.state()))
    for state in states:
        state["moves"] = [[event, places[key]] for event, key in state["moves"] if key in places]
    return {"kind": "explorer", "states": states, "arrays": arrays.packs, "needs": needs}


def _events(parts: list[dict]) -> Iterator[tuple[dict, float]]:
    """Yield what a reader may ask for by the controls in view, and how far away that is."""
    trains = any("progress" in part for part in parts)
    for part in parts:
        for control in part.get("controls", []):
            if control["kind"] in OFFERED and not control.get("disabled") and not (trains and part["kind"] != "stage"):
                yield from _events_of(control)


def _events_of(control: dict) -> Iterator[tuple[dict, float]]:
    name, value = control["name"], control.get("value")
    if control["kind"] == "button":
        if name not in UNTRIED:
            yield {"press": name}, 1.0
        return
    if control["kind"] == "slider":
        near = range(max(control["low"], value - MOST_VALUES), min(control["high"], value + MOST_VALUES) + 1)
        values = sorted(near, key=lambda other: abs(other - value))
    else:
        values = [option for option, _ in control["options"]] if "options" in control else [not value]
    for place, other in enumerate(values):
        if other != value:
            yield {"set": {name: other}}, 1.0 + FAR * place


def _key(explorer: Explorer) -> str:
    return repr(sorted(explorer.settings.items()))


def _needs(parts: list[dict]) -> list[str]:
    """Return what a reader would need a kernel for."""
    panels = [panel for part in parts for panel in part.get("scene", {}).get("panels", [])]
    controls = [control for part in parts for control in part.get("controls", [])]
    there = {
        "typing into cells": any(panel.get("editable") for panel in panels),
        "opening other units": any(part.get("scene", {}).get("pick") for part in parts),
        "training": any("progress" in part for part in parts),
        "drawing": any(control["kind"] == "pad" for control in controls),
    }
    return [need for need, wanted in there.items() if wanted]


# --- a question: what is said to each answer ------------------------------------------------------------------------


def _of_question(precompute: Rehearsal) -> dict[str, Any]:
    asked, arrays, states = precompute.explorer, Arrays(), []
    begun, given = precompute.state(), GIVEN[asked.wants_number]

    def after(*events: dict, then=begun) -> int:
        precompute.go_to(then)
        for event in events:
            precompute.ask(**event)
        states.append({"parts": arrays.packed(precompute.explorer.shown["parts"]), "moves": []})
        return len(states) - 1

    def answered(text) -> dict:
        return {"set": {"given": str(text)}}

    after()
    known = [asked.answer, *asked.mistakes] if asked.choices is None else _right_first(asked)
    table = {
        "kind": "question",
        "answers": "choice" if asked.choices else "number" if asked.wants_number else "text",
        "known": [[each, after(answered(each))] for each in known],
        "given": given,
    }
    wrong = next((str(each) for each in asked.choices or [] if each != str(asked.answer)), given)
    nothing, odd = {"press": "check"}, answered("one")
    table["other"] = after(answered(wrong))
    table["nothing"] = [after(nothing), after(answered(wrong), nothing)]
    table["odd"] = [after(odd), after(answered(wrong), odd)]
    table["reveal"] = after(answered(wrong), {"press": "reveal"})
    return {**table, "states": states, "arrays": arrays.packs, "needs": []}


def _right_first(asked: Predict) -> list[str]:
    return [str(asked.answer), *(each for each in asked.choices if each != str(asked.answer))]


# --- arrays ---------------------------------------------------------------------------------------------------------


class Arrays:
    """The arrays of many scenes, each once, in the order in which they are met."""

    def __init__(self):
        self.packs: list[list] = []
        self.numbers = 0
        self._known: dict[tuple[str, bytes], int] = {}

    def packed(self, value: Any) -> Any:
        """Return what an explorer shows for a page on which nothing is typed: each array by its number."""
        if isinstance(value, list):
            return [self.packed(item) for item in value]
        if isinstance(value, bytes):
            return {"array": self._number("u1", value)}
        if not isinstance(value, dict):
            return value
        if set(value) == {"dtype", "data"}:
            return {"array": self._number(value["dtype"], bytes(value["data"]))}
        return {key: self.packed(item) for key, item in value.items() if key not in ("editable", "pick")}

    def _number(self, dtype: str, data: bytes) -> int:
        key = dtype, data
        if key not in self._known:
            self._known[key] = len(self.packs)
            numbers = np.frombuffer(data, f"<{dtype}")
            self.packs.append([dtype, list(map(_written, numbers))])
            self.numbers += numbers.size
        return self._known[key]


def _written(number: np.floating) -> Any:
    """Return a number as JSON holds it, in as few digits as say just this one; as text where JSON has none."""
    if not np.isfinite(number):
        return "NaN" if np.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    value = float(str(number))
    return int(value) if value.is_integer() and abs(value) < 1e15 and str(value) != "-0.0" else value


def _is_of(handler, explorer: Explorer) -> bool:
    return getattr(handler, "__self__", None) is explorer
