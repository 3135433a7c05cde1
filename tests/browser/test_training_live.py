"""TrainingExplorer in a page: training, pausing, stepping and resetting while the kernel does other things too."""

from __future__ import annotations

from itertools import product

import pytest
from playwright.sync_api import Locator, expect

from cnnlab import load_digits
from cnnlab.lab import TrainingExplorer

MAKE = """
from cnnlab import load_digits
from cnnlab.lab import TrainingExplorer
explorer = TrainingExplorer(*load_digits())
"""
AT_LEAST = "([bar, step]) => bar.value >= step"
OVERFLOWING = """root => [...root.querySelectorAll("*:not(.cnnlab-live, .cnnlab-grid *)")].filter(element => {
  const { overflowX } = getComputedStyle(element);
  return overflowX !== "hidden" && element.clientWidth && element.scrollWidth > element.clientWidth + 1;
}).map(element => `${element.tagName}.${element.className}: ${element.textContent.slice(0, 40)}`)"""
BOXES = """root => [...root.querySelectorAll(".cnnlab-part, .cnnlab-stage, .cnnlab-panel")].map(part => {
  const { left, top, width, height } = part.getBoundingClientRect();
  return [left, top, width, height].map(Math.round);
})"""
NO_ANSWER = "No answer from the kernel: it is busy, or was restarted. After a restart, run this cell again."


class Training:
    """A TrainingExplorer in a notebook, or on a plain page."""

    def __init__(self, page, number: int = 0) -> None:
        self.page = page
        self.root: Locator = page.locator(".cnnlab-explorer").nth(number)
        self.bar = self.root.get_by_role("progressbar")
        self.state = self.root.get_by_role("status")

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name)  # not exact: it has an icon

    def choose(self, label: str, value: str) -> None:
        self.root.get_by_label(label).select_option(value)

    def expect_state(self, text: str) -> None:
        expect(self.state).to_have_text(text, timeout=30_000)

    def expect_step(self, step: int) -> None:
        expect(self.bar).to_have_js_property("value", step, timeout=30_000)

    def wait_for(self, step: int) -> None:
        self.page.wait_for_function(AT_LEAST, arg=[self.bar.element_handle(), step])

    @property
    def step(self) -> int:
        return self.bar.evaluate("bar => bar.value")

    def numbers(self, panel: str) -> list[float]:
        """Return the numbers of the cells of a panel."""
        cells = self.root.locator(f'[data-panel="{panel}"] .cnnlab-cell')
        return cells.evaluate_all("cells => cells.map(cell => Number(cell.dataset.value))")


@pytest.fixture
def training(lab) -> Training:
    """Open a notebook with one explorer."""
    lab.new(MAKE, "explorer")
    lab.run_all()
    return Training(lab.page)


def test_it_trains_pauses_steps_and_resets_while_other_cells_run(lab, training):
    training.expect_state("Ready: press start.")
    training.choose("pace", "20 steps a second")
    training.button("start").click()
    training.wait_for(3)
    training.expect_state("Training.")
    assert 3 <= int(lab.execute("len(explorer.records)")) < 900
    training.wait_for(training.step + 1)  # the cell did not stop it
    training.button("pause").click()
    training.expect_state("Paused.")
    step = int(lab.execute("len(explorer.records)"))
    training.expect_step(step)
    training.button("step").click()
    training.expect_step(step + 1)
    assert lab.execute("len(explorer.records)") == str(step + 1)
    training.choose("pace", "full speed")
    training.button("start").click()
    training.expect_state("Finished.")
    expect(training.button("start")).to_be_disabled()
    expect(training.root.get_by_role("img", name="accuracy by epoch")).to_be_visible()
    assert lab.execute("explorer.accuracy >= 0.97") == "True"
    training.button("reset").click()
    training.expect_step(0)
    training.expect_state("Ready: press start.")


def test_new_filters_are_used_after_a_reset_and_the_slider_looks_back(lab, training):
    training.choose("conv 1 filters", "4")
    training.expect_state("Ready: press start. Reset to use the new filters.")
    training.button("reset").click()
    expect(training.root.locator('[data-panel="w"] .cnnlab-grid')).to_have_count(4)
    lab.execute("explorer.run(200)")
    heading = training.root.locator(".cnnlab-heading").last
    expect(heading).to_contain_text("After step 200")
    slider = training.root.get_by_role("slider", name="look back")
    slider.press("Home")
    expect(heading).to_contain_text("Before the training")
    slider.press("ArrowRight")
    expect(heading).to_contain_text("After epoch 1")
    expect(slider).to_have_attribute("aria-valuetext", "epoch 1")


def test_two_explorers_train_at_once(lab):
    lab.new(MAKE + "other = TrainingExplorer(*load_digits(), seed=1)", "explorer", "other")
    lab.run_all()
    first, second = Training(lab.page), Training(lab.page, 1)
    for training in (first, second):
        training.choose("pace", "20 steps a second")
    for training in (first, second):
        training.button("start").click()
    for training in (first, second):
        training.wait_for(2)
    assert lab.execute("explorer.playing and other.playing") == "True"
    for training in (first, second):
        training.button("pause").click()
        training.expect_state("Paused.")


def test_after_a_restart_in_the_middle_its_page_says_so_and_the_notebook_runs_again(lab, training):
    training.choose("pace", "20 steps a second")
    training.button("start").click()
    training.wait_for(1)
    lab.restart()
    expect(training.root.locator(".cnnlab-silence")).to_contain_text("run this cell again")
    lab.run_all()
    training = Training(lab.page)
    training.expect_state("Ready: press start.")
    training.button("start").click()
    training.wait_for(1)
    training.button("pause").click()
    training.expect_state("Paused.")


def test_nothing_overflows_and_nothing_moves_while_it_learns(lab):
    lab.new(MAKE, "explorer")
    trouble = "explorer._run.trouble = 'loss (nan) must be finite: ' + 16 * 'it is not. '; explorer.refresh()"
    for theme, width in product(("light", "dark"), (1280, 900)):
        lab.theme(theme)
        lab.viewport(width, 1600)
        lab.run_all()
        training, boxes = Training(lab.page), []
        for code in ("explorer.refresh()", "explorer.run(20)", "explorer.batch_size = 32", "explorer.run(80)", trouble):
            lab.execute(code)
            training.expect_step(int(lab.execute("len(explorer.records)")))
            lab.settle()
            assert training.root.evaluate(OVERFLOWING) == []
            boxes.append(training.root.evaluate(BOXES))
        for later in boxes[1:]:
            assert later == boxes[0]
        lab.screenshot(f"training-{theme}-{width}")


def test_buttons_progress_and_curves_are_seen_together(lab, training):
    lab.viewport(1280, 800)
    lab.settle()
    top = training.root.bounding_box()["y"]
    second = training.root.locator(".cnnlab-stage").nth(1).bounding_box()["y"]
    assert second - top <= 660


# --- the front end alone --------------------------------------------------------------------------------------------


def explore(**options) -> TrainingExplorer:
    return TrainingExplorer(*load_digits(), filters=(4, 4), epochs=2, **options)


def test_the_drawing_follows_the_numbers_and_leaves_no_listener(plain_page):
    explorer = explore()
    view = plain_page.mount(explorer)
    explorer.run(100)
    view.push()
    training, shown = Training(plain_page.page), {panel["name"]: panel for panel in explorer._scenes[0]["panels"]}
    assert training.step == 100
    assert training.numbers("confusion") == shown["confusion"]["values"].ravel().tolist()
    texts = training.root.locator('[data-panel="confusion"] .cnnlab-cell').all_text_contents()
    assert texts == [f"{count:.0f}" for count in shown["confusion"]["values"].ravel()]
    assert training.numbers("worst") == shown["worst"]["values"].ravel().tolist()
    assert set(training.root.locator('[data-panel="worst"] .cnnlab-cell').all_text_contents()) == {""}
    captions = training.root.locator('[data-panel="worst"] .cnnlab-below').all_text_contents()
    powers = training.root.locator('[data-panel="deltas"] .cnnlab-bar-text').all_text_contents()
    assert (captions, powers) == (shown["worst"]["captions"], shown["deltas"]["texts"])
    points = training.root.locator("[data-panel=loss] .cnnlab-rule ~ polyline").first.get_attribute("points").split()
    assert len(points) == 100
    plain_page.unmount()
    assert view.listening() == 0


def test_what_is_not_finite_is_said_and_not_drawn(plain_page):
    explorer = explore()
    explorer._run._evaluated = explorer._run.evaluate()[0]._replace(loss=float("nan")), explorer._run.evaluate()[1]
    explorer._run.deltas.append(dict.fromkeys(explorer._run.model.deltas, 1e300))
    explorer.refresh()
    plain_page.mount(explorer)
    root = Training(plain_page.page).root
    expect(root.locator("[data-panel=loss]")).to_contain_text("held out NaN")
    expect(root.locator("[data-panel=loss] .cnnlab-rule ~ .cnnlab-end")).to_have_count(0)
    expect(root.locator("[data-panel=deltas]")).to_contain_text("1.0e300")


def test_a_training_that_is_not_heard_of_for_five_seconds_is_said_to_be_lost(fresh_page):
    fresh_page.page.clock.install()
    explorer = explore()
    view = fresh_page.mount(explorer)
    training = Training(fresh_page.page)
    silence = training.root.locator(".cnnlab-silence")
    fresh_page.page.clock.run_for(60_000)
    training.expect_state("Ready: press start.")
    expect(silence).to_have_text("")  # nothing is expected to be heard
    explorer._take_turn()
    for _ in range(3):
        explorer.refresh()
        view.push()
        fresh_page.page.clock.run_for(4_000)
        training.expect_state("Training.")
        expect(silence).to_have_text("")
    fresh_page.page.clock.run_for(1_100)
    expect(silence).to_have_text(NO_ANSWER)
    view.push()
    expect(silence).to_have_text("")
