"""The stills: letters and numbers, planes, colours, what is refused; the same in each run, nothing global touched."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import warnings
from base64 import b64decode
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import numpy as np
import pytest
from explorers import MAKERS, WITHOUT_PICTURE
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from numpy.testing import assert_allclose
from stills_seen import SCENES, X, box_of, drawn_by, pixels, texts

import cnnlab
from cnnlab.lab.numbers import format_value as brief
from cnnlab.lab.scenes import convolution_scene
from cnnlab.lab.stills import draw_scenes, picture_of_curves, picture_of_planes
from cnnlab.lab.stills._canvas import MARGIN, Canvas, width_of, words, wrap
from cnnlab.lab.stills._colours import NEGATIVE, POSITIVE, ZERO, mixed

PACKAGE = Path(cnnlab.__file__).parent
NUMBERS = PACKAGE / "lab" / "front" / "numbers.js"
FORMAT = """
import { brief } from NUMBERS;
import { readFileSync } from "node:fs";
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(brief)));
"""

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
    assert [brief(value) for value in (np.nan, np.inf, -np.inf)] == ["NaN", "∞", "−∞"]


def test_what_follows_an_underscore_after_a_single_letter_is_a_subscript_and_within_a_word_it_is_one():
    for text in ("z_A", "δ_zA", "⋆_full", "∂L/∂a_A"):
        assert width_of(text) < width_of(text.replace("_", ""))
    widths = [width_of(text) for text in ("max_pool2d", "max", "_", "pool2d")]
    assert widths[0] == pytest.approx(sum(widths[1:]), abs=0.2)


def test_a_letter_that_the_font_lacks_is_a_box_and_a_dollar_sign_is_one():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for bold in (False, True):
            assert {width_of(text, 14.0, bold) for text in "中한हไ\t\n"} == {width_of("▯", 14.0, bold)}
            parts = [width_of(text, 14.0, bold) for text in ("$", "x_A", "$ ")]
            assert width_of("$x_A$ ", 14.0, bold) == pytest.approx(sum(parts), abs=0.2)
        scene = convolution_scene(X, np.ones((1, 1, 2, 2))) | {"heading": "中한हไ $x$ and $y$"}
        canvas = draw_scenes([scene], "a\ttitle in 中文 for $5")
        assert canvas.png()[1:4] == b"PNG"
        assert canvas.drawing("pdf").startswith(b"%PDF")
    assert texts(canvas)[:2] == ["a\ttitle in 中文 for $5", "中한हไ $x$ and $y$"]


def test_lines_are_broken_between_words_and_a_word_that_is_too_wide_stands_alone_and_whole():
    def lines(text: str, room: float) -> list[str]:
        return ["".join(run.text for run in line).strip() for line in wrap(words(text), room)]

    width = width_of("two words")
    assert lines("two words two words", width) == ["two words", "two words"]
    assert lines("two words two words", width - 0.1) == ["two", "words", "two", "words"]
    assert lines("incomprehensibilities", 10) == ["incomprehensibilities"]


def test_words_are_records_whose_point_and_share_to_its_left_say_where_they_stand():
    canvas = Canvas()
    ends = [canvas.write(100, 50, "a number", size=12.0, colour="#123456", bold=True, align=k) for k in (0.0, 0.5, 1.0)]
    for word, end, align in zip(canvas.words, ends, (0.0, 0.5, 1.0), strict=True):
        assert (word.text, word.size, word.colour, word.bold) == ("a number", 12.0, "#123456", True)
        assert word.left + align * word.width == pytest.approx(100, abs=0.5)
        assert end == word.left + word.width
        assert word.base == 54  # the middle of the capitals is at 50
    shown = draw_scenes([SCENES["convolution"]])
    image = pixels(shown.png())[..., :3]
    for word in shown.words:
        left, top, right, bottom = (round(side) + MARGIN for side in box_of(word))
        assert image[top:bottom, left : right + 1].min() < 0.55, word  # there is ink where a record says


# --- planes ---


def test_a_plane_has_each_number_in_the_middle_of_its_cell_and_its_title_above(monkeypatch):
    planes = {"first": [[1, -2, 0.5], [0, np.inf, 3]], "second": [[7]]}
    canvas = drawn_by(monkeypatch, lambda: picture_of_planes(planes, "two"))
    assert texts(canvas) == ["first", "1", "−2", "0.5", "0", "∞", "3", "second", "7"]
    middles = [(word.left + word.width / 2, word.base - 0.36 * word.size) for word in canvas.words[1:7]]
    expected = [(38 * (k % 3) + 19, 38 * (k // 3) + 22 + 19) for k in range(6)]
    assert_allclose(middles, expected, atol=2)


def test_the_cells_of_a_plane_have_the_colours_of_its_values_from_minus_to_plus_the_limit():
    def cells(*values, limit=None):
        png = picture_of_planes({"a": [values]}, "cells", limit=limit).png
        return [pixels(png)[MARGIN + 22 + 4, MARGIN + 38 * k + 4, :3] for k in range(len(values))]

    ends = [mixed(NEGATIVE, 0.72), to_rgb(ZERO), mixed(POSITIVE, 0.72)]
    assert_allclose(cells(-4, 0, 4, limit=4), ends, atol=0.004)
    assert_allclose(cells(-2, 0, 2), ends, atol=0.004)
    assert ends[0][2] < cells(-2, 0, 2, limit=4)[0][2] < ends[1][2]


def test_a_large_plane_is_a_picture_without_numbers(monkeypatch):
    plane = np.arange(400.0).reshape(20, 20)
    colours = np.random.default_rng(0).random((20, 20, 3))
    signs, grey, photo = (
        drawn_by(monkeypatch, lambda values=values, look=look: picture_of_planes({"a": values}, "a", **look))
        for values, look in ((plane - 200, {"limit": 200}), (plane, {"palette": "gray"}), (colours, {}))
    )
    assert [texts(canvas) for canvas in (signs, grey, photo)] == [["a"]] * 3
    signed, shades, given = (np.asarray(canvas.ax.images[0].get_array()) for canvas in (signs, grey, photo))
    assert_allclose(shades[..., 0], plane / 399, atol=0.004)
    assert_allclose(given, colours)
    ends = [to_rgb(colour) for colour in (NEGATIVE, ZERO, POSITIVE)]
    assert_allclose([signed[0, 0], signed[10, 0], signed[19, 19]], ends, atol=0.01)


# --- what is refused ---


class _Odd:
    def __repr__(self):
        raise RuntimeError("it cannot show itself")

    __array__ = __iter__ = __len__ = __float__ = __repr__


ODD = [None, "word", "", b"bytes", True, 0, -1, 1.5, 1e300, 10**400, np.nan, np.inf, 1j, [], {}, set(), [1, 2], [[1]]]
ODD += [[[1], [2, 3]], {"a": [1, 2]}, {"a": 1}, {1: [0]}, {"a": [np.nan]}, np.zeros((2, 2, 2)), np.zeros((0, 3))]
ODD += [np.array(["a"]), np.ones((2, 3), complex), np.ma.masked_less([[1.0, 2.0]], 1.5), np.full((1, 3), 1e308), _Odd()]
ODD += [_Odd, len, plt, range(3), iter([1]), (1, 2, 3), ("x", "y"), (np.nan, 0), np.float32(2), np.array(3), 2**63]


def test_odd_arguments_are_refused_in_words_or_drawn_without_a_warning():
    good = {
        picture_of_planes: {"planes": {"a": [[1, 2]]}, "alt": "words", "limit": 1, "palette": "gray"},
        picture_of_curves: {"x": [0, 1], "curves": {"a": [0, 1]}, "alt": "words", "title": "t", "label": "l"},
    }
    messages = []
    for draw, arguments in good.items():
        for name in arguments:
            for odd in [*ODD, *({"a": odd} for odd in ODD if name in ("planes", "curves"))]:
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    try:
                        draw(**{**arguments, name: odd})
                    except (TypeError, ValueError) as error:
                        messages.append(str(error))
    assert len(messages) > 300
    assert [text for text in messages if not re.match(r"[\w ]+(\(.*)? must ", text, re.DOTALL)] == []


def test_a_picture_that_would_fill_the_memory_is_refused():
    with pytest.raises(ValueError, match=r"a picture \(\d+×\d+ px\) must have at most 33,554,432 px"):
        picture_of_planes({"a": np.ones((40_000, 1))}, "much")


# --- pictures ---


def test_a_picture_is_the_same_in_each_run_and_another_for_other_numbers():
    scenes = [convolution_scene(x, np.ones((1, 1, 2, 2))) for x in (X, X, -X)]
    first, again, other = (draw_scenes([scene], "a title").png() for scene in scenes)
    assert first == again != other


def test_settings_are_neither_read_nor_changed_and_pyplot_knows_no_figure():
    before, figures = dict(mpl.rcParams), plt.get_fignums()
    picture = draw_scenes([SCENES["convolution"]], "a title").png()
    assert (dict(mpl.rcParams), plt.get_fignums()) == (before, figures)
    theirs = {"font.size": 30, "font.family": "serif", "savefig.dpi": 50, "figure.facecolor": "red"}
    with mpl.rc_context({**theirs, "text.usetex": True, "lines.linewidth": 9, "path.snap": True}):
        assert draw_scenes([SCENES["convolution"]], "a title").png() == picture


def test_every_explorer_has_a_still_no_wider_than_a_page():
    for name in MAKERS:
        if name not in WITHOUT_PICTURE:
            height, width = pixels(b64decode(MAKERS[name]().still()["image/png"])).shape[:2]
            assert 500 <= width <= 880, name
            high = name in ("ChannelsExplorer", "PoolingExplorer")  # several channels, and below them their gradients
            most = 1800 if high else 1200
            assert height <= most, name


def test_a_picture_is_an_image_with_words_for_whoever_cannot_see_it():
    picture = picture_of_planes({"a": [[1.0, -2.0]]}, 'blue & "orange"')
    image = ElementTree.fromstring(picture._repr_html_().replace(">", "/>"))
    assert image.attrib["alt"] == 'blue & "orange"'
    kind, _, data = image.attrib["src"].partition(",")
    assert (kind, b64decode(data)) == ("data:image/png;base64", picture.png)


COUNT = """
import numpy as np
from cnnlab.lab.scenes import convolution_scene
from cnnlab.lab.stills import draw_scenes
from matplotlib.image import imread
from io import BytesIO
scene = convolution_scene(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)))
image = imread(BytesIO(draw_scenes([scene]).png()), format="png")[..., :3]
print((abs(image - np.array([1, 0, 1])) < 0.01).all(axis=-1).sum())
"""


def test_the_colour_of_a_window_is_one_line_that_the_stills_and_the_front_end_read(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "cnnlab", ignore=shutil.ignore_patterns("__pycache__"))
    sheet = tmp_path / "cnnlab" / "lab" / "front" / "colours.css"
    given = sheet.read_text(encoding="utf-8")
    changed, lines = re.subn(r"--cnnlab-window:[^;]*;", "--cnnlab-window: #ff00ff;", given)
    assert lines == 1

    sheet.write_text(changed, encoding="utf-8")
    run = subprocess.run([sys.executable, "-c", COUNT], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert int(run.stdout) > 200  # the cell in view has such a frame
    for name, selectors in (("cells.css", ("lit", "selected")), ("wires.css", ("window",))):
        css = (sheet.parent / name).read_text(encoding="utf-8")
        for selector in selectors:
            rules = re.findall(rf"\.cnnlab-{selector} {{(.*?)}}", css, re.DOTALL)
            frames = re.findall(r"(?:box-shadow|outline): .*?var\((.*?)\);", "".join(rules))
            assert set(frames) <= {"--cnnlab-window", "--cnnlab-gradient"}, selector
            assert "--cnnlab-window" in frames, selector
