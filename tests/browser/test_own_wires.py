"""A learner's function on the stage in a browser: its wrong wires are seen, and gone when it is mended."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import expect

from cnnlab.course.exercises import EXERCISES
from cnnlab.lab.explorers import Explorer

WIRES = ".cnnlab-wire.cnnlab-"


def wrong(x, w):
    y = np.zeros((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1))
    for i, j in np.ndindex(y.shape):
        y[i, j] = np.sum(x[i : i + w.shape[0], j : j + w.shape[1]] * w[::-1, ::-1])
    return y


def mended(x, w):
    y = np.zeros((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1))
    for i, j in np.ndindex(y.shape):
        y[i, j] = np.sum(x[i : i + w.shape[0], j : j + w.shape[1]] * w)
    return y


def opened(plain_page, function) -> tuple:
    explorer: Explorer = EXERCISES["conv2d"].explore(function)
    mounted = plain_page.mount(explorer)
    mounted.answered()
    return mounted, mounted.root.locator(".cnnlab-stage")


def chips(strip, state="") -> list[str]:
    return strip.locator(f".cnnlab-chip{state}").all_inner_texts()


def test_a_wrong_wire_is_seen_and_gone_when_the_function_is_mended(plain_page):
    assert not EXERCISES["conv2d"].check(wrong)
    mounted, stage = opened(plain_page, wrong)
    expect(stage).to_have_attribute("data-held", "true")
    expect(stage).to_have_attribute("data-selected", "y:0,0,0")
    expect(stage.locator(".cnnlab-sentence")).to_contain_text(
        "y[0, 0] reads x[0, 0] through w[2, 2]; right is w[0, 0]."
    )
    expect(stage.locator(f"{WIRES}missing")).to_have_count(8)
    expect(stage.locator(f"{WIRES}extra")).to_have_count(8)
    dashes = stage.locator(f"{WIRES}missing").first.evaluate("wire => getComputedStyle(wire).strokeDasharray")
    assert dashes != "none"
    yours, right = stage.locator(".cnnlab-strip").all()
    assert (len(chips(yours)), len(chips(yours, ".cnnlab-extra")), len(chips(yours, ".cnnlab-missing"))) == (9, 8, 0)
    assert (len(chips(right)), len(chips(right, ".cnnlab-missing")), len(chips(right, ".cnnlab-extra"))) == (9, 8, 0)
    totals = [float(strip.locator(".cnnlab-total").get_attribute("data-total")) for strip in (yours, right)]
    x, w = mounted.explorer.arguments_of(mounted.explorer.now()).values()
    assert totals == [wrong(x, w)[0, 0], mended(x, w)[0, 0]]
    yours.locator(".cnnlab-chip.cnnlab-extra").first.hover()
    expect(stage.locator(".cnnlab-wire")).to_have_count(1)
    expect(stage.locator(f"{WIRES}extra")).to_have_count(1)

    slider = mounted.root.get_by_role("slider", name="input").first
    slider.fill("6")
    mounted.answered()
    expect(stage.locator('.cnnlab-cell[data-mark="wrong"]')).to_have_count(16)

    mounted, stage = opened(plain_page, mended)
    expect(stage.locator(".cnnlab-strip")).to_have_count(1)
    expect(stage.locator(".cnnlab-wire").first).to_be_attached()
    assert stage.locator(f"{WIRES}missing, {WIRES}extra").count() == 0
    expect(stage).to_have_attribute("data-held", "false")
    assert not plain_page.errors


def test_the_tabs_change_the_result_and_a_line_stands_in_place_of_numbers(plain_page):
    exercise = EXERCISES["conv2d_backward"]
    mounted = plain_page.mount(exercise.explore(exercise.mistakes["dw turned"]))
    stage = mounted.root.locator(".cnnlab-stage")
    expect(stage).to_have_attribute("data-selected", "dw:0,0,0")
    mounted.root.get_by_role("button", name="dx", exact=True).click()
    mounted.answered()
    expect(stage).to_have_attribute("data-selected", "dx:0,0,0")
    assert stage.locator(f"{WIRES}missing, {WIRES}extra").count() == 0

    failing = plain_page.mount(EXERCISES["conv2d"].explore(lambda x, w: mended(x, w) if x.size > 1 else x @ x[:0]))
    expect(failing.root.locator(".cnnlab-wrong")).to_contain_text("It raised ValueError")
    failing.root.get_by_role("slider", name="input").fill("2")
    failing.answered()
    expect(failing.root.locator(".cnnlab-stage")).to_be_attached()
    assert failing.root.evaluate("element => element.offsetHeight") <= 660


def test_a_bias_that_is_forgotten_is_a_dashed_term_of_the_right_sum(plain_page):
    exercise = EXERCISES["conv_layer"]
    mounted = plain_page.mount(exercise.explore(exercise.mistakes["no bias"]))
    stage = mounted.root.locator(".cnnlab-stage")
    yours, right = stage.locator(".cnnlab-strip").all()
    assert (len(chips(yours)), chips(yours, ".cnnlab-missing")) == (1, [])
    b = mounted.explorer.arguments_of(mounted.explorer.now())["b"][0]
    assert (len(chips(right)), chips(right, ".cnnlab-missing")) == (2, [f"{b:g}".replace("-", "−")])
    expect(stage.locator(f"{WIRES}missing")).to_have_count(1)
    stage.locator('[data-panel="b"] .cnnlab-cell').first.click()
    expect(yours).to_contain_text("b[0] takes part in")
    assert set(chips(yours)) == set(chips(yours, ".cnnlab-missing"))
    expect(right).to_have_text("")


def test_a_weight_is_written_behind_its_cell(plain_page):
    exercise = EXERCISES["mean_pool"]
    mounted = plain_page.mount(exercise.explore(exercise.mistakes["not divided"]))
    yours, right = mounted.root.locator(".cnnlab-strip").all()
    assert [f"{chip}·0.25" for chip in chips(yours, ".cnnlab-extra")] == chips(right, ".cnnlab-missing")
