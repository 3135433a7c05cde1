"""The stage: one generic anywidget that draws any scene (see :mod:`cnnlab.scenes`)."""

from __future__ import annotations

import re
from pathlib import Path

import anywidget
import numpy as np
import traitlets

FRONT = Path(__file__).parent.parent / "front"


def join_modules(*names: str) -> str:
    """Return ES modules as one: anywidget loads a module from a blob, where relative imports fail.

    Imports between the files are taken out and their named exports made plain; only ``export default`` stays.
    The names go from the file that imports nothing to the one with the default export.
    """
    source = "\n".join((FRONT / name).read_text(encoding="utf-8") for name in names)
    source = re.sub(r"^import\s[^;]*;\n", "", source, flags=re.MULTILINE)
    return re.sub(r"^export (?!default)", "", source, flags=re.MULTILINE)


def pack(scene: dict, _widget=None) -> dict:
    """Return the scene with each array as bytes: float64, or float32 where there are many numbers."""

    def packed(value):
        if isinstance(value, np.ndarray):
            dtype = "f8" if value.size <= 4096 else "f4"
            return {"dtype": dtype, "data": np.ascontiguousarray(value, f"<{dtype}").tobytes()}
        if isinstance(value, dict):
            return {key: packed(item) for key, item in value.items()}
        return [packed(item) for item in value] if isinstance(value, list) else value

    return packed(scene)


class Stage(anywidget.AnyWidget):
    """Draws ``scene``; what the learner types into cells comes back in ``edits``.

    ``edits`` is ``{"serial": int, "cells": [{"panel", "cell": [plane, row, column], "value"}]}``. A scene whose
    ``serial`` equals that of the edits says that they are applied. ``picked`` is the cell last clicked or entered,
    ``{"panel", "cell"}``, where the scene has ``picks``.
    """

    _esm = join_modules("dom.js", "wires.js", "words.js", "layout.js", "views.js", "strip.js", "stage.js")
    _css = FRONT / "stage.css"

    scene = traitlets.Dict().tag(sync=True, to_json=pack)
    edits = traitlets.Dict({"serial": 0, "cells": []}).tag(sync=True)
    picked = traitlets.Dict().tag(sync=True)
