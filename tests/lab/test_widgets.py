"""What holds for every explorer: no way through the controls to an error, a picture where no widget runs."""

from __future__ import annotations

import base64
import json
import re
import struct

import numpy as np
import pytest
from explorer_steps import ask, choose, controls_of, press, state_of, type_in, words_of
from explorers import MAKERS, WITHOUT_PICTURE, W, X, every_explorer, explore, packed_array, values_of

from cnnlab.lab import (
    ActivationExplorer,
    BackwardExplorer,
    ConvolutionExplorer,
    PhotoExplorer,
    PoolingExplorer,
)
from cnnlab.lab.explorers.front import FOLDER, bundle, modules, source, style
from cnnlab.pooling import POOLS

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
WINDOWS = [name for name in MAKERS if name.startswith(("Conv", "Back", "Chan", "Pool", "Photo"))]


# --- controls -------------------------------------------------------------------------------------------------------


def settings_of(explorer) -> dict[str, dict]:
    return {name: control for name, control in controls_of(explorer).items() if control["kind"] != "button"}


@pytest.mark.parametrize("name", WINDOWS)
def test_the_size_of_the_output_is_that_of_the_formula(name):
    explorer, rng, seen = MAKERS[name](), np.random.default_rng(6), set()
    for _ in range(40):
        values = {setting: values_of(control) for setting, control in settings_of(explorer).items()}
        ask(explorer, *({"set": {setting: each[rng.integers(len(each))]}} for setting, each in values.items()))
        seen.add(repr(explorer.settings))
        shown = {panel["name"]: panel for panel in explorer._scenes[0]["panels"]}
        output = shown.get("y", shown.get("dy"))
        assert output["shape"] == [explorer.explain().value] * 2
        assert words_of(explorer).splitlines()[0].endswith(f" = {explorer.explain().value}")
        assert (explorer.shown["parts"][0]["note"] != []) == (explorer.explain().leftover > 0)
    assert len(seen) > 30


@every_explorer
def test_every_control_has_some_effect_on_what_is_shown(make):
    names = settings_of(make()).keys() - {"count_include_pad"}  # which changes nothing where all padding is cut off
    explorer = make()
    for name in names:
        shown = set()
        press(explorer, "reset")
        for value in values_of(controls_of(explorer)[name])[:8]:
            ask(explorer, {"set": {name: value}})
            shown.add(repr([part for part in explorer.shown["parts"] if "scene" in part or "lines" in part]))
        assert len(shown) > 1 or len(values_of(controls_of(explorer)[name])) == 1, name


@every_explorer
def test_each_control_can_be_named_and_says_its_kind(make):
    for name, control in controls_of(make()).items():
        assert control["name"] == name
        assert control["label"] or control.get("letter") or control["title"]


# --- errors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ConvolutionExplorer(np.ones((3, 4)), W), r"x (shape (3, 4)) must be square"),
        (lambda: ConvolutionExplorer(X, np.ones((2, 3))), r"w (shape (2, 3)) must be square"),
        (lambda: ConvolutionExplorer(X[0], W), r"x (shape (5,)) must have 2 to 4 dimensions (N, C, H, W)"),
        (lambda: ConvolutionExplorer(X[None, None, None], W), r"x (shape (1, 1, 1, 5, 5)) must have 2 to 4 dimensions"),
        (lambda: ConvolutionExplorer(np.ones((2, 1, 3, 3)), W), r"x (shape (2, 1, 3, 3)) must hold one image, not 2"),
        (lambda: ConvolutionExplorer(np.ones((0, 0)), W), r"x (shape (0, 0)) must not be empty"),
        (lambda: ConvolutionExplorer(X, W, kernel=6), r"kernel (6) must fit in the padded input (5 + 2*0 = 5)"),
        (lambda: ConvolutionExplorer(X, W, kernel=0), r"kernel (0) must be at least 1"),
        (lambda: ConvolutionExplorer(X, W, dilation=3), r"kernel (3, dilated to (3 - 1)*3 + 1 = 7) must fit"),
        (lambda: ConvolutionExplorer(X, W, stride=0), r"stride (0) must be at least 1"),
        (lambda: ConvolutionExplorer(X, W, padding=-1), r"padding (-1) must be at least 0"),
        (lambda: ConvolutionExplorer(X, np.ones((1, 2, 3, 3))), r"w (2 channels) must have the channels of x"),
        (lambda: ConvolutionExplorer(X, W, [1.0, 2.0]), r"b (shape (2,)) must have shape (1,)"),
        (lambda: ConvolutionExplorer(X, W, np.nan), r"b (nan in it) must hold finite numbers of at most 1e+100"),
        (lambda: ConvolutionExplorer(X, W, [[1.0]]), r"b (shape (1, 1)) must have shape (1,) (one for each filter)"),
        (lambda: ConvolutionExplorer(X, W, padding=10**6), r"must leave at most 1,024 cells a side"),
        (lambda: ConvolutionExplorer(X, W, padding=2000), r"must leave at most 1,024 cells a side to draw (5 + 2*2000"),
        (lambda: ConvolutionExplorer(X, W, groups=0), r"groups (0) must be at least 1"),
        (lambda: ConvolutionExplorer(X, W, groups=2), r"groups (2) must divide the input channels"),
        (lambda: ConvolutionExplorer(X, W, dy=np.ones((2, 3)), gradients=True), r"dy (shape (2, 3)) must be square"),
        (
            lambda: BackwardExplorer(X, np.ones((2, 1, 3, 3))),
            r"w (shape (2, 1, 3, 3)) must be one kernel of one channel",
        ),
        (
            lambda: BackwardExplorer(X, W, padding=14),
            r"padding (14) must leave at most 32 cells a side to draw (5 + 2*14 = 33)",
        ),
        (lambda: ActivationExplorer(X, dy=np.ones((2, 5, 5))), r"dy (shape (1, 2, 5, 5)) must have shape (1, 1, 5, 5)"),
        (lambda: PhotoExplorer(np.ones((3, 9, 9))), r"photo (shape (3, 9, 9)) must have 2 dimensions (H, W)"),
        (lambda: PhotoExplorer(X, "Sobel"), r"kernel ('Sobel') must be one of identity, blur"),
        (lambda: PhotoExplorer(X, np.ones((2, 3, 3))), r"kernel (shape (2, 3, 3)) must have 2 dimensions (H, W)"),
        (lambda: PhotoExplorer(np.ones((2, 2))), r"kernel (3) must fit in the padded input (2 + 2*0 = 2)"),
        (lambda: PoolingExplorer(X, 2, op="nothing"), f"op ('nothing') must be one of {', '.join(POOLS)}"),
        (lambda: PoolingExplorer(X, 6), r"kernel (6) must fit in the padded input (5 + 2*0 = 5)"),
        (lambda: PoolingExplorer(X, 2, padding=2), r"must leave an input cell in every window"),
        (lambda: PoolingExplorer(np.ones((3, 4)), 2), r"x (shape (3, 4)) must be square"),
        (lambda: ConvolutionExplorer(X * np.nan, W), r"x (nan in it) must hold finite numbers"),
        (lambda: ActivationExplorer(X * 1e101), r"z (3e+101 in it) must hold finite numbers of at most 1e+100"),
        (lambda: PoolingExplorer(X - np.inf, 2), r"x (-inf in it) must hold finite numbers"),
    ],
)
def test_what_does_not_fit_is_said_by_name_when_the_explorer_is_made(make, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


@pytest.mark.parametrize("settings", [{"kernel": 2.0}, {"stride": (1, 2)}, {"padding": "same"}, {"kernel": True}])
def test_a_setting_that_is_no_int_is_a_type_error(settings):
    with pytest.raises(TypeError, match=rf"{next(iter(settings))} \(.*\) must be an int"):
        ConvolutionExplorer(X, W, **settings)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ConvolutionExplorer(X, W, gradients="no"), r"gradients ('no') must be True or False"),
        (lambda: ConvolutionExplorer(X, W, turned=1), r"turned (1) must be True or False"),
        (lambda: PoolingExplorer(X, 2, ceil_mode="x"), r"ceil_mode ('x') must be True or False"),
        (lambda: PoolingExplorer(X, 2, ties=None), r"ties (None) must be True or False"),
        (lambda: PoolingExplorer(X, 2, count_include_pad=0), r"count_include_pad (0) must be True or False"),
        (lambda: ActivationExplorer(X, gradients=1), r"gradients (1) must be True or False"),
        (lambda: ConvolutionExplorer(X, W, groups=1.0), r"groups (1.0) must be an int"),
        (lambda: ConvolutionExplorer(X, W, "a"), r"b (dtype <U1) must be float32, float64 or integer"),
    ],
)
def test_what_is_of_the_wrong_kind_is_a_type_error(make, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        make()


# --- where no widget runs -------------------------------------------------------------------------------------------


@every_explorer
def test_each_explorer_says_what_it_is_in_one_line_that_is_the_same_each_time(make):
    first, second = make(), make()
    assert repr(first) == repr(second)
    assert re.fullmatch(rf"{type(first).__name__}: [^<>\n]+", repr(first))


@pytest.mark.parametrize("name", [name for name in MAKERS if name not in WITHOUT_PICTURE])
def test_the_output_holds_the_widget_a_text_and_a_picture_that_are_the_same_each_time(name):
    first, second = MAKERS[name](), MAKERS[name]()
    (bundled, metadata), (again, _) = first._repr_mimebundle_(), second._repr_mimebundle_()
    assert set(bundled) == {WIDGET_VIEW, "image/png", "text/plain"}
    assert bundled[WIDGET_VIEW]["model_id"] == first.model_id != second.model_id
    assert bundled["image/png"] == again["image/png"]
    assert bundled["text/plain"] == again["text/plain"] == metadata["image/png"]["alt"] == repr(first)
    picture = base64.b64decode(bundled["image/png"])
    width, height = struct.unpack(">II", picture[16:24])
    assert picture.startswith(b"\x89PNG")
    assert 300 < width < 3000
    assert 100 < height < 3000


def test_the_picture_and_the_text_follow_the_state():
    explorer = explore()
    before, _ = explorer._repr_mimebundle_()
    type_in(explorer, ("x", (0, 0, 0), -8.0))
    edited, _ = explorer._repr_mimebundle_()
    assert (edited["image/png"] == before["image/png"], edited["text/plain"]) == (False, before["text/plain"])


def test_the_text_follows_the_state():
    explorer = explore()
    choose(explorer, size=4, kernel=2, padding=0, stride=2)
    assert repr(explorer) == "ConvolutionExplorer: x 4×4, kernel 2, padding 0, stride 2 → y 2×2"


def test_no_picture_is_made_until_it_is_asked_for(monkeypatch):
    monkeypatch.setattr("cnnlab.lab.explorers._explorer.stills", None)
    explorer = explore()
    explorer.stride = 2
    assert state_of(explorer)


# --- the bundle and the message -------------------------------------------------------------------------------------


def test_the_bundle_holds_every_module_once_after_those_it_imports_and_imports_nothing_itself():
    names = modules()
    elsewhere = {
        "schema.js",
        "handout.js",
        "judge.js",
        "links.js",
    }  # types, and a page without a kernel
    assert set(names) == {path.name for path in FOLDER.rglob("*.js")} - elsewhere
    assert len(set(names)) == len(names)
    for name in names:
        imported = re.findall(r'from *"[./\w-]*?([\w-]+\.js)"', source(name))
        assert all(names.index(other) < names.index(name) for other in imported)
    assert re.search(r"^\s*import\b", bundle(), re.MULTILINE) is None
    assert re.findall(r"^export\b.*", bundle(), re.MULTILINE) == re.findall(
        r"^export default .*", bundle(), re.MULTILINE
    )
    assert all(rule in style() for rule in (".cnnlab-explorer", ".cnnlab-cell"))


def test_a_scene_travels_with_its_arrays_as_little_endian_bytes():
    assert packed_array(np.array([[1.0, -2.0]])) == {"dtype": "f8", "data": struct.pack("<2d", 1, -2)}
    many = packed_array(np.arange(5000.0).reshape(50, 100).T)
    assert many["dtype"] == "f4"
    assert struct.unpack("<3f", many["data"][:12]) == (0, 100, 200)


def as_text(value):
    return value.hex() if isinstance(value, bytes) else packed_array(value)


@every_explorer
def test_what_is_shown_travels_as_one_text_and_its_bytes(make):
    explorer = make()
    sent = explorer.get_state("shown")["shown"]
    assert sent.keys() == {"text", "buffers"}
    assert {type(each) for each in sent["buffers"]} <= {bytes}
    read = json.loads(
        sent["text"], object_hook=lambda found: sent["buffers"][found["bytes"]].hex() if "bytes" in found else found
    )
    assert read == json.loads(json.dumps(explorer.shown, default=as_text))


def test_many_numbers_of_which_one_is_too_large_for_single_precision_travel_in_double():
    numbers = np.zeros(5000)
    numbers[7], numbers[8] = 1e50, -np.inf
    packed = packed_array(numbers)
    assert packed["dtype"] == "f8"
    assert struct.unpack("<9d", packed["data"][:72])[-2:] == (1e50, -np.inf)
