"""The record of what a learner has solved: kept, merged, put aside when damaged, and never written by a test."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from cnnlab.course import progress
from cnnlab.course.progress import ProgressMap, record, solved

KEYS = ["01.next_cell", "06.flip", "exercise.conv2d"]


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = tmp_path / "data" / "progress.jsonl"
    monkeypatch.setenv("CNNLAB_PROGRESS", str(path))
    return path


def test_what_is_recorded_is_solved_and_takes_one_line_however_often_it_is_recorded(file):
    assert solved() == set()
    for key in [*KEYS, *KEYS]:
        record(key)
    assert solved() == set(KEYS)
    assert file.read_text(encoding="utf-8").splitlines() == [f'"{key}"' for key in KEYS]


def test_several_kernels_at_once_lose_nothing(file):
    keys = sorted(progress.course_keys())
    code = "import sys; from cnnlab.course.progress import record; [record(key) for key in sys.argv[1:]]"
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    runs = [subprocess.Popen([sys.executable, "-c", code, *keys[start::3]], env=env) for start in range(3)]
    assert [run.wait() for run in runs] == [0, 0, 0]
    assert solved() == set(keys)


@pytest.mark.parametrize(
    "damage",
    [b"\x00\xff\xfe\n", b'"06.fl', b"{}\n", b"[" * 5000 + b"\n", b"7\n", b" " * 2_000_000],
    ids=["bytes", "half a line", "a dict", "brackets", "a number", "two megabytes"],
)
def test_a_damaged_file_is_put_aside_and_said_and_what_can_be_read_is_kept(file, damage):
    record(KEYS[0])
    with file.open("ab") as opened:
        opened.write(damage)
    with pytest.warns(UserWarning, match=r"was damaged; it is now .*progress\.damaged"):
        assert solved() == {KEYS[0]}
    assert file.with_suffix(".damaged").read_bytes().endswith(damage)
    record(KEYS[1])
    assert solved() == set(KEYS[:2])


def test_a_key_that_the_course_no_longer_has_is_no_damage(file):
    record(KEYS[0])
    with file.open("a", encoding="utf-8") as opened:
        opened.write('"01.gone"\n')
    assert solved() == {KEYS[0]}


def test_a_file_that_cannot_be_written_or_read_is_warned_of_and_disturbs_nothing(tmp_path, monkeypatch):
    blocked = tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setenv("CNNLAB_PROGRESS", str(blocked / "progress.jsonl"))
    with pytest.warns(UserWarning, match="progress is not recorded: "):
        record(KEYS[0])
    monkeypatch.setenv("CNNLAB_PROGRESS", str(tmp_path))
    with pytest.warns(UserWarning, match="progress cannot be read: "):
        assert solved() == set()


@pytest.mark.parametrize(
    ("environ", "is_off"),
    [({"CNNLAB_PROGRESS": "off"}, True), ({"CNNLAB_PROGRESS": "OFF"}, True), ({"PYTEST_CURRENT_TEST": "x"}, True)],
)
def test_it_is_off_where_that_is_said_and_in_tests(monkeypatch, environ, is_off):
    for name in ("CNNLAB_PROGRESS", "PYTEST_CURRENT_TEST"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert (progress.path() is None) is is_off
    record(KEYS[0])
    assert solved() == set()


def test_the_file_lies_in_jupyters_data_folder_of_the_user(tmp_path, monkeypatch):
    for name in ("CNNLAB_PROGRESS", "PYTEST_CURRENT_TEST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    assert progress.path() == tmp_path / "cnnlab" / "progress.jsonl"


@pytest.mark.parametrize(("key", "error"), [("06.flop", ValueError), (7, TypeError), ("exercise.", ValueError)])
def test_what_the_course_does_not_have_is_not_recorded(file, key, error):
    with pytest.raises(error, match=r"key \(.*\) must be"):
        record(key)
    assert not file.exists()


def test_the_map_is_the_same_on_every_machine_where_nothing_is_solved():
    shown = ProgressMap()
    assert shown.headline == "Solved so far: 0 questions, 0 exercises. Nothing yet."
    assert repr(shown).splitlines()[1] == "00  □"
    assert "■" not in repr(shown) + shown._repr_html_()


def test_the_map_has_a_full_square_for_each_that_is_solved(file):
    for key in KEYS:
        record(key)
    shown = ProgressMap()
    assert shown.headline == "Solved so far: 2 questions, 1 exercise."
    rows = {number: (asked, made) for number, asked, made in shown.rows}
    places = [key for key in progress.questions.all_keys() if key.startswith("06.")]
    assert rows["06"] == ([key == "06.flip" for key in places], [False, False])
    assert rows["01"][1] == [True]
    assert repr(shown).count("■") == shown._repr_html_().count("■") == 3
    assert "<td>1 of " in shown._repr_html_()
