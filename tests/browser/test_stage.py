"""A stage on a plain page: selection, sums, steps."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest
from playwright.sync_api import expect
from stage_view import EXPLORERS, View, X, backward, ends_of, forward, pooled, sum_of, two_filters

# --- selection ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXPLORERS)
def test_the_stage_opens_on_its_first_cell_with_a_sum_and_a_sentence(plain_page, name):
    view = View.of(plain_page, name)
    first = view.scene["first"]
    view.expect_selected(first["panel"], *first["cell"])
    view.expect_held(False)
    expect(view.part("sentence")).not_to_be_empty()
    assert view.strip()["terms"]


def test_pointing_at_an_input_cell_lights_just_the_outputs_that_read_it(plain_page):
    view = View(plain_page, forward())
    for cell in [(0, 0), (0, 3), (1, 1), (3, 3), (2, 4), (6, 6), (5, 0), (6, 1)]:
        view.point("x", *cell)
        assert view.marked("y", "lit") == ends_of(1, 0, cell)
        assert view.marked("w", "lit") == ends_of(1, 2, cell)
        assert view.marked("x", "selected") == {(0, *cell)}
    view.point("y", 1, 2)
    assert view.marked("x", "lit") == ends_of(0, 1, (1, 2))
    assert (view.marked("x", "selected"), view.marked("y", "lit")) == (set(), set())


def test_with_gradients_an_input_cell_lights_what_its_gradient_adds_up_and_the_twins(plain_page):
    view = View(plain_page, backward())
    for cell in [(0, 0), (0, 3), (2, 6), (3, 3), (4, 4), (6, 6)]:
        view.point("dx", *cell)
        outputs = ends_of(1, 0, cell)
        assert (view.marked("dy", "lit"), view.marked("y", "twin")) == (outputs, outputs)
        assert view.marked("x", "selected") == view.marked("dx", "selected") == {(0, *cell)}
        assert len(view.strip()["terms"]) == len(outputs)


def test_a_tap_lights_every_pair_it_joins(plain_page):
    view = View(plain_page, backward())
    view.point("w", 0, 2)
    assert view.marked("x", "lit") == ends_of(2, 1, (0, 2))
    assert view.marked("dy", "lit") == {(0, *cell) for cell in product(range(3), range(3))}


@pytest.mark.parametrize("name", [name for name in EXPLORERS if name != "photo"])
def test_the_chips_of_every_cell_add_up_to_its_number(plain_page, name):
    view = View.of(plain_page, name)
    panels = {panel["name"]: panel for panel in view.scene["panels"]}
    for panel in panels:
        for place, strip in view.all_strips(panel):
            shown, cell = place.split(":")
            assert shown == panel
            if strip["total"] is None:
                continue
            told = panels[panels[panel].get("gradient", panel)]
            assert strip["total"] == told["values"][tuple(map(int, cell.split(",")))]
            if name == "max" and panel == "y":
                assert [a for a, b in strip["terms"] if b] == [strip["total"]] == [max(a for a, _ in strip["terms"])]
            elif name == "mean" and panel == "y":
                assert sum_of(strip) == pytest.approx(strip["total"], rel=1e-12)
            elif name != "activation":
                assert sum_of(strip) == pytest.approx(strip["total"], rel=1e-12, abs=1e-12)


def test_a_long_sum_is_grouped_by_channel_and_a_group_opens_on_request(plain_page):
    view = View(plain_page, two_filters())
    view.point("y", 1, 1, 2)
    groups = view.top.locator(".cnnlab-group")
    expect(groups).to_have_count(3)
    subtotals = [total for total, _ in view.strip()["terms"]]
    for k in range(3):
        groups.nth(k).click()
        expect(groups.nth(k)).to_be_focused()
        expect(groups.nth(k)).to_have_attribute("aria-expanded", "true")
        terms = view.strip()["terms"]
        assert len(terms) == 3 + 9
        opened = {"terms": terms[k + 1 : k + 10]}
        assert sum_of(opened) == subtotals[k] == terms[k][0]
    groups.nth(2).click()
    assert [total for total, _ in view.strip()["terms"]] == subtotals
    groups.nth(0).click()
    view.point("y", 1, 1, 1)
    assert len(view.strip()["terms"]) == 3


def test_a_photographs_cell_shows_its_window_enlarged_and_its_sum(plain_page):
    view = View.of(plain_page, "photo")
    canvas = view.panel("y").locator("canvas")
    box = canvas.bounding_box()
    canvas.hover(position={"x": box["width"] * 60.5 / 198, "y": box["height"] * 90.5 / 198})
    view.expect_selected("y", 90, 60)
    photo, _, kernel, feature_map = (panel["values"][0] for panel in view.scene["panels"])
    strip = view.strip()
    assert sum_of(strip) == pytest.approx(feature_map[90, 60], abs=1e-5)
    assert strip["total"] == pytest.approx(feature_map[90, 60], abs=1e-5)
    np.testing.assert_allclose(view.array("window")[0], photo[90:93, 60:63], atol=1e-6)
    assert [b for _, b in strip["terms"]] == kernel.ravel().tolist()
    frame = view.panel("x").locator(".cnnlab-frame").first.bounding_box()
    across = view.panel("x").locator("canvas").bounding_box()["width"] / 200
    assert frame["width"] == pytest.approx(max(5, 3 * across), abs=1)
    view.cell("window", 2, 0).click()  # it only shows cells of x
    view.expect_selected("y", 90, 60)
    view.expect_held(False)


def test_a_click_holds_until_escape_wherever_the_focus_is(plain_page):
    view = View(plain_page, backward())
    hint = view.part("hint")
    expect(hint).to_contain_text("click to hold")
    view.cell("y", 2, 1).click()
    view.expect_held(True)
    expect(hint).to_contain_text("Esc")
    view.cell("x", 3, 3).hover()
    view.cell("w", 1, 1).hover()
    view.expect_selected("y", 2, 1)
    view.press("Escape")
    for focus in (view.slider("S stride"), view.scrub, view.cell("x", 0, 0), view.toggle("wires"), None):
        view.cell("y", 2, 1).click()
        view.expect_held(True)
        if focus:
            focus.focus()
        else:
            view.page.evaluate("() => document.activeElement.blur()")
        view.press("Escape")
        view.expect_held(False)
    view.point("x", 3, 3)
    view.cell("x", 3, 3).click()
    view.cell("dw", 0, 0).click()
    view.expect_selected("dw", 0, 0)
    view.expect_held(True)
    view.cell("dw", 0, 0).click()
    view.expect_held(False)


def test_the_cell_under_the_pointer_is_in_view_at_once_whichever_way_it_goes(plain_page):
    view = View(plain_page, forward())
    view.point("x", 1, 1)
    for row, column in ((2, 1), (3, 1), (3, 2), (2, 2)):
        box = view.cell("x", row, column).bounding_box()
        view.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        assert view.top.get_attribute("data-selected") == f"x:0,{row},{column}"


def test_pointing_at_a_chip_lights_its_two_cells_and_shows_its_wire_alone(plain_page):
    view = View(plain_page, forward())
    view.point("y", 1, 1)
    wires = view.top.locator(".cnnlab-wire")
    many = wires.count()
    assert many > 1
    view.top.locator(".cnnlab-chip").nth(5).hover()
    assert (view.marked("x", "hot"), view.marked("w", "hot")) == ({(0, 3, 4)}, {(0, 1, 2)})
    expect(wires).to_have_count(1)
    view.part("sentence").hover()
    assert view.marked("x", "hot") == set()
    expect(wires).to_have_count(many)


@pytest.mark.parametrize(
    ("op", "texts"),
    [
        ("max", {(0, 0): ["3 wins → y[0, 0]"], (0, 1): ["1 loses → y[0, 0]"]}),
        ("mean", {(0, 0): ["3 / 4 → y[0, 0]"], (4, 4): ["2 / 1 → y[2, 2]"]}),
    ],
)
def test_a_cell_of_a_pooling_says_what_became_of_it(plain_page, op, texts):
    view = View(plain_page, pooled(2, op=op, ceil_mode=True, gradients=False))
    for place, said in texts.items():
        view.point("x", *place)
        assert view.top.locator(".cnnlab-chip").all_text_contents() == said


def test_the_taps_of_the_turned_kernel_have_the_names_they_had_before(plain_page):
    view = View.of(plain_page, "gather")
    view.point("w", 0, 2)
    expect(view.part("sentence")).to_have_text(re.compile(r"^Kernel tap \(2, 0\) is used 49 times, once for"))
    view.point("x", 3, 3)
    expect(view.part("sentence")).to_have_text(re.compile(r"^The inserted zero \(1, 1\) is read by 9 outputs"))


# Takes the first steps, then points at every third cell, or at some forty of very many; says where parts of the stage
# were, and how high it was.
PLACES = """async stage => {
  stage.scrollIntoView(); // else its sum sticks to the end of the window
  const seen = new Set();
  const frame = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const look = async () => {
    await frame();
    const origin = stage.getBoundingClientRect().top;
    const parts = [".cnnlab-panels", ".cnnlab-sentence", ".cnnlab-strip", ".cnnlab-foot"];
    const tops = parts.map(name => Math.round(stage.querySelector(name).getBoundingClientRect().top - origin));
    seen.add([...tops, Math.round(stage.getBoundingClientRect().height)].join());
  };
  for (let step = 0; step < 4; step++) { await look(); stage.querySelector(`[aria-label="one step on"]`).click(); }
  const all = [...stage.querySelectorAll(".cnnlab-cell")], apart = Math.max(3, Math.ceil(all.length / 40));
  const cells = all.filter((_, k) => k % apart === 0);
  for (const cell of cells) {
    cell.dispatchEvent(new PointerEvent("pointermove", { bubbles: true }));
    await look();
  }
  cells[0].click();
  await look();
  return [...seen];
}"""


@pytest.mark.parametrize("name", EXPLORERS)
def test_nothing_moves_while_one_steps_points_and_holds(plain_page, name):
    assert len(View.of(plain_page, name).top.evaluate(PLACES)) == 1


def test_a_note_that_comes_and_goes_moves_nothing(plain_page):
    view = View(plain_page, backward())
    before = view.root.bounding_box()
    view.cell("x", 2, 3).click()
    view.press("Shift+ArrowUp")
    expect(view.part("note")).to_contain_text(re.compile(r"^Nudge: x\[1, 2\] changed by 1, L from"))
    assert view.root.bounding_box() == before
    assert view.explorer.arrays["x"][0, 0, 1, 2] == X[0, 0, 1, 2] + 1
