"""The page of a notebook: nbconvert with a template of ours, and the front end that JupyterLab has."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

import nbformat
from nbconvert.exporters import TemplateExporter
from nbconvert.filters import Highlight2HTML, ansi2html
from pygments.formatters import HtmlFormatter

from cnnlab.lab.explorers import front
from cnnlab.lab.page import START, fitted, kernel_line, widget_html
from cnnlab.publish.handout._markdown import to_html
from cnnlab.publish.handout._run import MIME, sentence

FOLDER = Path(__file__).parent
BUDGET = 1_500_000  # bytes of a page
MOST_TEXT = 100_000  # characters of an output
SHOWN = (MIME, "text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain")


def to_page(
    notebook: nbformat.NotebookNode, folder: Path, *, name: str, live: str = "", most: int = BUDGET, **slots
) -> str:
    """Return a notebook that was run as one HTML page.

    Parameters
    ----------
    notebook : NotebookNode
        As :func:`cnnlab.publish.handout.run` returns it.
    folder : path
        Where its pictures are.
    name : str
        Of its file, without an ending.
    live : str
        The address at which it runs with a kernel; "{}" in it stands for the name.
    most : int
        Bytes that the page may have; the tables of its explorers get what the rest leaves.
    **slots
        What else the page has: see the head of ``page.html.j2``.

    Raises
    ------
    ValueError
        If a text cannot be converted; the message says in which cell.
    """
    tables = _take_tables(notebook)
    kernel, permalink = live.replace("{}", quote(name)), slots.get("permalink", "")
    page = {
        "title": title_of(notebook),
        "kernel": kernel,
        **slots,
        "mime": MIME,
        "style": _style(),
        "script": front.script("handout.js", START),
    }
    page["exercise"] = kernel_line(["writing and checking your code"], page["kernel"])
    markdown = partial(to_html, folder=folder, permalink=permalink)
    page["texts"] = list(_texts(notebook, markdown))
    filters = {"markdown": markdown, "code": Highlight2HTML(pygments_lexer="python"), "text": _text, "mime": _shown}
    template = (FOLDER / "page.html.j2").read_text(encoding="utf-8")
    exporter = TemplateExporter(raw_template=template, filters=filters, file_extension=".html")

    def render(tables: list[dict], data: str | None = None) -> str:
        page["widgets"] = [widget_html(table, "", address=page["kernel"], data=data) for table in tables]
        return exporter.from_notebook_node(notebook, resources={"page": page})[0]

    return render(fitted(tables, most - len(render(tables, data="").encode())))


def _take_tables(notebook: nbformat.NotebookNode) -> list[dict]:
    """Return the tables of all widgets, and put their numbers in their place."""
    tables = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if MIME in output.get("data", {}):
                here = json.loads(output.data[MIME])
                output.data[MIME] = list(range(len(tables), len(tables) + len(here)))
                tables += here
    return tables


def _texts(notebook: nbformat.NotebookNode, convert: Callable) -> Iterator[str]:
    """Yield what each cell of Markdown says, as HTML; nothing for other cells."""
    for number, cell in enumerate(notebook.cells, start=1):
        try:
            yield convert(cell.source, attachments=cell.get("attachments")) if cell.cell_type == "markdown" else ""
        except Exception as error:  # whatever the converter meets in a text
            raise ValueError(f"cell {number}: {sentence(error)}") from error


def _shown(output) -> str:
    """Return the mime type of an output that a page shows; empty for one that it cannot show."""
    return next((mime for mime in SHOWN if mime in output.get("data", {})), "")


def _text(text: str) -> str:
    """Return what was printed, with its colours, as HTML; of very much the beginning."""
    # Of a line that is written over, such as a progress bar, the last writing.
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in text[:MOST_TEXT].split("\n"))
    more = f"\n… ({len(text):,} characters)" if len(text) > MOST_TEXT else ""
    return ansi2html("\n".join(lines) + more)


def title_of(notebook: nbformat.NotebookNode) -> str:
    """Return the first heading of a notebook."""
    texts = (line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines())
    return next((line.lstrip("# ").strip() for line in texts if re.match("#+ ", line)), "cnnlab")


def _style() -> str:
    formatters = (HtmlFormatter(style=name, nobackground=True) for name in ("default", "monokai"))
    light, dark = (formatter.get_style_defs(".highlight") for formatter in formatters)
    own = (FOLDER / "page.css").read_text(encoding="utf-8")
    return "\n".join([front.style(), light, f"@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}", own])
