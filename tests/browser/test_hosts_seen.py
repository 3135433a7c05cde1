"""Hosts that show the same widgets otherwise, each where it is installed: Voilà, nbclassic, and marimo's own page.

What they ask of others, such as Voilà its icons, is refused: an explorer works without it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from lab_server import free_port, running, start_server
from nbformat import v4
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow

IMPORTS = "import numpy as np\nfrom cnnlab.lab import ConvolutionExplorer, Predict"
EXPLORER = "ConvolutionExplorer(np.arange(25).reshape(5, 5) % 5, np.ones((3, 3)), padding=1)"
QUESTION = "Predict('How many?', 9)"
APP = f"""
import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    {IMPORTS.replace(chr(10), chr(10) + "    ")}
    mo.vstack([mo.ui.anywidget({EXPLORER}), mo.ui.anywidget({QUESTION})])


if __name__ == "__main__":
    app.run()
"""
CELLS = [IMPORTS, EXPLORER, QUESTION]
# ipywidgets first asks a kernel for widgets, waits 4 s for its answer, then draws all outputs anew: what is on its way
# to the page just then is lost.
ASKED = 6000  # ms
IS_READY = "() => window.Jupyter?.notebook?.kernel?.is_connected() && Jupyter.notebook.kernel.widget_manager"
RUN = "() => Jupyter.notebook.execute_all_cells()"
SECONDS = 60


def write_notebook(folder: Path) -> Path:
    """Write the cells above as a notebook."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = v4.new_notebook(cells=[*map(v4.new_code_cell, CELLS)], metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / "hosts.ipynb")
    return folder / "hosts.ipynb"


@contextmanager
def voila(page: Page, folder: Path) -> Iterator[None]:
    """Show the notebook in Voilà."""
    port = free_port()
    command = [sys.executable, "-m", "voila", str(write_notebook(folder)), "--no-browser", f"--port={port}"]
    with running([*command, "--Voila.ip=127.0.0.1"], folder, port, folder):
        page.goto(f"http://127.0.0.1:{port}/")
        yield


@contextmanager
def nbclassic(page: Page, folder: Path) -> Iterator[None]:
    """Show the notebook in the classic one, and run its cells."""
    (folder / "cells").mkdir()
    write_notebook(folder / "cells")
    with start_server(folder / "cells", folder, "nbclassic") as server:
        page.goto(f"{server.url}/nbclassic/notebooks/hosts.ipynb?token={server.token}")
        page.wait_for_function(IS_READY, timeout=1000 * SECONDS)
        page.wait_for_timeout(ASKED)
        page.evaluate(RUN)
        yield


@contextmanager
def marimo(page: Page, folder: Path) -> Iterator[None]:
    """Show the same as marimo's app."""
    (folder / "app.py").write_text(APP, encoding="utf-8")
    port = free_port()
    command = [sys.executable, "-m", "marimo", "run", "app.py", "--headless", "--no-token", "--host=127.0.0.1"]
    with running([*command, f"--port={port}"], folder, port, folder):
        page.goto(f"http://127.0.0.1:{port}/")
        yield


@pytest.mark.parametrize("host", [voila, nbclassic, marimo], ids=lambda host: host.__name__)
def test_a_host_shows_an_explorer_and_a_question_that_answer(host, page, tmp_path):
    pytest.importorskip(host.__name__, reason=f"install cnnlab[hosts] to test {host.__name__}")
    page.context.route(lambda url: "//127.0.0.1:" not in url and url.startswith("http"), lambda route: route.abort())
    with host(page, tmp_path):
        cells = page.locator('[data-panel="y"] .cnnlab-cell')
        expect(cells).to_have_count(25, timeout=1000 * SECONDS)
        cells.nth(6).hover()
        expect(page.locator(".cnnlab-stage")).to_have_attribute("data-selected", "y:0,1,1")
        page.get_by_role("slider", name="S stride").focus()
        page.keyboard.press("ArrowRight")
        expect(cells).to_have_count(9, timeout=1000 * SECONDS)
        question = page.locator(".cnnlab-explorer", has=page.locator("input[type=text]"))
        question.get_by_role("textbox").fill("9")
        question.get_by_role("textbox").press("Enter")
        expect(question.get_by_role("status")).to_have_text("✓ Right: 9.", timeout=1000 * SECONDS)
