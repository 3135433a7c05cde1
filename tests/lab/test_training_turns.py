"""Who has the turn in a training, and what is done under its lock; loops that end, and copies that stay."""

from __future__ import annotations

import asyncio
import math
import pickle

import numpy as np
import pytest
from explorer_steps import press
from training_steps import FEW, explore, is_free

from cnnlab import SGD

# --- turns and locks ------------------------------------------------------------------------------------------------


class Contended:
    """A lock; just before it is taken the next time, somebody else is let in."""

    def __init__(self, lock):
        self.lock, self.first = lock, None

    def __enter__(self):
        first, self.first = self.first, None
        if first:
            first()
        return self.lock.__enter__()

    def __exit__(self, *error):
        return self.lock.__exit__(*error)


def test_whoever_pauses_and_starts_while_a_call_ends_keeps_the_turn(monkeypatch):
    monkeypatch.setattr("cnnlab.lab.training._player.SHOW_EVERY", math.inf)

    async def play():
        explorer = explore()
        player, advance = explorer._player, explorer._run.advance
        player.lock = Contended(player.lock)

        def advance_and_be_overtaken():
            goes_on = advance()
            if len(explorer.records) == 2:
                player.lock.first = lambda: (explorer.pause(), explorer.start())
            return goes_on

        monkeypatch.setattr(explorer._run, "advance", advance_and_be_overtaken)
        explorer.run(2)
        started = explorer.playing
        while explorer.playing:
            await asyncio.sleep(0)
        return started, len(explorer.records)

    assert asyncio.run(play()) == (True, 18)


def test_steps_pictures_and_the_learning_rate_are_made_under_the_lock(monkeypatch):
    explorer, free = explore(), []
    lock = explorer._player.lock

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


def test_where_the_loop_has_ended_before_the_first_step_nothing_plays():
    async def start():
        explorer = explore()
        explorer.start()
        return explorer

    explorer = asyncio.run(start())
    assert (explorer.playing, explorer.records) == (False, [])


def test_a_loop_that_has_ended_is_given_up_for_the_one_that_runs_now():
    async def make():
        return explore()

    async def play(explorer):
        explorer.start()
        while explorer.playing:
            await asyncio.sleep(0)

    explorer = asyncio.run(make())
    asyncio.run(play(explorer))
    assert len(explorer.records) == 18


def test_where_the_loop_has_ended_and_none_runs_a_start_trains_to_the_end():
    async def make():
        return explore()

    explorer = asyncio.run(make())
    explorer.start()
    assert (explorer.playing, len(explorer.records)) == (False, 18)


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


def test_the_model_is_a_copy_of_the_weights_alone():
    explorer = explore()
    explorer.run(3)
    weights = sum(param.nbytes for param in explorer.model.params.values())
    assert len(pickle.dumps(explorer.model)) < weights + 8000
    assert explorer.model.deltas == explorer._run.deltas[-1]


def test_what_is_shown_leaves_no_large_map_in_the_layers():
    explorer = explore()
    explorer.run()
    assert len(pickle.dumps(explorer._run.model)) < 2**20
