"""Every notebook in a real JupyterLab: it runs all its cells without an error, and its widgets are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from conftest import VIEWPORT
from lab import Lab
from playwright.sync_api import expect

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
SHOWN = re.compile(r"^(\w+Explorer|Predict|DigitPad)\b")  # the text output of a cell that shows a widget of ours
NOT_RUN = """() => jupyterapp.shell.currentWidget.content.widgets
  .filter(cell => cell.model.type === "code" && cell.model.executionCount === null).length"""


@pytest.fixture(scope="module")
def one_lab(browser, server, pictures) -> Iterator[Lab]:
    """Return a page for all notebooks: a new page would load JupyterLab anew each time."""
    with browser.new_context(viewport=VIEWPORT, reduced_motion="reduce") as context:
        yield Lab(context.new_page(), server, pictures)


def widget_cells(path: Path) -> list[int]:
    """Return the cells that show a widget, by their stored text."""
    cells = nbformat.read(path, as_version=4).cells
    outputs = [[output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", [])] for cell in cells]
    return [number for number, texts in enumerate(outputs) if any(map(SHOWN.match, texts))]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_notebook_runs_in_the_browser_and_shows_its_widgets(one_lab, path):
    one_lab.errors.clear()
    one_lab.open(path.name)
    one_lab.run_all()
    shown = widget_cells(path)
    assert shown
    for number in shown:
        expect(one_lab.output(number).locator(".jupyter-widgets").first).to_be_visible()
        for stage in one_lab.output(number).locator(".cnnlab-stage:has(.cnnlab-panels)").all():
            expect(stage).to_have_attribute("data-selected", re.compile(":"))
    assert one_lab.page.evaluate(NOT_RUN) == 0
    one_lab.close()
    assert one_lab.errors == []
