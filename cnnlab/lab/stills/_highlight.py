"""Which cells of a scene have a part in the sum of the cell in view."""

from __future__ import annotations

import numpy as np

from cnnlab.lab.scenes.reading import panel_of, summed, wires_at
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
    panel = summed(scene, at["panel"])
    if "sum" in panel:
        told, wires = panel["sum"], scene["wires"][panel["sum"]["wires"]]
        for name in {told["a"], told["b"], told.get("goes"), told.get("via")} & set(light) - {panel["name"]}:
            end = panel_of(scene, name)["end"]
            _light(scene, light, name, [ends[end] for ends, _ in wires_at(wires, panel["end"], at["cell"])], LIT)
        if "bias" in told:
            _light(scene, light, told["bias"], [[at["cell"][0], 0, 0]], LIT)
    _light(scene, light, at["panel"], [at["cell"]], SELECTED)
    return light


def _light(scene: Scene, light: dict[str, np.ndarray], name: str, cells: list[list[int]], level: int) -> None:
    """Light some cells of a panel, and the same cells of the panels with the same end."""
    end = panel_of(scene, name).get("end", name)
    for panel in scene["panels"]:
        if panel.get("end", panel["name"]) == end:
            lower = level if panel["name"] == name or level == SELECTED else TWIN
            for cell in map(tuple, cells):
                light[panel["name"]][cell] = max(light[panel["name"]][cell], lower)
