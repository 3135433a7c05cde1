"""The environment: what the notebooks need, what of that is installed, and how to get the rest."""

import html
import json
import math
import os
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

try:
    from jupyter_core.paths import jupyter_path  # JupyterLab brings it
except ImportError:  # a kernel in a browser, whose JupyterLab is not on this machine
    jupyter_path = None

_FRONT_ENDS = {  # the half of each that runs in the browser: its folder, and the package that brings it
    "ipywidgets in JupyterLab": ("@jupyter-widgets/jupyterlab-manager", "jupyterlab_widgets"),
    "anywidget in JupyterLab": ("anywidget", "anywidget"),
}
# The kernel cannot see the page: JupyterLab may run on another machine. An explorer that comes alive hides this.
_UNPROVEN = (
    '<p class="cnnlab-unproven">If no picture appears below, this page lacks anywidget: run <code>pip install anywidget'
    "</code> on the machine and in the environment of JupyterLab itself, then reload the page.</p>"
)
_CHECKOUT = Path(__file__).parents[2]
# A requirement of cnnlab: a name, perhaps the lowest version, perhaps where it applies. Read without the package
# "packaging", which may be what is missing.
_REQUIREMENT = re.compile(r"([\w.-]+)(?:[^;]*>=\s*([\w.]+))?[^;]*(?:;(.*))?")


class Need(NamedTuple):
    """One thing that the notebooks need, the lowest version that will do, and the version found, None without one."""

    name: str
    lowest: str
    found: str | None

    @property
    def ok(self) -> bool:
        """Whether what is found will do."""
        return self.found is not None and _order(self.found) >= _order(self.lowest)

    @property
    def row(self) -> tuple[str, str, str]:
        """Name, versions that will do, and how things stand; the version found is named only where it will not do."""
        state = "ok" if self.ok else "missing" if self.found is None else f"{self.found} found"
        return self.name, f"{self.lowest} or newer" if self.lowest else "any", state


class Environment(tuple):
    """The needs and how they are met; shown as a table with a line of advice.

    Where all is well the table is the same on every machine, so that a notebook can store it.

    Attributes
    ----------
    server : path, optional
        The Python that JupyterLab runs with, where that is another one.
    is_late : bool
        Whether something came after JupyterLab had started: a page that was open has it when it is loaded anew.
    """

    server: Path | None = None
    is_late = False

    @property
    def ok(self) -> bool:
        """Whether everything is here."""
        return not self._lacking

    @property
    def versions(self) -> dict[str, str | None]:
        """The version found of each need, such as for the report of a bug."""
        return {need.name: need.found for need in self}

    @property
    def advice(self) -> str:
        """What to do, in one line."""
        lacking = self._lacking
        if not lacking:
            late = "Some of it came while JupyterLab ran: reload this page once, then go on"
            return f"Everything is here. {late if self.is_late else 'Go on'} to the next cell."
        if "Python" in lacking:
            return "Make an environment with a newer Python, as README.md says, and start JupyterLab from there."
        before, after, python = "", "start JupyterLab anew from the same environment", sys.executable
        needs = [need for need in self if need.name in lacking - _FRONT_ENDS.keys()]  # which bring their halves along
        packages = [f'"{need.name}>={need.lowest}"' if need.lowest else need.name for need in needs]
        if not packages:  # pip does not touch a package that it takes for installed
            packages = ["--force-reinstall --no-deps", *sorted(_FRONT_ENDS[name][1] for name in lacking)]
            if self.server:
                before, after = "JupyterLab runs in another environment. ", "reload this page"
                python = self.server
        return f'{before}Run this in a terminal, then {after}: "{python}" -m pip install {" ".join(packages)}'

    @property
    def _lacking(self) -> set[str]:
        return {need.name for need in self if not need.ok}

    @property
    def table(self) -> str:
        """The needs in lines of text."""
        rows = [need.row for need in self]
        form = "  ".join(f"{{:{max(map(len, column))}}}" for column in zip(*rows, strict=True))
        return "\n".join(form.format(*row).rstrip() for row in rows)

    def __repr__(self):
        return f"{self.table}\n{self.advice}"

    def _repr_html_(self):
        cell = '<td style="text-align: left">{}</td>'
        rows = ("".join(cell.format(html.escape(text)) for text in need.row) for need in self)
        table = "".join(f"<tr>{row}</tr>" for row in rows)
        return f"<table>{table}</table><p><b>{html.escape(self.advice)}</b></p>{_UNPROVEN}"


def check_environment() -> Environment:
    """Return what the notebooks need, and whether this environment has it.

    That is Python and the packages that cnnlab requires, and the two widget packages once more: half of each runs in
    the browser, and JupyterLab must find that half. It runs on the standard library and cnnlab alone.

    Returns
    -------
    Environment
        ``.ok``, ``.advice``, ``.versions``, and a table when it is shown.

    Examples
    --------
    >>> environment = check_environment()
    >>> environment.ok, environment.advice
    (True, 'Everything is here. Go on to the next cell.')
    """
    python, lines = _requirements()
    needs = [Need("Python", python.removeprefix(">="), ".".join(map(str, sys.version_info[:3])))]
    for line in sorted(lines):  # installers write them in an order of their own
        name, lowest, where = _REQUIREMENT.match(line).groups(default="")
        if "extra" not in where and not ("emscripten" in where and sys.platform == "emscripten"):
            needs.append(Need(name, lowest, _version(name)))
    python, started = _jupyterlab()
    halves = {}
    if jupyter_path:
        halves = {name: _front_end(folder, python) for name, (folder, _) in _FRONT_ENDS.items()}
    found = Environment([*needs, *(Need(name, "", half and half[0]) for name, half in halves.items())])
    found.server = python
    found.is_late = any(half and half[1] > started for half in halves.values())
    return found


def _requirements() -> tuple[str, list[str]]:
    """Return which Python and which packages cnnlab requires: as installed, or as the checkout beside it says."""
    try:
        return metadata.metadata("cnnlab")["Requires-Python"], metadata.requires("cnnlab")
    except metadata.PackageNotFoundError:  # a checkout that is on the path and not installed
        import tomllib

        project = tomllib.loads((_CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        return project["requires-python"], project["dependencies"]


def _order(version: str) -> tuple[list[int], bool]:
    """Return a key to compare versions by: 2.0 is 2, and 2.0rc1 comes before both."""
    release = re.match(r"[\d.]*", version)[0]
    numbers = [int(number) for number in re.sub(r"(\.0+)*\.?$", "", release).split(".") if number]
    return numbers, not re.match(r"[-_.]?(a|b|c|rc|alpha|beta|pre|dev)", version[len(release) :])


def _version(package: str) -> str | None:
    found = next(iter(metadata.distributions(name=package)), None)
    return found and found.version


def _jupyterlab() -> tuple[Path | None, float]:
    """Return the Python of the JupyterLab that started this kernel, None where it is ours or not known, and its start.

    Where nothing is known that is the end of time, so that all was there before it.
    """
    try:
        import psutil  # ipykernel brings it

        process = psutil.Process(os.getppid())
        python, started = Path(process.cmdline()[0]), process.create_time()
        if not python.is_absolute() or not (_prefix(python) / "share/jupyter/lab").is_dir():
            raise FileNotFoundError(python)
    except Exception:  # a process may be gone, hidden, without a name, or no JupyterLab
        return None, math.inf
    return None if python.parent == Path(sys.executable).parent else python, started


def _prefix(python: Path) -> Path:
    """Return the folder of an environment by its Python, which on Windows may be directly in it."""
    return python.parents[1] if python.parent.name in ("bin", "Scripts") else python.parent


def _front_end(folder: str, server: Path | None) -> tuple[str, float] | None:
    """Return the version of an extension that JupyterLab finds, and when it came there; None where there is none."""
    paths = map(Path, jupyter_path("labextensions"))
    if server:  # it looks into its own environment, and into the user's and the system's folders, as we do
        ours = Path(sys.prefix)
        paths = [_prefix(server) / path.relative_to(ours) if path.is_relative_to(ours) else path for path in paths]
    files = [path / folder / "package.json" for path in paths]
    found = next(filter(Path.is_file, files), None)
    return found and (json.loads(found.read_text(encoding="utf-8"))["version"], found.stat().st_ctime)
