"""The environment: what the notebooks need, what is missing, and how to install it."""

import json
import re
import sys
from html import escape
from importlib import metadata
from pathlib import Path

try:
    from jupyter_core.paths import jupyter_path  # installed with JupyterLab
except ImportError:  # a kernel in the browser: JupyterLab is not on this machine
    jupyter_path = None

_HALVES = {  # front-end extension: the package that provides it, and its folder
    "jupyterlab_widgets": "@jupyter-widgets/jupyterlab-manager",
    "anywidget": "anywidget",
}
_ANEW = f"--force-reinstall --no-deps {' '.join(_HALVES)}"  # pip skips an installed package
# The kernel cannot see the page: JupyterLab may run on another machine. A working explorer hides this message.
_UNPROVEN = (
    '<p class="cnnlab-unproven">If no picture appears below, this page lacks its half of anywidget: run <code>pip'
    f" install {_ANEW}</code> on the machine and in the environment of JupyterLab itself, then reload the page.</p>"
)
# A requirement of cnnlab: name, lowest version, optional marker. Parsed without the package "packaging", which may
# itself be missing.
_REQUIREMENT = re.compile(r"(?m)^([\w.-]+)[^;\n]*>=\s*([\w.]+)(.*)")


class Environment(dict):
    """The requirements by name, each with the lowest version allowed and the one found, or None.

    If all is well its output is one line, the same on every machine, so that a notebook can store it.
    """

    @property
    def ok(self) -> bool:
        """Whether every requirement is met."""
        return not self._lacking

    @property
    def advice(self) -> str:
        """What to do, in one line."""
        if self.ok:
            return "✓ Everything is here. Go on to the next cell."
        packages = [f'"{name}>={self[name][0]}"' for name in self._lacking if self[name][0]] or [_ANEW]
        command = f'"{sys.executable}" -m pip install {" ".join(packages)}'
        return f"Run this in a terminal, then restart JupyterLab from the same environment: {command}"

    @property
    def table(self) -> str:
        """The requirements, each with the lowest version allowed and the one found, as lines of text."""
        return "\n".join(f"{name:32}{lowest or 'any':10}{found or 'missing'}" for name, (lowest, found) in self.items())

    @property
    def _lacking(self):
        return [name for name, (lowest, found) in self.items() if not found or _numbers(found) < _numbers(lowest)]

    def __repr__(self):
        return self.advice if self.ok else f"{self.table}\n{self.advice}"

    def _repr_html_(self):
        colour = "green" if self.ok else "red"
        return f'<pre style="border-left: 4px solid {colour}; padding-left: 8px">{escape(repr(self))}</pre>{_UNPROVEN}'


def check_environment() -> Environment:
    """Return what the notebooks need, and whether this environment provides it.

    It checks the packages that cnnlab requires, and also the front ends of the two widget packages, which JupyterLab
    must find. It needs only the standard library and cnnlab.

    Returns
    -------
    Environment
        ``.ok``, ``.advice``, ``.table``.

    Examples
    --------
    >>> environment = check_environment()
    >>> environment
    ✓ Everything is here. Go on to the next cell.
    """
    found = Environment(Python=("", sys.version.split()[0]))
    lines = sorted(metadata.requires("cnnlab"))  # the order depends on the installer
    for name, lowest, where in _REQUIREMENT.findall("\n".join(lines)):
        if "extra" not in where and not ("emscripten" in where and sys.platform == "emscripten"):
            found[name] = lowest, next((each.version for each in metadata.distributions(name=name)), None)
    for package, folder in _HALVES.items() if jupyter_path else ():
        files = filter(Path.is_file, (Path(path, folder, "package.json") for path in jupyter_path("labextensions")))
        versions = (json.loads(file.read_text(encoding="utf-8"))["version"] for file in files)
        found[f"{package} in JupyterLab"] = "", next(versions, None)
    return found


def _numbers(version):
    return [int(number) for number in re.match(r"[\d.]*", version)[0].split(".") if number]
