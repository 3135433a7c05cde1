"""What a front end may send to a TrainingExplorer: nothing of it raises, and what cannot be done changes nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from explorer_steps import ask, press, state_of
from training_steps import FEW, explore, losses, said

# --- what cannot be done --------------------------------------------------------------------------------------------

NO_EVENTS = [
    {"press": "start"},
    {"serial": "1", "press": "start"},
    {"serial": True, "press": "start"},
    {"serial": 1, "press": "start", "set": {"image": 1}},
    {"serial": 1, "press": None},
    {"serial": 1, "set": ["image", 3]},
    {"serial": 1, "set": {}},
    {"serial": 1, "edit": {"stage": 0, "panel": "confusion", "cell": [0, 0], "value": 1}},
    {"serial": 1, "pick": {"stage": 0, "panel": "confusion", "cell": "0,0,0"}},
    {"serial": 1, "delete": "everything"},
    ["serial", 1],
    None,
]
IDLE = [
    *({"press": name} for name in ("undo", "close", "model", "run", "__init__", "", "start ")),
    *({"set": {"learning_rate": value}} for value in (0, -0.03, 5, True, "0.03", None, math.nan, [0.03], {"0.03": 1})),
    *({"set": {"image": value}} for value in (-1, 360, 10**30, 0.5, True, "1", None, math.inf, [])),
    *({"set": {"look_back": value}} for value in (-1, 5, 10**9, "now")),
    *({"set": {"maps": value}} for value in ("dense", "flatten", 0, None, "")),
    *({"set": {"pace": value}} for value in (0, 0.001, "as fast as possible", None)),
    *({"set": {"batch_size": value}} for value in (0, 97, 128, 10**9, 4.5, "16")),
    *({"set": {name: 3}} for name in ("first_filters", "second_filters", "no such setting")),
    *({"set": {name: 1}} for name in ("_player", "shown", "model", "accuracy", "records", "comm", "arrays", "absent")),
    *({"edit": {"stage": stage, "panel": "worst", "cell": [0, 0, 0], "value": 1.0}} for stage in (0, 1, 9)),
    *({"edit": {"stage": 1, "panel": name, "cell": [0, 0, 0], "value": 1e99}} for name in ("w", "x", "p", "none")),
    *({"pick": {"stage": 0, "panel": name, "cell": [0, 0, 0]}} for name in ("loss", "confusion", "none")),
]


def state(explorer):
    """Return all that an event could change."""
    return state_of(explorer), losses(explorer), explorer.playing, set(vars(explorer))


@pytest.mark.parametrize("event", NO_EVENTS, ids=str)
def test_what_is_no_event_changes_nothing(event):
    explorer = explore()
    before = state(explorer)
    explorer.set_state({"asked": {"events": [event]}})
    assert state(explorer) == before
    numbered = isinstance(event, dict) and event.get("serial") == 1 and event["serial"] is not True
    assert explorer.shown["serial"] == (1 if numbered else 0)  # whatever has a serial is acknowledged


def test_what_cannot_be_done_changes_nothing_and_is_acknowledged():
    explorer = explore()
    explorer.run(2)
    before = state(explorer)
    for serial, event in enumerate(IDLE, start=1):
        ask(explorer, event)
        assert state(explorer) == before, event
        assert explorer.shown["serial"] == serial
    explorer.run()
    alone = explore()
    alone.run()
    assert losses(explorer) == losses(alone)


@pytest.mark.parametrize("sent", [{"shown": {}}, {"image": 3}, {"asked": [1]}, {"asked": None}, {}, None, "asked"])
def test_nothing_else_that_is_sent_is_taken(sent):
    explorer = explore()
    before = state(explorer)
    explorer.set_state(sent)
    assert state(explorer) == before


# --- what can -------------------------------------------------------------------------------------------------------


def random_event(rng) -> dict:
    """Return what a learner may do, or what nobody can."""
    number = int(rng.integers(-2, 12))
    settings = [
        {"image": number * 40},
        {"look_back": number},
        {"learning_rate": float(rng.choice([0.003, 0.03, 0.3, 7.0]))},
        {"first_filters": number, "batch_size": 4 * number},
        {"maps": str(rng.choice(["ReLU 1", "max-pooling 1", "dense"])), "pace": "2 steps a second"},
    ]
    kinds = [{"set": settings[rng.integers(len(settings))]}] * 4
    kinds += [{"press": str(rng.choice(["step", "pause", "step", "undo", "no"]))}] * 3
    kinds += [{"press": "reset"}, IDLE[rng.integers(len(IDLE))]]
    return kinds[rng.integers(len(kinds))]


def test_after_600_events_the_training_is_still_that_of_its_settings(rng):
    explorer = explore()
    for _ in range(200):
        ask(explorer, *(random_event(rng) for _ in range(3)))
        assert explorer.shown["parts"][1]["progress"] == [len(explorer.records), explorer._run.steps]
    press(explorer, "reset")
    explorer.run()
    chosen = explorer.settings
    filters = chosen["first_filters"], chosen["second_filters"]
    fresh = explore(filters=filters, batch_size=chosen["batch_size"], learning_rate=chosen["learning_rate"])
    fresh.run()
    assert losses(explorer) == losses(fresh)
    assert said(explorer) == said(fresh)


def test_settings_are_traits_that_can_be_set_observed_and_are_checked():
    explorer, seen = explore(), []
    explorer.observe(lambda change: seen.append(change["new"]), names=["image", "learning_rate"])
    explorer.image, explorer.learning_rate = 7, 0.1
    assert seen == [7, 0.1]
    with pytest.raises(ValueError, match=r"^image \(360\) must be at most 359$"):
        explorer.image = 360
    with pytest.raises(ValueError, match=r"^learning_rate \(0\.2\) must be one of 0\.0003, 0\.001, .*, 1\.0$"):
        explorer.learning_rate = 0.2
    with pytest.raises(TypeError, match=r"^look_back \(1\.5\) must be an int$"):
        explorer.look_back = 1.5
    assert (explorer.image, explorer.learning_rate, explorer.look_back) == (7, 0.1, 4)


def test_numbers_of_numpy_do_for_an_explorer_as_for_a_front_end():
    sizes = {"filters": np.array([2, 4]), "batch_size": np.int16(16), "epochs": np.uint8(3), "seed": np.int64(0)}
    given, plain = explore(learning_rate=np.float32(0.25), **sizes), explore(learning_rate=0.25)
    assert state_of(given) == state_of(plain)
    assert {type(value) for value in given.settings.values()} == {int, float, str}


def test_the_learners_own_arrays_stay_apart():
    labels = FEW.y_train.copy()
    explorer, alone = explore(FEW._replace(y_train=labels)), explore()
    labels[:] = 0
    explorer.run()
    alone.run()
    assert losses(explorer) == losses(alone)
