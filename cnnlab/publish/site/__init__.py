"""A static site: each lesson as its living page, there at once, and the same notebook with a kernel in the browser."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat

from cnnlab.publish.folder import source
from cnnlab.publish.handout import write_handouts
from cnnlab.publish.handout.page import to_page
from cnnlab.publish.handout.run import run
from cnnlab.publish.site.lite import build

ROOT = re.compile(r'(?s)<script id="jupyter-config-data".*?</script>')
LIVE = "lab/index.html?path={}.ipynb"
MARK = ".cnnlab-site"  # a folder that this has written, and may write anew
FIRST_CODE = """\
import numpy as np

from cnnlab.lab import ConvolutionExplorer

x = np.array([[1, 0, 2, 1, 0], [0, 3, 1, 0, 2], [2, 1, 0, 1, 1], [1, 0, 2, 3, 0], [0, 1, 1, 0, 2]])
ConvolutionExplorer(x, np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]]))
"""
FIRST_TEXT = """\
# How a convolutional network computes and how it learns

Point at a cell of the output: the window that made it lights up, with its sum written out. Move a slider, or press ▶.
Every number comes from the functions that the course is about.
"""
LESSONS = """\
## The lessons

Each opens at once, and answers without a kernel. Its button opens the same notebook with Python in your browser: there
you type into cells, write the operations yourself and train a network. The first time that takes about 20 seconds.

{lessons}

Nothing is installed, and nothing that you do leaves your browser.
"""


def write_site(folder, *, notebooks=None, pyodide=None) -> Path:
    """Write the site into a folder, which any static server can serve, and return the path of its first page.

    Parameters
    ----------
    folder : path
        Not there yet, empty, or written by this.
    notebooks : list of path, optional
        All of the course by default.
    pyodide : path, optional
        The folder of a Pyodide, for a site that asks nobody else for anything.

    Raises
    ------
    ValueError
        If something else is in the folder, or JupyterLite cannot be built.
    FileNotFoundError
        If there is no such notebook or folder.
    """
    folder = Path(folder)
    notebooks = sorted(source().glob("*.ipynb")) if notebooks is None else list(map(Path, notebooks))
    if pyodide is not None and not Path(pyodide, "pyodide-lock.json").is_file():
        raise FileNotFoundError(f"pyodide ({pyodide}) must be a folder with the files of a Pyodide")
    _empty(folder)
    build(folder, notebooks, None if pyodide is None else Path(pyodide))
    (folder / MARK).touch()
    (folder / ".nojekyll").touch()  # for GitHub Pages, which would leave out what begins with "_"
    write_handouts(notebooks, folder, live=LIVE)
    first = folder / "index.html"
    root = ROOT.search(first.read_text(encoding="utf-8"))  # the apps of JupyterLite look for it in the first page
    page = first_page(notebooks).replace("</body>", f"{root[0]}\n</body>")
    first.write_text(page, encoding="utf-8")
    return first


def _empty(folder: Path) -> None:
    """Empty a folder that this has written."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).exists():
            raise ValueError(f"folder ({folder}) must be empty, or a site that was written before")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


def first_page(notebooks: list[Path]) -> str:
    """Return the page that says what this is, with one explorer alive and the list of lessons."""
    lessons = "\n".join(f"- [{_title(path)}]({path.name})" for path in notebooks)
    code = nbformat.v4.new_code_cell(FIRST_CODE, metadata={"jupyter": {"source_hidden": True}})
    words = [nbformat.v4.new_markdown_cell(text) for text in (FIRST_TEXT, LESSONS.format(lessons=lessons))]
    notebook = run(nbformat.v4.new_notebook(cells=[words[0], code, words[1]]), Path.cwd())
    return to_page(notebook, Path.cwd(), name="index", most=400_000)


def _title(path: Path) -> str:
    """Return the number of a notebook and its first heading."""
    cells = nbformat.read(path, as_version=4).cells
    heading = next(line for cell in cells for line in cell.source.splitlines() if line.startswith("# "))
    return f"{path.stem[:2]} · {heading[2:].strip()}"
