"""Handouts opened from a disk in a browser: they live, ask for nothing, and show the numbers of the notebook."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import nbformat
import numpy as np
import pytest
from plain_page import settle
from playwright.sync_api import Page, expect
from stage_view import StageView

from cnnlab import conv2d
from cnnlab.lab import ConvolutionExplorer
from cnnlab.publish.handout import write_handouts

X, W = np.arange(25).reshape(1, 1, 5, 5) % 7, np.array([[[[1, 2], [0, -1]]]])
CELLS = [
    "import numpy as np\nfrom cnnlab.lab import ConvolutionExplorer, Predict\n"
    "x, w = np.arange(25).reshape(5, 5) % 7, [[1, 2], [0, -1]]",
    'Predict("What is y[0, 0]?", -5, mistakes={5: "Mind the sign."}, because="So it is.")',
    "ConvolutionExplorer(x, w)",
    'Predict("Which?", "b", choices=["a", "b"], because="Just so.")',
    'covered = ConvolutionExplorer(x, w, padding=1, gradients=True)\nPredict("What is y[0, 1]?", 4, explorer=covered)',
    "covered",
    "print('the answer')",
]
CLEAR = "rgba(0, 0, 0, 0)"


@pytest.fixture(scope="module")
def handout(tmp_path_factory):
    """Write a small notebook and its handout, once for all tests."""
    folder = tmp_path_factory.mktemp("handout")
    cells = [nbformat.v4.new_markdown_cell("# A lesson\n\n$$y_{o} = \\sum_t x_{oS+t-P} w_t$$")]
    notebook = nbformat.v4.new_notebook(cells=[*cells, *map(nbformat.v4.new_code_cell, CELLS)])
    nbformat.write(notebook, folder / "lesson.ipynb")
    (page,) = write_handouts([folder / "lesson.ipynb"], folder / "out")
    return page


@pytest.fixture(scope="module")
def opened(module_page: Page, handout):
    """Open the handout from the disk; the last test fails if it asks for anything or logs anything."""
    page, asked, said = module_page, [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("console", lambda message: said.append(message.text))
    page.goto(handout.as_uri())
    page.wait_for_selector("[data-alive]")
    yield page
    assert {url for url in asked if not url.startswith(("blob:", "data:"))} == {handout.as_uri()}
    assert said == []


def numbers(root, panel: str) -> list[float]:
    cells = root.locator(f'[data-panel="{panel}"] .cnnlab-cell')
    return cells.evaluate_all("cells => cells.map(cell => Number(cell.dataset.value))")


def test_pointing_holding_stepping_and_a_slider_work_with_the_notebook_s_numbers(opened):
    root = opened.locator("[data-widget]").nth(1)
    stage = StageView(root.locator(".cnnlab-stage"), root)
    y = conv2d(X, W)
    assert numbers(root, "y") == y.ravel().tolist()
    root.locator('[data-panel="y"] [data-cell="0,1,2"]').click()
    assert stage.top.get_attribute("data-selected") == "y:0,1,2"
    assert stage.top.get_attribute("data-held") == "true"
    root.get_by_role("button", name="one step on").click()
    assert stage.top.get_attribute("data-selected") == "y:0,1,3"
    slider = root.get_by_role("slider", name="S stride")
    slider.press("ArrowRight")
    expect(root.locator('[data-panel="y"] .cnnlab-cell')).to_have_count(4)
    assert numbers(root, "y") == conv2d(X, W, stride=2).ravel().tolist()
    root.get_by_role("slider", name="P padding").press("ArrowRight")
    expect(root.locator('[data-panel="y"] .cnnlab-cell')).to_have_count(9)
    assert numbers(root, "y") == conv2d(X, W, stride=2, padding=1).ravel().tolist()


def test_a_setting_that_the_page_does_not_have_is_marked_at_its_slider_and_locks_no_other(opened):
    root = opened.locator("[data-widget]").nth(1)
    limited = root.locator(".cnnlab-slider:has(.cnnlab-lacks)").first
    expect(limited.locator(".cnnlab-lacks")).to_have_text(re.compile(r"^here \d+"))
    slider = limited.get_by_role("slider")
    value = slider.input_value()
    slider.press("End")
    expect(slider).to_have_value(value)
    assert root.get_by_role("slider").evaluate_all("all => all.every(each => !each.disabled)")


def test_nothing_can_be_typed_into_and_no_line_says_that_it_can(opened):
    root = opened.locator("[data-widget]").nth(1)
    root.locator('[data-panel="x"] [data-cell="0,1,1"]').dblclick()
    assert root.locator(".cnnlab-input").count() == 0
    assert "double-click" not in root.inner_text()
    assert opened.locator(".page-limits").first.inner_text().startswith("In JupyterLab: typing into cells")


def test_questions_are_answered_as_in_the_notebook(opened):
    typed, chosen = (opened.locator("[data-widget]").nth(number) for number in (0, 2))
    field, verdict = typed.locator("input"), typed.get_by_role("status")
    field.fill("nothing")
    field.press("Enter")
    expect(verdict).to_have_text("Type a number, such as 12 or −0.5.")
    field.fill("5.0")
    field.press("Enter")
    expect(verdict).to_have_text("✗ 5 is not it. Mind the sign.")
    field.fill("77")
    field.press("Enter")
    expect(verdict).to_have_text("✗ 77 is not it. Go through the question once more, then try again.")
    field.fill("−5")
    field.press("Enter")
    expect(verdict).to_have_text("✓ Right: -5. So it is.")
    expect(field).to_be_disabled()
    chosen.get_by_label("a", exact=True).check()
    chosen.get_by_role("button", name="check").click()
    chosen.get_by_role("button", name="show the answer").click()
    expect(chosen.get_by_role("status")).to_have_text("The answer is b. Just so.")
    chosen.get_by_role("button", name="ask me again").click()
    expect(chosen.get_by_role("status")).to_have_text("")
    expect(chosen.get_by_role("button", name="check")).to_be_enabled()


def test_what_is_solved_is_solved_after_a_reload(opened):
    opened.reload()
    opened.wait_for_selector("[data-alive]")
    verdicts = opened.locator("[data-widget]").get_by_role("status")
    expect(verdicts.first).to_have_text("✓ Right: -5. So it is.")
    expect(verdicts.last).to_have_text("")  # its answer was only shown


def test_nothing_is_cut_sideways(opened):
    for width in (390, 900, 1280):
        opened.set_viewport_size({"width": width, "height": 800})
        settle(opened)
        assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


def test_on_paper_a_covered_explorer_is_a_worksheet_and_nothing_says_the_answer(opened):
    opened.emulate_media(media="print")
    covered = opened.locator("[data-widget]").last
    expect(covered.locator(".cnnlab-veil")).to_be_hidden()
    cells = {
        name: covered.locator(f'[data-panel="{name}"] .cnnlab-cell').first for name in ("x", "dy", "y", "dx", "dw")
    }
    inks = {name: cell.evaluate("cell => getComputedStyle(cell).color") for name, cell in cells.items()}
    assert {name for name, ink in inks.items() if ink == CLEAR} == {"y", "dx", "dw"}
    for cell in cells.values():
        expect(cell).to_be_visible()
    for hidden in ("button", "select", "input[type=range]", ".cnnlab-said", ".cnnlab-wires", ".cnnlab-products"):
        assert opened.locator(f"{hidden}:visible").count() == 0, hidden
    field = opened.get_by_role("textbox").last  # a line to write on
    expect(field).to_be_visible()
    assert opened.locator(".page-output").last.evaluate("output => getComputedStyle(output).color") == CLEAR
    opened.emulate_media(media="screen")


def test_it_is_dark_where_the_system_is_and_light_on_paper(opened):
    paper = "getComputedStyle(document.querySelector('.cnnlab-explorer')).backgroundColor"
    light = opened.evaluate(paper)
    opened.emulate_media(color_scheme="dark")
    opened.wait_for_function(f"{paper} !== '{light}'")
    opened.emulate_media(media="print", color_scheme="dark")
    assert opened.evaluate(paper) == light
    opened.emulate_media(media="screen", color_scheme="light")


def opened_at(page: Page, handout, address: str):
    page.goto("about:blank")
    page.goto(handout.as_uri() + address)
    page.wait_for_selector("[data-alive]")
    settle(page)
    return page.locator("#a-lesson")


def test_a_link_opens_in_the_state_that_it_says_and_one_is_copied(page: Page, handout):
    page.set_viewport_size({"width": 1000, "height": 500})
    root = opened_at(page, handout, "#a-lesson?stride=2&padding=1&at=y,0,1,2")
    assert numbers(root, "y") == conv2d(X, W, stride=2, padding=1).ravel().tolist()
    stage = root.locator(".cnnlab-stage")
    expect(stage).to_have_attribute("data-selected", "y:0,1,2")
    expect(stage).to_have_attribute("data-held", "true")
    assert 0 <= root.bounding_box()["y"] < 100
    root.get_by_role("slider", name="P padding").press("ArrowLeft")
    expect(root.locator('[data-panel="y"] .cnnlab-cell')).to_have_count(4)
    root.locator('[data-panel="x"] [data-cell="0,4,0"]').click()
    root.get_by_role("button", name="copy link").click()
    expect(root.get_by_role("button", name="copy link")).to_have_attribute(
        "data-says", re.compile("copied|address bar")
    )
    assert page.url.endswith("#a-lesson?stride=2&at=x,0,4,0")
    page.reload()
    page.wait_for_selector("[data-alive]")
    expect(stage).to_have_attribute("data-selected", "x:0,4,0")
    assert numbers(root, "y") == conv2d(X, W, stride=2).ravel().tolist()


def test_what_a_link_asks_for_in_vain_is_told_in_a_sentence(page: Page, handout):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    root = opened_at(page, handout, "#a-lesson?stride=2&kernel=9&at=y,0,7,7")
    told = root.get_by_text("The link asks for kernel=9 and at=y,0,7,7, which this page does not have.")
    expect(told).to_be_visible()
    assert numbers(root, "y") == conv2d(X, W, stride=2).ravel().tolist()
    root.get_by_role("slider", name="S stride").press("ArrowLeft")
    expect(told).to_have_count(0)
    for address in ("#nowhere?stride=2", "#%E0%A4%A"):
        opened_at(page, handout, address)
        expect(page.get_by_text("This page has no “")).to_be_visible()
    page.evaluate("location.hash = 'which?given=a'")
    expect(page.get_by_text("The link asks for given=a, which this page does not have.")).to_be_visible()
    expect(page.get_by_text("This page has no “")).to_have_count(0)
    assert errors == []


def test_the_picture_of_what_is_on_the_screen_is_saved_with_its_words_as_text(page: Page, handout, tmp_path):
    root = opened_at(page, handout, "#a-lesson?padding=1&at=y,0,1,1")
    for kind in ("svg", "png"):
        root.locator(".cnnlab-save summary").click()
        with page.expect_download() as download:
            root.get_by_role("button", name=f"save the picture as {kind}").click()
        assert download.value.suggested_filename == f"a-lesson.{kind}"
        download.value.save_as(tmp_path / f"a.{kind}")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    drawing = ElementTree.parse(tmp_path / "a.svg")
    words = [element.text for element in drawing.iter("{http://www.w3.org/2000/svg}text")]
    for panel in ("x", "w", "y"):
        shown = root.locator(f'[data-panel="{panel}"] .cnnlab-cell').all_inner_texts()
        assert any(words[k : k + len(shown)] == shown for k in range(len(words))), panel
    assert "Inner product of the kernel" in " ".join(words)
    assert words[:2] != ["to", "y"]
    assert "copy" not in words
    page.goto((tmp_path / "a.svg").as_uri())  # a browser reads it as it is


def test_a_question_has_a_picture_too_with_its_choices_and_without_its_buttons(page: Page, handout, tmp_path):
    opened_at(page, handout, "#a-lesson")
    root = page.locator("[data-widget]").nth(2)
    root.get_by_text("b", exact=True).click()
    height = root.bounding_box()["height"]
    for kind in ("svg", "png"):
        root.locator(".cnnlab-save summary").click()
        with page.expect_download() as download:
            root.get_by_role("button", name=f"save the picture as {kind}").click()
        download.value.save_as(tmp_path / f"a.{kind}")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    drawing = ElementTree.parse(tmp_path / "a.svg")
    words = [element.text for element in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert words == ["Which?", "○", "a", "●", "b"]
    assert root.bounding_box()["height"] == height < 140


def test_a_saved_page_lives_by_itself_with_the_settings_that_fit_it(page: Page, tmp_path):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    ConvolutionExplorer(X, W).save(tmp_path / "window.html")
    page.goto((tmp_path / "window.html").as_uri())
    page.wait_for_selector("[data-alive]")
    root = page.locator("[data-widget]")
    assert numbers(root, "y") == conv2d(X, W).ravel().tolist()
    root.get_by_role("slider", name="S stride").press("ArrowRight")
    expect(root.locator('[data-panel="y"] .cnnlab-cell')).to_have_count(4)
    assert numbers(root, "y") == conv2d(X, W, stride=2).ravel().tolist()
    assert [url for url in asked if not url.startswith(("blob:", "data:"))] == [(tmp_path / "window.html").as_uri()]


# As MyST does: the element stands in a shadow tree, and the model holds the state and knows of no kernel.
ELSEWHERE = """<!doctype html><html lang="en" class="dark" style="--jp-layout-color0: #111">
<meta charset="utf-8"><title>elsewhere</title><main></main>
<script type="module">
import widget from "./window.mjs";
const state = await (await fetch("./window.json")).json();
const host = document.querySelector("main").attachShadow({ mode: "open" });
const el = host.appendChild(document.createElement("div"));
const none = () => { throw new Error("not implemented"); };
window.undo = await widget.render({ model: { get: (name) => state[name], on: none, off: none, send: none }, el });
</script>"""


def test_a_page_of_anybody_s_shows_the_module_with_its_state_and_holds_nothing_else(page: Page, tmp_path):
    ConvolutionExplorer(X, W).save(tmp_path / "window.mjs")
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def answer(route):
        name = route.request.url.rpartition("/")[2]
        kind = {"mjs": "text/javascript", "json": "application/json"}.get(name.rpartition(".")[2], "text/html")
        known = (tmp_path / name).is_file()
        route.fulfill(body=(tmp_path / name).read_text() if known else "" if name else ELSEWHERE, content_type=kind)

    page.route("http://elsewhere.test/**", answer)
    page.goto("http://elsewhere.test/")
    page.wait_for_function("() => Boolean(window.undo)")
    root = page.locator(".cnnlab-explorer")
    assert numbers(root, "y") == conv2d(X, W).ravel().tolist()
    style = "(element, name) => getComputedStyle(element)[name]"
    assert root.evaluate(style, "borderTopStyle") == "solid"  # its sheet came along
    assert root.evaluate(style, "color") == "rgb(240, 243, 246)"  # on MyST's dark paper: the theme is outside its tree
    expect(root.locator(".cnnlab-begin")).to_be_visible()
    root.locator('[data-panel="y"] [data-cell="0,1,2"]').click()
    expect(root.locator(".cnnlab-stage")).to_have_attribute("data-selected", "y:0,1,2")
    expect(root.locator(".cnnlab-begin")).to_be_hidden()
    root.get_by_role("slider", name="S stride").press("ArrowRight")
    expect(root.locator('[data-panel="y"] .cnnlab-cell')).to_have_count(4)
    page.evaluate("undo()")
    assert root.count() == 0
    assert errors == []
