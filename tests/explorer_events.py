"""Events at random: those that a front end may send at any moment, and those that none should."""

from __future__ import annotations

from itertools import repeat

import numpy as np
from explorer_steps import controls_of


def deep(depth=20_000) -> list:
    """Return a list in a list in a list …: too deep for repr, json and a comparison."""
    value = []
    for _ in range(depth):
        value = [value]
    return value


NOT_IN_A_CELL = (10**400, float("nan"), float("inf"), 1e101, True, False)
NO_NUMBERS = (None, "", "1", "é" * 5000, "__class__", b"\0\1", [], [1], [[0, 0, 0]], {}, {"a": 1}, deep(), np.ones(3))
ANYTHING = (-1, 2**31, 2**60, 0.5, 2.0, *NOT_IN_A_CELL, *NO_NUMBERS)
NO_SERIALS = (-1, 0, 0.5, 2.0, 2**53, 2**60, *NOT_IN_A_CELL, *NO_NUMBERS)
NO_STATES = (
    *ANYTHING,
    {"asked": None},
    {"asked": [1]},
    {"asked": {"events": {}}},
    {"asked": {"events": [7, None, []]}},
)
NO_CELLS = ([0, 0], [0, 0, 0, 0], [999, 0, 0], [0, 999, 0], [0, 0, 999], [0, 0, -1], [0, True, 0], [0, 0, 0.0], "000")
OTHER_NAMES = ("shown", "_esm", "arrays", "unit", "kernel.9", "kernel.x", "x.1", "name.1.2", "")
NO_BUTTONS = (*ANYTHING, "nothing", "Undo", "reset ", "close", "_begin")
NO_KINDS = ({}, {"do": 1}, {"press": "undo", "set": {}}, {"press": "undo", "edit": {}}, {"Set": {}})
EDIT = {"stage": 0, "panel": "x", "cell": [0, 0, 0], "value": 1.0}
NUMBERS = (0, -3, 0.5, 7, 1e100, -1e100, 1e-300, 1e50)  # that can be typed into a cell
TEXTS = ("99", "98", "−3", "1/2", "x", "")


def one_of(rng, values):
    """Return one of some values, whatever they are."""
    values = list(values)
    return values[rng.integers(len(values))]


# --- legal ----------------------------------------------------------------------------------------------------------


def legal_event(explorer, rng) -> dict:
    """Return an event that may come from the controls and cells that are shown."""
    buttons = [name for name, control in controls_of(explorer).items() if control["kind"] == "button"]
    settings = {name: control for name, control in controls_of(explorer).items() if control["kind"] != "button"}
    name = one_of(rng, settings)
    events = [{"set": {name: legal_value(settings[name], rng)}}] * 4
    events += [{"press": name} for name in (*buttons, "undo", "undo", "reset")]
    editable = [item for item in panels_of(explorer) if item[1].get("editable")]
    clickable = [item for item in panels_of(explorer) if explorer._scenes[item[0]].get("pick")]
    events += [{"edit": legal_edit(*one_of(rng, editable), rng)}] * 8 if editable else []
    events += [{"pick": legal_pick(*one_of(rng, clickable), rng)}] * 8 if clickable else []
    return one_of(rng, events)


def legal_value(control, rng):
    if "options" in control:
        return one_of(rng, control["options"])[0]
    if control["kind"] == "slider":
        return int(rng.integers(control["low"], control["high"] + 1))
    if control["kind"] == "file":
        return rng.integers(0, 256, 200 * 200, np.uint8).tobytes()
    if control["kind"] == "pad":
        return rng.integers(0, 2, 1024).astype(np.uint8).tobytes()
    return bool(rng.integers(2)) if control["kind"] == "switch" else one_of(rng, TEXTS)


def legal_edit(stage, panel, rng) -> dict:
    kinds = panel.get("edges", {"rows": repeat(0), "columns": repeat(0)})
    row, column = (
        one_of(rng, [at for at, kind in zip(panel["places"][end], kinds[end], strict=False) if kind == 0] or [0])
        for end in ("rows", "columns")
    )
    cell = [int(rng.integers(len(panel["values"]))), row, column]
    return {"stage": stage, "panel": panel["name"], "cell": cell, "value": one_of(rng, NUMBERS)}


def legal_pick(stage, panel, rng) -> dict:
    cell = [int(rng.integers(length)) for length in panel["values"].shape]
    return {"stage": stage, "panel": panel["name"], "cell": cell}


def panels_of(explorer) -> list[tuple[int, dict]]:
    return [(stage, panel) for stage, scene in enumerate(explorer._scenes) for panel in scene["panels"]]


# --- hostile --------------------------------------------------------------------------------------------------------


def hostile_event(explorer, rng) -> dict:
    """Return an event that must change nothing."""
    return one_of(rng, [hostile_set, hostile_edit, hostile_pick, hostile_press])(explorer, rng)


def hostile_set(explorer, rng) -> dict:
    controls = {name: control for name, control in controls_of(explorer).items() if control["kind"] != "button"}
    name = one_of(rng, controls)
    value = one_of(rng, [value for value in ANYTHING if not may_be(controls[name], value)])
    hidden = explorer.settings.keys() - controls.keys() - {"layers"}
    other = one_of(rng, [*OTHER_NAMES, *hidden])
    sets = [{name: value}, {name: value}, {name: value}, {other: one_of(rng, ANYTHING)}, {"size": 3, name: value}]
    return {"set": one_of(rng, [*sets, {7: 1}, [name, 1], value if not isinstance(value, dict) else 7])}


def may_be(control, value) -> bool:
    """Return whether a control may have a value."""
    if control["kind"] == "text":
        return isinstance(value, str)
    if control["kind"] == "switch":
        return isinstance(value, bool)
    if not isinstance(value, int | float | str) or isinstance(value, bool):
        return False
    if control["kind"] == "slider":
        return isinstance(value, int) and control["low"] <= value <= control["high"]
    return value in ["", *(option for option, _ in control.get("options", []))]


def hostile_edit(explorer, rng) -> dict:
    """Return an edit of which one thing is wrong."""
    editable = [item for item in panels_of(explorer) if item[1].get("editable")]
    if not editable:
        return {"edit": EDIT}
    edit = legal_edit(*one_of(rng, editable), rng)
    others = [
        panel["name"] for stage, panel in panels_of(explorer) if stage == edit["stage"] and not panel.get("editable")
    ]
    wrong = {
        "stage": (*ANYTHING, 9),
        "panel": (*ANYTHING, "nothing", *others),
        "cell": (*ANYTHING, *NO_CELLS),
        "value": (*NOT_IN_A_CELL, *NO_NUMBERS),
    }
    name = one_of(rng, wrong)
    value = one_of(rng, wrong[name])
    return {
        "edit": one_of(
            rng, [{**edit, name: value}, {**edit, name: value}, without(edit, name), {**edit, "self": 1}, value]
        )
    }


def hostile_pick(explorer, rng) -> dict:
    """Return a click of which one thing is wrong, or on a stage that does not ask for clicks."""
    legal = [legal_pick(*item, rng) for item in panels_of(explorer)]
    quiet = [pick for pick in legal if not explorer._scenes[pick["stage"]].get("pick")]
    pick = one_of(rng, legal) if legal else without(EDIT, "value")
    wrong = {"stage": (*ANYTHING, 9), "panel": (*ANYTHING, "h99"), "cell": (*ANYTHING, *NO_CELLS)}
    name = one_of(rng, wrong)
    events = [
        {**pick, name: one_of(rng, wrong[name])},
        {**pick, "value": 1},
        without(pick, name),
        one_of(rng, ANYTHING),
    ]
    return {"pick": one_of(rng, [*events, *quiet[:1]])}


def hostile_press(explorer, rng) -> dict:
    return one_of(rng, [*NO_KINDS, *({"press": name} for name in NO_BUTTONS)])


def without(event: dict, name: str) -> dict:
    return {key: value for key, value in event.items() if key != name}
