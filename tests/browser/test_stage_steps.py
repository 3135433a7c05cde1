"""A stage on a plain page: stepping through the outputs, and playing."""

from __future__ import annotations

from itertools import product

import numpy as np
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
    view.expect_selected("y", 0, 0)
    view.cell("y", 1, 1).click()
    expect(view.button("play")).to_be_visible()
    view.button("play").click()
    view.press("Escape")
    expect(view.button("play")).to_be_visible()


def test_y_is_made_before_ones_eyes_and_what_lands_next_can_be_predicted(fresh_page):
    view = View(fresh_page, forward())
    stop_the_clock(view.page)
    made = [str(int(number)) for number in view.explorer.y.ravel()]
    texts = view.panel("y").locator(".cnnlab-cell")
    minus = [text.replace("-", "−") for text in made]
    view.button("play").click()
    expect(texts).to_have_text([minus[0], "?", *[""] * 7])
    view.page.clock.run_for(1400)
    expect(texts).to_have_text([*minus[:3], "?", *[""] * 5])
    view.button("pause").click()
    for k, (typed, said) in enumerate([(made[3], "✓ Right"), ("99", "✗ Not 99")], start=3):
        texts.nth(k).click()
        view.page.keyboard.type(typed)
        view.press("Enter")
        expect(view.part("sentence")).to_contain_text(f"{said}: y[1, {k - 3}] = {minus[k]}.")
        expect(texts.nth(k)).to_have_text(minus[k])
    view.point("y", 2, 2)
    assert view.strip()["total"] is None  # it would give the number away
    view.press("Escape")
    expect(texts).to_have_text(minus)
    assert view.mounted.saved() == 0


def test_where_nobody_points_the_first_explorer_plays_once_and_stops_for_any_input(fresh_page):
    page = fresh_page.page
    page.emulate_media(reduced_motion="no-preference")
    page.add_init_script("Object.defineProperty(navigator, 'webdriver', { value: false })")
    covered = forward()
    covered.cover("a question")
    view = View(fresh_page, covered)
    first, second = View(fresh_page, forward()), View(fresh_page, forward())
    second.root.scroll_into_view_if_needed()
    first.root.scroll_into_view_if_needed()
    expect(first.button("pause")).to_be_visible(timeout=9000)
    expect(second.button("play")).to_be_visible()
    expect(first.panel("y").locator(".cnnlab-awaited").first).to_be_visible()
    page.mouse.move(5, 5)
    expect(first.button("play")).to_be_visible()
    expect(first.panel("y").locator(".cnnlab-awaited")).to_have_count(0)
    expect(view.button("play")).to_be_hidden()
    page.wait_for_timeout(7000)
    expect(first.button("play")).to_be_visible()  # once


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
