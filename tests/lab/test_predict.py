"""Predict: what it says to right, wrong and odd answers, and the mistakes that it knows by name."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import numpy as np
import pytest
from explorer_steps import ask as send
from explorer_steps import controls_of, press, words_of
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnlab import explain_output_size, output_size
from cnnlab.course.questions import size_mistakes
from cnnlab.geometry import fits
from cnnlab.lab import ConvolutionExplorer
from cnnlab.lab.explorers.predict import _HINT, Predict

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
TYPED = {"question": "How many?", "answer": 99, "mistakes": {98: "One is missing."}, "because": "98 + 1 = 99"}
CHOSEN = {"question": "Which?", "answer": "odd", "choices": ["even", "odd"], "mistakes": {"even": "No middle."}}


def answer(ask, text):
    """Give an answer as the learner does; return what is said to it."""
    send(ask, {"set": {"given": text}})
    return verdict(ask)


def verdict(ask) -> str:
    return words_of(ask, "verdict")


def can_be_shown(ask) -> bool:
    return "reveal" in controls_of(ask)


def is_closed(ask) -> bool:
    controls = controls_of(ask)
    return controls["given"]["disabled"] and controls["check"]["disabled"]


@pytest.mark.parametrize("text", ["99", "99.0", " 99 ", "+99", "9.9e1"])
def test_a_number_is_right_by_its_value(text):
    ask = Predict(**TYPED)
    assert answer(ask, text) == f"✓ Right: {text.strip()}. 98 + 1 = 99"
    assert ask.solved


@pytest.mark.parametrize(
    ("number", "texts"),
    [
        (-2, ["−2", "-2", "−2.0"]),
        (0.5, ["0.5", "0,5", "1/2", "50 %", ".5"]),
        (120_000, ["120000", "120,000", "120 000", "120’000", "120.000", "1.2e5"]),
        (0.125, ["0.125", "1/8", "12.5%", "0.13"]),
    ],
)
def test_a_number_may_be_written_as_people_write_it(number, texts):
    for text in texts:
        assert answer(Predict("How much?", number), text).startswith("✓ Right: ")


def test_an_answer_may_be_given_in_python():
    ask = Predict(**TYPED)
    ask.given = "98"
    assert "One is missing." in verdict(ask)
    ask.given = "99"
    assert ask.solved
    with pytest.raises(ValueError, match=r"given \('98'\) must stay as it is: the question has been answered"):
        ask.given = "98"
    with pytest.raises(TypeError, match=r"given \(99\) must be a text"):
        ask.given = 99
    assert ask.given == "99"


def test_a_wrong_answer_is_met_by_name_and_can_be_tried_again():
    ask = Predict(**TYPED)
    assert answer(ask, "98") == "✗ 98 is not it. One is missing."
    assert (ask.solved, is_closed(ask)) == (False, False)
    assert answer(ask, "7") == f"✗ 7 is not it. {_HINT}"
    assert answer(ask, "99").startswith("✓ Right: 99.")
    assert (ask.solved, is_closed(ask)) == (True, True)


@pytest.mark.parametrize("text", ["ninety", "1/0", "nan", "inf", "9 9", "<b>", "None", "٣/", "1_0", "9/", "9" * 200])
def test_what_is_no_number_gets_a_friendly_line_and_is_no_try(text):
    ask = Predict(**TYPED)
    said = answer(ask, text)
    assert said == "Type a number, such as 12 or −0.5." or text.isdigit()
    assert can_be_shown(ask) is text.isdigit()


@pytest.mark.parametrize("options", [TYPED, CHOSEN])
def test_nothing_given_is_no_try(options):
    ask = Predict(**options)
    for text in ("", " "):
        answer(ask, text)
    press(ask, "reveal")
    assert (verdict(ask), can_be_shown(ask), is_closed(ask)) == ("", False, False)


def test_the_answer_can_be_shown_after_the_first_try_and_then_counts_as_unsolved():
    ask = Predict(**TYPED)
    answer(ask, "98")
    assert can_be_shown(ask)
    press(ask, "reveal")
    assert verdict(ask) == "The answer is 99. 98 + 1 = 99"
    assert (ask.solved, is_closed(ask), can_be_shown(ask)) == (False, True, False)
    assert answer(ask, "99") == "The answer is 99. 98 + 1 = 99"
    assert ask.solved is False
    press(ask, "reset")  # "ask me again"
    assert answer(ask, "99").startswith("✓ Right: 99.")
    assert (ask.solved, "reset" in controls_of(ask)) == (True, False)


def test_whoever_asks_is_told_of_the_right_answer_and_of_known_mistakes_and_of_nothing_else():
    told = []
    ask = Predict(**TYPED, on_answer=told.append)
    for text in ("", "ninety", "7", "98.0", "98"):
        answer(ask, text)
    assert told == ["98", "98"]
    answer(ask, "99.0")
    answer(ask, "98")  # closed
    assert told == ["98", "98", None]
    shown = Predict(**TYPED, on_answer=told.append)
    answer(shown, "7")
    press(shown, "reveal")
    assert told == ["98", "98", None]


@pytest.mark.parametrize("ends", ["the answer", "reveal"])
def test_a_question_of_ones_own_covers_an_explorer_until_it_is_closed(ends):
    explorer, other = ConvolutionExplorer(np.eye(3), np.eye(2)), ConvolutionExplorer(np.eye(3), np.eye(2))
    ask = Predict(**TYPED, explorer=explorer)
    Predict(**TYPED, explorer=other, key="a.name")
    assert (explorer.shown["veil"], other.shown["veil"]) == ("How many?", "a.name")
    answer(ask, "98")
    assert explorer.shown["veil"], "a mistake uncovers nothing"
    if ends == "reveal":
        press(ask, "reveal")
    else:
        answer(ask, "99")
    assert (explorer.shown["veil"], other.shown["veil"]) == ("", "a.name")
    with pytest.raises(TypeError, match=r"explorer \(7\) must be an explorer"):
        Predict(**TYPED, explorer=7)


def test_a_reset_asks_anew():
    ask = Predict(**TYPED)
    answer(ask, "99")
    press(ask, "reset")
    assert (ask.given, ask.solved, is_closed(ask), can_be_shown(ask), verdict(ask)) == ("", False, False, False, "")
    assert answer(ask, "98") == "✗ 98 is not it. One is missing."


def test_a_choice_is_one_of_those_offered():
    ask = Predict(**CHOSEN)
    assert controls_of(ask)["given"]["options"] == [["even", "even"], ["odd", "odd"]]
    assert answer(ask, "neither") == answer(ask, "Odd") == ""
    assert "No middle." in answer(ask, "even")
    assert answer(ask, "odd") == "✓ Right: odd. "


def test_choices_may_be_numbers_and_differ_in_case_alone():
    ask = Predict("How many?", np.int64(99), choices=[98, 99, 100])
    assert [label for _, label in controls_of(ask)["given"]["options"]] == ["98", "99", "100"]
    assert answer(ask, "99") == "✓ Right: 99. "
    ask = Predict("Which symbol?", "f", choices=["F", "f"])
    assert "✗ F is not it." in answer(ask, "F")
    assert answer(ask, "f") == "✓ Right: f. "


def test_a_text_is_judged_as_in_a_page_without_a_kernel():
    for right, text, same in json.loads((Path(__file__).parent / "front/texts.json").read_text(encoding="utf-8")):
        ask = Predict("Which word?", right)
        answer(ask, text)
        assert ask.solved is same, (right, text)


def test_a_text_is_right_without_regard_to_case():
    assert "✓ Right: " in answer(Predict("Which layer?", "Pooling"), " pooling")


def test_question_answers_and_reasons_are_text_and_never_markup():
    evil = "<img src=x onerror=alert(1)>"
    ask = Predict(evil, evil, mistakes={"<b>": evil}, because=evil)
    assert ask.shown["parts"][0]["lines"] == [[["", evil]]]
    assert answer(ask, "<b>") == f"✗ <b> is not it. {evil}"
    assert answer(ask, evil) == f"✓ Right: {evil}. {evil}"  # spans of text: the front end writes them as such


def test_an_explanation_is_shown_as_its_formula():
    said = answer(Predict("R?", 99, because=explain_output_size(200, 5, stride=2, padding=1)), "99")
    assert said.splitlines() == [
        "✓ Right: 99.",
        "out = ⌊(200 − 5 + 2·1) / 2⌋ + 1 = 99",
        "= ⌊(R − F + 2P) / S⌋ + 1",
        "197 / 2 leaves 1 over: the last row and column of the padding are never read",
    ]


def test_without_a_widget_the_question_is_shown_and_not_the_answer():
    bundle, _ = Predict("Is a*b < 2?", "never", choices=["now", "never"], because="secret")._repr_mimebundle_()
    assert bundle["text/plain"] == "Predict: Is a*b < 2?"
    shown = "<b>Predict:</b> Is a*b &lt; 2?<br>○ now<br>○ never</p>"
    assert bundle["text/html"].endswith(shown)
    assert set(bundle) == {"text/plain", "text/html", WIDGET_VIEW}
    assert "secret" not in str(bundle)


@pytest.mark.parametrize(
    "text",
    [
        r"2*x*y + `w[0, 1]` _is_ <b>x</b> & $a$ | ~~b~~ # c \n &lt; [d](e)",
        r"\( a \) and \[ b \] and $$c$$",
        "1. first",
        "12) twelfth, and 3. third",
        "- a dash",
        "+ a plus",
        "> quoted",
        "# heading",
        "a | b",
        "![picture](x)",
        "<!-- comment -->",
        "https://example.org or www.example.org or a@example.org",
        "1234. is a number",
        "a^b^ and H~2~O and ==marked==",
    ],
)
def test_a_still_shows_the_text_as_it_stands(text):
    shown = Predict(text, "yes", choices=["yes", f"no {text}"]).still()["text/html"]
    assert re.findall("<.*?>", shown)[1:] == ["<b>", "</b>", "<br>", "<br>", "</p>"]
    lines = html.unescape(re.sub("<p.*?>|</?b>|</p>", "", shown)).split("<br>")
    assert lines == [f"Predict: {text}", "○ yes", f"○ no {text}"]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"answer": 3, "choices": [1, 2]}, ValueError, r"answer \(3\) must be one of the choices \(1, 2\)"),
        ({"answer": 3, "mistakes": {3.0: ""}}, ValueError, r"mistakes \(3.0\) must not hold the right answer \(3\)"),
        ({"answer": 3, "mistakes": {"x": ""}}, TypeError, r"mistakes \('x'\) must be a number"),
        ({"answer": 3, "mistakes": {2: 5}}, TypeError, r"mistakes \(5 for 2\) must be texts"),
        ({"answer": 3, "mistakes": [2]}, TypeError, r"mistakes \(\[2\]\) must be a dict of texts by wrong answer"),
        ({"answer": 3, "mistakes": {np.nan: ""}}, ValueError, r"mistakes \(nan\) must be finite"),
        ({"answer": 3, "because": None}, TypeError, r"because \(None\) must be a text, or what explain_output_size"),
        ({"answer": None}, TypeError, r"answer \(None\) must be a text or a number"),
        ({"answer": [3]}, TypeError, r"answer \(\[3\]\) must be a text or a number"),
        ({"answer": np.inf}, ValueError, r"answer \(inf\) must be finite"),
        ({"answer": 10**400}, ValueError, r"answer \(1000.+\) must be a number that a float can hold"),
        ({"answer": 3, "choices": 3}, TypeError, r"choices \(3\) must be a list of answers"),
        ({"answer": 3, "question": 5}, TypeError, r"question \(5\) must be a text"),
        ({"answer": 1, "choices": [1, 2], "mistakes": {5: ""}}, ValueError, r"mistakes \(5\) must be one of the cho"),
    ],
)
def test_an_author_is_told_of_a_question_that_cannot_work(options, error, message):
    with pytest.raises(error, match=message):
        Predict(**{"question": "How many?", **options})


# --- the output size ----------------------------------------------------------------------------------------------


def test_the_usual_mistakes_are_met_by_name():
    ask = Predict.output_size(200, 5, stride=2, padding=1)
    assert ask.answer == 99
    assert ask.mistakes == {
        98: "This forgets the + 1 or forgets the padding.",
        100: "This rounds up instead of down.",
        198: "This forgets the stride.",
        102: "This forgets to take the kernel away.",
    }
    assert "rounds up" in answer(ask, "100.0")
    assert size_mistakes(9, 3, padding=2)[9] == size_mistakes(9, 3, padding=np.int64(2))[9]
    assert size_mistakes(9, 3, padding=2)[9] == "This takes P as the padding of both sides together."
    assert size_mistakes(9, 3, dilation=2)[7] == "This forgets the dilation."


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "A 3×3 kernel, stride 1, padding 0, moves over 9×9 cells."),
        ({"padding": "same"}, "A 3×3 kernel, stride 1, padding same, moves over 9×9 cells."),
        ({"padding": (1, 2), "dilation": 2}, "A 3×3 kernel, stride 1, padding 1 before and 2 after, dilation 2, moves"),
    ],
)
def test_the_question_says_all_settings(settings, words):
    assert Predict.output_size(9, 3, **settings).question.startswith(words)


def test_the_question_can_be_put_in_other_words():
    assert repr(Predict.output_size(9, 3, question="What is left?")) == "Predict: What is left?"


LENGTHS = {
    "size": st.integers(1, 40),
    "kernel": st.integers(1, 7),
    "stride": st.integers(1, 4),
    "padding": st.one_of(st.integers(0, 4), st.tuples(st.integers(0, 3), st.integers(0, 3))),
    "dilation": st.integers(1, 3),
}


@given(**LENGTHS)
def test_the_right_answer_is_never_a_mistake_and_each_mistake_is_one(size, kernel, **settings):
    assume(fits(size, kernel, **settings))
    right, mistakes = output_size(size, kernel, **settings), size_mistakes(size, kernel, **settings)
    assert right not in mistakes
    assert "forgets the + 1" in mistakes[right - 1]
    if output_size(size, kernel, **settings, ceil_mode=True) != right:
        assert "rounds up" in mistakes[right + 1]


def test_a_long_answer_is_refused_before_it_is_read_as_a_number():
    ask = Predict("How many?", 3)
    with pytest.raises(ValueError, match=r"given \(50001 characters\) must have at most 200"):
        ask.given = "9" * 50_000 + "x"
    send(ask, {"set": {"given": "9" * 50_000 + "x"}})
    assert not ask.tried
