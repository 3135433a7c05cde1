"""The site without a browser: its lock, its wheels, and what is never written over."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import nbformat
import pytest

from cnnlab.publish import site
from cnnlab.publish.command import main
from cnnlab.publish.site import lite, lock, wheels


def test_the_closure_holds_what_the_packages_need_and_nothing_else():
    packages = {
        name: {"depends": list(needs)} for name, needs in {"a": "bc", "b": "d", "c": "", "d": "b", "e": "a"}.items()
    }
    assert list(lock.closure(packages, ["a"])) == ["a", "b", "c", "d"]
    with pytest.raises(KeyError):
        lock.closure(packages, ["f"])


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert main(["site", str(tmp_path)]) == 1
    assert "must be empty, or a site that was written before" in capsys.readouterr().err
    assert (tmp_path / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_is_no_pyodide_is_refused_before_anything_is_written(tmp_path, capsys):
    assert main(["site", str(tmp_path / "new"), "--pyodide", str(tmp_path)]) == 1
    assert "must be a folder with the files of a Pyodide" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_site_that_was_written_before_is_written_anew(tmp_path):
    for name in (site.MARK, "old/page.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    site._empty(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_kernel_s_wheel_of_cnnlab_holds_the_package_without_the_notebooks(tmp_path):
    path = wheels.build_own(tmp_path)
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
    assert _hash(wheels.build_own(again)) == _hash(path)  # the same each time


def test_notebooks_are_copied_with_each_text_in_one_piece(tmp_path, repository):
    source = repository / "notebooks/01_convolution.ipynb"
    lite._copy_contents(tmp_path, [source])
    copy = json.loads((tmp_path / source.name).read_text(encoding="utf-8"))
    assert {type(cell["source"]) for cell in copy["cells"]} == {str}
    assert nbformat.reads(json.dumps(copy), 4) == nbformat.read(source, 4)


def test_the_settings_ask_no_package_index_and_load_everything_before_the_first_cell(tmp_path):
    lite._write_settings(tmp_path, "./static/pyodide/pyodide-lock.json", ["cnnlab", "numpy"])
    settings = json.loads((tmp_path / "jupyter-lite.json").read_text(encoding="utf-8"))
    kernel = settings["jupyter-config-data"]["litePluginSettings"][lite.KERNEL]
    assert kernel["disablePyPIFallback"] is True
    assert kernel["loadPyodideOptions"] == {
        "lockFileURL": "./static/pyodide/pyodide-lock.json",
        "packages": ["cnnlab", "numpy"],
    }


def test_packages_at_an_address_stay_there(tmp_path):
    pytest.importorskip("pyodide_lock", reason="install cnnlab[site] to test the site's lock")
    package = {"version": "1", "file_name": "a.whl", "install_dir": "site", "sha256": "0" * 64, "imports": []}
    packages = {name: {**package, "name": name, "depends": [], "package_type": "package"} for name in lock.COMPILED}
    info = {"abi_version": "2026_0", "arch": "wasm32", "platform": "emscripten_5_0_3", "python": "3.14.0"}
    names = lock.write_lock(tmp_path, {"info": info, "packages": packages}, "https://example.test/full", [])
    written = json.loads((tmp_path / lock.LOCK).read_text(encoding="utf-8"))
    assert names == sorted(lock.COMPILED)
    assert {each["file_name"] for each in written["packages"].values()} == {"https://example.test/full/a.whl"}


def test_the_first_page_lists_the_lessons_and_has_a_living_explorer(repository):
    notebooks = sorted((repository / "notebooks").glob("0[01]*.ipynb"))
    page = site.first_page(notebooks)
    assert page.count("data-widget>") == 1
    assert '<a href="01_convolution.html">01 · Convolution: one window, one inner product</a>' in page
    assert "import numpy" not in page
    assert len(page.encode()) <= 400_000


def test_the_site_has_its_own_first_page_in_which_the_apps_find_their_settings(tmp_path, monkeypatch):
    settings = '<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">{}</script>'

    def build(folder, notebooks, pyodide):
        (folder / "index.html").write_text(f"<head>{settings}</head>", encoding="utf-8")

    monkeypatch.setattr(site, "build", build)
    lesson = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A lesson\n\nText.")])
    nbformat.write(lesson, tmp_path / "07_a.ipynb")
    first = site.write_site(tmp_path / "out", notebooks=[tmp_path / "07_a.ipynb"])
    page = first.read_text(encoding="utf-8")
    assert page.count(settings) == 1
    assert '<a href="07_a.html">07 · A lesson</a>' in page
    lesson = (tmp_path / "out/07_a.html").read_text(encoding="utf-8")
    assert 'href="lab/index.html?path=07_a.ipynb"' in lesson


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
