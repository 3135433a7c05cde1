"""The page of a notebook: a template of ours, and the front end that JupyterLab has."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from urllib.parse import quote

import nbformat
from jinja2 import Template
from nbconvert.filters import Highlight2HTML, ansi2html
from pygments.formatters import HtmlFormatter

from cnnlab.lab.explorers import front
from cnnlab.lab.page import START, fitted, kernel_line, widget_html
from cnnlab.publish.handout._markdown import to_html
from cnnlab.publish.handout._run import MIME, sentence

FOLDER = Path(__file__).parent
_CELLS = "<path fill='%23d98a5b' d='M0 0h2v2H0z'/><path fill='%230b62a8' d='M0 0h1v1H0zM1 1h1v1H1z'/>"
_SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='48' height='48' viewBox='0 0 2 2'>"
ICON = f"data:image/svg+xml,{_SVG}{_CELLS}</svg>"
BUDGET = 1_500_000  # bytes of a page
MOST_TEXT = 100_000  # characters of an output
WIDGET = "application/vnd.jupyter.widget-view+json"
SHOWN = (MIME, "text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", WIDGET, "text/plain")
# Cells of no use without a kernel, by what is in them, and what a page says in their place.
_INSTEAD = {
    r"^check_environment\(\)": "",
    r"^exercises\.\w+\.\w+\(": "writing this function and having it checked",
    r"^ProgressMap\(\)": "the map of what you have solved",
}
_ASKED = re.compile(r"(?m)^(?:(?:display\()?ask\(.*\)|explorer)$")  # what is shown below it says the same
# Sentences, and paragraphs, about the notebook as it is used in JupyterLab.
_HOST = re.compile(
    r"(?m)(?:\*\*Draw a digit\*\*|\s?Run all\s+cells \(Run > Run All Cells\))[^.]*\."
    r"|^(?:Stuck\?|No \w+, only a still).*(?:\n.+)*"
)
_SECTION = re.compile(r'<h2 id="([^"]*)">(.*?) <a class="page-permalink"')
_TO_TRY = re.compile(r"(?m)(?<=^\*\*What to try\*\*\n\n)(?:- .*\n?(?:  .*\n?)*)+")
_TASK = re.compile(r"(?m)^- .*\n?(?:  .*\n?)*")
_BY_KERNEL = re.compile(
    r"ouble-click|\b[Tt]ype\b|Write `|[Rr]un (?:the|both)|Shift\+|\*start\*|\b[Dd]raw\b"
)  # tasks, by their words


def to_page(
    notebook: nbformat.NotebookNode,
    path: Path,
    *,
    live: str = "",
    most: int = BUDGET,
    pages: Sequence[dict] = (),
    at: int = 1,
    address: str = "",
) -> str:
    """Return a notebook that was run as one HTML page.

    Parameters
    ----------
    notebook : NotebookNode
        As :func:`cnnlab.publish.handout.run` returns it.
    path : path
        Of its file, beside which its pictures are.
    live : str
        The address at which it runs with a kernel; "{}" in it stands for the file's name without its ending.
    most : int
        Bytes that the page may have; the tables of its explorers get what the rest leaves.
    pages : list of dict
        The site that this is a page of, its first page first: ``place``, ``title``, ``text`` and ``picture`` of each, of
        a lesson ``number``, ``minutes``, and how many questions and exercises it has to ``solve`` as well.
    at : int
        Which of the pages this is.
    address : str
        Where the site is.

    Raises
    ------
    ValueError
        If a text cannot be converted; the message says in which cell.
    """
    notebook.cells = [cell for cell in notebook.cells if "kernel" not in cell.metadata.get("tags", [])]
    tables = _take_tables(notebook)
    kernel = live.replace("{}", quote(path.stem))

    def place(cell: str) -> str:
        """Return where a cell is with a kernel; nothing where there is none."""
        return kernel and f"{kernel}#cell-id={cell}"

    markdown, texts = partial(to_html, folder=path.parent), []
    for number, cell in enumerate(notebook.cells, start=1):
        try:
            source = without_kernel(cell.source, place(cell.id)) if cell.cell_type == "markdown" else ""
            texts.append(markdown(source, attachments=cell.get("attachments")))
        except Exception as error:  # whatever the converter meets in a text
            raise ValueError(f"cell {number}: {sentence(error)}") from error
    page = {
        "title": title_of(notebook),
        "kernel": kernel,
        "pages": pages,
        "at": at,
        "address": address,
        "cells": notebook.cells,
        "texts": texts,
        "sections": _SECTION.findall("".join(texts)),
        "alive": MIME,
        "widget": WIDGET,
        "icon": ICON,
        "style": _style(),
        "script": front.self_unpacking(front.script("handout.js", START)),
        "markdown": markdown,
        "highlight": Highlight2HTML(pygments_lexer="python"),
        "printed": _printed,
        "mime_of": _mime_of,
        "code_of": _code_of,
        "instead_of": _instead_of,
        "by_kernel": lambda words, cell: kernel_line([words] if words else [], place(cell)),
    }
    template = Template((FOLDER / "page.html.j2").read_text(encoding="utf-8"), autoescape=True)

    def render(tables: list[dict], data: str | None = None) -> str:
        return template.render(
            page, widgets=[widget_html(each, address=place(each["cell"]), data=data) for each in tables]
        )

    return render(fitted(tables, most - len(render(tables, data="").encode())))


def _take_tables(notebook: nbformat.NotebookNode) -> list[dict]:
    """Return the tables of all widgets, named, each with the id of its cell; their numbers take their place."""
    tables, heading, taken = [], "", Counter()
    for cell in notebook.cells:
        headings = re.findall(r"(?m)^#+ (.+)", cell.source) if cell.cell_type == "markdown" else []
        heading = [heading, *headings][-1]
        for output in cell.get("outputs", []):
            if MIME in output.get("data", {}):
                here = json.loads(output.data[MIME])
                output.data[MIME] = list(range(len(tables), len(tables) + len(here)))
                tables += [{**each, "name": name_of(each["key"], heading, taken), "cell": cell.id} for each in here]
    return tables


def name_of(key: str, heading: str, taken: Counter) -> str:
    """Return the name by which a link finds a question, by its key, or an explorer, by the heading above it.

    Examples
    --------
    >>> taken = Counter()
    >>> [name_of("", "## 2. Sliding: a window for each cell", taken), name_of("02.places", "", taken)]
    ['sliding', 'places']
    >>> name_of("", "## 2. Sliding (second reading)", taken)
    'sliding-2'
    """
    words = re.sub(r"^[#\s]*[\d.]*|[:(].*", "", key or heading)
    name = "-".join(re.findall(r"\w+", words.lower())[:6]) or "explorer"
    taken[name] += 1
    return f"{name}-{taken[name]}" if taken[name] > 1 else name


def without_kernel(text: str, address: str) -> str:
    r"""Return a text of a notebook as a page has it: what is to be tried with a kernel is folded, with a link to one.

    Examples
    --------
    >>> without_kernel("So it is. Run all cells (Run > Run All Cells), then read.", "")
    'So it is.'
    >>> without_kernel("**What to try**\n\n- Point at y.\n- Type 3.", "")[:85]
    '**What to try**\n\n- Point at y.\n\n<details class="page-live"><summary>1 more with a ker'
    """
    place = f"[Try it with a kernel]({address})" if address else "Try it in JupyterLab."

    def folded(found: re.Match) -> str:
        tasks = [task.rstrip() + "\n" for task in _TASK.findall(found[0])]
        typed = [task for task in tasks if _BY_KERNEL.search(task)]
        shown = "".join(task for task in tasks if task not in typed)
        head = f'<details class="page-live"><summary>{len(typed)} more with a kernel</summary>'
        fold = f"\n{head}\n\n{''.join(typed)}\n{place}\n\n</details>\n" if typed else ""
        return f"{shown}{fold}\n"

    return _TO_TRY.sub(folded, _HOST.sub("", text))


def _code_of(cell: nbformat.NotebookNode) -> str:
    """Return the code of a cell that a page shows."""
    hidden = cell.metadata.get("jupyter", {}).get("source_hidden") or "hide-input" in cell.metadata.get("tags", [])
    return "" if hidden or _instead_of(cell.source) is not None else _ASKED.sub("", cell.source).strip()


def _instead_of(source: str) -> str | None:
    """Return what a page says in place of a cell that is of no use without a kernel; None where it is of use."""
    return next((words for pattern, words in _INSTEAD.items() if re.search(pattern, source, re.MULTILINE)), None)


def _mime_of(output) -> str:
    """Return the mime type of an output that a page shows; empty for one that it cannot show."""
    return next((mime for mime in SHOWN if mime in output.get("data", {})), "")


def _printed(text: str) -> str:
    """Return what was printed, with its colours, as HTML; if it is very long, only its beginning."""
    # Of a line that was written over, such as a progress bar, the last state.
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in text[:MOST_TEXT].split("\n"))
    more = f"\n… ({len(text):,} characters)" if len(text) > MOST_TEXT else ""
    return ansi2html("\n".join(lines) + more)


def title_of(notebook: nbformat.NotebookNode) -> str:
    """Return the first heading of a notebook."""
    texts = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return (re.findall(r"(?m)^#+ +(.+)", texts) or ["cnnlab"])[0].strip()


def _style() -> str:
    themes = {"default": ".highlight", "monokai": '[data-theme="dark"] .highlight'}
    code = [HtmlFormatter(style=name, nobackground=True).get_style_defs(within) for name, within in themes.items()]
    return "\n".join([front.style(), *code, (FOLDER / "page.css").read_text(encoding="utf-8")])
