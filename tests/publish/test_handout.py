"""Handouts without a browser: what the tables hold is what the explorers show, and what a page holds fits it."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import traitlets
from explorer_steps import ask
from explorers import MAKERS
from nbclient.exceptions import DeadKernelError

from cnnlab import load_mnist, trained_network
from cnnlab.course import exercises, questions
from cnnlab.lab import ConvolutionExplorer, NetworkExplorer, OutputSizeExplorer, Predict, TrainingExplorer
from cnnlab.lab.explorers import front
from cnnlab.lab.numbers import format_value
from cnnlab.lab.page import _precompute
from cnnlab.lab.page._budget import fitted, is_limited, packed, shortened
from cnnlab.lab.page._precompute import Arrays, precomputed
from cnnlab.publish.command import main
from cnnlab.publish.handout import _page, _run, read, to_page, write_handouts
from cnnlab.publish.handout._markdown import to_html
from cnnlab.publish.handout._run import MIME

NOTEBOOKS = sorted(Path(__file__).parents[2].glob("notebooks/*.ipynb"))
MOST = 40  # states of a table: enough to tell


@pytest.fixture(autouse=True)
def few_states(monkeypatch):
    monkeypatch.setattr(_precompute, "MOST_STATES", MOST)


X, W = np.arange(16).reshape(4, 4) % 5, np.array([[1, 2], [0, -1]])


def arrays_in(value, packs):
    """Return what was packed with its arrays in their places, as the page reads them."""
    if isinstance(value, list):
        return [arrays_in(item, packs) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"bytes"}:
        dtype, numbers = packs[value["bytes"]]
        return np.array(list(map(float, numbers)), dtype).tolist()
    return {key: arrays_in(item, packs) for key, item in value.items()}


def on_paper(value):
    """Return what an explorer shows without what can be typed into or opened."""
    if isinstance(value, list):
        return [on_paper(item) for item in value]
    if isinstance(value, np.ndarray):
        return value.ravel().tolist()
    if not isinstance(value, dict):
        return value
    return {key: on_paper(item) for key, item in value.items() if key not in ("editable", "pick")}


def stage():
    return exercises.max_pool.explore(exercises.max_pool.mistakes["zero padding"])


@pytest.mark.parametrize(
    "make", [lambda: ConvolutionExplorer(X, W, gradients=True), lambda: OutputSizeExplorer(9), stage]
)
def test_every_state_of_a_table_is_what_the_explorer_shows_after_the_same_events(make):
    table, explorer = precomputed(make()), make()
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


def test_what_is_precomputed_is_heard_of_by_nobody_and_leaves_everything_as_it_was():
    explorer, heard = ConvolutionExplorer(X, W), []
    other = ConvolutionExplorer(X, W)
    explorer.observe(heard.append)
    traitlets.link((explorer, "padding"), (other, "padding"))
    before, shown = dict(vars(explorer)["_trait_values"]), explorer.shown
    precomputed(explorer)
    assert vars(explorer)["_trait_values"] == before
    assert explorer.shown is shown
    assert (heard, other.padding) == ([], 0)
    explorer.padding = 2  # and it is alive
    assert (other.padding, bool(heard)) == (2, True)


def test_of_many_numbers_a_page_shows_the_digits_that_the_explorer_does(rng):
    values = np.concatenate([rng.normal(size=2000) * scale for scale in (1e-4, 1, 300)]).tolist()
    for digits in (2, 3):
        shown = [format_value(_precompute._shortened(value), digits) for value in values]
        assert shown == [format_value(value, digits) for value in values]


def test_the_nearest_settings_come_first():
    table = precomputed(ConvolutionExplorer(X, W))
    assert [event for event, target in table["states"][0]["moves"] if target == 1] == [{"set": {"size": 3}}]
    firsts = [event for event, target in table["states"][0]["moves"] if target < 12]
    assert {name for event in firsts for name in event["set"]} == {"size", "kernel", "padding", "stride"}


def test_what_needs_a_kernel_is_named():
    digits = load_mnist()
    assert precomputed(ConvolutionExplorer(X, W))["needs"] == ["typing into cells"]
    assert precomputed(NetworkExplorer(trained_network(), digits.x_test[:2]))["needs"] == ["opening other units"]
    training = TrainingExplorer(*(values[:40] for values in digits), epochs=1, filters=(2, 2))
    table = precomputed(training)
    assert "training" in table["needs"]
    names = {next(iter(event["set"])) for event, _ in table["states"][0]["moves"]}
    assert names == {"image", "look_back", "maps"}  # and never the learning rate, which the training would take on


def answers(asked: Predict):
    table = precomputed(asked)
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
    assert "Type a number" in words[table["odd"][0]]
    assert "The answer is 9." in words[table["reveal"]]
    controls = [[each["name"] for each in state["parts"][0]["controls"]] for state in table["states"]]
    assert ["reveal" in controls[number] for number in table["odd"]] == [False, True]
    assert (asked.given, asked.solved, asked.tried) == ("", False, False)


def test_a_question_with_choices_puts_the_right_one_first():
    table, words = answers(Predict("Which?", "b", choices=["a", "b", "c"], mistakes={"c": "No."}))
    assert [answer for answer, _ in table["known"]] == ["b", "a", "c"]
    assert "✓ Right: b." in words[table["known"][0][1]]
    assert "No." in words[table["known"][2][1]]


# --- the budget -----------------------------------------------------------------------------------------------------


def test_tables_are_cut_to_what_fits_and_what_a_small_one_leaves_goes_to_the_others():
    large, small = precomputed(ConvolutionExplorer(X, W)), precomputed(Predict("Which?", "b", choices=["a", "b"]))
    sizes = [len(packed(large)), len(packed(small))]
    assert fitted([large, small], sum(sizes)) == [large, small]
    most = sizes[0] // 2
    cut, kept = fitted([large, small], most)
    assert kept is small
    assert 0.8 * (most - sizes[1]) < len(packed(cut)) <= most - sizes[1]
    assert len(fitted([large], 0)[0]["states"]) == 1  # and one stays, whatever it takes


def test_controls_of_a_cut_table_end_where_it_ends():
    table = precomputed(ConvolutionExplorer(X, W, gradients=True))
    cut = shortened(table, 3)
    assert is_limited(cut)
    assert all(target < 3 for state in cut["states"] for _, target in state["moves"])
    text, _ = json.loads(gzip.decompress(base64.b64decode(packed(cut))))["states"][0]
    controls = {each["name"]: each for part in json.loads(text) for each in part.get("controls", [])}
    assert [controls[name]["lacks"] for name in ("size", "padding", "stride")] == ["here 3 to 4", "here 0", "here 1"]
    assert controls["size"]["high"] > 4  # none is locked: a value that the page does not have is marked at its slider
    assert "disabled" not in controls["turned"]  # a switch is among the nearest
    alone, _ = json.loads(gzip.decompress(base64.b64decode(packed(shortened(table, 1)))))["states"][0]
    controls = [each for part in json.loads(alone) for each in part.get("controls", [])]
    assert [each["name"] for each in controls if each.get("disabled")] == ["turned"]


# --- the page -------------------------------------------------------------------------------------------------------


def page_of(*cells, **options):
    return to_page(nbformat.v4.new_notebook(cells=list(cells)), options.pop("folder") / "05.ipynb", **options)


def shown_cell(explorer):
    data = {MIME: json.dumps([precomputed(explorer)]), "text/plain": repr(explorer)}
    output = nbformat.v4.new_output("display_data", data=data)
    return nbformat.v4.new_code_cell("explorer", outputs=[output])


def test_a_page_holds_all_it_needs_and_asks_for_nothing(tmp_path):
    (tmp_path / "a.png").write_bytes(b"a picture")
    text = "# A *title*\n\n$x^2$ ![map](a.png) [next](06_more.ipynb#part) [paper](https://example.test/a)\n\n$$y_i$$"
    page = page_of(nbformat.v4.new_markdown_cell(text), shown_cell(Predict("Q?", 8125)), folder=tmp_path)
    assert page.count("<math ") == 2
    assert 'src="data:image/png;base64,' in page
    assert 'href="06_more.html#part"' in page
    addresses = re.findall(r'(?:src|href|url\()\s*=?\s*["\']?(https?:[^"\')\s]+)', page)
    assert [each for each in addresses if "example.test" not in each and "doi.org" not in each] == [
        "https://creativecommons.org/licenses/by/4.0/",
        "https://creativecommons.org/licenses/by-sa/3.0/",
        "https://commons.wikimedia.org/wiki/File:Grace_Hopper.jpg",
    ]
    assert not re.search(r"<script[^>]*src|<link[^>]*stylesheet|@import", page)


def test_the_answer_to_a_question_is_not_in_the_page_s_plain_text(tmp_path):
    page = page_of(shown_cell(Predict("Q?", 81257, because="Since it is.")), folder=tmp_path)
    assert "81257" not in page
    assert "Since it is." not in page


def test_a_page_says_what_needs_a_kernel_and_where_there_is_one(tmp_path, monkeypatch):
    monkeypatch.setattr(_page, "BUDGET", 0)
    cell = shown_cell(ConvolutionExplorer(X, W))
    words = "typing into cells, settings further from these."
    assert f"In JupyterLab: {words}" in page_of(cell, folder=tmp_path)
    cell = shown_cell(ConvolutionExplorer(X, W))
    page = page_of(cell, folder=tmp_path, live="https://example.test/lab?path={}.ipynb")
    assert f'<a href="https://example.test/lab?path=05.ipynb#cell-id={cell.id}">With a kernel</a>: {words}' in page


KERNEL_ONLY = """\
# A lesson

Point at it.
Run all cells (Run > Run All Cells). <!--kernel-->

**What to try**

- Point at y.
- Double-click x, type 3. <!--kernel-->
- Write `stride=2`. <!--kernel-->

<details><summary>Why?</summary>

So.

</details>"""


def test_a_page_asks_for_nothing_that_it_cannot_do(tmp_path):
    question, stub, explorer = (
        shown_cell(Predict("Q?", 1)),
        "def my_f(x):\n    # your code here",
        "x = 1\nexplorer = f(x)",
    )
    question.source = f'{explorer}\nask("01.next_cell", explorer)'
    control = nbformat.v4.new_output("display_data", data={_page.WIDGET: {}, "text/plain": "Dropdown(options=(1, 2))"})
    verdict = nbformat.v4.new_output("display_data", data={"text/plain": "Not started."})
    codes = {"both": [control], stub: [], "exercises.f.check(my_f)": [verdict]}
    cells = [nbformat.v4.new_code_cell(source, outputs=outputs) for source, outputs in codes.items()]
    stuck = nbformat.v4.new_markdown_cell("Stuck? `exercises.f.hint()` gives a hint. <!--kernel-->")
    cells.append(nbformat.v4.new_markdown_cell("Press Ctrl+B.", metadata={"tags": ["kernel"]}))
    page = page_of(nbformat.v4.new_markdown_cell(KERNEL_ONLY), question, *cells, stuck, folder=tmp_path, live="{}.test")
    seen = re.sub(r"(?s)<style>.*?</style>|<script.*?</script>|<[^>]*>", "", page)
    assert [
        word for word in ("Run All", "Ctrl+B", "Stuck", "ask(", "Dropdown", "Not started", "check(") if word in seen
    ] == []
    assert "<p>Point at it.</p>" in page
    assert "Point at y" in page
    assert [words for words in ("Double-click x", "stride=2") if words in seen] == []
    assert re.search(r'(?s)<summary>Why\?.*So\..*#cell-id=\w+">With a kernel</a>: 2 more to try\.', page)
    assert '<details class="page-fold"><summary><code>explorer = f(x)</code></summary>' in page
    said = re.findall(r'#cell-id=(\w+)">With a kernel</a>: (\D*?)\.<', page)
    words = ["a control that Python answers", "writing this function and having it checked"]
    assert said == [(cells[0].id, words[0]), (cells[2].id, words[1])]
    assert 'class="page-source page-stub"' in page  # which paper alone shows


def test_a_page_is_no_larger_than_its_budget_says(tmp_path, monkeypatch):
    cell = shown_cell(ConvolutionExplorer(X, W))
    budget = len(page_of(cell, folder=tmp_path).encode()) - 4_000  # less than it takes with all of its tables
    monkeypatch.setattr(_page, "BUDGET", budget)
    assert budget - 4_000 < len(page_of(cell, folder=tmp_path).encode()) <= budget


def test_source_that_the_notebook_hides_is_hidden(tmp_path):
    cell = shown_cell(Predict("Q?", 1))
    cell.source, cell.metadata = "answer = 42", {"jupyter": {"source_hidden": True}}
    assert "42" not in re.sub(r"(?s)<style>.*?</style>|<script.*?</script>", "", page_of(cell, folder=tmp_path))


def test_nothing_in_the_front_end_ends_the_script_of_a_page():
    script = front.script("handout.js", "({ start }) => start()")
    assert script.endswith("modules().then(({ start }) => start());\n")
    for each in (script, front.self_unpacking(script)):
        assert "</" not in each


PAGES = [
    {"place": "index.html", "title": "", "text": 'Say "it"', "picture": "a.png"},
    {"place": "a.html", "title": "A <1>", "text": "So <it> is.", "picture": "a.png", "minutes": "5 minutes"},
    {"place": "b.html", "title": "B", "text": "", "picture": "", "number": "02", "solve": 7},
    {"place": "c.html", "title": "C", "text": "", "picture": ""},
]


def test_a_page_of_a_site_leads_on_and_back_and_one_of_no_site_has_no_trace_of_that(tmp_path):
    lesson = nbformat.v4.new_markdown_cell("# A *lesson*\n\n## Part")
    bare = page_of(lesson, folder=tmp_path)
    assert not re.search(
        r"<nav|<button|<meta prop|page-turn\"|page-live\"|<a download", re.sub(r"(?s)<style.*?/style>", "", bare)
    )
    first, page = (
        page_of(lesson, folder=tmp_path, pages=PAGES, at=at, address="https://x.test/", live="k") for at in (0, 2)
    )
    assert '<meta property="og:description" content="Say &#34;it&#34;">' in first
    assert '<meta property="og:image" content="https://x.test/a.png">' in first
    assert '<img src="a.png" alt="" loading="lazy">A &lt;1&gt;</a>\n<p>So &lt;it&gt; is.</p>\n<small>5 minutes' in first
    assert '<span data-solved="02" data-of="7"></span>' in first
    assert '<a rel="next" href="a.html">A &lt;1&gt; →</a>' in first
    assert [words for words in ('rel="prev"', "<a download", "Open this lesson") if words in first] == []
    assert '<a class="page-home" href="index.html">' in page
    assert '<a href="b.html" aria-current=page>B</a>\n<ol><li><a href="#Part">Part</a></li></ol>' in page
    assert '<a rel="prev" href="a.html">← A &lt;1&gt;</a><a rel="next" href="c.html">C →</a>' in page
    assert '<p class="page-live"><a href="k">Open this lesson with a kernel</a>' in page
    assert '<a href="files/b.ipynb">' in page
    assert '<meta property="og:url" content="https://x.test/b.html">' in page
    assert 'page-lessons"' not in page


FOLDS = """\
- a
  - b

    | x | y |
    |---|---|
    | 1 | 2 |

<details><summary>Why?</summary>

Because *so*, $a<b$:

- c
  1. d

<img alt="m" src="a.png"></details>
"""


def test_folds_lists_and_tables_stand_in_the_page_as_in_the_notebook(tmp_path):
    (tmp_path / "a.png").write_bytes(b"a picture")
    page = to_html(FOLDS, tmp_path)
    tags = " ".join(re.findall(r"</?(?:ul|ol|li|table|td|details|summary|em|math|img)\b", page)).replace("<", "")
    assert tags == (
        "ul li ul li table td /td td /td /table /li /ul /li /ul details summary /summary em /em math /math "
        "ul li ol li /li /ol /li /ul img /details"
    )
    assert '<img alt="m" src="data:image/png;base64,' in page


def test_every_fold_of_the_course_holds_its_answer(repository):
    folds = 0
    for path in sorted((repository / "notebooks").glob("*.ipynb")):
        for cell in read(path).cells:
            if cell.cell_type == "markdown" and "<details" in cell.source:
                page = to_html(cell.source, path.parent)
                answers = re.findall(r"(?s)</summary>(.*?)</details>", page)
                assert len(answers) == cell.source.count("<details")
                assert all(len(re.sub(r"<[^>]*>|\s", "", answer)) > 2 for answer in answers), path.name
                folds += len(answers)
    assert folds >= 90


# --- ordinary notebooks -------------------------------------------------------------------------------------------

SCRIPT = r"$\text{<script>alert(1)</script>}$"


@pytest.fixture(scope="module")
def ordinary(tmp_path_factory):
    """Return the page of a notebook as others write them, made once."""
    folder = tmp_path_factory.mktemp("ordinary")
    text = nbformat.v4.new_markdown_cell(
        f"![m](attachment:a.png) ![gone](attachment:b.png) $x_$ $x^a^b$ $ $ {SCRIPT}\n\n$$$$\n\nno heading"
    )
    text.attachments = {"a.png": {"image/png": "QUJD"}}
    code = [
        "import numpy as np, ipywidgets\nfrom cnnlab.lab import ConvolutionExplorer, Predict",
        "ipywidgets.HBox([ipywidgets.VBox([Predict('Why?', 1)]), Predict('What?', 2)])",
        "ipywidgets.HBox([ipywidgets.Label('nothing of ours')])",
        "output, closed = ipywidgets.Output(), Predict('Closed?', 3)\nclosed.close()\n"
        "with output:\n    display(ConvolutionExplorer(np.eye(3), np.eye(2)))",
        "display(output, closed)",
        "print('y' * 300_000)",
        "import sys\nfor k in range(3):\n    print(f'{k} of 3', end='\\r', flush=True)\n"
        "for k in range(3):\n    print('!', file=sys.stderr, flush=True)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[text, *map(nbformat.v4.new_code_cell, code)])
    nbformat.write(notebook, folder / "my own #1.ipynb")
    (page,) = write_handouts([folder / "my own #1.ipynb"], folder, live="lab?path={}.ipynb")
    return page.read_text(encoding="utf-8")


def test_what_is_in_a_box_or_in_an_output_is_alive_each_in_its_turn_and_what_is_closed_is_not(ordinary):
    words = re.findall(r"data-widget>\n<noscript>(.*?)</noscript>", ordinary)
    kinds = [word.split("(")[0].split(":")[0] for word in words]
    assert kinds == ["Predict", "Predict", "ConvolutionExplorer"]
    assert "nothing of ours" in ordinary
    assert "Closed?" in re.sub(r"(?s)<noscript>.*?</noscript>|<script.*?</script>", "", ordinary)


def test_odd_formulas_are_shown_as_they_are_written_and_hold_no_script(ordinary):
    assert "<code>$x_$</code> <code>$x^a^b$</code>" in ordinary
    assert "<mtext>&lt;script&gt;alert(1)&lt;/script&gt;</mtext>" in ordinary


def test_attachments_long_outputs_and_odd_names_find_their_place(ordinary):
    assert 'src="data:image/png;base64,QUJD"' in ordinary
    assert 'alt="gone"' in ordinary
    assert 90_000 < ordinary.count("y") < 200_000
    assert "… (300,001 characters)" in ordinary
    assert 'href="lab?path=my%20own%20%231.ipynb"' in ordinary
    assert "<title>cnnlab · cnnlab</title>" in ordinary


def test_what_a_cell_prints_stands_in_one_piece_as_it_was_seen_last(ordinary):
    assert re.findall(r"(?s)<pre[^>]*>((?:\d of 3|!).*?)</pre>", ordinary) == ["2 of 3\n", "!\n!\n!\n"]


class DyingClient:
    """Runs a notebook in whose second cell the kernel dies."""

    def __init__(self, notebook, *, on_cell_start, **options):
        self.begin = on_cell_start

    def execute(self, **options):
        for cell_index in range(2):
            self.begin(cell=None, cell_index=cell_index)
        raise DeadKernelError("Kernel\ndied")


def test_a_cell_that_takes_too_long_is_named(tmp_path, capsys):
    cells = [nbformat.v4.new_code_cell("while True:\n    pass")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "a.ipynb")
    assert main(["handout", str(tmp_path / "a.ipynb"), "-o", str(tmp_path), "--timeout", "2"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("cnnlab handout: a.ipynb, cell 1: CellTimeoutError: A cell timed out")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("client", "message"),
    [(_run.NotebookClient, "ValueError: two lines"), (DyingClient, "DeadKernelError: Kernel died")],
)
def test_a_cell_that_fails_is_named_with_its_notebook_and_its_error(tmp_path, capsys, monkeypatch, client, message):
    monkeypatch.setattr(_run, "NotebookClient", client)
    cells = [nbformat.v4.new_markdown_cell("# A lesson"), nbformat.v4.new_code_cell("raise ValueError('two\\nlines')")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "a.ipynb")
    assert main(["handout", str(tmp_path / "a.ipynb"), "-o", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"cnnlab handout: a.ipynb, cell 2: {message}\n"
    assert not (tmp_path / "a.html").exists()


WEIRD = '{"cells": [{"cell_type": "weird", "metadata": {}, "source": ""}], "metadata": {}, '


@pytest.mark.parametrize(
    "text",
    [
        *("[1]", "null", "", "{}", "[" * 100_000, "\udcff", '{"cells": 3, "nbformat": 4, "nbformat_minor": 5}'),
        WEIRD + '"nbformat": 4, "nbformat_minor": 4}',
    ],
)
def test_a_file_that_is_no_notebook_is_refused_in_a_sentence(tmp_path, capsys, text):
    (tmp_path / "a.ipynb").write_bytes(text.encode(errors="surrogateescape"))
    assert main(["handout", str(tmp_path / "a.ipynb"), "-o", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert re.match(r"cnnlab handout: .*a\.ipynb must be a notebook \(", said)
    assert said.count("\n") == 1


def test_what_other_tools_leave_out_or_add_is_no_reason_to_refuse(tmp_path):
    code = {"cell_type": "code", "metadata": {"tags": None, "jupyter": [1]}, "source": ["a\n", "b"], "own": 3}
    cells = [code, {**code, "id": "x"}, {**code, "id": "x", "outputs": [{"output_type": "odd"}]}]
    for minor in (2, 4, 5, 9):
        odd = {"cells": cells, "metadata": {"title": 3}, "nbformat": 4, "nbformat_minor": minor}
        (tmp_path / "a.ipynb").write_text(json.dumps(odd), encoding="utf-8")
        found = read(tmp_path / "a.ipynb").cells
        assert [(cell.source, cell.metadata, cell.outputs) for cell in found] == [("a\nb", {}, [])] * 3
        assert len({cell.id for cell in found}) == 3


def test_a_text_that_no_converter_can_read_is_named_with_its_notebook_and_its_cell(tmp_path, capsys):
    cell = nbformat.v4.new_markdown_cell("![m](attachment:a.png)")
    cell.attachments = {"a.png": {}}
    cells = [nbformat.v4.new_markdown_cell("# A lesson"), cell]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "a.ipynb")
    assert main(["handout", str(tmp_path / "a.ipynb"), "-o", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert re.fullmatch(r"cnnlab handout: a\.ipynb, cell 2: \w+: .*\n", said)
    assert not (tmp_path / "a.html").exists()


def test_a_page_that_cannot_be_written_whole_leaves_the_old_one(tmp_path, capsys, monkeypatch):
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "a.ipynb")
    (tmp_path / "to").mkdir()
    (tmp_path / "to/a.html").write_text("old", encoding="utf-8")

    def full(*paths):
        raise OSError("no space left")

    monkeypatch.setattr("shutil.copymode", full)  # when the new one is written and not yet in its place
    assert main(["handout", str(tmp_path / "a.ipynb"), "-o", str(tmp_path / "to")]) == 1
    assert capsys.readouterr().err == "cnnlab handout: no space left\n"
    assert [path.read_text(encoding="utf-8") for path in (tmp_path / "to").iterdir()] == ["old"]


def test_what_cannot_be_written_is_refused_before_a_cell_runs(tmp_path, capsys):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        nbformat.write(nbformat.v4.new_notebook(), tmp_path / folder / "x.ipynb")
    same = [str(tmp_path / folder / "x.ipynb") for folder in "ab"]
    for words, message in (
        (same, "notebooks must differ by name (x.html would be written twice)"),
        ([str(tmp_path / "none.ipynb")], "No such file"),
        ([same[0], "-o", same[1]], f"{same[1]} must be a folder; there is a file of that name"),
    ):
        assert main(["handout", "-o", str(tmp_path), *words]) == 1
        assert message in capsys.readouterr().err
    assert not list(tmp_path.glob("*.html"))


def test_every_explorer_can_be_precomputed_and_twice_the_same(monkeypatch):
    monkeypatch.setattr(_precompute, "MOST_STATES", 2)
    for name, make in MAKERS.items():
        table = precomputed(make())
        assert json.loads(gzip.decompress(base64.b64decode(packed(table))))["states"], name
        if "Training" not in name:  # which tells how long an epoch takes
            assert precomputed(make()) == table, name


def test_numbers_that_json_cannot_hold_are_written_as_words():
    arrays = Arrays()
    arrays.packed(np.array([np.inf, -np.inf, np.nan, 0.5]))
    assert arrays.packs == [["f8", ["Infinity", "-Infinity", "NaN", 0.5]]]


def test_the_key_holds_every_answer_and_solution_and_is_refused_where_solutions_are_locked(
    tmp_path, monkeypatch, capsys
):
    assert main(["handout", "-o", str(tmp_path)]) == 1
    assert capsys.readouterr().err == "cnnlab handout: name a NOTEBOOK, or ask for the --key\n"
    monkeypatch.setenv("CNNLAB_SOLUTIONS", "off")
    assert main(["handout", "--key", "-o", str(tmp_path)]) == 1
    assert capsys.readouterr().err == f"cnnlab handout: {exercises.LOCKED}\n"
    assert repr(exercises.conv2d.solution()) == exercises.conv2d.solution().markdown == exercises.LOCKED
    assert list(tmp_path.iterdir()) == []
    monkeypatch.delenv("CNNLAB_SOLUTIONS")
    assert main(["handout", "--key", "-o", str(tmp_path)]) == 0
    page = (tmp_path / "key.html").read_text(encoding="utf-8")
    for asked in map(questions.question, questions.all_keys()):
        assert html.escape(f"{asked.key}: {asked.question}").replace("\n", "<br>") in page
        assert html.escape(f"✓ {asked.answer}: {getattr(asked.because, 'text', asked.because)}") in page
        assert all(html.escape(f"✗ {wrong}: {text}") in page for wrong, text in asked.mistakes.items())
    text = html.unescape(re.sub(r"<[^>]*>", "", page))
    for exercise in exercises.EXERCISES.values():
        assert exercise.solution().text.strip() in text, exercise
        assert all(html.escape(f": {hint}") in page for hint in exercise.hints)


def test_a_page_shows_the_wires_of_a_solution_and_of_two_known_mistakes_where_a_function_is_to_be_written(monkeypatch):
    shown = []
    monkeypatch.setattr(_run, "display", shown.append)
    check = _run._showing_examples(exercises.Exercise.check)
    assert check(exercises.conv2d, lambda x, w: None).status == "not started"
    notes = ["".join(text for _, text in explorer.shown["parts"][0]["note"]) for explorer in shown]
    assert notes[0] == "The solution: 144 of 144 wires are right."
    assert notes[1] == "With a mistake (flipped kernel): 0 of 144 wires are right, 144 missing, 144 too many."
    assert len(notes) == 3
    assert [len(precomputed(explorer)["states"]) for explorer in shown] == [1, 1, 1]
    assert check(exercises.output_size, lambda R, F, P, S: 0).status == "failed"
    assert len(shown) == 3


SHOWN = re.compile(r"^(?:HBox|\w+Explorer|DigitPad)\b")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_every_explorer_and_question_of_the_notebooks_has_a_name_of_its_own(path):
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        keys = re.findall(r'ask\("([\w.]+)"', cell.source) if cell.cell_type == "code" else []
        outputs = [output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", [])]
        seen = list(filter(SHOWN.match, outputs))
        tables = [{"key": key} for key in [*keys, *[""] * len(seen)]]
        cell.update({"outputs": [nbformat.v4.new_output("display_data", {MIME: json.dumps(tables)})]} if tables else {})
    headings = "".join(to_html(cell.source, path.parent) for cell in notebook.cells if cell.cell_type == "markdown")
    parts = _page._parts(notebook, path.parent, "")
    names = [part["name"] for part in parts if isinstance(part, dict)]
    ids = [*names, *re.findall(r'<h\d id="([^"]*)"', headings)]
    assert sorted(set(ids)) == sorted(ids)
    assert all(re.fullmatch(r"[\w-]{1,40}", name) for name in names), names
