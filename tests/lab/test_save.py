"""Explorers saved as files: pictures whose words are text, what ▶ shows, pages and parts that live without a kernel."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from explorers import MAKERS
from PIL import Image

from cnnlab.lab import ConvolutionExplorer, Predict
from cnnlab.lab.numbers import format_value
from cnnlab.lab.page import BUDGET, _precompute
from cnnlab.lab.scenes.reading import panel_of

X, W = np.arange(25).reshape(5, 5) % 7, np.array([[1, 2], [0, -1]])


@pytest.fixture(autouse=True)
def few_states(monkeypatch):
    monkeypatch.setattr(_precompute, "MOST_STATES", 3)


def saved(explorer, path) -> bytes:
    explorer.save(path)
    return path.read_bytes()


def words_of(svg: bytes) -> list[str]:
    texts = ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(element.text.split()) for element in texts]


@pytest.mark.parametrize("name", MAKERS)
def test_the_words_of_an_svg_are_those_of_the_still_each_as_text(name, tmp_path):
    explorer = MAKERS[name]()
    words = words_of(saved(explorer, tmp_path / "a.svg"))
    drawn = "".join(word.text for word in explorer.picture().words)
    assert re.sub(r"\s|_", "", "".join(words)) == re.sub(r"\s|_", "", drawn)
    assert words


def test_the_numbers_of_an_svg_are_those_of_the_stage(tmp_path):
    explorer = ConvolutionExplorer(X, W, gradients=True)
    words = words_of(saved(explorer, tmp_path / "a.svg"))
    (scene,) = explorer._scenes
    for panel in scene["panels"]:
        numbers = [format_value(value) for value in panel["values"].ravel()]
        starts = [k for k in range(len(words)) if words[k : k + len(numbers)] == numbers]
        assert starts, panel["name"]


def test_a_picture_shows_the_cell_that_was_held_last_as_long_as_it_is_there(tmp_path):
    explorer = ConvolutionExplorer(X, W)

    def sum_after(at) -> str:
        explorer._heard(explorer, {"at": at}, [])
        return "".join(words_of(saved(explorer, tmp_path / "a.svg")))

    at = {"stage": 0, "panel": "y", "cell": [0, 3, 2]}
    assert f"y[3,2]=3·1+4·2+1·0+2·(−1)={format_value(explorer.y[0, 0, 3, 2])}" in sum_after(at)
    for odd in (None, {"stage": 0, "panel": "y"}, {**at, "cell": [0, -1, 0]}, {**at, "stage": "0"}):
        assert "y[3,2]=" in sum_after(odd)
    assert "y[0,0]=" in sum_after({**at, "cell": [0, 9, 9]})
    assert "y[0,0]=" in sum_after({**at, "panel": "z"})
    assert explorer.hold("y", [0, 3, 2]) is explorer
    assert "y[3,2]=" in sum_after(None)
    explorer.stride = 4
    assert explorer.picture().words


@pytest.mark.parametrize("ending", [".svg", ".pdf", ".png", ".gif", ".html", ".mjs"])
def test_two_that_are_saved_are_equal_to_the_byte_and_what_was_there_is_replaced(ending, tmp_path):
    first = saved(ConvolutionExplorer(X[:3, :3], W), tmp_path / f"a{ending}")
    (tmp_path / f"b{ending}").write_text("older")
    assert saved(ConvolutionExplorer(X[:3, :3], W), tmp_path / f"b{ending}") == first
    assert first.startswith({".pdf": b"%PDF", ".png": b"\x89PNG", ".gif": b"GIF8"}.get(ending, b""))
    kinds = {path.suffix for path in tmp_path.iterdir()}
    assert kinds == {ending, ".json"} if ending == ".mjs" else kinds == {ending}


def test_an_odd_path_is_told_and_leaves_nothing(tmp_path):
    explorer = ConvolutionExplorer(X, W)
    for name in ("a.bmp", "a", "svg", ".png"):
        kinds = r"\.svg, \.pdf, \.png, \.gif, \.html, \.mjs"
        with pytest.raises(ValueError, match=rf"{name}'\) must end in one of {kinds}$"):
            explorer.save(tmp_path / name)
    with pytest.raises(FileNotFoundError, match=r"nowhere must exist, and be a folder$"):
        explorer.save(tmp_path / "nowhere" / "a.png")
    for path in (None, 7, b"a.png"):
        with pytest.raises(TypeError, match=r"^path \(.+\) must be a str or a Path$"):
            explorer.save(path)
    assert list(tmp_path.iterdir()) == []
    explorer.save(str(tmp_path / "A.PNG"))
    assert [path.name for path in tmp_path.iterdir()] == ["A.PNG"]


def test_a_gif_shows_each_step_and_of_too_many_as_many_as_go_into_it(tmp_path, monkeypatch):
    explorer = ConvolutionExplorer(X, W)
    explorer.save(tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as picture:
        assert picture.n_frames == explorer.y.size
        assert picture.info["duration"] == 700
    frames = [explorer.picture(step) for step in (0, 6, 99)]
    assert ["y[0, 0]" in words(frame) for frame in frames] == [True, False, False]
    assert ["y[1, 2]" in words(frame) for frame in frames] == [False, True, False]
    assert "y[3, 3]" in words(frames[2])
    monkeypatch.setattr("cnnlab.lab.saving.MOST_MOVING", 60_000)
    explorer.save(tmp_path / "b.gif")
    assert (tmp_path / "b.gif").stat().st_size <= 60_000
    with Image.open(tmp_path / "b.gif") as picture:
        assert 1 < picture.n_frames < explorer.y.size


def test_a_gif_fills_y_cell_by_cell_as_play_does_on_the_stage(tmp_path):
    explorer = ConvolutionExplorer(X, W)
    explorer.save(tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as picture:
        frames = []
        for k in range(picture.n_frames):
            picture.seek(k)
            frames.append(np.asarray(picture.convert("RGB"), int))
    paper, left = frames[0][20, 20], int(0.6 * frames[0].shape[1])  # y, the last panel, is to the right of it
    empty = [int((frame[50:250, left:] == paper).all(axis=-1).sum()) for frame in frames]
    assert np.diff(empty).max() < -(20**2)  # another cell in each frame
    written = [word.text for word in explorer.picture(5).words]
    first = written.index("4×4 ") + 1
    assert written[first : first + 7] == ["−4", "5", "7", "9", "13", "1", "⋆"]


def words(canvas) -> str:
    return "".join(word.text for word in canvas.words)


def test_a_scatter_adds_up_step_by_step(tmp_path):
    explorer = MAKERS["BackwardExplorer"]()
    frames = panel_of(explorer._scenes[0], "dx")["frames"]
    for step in (0, len(frames) - 1):
        written = [word.text for word in explorer.picture(step).words]
        numbers = [format_value(value) for value in frames[step].ravel()]
        assert any(written[k : k + len(numbers)] == numbers for k in range(len(written)))


@pytest.mark.parametrize("name", MAKERS)
def test_a_page_of_one_explorer_is_small_and_needs_nothing_outside_it(name, tmp_path):
    explorer = MAKERS[name]()
    explorer.cover("a question that stands elsewhere")
    page = saved(explorer, tmp_path / "a.html").decode()
    assert len(page.encode()) <= BUDGET
    assert re.findall(r"<(?:script|link|img)\b[^>]*\b(?:src|href)=[^>]*>", page) == ['<link rel="icon" href="data:,">']
    assert f"<title>{explorer!r}".replace("<title><", "<title>&lt;")[:12] in page
    assert explorer.shown["veil"]  # it stays as it was


def test_what_others_pages_take_is_one_module_and_its_state(tmp_path):
    Predict("How many?", 9).save(tmp_path / "ask.mjs")
    ConvolutionExplorer(X, W).save(tmp_path / "window.mjs")
    assert (tmp_path / "ask.mjs").read_bytes() == (tmp_path / "window.mjs").read_bytes()
    states = [json.loads((tmp_path / f"{name}.json").read_text()) for name in ("ask", "window")]
    assert [list(state) for state in states] == [["table"]] * 2
    assert states[0] != states[1]
