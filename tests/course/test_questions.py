"""The questions of the course: what their files hold, and where the notebooks ask them."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from cnnlab.course import questions
from cnnlab.formula import Explanation

REPOSITORY = Path(__file__).parents[2]
NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
KEYS = questions.all_keys()
ASKED = re.compile(r'\bask\("([^"]+)"')
EXPLORER = re.compile(r"\w+(Explorer|Pad)\b")
SEEN = ("text/plain", "text/markdown", "text/html")
UNSEEN = re.compile(r"data:image[^\"]+|</summary>.*</details>", re.DOTALL)  # pictures, and what is shut

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@cache
def code_cells(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def texts_of(cell) -> list[str]:
    """Return all that the stored outputs of a cell say in words and numbers, before one opens anything."""
    data = [output.get("data", {"text/plain": output.get("text", "")}) for output in cell.outputs]
    return [UNSEEN.sub("", each[kind]) for each in data for kind in SEEN if kind in each]


def says(text: str, answer) -> bool:
    """Return whether a text holds an answer: a number on its own, or the words."""
    if isinstance(answer, str):
        return answer in text
    number = f"{answer:g}" if isinstance(answer, float) else str(answer)
    return bool(re.search(rf"(?<![\d.]){re.escape(number.replace('-', '−'))}(?!\.?\d)", text.replace("-", "−")))


def test_each_question_is_asked_exactly_once_and_in_its_own_notebook_and_in_order():
    asked = [
        (path.stem[:2], key) for path in NOTEBOOKS for cell in code_cells(path) for key in ASKED.findall(cell.source)
    ]
    assert [key for _, key in asked] == KEYS
    assert [number for number, key in asked if not key.startswith(f"{number}.")] == []


@pytest.mark.parametrize("path", NOTEBOOKS[:-1], ids=lambda path: path.stem)
def test_no_notebook_but_that_for_teachers_holds_a_question_or_an_answer_of_its_own(path):
    assert [cell.source for cell in code_cells(path) if "Predict(" in cell.source or "Predict." in cell.source] == []


@each_notebook
def test_the_output_of_a_question_holds_nothing_but_the_question(path):
    for cell in code_cells(path):
        for key in ASKED.findall(cell.source):
            stated = questions.question(key)
            shown = {kind for output in cell.outputs for kind in output.get("data", {})}
            assert shown <= {"text/plain", "text/markdown", "text/html"}
            assert [text for text in texts_of(cell) if "Predict" not in text or str(stated.because)[:40] in text] == []


@each_notebook
def test_no_output_right_below_a_question_holds_its_answer(path):
    cells = code_cells(path)
    for cell, below in pairwise(cells):
        for key in ASKED.findall(cell.source):
            stated, texts = questions.question(key), texts_of(below)
            if any(map(EXPLORER.match, texts)):  # of what an explorer is called only a size could be the answer
                sizes = re.findall(r"→ (?:y )?(\d+)", " ".join(texts))
                assert not isinstance(stated.because, Explanation) or str(stated.answer) not in sizes, key
            elif not ASKED.search(below.source):
                assert not any(says(text, stated.answer) for text in texts), f"{key}: {stated.answer} is in {texts}"


@each_notebook
def test_an_explorer_that_a_question_covers_is_shown_by_the_next_cell(path):
    cells = code_cells(path)
    for cell, below in pairwise(cells):
        for name in re.findall(r'\bask\("[^"]+", (\w+)\)', cell.source):
            assert below.source.strip().splitlines()[-1] == name
            (output,) = below.outputs
            assert set(output.data) == {"text/plain", "text/html"}
            assert re.fullmatch(r"<details><summary>[^<]+</summary><img [^>]+></details>", output.data["text/html"])


def test_a_question_has_a_reason_and_more_than_one_word_and_its_choices_differ():
    for key in KEYS:
        stated = questions.question(key)
        assert stated.because, key
        assert len(stated.question.split()) > 3, key
        assert not stated.choices or len(set(stated.choices)) == len(stated.choices) > 1, key
        assert all(len(text.split()) > 2 for text in stated.mistakes.values()), key


def test_each_notebook_begins_with_three_questions_from_before():
    for number in {key[:2] for key in KEYS} - {"00"}:
        own = [key for key in KEYS if key.startswith(f"{number}.")]
        assert own[:3] == [f"{number}.recall_{k}" for k in (1, 2, 3)]


def test_what_stands_beside_a_size_has_its_place(monkeypatch):
    stated = {"size": {"R": 13, "F": 3, "S": 2}, "question": "How many?", "mistakes": {"7": "Seven."}}
    monkeypatch.setattr(questions, "_tables", lambda: {"99": {"size": stated}})
    made = questions.question("99.size")
    assert (made.question, made.answer, made.because.value) == ("How many?", 6, 6)
    assert (made.mistakes[7], made.mistakes[11]) == ("Seven.", "This forgets the stride.")


def test_the_wrong_answers_to_a_number_are_numbers_and_those_to_a_choice_are_texts():
    assert questions.question("05.batch").mistakes.keys() == {-0.75, -3.75}
    assert questions.question("10.recall_2").mistakes.keys() == {"0", "0.5", "2"}
