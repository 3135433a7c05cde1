"""Fixtures of the browser tests: ``lab``, a page on a real JupyterLab, and ``plain_page``, a plain page."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import Lab
from lab_server import BROWSER_ARGUMENTS, Server, find_browser, start_server
from plain_page import PlainPage
from playwright.sync_api import Browser, Page, sync_playwright

VIEWPORT = {"width": 1280, "height": 900}


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


@pytest.fixture(scope="module")  # not longer: Playwright's event loop holds the thread, other tests need one too
def browser(browser_path: str) -> Iterator[Browser]:
    """Start the browser, once for each file of tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=BROWSER_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page in a fresh browser profile; reduced motion, since transitions delay pixels after the DOM."""
    with browser.new_context(viewport=VIEWPORT, reduced_motion="reduce") as context:
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
def lab(page: Page, server: Server, pictures: Path) -> Iterator[Lab]:
    """Return a page on JupyterLab; the test fails if anything went wrong that it did not clear."""
    lab = Lab(page, server, pictures)
    yield lab
    lab.close()
    assert lab.errors == []


@pytest.fixture
def plain_page(page: Page) -> Iterator[PlainPage]:
    """Return a plain page for explorers; the test fails if the page logged an error."""
    plain_page = PlainPage(page)
    yield plain_page
    assert plain_page.errors == []
