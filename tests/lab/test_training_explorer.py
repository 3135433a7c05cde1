"""TrainingExplorer without a browser: one loop for run and start, the same each time, and nothing lost on the way."""

from __future__ import annotations

import re

import numpy as np
import pytest
from explorer_steps import move, press, state_of
from numpy.testing import assert_array_equal
from training_steps import DIGITS, FEW, enabled, explore, losses, said

from cnnlab.lab.explorers.training import TrainingExplorer

# --- the training ---------------------------------------------------------------------------------------------------


def test_the_default_network_reads_more_than_97_of_100_held_out_digits():
    explorer = TrainingExplorer(*DIGITS)
    explorer.run()
    answers = explorer.model.forward(DIGITS.x_test).argmax(axis=1)
    assert explorer.accuracy == (answers == DIGITS.y_test).mean() >= 0.97
    assert len(explorer.records) == 900
    assert said(explorer).startswith("Finished. step 900 of 900 · epoch 10 of 10")


def test_the_same_seed_gives_the_same_training_however_it_is_cut_into_runs():
    whole, parts, other = explore(), explore(), explore(seed=1)
    whole.run()
    for steps in (1, 4, 0, 7, None):
        parts.run(steps)
    other.run()
    assert losses(whole) == losses(parts) != losses(other)
    assert whole.describe() == parts.describe()
    assert state_of(whole) == state_of(parts) != state_of(other)


def test_the_step_button_makes_one_step_and_start_trains_to_the_end_where_no_loop_runs():
    explorer = explore()
    press(explorer, "step")
    assert [record.step for record in explorer.records] == [1]
    press(explorer, "start")
    assert [record.step for record in explorer.records] == list(range(1, 19))
    assert enabled(explorer) == ["reset"]


def test_a_reset_begins_again_with_what_the_controls_show():
    explorer = explore()
    explorer.run(5)
    explorer.first_filters, explorer.batch_size = 4, 32
    assert said(explorer).startswith("Paused. Reset to use the new filters and batch size. step 5 of 18")
    explorer.run(1)
    assert explorer.describe() == "TrainingExplorer: 2 and 4 filters, batch size 16, seed 0, step 6 of 18"
    explorer.look_back = 0
    press(explorer, "reset")
    assert explorer.look_back == 4  # now
    assert explorer.describe() == "TrainingExplorer: 4 and 4 filters, batch size 32, seed 0, step 0 of 9"
    explorer.run()
    fresh = explore(filters=(4, 4), batch_size=32)
    fresh.run()
    assert losses(explorer) == losses(fresh)


def test_the_learning_rate_takes_effect_at_once():
    slow, slowed = explore(), explore()
    slow.run(2)
    slowed.run(1)
    slowed.learning_rate = 0.001
    slowed.run(1)
    assert losses(slow) == losses(slowed)  # the second step's loss is that before its update
    slow.run(1)
    slowed.run(1)
    assert losses(slow)[2] != losses(slowed)[2]
    press(slowed, "reset")
    assert slowed._run.optimizer.learning_rate == slowed.settings["learning_rate"] == 0.001


@pytest.mark.parametrize("name", ["first_filters", "second_filters", "batch_size", "learning_rate"])
def test_no_value_of_a_control_leads_to_an_error(name):
    explorer = explore()
    for value in explorer.limits[name]:
        move(explorer, **{name: value})
        explorer.reset()
        explorer.run(2)
        assert len(explorer.records) == 2


# --- when it goes wrong ---------------------------------------------------------------------------------------------


def test_a_loss_that_is_not_finite_stops_the_training_and_is_said_with_step_and_reason():
    images = FEW.x_train.copy()
    images[20] = np.nan
    explorer = explore(FEW._replace(x_train=images))
    explorer.run()
    assert 0 < len(explorer.records) < 18
    stopped = rf"Stopped: loss \(nan\) must be finite.*step {len(explorer.records) + 1}, epoch 1.*\. Press reset\."
    assert re.fullmatch(stopped, said(explorer))
    assert all(np.isfinite(param).all() for param in explorer.model.params.values())
    assert enabled(explorer) == ["reset"]
    explorer.reset()
    assert said(explorer) == "Ready: press start. step 0 of 18"


def test_an_interrupt_of_the_evaluation_leaves_the_look_back_right(monkeypatch):
    whole, explorer = explore(), explore()
    whole.run()
    run = explorer._run
    evaluate = run.evaluate

    def interrupt():
        if run.step == 11 and run.held_out[-1].step == 8:  # the step is made, and noted but for this
            monkeypatch.setattr(run, "evaluate", evaluate)
            raise KeyboardInterrupt
        return evaluate()

    monkeypatch.setattr(run, "evaluate", interrupt)
    with pytest.raises(KeyboardInterrupt):
        explorer.run()
    explorer.run()
    assert losses(explorer) == losses(whole)
    assert [point.step for point in run.held_out] == [0, 1, 2, 4, 5, 7, 8, 13, 16, 18]
    assert len(run.weights) == len(whole._run.weights) == 4
    for kept, weights in zip(run.weights, whole._run.weights, strict=True):
        for name, values in weights.items():
            assert_array_equal(kept[name], values)


def test_an_interrupt_leaves_the_last_whole_step_and_says_so(monkeypatch):
    explorer = explore()
    explorer.run(4)
    before = {name: param.copy() for name, param in explorer.model.params.items()}

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(explorer._run.optimizer, "update", interrupt)
    with pytest.raises(KeyboardInterrupt):
        explorer.run()
    assert said(explorer) == "Stopped: KeyboardInterrupt() in step 5; the parameters before it are kept. Press reset."
    for name, param in explorer.model.params.items():
        assert_array_equal(param, before[name])


@pytest.mark.parametrize(
    ("change", "options", "error", "message"),
    [
        ({}, {"learning_rate": 0}, ValueError, "learning_rate (0) must be greater than 0"),
        ({}, {"learning_rate": -1.0}, ValueError, "learning_rate (-1.0) must be greater than 0"),
        ({}, {"learning_rate": np.nan}, ValueError, "learning_rate (nan) must be greater than 0"),
        ({}, {"batch_size": 97}, ValueError, "batch_size (97) must be at most the number of images (96)"),
        ({}, {"epochs": 0}, ValueError, "epochs (0) must be at least 1"),
        ({}, {"filters": (8, 0)}, ValueError, "filters (0) must be at least 1"),
        ({}, {"filters": (8,)}, ValueError, "filters ((8,)) must be an int or a pair (h, w)"),
        ({}, {"seed": 0.5}, TypeError, "seed (0.5) must be an int"),
        ({"x_train": FEW.x_train[0]}, {}, ValueError, "x_train (shape (1, 8, 8)) must have 4 dimensions"),
        ({"x_test": FEW.x_test[..., :7]}, {}, ValueError, "x_test (shape (360, 1, 8, 7)) must have shape"),
        ({"y_train": FEW.y_train[:3]}, {}, ValueError, "y_train (shape (3,)) must have shape (96,)"),
        ({"y_train": -FEW.y_train}, {}, ValueError, "must be from 0 to 95"),
        ({"y_test": FEW.y_test + 10**7}, {}, ValueError, "must be from 0 to 95"),
        ({"y_test": FEW.y_test / 2}, {}, TypeError, "y_test (dtype float64) must be integer"),
    ],
)
def test_what_does_not_fit_is_said_by_name_when_the_explorer_is_made(change, options, error, message):
    with pytest.raises(error, match=re.escape(message)):
        explore(FEW._replace(**change), **options)
