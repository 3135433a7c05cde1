"""Drawing on the pad in a browser: with mouse, touch and keyboard, on two at once, and what is left of one."""

from __future__ import annotations

import re

import numpy as np
import pytest
from pad_view import SHOWN, PadView
from plain_page import settle
from playwright.sync_api import expect

HEAR_KEYS = "() => { window.heard = []; document.addEventListener('keydown', event => window.heard.push(event.key)); }"
# Moves the pointer many times within one frame, and says in how many frames the pad sent anything.
STORM = """async ([index, count]) => {
  const surface = document.querySelectorAll(".cnnlab-pad-surface")[index];
  const box = surface.getBoundingClientRect();
  for (let k = 0; k < count; k++)
    surface.dispatchEvent(new PointerEvent("pointermove", {
      pointerId: 1, clientX: box.left + box.width * (0.2 + 0.6 * k / count), clientY: box.top + box.height / 2 }));
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


# Notes when the kernel was told anything.
TIMES = """() => {
  const model = models[0], save = model.save_changes.bind(model);
  window.times = [];
  model.save_changes = () => { times.push(performance.now()); save(); };
}"""


@pytest.fixture
def pad(plain_page) -> PadView:
    return PadView(plain_page)


def press(view, key, times):
    """Press a key on the pad a number of times."""
    for _ in range(times):
        view.surface.press(key)


# --- drawing --------------------------------------------------------------------------------------------------------


def test_a_stroke_is_as_wide_as_the_pen_and_as_long_as_the_mouse_went(pad):
    pad.stroke([(0.25, 0.5), (0.75, 0.5)])
    pad.settle()
    rows, columns = pad.bitmap().nonzero()
    assert (rows.min(), rows.max()) == (14, 17)
    assert (columns.min(), columns.max()) == (6, 25)
    assert pad.bitmap()[14:18, 8:24].all()


def test_a_stroke_that_leaves_the_pad_goes_on_when_it_comes_back(pad):
    pad.stroke([(0.5, 0.5), (1.3, 0.5), (1.3, 0.9), (0.5, 0.9)])
    pad.settle()
    assert pad.bitmap()[16, 16:].all()
    assert pad.bitmap()[28, 16:].all()
    assert not pad.bitmap()[20:26].any()


def test_the_other_mouse_buttons_do_not_draw(pad):
    pad.surface.click(button="middle")
    pad.settle()
    assert (pad.picture(), pad.mounted.saved()) == ("", 0)


def test_during_a_stroke_the_kernel_is_told_now_and_then_and_at_its_end_at_once(pad):
    pad.page.evaluate(TIMES)
    pad.mouse.move(*pad.place(0.1, 0.5))
    pad.mouse.down()
    for k in range(40):
        pad.mouse.move(*pad.place(0.1 + k / 50, 0.5))
        pad.page.wait_for_timeout(12)
    end = pad.page.evaluate("performance.now()")
    pad.mouse.up()
    pad.settle()
    told = np.array(pad.page.evaluate("times"))
    during = told[told < end]
    assert 3 <= len(during) <= 1 + (end - during[0]) / 120
    assert np.diff(during).min() > 110
    assert len(told) <= len(during) + 1
    assert pad.bitmap()[16, 4:28].all()


def test_a_storm_of_moves_is_one_message_a_frame_and_none_while_one_is_not_answered(pad):
    pad.mouse.move(*pad.place(0.2, 0.5))
    pad.mouse.down()
    pad.settle()
    assert pad.mounted.saved() == 1
    pad.page.evaluate(STORM, [0, 200])
    pad.settle()
    assert pad.mounted.saved() == 2
    pad.mounted.hold()
    for k in range(5):
        pad.mouse.move(*pad.place(0.2 + k / 10, 0.8))
        settle(pad.page)
    assert pad.mounted.saved() == 3
    pad.mounted.release()
    pad.mouse.up()
    pad.settle()
    assert pad.mounted.saved() == 4
    assert pad.bitmap()[16, 7:25].all()
    assert pad.bitmap()[26, 8:19].all()


def test_a_cleared_pad_asks_for_a_digit_again(pad):
    pad.draw(7)
    expect(pad.root.locator(".cnnlab-title")).to_contain_text("It says 7")
    pad.button("clear").click()
    expect(pad.root.locator(".cnnlab-title")).to_have_text("Draw a digit.")
    expect(pad.root.locator(".cnnlab-pad-hint")).to_be_visible()
    expect(pad.root.locator(".cnnlab-best")).to_have_count(0)


# --- keyboard -------------------------------------------------------------------------------------------------------


def test_a_seven_drawn_with_the_arrow_keys_is_answered_right(pad):
    pad.surface.focus()
    press(pad, "Shift+ArrowLeft", 2)
    press(pad, "Shift+ArrowUp", 3)
    pad.surface.press(" ")
    press(pad, "ArrowRight", 15)
    for _ in range(8):
        press(pad, "ArrowDown", 3)
        pad.surface.press("ArrowLeft")
    pad.surface.press("Enter")
    press(pad, "Shift+ArrowUp", 3)  # the pen is up: nothing is drawn
    pad.settle()
    rows, columns = pad.bitmap().nonzero()
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (3, 29, 7, 24)
    assert pad.digit_pad.answer == 7
    expect(pad.root.locator(".cnnlab-pad .cnnlab-live")).to_have_text("row 16, column 15, pen up")


def test_delete_clears(pad):
    pad.surface.press(" ")
    pad.surface.press("Shift+ArrowDown")
    pad.surface.press("Delete")
    pad.settle()
    assert (pad.picture(), pad.bitmap().sum()) == ("", 0)


def test_the_pen_is_lifted_where_the_focus_leaves(pad):
    pad.surface.press(" ")
    pad.surface.press("Tab")
    pad.surface.press("ArrowDown")
    pad.settle()
    assert pad.bitmap().any(axis=1).sum() == 3
    expect(pad.root.locator(".cnnlab-pad-pen")).not_to_have_class(re.compile("cnnlab-pad-down"))


def test_keys_do_not_reach_the_host_but_shortcuts_with_ctrl_do(pad):
    pad.page.evaluate(HEAR_KEYS)
    for key in ("ArrowDown", "Shift+ArrowUp", " ", "Enter", "Delete", "Backspace", "a", "d", "Escape", "Control+b"):
        pad.surface.press(key)
    pad.surface.press(" ")
    pad.button("clear").press("Enter")
    assert pad.page.evaluate("heard") == ["Control", "b"]


# --- several, and the end -------------------------------------------------------------------------------------------


def test_two_pads_are_drawn_on_at_once_by_touch(plain_page):
    first, second = PadView(plain_page), PadView(plain_page)
    client = plain_page.page.context.new_cdp_session(plain_page.page)
    lines = [(first, (0.3, 0.3), (0.3, 0.7)), (second, (0.3, 0.5), (0.7, 0.5))]

    def touch(kind, end):
        places = [view.place(*ends[end]) for view, *ends in lines] if kind != "touchEnd" else []
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    for kind, end in (("touchStart", 0), ("touchMove", 1), ("touchEnd", 1)):
        touch(kind, end)
    first.settle()
    assert first.bitmap()[10:22, 9].all()
    assert second.bitmap()[16, 10:22].all()
    assert max(first.bitmap().any(axis=0).sum(), second.bitmap().any(axis=1).sum()) <= 4
    first.draw(3)
    assert second.bitmap().any(axis=1).sum() <= 4


def test_a_bitmap_set_from_python_is_shown(pad):
    pad.draw(3)
    pad.mounted.push(bitmap=np.arange(1024).reshape(32, 32) < 2)
    assert pad.picture() == "M0,0h1v1h-1zM1,0h1v1h-1z"


def test_the_echo_of_a_bitmap_does_not_take_back_what_was_drawn_since(pad):
    pad.mounted.hold()
    pad.stroke([(0.2, 0.2), (0.8, 0.2)])
    settle(pad.page)
    pad.mouse.move(*pad.place(0.2, 0.8))
    pad.mouse.down()
    settle(pad.page)
    pad.mounted.release()
    pad.mouse.move(*pad.place(0.8, 0.8), steps=4)
    pad.mouse.up()
    pad.settle()
    assert pad.bitmap()[6, 8:24].all()
    assert pad.bitmap()[26, 8:24].all()


def test_two_views_of_one_pad_show_the_same_drawing(plain_page):
    pad = PadView(plain_page)
    again = plain_page.again(pad.mounted)
    pad.draw(3)
    assert pad.picture()
    assert again.get_by_role("application", name="Drawing pad").evaluate(SHOWN) == pad.picture()
    again.get_by_role("button", name="clear", exact=True).click()
    pad.settle()
    assert (pad.picture(), pad.digit_pad.answer) == ("", None)


def test_nothing_is_left_of_a_pad_that_was_removed(plain_page):
    pad = PadView(plain_page)
    assert pad.mounted.listening() == 3  # what it shows, whether the kernel answers, and whether it is gone
    pad.draw(7)
    saved = pad.mounted.saved()
    pad.page.evaluate("() => { document.querySelector('.cnnlab-pad button').click(); unmount(0); }")
    pad.settle()
    assert (pad.mounted.listening(), pad.mounted.saved()) == (0, saved)
    expect(pad.page.locator("[class*=cnnlab]")).to_have_count(0)
