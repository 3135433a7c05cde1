"""The record of what a learner has solved: kept, merged, read past any damage, and never written by a test."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from cnnlab.course import progress
from cnnlab.course.progress import ProgressMap, record, recorded, solved

KEYS = ["01.next_cell", "06.flip", "exercise.conv2d"]


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = tmp_path / "data" / "ann.jsonl"
    monkeypatch.setenv("CNNLAB_PROGRESS", str(path))
    return path


def default_folder(tmp_path, monkeypatch):
    """Return where a learner's record is by default; from here on, this is no test."""
    for name in ("CNNLAB_PROGRESS", "PYTEST_CURRENT_TEST"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    return tmp_path / "cnnlab"


@pytest.fixture(autouse=True)
def not_yet_warned():
    progress._warn.cache_clear()


def test_what_is_recorded_is_solved_and_takes_one_line_however_often_it_is_recorded(file):
    assert solved() == set()
    for key in [*KEYS, *KEYS]:
        record(key)
    assert solved() == set(KEYS)
    assert [json.loads(line) for line in file.read_text().splitlines()] == [{"key": key} for key in KEYS]


def test_a_mistake_is_recorded_beside_what_is_solved_and_solves_nothing(file):
    for mistake in ("the kernel turned by 180°", "9", "9", None, "9"):
        record("06.flip", mistake)
    record("exercise.conv2d", mistake="no padding")
    assert recorded() == [
        ("06.flip", "the kernel turned by 180°"),
        ("06.flip", "9"),
        ("06.flip", None),
        ("exercise.conv2d", "no padding"),
    ]
    assert solved() == {"06.flip"}
    assert {tuple(json.loads(line)) for line in file.read_text().splitlines()} == {("key",), ("key", "mistake")}


def test_a_record_says_nothing_of_who_made_it_where_or_when(tmp_path, monkeypatch):
    data_folder = default_folder(tmp_path, monkeypatch)
    record("06.flip", "9")
    (written,) = data_folder.iterdir()
    assert written.name == "progress-2.jsonl"
    assert written.read_bytes() == b'{"key": "06.flip", "mistake": "9"}\n'


def test_the_record_of_the_old_edition_is_read_and_never_written(tmp_path, monkeypatch):
    data_folder = default_folder(tmp_path, monkeypatch)
    data_folder.mkdir()
    old = b'"01.next_cell"\n"06.fl'  # damaged, too
    (data_folder / "progress.jsonl").write_bytes(old)
    with pytest.warns(UserWarning, match="cannot be opened; what can be read of it counts: .*progress.jsonl"):
        assert solved() == {"01.next_cell"}
    record("01.next_cell")
    assert [path.name for path in data_folder.iterdir()] == ["progress.jsonl"]
    record("06.flip")
    assert solved() == {"01.next_cell", "06.flip"}
    assert (data_folder / "progress.jsonl").read_bytes() == old
    assert (data_folder / "progress-2.jsonl").read_text() == '{"key": "06.flip"}\n'


def test_lines_of_the_old_kind_and_what_a_later_edition_adds_are_read(file):
    file.parent.mkdir()
    lines = ['"01.next_cell"', '{"key": "06.flip", "later": [1]}', '{"key": "01.gone", "mistake": "x"}', '"01.gone"']
    file.write_text("\n".join(lines), encoding="utf-8")
    record("exercise.conv2d")
    assert solved() == set(KEYS)
    assert file.read_text(encoding="utf-8").splitlines() == [*lines, '{"key": "exercise.conv2d"}']


def test_several_writers_at_once_lose_nothing(file):
    keys = sorted(progress.course_keys())
    with ThreadPoolExecutor(4) as pool:  # each opens the file anew, as a kernel of its own does
        list(pool.map(record, keys))
    assert solved() == set(keys)
    assert len(file.read_bytes().splitlines()) == len(keys)


@pytest.mark.parametrize(
    "damage",
    [
        *(b"\x00\xff\xfe\n", b'{"key": "06.fl', b"{}\n", b"[" * 900 + b"\n", b"[" * 5000 + b"\n", b"7\n"),
        *(b'{"key": 7}\n', b'{"key": "06.flip", "mistake": 9}\n', b"[" * 2_000_000),
    ],
    ids=["bytes", "half", "empty", "brackets", "many brackets", "number", "key", "mistake", "two megabytes"],
)
def test_a_damaged_file_is_said_and_what_can_be_read_of_it_counts_and_stays(file, damage):
    record(KEYS[0])
    with file.open("ab") as opened:
        opened.write(damage)
    before = file.read_bytes()
    with pytest.warns(UserWarning, match=r"cannot be opened; what can be read of it counts: .*ann\.jsonl"):
        assert solved() == {KEYS[0]}
    record(KEYS[1])
    assert solved() == set(KEYS[:2])  # and it is said once
    assert file.read_bytes().startswith(before)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("end", [True, False])
def test_what_an_editor_made_of_the_file_is_read_and_added_to(file, encoding, newline, end):
    file.parent.mkdir()
    text = newline.join(f'{{"key": "{key}"}}' for key in KEYS[:2])
    file.write_bytes((text + newline * end).encode(encoding))
    record(KEYS[2])
    assert solved() == set(KEYS)


def test_a_link_to_a_record_stays_one(file, tmp_path):
    real = tmp_path / "real.jsonl"
    real.write_bytes(b'"06.flip"\n')
    file.parent.mkdir()
    file.symlink_to(real)
    record(KEYS[0])
    assert file.is_symlink()
    assert real.read_text() == f'"06.flip"\n{{"key": "{KEYS[0]}"}}\n'


def test_a_file_that_cannot_be_written_or_read_is_warned_of_once_and_disturbs_nothing(tmp_path, monkeypatch):
    blocked = tmp_path / "a file"
    blocked.write_text("")
    monkeypatch.setenv("CNNLAB_PROGRESS", str(blocked / "progress.jsonl"))
    with pytest.warns(UserWarning, match="progress is not recorded: "):
        record(KEYS[0])
    for _ in range(3):
        record(KEYS[0])  # a warning would be an error here
    monkeypatch.setenv("CNNLAB_PROGRESS", str(tmp_path))
    with pytest.warns(UserWarning, match="the record of progress is damaged or cannot be opened; "):
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
    data_folder = default_folder(tmp_path, monkeypatch)
    assert progress.path() == data_folder / "progress-2.jsonl"


@pytest.mark.parametrize("key", ["06.flop", 7, "exercise."])
def test_what_the_course_does_not_have_is_not_recorded(file, key):
    with pytest.raises(ValueError, match=r"key \(.*\) must be"):
        record(key)
    assert not file.exists()


def test_the_map_is_the_same_on_every_machine_where_nothing_is_solved():
    head, first, *_ = repr(ProgressMap()).splitlines()
    assert re.fullmatch(r"Solved so far: 0 of \d+ questions, 0 of \d+ exercises\.", head)
    assert first == f"00  {'□' * 13}"
    assert "■" not in repr(ProgressMap())


def test_the_map_has_a_full_square_for_each_that_is_solved(file):
    for key in KEYS:
        record(key)
    head, *rows = repr(ProgressMap()).splitlines()
    assert re.fullmatch(r"Solved so far: 2 of \d+ questions, 1 of \d+ exercises\.", head)
    places = [key for key in progress.questions.all_keys() if key.startswith("06.")]
    squares = "".join("■" if key == "06.flip" else "□" for key in places)
    assert f"06  {squares}  □□" in rows
    assert rows[1].endswith("  ■")
    assert "".join(rows).count("■") == 3


def test_the_twelve_questions_before_and_after_count_where_no_known_mistake_came_first(file):
    for key, mistake in [("00.before_1", None), ("00.before_4", "126"), ("00.before_4", None), ("11.after_4", None)]:
        record(key, mistake)
    told = "Twelve questions: 1 right at once before the course, 1 right at once after it."
    assert repr(ProgressMap()).endswith(told)
