"""What of the tables fits a page: the states nearest to the first ones, and controls that reach no further."""

import gzip
import json
from base64 import b64encode
from bisect import bisect
from typing import Any


def fitted(tables: list[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """Return the tables cut so that they take at most so many bytes together, each with one state at least.

    What a small table leaves of its share the larger ones get.

    Examples
    --------
    >>> table = {"kind": "explorer", "states": [], "arrays": [], "needs": []}
    >>> fitted([table], 1000) == [table]
    True
    """
    cut, left = list(tables), most
    sizes = sorted((len(packed(table)), number) for number, table in enumerate(tables))
    for place, (size, number) in enumerate(sizes):
        share = left // (len(sizes) - place)
        if size > share and cut[number]["kind"] == "explorer":
            table = cut[number]
            lengths = range(2, len(table["states"]) + 1)
            length = 1 + bisect(lengths, share, key=lambda length: len(packed(shortened(table, length))))
            cut[number] = shortened(table, length)
            size = len(packed(cut[number]))
        left -= size
    return cut


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
    """Return whether a control of some state stops before its end, or does nothing."""
    return any(_reachable(state) != state["parts"] for state in table["states"])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _reachable(state: dict[str, Any]) -> list[dict]:
    """Return the parts of a state, whose controls offer what is in the table."""
    if "arrays" not in state:  # a question answers whatever is given
        return state["parts"]
    offered: dict[str, list] = {}
    for event, _ in state["moves"]:
        for name, value in event.get("set", {event.get("press"): None}).items():
            offered.setdefault(name, []).append(value)
    return [
        {**part, "controls": [_offering(control, offered.get(control["name"], [])) for control in part["controls"]]}
        if "controls" in part
        else part
        for part in state["parts"]
    ]


def _offering(control: dict, values: list) -> dict:
    """Return a control that says which values the page has beside its own."""
    kind, value = control["kind"], control.get("value")
    if kind == "slider":
        low = high = value
        while low - 1 in values:
            low -= 1
        while high + 1 in values:
            high += 1
        held = f"{low} to {high}" if low < high else f"{value}"
        return control if (low, high) == (control["low"], control["high"]) else {**control, "lacks": f"here {held}"}
    if kind in ("select", "tabs"):
        missing = [option for option, _ in control["options"] if option != value and option not in values]
        return {**control, "missing": missing} if missing else control
    return control if values else {**control, "disabled": True}
