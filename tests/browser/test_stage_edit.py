"""A stage on a plain page: the keyboard, and editing cells."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from stage_view import EXPLORERS, View, W, X, backward, forward, two_filters

from cnnlab import conv2d
from cnnlab.lab import ConvolutionExplorer, CurveExplorer, PhotoExplorer

# --- keys -----------------------------------------------------------------------------------------------------------


def test_the_arrow_keys_move_within_a_grid_and_never_leave_it(plain_page):
    view = View(plain_page, backward())
    view.cell("y", 0, 0).click()
    for key, place in [("ArrowUp", (0, 0)), ("ArrowRight", (0, 1)), ("ArrowDown", (1, 1)), ("ArrowLeft", (1, 0))]:
        view.press(key)
        view.expect_selected("y", *place)
        assert view.focused() == f"y:0,{place[0]},{place[1]}"
    view.press(*["ArrowDown"] * 5, *["ArrowRight"] * 5)
    view.expect_selected("y", 2, 2)
    assert view.focused() == "y:0,2,2"
    expect(view.part("sentence").locator("[aria-live=polite]")).to_have_text(re.compile(r"\w"))
    view.cell("x", 3, 3).hover()
    view.expect_selected("y", 2, 2)


def test_each_grid_is_one_tab_stop_and_the_cell_that_gets_the_focus_is_selected(plain_page):
    view = View(plain_page, two_filters())
    view.button("turn w").focus()
    seen = []
    planes = [
        f"{name}:{k},0,0" for name, count in (("x", 3), ("dx", 3), ("w", 6), ("dw", 6), ("y", 2)) for k in range(count)
    ]
    for _ in planes:
        view.press("Tab")
        seen.append(view.focused())
    assert seen == planes  # each array, then its gradient below it
    view.expect_selected("y", 1, 0, 0)
    view.press("ArrowDown", "ArrowRight")
    view.expect_selected("y", 1, 1, 1)
    view.press("Shift+Tab", "Tab")
    assert view.focused() == "y:1,1,1"


def test_where_a_click_picks_enter_picks_too_and_the_arrow_keys_do_not(plain_page):
    class Picking(ConvolutionExplorer):
        picked = ()

        def scenes(self):
            return [{**scene, "pick": True} for scene in super().scenes()]

        def pick(self, stage, panel, cell):
            self.picked = (*self.picked, (stage, panel, *cell))

    view = View(plain_page, Picking(X, W, stride=2, padding=1))
    view.cell("y", 0, 0).click()
    view.mounted.answered()
    for key in ("ArrowDown", "ArrowRight", "Enter"):
        view.press(key)
        view.mounted.answered()  # else the next pick would overtake this one
    assert view.explorer.picked == tuple((0, "y", 0, *place) for place in ((0, 0), (1, 1)))


def test_the_arrow_keys_move_over_a_photograph(plain_page):
    view = View.of(plain_page, "photo")
    canvas = view.panel("y").get_by_role("application")
    canvas.focus()
    place = view.top.get_attribute("data-selected").split(":")[1].split(",")
    view.press("ArrowRight", "ArrowDown", "ArrowDown")
    view.expect_selected("y", int(place[1]) + 2, int(place[2]) + 1)
    assert canvas.evaluate("canvas => canvas === document.activeElement")


def test_arrow_keys_in_the_enlarged_window_do_nothing(plain_page):
    view = View.of(plain_page, "photo")
    view.button("play").click()
    view.button("pause").click()
    before = view.top.get_attribute("data-selected")
    view.cell("window", 1, 1).focus()
    view.press("ArrowRight", "ArrowDown")
    after = view.top.get_attribute("data-selected")
    assert after.split(":")[0] in ("x", "y"), (before, after)


# --- editing --------------------------------------------------------------------------------------------------------


def test_a_number_typed_into_a_cell_is_kept_with_enter_and_not_with_escape(plain_page):
    view = View(plain_page, backward())
    x, y = X.copy(), view.array("y")
    view.cell("x", 2, 3).click()
    view.press("-", "1", ".", "5")
    expect(view.new_value).to_have_value("-1.5")
    view.press("Enter")
    expect(view.new_value).to_have_count(0)
    expect(view.cell("x", 2, 3)).to_have_text("−1.5")
    x[0, 0, 1, 2] = -1.5
    np.testing.assert_array_equal(view.explorer.x, x)
    np.testing.assert_array_equal(view.array("y"), conv2d(x, W, np.array([2.0]), stride=2, padding=1)[0])
    assert (view.array("y") != y).any()
    assert view.focused() == "x:0,2,3"
    view.press("Enter")
    expect(view.new_value).to_have_value("-1.5")
    view.press("7", "Escape")
    expect(view.new_value).to_have_count(0)
    assert (view.mounted.sent(), view.focused()) == (1, "x:0,2,3")
    view.cell("dy", 1, 1).dblclick()
    expect(view.new_value).to_have_value("1")
    view.new_value.fill("−2,25")
    view.cell("w", 0, 0).click()
    expect(view.cell("dy", 1, 1)).to_have_text("−2.25")
    assert view.explorer.dy[0, 0, 1, 1] == -2.25


@pytest.mark.parametrize(
    ("text", "value"), [("1/2", 0.5), ("0,5", 0.5), ("−3/4", -0.75), (" 12 ", 12), ("1e2", 100), (".5", 0.5)]
)
def test_a_cell_takes_what_a_question_takes(plain_page, text, value):
    view = View(plain_page, forward())
    view.cell("w", 1, 1).dblclick()
    view.new_value.fill(text)
    view.press("Enter")
    view.mounted.answered()
    assert view.explorer.w[0, 0, 1, 1] == value


def test_what_is_no_number_is_said_and_the_cell_keeps_its_value(plain_page):
    view = View(plain_page, backward())
    for text in ["abc", "1,2,3", "NaN", "1 2", "--1", "0x10", "1/0", "1/2/3"]:
        view.cell("w", 1, 1).dblclick()
        view.new_value.fill(text)
        view.press("Enter")
        expect(view.part("sentence")).to_contain_text(f"“{text}” is ")
        expect(view.part("sentence")).to_contain_text("so the cell keeps its value.")
        expect(view.cell("w", 1, 1)).to_have_text("1")
        view.cell("x", 0, 0).hover()
        expect(view.part("sentence")).to_contain_text("keeps its value")
    assert view.mounted.saved() == 0


@pytest.mark.parametrize("text", ["1e999", "-1e101"])
def test_what_is_too_large_is_said_too(plain_page, text):
    view = View(plain_page, backward())
    view.cell("w", 1, 1).dblclick()
    view.new_value.fill(text)
    view.press("Enter")
    expect(view.part("sentence")).to_have_text(f"“{text}” is no number up to 1e+100, so the cell keeps its value.")
    assert view.mounted.saved() == 0


@pytest.mark.parametrize("key", ["Enter", "Escape"])
def test_after_an_edit_the_cell_is_still_held(plain_page, key):
    view = View(plain_page, backward())
    view.cell("x", 2, 2).dblclick()
    view.new_value.press(key)
    view.cell("y", 0, 0).hover()
    view.expect_selected("x", 2, 2)


def test_an_edit_stops_the_playing_and_gives_the_focus_to_whoever_takes_it(plain_page):
    view = View(plain_page, backward())
    view.button("play").click()
    view.cell("w", 1, 1).dblclick()
    expect(view.button("play")).to_be_visible()
    view.new_value.fill("9")
    view.scrub.click()
    expect(view.scrub).to_be_focused()
    view.mounted.answered()
    assert view.explorer.w[0, 0, 1, 1] == 9


def test_nudges_leave_no_drift(plain_page):
    view = View(plain_page, ConvolutionExplorer(X, np.full_like(W, 0.1), stride=2, padding=1, gradients=True))
    view.cell("w", 1, 1).click()
    view.press("Shift+ArrowUp", "Shift+ArrowUp")
    view.mounted.answered()
    assert view.explorer.w[0, 0, 1, 1] == 0.3  # 0.1 + 0.1 + 0.1 is 0.30000000000000004


def test_cells_that_cannot_be_edited_take_no_number(plain_page):
    view = View(plain_page, backward())
    for name, *place in [("y", 0, 0), ("dx", 2, 2), ("x", 0, 0), ("x", 6, 3)]:
        view.cell(name, *place).click()
        view.press("5", "Enter", "F2", "Shift+ArrowUp")
        expect(view.new_value).to_have_count(0)
    assert view.mounted.saved() == 0


# --- before the kernel answers --------------------------------------------------------------------------------------


def test_shift_with_up_or_down_nudges_the_cell_even_before_the_kernel_answers(plain_page):
    view = View(plain_page, backward())
    view.mounted.hold()
    view.cell("x", 1, 1).click()
    view.press("Shift+ArrowUp", "Shift+ArrowUp", "Shift+ArrowUp", "Shift+ArrowDown")
    assert view.edits() == [("x", 0, 0, 0, 5)]
    view.mounted.release()
    expect(view.cell("x", 1, 1)).to_have_text("5")
    view.explorer.arrays["x"][0, 0, 0, 0] = 5.5
    view.explorer.refresh()
    view.mounted.push()
    view.press("Shift+ArrowDown")
    view.mounted.answered()
    assert view.explorer.x[0, 0, 0, 0] == pytest.approx(5.4)
    assert view.focused() == "x:0,1,1"


def test_edits_are_sent_again_until_the_kernel_has_answered(plain_page):
    view = View(plain_page, backward())
    view.mounted.lose()
    view.cell("x", 1, 1).click()
    view.press("8", "Enter")
    view.cell("w", 0, 2).click()
    view.press("9", "Enter")
    assert view.edits() == [("x", 0, 0, 0, 8), ("w", 0, 0, 2, 9)]
    view.mounted.release()
    view.cell("b", 0, 0).click()
    view.press("3", "Enter")
    view.mounted.answered()
    assert (view.explorer.x[0, 0, 0, 0], view.explorer.w[0, 0, 0, 2], view.explorer.b[0]) == (8, 9, 3)
    assert view.explorer.shown["serial"] == 3
    view.press("4", "Enter")
    view.mounted.answered()
    assert (view.explorer.b[0], [event["serial"] for event in view.mounted.asked()]) == (4, [4])


def test_a_field_stays_open_when_new_numbers_arrive_and_goes_with_its_panel(plain_page):
    view = View(plain_page, backward())
    view.cell("x", 2, 2).click()
    view.press("4")
    view.explorer.arrays["x"] += 1
    view.explorer.refresh()
    view.mounted.push()
    expect(view.new_value).to_have_value("4")
    view.press("2", "Enter")
    view.mounted.answered()
    assert view.explorer.x[0, 0, 1, 1] == 42
    view.press("7")
    view.mounted.push(padding=0, stride=1)
    expect(view.new_value).to_have_count(0)
    view.cell("y", 1, 1).click()
    view.expect_selected("y", 1, 1)
    assert view.explorer.x[0, 0, 1, 1] == 42


# --- taking back ----------------------------------------------------------------------------------------------------


def test_undo_takes_the_edits_back_one_by_one_with_its_button_and_on_a_cell_with_ctrl_z(plain_page):
    view = View(plain_page, backward())
    undo = view.button("undo: take the last change back")
    expect(undo).to_be_disabled()
    for place, key in (((1, 1), "7"), ((2, 2), "8"), ((3, 3), "9")):
        view.cell("x", *place).click()
        view.press(key, "Enter")
        view.mounted.answered()
    undo.click()
    expect(view.cell("x", 3, 3)).to_have_text("2")
    view.cell("x", 2, 2).click()
    view.press("Control+z")
    expect(view.cell("x", 2, 2)).to_have_text("2")
    view.press("Control+z")
    expect(view.cell("x", 1, 1)).to_have_text("3")
    np.testing.assert_array_equal(view.explorer.x, X)
    expect(undo).to_be_disabled()


def test_reset_goes_back_to_the_numbers_and_settings_of_the_beginning(plain_page):
    view = View(plain_page, backward())
    view.cell("x", 2, 2).click()
    view.press("8", "Enter")
    view.slider("S stride").focus()
    view.press("ArrowRight")
    expect(view.panel("y").locator(".cnnlab-cell")).to_have_count(4)
    view.button("reset: back to the numbers and settings of the beginning").click()
    expect(view.panel("y").locator(".cnnlab-cell")).to_have_count(9)
    np.testing.assert_array_equal(view.explorer.x, X)
    assert view.explorer.stride == 2


def test_keys_on_what_is_no_cell_change_nothing(plain_page):
    for name in EXPLORERS:
        view = View.of(plain_page, name)
        before = [panel["values"].copy() for panel in view.scene["panels"]]
        view.scrub.focus()
        view.press("5", "x", "Delete", "Control+z", "Escape")
        for panel, values in zip(view.scene["panels"], before, strict=True):
            np.testing.assert_array_equal(panel["values"], values)


def test_a_dot_is_dragged_along_its_curve_by_mouse_and_its_slider_goes_with_it(plain_page):
    view = plain_page.mount(CurveExplorer("tanh", z=1))
    chart = view.root.locator(".cnnlab-chart")
    box, mark = chart.bounding_box(), chart.locator(".cnnlab-end.cnnlab-line-0").bounding_box()
    view.page.mouse.move(mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2)
    view.page.mouse.down()
    view.answered()
    assert view.explorer.z == 1.0  # a press on the dot leaves it where it is
    for share, z in ((0.5, -0.1), (0.16, -4.0), (2.0, 4.0)):
        view.page.mouse.move(box["x"] + share * box["width"], box["y"])
        view.answered()
        assert view.explorer.z == z, share
    view.page.mouse.up()
    before = view.explorer.z
    view.page.mouse.move(mark["x"], mark["y"])
    view.answered()
    assert view.explorer.z == before
    assert view.root.get_by_role("slider", name="z", exact=True).input_value() == str(round(10 * before))
    assert plain_page.errors == []


def test_a_photograph_is_chosen_from_a_file_and_what_is_no_image_changes_nothing(plain_page, tmp_path):
    halves = np.zeros((90, 150, 3), np.uint8)
    halves[:, 75:] = 255  # black, then white; the middle 90×90 is taken
    Image.fromarray(halves).save(tmp_path / "halves.png")
    (tmp_path / "notes.png").write_text("no image")
    view = plain_page.mount(PhotoExplorer(kernel="identity"))
    chooser = view.root.get_by_label("your photograph…")
    chooser.set_input_files(tmp_path / "notes.png")
    chooser.set_input_files(tmp_path / "halves.png")
    view.page.wait_for_function("() => models[0].sent.length === 1")
    view.answered()
    x = view.explorer.x[0, 0]
    assert x.shape == (200, 200)
    assert (x[:, :98] == 0).all()
    assert (x[:, 102:] == 1).all()
    assert plain_page.errors == []


def test_a_taps_number_is_painted_sideways_over_others_and_each_can_be_taken_back(plain_page):
    view = plain_page.mount(PhotoExplorer(kernel="identity"))
    boxes = [view.root.locator(f'[data-panel=w] [data-cell="0,1,{k}"]').bounding_box() for k in (1, 2)]
    middles = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes]
    view.page.mouse.move(*middles[0])
    view.page.mouse.down()
    view.page.mouse.move(middles[1][0], middles[1][1] + 3, steps=5)
    view.page.mouse.move(middles[1][0], middles[1][1] + boxes[0]["height"], steps=5)  # on downwards
    view.page.mouse.up()
    view.answered()
    assert view.explorer.w[0, 0].tolist() == [[0, 0, 0], [0, 1, 1], [0, 0, 1]]
    assert view.explorer.kernel == "your own"
    for _ in range(2):
        view.root.get_by_label("undo: take the last change back").click()
        view.answered()
    assert view.explorer.kernel == "identity"
    assert plain_page.errors == []
