"""What of the tables fits a page: the states nearest to the first ones, and controls that reach no further."""

import gzip
import json
from base64 import b64encode
from bisect import bisect
from itertools import count


def fitted(tables, most):
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
        share, table = left // (len(sizes) - place), tables[number]
        if size > share and table["kind"] == "explorer":
            lengths = range(2, len(table["states"]) + 1)
            length = 1 + bisect(lengths, share, key=lambda length: len(packed(shortened(table, length))))
            cut[number] = shortened(table, length)
            size = len(packed(cut[number]))
        left -= size
    return cut


def shortened(table, length):
    """Return the table with its first states alone."""
    states = [state | {"moves": [move for move in state["moves"] if move[1] < length]} for state in table["states"]]
    return table | {"states": states[:length], "arrays": table["arrays"][: states[length - 1]["arrays"]]}


def packed(table):
    """Return a table as a page holds it; each state is two texts in it, which are read when it is shown."""
    states = [[_json(_reachable(state)), _json(state["moves"])] for state in table["states"]]
    text = _json({**table, "states": states})
    return b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def is_limited(table):
    """Return whether a control of some state stops before its end, or does nothing."""
    return any(_reachable(state) != state["parts"] for state in table["states"])


def _json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _reachable(state):
    """Return the parts of a state, whose controls offer what is in the table."""
    if "arrays" not in state:  # a question answers whatever is given
        return state["parts"]
    offered = {}
    for event, _ in state["moves"]:
        for name, value in event.get("set", {event.get("press"): None}).items():
            offered.setdefault(name, []).append(value)
    return [
        {**part, "controls": [_offering(control, offered.get(control["name"], [])) for control in part["controls"]]}
        if "controls" in part
        else part
        for part in state["parts"]
    ]


def _offering(control, values):
    """Return a control that says which values the page has beside its own."""
    kind, value = control["kind"], control.get("value")
    if kind == "slider":
        low = next(low for low in count(value, -1) if low - 1 not in values)
        high = next(high for high in count(value) if high + 1 not in values)
        held = f"{low} to {high}" if low < high else f"{value}"
        return control if (low, high) == (control["low"], control["high"]) else {**control, "lacks": f"here {held}"}
    if kind in ("select", "tabs"):
        missing = [option for option, _ in control["options"] if option not in (value, *values)]
        return {**control, "missing": missing} if missing else control
    return control if values else {**control, "disabled": True}
