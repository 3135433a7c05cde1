"""The site without a browser: its lock, its wheels, and what is never written over."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from contextlib import nullcontext
from pathlib import Path

import nbformat
import psutil
import pytest
from site_links import dead_links

from cnnlab.course.exercises import EXERCISES
from cnnlab.course.questions import all_keys
from cnnlab.publish import site
from cnnlab.publish.command import main
from cnnlab.publish.handout import read, to_page
from cnnlab.publish.site import _lite, _packages


def test_the_closure_holds_what_the_packages_need_and_nothing_else():
    packages = {
        name: {"depends": list(needs)} for name, needs in {"a": "bc", "b": "d", "c": "", "d": "b", "e": "a"}.items()
    }
    assert list(_packages.closure(packages, ["a"])) == ["a", "b", "c", "d"]
    with pytest.raises(KeyError):
        _packages.closure(packages, ["f"])


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert main(["site", str(tmp_path)]) == 1
    assert "must be empty, or a site that was written before" in capsys.readouterr().err
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_is_no_pyodide_is_refused_and_nothing_is_left(tmp_path, capsys):
    pytest.importorskip("jupyterlite_pyodide_kernel", reason="install cnnlab[site] to test the site's lock")
    assert main(["site", str(tmp_path / "new"), "--pyodide", str(tmp_path)]) == 1
    assert f"{tmp_path.as_uri()}/pyodide-lock.json cannot be read (" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


SETTINGS = '<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{}</script>'


def build(folder, notebooks, pyodide):
    """Stand for JupyterLite, which takes long and an extra."""
    for name in ("lab", "notebooks", "files"):
        (folder / name).mkdir(parents=True)
    (folder / "index.html").write_text(f"<head>{SETTINGS}</head>", encoding="utf-8")
    (folder / "notebooks/index.html").touch()
    for path in notebooks:
        (folder / "files" / path.name).touch()


def write_handouts(notebooks, folder, *, live, timeout, **pages):
    """Stand for the handouts, which have tests of their own: no cell of these pages has run."""
    for at, path in enumerate(notebooks, start=1):
        page = to_page(read(path), path, live=live, at=at, **pages)
        (folder / f"{path.stem}.html").write_text(page.replace("</main>", f"{timeout}</main>"), encoding="utf-8")


def write_reference(folder, icon):
    """Stand for the reference, which takes an extra."""
    folder.mkdir()
    (folder / "index.html").touch()


PATCHES = {"build": build, "write_handouts": write_handouts, "write_reference": write_reference}
LESSON = """\
# A lesson

*15 minutes · needs nothing*

It teaches *something*, and more.

## A section

See [the section](#A-section).
"""
EXPLORER = "from cnnlab.lab import ConvolutionExplorer\nConvolutionExplorer([[1, 2], [3, 4]], [[1]])"
PICTURE = "data:image/png;base64,aGVsbG8="


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return the folder of a site of one small lesson, written into a relative path, where an old one was."""
    folder = tmp_path_factory.mktemp("site")
    output = nbformat.v4.new_output("display_data", data={"text/html": f'<img src="{PICTURE}">'})
    cells = [nbformat.v4.new_markdown_cell(LESSON), nbformat.v4.new_code_cell(EXPLORER, outputs=[output])]
    lesson = nbformat.v4.new_notebook(cells=cells)
    (folder / "notebooks").mkdir()
    for name in ("07_a.ipynb", "08 ü#1.ipynb"):
        nbformat.write(lesson, folder / "notebooks" / name)
    old_site(folder / "out")
    with pytest.MonkeyPatch.context() as patched:
        for name, stand_in in PATCHES.items():
            patched.setattr(site, name, stand_in)
        patched.chdir(folder)
        patched.setattr(site, "source", lambda: folder / "notebooks")
        for place in ("out", "again"):
            assert main(["site", place, "--timeout", "7200", "--address", "https://a.test/it"]) == 0
    return folder / "out"


def old_site(folder, names=("index.html", "old.html", "lab/old.js")):
    """Write a site as one of this made it, with what its owner has put beside it."""
    for name in (*names, "CNAME", ".git/config"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, encoding="utf-8")
    mark = "\n".join([site._MARK, *{name.split("/")[0] for name in names}])
    (folder / site._MARK).write_text(mark, encoding="utf-8")
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_site_takes_the_place_of_the_old_one_and_keeps_what_is_not_its_own(built):
    names = sorted(path.relative_to(built).as_posix() for path in built.rglob("*") if path.is_file())
    assert list((built / "lab").iterdir()) == []  # what was in a folder of its own has gone
    assert (built / "CNAME").read_text(encoding="utf-8") == "CNAME"
    own = (built / site._MARK).read_text(encoding="utf-8").split("\n")
    written = [".nojekyll", site._MARK, "07_a.html", "08 ü#1.html", "404.html", "index.html", "robots.txt"]
    assert own == sorted([*written, "files", "lab", "notebooks", "pictures", "reference"])
    assert [name for name in names if "/" not in name] == sorted([*written, "CNAME"])
    assert [path.name for path in built.parent.iterdir() if path.name not in ("notebooks", "out", "again")] == []


def test_two_builds_are_equal(built):
    for path in (built.parent / "again").rglob("*.*"):
        if path.is_file():
            assert path.read_bytes() == (built / path.relative_to(built.parent / "again")).read_bytes(), path.name


def test_the_first_page_shows_the_lessons_has_a_living_explorer_and_the_settings_of_the_apps(built):
    page = (built / "index.html").read_text(encoding="utf-8")
    assert page.count("data-widget>") == 1
    assert page.count(SETTINGS) == 1
    for address in ("07_a", "08%20%C3%BC%231"):
        number = address[:2]
        made = [exercise for exercise in EXERCISES.values() if exercise.notebook == number]
        count = len([key for key in all_keys() if key.startswith(f"{number}.")]) + len(made)
        image = f'<img src="pictures/{address}.png" alt="" loading="lazy">'
        card = f'<li><a href="{address}.html">{image}{number} · A lesson</a>\n<p>It teaches something, and more.</p>'
        assert f'{card}\n<small>15 minutes<span data-solved="{number}" data-of="{count}"></span></small></li>' in page
    assert (built / "pictures/07_a.png").read_bytes() == b"hello"
    assert "import ConvolutionExplorer" not in page
    assert "Open this lesson" not in page


def test_every_link_and_anchor_leads_somewhere_and_no_browser_has_to_mend_a_page(built):
    assert dead_links(built, [path for path in built.glob("*.html") if path.name != "404.html"]) == []
    missing = (built / "404.html").read_text(encoding="utf-8")
    assert '<a href="https://a.test/it/">' in missing  # it is shown at any depth


def test_a_lesson_leads_home_on_back_and_to_its_notebook_and_its_cells_take_as_long_as_they_may(built):
    page = (built / "07_a.html").read_text(encoding="utf-8")
    links = ['class="page-home" href="index.html"', 'rel="next" href="08%20%C3%BC%231.html"', 'href="#A-section"']
    links += ['href="notebooks/index.html?path=07_a.ipynb"', 'href="files/07_a.ipynb"', 'download href="07_a.html"']
    links += ['href="reference/index.html"', "aria-current=page"]
    assert [link for link in links if link not in page] == []
    assert "7200</main>" in page
    assert 'rel="prev"' not in page
    assert 'rel="prev" href="07_a.html"' in (built / "08 ü#1.html").read_text(encoding="utf-8")
    shown = {"description": "It teaches something, and more.", "url": "https://a.test/it/07_a.html"}
    shown |= {"title": "A lesson", "image": "https://a.test/it/pictures/07_a.png"}
    assert [name for name, text in shown.items() if f'<meta property="og:{name}" content="{text}">' not in page] == []


@pytest.mark.parametrize(
    "error", [ImportError("No module named 'pyodide_lock'"), ValueError("no"), KeyboardInterrupt()]
)
def test_a_site_that_cannot_be_built_leaves_the_old_one_as_it_was(tmp_path, monkeypatch, error):
    before = old_site(tmp_path / "out")

    def fail(folder, notebooks, pyodide):
        build(folder, notebooks, pyodide)
        raise error

    monkeypatch.setattr(site, "build", fail)
    with pytest.raises(KeyboardInterrupt) if isinstance(error, KeyboardInterrupt) else nullcontext():
        assert main(["site", str(tmp_path / "out")]) == 1
        assert main(["site", str(tmp_path / "new")]) == 1
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


TERMINATED = """
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from os import getpid
from cnnlab.publish import command, site

def build(folder, notebooks, pyodide):
    folder.mkdir()
    pool = ProcessPoolExecutor(1, get_context("spawn"))
    print(pool.submit(getpid).result(), flush=True)
    pool.submit(time.sleep, 60).result()

if __name__ == "__main__":
    site.build = build
    command.main(["site", "out"])
"""


def test_a_build_that_is_terminated_leaves_nothing_half_written_and_its_workers_end(tmp_path):
    (tmp_path / "builds.py").write_text(TERMINATED, encoding="utf-8")
    command = [sys.executable, "builds.py"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as builds:
        worker = psutil.Process(int(builds.stdout.readline()))
        assert list(tmp_path.glob(".cnnlab-site-*"))
        builds.terminate()
        assert builds.wait(timeout=20) == 143
    _, going_on = psutil.wait_procs([worker], timeout=20)
    assert not going_on
    assert [path.name for path in tmp_path.iterdir()] == ["builds.py"]


def test_an_old_site_that_does_not_say_what_is_its_own_loses_what_is_written_anew_alone(tmp_path):
    old_site(tmp_path / "out")
    (tmp_path / "out" / site._MARK).write_text("", encoding="utf-8")  # as 0.1 wrote it
    (tmp_path / "new/lab").mkdir(parents=True)
    site._swap(tmp_path / "new", tmp_path / "out", tmp_path / "aside")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        [".git", "CNAME", site._MARK, "index.html", "lab", "old.html"]
    )
    assert sorted(path.name for path in (tmp_path / "aside").iterdir()) == [site._MARK, "lab"]


def test_nothing_outside_the_folder_is_taken_for_the_site_s_own(tmp_path):
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    for name in ("new", "out"):
        (tmp_path / name).mkdir()
    (tmp_path / "out" / site._MARK).write_text(f"../mine\n..\n.\n/\n{tmp_path}/mine\n", encoding="utf-8")
    site._swap(tmp_path / "new", tmp_path / "out", tmp_path / "aside")
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in (tmp_path / "out").iterdir()] == [site._MARK]


def test_a_file_is_no_folder_for_a_site(tmp_path, capsys):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    assert main(["site", str(tmp_path / "file")]) == 1
    assert capsys.readouterr().err.endswith("must be a folder; there is a file of that name\n")
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_the_kernel_s_wheel_of_cnnlab_holds_the_package_without_the_notebooks(tmp_path):
    path = _packages.build_own(tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    with zipfile.ZipFile(path) as wheel:
        assert wheel.testzip() is None
        names = set(wheel.namelist())
        record = wheel.read(next(name for name in names if name.endswith("/RECORD"))).decode()
    assert {"cnnlab/__init__.py", "cnnlab/lab/front/stage.js", "cnnlab/data/digits.npz"} <= names
    assert not [name for name in names if name.endswith(".ipynb")]
    assert {line.split(",")[0] for line in record.splitlines()} == names
    again = tmp_path / "again"
    again.mkdir()
    assert _hash(_packages.build_own(again)) == _hash(path)  # the same each time


def test_notebooks_are_copied_with_each_text_in_one_piece(tmp_path, repository):
    source = repository / "notebooks/01_convolution.ipynb"
    _lite._copy_contents(tmp_path, [source])
    copy = json.loads((tmp_path / source.name).read_text(encoding="utf-8"))
    assert {type(cell["source"]) for cell in copy["cells"]} == {str}
    assert nbformat.reads(json.dumps(copy), 4) == nbformat.read(source, 4)


def test_the_settings_ask_no_package_index_and_load_everything_before_the_first_cell(tmp_path):
    _lite._write_settings(tmp_path, "./static/pyodide/pyodide-lock.json", ["cnnlab", "numpy"], [tmp_path / "anywidget"])
    settings = json.loads((tmp_path / "jupyter-lite.json").read_text(encoding="utf-8"))
    kernel = settings["jupyter-config-data"]["litePluginSettings"][_lite.KERNEL]
    assert kernel["disablePyPIFallback"] is True
    assert kernel["loadPyodideOptions"] == {
        "lockFileURL": "./static/pyodide/pyodide-lock.json",
        "packages": ["cnnlab", "numpy"],
    }
    taken = json.loads((tmp_path / "jupyter_lite_config.json").read_text(encoding="utf-8"))["LiteBuildConfig"]
    assert taken["ignore_sys_prefix"] == ["federated_extensions"]
    assert taken["federated_extensions"] == [str(tmp_path / "anywidget")]


def test_the_extensions_of_the_site_are_those_that_it_needs_and_a_missing_one_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(_lite, "jupyter_path", lambda name: [str(tmp_path / "none"), str(tmp_path / name)])
    for name in ("anywidget", "@jupyter/collaboration-extension"):
        (tmp_path / "labextensions" / name).mkdir(parents=True)
    assert _lite._extension("anywidget") == tmp_path / "labextensions/anywidget"
    for name in set(_lite.EXTENSIONS) - {"anywidget"}:
        with pytest.raises(FileNotFoundError, match=f"the extension {name} must be installed: pip install 'cnnlab"):
            _lite._extension(name)


def test_packages_at_an_address_stay_there(tmp_path):
    pytest.importorskip("pyodide_lock", reason="install cnnlab[site] to test the site's lock")
    package = {"version": "1", "file_name": "a.whl", "install_dir": "site", "sha256": "0" * 64, "imports": []}
    packages = {
        name: {**package, "name": name, "depends": [], "package_type": "package"} for name in _packages.COMPILED
    }
    info = {"abi_version": "2026_0", "arch": "wasm32", "platform": "emscripten_5_0_3", "python": "3.14.0"}
    names = _packages.write_lock(tmp_path, {"info": info, "packages": packages}, "https://example.test/full")
    written = json.loads((tmp_path / _packages.LOCK).read_text(encoding="utf-8"))
    assert names == sorted(_packages.COMPILED)
    assert {each["file_name"] for each in written["packages"].values()} == {"https://example.test/full/a.whl"}


def test_an_address_that_cannot_be_read_is_named():
    with pytest.raises(OSError, match=r"http://127.0.0.1:1/pyodide-lock.json cannot be read \("):
        _packages._read_lock("http://127.0.0.1:1")


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
