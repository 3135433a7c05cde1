"""Scenes proved: for every cell of every panel of many scenes, its terms are its wires and add up to its number.

The terms are those of :mod:`cnnlab.lab.scenes.reading` (``test_scene_front.py``: the front end lists the same); the
wires are those of :mod:`cnnlab.wiring`, and the numbers those of the public functions (see ``scene_cases.py``).
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from outside import BENT, LENGTH, RMS_NAME
from scene_cases import CASES, Case, every_case
from scene_schema import check_scene
from scene_wires import Wire

from cnnlab.lab.scenes.reading import Operand, Term, panel_of, sentence_of, strip_of, summed, terms_of, written_terms

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


@cache
def terms_in(number: int, backward: bool) -> list[tuple[dict, str, list[Term]]]:
    """Return every cell of a case, the panel whose sum is told of it, and its terms."""
    scene = CASES[number].seen(backward)
    return [(at, summed(scene, at["panel"])["name"], terms_of(scene, at)) for at in CASES[number].cells()]


def expected_terms(case: Case, panel: str) -> dict[tuple, list]:
    """Return the terms of each cell of a panel."""
    if case.panels[panel]["end"] == "bias":
        return bias_terms(case, panel)
    source = "dx-first" if "dx-first" in case.panels else "dx"
    target = panel if panel.startswith("dx") else source
    row = panel.split("-")[0] if "x" in case.panels else "dx"
    names, ends = (words.split() for words in OPERANDS[row])
    roles = [(target if array == "dx" else array, end) for array, end in zip(names, ends, strict=True)]
    return {
        cell: [Term(*(operand(case, *role, wire) for role in roles)) for wire in wires]
        for cell, wires in case.wires_at(panel).items()
    }


def operand(case: Case, name: str, end: str, wire: Wire) -> Operand:
    if name == "w" and "w" not in case.panels:
        return Operand("", [], wire.share)
    cell = getattr(wire, end)
    return Operand(name, list(cell), case.arrays[name][cell])


def bias_terms(case: Case, panel: str) -> dict[tuple, list]:
    other = "dy" if panel == "db" else "y"
    terms = {}
    for f, plane in enumerate(case.arrays[other]):
        own, one = Operand(panel, [f, 0, 0], case.arrays[panel][f, 0, 0]), Operand("", [], 1.0)
        here = [Operand(other, [f, *cell], value) for cell, value in np.ndenumerate(plane)]
        terms[f, 0, 0] = [Term(cell, one, own) if panel == "db" else Term(own, one, cell) for cell in here]
    return terms


def ends_of(term: Term) -> list:
    """Return the panels and cells of a term."""
    return [(panel, cell) for panel, cell, _ in term[:3]]


def in_order(terms: list[Term]) -> list[Term]:
    return sorted(terms, key=ends_of)


# --- numbers --------------------------------------------------------------------------------------------------------


def test_there_are_enough_scenes_and_the_odd_settings_are_among_them():
    words = " | ".join(case.name for case in CASES)
    assert len(CASES) >= 50
    odd = [
        "G2",
        "C2",
        "N2",
        "channels",
        "relu",
        BENT,
        LENGTH,
        RMS_NAME,
        "bias",
        "turned",
        "F(1, 1)",
        "same",
        "ties",
        "gather",
    ]
    odd += ["'ceil_mode': True", "include False", "pad 0.0", "'dilation': 2", "scatter"]
    assert [word for word in odd if word not in words] == []


@every_case
def test_every_panel_shows_the_whole_array(number):
    case = CASES[number]
    assert set(case.panels) == set(case.arrays)
    for name, panel in case.panels.items():
        tolerance = 0 if case.exact else 1e-12
        assert_allclose(panel["values"], case.arrays[name], rtol=tolerance, atol=tolerance)
        assert panel["shape"] == list(case.arrays[name].shape[1:])
        assert np.prod(panel["planes"]) == len(case.arrays[name])


@every_case
def test_a_cell_of_the_input_stands_at_its_place_and_all_around_it_are_padding(number):
    case = CASES[number]
    for name, panel in case.panels.items():
        if panel["end"] != "input" or "x" not in case.given:
            continue
        x = case.given["x"][0]
        for axis, end in ((1, "rows"), (2, "columns")):
            kinds, places = panel["edges"][end], panel["places"][end]
            assert places == list(range(places[0], places[0] + panel["shape"][axis - 1]))
            assert [at for kind, at in zip(kinds, places, strict=True) if not kind] == list(range(x.shape[axis]))
            assert kinds == sorted(kinds, key=lambda kind: kind == 2)  # what hangs over lies beyond the padding
        if name == "x":
            inside = [[not kind for kind in panel["edges"][end]] for end in ("rows", "columns")]
            assert_array_equal(panel["values"][:, *np.ix_(*inside)], x)


@every_case
def test_rows_and_columns_marked_unread_are_those_without_a_wire(number):
    case = CASES[number]
    for panel in case.panels.values():
        if panel["end"] == "input" and "unread" in panel:
            read = {axis: {wire.input[axis] for wire in case.wires} for axis in (1, 2)}
            assert panel["unread"]["rows"] == [int(k not in read[1]) for k in range(panel["shape"][0])]
            assert panel["unread"]["columns"] == [int(k not in read[2]) for k in range(panel["shape"][1])]


# --- sums -----------------------------------------------------------------------------------------------------------


@every_case
def test_the_terms_of_every_cell_are_its_wires(number):
    case = CASES[number]
    expected = {name: expected_terms(case, name) for name in case.panels}
    for backward in case.ways:
        given = [(at, in_order(terms)) for at, _, terms in terms_in(number, backward)]
        wires = [in_order(expected[name].get(tuple(at["cell"]), [])) for at, name, _ in terms_in(number, backward)]
        for (at, terms), expected_here in zip(given, wires, strict=True):
            assert [ends_of(term) for term in terms] == [ends_of(term) for term in expected_here], at
            assert {term.weight for term in terms} <= {1.0}
        numbers = (
            [each.value for terms in cells for term in terms for each in term[:3]]
            for cells in ([terms for _, terms in given], wires)
        )
        tolerance = 1e-6 if case.bends else 1e-12
        assert_allclose(*numbers, rtol=tolerance, atol=tolerance)


@every_case
def test_the_products_of_every_cell_add_up_to_its_number(number):
    case = CASES[number]
    tolerance = 0 if case.exact else 1e-12
    for at, name, terms in [each for backward in case.ways for each in terms_in(number, backward)]:
        panel = case.panels[name]
        if "goes" in panel["sum"] or (name == "y" and case.bends):
            continue
        products = [term.a.value * term.b.value for term in terms if term.b.value]  # 0 · −∞ adds nothing
        bias = case.arrays["b"][at["cell"][0], 0, 0] if "bias" in panel["sum"] else 0
        assert sum(products) + bias == pytest.approx(panel["values"][tuple(at["cell"])], rel=tolerance, abs=tolerance)


def listed(case: Case, weight: float) -> dict:
    """Return the scene of a convolution with its wires one by one, all of one weight."""
    ends = {end: [list(getattr(wire, end)) for wire in case.wires] for end in ("output", "input", "tap")}
    given = {"cells": ends, "weight": [weight] * len(case.wires)}
    panels = [dict(panel) for panel in case.scene["panels"]]
    for panel in panels:
        panel["sum"] = {name: value for name, value in panel["sum"].items() if name != "groups"}
    return case.scene | {"panels": panels, "wires": case.scene["wires"] | {"window": given}}


def test_wires_given_one_by_one_are_read_as_those_of_planes_rows_and_columns():
    some = [number for number, case in enumerate(CASES) if case.name.startswith("conv")][1::3]
    assert {"bias", "turned", "G2"} <= {word for number in some for word in CASES[number].name.split()}
    for number in some:
        scene = listed(CASES[number], 1.0)
        check_scene(scene)
        for at, _, terms in terms_in(number, True):
            assert in_order(terms_of(scene, at)) == in_order(terms), (CASES[number].name, at)
            assert sentence_of(scene, at) == sentence_of(CASES[number].scene, at)
            given, plain = strip_of(scene, at), strip_of(CASES[number].scene, at)
            assert sorted(given.terms) == sorted(plain.terms)
            assert (given.head, given.total) == (plain.head, plain.total)


def test_a_weight_multiplies_its_term_and_is_written_before_it():
    case = next(case for case in CASES if case.name.startswith("conv (7, 6)"))
    at = {"panel": "y", "cell": [0, 1, 0]}
    terms, twice = terms_of(case.scene, at), terms_of(listed(case, -2.0), at)
    assert [(a.value, b.value, weight) for a, b, _, weight in twice] == [(a.value, b.value, -2.0) for a, b, *_ in terms]
    plain, weighted = strip_of(case.scene, at).terms, strip_of(listed(case, -2.0), at).terms
    assert weighted[: len(terms)] == [f"−2·{term}" for term in plain[: len(terms)]]


def test_a_list_of_wires_that_does_not_fit_its_panels_is_noticed():
    case = next(case for case in CASES if case.name.startswith("conv"))
    for end, cells, message in [
        ("input", [[0, 99, 0]] * len(case.wires), "window leaves x"),
        ("tap", [[0, 0, 0]], "columns of window differ in length"),
        ("output", [[0, 0.5, 0]] * len(case.wires), "window.cells.output.*float"),
    ]:
        scene = listed(case, 1.0)
        scene["wires"]["window"]["cells"][end] = cells
        with pytest.raises(AssertionError, match=message):
            check_scene(scene)


@every_case
def test_which_cells_are_sums_and_which_are_lists_of_uses(number):
    case = CASES[number]
    totals = {name for name, panel in case.panels.items() if "goes" not in panel["sum"]}
    if "x" not in case.panels:  # a way back by itself
        assert totals == {name for name in case.panels if name.startswith("dx")}
    else:
        assert totals == {"y", "dx", "dw", "db", "parts"} & set(case.panels)


@every_case
def test_the_subtotals_of_a_sum_are_what_each_channel_adds(number):
    case = CASES[number]
    groups = case.panels.get("y", {"sum": {}})["sum"].get("groups")
    several = case.parts is not None and case.given["w"].shape[1] > 1
    assert (groups is not None) == several
    if several:
        filters, deep, *_ = case.given["w"].shape
        b = 0 if case.given["b"] is None else case.given["b"][:, None, None]
        assert_array_equal(groups, [case.parts(f, k) for f in range(filters) for k in range(deep)])
        assert_array_equal(groups.reshape(filters, deep, *groups.shape[1:]).sum(axis=1), case.arrays["y"] - b)


@every_case
def test_a_panel_through_which_wires_run_holds_what_they_add(number):
    case = CASES[number]
    via = {name for name, panel in case.panels.items() if panel["sum"].get("via") == "parts"}
    assert via == ({"x", "w", "y"} if "parts" in case.panels else set())


# --- words ----------------------------------------------------------------------------------------------------------


@every_case
def test_every_cell_has_a_sentence_with_the_right_count(number):
    wrong = re.compile(r"None|nan|inf|[{}]|\b1 (outputs|times|wires|cells of ∂L)\b|-\d")
    backward = number % 2 == 0
    scene = CASES[number].seen(backward)
    for at, _, terms in terms_in(number, backward):
        sentence = sentence_of(scene, at)
        assert sentence.endswith("."), at
        assert wrong.search(sentence) is None, sentence
        count = re.search(r"(?<![−\d])(\d+) (?:output|wire|time)s?\b", sentence)
        assert count is None or int(count[1]) == len(terms), sentence


def worked_out(written: str) -> float:
    """Return the value of a sum as it is written."""
    for sign, python in (("−", "-"), ("²", "**2"), ("√", "np.sqrt"), ("∞", "np.inf"), ("max(", "np.max([")):
        written = written.replace(sign, python)
    return eval(written.replace(")", "])") if "np.max" in written else written, {"np": np})


@every_case
def test_the_sum_of_a_pool_as_it_is_written_is_the_value(number):
    case = CASES[number]
    if case.name.startswith((RMS_NAME, "mean", "max")):
        for at in case.cells():
            if at["panel"] == "y":
                head, terms, joiner, closing, _ = strip_of(case.scene, at)
                written = head.partition(" = ")[2] + joiner.join(terms) + closing
                value = case.arrays["y"][tuple(at["cell"])]
                assert worked_out(written) == pytest.approx(value, rel=1e-12), written


@every_case
def test_every_sum_is_written_with_its_terms_and_its_total(number):
    case, backward = CASES[number], number % 2 == 0
    scene = case.seen(backward)
    for at, name, terms in terms_in(number, backward):
        strip, sum_ = strip_of(scene, at), panel_of(scene, name)["sum"]
        shown = written_terms(scene, sum_, terms)
        assert len(strip.terms) == max(len(shown), not terms) + ("bias" in sum_)
        assert bool(strip.total) == ("goes" not in sum_)
        assert all(term.count(" → ") == ("goes" in sum_) for term in strip.terms if terms)
