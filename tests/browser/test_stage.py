"""The stage by itself, on a plain page: selection, sums, steps, toggles and looks."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest
from playwright.sync_api import expect
from stage_view import SCENES, View, X, backward, ends_of, forward, sum_of

from cnnlab.scenes import pooling_scene

# --- selection ------------------------------------------------------------------------------------------------------


def test_the_stage_opens_on_the_first_step_with_a_sum_and_a_sentence(stage_page):
    for name, scene in SCENES.items():
        view = View(stage_page, scene())
        steps = "dy" if name in ("scatter", "ties") else "y"
        view.expect_selected(steps, *(scene().get("start") or (0, 0)))
        expect(view.top).to_have_attribute("data-pinned", "false")
        expect(view.root.locator(".cnnlab-sentence")).not_to_be_empty()
        assert view.strip()["terms"]


def test_pointing_at_an_input_cell_lights_just_the_outputs_that_read_it(stage_page):
    view = View(stage_page, forward())
    for cell in [(0, 0), (0, 3), (1, 1), (3, 3), (2, 4), (6, 6), (5, 0), (6, 1)]:
        view.point("x", *cell)
        assert view.marked("y", "lit") == ends_of(1, 0, cell)
        assert view.marked("w", "lit") == ends_of(1, 2, cell)
        assert view.marked("x", "selected") == {(0, *cell)}
    view.point("y", 1, 2)
    assert view.marked("x", "lit") == ends_of(0, 1, (1, 2))
    assert (view.marked("x", "selected"), view.marked("y", "lit")) == (set(), set())


def test_with_gradients_an_input_cell_lights_what_its_gradient_adds_up(stage_page):
    view = View(stage_page, backward())
    for cell in [(0, 0), (0, 3), (2, 6), (3, 3), (4, 4), (6, 6)]:
        view.point("dx", *cell)
        outputs = ends_of(1, 0, cell)
        assert (view.marked("dy", "lit"), view.marked("y", "twin")) == (outputs, outputs)
        assert view.marked("x", "selected") == view.marked("dx", "selected") == {(0, *cell)}
        assert len(view.strip()["terms"]) == len(outputs)


def test_a_tap_lights_every_pair_it_joins(stage_page):
    view = View(stage_page, backward())
    view.point("w", 0, 2)
    assert view.marked("x", "lit") == ends_of(2, 1, (0, 2))
    assert view.marked("dy", "lit") == {(0, *cell) for cell in product(range(3), range(3))}


@pytest.mark.parametrize("name", [name for name in SCENES if name != "photo"])
def test_the_chips_of_every_cell_add_up_to_its_number(stage_page, name):
    scene = SCENES[name]()
    view = View(stage_page, scene)
    for panel in scene["panels"]:
        for place, strip in view.all_strips(panel["name"]):
            name, cell = place.split(":")
            assert name == panel["name"]
            if strip["total"] is None:
                continue
            if scene["op"] == "max" and name == "y":
                assert [a for a, b in strip["terms"] if b] == [strip["total"]] == [max(a for a, _ in strip["terms"])]
            else:
                assert sum_of(strip) == pytest.approx(strip["total"], rel=1e-12, abs=1e-12)
            shown = "d" + name if f"d{name}" in {p["name"] for p in scene["panels"]} and name in "xwb" else name
            values = next(p["values"] for p in scene["panels"] if p["name"] == shown)
            assert strip["total"] == values[tuple(map(int, cell.split(",")))]


def test_a_photographs_cell_shows_its_window_enlarged_and_its_sum(stage_page):
    scene = SCENES["photo"]()
    view = View(stage_page, scene)
    canvas = view.panel("y").locator("canvas")
    box = canvas.bounding_box()
    canvas.hover(position={"x": box["width"] * 60.5 / 198, "y": box["height"] * 90.5 / 198})
    view.expect_selected("y", 90, 60)
    photo, _, kernel, feature_map = (panel["values"][0] for panel in scene["panels"])
    strip = view.strip()
    assert sum_of(strip) == pytest.approx(feature_map[90, 60], abs=1e-5)
    assert strip["total"] == pytest.approx(feature_map[90, 60], abs=1e-5)
    window = [value for value, _ in view.values("window").values()]
    np.testing.assert_allclose(window, photo[90:93, 60:63].ravel(), atol=1e-6)
    assert [b for _, b in strip["terms"]] == kernel.ravel().tolist()
    frame = view.panel("x").locator(".cnnlab-frame").first.bounding_box()
    across = view.panel("x").locator("canvas").bounding_box()["width"] / 200
    assert frame["width"] == pytest.approx(max(5, 3 * across), abs=1)
    view.cell("window", 2, 0).click()
    view.expect_selected("x", 92, 60)


def test_a_click_pins_until_escape(stage_page):
    view = View(stage_page, backward())
    view.cell("y", 2, 1).click()
    expect(view.top).to_have_attribute("data-pinned", "true")
    view.cell("x", 3, 3).hover()
    view.cell("w", 1, 1).hover()
    view.expect_selected("y", 2, 1)
    view.page.keyboard.press("Escape")
    expect(view.top).to_have_attribute("data-pinned", "false")
    view.point("x", 3, 3)
    view.cell("x", 3, 3).click()
    view.cell("dw", 0, 0).click()
    view.expect_selected("dw", 0, 0)
    expect(view.top).to_have_attribute("data-pinned", "true")
    view.cell("dw", 0, 0).click()
    expect(view.top).to_have_attribute("data-pinned", "false")


def test_pointing_at_a_chip_lights_its_two_cells_and_its_wire(stage_page):
    view = View(stage_page, forward())
    view.point("y", 1, 1)
    view.root.locator(".cnnlab-chip").nth(5).hover()
    assert (view.marked("x", "hot"), view.marked("w", "hot")) == ({(0, 3, 4)}, {(0, 1, 2)})
    expect(view.root.locator("path.cnnlab-hot")).to_have_count(1)
    view.root.locator(".cnnlab-sentence").hover()
    assert view.marked("x", "hot") == set()
    expect(view.root.locator(".cnnlab-wire")).to_have_count(9)


@pytest.mark.parametrize(
    ("op", "texts"),
    [
        ("max", {(0, 0): ["3 wins → y[0, 0]"], (0, 1): ["1 loses → y[0, 0]"]}),
        ("mean", {(0, 0): ["3 / 4 → y[0, 0]"], (4, 4): ["2 / 1 → y[2, 2]"]}),
    ],
)
def test_a_cell_of_a_pooling_says_what_became_of_it(stage_page, op, texts):
    view = View(stage_page, pooling_scene(X, 2, op=op, stride=2, ceil_mode=True))
    for place, said in texts.items():
        view.point("x", *place)
        assert view.root.locator(".cnnlab-chip").all_text_contents() == said


# --- steps ----------------------------------------------------------------------------------------------------------


def test_the_buttons_and_the_scrubber_step_through_the_outputs(stage_page):
    view = View(stage_page, forward())
    step = view.root.locator(".cnnlab-step")
    expect(step).to_have_text("step 1 of 9")
    view.button("one step back").click()
    view.expect_selected("y", 0, 0)
    for place in product(range(3), range(3)):
        view.expect_selected("y", *place)
        view.button("one step on").click()
    view.expect_selected("y", 2, 2)
    view.button("one step back").click()
    expect(step).to_have_text("step 8 of 9")
    scrub = view.root.get_by_role("slider", name="step")
    scrub.focus()
    view.page.keyboard.press("Home")
    view.expect_selected("y", 0, 0)
    scrub.fill("5")
    view.expect_selected("y", 1, 1)
    view.point("x", 0, 0)
    expect(step).to_have_text("step 5 of 9")


def test_play_steps_on_by_itself_until_it_is_paused(stage_page):
    view = View(stage_page, forward())
    view.page.clock.install()
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
    view.page.clock.run_for(6 * 700)
    view.expect_selected("y", 0, 0)
    view.cell("y", 1, 1).click()
    expect(view.button("play")).to_be_visible()


def test_each_step_of_the_scatter_adds_one_share(stage_page):
    scene = SCENES["scatter"]()
    view = View(stage_page, scene)
    for frame in scene["panels"][-1]["frames"]:
        assert [value for value, _ in view.values("dx").values()] == frame.ravel().tolist()
        view.button("one step on").click()
    view.button("one step back").click()
    view.point("dx", 3, 3)
    assert view.values("dx")[0, 3, 3][0] == scene["panels"][-1]["frames"][-1][3, 3]


def test_playing_rests_on_what_the_scatter_has_added_up(stage_page):
    view = View(stage_page, SCENES["scatter"]())
    view.page.clock.install()
    view.button("play").click()
    view.page.clock.run_for(20 * 700)
    expect(view.button("play")).to_be_visible()
    expect(view.root.locator(".cnnlab-step")).to_have_text("step 9 of 9")
    view.button("play").click()
    view.page.clock.run_for(700)
    expect(view.root.locator(".cnnlab-step")).to_have_text("step 1 of 9")


def test_the_taps_of_the_turned_kernel_have_the_names_they_had_before(stage_page):
    view = View(stage_page, SCENES["gather"]())
    view.point("y", 3, 3)
    titles = [
        chip.get_attribute("title").split(" = ")[0].split(" · ")[1] for chip in view.root.locator(".cnnlab-chip").all()
    ]
    assert titles == [f"w[{r}, {c}]" for r, c in product((2, 1, 0), (2, 1, 0))]
    view.point("w", 0, 2)
    expect(view.root.locator(".cnnlab-sentence")).to_have_text(
        re.compile(r"^Kernel tap \(2, 0\) is used 49 times, once for")
    )
    view.point("x", 3, 3)
    expect(view.root.locator(".cnnlab-sentence")).to_have_text(
        re.compile(r"^The inserted zero \(1, 1\) is read by 9 cells")
    )


# Goes through the first steps, then points at every fifth cell; returns the tops of panels and strip that were seen.
TOPS = """root => {
  const seen = new Set();
  const look = () => seen.add([".cnnlab-panels", ".cnnlab-strip"].map(
    name => root.querySelector(name).getBoundingClientRect().top - root.getBoundingClientRect().top).join());
  for (let step = 0; step < 9; step++) { look(); root.querySelector(".cnnlab-next").click(); }
  root.querySelectorAll(".cnnlab-cell").forEach((cell, k) => {
    if (k % 5) return;
    cell.dispatchEvent(new PointerEvent("pointermove", { bubbles: true }));
    look();
  });
  return [...seen];
}"""


def test_panels_and_strip_stand_still_while_one_steps_and_points(stage_page):
    for scene in SCENES.values():
        assert len(View(stage_page, scene()).root.evaluate(TOPS)) == 1
