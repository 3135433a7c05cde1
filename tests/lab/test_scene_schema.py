"""What is shown is what the schema says: every scene of every case and explorer, and the twins of the front end."""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path
from runpy import run_path
from types import ModuleType
from typing import is_typeddict

import numpy as np
import pytest
from explorer_steps import state_of
from explorers import MAKERS, edits, states, unpacked
from scene_cases import CASES, every_case
from scene_schema import check_scene, faults

import cnnlab
from cnnlab.lab.explorers import _events, _explorer, _settings
from cnnlab.lab.scenes import convolution_scene, photo_scene, pooling_scene, schema

TYPES = (schema, _events, _explorer, _settings)  # the modules that say what a front end is shown


def typed_dicts(*modules: ModuleType) -> dict[str, type]:
    """Return the ``TypedDict`` classes of modules by name."""
    return {name: kind for module in modules for name, kind in vars(module).items() if is_typeddict(kind)}


SHOWN = typed_dicts(*TYPES)["Shown"]


def shaped(part: dict) -> dict:
    """Return a part whose scene has arrays of the shapes that its panels say."""
    for panel in part.get("scene", {}).get("panels", []):
        shape = (panel["planes"][0] * panel["planes"][1], *panel["shape"])
        panel["values"] = panel["values"].reshape(shape)
        if "frames" in panel:
            panel["frames"] = panel["frames"].reshape(-1, *shape)
        if "groups" in panel.get("sum", {}):
            panel["sum"]["groups"] = panel["sum"]["groups"].reshape(-1, *panel["shape"])
    for owner in [part.get("scene", {}), *part.get("scene", {}).get("panels", [])]:
        if "shares" in owner:
            owner["shares"]["values"] = owner["shares"]["values"].reshape(-1, *owner["shares"]["shape"])
    return part


@every_case
def test_every_scene_is_what_the_schema_says(number):
    check_scene(CASES[number].scene)


def check_shown(made, state: str) -> None:
    """Raise AssertionError where an explorer's scenes, or what it sends to its front end, are not as they should be."""
    shown = unpacked(made.shown)
    shown["parts"] = [shaped(part) for part in shown["parts"]]
    broken = list(faults(shown, SHOWN, state))
    assert not broken, broken[:10]
    for scene in [*made._scenes, *(part["scene"] for part in shown["parts"] if "scene" in part)]:
        check_scene(scene)


# Of the two photographs one is enough here: the other differs by its size.
@pytest.mark.parametrize("name", [name for name in MAKERS if name != "PhotoExplorer of a few cells"])
def test_every_explorer_shows_what_the_schema_says_in_every_state(name):
    made = MAKERS[name]()
    seen = []
    for state in states(made):
        check_shown(made, state)
        seen.append(state_of(made)[0])
    assert len(set(seen)) > 1


EDITED = [
    "ConvolutionExplorer with gradients",
    "ChannelsExplorer",
    "BackwardExplorer",
    "PoolingExplorer",
    "ActivationExplorer",
    "PhotoExplorer",
    "ChainExplorer",
]


@pytest.mark.parametrize("name", EDITED)
def test_every_explorer_shows_what_the_schema_says_after_an_edit_of_each_panel(name):
    made = MAKERS[name]()
    before, _, _, _ = state_of(made)
    for state in edits(made):
        check_shown(made, state)
        after, _, _, _ = state_of(made)
        assert after != before, state
        before = after


# --- what breaks the schema is noticed --------------------------------------------------------------------------------


def drop(*path):
    def change(scene):
        for step in path[:-1]:
            scene = scene[step]
        del scene[path[-1]]

    return change


def put(value, *path):
    def change(scene):
        for step in path[:-1]:
            scene = scene[step]
        scene[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (put(1, "colour"), "scene.colour is unknown"),
        (put("x", "panels", 0, "hight"), r"scene.panels\[0\].hight is unknown"),
        (drop("wires"), "scene.wires is missing"),
        (drop("panels", 0, "limit"), r"panels\[0\].limit is missing"),
        (put("wide", "panels", 0, "view"), r"panels\[0\].view is str 'wide'"),
        (put(np.float64(1), "panels", 0, "row"), r"panels\[0\].row is float64"),
        (put(True, "panels", 0, "column"), r"panels\[0\].column is bool"),
        (put("3", "panels", 0, "limit"), r"panels\[0\].limit is str"),
        (put([[1.0]], "panels", 0, "values"), r"panels\[0\].values is list"),
        (put(np.zeros((1, 3, 3), np.float32), "panels", 0, "values"), r"panels\[0\].values is ndarray"),
        (put((0, 1), "panels", 0, "planes"), r"panels\[0\].planes is tuple"),
        (put([0, 1.0], "panels", 0, "places", "rows"), r"places.rows\[1\] is float"),
        (put({"rows": [0]}, "panels", 0, "edges"), r"edges.columns is missing"),
        (put([], "wires"), "scene.wires is list"),
        (put("yes", "pick"), "scene.pick is str"),
        (put({1: [[0, 0, 0]]}, "panels", 0, "marks"), "marks key is int"),
        (drop("panels", 0, "sum", "opening"), "sum.opening is missing"),
        (put(np.zeros((1, 2, 2)), "panels", 0, "values"), "x shows"),
        (put([0], "panels", 0, "places", "rows"), "places.rows of x has 1 entries, not 3"),
        (put({"field": [[0, 3, 0]]}, "panels", 0, "marks"), "mark field of x at .* is no cell"),
        (put("z", "panels", 0, "gradient"), "x tells of z"),
        (put("z", "panels", 0, "sum", "goes"), "sum over z"),
        (put("share", "panels", 0, "sum", "b"), "no shares"),
        (put("nets", "panels", 0, "sum", "wires"), "x has no wires"),
        (put("z", "first", "panel"), "there is no panel z"),
        (put([0, 9, 0], "first", "cell"), "first .* is no cell"),
        (put("w", "panels", 0, "name"), "two panels have one name"),
        (put("dw", "coverage"), "there is no panel dw"),
        (put([0], "wires", "window", "rows", "input"), "columns of window.rows differ"),
        (put([9] * 4, "wires", "window", "rows", "input"), "window.rows leaves x"),
        (put(np.zeros((2, 2, 2)), "panels", 2, "sum", "groups"), "groups of y are"),
        (put(np.zeros((2, 1, 2, 2)), "panels", 2, "frames"), None),
        (put(np.zeros((2, 2, 2)), "panels", 2, "frames"), "a frame of y is"),
    ],
)
def test_a_scene_that_breaks_the_schema_is_noticed(change, message):
    scene = deepcopy(convolution_scene(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2))))
    check_scene(scene)
    change(scene)
    if message is None:
        check_scene(scene)
    else:
        with pytest.raises(AssertionError, match=message):
            check_scene(scene)


def test_a_photograph_and_a_pool_break_it_no_less():
    check_scene(photo_scene(np.ones((1, 1, 60, 60)), np.ones((1, 1, 3, 3))))
    scene = pooling_scene(np.ones((1, 1, 4, 4)), 2)
    scene["shares"]["shape"] = [2, 2, 2, 1]
    with pytest.raises(AssertionError, match="no shares"):
        check_scene(scene)


# --- the twins ------------------------------------------------------------------------------------------------------


def test_the_types_of_the_front_end_are_made_from_these():
    path = Path(cnnlab.__file__).parents[1] / ".ci" / "schema.py"
    script = run_path(str(path))
    assert script["FILE"].read_text(encoding="utf-8") == script["made"](), f"run python {path}"
    assert set(re.findall(r"@typedef \{object\} (\w+)", script["made"]())) == typed_dicts(*TYPES).keys()
