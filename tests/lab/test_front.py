"""The JavaScript tests, run by Node.js's own test runner."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

TESTS = sorted((Path(__file__).parent / "front").glob("*.test.mjs"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_the_javascript_helpers_pass_their_tests(path, node):
    run = subprocess.run([node, "--test", str(path)], capture_output=True, text=True, encoding="utf-8", timeout=120)
    assert run.returncode == 0, run.stdout + run.stderr


def test_there_are_javascript_tests():
    assert TESTS
