"""A page of JupyterLab in a real browser, driven by Playwright.

``Lab`` is one browser page on a server: it opens notebooks, runs them, and keeps everything that went wrong in
``errors`` and every message that the page sent to a kernel in ``sent``. Nothing here sleeps: each step waits on a
state that JupyterLab reaches.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import nbformat
from lab_server import Server
from nbformat import v4
from plain_page import settle
from playwright.sync_api import ConsoleMessage, Locator, Page, WebSocket

WIDGET_CONTROL = "jupyter.widget.control"
LOST_MODEL = "widget model not found"  # JupyterLab logs it for what an earlier kernel showed, if the run comes late
# What builds the site brings an extension for JupyterLite along, which fails in JupyterLab.
ELSEWHERE = "Shared module @jupyterlite/"
PATIENCE = 30  # seconds
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"  # JupyterLab keeps the notebooks behind other tabs in the page

# Resolves when the notebook in front is loaded and its kernel has answered: a Run All before that is lost.
READY = """async () => {
  await window.jupyterapp.restored;
  const { context, sessionContext } = window.jupyterapp.shell.currentWidget;
  await context.ready;
  await sessionContext.ready;
  await sessionContext.session.kernel.info;
  return sessionContext.session.kernel.id;
}"""
IN_FRONT = """path => {
  const widget = window.jupyterapp?.shell?.currentWidget;
  return Boolean(widget?.sessionContext) && widget.context?.path === path;
}"""
COMMAND = "([id, args]) => window.jupyterapp.commands.execute(id, args).then(() => null)"
RESTART = """async () => {
  await window.jupyterapp.shell.currentWidget.sessionContext.restartKernel();
}"""
SAVE = "() => window.jupyterapp.shell.currentWidget.context.save()"
SHUT_DOWN_KERNELS = "() => window.jupyterapp?.serviceManager.sessions.shutdownAll()"
# Closes what is open, without asking whether to save it.
CLOSE_ALL = """() => {
  for (const widget of [...window.jupyterapp.shell.widgets("main")]) widget.dispose();
}"""
FILL = """sources => {
  const { content } = window.jupyterapp.shell.currentWidget;
  const shared = content.model.sharedModel;
  const cells = sources.map(
    source => ({ cell_type: "code", source, metadata: {}, outputs: [], execution_count: null }));
  shared.transact(() => {
    shared.deleteCellRange(0, shared.cells.length);
    shared.insertCells(0, cells);
  });
}"""
EXECUTE = """async code => {
  const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
  const future = kernel.requestExecute({ code });
  let text = "";
  future.onIOPub = ({ content }) => { text += content.data?.["text/plain"] ?? ""; };
  await future.done;
  return text;
}"""
FORGET = "import ipywidgets\nipywidgets.Widget.close_all()\n%reset -f"
VIEWPORT = {"width": 1280, "height": 900}


def read_kernel_frame(frame: bytes | str) -> dict:
    """Return channel, type and content of one message of the kernel's websocket.

    The frame of protocol v1.kernel.websocket.jupyter.org: how many offsets, the offsets (each 8 bytes, little-endian),
    then the parts between them: channel, header, parent header, metadata, content, buffers.
    """
    if isinstance(frame, str):
        message = json.loads(frame)
        return {"channel": message["channel"], "type": message["header"]["msg_type"], "content": message["content"]}
    count = int.from_bytes(frame[:8], "little")
    offsets = [int.from_bytes(frame[8 * i : 8 * i + 8], "little") for i in range(1, count + 1)]
    channel, header, _, _, content = (frame[start:end] for start, end in pairwise(offsets[:6]))
    return {"channel": channel.decode(), "type": json.loads(header)["msg_type"], "content": json.loads(content)}


def held_in(message: dict) -> dict | None:
    """Return the place of the cell that a message to the kernel says is held; None for another message."""
    return message["content"].get("data", {}).get("content", {}).get("at")


class Lab:
    """One browser page on a JupyterLab server.

    Attributes
    ----------
    page
        Playwright's page, for everything that has no method here.
    errors
        What went wrong since the page was made: errors and stderr text from the kernel (those of widget observers
        too, which no cell shows), uncaught exceptions of the page, and what it logged as an error. The ``lab``
        fixture fails the test when it is not empty; a test that provokes an error takes it with ``provoked``.
    sent
        The messages that the page sent to kernels, as dicts of channel, type and content.
    """

    def __init__(self, page: Page, server: Server, pictures: Path) -> None:
        self.page = page
        self.server = server
        self.pictures = pictures
        self.errors: list[str] = []
        self.sent: list[dict] = []
        self._path, self._scratch, self._kernel, self._theme = "", "", "", "light"
        page.on("websocket", self._listen)
        page.on("pageerror", lambda error: self.errors.append(f"page: {error.stack or error}"))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(text in message.text for text in (LOST_MODEL, ELSEWHERE)):
            self.errors.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _listen(self, websocket: WebSocket) -> None:
        if "/channels" in websocket.url:
            websocket.on("framesent", lambda frame: self.sent.append(read_kernel_frame(frame)))
            websocket.on("framereceived", self._receive)

    def _receive(self, frame: bytes | str) -> None:
        message = read_kernel_frame(frame)
        content = message["content"]
        if message["type"] == "error":
            self.errors.append(f"kernel: {content['ename']}: {content['evalue']}")
        elif message["type"] == "stream" and content["name"] == "stderr" and not self._is_greeting(content["text"]):
            self.errors.append(f"stderr: {content['text']}")

    def _is_greeting(self, text: str) -> bool:
        """Say whether the kernel only answers JupyterLab's first question for widgets, before ipywidgets is there."""
        opened = [message["content"] for message in self.sent if message["type"] == "comm_open"]
        greetings = [content["comm_id"] for content in opened if content["target_name"] == WIDGET_CONTROL]
        return text.startswith("No such comm") and any(word in text for word in [WIDGET_CONTROL, *greetings])

    def open(self, path: str) -> None:
        """Open a notebook of the served folder, with the kernel of the test before, and wait until that is ready."""
        if not self._kernel:
            self._load(path)
        else:
            self._dispose()
            self._path = path
            self.command("docmanager:open", path=path, kernel={"id": self._kernel})
            self._wait()

    def _load(self, path: str) -> None:
        """Load JupyterLab, in a workspace of its own, with a notebook."""
        self._path = path
        workspace = f"auto-{secrets.token_hex(4)}"
        self.page.goto(f"{self.server.url}/lab/workspaces/{workspace}/tree/{path}?token={self.server.token}")
        self._wait()

    def _wait(self) -> None:
        self.page.wait_for_function(IN_FRONT, arg=self._path)
        self._kernel = self.page.evaluate(READY)

    def new(self, *sources: str) -> None:
        """Make a notebook with these code cells: in the one that an earlier test has left, where there is one."""
        if not self._scratch:
            path = self.server.root / f"test-{secrets.token_hex(4)}.ipynb"
            nbformat.write(v4.new_notebook(cells=[v4.new_code_cell("")]), path)
            self.open(path.name)
            self._scratch = path.name
        self.page.evaluate(FILL, sources)

    def execute(self, code: str) -> str:
        """Run code in the kernel as a cell does, and return what it shows."""
        return self.page.evaluate(EXECUTE, code)

    def command(self, name: str, **arguments: object) -> None:
        """Execute a command of JupyterLab and wait for its end."""
        self.page.evaluate(COMMAND, [name, arguments])

    def run_all(self) -> None:
        """Run all cells and wait until the last has ended; a failed cell is in ``errors``."""
        self.command("notebook:run-all-cells")

    def cell(self, number: int) -> Locator:
        """Return cell ``number`` (from 0, markdown cells counted) of the notebook in front."""
        return self.page.locator(f"{PANEL} .jp-Cell").nth(number)

    def output(self, number: int) -> Locator:
        """Return the output area of cell ``number``."""
        return self.cell(number).locator(".jp-OutputArea-output")

    def slider(self, label: str) -> Locator:
        """Return the handle of the ipywidgets slider with this description: it takes the arrow keys and the mouse."""
        sliders = self.page.locator(f"{PANEL} .widget-slider")
        return sliders.filter(has=self.page.get_by_text(label, exact=True)).locator(".noUi-handle")

    def restart(self) -> None:
        """Restart the kernel and wait until it is ready again; the outputs stay as they are."""
        self.page.evaluate(RESTART)
        self.page.evaluate(READY)

    def save(self) -> Path:
        """Save the notebook in front and return the path of the served copy."""
        self.page.evaluate(SAVE)
        return self.server.root / self._path

    def reopen(self) -> None:
        """Open the notebook in front anew, with a new kernel, as one does on the next day."""
        self.close()
        self._load(self._path)

    def theme(self, name: str) -> None:
        """Switch to the ``"light"`` or the ``"dark"`` theme, and wait until the splash screen is gone again."""
        if name == self._theme:
            return
        self._theme = name
        self.command("apputils:change-theme", theme=f"JupyterLab {name.capitalize()}")
        is_light = str(name == "light").lower()
        self.page.locator(f"body[data-jp-theme-light={is_light}]").wait_for(state="attached")
        self.page.locator("#jupyterlab-splash").wait_for(state="detached")

    def viewport(self, width: int, height: int) -> None:
        """Set the size of the page in CSS pixels."""
        self.page.set_viewport_size({"width": width, "height": height})

    def screenshot(self, name: str, of: Locator | None = None) -> Path:
        """Save a picture of the page, or of one locator, as ``name``.png and return its path."""
        path = self.pictures / f"{name}.png"
        (of or self.page).screenshot(path=path)
        return path

    def comm_messages(self) -> list[dict]:
        """Return the widget messages among ``sent``: what sliders and explorers told the kernel."""
        return [message for message in self.sent if message["type"].startswith("comm_")]

    @contextmanager
    def silence(self) -> Iterator[None]:
        """Fail when what is done inside sends the kernel any message (on its control channel JupyterLab chats).

        Which cell is held is told too, for a picture of it, and nothing is answered.
        """
        before = len(self.sent)
        yield
        self.settle()
        sent = [message for message in self.sent[before:] if message["channel"] == "shell"]
        said = [message["type"] for message in sent if held_in(message) is None]
        assert said == [], f"the page sent the kernel {said}"

    def provoked(self) -> str:
        """Wait until there is something in ``errors``, take it out and return it."""
        end = time.monotonic() + PATIENCE
        while not self.errors and time.monotonic() < end:
            self.settle()  # hears meanwhile; JupyterLab 4.2 has several sockets, and any may bring it
        assert self.errors, f"nothing went wrong in {PATIENCE} s"
        return self.errors.pop(0)

    def settle(self) -> None:
        """Wait for two frames of the page, after which every event so far has been handled and drawn."""
        settle(self.page)

    def leave(self) -> None:
        """Make the page as it was, for another test: an empty notebook, or none, and a kernel that knows nothing."""
        if self._path:
            self.page.mouse.move(0, 0)
            if self._scratch:
                self.page.evaluate(FILL, [""])
            self.execute(FORGET)
            if not self._scratch:
                self._dispose()
            self.theme("light")
            self.page.set_viewport_size(VIEWPORT)
        self.sent.clear()

    def _dispose(self) -> None:
        """Close the notebooks; their kernel goes on."""
        self.page.evaluate(CLOSE_ALL)
        self._path = self._scratch = ""

    def taken_errors(self) -> list[str]:
        """Return what went wrong, and forget it."""
        errors, self.errors = self.errors, []
        return errors

    def close(self) -> None:
        """Shut down the kernels that this page may have started: they would outlive it."""
        self.page.evaluate(SHUT_DOWN_KERNELS)
