"""A site served from this machine, and JupyterLite on it with all that would leave the machine refused."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Locator, Page

SECONDS = 240  # for what a kernel in a browser may take on a busy machine
IN_FRONT = "path => window.jupyterapp?.shell.currentWidget?.context?.path === path"
READY = """async () => {
  const { context, sessionContext } = window.jupyterapp.shell.currentWidget;
  await context.ready;
  await sessionContext.ready;
  await sessionContext.session.kernel.info;
}"""
FAILED = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells].flatMap((cell, number) => {
  const { cell_type: type, source, outputs = [], execution_count: count } = cell.toJSON();
  if (type !== "code" || !source.length) return [];
  const wrong = outputs.filter(({ output_type: kind, name }) => kind === "error" || name === "stderr");
  const said = count === null ? ["has not run"] : wrong.map(output => JSON.stringify(output));
  return said.map(words => `cell ${number}: ${words}`);
})"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and writes no log."""

    def log_message(self, *arguments) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder, and yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


class Site:
    """A page on the site; ``errors`` holds what it logged as an error, ``foreign`` what it asked of others."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.errors: list[str] = []
        self.foreign: list[str] = []
        page.set_default_timeout(1000 * SECONDS)
        page.on("pageerror", lambda error: self.errors.append(f"page: {error}"))
        page.on("console", lambda message: message.type == "error" and self.errors.append(message.text))
        page.context.route(lambda url: not url.startswith((address, "data:", "blob:")), self._refuse)

    def _refuse(self, route) -> None:
        self.foreign.append(route.request.url)
        route.abort()

    def open(self, name: str) -> None:
        """Open a page of the site."""
        self.page.goto(f"{self.address}{name}")
        self.page.wait_for_selector("[data-alive]", state="attached")

    def run(self, notebook: str) -> list[str]:
        """Open a notebook in the view of one notebook, run all its cells, and return what failed."""
        self.page.goto(f"{self.address}notebooks/index.html?path={notebook}")
        self.wait_for(notebook)
        self.page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
        return self.page.evaluate(FAILED)

    def wait_for(self, notebook: str) -> None:
        """Wait until a notebook is open and its kernel ready."""
        self.page.wait_for_function("() => window.jupyterapp", timeout=60_000)
        self.page.wait_for_function(IN_FRONT, arg=notebook)
        self.page.evaluate(READY)

    def uncover(self) -> None:
        """Ask to see what stands covered below a question."""
        buttons = self.page.locator(".cnnlab-veil button")
        while buttons.count():
            buttons.first.click()

    def explorer(self, kind: str, number: int = 0) -> Locator:
        """Return an explorer that has a part of a kind."""
        return self.page.locator(f".cnnlab-explorer:has(.cnnlab-{kind})").nth(number)
