"""Nothing that a front end sends stops an explorer: what cannot be done is acknowledged, and changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
from explorer_events import (
    ANYTHING,
    NO_BUTTONS,
    NO_CELLS,
    NO_KINDS,
    NO_NUMBERS,
    NO_SERIALS,
    NO_STATES,
    NOT_IN_A_CELL,
    hostile_event,
    legal_event,
    panels_of,
    without,
)
from explorer_steps import ask, controls_of, move, panels, pick, state_of, type_in, updates_of
from explorers import MAKERS, X, every_explorer, explore

from cnnlab import conv2d_backward
from cnnlab.lab import ChainExplorer, ConvolutionExplorer, PhotoExplorer
from cnnlab.lab.explorers._events import FURTHEST, MOST_EVENTS

LEGAL, HOSTILE = 90, 30  # events for each explorer; a review had 10,000 and 5,000 over all
EDIT = {"stage": 0, "panel": "x", "cell": [0, 0, 0], "value": 99.0}


def storm(explorer, rng, legal: int, hostile: int) -> None:
    """Send events, legal and hostile ones mixed; a hostile one is acknowledged and leaves all as it was."""
    for is_hostile in rng.permutation([False] * legal + [True] * hostile):
        before, serial = state_of(explorer), explorer.shown["serial"]
        if is_hostile:
            event = hostile_event(explorer, rng)
            ask(explorer, event)
            assert state_of(explorer) == before, event
        else:
            event = legal_event(explorer, rng)
            ask(explorer, event)
            check_edit(explorer, event.get("edit"))
            check_controls(explorer, event.get("set", {}))
        assert explorer.shown["serial"] == serial + 1


def check_edit(explorer, edit) -> None:
    """See that what was typed stands where it was typed."""
    if edit is not None:
        shown = next(
            each for stage, each in panels_of(explorer) if (stage, each["name"]) == (edit["stage"], edit["panel"])
        )
        plane, *place = edit["cell"]
        row, column = (
            (shown["places"][end] or [0]).index(at) for end, at in zip(("rows", "columns"), place, strict=True)
        )
        assert shown["values"][plane, row, column] == edit["value"]


def check_controls(explorer, chosen) -> None:
    """See that each control shows what was chosen, unless it is closed, and that each slider stays in its bounds."""
    controls = controls_of(explorer)
    for name, value in chosen.items():
        control = controls.get(name, {"value": value})
        assert control.get("disabled") or control.get("kind") == "file" or control["value"] == value, name
    for name, control in controls.items():
        assert control["kind"] != "slider" or control["low"] <= control["value"] <= control["high"], name


@every_explorer
def test_legal_and_hostile_events_at_random_leave_an_explorer_that_works(make):
    explorer, rng = make(), np.random.default_rng(11)
    storm(explorer, rng, LEGAL, HOSTILE)
    explorer.reset()
    assert state_of(explorer) == state_of(make())


def test_what_is_shown_after_all_that_is_what_the_functions_give():
    explorer = explore()
    storm(explorer, np.random.default_rng(12), 200, 100)
    s = explorer.now()
    w = explorer.w[..., ::-1, ::-1] if s.turned else explorer.w
    dx, _, db = conv2d_backward(explorer.dy, explorer.x, w, stride=s.stride, padding=s.padding)
    inside = slice(s.padding, s.padding + s.size)
    np.testing.assert_array_equal(panels(explorer)["dx"][:, inside, inside], dx[0])
    np.testing.assert_array_equal(panels(explorer)["db"].ravel(), db)


# --- one by one -----------------------------------------------------------------------------------------------------


def is_ignored(explorer, *events) -> bool:
    """Return whether events are acknowledged and change nothing, not even what is said of the last edit."""
    before = state_of(explorer)
    ask(explorer, *events)
    return state_of(explorer) == before


@pytest.fixture
def edited():
    """Return an explorer of which a cell has been edited."""
    explorer = explore()
    type_in(explorer, ("x", (0, 1, 1), 7.0))
    assert "note" in explorer._scenes[0]
    return explorer


def test_an_event_without_a_serial_that_counts_on_is_not_there(edited):
    before, updates = state_of(edited), updates_of(edited)
    for event in [{}, *({"serial": serial} for serial in NO_SERIALS)]:
        edited.set_state({"asked": {"events": [{**event, "set": {"stride": 3}}]}})
        assert (state_of(edited), edited.shown["serial"], updates) == (before, 1, []), type(event.get("serial"))


def test_a_serial_that_would_use_up_the_numbers_is_not_there_and_the_furthest_one_leaves_room():
    explorer = explore()
    for serial in (2**60, 2**53, FURTHEST):
        explorer.set_state({"asked": {"events": [{"serial": serial, "set": {"stride": 3}}]}})
        assert (explorer.shown["serial"], explorer.stride) == (0, 1)
    explorer.set_state({"asked": {"events": [{"serial": FURTHEST - 1, "set": {"stride": 3}}]}})
    assert (explorer.shown["serial"], explorer.stride) == (FURTHEST - 1, 3)
    move(explorer, stride=2)


def test_a_state_that_holds_no_events_is_not_there(edited):
    before, updates = state_of(edited), updates_of(edited)
    for state in NO_STATES:
        edited.set_state(state)
        assert (state_of(edited), edited.shown["serial"], updates) == (before, 1, []), type(state)


@pytest.mark.parametrize(
    "name", ["shown", "_esm", "module", "process", "layout", "kernel", "_view_name", "arrays", "comm"]
)
def test_no_other_trait_can_be_set_by_a_front_end(edited, name):
    before, value = state_of(edited), getattr(edited, name)
    edited.set_state({name: {"serial": 5, "parts": []}, "asked": {"events": [{"serial": 2}]}})
    assert state_of(edited) == before
    assert getattr(edited, name) is value or name == "shown"
    assert edited.shown["serial"] == 2


def test_what_is_malformed_is_acknowledged_and_what_stands_beside_it_is_served(edited):
    ask(edited, {"edit": 7}, {"set": {"stride": 2}}, {"press": ["undo"]}, {"set": {"padding": 0}, "press": "undo"}, {})
    assert (edited.stride, edited.padding, edited.x[0, 0, 1, 1]) == (2, 1, 7)


def test_an_edit_of_no_cell_is_ignored(edited):
    for cell in [*ANYTHING, *NO_CELLS]:
        assert is_ignored(edited, {"edit": {**EDIT, "cell": cell}}), type(cell)


def test_an_edit_by_no_number_is_ignored(edited):
    for value in [*NOT_IN_A_CELL, *NO_NUMBERS]:
        assert is_ignored(edited, {"edit": {**EDIT, "value": value}}), type(value)


def test_an_edit_of_what_is_computed_or_not_there_is_ignored(edited):
    for panel in ["y", "dx", "dw", "db", "z", "", None, 7]:
        assert is_ignored(edited, {"edit": {**EDIT, "panel": panel}}), panel


def test_an_edit_on_a_stage_that_is_not_there_is_ignored(edited):
    for stage in [*ANYTHING, 1]:
        assert is_ignored(edited, {"edit": {**EDIT, "stage": stage}}), type(stage)


def test_an_edit_with_too_little_or_too_much_is_ignored(edited):
    assert is_ignored(edited, {"edit": {**EDIT, "self": 1}})
    for name in EDIT:
        for edit in (without(EDIT, name), {**EDIT, name: []}):
            assert is_ignored(edited, {"edit": edit}), name


def test_a_bias_has_one_cell_a_filter():
    explorer = explore()
    for cell in ([0, 0, 1], [0, 1, 0], [1, 0, 0]):
        assert is_ignored(explorer, {"edit": {**EDIT, "panel": "b", "cell": cell}})
    type_in(explorer, ("b", (0, 0, 0), 9.0))
    assert explorer.b.tolist() == [9]


@pytest.mark.parametrize(
    "make", ["ConvolutionExplorer with gradients", "OutputSizeExplorer", "NetworkExplorer", "Predict"]
)
def test_a_button_that_is_not_there_is_ignored(make):
    explorer = MAKERS[make]()
    for name in NO_BUTTONS:
        assert is_ignored(explorer, {"press": name}), type(name)


def test_an_event_of_no_kind_or_of_two_is_ignored(edited):
    for event in NO_KINDS:
        assert is_ignored(edited, event), event


def test_a_control_that_is_not_there_sets_nothing():
    plain = ConvolutionExplorer(X, np.eye(3))
    assert is_ignored(plain, {"set": {"turned": True}}, {"set": {"x": 3}})
    network = MAKERS["NetworkExplorer"]()
    assert is_ignored(network, {"set": {"target": 3}})
    move(network, backward=True)
    move(network, target=3)


def test_of_several_settings_in_one_event_all_are_set_or_none(edited):
    assert is_ignored(edited, {"set": {"stride": 2, "kernel": 99}}, {"set": {"stride": 2, "nothing": 1}})
    ask(edited, {"set": {"stride": 2, "kernel": 2}})
    assert (edited.stride, edited.kernel) == (2, 2)


def test_a_click_on_a_unit_that_does_not_exist_is_ignored():
    network = MAKERS["NetworkExplorer"]()
    for panel, cell, stage in [
        ("h1", (8, 0, 0), 0),
        ("h1", (0, 28, 0), 0),
        ("h1", (0, 0, 28), 0),
        ("g1", (0, 0, 0), 0),
        ("w4", (0, 0, 0), 0),
        ("h9", (0, 0, 0), 0),
        ("h1", (-1, 0, 0), 0),
        ("x", (0, 0, 0), 1),
        ("h1", (0, 0, 0), 2),
    ]:
        assert is_ignored(network, {"pick": {"stage": stage, "panel": panel, "cell": list(cell)}}), (panel, cell)
    assert network.opened is None
    pick(network, "h4", 1, 1, 1)
    assert network.opened == ("h4", [1, 1, 1])


@pytest.mark.parametrize("asks", [True, False])
def test_a_click_is_told_of_where_the_scene_asks_for_it(asks, monkeypatch):
    explorer, clicks = explore(), []
    monkeypatch.setattr(ConvolutionExplorer, "pick", lambda self, **where: clicks.append(where))
    explorer._scenes[0]["pick"] = asks
    pick(explorer, "y", 0, 2, 1)
    assert clicks == [{"stage": 0, "panel": "y", "cell": [0, 2, 1]}] * asks


def test_a_long_request_is_served_in_parts():
    explorer = explore()
    events = [{"serial": serial, "set": {"stride": 1 + serial % 2}} for serial in range(1, MOST_EVENTS + 11)]
    explorer.set_state({"asked": {"events": events}})
    assert explorer.shown["serial"] == MOST_EVENTS
    explorer.set_state({"asked": {"events": events[MOST_EVENTS:]}})
    assert explorer.shown["serial"] == MOST_EVENTS + 10


@pytest.mark.parametrize("value", [1e100, -1e100, 1e50])
def test_the_largest_number_in_every_cell_is_drawn_without_a_warning(value):
    for explorer in (explore(), ChainExplorer(np.ones((6, 6))), PhotoExplorer(np.ones((70, 70)))):
        for stage, panel in panels_of(explorer):
            if panel.get("editable"):
                places = [[at for at in panel["places"][end] if at >= 0][:5] or [0] for end in ("rows", "columns")]
                cells = [(panel["name"], (0, row, column), value) for row in places[0] for column in places[1]]
                type_in(explorer, *cells, stage=stage)
        for name in explorer.settings.keys() & {"f", "turned"}:
            for choice in ("sigmoid", True):
                ask(explorer, {"set": {name: choice}})
        assert all(np.isfinite(panel["values"]).all() for _, panel in panels_of(explorer))
