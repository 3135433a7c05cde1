"""A stage on a plain page: what its toggles show, how it looks, and what assistive technology hears."""

from __future__ import annotations

import re
from itertools import pairwise, product

import pytest
from plain_page import PlainPage, settle
from playwright.sync_api import expect
from stage_view import DY, EXPLORERS, View, W, X, backward, ends_of, forward, pooled, two_filters

from cnnlab import max_pool2d
from cnnlab.lab import ConvolutionExplorer, PhotoExplorer

# --- toggles --------------------------------------------------------------------------------------------------------


def test_coverage_counts_the_outputs_that_read_each_cell(plain_page):
    view = View(plain_page, backward())
    view.toggle("coverage").click()
    expect(view.toggle("coverage")).to_have_attribute("aria-pressed", "true")
    expect(view.toggle("coverage")).to_be_focused()
    expected = {(0, *cell): len(ends_of(1, 0, cell)) for cell in product(range(7), range(7))}
    gradient = view.values("dx")
    assert view.values("x") == {cell: (count, str(count)) for cell, count in expected.items()}
    expect(view.panel("x").locator(".cnnlab-caption")).to_contain_text("read by so many outputs")
    assert view.strip() == {"terms": [], "total": None}  # no sum of other numbers than those in view
    view.toggle("coverage").click()
    assert view.values("x")[0, 1, 1] == (3, "3")
    assert view.marked("x", "count") == set()
    assert view.values("dx") == gradient


def test_a_stage_computes_the_size_of_its_cells_once(plain_page):
    view = View(plain_page, backward())
    cell = view.top.locator(".cnnlab-cell").first
    length = cell.evaluate("cell => getComputedStyle(cell).getPropertyValue('--cell')")
    assert re.fullmatch(r"\d+px", length), "a formula, which each of its cells would compute anew"


def test_an_explorer_with_gradients_uses_the_height_that_it_may_have(plain_page):
    view = View(plain_page, backward())
    view.page.set_viewport_size({"width": 864, "height": 800})
    settle(view.page)
    assert 630 < view.root.bounding_box()["height"] <= 660
    boxes = [view.cell(name, 0, 0, 0).bounding_box() for name in ("x", "w", "dy")]
    assert min(box["width"] for box in boxes) >= 28


@pytest.mark.parametrize("name", ["scatter", "gather", "photo", "ties"])
def test_there_is_no_coverage_without_the_learner_s_own_cells(plain_page, name):
    expect(View.of(plain_page, name).toggle("coverage")).to_have_count(0)


def test_what_a_window_of_ceil_mode_hangs_over_has_no_number(plain_page):
    view = View.of(plain_page, "mean")
    edge = {(0, 5, k) for k in range(6)} | {(0, k, 5) for k in range(6)}
    assert view.marked("x", "beyond") == edge
    assert {text for cell, (_, text) in view.values("x").items() if cell in edge} == {""}
    assert view.marked("x", "padding") == set()


def test_only_what_makes_a_gradient_has_an_arrow_to_it(plain_page):
    signs = View(plain_page, backward()).top.locator('.cnnlab-operator:has(+ .cnnlab-slot[data-row="1"])')
    assert signs.all_text_contents() == ["←"]
    signs = View.of(plain_page, "max").top.locator('.cnnlab-operator:has(+ .cnnlab-slot[data-row="1"])').last
    expect(signs).to_have_text("←")


def test_numbers_wires_and_gradients_can_be_hidden(plain_page):
    view = View(plain_page, backward())
    view.point("y", 1, 1)
    expect(view.top.locator(".cnnlab-wire").first).to_be_attached()
    view.toggle("wires").click()
    expect(view.top.locator(".cnnlab-wire")).to_have_count(0)
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
    assert view.mounted.saved() == 0


# --- wires ----------------------------------------------------------------------------------------------------------

# Points at cells; says of the points of all wires in which panels, other than the wires' own ends, they lie.
CROSSED = """async (stage, cells) => {
  const look = () => [...stage.querySelectorAll("[data-panel]")].map(panel => {
    const { left, right, top, bottom } = panel.querySelector(".cnnlab-planes").getBoundingClientRect();
    return { name: panel.dataset.panel, left: left + 2, right: right - 2, top: top + 2, bottom: bottom - 2 };
  }).filter(({ left, right }) => right > left);
  const crossed = [];
  let seen = 0;
  for (const [panel, cell] of cells) {
    const target = stage.querySelector(`[data-panel="${panel}"] [data-cell="${cell}"]`);
    target.dispatchEvent(new PointerEvent("pointermove", { bubbles: true }));
    if (stage.dataset.selected !== `${panel}:${cell}`) crossed.push(`${panel}:${cell} is not selected`);
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    const boxes = look();
    const holds = ({ left, right, top, bottom }, x, y) => x > left && x < right && y > top && y < bottom;
    for (const path of stage.querySelectorAll(".cnnlab-wire")) {
      seen++;
      const own = path.getAttribute("d").split("M").slice(1).flatMap(link => {
        const [, x, y, endY, endX] = link.match(/^(.+?),(.+?)H.*,(.+)H(.+)$/).map(Number);
        return boxes.filter(box => holds(box, x - 3, y) || holds(box, endX + 3, endY));
      });
      for (let at = 0; at <= path.getTotalLength(); at += 3) {
        const { x, y } = path.getPointAtLength(at);
        for (const box of boxes)
          if (holds(box, x, y) && !own.includes(box)) crossed.push(`${panel}:${cell} crosses ${box.name}`);
      }
    }
  }
  return [seen, crossed];
}"""


@pytest.mark.parametrize("name", EXPLORERS)
def test_no_wire_crosses_a_panel(plain_page, name):
    view = View.of(plain_page, name)
    cells = [
        [panel["name"], ",".join(map(str, place))]
        for panel in view.scene["panels"]
        if panel["view"] != "photo" and panel["name"] != "window"
        for place in ((0, 0, 0), (0, 1, 1))
        if all(at < side for at, side in zip(place, panel["values"].shape, strict=True))
    ]
    for width in (1264, 848):
        view.page.set_viewport_size({"width": width + 16, "height": 900})
        settle(view.page)
        seen, crossed = view.top.evaluate(CROSSED, cells)
        assert crossed == []
        assert seen or name == "photo"  # whose sums have more terms than there can be wires


def test_a_product_has_one_hue_in_its_cells_its_chip_and_its_wire_and_its_sign_in_the_wire(plain_page):
    view = View(plain_page, ConvolutionExplorer([[1, 1, 5], [1, 0, 5], [5, 5, 5]], [[1, -1], [2, 2]]))
    view.point("y", 0, 0)
    hue = "element => element.style.getPropertyValue('--hue')"
    signs, hues = [], []
    for chip, place in zip(view.top.locator(".cnnlab-chip").all(), product(range(2), range(2)), strict=True):
        chip.hover()
        wire = view.top.locator(".cnnlab-wire")
        signs.append(set(wire.get_attribute("class").split()) & {"cnnlab-positive", "cnnlab-negative"})
        one, *others = (each.evaluate(hue) for each in (view.cell("x", *place), view.cell("w", *place), chip, wire))
        assert others == [one] * 3
        hues.append(one)
    assert (signs, len(set(hues))) == ([{"cnnlab-positive"}, {"cnnlab-negative"}, {"cnnlab-positive"}, set()], 4)
    assert view.marked("x", "hued") == {(0, *cell) for cell in product(range(2), range(2))}


def test_the_products_of_a_small_window_stand_in_its_shape_beside_the_result(plain_page):
    view = View(plain_page, ConvolutionExplorer(X, W, 2.0))
    chips = view.top.locator(".cnnlab-product")
    boxes = [chip.bounding_box() for chip in chips.all()]
    assert len({box["x"] for box in boxes}) == len({box["y"] for box in boxes}) == 3
    result, cell = view.top.locator(".cnnlab-total"), view.cell("y", 2, 1)
    cell.hover()
    expect(result).to_have_text(str(int(view.explorer.y[0, 0, 2, 1])))
    middles = [box["y"] + box["height"] / 2 for box in (result.bounding_box(), cell.bounding_box())]
    assert middles[0] == pytest.approx(middles[1], abs=14)
    assert view.top.locator(".cnnlab-strip .cnnlab-chip").count() == 0
    chips.nth(3).focus()
    view.press("ArrowRight")
    assert (view.marked("x", "hot"), view.marked("w", "hot")) == ({(0, 3, 2)}, {(0, 1, 1)})
    height = view.top.bounding_box()["height"]
    view.point("w", 1, 1)
    assert view.top.bounding_box()["height"] == height
    view.point("x", 1, 1)
    assert (chips.count(), view.top.locator(".cnnlab-products .cnnlab-chip").count()) == (9, 0)
    assert view.top.locator(".cnnlab-strip .cnnlab-chip").count() == 4
    view.mounted.push(kernel=2)
    view.point("y", 0, 0)
    expect(chips).to_have_count(4)
    strip = view.top.locator(".cnnlab-strip")
    assert strip.bounding_box()["height"] == pytest.approx(30, abs=2)  # no more room than the uses of a cell take
    view.page.set_viewport_size({"width": 700, "height": 800})
    expect(chips).to_have_count(0)  # no room beside the output: in the strip, and nothing scrolls sideways
    expect(strip.locator(".cnnlab-chip")).to_have_count(5)
    wider = "({scrollWidth, clientWidth}) => scrollWidth - clientWidth"
    assert view.top.locator(".cnnlab-scroller").evaluate(wider) <= 0


# --- looks ----------------------------------------------------------------------------------------------------------


def test_padding_leftovers_winners_and_inserted_zeros_are_marked(plain_page):
    view = View(plain_page, forward(padding=1, stride=3))
    ring = {(0, *cell) for cell in product(range(7), range(7)) if not (1 <= cell[0] <= 5 and 1 <= cell[1] <= 5)}
    assert view.marked("x", "padding") == ring
    assert view.marked("x", "unread") == {(0, *cell) for cell in product(range(7), range(7)) if 6 in cell}
    assert view.marked("y", "padding") == set()
    view = View(plain_page, pooled(2))
    _, argmax = max_pool2d(X, 2, stride=2)
    assert view.with_mark("x", "winner") == {(0, int(k) // 5, int(k) % 5) for k in argmax.ravel()}
    view = View.of(plain_page, "gather")
    assert view.with_mark("x", "inserted") == {
        (0, r, c) for r, c in product(range(2, 7), range(2, 7)) if r % 2 or c % 2
    }


def test_what_no_window_reads_shows_no_number_while_another_cell_is_held_either(plain_page):
    view = View(plain_page, forward(padding=1, stride=3))
    unread = view.panel("x").locator(".cnnlab-unread").first
    colour = "cell => getComputedStyle(cell).color"
    assert unread.evaluate(colour) == "rgba(0, 0, 0, 0)"
    view.cell("y", 0, 0).click()
    expect(view.top).to_have_attribute("data-held", "true")
    assert unread.evaluate(colour) == "rgba(0, 0, 0, 0)"


def test_neighbours_without_a_sign_between_them_stand_apart(plain_page):
    view = View.of(plain_page, "ties")
    names = ("dx-first", "dx-split", "dx-all")
    boxes = [view.panel(name).locator(".cnnlab-planes").bounding_box() for name in names]
    assert [right["x"] - left["x"] - left["width"] for left, right in pairwise(boxes)] == pytest.approx([20, 20], abs=8)


def test_the_dark_theme_repaints_the_stage_and_its_canvas(plain_page):
    view = View.of(plain_page, "photo")
    pixel = "stage => [...stage.querySelector('[data-panel=y] canvas').getContext('2d').getImageData(0, 0, 1, 1).data]"
    zero = "stage => getComputedStyle(stage.querySelector('canvas')).backgroundColor"
    seen = []
    for light in ("true", "false"):
        view.page.evaluate("light => document.body.setAttribute('data-jp-theme-light', light)", light)
        view.page.evaluate("() => new Promise(requestAnimationFrame)")
        seen.append((view.top.evaluate(pixel), view.top.evaluate(zero)))
    assert seen[0][0] != seen[1][0]
    assert seen[0][1] != seen[1][1]
    ink = view.cell("w", 0, 0).evaluate("cell => getComputedStyle(cell).color")
    assert ink == "rgb(240, 243, 246)"


@pytest.mark.parametrize("dark", ["documentElement.className = 'dark'", "body.style.colorScheme = 'dark'"])
def test_a_page_of_no_known_host_gives_the_stage_its_colour_scheme(fresh_page, dark):
    fresh_page.open()
    fresh_page.page.evaluate(f"document.{dark}")
    view = View.of(fresh_page, "photo")
    paper = view.root.evaluate("root => getComputedStyle(root).backgroundColor")
    zero = view.top.evaluate("stage => getComputedStyle(stage.querySelector('canvas')).backgroundColor")
    assert (paper, zero) == ("rgb(17, 20, 24)", "rgb(30, 36, 43)")


def test_each_plane_is_a_grid_with_a_name_rows_and_cells_and_one_tab_stop(plain_page):
    view = View(plain_page, two_filters())
    grids = view.top.get_by_role("grid")
    expect(grids).to_have_count(3 + 6 + 2 + 3 + 6 + 2)
    for grid in grids.all():
        expect(grid.locator('[tabindex="0"]')).to_have_count(1)
    first = grids.first
    expect(first).to_have_attribute("aria-label", re.compile(r"^x, input 5×5, padded, plane 0$"))
    expect(first.get_by_role("row")).to_have_count(7)
    expect(first.get_by_role("gridcell")).to_have_count(49)
    expect(first).to_have_attribute("aria-readonly", "false")
    expect(view.top.locator("[aria-live=polite]")).to_have_count(2)
    assert {svg.get_attribute("aria-hidden") for svg in view.top.locator("svg").all()} == {"true"}


def test_text_is_never_taken_as_markup(plain_page):
    evil = '<img src=x onerror="window.hacked = true"><b>bold</b>'

    class Evil(ConvolutionExplorer):
        def scenes(self):
            scene = super().scenes()[0]
            scene["panels"][0]["title"] = evil
            for panel in scene["panels"]:
                panel["says"]["code"] = evil
            return [{**scene, "heading": evil, "note": evil}]

    view = View(plain_page, Evil(X, W))
    expect(view.part("heading")).to_have_text(evil)
    expect(view.part("note")).to_have_text(evil)
    expect(view.panel("x").locator(".cnnlab-caption")).to_contain_text(evil)
    view.toggle("code").click()
    expect(view.top.locator(".cnnlab-code code").last).to_have_text(evil)
    assert view.top.locator("img").count() == 0
    assert view.page.evaluate("window.hacked") is None


def test_the_line_of_code_opens_by_a_button_and_can_be_copied_or_is_selected_where_it_cannot(fresh_page):
    view = View(fresh_page, forward())
    code = view.top.locator(".cnnlab-code code")
    expect(code).to_have_count(0)
    view.toggle("code").click()
    view.point("y", 1, 2)
    line = "xp = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1))); (xp[0, 0:1, 2:5, 4:7] * w[0]).sum()"
    expect(code).to_have_text(line)
    view.page.evaluate("""() => {
      window.copied = [];
      Object.defineProperty(navigator, "clipboard", { value: { writeText: async text => { copied.push(text); } } });
    }""")
    view.button("copy the numpy line").click()
    expect(view.button("copy the numpy line")).to_have_attribute("data-says", "copied")
    assert view.page.evaluate("copied") == [line]
    view.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')); }")
    view.button("copy the numpy line").click()
    expect(view.button("copy the numpy line")).to_have_attribute("data-says", "press Ctrl+C")
    assert view.page.evaluate("getSelection().toString()") == code.inner_text()


def test_full_screen_has_letters_of_24_px_and_cells_of_48_and_zoom_enlarges_them(plain_page):
    view = View(plain_page, backward())
    view.page.get_by_role("button", name="full screen").click()
    view.page.wait_for_function("() => document.fullscreenElement?.matches('.cnnlab-explorer')")
    settle(view.page)
    letters = "element => parseFloat(getComputedStyle(element).fontSize)"
    assert view.root.evaluate(letters) == 24
    for name in ("x", "w", "y", "dx"):
        box = view.cell(name, 0, 0).bounding_box()
        assert box["width"] + 2 >= 48, name
        assert box["height"] + 2 >= 48, name
    assert view.cell("x", 1, 1).evaluate(letters) >= 20
    view.page.get_by_role("button", name="full screen").click()
    view.page.wait_for_function("() => !document.fullscreenElement")


def test_a_result_fits_its_box_in_full_screen(plain_page):
    view = View(plain_page, ConvolutionExplorer(X, W))
    view.page.get_by_role("button", name="full screen").click()
    view.page.wait_for_function("() => document.fullscreenElement")
    result = view.top.locator(".cnnlab-products .cnnlab-total")
    size = result.evaluate("box => [parseFloat(getComputedStyle(box).fontSize), box.clientHeight]")
    view.page.get_by_role("button", name="full screen").click()
    view.page.wait_for_function("() => !document.fullscreenElement")
    assert size[0] > 24
    assert size[1] >= 1.3 * size[0]


def test_what_a_finger_touches_is_at_least_24_px_high_and_wide(plain_page):
    context = plain_page.page.context.browser.new_context(
        viewport={"width": 820, "height": 600}, has_touch=True, is_mobile=True
    )
    try:
        mounted = PlainPage(context.new_page()).mount(ConvolutionExplorer(X, W, padding=1, dy=DY, gradients=True))
        targets = mounted.root.locator(".cnnlab-cell, button:visible, select:visible, input[type=range]:visible")
        sides = targets.evaluate_all("all => all.map(each => [each.offsetWidth, each.offsetHeight])")
        gap = 2  # px between cells, which the cell beside it answers for
        assert len(sides) > 150
        assert min(min(side) for side in sides) + gap >= 24
    finally:
        context.close()


def test_all_that_pointing_does_is_done_by_a_tap_on_a_telephone(plain_page):
    context = plain_page.page.context.browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    try:
        phone, mouse = View(PlainPage(context.new_page()), forward()), View(plain_page, forward())
        for panel, place in (("y", (1, 1)), ("x", (2, 2)), ("y", (0, 1))):
            phone.cell(panel, *place).tap()
            mouse.point(panel, *place)
            phone.expect_selected(panel, *place)
            assert phone.strip() == mouse.strip()
        for view, touch in ((phone, "tap"), (mouse, "hover")):
            getattr(view.top.locator(".cnnlab-chip").nth(4), touch)()
            settle(view.page)
        lit = [[view.marked(panel, "hot") for panel in ("x", "w")] for view in (phone, mouse)]
        assert lit[0] == lit[1] != [set(), set()]
    finally:
        context.close()


def test_a_photograph_is_as_wide_as_a_telephone_and_beside_its_map_on_a_wide_page(plain_page):
    plain_page.open()
    plain_page.page.set_viewport_size({"width": 390, "height": 844})
    mounted = plain_page.mount(PhotoExplorer())
    width = "canvas => canvas.getBoundingClientRect().width"
    canvases = [mounted.root.locator(f"[data-panel={panel}] canvas").first for panel in ("x", "y")]
    assert [260 < canvas.evaluate(width) < 374 for canvas in canvases] == [True, True]
    plain_page.page.set_viewport_size({"width": 864, "height": 800})
    settle(plain_page.page)
    assert canvases[0].bounding_box()["y"] == pytest.approx(canvases[1].bounding_box()["y"], abs=30)
    assert min(canvas.evaluate(width) for canvas in canvases) > 200
