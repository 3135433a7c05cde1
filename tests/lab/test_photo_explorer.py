"""PhotoExplorer without a browser: kernels by name, and one of one's own."""

from __future__ import annotations

import numpy as np
import pytest
from explorer_steps import ask, controls_of, move, panels, press, state_of, type_in
from explorers import W, X
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image, UnidentifiedImageError

from cnnlab import conv2d, load_photo
from cnnlab.lab import PhotoExplorer
from cnnlab.lab.explorers.photo import _OWN, KERNELS


def test_a_photograph_of_ones_own_comes_from_a_file_or_from_the_page(tmp_path):
    colours = np.zeros((240, 400, 3), np.uint8)
    colours[:, :200] = 255, 0, 0  # the middle is half red, half black
    Image.fromarray(colours).save(tmp_path / "me.png")
    explorer = PhotoExplorer(tmp_path / "me.png", "identity")
    x = panels(explorer)["x"][0]
    assert x.shape == (200, 200)
    assert_allclose(x[:, :90], 0.299, atol=0.005)
    assert_array_equal(x[:, 110:], 0)
    grey = np.arange(200 * 200, dtype=np.uint8)
    ask(explorer, {"set": {"own": grey.tobytes()}})
    assert_allclose(panels(explorer)["x"][0], grey.reshape(200, 200) / 255)
    assert_allclose(explorer.y[0, 0], panels(explorer)["x"][0, 1:-1, 1:-1])
    for odd in (b"123", "text", 7, None):
        ask(explorer, {"set": {"own": odd}})
        assert_allclose(panels(explorer)["x"][0], grey.reshape(200, 200) / 255)
    press(explorer, "reset")
    assert_array_equal(panels(explorer)["x"][0], x)
    (tmp_path / "me.txt").write_text("no image")
    with pytest.raises(UnidentifiedImageError, match=r"cannot identify image file '.*me\.txt'"):
        PhotoExplorer(str(tmp_path / "me.txt"))
    with pytest.raises(FileNotFoundError, match=r"nobody\.png"):
        PhotoExplorer(tmp_path / "nobody.png")


def test_each_named_kernel_is_applied_to_the_photograph():
    explorer = PhotoExplorer(X / 4 + 1, padding=1)
    for name, kernel in KERNELS.items():
        explorer.kernel = name
        expected = conv2d(explorer.photo, np.array(kernel, dtype=float)[None, None], padding=1)
        assert_array_equal(panels(explorer)["y"], expected[0])
        assert_array_equal(explorer.y, expected)
        assert_array_equal(panels(explorer)["w"][0], kernel)
        assert f"kernel {name} 3×3" in repr(explorer)
    move(explorer, kernel="identity")
    assert_array_equal(panels(explorer)["y"][0], X / 4 + 1)
    assert explorer._scenes[0]["panels"][3]["palette"] == "grey"  # as the photograph: no response is negative
    assert explorer._scenes[0]["panels"][3]["limit"] == explorer._scenes[0]["panels"][0]["limit"]
    move(explorer, kernel="Laplacian")
    assert "palette" not in explorer._scenes[0]["panels"][3]
    move(explorer, kernel="blur")
    assert_allclose(panels(explorer)["y"][0, 2, 2], (X / 4 + 1)[1:4, 1:4].mean())


def test_an_edited_kernel_is_the_learners_own_and_waits_while_a_named_one_is_shown():
    explorer = PhotoExplorer(X, "Laplacian")
    type_in(explorer, ("w", (0, 0, 2), 5.0))
    assert explorer.kernel == _OWN
    assert panels(explorer)["w"][0].tolist() == [[0, 1, 5], [1, -4, 1], [0, 1, 0]]
    explorer.kernel = "Laplacian"
    assert panels(explorer)["w"][0].tolist() == KERNELS["Laplacian"]
    explorer.kernel = _OWN
    assert panels(explorer)["w"][0].tolist() == [[0, 1, 5], [1, -4, 1], [0, 1, 0]]


def test_undo_brings_the_named_kernel_back_and_the_own_one_as_it_was():
    explorer = PhotoExplorer(X, W)
    type_in(explorer, ("w", (0, 0, 0), 7.0))
    move(explorer, kernel="blur")
    type_in(explorer, ("w", (0, 1, 1), 9.0))
    assert panels(explorer)["w"][0, 1, 1] == 9
    press(explorer, "undo")
    assert explorer.kernel == "blur"
    explorer.kernel = _OWN
    assert explorer._scenes[0]["panels"][2]["values"][0, 0, 0] == 7
    press(explorer, "undo")
    assert_array_equal(panels(explorer)["w"][0], W)
    assert not explorer.shown["undo"]


def test_a_cell_of_a_larger_own_kernel_is_none_of_the_named_one_in_view():
    explorer = PhotoExplorer(X, np.ones((5, 5)), padding=1)
    move(explorer, kernel="blur")
    before = state_of(explorer)
    type_in(explorer, ("w", (0, 4, 4), 3.0))
    assert state_of(explorer) == before


def test_an_own_kernel_comes_first_when_it_is_given_and_is_refused_where_it_does_not_fit():
    explorer = PhotoExplorer(X, np.ones((5, 5)))
    assert explorer.kernel == _OWN
    assert_array_equal(panels(explorer)["y"], [[[X.sum()]]])
    small = PhotoExplorer(X[:3, :3], np.ones((5, 5)), padding=1)
    move(small, kernel="identity", padding=0)
    ask(small, {"set": {"kernel": _OWN}})
    assert small.kernel == "identity"
    with pytest.raises(ValueError, match=r"kernel \(5\) must fit in the padded input \(3 \+ 2\*0 = 3\)"):
        small.kernel = _OWN


def test_the_default_photograph_is_the_portrait_in_grey():
    explorer = PhotoExplorer()
    photo = load_photo()
    assert_allclose(explorer.photo[0, 0], np.einsum("c,chw->hw", [0.299, 0.587, 0.114], photo[0]), atol=0.5 / 255)
    assert [panel["shape"] for panel in explorer._scenes[0]["panels"]] == [[200, 200], [3, 3], [3, 3], [198, 198]]
    explorer.stride = 2
    assert panels(explorer)["y"].shape == (1, 99, 99)
    assert explorer.explain().value == 99
    assert list(controls_of(explorer)) == ["kernel", "padding", "stride", "own"]
