"""Who has the turn in a training, and what is done under its lock; loops that end, and copies that stay."""

from __future__ import annotations

import asyncio
import pickle

import numpy as np
import pytest
from explorer_steps import press
from training_steps import FEW, explore, is_free

from cnnlab import SGD

# --- turns and locks ------------------------------------------------------------------------------------------------


def test_steps_pictures_and_the_learning_rate_are_made_under_the_lock(monkeypatch):
    explorer, free = explore(), []
    lock = explorer._lock

    def watch(owner, name):
        function = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *args: free.append((name, is_free(lock))) or function(*args))

    class Optimizer(SGD):
        learning_rate = property(lambda self: self.rate, lambda self, rate: self.rated(rate))

        def rated(self, rate):
            self.rate = rate
            free.append(("learning_rate", is_free(lock)))

    explorer._run.optimizer = Optimizer(0.1)
    free.clear()  # what it did for itself
    watch(explorer._run, "advance")
    watch(explorer, "scenes")
    watch(explorer, "press")
    explorer.run(1)
    press(explorer, "step")
    explorer.learning_rate = 0.001
    assert set(free) == {(name, False) for name in ("advance", "scenes", "press", "learning_rate")}  # each time


@pytest.mark.parametrize(("pace", "rest"), [("full speed", 0.005), ("20 steps a second", 0.05)])
def test_between_two_steps_there_is_a_rest(pace, rest, monkeypatch):
    rests, sleep = [], asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda seconds: rests.append(seconds) or sleep(0))

    async def play():
        explorer = explore()
        explorer.pace = pace
        explorer.start()
        while explorer.playing:
            await sleep(0)

    asyncio.run(play())
    assert rests == [rest] * 17  # no step follows the last one


# --- copies ---------------------------------------------------------------------------------------------------------


def test_the_model_is_a_copy_that_stays_as_it_is():
    explorer = explore()
    explorer.run(1)
    model = explorer.model
    before = model.forward(FEW.x_test)
    explorer.run(5)
    np.testing.assert_array_equal(model.forward(FEW.x_test), before)
    assert not np.array_equal(explorer.model.forward(FEW.x_test), before)


def test_what_is_shown_leaves_no_large_map_in_the_layers():
    explorer = explore()
    explorer.run()
    assert len(pickle.dumps(explorer._run.model)) < 2**20
