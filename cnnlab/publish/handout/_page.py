"""The page of a notebook: our template, with the same front end as in JupyterLab."""

import json
import re
from collections import Counter
from html import escape
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
ICON = (
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='48' height='48' viewBox='0 0 2 2'>"
    "<path fill='%23d98a5b' d='M0 0h2v2H0z'/><path fill='%230b62a8' d='M0 0h1v1H0zM1 1h1v1H1z'/></svg>"
)
BUDGET = 1_500_000  # bytes of a page
MOST_TEXT = 100_000  # characters of an output
WIDGET = "application/vnd.jupyter.widget-view+json"
_CREDITS = """\
Text and code: cnnlab, BSD-3-Clause. Digits: E. Alpaydin and C. Kaynak,
[Optical Recognition of Handwritten Digits](https://doi.org/10.24432/C50P49),
[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/); Y. LeCun, C. Cortes and C. J. C. Burges, MNIST,
[CC BY-SA 3.0](https://creativecommons.org/licenses/by-sa/3.0/). Portrait of Grace M. Hopper: U.S. Navy,
[public domain](https://commons.wikimedia.org/wiki/File:Grace_Hopper.jpg).
"""
_EXERCISE = re.compile(r"(?m)^exercises\.\w+\.\w+\(")  # of no use without a kernel
_ASKED = re.compile(r"(?m)^(?:(?:display\()?ask\(.*\)|explorer)$")  # its output shows the same
_BY_KERNEL = re.compile(r"(?m)^(- )?.*<!--kernel-->(?:\n|$)")  # a line marked as needing a kernel
_SECTION = re.compile(r'<h2 id="([^"]*)">(.*?) <a class="page-permalink"')


def text_page(*texts):
    """Return Markdown texts as one HTML page."""
    cells = [nbformat.v4.new_markdown_cell(text) for text in texts]
    return to_page(nbformat.v4.new_notebook(cells=cells), Path())


def to_page(notebook, path, *, live="", **site):
    """Return an executed notebook as one HTML page; the tables of its explorers are cut to fit.

    Parameters
    ----------
    notebook : NotebookNode
        As :func:`cnnlab.publish.handout.run` returns it.
    path : path
        The path of its file; pictures are relative to it.
    live : str
        The address at which it runs with a kernel; "{}" is replaced by the file's name without its ending.
    **site
        The site it belongs to: its ``address``; its ``pages`` in order, each with ``place``, ``title``, ``text`` and
        ``picture``, and for a lesson also its ``number``, its ``minutes``, and the number of questions and exercises to
        ``solve``; and ``at``, the index of this page.

    Raises
    ------
    ValueError
        If a cell cannot be converted; the message says which.
    """
    kernel = live.replace("{}", quote(path.stem))
    parts = list(_parts(notebook, path.parent, kernel))
    page = site | {
        "title": title_of(notebook),
        "kernel": kernel,
        "sections": _SECTION.findall("".join(part for part in parts if isinstance(part, str))),
        "credits": to_html(_CREDITS, FOLDER),
        "icon": ICON,
        "style": _style(),
        "script": front.self_unpacking(front.script("handout.js", START)),
    }
    text = (FOLDER / "page.html.j2").read_text(encoding="utf-8")
    template = Template(text, autoescape=True, trim_blocks=True)

    def render(tables, data=None):
        widgets = (widget_html(table, address=table["address"], data=data) for table in tables)
        return template.render(page, parts=[part if isinstance(part, str) else next(widgets) for part in parts])

    tables = [part for part in parts if isinstance(part, dict)]
    return render(fitted(tables, BUDGET - len(render(tables, data="").encode())))


def _parts(notebook, folder, kernel):
    """Yield the parts of a page of a notebook: HTML, and the tables of its widgets, each with its name and address."""
    heading, taken = "", Counter()
    for number, cell in enumerate(notebook.cells, start=1):
        address = kernel and f"{kernel}#cell-id={cell.id}"  # of the cell with a kernel
        try:
            if "kernel" in cell.metadata.get("tags", []):
                continue
            if cell.cell_type == "markdown":
                heading = [heading, *re.findall(r"(?m)^#+ (.+)", cell.source)][-1]
                text = to_html(without_kernel(cell.source, address), folder, cell.get("attachments"))
                yield f'<section class="page-text">\n{text}\n</section>'
            elif cell.cell_type == "code" and cell.source.strip():
                yield f'<section class="page-code {"page-check" if ".check(my_" in cell.source else ""}">{_code(cell)}'
                for output in cell.outputs:
                    for table in json.loads(output.get("data", {}).get(MIME, "[]")):
                        yield {**table, "name": name_of(table["key"], heading, taken), "address": address}
                    yield _shown(output, cell, folder, address)
                if _EXERCISE.search(cell.source):
                    yield kernel_line(["writing this function and having it checked"], address)
                yield "</section>"
        except Exception as error:  # a converter may raise anything
            raise ValueError(f"cell {number}: {sentence(error)}") from error


def _code(cell):
    """Return the code of a cell as HTML, if a page shows it; several lines are folded into the last."""
    hidden = cell.metadata.get("jupyter", {}).get("source_hidden") or "hide-input" in cell.metadata.get("tags", [])
    source = "" if hidden or _EXERCISE.search(cell.source) else _ASKED.sub("", cell.source).strip()
    if not source:
        return ""
    stub = " page-stub" if "# your code here" in source else ""
    code = Highlight2HTML(pygments_lexer="python")(source)
    shown = f'<div class="page-source{stub}" tabindex="0" role="group" aria-label="code">{code}</div>'
    if "\n" not in source or stub:
        return shown
    last = escape(source.splitlines()[-1])
    return f'<details class="page-fold"><summary><code>{last}</code></summary>{shown}</details>'


def _shown(output, cell, folder, address):
    """Return an output as HTML for the page; empty if widgets replace it."""
    data = output.get("data", {})
    if MIME in data or _EXERCISE.search(cell.source):
        return ""
    if html := data.get("text/html") or data.get("image/svg+xml"):
        return f"<div>{html}</div>"
    if "text/markdown" in data:
        return f'<div class="page-text">{to_html(data["text/markdown"], folder)}</div>'
    for mime in ("image/png", "image/jpeg"):
        if mime in data:
            alt = output.metadata.get(mime, {}).get("alt", data.get("text/plain", ""))
            return f'<img src="data:{mime};base64,{data[mime].strip()}" alt="{escape(alt)}">'
    if WIDGET in data:
        return kernel_line(["a control that Python answers"], address)
    text = data.get("text/plain") or output.get("text") or "\n".join(output.get("traceback", []))
    more = f"\n… ({len(text):,} characters)" if len(text) > MOST_TEXT else ""
    return f'<pre class="page-output" tabindex="0">{ansi2html(text[:MOST_TEXT] + more)}</pre>' if text else ""


def name_of(key, heading, taken):
    """Return the link target of a question, made from its key, or of an explorer, made from the heading above it.

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


def without_kernel(text, address):
    r"""Return a text of a notebook for a page: all lines that need a kernel are replaced by one link.

    Examples
    --------
    >>> without_kernel("Try:\n\n- Point at y.\n- Type 3. <!--kernel-->\n\nSo it is.", "")
    'Try:\n\n- Point at y.\n\nSo it is.\n\n<p class="page-limits">In JupyterLab: 1 more to try.</p>'
    """
    count = _BY_KERNEL.findall(text).count("- ")
    return f"{_BY_KERNEL.sub('', text)}\n\n{kernel_line([f'{count} more to try'] * bool(count), address)}".rstrip()


def title_of(notebook):
    """Return the first heading of a notebook."""
    texts = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    found = re.search(r"(?m)^#+ +(.*\S)", "\n".join(texts))
    return found[1] if found else "cnnlab"


def _style():
    light, dark = (HtmlFormatter(style=name, nobackground=True) for name in ("default", "monokai"))
    dark = f'@media screen {{ [data-theme="dark"] {{ {dark.get_style_defs(".highlight")} }} }}'
    page = (FOLDER / "page.css").read_text(encoding="utf-8")
    return "\n".join([front.style(), light.get_style_defs(".highlight"), dark, page])
