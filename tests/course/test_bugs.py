"""Which tests of notebook 09 catch which bugs: the whole table, and that the last test catches all."""

from __future__ import annotations

import pytest

from cnnlab.course.bugs import BUGS, anonymous, outcome, trials
from cnnlab.course.questions import question

CROP = "H and W exchanged in the crop"
MISSED = {
    "a toy, 3×3 and 2×2": {
        *("channels and filters swapped", "cropped at the far edge", "leftover at the wrong end", CROP),
        *("dw of the last image", "dw without the padding", "db of the first image"),
    },
    "dy all ones, P = F − 1": {
        *("no turn", "turn of the rows alone", "transposed kernel", "leftover at the wrong end", "dw turned", CROP),
    },
    "a kernel of equal taps": {
        *("no turn", "turn of the rows alone", "transposed kernel", "channels and filters swapped", CROP),
    },
    "windows side by side, S = F": {
        *("windows overwritten", "cropped at the far edge", "leftover at the wrong end", CROP),
        "dw without the padding",
    },
    "not square, no leftover": {"leftover at the wrong end"},
    "two of everything, a leftover": set(),
}
TURNS = {"no turn", "turn of the rows alone", "transposed kernel", "dw turned"}
FOOLED = {
    "a toy, 3×3 and 2×2": TURNS,
    "dy all ones, P = F − 1": {"channels and filters swapped"},
    "a kernel of equal taps": {"dw turned"},
    "windows side by side, S = F": TURNS,
    "not square, no leftover": {"dw turned"},
    "two of everything, a leftover": {"dw turned"},
}


@pytest.mark.parametrize("name", list(trials()))
def test_each_test_misses_the_bugs_that_it_cannot_see(name):
    test = trials()[name]
    outcomes = {bug: outcome(function, test) for bug, function in BUGS.items()}
    assert {bug for bug, found in outcomes.items() if found == "missed"} == MISSED[name]
    assert {bug for bug, found in outcomes.items() if found == "fooled by a sum"} == FOOLED[name]


def test_the_questions_on_bugs_without_a_name_have_the_answers_that_are_true():
    stated = {letter: question(f"09.anonymous_{letter.lower()}").answer for letter in "ABC"}
    assert {letter: BUGS[name] for letter, name in stated.items()} == anonymous()
