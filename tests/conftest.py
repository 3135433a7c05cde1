"""What all tests share."""

from __future__ import annotations

import os
import shutil

# The matrices here are small: more threads slow their products down, most of all on a busy machine. Said before numpy
# loads, and to every kernel that the tests start.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ["CNNLAB_PROGRESS"] = "off"  # no test, and no notebook that a test runs, writes into a learner's record

from collections.abc import Callable
from pathlib import Path

import hypothesis
import matplotlib

# Building matplotlib's font cache prints a warning on a fresh machine. Built here, no notebook's output holds it.
import matplotlib.font_manager
import numpy as np
import pytest

# As modules with doctests both would be called "conftest", which pytest refuses.
collect_ignore = ["conftest.py", "browser/conftest.py"]

matplotlib.use("agg")  # no test opens a window

# A slow machine is no failure; in CI the same examples are drawn every time.
hypothesis.settings.register_profile("cnnlab", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("cnnlab")


def pytest_configure(config: pytest.Config) -> None:
    """Where processes share the files, give them out as they stand: those of the browser, which take long, first."""
    config.option.loadscopereorder = False


@pytest.fixture
def rng() -> np.random.Generator:
    """Return a random generator with a fixed seed, new for each test."""
    return np.random.default_rng(20)


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the top folder of the checkout."""
    return Path(__file__).parents[1]


@pytest.fixture(scope="session")
def unavailable() -> Callable[[str], None]:
    """Return the function that ends a test for want of a program: skipped, or failed where CI must have it."""

    def end_test(message: str) -> None:
        if os.environ.get("CNNLAB_REQUIRE_BROWSER") == "1":
            pytest.fail(f"CNNLAB_REQUIRE_BROWSER=1, but {message}", pytrace=False)
        pytest.skip(message)

    return end_test


@pytest.fixture(scope="session")
def node(unavailable) -> str:
    """Return the path of Node.js, or end the test."""
    path = shutil.which("node")
    if path is None:
        unavailable("Node.js was not found: install Node.js 20 or newer (Debian: apt-get install nodejs)")
    return path
