"""Every explorer with the keyboard alone: all of it can be reached and used, what has the focus is named and seen."""

from __future__ import annotations

import pytest
from explorers import MAKERS
from playwright.sync_api import expect

MOST = 200  # presses of Tab
NAMES = [name for name in MAKERS if name != "PhotoExplorer of a few cells"]  # its controls are those of the larger one
WITHOUT = (
    "DigitPad",
    "NetworkExplorer",
    "ActivationExplorer",
    "BugExplorer",
    "Predict",
    "Predict with choices",
)  # a slider
SENT = "([number, before]) => models[number].sent.length > before"
# What can be reached: each control that is shown and works, of radio buttons the group, and of each grid one cell; what
# the lens shows goes with the cell that has the focus.
REACHABLE = """root => [
  ...root.querySelectorAll("button:not(.cnnlab-more), input, select, [tabindex='0'], [role=grid]")
].filter(element => !element.matches(".cnnlab-chip") && !element.closest(".cnnlab-closeup")).filter(
  element => element.checkVisibility() && !element.disabled && element.role !== "gridcell").map(element => {
  element.dataset.reach ??= element.type === "radio" ? element.name : String(window.reach = (window.reach ?? 0) + 1);
  return element.dataset.reach;
})"""
# Where the focus is: its place, its name as it is read out, and whether it is outlined.
FOCUSED = """root => {
  const element = document.activeElement;
  if (!root.contains(element)) return null;
  const of = element.closest("[role=grid]") ?? element;
  const style = getComputedStyle(element);
  const name = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent;
  return [of.dataset.reach ?? of.className, name.trim(), style.outlineStyle !== "none" || style.boxShadow !== "none"];
}"""


@pytest.mark.parametrize("name", NAMES)
def test_tab_goes_through_all_that_can_be_used_and_out_again(plain_page, name):
    mounted = plain_page.mount(MAKERS[name]())
    wanted = set(mounted.root.evaluate(REACHABLE))
    mounted.page.evaluate("() => document.body.focus()")
    seen = []
    for _ in range(MOST):
        mounted.page.keyboard.press("Tab")
        focused = mounted.root.evaluate(FOCUSED)
        if focused is None and seen:
            break
        seen.append(focused)
    assert wanted - {place for place, _, _ in seen} == set()
    assert [place for place, text, _ in seen if not text] == []
    assert [(place, text) for place, text, outlined in seen if not outlined] == []
    assert len(seen) < MOST  # the focus does not go round inside


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WITHOUT])
def test_each_slider_goes_by_the_arrow_keys_and_the_explorer_follows(plain_page, name):
    mounted = plain_page.mount(MAKERS[name]())
    sliders = mounted.root.locator(".cnnlab-control input[type=range]")
    assert sliders.count()
    for slider in sliders.all():
        if slider.get_attribute("min") == slider.get_attribute("max"):
            continue
        value, served, sent = slider.input_value(), mounted.explorer.shown["serial"], mounted.sent()
        slider.focus()
        mounted.page.keyboard.press("ArrowRight")
        if slider.input_value() == value:  # it was at its end
            mounted.page.keyboard.press("ArrowLeft")
        mounted.page.wait_for_function(SENT, arg=[mounted.number, sent])
        mounted.answered()
        assert mounted.explorer.shown["serial"] > served
        expect(slider).to_be_focused()


@pytest.mark.parametrize("name", ["ConvolutionExplorer with gradients", "PoolingExplorer", "ActivationExplorer"])
def test_a_number_is_typed_stepped_through_and_taken_back_without_a_mouse(plain_page, name):
    mounted = plain_page.mount(MAKERS[name]())
    cell = mounted.root.locator('[data-panel="x"] .cnnlab-cell[tabindex="0"]').first
    cell.focus()
    place = tuple(map(int, cell.get_attribute("data-cell").split(",")))
    old = mounted.explorer.arrays["x"].copy()
    for key in ("ArrowDown", "ArrowRight", "8", "Enter"):
        mounted.page.keyboard.press(key)
    mounted.answered()
    changed = (mounted.explorer.arrays["x"] != old).nonzero()
    assert [len(indices) for indices in changed] == [1] * old.ndim, place
    assert mounted.explorer.arrays["x"][changed] == 8
    mounted.page.keyboard.press("Control+z")
    mounted.answered()
    assert (mounted.explorer.arrays["x"] == old).all()
    mounted.page.keyboard.press("Escape")
    expect(mounted.root.locator(".cnnlab-stage").first).to_have_attribute("data-held", "false")


def test_enter_goes_from_a_cell_to_its_sum_whose_groups_open(plain_page):
    mounted = plain_page.mount(MAKERS["ChannelsExplorer"]())
    mounted.root.locator('[data-panel="y"] [tabindex="0"]').first.focus()
    for key in ("ArrowRight", "Enter", "Enter"):
        mounted.page.keyboard.press(key)
    group = mounted.root.locator(".cnnlab-group").first
    expect(group).to_be_focused()
    expect(group).to_have_attribute("aria-expanded", "true")
    expect(mounted.root.locator(".cnnlab-strip")).to_contain_text("y[0, 0, 1]")
    assert mounted.root.locator(".cnnlab-chip:not(.cnnlab-group)").count() == 9 + 1  # and the bias


@pytest.mark.parametrize(("name", "given"), [("Predict", "99"), ("Predict with choices", "odd")])
def test_a_question_is_answered_without_a_mouse(plain_page, name, given):
    mounted = plain_page.mount(MAKERS[name]())
    if name == "Predict":
        mounted.root.get_by_role("textbox").focus()
        mounted.page.keyboard.type(given)
        mounted.page.keyboard.press("Enter")
    else:
        mounted.root.get_by_role("radio").first.focus()
        mounted.page.keyboard.press("ArrowDown")
        mounted.root.get_by_role("button", name="check").focus()
        mounted.page.keyboard.press("Space")
    mounted.answered()
    assert mounted.explorer.solved
    expect(mounted.root.get_by_role("status")).to_contain_text("Right")


def test_the_output_is_reached_by_two_keys_and_help_by_one_from_anywhere(plain_page):
    mounted = plain_page.mount(MAKERS["ConvolutionExplorer"]())
    mounted.page.keyboard.press("Tab")
    mounted.page.keyboard.press("Enter")
    assert mounted.page.evaluate("document.activeElement.closest('[data-panel]').dataset.panel") == "y"
    for place in (None, mounted.root.locator(".cnnlab-control input[type=range]").first):
        if place:
            place.focus()
        mounted.page.keyboard.press("?")
        help_ = mounted.page.get_by_role("dialog", name="keys and gestures")
        expect(help_).to_be_visible()
        expect(help_).to_contain_text("one step on")
        mounted.page.keyboard.press("Escape")
        expect(help_).to_be_hidden()
    mounted.root.get_by_role("button", name="help").click()
    expect(help_).to_be_visible()
    help_.get_by_role("button", name="close").click()
    expect(help_).to_be_hidden()
    mounted.page.keyboard.press("Tab")
    box = mounted.root.locator("[data-panel=y] .cnnlab-cell").first
    box.focus()
    mounted.page.keyboard.press("Space")
    expect(mounted.root.locator(".cnnlab-step span")).to_have_text("step 2 of 9")
