"""The stage proved: for every cell of every panel of many scenes, its terms are its wires and add up to its number.

The terms are those that the front end lists (``front/wires.js``, run by Node.js, one run for all scenes); the wires
are those of ``cnnlab.wiring``, and the numbers those of the public functions (see ``scene_cases.py``).
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scene_cases import Case, all_cases
from scene_wires import Wire

from cnnlab import conv2d, max_pool2d, mean_pool2d, pad2d
from cnnlab.widgets.stage import pack

CASES = all_cases()
SUMS = Path(__file__).parent / "front" / "sums.mjs"
# What the two operands of a term are, and where it goes, by the panel whose cell is asked: (array, end of the wire).
OPERANDS = {
    "y": ("x w y", "input tap output"),
    "x": ("x w y", "input tap output"),
    "w": ("x w y", "input tap output"),
    "dx": ("dy w dx", "output tap input"),
    "dy": ("dy w dx", "output tap input"),
    "dw": ("x dy dw", "input output tap"),
    "parts": ("x w parts", "input tap part"),
}
SUMMED = {"y", "dx", "dw", "db", "parts"}  # panels whose cells are sums
GRADIENT = {"x": "dx", "w": "dw", "b": "db"}
every_case = pytest.mark.parametrize("number", range(len(CASES)), ids=[case.name for case in CASES])


def as_text(value):
    """Return a packed scene as JSON takes it."""
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    raise TypeError(value)


def hides_gradients(case: Case) -> bool:
    """Say whether the learner is to have switched the backward row off."""
    return CASES.index(case) % 7 == 3


@pytest.fixture(scope="module")
def answers(node) -> list[list[dict]]:
    """Return what the front end says of every cell of every panel of every case."""
    scenes = [{**pack(case.scene), "backward": not hides_gradients(case)} for case in CASES]
    text = json.dumps(scenes, default=as_text)
    run = subprocess.run([node, str(SUMS)], input=text, capture_output=True, encoding="utf-8", timeout=120)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def summed(case: Case, name: str) -> str:
    """Return the panel whose sum is to be shown for a cell of a panel."""
    gradient = GRADIENT.get(name)
    return gradient if gradient in case.panels and not hides_gradients(case) else name


def expected_terms(case: Case, name: str) -> dict[tuple, list]:
    """Return the terms of each cell of a panel, each as its sorted operands ((panel, cell, value), …)."""
    panel = summed(case, name)
    kind = case.panels[panel]["kind"]
    if kind == "bias":
        return bias_terms(case, panel)
    source = "dx-first" if "dx-first" in case.panels else "dx"
    target = panel if kind == "input" else source
    row = panel if "x" in case.panels else "dx"
    names, ends = (words.split() for words in OPERANDS[row])
    terms = {}
    for cell, wires in case.wires_at(panel, kind).items():
        roles = [(target if array == "dx" else array, end) for array, end in zip(names, ends, strict=True)]
        terms[cell] = sorted(tuple(operand(case, *role, wire) for role in roles) for wire in wires)
    return terms


def operand(case: Case, name: str, end: str, wire: Wire) -> tuple:
    if name == "w" and "w" not in case.panels:
        return "", (), wire.share
    cell = getattr(wire, end)
    return name, cell, case.arrays[name][cell]


def bias_terms(case: Case, panel: str) -> dict[tuple, list]:
    given = case.arrays["dy" if panel == "db" else "y"]
    terms = {}
    for filter_, plane in enumerate(given):
        own = (panel, (filter_, 0, 0), case.arrays[panel][filter_, 0, 0])
        here = [("dy" if panel == "db" else "y", (filter_, *cell), value) for cell, value in np.ndenumerate(plane)]
        one = ("", (), 1.0)
        terms[filter_, 0, 0] = sorted((cell, one, own) if panel == "db" else (own, one, cell) for cell in here)
    return terms


def given_terms(answer: dict) -> list:
    return sorted(
        tuple((panel or "", tuple(cell or ()), float(value)) for panel, cell, value in term) for term in answer["terms"]
    )


# --- numbers --------------------------------------------------------------------------------------------------------


@every_case
def test_every_panel_shows_the_whole_array(number):
    case = CASES[number]
    assert set(case.panels) == set(case.arrays)
    for name, panel in case.panels.items():
        compare = assert_array_equal if case.exact else assert_allclose
        compare(panel["values"], case.arrays[name])
        assert panel["shape"] == list(case.arrays[name].shape[1:])
        assert np.prod(panel["planes"]) == len(case.arrays[name])


@every_case
def test_the_ring_around_the_input_frames_just_the_input(number):
    case = CASES[number]
    for name, panel in case.panels.items():
        if panel["kind"] != "input" or "x" not in case.given:
            continue
        top, bottom, left, right = panel["frame"]
        height, width = panel["shape"]
        x = case.given["x"]
        assert (height - top - bottom, width - left - right) == x.shape[2:]
        if name == "x":
            assert_array_equal(panel["values"][:, top : height - bottom, left : width - right], x[0])


@every_case
def test_rows_and_columns_marked_unread_are_those_without_a_wire(number):
    case = CASES[number]
    for panel in case.panels.values():
        if panel["kind"] == "input":
            read = {axis: {wire.input[axis] for wire in case.wires} for axis in (1, 2)}
            assert panel["unread"]["rows"] == [k for k in range(panel["shape"][0]) if k not in read[1]]
            assert panel["unread"]["columns"] == [k for k in range(panel["shape"][1]) if k not in read[2]]


# --- the strip ------------------------------------------------------------------------------------------------------


def test_there_are_enough_scenes_and_the_odd_settings_are_among_them():
    words = " | ".join(case.name for case in CASES)
    assert len(CASES) >= 50
    odd = ["G2", "C2", "N2", "channels", "relu", "bias", "turned", "F(1, 1)", "same"]
    odd += ["'ceil_mode': True", "include False", "pad 0.0"]
    assert [word for word in odd if word not in words] == []


@every_case
def test_the_terms_of_every_cell_are_its_wires(number, answers):
    case, cells = CASES[number], {}
    for answer in answers[number]:
        cells.setdefault(answer["asked"], {})[tuple(answer["cell"])] = answer
    assert set(cells) == set(case.panels)
    for name, given in cells.items():
        expected = expected_terms(case, name)
        assert set(given) == set(np.ndindex(case.arrays[name].shape))
        for cell, answer in given.items():
            assert answer["panel"] == summed(case, name)
            assert given_terms(answer) == expected.get(cell, []), (name, cell)


@every_case
def test_the_products_of_every_cell_add_up_to_its_number(number, answers):
    case = CASES[number]
    tolerance = 0 if case.exact else 1e-12
    for answer in answers[number]:
        panel, cell = answer["panel"], tuple(answer["cell"])
        if panel.split("-")[0] not in SUMMED:
            assert answer["total"] is None
            continue
        products = [float(a[2]) * float(b[2]) for a, b, _ in answer["terms"] if float(b[2])]  # 0 · −∞ adds nothing
        shown = float(answer["total"])
        assert shown == case.panels[panel]["values"][cell]
        assert sum(products) + answer["bias"] == pytest.approx(shown, rel=tolerance, abs=tolerance)


# --- the words ------------------------------------------------------------------------------------------------------


@every_case
def test_every_cell_has_a_sentence_with_the_right_count(number, answers):
    wrong = re.compile(r"undefined|NaN|Infinity|null|\b1 (outputs|terms|times|wires)\b|-\d")
    for answer in answers[number]:
        sentence = answer["sentence"]
        assert wrong.search(sentence) is None, sentence
        count = re.search(r"(?<![−\d])(\d+) (?:output|wire|time)s?\b", sentence)
        assert count is None or int(count[1]) == len(answer["terms"]), sentence


def run_line(case: Case, line: str) -> np.ndarray:
    """Run a line of numpy in which x, w, b and dy are the arrays that the functions take."""
    names = {name: array for name, array in case.given.items() if array is not None}
    if case.scene["pad"]:
        exec(case.scene["pad"], {"np": np}, names)
    return eval(line, {"np": np}, names)


@every_case
def test_the_line_of_numpy_gives_the_number_of_the_cell(number, answers):
    case = CASES[number]
    lines = [answer for answer in answers[number] if answer["numpy"]]
    convolves = case.scene["op"] == "convolution"
    assert bool(lines) == (bool(case.scene["pytorch"]) if convolves else "pad" in case.scene)
    for answer in lines:
        if not convolves:
            assert_allclose(run_line(case, answer["numpy"]), answer["total"], rtol=1e-12)
            continue
        assert run_line(case, answer["numpy"]) == answer["total"], (answer["asked"], answer["cell"], answer["numpy"])


class Kernels(np.ndarray):
    """An array that has the one method of a tensor that the line of PyTorch calls."""

    def flip(self, *axes):
        return np.flip(self, axes)


def pad_as_pytorch(x, sides):
    left, right, top, bottom = sides
    return pad2d(np.asarray(x), ((top, bottom), (left, right)))


def max_of_windows(*args, **settings):
    return max_pool2d(*args, **settings)[0]


@every_case
def test_the_line_of_pytorch_gives_y(number):
    case = CASES[number]
    if not case.scene.get("pytorch"):
        return
    names = {name: array.view(Kernels) for name, array in case.given.items() if array is not None}
    functions = {"conv2d": conv2d, "pad": pad_as_pytorch, "max_pool2d": max_of_windows, "avg_pool2d": mean_pool2d}
    y = eval(case.scene["pytorch"], {"F": SimpleNamespace(**functions)}, names)
    assert_array_equal(np.asarray(y)[0], case.arrays["y"])


def test_each_function_and_each_option_of_a_pool_is_in_some_line_of_pytorch():
    lines = " ".join(case.scene.get("pytorch", "") for case in CASES)
    for words in ("F.max_pool2d", "F.avg_pool2d", "ceil_mode=True", "count_include_pad=False"):
        assert words in lines
