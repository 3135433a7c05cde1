"""What holds for every explorer: no way through the controls to an error, a picture where no widget runs."""

from __future__ import annotations

import base64
import re
import struct

import ipywidgets
import numpy as np
import pytest
from explorer_steps import W, X, choose, explore, type_in

from cnnlab.widgets import BackwardExplorer, ChannelsExplorer, ConvolutionExplorer, PhotoExplorer, PoolingExplorer
from cnnlab.widgets.stage import FRONT, Stage, join_modules, pack

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
MAKERS = {
    "ConvolutionExplorer": lambda: ConvolutionExplorer(X, W),
    "ConvolutionExplorer with gradients": explore,
    "ConvolutionExplorer with channels": lambda: ConvolutionExplorer(
        np.stack([X, -X]), np.stack([[W, W]] * 4), np.arange(4.0), gradients=True
    ),
    "ConvolutionExplorer with groups": lambda: ConvolutionExplorer(
        np.stack([X, -X]), np.stack([[W], [W]]), groups=2, dilation=2, padding=1, gradients=True
    ),
    "BackwardExplorer": lambda: BackwardExplorer(X, W, stride=2),
    "PhotoExplorer": lambda: PhotoExplorer(X / 4 + 1, "blur", padding=1),
    "PoolingExplorer": lambda: PoolingExplorer(np.stack([X, -X]), 3, stride=2, ties=True),
}
every_explorer = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


# --- controls -------------------------------------------------------------------------------------------------------


def control_values(control) -> list:
    """Return every value that a learner can give a control."""
    if isinstance(control, ipywidgets.Checkbox):
        return [False, True]
    if isinstance(control, ipywidgets.IntSlider):
        return list(range(control.min, control.max + 1))
    return list(control.options)


def controls_of(widget) -> list:
    """Return the controls below a widget."""
    if isinstance(widget, ipywidgets.IntSlider | ipywidgets.Checkbox | ipywidgets.Dropdown):
        return [widget]
    return [control for child in getattr(widget, "children", ()) for control in controls_of(child)]


@every_explorer
def test_a_long_walk_over_all_controls_meets_no_error_and_scene_and_formula_agree(make):
    explorer, rng = make(), np.random.default_rng(5)
    controls = controls_of(explorer)
    for _ in range(200):
        control = controls[rng.integers(len(controls))]
        values = control_values(control)
        control.value = values[rng.integers(len(values))]
        assert all(slider.min <= slider.value <= slider.max for slider in explorer.sliders.values())
        shown = {panel["name"]: panel for panel in explorer.stages[0].scene["panels"]}
        output = shown.get("y", shown.get("dy"))
        assert output["shape"] == [explorer.explain().value] * 2
        assert f"<mn>{explorer.explain().value}</mn></math>" in explorer.formula.value
        assert all(np.isfinite(panel["limit"]) for panel in shown.values())
        pack(explorer.stages[0].scene)


@every_explorer
def test_every_control_has_some_effect_on_what_is_shown(make):
    explorer = make()
    for control in controls_of(explorer):
        shown = set()
        for value in control_values(control):
            control.value = value
            scenes = [stage.scene for stage in explorer.stages]
            numbers = [panel["values"].tobytes() for scene in scenes for panel in scene["panels"]]
            shown.add((*numbers, explorer.formula.value))
        for_padding = ("max pads with", "mean counts the padding", "round up (ceil_mode)")
        assert len(shown) > 1 or any(words in control.description for words in for_padding), control.description


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
        (lambda: ConvolutionExplorer(X, W, groups=2), r"groups (2) must divide the input channels"),
        (lambda: ConvolutionExplorer(X, W, dy=np.ones((2, 3)), gradients=True), r"dy (shape (2, 3)) must be square"),
        (
            lambda: BackwardExplorer(X, np.ones((2, 1, 3, 3))),
            r"w (shape (2, 1, 3, 3)) must be one kernel of one channel",
        ),
        (lambda: PhotoExplorer(X, "Sobel"), r"kernel ('Sobel') must be an array or one of identity, blur"),
        (lambda: PhotoExplorer(X, np.ones((2, 3, 3))), r"kernel (shape (2, 3, 3)) must have 2 to 2 dimensions"),
        (lambda: PhotoExplorer(np.ones((2, 2))), r"kernel (3) must fit in the padded input (2 + 2*0 = 2)"),
        (lambda: PoolingExplorer(X, 6), r"kernel (6) must fit in the padded input (5 + 2*0 = 5)"),
        (lambda: PoolingExplorer(X, 2, padding=2), r"must leave an input cell in every window"),
        (lambda: PoolingExplorer(np.ones((3, 4)), 2), r"x (shape (3, 4)) must be square"),
        (lambda: PoolingExplorer(X, (2, 3)), r"kernel (2, 3), stride (2, 3), padding 0, ceil_mode False must be one"),
        (lambda: ConvolutionExplorer(X, W, padding=(0, 1)), r"padding (0, 1), dilation 1 must be one number each"),
        (lambda: ConvolutionExplorer(X, W, padding=((1, 0), (1, 0))), r"a slider sets rows, columns and all sides"),
        (lambda: ConvolutionExplorer(X, W, padding="full"), r"padding ('full') must be"),
        (lambda: PhotoExplorer(stride=(1, 2)), r"stride (1, 2) must be one number each"),
        (lambda: ChannelsExplorer(X, padding="same"), r'padding ("same") must go with stride 1 (stride is 2)'),
        (lambda: ConvolutionExplorer(X * np.nan, W), r"x (nan in it) must hold finite numbers"),
        (lambda: PoolingExplorer(X - np.inf, 2), r"x (-inf in it) must hold finite numbers"),
    ],
)
def test_what_does_not_fit_is_said_by_name_when_the_explorer_is_made(make, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


@pytest.mark.parametrize("settings", [{"kernel": 2.0}, {"stride": "1"}, {"padding": None}, {"kernel": True}])
def test_a_setting_that_is_no_int_is_a_type_error(settings):
    with pytest.raises(TypeError, match=rf"{next(iter(settings))} \(.*\) must be an int"):
        ConvolutionExplorer(X, W, **settings)


def test_padding_may_be_given_in_any_way_that_means_one_number():
    for padding in (1, (1, 1), ((1, 1), (1, 1)), "same"):
        assert ConvolutionExplorer(X, W, padding=padding).settings["padding"] == 1


def test_a_bias_that_is_no_number_is_a_type_error():
    with pytest.raises(TypeError, match=r"b \(dtype <U1\) must be float32, float64 or integer"):
        ConvolutionExplorer(X, W, "a")


def test_a_pooling_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match=r"op \('median'\) must be one of max, mean"):
        PoolingExplorer(X, 2, op="median")


# --- where no widget runs -------------------------------------------------------------------------------------------


@every_explorer
def test_the_output_holds_the_widget_a_text_and_a_picture_that_are_the_same_each_time(make):
    first, second = make(), make()
    bundle, again = first._repr_mimebundle_(), second._repr_mimebundle_()
    assert set(bundle) == {WIDGET_VIEW, "image/png", "text/plain"}
    assert bundle[WIDGET_VIEW]["model_id"] == first.model_id != second.model_id
    assert bundle["image/png"] == again["image/png"]
    assert bundle["text/plain"] == again["text/plain"] == repr(first)
    assert re.fullmatch(rf"{type(first).__name__}: [^<>\n]+ → [^<>\n]+", repr(first))
    picture = base64.b64decode(bundle["image/png"])
    width, height = struct.unpack(">II", picture[16:24])
    assert picture.startswith(b"\x89PNG")
    assert 300 < width < 3000
    assert 150 < height < 3000


def test_the_picture_and_the_text_follow_the_state():
    explorer = explore()
    before = explorer._repr_mimebundle_()
    type_in(explorer, ("x", (0, 0, 0), -8.0))
    edited = explorer._repr_mimebundle_()
    assert (edited["image/png"] == before["image/png"], edited["text/plain"]) == (False, before["text/plain"])
    choose(explorer, size=4, kernel=2, padding=0, stride=2)
    assert repr(explorer) == "ConvolutionExplorer: x 4×4, kernel 2, padding 0, stride 2 → y 2×2"


# --- the module and the message -------------------------------------------------------------------------------------


def test_the_modules_are_joined_into_one_that_imports_nothing():
    files = "dom.js", "wires.js", "words.js", "layout.js", "views.js", "strip.js", "stage.js"
    module = join_modules(*files)
    assert re.search(r"^\s*import\b", module, re.MULTILINE) is None
    assert re.findall(r"^export\b.*", module, re.MULTILINE) == ["export default {"]
    names = re.findall(r"^(?:async )?(?:function|class|const|let) (\w+)", module, re.MULTILINE)
    assert len(names) == len(set(names))
    sources = [(FRONT / name).read_text(encoding="utf-8") for name in files]
    assert {"readScene", "Stage", "sumOf"} <= set(names)
    assert len(module.splitlines()) > 0.97 * sum(len(source.splitlines()) for source in sources)
    assert Stage._esm == module


def test_a_scene_travels_with_its_arrays_as_little_endian_bytes():
    packed = pack({"panels": [{"values": np.array([[1.0, -2.0]]), "shape": [1, 2]}], "shares": {"values": np.ones(1)}})
    assert packed["panels"][0]["values"] == {"dtype": "f8", "data": struct.pack("<2d", 1, -2)}
    assert packed["panels"][0]["shape"] == [1, 2]
    assert packed["shares"]["values"]["data"] == struct.pack("<d", 1)
    many = pack({"values": np.arange(5000.0).reshape(50, 100).T})["values"]
    assert many["dtype"] == "f4"
    assert struct.unpack("<3f", many["data"][:12]) == (0, 100, 200)
