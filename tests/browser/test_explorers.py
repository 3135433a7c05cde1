"""The explorers in a real JupyterLab, kernel and all: sliders, edits, copies, restarts, themes."""

from __future__ import annotations

import json
from base64 import b64decode
from io import BytesIO

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from lab import PANEL, Lab, held_in
from numpy.testing import assert_allclose
from playwright.sync_api import TimeoutError, expect
from stage_view import StageView, sum_of

from cnnlab import conv2d, conv2d_backward, explain_output_size, load_photo, max_pool2d, max_pool2d_backward
from cnnlab.lab.explorers.photo import KERNELS, grey

CONVOLUTION = """
import numpy as np
from cnnlab.lab import BackwardExplorer, ConvolutionExplorer, PhotoExplorer, PoolingExplorer
x, w = np.arange(49).reshape(7, 7) % 5, np.array([[1, 0, -1], [2, 1, 0], [0, -1, 1]])
explorer = ConvolutionExplorer(x, w, stride=2, padding=1, gradients=True)
"""
X, W = np.arange(49.0).reshape(1, 1, 7, 7) % 5, np.array([[[[1.0, 0, -1], [2, 1, 0], [0, -1, 1]]]])


def stage_in(lab: Lab, cell: int, number: int = 0) -> StageView:
    """Return a stage in the output of a cell."""
    root = lab.output(cell).locator(".cnnlab-explorer")
    return StageView(root.locator(".cnnlab-stage").nth(number), root)


# Says whether a panel shows just these numbers, by cell.
SHOWS = """([stage, panel, numbers]) => {
  const cells = [...stage.querySelectorAll(`[data-panel="${panel}"] .cnnlab-cell`)];
  const close = (p, q) => Math.abs(p - q) <= 1e-12 * Math.max(1, Math.abs(q));
  return cells.length === Object.keys(numbers).length
    && cells.every(cell => close(Number(cell.dataset.value), numbers[cell.dataset.cell]));
}"""


def expect_numbers(view: StageView, panel: str, array: np.ndarray) -> None:
    """Wait until a panel shows just these numbers (planes, h, w)."""
    numbers = {",".join(map(str, cell)): value for cell, value in np.ndenumerate(array)}
    expect(view.panel(panel)).to_be_visible()
    try:
        view.page.wait_for_function(SHOWS, arg=[view.top.element_handle(), panel, numbers], timeout=10_000)
    except TimeoutError:
        assert {",".join(map(str, cell)): value for cell, (value, _) in view.values(panel).items()} == numbers


def expect_convolution(view: StageView, *, x=X, w=W, stride: int, padding: int) -> None:
    """Wait until an explorer shows this convolution, with its formula, and what is left over if anything is."""
    expect_numbers(view, "y", conv2d(x, w, stride=stride, padding=padding)[0])
    because = explain_output_size(x.shape[-1], w.shape[-1], stride=stride, padding=padding)
    formula = view.root.locator(".cnnlab-line:has(.cnnlab-formula)")
    sizes = f"{x.shape[-1]} − {w.shape[-1]} + 2·{padding}"
    expect(formula).to_contain_text(sizes)
    expect(formula).to_contain_text(f"= {because.value}")
    expect(view.root.locator(".cnnlab-below-controls")).to_have_text(because.leftover_text if because.leftover else "")


def press(locator, key: str, times: int = 1) -> None:
    """Press a key on an element a number of times."""
    for _ in range(times):
        locator.press(key)


def test_a_learner_moves_sliders_selects_steps_and_edits(lab):
    lab.new(CONVOLUTION, "explorer")
    lab.run_all()
    view = stage_in(lab, 1)
    expect_convolution(view, stride=2, padding=1)

    view.slider("S stride").press("ArrowRight")
    expect_convolution(view, stride=3, padding=1)
    view.slider("P padding").press("ArrowLeft")
    expect_convolution(view, stride=3, padding=0)
    box = view.slider("S stride").bounding_box()
    middle = box["y"] + box["height"] / 2
    lab.page.mouse.move(box["x"] + 0.66 * box["width"], middle)
    lab.page.mouse.down()
    lab.page.mouse.move(box["x"] - 300, middle, steps=10)
    lab.page.mouse.up()
    expect_convolution(view, stride=1, padding=0)
    view.slider("F kernel").press("End")
    expect_convolution(view, w=np.pad(W, [(0, 0), (0, 0), (0, 4), (0, 4)], mode="wrap"), stride=1, padding=0)
    view.slider("F kernel").press("Home")
    press(view.slider("F kernel"), "ArrowRight", 2)
    expect_convolution(view, stride=1, padding=0)

    with lab.silence():
        view.point("x", 3, 3)
        assert len(view.marked("dy", "lit")) == 9
        view.cell("y", 2, 1).click()
        view.cell("w", 0, 0).hover()
        view.expect_selected("y", 2, 1)
        strip = view.strip()
        assert sum_of(strip) == strip["total"] == conv2d(X, W)[0, 0, 2, 1]
        view.button("one step on").click()
        view.expect_selected("y", 2, 2)
        view.scrub.fill("25")
        view.expect_selected("y", 4, 4)
        view.cell("y", 4, 4).click()
        lab.page.keyboard.press("ArrowLeft")
        view.expect_selected("y", 4, 3)
        lab.page.keyboard.press("d")
        lab.page.keyboard.press("d")
        view.toggle("coverage").click()
        view.toggle("coverage").click()
    held = [held_in(message) for message in lab.comm_messages() if held_in(message)]
    assert held[-1] == {"stage": 0, "panel": "y", "cell": [0, 4, 3]}

    edited = X.copy()
    edited[0, 0, 0, 6] = -9
    view.cell("x", 0, 6).dblclick()
    view.new_value.fill("-9")
    lab.page.keyboard.press("Enter")
    expect_convolution(view, x=edited, stride=1, padding=0)
    lab.page.keyboard.press("Shift+ArrowUp")
    edited[0, 0, 0, 6] = -8
    expect_convolution(view, x=edited, stride=1, padding=0)
    expect(view.part("note")).to_contain_text("Nudge: x[0, 6] changed by 1")
    dy = view.array("dy")[None]
    expect_numbers(view, "dx", conv2d_backward(dy, edited, W)[0][0])

    lab.page.keyboard.press("Control+s")
    lab.page.wait_for_function("() => !jupyterapp.shell.currentWidget.context.model.dirty")
    lab.page.keyboard.press("Control+z")
    edited[0, 0, 0, 6] = -9
    expect_convolution(view, x=edited, stride=1, padding=0)

    view.root.get_by_role("spinbutton", name="R input").fill("6")
    view.cell("y", 0, 0).click()
    expect(view.panel("x").locator(".cnnlab-cell")).to_have_count(36)


def test_an_explorer_shown_twice_lives_on_when_one_goes(lab):
    lab.new(CONVOLUTION, "explorer", "explorer")
    lab.run_all()
    first, second = stage_in(lab, 1), stage_in(lab, 2)
    second.slider("S stride").press("ArrowRight")
    for view in (first, second):
        expect_numbers(view, "y", conv2d(X, W, stride=3, padding=1)[0])
    first.cell("w", 1, 1).click()
    lab.page.keyboard.press("4")
    lab.page.keyboard.press("Enter")
    w = W.copy()
    w[0, 0, 1, 1] = 4
    for view in (first, second):
        expect_numbers(view, "y", conv2d(X, w, stride=3, padding=1)[0])

    lab.page.evaluate("() => { jupyterapp.shell.currentWidget.content.activeCellIndex = 1; }")
    lab.command("notebook:clear-cell-output")
    expect(lab.page.locator(".cnnlab-stage")).to_have_count(1)
    second.slider("S stride").press("ArrowLeft")
    expect_numbers(second, "y", conv2d(X, w, stride=2, padding=1)[0])
    second.cell("x", 1, 1).dblclick()
    second.new_value.fill("7")
    lab.page.keyboard.press("Enter")
    x = X.copy()
    x[0, 0, 0, 0] = 7
    expect_numbers(second, "y", conv2d(x, w, stride=2, padding=1)[0])


@pytest.mark.slow
def test_an_explorer_shown_twice_comes_back_after_a_restart_and_after_it_was_saved_and_reopened(lab):
    lab.new(CONVOLUTION, "explorer", "explorer")
    lab.run_all()
    for again in (lab.restart, lambda: lab.save() and lab.reopen()):
        again()
        lab.run_all()
        for view in (stage_in(lab, 1), stage_in(lab, 2)):
            expect_numbers(view, "y", conv2d(X, W, stride=2, padding=1)[0])
        stage_in(lab, 1).slider("S stride").press("ArrowLeft")
        expect_numbers(stage_in(lab, 2), "y", conv2d(X, W, padding=1)[0])
    stored = nbformat.read(lab.save(), as_version=4).cells[1].outputs[-1].data
    assert stored["text/plain"] == "ConvolutionExplorer: x 7×7, kernel 3, padding 1, stride 2 → y 4×4"
    assert stored["image/png"]


def test_a_reopened_notebook_shows_the_pictures_and_the_questions_of_widgets_that_are_gone(lab):
    lab.new(
        CONVOLUTION + "from cnnlab.lab import Predict",
        "ConvolutionExplorer(x[:4, :4], w)",
        "Predict('What is <b> in \"2\\\\a\" </style>?', 4)",
    )
    lab.run_all()
    expect(lab.cell(1).locator(".cnnlab-explorer")).to_be_visible()
    expect(lab.cell(1).locator(".jp-OutputArea-child:visible")).to_have_count(1)  # the style sheet takes no room
    stored = nbformat.read(lab.save(), as_version=4).cells[1].outputs[-1].data["image/png"]
    lab.reopen()
    expect(lab.page.locator(f"{PANEL} .jupyter-widgets")).to_have_count(2)
    picture, question = lab.page.locator(f"{PANEL} .jupyter-widgets").all()
    address = picture.evaluate("(error) => getComputedStyle(error).content")
    assert address == f'url("data:image/png;base64,{stored}")'
    seen, kept = plt.imread(lab.screenshot("reopened", picture)), plt.imread(BytesIO(b64decode(stored)))
    inside = slice(20, 200), slice(20, 200)  # without the round corners of the plate
    assert_allclose(np.sort(seen[inside][..., :3], axis=None), np.sort(kept[inside][..., :3], axis=None), atol=0.1)
    words = question.evaluate("(error) => getComputedStyle(error, '::before').content")
    assert json.loads(words) == 'Predict: What is <b> in "2\\a" </style>?'
    assert question.evaluate("(error) => getComputedStyle(error).fontSize") == "0px"


# Moves a slider sixty times in a second, as a hurried hand does, by a random walk that ends where it is told.
HURRY = """([range, values]) => new Promise(done => {
  const move = () => {
    if (!values.length) return done();
    range.value = String(values.shift());
    range.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(move, 16);
  };
  move();
})"""


def test_sixty_moves_in_a_second_end_in_the_right_state(lab):
    lab.new(CONVOLUTION, "explorer")
    lab.run_all()
    view, sizes = stage_in(lab, 1), [7]
    for step in np.random.default_rng(1).choice([-1, 1], 60).tolist():
        sizes.append(min(12, max(1, sizes[-1] + step)))
    lab.page.evaluate(HURRY, [view.slider("R input").element_handle(), sizes])
    x = np.pad(X, [(0, 0), (0, 0), (0, 5), (0, 5)], mode="wrap")[..., : sizes[-1], : sizes[-1]]
    expect_convolution(view, x=x, stride=2, padding=1)
    expect(view.slider("R input")).to_have_value(str(sizes[-1]))


def test_an_explorer_follows_python_and_what_ipywidgets_links_to_it(lab):
    link = "import ipywidgets\nother = ipywidgets.IntSlider(1, 0, 4)\n"
    link += "ipywidgets.link((other, 'value'), (explorer, 'padding'))"
    lab.new(CONVOLUTION, "explorer", "explorer.stride = 3", link, "other")
    lab.run_all()
    view = stage_in(lab, 1)
    expect_convolution(view, stride=3, padding=1)
    expect(view.slider("S stride")).to_have_value("3")
    lab.output(4).locator(".noUi-handle").press("ArrowRight")
    expect_convolution(view, stride=3, padding=2)
    view.slider("P padding").press("ArrowRight")
    expect(lab.output(4).locator(".widget-readout")).to_have_text("3")


def test_photo_backward_and_pooling_explorers_work_in_both_themes(lab):
    lab.new(CONVOLUTION, "PhotoExplorer()", "BackwardExplorer(x, w, stride=2)", "PoolingExplorer(x, 3, ties=True)")
    lab.run_all()
    photo, kernel = grey(load_photo()), np.array(KERNELS["Laplacian"], dtype=float)[None, None]
    view = stage_in(lab, 1)
    expect(view.panel("y").locator("canvas")).to_be_visible()
    chosen = view.root.get_by_role("combobox", name="F kernel")
    chosen.select_option("Laplacian")
    expect_numbers(view, "w", kernel[0])
    view.cell("w", 1, 1).dblclick()
    view.new_value.fill("-8")
    lab.page.keyboard.press("Enter")
    expect(chosen).to_have_value("your own")
    kernel[0, 0, 1, 1] = -8
    view.scrub.fill(str(100 * 198 + 51))
    view.expect_selected("y", 100, 50)
    y = conv2d(photo, kernel)[0, 0, 100, 50]
    assert view.strip()["total"] == pytest.approx(y, abs=1e-5)
    assert sum_of(view.strip()) == pytest.approx(y, abs=1e-5)

    scatter, gather = stage_in(lab, 2, 0), stage_in(lab, 2, 1)
    dy = scatter.array("dy").reshape(1, 1, 3, 3)
    scatter.cell("dy", 0, 0).dblclick()
    scatter.new_value.fill("-3")
    lab.page.keyboard.press("Enter")
    dy[0, 0, 0, 0] = -3
    dx = conv2d_backward(dy, X, W, stride=2)[0][0]
    expect_numbers(gather, "y", dx)
    scatter.scrub.fill("9")
    expect_numbers(scatter, "dx", dx)
    expect(gather.part("note")).to_contain_text("the largest difference is 0.")
    gather.button("show the turn").click()

    pool = stage_in(lab, 3, 0)
    pool.root.get_by_role("button", name="round up").click()
    pooled, argmax = max_pool2d(X, 3, ceil_mode=True)
    expect_numbers(pool, "y", pooled[0])
    shown = pool.array("dx")[0]
    np.testing.assert_array_equal(shown[:7, :7], max_pool2d_backward(pool.array("dy")[None], argmax, X.shape)[0, 0])
    assert pool.with_mark("x", "winner") == {(0, int(k) // 7, int(k) % 7) for k in argmax.ravel()}

    canvas = "stage => stage.querySelector('[data-panel=y] canvas').toDataURL()"
    colour = "cell => getComputedStyle(cell).color"
    seen = []
    for theme in ("dark", "light"):
        lab.theme(theme)
        lab.settle()
        seen.append((view.top.evaluate(canvas), pool.cell("x", 0, 0).evaluate(colour)))
    assert seen[0][0] != seen[1][0]
    assert seen[0][1] != seen[1][1]


def test_the_sum_stays_in_view_while_one_scrolls_through_panels_that_are_higher_than_the_window(lab):
    lab.viewport(1280, 500)
    lab.new(CONVOLUTION, "explorer")
    lab.run_all()
    view = stage_in(lab, 1)
    panel = lab.page.locator(PANEL).bounding_box()
    for cell in (view.cell("x", 0, 0), view.cell("dx", 8, 8)):
        cell.scroll_into_view_if_needed()
        strip = view.part("strip").bounding_box()
        assert panel["y"] <= strip["y"]
        assert strip["y"] + strip["height"] <= panel["y"] + panel["height"] + 1
