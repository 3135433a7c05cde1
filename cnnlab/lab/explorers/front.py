"""The front end in anywidget's form: one module and one style sheet, made from the files in ``front/``."""

import gzip
import hashlib
import json
import re
from base64 import b64encode
from functools import cache
from pathlib import Path
from uuid import uuid4

import numpy as np

FOLDER = Path(__file__).parent.parent / "front"
_MAIN = "explorer.js"
# The order matters: of two rules with equal specificity, the one in the later sheet wins.
STYLES = (
    *("colours", "explorer", "question", "sizes", "pad", "training", "table"),
    *("stage", "panels", "cells", "charts", "wires", "strip", "network"),
)
PROCESS = uuid4().hex  # identifies this kernel
_LARGEST_SINGLE = float(np.finfo(np.float32).max)
_MOST_DOUBLE = 4096  # longer arrays are sent in single precision
_once = iter([True])
_IMPORT = re.compile(r'\bfrom\s*"[./\w-]*?([\w-]+\.js)"')
_COMMENT = re.compile(r"(?ms)^ */\*\*(?! *\n \* @license)(?:(?!\*/).)*\*/\n|^ *//[^\n]*\n")

# Each file, known by its name alone, stays a module of its own in the browser's debugger, and is loaded once per page,
# however many explorers it has. A relative import fails in a module loaded from a blob: a blob address replaces it.
_MODULES = """\
// cnnlab's front end. The sources below are the files of cnnlab/lab/front, each after those that it imports.
const SOURCES = %(sources)s;
const load = async () => {
  const urls = {};
  for (const [name, source] of Object.entries(SOURCES)) {
    const text = source.replace(/\\bfrom\\s*"[./\\w-]*?([\\w-]+\\.js)"/g, (_, other) => `from "${urls[other]}"`);
    const blob = new Blob([`${text}\\n//# sourceURL=cnnlab/lab/front/${name}`], { type: "text/javascript" });
    urls[name] = URL.createObjectURL(blob);
  }
  return import(/* webpackIgnore: true */ urls["%(main)s"]);
};
const modules = () => (globalThis[Symbol.for("cnnlab %(version)s")] ??= load());
"""
_RENDER = """\
let sheet;
const render = async (context) => {
  if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(%(style)s);
  // The document says what the theme is; in marimo and MyST each explorer stands in a shadow tree.
  for (const { adoptedStyleSheets } of [document, context.el.getRootNode()])
    if (adoptedStyleSheets?.includes(sheet) === false) adoptedStyleSheets.push(sheet);
  return (await modules()).default.render(context);
};
export default { render };
"""
_UNPACK = """\
const unpack = async (packed) => {
  const text = await new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  return import(/* webpackIgnore: true */ URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
};
"""
# The module of every explorer. The front end itself is sent once, in the trait "module" of the kernel's first explorer;
# a page that does not have that explorer, as in Colab and VS Code, where each output is a page, asks the kernel.
_LOADER = """\
const PAGE = (globalThis[Symbol.for("cnnlab page %(version)s")] ??= { asked: 0 });
const PATIENCE = 2000; // ms after which is asked again
PAGE.module ??= new Promise((resolve) => {
  PAGE.bring = (packed) => {
    PAGE.bring = () => {};
    PAGE.brought = true;
    resolve(unpack(packed));
  };
});
const take = (model) => model.get("module")?.byteLength && PAGE.bring(model.get("module"));
const wait = (model, el) => {
  const hear = ({ module }, buffers) => module && PAGE.bring(buffers[0]);
  const ask = () => {
    if (performance.now() < PAGE.asked) return; // another explorer has
    PAGE.asked = performance.now() + PATIENCE;
    model.send({ ask: "module" });
  };
  const again = setInterval(() => {
    el.textContent = "No answer from the kernel: it is busy, or was restarted. After a restart, run this cell again.";
    ask();
  }, PATIENCE);
  model.on("msg:custom", hear);
  ask();
  return () => {
    clearInterval(again);
    model.off("msg:custom", hear);
    el.textContent = "";
  };
};
export default {
  initialize: ({ model }) => void take(model),
  async render({ model, el }) {
    take(model);
    const done = PAGE.brought ? () => {} : wait(model, el);
    const module = await PAGE.module;
    done();
    return module.default.render({ model, el });
  },
};
"""
_UNPACKED = """\
const packed = Uint8Array.from(atob("%s"), (letter) => letter.charCodeAt(0));
const module = unpack(packed);
export default { render: async (context) => (await module).default.render(context) };
"""


@cache
def modules(main=_MAIN):
    """Return the names of a module and of all that it imports, directly or not, in order of dependency."""
    imported = _IMPORT.findall(source(main))
    return list(dict.fromkeys([*(name for other in imported for name in modules(other)), main]))


def source(name):
    """Return the text of a module."""
    (path,) = FOLDER.rglob(name)
    return path.read_text(encoding="utf-8")


@cache
def bundle(main=_MAIN):
    """Return the front end as one module, which includes its style sheet."""
    return _modules(main) + _RENDER % {"style": json.dumps(style(), ensure_ascii=False)}


def loader():
    """Return the module that gets the front end for an explorer, from its page or from the kernel."""
    return _UNPACK + _LOADER % {"version": _digest(bundle())}


@cache
def packed():
    """Return the front end, compressed for sending."""
    return _gzipped(bundle())


def self_unpacking(module):
    """Return a self-extracting version of a module, a third of its length."""
    return _UNPACK + _UNPACKED % b64encode(_gzipped(module)).decode()


def _gzipped(text):
    return gzip.compress(text.encode(), mtime=0)


def first_module():
    """Return the packed front end on the first call, and nothing afterwards: see ``_LOADER``."""
    return packed() if next(_once, False) else b""


def script(main, use):
    """Return a module and all that it imports as the script of a page; ``use`` is the code that uses it."""
    text = f"{_modules(main)}modules().then({use});\n"
    return text.replace("</", "<\\/").replace("<!--", "<\\!--")


def _modules(main):
    sources = {name: _COMMENT.sub("", source(name)) for name in modules(main)}  # only licence comments stay
    text = json.dumps(sources, ensure_ascii=False)
    return _MODULES % {"sources": text, "main": main, "version": _digest(text)}


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def style():
    """Return the style sheets as one."""
    return "\n".join((FOLDER / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)


def as_message(shown: dict, _widget=None) -> dict:
    r"""Return an explorer's state as one text and its bytes: ipywidgets would recurse into every list of a message.

    An array is sent as float64, or as float32 if it is large.

    Examples
    --------
    >>> as_message({"values": np.array([1.0])})["text"], as_message({"value": b"\0"})["buffers"]
    ('{"values": {"dtype": "f8", "data": {"bytes": 0}}}', [b'\x00'])
    """
    buffers: list[bytes] = []

    def apart(value):
        place = {"bytes": len(buffers)}
        if isinstance(value, bytes):
            buffers.append(value)
            return place
        many = value.size > _MOST_DOUBLE and np.abs(value[np.isfinite(value)]).max(initial=0) <= _LARGEST_SINGLE
        dtype = "f4" if many else "f8"
        buffers.append(np.ascontiguousarray(value, f"<{dtype}").tobytes())
        return {"dtype": dtype, "data": place}

    return {"text": json.dumps(shown, default=apart), "buffers": buffers}
