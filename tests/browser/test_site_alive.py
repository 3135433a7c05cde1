"""The site in a browser that may ask nobody else: first page, lessons, and every notebook in JupyterLite to its end."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from lite import SECONDS, Site, served
from playwright.sync_api import expect

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
def address(tmp_path_factory):
    """Build the site once for all tests, or take the one that CNNLAB_SITE names, and serve it."""
    if not PYODIDE:
        pytest.skip("set CNNLAB_PYODIDE to the folder of a Pyodide to test the site without a network")
    from cnnlab.publish.site import write_site

    folder = Path(os.environ.get("CNNLAB_SITE") or tmp_path_factory.mktemp("site"))
    if not (folder / "index.html").exists():
        write_site(folder, pyodide=PYODIDE)
    with served(folder) as address:
        yield address


@pytest.fixture
def site(page, address):
    """Return a page on the site; the test fails if it asks others for anything, or logs an error."""
    site = Site(page, address)
    yield site
    assert (site.errors, site.foreign) == ([], [])


def test_the_first_page_says_what_this_is_has_an_explorer_alive_and_leads_to_every_lesson(site):
    site.open("index.html")
    stage = site.page.locator(".cnnlab-stage")
    stage.locator('[data-panel="y"] [data-cell="0,1,1"]').hover()
    assert stage.get_attribute("data-selected") == "y:0,1,1"
    links = site.page.locator("main a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert [name.replace(".ipynb", ".html") for name in NOTEBOOKS] == [link for link in links if "/" not in link]


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
    link = site.page.locator(".page-live a").get_attribute("href")
    assert link == f"lab/index.html?path={lesson.replace('.html', '.ipynb')}"


@pytest.mark.parametrize("notebook", [name for name in NOTEBOOKS if name not in (NOTEBOOKS[1], NOTEBOOKS[2], TRAINING)])
def test_a_notebook_runs_to_its_end_in_the_browser(site, notebook):
    assert site.run(notebook) == []


def test_a_slider_and_a_question_are_answered_by_the_kernel_in_the_browser(site):
    assert site.run(NOTEBOOKS[1]) == []
    site.uncover()
    question, explorer = site.explorer("part-question input[type=text]"), site.explorer("stage")
    question.get_by_role("textbox").fill("nothing")
    question.get_by_role("textbox").press("Enter")
    expect(question.get_by_role("status")).to_have_text("Type a number, such as 12 or −0.5.")
    cells = explorer.locator('[data-panel="y"] .cnnlab-cell')
    before = cells.count()
    explorer.get_by_role("slider", name="R input", exact=True).press("ArrowRight")
    expect(cells).not_to_have_count(before)


def test_an_exercise_is_passed_and_what_never_ends_is_ended(site):
    assert site.run(NOTEBOOKS[2]) == []
    assert "2 s" in site.page.evaluate(EXERCISE, ["output_size", "while True: pass"])
    verdict = site.page.evaluate(EXERCISE, ["output_size", "return (R - F + 2 * P) // S + 1"])
    assert verdict.startswith("✓ Passed.")


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
