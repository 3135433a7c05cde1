"""A whole network in a browser: its maps are pictures, and what one points at changes everything together."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from playwright.sync_api import expect

from cnnlab import load_mnist, trained_network
from cnnlab.lab import NetworkExplorer
from cnnlab.lab.scenes.reading import panel_of

PIXELS = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return Array.from({ length: data.length / 4 }, (_, k) => data[4 * k + 2] - data[4 * k]);  // blue over red
}"""
WIRES = """wires => wires.map(wire => (wire.getAttribute("d").match(/M/g) ?? []).length)"""


@pytest.fixture
def shown(plain_page):
    plain_page.page.set_viewport_size({"width": 1280, "height": 800})
    digits = load_mnist()
    return plain_page.mount(NetworkExplorer(trained_network(), digits.x_test, digits.y_test))


def canvas_of(shown, panel: str, plane: int = 0):
    return shown.root.locator(f'[data-panel="{panel}"] canvas[data-plane="{plane}"]')


def point(shown, panel: str, plane: int, row: float, column: float, *, click: bool = False) -> None:
    """Point at the middle of a cell."""
    canvas, (height, width) = canvas_of(shown, panel, plane), panel_of(shown.explorer._scenes[0], panel)["shape"]
    box = canvas.bounding_box()
    at = {"x": (column + 0.5) / width * box["width"], "y": (row + 0.5) / height * box["height"]}
    (canvas.click if click else canvas.hover)(position=at)


def framed(shown, panel: str, look: str) -> list[float]:
    """Return where a frame lies in a panel's first picture: left, top, right, bottom, from 0 to 1."""
    canvas = canvas_of(shown, panel).bounding_box()
    frame = shown.root.locator(f'[data-panel="{panel}"] .cnnlab-frame.cnnlab-{look}').first.bounding_box()
    left, top = (frame["x"] - canvas["x"]) / canvas["width"], (frame["y"] - canvas["y"]) / canvas["height"]
    return [left, top, left + frame["width"] / canvas["width"], top + frame["height"] / canvas["height"]]


def test_each_map_is_a_picture_of_its_numbers_and_all_of_them_fit_one_look(shown):
    assert shown.root.bounding_box()["height"] <= 660
    for panel, plane in (("h1", 1), ("h4", 5), ("h6", 11)):
        values, blue = (
            panel_of(shown.explorer._scenes[0], panel)["values"][plane],
            canvas_of(shown, panel, plane).evaluate(PIXELS),
        )
        assert np.corrcoef(np.ravel(values), blue)[0, 1] > 0.95
    assert sum(shown.root.locator(".cnnlab-faint").evaluate_all(WIRES)) == 8 + 8 + 8 + 96 + 12 + 12 + 12 + 120


def test_pointing_at_a_unit_changes_frame_patch_kernel_wires_and_sum_together_without_the_kernel(shown):
    before = len(shown.asked())
    point(shown, "h4", 2, 6, 7)
    scene = shown.explorer._scenes[0]
    expect(shown.root.locator(".cnnlab-strip-head")).to_have_text("conv2[2, 6, 7] = ")
    total = float(shown.root.locator(".cnnlab-total").get_attribute("data-total"))
    assert total == pytest.approx(panel_of(scene, "h4")["values"][2, 6, 7], rel=1e-6)
    sides = panel_of(scene, "h4")["sees"]
    expected = np.array([sides["left"][7], sides["top"][6], sides["right"][7] + 1, sides["bottom"][6] + 1]) / 28
    assert framed(shown, "h0", "field") == pytest.approx(expected, abs=0.02)
    assert framed(shown, "h3", "lit") == pytest.approx(np.array([6, 5, 9, 8]) / 14, abs=0.02)
    assert sorted(shown.root.locator(".cnnlab-strong").evaluate_all(WIRES))[-1] == 8
    closeup = shown.root.locator(".cnnlab-closeup")
    groups = panel_of(scene, "h4")["sum"]["groups"][16:24, 6, 7]
    expect(closeup).to_contain_text(f"map {np.abs(groups).argmax()} of pool 1")
    assert closeup.locator(".cnnlab-cell").count() == 18
    shown.root.locator(".cnnlab-bars tr").nth(3).hover()
    expect(shown.root.locator(".cnnlab-sentence")).to_contain_text("eᶻ / Σ eᶻ = ")
    assert len(shown.asked()) == before


def test_a_click_opens_how_a_map_was_made_window_by_window_and_a_button_leads_back(shown):
    point(shown, "h4", 2, 6, 7, click=True)
    shown.answered()
    assert shown.explorer.opened == ("h4", [2, 6, 7])
    expect(shown.root.locator(".cnnlab-heading")).to_have_text("How conv 2 is made")
    assert [shown.root.locator(f'[data-panel="{name}"] canvas').count() for name in ("x", "w", "parts", "y")] == [
        8,
        8,
        8,
        1,
    ]
    assert shown.root.bounding_box()["height"] <= 660
    shown.root.get_by_label("one step on").click()
    expect(shown.root.locator(".cnnlab-strip-head")).to_have_text("conv2[2, 6, 8] = ")
    shown.root.get_by_text("the whole network").click()
    shown.answered()
    canvas_of(shown, "h4", 2).focus()
    for key, name in (("ArrowDown", "conv2[2, 1, 0]"), ("ArrowUp", "conv2[2, 0, 0]"), ("ArrowUp", "conv2[1, 13, 0]")):
        shown.root.page.keyboard.press(key)
        expect(shown.root.locator(".cnnlab-strip-head")).to_have_text(f"{name} = ")
    shown.root.page.keyboard.press("Enter")
    shown.answered()
    assert shown.explorer.opened == ("h4", [1, 13, 0])
    for _ in range(2):  # the first lets go of the cell
        shown.root.page.keyboard.press("Escape")
    shown.answered()
    expect(canvas_of(shown, "h6", 11)).to_be_visible()


def test_what_is_drawn_on_the_pad_goes_through_the_network_and_clearing_it_brings_the_image_back(plain_page):
    digits = load_mnist()
    shown = plain_page.mount(NetworkExplorer(trained_network(), digits.x_test, digits.y_test, pad=True))
    mouse, pad = shown.root.page.mouse, shown.root.locator(".cnnlab-pad-surface").bounding_box()
    mouse.move(pad["x"] + 0.5 * pad["width"], pad["y"] + 0.15 * pad["height"])
    mouse.down()
    mouse.move(pad["x"] + 0.5 * pad["width"], pad["y"] + 0.85 * pad["height"], steps=5)
    mouse.up()
    expect(shown.root.locator(".cnnlab-title")).to_contain_text("It says 1, ")
    expect(shown.root.locator(".cnnlab-lines")).to_contain_text("your drawing")
    shown.root.get_by_role("button", name="clear").click()
    expect(shown.root.locator(".cnnlab-lines")).to_contain_text("image 0 of 600")


def test_an_image_is_chosen_by_its_picture(shown):
    shown.root.get_by_role("button", name="image 4", exact=True).click()
    shown.answered()
    assert shown.explorer.image == 4
    shown.explorer.show(load_mnist().x_test[:1])
    assert shown.explorer.image == -1


BARE = """root => {
  const scroller = root.querySelector(".cnnlab-scroller");
  scroller.before(Object.assign(document.createElement("div"), {className: "cnnlab-toolbar"}));
  return root.querySelector("[data-panel=h0] canvas").getBoundingClientRect().width;
}"""


def test_a_bar_of_buttons_above_the_network_leaves_the_image_its_size_and_a_telephones_sum_covers_no_map(plain_page):
    plain_page.open()
    plain_page.page.set_viewport_size({"width": 390, "height": 844})
    digits = load_mnist()
    mounted = plain_page.mount(NetworkExplorer(trained_network(), digits.x_test, digits.y_test))
    assert mounted.root.evaluate(BARE) > 100
    assert mounted.root.locator(".cnnlab-said").evaluate("said => getComputedStyle(said).position") == "static"


def test_no_caption_of_a_layer_reaches_the_next_in_full_screen(shown):
    page = shown.page
    page.get_by_role("button", name="full screen").click()
    page.wait_for_function("() => document.fullscreenElement")
    words = shown.root.locator(".cnnlab-column:not(:first-child) .cnnlab-caption :is(b, span)")
    boxes = [word.bounding_box() for word in words.all()]
    page.get_by_role("button", name="full screen").click()
    page.wait_for_function("() => !document.fullscreenElement")
    lines = [[box for box in boxes if box["y"] == y] for y in {box["y"] for box in boxes}]
    assert max(map(len, lines)) >= 8
    for line in lines:
        assert all(left["x"] + left["width"] <= right["x"] + 1 for left, right in pairwise(line))
