"""The stills: planes, charts, bars and stacks of layers; the same bytes in each run, and nothing global touched."""

from __future__ import annotations

import json
import subprocess
from base64 import b64decode
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from explorers import MAKERS, WITHOUT_PICTURE
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgba
from numpy.testing import assert_allclose
from stills_seen import SCENES, X, pixels

from cnnlab.lab.scenes import convolution_scene
from cnnlab.lab.stills import Picture, draw_plane, draw_scene, new_axes, scene_png, to_png
from cnnlab.lab.stills.canvas import DPI, NEGATIVE, POSITIVE, UNIT, ZERO, words_on
from cnnlab.lab.stills.scene import with_breaks
from cnnlab.lab.stills.text import brief, outline, wrap

NUMBERS = Path(__file__).parents[2] / "cnnlab" / "lab" / "front" / "numbers.js"
FORMAT = """
import { brief } from NUMBERS;
import { readFileSync } from "node:fs";
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(brief)));
"""


def texts(ax) -> list[str]:
    return [word.text for word in words_on(ax)]


# --- numbers and letters ---


def test_numbers_are_written_as_the_front_end_writes_them(node, rng):
    values = [0.0, -0.0, 1, -2, 0.125, -0.125, 0.001, -0.004, 0.005, 0.0049, 0.995, 9.995, 123.456, 99999, 1e5, 125000]
    values += [-1e21, 3e-9, 0.5, 2.5, 12.5, 100.5, 99999.5, 1 / 3]
    values += (rng.normal(size=400) * 10.0 ** rng.integers(-5, 8, 400)).tolist()
    script = FORMAT.replace("NUMBERS", json.dumps(NUMBERS.as_uri()))
    command = [node, "--input-type=module", "-e", script]
    run = subprocess.run(command, input=json.dumps(values), capture_output=True, encoding="utf-8", timeout=60)
    assert run.returncode == 0, run.stderr
    assert list(map(brief, values)) == json.loads(run.stdout)


def test_what_is_no_finite_number_is_written_too():
    assert [brief(value) for value in (np.nan, np.inf, -np.inf)] == ["NaN", "∞", "−∞"]


@pytest.mark.parametrize("text", ["z_A", "δ_zA", "⋆_full", "∂L/∂a_A"])
def test_what_follows_an_underscore_after_a_single_letter_is_a_subscript(text):
    bottom = outline(text, 10.0, False)[0][:, 1].max()
    assert bottom > 1.5
    assert outline(text.replace("_", ""), 10.0, False)[0][:, 1].max() < bottom


def test_an_underscore_within_a_word_is_one():
    widths = [outline(text, 10.0, False)[2] for text in ("max_pool2d", "max", "_", "pool2d")]
    assert widths[0] == pytest.approx(sum(widths[1:]))


def test_lines_are_broken_between_words_and_a_word_that_is_too_wide_stands_alone_and_whole():
    width = outline("two words", 14.0, False)[2]
    assert wrap("two words two words", width) == ["two words", "two words"]
    assert wrap("two words two words", width - 0.1) == ["two", "words", "two", "words"]
    assert wrap("incomprehensibilities", 10) == ["incomprehensibilities"]
    assert wrap("two words", width, indent=1) == ["two", "words"]
    assert wrap("a\nb", width) == ["a", "b"]


# --- planes ---


def test_a_plane_has_each_number_in_the_middle_of_its_cell():
    ax = draw_plane([[1, -2, 0.5], [0, np.inf, 3]], new_axes(), at=(2, 1))
    assert texts(ax) == ["1", "−2", "0.5", "0", "∞", "3"]
    middles = [(word.left + word.right) / 2 for word in words_on(ax)]
    assert_allclose(middles, [2.5, 3.5, 4.5] * 2, atol=1 / UNIT)
    assert_allclose([(word.top + word.bottom) / 2 for word in words_on(ax)], [1.5] * 3 + [2.5] * 3, atol=2 / UNIT)
    assert (ax.get_xlim(), ax.get_ylim()) == ((2, 5), (3, 1))


def test_the_cells_of_a_plane_have_the_colours_of_its_values_from_minus_to_plus_the_limit():
    image = pixels(to_png(draw_plane([[-2, 0, 2]], new_axes(), limit=4)))[..., :3]
    assert image.shape == (UNIT, 3 * UNIT, 3)
    left, middle, right = (image[6, 6 + k * UNIT] for k in range(3))
    assert left[0] > left[2]
    assert_allclose(middle, np.array([0xEC, 0xEF, 0xF4]) / 255, atol=0.005)
    assert right[0] < right[2]
    full = pixels(to_png(draw_plane([[-2, 0, 2]], new_axes())))[..., :3]
    assert full[6, 6, 2] < left[2]


def test_a_large_plane_is_a_picture_without_numbers():
    plane = np.arange(400.0).reshape(20, 20)
    ax = draw_plane(plane, new_axes(), side=10, palette="gray")
    assert texts(ax) == []
    (image,) = ax.images
    assert image.get_extent() == (0, 10, 10, 0)
    assert_allclose(image.get_array()[..., 0], plane / 399, atol=0.004)
    signed = draw_plane(plane - 200, new_axes(), limit=200).images[0].get_array()
    ends = [to_rgba(colour) for colour in (NEGATIVE, ZERO, POSITIVE)]
    assert_allclose([signed[0, 0], signed[10, 0], signed[19, 19]], ends, atol=0.01)
    assert texts(draw_plane(np.ones((4, 4)), new_axes(), side=1)) == []


def test_limits_that_somebody_has_set_stay():
    ax = new_axes()
    ax.set(xlim=(0, 9), ylim=(7, 0))
    draw_plane(np.ones((2, 2)), ax)
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 9), (7, 0))
    assert pixels(to_png(ax)).shape[:2] == (7 * UNIT, 9 * UNIT)


# --- pictures ---


def test_a_picture_is_the_same_in_each_run_and_another_for_other_numbers():
    scenes = [convolution_scene(x, np.ones((1, 1, 2, 2))) for x in (X, X, -X)]
    first, again, other = (scene_png(scene, title="a title") for scene in scenes)
    assert first == again != other


def test_settings_are_neither_read_nor_changed_and_pyplot_knows_no_figure():
    before, figures = dict(mpl.rcParams), plt.get_fignums()
    picture = scene_png(SCENES["convolution"], title="a title")
    assert (dict(mpl.rcParams), plt.get_fignums()) == (before, figures)
    theirs = {
        "font.size": 30,
        "font.family": "serif",
        "savefig.dpi": 50,
        "figure.facecolor": "red",
        "text.usetex": True,
    }
    with mpl.rc_context(theirs):
        assert scene_png(SCENES["convolution"], title="a title") == picture


def test_a_long_title_is_broken_before_its_signs_of_equality_where_that_is_enough():
    title = "out = floor((5 - 3 + 2*1) / 2) + 1 = floor(4 / 2) + 1 = 3"
    assert with_breaks(title, 400) == "out = floor((5 - 3 + 2*1) / 2) + 1\n= floor(4 / 2) + 1 = 3"
    assert with_breaks(title, 100) == title
    assert with_breaks(title, 900) == title
    heights = [pixels(scene_png(title=text)).shape[0] for text in ("one line", title * 2, "word " * 60)]
    assert heights[0] < heights[1] < heights[2]


@pytest.mark.parametrize("name", [name for name in MAKERS if name not in WITHOUT_PICTURE])
def test_every_explorer_has_a_still_no_wider_than_a_page(name):
    explorer = MAKERS[name]()
    still = explorer.still()
    assert still == explorer.still()
    height, width = pixels(b64decode(still["image/png"])).shape[:2]
    assert 500 <= width <= 880
    assert height <= (1500 if name == "PoolingExplorer" else 1200)  # it has two channels, and below them their ties


def test_the_picture_has_whole_px():
    ax = draw_scene(SCENES["convolution"], new_axes())
    to_png(ax)
    assert_allclose(ax.figure.get_size_inches() * DPI % 1, 0.01, atol=1e-6)


def test_a_picture_is_an_image_with_words_for_whoever_cannot_see_it():
    ax = draw_plane([[1.0, -2.0]], new_axes())
    picture = Picture(ax, 'blue & "orange"')
    image = ElementTree.fromstring(picture._repr_html_().replace(">", "/>"))
    assert image.attrib["alt"] == 'blue & "orange"'
    kind, _, data = image.attrib["src"].partition(",")
    assert (kind, b64decode(data)) == ("data:image/png;base64", to_png(ax))
