"""The environment: what the notebooks need, what of it is found, and what to do about the rest."""

from __future__ import annotations

import html
import json
import sys
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement  # matplotlib brings it
from packaging.specifiers import SpecifierSet

try:
    from jupyter_core.paths import jupyter_path  # JupyterLab brings it
except ImportError:  # a kernel in a browser, whose JupyterLab is not on this machine
    jupyter_path = None

FRONT_ENDS = {  # the half of each that runs in the browser: its folder, and the package that brings it
    "ipywidgets in JupyterLab": ("@jupyter-widgets/jupyterlab-manager", "jupyterlab_widgets"),
    "anywidget in JupyterLab": ("anywidget", "anywidget"),
}
CHECKOUT = Path(__file__).parents[2]
ALL_HERE = "Everything is here. Go on to the next cell."


class Need(NamedTuple):
    """One thing that the notebooks need, which versions of it will do, and the version found, None without one."""

    name: str
    wanted: SpecifierSet
    found: str | None

    @property
    def ok(self) -> bool:
        """Whether what is found will do."""
        return self.found is not None and self.wanted.contains(self.found, prereleases=True)

    @property
    def words(self) -> tuple[str, str]:
        """Which versions will do, and how things stand; the version found is named only where it will not do."""
        wanted = str(self.wanted) or "any"
        if wanted.startswith(">=") and "," not in wanted:
            wanted = f"{wanted[2:]} or newer"
        return wanted, "ok" if self.ok else "missing" if self.found is None else f"{self.found} found"


class Environment(tuple):
    """The needs and how they are met; shown as a table with a line of advice.

    Where all is well the table is the same on every machine, so that a notebook can store it.
    """

    __slots__ = ()

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
            return ALL_HERE
        if "Python" in lacking:
            return "Make an environment with a newer Python, as README.md says, and start JupyterLab from there."
        install = f'"{sys.executable}" -m pip install'
        if lacking <= set(FRONT_ENDS):  # pip leaves a package alone that it takes for installed
            packages = sorted(package for name, (_, package) in FRONT_ENDS.items() if name in lacking)
            command, folder = f"{install} --force-reinstall --no-deps {' '.join(packages)}", ""
        elif (CHECKOUT / "pyproject.toml").is_file():
            command, folder = f"{install} -e .", ", in the folder that holds README.md"
        else:
            command, folder = f"{install} --upgrade cnnlab", ""
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
    the browser, and JupyterLab must find that half.

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
    python, packages = _requirements()
    needs = [Need("Python", SpecifierSet(python), ".".join(map(str, sys.version_info[:3])))]
    needs += [Need(package.name, package.specifier, _version(package.name)) for package in packages]
    if jupyter_path:
        needs += [Need(name, SpecifierSet(), _front_end(folder)) for name, (folder, _) in FRONT_ENDS.items()]
    return Environment(needs)


def _requirements() -> tuple[str, list[Requirement]]:
    """Return which Python and which packages cnnlab requires: as installed, or as the checkout beside it says."""
    try:
        python, lines = metadata.metadata("cnnlab")["Requires-Python"], metadata.requires("cnnlab")
    except metadata.PackageNotFoundError:  # a checkout that is on the path and not installed
        import tomllib

        project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        python, lines = project["requires-python"], project["dependencies"]
    packages = map(Requirement, sorted(lines))  # installers write them in an order of their own
    return python, [package for package in packages if not package.marker or package.marker.evaluate({"extra": ""})]


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _front_end(folder: str) -> str | None:
    """Return the version of an extension of JupyterLab, None where there is none."""
    files = [Path(path, folder, "package.json") for path in jupyter_path("labextensions")]
    found = next(filter(Path.is_file, files), None)
    return found and json.loads(found.read_text(encoding="utf-8"))["version"]
