"""Fixtures of the browser tests: ``lab``, a page on a real JupyterLab, and ``plain_page``, a plain page.

To start a browser, and to load JupyterLab into it, takes far longer than most tests: all tests of a process share one
of each, cleared after each test, and made anew after a failure.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

import pytest
from lab import VIEWPORT, Lab
from lab_server import BROWSER_ARGUMENTS, Server, find_browser, start_server
from plain_page import PlainPage
from playwright.sync_api import Browser, Page, expect, sync_playwright

CALM = {"viewport": VIEWPORT, "reduced_motion": "reduce"}  # transitions delay pixels after the DOM has changed
expect.set_options(timeout=20_000)  # ms; a machine may be busy with something else


class Shared(ExitStack):
    """The browser and its pages, each started when it is first wanted; ``failed`` says that a test has."""

    failed = False

    @cached_property
    def browser(self) -> Browser:
        playwright = self.enter_context(sync_playwright())
        return self.enter_context(playwright.chromium.launch(executable_path=find_browser(), args=BROWSER_ARGUMENTS))

    @cached_property
    def plain_page(self) -> PlainPage:
        return PlainPage(self._new_page())

    def lab(self, server: Server, pictures: Path) -> Lab:
        if "_lab" not in vars(self):
            self._lab = Lab(self._new_page(), server, pictures)
        return self._lab

    def _new_page(self) -> Page:
        return self.enter_context(self.browser.new_context(**CALM)).new_page()

    def close(self) -> None:
        super().close()
        for name in {"browser", "plain_page", "_lab"} & vars(self).keys():
            delattr(self, name)


shared = Shared()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Keep no page on which a test has failed."""
    report = yield
    shared.failed |= report.failed
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None):
    """Close the browser after the last test here: Playwright's event loop holds the thread, and others need one too."""
    try:
        yield
    except BaseException:
        shared.failed = True
        raise
    finally:
        is_last = nextitem is None or nextitem is None or nextitem.path.parent != Path(__file__).parent
        is_shared = "module_lab" in item.fixturenames and not is_last and nextitem.path == item.path
        if is_last or (shared.failed and not is_shared):
            shared.failed = False
            shared.close()


@pytest.fixture(scope="session")
def browser_path(unavailable) -> str:
    """Return the path of the browser, or end the test."""
    path = find_browser()
    if path is None:
        unavailable("no browser was found: install Chromium or Chrome (Debian: apt-get install chromium)")
    return path


@pytest.fixture(scope="session")
def server(browser_path: str, repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a copy of the notebooks, one server for all tests."""
    with start_server(repository / "notebooks", tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture
def browser(browser_path: str) -> Browser:
    """Return the browser."""
    return shared.browser


@pytest.fixture(scope="module")
def module_page(browser_path: str) -> Iterator[Page]:
    """Open a page in a browser profile of its own, one for all tests of a module."""
    with shared.browser.new_context(**CALM) as context:
        yield context.new_page()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page in a fresh browser profile."""
    with browser.new_context(**CALM) as context:
        yield context.new_page()


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder for screenshots: the environment's CNNLAB_SCREENSHOTS, or a temporary one."""
    folder = Path(os.environ.get("CNNLAB_SCREENSHOTS") or tmp_path_factory.mktemp("pictures")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the source of axe-core, which CNNLAB_AXE names, or skip the test."""
    path = os.environ.get("CNNLAB_AXE")
    if not path:
        pytest.skip("CNNLAB_AXE names no axe.min.js: `npm install axe-core`, as .ci/run does")
    return Path(path).read_text(encoding="utf-8")


@pytest.fixture
def lab(browser_path: str, server: Server, pictures: Path) -> Iterator[Lab]:
    """Return the page on JupyterLab; the test fails if anything went wrong that it did not clear."""
    lab = shared.lab(server, pictures)
    yield lab
    lab.leave()
    assert lab.taken_errors() == []


@pytest.fixture(scope="module")
def module_lab(browser_path: str, server: Server, pictures: Path) -> Iterator[Lab]:
    """Return the page on JupyterLab for tests of one module that look at one notebook in turn."""
    lab = shared.lab(server, pictures)
    yield lab
    lab.leave()
    assert lab.taken_errors() == []


@pytest.fixture
def plain_page(browser_path: str) -> Iterator[PlainPage]:
    """Return the plain page, empty; the test fails if the page logged an error."""
    plain_page = shared.plain_page
    yield plain_page
    errors = plain_page.errors
    plain_page.clear(VIEWPORT)
    assert errors == []


@pytest.fixture
def fresh_page(page: Page) -> Iterator[PlainPage]:
    """Return a plain page of its own, for a test that changes the page itself, such as its clock."""
    plain_page = PlainPage(page)
    yield plain_page
    assert plain_page.errors == []
