"""Every notebook in a real JupyterLab: it runs all its cells without an error, and its widgets are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from lab import PANEL, Lab
from playwright.sync_api import expect

ON_PAPER = "12_on_one_page.ipynb"  # formulas alone; test_one_page.py prints it
FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = [path for path in sorted(FOLDER.glob("*.ipynb")) if path.name != ON_PAPER]
ONE_LOOK = 1280, 800  # with the file browser open
HIGH = 660  # px, the most that an explorer may be high as it opens
PICTURE = ":is(.cnnlab-stage, .cnnlab-part-sizes, .cnnlab-part-pad, .cnnlab-part-table)"
AXE = """async outputs => {
  const result = await axe.run({ include: outputs }, { resultTypes: ["violations"], elementRef: false });
  return result.violations.map(({ id, impact, nodes }) =>
    ({ id, impact, where: nodes.slice(0, 3).map(node => node.html.slice(0, 200)), count: nodes.length }));
}"""
SHOWN = re.compile(r"^(\w+Explorer|Predict|DigitPad)\b")  # the text output of a cell that shows a widget of ours
NOT_RUN = """() => jupyterapp.shell.currentWidget.content.widgets
  .filter(cell => cell.model.type === "code" && cell.model.executionCount === null).length"""


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def opened(module_lab, request) -> Iterator[tuple[Lab, Path]]:
    """Run all cells of a notebook, once for all tests of it."""
    module_lab.viewport(*ONE_LOOK)
    module_lab.open(request.param.name)
    module_lab.run_all()
    yield module_lab, request.param
    module_lab.leave()
    assert module_lab.taken_errors() == []


def widget_cells(path: Path) -> list[int]:
    """Return the cells that show a widget, by their stored text."""
    cells = nbformat.read(path, as_version=4).cells
    outputs = [[output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", [])] for cell in cells]
    return [number for number, texts in enumerate(outputs) if any(map(SHOWN.match, texts))]


def test_the_notebook_runs_in_the_browser_and_shows_its_widgets(opened):
    lab, path = opened
    shown = widget_cells(path)
    assert shown
    for number in shown:
        expect(lab.output(number).locator(".cnnlab-explorer").first).to_be_visible()
        for stage in lab.output(number).locator(".cnnlab-stage:has(.cnnlab-panels)").all():
            expect(stage).to_have_attribute("data-selected", re.compile(":"))
    assert lab.page.evaluate(NOT_RUN) == 0


def test_each_explorer_is_seen_in_one_look_as_it_opens(opened):
    lab, _ = opened
    explorers = lab.page.locator(f"{PANEL} .cnnlab-explorer:has({PICTURE})").all()
    heights = [round(explorer.bounding_box()["height"]) for explorer in explorers]
    assert heights
    assert max(heights) <= HIGH, heights


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_core_finds_nothing_serious_in_the_outputs(opened, theme, axe):
    lab, _ = opened
    lab.theme(theme)
    lab.page.evaluate("source => { window.axe ?? window.eval(source); }", axe)
    found = lab.page.evaluate(AXE, f"{PANEL} .jp-OutputArea-output")
    assert [problem for problem in found if problem["impact"] in ("serious", "critical")] == []
