"""Handouts without a browser: what the tables hold is what the explorers show, and what a page holds fits it."""

from __future__ import annotations

import base64
import gzip
import json
import re

import nbformat
import numpy as np
import pytest
import traitlets
from explorer_steps import ask
from explorers import MAKERS

from cnnlab import load_digits, trained_network
from cnnlab.lab import ConvolutionExplorer, NetworkExplorer, OutputSizeExplorer, Predict, TrainingExplorer
from cnnlab.lab.explorers import front
from cnnlab.publish.handout import precompute
from cnnlab.publish.handout.budget import fitted, is_limited, packed, shortened
from cnnlab.publish.handout.page import to_page
from cnnlab.publish.handout.precompute import Rehearsal, rehearsed
from cnnlab.publish.handout.run import MIME

MOST = 40  # states of a table: enough to tell


@pytest.fixture(autouse=True)
def few_states(monkeypatch):
    monkeypatch.setattr(precompute, "MOST_STATES", MOST)
    monkeypatch.setattr(precompute, "MOST_SECONDS", 600)  # however busy the machine is


X, W = np.arange(16).reshape(4, 4) % 5, np.array([[1, 2], [0, -1]])


def arrays_in(value, packs):
    """Return what was packed with its arrays in their places, as the page reads them."""
    if isinstance(value, list):
        return [arrays_in(item, packs) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"array"}:
        dtype, numbers = packs[value["array"]]
        return {"dtype": dtype, "data": np.array(list(map(float, numbers)), f"<{dtype}").tobytes()}
    return {key: arrays_in(item, packs) for key, item in value.items()}


def on_paper(value):
    """Return what an explorer shows without what can be typed into or opened."""
    if isinstance(value, list):
        return [on_paper(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: on_paper(item) for key, item in value.items() if key not in ("editable", "pick")}


@pytest.mark.parametrize("make", [lambda: ConvolutionExplorer(X, W, gradients=True), lambda: OutputSizeExplorer(9)])
def test_every_state_of_a_table_is_what_the_explorer_shows_after_the_same_events(make):
    table, explorer = rehearsed(make()), make()
    ways = {0: []}  # by which events each state is reached
    for number, state in enumerate(table["states"]):
        for event, target in state["moves"]:
            ways.setdefault(target, [*ways[number], event]) if number in ways else None
    assert len(ways) == len(table["states"]) == MOST
    for number in [0, 1, 5, len(ways) // 2, len(ways) - 1]:
        explorer.reset()
        for event in ways[number]:
            ask(explorer, event)
        assert arrays_in(table["states"][number]["parts"], table["arrays"]) == on_paper(explorer.shown["parts"])


def test_a_rehearsal_is_heard_of_by_nobody_and_leaves_everything_as_it_was():
    explorer, heard = ConvolutionExplorer(X, W), []
    other = ConvolutionExplorer(X, W)
    explorer.observe(heard.append)
    traitlets.link((explorer, "padding"), (other, "padding"))
    before, shown = dict(vars(explorer)["_trait_values"]), explorer.shown
    rehearsed(explorer)
    assert vars(explorer)["_trait_values"] == before
    assert explorer.shown is shown
    assert (heard, other.padding) == ([], 0)
    explorer.padding = 2  # and it is alive
    assert (other.padding, bool(heard)) == (2, True)


def test_a_rehearsal_that_fails_leaves_everything_as_it_was():
    explorer = ConvolutionExplorer(X, W)

    def fail():
        with Rehearsal(explorer) as asked:
            asked.ask(set={"stride": 2})
            raise KeyError(explorer.stride)

    with pytest.raises(KeyError, match="2"):
        fail()
    assert explorer.stride == 1


def test_the_nearest_settings_come_first():
    table = rehearsed(ConvolutionExplorer(X, W))
    assert [event for event, target in table["states"][0]["moves"] if target == 1] == [{"set": {"size": 3}}]
    firsts = [event for event, target in table["states"][0]["moves"] if target < 12]
    assert {name for event in firsts for name in event["set"]} == {"size", "kernel", "padding", "stride"}


def test_what_needs_a_kernel_is_named():
    digits = load_digits()
    assert rehearsed(ConvolutionExplorer(X, W))["needs"] == ["typing into cells"]
    assert rehearsed(NetworkExplorer(trained_network(), digits.x_test[:2]))["needs"] == ["opening other units"]
    training = TrainingExplorer(*(values[:40] for values in digits), epochs=1, filters=(2, 2))
    table = rehearsed(training)
    assert "training" in table["needs"]
    names = {next(iter(event["set"])) for event, _ in table["states"][0]["moves"]}
    assert names == {"image", "look_back", "maps"}  # and never the learning rate, which the training would take on


def answers(asked: Predict):
    table = rehearsed(asked)
    words = [json.dumps(state["parts"][1]["lines"], ensure_ascii=False) for state in table["states"]]
    return table, words


def test_a_question_has_what_it_says_to_each_known_answer_and_to_any_other():
    asked = Predict("How many?", 9, mistakes={6: "This adds the sides.", 0.5: "Half."}, because="3·3 = 9.")
    table, words = answers(asked)
    assert [answer for answer, _ in table["known"]] == [9, 6, 0.5]
    said = {answer: words[state] for answer, state in table["known"]}
    assert "✓ Right: 9." in said[9]
    assert "3·3 = 9." in said[9]
    assert "✗ 6 is not it." in said[6]
    assert "This adds the sides." in said[6]
    assert f"✗ {table['given']} is not it." in words[table["other"]]
    assert "Type an answer first." in words[table["nothing"][0]]
    assert "Type a number" in words[table["odd"][0]]
    assert "The answer is 9." in words[table["reveal"]]
    controls = [[each["name"] for each in state["parts"][0]["controls"]] for state in table["states"]]
    assert [("reveal" in controls[table[kind][tried]]) for kind in ("nothing", "odd") for tried in (0, 1)] == [
        False,
        True,
        False,
        True,
    ]
    assert (asked.given, asked.solved, asked.tried) == ("", False, False)


def test_a_question_with_choices_puts_the_right_one_first():
    table, words = answers(Predict("Which?", "b", choices=["a", "b", "c"], mistakes={"c": "No."}))
    assert [answer for answer, _ in table["known"]] == ["b", "a", "c"]
    assert "✓ Right: b." in words[table["known"][0][1]]
    assert "No." in words[table["known"][2][1]]


# --- the budget -----------------------------------------------------------------------------------------------------


def test_tables_are_cut_to_what_fits_and_what_a_small_one_leaves_goes_to_the_others():
    large, small = rehearsed(ConvolutionExplorer(X, W)), rehearsed(Predict("Which?", "b", choices=["a", "b"]))
    sizes = [len(packed(large)), len(packed(small))]
    assert fitted([large, small], sum(sizes)) == [large, small]
    most = sizes[0] // 2
    cut, kept = fitted([large, small], most)
    assert kept is small
    assert 0.8 * (most - sizes[1]) < len(packed(cut)) <= most - sizes[1]
    assert len(fitted([large], 0)[0]["states"]) == 1  # and one stays, whatever it takes


def test_controls_of_a_cut_table_end_where_it_ends():
    table = rehearsed(ConvolutionExplorer(X, W, gradients=True))
    cut = shortened(table, 3)
    assert is_limited(cut)
    assert all(target < 3 for state in cut["states"] for _, target in state["moves"])
    text, _ = json.loads(gzip.decompress(base64.b64decode(packed(cut))))["states"][0]
    controls = {each["name"]: each for part in json.loads(text) for each in part.get("controls", [])}
    assert [controls[name][end] for name in ("size", "padding") for end in ("low", "high")] == [3, 4, 0, 0]
    assert controls["stride"]["low"] == controls["stride"]["high"] == 1
    assert len(controls["upstream"]["missing"]) == len(controls["upstream"]["options"]) - 1
    assert "disabled" not in controls["turned"]  # a switch is among the nearest
    alone, _ = json.loads(gzip.decompress(base64.b64decode(packed(shortened(table, 1)))))["states"][0]
    assert '"name":"turned","kind":"switch"' in alone
    assert alone.count('"disabled":true') == 1


# --- the page -------------------------------------------------------------------------------------------------------


def page_of(*cells, **options):
    return to_page(nbformat.v4.new_notebook(cells=list(cells)), options.pop("folder"), name="05", **options)


def shown_cell(explorer):
    data = {MIME: json.dumps([rehearsed(explorer)]), "text/plain": repr(explorer)}
    output = nbformat.v4.new_output("display_data", data=data)
    return nbformat.v4.new_code_cell("explorer", outputs=[output])


def test_a_page_holds_all_it_needs_and_asks_for_nothing(tmp_path):
    (tmp_path / "a.png").write_bytes(b"a picture")
    text = "# A *title*\n\n$x^2$ ![map](a.png) [next](06_more.ipynb#part) [paper](https://example.test/a)\n\n$$y_i$$"
    page = page_of(nbformat.v4.new_markdown_cell(text), shown_cell(Predict("Q?", 8125)), folder=tmp_path)
    assert page.count("<math") == 2
    assert 'src="data:image/png;base64,' in page
    assert 'href="06_more.html#part"' in page
    addresses = re.findall(r'(?:src|href|url\()\s*=?\s*["\']?(https?:[^"\')\s]+)', page)
    assert [each for each in addresses if "example.test" not in each and "doi.org" not in each] == [
        "https://creativecommons.org/licenses/by/4.0/",
        "https://commons.wikimedia.org/wiki/File:Grace_Hopper.jpg",
    ]
    assert not re.search(r"<script[^>]*src|<link[^>]*stylesheet|@import", page)


def test_the_answer_to_a_question_is_not_in_the_page_s_plain_text(tmp_path):
    page = page_of(shown_cell(Predict("Q?", 81257, because="Since it is.")), folder=tmp_path)
    assert "81257" not in page
    assert "Since it is." not in page


def test_a_page_says_what_needs_a_kernel_and_where_there_is_one(tmp_path):
    cell = shown_cell(ConvolutionExplorer(X, W))
    words = "This page has no kernel: typing into cells and settings further from these work in "
    assert f"{words}JupyterLab." in page_of(cell, folder=tmp_path, most=0)
    cell = shown_cell(ConvolutionExplorer(X, W))
    page = page_of(cell, folder=tmp_path, most=0, live="https://example.test/lab?path={}.ipynb")
    assert f'{words}<a href="https://example.test/lab?path=05.ipynb">the live page</a>.' in page


def test_a_page_is_no_larger_than_its_budget_says(tmp_path):
    page = page_of(shown_cell(ConvolutionExplorer(X, W)), folder=tmp_path, most=250_000)
    assert 200_000 < len(page.encode()) <= 250_000


def test_source_that_the_notebook_hides_is_hidden(tmp_path):
    cell = shown_cell(Predict("Q?", 1))
    cell.source, cell.metadata = "answer = 42", {"jupyter": {"source_hidden": True}}
    assert "42" not in re.sub(r"(?s)<style>.*?</style>|<script.*?</script>", "", page_of(cell, folder=tmp_path))


def test_nothing_in_the_front_end_ends_the_script_of_a_page():
    script = front.script("handout.js", "({ start }) => start()")
    assert "</" not in script
    assert script.endswith("modules().then(({ start }) => start());\n")


@pytest.mark.parametrize("name", MAKERS)
def test_every_explorer_can_be_rehearsed(name, monkeypatch):
    monkeypatch.setattr(precompute, "MOST_STATES", 4)
    table = rehearsed(MAKERS[name]())
    assert json.loads(gzip.decompress(base64.b64decode(packed(table))))["states"]
