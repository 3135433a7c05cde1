"""The tool that executes and strips notebooks, and the notebooks that went through it."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

REPOSITORY = Path(__file__).parents[1]
NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))

PICTURE = """
class Explorer:
    def _repr_mimebundle_(self, **kwargs):
        view = {"application/vnd.jupyter.widget-view+json": {"version_major": 2, "version_minor": 0, "model_id": "0"}}
        return view | {"image/png": "iVBORw0KGgo=", "text/plain": "a picture"}
Explorer()
"""


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("notebook_tool", REPOSITORY / ".ci/notebooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write_notebook(folder, *sources):
    path = folder / "lesson.ipynb"
    cells = [v4.new_markdown_cell("# A lesson"), *map(v4.new_code_cell, sources)]
    nbformat.write(v4.new_notebook(cells=cells, metadata={"widgets": {"state": {}}}), path)
    return path


def read_code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


@pytest.fixture(scope="module")
def refreshed(tool, tmp_path_factory):
    """Refresh a notebook, once for all tests: a kernel takes long to start."""
    only_view = "display({'application/vnd.jupyter.widget-view+json': {'model_id': '0'}}, raw=True)"
    path = write_notebook(tmp_path_factory.mktemp("refreshed"), PICTURE, only_view, "1 + 1", "", "2 + 2")
    tool.refresh(path)
    return path


def test_a_refreshed_notebook_keeps_the_picture_and_loses_the_widget_view(refreshed):
    (output,) = read_code_cells(refreshed)[0].outputs
    assert output.data == {"image/png": "iVBORw0KGgo=", "text/plain": "a picture"}
    assert "widgets" not in nbformat.read(refreshed, as_version=4).metadata


def test_an_output_that_was_a_widget_view_alone_is_left_out(refreshed):
    assert read_code_cells(refreshed)[1].outputs == []


def test_a_refreshed_notebook_has_numbered_cells_and_no_timing(refreshed):
    notebook = nbformat.read(refreshed, as_version=4)
    assert [cell.id for cell in notebook.cells] == [f"cell-0{number}" for number in range(1, 7)]
    assert [cell.execution_count for cell in read_code_cells(refreshed)] == [1, 2, 3, None, 4]
    assert [cell.metadata for cell in notebook.cells] == [{}] * 6
    assert read_code_cells(refreshed)[4].outputs[0].data == {"text/plain": "4"}


def test_refreshing_twice_changes_nothing(tool, refreshed, tmp_path, capsys):
    path, first = tmp_path / "lesson.ipynb", refreshed.read_bytes()
    path.write_bytes(first)
    tool.refresh(path)
    assert path.read_bytes() == first
    assert tool.main(["--check", str(path)]) == 0
    assert capsys.readouterr().out.splitlines() == [f"{path}: unchanged", "all in the committed form"]


def test_a_failing_cell_leaves_the_file_alone(tool, tmp_path, capsys):
    path = write_notebook(tmp_path, "1 / 0")
    before = path.read_bytes()
    assert tool.main([str(path)]) == 1
    assert "division by zero" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_the_check_says_what_is_missing(tool, tmp_path, capsys):
    path = write_notebook(tmp_path, "1 + 1")
    assert tool.main(["--check", str(path)]) == 1
    said = capsys.readouterr().out
    assert f"{path}: cell 2 was not executed" in said
    assert f"{path}: not in the committed form" in said


def test_the_check_finds_a_stored_error(tool, tmp_path):
    path = write_notebook(tmp_path, "1 / 0")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].outputs = [v4.new_output("error", ename="ZeroDivisionError", evalue="division by zero")]
    nbformat.write(notebook, path)
    assert f"{path}: cell 2 holds an error" in tool.complaints(path)


def test_the_check_finds_a_cell_that_tells_nbval_twice(tool, tmp_path):
    path = write_notebook(tmp_path, "# NBVAL_IGNORE_OUTPUT\n1 + 1")
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].metadata.tags = ["nbval-ignore-output"]
    nbformat.write(notebook, path)
    assert any("cell 2 tells nbval by a comment and by a tag" in line for line in tool.complaints(path))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_every_committed_notebook_is_executed_and_stripped(tool, path):
    assert tool.complaints(path) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_hidden_cell_begins_with_a_short_line(path):
    """JupyterLab shows it in place of the cell and does not wrap it: a long one makes the notebook scroll sideways."""
    cells = [cell for cell in nbformat.read(path, 4).cells if cell.metadata.get("jupyter", {}).get("source_hidden")]
    assert [cell.source for cell in cells if len(cell.source.splitlines()[0]) > 40] == []


def test_a_notebook_that_nbconvert_executes_keeps_its_pictures(tmp_path):
    """Nobody is there to ask, so the explorer sends no view of a widget: it would win over the picture."""
    make = "import numpy as np\nfrom cnnlab.lab import ConvolutionExplorer\nConvolutionExplorer(np.eye(4), np.eye(2))"
    path = write_notebook(tmp_path, make)
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--execute", str(path)]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    page = path.with_suffix(".html").read_text(encoding="utf-8")
    assert len(re.findall(r'<img [^>]*src="data:image/png;base64,', page)) == 1
    assert '"model_id"' not in page
