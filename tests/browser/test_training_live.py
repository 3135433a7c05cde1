"""TrainingExplorer in a page: training, pausing, stepping and resetting while the kernel does other things too."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from cnnlab import load_digits
from cnnlab.widgets.curves import Curves, summarise
from cnnlab.widgets.run import Run, Settings
from cnnlab.widgets.stage import pack

MAKE = """
from cnnlab import load_digits
from cnnlab.widgets.training import TrainingExplorer
explorer = TrainingExplorer(*load_digits())
"""
AT_LEAST = "([root, step]) => Number(root.dataset.step) >= step"
RUN_CELL = """async code => {
  const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
  const future = kernel.requestExecute({ code });
  let text = "";
  future.onIOPub = ({ content }) => { text += content.data?.["text/plain"] ?? ""; };
  await future.done;
  return text;
}"""
OVERFLOWING = """root => [...root.querySelectorAll("*:not(.widget-slider, .widget-slider *)")].filter(element => {
  const { overflowX } = getComputedStyle(element);
  return overflowX === "visible" && element.clientWidth && element.scrollWidth > element.clientWidth + 1;
}).map(element => `${element.tagName}.${element.className}: ${element.textContent.slice(0, 40)}`)"""


class Training:
    """A TrainingExplorer in a notebook."""

    def __init__(self, lab, number: int = 0) -> None:
        self.page = lab.page
        self.root: Locator = lab.page.locator(".cnnlab-training").nth(number)
        self.curves = self.root.locator(".cnnlab-curves")

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name)  # not exact: the icon is a letter of its own

    def choose(self, label: str, value: str) -> None:
        self.root.get_by_label(label).select_option(value)

    def expect_state(self, text: str) -> None:
        expect(self.root.get_by_role("status")).to_have_text(text, timeout=30_000)

    def wait_for(self, step: int) -> None:
        self.page.wait_for_function(AT_LEAST, arg=[self.curves.element_handle(), step])

    @property
    def step(self) -> int:
        return int(self.curves.get_attribute("data-step"))


@pytest.fixture
def training(lab) -> Training:
    """Open a notebook with one explorer."""
    lab.new(MAKE, "explorer")
    lab.run_all()
    return Training(lab)


def run_cell(lab, code: str) -> str:
    """Run code as a cell does, and return what it shows."""
    return lab.page.evaluate(RUN_CELL, code)


def test_it_trains_pauses_steps_and_resets_while_other_cells_run(lab, training):
    expect(training.curves).to_have_attribute("data-step", "0")
    training.choose("pace", "20 steps a second")
    training.button("start").click()
    training.wait_for(3)
    assert 3 <= int(run_cell(lab, "len(explorer.records)")) < 900
    training.wait_for(training.step + 1)  # the cell did not stop it
    training.button("pause").click()
    training.expect_state("Paused.")
    step = int(run_cell(lab, "len(explorer.records)"))
    expect(training.curves).to_have_attribute("data-step", str(step))
    training.button("step").click()
    expect(training.curves).to_have_attribute("data-step", str(step + 1))
    assert run_cell(lab, "len(explorer.records)") == str(step + 1)
    training.choose("pace", "full speed")
    training.button("start").click()
    training.expect_state("Finished.")
    expect(training.button("start")).to_be_disabled()
    expect(training.root.get_by_role("img", name="accuracy by epoch, after step 900 of 900")).to_be_visible()
    assert run_cell(lab, "explorer.accuracy >= 0.98") == "True"
    training.button("reset").click()
    expect(training.curves).to_have_attribute("data-step", "0")
    training.expect_state("Ready: press start.")


def test_new_filters_are_used_after_a_reset_and_the_slider_looks_back(lab, training):
    training.choose("conv 1 filters", "4")
    training.expect_state("Ready: press start. The new filters will be used after a reset.")
    training.button("reset").click()
    expect(training.root.locator('[data-panel="w"] .cnnlab-grid')).to_have_count(4)
    run_cell(lab, "explorer.run(200)")
    heading = training.root.locator(".cnnlab-heading")
    expect(heading).to_contain_text("now, after step 200")
    handle = lab.slider("look back")
    handle.press("Home")
    expect(heading).to_contain_text("before the training")
    handle.press("ArrowRight")
    expect(heading).to_contain_text("after epoch 1")


def test_two_explorers_train_at_once(lab):
    lab.new(MAKE + "other = TrainingExplorer(*load_digits(), seed=1)", "explorer", "other")
    lab.run_all()
    first, second = Training(lab), Training(lab, 1)
    for training in (first, second):
        training.choose("pace", "20 steps a second")
    for training in (first, second):
        training.button("start").click()
    for training in (first, second):
        training.wait_for(2)
    assert run_cell(lab, "explorer.playing and other.playing") == "True"
    for training in (first, second):
        training.button("pause").click()
        training.expect_state("Paused.")


def test_after_a_restart_in_the_middle_the_notebook_runs_again(lab, training):
    training.button("start").click()
    training.wait_for(1)
    lab.restart()
    lab.run_all()
    expect(training.curves).to_have_attribute("data-step", "0")
    training.button("start").click()
    training.wait_for(1)
    training.button("pause").click()
    training.expect_state("Paused.")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 900])
def test_nothing_overflows_and_nothing_moves_while_it_learns(lab, training, theme, width):
    lab.theme(theme)
    lab.viewport(width, 1600)
    boxes = []
    for code in ("explorer.refresh()", "explorer.run(300)", "explorer.run()"):
        run_cell(lab, code)
        expect(training.curves).to_have_attribute("data-step", run_cell(lab, "len(explorer.records)"))
        lab.settle()
        assert training.root.evaluate(OVERFLOWING) == []
        parts = training.root.locator(".cnnlab-part, .cnnlab-card, .cnnlab-stage").all()
        boxes.append([{name: round(size) for name, size in part.bounding_box().items()} for part in parts])
    assert boxes[0] == boxes[1] == boxes[2]
    lab.screenshot(f"training-{theme}-{width}")


# --- the front end alone --------------------------------------------------------------------------------------------


def test_the_drawing_follows_the_summary_and_leaves_no_listener(stage_page):
    run = Run(load_digits(), Settings((4, 4), 0.03, 16, epochs=2, seed=0))
    stage_page.load(str(Curves._esm), str(Curves._css))
    view = stage_page.mount(summary=pack(summarise(run)))
    while run.step < 100:
        run.advance()
    summary = summarise(run)
    view.update(summary=pack(summary))
    cells = view.root.locator("[data-part=confusion] td").all_text_contents()
    assert cells == [str(count) for count in summary["confusion"].ravel()]
    wrong = summary["wrong"]
    names = [f"a {label} read as {answer}" for label, answer in zip(wrong["labels"], wrong["answers"], strict=True)]
    pictures = view.root.locator("[data-part=mistakes] svg").all()
    assert [picture.get_attribute("aria-label") for picture in pictures] == names
    ink = [float(rect.get_attribute("fill-opacity")) for rect in pictures[0].locator("rect").all()]
    assert ink == wrong["images"][0][wrong["images"][0] > 0].tolist()
    points = view.root.locator("[data-part=loss] .cnnlab-rule ~ polyline").first.get_attribute("points").split()
    assert len(points) == 100
    view.unmount()
    assert view.listening() == 0


def test_what_is_not_finite_is_said_and_not_drawn(stage_page):
    summary = summarise(Run(load_digits(), Settings((4, 4), 0.03, 16, epochs=2, seed=0)))
    summary["charts"][0]["lines"][1]["y"] = np.array([np.nan])
    summary["deltas"][0]["value"] = 1e300
    stage_page.load(str(Curves._esm))
    view = stage_page.mount(summary=pack(summary))
    expect(view.root.locator("[data-part=loss]")).to_contain_text("held out NaN")
    expect(view.root.locator("[data-part=loss] .cnnlab-rule ~ .cnnlab-end")).to_have_count(0)
    expect(view.root.locator("[data-part=deltas]")).to_contain_text("1.0·10³⁰⁰")
