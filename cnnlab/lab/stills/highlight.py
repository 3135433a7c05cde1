"""Which cells of a scene have a part in the sum of the cell in view."""

from __future__ import annotations

import numpy as np

from cnnlab.lab.scenes.reading import panel_of, summed
from cnnlab.lab.scenes.schema import At, Scene

PLAIN, TWIN, LIT, SELECTED = range(4)  # a twin is the same cell of another panel


def light_of(scene: Scene, at: At) -> dict[str, np.ndarray]:
    """Return for each panel how its cells (planes, height, width) are lit: PLAIN to SELECTED.

    Examples
    --------
    >>> from cnnlab.lab.scenes import convolution_scene
    >>> scene = convolution_scene(np.ones((1, 1, 2, 3)), np.ones((1, 1, 2, 2)))
    >>> light_of(scene, scene["first"])["x"][0].tolist()
    [[2, 2, 0], [2, 2, 0]]
    """
    light = {panel["name"]: np.full(panel["values"].shape, PLAIN) for panel in scene["panels"]}
    panel, (plane, *_) = summed(scene, at["panel"]), at["cell"]
    if "sum" in panel:
        told = panel["sum"]
        others = {told["a"], told["b"], told.get("goes"), told.get("via")} & set(light)
        for name in others - {panel["name"]}:
            _light(scene, light, name, wired(scene, at, panel_of(scene, name)["end"]), LIT)
        if "bias" in told:
            _light(scene, light, told["bias"], ([plane], [0], [0]), LIT)
    _light(scene, light, at["panel"], tuple([index] for index in at["cell"]), SELECTED)
    return light


def wired(scene: Scene, at: At, end: str) -> tuple[list[int], ...]:
    """Return the planes, rows and columns at one end of the wires of a cell: every one goes with every other."""
    panel = summed(scene, at["panel"])
    tables = scene["wires"][panel["sum"]["wires"]]
    found = []
    for axis, index in zip(("planes", "rows", "columns"), at["cell"], strict=True):
        own, other = tables[axis][panel["end"]], tables[axis][end]
        found.append([there for here, there in zip(own, other, strict=True) if here == index])
    return tuple(found)


def _light(scene: Scene, light: dict[str, np.ndarray], name: str, cells: tuple[list[int], ...], level: int) -> None:
    """Light some cells of a panel, and the same cells of the panels with the same end."""
    end = panel_of(scene, name).get("end")
    for panel in scene["panels"]:
        if panel["name"] == name or (end is not None and panel.get("end") == end):
            lower = level if panel["name"] == name or level == SELECTED else TWIN
            lit = light[panel["name"]]
            lit[np.ix_(*cells)] = np.maximum(lit[np.ix_(*cells)], lower)
