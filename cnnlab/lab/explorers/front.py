"""The front end as anywidget takes it: one module and one style sheet, made from the files in ``front/``."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path(__file__).parent.parent / "front"
_MAIN = "explorer.js"
# Of two rules for the same thing, the one in the later sheet wins.
STYLES = (
    *("colours", "explorer", "question", "sizes", "pad", "training", "table"),
    *("stage", "panels", "cells", "charts", "wires", "strip"),
)
_LARGEST_SINGLE = float(np.finfo(np.float32).max)
_MOST_DOUBLE = 4096  # numbers of an array that travel in double precision
_NESTED = dict, list, np.ndarray

# Each file stays a module with its own name in a browser's debugger, and is read once for a page however many explorers
# stand on it. A relative import fails in a module that was loaded from a blob, so each is pointed at its blob.
_LOADER = """\
// cnnlab's front end. The sources below are the files of cnnlab/lab/front, each after those that it imports.
const SOURCES = %(sources)s;
const load = async () => {
  const urls = {};
  for (const [name, source] of Object.entries(SOURCES)) {
    const text = source.replace(/(from ")\\.\\/([\\w/-]+\\.js)"/g, (_, start, other) => `${start}${urls[other]}"`);
    const blob = new Blob([`${text}\\n//# sourceURL=cnnlab/lab/front/${name}`], { type: "text/javascript" });
    urls[name] = URL.createObjectURL(blob);
  }
  return import(/* webpackIgnore: true */ urls["%(main)s"]);
};
const modules = () => (globalThis[Symbol.for("cnnlab %(version)s")] ??= load());
"""
_RENDER = "export default { render: async (context) => (await modules()).default.render(context) };\n"


@cache
def modules(main: str = _MAIN) -> list[str]:
    """Return the names of a module and all that it imports, each after those that it imports itself."""
    imported = re.findall(r'from "\./([\w/-]+\.js)"', (FOLDER / main).read_text(encoding="utf-8"))
    return list(dict.fromkeys([*(name for other in imported for name in modules(other)), main]))


def bundle() -> str:
    """Return the front end as one module."""
    return _loader(_MAIN) + _RENDER


def script(main: str, use: str) -> str:
    """Return a module and all that it imports as the script of a page, which does with it what ``use`` says."""
    text = f"{_loader(main)}modules().then({use});\n"
    return text.replace("</", "<\\/").replace("<!--", "<\\!--")


def _loader(main: str) -> str:
    sources = {name: (FOLDER / name).read_text(encoding="utf-8") for name in modules(main)}
    text = json.dumps(sources, ensure_ascii=False)
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    return _LOADER % {"sources": text, "main": main, "version": version}


def style() -> str:
    """Return the style sheets as one."""
    return "\n".join((FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)


def pack(value: Any) -> Any:
    r"""Return what an explorer shows with each array as bytes: float64, or float32 where there are many numbers.

    Examples
    --------
    >>> pack({"values": np.array([1.0])})
    {'values': {'dtype': 'f8', 'data': b'\x00\x00\x00\x00\x00\x00\xf0?'}}
    """
    if isinstance(value, np.ndarray):
        many = value.size > _MOST_DOUBLE and np.abs(value[np.isfinite(value)]).max(initial=0) <= _LARGEST_SINGLE
        dtype = "f4" if many else "f8"
        return {"dtype": dtype, "data": np.ascontiguousarray(value, f"<{dtype}").tobytes()}
    if isinstance(value, dict):
        return {key: pack(item) if isinstance(item, _NESTED) else item for key, item in value.items()}
    is_deep = isinstance(value, list) and value and isinstance(value[0], _NESTED)  # no list is deep in part
    return [pack(item) for item in value] if is_deep else value
