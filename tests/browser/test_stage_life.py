"""The stage by itself: new scenes, a stage that is hidden, and what is left when it goes."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from stage_page import settle
from stage_view import DY, SCENES, View, W, X, backward, forward

from cnnlab.scenes import convolution_scene, pooling_scene, scatter_scene

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


def test_another_topic_begins_where_it_says_and_the_same_one_keeps_the_cell(stage_page):
    begin = {"begin": {"panel": "dx", "cell": [0, 1, 1]}, "stepper": "dx"}
    view = View(stage_page, forward())
    view.point("y", 1, 2)
    view.show({**backward(), **begin, "topic": "back"})
    view.expect_selected("dx", 1, 1)
    expect(view.root.locator(".cnnlab-step")).to_have_text("step 9 of 49")
    view.button("one step on").click()
    view.expect_selected("dx", 1, 2)
    view.show({**backward(x=X + 1), **begin, "topic": "back"})
    view.expect_selected("dx", 1, 2)


def test_a_panel_that_becomes_active_keeps_the_focus(stage_page):
    scene, active = backward(), backward()
    view = View(stage_page, scene)
    view.cell("x", 2, 2).click()
    active["panels"][0]["active"] = True
    view.show(active)
    expect(view.panel("x")).to_have_class(re.compile("cnnlab-active"))
    assert view.focused() == "x:0,2,2"
    view.show(scene)
    expect(view.panel("x")).not_to_have_class(re.compile("cnnlab-active"))


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
    view.press("Shift+ArrowUp")
    x[0, 0, 1, 1] = 9
    view.show(pooling_scene(x, 2, stride=2, dy=DY[..., :2, :2]), serial=1)
    assert (0, 1, 1) in view.with_mark("x", "winner")
    assert view.focused() == "x:0,1,1"


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
    view.press("5", "Enter")
    assert view.edits()[-1] == [("w", 0, 2, 2, 6), ("x", 0, 0, 0, 5)]
    view.show(backward(x=X * 2), serial=2)
    for root in (view.root, twin):
        expect(root.locator('[data-panel="x"] [data-cell="0,1,1"]')).to_have_text("6")
    expect(twin.locator(".cnnlab-stage")).to_have_attribute("data-selected", "w:0,2,2")
    view.expect_selected("x", 1, 1)


# --- hidden ---------------------------------------------------------------------------------------------------------

# Narrows the stage and hides it before the next frame, when it is about to look at its own layout; then shows it again.
HIDE = """root => new Promise(done => {
  root.style.width = "640px";
  const hide = () => { root.style.display = "none"; requestAnimationFrame(show); };
  const show = () => { root.style.display = ""; done(); };
  requestAnimationFrame(() => requestAnimationFrame(hide));
})"""
HEIGHTS = "root => [...root.querySelectorAll('.cnnlab-stage > *')].map(part => part.offsetHeight)"


def test_a_stage_that_is_hidden_while_it_is_laid_out_is_laid_out_when_it_is_shown_again(stage_page):
    seen, hidden = (View(stage_page, {**forward(), "message": "One line."}) for _ in range(2))
    seen.root.evaluate("root => (root.style.width = '640px')")
    hidden.root.evaluate(HIDE)
    settle(hidden.page)
    assert hidden.root.evaluate(HEIGHTS) == seen.root.evaluate(HEIGHTS)


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
    view.new_value.fill("77")
    sent = len(view.edits())
    view.stage.unmount()
    assert view.stage.listening() == 0
    assert view.page.evaluate("alive") == {"timers": 0, "observers": 0, "listeners": 0}
    assert len(view.edits()) == sent
    assert stage_page.page.locator(".cnnlab-stage").count() == 0
