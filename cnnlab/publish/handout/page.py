"""The page of a notebook: nbconvert with a template of ours, and the front end that JupyterLab has."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import nbformat
from nbconvert.exporters import TemplateExporter
from nbconvert.filters import Highlight2HTML, ansi2html
from pygments.formatters import HtmlFormatter

from cnnlab.lab.explorers import front
from cnnlab.publish.handout.budget import fitted, is_limited, packed
from cnnlab.publish.handout.markdown import to_html
from cnnlab.publish.handout.run import MIME

FOLDER = Path(__file__).parent
BUDGET = 1_500_000  # bytes of a page
SHOWN = (MIME, "text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain")
KERNEL = "This page has no kernel: {needs} {work} in {place}."
EXERCISE = re.compile(r"\bexercises\b")
# The colours of code, light and dark.
CODE = HtmlFormatter(style="default"), HtmlFormatter(style="monokai")


def to_page(notebook: nbformat.NotebookNode, folder: Path, *, name: str, live: str = "", most: int = BUDGET) -> str:
    """Return a notebook that was run as one HTML page.

    Parameters
    ----------
    notebook : NotebookNode
        As :func:`cnnlab.publish.handout.run.run` returns it.
    folder : path
        Where its pictures are.
    name : str
        Of its file, without an ending.
    live : str
        The address at which it runs with a kernel; "{}" in it stands for the name.
    most : int
        Bytes that the page may have; the tables of its explorers get what the rest leaves.
    """
    address = live.replace("{}", name)
    tables = _take_tables(notebook)
    lines = [_needed(table, address, limited=False) for table in tables]
    bare = _render(notebook, folder, address, [""] * len(tables), lines)
    cut = fitted(tables, most - len(bare.encode()))
    lines = [_needed(table, address, limited=is_limited(table)) for table in cut]
    return _render(notebook, folder, address, list(map(packed, cut)), lines)


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


def _needed(table: dict, address: str, *, limited: bool) -> str:
    """Return the line that says what needs a kernel, as HTML; empty where nothing does."""
    needs = [*table["needs"], *["settings further from these"][:limited]]
    return _kernel_line(needs, address) if needs else ""


def _kernel_line(needs: list[str], address: str) -> str:
    words = f"{', '.join(needs[:-1])} and {needs[-1]}" if len(needs) > 1 else needs[0]
    link = f'<a href="{html.escape(address)}">the live page</a>' if address else "JupyterLab"
    one = len(needs) == 1 and not needs[0].startswith("settings")
    return KERNEL.format(needs=words, work="works" if one else "work", place=link)


def _render(notebook, folder: Path, address: str, data: list[str], lines: list[str]) -> str:
    exporter = TemplateExporter(raw_template=(FOLDER / "page.html.j2").read_text(encoding="utf-8"))
    exporter.file_extension = ".html"
    exporter.register_filter("markdown", lambda text: to_html(text, folder))
    exporter.register_filter("code", Highlight2HTML(pygments_lexer="python"))
    exporter.register_filter("ansi", ansi2html)
    exporter.register_filter("mime", _shown)
    exporter.register_filter("one_line", _one_line)
    exporter.register_filter("is_exercise", lambda cell: bool(EXERCISE.search(cell.source)))
    page = {
        "title": _title(notebook),
        "script": front.script("handout.js", "({ start }) => start()"),
        "style": _style(),
        "address": address,
        "data": data,
        "lines": lines,
        "kernel": _kernel_line(["writing and checking your code"], address),
        "mime": MIME,
    }
    text, _ = exporter.from_notebook_node(notebook, resources={"page": page})
    return text


def _shown(output) -> str:
    """Return the mime type of an output that a page shows; empty for one that it cannot show."""
    return next((mime for mime in SHOWN if mime in output.get("data", {})), "")


def _one_line(text: str) -> str:
    return html.escape(" ".join(text.split()))


def _title(notebook) -> str:
    """Return the first heading of a notebook."""
    texts = (line for cell in notebook.cells if cell.cell_type == "markdown" for line in cell.source.splitlines())
    return next((line.lstrip("# ").strip() for line in texts if line.startswith("#")), "cnnlab")


def _style() -> str:
    light, dark = (formatter.get_style_defs(".highlight") for formatter in CODE)
    own = (FOLDER / "page.css").read_text(encoding="utf-8")
    return "\n".join([front.style(), light, f"@media screen and (prefers-color-scheme: dark) {{\n{dark}\n}}", own])
