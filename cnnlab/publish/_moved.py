"""What an import of cnnlab 0.1 is called now: a learner's own notebook is not changed, but its owner is told."""

import ast
import json
import re
from pathlib import Path

_IMPORT = re.compile(r"^[ \t]*((?:from|import)[ \t]+cnnlab\b(?:[^(\n]*\([^)]*\)|[^\n]*))", re.MULTILINE)
_MOVED = {  # the module or name in 0.1; what stands in it has moved along
    "cnnlab.widgets": "cnnlab.lab",
    "cnnlab.widgets.ask": "cnnlab.course.ask",
    "cnnlab.widgets.BugExplorer": "cnnlab.course.BugExplorer",
    "cnnlab.widgets.photo": "cnnlab.lab.explorers.photo",
    "cnnlab.figures": "cnnlab.lab.stills",
    "cnnlab.training.run": "cnnlab.lab.training",
    "cnnlab.environment": "cnnlab.course.environment",
    "cnnlab.exercises": "cnnlab.course.exercises",
    "cnnlab.exercises.bugs": "cnnlab.course.bugs",
    "cnnlab.progress": "cnnlab.course.progress",
}


def moved_imports(notebook: Path) -> list[tuple[str, list[str]]]:
    """Return the imports of a notebook that are of 0.1, each with the lines that take its place.

    Of a file that is no notebook, none.
    """
    try:
        cells = json.loads(notebook.read_bytes())["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return []
    found = {line: _now(line) for source in code for line in _IMPORT.findall(source)}
    return [(old, new) for old, new in found.items() if new]


def _now(line: str) -> list[str]:
    """Return what takes the place of an import; empty where it holds as it is.

    Examples
    --------
    >>> _now("from cnnlab.widgets import ChainExplorer, ask")
    ['from cnnlab.lab import ChainExplorer', 'from cnnlab.course import ask']
    >>> _now("from cnnlab import exercises, figures, relu")
    ['from cnnlab.course import exercises', 'from cnnlab.lab import stills as figures', 'from cnnlab import relu']
    >>> _now("from cnnlab import relu")
    []
    """
    try:
        (node, *_) = ast.parse(line).body
    except (SyntaxError, ValueError):  # half a line, which no kernel takes either
        return []
    inside = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
    old = [(f"{inside}{alias.name}", alias.asname or (inside and alias.name)) for alias in node.names]
    new = [(_home(path), name) for path, name in old]
    if new == old:
        return []
    if not inside:
        return [f"import {path}{f' as {name}' if name else ''}" for path, name in new]
    lines: dict[str, list[str]] = {}
    for path, name in new:
        module, _, last = path.rpartition(".")
        lines.setdefault(module, []).append(last if last == name else f"{last} as {name}")
    return [f"from {module} import {', '.join(names)}" for module, names in lines.items()]


def _home(path: str) -> str:
    """Return where something is now; the longest part of its path that has moved tells."""
    known = max((name for name in _MOVED if f"{path}.".startswith(f"{name}.")), key=len, default="")
    return _MOVED.get(known, "") + path[len(known) :]
