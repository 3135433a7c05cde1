"""The stills of bars, curves and stacks of layers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.colors import to_rgba
from numpy.testing import assert_allclose
from stills_seen import alone, box_of, drawn_by, shapes_of, texts

from cnnlab.geometry import receptive_field, trace_axes
from cnnlab.lab.scenes import panel
from cnnlab.lab.stills import draw_scenes, draw_sizes, picture_of_curves
from cnnlab.lab.stills._canvas import WIDTH
from cnnlab.lab.stills._colours import BLUE, GRADIENT, INK, LINE, PALE_BAR, POSITIVE, ZERO


def filled(canvas, colour) -> list[np.ndarray]:
    """Return the corners of the polygons that are filled with a colour."""
    return [shape["points"] for shape in shapes_of(canvas) if np.allclose(shape["fill"], to_rgba(colour))]


def lines_of(canvas, colour) -> list[np.ndarray]:
    """Return the points of the lines of a colour."""
    lines = (shape for shape in shapes_of(canvas) if not shape["closed"])
    return [shape["points"] for shape in lines if shape["line"] == to_rgba(colour)]


def bars(values, **options) -> dict:
    look = {"role": "y", "view": "bars", "limit": 1.0, "captions": ["a", "b", "c"], **options}
    return alone(panel("p", np.reshape(values, (1, 3, 1)), "softmax", "", **look))


def widths_of(shapes) -> list[float]:
    return [np.ptp(shape[:, 0]) for shape in shapes]


def test_bars_are_as_long_as_their_shares_the_best_one_strong():
    canvas = draw_scenes([bars([0.25, 1.5, np.nan], best=1)])
    assert texts(canvas) == ["softmax", "a", "25 %", "b", "150 %", "c", "NaN"]
    assert_allclose(widths_of(filled(canvas, POSITIVE)), [132])
    assert_allclose(widths_of(filled(canvas, PALE_BAR)), [33, 2])
    assert [word.text for word in canvas.words if word.bold and word.colour == INK] == ["a", "b", "150 %", "c"]


def test_the_longest_name_of_a_bar_ends_before_the_bars_begin():
    canvas = draw_scenes([bars([0.5, 0.5, 0.5], captions=["fully connected", "b", "c"])])
    (name,) = (word for word in canvas.words if word.text == "fully connected")
    assert 0 <= min(bar[:, 0].min() for bar in filled(canvas, PALE_BAR)) - (name.left + name.width) < 9


def test_bars_may_have_lengths_and_texts_of_their_own():
    canvas = draw_scenes([bars([1, 2, 3], lengths=[1.0, 0.5, 0.0], texts=["x", "y", "z"])])
    assert texts(canvas) == ["softmax", "a", "x", "b", "y", "c", "z"]
    assert_allclose(widths_of(filled(canvas, GRADIENT)), [132, 66, 2])


def test_a_chart_has_its_curves_its_grid_and_a_legend_with_the_last_numbers():
    x, y = np.array([0.0, 1.0, 2.0, 4.0]), np.array([4.0, np.nan, 1.0, 0.5])
    lines = [{"name": "training", "x": x, "y": y}, {"name": "held out", "x": x[:0], "y": y[:0]}]
    chart = {"unit": "", "x": [0, 4], "y": [0.0, 2.0], "ticks": [0, 2], "label": "epoch", "lines": lines}
    canvas = draw_scenes([alone(panel("p", [[[0.5]]], "loss", "of it", role="y", view="chart", chart=chart))])
    assert texts(canvas) == [
        *("loss", "of it", "0", "0.4", "0.8", "1.2", "1.6", "2", "0", "1", "2", "epoch"),
        *("training 0.5", "held out"),
    ]
    assert len(lines_of(canvas, LINE)) == 6
    assert len(lines_of(canvas, GRADIENT)) == 1  # that of the legend: the second line has no point
    key, curve = lines_of(canvas, BLUE)
    assert len(key) == 2
    across, down = ((side - side[0]) / (side[-1] - side[0]) for side in curve.T)
    assert_allclose(across, [0, 0.5, 1])  # what is no number is left out
    assert_allclose(down, [0, 0.5 / 0.75, 1])  # clipped at the top: from 2 to 1 to 0.5


def test_curves_over_one_axis_begin_at_zero_have_their_names_and_differ_without_colour(monkeypatch):
    curves = {"one": [0.0, 2.3, 1.0], "other": [0.5, 0.5, 0.5]}
    canvas = drawn_by(monkeypatch, lambda: picture_of_curves([0, 1, 4], curves, "two", title="t", label="steps"))
    assert texts(canvas) == ["t", *("0", "0.5", "1", "1.5", "2", "2.5"), *"01234", "steps", "one 1", "other 0.5"]
    across, down = ((side - side[0]) / (side[-1] - side[0]) for side in lines_of(canvas, BLUE)[1].T)
    assert_allclose(across, [0, 0.25, 1])
    assert_allclose(down, [0, 2.3, 1])
    dashed = {shape["line"]: shape["dashed"] for shape in shapes_of(canvas) if not shape["closed"]}
    assert (dashed[to_rgba(BLUE)], dashed[to_rgba(GRADIENT)]) == (False, True)


def labelled(layers, size: int) -> tuple[list[int], list]:
    """Return the sizes of a stack, and its layers as ``draw_sizes`` wants them."""
    sizes = [size, *(axis.out for axis in trace_axes(size, layers))]
    rows = zip(layers, sizes[1:], receptive_field(layers), strict=True)
    return sizes, [(f"{name} {kernel}×{kernel}", f"out = {out}", field) for (name, kernel, *_), out, field in rows]


def test_a_stack_has_its_formulas_its_planes_to_scale_and_what_a_cell_sees():
    canvas = draw_sizes(*labelled([("conv", 5, 2, 1), ("pool", 3, 1, 0), ("conv", 3, 1, 1)], 200))
    said = " ".join(texts(canvas))
    assert said.startswith(
        "1 conv 5×5 out = 99 2 pool 3×3 out = 97 3 conv 3×3 out = 97 input 200 conv 5×5 → after 1 99 pool 3×3 →"
    )
    assert "1 conv 99 5 2 −1 2 pool 97 9 2 −1 3 conv 97 13 2 −3 The first cell of layer 3 sees 13×13 cells" in said
    assert_allclose(widths_of(filled(canvas, ZERO)), 76 * np.array([200, 99, 97, 97]) / 200)


def test_many_layers_fit_a_page():
    canvas = draw_sizes(*labelled([("conv", 3, 1, 1), ("pool", 2, 2, 0)] * 4, 64))
    planes = [word for word in canvas.words if word.text == "input" or word.text.startswith("after")]
    assert [word.text for word in planes] == ["input", *(f"after {k}" for k in range(1, 9))]
    assert max(box_of(word)[2] for word in canvas.words) <= canvas.width <= WIDTH
    assert all(before.left + before.width < word.left for before, word in pairwise(planes))
