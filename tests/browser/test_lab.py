"""The harness itself: it runs a notebook, moves a slider, and hears what goes wrong."""

from __future__ import annotations

import re

import nbformat
import pytest
from playwright.sync_api import expect

WIDGETS = """
import anywidget, ipywidgets, traitlets

class Square(anywidget.AnyWidget):
    _esm = '''
    function render({ model, el }) {
      const draw = () => { el.textContent = `square ${model.get("value")}`; };
      el.addEventListener("mouseenter", () => { el.dataset.hovered = "yes"; });
      el.className = "square";
      draw();
      model.on("change:value", draw);
      return () => model.off("change:value", draw);
    }
    export default { render };
    '''
    value = traitlets.Int(9).tag(sync=True)

slider, square = ipywidgets.IntSlider(3, 0, 9, description="side"), Square()
def follow(change): square.value = change.new ** 2
slider.observe(follow, "value")
"""
BROKEN = """
def fail(change): raise ValueError("no such side")
slider.unobserve_all()
slider.observe(fail, "value")
"""


def test_a_slider_moved_by_keyboard_changes_an_anywidget_and_hovering_sends_nothing(lab):
    lab.new(WIDGETS, "ipywidgets.VBox([slider, square])")
    lab.run_all()
    expect(lab.output(1).locator(".square")).to_have_text("square 9")
    before = len(lab.comm_messages())
    lab.slider("side").press("ArrowRight")
    expect(lab.page.locator(".square")).to_have_text("square 16")
    moves = lab.comm_messages()[before:]
    assert [message["content"]["data"]["state"] for message in moves] == [{"value": 4}]
    with lab.silence():
        lab.page.locator(".square").hover()
        expect(lab.page.locator(".square")).to_have_attribute("data-hovered", "yes")
    with pytest.raises(AssertionError, match="comm_msg"), lab.silence():
        lab.slider("side").press("ArrowRight")


def test_the_server_loaded_what_makes_the_cells_follow_a_slider_at_once(lab):
    log = (lab.server.root.parent / "server.log").read_text(encoding="utf-8")
    assert "cnnlab_server | extension was successfully loaded." in log


def test_an_error_in_an_observer_is_heard(lab):
    lab.new(WIDGETS, BROKEN + "slider")
    lab.run_all()
    lab.slider("side").press("ArrowRight")
    assert lab.provoked() == "kernel: ValueError: no such side"


@pytest.mark.slow
def test_a_notebook_runs_again_after_a_restart_and_after_it_was_saved_and_reopened(lab):
    lab.new("import os; os.getpid()")
    seen = set()
    for again in (lambda: None, lab.restart, lab.reopen):
        again()
        lab.run_all()
        expect(lab.output(0)).to_have_text(re.compile(r"^\d+$"))
        stored = nbformat.read(lab.save(), as_version=4).cells[0].outputs[0].data["text/plain"]
        seen.add(stored)
    assert len(seen) == 3


def test_the_theme_and_the_size_of_the_page_change(lab):
    lab.new("1 + 1")
    colours = []
    for theme in ("light", "dark"):
        lab.theme(theme)
        colours.append(
            lab.page.evaluate("() => getComputedStyle(document.body).getPropertyValue('--jp-layout-color0')")
        )
    assert colours[0] != colours[1]
    lab.viewport(900, 700)
    assert lab.page.evaluate("() => [innerWidth, innerHeight]") == [900, 700]
    assert lab.screenshot("lab-dark").read_bytes().startswith(b"\x89PNG")
