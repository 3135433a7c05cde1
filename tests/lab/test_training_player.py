"""Between the steps of a training: everything else gets its turn, in this thread and in others."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from explorer_steps import press
from training_steps import FEW, enabled, explore, heading, losses, said

from cnnlab.lab.explorers import training


async def other_tasks() -> None:
    """Wait until all other tasks have ended."""
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})


def test_while_it_plays_everything_else_gets_its_turn_between_two_steps():
    async def watch():
        explorer = explore()
        press(explorer, "start")
        seen = []
        while explorer.playing:
            seen.append(len(explorer.records))
            assert enabled(explorer) == ["pause", "step", "reset"]
            assert explorer.shown["parts"][1]["alive"]
            await asyncio.sleep(0)
        return explorer, seen

    explorer, seen = asyncio.run(watch())
    assert sorted(set(seen)) == list(range(18))  # the last step ends the playing
    assert enabled(explorer) == ["reset"]
    assert not explorer.shown["parts"][1]["alive"]
    alone = explore()
    alone.run()
    assert losses(explorer) == losses(alone)


def test_after_a_pause_no_step_is_made_until_the_next_start():
    async def play():
        explorer = explore()
        press(explorer, "start")
        while len(explorer.records) < 3:
            await asyncio.sleep(0)
        press(explorer, "pause")
        at_pause = len(explorer.records), said(explorer)
        await other_tasks()
        later = len(explorer.records)
        press(explorer, "start")
        while explorer.playing:
            await asyncio.sleep(0)
        return at_pause, later, len(explorer.records)

    (steps, message), later, end = asyncio.run(play())
    assert (steps, later, end) == (3, 3, 18)
    assert message.startswith("Paused. step 3 of 18")


def test_a_start_while_it_plays_changes_nothing():
    async def play():
        explorer = explore()
        explorer.start()
        while len(explorer.records) < 3:
            await asyncio.sleep(0)
        explorer.refresh()
        before = said(explorer)
        explorer.start()
        return before, said(explorer)

    before, after = asyncio.run(play())
    assert after == before


def test_two_explorers_play_at_once_and_each_as_if_alone():
    async def play():
        both = explore(), explore(seed=7)
        for explorer in both:
            press(explorer, "start")
        ahead = 0
        while any(explorer.playing for explorer in both):
            ahead = max(ahead, abs(len(both[0].records) - len(both[1].records)))
            await asyncio.sleep(0)
        return both, ahead

    both, ahead = asyncio.run(play())
    assert ahead <= 2
    for explorer, alone in zip(both, (explore(), explore(seed=7)), strict=True):
        alone.run()
        assert losses(explorer) == losses(alone)


@pytest.mark.parametrize("leave", ["close", "reset", "run"])
def test_closing_resetting_and_running_end_the_playing(leave):
    async def play():
        explorer = explore()
        explorer.start()
        while not explorer.records:
            await asyncio.sleep(0)
        getattr(explorer, leave)(*([2] if leave == "run" else []))
        await other_tasks()
        return explorer

    explorer = asyncio.run(play())
    assert not explorer.playing
    assert len(explorer.records) == {"close": 1, "reset": 0, "run": 3}[leave]


def test_what_is_shown_changes_four_times_a_second_and_at_the_end(monkeypatch):
    explorer, shown, now = explore(), [], [0.0]
    update = explorer._run.optimizer.update

    def take_an_eighth_of_a_second(*args):
        now[0] += 0.125
        update(*args)

    explorer.observe(lambda change: shown.append(change["new"]["parts"][1]["progress"][0]), names="shown")
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    monkeypatch.setattr(explorer._run.optimizer, "update", take_an_eighth_of_a_second)
    explorer.run(5)
    assert shown == [0, 2, 4, 5]


def play_with(monkeypatch, error):
    """Return an explorer that has made two steps, and then plays on into an error."""

    def fail(*_):
        raise error

    async def play():
        explorer = explore()
        explorer.run(2)
        monkeypatch.setattr(explorer._run.optimizer, "update", fail)
        explorer.start()
        while explorer.playing:
            await asyncio.sleep(0)
        return explorer

    return asyncio.run(play())


def test_whatever_else_stops_the_playing_is_said_too(monkeypatch):
    explorer = play_with(monkeypatch, KeyError("no such weight"))
    assert (explorer.playing, len(explorer.records)) == (False, 2)
    assert (
        said(explorer)
        == "Stopped: KeyError('no such weight') in step 3; the parameters before it are kept. Press reset."
    )


# --- in other threads -----------------------------------------------------------------------------------------------


def test_whoever_looks_from_another_thread_does_not_disturb_the_training():
    watched, alone = explore(epochs=10), explore(epochs=10)
    training = threading.Thread(target=watched.run)
    training.start()
    while training.is_alive():
        watched.refresh()
        watched.image = len(watched.records)
        watched.model.forward(FEW.x_test[:7])
        assert 0 <= watched.accuracy <= 1
    alone.run()
    assert losses(watched) == losses(alone)


def test_a_reset_from_a_cell_shows_the_new_network():
    explorer = explore()
    explorer.run(3)
    explorer.reset()
    assert "After step 0:" in heading(explorer)


def test_a_run_can_be_paused_from_another_thread():
    explorer = explore(epochs=2000)
    training = threading.Thread(target=explorer.run)
    training.start()
    while len(explorer.records) < 3:
        pass
    press(explorer, "pause")
    made = len(explorer.records)
    training.join()
    assert (len(explorer.records), explorer.playing) == (made, False)
    assert made < 12000


def test_the_task_runs_in_the_thread_in_which_the_explorer_was_made_whoever_starts_it(monkeypatch):
    async def play():
        explorer, threads = explore(), []
        update = explorer._run.optimizer.update
        monkeypatch.setattr(
            explorer._run.optimizer, "update", lambda *args: threads.append(threading.current_thread()) or update(*args)
        )
        await asyncio.to_thread(press, explorer, "start")
        while explorer.playing:
            await asyncio.sleep(0)
        return threads

    assert asyncio.run(play()) == [threading.current_thread()] * 18


def test_a_start_from_another_thread_wakes_an_idle_loop():
    async def play():
        explorer, over = explore(), asyncio.Event()
        explorer.observe(lambda _: over.set() if len(explorer.records) == 18 else None, "shown")
        threading.Timer(0.05, press, (explorer, "start")).start()
        await asyncio.wait_for(over.wait(), 10)  # nothing else happens in this loop
        return len(explorer.records)

    assert asyncio.run(play()) == 18


def test_an_interrupt_stops_the_playing_and_goes_no_further(monkeypatch):
    explorer = play_with(monkeypatch, KeyboardInterrupt())
    assert (explorer.playing, len(explorer.records)) == (False, 2)
    assert said(explorer) == "Stopped: KeyboardInterrupt() in step 3; the parameters before it are kept. Press reset."


def test_where_the_task_fails_nothing_plays_on(monkeypatch):
    async def play():
        explorer = explore()
        monkeypatch.delitem(training._PACES, explorer.pace)
        explorer.start()
        await asyncio.sleep(0)
        with pytest.raises(KeyError):
            await other_tasks()
        return explorer

    explorer = asyncio.run(play())
    assert (explorer.playing, len(explorer.records)) == (False, 1)
