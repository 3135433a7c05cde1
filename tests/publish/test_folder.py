"""The command ``cnnlab`` and the course that it puts into a folder: what a learner has changed is never lost."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cnnlab.publish import folder as course
from cnnlab.publish.command import main
from cnnlab.publish.folder import FIRST, RECORD, put_course, source


@pytest.fixture
def edition(tmp_path):
    """Return a small course to put somewhere, with what tools leave behind."""
    folder = tmp_path / "edition"
    for name in (FIRST, "01.ipynb", "images/map.png", ".ipynb_checkpoints/01.ipynb", "__pycache__/a.pyc"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"first {name}", encoding="utf-8")
    return folder


def texts(folder):
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != RECORD)
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}


NAMES = [FIRST, "01.ipynb", "images/map.png"]


def test_an_empty_folder_gets_the_course_without_what_tools_leave_behind(edition, tmp_path):
    assert put_course(tmp_path / "a/b", edition) == (sorted(NAMES), [])
    assert texts(tmp_path / "a/b") == {name: f"first {name}" for name in NAMES}


def test_a_second_time_nothing_is_written(edition, tmp_path):
    put_course(tmp_path / "to", edition)
    assert put_course(tmp_path / "to", edition) == ([], [])


def test_a_new_edition_replaces_what_was_not_changed_and_keeps_what_was(edition, tmp_path):
    folder = tmp_path / "to"
    put_course(folder, edition)
    (folder / "01.ipynb").write_text("mine", encoding="utf-8")
    (folder / "own.ipynb").write_text("my own", encoding="utf-8")
    for name in NAMES:
        (edition / name).write_text(f"second {name}", encoding="utf-8")
    assert put_course(folder, edition) == ([FIRST, "images/map.png"], ["01.ipynb"])
    expected = {FIRST: f"second {FIRST}", "images/map.png": "second images/map.png"}
    assert texts(folder) == expected | {"01.ipynb": "mine", "own.ipynb": "my own"}
    assert put_course(folder, edition) == ([], ["01.ipynb"])  # and it is still told apart


def test_what_is_brought_back_to_the_edition_s_text_follows_the_next_one(edition, tmp_path):
    folder = tmp_path / "to"
    put_course(folder, edition)
    (folder / "01.ipynb").write_text("mine", encoding="utf-8")
    put_course(folder, edition)
    (folder / "01.ipynb").write_text("first 01.ipynb", encoding="utf-8")
    (edition / "01.ipynb").write_text("second", encoding="utf-8")
    assert put_course(folder, edition) == (["01.ipynb"], [])


def test_a_file_that_was_deleted_is_put_back(edition, tmp_path):
    put_course(tmp_path / "to", edition)
    (tmp_path / "to/01.ipynb").unlink()
    assert put_course(tmp_path / "to", edition) == (["01.ipynb"], [])


@pytest.mark.parametrize("record", ["", "[1]", "{", None])
def test_without_a_record_whatever_differs_counts_as_changed(edition, tmp_path, record):
    folder = tmp_path / "to"
    put_course(folder, edition)
    (folder / RECORD).unlink() if record is None else (folder / RECORD).write_text(record, encoding="utf-8")
    (edition / "01.ipynb").write_text("second", encoding="utf-8")
    assert put_course(folder, edition) == ([], ["01.ipynb"])


def test_a_folder_where_a_file_should_be_is_left_alone(edition, tmp_path):
    (tmp_path / "to/01.ipynb/inside").mkdir(parents=True)
    assert put_course(tmp_path / "to", edition).kept == ["01.ipynb"]


def test_the_course_comes_from_beside_the_package(monkeypatch, tmp_path, edition):
    assert {path.name for path in source().glob("*.ipynb")} >= {FIRST, "01_convolution.ipynb"}
    monkeypatch.setattr(course, "PLACES", (tmp_path / "none", edition))
    assert source() == edition
    monkeypatch.setattr(course, "PLACES", (tmp_path / "none", tmp_path / "nor here"))
    with pytest.raises(FileNotFoundError, match=r"must be beside the package .*: install cnnlab again"):
        source()


def test_the_command_says_what_it_has_kept(tmp_path, capsys):
    folder = tmp_path / "course"
    assert main([str(folder), "--no-open"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"The course is in {folder} (")
    assert "Kept" not in said
    (folder / FIRST).write_text("mine", encoding="utf-8")
    assert main([str(folder), "--no-open"]) == 0
    assert capsys.readouterr().out == (
        f"The course is in {folder} (0 files written).\n"
        f"Kept as you have changed them: {FIRST}. To get one anew, give yours another name first.\n"
    )
    assert (folder / FIRST).read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_made_is_one_line_and_a_failure(tmp_path, capsys):
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main([str(tmp_path / "file"), "--no-open"]) == 1
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert err.startswith("cnnlab: ")


def test_check_says_what_the_notebooks_need(capsys):
    assert main(["check"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "Everything is here. Start the course with: cnnlab"
    assert [line.split()[0] for line in said[:-1]].count("jupyterlab") == 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--help"], ["cnnlab check", "cnnlab handout", "cnnlab site", "--no-open"]),
        (["check", "--help"], ["usage: cnnlab check"]),
    ],
)
def test_help_is_short_and_names_every_command(words, expected):
    run = subprocess.run([sys.executable, "-m", "cnnlab", *words], capture_output=True, text=True, check=True)
    assert [line for line in expected if line not in run.stdout] == []
    assert (run.stderr, len(run.stdout.splitlines()) < 30) == ("", True)
