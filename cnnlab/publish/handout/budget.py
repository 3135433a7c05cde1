"""What of the tables fits a page: the states nearest to the first ones, and controls that reach no further."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from typing import Any

GREY = "disabled"


def fitted(tables: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """Return the tables cut so that they take at most so many bytes together, each with one state at least.

    What a small table leaves of its share the larger ones get.

    Examples
    --------
    >>> table = {"kind": "explorer", "states": [], "arrays": [], "needs": []}
    >>> fitted([table], 1000) == [table]
    True
    """
    whole = [(len(packed(table)), number) for number, table in enumerate(tables)]
    cut, left = list(tables), most
    for place, (size, number) in enumerate(sorted(whole)):
        share = left // (len(whole) - place)
        if size > share:
            cut[number] = _largest(tables[number], share)
            size = len(packed(cut[number]))
        left -= size
    return cut


def _largest(table: dict[str, Any], most: int) -> dict[str, Any]:
    """Return the table with as many states as fit."""
    if table["kind"] != "explorer":
        return table
    low, high = 1, len(table["states"])
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if len(packed(shortened(table, middle))) <= most else (low, middle - 1)
    return shortened(table, low)


def shortened(table: dict[str, Any], length: int) -> dict[str, Any]:
    """Return the table with its first states alone."""
    states = [
        {**state, "moves": [[event, to] for event, to in state["moves"] if to < length]}
        for state in table["states"][:length]
    ]
    return {**table, "states": states, "arrays": table["arrays"][: states[-1]["arrays"]]}


def packed(table: dict[str, Any]) -> str:
    """Return a table as a page holds it; each state is two texts in it, which are read when it is shown."""
    states = [[_json(_reachable(state)), _json(state["moves"])] for state in table["states"]]
    text = _json({**table, "states": states})
    return b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def is_limited(table: dict[str, Any]) -> bool:
    """Return whether a control of the first state stops before its end, or does nothing."""
    return any(_controls(_reachable(state)) != _controls(state["parts"]) for state in table["states"])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _controls(parts: list[dict]) -> list[dict]:
    return [control for part in parts for control in part.get("controls", [])]


def _reachable(state: dict[str, Any]) -> list[dict]:
    """Return the parts of a state, whose controls offer what is in the table."""
    if "arrays" not in state:  # a question answers whatever is given
        return state["parts"]
    sets: dict[str, list] = {}
    presses = {event["press"] for event, _ in state["moves"] if "press" in event}
    for event, _ in state["moves"]:
        for name, value in event.get("set", {}).items():
            sets.setdefault(name, []).append(value)
    return [
        {**part, "controls": [_offering(each, sets.get(each["name"], []), presses) for each in part["controls"]]}
        if "controls" in part
        else part
        for part in state["parts"]
    ]


def _offering(control: dict, values: list, presses: set[str]) -> dict:
    """Return a control that offers these values beside its own."""
    kind, value = control["kind"], control.get("value")
    if kind == "slider":
        low = high = value
        while low - 1 in values:
            low -= 1
        while high + 1 in values:
            high += 1
        return {**control, "low": low, "high": high}
    if kind in ("select", "tabs"):
        missing = [option for option, _ in control["options"] if option != value and option not in values]
        return {**control, "missing": missing} if missing else control
    if kind == "button" and control["name"] in presses:
        return control
    return {**control, GREY: True} if kind != "switch" or not values else control
