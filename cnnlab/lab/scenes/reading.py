"""What a scene says of one cell: its terms, the sum as it is written, and a sentence.

``front/sums.js`` and ``front/words.js`` read a scene in just the same way in the browser; a test compares the two.
"""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from cnnlab.lab.numbers import format_value
from cnnlab.lab.scenes._sentences import filled
from cnnlab.lab.scenes.schema import At, Cell, End, Panel, Scene, Sum, WireList, Wires

_AXES = ("planes", "rows", "columns")
_POWERS = tuple("²³⁴^*")  # a negative number before one of these is put in brackets
_BEYOND = {
    1: ("is padding", "are padding"),
    2: ("hangs over the edge and is nothing", "hang over the edge and are nothing"),
}


class Operand(NamedTuple):
    """A number and its cell; ``panel`` is empty for a share or a 1."""

    panel: str
    cell: Cell
    value: float


class Term(NamedTuple):
    """One wire: weight times a times b, and the cell that it goes to."""

    a: Operand
    b: Operand
    to: Operand
    weight: float = 1.0


class Strip(NamedTuple):
    """A sum as it is written: "y[0, 0] = ", the terms, "", "−11"; ``total`` is empty for a list of uses."""

    head: str
    terms: list[str]
    joiner: str
    closing: str
    total: str


def panel_of(scene: Scene, name: str) -> Panel:
    """Return a panel of a scene by its name."""
    return next(panel for panel in scene["panels"] if panel["name"] == name)


def summed(scene: Scene, name: str) -> Panel:
    """Return the panel whose sum describes a cell of ``name``: its gradient where there is one."""
    panel = panel_of(scene, name)
    return panel_of(scene, panel["gradient"]) if "gradient" in panel else panel


def steps_of(scene: Scene) -> int:
    """Return how many steps ▶ takes: one for each cell of the panel that it steps through."""
    return max(
        [panel["values"].size for panel in scene["panels"] if panel["name"] == scene.get("steps", "y")], default=1
    )


def at_step(scene: Scene, step: int) -> Scene:
    """Return a scene as it is after a step of ▶, counted from 0; of too many steps it rests at its last."""
    name, step = scene.get("steps", "y"), min(step, steps_of(scene) - 1)
    if all(panel["name"] != name for panel in scene["panels"]):
        return scene
    cell = [int(index) for index in np.unravel_index(step, panel_of(scene, name)["values"].shape)]
    panels = [{**each, "frames": each["frames"][: step + 1]} if "frames" in each else each for each in scene["panels"]]
    return {**scene, "panels": panels, "first": {"panel": name, "cell": cell}}


def value_at(panel: Panel, cell: Cell) -> float:
    """Return the number in a cell."""
    return float(panel["values"][tuple(cell)])


def place_of(panel: Panel, cell: Cell) -> list[int]:
    """Return row and column of a cell in the learner's array, as far as it has them."""
    indices = zip((panel["places"]["rows"], panel["places"]["columns"]), cell[1:], strict=True)
    return [places[at] for places, at in indices if places]


def name_of(panel: Panel, cell: Cell) -> str:
    """Return a cell as an index of the learner's array.

    Examples
    --------
    >>> from cnnlab.lab.scenes._panels import panel
    >>> name_of(panel("x", [[[1, 2]]], "x", "input", role="x"), [0, 0, 1])
    'x[0, 1]'
    """
    index = [*panel["places"]["planes"][cell[0]], *place_of(panel, cell)]
    if "flat" in panel:
        index = [int(np.ravel_multi_index(cell, panel["values"].shape))]
    name = panel.get("alias", panel["symbol"])
    return f"{name}[{', '.join(map(str, index))}]".replace("-", "−") if index else name


def wires_at(wires: Wires | WireList, end: End, cell: Cell) -> Iterator[tuple[dict[End, Cell], float]]:
    """Yield the wires with a cell at one end, in whichever form they are given: the cell at each end, and the weight.

    Wires that a learner's function lacks are none: a still draws what the function has.

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
    names = [name for name in tables[0] if name in tables[1]]  # "channel" is of planes alone
    for wire in product(*chosen):
        yield {name: [table[name][k] for table, k in zip(tables, wire, strict=True)] for name in names}, 1.0


def terms_of(scene: Scene, at: At) -> list[Term]:
    """Return the terms of the sum that describes a cell: one for each wire."""
    panel = summed(scene, at["panel"])
    if "sum" not in panel:
        return []
    sum_, shares, terms = panel["sum"], panel.get("shares", scene.get("shares")), []
    added = [(sum_["adds"], sum_["adds"], "one")] if "adds" in sum_ else []
    for wires, *names in [(sum_["wires"], sum_["a"], sum_["b"]), *added]:
        names.append(sum_.get("goes", panel["name"]))
        sources = [name if name in ("one", "share") else panel_of(scene, name) for name in names]
        for ends, weight in wires_at(scene["wires"][wires], panel["end"], at["cell"]):
            share = float(shares["values"][(*ends["output"], *ends["tap"][1:])]) if shares else weight
            a, b, to = (_operand(source, ends, share) for source in sources)
            terms.append(Term(a, b, to, 1.0 if sum_["b"] == "share" else weight))
    return terms


def _operand(source: Panel | str, ends: dict[End, Cell], share: float) -> Operand:
    """Return what stands at an end of a wire: a cell of a panel, the share, or a 1."""
    if isinstance(source, str):
        return Operand("", [], share if source == "share" else 1.0)
    cell = ends[source["end"]]
    return Operand(source["name"], cell, value_at(source, cell))


def strip_of(scene: Scene, at: At) -> Strip:
    """Return the sum of a cell as it is written.

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


def written_terms(scene: Scene, sum_: Sum, terms: list[Term]) -> list[Term]:
    """Return the terms of a sum that are written: those of the cells that have a part in it, zeros too."""
    skips = sum_.get("skips")
    return [term for term in terms if _kind(panel_of(scene, sum_["a"]), term.a.cell) not in skips] if skips else terms


def _written(scene: Scene, sum_: Sum, term: Term) -> str:
    """Return one term as it is written."""
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


def sentence_of(scene: Scene, at: At) -> str:
    """Return one plain sentence on a cell; nothing where the scene has none."""
    panel, cell = summed(scene, at["panel"]), at["cell"]
    if "says" not in panel:
        return ""
    if "cells" in panel["says"]:
        return panel["says"]["cells"][int(np.ravel_multi_index(cell, panel["values"].shape))]
    terms = terms_of(scene, at)
    text = panel["says"]["none" if not terms and "sum" in panel else "one" if len(terms) < 2 else "many"]
    kind = _kind(panel, cell)
    words = {
        "place": f"({', '.join(map(str, place_of(panel, cell)))})".replace("-", "−"),
        "count": str(len(terms)),
        "kind": panel["says"].get("kinds", ["Cell"])[kind],
        "ring": panel["says"].get("ring", "") if kind == 1 else "",
    }
    return filled(text, **words, **(_window_words(scene, panel, terms) if "{rows}" in text else {}))


def _kind(panel: Panel, cell: Cell) -> int:
    """Return the kind of a cell: of the array (0), padding (1), beyond the edge (2), a zero put in between (3)."""
    if cell in panel.get("marks", {}).get("inserted", []):
        return 3
    edges = panel.get("edges")
    return max(edges["rows"][cell[1]], edges["columns"][cell[2]]) if edges else 0


def _window_words(scene: Scene, panel: Panel, terms: list[Term]) -> dict[str, str]:
    """Return in words where a window lies, and what of it is no input."""
    source = panel_of(scene, panel["sum"]["a"])
    cells = [term.a.cell for term in terms]
    rows, columns = ([source["places"][end][cell[k]] for cell in cells] for k, end in ((1, "rows"), (2, "columns")))
    kinds = [_kind(source, cell) for cell in cells]
    return {"rows": _span("row", rows), "columns": _span("column", columns), "edge": _edge(kinds)}


def _span(noun: str, indices: list[int]) -> str:
    first, last = min(indices), max(indices)
    return (f"{noun} {first}" if first == last else f"{noun}s {first} to {last}").replace("-", "−")


def _edge(kinds: list[int]) -> str:
    """Return what of a window is no input, as the end of a sentence."""
    if all(kind == 1 for kind in kinds):
        return "; it is all padding."
    counts = {kind: kinds.count(kind) for kind in _BEYOND if kind in kinds}
    parts = [f"{count} of its {len(kinds)} cells {_BEYOND[kind][count > 1]}" for kind, count in counts.items()]
    return f"; {', '.join(parts)}." if parts else "."
