"""The front end reads a scene as Python does: for every cell the same terms, strip and sentence, and lines that run.

Node.js runs the front end's own modules (``front/read.mjs``) once for all scenes.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import IPython
import numpy as np
import pytest
from explorer_steps import ask, move, press
from explorers import MAKERS, packed_array
from numpy.testing import assert_allclose
from outside import put_in
from scene_cases import CASES, every_case
from scene_networks import NETWORKS
from scene_networks import run as passed

from cnnlab.lab import ChannelsExplorer, ConvolutionExplorer, PoolingExplorer
from cnnlab.lab.numbers import format_value
from cnnlab.lab.scenes import made_scene, network_scene
from cnnlab.lab.scenes.reading import name_of, panel_of, sentence_of, strip_of, summed, terms_of

READ = Path(__file__).parent / "front" / "read.mjs"
EXPLORERS = [
    "ConvolutionExplorer with gradients",
    "BackwardExplorer",
    "ChannelsExplorer",
    "PoolingExplorer",
    "PoolingExplorer of means",
    "ChainExplorer",
]


def as_text(value):
    """Return what of a scene JSON does not take."""
    if isinstance(value, np.ndarray):
        return packed_array(value)
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    raise TypeError(value)


@dataclass
class Read:
    """A scene, what Python reads of it, and what the front end says of every cell, with gradients shown or hidden."""

    name: str
    scene: dict
    backward: bool = True
    seen: dict | None = None
    said: list[dict] = field(default_factory=list)


@pytest.fixture(scope="module")
def read(node) -> list[Read]:
    """Return what the front end says of every case, of some explorers and of some units, in one process."""
    scenes = [
        Read(f"case {number}", case.scene, backward, case.seen(backward))
        for number, case in enumerate(CASES)
        for backward in case.ways
    ]
    scenes += [Read(name, scene) for name in EXPLORERS for scene in MAKERS[name]()._scenes]
    with pytest.MonkeyPatch.context() as patch:
        put_in(patch)
        for name in NETWORKS:
            whole = network_scene(passed(name), backward=True)
            opened = (
                made_scene(passed(name), panel["name"], [0, 0, 0])
                for panel in whole["panels"]
                if panel["name"][0] in "hg"
            )
            scenes += [Read(f"network {name}", scene) for scene in (whole, *filter(None, opened))]
    said = read_by(node, [{"scene": each.scene, "backward": each.backward} for each in scenes])
    for each, answer in zip(scenes, said, strict=True):
        each.said = answer
    return scenes


def read_by(node, scenes: list[dict]) -> list[list[dict]]:
    """Return what the front end says of every cell of some scenes."""
    text = json.dumps(scenes, default=as_text)
    run = subprocess.run([node, str(READ)], input=text, capture_output=True, encoding="utf-8", timeout=300)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def answers(read) -> list[list[dict]]:
    """Return what the front end says of every case, with gradients shown."""
    return [each.said for each in read if each.name.startswith("case") and each.backward]


def parts_of(strip) -> list[str]:
    """Return the terms of a strip with the signs between them, as the front end lays them out."""
    sign, closing = strip.joiner.strip(), [strip.closing] * bool(strip.closing)
    signed = [[sign, term] if k and sign else [term] for k, term in enumerate(strip.terms)]
    return [text for texts in signed for text in texts] + closing


def shortened(parts: list[str], shown: list[str]) -> list[str]:
    """Return the parts of a strip as the front end has room for them: the first ones, and how many more there are."""
    written, rest = [], list(parts)
    for text in shown:
        more = re.fullmatch(r"\+ (\d+) more", text)
        for _ in range(int(more[1]) if more else 0):
            del rest[: 1 + (rest[0] in ("+", ","))]  # a term, and the sign before it
        written += [text] if more else rest[:1]
        rest = rest if more else rest[1:]
    return written + rest


def check_said(scene: dict, said: list[dict]) -> None:
    """Raise AssertionError where the front end and Python say different things of a cell."""
    for answer in said:
        at, strip = answer["at"], strip_of(scene, answer["at"])
        panel = summed(scene, at["panel"])
        assert answer["panel"] == panel["name"]
        terms = [[[panel, cell, float(value)] for panel, cell, value in term] for term in answer["terms"]]
        assert terms == [[list(each) for each in term[:3]] for term in terms_of(scene, at)], at
        total = f"= {strip.total}" if "sum" in panel and strip.total else strip.total
        written = {
            "head": strip.head.strip(),
            "parts": shortened(parts_of(strip), answer["strip"]["parts"]),
            "total": total,
        }
        assert {**answer["strip"], **written} == answer["strip"], at
        assert answer["sentence"] == sentence_of(scene, at)


def test_the_front_end_says_of_every_cell_what_python_says(read):
    for each in read:
        cells = [(panel["name"], cell) for panel in each.scene["panels"] for cell in np.ndindex(panel["values"].shape)]
        assert [(answer["at"]["panel"], tuple(answer["at"]["cell"])) for answer in each.said] == cells, each.name
        check_said(each.seen or each.scene, each.said)
    assert {each.backward for each in read} == {True, False}


@every_case
def test_a_long_sum_is_grouped_by_channel_each_with_what_it_adds(number, answers):
    case = CASES[number]
    groups = case.panels.get("y", {"sum": {}})["sum"].get("groups")
    for answer in answers[number]:
        expected = []
        if answer["panel"] == "y" and groups is not None:
            f, row, column = answer["at"]["cell"]
            for k in range(case.given["w"].shape[1]):
                window = len(answer["terms"]) // case.given["w"].shape[1]
                name = name_of(panel_of(case.scene, "x"), answer["terms"][k * window][0][1])
                subtotal = format_value(case.parts(f, k)[row, column], 3)
                expected.append(f"{name.split(',')[0].replace('[', ' ')}: {subtotal}")
        assert answer["strip"]["groups"] == expected


# --- the line of code -------------------------------------------------------------------------------------------------


def run_numpy(variables: dict, line: str) -> np.ndarray:
    """Run a line of numpy beside the variables of a notebook."""
    names = dict(variables)
    *setup, value = line.split("; ")
    for statement in setup:
        exec(statement, {"np": np}, names)
    return eval(value, {"np": np}, names)


@every_case
def test_the_line_of_numpy_gives_the_number_of_the_cell(number, answers):
    case = CASES[number]
    panels = {answer["panel"] for answer in answers[number] if answer["code"]}
    op = case.name.split()[0]
    expected = {
        "conv": {"y", "dx", "dw"},
        "channels": {"y", "dx", "dw"},
        "max": {"y"},
        "mean": {"y"},
        "rms": {"y"},
    }.get(op, set())
    assert panels == (expected & {"y"} if "turned" in case.name else expected & set(case.panels))
    names = {name: array for name, array in case.given.items() if array is not None}
    for answer in answers[number]:
        if answer["code"]:
            value = case.panels[answer["panel"]]["values"][tuple(answer["at"]["cell"])]
            assert_allclose(run_numpy(names, answer["code"]), value, rtol=0 if case.exact else 1e-12)


# What a notebook holds, and explorers of it by the names of their variables; "_1" is one of IPython's own.
NOTEBOOK = {
    "x": np.full((1, 1, 9, 9), 7.0),  # of another section
    "w": np.full((1, 1, 9, 9), 7.0),
    "dy": np.full((1, 1, 9, 9), 7.0),
    "x5": np.arange(25).reshape(5, 5) * 3 % 7,
    "w5": np.arange(9).reshape(3, 3) - 4,
    "b5": np.array([2]),
    "upstream": np.arange(9.0).reshape(3, 3) - 2,
    "channels": np.arange(50).reshape(2, 5, 5) % 6,
    "filters": np.arange(36).reshape(2, 2, 3, 3) % 5 - 2,
    "bytes": np.full((5, 5), 200, np.uint8),  # whose products a line of numpy would cut off
}


def notebook(monkeypatch, **made):
    """Return the variables of a notebook with some explorers, which know of them."""
    variables = NOTEBOOK | {"_1": NOTEBOOK["x5"], "newest": NOTEBOOK["w5"]} | made
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(user_ns=variables))
    return variables


def lines_of(node, explorers: list) -> list[dict[str, str]]:
    """Return the lines of code of some explorers by panel, for its last cell; each gives the number in its cell."""
    scenes = [each._scenes[0] for each in explorers]
    found = []
    for scene, said in zip(
        scenes, read_by(node, [{"scene": scene, "backward": True} for scene in scenes]), strict=True
    ):
        found.append({})
        for answer in (answer for answer in said if answer["code"]):
            value = panel_of(scene, answer["panel"])["values"][tuple(answer["at"]["cell"])]
            assert run_numpy(IPython.get_ipython().user_ns, answer["code"]) == pytest.approx(value), answer["code"]
            found[-1][answer["panel"]] = answer["code"]
    return found


def test_a_line_of_numpy_reads_the_variables_of_the_notebook(node, monkeypatch):
    x, w, b, dy = (NOTEBOOK[name] for name in ("x5", "w5", "b5", "upstream"))
    notebook(monkeypatch)
    explorers = [
        ConvolutionExplorer(x, w, b, dy=dy, gradients=True),
        ConvolutionExplorer(x, w, padding=1, turned=True),
        ConvolutionExplorer(NOTEBOOK["channels"], NOTEBOOK["filters"]),
        PoolingExplorer(x, 3, stride=2, padding=1),
    ]
    plain, turned, several, pool = lines_of(node, explorers)
    assert plain["y"] == "(x5[2:5, 2:5] * newest).sum() + b5[0]"
    assert plain["dx"] == "(upstream[2:3, 2:3] * newest[2:3, 2:3]).sum()"
    assert plain["dw"] == "(x5[2:5, 2:5] * upstream).sum()"
    padded = "xp = np.pad(x5, ((1, 1), (1, 1)))"
    assert turned["y"] == f"{padded}; (xp[4:7, 4:7] * newest[..., ::-1, ::-1]).sum()"
    assert several["y"] == "(channels[0:2, 2:5, 2:5] * filters[1]).sum()"
    lowest = "xp = np.pad(x5.astype(float), ((1, 1), (1, 1)), constant_values=-np.inf)"
    assert pool["y"] == f"{lowest}; xp[4:7, 4:7].max()"


def test_a_line_of_numpy_reads_the_explorer_where_its_numbers_are_others(node, monkeypatch):
    x, w = NOTEBOOK["x5"].copy(), NOTEBOOK["w5"]
    edited, smaller, changed = (ConvolutionExplorer(x, w) for _ in range(3))
    small = ConvolutionExplorer(NOTEBOOK["bytes"], w)
    fresh = ChannelsExplorer()
    notebook(monkeypatch, x5=x, edited=edited, smaller=smaller, changed=changed, small=small, fresh=fresh)
    ask(edited, {"edit": {"stage": 0, "panel": "x", "cell": [0, 4, 4], "value": 50}})
    move(smaller, kernel=2)
    small.refresh()
    fresh.refresh()
    first, second, third, last = lines_of(node, [edited, smaller, small, fresh])
    assert first["y"] == "(edited.x[0, 0:1, 2:5, 2:5] * newest).sum()"
    assert second["y"] == "(x5[3:5, 3:5] * smaller.w[0]).sum()"
    assert third["y"] == "(small.x[0, 0:1, 2:5, 2:5] * newest).sum()"
    assert last["y"].endswith("* fresh.w[1]).sum() + fresh.b[1]")
    press(edited, "undo")
    assert lines_of(node, [edited])[0]["y"] == "(x5[2:5, 2:5] * newest).sum()"
    x[4, 4] = 9  # by the learner, who has not made the explorer again
    changed.refresh()
    assert lines_of(node, [changed])[0]["y"] == "(changed.x[0, 0:1, 2:5, 2:5] * newest).sum()"
