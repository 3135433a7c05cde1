"""Kernel > Interrupt stops a training that plays by itself, and nothing else."""

from __future__ import annotations

import asyncio
import signal
import threading

import pytest
from jupyter_client.manager import start_new_kernel
from training_steps import enabled, explore, said

from cnnlab.lab.training import _player as player


@pytest.fixture
def ignored():
    """Ignore SIGINT, as ipykernel does between two messages."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGINT, before)


async def play(explorer, steps) -> None:
    """Let it play until so many steps are made."""
    explorer.start()
    while len(explorer.records) < steps:
        await asyncio.sleep(0)


async def end(explorer) -> None:
    """Wait until its task has ended."""
    await asyncio.wait([explorer._player._task])


@pytest.mark.usefixtures("ignored")
def test_an_interrupt_stops_a_training_that_plays_after_a_whole_step_and_says_so():
    async def interrupted():
        explorer = explore()
        await play(explorer, 3)
        signal.raise_signal(signal.SIGINT)
        stopped = explorer.playing
        await end(explorer)
        return explorer, stopped

    explorer, playing = asyncio.run(interrupted())
    assert (playing, explorer.playing, len(explorer.records)) == (False, False, 3)
    assert said(explorer).startswith("Interrupted. step 3 of 18")
    assert enabled(explorer) == ["start", "step", "reset"]
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    explorer.run(2)
    assert said(explorer).startswith("Paused. step 5 of 18")
    explorer._player.interrupted = True
    explorer.reset()
    assert said(explorer) == "Ready: press start. step 0 of 18"


@pytest.mark.usefixtures("ignored")
@pytest.mark.parametrize("leave", ["pause", "reset"])
def test_after_a_pause_or_a_reset_no_interrupt_is_told(leave):
    async def leave_it():
        explorer = explore()
        await play(explorer, 3)
        getattr(explorer, leave)()
        signal.raise_signal(signal.SIGINT)
        await end(explorer)
        return explorer

    explorer = asyncio.run(leave_it())
    assert said(explorer).startswith({"pause": "Paused. step 3", "reset": "Ready: press start. step 0"}[leave])


@pytest.mark.usefixtures("ignored")
def test_one_handler_serves_all_who_play_and_goes_with_the_last():
    async def both():
        first, second = explore(), explore(seed=1)
        await play(first, 1)
        handler = signal.getsignal(signal.SIGINT)
        await play(second, 1)
        first.pause()
        await end(first)
        assert signal.getsignal(signal.SIGINT) is handler is not signal.SIG_IGN
        signal.raise_signal(signal.SIGINT)
        await end(second)
        return first, second

    first, second = asyncio.run(both())
    assert (said(first).split()[0], said(second).split()[0]) == ("Paused.", "Interrupted.")
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@pytest.mark.usefixtures("ignored")
def test_who_stops_leaves_the_handler_to_who_plays_on():
    stopped = []
    with player._interruptible(lambda: stopped.append("first")) as listen:
        listen()
        with player._interruptible(lambda: stopped.append("second")):
            pass
        signal.raise_signal(signal.SIGINT)
    assert stopped == ["first"]


def test_who_has_a_handler_keeps_it():
    async def watch():
        explorer = explore()
        before = signal.getsignal(signal.SIGINT)
        await play(explorer, 2)
        during = signal.getsignal(signal.SIGINT)
        explorer.pause()
        await end(explorer)
        return {before, during, signal.getsignal(signal.SIGINT)}

    kept = signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started the tests may ignore interrupts
    try:
        assert len(asyncio.run(watch())) == 1  # that of asyncio.run
    finally:
        signal.signal(signal.SIGINT, kept)


@pytest.mark.usefixtures("ignored")
def test_the_handler_comes_back_with_what_a_cell_had_saved_and_then_does_nothing_until_somebody_plays():
    async def cell():
        explorer = explore()
        await play(explorer, 2)
        saved = signal.signal(signal.SIGINT, signal.default_int_handler)  # a cell begins
        explorer.pause()
        await end(explorer)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        signal.signal(signal.SIGINT, saved)  # and ends
        signal.raise_signal(signal.SIGINT)
        before = said(explorer)
        await play(explorer, 4)
        signal.raise_signal(signal.SIGINT)
        await end(explorer)
        return before, said(explorer)

    before, after = asyncio.run(cell())
    assert before.startswith("Paused. step 2")
    assert after.startswith("Interrupted. step 4")
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@pytest.mark.usefixtures("ignored")
def test_a_training_that_a_cell_starts_hears_interrupts_when_the_cell_is_over():
    async def cell():
        explorer = explore()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        await play(explorer, 2)
        during = signal.getsignal(signal.SIGINT)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        await play(explorer, 4)
        signal.raise_signal(signal.SIGINT)
        await end(explorer)
        return during, said(explorer)

    during, after = asyncio.run(cell())
    assert during is signal.default_int_handler
    assert after.startswith("Interrupted. step 4")


@pytest.mark.usefixtures("ignored")
def test_outside_the_main_thread_which_alone_hears_signals_none_is_asked_for():
    with player._interruptible(lambda: None) as listen:
        thread = threading.Thread(target=listen)
        thread.start()
        thread.join()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@pytest.fixture
def kernel():
    """Start a kernel; return what runs a cell in it and gives its text, and its manager."""
    manager, client = start_new_kernel(kernel_name="python3")

    def run(code: str, then=lambda: None) -> str:
        heard = []

        def hear(message):
            heard.append(message["content"].get("text") or message["content"].get("ename") or "")
            if heard[-1] == "now\n":
                then()

        client.execute_interactive(code, output_hook=hear, timeout=60)
        return "".join(heard)

    yield run, manager
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_an_interrupt_of_a_kernel_stops_the_cell_where_one_runs_and_else_the_training(kernel):
    run, manager = kernel
    run("import asyncio, time\nfrom cnnlab import load_digits\nfrom cnnlab.lab import TrainingExplorer")
    run("explorer = TrainingExplorer(*load_digits(), filters=(1, 1), epochs=10**6)\nexplorer.start()")
    run("while not explorer.records: await asyncio.sleep(0.01)")
    cell = "print('now')\nwhile True: time.sleep(0.01)"
    assert run(cell, then=manager.interrupt_kernel) == "now\nKeyboardInterrupt"
    assert run("print(explorer.playing)") == "True\n"
    manager.interrupt_kernel()
    run("while explorer.playing: await asyncio.sleep(0.01)\nawait asyncio.wait([explorer._player._task])")
    assert run("print(explorer.shown['parts'][1]['lines'][0])") == "[['bold', 'Interrupted.']]\n"
