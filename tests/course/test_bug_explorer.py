"""BugExplorer: a cell is predicted, clicked and run; what comes is what the wrong backward does."""

from __future__ import annotations

import pytest
from explorer_steps import move, press

from cnnlab.course import BugExplorer
from cnnlab.course.bugs import BUGS, gradients, outcome, trials


def table_of(explorer):
    return next(part["table"] for part in explorer.shown["parts"] if part["kind"] == "table")


def test_at_first_no_cell_says_what_comes():
    cells = [cell for row in table_of(BugExplorer())["rows"] for cell in row["cells"]]
    assert {cell["text"] for cell in cells} == {"?"}
    assert [cell["press"] for cell in cells] == [f"{bug} × {test}" for bug in BUGS for test in trials()]


def test_a_click_runs_the_test_and_tells_whether_the_prediction_was_right():
    explorer = BugExplorer()
    move(explorer, prediction="missed")
    press(explorer, "no turn × dy all ones, P = F − 1")
    press(explorer, "no turn × a toy, 3×3 and 2×2")
    row = table_of(explorer)["rows"][0]
    assert row["name"] == "no turn"
    assert [(cell["text"], cell["style"]) for cell in row["cells"][:3]] == [
        ("fooled by a sum: not missed", "wrong"),
        ("missed ✓", "right"),
        ("?", ""),
    ]


def test_every_cell_says_what_the_bug_does():
    explorer, tests = BugExplorer(), trials()
    for bug in BUGS:
        for test in tests:
            press(explorer, f"{bug} × {test}")
            assert explorer.found[bug, test] == ("caught", outcome(BUGS[bug], tests[test]))
    assert repr(explorer) == "BugExplorer: 78 of 78 cells run, 42 predicted right"


def test_a_cell_keeps_its_first_prediction():
    explorer = BugExplorer()
    explorer.run("no turn", "a kernel of equal taps")
    explorer.prediction = "missed"
    explorer.run("no turn", "a kernel of equal taps")
    assert explorer.found == {("no turn", "a kernel of equal taps"): ("caught", "missed")}


@pytest.mark.parametrize("name", ["", "no turn", "no turn × typo", "typo × a toy, 3×3 and 2×2", "no turn × "])
def test_a_cell_that_is_not_there_runs_nothing(name):
    explorer = BugExplorer()
    press(explorer, name)
    assert explorer.found == {}


def test_the_arrays_of_the_cell_that_was_clicked_last_stand_below_the_table_also_where_they_agree():
    explorer, seen = BugExplorer(), set()
    for bug in BUGS:
        for test, given in trials().items():
            came = explorer.run(bug, test)
            stages = [part["scene"] for part in explorer.shown["parts"] if part["kind"] == "stage"]
            for scene in stages:  # there is none where the bug raises
                right, wrong = explorer.scenes()[0]["panels"]
                name, *both = gradients(bug, given)
                first = [array[0] if array.ndim == 4 else array for array in both]
                assert [each["values"].ravel().tolist() for each in (right, wrong)] == [
                    a.ravel().tolist() for a in first
                ]
                assert (scene["heading"], right["symbol"]) == (f"{bug} × {test}", name)
                assert scene["signs"] == ["=" if came == "missed" else "≠"]
                assert came != "missed" or not wrong["marks"]["wrong"]
                seen.add((name, came))
            assert stages or came == "caught"
    assert len(seen) == 8  # all but a sum that fools of db
    press(explorer, "windows overwritten × windows side by side, S = F")
    assert explorer.shown["parts"][-1]["scene"]["heading"] == "windows overwritten × windows side by side, S = F"


def test_begin_anew_empties_the_table():
    explorer = BugExplorer()
    press(explorer, "no turn × a toy, 3×3 and 2×2")
    press(explorer, "reset")
    assert explorer.scenes() == []
    assert (explorer.found, {c["text"] for row in table_of(explorer)["rows"] for c in row["cells"]}) == ({}, {"?"})


def test_the_still_is_a_table_without_answers_that_were_not_asked_for():
    explorer = BugExplorer()
    explorer.run("db averaged", "not square, no leftover")
    lines = explorer.still()["text/markdown"].splitlines()
    assert len(lines) == 2 + 13
    assert sum(line.count("?") for line in lines) == 77
    assert "caught" in lines[-1]


def test_the_picture_shows_the_arrays_of_the_cell_that_was_clicked_last():
    explorer = BugExplorer()
    explorer.run("db averaged", "not square, no leftover")
    words = "".join(word.text for word in explorer.picture().words)
    assert "1 of 78 cells run" in words
    assert "with the bug" in words


def test_a_bug_or_test_that_is_unknown_is_an_error():
    with pytest.raises(ValueError, match="bug \\('typo'\\) must be one of no turn, "):
        BugExplorer().run("typo", "a toy, 3×3 and 2×2")


def test_a_bug_opens_on_the_stage_with_its_wrong_wires():
    explorer = BugExplorer().explore("no turn")
    assert (explorer.result, len(explorer.missing), len(explorer.extra)) == ("dx", 36, 36)
    with pytest.raises(ValueError, match="bug \\('typo'\\) must be one of no turn, "):
        BugExplorer().explore("typo")
