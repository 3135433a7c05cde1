"""Write the front end's types, ``cnnlab/lab/front/schema.js``, from the schema in Python: ``python .ci/schema.py``.

Types alone: what is shown and what may be asked, field by field, as JSDoc that a type checker reads.
A test compares the file with what is made here.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import is_typeddict

from cnnlab.lab.explorers import _events, _settings
from cnnlab.lab.scenes import schema

FILE = Path(__file__).parents[1] / "cnnlab/lab/front/schema.js"
HEAD = """\
// What an explorer shows and what it may be asked, made by .ci/schema.py from cnnlab/lab/scenes/schema.py and
// cnnlab/lab/explorers: change it there. Types alone: no other module imports this one when it runs.

/** @typedef {[number, number, number]} Cell plane, row, column as drawn: padding too */
/** @typedef {[string, string]} Span a style, "" for none, and a text */
/** @typedef {Span[]} Line */
/** @typedef {{dtype: "f4" | "f8", data: DataView}} Packed an array on its way */
/** @typedef {Float64Array | Float32Array} Numbers */
"""
SIMPLE = {"str": "string", "End": "string", "int": "number", "float": "number", "bool": "boolean"}
SIMPLE |= {"np.ndarray": "Numbers", "Any": "any", "list": "any[]"}


def made() -> str:
    """Return the text of the file."""
    return HEAD + "".join(map(_typedef, _kinds(schema, _settings, _events))) + "\nexport {};\n"


def _kinds(*modules: ModuleType) -> list[type]:
    """Return the classes of fields that modules state, in their order."""
    there = [kind for each in modules for kind in vars(each).values() if is_typeddict(kind)]
    return list(dict.fromkeys(there))


def _typedef(kind: type) -> str:
    said = " ".join(kind.__doc__.split("\n\n")[0].split()).replace("``", "")
    stated = ast.parse(inspect.getsource(kind)).body[0].body
    hints = {each.target.id: ast.unparse(each.annotation) for each in stated if isinstance(each, ast.AnnAssign)}
    fields = "".join(_field(kind, name, hint.replace("'", '"')) for name, hint in hints.items())
    return f"\n/**\n * @typedef {{object}} {kind.__name__} {said}\n{fields} */\n"


def _field(kind: type, name: str, hint: str) -> str:
    source = Path(sys.modules[kind.__module__].__file__).read_text(encoding="utf-8")
    comment = re.search(rf"class {kind.__name__}\(.*?\n    {name}: [^\n]*?(?:  # ([^\n]*))?\n", source, re.DOTALL)[1]
    marked = re.fullmatch(r"(NotRequired|Required)\[(.*)\]", hint)
    required = marked[1] == "Required" if marked else kind.__total__
    written = name if required else f"[{name}]"
    return f" * @property {{{_type(marked[2] if marked else hint)}}} {written}{f' {comment}' if comment else ''}\n"


def _type(hint: str) -> str:
    """Return an annotation of Python as a type of TypeScript."""
    inside = re.fullmatch(r"(list|dict|Literal)\[(.*)\]", hint)
    if inside is None:
        return " | ".join(SIMPLE.get(each, each) for each in hint.split(" | "))
    kind, what = inside.groups()
    if kind == "Literal":
        return what.replace(", ", " | ").replace("'", '"')
    if kind == "dict":
        return f"Record<string, {_type(what.partition(', ')[2])}>"
    return f"({_type(what)})[]" if " | " in what else f"{_type(what)}[]"


if __name__ == "__main__":
    FILE.write_text(made(), encoding="utf-8")
