"""Every number that a question has for an answer, and every wrong one that it names, comes out of the package."""

from __future__ import annotations

import answers_backward
import answers_forward
import answers_further
import answers_twice
import pytest

from cnnlab.course import questions
from cnnlab.formula import Explanation

NUMBERS = answers_forward.NUMBERS | answers_backward.NUMBERS | answers_further.NUMBERS | answers_twice.NUMBERS
CHOICES = answers_forward.CHOICES | answers_backward.CHOICES | answers_further.CHOICES
ROUNDED = 0.005  # a wrong answer may be written with two decimals


def test_every_question_that_asks_for_a_number_is_computed():
    asked = {key: questions.question(key) for key in questions.all_keys()}
    numbers = {key for key, stated in asked.items() if not isinstance(stated.answer, str)}
    by_formula = {key for key, stated in asked.items() if isinstance(stated.because, Explanation)}
    assert numbers - by_formula == set(NUMBERS)


def test_each_answer_comes_out_of_the_package():
    for key, (computed, _) in NUMBERS.items():
        assert questions.question(key).answer == pytest.approx(float(computed), rel=1e-9, abs=1e-12), key


def test_each_named_mistake_is_what_the_mistake_comes_to():
    for key, (_, computed) in NUMBERS.items():
        assert questions.question(key).mistakes.keys() == computed.keys(), key
        assert [wrong for wrong, value in computed.items() if not abs(float(value) - wrong) < ROUNDED] == [], key


def test_a_choice_that_can_be_computed_is_the_right_one():
    assert {key: questions.question(key).answer for key in CHOICES} == CHOICES
