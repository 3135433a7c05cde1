"""A stage on a plain page: stepping through the outputs, and playing."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from playwright.sync_api import expect
from stage_view import View, forward


def test_the_buttons_and_the_scrubber_step_through_the_outputs_and_tell_the_kernel_nothing(plain_page):
    view = View(plain_page, forward())
    step = view.part("step")
    expect(step).to_have_text("step 1 of 9")
    view.button("one step back").click()
    view.expect_selected("y", 0, 0)
    for place in product(range(3), range(3)):
        view.expect_selected("y", *place)
        view.button("one step on").click()
    view.expect_selected("y", 2, 2)
    view.button("one step back").click()
    expect(step).to_have_text("step 8 of 9")
    view.scrub.focus()
    view.press("Home")
    view.expect_selected("y", 0, 0)
    view.scrub.fill("5")
    view.expect_selected("y", 1, 1)
    view.point("x", 0, 0)
    expect(step).to_have_text("step 5 of 9")
    view.cell("x", 0, 0).click()
    view.press("ArrowDown", "ArrowRight", "Escape")
    assert (view.mounted.saved(), view.mounted.sent()) == (0, 0)


def stop_the_clock(page):
    """Let time pass only where a test says so."""
    page.clock.install(time=0)
    page.clock.pause_at(1000)


def test_play_steps_on_by_itself_until_it_is_paused_and_rests_at_the_end(fresh_page):
    view = View(fresh_page, forward())
    stop_the_clock(view.page)
    view.button("play").click()
    for step in (1, 2, 3):
        view.page.clock.run_for(700)
        view.expect_selected("y", step // 3, step % 3)
    view.cell("x", 3, 3).hover()
    view.expect_selected("y", 1, 0)
    view.button("pause").click()
    view.page.clock.run_for(5000)
    view.expect_selected("y", 1, 0)
    view.button("play").click()
    view.page.clock.run_for(20 * 700)
    view.expect_selected("y", 2, 2)
    expect(view.button("play")).to_be_visible()
    view.button("play").click()
    view.page.clock.run_for(700)
    view.expect_selected("y", 0, 0)
    view.cell("y", 1, 1).click()
    expect(view.button("play")).to_be_visible()
    view.button("play").click()
    view.press("Escape")
    expect(view.button("play")).to_be_visible()


@pytest.mark.parametrize(("speed", "pause"), [("½×", 1400), ("1×", 700), ("3×", 230)])
def test_the_speed_of_playing_can_be_chosen_also_meanwhile(fresh_page, speed, pause):
    view = View(fresh_page, forward())
    stop_the_clock(view.page)
    view.button("play").click()
    view.top.get_by_role("combobox", name="speed of playing").select_option(speed)
    view.page.clock.run_for(pause - 20)
    expect(view.part("step")).to_have_text("step 1 of 9")
    view.page.clock.run_for(2 * pause)
    expect(view.part("step")).to_have_text("step 3 of 9")


def test_each_step_of_the_scatter_adds_one_share(plain_page):
    view = View.of(plain_page, "scatter")
    frames = view.scene["panels"][-1]["frames"]
    for frame in frames:
        np.testing.assert_array_equal(view.array("dx")[0], frame[0])
        view.button("one step on").click()
    view.button("one step back").click()
    view.point("dx", 3, 3)
    np.testing.assert_array_equal(view.array("dx")[0], frames[-1, 0])


def test_playing_rests_on_what_the_scatter_has_added_up(fresh_page):
    view = View.of(fresh_page, "scatter")
    stop_the_clock(view.page)
    view.button("play").click()
    view.page.clock.run_for(20 * 700)
    expect(view.button("play")).to_be_visible()
    expect(view.part("step")).to_have_text("step 9 of 9")
    np.testing.assert_array_equal(view.array("dx"), view.sent_values("dx"))
    view.button("play").click()
    view.page.clock.run_for(700)
    expect(view.part("step")).to_have_text("step 1 of 9")
