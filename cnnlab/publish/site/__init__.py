"""A static site: each lesson as its living page, there at once, and the same notebook with a kernel in the browser."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from urllib.parse import quote

import nbformat

from cnnlab.publish._folder import check_folder, source
from cnnlab.publish.handout import TIMEOUT, read, run, title_of, to_page, write_handouts
from cnnlab.publish.site._lite import build

_ROOT = re.compile(r'(?s)<script id="jupyter-config-data".*?</script>')
_LIVE = "lab/index.html?path={}.ipynb"
_MARK = ".cnnlab-site"  # names what this has written, and may replace
_FIRST_CODE = """\
import numpy as np

from cnnlab.lab import ConvolutionExplorer

x = np.array([[1, 0, 2, 1, 0], [0, 3, 1, 0, 2], [2, 1, 0, 1, 1], [1, 0, 2, 3, 0], [0, 1, 1, 0, 2]])
ConvolutionExplorer(x, np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]]))
"""
_FIRST_TEXT = """\
# How a convolutional network computes and how it learns

Point at a cell of the output: the window that made it lights up, with its sum written out. Move a slider, or press ▶.
Every number comes from the functions that the course is about.
"""
_LESSONS = """\
## The lessons

Each opens at once, and answers without a kernel. Its button opens the same notebook with Python in your browser: there
you type into cells, write the operations yourself and train a network. The first time that takes about 20 seconds.

{lessons}

Nothing is installed, and nothing that you do leaves your browser.
"""


def write_site(folder, *, notebooks=None, pyodide=None, timeout=TIMEOUT) -> Path:
    """Write the site into a folder, which any static server can serve, and return the path of its first page.

    It is built beside the folder and put there when it is whole. What else is in the folder stays, such as a CNAME.

    Parameters
    ----------
    folder : path
        Not there yet, empty, or written by this.
    notebooks : list of path, optional
        All of the course by default.
    pyodide : path, optional
        The folder of a Pyodide, for a site that needs no other server.
    timeout : int
        Seconds that a cell may take; 0 for no limit.

    Raises
    ------
    ValueError
        If ``folder`` is a file or holds something else, a cell fails, or JupyterLite cannot be built.
    FileNotFoundError
        If there is no such notebook or folder.
    """
    folder = Path(folder).resolve()
    notebooks = sorted(source().glob("*.ipynb")) if notebooks is None else [Path(path).resolve() for path in notebooks]
    if pyodide is not None and not Path(pyodide, "pyodide-lock.json").is_file():
        raise FileNotFoundError(f"pyodide ({pyodide}) must be a folder with the files of a Pyodide")
    check_folder(folder)
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise ValueError(f"folder ({folder}) must be empty, or a site that was written before")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".cnnlab-site-", dir=folder.parent) as beside:
        new, old = Path(beside, "new"), Path(beside, "old")
        build(new, notebooks, None if pyodide is None else Path(pyodide).resolve())
        (new / ".nojekyll").touch()  # for GitHub Pages, which would leave out what begins with "_"
        write_handouts(notebooks, new, live=_LIVE, timeout=timeout)
        first = new / "index.html"
        root = _ROOT.search(first.read_text(encoding="utf-8"))  # the apps of JupyterLite look for it in the first page
        first.write_text(_first_page(notebooks).replace("</body>", f"{root[0]}\n</body>"), encoding="utf-8")
        _swap(new, folder, old)
    return folder / "index.html"


def _swap(new: Path, folder: Path, old: Path) -> None:
    """Put what is new into a folder in place of what was written before, which goes into ``old``."""
    names = {_MARK, *(path.name for path in new.iterdir())}
    (new / _MARK).write_text("\n".join(sorted(names)), encoding="utf-8")
    known = (folder / _MARK).read_text(encoding="utf-8").split("\n") if (folder / _MARK).exists() else []
    for place in (folder, old):
        place.mkdir(exist_ok=True)
    for path in list(folder.iterdir()):
        if path.name in names.union(known):
            os.replace(path, old / path.name)
    for path in list(new.iterdir()):
        os.replace(path, folder / path.name)


def _first_page(notebooks: list[Path]) -> str:
    """Return the page that says what this is, with one explorer alive and the list of lessons."""
    lessons = "\n".join(f"- [{path.stem[:2]} · {title_of(read(path))}]({quote(path.name)})" for path in notebooks)
    code = nbformat.v4.new_code_cell(_FIRST_CODE, metadata={"jupyter": {"source_hidden": True}})
    words = [nbformat.v4.new_markdown_cell(text) for text in (_FIRST_TEXT, _LESSONS.format(lessons=lessons))]
    notebook = run(nbformat.v4.new_notebook(cells=[words[0], code, words[1]]), Path.cwd())
    return to_page(notebook, Path.cwd(), name="index", most=400_000)
