"""ask: a question of the course by its key, and what stays covered until it is answered."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from explorer_steps import ask as send
from explorer_steps import press, words_of

from cnnlab.course import ask, questions
from cnnlab.course.progress import record, solved
from cnnlab.course.questions import question
from cnnlab.lab import ConvolutionExplorer, OutputSizeExplorer

KEY = "01.next_cell"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def explorer():
    return ConvolutionExplorer([[0, 1, 2], [3, 4, 5], [6, 7, 8]], [[0, 1], [2, 3]])


def answer(asked, text):
    send(asked, {"set": {"given": text}})
    return words_of(asked, "verdict")


def is_covered(explorer) -> bool:
    return bool(explorer.shown["veil"])


def test_every_question_can_be_asked_and_knows_its_answer_and_its_mistakes():
    for key in questions.all_keys():
        stated = questions.question(key)
        said = answer(ask(key), str(stated.answer))
        assert said.startswith(f"✓ Right: {stated.answer}."), key
        assert len(said.partition(". ")[2] or said.partition("\n")[2]) > 5, f"{key}: the reason follows"
        asked = ask(key)
        for wrong, text in stated.mistakes.items():
            assert answer(asked, str(wrong)) == f"✗ {wrong} is not it. {text}", key


def test_no_question_is_longer_than_sixty_words_and_no_still_holds_more_than_it():
    for key in questions.all_keys():
        stated = questions.question(key)
        assert len(stated.question.split()) <= 60, key
        bundle, _ = ask(key)._repr_mimebundle_()
        assert set(bundle) == {"text/plain", "text/html", WIDGET_VIEW}, key
        assert bundle["text/plain"] == f"Predict: {stated.question}"
        assert bundle["text/html"].count("<br>○ ") == len(stated.choices), key


def test_a_size_is_asked_for_with_its_formula_as_the_reason_and_the_usual_mistakes():
    asked = ask("02.photo")
    assert (asked.answer, asked.mistakes[100]) == (99, "This rounds up instead of down.")
    assert "out = ⌊(200 − 5 + 2·1) / 2⌋ + 1 = 99" in answer(asked, "99")


def test_an_explorer_is_covered_until_the_question_is_answered(explorer):
    asked = ask(KEY, explorer)
    assert is_covered(explorer)
    answer(asked, "19")
    assert is_covered(explorer), "a wrong answer uncovers nothing"
    answer(asked, "25")
    assert not is_covered(explorer)
    press(asked, "reset")
    assert not is_covered(explorer), "what was seen stays in view"


def test_an_explorer_is_uncovered_when_the_answer_is_shown(explorer):
    asked = ask(KEY, explorer)
    answer(asked, "19")
    press(asked, "reveal")
    assert not is_covered(explorer)


def test_an_explorer_is_uncovered_when_one_asks_to_see_it(explorer):
    ask(KEY, explorer)
    for name in ("undo", "reset"):
        press(explorer, name)
        assert is_covered(explorer)
    press(explorer, "uncover")
    assert not is_covered(explorer)


def test_a_covered_explorer_works_and_shows_its_picture_only_when_asked_where_no_widget_runs(explorer):
    ask(KEY, explorer)
    explorer.size = 2
    bundle, _ = explorer._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", WIDGET_VIEW}
    assert bundle["text/plain"] == "ConvolutionExplorer: covered until the question above is answered"
    summary, shut = bundle["text/html"].removeprefix("<details><summary>").split("</summary>")
    assert not any(letter.isdigit() for letter in bundle["text/plain"] + summary)
    explorer.uncover()
    bundle, _ = explorer._repr_mimebundle_()
    assert shut.endswith("</details>")
    assert bundle["image/png"] in shut
    assert set(bundle) == {"text/plain", "image/png", WIDGET_VIEW}
    assert bundle["text/plain"].startswith("ConvolutionExplorer: x 2×2")


def test_what_is_solved_comes_back_ticked_with_its_explorer_open_and_can_be_asked_anew(explorer, monkeypatch, tmp_path):
    monkeypatch.setenv("CNNLAB_PROGRESS", str(tmp_path / "progress.jsonl"))
    for key in ("02.photo", "02.recall_1"):
        ask(key).given = str(question(key).answer)
    again = ask("02.photo", explorer)
    assert (again.solved, again.closed, is_covered(explorer)) == (True, True, False)
    assert "".join(text for _, text in again.verdict[0]).startswith("✓ Solved before: 99.")
    press(again, "reset")
    assert (again.solved, again.closed, again.verdict) == (False, False, [])
    assert not ask("02.recall_1").solved  # it is there to be remembered once more


def test_any_explorer_can_be_covered():
    sizes = OutputSizeExplorer()
    asked = ask("02.photo", sizes)
    assert sizes.shown["veil"] == "02.photo"
    answer(asked, "99")
    assert not sizes.shown["veil"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("06.flop",), ValueError, r"key \('06.flop'\) must be one of 06.recall_1, .*, 06.flip"),
        (("66.flip",), ValueError, r"key \('66.flip'\) must be one of 00, 01, "),
        (("flip",), ValueError, r"key \('flip'\) must be one of 00, 01, "),
        ((6,), TypeError, r"key \(6\) must be a text such as '06.flip'"),
        ((KEY, 7), TypeError, r"explorer \(7\) must be an explorer"),
    ],
)
def test_a_question_that_is_not_there_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        ask(*arguments)


def test_a_teachers_own_question_covers_nothing_and_is_not_recorded(tmp_path, monkeypatch):
    from cnnlab.lab import Predict

    file = tmp_path / "progress.jsonl"
    monkeypatch.setenv("CNNLAB_PROGRESS", str(file))
    assert "✓ Right" in answer(Predict("How many?", 2), "2")
    assert not file.exists()


def test_what_is_answered_right_and_each_known_mistake_are_recorded_and_what_is_shown_is_not(tmp_path, monkeypatch):
    file = tmp_path / "progress-2.jsonl"
    monkeypatch.setenv("CNNLAB_PROGRESS", str(file))
    shown = ask("01.readers")
    answer(shown, "12345")
    press(shown, "reveal")
    assert not file.exists()
    asked = ask(KEY)
    wrong = next(iter(asked.mistakes))
    for given in (f"{wrong}.0", f" {wrong} ", "nothing", "25"):
        answer(asked, given)
    assert file.read_text(encoding="utf-8") == f'{{"key": "{KEY}", "mistake": "{wrong}"}}\n{{"key": "{KEY}"}}\n'


def test_each_known_mistake_is_recorded_as_the_file_of_the_questions_writes_it(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNLAB_PROGRESS", str(tmp_path / "progress-2.jsonl"))
    written = {}
    for file in sorted(Path(questions.__file__).parent.glob("*.toml")):
        for name, stated in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if "size" not in stated:  # of which more are computed
                written[f"{file.stem}.{name}"] = set(stated.get("mistakes", {}))
    said = []
    monkeypatch.setattr("cnnlab.course.asked.record", lambda key, mistake: said.append((key, mistake)))
    for key, wrongs in written.items():
        asked = ask(key)
        for wrong in wrongs:
            answer(asked, wrong)
    assert set(said) == {(key, wrong) for key, wrongs in written.items() for wrong in wrongs}


def test_a_missed_question_returns_as_the_third_recall_of_a_later_notebook(tmp_path, monkeypatch):
    fixed = ask("06.recall_3").question
    monkeypatch.setenv("CNNLAB_PROGRESS", str(tmp_path / "progress-2.jsonl"))
    assert ask("06.recall_3").question == fixed  # nothing is missed yet
    for key, mistake in [("01.next_cell", "19"), ("04.mean", "12"), ("06.zeros", "3")]:  # the first speaks of "above"
        record(key, mistake)
    returned = ask("06.recall_3")
    assert returned.question == ask("04.mean").question
    returned.given = str(returned.answer)
    assert "04.mean" in solved()
    assert [ask(key).question for key in ("06.recall_2", "04.recall_3")] == [
        question(key).question for key in ("06.recall_2", "04.recall_3")
    ]
