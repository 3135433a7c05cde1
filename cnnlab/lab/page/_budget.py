"""Cut the tables to the size of a page: keep the states nearest to the initial ones, and limit the controls."""

import gzip
import json
from base64 import b64encode
from bisect import bisect
from itertools import count


def fitted(tables, most):
    """Return the tables cut to a total number of bytes, each with at least one state.

    What a small table leaves of its share goes to the larger ones.

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
    """Return the table with only its first states."""
    states = [state | {"moves": [move for move in state["moves"] if move[1] < length]} for state in table["states"]]
    return table | {"states": states[:length], "arrays": table["arrays"][: states[length - 1]["arrays"]]}


def packed(table):
    """Return a table in the form embedded in a page; each state is two strings, parsed when it is shown."""
    states = [[_json(_reachable(state)), _json(state["moves"])] for state in table["states"]]
    text = _json({**table, "states": states})
    return b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def is_limited(table):
    """Return whether some state has a control that is limited or disabled."""
    return any(_reachable(state) != state["parts"] for state in table["states"])


def _json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _reachable(state):
    """Return the parts of a state, with controls that offer only what is in the table."""
    if "arrays" not in state:  # a question can answer any input
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
    """Return a control with the values that the page offers besides the current one."""
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
