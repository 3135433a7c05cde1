"""The static pictures: numbers as the stage writes them, hatches, winners and the window of the first output."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np
from matplotlib.colors import to_hex
from numpy.testing import assert_allclose

from cnnlab.figures import INK, PHOTO, draw_plane, draw_scene, format_value, new_axes, scene_png
from cnnlab.scenes import convolution_scene, pooling_scene

WORDS = Path(__file__).parents[1] / "cnnlab" / "front" / "words.js"
FORMAT = """
import { brief } from WORDS;
import { readFileSync } from "node:fs";
console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(brief)));
"""
X = np.arange(25.0).reshape(1, 1, 5, 5)


def cells_in(ax, chosen) -> set[tuple[float, float]]:
    """Return the corners (x, y) of the rectangles that ``chosen`` says yes to."""
    return {patch.get_xy() for patch in ax.patches if chosen(patch)}


def framed(patch) -> bool:
    return to_hex(patch.get_edgecolor()) == INK and patch.get_linewidth() == 1.4


def corners(cells, at=(0.0, 0.0)) -> set[tuple[float, float]]:
    return {(at[0] + column, at[1] + row) for row, column in cells}


def drawn(scene):
    """Return the Axes of a scene, and where its panels begin: the corner of each image."""
    ax = draw_scene(scene, new_axes())
    return ax, [(image.get_extent()[0], image.get_extent()[3]) for image in ax.images]


def test_numbers_are_written_as_the_front_end_writes_them(node, rng):
    values = [0.0, -0.0, 1, -2, 0.125, -0.125, 0.001, -0.004, 0.005, 0.0049, 0.995, 9.995, 123.456, 99999, 1e5, 125000]
    values += [-1e21, 3e-9, 0.5, 2.5, 12.5, 100.5, 99999.5, 1 / 3]
    values += (rng.normal(size=400) * 10.0 ** rng.integers(-5, 8, 400)).tolist()
    script = FORMAT.replace("WORDS", json.dumps(WORDS.as_uri()))
    command = [node, "--input-type=module", "-e", script]
    run = subprocess.run(command, input=json.dumps(values), capture_output=True, encoding="utf-8", timeout=60)
    assert run.returncode == 0, run.stderr
    assert list(map(format_value, values)) == json.loads(run.stdout)


def test_what_is_no_finite_number_is_written_too():
    assert [format_value(value) for value in (np.nan, np.inf, -np.inf)] == ["NaN", "∞", "−∞"]


def test_padding_is_hatched_and_so_is_what_no_window_reads_in_another_way():
    ax, places = drawn(convolution_scene(X, np.ones((1, 1, 2, 2)), stride=3, padding=((1, 0), (0, 0))))
    hatched = {hatch: cells_in(ax, lambda patch, hatch=hatch: patch.get_hatch() == hatch) for hatch in ("////", "...")}
    ring = {(0, column) for column in range(5)}
    unread = {(row, column) for row in range(1, 6) for column in range(5) if row in (2, 5) or column == 2}
    assert hatched["////"] == corners(ring - {(0, 2)}, places[0])
    assert hatched["..."] == corners(unread, places[0])
    assert cells_in(ax, lambda patch: patch.get_hatch() == "////...") == corners({(0, 2)}, places[0])


def test_the_window_of_the_first_output_is_framed_in_every_channel():
    ax, places = drawn(convolution_scene(np.ones((1, 2, 3, 3)), np.ones((1, 2, 2, 2))))
    window = [(0, 0), (0, 1), (1, 0), (1, 1)]
    stacks = [corners(window, place) for place in places[:4]]  # two channels of x, two of w
    assert cells_in(ax, framed) == set.union(*stacks, corners([(0, 0)], places[4]))


def test_the_winners_of_max_pooling_have_a_dot():
    x = np.array([[[[1.0, 5, 0, 0], [0, 0, 0, 7], [0, 0, 3, 0], [9, 0, 0, 0]]]])
    ax, places = drawn(pooling_scene(x, 2, stride=2))
    dots = [(line.get_ydata()[0], line.get_xdata()[0]) for line in ax.lines]
    left, top = places[0]
    winners = np.array([(0, 1), (1, 3), (2, 2), (3, 0)])
    assert_allclose(sorted(dots), winners + np.array([top + 0.15, left + 0.85]))


def test_colours_run_from_minus_to_plus_the_limit_of_the_panel():
    ax, _ = drawn(convolution_scene(X - 20, np.ones((1, 1, 2, 2))))
    assert [image.get_clim() for image in ax.images] == [(-20, 20), (-1, 1), (-68, 68)]


def test_a_large_plane_has_colours_alone_and_the_width_of_a_photograph():
    ax = draw_plane(np.ones((40, 40)), new_axes())
    assert (len(ax.texts), len(ax.patches)) == (0, 0)
    _, places = drawn(convolution_scene(np.ones((1, 1, 40, 40)), np.ones((1, 1, 3, 3))))
    assert places[1][0] >= PHOTO


def test_a_picture_is_the_same_in_each_run_and_another_for_other_numbers():
    scenes = [convolution_scene(x, np.ones((1, 1, 2, 2))) for x in (X, X, -X)]
    first, again, other = (scene_png(scene, title="a title") for scene in scenes)
    assert first == again != other
