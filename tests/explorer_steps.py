"""The learner's hand on an explorer, and what it then shows."""

from __future__ import annotations

import numpy as np

from cnnlab.lab.explorers.front import as_message

# --- the learner's hand ---------------------------------------------------------------------------------------------


def ask(explorer, *events) -> None:
    """Ask for events in one request, as a front end does, and see that they are answered."""
    first = explorer.shown["serial"] + 1
    numbered = [{"serial": serial, **event} for serial, event in enumerate(events, start=first)]
    explorer.set_state({"asked": {"events": numbered}})
    assert explorer.shown["serial"] == first + len(events) - 1


def move(explorer, **settings) -> None:
    """Move one control after the other."""
    for name, value in settings.items():
        ask(explorer, {"set": {name: value}})
        assert getattr(explorer, name) == value


def choose(explorer, **settings) -> None:
    """Move the sliders to settings that fit, over a way on which every step does: from the largest input down."""
    largest = controls_of(explorer)["size"]["high"]
    steps = [("size", largest), ("padding", 0), *((name, settings[name]) for name in ("kernel", "padding", "size"))]
    steps = [*steps, ("stride", settings["stride"])]
    ask(explorer, *({"set": {name: value}} for name, value in steps))  # all in one request: drawn once
    assert {name: getattr(explorer, name) for name, _ in steps} == dict(steps)


def type_in(explorer, *cells, stage=0) -> None:
    """Type into cells, all in one request: each a panel, (plane, row, column) without padding, and a number."""
    edits = [
        {"stage": stage, "panel": panel, "cell": list(map(int, cell)), "value": value} for panel, cell, value in cells
    ]
    ask(explorer, *({"edit": edit} for edit in edits))


def press(explorer, name) -> None:
    """Press a button."""
    ask(explorer, {"press": name})


def pick(explorer, panel, *cell, stage=0) -> None:
    """Click a cell."""
    ask(explorer, {"pick": {"stage": stage, "panel": panel, "cell": list(map(int, cell))}})


# --- what is shown --------------------------------------------------------------------------------------------------


def panels(explorer, stage=0) -> dict[str, np.ndarray]:
    """Return the numbers that a stage shows, by panel."""
    return {panel["name"]: panel["values"] for panel in explorer._scenes[stage]["panels"]}


def controls_of(explorer) -> dict[str, dict]:
    """Return the controls that are shown, by name."""
    return {control["name"]: control for part in explorer.shown["parts"] for control in part.get("controls", [])}


def words_of(explorer, kind="head") -> str:
    """Return the lines that the parts of a kind show."""
    lines = [line for part in explorer.shown["parts"] if part["kind"] == kind for line in part["lines"]]
    return "\n".join("".join(text for _, text in line) for line in lines)


def state_of(explorer) -> tuple:
    """Return all that an event could change, to compare; but for the serial."""
    shown = repr(as_message({**explorer.shown, "serial": 0}))
    arrays = {name: array.tobytes() for name, array in explorer.arrays.items()}
    return shown, arrays, repr(explorer.settings), len(explorer._past)


def arrays_of(explorer) -> dict[str, np.ndarray]:
    """Return copies of x, w, b and dy."""
    return {name: np.copy(getattr(explorer, name)) for name in ("x", "w", "b", "dy")}


def updates_of(explorer) -> list[dict]:
    """Return a list to which everything that is shown from now on is appended."""
    seen = []
    explorer.observe(lambda change: seen.append(change["new"]), names="shown")
    return seen
