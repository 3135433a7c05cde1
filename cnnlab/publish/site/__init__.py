"""A static site: each lesson as an interactive page that loads at once, and as a notebook with a kernel."""

import os
import re
import tempfile
from base64 import b64decode
from pathlib import Path
from typing import Any
from urllib.parse import quote

import nbformat
from nbformat import v4

from cnnlab.course.exercises import EXERCISES
from cnnlab.course.questions import all_keys
from cnnlab.publish._folder import source
from cnnlab.publish.handout import ICON, TIMEOUT, run, text_page, title_of, to_page, without_kernel, write_handouts
from cnnlab.publish.site._lite import build
from cnnlab.publish.site._reference import write_reference

_ROOT = re.compile(r'(?s)<script id="jupyter-config-data".*?</script>')
_LIVE = "notebooks/index.html?path={}.ipynb"  # the view of one notebook
_MARK = ".cnnlab-site"  # lists the files of this site, which may be replaced
_PNG = re.compile(r'image/png(?:": "|;base64,)([\w+/=]+)')  # a picture in an output, possibly folded
_HEAD = """\
# How a convolutional network computes, and how it learns

Choose a digit, and point at anything: each number shows what it was made of.
"""
_LESSONS = """\
## The lessons

Each opens at once, on a telephone too. To type into cells, write the operations yourself and train a network, open it
with a kernel: Python then runs in your browser, the first time after about 20 seconds. Nothing is installed, and
nothing that you do leaves your browser.
"""
_MISSING = "# There is no such page\n\n[To the first page]({})\n"


def write_site(folder: Path, *, pyodide: Path | None = None, address: str = "", timeout: int = TIMEOUT) -> Path:
    """Write the site into a folder that any static server can serve, and return the path of its first page.

    It is built beside the folder and moved there when complete. Other files in the folder, such as a CNAME, stay.

    Parameters
    ----------
    folder : path
        New, empty, or a site written before.
    pyodide : path, optional
        The folder of a Pyodide, for a site that needs no other server.
    address : str
        The site's future address, needed only for link previews and the page for missing addresses.
    timeout : int
        Seconds that a cell may take; 0 for no limit.

    Raises
    ------
    ValueError
        If ``folder`` holds something else, a cell fails, or JupyterLite cannot be built.
    OSError
        If ``folder`` is a file, or ``pyodide`` is not there.
    """
    folder, pyodide = folder.resolve(), pyodide and pyodide.resolve()
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise ValueError(f"folder ({folder}) must be empty, or a site that was written before")
    notebooks = sorted(source().glob("*.ipynb"))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".cnnlab-site-", dir=folder.parent) as beside:
        new, old = Path(beside, "new"), Path(beside, "old")
        build(new, notebooks, pyodide)
        (new / ".nojekyll").touch()  # GitHub Pages would skip files whose names begin with "_"
        (new / "robots.txt").write_text("User-agent: *\nAllow: /\n", encoding="utf-8")
        write_reference(new / "reference", ICON)
        _write_pages(new, notebooks, address and f"{address.rstrip('/')}/", timeout)
        _swap(new, folder, old)
    return folder / "index.html"


def _swap(new, folder, old):
    """Move the new files into a folder, and the files written before into ``old``."""
    names = {_MARK, *(path.name for path in new.iterdir())}
    (new / _MARK).write_text("\n".join(sorted(names)), encoding="utf-8")
    for place in (folder, old):
        place.mkdir(exist_ok=True)
    (folder / _MARK).touch()
    known = names.union((folder / _MARK).read_text(encoding="utf-8").split("\n"))
    for path in list(folder.iterdir()):
        if path.name in known:
            os.replace(path, old / path.name)
    for path in list(new.iterdir()):
        os.replace(path, folder / path.name)


def _write_pages(folder, notebooks, address, timeout):
    """Write the lessons, the first page, and the page for missing addresses."""
    lessons = [_lesson(path, folder) for path in notebooks]
    first = {"place": "index.html", "text": _HEAD.splitlines()[-1], "picture": lessons[0]["picture"]}
    site = {"pages": [first, *lessons], "address": address}
    write_handouts(notebooks, folder, live=_LIVE, timeout=timeout, **site)
    index = folder / first["place"]
    root = _ROOT.search(index.read_text(encoding="utf-8"))[0]  # the apps of JupyterLite look for it in the first page
    alive = next(cell for cell in run(notebooks[0], timeout).cells if cell.get("outputs"))
    alive.metadata = {"jupyter": {"source_hidden": True}}
    cells = [v4.new_markdown_cell(_HEAD), alive, v4.new_markdown_cell(_LESSONS)]
    page = to_page(v4.new_notebook(cells=cells), notebooks[0], live=_LIVE, at=0, **site)
    index.write_text(page.replace("</html>", f"{root}\n</html>"), encoding="utf-8")
    (folder / "404.html").write_text(text_page(_MISSING.format(address or "./")), encoding="utf-8")


def _lesson(path, folder):
    """Return the site's entry for a notebook; the first picture stored in it is copied into the folder."""
    notebook, number = nbformat.read(path, as_version=4), path.stem[:2]
    picture = _PNG.search(path.read_text(encoding="utf-8"))
    if picture:
        (folder / "pictures").mkdir(exist_ok=True)
        (folder / f"pictures/{path.stem}.png").write_bytes(b64decode(picture[1]))
    head = without_kernel(notebook.cells[0].source, "")
    plain = next((text for text in head.split("\n\n") if text[:1].isalpha()), "")
    return {
        "place": f"{quote(path.stem)}.html",
        "title": f"{number} · {title_of(notebook)}",
        "text": re.sub(r"[*`$]", "", " ".join(plain.split())),
        "picture": picture and f"pictures/{quote(path.stem)}.png",
        "number": number,
        "minutes": "".join(re.findall(r"\d+ minutes", head)[:1]),
        "solve": sum(key.startswith(number) for key in all_keys())
        + sum(e.notebook == number for e in EXERCISES.values()),
    }
