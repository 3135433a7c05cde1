"""The form that all lessons share: what stands at their top and at their end, and which words mean what."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest

from cnnlab.course.questions import all_keys, question

FOLDER = Path(__file__).parents[2] / "notebooks"
QUESTIONS = Path(__file__).parents[2] / "cnnlab" / "course" / "questions"
LESSONS = sorted(path for path in FOLDER.glob("*.ipynb") if "00" < path.name[:2] < "12")
HEADER = re.compile(
    r"^\*(?P<all>\d+) minutes.* · needs (?P<needs>.+) · "
    r"(first reading \((?P<first>\d+) minutes\): sections? (?P<sections>.+)|all of it is second reading)\.\*$"
)
BACK = re.compile(r"(?:notebook (\d\d), )?sections? (\d+)(?: and (\d+))?(, a second reading)?")
MOST_LINES = 6  # of a code cell; an exercise may have more
MOST_WORDS = 200  # between two things to do
MOST_BEFORE = 60  # words before the first picture
PICTURE = re.compile(r"image/png|<img ")
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


@cache
def texts(path, kind="markdown") -> list[str]:
    return [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def header(path) -> re.Match:
    """Return the line below the title."""
    line = texts(path)[0].splitlines()[2]
    assert HEADER.match(line), line
    return HEADER.match(line)


def numbers(words: str) -> set[int]:
    """Return the sections that are meant: "1 to 4, 6 and 7"."""
    ranges = re.findall(r"(\d+) to (\d+)", words)
    return {int(n) for n in re.findall(r"\d+", words)} | {n for a, b in ranges for n in range(int(a), int(b) + 1)}


@each_lesson
def test_a_lesson_begins_with_its_length_what_it_needs_and_what_is_first_reading(path):
    sections = {
        int(number): "(second reading)" in title
        for number, title in re.findall(r"^## (\d+)\. (.+)$", "\n".join(texts(path)), re.MULTILINE)
    }
    if header(path)["first"]:  # else the titles do not say it again
        first = header(path)["sections"].split(", without")[0]
        assert numbers(first) == {number for number, second in sections.items() if not second}
    for needed in re.findall(r"\((\w+\.ipynb)\)", header(path)["needs"]):
        assert needed in {lesson.name for lesson in FOLDER.glob("*.ipynb") if lesson.name < path.name}


@each_lesson
def test_the_map_of_the_course_says_the_same_length(path):
    (row,) = re.findall(rf"\({path.name}\) \|.*\| (\d+|–), (\d+) \|", "\n".join(texts(FOLDER / "00_start_here.ipynb")))
    assert row == (header(path)["first"] or "–", header(path)["all"])


def test_the_first_reading_takes_less_than_five_hours():
    assert 15 + sum(int(header(path)["first"] or 0) for path in LESSONS) < 300


@each_lesson
def test_a_lesson_says_where_to_begin_reading_and_ends_with_three_lines_in_brief(path):
    *_, last = texts(path)
    assert "Run All Cells), then press Ctrl+Home" in texts(path)[0]
    assert "You will be able to say" in texts(path)[1]
    assert any(text.startswith("## Three questions from before\n") for text in texts(path))
    brief = last.split("**In brief**")[1]
    assert len(re.findall(r"^- ", brief, re.MULTILINE)) == 3
    assert re.search(r"^---\n+Previous: ", brief, re.MULTILINE)


@each_lesson
def test_every_why_of_a_list_has_a_folded_answer(path):
    for text in texts(path):
        if "**What to try**" in text and re.search(r"^- .*\b[Ww]hy\b.*\?", text, re.MULTILINE):
            assert "<details><summary>" in text, text
        assert text.count("<details>") == text.count("</details>") == text.count("</summary>\n\n")


@each_lesson
def test_code_cells_are_short_and_draw_nothing_by_hand(path):
    for source in texts(path, "code"):
        lines = [line for line in source.splitlines() if line.strip()]
        assert len(lines) <= MOST_LINES or "def " in source, source
        assert "plt." not in source


@each_lesson
def test_signs_mean_one_thing_in_all_lessons(path):
    everything = "\n".join(texts(path))
    assert not re.search(r"k\^2|k²|∗|\*\*Try\*\*|δ_pool|δ_conv", everything)
    assert path.name[:2] == "01" or r"\ast" not in everything


def test_letters_mean_in_notebooks_and_questions_what_the_last_page_says():
    """Each letter of a formula is on that page; there is no nudge h, no filter F, no tap p or m."""
    page = "\n".join(texts(FOLDER / "12_on_one_page.ipynb"))
    known = {*"degT", *re.findall(r"(?<![A-Za-z])[A-Za-zα-ωε](?![A-Za-z])", page)}  # e^z, w^T; weights d and g in 11
    words = re.compile(r"\\(text|begin|end)\{[^}]*\}|\\?[a-zA-Z]{2,}")
    for path in LESSONS:
        for formula in re.findall(r"\$+([^$]+)\$+", "\n".join(texts(path))):
            assert {*re.findall(r"[A-Za-zα-ωε]", words.sub(" ", formula))} <= known, (path.name, formula)
    written = [text for path in LESSONS for kind in ("markdown", "code") for text in texts(path, kind)]
    for text in [*written, *(path.read_text(encoding="utf-8") for path in QUESTIONS.glob("*.toml"))]:
        assert not re.search(r"\b2h\b|\bh²|x [+−-] h\)|\bp, q\b|\(F, C|C and F 2|i ?\+ ?m\b|step (?:of )?h\b", text)


@each_lesson
def test_no_more_than_two_hundred_words_are_read_before_something_is_asked(path):
    words = 0
    for cell in nbformat.read(path, as_version=4).cells:
        seen = re.sub(r"(?s)<details>.*?</details>|\$\$.*?\$\$", "", cell.source)
        words = len(re.split(r"(?m)^#{2,3} ", seen)[-1].split()) if cell.cell_type == "markdown" else words
        assert "ask(" not in cell.source or cell.cell_type == "markdown" or words <= MOST_WORDS, cell.source
        words = words if cell.cell_type == "markdown" else 0


def test_the_plans_for_teachers_name_questions_of_their_notebook_and_no_answer():
    page = "\n".join(texts(FOLDER / "13_for_teachers.ipynb"))
    plans = dict(re.findall(r"(?ms)^### \[(\d\d)\]\(\S+\.ipynb\)(.*?)(?=^##|\Z)", page))
    assert [*plans] == [path.name[:2] for path in (FOLDER / "00_start_here.ipynb", *LESSONS)]
    for number, plan in plans.items():
        keys = re.findall(r"`(\d\d\.\w+)`", plan)
        assert keys
        assert [key for key in keys if not key.startswith(number) or key not in all_keys()] == []
        assert "They will get wrong:" in plan
    assert [
        key for key in all_keys() if len(str(question(key).because)) > 20 and str(question(key).because) in page
    ] == []


@each_lesson
def test_a_picture_stands_in_the_first_screen_and_four_are_in_sight(path):
    """Before at most 60 words are read; on GitHub, where nothing is unfolded."""
    before, pictures = "", 0
    for cell in nbformat.read(path, as_version=4).cells:
        before += "" if pictures or cell.cell_type == "code" else re.sub(r"\(\S+\)|<!--.*?-->", "", cell.source)
        outputs = str(cell.get("outputs", "")).split("<details>")[0]
        pictures += bool(PICTURE.search(outputs))
    assert len(re.findall(r"[\w+]+", before)) <= MOST_BEFORE
    assert pictures >= 4


def test_first_reading_leads_back_to_first_reading_alone():
    """A second reading that came before may be named only as one."""
    second = {
        path.name[:2]: set(re.findall(r"^## (\d+)\. .*\(second reading\)$", "\n".join(texts(path)), re.MULTILINE))
        for path in LESSONS
    }
    for path in [path for path in LESSONS if header(path)["first"]]:
        here, own, read = 0, path.name[:2], True
        for text in texts(path):
            if title := re.match(r"## (?:(\d+)\. )?(.*)", text):
                here, read = int(title[1] or here), "(second reading)" not in title[2]
            for lesson, first, other, named in re.findall(BACK, text) if read else ():
                behind = {number for number in (first, other) if lesson or int(number or 99) <= here}
                assert named or not behind & second[lesson or own], (path.name, text)
