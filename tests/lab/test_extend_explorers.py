"""What grows is found in the explorers: an activation, a pool, layers, and an explorer of one's own, there and back."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from explorer_steps import ask, controls_of, move, panels, pick, press, type_in, words_of
from explorers import X
from numpy.testing import assert_allclose, assert_array_equal
from outside import BENT, RMS, RMS_NAME
from scene_schema import check_scene
from test_extend import Doubled, residual, softplus

from cnnlab import conv2d, conv2d_backward, mean_pool2d, mean_pool2d_backward, sigmoid
from cnnlab.lab import ActivationExplorer, ChainExplorer, NetworkExplorer, PoolingExplorer
from cnnlab.lab.scenes.reading import panel_of, sentence_of, strip_of
from cnnlab.layers import Activation, Conv2D, Dense, Flatten, MaxPool2D, Pool2D, ReLU
from cnnlab.network import Sequential
from cnnlab.pooling import POOLS

__all__ = ["softplus"]  # a fixture
TESTS = Path(__file__).parents[1]
DIGIT = np.arange(36.0).reshape(6, 6) % 5


@pytest.fixture
def l2(monkeypatch):
    """Put a new pool into the table, the root of the mean square of each window; return its name."""
    monkeypatch.setitem(POOLS, RMS_NAME, replace(RMS, options=()))
    return RMS_NAME


def says(explorer, stage=0) -> str:
    """Return what a stage says of its first selection."""
    scene = explorer._scenes[stage]
    return sentence_of(scene, scene["first"])


# --- an activation --------------------------------------------------------------------------------------------------


def test_a_new_activation_can_be_chosen_forward_and_backward_with_its_words(softplus):
    explorer = ActivationExplorer(X - 1)
    assert [softplus, softplus] in controls_of(explorer)["f"]["options"]
    move(explorer, f=softplus)
    shown = panels(explorer)
    assert_allclose(shown["y"][0], np.logaddexp(0, X - 1))
    assert_allclose(shown["dx"], shown["dy"] * sigmoid(X - 1))
    assert words_of(explorer).splitlines()[:2] == ["f(z) = log(1 + exp(1·z)) / 1", "f′(z) = 1 / (1 + exp(−1·z))"]
    assert says(explorer) == f"Output cell (0, 0) is {BENT} of the cell before it."
    type_in(explorer, ("x", (0, 0, 0), 0.0))
    assert panels(explorer)["y"][0, 0, 0] == np.log(2)


def test_an_explorer_that_is_there_already_can_choose_what_comes_later(request):
    explorer = ActivationExplorer(X)
    request.getfixturevalue("softplus")
    explorer.f = BENT
    assert repr(explorer) == f"ActivationExplorer: {BENT} of z 5×5"


def test_the_chains_go_through_a_new_activation_and_a_new_pool(softplus, l2):
    explorer = ChainExplorer(DIGIT, f=softplus, op=l2, kernel=3, padding=1)
    w_a, w_b = (explorer.arrays["w"][k : k + 1, :, :3, :3] for k in (0, 1))
    z_a = conv2d(DIGIT[None, None], w_a, padding=1)
    a_a = np.logaddexp(0, z_a)
    p = np.sqrt(mean_pool2d(a_a**2, 2))
    delta_p, _, _ = conv2d_backward(explorer.arrays["dy"][..., :3, :3], p, w_b, padding=1)
    up = a_a * mean_pool2d_backward(delta_p / p, a_a.shape, 2)
    shown = panels(explorer)
    for name, values in {"h2": a_a, "h3": p, "g3": delta_p, "g2": up, "g1": up * sigmoid(z_a)}.items():
        assert_allclose(shown[name], values[0])
    for arrow in range(8):
        move(explorer, arrow=arrow)
        place = arrow if arrow < 4 else 7 - arrow
        assert_array_equal(panels(explorer, 1)["y"], shown[f"h{place + 1}"])
        assert says(explorer, 1)


# --- a pool ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("settings", [{}, {"stride": 1, "padding": 1}, {"kernel": 3, "stride": 2, "ceil_mode": True}])
def test_a_new_pool_can_be_chosen_forward_and_backward_with_its_words(l2, settings):
    explorer = PoolingExplorer(X, op="max", ties=True)
    assert [l2, l2] in controls_of(explorer)["op"]["options"]
    explorer.set_together({"op": l2, **settings})
    s = explorer.now()
    given = {"stride": s.stride, "padding": s.padding, "ceil_mode": s.ceil_mode}
    y = np.sqrt(mean_pool2d(explorer.x**2, s.kernel, **given))
    dx = explorer.x * mean_pool2d_backward(explorer.dy / y, explorer.x.shape, s.kernel, **given)
    inside = slice(s.padding, s.padding + s.size)
    assert_allclose(panels(explorer)["y"], y[0])
    assert_allclose(panels(explorer)["dx"][:, inside, inside], dx[0])
    assert " is the root of the mean square of the " in says(explorer)
    assert strip_of(explorer._scenes[0], explorer._scenes[0]["first"]).head == "y[0, 0] = √(("
    assert not controls_of(explorer).keys() & {"pad_with", "count_include_pad"}
    type_in(explorer, ("x", (0, 2, 2), 9.0), ("dy", (0, 0, 0), 5.0))
    assert repr(explorer).startswith(f"PoolingExplorer: {l2}, x 5×5")


# --- layers ---------------------------------------------------------------------------------------------------------


def check_units(explorer) -> None:
    """Open units of every map: what is opened shows the number that was clicked."""
    for panel, values in panels(explorer).items():
        for cell in list(np.ndindex(values.shape))[:: max(1, values.size // 5)]:
            assert says(explorer)
            pick(explorer, panel, *cell)
            (scene,) = explorer._scenes
            opened = panels(explorer)[scene["first"]["panel"]][tuple(scene["first"]["cell"])]
            assert scene.get("pick") or panel == "p" or opened == pytest.approx(values[cell], rel=1e-9)
            press(explorer, "whole")


def test_a_network_of_new_layers_is_opened_unit_by_unit_forward_and_backward(softplus, l2, rng):
    layers = Conv2D(1, 2, 3, padding=1, rng=rng), Activation(softplus, sharp=2), Pool2D(l2, 2), residual(rng)
    images = rng.random((3, 1, 6, 6))
    model = Sequential(*layers, ReLU(), MaxPool2D(3), Flatten(), Dense(2, 3, rng=rng))
    explorer = NetworkExplorer(model, images, [0, 1, 2])
    move(explorer, backward=True, image=1)
    shown, outputs = panels(explorer), model.copied().outputs(images[1:2])
    titles = [panel["symbol"] for panel in explorer._scenes[0]["panels"] if panel["name"][0] == "h"]
    assert titles == [
        *("image", "conv", "softplus of the tests", "pool 1"),
        *("residual", "relu", "pool 2", "flatten", "dense"),
    ]
    for k in range(1, 9):
        assert_array_equal(shown[f"h{k}"].ravel(), outputs[k - 1].ravel())
        assert shown[f"g{k}"].shape == shown[f"h{k}"].shape
    check_units(explorer)


def test_a_layer_that_nobody_knows_is_shown_as_plain_maps_under_the_name_of_its_class(rng):
    model = Sequential(residual(rng, 1), Flatten(), Dense(36, 3, rng=rng))
    explorer = NetworkExplorer(model, DIGIT[None, None])
    (scene,) = explorer._scenes
    said = sentence_of(scene, {"panel": "h1", "cell": [0, 2, 3]})
    assert said == "Residual made this number; how it works inside is not drawn."
    sees = panel_of(scene, "h1")["sees"]
    assert [(sees[side][0], sees[side][-1]) for side in sees] == [(0, 0), (5, 5), (0, 0), (5, 5)]  # maybe all of it


def test_a_subclass_of_a_layer_is_shown_with_its_own_numbers(rng):
    model = Sequential(Conv2D(1, 2, 3, rng=rng), Doubled(), Flatten(), Dense(32, 3, rng=rng))
    explorer = NetworkExplorer(model, DIGIT[None, None])
    assert_array_equal(panels(explorer)["h2"], 2 * np.maximum(panels(explorer)["h1"], 0))
    check_units(explorer)


def test_flatten_alone_is_a_network_with_a_class_for_every_pixel():
    explorer = NetworkExplorer(Sequential(Flatten()), np.arange(4.0).reshape(1, 1, 2, 2))
    assert repr(explorer) == "NetworkExplorer: image 0 (of 0 to 0), answer 3"
    assert_array_equal(panels(explorer)["h1"], [[[0, 1], [2, 3]]])
    move(explorer, backward=True)
    move(explorer, target=1)
    assert_allclose(panels(explorer)["g0"].ravel(), panels(explorer)["p"].ravel() - [0, 1, 0, 0])
    check_units(explorer)


def test_what_is_new_has_a_still(softplus, l2, rng):
    model = Sequential(Conv2D(1, 2, 3, padding=1, rng=rng), Doubled(), residual(rng), Flatten(), Dense(72, 3, rng=rng))
    network = NetworkExplorer(model, DIGIT[None, None])
    pick(network, "h3", 0, 1, 1)
    chain = ChainExplorer(DIGIT, f=softplus, op=l2, arrow=5)
    for explorer in (ActivationExplorer(X, softplus), PoolingExplorer(X, op=l2), chain, network):
        assert explorer.still()["image/png"]


# --- an explorer: two files, no JavaScript --------------------------------------------------------------------------

SCENE = '''"""The scene of a blur."""

import numpy as np

from cnnlab.lab.scenes import convolution_scene


def blur_scene(x, size):
    """Return the scene of the mean over each window, as a convolution."""
    scene = convolution_scene(x, np.full((1, 1, size, size), 1 / size**2))
    return {**scene, "heading": f"Each output is the mean of {size * size} inputs"}
'''
EXPLORER = '''"""BlurExplorer: the mean over a window, a cell at a time."""

import numpy as np

from cnnlab.geometry import check_axis
from cnnlab.lab.explorers import Choice, Explorer, Slider, line
from {scenes} import blur_scene


class BlurExplorer(Explorer):
    """A blur to touch."""

    size = Slider(3, "window", 1, 5, letter="F")
    sign = Choice({{1: "as it is", -1: "turned"}}, "numbers", place="bar")

    def __init__(self, x, **settings):
        super().__init__({{"x": np.array(x, dtype=np.float64)[None, None]}}, **settings)

    def check(self, s):
        check_axis(self.arrays["x"].shape[-1], s.size)

    def scenes(self):
        scene = blur_scene(self.sign * self.arrays["x"], self.size)
        for panel in scene["panels"]:
            panel["editable"] = panel["name"] == "x"
        return [scene]

    def formula_lines(self, scenes):
        return [line(("formula", f"y = mean of {{self.size}}×{{self.size}}"))]

    def describe(self):
        return f"BlurExplorer: window {{self.size}}"
'''


def check_blur(kind) -> None:
    """See that a new explorer is all that an explorer is: scene, events, bounds, still, message and handout."""
    from cnnlab.lab.page import precomputed

    explorer = kind(X[:4, :4])
    assert_allclose(panels(explorer)["y"], mean_pool2d(X[None, None, :4, :4], 3, stride=1)[0])
    control = controls_of(explorer)["size"]
    assert (control["low"], control["high"], control["letter"]) == (1, 4, "F")  # 5 does not fit
    move(explorer, size=2)
    assert_allclose(panels(explorer)["y"], mean_pool2d(X[None, None, :4, :4], 2, stride=1)[0])
    assert words_of(explorer) == "y = mean of 2×2"
    check_scene(explorer._scenes[0])
    assert says(explorer).startswith("Inner product of the kernel and the 2×2 window at rows 0 to 1")
    before = panels(explorer)["y"]
    type_in(explorer, ("x", (0, 0, 0), 100.0))
    assert panels(explorer)["y"][0, 0, 0] == before[0, 0, 0] + (100 - X[0, 0]) / 4
    press(explorer, "undo")
    assert_array_equal(panels(explorer)["y"], before)
    ask(explorer, {"set": {"size": 5}}, {"set": {"sign": -1}})
    assert (explorer.size, explorer.sign) == (2, -1)
    assert_array_equal(panels(explorer)["y"], -before)
    bundle, _ = explorer._repr_mimebundle_()
    assert (bundle["text/plain"], len(bundle["image/png"]) > 1000) == ("BlurExplorer: window 2", True)
    table = precomputed(explorer)
    assert (len(table["states"]), table["needs"]) == (4 * 2, ["typing into cells"])


def test_an_explorer_of_ones_own_is_two_files_that_import_the_package(tmp_path, monkeypatch):
    (tmp_path / "own_scenes.py").write_text(SCENE, encoding="utf-8")
    (tmp_path / "own_blur.py").write_text(EXPLORER.format(scenes="own_scenes"), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    check_blur(importlib.import_module("own_blur").BlurExplorer)


def test_an_explorer_of_the_package_is_two_files_and_one_line(tmp_path, repository):
    shutil.copytree(repository / "cnnlab", tmp_path / "cnnlab", ignore=shutil.ignore_patterns("__pycache__"))
    lab = tmp_path / "cnnlab" / "lab"
    (lab / "scenes" / "blur.py").write_text(SCENE, encoding="utf-8")
    (lab / "explorers" / "blur.py").write_text(EXPLORER.format(scenes="cnnlab.lab.scenes.blur"), encoding="utf-8")
    with (lab / "__init__.py").open("a", encoding="utf-8") as file:
        file.write("from cnnlab.lab.explorers.blur import BlurExplorer\n")
    code = f"""
from pathlib import Path
import cnnlab.lab
from test_extend_explorers import check_blur
assert Path(cnnlab.__file__).is_relative_to({str(tmp_path)!r})
check_blur(cnnlab.lab.BlurExplorer)
"""
    path = os.pathsep.join(map(str, (tmp_path, TESTS, TESTS / "lab")))
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": path},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
