"""The JavaScript tests, run by Node.js: all files in one process, since starting one costs more than most of them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

TESTS = sorted((Path(__file__).parent / "front").glob("*.test.mjs"))


def test_the_javascript_helpers_pass_their_tests(node):
    imports = "\n".join(f'import "{path.as_uri()}";' for path in TESTS)
    command = [node, "--input-type=module", "--eval", imports]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=240)
    assert run.returncode == 0, run.stdout[-20_000:] + run.stderr
    passed, failed = (
        int(re.search(rf"^(?:#|ℹ) {word} (\d+)$", run.stdout, re.MULTILINE)[1]) for word in ("pass", "fail")
    )
    assert passed >= len(TESTS) > 0
    assert failed == 0
