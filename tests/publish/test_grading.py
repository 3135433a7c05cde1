"""Grading: a check of the course is a hidden test of nbgrader, which is one of the hosts."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from cnnlab.course import exercises

pytestmark = pytest.mark.slow

SOLUTION = exercises.conv2d.solution().text
MARKED = SOLUTION.replace(":\n", ":\n    ### BEGIN SOLUTION\n", 1) + "    ### END SOLUTION"
HIDDEN = (
    "### BEGIN HIDDEN TESTS\nverdict = exercises.conv2d.check(my_conv2d)\nassert verdict, verdict\n### END HIDDEN TESTS"
)


def graded(source: str, name: str, **said):
    """Return a cell of code as nbgrader knows it."""
    about = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False, "grade_id": name}
    return v4.new_code_cell(source, metadata={"nbgrader": about | said})


def test_nbgrader_gives_points_for_what_a_check_passes_and_says_why_not(tmp_path):
    pytest.importorskip("nbgrader", reason="install cnnlab[hosts] to test grading")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"  # nbgrader calls alembic by its name
    environ = {**os.environ, "CNNLAB_PROGRESS": "off", "JUPYTER_DATA_DIR": str(tmp_path / "data"), "PATH": path}

    def run(*words):
        command = [sys.executable, "-m", "nbgrader", *words]
        done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    first = v4.new_code_cell("import numpy as np\n\nfrom cnnlab.course import exercises")
    cells = [first, graded(MARKED, "conv2d", solution=True)]
    cells.append(graded(HIDDEN, "check", grade=True, locked=True, points=2))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    source, released = (tmp_path / folder / "week1/one.ipynb" for folder in ("source", "release"))
    source.parent.mkdir(parents=True)
    nbformat.write(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), source)
    run("generate_assignment", "week1")
    given = nbformat.read(released, 4)
    assert "### " not in released.read_text(encoding="utf-8")
    answers = {
        "right": SOLUTION,
        "turned": SOLUTION.replace("* w)", "* w[::-1, ::-1])"),
        "empty": given.cells[1].source,
    }
    for name, answer in answers.items():
        given.cells[1].source = answer
        handed_in = tmp_path / "submitted" / name / "week1/one.ipynb"
        handed_in.parent.mkdir(parents=True)
        nbformat.write(given, handed_in)
    run("autograde", "week1")
    run("export")
    rows = csv.DictReader((tmp_path / "grades.csv").read_text(encoding="utf-8").splitlines())
    assert {row["student_id"]: float(row["score"]) for row in rows} == {"right": 2, "turned": 0, "empty": 0}
    reasons = {"turned": "The kernel is turned by 180°.", "empty": "Not started."}
    for name, reason in reasons.items():
        seen = nbformat.read(tmp_path / "autograded" / name / "week1/one.ipynb", 4)
        assert reason in seen.cells[2].outputs[-1].evalue
