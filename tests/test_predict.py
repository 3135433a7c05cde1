"""Predict: what it says to right, wrong and odd answers, and the mistakes that it knows by name."""

from __future__ import annotations

import html

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from nbconvert.filters import markdown2html

from cnnlab import explain_output_size, output_size
from cnnlab.geometry import fits
from cnnlab.widgets.predict import PLAIN_HINT, Predict, escape_markdown, size_mistakes

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
TYPED = {"question": "How many?", "answer": 99, "mistakes": {98: "One is missing."}, "because": "98 + 1 = 99"}
CHOSEN = {"question": "Which?", "answer": "odd", "choices": ["even", "odd"], "mistakes": {"even": "No middle."}}


def answer(ask, text):
    """Give an answer as the learner does; return what is said to it."""
    ask.field.value = text
    ask.check.click()
    return ask.verdict.value


@pytest.mark.parametrize("text", ["99", "99.0", " 99 ", "+99", "9.9e1"])
def test_a_number_is_right_by_its_value(text):
    ask = Predict(**TYPED)
    assert "✓ Right: " in answer(ask, text)
    assert "98 + 1 = 99" in ask.verdict.value
    assert ask.solved


def test_a_true_minus_sign_is_a_minus_sign():
    assert "✓ Right: " in answer(Predict("Cold?", -2), "−2")


def test_an_answer_is_checked_on_enter_alone():
    ask = Predict(**TYPED)
    ask.field.value = "99"
    assert ask.solved


def test_a_wrong_answer_is_met_by_name_and_can_be_tried_again():
    ask = Predict(**TYPED)
    said = answer(ask, "98")
    assert "98 is not it" in said
    assert "One is missing." in said
    assert (ask.solved, ask.field.disabled) == (False, False)
    assert PLAIN_HINT in answer(ask, "7")
    assert "✓ Right: " in answer(ask, "99")
    assert (ask.solved, ask.field.disabled) == (True, True)


@pytest.mark.parametrize("text", ["ninety", "1/0", "nan", "inf", "9 9", "<b>", "None", "٣/", "1_0", "9/"])
def test_what_is_no_number_gets_a_friendly_line_and_is_no_try(text):
    ask = Predict(**TYPED)
    assert "Type a number" in answer(ask, text)
    assert ask.reveal.layout.visibility == "hidden"


@pytest.mark.parametrize(("options", "said"), [(TYPED, "Type an answer first."), (CHOSEN, "Choose one first.")])
def test_nothing_given_is_no_try(options, said):
    ask = Predict(**options)
    ask.check.click()
    assert said in ask.verdict.value
    assert ask.reveal.layout.visibility == "hidden"


def test_the_answer_can_be_shown_after_the_first_try_and_then_counts_as_unsolved():
    ask = Predict(**TYPED)
    answer(ask, "98")
    assert ask.reveal.layout.visibility == "visible"
    ask.reveal.click()
    assert "The answer is 99." in ask.verdict.value
    assert "98 + 1 = 99" in ask.verdict.value
    assert (ask.solved, ask.field.disabled, ask.check.disabled) == (False, True, True)


def test_a_choice_is_judged_by_the_button():
    ask = Predict(**CHOSEN)
    ask.field.value = "even"
    assert ask.verdict.value == ""
    ask.check.click()
    assert "No middle." in ask.verdict.value
    assert "✓ Right: odd." in answer(ask, "odd")


def test_choices_may_be_numbers():
    ask = Predict("How many?", np.int64(99), choices=[98, 99, 100])
    assert ask.field.options == ("98", "99", "100")
    assert "✓ Right: 99." in answer(ask, "99")


def test_a_text_is_right_without_regard_to_case():
    assert "✓ Right: " in answer(Predict("Which layer?", "Pooling"), " pooling")


def test_nothing_that_is_shown_is_markup():
    evil = "<img src=x onerror=alert(1)>"
    ask = Predict(evil, evil, mistakes={"<b>": evil}, because=evil)
    shown = [widget.value for widget in (ask.children[1].children[0], ask.verdict)]
    for text in ("<b>", "<i>", evil):
        shown.append(answer(ask, text))
    assert not any("<img" in html or "<b><b>" in html or "<i>" in html for html in shown)
    assert ask.solved


def test_an_explanation_is_shown_as_its_formula():
    said = answer(Predict("R?", 99, because=explain_output_size(200, 5, stride=2, padding=1)), "99")
    assert '<mn class="cnnlab-R">200</mn>' in said
    assert "197 / 2 leaves 1 over" in said


def test_without_a_widget_the_question_is_shown_and_not_the_answer():
    bundle = Predict("Is a*b < 2?", "never", choices=["now", "never"], because="secret")._repr_mimebundle_()
    assert bundle["text/plain"] == "Predict: Is a*b < 2?"
    assert bundle["text/markdown"] == "**Predict:** Is a\\*b \\< 2?\n\n- now\n- never"
    assert set(bundle) == {"text/plain", "text/markdown", WIDGET_VIEW}
    assert "secret" not in str(bundle)


def test_markdown_shows_the_text_as_it_stands():
    text = r"2*x*y + `w[0, 1]` _is_ <b>x</b> & $a$ | ~~b~~ # c \n &lt; [d](e)"
    assert html.unescape(markdown2html(escape_markdown(text))).strip() == f"<p>{text}</p>"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"answer": 3, "choices": [1, 2]}, r"answer \(3\) must be one of the choices \(1, 2\)"),
        ({"answer": 3, "mistakes": {3.0: ""}}, r"mistakes \(3.0\) must not hold the right answer \(3\)"),
        ({"answer": 3, "mistakes": {"x": ""}}, r"mistakes \('x'\) must be numbers, as the answer \(3\) is"),
        ({"answer": 1, "choices": [1, 2], "mistakes": {5: ""}}, r"mistakes \(5\) must be among the choices \(1, 2\)"),
    ],
)
def test_an_author_is_told_of_a_question_that_cannot_work(options, message):
    with pytest.raises(ValueError, match=message):
        Predict("How many?", **options)


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
