"""The environment: what the notebooks need, what of it is found, and what to do about the rest."""

from __future__ import annotations

import html
import json
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
    def words(self) -> tuple[str, str]:
        """Which versions will do, and how things stand; the version found is named only where it will not do."""
        state = "ok" if self.ok else "missing" if self.found is None else f"{self.found} found"
        return f"{self.lowest} or newer" if self.lowest else "any", state


class Environment(tuple):
    """The needs and how they are met; shown as a table with a line of advice.

    Where all is well the table is the same on every machine, so that a notebook can store it.
    """

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
            return "Everything is here. Go on to the next cell."
        if "Python" in lacking:
            return "Make an environment with a newer Python, as README.md says, and start JupyterLab from there."
        arguments, folder = "--upgrade cnnlab", ""
        if lacking <= set(_FRONT_ENDS):  # pip leaves a package alone that it takes for installed
            packages = sorted(_FRONT_ENDS[name][1] for name in lacking)
            arguments = f"--force-reinstall --no-deps {' '.join(packages)}"
        elif (_CHECKOUT / "pyproject.toml").is_file():
            arguments, folder = "-e .", ", in the folder that holds README.md"
        command = f'"{sys.executable}" -m pip install {arguments}'
        return f"Run this in a terminal{folder}, then start JupyterLab anew from the same environment: {command}"

    @property
    def _lacking(self) -> set[str]:
        return {need.name for need in self if not need.ok}

    @property
    def table(self) -> str:
        """The needs in lines of text."""
        rows = [(need.name, *need.words) for need in self]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
        return "\n".join(map(str.rstrip, lines))

    def __repr__(self):
        return f"{self.table}\n{self.advice}"

    def _repr_html_(self):
        cell = '<td style="text-align: left">{}</td>'
        rows = ("".join(cell.format(html.escape(text)) for text in (need.name, *need.words)) for need in self)
        table = "".join(f"<tr>{row}</tr>" for row in rows)
        return f"<table>{table}</table><p><b>{html.escape(self.advice)}</b></p>"


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
    if jupyter_path:
        needs += [Need(name, "", _front_end(folder)) for name, (folder, _) in _FRONT_ENDS.items()]
    return Environment(needs)


def _requirements() -> tuple[str, list[str]]:
    """Return which Python and which packages cnnlab requires: as installed, or as the checkout beside it says."""
    try:
        return metadata.metadata("cnnlab")["Requires-Python"], metadata.requires("cnnlab")
    except metadata.PackageNotFoundError:  # a checkout that is on the path and not installed
        import tomllib

        project = tomllib.loads((_CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        return project["requires-python"], project["dependencies"]


def _order(version: str) -> tuple[list[int], bool]:
    """Return what versions are compared by: 2.0 is 2, and 2.0rc1 comes before both."""
    release = re.match(r"[\d.]*", version)[0]
    numbers = [int(number) for number in re.sub(r"(\.0+)*\.?$", "", release).split(".") if number]
    return numbers, not re.match(r"[-_.]?(a|b|c|rc|alpha|beta|pre|dev)", version[len(release) :])


def _version(package: str) -> str | None:
    found = next(iter(metadata.distributions(name=package)), None)
    return found and found.version


def _front_end(folder: str) -> str | None:
    """Return the version of an extension of JupyterLab, None where there is none."""
    files = [Path(path, folder, "package.json") for path in jupyter_path("labextensions")]
    found = next(filter(Path.is_file, files), None)
    return found and json.loads(found.read_text(encoding="utf-8"))["version"]
