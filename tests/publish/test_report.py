"""A class without a server: what a machine has recorded, and the report on the records that were handed in."""

from __future__ import annotations

import csv
import json
import re

import numpy as np
import pytest

from cnnlab.course.exercises import EXERCISES
from cnnlab.course.progress import course_keys, record, solved
from cnnlab.course.questions import question
from cnnlab.publish.command import main
from cnnlab.publish.report import _asked, write_report

KEYS = course_keys()
DAMAGED = [b'{"key": "06.fl', b"\x00\xff\xfe", b"<html></html>", b'{"key": 7}\n', b" " * 21_000_000]


def lines_of(entries):
    return "".join(json.dumps({"key": k} if m is None else {"key": k, "mistake": m}) + "\n" for k, m in entries)


@pytest.fixture
def handed_in(tmp_path):
    """Return a folder of forty files, five of them damaged and one empty, and what the others hold."""
    rng, folder, made = np.random.default_rng(0), tmp_path / "handed in", {}
    (folder / "Ann_17").mkdir(parents=True)  # as a learning platform puts it
    for number in range(35):
        name = "Ann_17/progress-2.jsonl" if number == 0 else f"Müller {number}.jsonl"
        keys = [] if number == 1 else rng.choice(KEYS, rng.integers(1, 40), replace=False).tolist()
        mistakes = [(key, mistake) for key in keys for mistake in list(_asked(key)[1])[: rng.integers(3)]]
        made[name] = {*mistakes, *((key, None) for key in keys[::2])}
        (folder / name).write_text(lines_of([*made[name], *made[name]]), encoding="utf-8")
    for number, damage in enumerate(DAMAGED):
        good = lines_of([("06.flip", None)]).encode()
        (folder / f"damaged {number}.jsonl").write_bytes(good + damage)
    (folder / ".DS_Store").write_bytes(b"\x00")
    return folder, made


def test_a_report_of_forty_files_counts_what_is_solved_and_each_mistake_and_names_nobody(handed_in, tmp_path, capsys):
    folder, made = handed_in
    assert main(["report", str(folder), "-o", str(tmp_path / "to")]) == 0
    said = capsys.readouterr().out
    assert f"Left out, since damaged: {', '.join(f'damaged {number}.jsonl' for number in range(5))}\n" in said
    assert "(learners: 35)" in said
    page = re.sub("(?s)<script.*?</script>", "", (tmp_path / "to/report.html").read_text(encoding="utf-8"))
    assert not [word for word in ("Müller", "Ann", "damaged 1", ".jsonl") if word in page]
    assert "<p>Learners: 35. Damaged files, which are left out: 5.</p>" in page
    entries = [entry for each in made.values() for entry in each]
    assert page.count("<meter") == len(KEYS)
    assert page.count(" × <b>") == len({entry for entry in entries if entry[1] is not None})
    for key in ("06.tap", "exercise.conv2d"):
        asked = question(key).question if key == "06.tap" else "<code>my_conv2d</code>"
        (row,) = [line for line in page.splitlines() if f"<td>{asked}</td>" in line]
        assert f"</meter> {entries.count((key, None))} of 35</td>" in row
        for mistake in _asked(key)[1]:
            count = entries.count((key, mistake))
            assert (f"{count} × <b>{mistake}</b>" in row) is bool(count)
    table = list(csv.DictReader((tmp_path / "to/report.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert {row["learner"] for row in table} == made.keys()
    for row in table:
        done = {key for key, mistake in made[row["learner"]] if mistake is None}
        assert {key for key in KEYS if row[key] == "1"} == done
        assert int(row["solved"]) == [row[key] for key in KEYS].count("1")
        assert all(f"{key}: {mistake}" in row["mistakes"] for key, mistake in made[row["learner"]] if mistake)
    assert [row["solved"] for row in table if row["learner"] == "Müller 1.jsonl"] == ["0"]


def test_what_a_file_says_in_words_of_its_own_is_on_no_page_and_no_formula_in_a_table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    entries = [("06.flip", "<b>Bob!"), ("06.flip", "Eve"), ("nothing", None), ("exercise.conv2d", "flipped kernel")]
    (tmp_path / "=1+1.jsonl").write_text(lines_of(entries), encoding="utf-8")
    for _ in range(2):  # and a report that stands among the records is none of them
        assert main(["report", "."]) == 0
    page, table = (tmp_path / name for name in ("report.html", "report.csv"))
    assert "Bob!" not in page.read_text() + table.read_text()
    assert "<td>1 × <b>flipped kernel</b> The kernel is turned" in page.read_text()
    assert page.read_text().count(" × <b>") == 1
    assert table.read_text(encoding="utf-8-sig").splitlines()[1].startswith("'=1+1.jsonl,0,0")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["report", "nowhere"], r"FOLDER (nowhere) must hold records of learners"),
        (["report", "empty"], r"FOLDER (empty) must hold records of learners"),
        (["report", "full", "-o", "file"], "file must be a folder; there is a file of that name"),
    ],
)
def test_a_report_that_cannot_be_written_says_so_and_writes_nothing(words, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("empty", "full"):
        (tmp_path / name).mkdir()
    (tmp_path / "empty/damaged.jsonl").write_bytes(b"{")
    (tmp_path / "full/ann.jsonl").touch()
    (tmp_path / "file").touch()
    assert main(words) == 1
    assert f"cnnlab report: {said}" in capsys.readouterr().err
    assert not list(tmp_path.rglob("report.*"))


def test_progress_says_what_is_recorded_here_and_forgets_it_for_the_next_learner(tmp_path, monkeypatch, capsys):
    for name in ("PYTEST_CURRENT_TEST", "CNNLAB_PROGRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    (tmp_path / "cnnlab").mkdir()
    (tmp_path / "cnnlab/progress.jsonl").write_text('"01.next_cell"\n')
    record("06.tap", "9")
    record("exercise.conv2d")
    assert main(["progress"]) == 0
    said = capsys.readouterr().out
    assert re.match(r"Solved so far: 1 of \d+ questions, 1 of \d+ exercises.\n", said)
    assert "Mistakes met on the way:\n06.tap: 9\n" in said
    assert said.endswith(f"copy this file under your name: {tmp_path / 'cnnlab/progress-2.jsonl'}\n")
    for _ in range(2):
        assert main(["progress", "--reset"]) == 0
    assert solved() == set()
    assert list((tmp_path / "cnnlab").iterdir()) == []
    monkeypatch.setenv("CNNLAB_PROGRESS", "off")
    capsys.readouterr()
    assert main(["progress"]) == main(["progress", "--reset"]) == 0
    assert capsys.readouterr().out == "Nothing is recorded: CNNLAB_PROGRESS is off.\n" * 2


def test_every_mistake_that_a_check_can_name_is_known_to_the_report():
    for name, exercise in EXERCISES.items():
        assert {*exercise.mistakes, *exercise.sentences} <= _asked(f"exercise.{name}")[1].keys()


def test_a_report_leaves_hidden_folders_alone(tmp_path):
    for name in ("a/ann.jsonl", "a/.ipynb_checkpoints/ann-checkpoint.jsonl", ".git/config"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text(lines_of([("06.flip", None)]), encoding="utf-8")
    assert write_report(tmp_path / "in", tmp_path / "out") == (1, [])
