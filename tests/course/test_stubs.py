"""Every exercise of the course is a stub in a notebook, and is passed where the stub is filled with its solution."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import nbformat
import pytest

from cnnlab.course.exercises import EXERCISES

FOLDER = Path(__file__).parents[2] / "notebooks"
STUB = re.compile(r'^def my_(\w+)\(.*\):\n    """.+"""\n    # your code here$')
CHECK = re.compile(r"^exercises\.(\w+)\.check\(my_\1\)$")
NUMBERS = sorted({exercise.notebook for exercise in EXERCISES.values()})
LESSONS = {path.name[:2]: nbformat.read(path, as_version=4) for path in sorted(FOLDER.glob("*.ipynb"))}
each_lesson = pytest.mark.parametrize("number", NUMBERS)


def stubs_and_checks(number) -> tuple[dict, dict]:
    """Return the cells that hold a stub, and those that check one, by the exercise's name."""
    code = [cell for cell in LESSONS[number].cells if cell.cell_type == "code"]
    found = [{match[1]: cell for cell in code if (match := form.match(cell.source))} for form in (STUB, CHECK)]
    return found[0], found[1]


def statements(number) -> list[ast.stmt]:
    """Return what stands in the code cells of a notebook, its stubs and IPython's own lines left out."""
    stubs, _ = stubs_and_checks(number)
    cells = [cell.source for cell in LESSONS[number].cells if cell.cell_type == "code" and cell not in stubs.values()]
    return ast.parse("\n".join(line for cell in cells for line in cell.splitlines() if line[:1] not in "%!")).body


@each_lesson
def test_each_exercise_of_a_notebook_is_a_stub_a_check_and_the_way_to_help(number):
    stubs, checks = stubs_and_checks(number)
    names = sorted(name for name, exercise in EXERCISES.items() if exercise.notebook == number)
    must = f"notebook {number} must hold a stub, a check and a cell with hint() and solution() for each of {names}"
    assert sorted(stubs) == sorted(checks) == names, must
    cells = LESSONS[number].cells
    for name, cell in checks.items():
        (output,) = cell.outputs
        assert output["data"]["text/plain"].startswith(f"Not started. Fill in my_{name}")
        helping = "".join(after.source for after in cells[cells.index(cell) + 1 :][:1])
        assert f"exercises.{name}.hint()" in helping, must
        assert f"exercises.{name}.solution()" in helping, must


@each_lesson
def test_with_the_solutions_in_its_stubs_a_notebook_passes_every_check(number):
    """A solution sees the names that its notebook imports, and no cell gives one of them another meaning."""
    body = statements(number)
    names: dict = {}
    imports = [one for one in body if isinstance(one, ast.Import | ast.ImportFrom)]
    exec(compile(ast.Module(imports, []), "<imports>", "exec"), names)
    imported = set(names)
    stubs, checks = stubs_and_checks(number)
    for name, cell in checks.items():
        source = inspect.getsource(EXERCISES[name].sample)
        assert source.splitlines()[0] == stubs[name].source.splitlines()[0]
        exec(source, names)
        assert repr(eval(cell.source, names)).startswith("✓ Passed"), name
    assigned = {node.id for one in body for node in ast.walk(one) if isinstance(node, ast.Name) and is_store(node)}
    used = {name for exercise in checks for name in names[f"my_{exercise}"].__code__.co_names}
    assert not assigned & used & imported


def is_store(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)
