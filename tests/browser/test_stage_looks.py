"""The stage by itself, on a plain page: what its toggles show, how it looks, and what assistive technology hears."""

from __future__ import annotations

import re
from itertools import product

import pytest
from playwright.sync_api import expect
from stage_view import SCENES, View, W, X, backward, ends_of, forward, sum_of, two_filters

from cnnlab import max_pool2d
from cnnlab.scenes import convolution_scene, pooling_scene

# --- toggles --------------------------------------------------------------------------------------------------------


def test_coverage_counts_the_outputs_that_read_each_cell(stage_page):
    view = View(stage_page, backward())
    view.toggle("coverage").click()
    expect(view.toggle("coverage")).to_have_attribute("aria-pressed", "true")
    expected = {(0, *cell): len(ends_of(1, 0, cell)) for cell in product(range(7), range(7))}
    gradient = view.values("dx")
    assert view.values("x") == {cell: (count, str(count)) for cell, count in expected.items()}
    assert view.values("y")[0, 0, 0][0] == 2 + sum_of({"terms": view.strip()["terms"][:-1]})
    view.toggle("coverage").click()
    assert view.values("x")[0, 1, 1] == (3, "3")
    assert view.marked("x", "count") == set()
    assert view.values("dx") == gradient


@pytest.mark.parametrize("name", ["scatter", "gather", "photo"])
def test_there_is_no_coverage_without_the_learner_s_own_cells(stage_page, name):
    expect(View(stage_page, SCENES[name]()).toggle("coverage")).to_have_count(0)


def test_what_a_window_of_ceil_mode_hangs_over_has_no_number(stage_page):
    view = View(stage_page, SCENES["mean"]())
    edge = {(0, 5, k) for k in range(6)} | {(0, k, 5) for k in range(6)}
    assert view.marked("x", "beyond") == edge
    assert {text for cell, (_, text) in view.values("x").items() if cell in edge} == {""}
    assert view.marked("x", "padding") == set()


def test_only_what_makes_a_gradient_has_an_arrow_to_it(stage_page):
    signs = View(stage_page, backward()).root.locator('.cnnlab-operator[data-row="1"]')
    assert signs.all_text_contents() == ["", "←"]
    signs = View(stage_page, SCENES["max"]()).root.locator('.cnnlab-operator[data-row="1"]').last
    expect(signs).to_have_text("←")


def test_numbers_wires_and_gradients_can_be_hidden(stage_page):
    view = View(stage_page, backward())
    view.point("y", 1, 1)
    expect(view.root.locator(".cnnlab-wire")).to_have_count(9)
    view.toggle("wires").click()
    expect(view.root.locator(".cnnlab-wire")).to_have_count(0)
    view.toggle("numbers").click()
    assert {text for _, text in view.values("x").values()} == {""}
    expect(view.cell("x", 1, 1)).to_have_attribute("aria-label", "3")
    view.point("dx", 3, 3)
    view.toggle("gradients").click()
    expect(view.panel("dx")).to_be_hidden()
    view.expect_selected("x", 3, 3)
    assert view.marked("y", "lit") == ends_of(1, 0, (3, 3))
    view.toggle("gradients").click()
    expect(view.panel("dx")).to_be_visible()


# --- looks ----------------------------------------------------------------------------------------------------------


def test_padding_leftovers_winners_and_inserted_zeros_are_marked(stage_page):
    view = View(stage_page, convolution_scene(X, W, stride=2, padding=((1, 2), (0, 1))))
    ring = {(0, *cell) for cell in product(range(8), range(6)) if not (1 <= cell[0] <= 5 and cell[1] <= 4)}
    assert view.marked("x", "padding") == ring
    assert view.marked("x", "unread") == {
        (0, *cell) for cell in product(range(8), range(6)) if cell[0] == 7 or cell[1] == 5
    }
    assert view.marked("y", "padding") == set()
    view.show(pooling_scene(X, 2, stride=2))
    _, argmax = max_pool2d(X, 2, stride=2)
    assert view.with_mark("x", "winner") == {(0, int(k) // 5, int(k) % 5) for k in argmax.ravel()}
    view.show(SCENES["gather"]())
    assert view.with_mark("x", "inserted") == {
        (0, r, c) for r, c in product(range(2, 7), range(2, 7)) if r % 2 or c % 2
    }


SIDEWAYS = """root => [".cnnlab-stage", ".cnnlab-scroller", ".cnnlab-strip", ".cnnlab-toolbar"].map(
  name => root.querySelector(name).scrollWidth - root.querySelector(name).clientWidth)"""


@pytest.mark.parametrize("width", [900, 600])
def test_nothing_overflows_sideways(stage_page, width):
    stage_page.page.set_viewport_size({"width": width, "height": 900})
    over = {name: View(stage_page, scene()).root.evaluate(SIDEWAYS) for name, scene in SCENES.items()}
    if width == 600:
        over["ties"][1] = 0  # four panels of halves and thirds: the scroller may scroll, the page may not
    assert over == {name: [0, 0, 0, 0] for name in SCENES}
    assert stage_page.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_dark_theme_repaints_the_stage_and_its_canvas(stage_page):
    view = View(stage_page, SCENES["photo"]())
    pixel = "root => [...root.querySelector('[data-panel=y] canvas').getContext('2d').getImageData(0, 0, 1, 1).data]"
    zero = "root => getComputedStyle(root.querySelector('.cnnlab-stage')).getPropertyValue('--cnnlab-zero')"
    seen = []
    for light in ("true", "false"):
        view.page.evaluate("light => document.body.setAttribute('data-jp-theme-light', light)", light)
        view.page.evaluate("() => new Promise(requestAnimationFrame)")
        seen.append((view.root.evaluate(pixel), view.root.evaluate(zero)))
    assert seen[0][0] != seen[1][0]
    assert seen[0][1] != seen[1][1]
    ink = view.cell("w", 0, 0).evaluate("cell => getComputedStyle(cell).color")
    assert ink == "rgb(240, 243, 246)"


def test_each_plane_is_a_grid_with_a_name_rows_and_cells_and_one_tab_stop(stage_page):
    view = View(stage_page, two_filters())
    grids = view.root.get_by_role("grid")
    expect(grids).to_have_count(3 + 6 + 2 + 3 + 6 + 2)
    for grid in grids.all():
        expect(grid.locator('[tabindex="0"]')).to_have_count(1)
    first = grids.first
    expect(first).to_have_attribute("aria-label", re.compile(r"^x, input 5×5, padded to 7×7, plane 0$"))
    expect(first.get_by_role("row")).to_have_count(7)
    expect(first.get_by_role("gridcell")).to_have_count(49)
    expect(first).to_have_attribute("aria-readonly", "false")
    expect(view.root.locator("[aria-live=polite]")).to_have_count(2)
    assert view.root.locator("svg").get_attribute("aria-hidden") == "true"


def test_text_is_never_taken_as_markup(stage_page):
    scene = forward()
    evil = '<img src=x onerror="window.hacked = true"><b>bold</b>'
    scene["panels"][0]["title"] = scene["heading"] = scene["note"] = scene["pytorch"] = evil
    view = View(stage_page, scene)
    expect(view.root.locator(".cnnlab-heading")).to_have_text(evil)
    expect(view.root.locator(".cnnlab-note")).to_have_text(evil)
    expect(view.panel("x").locator(".cnnlab-caption")).to_contain_text(evil)
    assert view.root.locator("img").count() == 0
    assert view.page.evaluate("window.hacked") is None


def test_the_lines_of_code_can_be_copied_or_are_selected_where_they_cannot(stage_page):
    view = View(stage_page, forward())
    view.point("y", 1, 2)
    code = view.root.locator(".cnnlab-code code")
    expect(code.nth(0)).to_have_text(
        "xp = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))); (xp[0, :, 2:5, 4:7] * w[0]).sum()"
    )
    expect(code.nth(1)).to_have_text("F.conv2d(x, w, stride=2, padding=1)")
    view.page.evaluate("""() => {
      window.copied = [];
      Object.defineProperty(navigator, "clipboard", { value: { writeText: async text => { copied.push(text); } } });
    }""")
    view.button("copy the PyTorch line").click()
    expect(view.button("copy the PyTorch line")).to_have_text("copied")
    assert view.page.evaluate("copied") == ["F.conv2d(x, w, stride=2, padding=1)"]
    view.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')); }")
    view.button("copy the numpy line").click()
    expect(view.button("copy the numpy line")).to_have_text("press Ctrl+C")
    assert view.page.evaluate("getSelection().toString()") == code.nth(0).inner_text()
