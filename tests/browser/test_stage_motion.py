"""The frame of a window glides, where motion is welcome; it can be dragged over the input."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from plain_page import PlainPage
from playwright.sync_api import expect
from stage_view import View, W, X, backward, forward

from cnnlab.lab import ChannelsExplorer, ConvolutionExplorer

# How many animations the frame has after a step.
STEP = """stage => new Promise(done => {
  stage.querySelector(`[aria-label="one step on"]`).click();
  requestAnimationFrame(() => requestAnimationFrame(() => done(
    stage.querySelector(".cnnlab-window").getAnimations().length)));
})"""


@pytest.fixture
def lively_page(plain_page) -> Iterator[PlainPage]:
    """Return the plain page for whoever has not asked for less motion."""
    plain_page.page.emulate_media(reduced_motion="no-preference")
    yield plain_page
    plain_page.page.emulate_media(reduced_motion="reduce")


def test_on_a_step_the_window_glides(lively_page):
    view = View(lively_page, forward(stride=1, padding=0))
    assert view.top.evaluate(STEP) == 1
    view.expect_selected("y", 0, 1)


def test_pointing_moves_nothing(lively_page):
    view = View(lively_page, forward(stride=1, padding=0))
    view.point("y", 2, 2)
    assert view.part("window").evaluate("frame => frame.getAnimations().length") == 0


def test_whoever_asks_for_less_motion_gets_none(plain_page):
    view = View(plain_page, forward(stride=1, padding=0))
    assert view.top.evaluate(STEP) == 0
    view.expect_selected("y", 0, 1)


def test_a_stage_of_very_many_cells_does_not_move(lively_page):
    x, w = np.arange(196).reshape(14, 14) % 5, np.ones((1, 1))
    view = View(lively_page, ConvolutionExplorer(x, w, padding=1))
    assert view.top.evaluate(STEP) == 0


@pytest.mark.parametrize(("stride", "padding", "steps"), [(1, 0, (2, 1)), (2, 1, (1, 2))])
def test_the_window_is_dragged_over_the_input(plain_page, stride, padding, steps):
    view = View(plain_page, forward(stride=stride, padding=padding))
    cell = view.cell("x", 0, 0).bounding_box()
    other = view.cell("x", 1, 1).bounding_box()
    start = other["x"] + other["width"] / 2, other["y"] + other["height"] / 2
    mouse = view.page.mouse
    mouse.move(*start)
    mouse.down()
    down, across = (step * stride * (other[axis] - cell[axis]) for step, axis in zip(steps, "yx", strict=True))
    mouse.move(start[0] + across + 3, start[1] + down + 3)
    view.expect_selected("y", *steps)
    mouse.move(start[0] - 500, start[1] - 500)
    view.expect_selected("y", 0, 0)
    mouse.up()
    mouse.move(start[0] + across, start[1] + down)
    expect(view.part("step")).to_have_text("step 1 of 9")
    assert view.mounted.saved() == 0


def drag(view: View, cell, down: int, across: int = 0, *, keys: str = "") -> None:
    """Drag from the middle of a cell, in two moves."""
    box, mouse = cell.bounding_box(), view.page.mouse
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse.move(x, y)
    mouse.down()
    if keys:
        view.page.keyboard.down(keys)
    mouse.move(x + across / 2, y + down / 2)
    mouse.move(x + across, y + down)
    mouse.up()
    if keys:
        view.page.keyboard.up(keys)
    view.mounted.answered()


def test_a_number_changes_while_its_cell_is_dragged_up_and_one_undo_takes_the_drag_back(plain_page):
    view = View(plain_page, forward())
    drag(view, view.cell("w", 1, 1), -40)
    assert view.explorer.w[0, 0, 1, 1] == W[0, 0, 1, 1] + 5
    view.expect_selected("w", 1, 1)
    view.expect_held(True)
    drag(view, view.cell("w", 1, 1), 24, keys="Shift")
    assert view.explorer.w[0, 0, 1, 1] == pytest.approx(W[0, 0, 1, 1] + 4.7)
    undo = view.button("undo: take the last change back")
    undo.click()
    view.mounted.answered()
    assert view.explorer.w[0, 0, 1, 1] == W[0, 0, 1, 1] + 5
    undo.click()
    view.mounted.answered()
    np.testing.assert_array_equal(view.explorer.w, W)
    expect(undo).to_be_disabled()


def test_the_window_is_dragged_by_any_of_its_cells_but_the_one_that_is_held(plain_page):
    view = View(plain_page, forward(stride=1, padding=0))
    side = view.cell("x", 0, 0).bounding_box()["height"] + 2
    drag(view, view.cell("x", 1, 1), 2 * side, side)
    view.expect_selected("y", 2, 1)
    assert view.mounted.saved() == 0
    view.cell("x", 3, 3).click()
    drag(view, view.cell("x", 3, 3), -16)
    assert view.explorer.x[0, 0, 3, 3] == X[0, 0, 3, 3] + 2


def test_after_an_edit_each_changed_output_shows_the_old_number_for_two_seconds(plain_page):
    view = View(plain_page, forward(stride=1, padding=0))
    before = view.values("y")
    view.cell("x", 0, 0).click()
    view.press("Shift+ArrowUp")
    view.mounted.answered()
    old, new = before[0, 0, 0][1], str(int(before[0, 0, 0][0] + 1)).replace("-", "−")
    expect(view.cell("y", 0, 0)).to_have_text(f"{old} →{new}")
    assert view.marked("y", "changed") == {(0, 0, 0)}
    expect(view.cell("y", 0, 0)).to_have_text(new)


def test_panels_glide_when_a_setting_changes(lively_page):
    view = View(lively_page, forward(stride=1, padding=0))
    moving = view.panel("y").locator(".cnnlab-planes").evaluate_handle("planes => planes")
    view.mounted.push(padding=1)
    assert moving.evaluate("planes => planes.getAnimations().length") == 1
    lively_page.page.emulate_media(reduced_motion="reduce")
    view.page.wait_for_timeout(300)
    view.mounted.push(padding=0)
    assert moving.evaluate("planes => planes.getAnimations().length") == 0


def test_the_frame_and_the_wires_are_at_their_cells_after_a_glide(lively_page):
    lively_page.page.set_viewport_size({"width": 864, "height": 800})
    view = View(lively_page, backward())  # whose height the padding changes, so that it is drawn while it glides
    view.point("y", 1, 1)
    view.page.mouse.move(0, 0)
    view.mounted.push(padding=2)
    view.page.wait_for_timeout(400)
    cells = [cell.bounding_box() for cell in view.panel("x").locator(".cnnlab-hued").all()]
    frame = view.part("window").bounding_box()
    assert (frame["x"], frame["y"]) == pytest.approx((cells[0]["x"] - 2, cells[0]["y"] - 2), abs=1)
    starts = view.top.locator(".cnnlab-wire").evaluate_all(
        "wires => wires.map(wire => Number(wire.getAttribute('d').match(/^M([\\d.]+)/)[1]))"
    )
    assert starts == pytest.approx([cell["x"] + cell["width"] for cell in cells], abs=1)


def test_a_word_says_where_to_begin_until_anything_is_touched(plain_page):
    view = View(plain_page, forward())
    word = view.part("begin")
    expect(word).to_have_text("point here")
    expect(word).to_be_visible()
    view.point("x", 0, 0)
    expect(word).to_be_hidden()


def test_the_word_that_says_where_to_begin_covers_no_other_panel(plain_page):
    view = View.of(plain_page, "ties")  # its output stands before three gradients
    word, output = view.part("begin").bounding_box(), view.panel("dy").locator(".cnnlab-planes").bounding_box()
    assert word["y"] >= output["y"] + output["height"]
    view.page.set_viewport_size({"width": 864, "height": 800})
    view = View(plain_page, ChannelsExplorer(channels=1, filters=1, stride=1))
    bias = view.panel("b")
    before = bias.screenshot()
    view.page.evaluate("document.documentElement.dataset.cnnlabTouched = ''")
    assert bias.screenshot() == before
