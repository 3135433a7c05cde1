"""The site in a browser that may ask nobody else: first page, lessons, and every notebook in JupyterLite to its end."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from lite import SECONDS, Site, served
from playwright.sync_api import expect
from site_links import dead_links

from cnnlab.course.exercises import EXERCISES
from cnnlab.course.questions import all_keys
from cnnlab.course.questions import question as known
from cnnlab.publish._folder import source

pytest.importorskip("jupyterlite_core", reason="install cnnlab[site] to test the site")
pytest.importorskip("pyodide_lock", reason="install cnnlab[site] to test the site")

pytestmark = pytest.mark.slow

PYODIDE = os.environ.get("CNNLAB_PYODIDE", "")
NOTEBOOKS = sorted(path.name for path in source().glob("*.ipynb"))
LESSONS = [name.replace(".ipynb", ".html") for name in (NOTEBOOKS[1], NOTEBOOKS[2], NOTEBOOKS[3])]
TRAINING = next(name for name in NOTEBOOKS if name.startswith("10"))
# Presses pause, and says how long it takes until the page shows it, in ms.
PAUSE = """async root => {
  const state = root.querySelector('[role="status"]');
  const begun = performance.now();
  const paused = new Promise(done => new MutationObserver(() => state.textContent.startsWith("Paused") && done())
    .observe(state, { childList: true, subtree: true, characterData: true }));
  [...root.querySelectorAll("button")].find(button => button.textContent.includes("pause")).click();
  await paused;
  return performance.now() - begun;
}"""

# Does the cell with an id stand in the window?
IN_VIEW = """id => {
  const cells = window.jupyterapp?.shell.currentWidget?.content.widgets ?? [];
  const { top = -1 } = cells.find(cell => cell.model.id === id)?.node.getBoundingClientRect() ?? {};
  return 0 <= top && top < innerHeight;
}"""

# Writes a line below the head of an exercise's stub, runs the stub and its check, and returns the verdict.
EXERCISE = """async ([name, line]) => {
  const { content } = window.jupyterapp.shell.currentWidget;
  const cells = [...content.model.cells];
  const stub = cells.findIndex(cell => cell.sharedModel.getSource().startsWith(`def my_${name}(`));
  const [signature, words] = cells[stub].sharedModel.getSource().split("\\n");
  cells[stub].sharedModel.setSource([signature, words, `    ${line}`].join("\\n"));
  for (const number of [stub, stub + 1]) {
    content.activeCellIndex = number;
    await window.jupyterapp.commands.execute("notebook:run-cell");
  }
  return cells[stub + 1].outputs.toJSON().map(({ data }) => data["text/plain"]).join("");
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Build the site once for all tests, or take the one that CNNLAB_SITE names."""
    if not PYODIDE:
        pytest.skip("set CNNLAB_PYODIDE to the folder of a Pyodide to test the site without a network")
    from cnnlab.publish.site import write_site

    folder = Path(os.environ.get("CNNLAB_SITE") or tmp_path_factory.mktemp("site"))
    if not (folder / "index.html").exists():
        write_site(folder, pyodide=PYODIDE)
    return folder


@pytest.fixture(scope="module")
def address(folder):
    """Serve the site."""
    with served(folder.parent) as address:
        yield f"{address}{folder.name}/"  # no site has its server for itself


@pytest.fixture
def site(page, address):
    """Return a page on the site; the test fails if it asks others for anything, or logs an error."""
    site = Site(page, address)
    yield site
    assert (site.errors, site.foreign) == ([], [])


@pytest.mark.parametrize(("width", "height", "is_open"), [(1280, 800, True), (900, 700, False), (390, 844, False)])
def test_the_first_page_shows_an_explorer_alive_and_every_lesson(site, width, height, is_open):
    site.page.set_viewport_size({"width": width, "height": height})
    site.open("index.html")
    assert site.page.locator(".cnnlab-explorer").bounding_box()["y"] < 0.5 * height
    links = site.page.locator(".page-lessons a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert [name.replace(".ipynb", ".html") for name in NOTEBOOKS] == links
    site.page.locator(".page-lessons").scroll_into_view_if_needed()
    site.page.wait_for_function("() => [...document.images].filter(image => image.naturalWidth > 99).length > 9")
    assert site.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert (site.page.locator("nav details").get_attribute("open") is not None) == is_open


def test_a_theme_that_is_chosen_is_there_on_every_page_and_after_a_reload(site):
    theme, dark = "document.documentElement.dataset.theme", "getComputedStyle(document.documentElement).colorScheme"
    site.open("index.html")
    before = site.page.evaluate(theme)
    site.page.get_by_role("button", name="light / dark").click()
    assert site.page.evaluate(theme) != before
    for page in ("index.html", LESSONS[0]):
        site.open(page)
        assert site.page.evaluate(theme) == site.page.evaluate(dark) != before


def test_every_link_of_the_whole_site_leads_somewhere_and_no_page_has_to_be_mended(folder):
    pages = [page for page in folder.glob("*.html") if page.name != "404.html"]
    assert dead_links(folder, pages) == []
    assert (folder / "reference/cnnlab/convolution.html").read_text(encoding="utf-8").count("conv_transpose2d") > 3


def test_what_a_page_cannot_do_is_not_asked_on_it(site):
    words = ["Run All Cells", "ask(", "Stuck?", "Dropdown(", "your code here", "needs a kernel", ".check("]
    for name in NOTEBOOKS[:13]:  # the last is about JupyterLab, for teachers
        site.open(name.replace(".ipynb", ".html"))
        seen = site.page.locator("main").inner_text()
        assert [word for word in words if word in seen] == [], name


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_lives_by_mouse_and_keyboard_and_leads_to_its_notebook(site, lesson):
    site.open(lesson)
    site.uncover()
    stage = site.page.locator(".cnnlab-stage").first
    cell = stage.locator('[data-panel="y"] .cnnlab-cell').last
    cell.click()
    place = cell.get_attribute("data-cell")
    assert stage.get_attribute("data-selected") == f"y:{place}"
    site.page.keyboard.press("ArrowUp")
    assert stage.get_attribute("data-selected") != f"y:{place}"
    site.page.keyboard.press("Escape")
    expect(stage).to_have_attribute("data-held", "false")
    link = site.page.locator("p.page-live a").get_attribute("href")
    assert link == f"notebooks/index.html?path={lesson.replace('.html', '.ipynb')}"


@pytest.mark.parametrize("notebook", [name for name in NOTEBOOKS if name not in (NOTEBOOKS[1], NOTEBOOKS[2], TRAINING)])
def test_a_notebook_runs_to_its_end_in_the_browser(site, notebook):
    assert site.run(notebook) == []


def test_what_is_solved_is_known_to_all_pages_with_a_kernel_and_without_one(site):
    site.open(LESSONS[0])
    answer(site, 0)
    site.open("index.html")
    made = [exercise for exercise in EXERCISES.values() if exercise.notebook == "01"]
    count = len([key for key in all_keys() if key.startswith("01.")]) + len(made)
    expect(site.page.locator("[data-solved='01']")).to_have_text(f" · 1 of {count} solved")
    assert site.run(NOTEBOOKS[1]) == []
    verdicts = site.page.locator(".cnnlab-part-verdict [role=status]")
    expect(verdicts.first).to_contain_text("✓ Right")
    answer(site, 1)
    site.open(LESSONS[0])
    for number in (0, 1):
        expect(verdicts.nth(number)).to_contain_text("✓ Right")
    expect(verdicts.nth(2)).to_have_text("")


def answer(site, number):
    """Answer a question of notebook 01 rightly."""
    asked, question = site.explorer("part-question", number), known(f"01.recall_{number + 1}")
    if question.choices:
        asked.get_by_label(question.answer, exact=True).check()
        asked.get_by_role("button", name="check").click()
    else:
        asked.get_by_role("textbox").fill(f"{question.answer}")
        asked.get_by_role("textbox").press("Enter")
    expect(asked.get_by_role("status")).to_contain_text("✓ Right")


def test_a_link_to_a_cell_opens_its_place_offers_to_run_and_says_how_a_cell_is_ended(site):
    site.open(LESSONS[0])
    link = site.page.locator(".page-limits a").last.get_attribute("href")
    site.page.goto(f"{site.address}{link}")
    cell = link.partition("#cell-id=")[2]
    site.page.wait_for_function(IN_VIEW, arg=cell)
    expect(site.page.get_by_role("button", name="Run all cells")).to_be_visible()
    site.page.evaluate("() => void window.jupyterapp.commands.execute('notebook:interrupt-kernel')")
    expect(site.page.get_by_text("A restart ends the cell.")).to_be_visible()


def test_where_python_cannot_be_reached_its_address_is_named(page, address):
    page.route("**/pyodide-lock.json", lambda route: route.abort())
    page.goto(f"{address}notebooks/index.html?path={NOTEBOOKS[1]}")
    expect(page.get_by_text(f"{address}static/pyodide/pyodide-lock.json cannot be reached").last).to_be_visible()


def test_a_slider_and_a_question_are_answered_by_the_kernel_in_the_browser(site):
    assert site.run(NOTEBOOKS[1]) == []
    site.uncover()
    question = site.explorer("part-question input[type=text]")
    explorer = site.explorer("control input[type=range][aria-label='R input']")
    question.get_by_role("textbox").fill("nothing")
    question.get_by_role("textbox").press("Enter")
    expect(question.get_by_role("status")).to_have_text("Type a number, such as 12 or −0.5.")
    cells = explorer.locator('[data-panel="y"] .cnnlab-cell')
    before = cells.count()
    explorer.get_by_role("slider", name="R input", exact=True).press("ArrowRight")
    expect(cells).not_to_have_count(before)


def test_an_exercise_is_passed_which_all_pages_know_and_what_never_ends_is_ended(site):
    assert site.run(NOTEBOOKS[2]) == []
    assert "2 s" in site.page.evaluate(EXERCISE, ["output_size", "while True: pass"])
    verdict = site.page.evaluate(EXERCISE, ["output_size", "return (R - F + 2 * P) // S + 1"])
    assert verdict.startswith("✓ Passed.")
    site.open("index.html")
    expect(site.page.locator("[data-solved='02']")).to_have_text(re.compile(r" · 1 of \d+ solved"))


def test_a_training_starts_and_is_paused_at_once(site):
    assert site.run(TRAINING) == []
    training = site.explorer("part-progress")
    training.get_by_role("button", name="reset").click()
    bar, times = training.get_by_role("progressbar"), []
    for _ in range(8):  # the machine may be busy with something else
        begun = bar.evaluate("bar => bar.value")
        training.get_by_role("button", name="start").click()
        expect(bar).not_to_have_js_property("value", begun, timeout=1000 * SECONDS)
        times.append(training.evaluate(PAUSE))
        if times[-1] <= 200:
            break
    assert min(times) <= 200  # 26 to 80 on a quiet machine
