"""The stage by itself: the keyboard, and editing cells."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect
from stage_view import DY, SCENES, View, W, X, backward, two_filters

from cnnlab.scenes import convolution_scene

# --- keys -----------------------------------------------------------------------------------------------------------


def test_the_arrow_keys_move_within_a_grid_and_never_leave_it(stage_page):
    view = View(stage_page, backward())
    view.cell("y", 0, 0).click()
    for key, place in [("ArrowUp", (0, 0)), ("ArrowRight", (0, 1)), ("ArrowDown", (1, 1)), ("ArrowLeft", (1, 0))]:
        view.press(key)
        view.expect_selected("y", *place)
        assert view.focused() == f"y:0,{place[0]},{place[1]}"
    view.press(*["ArrowDown"] * 5, *["ArrowRight"] * 5)
    view.expect_selected("y", 2, 2)
    assert view.focused() == "y:0,2,2"
    expect(view.root.locator(".cnnlab-live")).to_have_text(view.root.locator(".cnnlab-sentence").inner_text())
    view.cell("x", 3, 3).hover()
    view.expect_selected("y", 2, 2)


def test_each_grid_is_one_tab_stop_and_the_cell_that_gets_the_focus_is_selected(stage_page):
    view = View(stage_page, two_filters())
    view.root.get_by_role("button", name="gradients").focus()
    seen = []
    for _ in range(11):
        view.press("Tab")
        seen.append(view.focused())
    planes = [f"x:{k},0,0" for k in range(3)] + [f"w:{k},0,0" for k in (0, 3, 1, 4, 2, 5)] + ["y:0,0,0", "y:1,0,0"]
    assert seen == planes
    view.expect_selected("y", 1, 0, 0)
    view.press("ArrowDown", "ArrowRight")
    view.expect_selected("y", 1, 1, 1)
    view.press("Shift+Tab", "Tab")
    assert view.focused() == "y:1,1,1"


def test_keys_of_the_stage_do_not_reach_the_page_around_it_but_shortcuts_with_ctrl_do(stage_page):
    view = View(stage_page, backward())
    view.page.evaluate("() => { window.keys = []; document.addEventListener('keydown', e => keys.push(e.key)); }")
    view.cell("x", 2, 2).click()
    view.press("ArrowDown", "d", "Escape", "Control+s")
    assert view.page.evaluate("keys") == ["Control", "s"]


def test_where_a_click_picks_the_arrow_keys_pick_too(stage_page):
    view = View(stage_page, {**backward(), "picks": True})
    view.cell("y", 0, 0).click()
    view.press("ArrowDown", "ArrowRight")
    picked = [message["picked"] for message in view.stage.saved() if "picked" in message]
    assert picked == [{"panel": "y", "cell": [0, *place]} for place in ((0, 0), (1, 0), (1, 1))]


def test_the_arrow_keys_move_over_a_photograph(stage_page):
    view = View(stage_page, SCENES["photo"]())
    canvas = view.panel("y").get_by_role("application")
    canvas.focus()
    place = view.top.get_attribute("data-selected").split(":")[1].split(",")
    view.press("ArrowRight", "ArrowDown", "ArrowDown")
    view.expect_selected("y", int(place[1]) + 2, int(place[2]) + 1)
    assert canvas.evaluate("canvas => canvas === document.activeElement")


# --- editing --------------------------------------------------------------------------------------------------------


def test_a_number_typed_into_a_cell_is_sent_on_enter_and_not_on_escape(stage_page):
    view = View(stage_page, backward())
    view.cell("x", 2, 3).click()
    view.press("-", "1", ".", "5")
    expect(view.new_value).to_have_value("-1.5")
    view.press("Enter")
    expect(view.new_value).to_have_count(0)
    assert view.edits() == [[("x", 0, 1, 2, -1.5)]]
    assert view.focused() == "x:0,2,3"
    view.press("Enter")
    expect(view.new_value).to_have_value("-1.5")
    view.press("7", "Escape")
    expect(view.new_value).to_have_count(0)
    assert len(view.edits()) == 1
    view.cell("dy", 1, 1).dblclick()
    expect(view.new_value).to_have_value("1")
    view.new_value.fill("−2,25")
    view.cell("w", 0, 0).click()
    assert view.edits()[-1] == [("x", 0, 1, 2, -1.5), ("dy", 0, 1, 1, -2.25)]


def test_what_is_no_number_is_said_and_the_cell_keeps_its_value(stage_page):
    view = View(stage_page, backward())
    sentence = view.root.locator(".cnnlab-sentence")
    for text in ["abc", "", "1,2,3", "NaN", "1 2", "--1"]:
        view.cell("w", 1, 1).dblclick()
        view.new_value.fill(text)
        view.press("Enter")
        expect(sentence).to_have_text(f"“{text}” is not a number, so the cell keeps its value.")
        expect(view.cell("w", 1, 1)).to_have_text("1")
        view.cell("x", 0, 0).hover()
        expect(sentence).to_contain_text("not a number")
    assert view.edits() == []


@pytest.mark.parametrize("text", ["1e999", "-1e101"])
def test_what_is_too_large_is_said_too(stage_page, text):
    view = View(stage_page, backward())
    view.cell("w", 1, 1).dblclick()
    view.new_value.fill(text)
    view.press("Enter")
    expect(view.root.locator(".cnnlab-sentence")).to_have_text(f"“{text}” is too large, so the cell keeps its value.")
    assert view.edits() == []


@pytest.mark.parametrize("key", ["Enter", "Escape"])
def test_after_an_edit_the_cell_is_still_pinned(stage_page, key):
    view = View(stage_page, backward())
    view.cell("x", 2, 2).dblclick()
    view.new_value.press(key)
    view.cell("y", 0, 0).hover()
    view.expect_selected("x", 2, 2)


def test_an_edit_stops_the_playing_and_gives_the_focus_to_whoever_takes_it(stage_page):
    view = View(stage_page, backward())
    view.button("play").click()
    view.cell("w", 1, 1).dblclick()
    expect(view.button("play")).to_be_visible()
    view.new_value.fill("9")
    scrub = view.root.get_by_role("slider", name="step")
    scrub.click()
    expect(scrub).to_be_focused()
    assert view.edits() == [[("w", 0, 1, 1, 9)]]


def test_nudges_leave_no_drift(stage_page):
    view = View(stage_page, convolution_scene(X, np.full_like(W, 0.1), stride=2, padding=1, dy=DY))
    view.cell("w", 1, 1).click()
    view.press("Shift+ArrowUp", "Shift+ArrowUp")
    assert view.edits()[-1] == [("w", 0, 1, 1, 0.3)]  # 0.1 + 0.1 + 0.1 is 0.30000000000000004


def test_arrow_keys_in_the_enlarged_window_do_nothing(stage_page):
    view = View(stage_page, SCENES["photo"]())
    view.button("play").click()
    view.button("pause").click()
    before = view.top.get_attribute("data-selected")
    view.cell("window", 1, 1).focus()
    view.press("ArrowRight", "ArrowDown")
    after = view.top.get_attribute("data-selected")
    assert after.split(":")[0] in ("x", "y"), (before, after)


def test_cells_that_cannot_be_edited_take_no_number(stage_page):
    view = View(stage_page, backward())
    for name, *place in [("y", 0, 0), ("dx", 2, 2), ("x", 0, 0), ("x", 6, 3)]:
        view.cell(name, *place).click()
        view.press("5", "Enter", "F2", "Shift+ArrowUp")
        expect(view.new_value).to_have_count(0)
    assert view.edits() == []


def test_shift_with_up_or_down_nudges_the_cell_even_before_the_kernel_answers(stage_page):
    view = View(stage_page, backward())
    view.cell("x", 1, 1).click()
    view.press("Shift+ArrowUp", "Shift+ArrowUp", "Shift+ArrowUp", "Shift+ArrowDown")
    assert view.edits()[-1] == [("x", 0, 0, 0, 5)]
    view.show(backward(x=X + 2.5), serial=4)
    view.press("Shift+ArrowDown")
    assert view.edits()[-1] == [("x", 0, 0, 0, pytest.approx(5.4))]
    assert view.focused() == "x:0,1,1"


def test_edits_are_sent_again_until_the_kernel_has_answered(stage_page):
    view = View(stage_page, backward())
    view.cell("x", 1, 1).click()
    view.press("8", "Enter")
    view.cell("w", 0, 2).click()
    view.press("9", "Enter")
    both = [("x", 0, 0, 0, 8), ("w", 0, 0, 2, 9)]
    assert view.edits() == [both[:1], both]
    view.show(backward(), serial=1)
    view.cell("b", 0, 0).click()
    view.press("3", "Enter")
    assert view.edits()[-1] == [*both, ("b", 0, 0, 0, 3)]
    view.show(backward(), serial=3)
    view.cell("b", 0, 0).click()
    view.press("4", "Enter")
    assert view.edits()[-1] == [("b", 0, 0, 0, 4)]
    assert [message["edits"]["serial"] for message in view.stage.saved()] == [1, 2, 3, 4]


def test_a_field_stays_open_when_new_numbers_arrive_and_goes_with_its_panel(stage_page):
    view = View(stage_page, backward())
    view.cell("x", 2, 2).click()
    view.press("4")
    view.show(backward(x=X + 1))
    expect(view.new_value).to_have_value("4")
    view.press("2", "Enter")
    assert view.edits() == [[("x", 0, 1, 1, 42)]]
    expect(view.cell("x", 2, 2)).to_have_text("3")
    view.press("7")
    view.show(backward(padding=0, stride=1, x=X), serial=1)
    expect(view.new_value).to_have_count(0)
    view.cell("y", 1, 1).click()
    view.expect_selected("y", 1, 1)
    assert len(view.edits()) == 1
