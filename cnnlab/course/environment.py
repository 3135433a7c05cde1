"""The environment: what the notebooks need, what of that is missing, and how to get it."""

import json
import re
import sys
from html import escape
from importlib import metadata
from pathlib import Path

try:
    from jupyter_core.paths import jupyter_path  # JupyterLab brings it
except ImportError:  # a kernel in a browser, whose JupyterLab is not on this machine
    jupyter_path = None

_HALVES = {  # the half of each that runs in the browser: the package that brings it, and its folder
    "jupyterlab_widgets": "@jupyter-widgets/jupyterlab-manager",
    "anywidget": "anywidget",
}
_ANEW = f"--force-reinstall --no-deps {' '.join(_HALVES)}"  # pip does not touch a package that it takes for installed
# The kernel cannot see the page: JupyterLab may run on another machine. An explorer that comes alive hides this.
_UNPROVEN = (
    '<p class="cnnlab-unproven">If no picture appears below, this page lacks its half of anywidget: run <code>pip'
    f" install {_ANEW}</code> on the machine and in the environment of JupyterLab itself, then reload the page.</p>"
)
# A requirement of cnnlab: a name, the lowest version, perhaps where it applies. Read without the package "packaging",
# which may be what is missing.
_REQUIREMENT = re.compile(r"(?m)^([\w.-]+)[^;\n]*>=\s*([\w.]+)(.*)")


class Environment(dict):
    """The needs by name, each with the lowest version that will do and the one found, which is None without one.

    Where all is well it is shown as one line, the same on every machine, so that a notebook can store it.
    """

    @property
    def ok(self) -> bool:
        """Whether everything is here."""
        return not self._lacking

    @property
    def versions(self) -> dict[str, str | None]:
        """The version found of each need, such as for the report of a bug."""
        return {name: found for name, (_, found) in self.items()}

    @property
    def advice(self) -> str:
        """What to do, in one line."""
        if self.ok:
            return "✓ Everything is here. Go on to the next cell."
        packages = [f'"{name}>={self[name][0]}"' for name in self._lacking if self[name][0]] or [_ANEW]
        command = f'"{sys.executable}" -m pip install {" ".join(packages)}'
        return f"Run this in a terminal, then start JupyterLab anew from the same environment: {command}"

    @property
    def table(self) -> str:
        """The needs in lines of text."""
        return "\n".join(f"{name:32}{lowest or 'any':10}{found or 'missing'}" for name, (lowest, found) in self.items())

    @property
    def _lacking(self) -> list[str]:
        return [name for name, (lowest, found) in self.items() if not found or _numbers(found) < _numbers(lowest)]

    def __repr__(self):
        return self.advice if self.ok else f"{self.table}\n{self.advice}"

    def _repr_html_(self):
        colour = "green" if self.ok else "red"
        return f'<pre style="border-left: 4px solid {colour}; padding-left: 8px">{escape(repr(self))}</pre>{_UNPROVEN}'


def check_environment() -> Environment:
    """Return what the notebooks need, and whether this environment has it.

    That is the packages that cnnlab requires, and the two widget packages once more: half of each runs in the browser,
    and JupyterLab must find that half. It runs on the standard library and cnnlab alone.

    Returns
    -------
    Environment
        ``.ok``, ``.advice``, ``.versions``, ``.table``.

    Examples
    --------
    >>> environment = check_environment()
    >>> environment
    ✓ Everything is here. Go on to the next cell.
    """
    found = Environment(Python=("", sys.version.split()[0]))
    lines = sorted(metadata.requires("cnnlab"))  # installers write them in an order of their own
    for name, lowest, where in _REQUIREMENT.findall("\n".join(lines)):
        if "extra" not in where and not ("emscripten" in where and sys.platform == "emscripten"):
            found[name] = lowest, next((each.version for each in metadata.distributions(name=name)), None)
    for package, folder in _HALVES.items() if jupyter_path else ():
        files = filter(Path.is_file, (Path(path, folder, "package.json") for path in jupyter_path("labextensions")))
        versions = [json.loads(file.read_text(encoding="utf-8"))["version"] for file in files]
        found[f"{package} in JupyterLab"] = "", next(iter(versions), None)
    return found


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.match(r"[\d.]*", version)[0].split(".") if number]
