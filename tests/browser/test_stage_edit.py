"""The stage by itself: the keyboard, editing cells, new scenes, and what is left when it goes."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect
from stage_view import DY, SCENES, View, W, X, backward, forward, two_filters

from cnnlab.scenes import convolution_scene, pooling_scene, scatter_scene

FOCUSED = """() => {
  const cell = document.activeElement;
  return `${cell.closest("[data-panel]")?.dataset.panel}:${cell.dataset.cell}`;
}"""


def focused(view: View) -> str:
    """Return the panel and the cell that have the focus."""
    return view.page.evaluate(FOCUSED)


def press(view: View, *keys: str) -> None:
    for key in keys:
        view.page.keyboard.press(key)


def new_value(view: View):
    """Return the field in which a cell's new value is typed."""
    return view.root.get_by_role("textbox")


# --- keys -----------------------------------------------------------------------------------------------------------


def test_the_arrow_keys_move_within_a_grid_and_never_leave_it(stage_page):
    view = View(stage_page, backward())
    view.cell("y", 0, 0).click()
    for key, place in [("ArrowUp", (0, 0)), ("ArrowRight", (0, 1)), ("ArrowDown", (1, 1)), ("ArrowLeft", (1, 0))]:
        press(view, key)
        view.expect_selected("y", *place)
        assert focused(view) == f"y:0,{place[0]},{place[1]}"
    press(view, *["ArrowDown"] * 5, *["ArrowRight"] * 5)
    view.expect_selected("y", 2, 2)
    assert focused(view) == "y:0,2,2"
    expect(view.root.locator(".cnnlab-live")).to_have_text(view.root.locator(".cnnlab-sentence").inner_text())
    view.cell("x", 3, 3).hover()
    view.expect_selected("y", 2, 2)


def test_each_grid_is_one_tab_stop_and_the_cell_that_gets_the_focus_is_selected(stage_page):
    view = View(stage_page, two_filters())
    view.root.get_by_role("button", name="gradients").focus()
    seen = []
    for _ in range(11):
        press(view, "Tab")
        seen.append(focused(view))
    planes = [f"x:{k},0,0" for k in range(3)] + [f"w:{k},0,0" for k in (0, 3, 1, 4, 2, 5)] + ["y:0,0,0", "y:1,0,0"]
    assert seen == planes
    view.expect_selected("y", 1, 0, 0)
    press(view, "ArrowDown", "ArrowRight")
    view.expect_selected("y", 1, 1, 1)
    press(view, "Shift+Tab", "Tab")
    assert focused(view) == "y:1,1,1"


def test_keys_of_the_stage_do_not_reach_the_page_around_it_but_shortcuts_with_ctrl_do(stage_page):
    view = View(stage_page, backward())
    view.page.evaluate("() => { window.keys = []; document.addEventListener('keydown', e => keys.push(e.key)); }")
    view.cell("x", 2, 2).click()
    press(view, "ArrowDown", "d", "Escape", "Control+s")
    assert view.page.evaluate("keys") == ["Control", "s"]


def test_the_arrow_keys_move_over_a_photograph(stage_page):
    view = View(stage_page, SCENES["photo"]())
    canvas = view.panel("y").get_by_role("application")
    canvas.focus()
    place = view.top.get_attribute("data-selected").split(":")[1].split(",")
    press(view, "ArrowRight", "ArrowDown", "ArrowDown")
    view.expect_selected("y", int(place[1]) + 2, int(place[2]) + 1)
    assert canvas.evaluate("canvas => canvas === document.activeElement")


# --- editing --------------------------------------------------------------------------------------------------------


def test_a_number_typed_into_a_cell_is_sent_on_enter_and_not_on_escape(stage_page):
    view = View(stage_page, backward())
    view.cell("x", 2, 3).click()
    press(view, "-", "1", ".", "5")
    expect(new_value(view)).to_have_value("-1.5")
    press(view, "Enter")
    expect(new_value(view)).to_have_count(0)
    assert view.edits() == [[("x", 0, 1, 2, -1.5)]]
    assert focused(view) == "x:0,2,3"
    press(view, "Enter")
    expect(new_value(view)).to_have_value("-1.5")
    press(view, "7", "Escape")
    expect(new_value(view)).to_have_count(0)
    assert len(view.edits()) == 1
    view.cell("dy", 1, 1).dblclick()
    expect(new_value(view)).to_have_value("1")
    new_value(view).fill("−2,25")
    view.cell("w", 0, 0).click()
    assert view.edits()[-1] == [("x", 0, 1, 2, -1.5), ("dy", 0, 1, 1, -2.25)]


def test_what_is_no_number_is_said_and_the_cell_keeps_its_value(stage_page):
    view = View(stage_page, backward())
    sentence = view.root.locator(".cnnlab-sentence")
    for text in ["abc", "", "1,2,3", "NaN", "1 2", "--1"]:
        view.cell("w", 1, 1).dblclick()
        new_value(view).fill(text)
        press(view, "Enter")
        expect(sentence).to_have_text(f"“{text}” is not a number, so the cell keeps its value.")
        expect(view.cell("w", 1, 1)).to_have_text("1")
        view.cell("x", 0, 0).hover()
        expect(sentence).to_contain_text("not a number")
    assert view.edits() == []


@pytest.mark.parametrize("text", ["1e999", "-1e101"])
def test_what_is_too_large_is_said_too(stage_page, text):
    view = View(stage_page, backward())
    view.cell("w", 1, 1).dblclick()
    new_value(view).fill(text)
    press(view, "Enter")
    expect(view.root.locator(".cnnlab-sentence")).to_have_text(f"“{text}” is too large, so the cell keeps its value.")
    assert view.edits() == []


@pytest.mark.parametrize("key", ["Enter", "Escape"])
def test_after_an_edit_the_cell_is_still_pinned(stage_page, key):
    view = View(stage_page, backward())
    view.cell("x", 2, 2).dblclick()
    new_value(view).press(key)
    view.cell("y", 0, 0).hover()
    view.expect_selected("x", 2, 2)


def test_an_edit_stops_the_playing_and_gives_the_focus_to_whoever_takes_it(stage_page):
    view = View(stage_page, backward())
    view.button("play").click()
    view.cell("w", 1, 1).dblclick()
    expect(view.button("play")).to_be_visible()
    new_value(view).fill("9")
    scrub = view.root.get_by_role("slider", name="step")
    scrub.click()
    expect(scrub).to_be_focused()
    assert view.edits() == [[("w", 0, 1, 1, 9)]]


def test_nudges_leave_no_drift(stage_page):
    view = View(stage_page, convolution_scene(X, np.full_like(W, 0.1), stride=2, padding=1, dy=DY))
    view.cell("w", 1, 1).click()
    press(view, "Shift+ArrowUp", "Shift+ArrowUp")
    assert view.edits()[-1] == [("w", 0, 1, 1, 0.3)]  # 0.1 + 0.1 + 0.1 is 0.30000000000000004


def test_arrow_keys_in_the_enlarged_window_do_nothing(stage_page):
    view = View(stage_page, SCENES["photo"]())
    view.button("play").click()
    view.button("pause").click()
    before = view.top.get_attribute("data-selected")
    view.cell("window", 1, 1).focus()
    press(view, "ArrowRight", "ArrowDown")
    after = view.top.get_attribute("data-selected")
    assert after.split(":")[0] in ("x", "y"), (before, after)


def test_cells_that_cannot_be_edited_take_no_number(stage_page):
    view = View(stage_page, backward())
    for name, *place in [("y", 0, 0), ("dx", 2, 2), ("x", 0, 0), ("x", 6, 3)]:
        view.cell(name, *place).click()
        press(view, "5", "Enter", "F2", "Shift+ArrowUp")
        expect(new_value(view)).to_have_count(0)
    assert view.edits() == []


def test_shift_with_up_or_down_nudges_the_cell_even_before_the_kernel_answers(stage_page):
    view = View(stage_page, backward())
    view.cell("x", 1, 1).click()
    press(view, "Shift+ArrowUp", "Shift+ArrowUp", "Shift+ArrowUp", "Shift+ArrowDown")
    assert view.edits()[-1] == [("x", 0, 0, 0, 5)]
    view.show(backward(x=X + 2.5), serial=4)
    press(view, "Shift+ArrowDown")
    assert view.edits()[-1] == [("x", 0, 0, 0, pytest.approx(5.4))]
    assert focused(view) == "x:0,1,1"


def test_edits_are_sent_again_until_the_kernel_has_answered(stage_page):
    view = View(stage_page, backward())
    view.cell("x", 1, 1).click()
    press(view, "8", "Enter")
    view.cell("w", 0, 2).click()
    press(view, "9", "Enter")
    both = [("x", 0, 0, 0, 8), ("w", 0, 0, 2, 9)]
    assert view.edits() == [both[:1], both]
    view.show(backward(), serial=1)
    view.cell("b", 0, 0).click()
    press(view, "3", "Enter")
    assert view.edits()[-1] == [*both, ("b", 0, 0, 0, 3)]
    view.show(backward(), serial=3)
    view.cell("b", 0, 0).click()
    press(view, "4", "Enter")
    assert view.edits()[-1] == [("b", 0, 0, 0, 4)]
    assert [message["edits"]["serial"] for message in view.stage.saved()] == [1, 2, 3, 4]


def test_a_field_stays_open_when_new_numbers_arrive_and_goes_with_its_panel(stage_page):
    view = View(stage_page, backward())
    view.cell("x", 2, 2).click()
    press(view, "4")
    view.show(backward(x=X + 1))
    expect(new_value(view)).to_have_value("4")
    press(view, "2", "Enter")
    assert view.edits() == [[("x", 0, 1, 1, 42)]]
    expect(view.cell("x", 2, 2)).to_have_text("3")
    press(view, "7")
    view.show(backward(padding=0, stride=1, x=X), serial=1)
    expect(new_value(view)).to_have_count(0)
    view.cell("y", 1, 1).click()
    view.expect_selected("y", 1, 1)
    assert len(view.edits()) == 1


# --- new scenes -----------------------------------------------------------------------------------------------------


def test_a_new_scene_keeps_the_selected_cell_or_goes_to_the_nearest(stage_page):
    view = View(stage_page, forward(padding=1))
    view.cell("x", 2, 5).click()
    view.show(forward(padding=3))
    view.expect_selected("x", 4, 7)
    expect(view.top).to_have_attribute("data-pinned", "true")
    view.show(convolution_scene(X[..., :3, :3], W, stride=1))
    view.expect_selected("x", 1, 2)
    view.show(forward(padding=0))
    view.cell("y", 1, 1).click()
    view.show(forward(padding=1, stride=3))
    view.expect_selected("y", 1, 1)
    view.show(convolution_scene(X[..., :3, :3], W))
    view.expect_selected("y", 0, 0)
    expect(view.root.locator(".cnnlab-step")).to_have_text("step 1 of 1")


def test_a_selected_gradient_that_is_no_longer_there_gives_way_to_the_first_step(stage_page):
    view = View(stage_page, backward())
    view.cell("dw", 2, 2).click()
    view.show(forward())
    view.expect_selected("y", 0, 0)


def test_a_smaller_scatter_shows_its_last_step_when_a_tap_is_selected(stage_page):
    view = View(stage_page, SCENES["scatter"]())
    view.root.get_by_role("slider", name="step").fill("9")
    view.cell("w", 1, 1).click()
    small = scatter_scene(X[..., :3, :3], W[..., :2, :2], DY[..., :2, :2])
    view.show(small)
    expect(view.root.locator(".cnnlab-step")).to_have_text("step 4 of 4")
    assert [value for value, _ in view.values("dx").values()] == small["panels"][-1]["values"].ravel().tolist()


def test_a_new_winner_is_marked_where_the_focus_is(stage_page):
    x = X.copy()
    view = View(stage_page, pooling_scene(x, 2, stride=2, dy=DY[..., :2, :2]))
    view.cell("x", 1, 1).click()
    assert (0, 1, 1) not in view.with_mark("x", "winner")
    press(view, "Shift+ArrowUp")
    x[0, 0, 1, 1] = 9
    view.show(pooling_scene(x, 2, stride=2, dy=DY[..., :2, :2]), serial=1)
    assert (0, 1, 1) in view.with_mark("x", "winner")
    assert focused(view) == "x:0,1,1"


def test_two_views_of_one_explorer_keep_their_own_selection_and_share_their_edits(stage_page):
    view = View(stage_page, backward())
    stage_page.page.evaluate(
        """async () => {
          const { default: widget } = await import("/stage.js");
          const el = document.body.appendChild(document.createElement("div"));
          await widget.render({ model: stages[0].model, el });
        }"""
    )
    twin = stage_page.page.locator("body > div").nth(1)
    twin.locator('[data-panel="w"] [data-cell="0,2,2"]').click()
    view.page.keyboard.press("6")
    view.page.keyboard.press("Enter")
    view.cell("x", 1, 1).click()
    press(view, "5", "Enter")
    assert view.edits()[-1] == [("w", 0, 2, 2, 6), ("x", 0, 0, 0, 5)]
    view.show(backward(x=X * 2), serial=2)
    for root in (view.root, twin):
        expect(root.locator('[data-panel="x"] [data-cell="0,1,1"]')).to_have_text("6")
    expect(twin.locator(".cnnlab-stage")).to_have_attribute("data-selected", "w:0,2,2")
    view.expect_selected("x", 1, 1)


# --- the end --------------------------------------------------------------------------------------------------------

# Counts what the stage's module has started and not stopped: timers, observers, listeners outside its own elements.
COUNTERS = """
window.alive = { timers: 0, observers: 0, listeners: 0 };
const count = (owner, name, what, step, counts = () => true) => {
  const call = owner[name];
  owner[name] = function (...given) {
    if (new Error().stack.includes("/stage.js") && counts(this, given)) alive[what] += step;
    return call.apply(this, given);
  };
};
count(window, "setInterval", "timers", 1);
count(window, "clearInterval", "timers", -1, (_, [id]) => Boolean(id));
for (const name of ["ResizeObserver", "MutationObserver"]) {
  count(window[name].prototype, "observe", "observers", 1);
  count(window[name].prototype, "disconnect", "observers", -1);
}
const outside = (target) => target === window || target === document || target === document.body;
count(EventTarget.prototype, "addEventListener", "listeners", 1, outside);
count(EventTarget.prototype, "removeEventListener", "listeners", -1, outside);
"""


def test_a_stage_that_goes_leaves_nothing_behind_and_sends_nothing(stage_page):
    stage_page.page.add_init_script(COUNTERS)
    view = View(stage_page, backward())
    assert view.stage.listening() == 1
    view.button("play").click()
    assert view.page.evaluate("alive") == {"timers": 1, "observers": 2, "listeners": 0}
    view.button("pause").click()
    view.button("play").click()
    view.cell("x", 2, 2).dblclick()
    view.button("play").focus()
    view.cell("x", 2, 2).dblclick()
    new_value(view).fill("77")
    sent = len(view.edits())
    view.stage.unmount()
    assert view.stage.listening() == 0
    assert view.page.evaluate("alive") == {"timers": 0, "observers": 0, "listeners": 0}
    assert len(view.edits()) == sent
    assert stage_page.page.locator(".cnnlab-stage").count() == 0
