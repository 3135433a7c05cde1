"""What the browser tests start: a browser of this machine, and a JupyterLab server of their own.

``start_server`` serves a copy of the notebooks with settings of its own, whatever the user has configured.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none", "autoStartDefaultKernel": True},
    "docmanager-extension/plugin": {"autosave": False},
}
# On a restart the debugger logs errors and warnings of its own, which nobody could tell from ours.
PAGE_CONFIG = {"disabledExtensions": {"@jupyterlab/debugger-extension": True}}
SERVER_START = 60  # seconds


def find_browser() -> str | None:
    """Return the path of Chromium or Chrome: the environment's CHROMIUM, or the first one on the PATH."""
    chosen = os.environ.get("CHROMIUM")
    return chosen or next(filter(None, map(shutil.which, BROWSERS)), None)


@dataclass(frozen=True)
class Server:
    """A running JupyterLab server: its address, its token, and the folder that it serves."""

    url: str
    token: str
    root: Path

    def request(self, path: str, method: str = "GET") -> None:
        """Send a request and wait for its answer."""
        request = urllib.request.Request(f"{self.url}{path}?token={self.token}", method=method)
        urllib.request.urlopen(request, timeout=5).close()


def jupyter_environment(home: Path) -> dict[str, str]:
    """Return an environment in which Jupyter keeps everything below ``home``, with our settings."""
    folders = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    places = {f"JUPYTER_{name}": home / name.lower() for name in folders}
    places |= {f"XDG_{name}_HOME": home / name.lower() for name in ("CONFIG", "CACHE", "STATE")}  # marimo's
    places |= {f"JUPYTERLAB_{name}_DIR": home / name.lower() for name in ("SETTINGS", "WORKSPACES")}
    written = {f"settings/@jupyterlab/{name}.jupyterlab-settings": values for name, values in SETTINGS.items()}
    for name, values in (written | {"config_dir/labconfig/page_config.json": PAGE_CONFIG}).items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")
    quiet = {"PYDEVD_DISABLE_FILE_VALIDATION": "1"}  # else a slow start of the kernel's debugger warns on stderr
    return os.environ | quiet | {name: str(path) for name, path in (places | {"IPYTHONDIR": home / "ipython"}).items()}


def free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


QUIET = ("--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")


def server_command(module: str, root: Path, port: int, token: str) -> list[str]:
    """Return the command line that serves ``root`` with JupyterLab or, as ``module`` says, with another of its kind."""
    exposed = {"nbclassic": ()}.get(module, ("--expose-app-in-browser",))
    return [
        *(sys.executable, "-m", module, "--no-browser", "--allow-root", *exposed),
        *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
        *(f"--ServerApp.root_dir={root}", f"--IdentityProvider.token={token}"),
        *(QUIET if module == "jupyterlab" else ()),
    ]


def wait_for_answer(server: Server) -> None:
    """Return when the server answers: while it looks for a port, it listens once for a moment only."""
    deadline = time.monotonic() + SERVER_START
    while True:
        try:
            return server.request("/api")
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def is_up(port: int) -> bool:
    """Return whether something listens on a port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def running(command: list[str], root: Path, port: int, home: Path) -> Iterator[subprocess.Popen]:
    """Run a server in ``root`` until the end, from when it listens; RuntimeError with its log where it does not."""
    log = home / "server.log"
    with log.open("wb") as output:
        streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT}
        process = subprocess.Popen(command, cwd=root, env=jupyter_environment(home), **streams)
        try:
            deadline = time.monotonic() + SERVER_START
            while not is_up(port):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"no server:\n{log.read_text(encoding='utf-8', errors='replace')}")
                time.sleep(0.1)
            yield process
        finally:
            process.kill()
            process.wait()


@contextmanager
def start_server(notebooks: Path, home: Path, module: str = "jupyterlab") -> Iterator[Server]:
    """Serve a copy of the folder ``notebooks`` from ``home``; stop the server and its kernels at the end."""
    root = Path(shutil.copytree(notebooks, home / "notebooks", ignore=shutil.ignore_patterns(".*")))
    port, token = free_port(), secrets.token_hex(16)
    server = Server(f"http://127.0.0.1:{port}", token, root)
    with running(server_command(module, root, port, token), root, port, home) as process:
        wait_for_answer(server)
        yield server
        server.request("/api/shutdown", "POST")
        process.wait(timeout=20)
