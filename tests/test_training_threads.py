"""A step of a training multiplies on one thread, and whoever has said another number keeps it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from cnnlab import training
from cnnlab.layers import Dense, Flatten
from cnnlab.network import Sequential
from cnnlab.optimizers import SGD
from cnnlab.training import THREAD_SETTINGS, evaluate, one_thread, train


class OpenBlas:
    """Stands for an OpenBLAS on a machine with so many processors."""

    def __init__(self, threads=8, processors=8):
        self.threads, self.processors, self.set_to = threads, processors, []

    def put(self, threads):
        self.threads = threads
        self.set_to.append(threads)

    @property
    def functions(self):
        return [lambda: self.threads, self.put, lambda: self.processors]


@pytest.fixture
def openblas(monkeypatch):
    """Return a function that puts an OpenBLAS in the place of the real one, where no variable says how many."""
    for name in THREAD_SETTINGS:
        monkeypatch.delenv(name, raising=False)

    def place(**sizes):
        found = OpenBlas(**sizes)
        monkeypatch.setattr(training, "_openblas", lambda: found.functions)
        return found

    return place


class Watching(Dense):
    """A dense layer that notes how many threads its products have."""

    def __init__(self, found):
        super().__init__(2, 2, rng=np.random.default_rng(0))
        self.found, self.seen = found, []

    def forward(self, x):
        self.seen.append(self.found.threads)
        return super().forward(x)


def test_each_step_and_each_evaluation_has_one_thread_and_afterwards_all_are_there_again(openblas):
    found = openblas()
    model = Sequential(Flatten(), Watching(found))
    seen = model.layers[-1].seen
    x, y = np.ones((4, 1, 1, 2)), np.array([0, 1, 0, 1])
    steps = train(model, x, y, epochs=1, batch_size=2, optimizer=SGD(0.1), rng=np.random.default_rng(0))
    del seen[:]  # what fits the images to the model
    for _ in steps:
        assert found.threads == 8  # between two steps too
    assert seen == [1, 1]
    evaluate(model, x, y)
    assert (seen[2:], found.threads) == ([1], 8)


def test_a_step_that_fails_gives_the_threads_back(openblas):
    found = openblas()
    with pytest.raises(KeyError), one_thread():
        raise KeyError(found.threads)
    assert found.set_to == [1, 8]


@pytest.mark.parametrize("sizes", [{"threads": 4}, {"threads": 1}, {"threads": 63, "processors": 200}])
def test_a_number_that_somebody_has_set_is_kept(openblas, sizes):
    found = openblas(**sizes)
    with one_thread():
        assert found.threads == sizes["threads"]
    assert found.set_to == []


def test_more_processors_than_openblas_was_built_for_are_no_setting_of_somebody(openblas):
    found = openblas(threads=64, processors=200)
    with one_thread():
        assert found.threads == 1
    assert found.threads == 64


@pytest.mark.parametrize("name", THREAD_SETTINGS)
def test_a_variable_that_says_how_many_is_kept(openblas, monkeypatch, name):
    found = openblas()
    monkeypatch.setenv(name, "8")
    with one_thread():
        assert found.threads == 8


def test_one_step_within_another_changes_nothing_at_the_end(openblas):
    found = openblas()
    with one_thread():
        with one_thread():
            assert found.threads == 1
        assert found.threads == 1
    assert (found.threads, found.set_to) == (8, [1, 8])


def test_where_there_is_no_openblas_nothing_is_done(monkeypatch):
    monkeypatch.setattr(training, "_openblas", lambda: None)
    with one_thread():
        pass


THREADS = """
import json, numpy
from cnnlab.training import _openblas, one_thread
found = _openblas()
if found:
    before = found[0]()
    with one_thread():
        within = found[0]()
    print(json.dumps([before, within, found[0]()]))
"""


@pytest.mark.parametrize("setting", [None, "1"])
def test_the_openblas_that_numpy_has_is_found_and_does_as_it_is_told(setting):
    """In a process of its own: OpenBLAS reads the variables when it is loaded."""
    if "scipy-openblas" not in np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"] or os.name == "nt":
        pytest.skip("numpy has no OpenBLAS here that can be found")
    env = {name: value for name, value in os.environ.items() if name not in THREAD_SETTINGS}
    env |= {} if setting is None else {THREAD_SETTINGS[0]: setting}
    run = subprocess.run([sys.executable, "-c", THREADS], env=env, capture_output=True, text=True, check=True)
    before, within, after = json.loads(run.stdout)
    assert (within, after) == (1, before)
    assert setting is None or before == int(setting)
