"""The command ``cnnlab`` and the course that it puts into a folder: what a learner has changed is never lost."""

from __future__ import annotations

import importlib
import os
import re
import subprocess
import sys

import nbformat
import pytest

from cnnlab.publish import _folder as course
from cnnlab.publish._folder import _RECORD, FIRST, put_course, source
from cnnlab.publish.command import main


@pytest.fixture
def edition(tmp_path):
    """Return a small course to put somewhere, with what tools leave behind."""
    folder = tmp_path / "edition"
    for name in (FIRST, "01.ipynb", "images/map.png", ".ipynb_checkpoints/01.ipynb", "__pycache__/a.pyc"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"first {name}", encoding="utf-8")
    return folder


def texts(folder):
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != _RECORD)
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


@pytest.mark.parametrize("record", ["", "[1]", "{", "[" * 100_000, None])
def test_without_a_record_whatever_differs_counts_as_changed(edition, tmp_path, record):
    folder = tmp_path / "to"
    put_course(folder, edition)
    (folder / _RECORD).unlink() if record is None else (folder / _RECORD).write_text(record, encoding="utf-8")
    (edition / "01.ipynb").write_text("second", encoding="utf-8")
    assert put_course(folder, edition) == ([], ["01.ipynb"])


def test_a_folder_where_a_file_should_be_is_left_alone(edition, tmp_path):
    (tmp_path / "to/01.ipynb/inside").mkdir(parents=True)
    assert put_course(tmp_path / "to", edition)[1] == ["01.ipynb"]


def test_the_course_comes_from_beside_the_package(monkeypatch, tmp_path, edition):
    assert {path.name for path in source().glob("*.ipynb")} >= {FIRST, "01_convolution.ipynb"}
    monkeypatch.setattr(course, "_PLACES", (tmp_path / "none", edition))
    assert source() == edition
    monkeypatch.setattr(course, "_PLACES", (tmp_path / "none", tmp_path / "nor here"))
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
        f"The course is in {folder} (files written: 0).\n"
        f"Kept as you have changed them: {FIRST}. To get a fresh copy of one, rename yours first.\n"
    )
    assert (folder / FIRST).read_text(encoding="utf-8") == "mine"


def test_an_update_that_fails_halfway_leaves_no_half_files_and_what_it_wrote_is_not_taken_for_changed(
    edition, tmp_path, monkeypatch
):
    folder, replace = tmp_path / "to", os.replace

    def full(begun, path):
        if path.name == "map.png":
            raise OSError("no space left")
        replace(begun, path)

    with monkeypatch.context() as patched:
        patched.setattr(course.os, "replace", full)
        with pytest.raises(OSError, match="no space left"):
            put_course(folder, edition)
    assert texts(folder) == {name: f"first {name}" for name in NAMES[:2]}
    (edition / "01.ipynb").write_text("second", encoding="utf-8")
    assert put_course(folder, edition) == (["01.ipynb", "images/map.png"], [])


@pytest.mark.parametrize("words", [["FILE"], ["FILE/inside"], ["", "--no-open"], ["site", ""]])
def test_a_folder_that_cannot_be_made_is_one_line_and_a_failure(tmp_path, capsys, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "FILE").write_text("", encoding="utf-8")
    assert main(words) != 0
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert re.match("cnnlab( course)?: ", err)
    assert [path.name for path in tmp_path.iterdir()] == ["FILE"]


# --- imports of 0.1 in a notebook that was changed -----------------------------------------------------------------

# Import lines of the notebooks of 0.1 that no longer hold, and lines of learners that look like them.
OLD_IMPORTS = """\
from cnnlab import Conv2D, conv2d, exercises, figures, output_size, wiring
from cnnlab.environment import check_environment
from cnnlab.exercises.bugs import BUGS, anonymous, outcome, trials
from cnnlab.figures import image_html
from cnnlab.progress import ProgressMap
from cnnlab.training.run import SmallNetwork
from cnnlab.widgets import ConvolutionExplorer, ask as question
import cnnlab.widgets as widgets
from cnnlab import figures as draw, relu""".splitlines()
STILL_GOOD = """\
import cnnlab
from cnnlab import conv2d, load_photo, reference, wiring
from cnnlab.course import exercises
from cnnlab.training import evaluate, replace_gradients
import cnnlab_widgets""".splitlines()


def notebook_of(path, *sources):
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources]), path)


def test_the_command_says_which_imports_of_a_kept_notebook_are_old_and_what_they_are_now(tmp_path, capsys):
    folder = tmp_path / "course"
    folder.mkdir()
    notebook_of(folder / "01_convolution.ipynb", *OLD_IMPORTS[:2], "\n".join([*STILL_GOOD, *OLD_IMPORTS[2:], "x = 1"]))
    notebook_of(folder / "02_output_size.ipynb", "\n".join(STILL_GOOD))
    (folder / "03_channels.ipynb").write_bytes(b"[\xff")
    assert main([str(folder), "--no-open"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[1].startswith("Kept as you have changed them: 01_convolution.ipynb, 02_output_size.ipynb, 03_channels")
    assert said[2].startswith("01_convolution.ipynb imports by names of cnnlab 0.1 (cnnlab.widgets is now cnnlab.lab, ")
    assert [line.strip() for line in said[3:]] == OLD_IMPORTS


@pytest.mark.parametrize("old", ["widgets", "figures", "exercises", "environment", "progress", "training.run"])
def test_no_alias_of_an_old_name_stays(old):
    with pytest.raises(ImportError):
        importlib.import_module(f"cnnlab.{old}")


# --- the command ------------------------------------------------------------------------------------------------------


def test_a_word_near_a_command_is_asked_about_and_a_folder_of_that_name_is_one(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["chek"]) == 2
    assert capsys.readouterr().err == "cnnlab chek: is cnnlab check meant? A folder of that name is written ./chek\n"
    assert not list(tmp_path.iterdir())
    assert main(["./chek", "--no-open"]) == 0
    assert main(["chek", "--no-open"]) == 0  # now it is there
    assert main(["my-course", "--no-open"]) == 0
    assert main(["./check", "--no-open"]) == 0
    assert capsys.readouterr().out.count("The course is in chek") == 2


@pytest.mark.parametrize(
    ("said", "threads"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3"), ({"OMP_NUM_THREADS": "3"}, None)]
)
def test_the_kernels_of_a_jupyterlab_that_the_command_starts_multiply_on_one_thread_unless_told(
    tmp_path, monkeypatch, said, threads
):
    labapp, started = pytest.importorskip("jupyterlab.labapp"), []
    environ = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")} | said
    monkeypatch.setattr(os, "environ", environ)
    monkeypatch.setattr(labapp.LabApp, "launch_instance", lambda words: started.append((words, dict(os.environ))))
    assert main([str(tmp_path / "to"), "--allow-root"]) == 0
    ((words, environment),) = started
    notebook = (tmp_path / "to" / FIRST).resolve()
    assert words == [str(notebook), f"--ServerApp.root_dir={notebook.parent}", "--allow-root"]
    assert environment.get("OPENBLAS_NUM_THREADS") == threads


WITHOUT = """
import contextlib, io, sys
sys.modules |= dict.fromkeys(sys.argv[3:])
from cnnlab.publish.command import main
for words in (["check"], [sys.argv[1], "--no-open"], [sys.argv[1]], ["handout", sys.argv[2], "-o", sys.argv[1]]):
    with contextlib.redirect_stderr(io.StringIO()) as said:
        print(main(words), said.getvalue().count("\\n"))
    print(said.getvalue().partition(":")[2])
"""


def test_where_numpy_alone_is_here_the_command_checks_and_says_what_to_install(tmp_path, repository):
    missing = ["packaging", "matplotlib", "ipywidgets", "anywidget", "jupyterlab", "jupyter_core"]
    command = [sys.executable, "-W", "error", "-c", WITHOUT, tmp_path / "to", repository / "notebooks" / FIRST]
    run = subprocess.run([*command, *missing], capture_output=True, text=True)
    assert (run.stderr, run.returncode) == ("", 0)
    assert run.stdout.count("It comes with: pip install jupyterlab\n") == 1
    assert run.stdout.count("It comes with: pip install 'cnnlab[handout]'\n") == 1
    ends = [line for line in run.stdout.splitlines() if line[:2] in ("0 ", "1 ")]
    assert ends == ["0 0", "0 0", "1 1", "1 1"]  # metadata of what is missing here is there


def test_where_the_parts_of_a_handout_are_missing_its_extra_is_named(tmp_path, repository):
    command = [sys.executable, "-W", "error", "-c", WITHOUT, tmp_path / "to", repository / "notebooks" / FIRST]
    run = subprocess.run([*command, "latex2mathml", "jupyterlab"], capture_output=True, text=True)
    assert run.stdout.endswith("It comes with: pip install 'cnnlab[handout]'\n\n")


def test_check_says_what_the_notebooks_need(capsys):
    assert main(["check"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "Everything is here. Start the course with: cnnlab"
    assert [line.split()[0] for line in said[:-1]].count("jupyterlab") == 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--help"], ["cnnlab [FOLDER | COMMAND]", "check", "handout", "site", "--version"]),
        (["course", "--help"], ["[FOLDER]", "--no-open"]),
        (["check", "--help"], ["usage: cnnlab check"]),
    ],
)
def test_help_is_short_and_names_every_command(words, expected):
    run = subprocess.run([sys.executable, "-m", "cnnlab", *words], capture_output=True, text=True, check=True)
    assert [line for line in expected if line not in run.stdout] == []
    assert (run.stderr, len(run.stdout.splitlines()) < 30) == ("", True)
