"""The keys of our controls do no harm: JupyterLab takes keys on their way up, Notebook 7 on their way down."""

from __future__ import annotations

from collections.abc import Iterator

import nbformat
import pytest
from lab_server import Server, start_server
from nbformat import v4
from playwright.sync_api import Locator, Page, expect

SOURCES = [
    "import numpy as np\nfrom cnnlab.lab import ConvolutionExplorer, Predict, DigitPad, PhotoExplorer",
    "explorer = ConvolutionExplorer(np.arange(25).reshape(5, 5) % 5, np.ones((3, 3)), padding=1)\nexplorer",
    "question = Predict('Which?', 'b', choices=['a', 'b', 'c'])\nquestion",
    "typed = Predict('How many?', 9)\ntyped",
]
DANGEROUS = ("x", "d", "b", "a", "m", "0", "Delete")  # cut, delete, insert, turn into Markdown, restart: the host's own
NAME = "keys.ipynb"
HAS_KERNEL = "() => window.jupyterapp?.shell.currentWidget?.context?.sessionContext.session?.kernel?.status === 'idle'"
ASKS_NOTHING = "() => !document.querySelector('.jp-Dialog')"


@pytest.fixture(scope="module")
def notebook_7(browser_path, tmp_path_factory) -> Iterator[Server]:
    """Serve the cells above with Notebook 7."""
    folder = tmp_path_factory.mktemp("keys")
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells = v4.new_notebook(cells=[*map(v4.new_code_cell, SOURCES)], metadata={"kernelspec": kernel})
    nbformat.write(cells, folder / NAME)
    with start_server(folder, tmp_path_factory.mktemp("notebook"), "notebook") as server:
        yield server


@pytest.fixture(scope="module", params=["lab", pytest.param("notebook_7", marks=pytest.mark.slow)])
def host(request) -> Page:
    """Return a page on which the cells above have been run: in JupyterLab, or in Notebook 7."""
    if request.param == "lab":
        lab = request.getfixturevalue("module_lab")
        lab.new(*SOURCES)
        page = lab.page
    else:
        server, page = request.getfixturevalue("notebook_7"), request.getfixturevalue("module_page")
        page.goto(f"{server.url}/notebooks/{NAME}?token={server.token}")
        page.wait_for_function(HAS_KERNEL)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    expect(page.locator(".cnnlab-explorer")).to_have_count(3)
    return page


def controls(page: Page) -> list[Locator]:
    """Return one control of each kind: a slider, its number, a cell, a radio button, a text field, a button."""
    explorer, choice, typed = (page.locator(".cnnlab-explorer").nth(number) for number in range(3))
    return [
        explorer.get_by_role("slider", name="stride"),
        explorer.locator('[data-panel="y"] [data-cell="0,1,1"]'),
        choice.get_by_role("radio").first,
        choice.get_by_role("button", name="check"),
        explorer.get_by_role("button", name="one step on"),
        typed.get_by_role("textbox"),
    ]


def test_no_key_on_a_control_of_ours_changes_the_notebook_or_leaves_the_control(host):
    cells = host.locator(".jp-Notebook .jp-Cell")
    for control in controls(host):
        for key in DANGEROUS:
            control.focus()
            host.keyboard.press(key)
            expect(cells).to_have_count(len(SOURCES))
            assert host.evaluate(ASKS_NOTHING)
            host.keyboard.press("Escape")


def test_the_arrows_stay_in_the_control(host):
    _, cell, radio, *_ = controls(host)
    for keys, place in ((("ArrowDown",), "2,1"), (("ArrowRight", "ArrowUp"), "0,2")):
        cell.click()
        for key in keys:
            host.keyboard.press(key)
        expect(host.locator('[data-panel="y"] .cnnlab-selected')).to_have_attribute("data-cell", f"0,{place}")
    radio.focus()
    for _ in range(2):
        host.keyboard.press("ArrowDown")
    expect(host.locator(".cnnlab-explorer").nth(1).get_by_role("radio").nth(2)).to_be_focused()
    slider = host.get_by_role("slider", name="stride")
    slider.focus()
    host.keyboard.press("ArrowRight")
    expect(slider).to_have_value("2")
    expect(slider).to_be_focused()


def test_the_host_keeps_its_own_shortcuts(host):
    _, cell, *_ = controls(host)
    cell.click()
    with host.expect_response(lambda response: "/api/contents/" in response.url and response.request.method == "PUT"):
        host.keyboard.press("Control+s")
