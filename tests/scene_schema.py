"""Whether a value is what a ``TypedDict`` says, and whether a scene holds together."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Any, Literal, NotRequired, Required, get_args, get_origin, get_type_hints, is_typeddict

import numpy as np

from cnnlab.lab.scenes.schema import Scene

MOST_SAID = 20  # faults


def fields_of(typed: type) -> dict[str, tuple[Any, bool]]:
    """Return the type of each field of a ``TypedDict``, and whether it must be there."""
    fields = {}
    for name, hint in get_type_hints(typed, include_extras=True).items():
        marked = get_origin(hint) in (NotRequired, Required)
        must = get_origin(hint) is Required if marked else typed.__total__
        fields[name] = get_args(hint)[0] if marked else hint, must
    return fields


def faults(value: Any, kind: Any, path: str = "") -> Iterator[str]:
    """Yield what of a value is not as its type says, each with its path."""
    if is_typeddict(kind) and isinstance(value, dict):
        fields = fields_of(kind)
        yield from (f"{path}.{name} is unknown" for name in value if name not in fields)
        yield from (f"{path}.{name} is missing" for name, (_, must) in fields.items() if must and name not in value)
        for name in value.keys() & fields.keys():
            yield from faults(value[name], fields[name][0], f"{path}.{name}")
    elif isinstance(kind, UnionType) and isinstance(value, dict):  # one of several: that which it shares most with
        nearest = max(get_args(kind), key=lambda each: len(value.keys() & fields_of(each).keys()))
        yield from faults(value, nearest, path)
    elif get_origin(kind) is list and isinstance(value, list):
        for k, each in enumerate(value):
            yield from faults(each, get_args(kind)[0], f"{path}[{k}]")
    elif get_origin(kind) is dict and isinstance(value, dict):
        for name, each in value.items():
            yield from faults(name, get_args(kind)[0], f"{path} key")
            yield from faults(each, get_args(kind)[1], f"{path}.{name}")
    elif not _is_plain(value, kind):
        yield f"{path} is {type(value).__name__} {value!r:.40}, not {kind}"


def _is_plain(value: Any, kind: Any) -> bool:
    """Return whether a value is of a type without parts; a bool is no number, and one of numpy's is no int."""
    if kind is Any:
        return True
    if get_origin(kind) is Literal:
        return isinstance(value, str) and value in get_args(kind)
    if kind is np.ndarray:
        return isinstance(value, np.ndarray) and value.dtype == np.float64
    if kind is float:
        return isinstance(value, float) or type(value) is int
    return type(value) is kind and not is_typeddict(kind)


def check_scene(scene: Any) -> None:
    """Raise AssertionError where a scene breaks the schema, or names or counts what is not there."""
    broken = list(faults(scene, Scene, "scene"))
    assert not broken, "; ".join(broken[:MOST_SAID])
    panels = {panel["name"]: panel for panel in scene["panels"]}
    broken = [fault for panel in scene["panels"] for fault in _faults_of_panel(panel, panels, scene)]
    broken += _faults_of_wires(scene)
    names = [scene["first"]["panel"], *(scene[field] for field in ("steps", "coverage", "window") if field in scene)]
    broken += [f"there is no panel {name}" for name in names if name not in panels]
    if not broken and not _holds(panels[scene["first"]["panel"]], scene["first"]["cell"]):
        broken.append(f"first {scene['first']} is no cell")
    if len(panels) < len(scene["panels"]):
        broken.append("two panels have one name")
    assert not broken, "; ".join(broken[:MOST_SAID])


def _holds(panel: dict, cell: list[int]) -> bool:
    return len(cell) == 3 and all(0 <= at < length for at, length in zip(cell, panel["values"].shape, strict=True))


def _faults_of_panel(panel: dict, panels: dict, scene: dict) -> Iterator[str]:
    name, (height, width) = panel["name"], panel["shape"]
    count = panel["planes"][0] * panel["planes"][1]
    if panel["values"].shape != (count, height, width):
        yield f"{name} shows {panel['values'].shape}, not {(count, height, width)}"
    lengths = {"planes": count, "rows": height, "columns": width}
    for field in ("places", "edges", "unread"):
        for end, indices in panel.get(field, {}).items():
            may_be_empty = field == "places" and end != "planes"
            if len(indices) != lengths[end] and not (may_be_empty and not indices):
                yield f"{field}.{end} of {name} has {len(indices)} entries, not {lengths[end]}"
    for mark, cells in panel.get("marks", {}).items():
        yield from (f"mark {mark} of {name} at {cell} is no cell" for cell in cells if not _holds(panel, cell))
    if "frames" in panel and panel["frames"].shape[1:] != panel["values"].shape:
        yield f"a frame of {name} is {panel['frames'].shape[1:]}"
    others = [panel["gradient"]] if "gradient" in panel else []
    if "sum" in panel:
        yield from _faults_of_sum(panel, panels, scene)
        others += [panel["sum"][field] for field in ("goes", "via", "bias") if field in panel["sum"]]
    yield from (f"{name} tells of {other}, which is not there" for other in others if other not in panels)
    bars = len(panel["captions"]) if panel["view"] == "bars" else height
    if bars != height:
        yield f"{name} has {height} bars and {bars} captions"


def _faults_of_sum(panel: dict, panels: dict, scene: dict) -> Iterator[str]:
    told, name = panel["sum"], panel["name"]
    if told["wires"] not in scene["wires"] or "end" not in panel:
        yield f"{name} has no wires"
        return
    wires = scene["wires"][told["wires"]]
    for operand in {told["a"], told["b"], told.get("goes", name), told.get("via", name)}:
        if operand == "share":
            shares = panel.get("shares", scene.get("shares"))
            if shares is None or list(shares["values"].shape[1:]) != shares["shape"]:
                yield f"the wires of {name} have no shares"
        elif operand != "one" and operand not in panels:
            yield f"{name} is a sum over {operand}, which is not there"
        elif operand != "one" and panels[operand].get("end") not in wires.get("cells", wires.get("planes")):
            yield f"the wires of {name} do not end in {operand}"
    planes = wires.get("planes", {}).get(panel["end"], [])  # wires one by one are in no groups
    if "groups" in told and told["groups"].shape != (len(planes), *panel["shape"]):
        yield f"the groups of {name} are {told['groups'].shape}"


def _faults_of_wires(scene: dict) -> Iterator[str]:
    """Every end of a wire is a cell of every panel with that end."""
    for name, wires in scene["wires"].items():
        if "cells" in wires:
            columns = wires["cells"]
            if {len(column) for column in columns.values()} != {len(wires["weight"])}:
                yield f"columns of {name} differ in length"
            for panel in scene["panels"]:
                if not all(_holds(panel, cell) for cell in columns.get(panel.get("end"), [])):
                    yield f"{name} leaves {panel['name']}"
            continue
        for axis, (table, indices) in enumerate(wires.items()):
            if len({len(column) for column in indices.values()}) > 1:
                yield f"columns of {name}.{table} differ in length"
            for panel in scene["panels"]:
                column = indices.get(panel.get("end"), [])
                if column and not 0 <= min(column) <= max(column) < panel["values"].shape[axis]:
                    yield f"{name}.{table} leaves {panel['name']}"
