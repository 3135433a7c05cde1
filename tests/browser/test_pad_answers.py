"""What the pad shows of the answers, how it looks, and the whole way through JupyterLab and its kernel."""

from __future__ import annotations

import re

import numpy as np
import pytest
from numpy.testing import assert_allclose
from pad_view import DIGITS, PadView, arc, draw_stroke
from playwright.sync_api import expect

BARS = """root => [...root.querySelectorAll(".cnnlab-bars tr")].map(row => [+row.dataset.value, row.innerText])"""

REDS = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return Array.from({ length: data.length / 4 }, (_, k) => data[4 * k]);
}"""


@pytest.fixture
def pad(plain_page) -> PadView:
    return PadView(plain_page)


# --- answers --------------------------------------------------------------------------------------------------------


def test_an_empty_pad_asks_for_a_digit_and_picks_out_no_answer(pad):
    expect(pad.surface).to_contain_text("draw a digit")
    expect(pad.root.locator(".cnnlab-pad-hint")).to_be_visible()
    expect(pad.root.locator(".cnnlab-title")).to_have_text("Draw a digit.")
    expect(pad.root.locator(".cnnlab-best")).to_have_count(0)
    assert (pad.picture(), pad.mounted.saved()) == ("", 0)


@pytest.mark.parametrize("digit", [3, 7])
def test_a_digit_drawn_by_mouse_is_answered_right(pad, digit):
    pad.draw(digit)
    expect(pad.root.locator(".cnnlab-title")).to_have_text(re.compile(rf"^It says {digit}, .+ % sure\.$"))
    expect(pad.root.locator(".cnnlab-pad-hint")).to_be_hidden()
    assert pad.digit_pad.answer == digit


def test_all_ten_digits_drawn_as_in_the_data_set_are_answered_and_at_most_one_wrong(pad):
    answers = {}
    for digit in DIGITS:
        pad.surface.press("Delete")
        pad.draw(digit)
        answers[digit] = pad.digit_pad.answer
    assert sum(answer == digit for digit, answer in answers.items()) >= 9, answers


def test_the_image_and_a_bar_for_each_digit_are_shown_and_the_winner_by_more_than_its_colour(pad):
    pad.draw(3)
    reds = pad.root.locator("[data-panel=normal] canvas").evaluate(REDS)
    assert np.corrcoef(reds, pad.digit_pad.image.ravel())[0, 1] < -0.99  # ink is blue
    numbers, texts = zip(*pad.root.evaluate(BARS), strict=True)
    assert_allclose(numbers, pad.digit_pad.probabilities)
    assert [re.split(r"\s+", text)[0] for text in texts] == list("0123456789")
    assert all(text.endswith("%") for text in texts)
    winner = pad.root.locator(".cnnlab-best")
    expect(winner.locator("th")).to_have_text("3")
    expect(winner.locator("td").last).to_have_css("font-weight", "700")
    expect(pad.root.locator(".cnnlab-bars tr:not(.cnnlab-best) td").last).to_have_css("font-weight", "400")


# --- looks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 900, 600, 400])
def test_nothing_overflows_sideways(pad, width):
    pad.page.set_viewport_size({"width": width, "height": 900})
    pad.draw(7)
    assert pad.root.locator(".cnnlab-scroller").evaluate("root => root.scrollWidth - root.clientWidth") == 0
    assert pad.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_dark_theme_draws_light_strokes(pad):
    fills = []
    for light in ("true", "false"):
        pad.page.evaluate("light => document.body.setAttribute('data-jp-theme-light', light)", light)
        fills.append(pad.surface.locator("path").evaluate("path => getComputedStyle(path).fill"))
    assert fills == ["rgb(31, 35, 40)", "rgb(240, 243, 246)"]


def test_the_pad_is_named_and_its_answer_is_said(pad):
    expect(pad.surface).to_have_attribute("aria-label", re.compile(r"^Drawing pad, 32×32 cells\. Arrow keys move"))
    expect(pad.surface).to_have_attribute("tabindex", "0")
    expect(pad.surface).to_have_css("touch-action", "none")
    live = pad.root.locator("[aria-live=polite]", has_text="Draw a digit.")
    pad.stroke(arc(0.5, 0.5, 0.25, 0.38, -90, -450))
    pad.settle()
    expect(live).to_have_count(0)
    expect(pad.root.locator("[aria-live=polite]", has_text="It says 0")).to_have_count(1)
    expect(pad.root.get_by_role("table", name="softmax")).to_have_count(1)
    assert pad.root.locator("[id]").count() == 0


# --- with a kernel --------------------------------------------------------------------------------------------------

NOTEBOOK = """
from cnnlab import load_mnist, trained_network
from cnnlab.lab import DigitPad, NetworkExplorer
model = trained_network()
explorer = NetworkExplorer(model, load_mnist().x_test)
pad = DigitPad(model, explorer=explorer)
"""


def test_in_jupyterlab_a_three_and_a_seven_are_answered_as_they_are_drawn_and_the_explorer_shows_their_maps(lab):
    lab.new(NOTEBOOK, "pad", "explorer")
    lab.run_all()
    output, maps = lab.output(1), lab.output(2)
    surface = output.get_by_role("application", name="Drawing pad")
    expect(maps.locator(".cnnlab-stage").last).to_be_visible()
    surface.scroll_into_view_if_needed()
    for digit in (3, 7):
        for points in DIGITS[digit]:
            draw_stroke(surface, points)
        for title in (output, maps):
            expect(title.locator(".cnnlab-title")).to_contain_text(f"It says {digit}")
        lab.screenshot(f"pad-lab-{digit}")
        with lab.silence():
            surface.press("ArrowDown")  # moving the pen is the browser's own affair
        output.get_by_role("button", name="clear").click()
    expect(output.locator(".cnnlab-title")).to_have_text("Draw a digit.")
