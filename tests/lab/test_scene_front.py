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

import numpy as np
import pytest
from explorers import MAKERS, packed_array
from numpy.testing import assert_allclose
from outside import put_in
from scene_cases import CASES, Case, every_case
from scene_networks import NETWORKS
from scene_networks import run as passed

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
    text = json.dumps([{"scene": each.scene, "backward": each.backward} for each in scenes], default=as_text)
    run = subprocess.run([node, str(READ)], input=text, capture_output=True, encoding="utf-8", timeout=300)
    assert run.returncode == 0, run.stderr
    for each, said in zip(scenes, json.loads(run.stdout), strict=True):
        each.said = said
    return scenes


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


def run_numpy(case: Case, line: str) -> np.ndarray:
    """Run a line of numpy in which x, w, b and dy are the arrays that the functions take."""
    names = {name: array for name, array in case.given.items() if array is not None}
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
    for answer in answers[number]:
        if answer["code"]:
            value = case.panels[answer["panel"]]["values"][tuple(answer["at"]["cell"])]
            assert_allclose(run_numpy(case, answer["code"]), value, rtol=0 if case.exact else 1e-12)
