"""Every exercise of the course is a stub in a notebook, and is passed where the stub is filled with its solution."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from cnnlab.course.exercises import solutions
from cnnlab.course.progress import EXERCISES

FOLDER = Path(__file__).parents[2] / "notebooks"
STUB = re.compile(r'^def my_(\w+)\(.*\):\n    """.+"""\n    # your code here$')
CHECK = re.compile(r"^exercises\.(\w+)\.check\(my_\1\)$")
LESSONS = {path.name[:2]: path for path in sorted(FOLDER.glob("*.ipynb")) if path.name[:2] in EXERCISES}


def stubs_and_checks(notebook) -> tuple[dict, dict]:
    """Return the cells that hold a stub, and those that check one, by the exercise's name."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = [{match[1]: cell for cell in code if (match := form.match(cell.source))} for form in (STUB, CHECK)]
    return found[0], found[1]


@pytest.mark.parametrize("number", LESSONS)
def test_each_exercise_of_a_notebook_is_a_stub_a_check_and_the_way_to_help(number):
    notebook = nbformat.read(LESSONS[number], as_version=4)
    stubs, checks = stubs_and_checks(notebook)
    assert sorted(stubs) == sorted(checks) == sorted(EXERCISES[number])
    for name, cell in checks.items():
        (output,) = cell.outputs
        assert output["data"]["text/plain"].startswith(f"Not started. Fill in my_{name}")
        helping = notebook.cells[notebook.cells.index(cell) + 1].source
        assert f"exercises.{name}.hint()" in helping
        assert f"exercises.{name}.solution()" in helping


@pytest.mark.parametrize("number", LESSONS)
def test_with_the_solutions_in_its_stubs_a_notebook_passes_every_check(number):
    notebook = nbformat.read(LESSONS[number], as_version=4)
    stubs, checks = stubs_and_checks(notebook)
    for name, cell in stubs.items():
        cell.source = inspect.getsource(getattr(solutions, f"my_{name}"))
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(FOLDER)}})
    client.execute()
    said = {name: cell.outputs[0]["data"]["text/plain"] for name, cell in checks.items()}
    assert {name: text for name, text in said.items() if not text.startswith("✓ Passed")} == {}
    assert len(said) == len(EXERCISES[number])
