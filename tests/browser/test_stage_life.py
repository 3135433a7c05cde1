"""A stage on a plain page: new scenes, a hidden stage, two views of one explorer, and what is left when it goes."""

from __future__ import annotations

import re

import numpy as np
from plain_page import as_json, settle
from playwright.sync_api import expect
from stage_view import DY, StageView, View, W, X, backward, both_ways, forward, pooled

from cnnlab.lab import ChainExplorer, ConvolutionExplorer, Predict

# --- new scenes -----------------------------------------------------------------------------------------------------


def test_a_new_scene_keeps_the_cell_in_view_or_goes_to_the_nearest(plain_page):
    view = View(plain_page, forward(padding=1))
    view.cell("x", 2, 5).click()
    view.mounted.push(padding=3)
    view.expect_selected("x", 4, 7)
    view.expect_held(True)
    view.mounted.push(padding=0, stride=1, size=3)
    view.expect_selected("x", 1, 2)
    view.mounted.push(size=5)
    view.cell("y", 1, 1).click()
    view.mounted.push(padding=1, stride=3)
    view.expect_selected("y", 1, 1)
    view.mounted.push(padding=0, stride=1, size=3)
    view.expect_selected("y", 0, 0)
    view.mounted.push(size=5)
    view.button("one step on").click()
    view.mounted.push(size=3)
    expect(view.part("transport")).to_be_hidden()  # there is but one step


def test_another_topic_begins_where_it_says_and_the_same_one_keeps_the_cell(plain_page):
    class TwoTopics(ConvolutionExplorer):
        more = {}  # noqa: RUF012 (replaced, never changed)

        def scenes(self):
            return [{**scene, **self.more} for scene in super().scenes()]

    view = View(plain_page, TwoTopics(X, W, stride=2, padding=1, dy=DY, gradients=True))
    view.cell("y", 1, 2).click()
    view.explorer.more = {"topic": "back", "steps": "dx", "first": {"panel": "dx", "cell": [0, 1, 1]}}
    view.explorer.refresh()
    view.mounted.push()
    view.expect_selected("dx", 1, 1)
    view.expect_held(False)
    expect(view.part("step")).to_have_text("step 9 of 49")
    view.button("one step on").click()
    view.expect_selected("dx", 1, 2)
    view.mounted.push(turned=True)
    view.expect_selected("dx", 1, 2)


def test_a_panel_that_becomes_active_keeps_the_focus(plain_page):
    class Active(ConvolutionExplorer):
        lit = False

        def scenes(self):
            scene = super().scenes()[0]
            scene["panels"][0]["active"] = self.lit
            return [scene]

    view = View(plain_page, Active(X, W, stride=2, padding=1))
    view.cell("x", 2, 2).click()
    for lit in (True, False):
        view.explorer.lit = lit
        view.explorer.refresh()
        view.mounted.push()
        matches = expect(view.panel("x"))
        (matches.to_have_class if lit else matches.not_to_have_class)(re.compile("cnnlab-active"))
        assert view.focused() == "x:0,2,2"


def test_new_numbers_and_a_new_size_keep_the_elements(plain_page):
    view = View(plain_page, backward())
    view.top.evaluate(
        "stage => stage.querySelectorAll('.cnnlab-panel').forEach(panel => { panel.dataset.old = 'yes'; })"
    )
    old = "stage => [...stage.querySelectorAll('.cnnlab-panel')].filter(p => p.dataset.old).map(p => p.dataset.panel)"
    for change in ({"turned": True}, {"size": 7}):
        view.mounted.push(**change)
        assert sorted(view.top.evaluate(old)) == ["b", "db", "dw", "dx", "dy", "w", "x", "y"]
    expect(view.panel("x").locator(".cnnlab-cell")).to_have_count(9 * 9)


TOUCHED = """([stage, act]) => new Promise(done => {
  let count = 0;
  const watch = new MutationObserver(records => { count += records.length; });
  watch.observe(stage, { subtree: true, childList: true, attributes: true, characterData: true });
  window.touched = () => { watch.disconnect(); return count; };
  done();
})"""


def test_a_typed_edit_touches_as_much_as_a_nudge(plain_page):
    view = View(plain_page, backward())
    view.cell("x", 1, 2).click()
    counts = []
    for keys in (("Shift+ArrowUp",), ("1", "Enter"), ("Shift+ArrowUp",)):  # none is the largest of its panel
        settle(view.page)
        view.page.evaluate(TOUCHED, [view.top.element_handle(), ""])
        view.press(*keys)
        view.mounted.answered()
        counts.append(view.page.evaluate("touched()"))
    nudge, typed, again = counts
    assert 10 < nudge < 100
    assert typed <= max(nudge, again) + 20, counts  # the field comes and goes


def test_panels_that_are_made_anew_within_one_frame_stand_as_before(plain_page):
    mounted = plain_page.mount(ChainExplorer(X))
    boxes = "root => [...root.querySelectorAll('.cnnlab-panel')].map(panel => panel.getBoundingClientRect())"
    before = mounted.root.evaluate(boxes)
    first, shown = mounted.explorer.arrow, []
    for arrow in (first + 1, first):
        mounted.explorer.arrow = arrow
        shown.append(as_json(mounted.explorer.shown))
    answers = "([number, shown]) => { for (const each of shown) models[number].answer(each); }"
    mounted.page.evaluate(answers, [mounted.number, shown])
    settle(mounted.page)
    assert mounted.root.evaluate(boxes) == before


def test_a_smaller_scatter_shows_its_last_step_when_a_tap_is_selected(plain_page):
    view = View(plain_page, both_ways())
    view.scrub.fill("9")
    view.cell("w", 1, 1).click()
    view.mounted.push(padding=0, stride=1, size=3, kernel=2)
    expect(view.part("step")).to_have_text("step 4 of 4")
    np.testing.assert_array_equal(view.array("dx"), view.sent_values("dx"))


def test_a_new_winner_is_marked_where_the_focus_is(plain_page):
    view = View(plain_page, pooled(2))
    view.cell("x", 1, 1).click()
    assert (0, 1, 1) not in view.with_mark("x", "winner")
    view.press("9", "Enter")
    view.mounted.answered()
    assert (0, 1, 1) in view.with_mark("x", "winner")
    assert view.focused() == "x:0,1,1"


def test_a_slider_that_is_moved_while_the_kernel_is_busy_stays_where_it_was_put(plain_page):
    view = View(plain_page, forward())
    view.mounted.hold()
    slider = view.slider("P padding")
    slider.focus()
    view.press("ArrowRight", "ArrowRight")
    expect(slider).to_have_value("3")
    view.explorer.arrays["x"][0, 0, 0, 0] = 7
    view.explorer.refresh()
    view.mounted.push()
    expect(slider).to_have_value("3")
    view.mounted.release()
    assert view.explorer.padding == 3
    expect(slider).to_have_value("3")
    assert len(view.mounted.asked()) == 1  # of the two moves, the last


def test_two_views_of_one_explorer_keep_their_own_selection_and_share_their_edits(plain_page):
    view = View(plain_page, backward())
    view.mounted.hold()
    root = plain_page.again(view.mounted)
    twin = StageView(root.locator(".cnnlab-stage"), root.locator(".cnnlab-explorer"))
    twin.cell("w", 2, 2).click()
    view.press("6", "Enter")
    view.cell("x", 1, 1).click()
    view.press("5", "Enter")
    assert view.edits() == [("w", 0, 2, 2, 6), ("x", 0, 0, 0, 5)]
    view.mounted.release()
    for each in (view, twin):
        expect(each.cell("x", 1, 1)).to_have_text("5")
        expect(each.cell("w", 2, 2)).to_have_text("6")
    twin.expect_selected("w", 2, 2)
    view.expect_selected("x", 1, 1)
    twin.button("undo: take the last change back").click()
    expect(view.cell("x", 1, 1)).to_have_text("3")
    plain_page.unmount(1)
    view.slider("S stride").focus()
    view.press("ArrowLeft")
    expect(view.panel("y").locator(".cnnlab-cell")).to_have_count(25)


def test_two_stages_of_one_explorer_have_selections_of_their_own_and_escape_lets_go_of_both(plain_page):
    view = View(plain_page, both_ways())
    other = StageView(view.root.locator(".cnnlab-stage").nth(1), view.root)
    view.cell("dy", 1, 1).click()
    other.cell("y", 2, 2).click()
    for stage, place in ((view, ("dy", 1, 1)), (other, ("y", 2, 2))):
        stage.expect_selected(*place)
        stage.expect_held(True)
    view.press("Escape")
    for stage in (view, other):
        stage.expect_held(False)


# --- hidden ---------------------------------------------------------------------------------------------------------

# Narrows the view and hides it before the next frame, when it is about to look at its own layout; then shows it again.
HIDE = """root => new Promise(done => {
  root.style.width = "700px";
  const hide = () => { root.style.display = "none"; requestAnimationFrame(show); };
  const show = () => { root.style.display = ""; done(); };
  requestAnimationFrame(() => requestAnimationFrame(hide));
})"""
HEIGHTS = "root => [...root.querySelectorAll('.cnnlab-stage > *')].map(part => part.offsetHeight)"


def test_a_stage_that_is_hidden_while_it_is_laid_out_is_laid_out_when_it_is_shown_again(plain_page):
    seen, hidden = (plain_page.mount(forward()).root for _ in range(2))
    seen.evaluate("root => (root.style.width = '700px')")
    hidden.evaluate(HIDE)
    settle(plain_page.page)
    assert hidden.evaluate(HEIGHTS) == seen.evaluate(HEIGHTS)


def test_an_explorer_that_is_made_in_a_hidden_place_is_laid_out_when_it_is_shown(plain_page):
    plain_page.open()
    plain_page.page.evaluate("document.querySelector('main').style.display = 'none'")
    hidden = plain_page.mount(backward())
    plain_page.page.evaluate("document.querySelector('main').style.display = ''")
    settle(plain_page.page)
    seen = plain_page.mount(backward())
    assert hidden.root.evaluate(HEIGHTS) == seen.root.evaluate(HEIGHTS)


# --- the end --------------------------------------------------------------------------------------------------------

# Counts what the front end has started and not stopped: timers, frames, observers, listeners outside its own elements.
COUNTERS = """
window.alive = { timers: 0, observers: 0, listeners: 0 };
const ours = () => new Error().stack.includes("cnnlab/lab/front/");
const count = (owner, name, what, step, counts = () => true) => {
  const call = owner[name];
  owner[name] = function (...given) {
    if (ours() && counts(this, given)) alive[what] += step;
    return call.apply(this, given);
  };
};
count(window, "setInterval", "timers", 1);
count(window, "clearInterval", "timers", -1, (_, [id]) => Boolean(id));
const watching = new Set();
for (const { prototype } of [ResizeObserver, MutationObserver]) {
  const { observe, disconnect } = prototype;
  const told = step => { step(); alive.observers = watching.size; };
  prototype.observe = function (...given) { if (ours()) told(() => watching.add(this)); observe.apply(this, given); };
  prototype.disconnect = function () { told(() => watching.delete(this)); disconnect.call(this); };
}
const outside = (target) => target === window || target === document || target === document.body;
const listen = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (type, listener, options) {
  if (outside(this) && ours()) {
    alive.listeners++;
    options.signal.addEventListener("abort", () => alive.listeners--);
  }
  return listen.call(this, type, listener, options);
};
"""


def test_an_explorer_that_goes_leaves_nothing_behind_and_asks_for_nothing(fresh_page):
    fresh_page.page.add_init_script(COUNTERS)
    view = View(fresh_page, backward())
    other = View(fresh_page, Predict("What is 1 + 1?", 2))
    assert (view.mounted.listening(), other.mounted.listening()) == (3, 3)
    alive = view.page.evaluate("alive")
    assert alive["observers"] == 2  # of a stage: its size, and the theme
    assert alive["listeners"] > 0
    watching = view.page.evaluate("alive.timers")  # whether the kernel answers
    view.button("play").click()
    assert view.page.evaluate("alive.timers") == watching + 1
    view.button("pause").click()
    view.button("play").click()
    view.cell("x", 2, 2).dblclick()
    view.button("play").focus()
    view.cell("x", 2, 2).dblclick()
    view.new_value.fill("77")
    saved = view.mounted.saved()
    fresh_page.unmount(0)
    fresh_page.unmount(1)
    settle(view.page)
    assert (view.mounted.listening(), other.mounted.listening(), view.mounted.saved()) == (0, 0, saved)
    left = view.page.evaluate("alive")
    assert left == {"timers": 0, "observers": 0, "listeners": 0}
    assert fresh_page.page.locator("[class*=cnnlab]").count() == 0
