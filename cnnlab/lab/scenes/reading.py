"""The text of a scene on one cell: its terms, the written sum, and a sentence.

``front/sums.js`` and ``front/words.js`` do exactly the same in the browser; a test compares the two.
"""

import re
from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np

from cnnlab.lab.numbers import format_value
from cnnlab.lab.scenes._sentences import filled
from cnnlab.lab.scenes.schema import Cell

_READ = re.compile(r"\b(xp?|w|b|dy)\[([^]]*)]")  # an array, with its indices, in a line of code
_AXES = ("planes", "rows", "columns")
_POWERS = tuple("²³⁴^*")  # a negative number needs brackets before these
_BEYOND = {
    1: ("is padding", "are padding"),
    2: ("hangs over the edge and is nothing", "hang over the edge and are nothing"),
}


class Operand(NamedTuple):
    """A number and its cell; ``panel`` is empty if it is a share or a 1."""

    panel: str
    cell: Cell
    value: float


class Term(NamedTuple):
    """One wire: weight times a times b, and the cell that it leads to."""

    a: Operand
    b: Operand
    to: Operand
    weight: float = 1.0


class Strip(NamedTuple):
    """A written sum: "y[0, 0] = ", the terms, "", "−11"; ``total`` is empty in a list of uses."""

    head: str
    terms: list[str]
    joiner: str
    closing: str
    total: str


def panel_of(scene, name):
    """Return a panel of a scene by its name."""
    return next(panel for panel in scene["panels"] if panel["name"] == name)


def summed(scene, name):
    """Return the panel whose sum describes a cell of ``name``: its gradient if there is one."""
    panel = panel_of(scene, name)
    return panel_of(scene, panel["gradient"]) if "gradient" in panel else panel


def _stepped(scene):
    """Return the panel that ▶ steps through; None if there is none."""
    return next((panel for panel in scene["panels"] if panel["name"] == scene.get("steps", "y")), None)


def steps_of(scene):
    """Return the number of steps of ▶: one for each cell of the panel that it steps through."""
    panel = _stepped(scene)
    return panel["values"].size if panel else 1


def at_step(scene, step):
    """Return a scene after a step of ▶, counted from 0; beyond the last step it stays there.

    Where ▶ steps through computed outputs, those after the step are still empty.
    """
    stepped, step = _stepped(scene), min(step, steps_of(scene) - 1)
    if not stepped:
        return scene
    cells = np.argwhere(np.ones(stepped["values"].shape))

    def at(panel):
        if "frames" in panel:
            return panel | {"frames": panel["frames"][: step + 1]}
        is_made = panel.get("end") == "output" and panel["view"] == "cells" and "goes" not in panel.get("sum", {"goes"})
        awaited = {"awaited": cells[step + 1 :].tolist()}
        return panel | {"marks": panel.get("marks", {}) | awaited} if panel is stepped and is_made else panel

    first = {"panel": stepped["name"], "cell": cells[step].tolist()}
    return scene | {"panels": list(map(at, scene["panels"])), "first": first}


def value_at(panel, cell):
    """Return the number in a cell."""
    return float(panel["values"][tuple(cell)])


def flat_index(panel, cell):
    """Return the place of a cell in reading order."""
    return int(np.ravel_multi_index(cell, panel["values"].shape))


def place_of(panel, cell):
    """Return the row and column of a cell in the learner's array, as far as they exist."""
    indices = zip((panel["places"]["rows"], panel["places"]["columns"]), cell[1:], strict=True)
    return [places[at] for places, at in indices if places]


def name_of(panel, cell):
    """Return a cell as an index of the learner's array.

    Examples
    --------
    >>> from cnnlab.lab.scenes._panels import panel
    >>> name_of(panel("x", [[[1, 2]]], "x", "input", role="x"), [0, 0, 1])
    'x[0, 1]'
    """
    index = [*panel["places"]["planes"][cell[0]], *place_of(panel, cell)]
    if "flat" in panel:
        index = [flat_index(panel, cell)]
    name = panel.get("alias", panel["symbol"])
    return f"{name}[{', '.join(map(str, index))}]".replace("-", "−") if index else name


def wires_at(wires, end, cell):
    """Yield the wires with a cell at one end, from either form of table: the cell at each end, and the weight.

    Wires that a learner's function lacks are skipped: a still draws those that it has.

    Examples
    --------
    >>> axis = {"output": [0, 1], "input": [0, 1], "tap": [0, 0]}
    >>> list(wires_at({"planes": axis, "rows": axis, "columns": axis}, "input", [0, 1, 0]))
    [({'output': [0, 1, 0], 'input': [0, 1, 0], 'tap': [0, 0, 0]}, 1.0)]
    >>> list(wires_at({"cells": {"output": [[0, 1, 0]], "input": [[0, 0, 1]]}, "weight": [2.0]}, "input", [0, 0, 1]))
    [({'output': [0, 1, 0], 'input': [0, 0, 1]}, 2.0)]
    """
    if "weight" in wires:
        states = wires.get("state", ["both"] * len(wires["weight"]))
        for k, (weight, state) in enumerate(zip(wires["weight"], states, strict=True)):
            if wires["cells"][end][k] == cell and state != "missing":
                yield {name: cells[k] for name, cells in wires["cells"].items()}, weight
        return
    tables = [wires[axis] for axis in _AXES]
    chosen = ([k for k, at in enumerate(table[end]) if at == index] for table, index in zip(tables, cell, strict=True))
    names = [name for name in tables[0] if name in tables[1]]  # only planes have a "channel"
    for wire in product(*chosen):
        yield {name: [table[name][k] for table, k in zip(tables, wire, strict=True)] for name in names}, 1.0


def terms_of(scene, at):
    """Return the terms of the sum that describes a cell, one for each wire."""
    panel = summed(scene, at["panel"])
    if "sum" not in panel:
        return []
    sum_, shares, terms = panel["sum"], panel.get("shares", scene.get("shares")), []
    added = [(sum_["adds"], sum_["adds"], "one")] if "adds" in sum_ else []
    for wires, *names in [(sum_["wires"], sum_["a"], sum_["b"]), *added]:
        names.append(sum_.get("goes", panel["name"]))
        for ends, weight in wires_at(scene["wires"][wires], panel["end"], at["cell"]):
            share = float(shares["values"][(*ends["output"], *ends["tap"][1:])]) if shares else weight
            a, b, to = (_operand(scene, name, ends, share) for name in names)
            terms.append(Term(a, b, to, 1.0 if sum_["b"] == "share" else weight))
    return terms


def _operand(scene, name, ends, share):
    """Return the operand at one end of a wire: a cell of a panel, the share, or a 1."""
    if name in ("one", "share"):
        return Operand("", [], share if name == "share" else 1.0)
    panel = panel_of(scene, name)
    cell = ends[panel["end"]]
    return Operand(name, cell, value_at(panel, cell))


def strip_of(scene, at):
    """Return the written sum of a cell.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnlab.lab.scenes import convolution_scene
    >>> scene = convolution_scene(np.array([[[[1.0, 2.0]]]]), np.array([[[[3.0, -1.0]]]]))
    >>> strip_of(scene, scene["first"])
    Strip(head='y[0, 0] = ', terms=['1·3', '2·(−1)'], joiner=' + ', closing='', total='1')
    """
    panel, cell = summed(scene, at["panel"]), at["cell"]
    total = format_value(value_at(panel, cell), 3)
    if "sum" not in panel:
        return Strip(f"{name_of(panel, cell)} = ", [], "", "", total)
    sum_, terms = panel["sum"], terms_of(scene, at)
    nothing = [] if terms else ["no sum" if "goes" in sum_ else "0 (no wire)"]
    terms = written_terms(scene, sum_, terms)
    written = nothing + [_written(scene, sum_, term) for term in terms]
    if "bias" in sum_:
        written.append(format_value(value_at(panel_of(scene, sum_["bias"]), [cell[0], 0, 0]), 3))
    closing = filled(sum_["closing"], count=str(len(terms)))
    sign, total = (" ", "") if "goes" in sum_ else (" = ", total)
    return Strip(f"{name_of(panel, cell)}{sign}{sum_['opening']}", written, sum_["joiner"], closing, total)


def written_terms(scene, sum_, terms):
    """Return the terms of a sum that are written: those of cells that take part in it, zeros included."""
    skips = sum_.get("skips")
    return [term for term in terms if _kind(panel_of(scene, sum_["a"]), term.a.cell) not in skips] if skips else terms


def _written(scene, sum_, term):
    """Return one written term."""
    a, b = format_value(term.a.value, 3), format_value(term.b.value, 3)
    a = f"({a})" if a.startswith("−") and sum_["joiner"].startswith(_POWERS) else a
    b = f"({b})" if b.startswith("−") else b
    alone = sum_.get("values") or (sum_["b"] != "share" and not term.b.panel)
    product = a if alone else f"{a}·{b}"
    product = product if term.weight == 1 else f"{format_value(term.weight, 3)}·{product}"
    if "uses" in sum_:
        nothing, something = sum_["uses"]
        product += filled(something, count=format_value(1 / term.b.value, 3)) if term.b.value else nothing
    return f"{product} → {name_of(panel_of(scene, term.to.panel), term.to.cell)}" if "goes" in sum_ else product


def sentence_of(scene, at):
    """Return one plain sentence on a cell; empty if the scene has none."""
    panel, cell = summed(scene, at["panel"]), at["cell"]
    says, kind = panel.get("says"), _kind(panel, cell)
    if not says:
        return ""
    if "cells" in says:
        return says["cells"][flat_index(panel, cell)]
    terms = terms_of(scene, at)
    text = says["none" if not terms and "sum" in panel else "one" if len(terms) < 2 else "many"]
    place = ", ".join(map(str, place_of(panel, cell))).replace("-", "−")
    words = {"place": f"({place})", "count": str(len(terms)), "kind": says.get("kinds", ["Cell"])[kind]}
    words["ring"] = says.get("ring", "") if kind == 1 else ""
    return filled(text, **words, **(_window_words(scene, panel, terms) if "{rows}" in text else {}))


def _kind(panel, cell):
    """Return the kind of a cell: of the array (0), padding (1), beyond the edge (2), an inserted zero (3)."""
    if cell in panel.get("marks", {}).get("inserted", []):
        return 3
    edges = panel.get("edges")
    return max(edges["rows"][cell[1]], edges["columns"][cell[2]]) if edges else 0


def _window_words(scene, panel, terms):
    """Return in words where a window lies, and which of its cells are not input."""
    source = panel_of(scene, panel["sum"]["a"])
    cells = [term.a.cell for term in terms]
    words = {"edge": _edge([_kind(source, cell) for cell in cells])}
    for axis, end in enumerate(("rows", "columns"), start=1):
        first, *_, last = sorted(2 * [source["places"][end][cell[axis]] for cell in cells])
        words[end] = (f"{end[:-1]} {first}" if first == last else f"{end} {first} to {last}").replace("-", "−")
    return words


def _edge(kinds):
    """Return the end of a sentence: which cells of a window are not input."""
    if set(kinds) == {1}:
        return "; it is all padding."
    counts = {kind: kinds.count(kind) for kind in _BEYOND if kind in kinds}
    parts = [f"{count} of its {len(kinds)} cells {_BEYOND[kind][count > 1]}" for kind, count in counts.items()]
    return f"; {', '.join(parts)}." if parts else "."


# --- the line of code -------------------------------------------------------------------------------------------------


def with_names(scene, named):
    """Return a scene whose lines of code read the arrays under the names that they have in a notebook.

    Parameters
    ----------
    scene : Scene
    named : callable
        Returns for "x", "w", "b" or "dy" its name, and how many of the array's dimensions it lacks in front.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnlab.lab.scenes import convolution_scene
    >>> scene = convolution_scene(np.ones((1, 1, 2, 2)), np.ones((1, 1, 2, 2)))
    >>> panel_of(with_names(scene, lambda array: (f"{array}5", 2)), "y")["says"]["code"]
    '(x5[{rows input}, {columns input}] * w5).sum()'
    """
    named = cache(named)

    def renamed(found):
        array, indices = found.groups()
        name, lacks = named(array[0] if array == "xp" else array)
        indices = ", ".join(indices.split(", ")[lacks:])
        return ("xp" if array == "xp" else name) + (f"[{indices}]" if indices else "")

    panels = []
    for panel in scene["panels"]:
        says = panel.get("says", {})
        panels.append({**panel, "says": says | {"code": _READ.sub(renamed, says["code"])}} if "code" in says else panel)
    name, lacks = named("x")
    setup = scene["setup"].replace("np.pad(x", f"np.pad({name}").replace("(0, 0), ", "", lacks)
    return {**scene, "panels": panels, "setup": setup}
