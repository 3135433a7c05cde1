"""The stills of bars, curves and stacks of layers."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.colors import to_hex
from numpy.testing import assert_allclose
from stills_seen import alone

from cnnlab.geometry import receptive_field, trace_axes
from cnnlab.lab.scenes import panel
from cnnlab.lab.stills import draw_curves, draw_scene, draw_sizes, new_axes
from cnnlab.lab.stills.canvas import GRADIENT, INK, LETTERS, LINE, POSITIVE, UNIT, ZERO, words_on
from cnnlab.lab.stills.charts import PLAIN_BAR
from cnnlab.lab.stills.sizes import SEEN
from cnnlab.lab.stills.text import LEAST


def texts(ax) -> list[str]:
    return [word.text for word in words_on(ax)]


def filled(ax, colour) -> list[np.ndarray]:
    """Return the vertices of the shapes that are filled with a colour."""
    (drawing,) = ax.collections
    wanted = to_hex(colour, keep_alpha=True)
    shapes = zip(drawing.get_paths(), drawing.get_facecolor(), strict=True)
    return [path.vertices for path, fill in shapes if to_hex(fill, keep_alpha=True) == wanted]


def bars(values, **options) -> dict:
    look = {"role": "y", "view": "bars", "limit": 1.0, "captions": ["a", "b", "c"], **options}
    return panel("p", np.reshape(values, (1, 3, 1)), "softmax", "", **look)


def lengths_of(shapes) -> list[float]:
    return [np.ptp(shape[:, 0]) * UNIT for shape in shapes]


def test_bars_are_as_long_as_their_shares_the_best_one_strong():
    ax = draw_scene(alone(bars([0.25, 1.5, np.nan], best=1)), new_axes())
    assert texts(ax) == ["softmax", "a", "25 %", "b", "150 %", "c", "NaN"]
    assert_allclose(lengths_of(filled(ax, POSITIVE)), [132])
    assert_allclose(lengths_of(filled(ax, PLAIN_BAR)), [33, 2])
    assert [word.text for word in words_on(ax) if word.bold and word.colour == INK] == ["a", "b", "150 %", "c"]


def test_the_longest_name_of_a_bar_ends_before_the_bars_begin():
    ax = draw_scene(alone(bars([0.5, 0.5, 0.5], captions=["fully connected", "b", "c"])), new_axes())
    (name,) = (word for word in words_on(ax) if word.text == "fully connected")
    assert 0 <= min(bar[:, 0].min() for bar in filled(ax, PLAIN_BAR)) - name.right < 9 / UNIT


def test_bars_with_lengths_and_texts_of_their_own_have_a_scale():
    ax = draw_scene(alone(bars([1, 2, 3], lengths=[1.0, 0.5, 0.0], texts=["x", "y", "z"])), new_axes())
    assert texts(ax) == ["softmax", "a", "x", "b", "y", "c", "z"]
    assert_allclose(lengths_of(filled(ax, GRADIENT)), [132, 66, 2])
    (drawing,) = ax.collections
    rules = zip(drawing.get_paths(), drawing.get_edgecolor(), strict=True)
    at = [path.vertices[0, 0] * UNIT for path, line in rules if to_hex(line, keep_alpha=True) == f"{LINE}ff"]
    assert_allclose(np.diff(at), [22] * 5)


def test_a_chart_has_its_curves_its_grid_and_a_legend_with_the_last_numbers():
    x, y = np.array([0.0, 1.0, 2.0, 4.0]), np.array([4.0, np.nan, 1.0, 0.5])
    lines = [{"name": "training", "x": x, "y": y}, {"name": "held out", "x": x[:0], "y": y[:0]}]
    chart = {"unit": "", "top": 2.0, "last": 4, "ticks": 2, "label": "epoch", "lines": lines}
    ax = draw_scene(alone(panel("p", [[[0.5]]], "loss", "of it", role="y", view="chart", chart=chart)), new_axes())
    assert texts(ax)[:4] == ["loss ", "of it", "training 0.5", "held out"]
    assert texts(ax)[4:] == ["0", "0.4", "0.8", "1.2", "1.6", "2", "0", "1", "2", "epoch"]
    (drawing,) = ax.collections
    lines = [to_hex(colour) for colour in drawing.get_edgecolor()]
    assert lines.count(GRADIENT) == 1  # that of the legend: the second line has no point
    curve = [path.vertices for path, line in zip(drawing.get_paths(), lines, strict=True) if line == LETTERS["R"]][-1]
    across, down = ((side - side[0]) / (side[-1] - side[0]) for side in curve.T)
    assert_allclose(across, [0, 0.5, 1])  # what is no number is left out
    assert_allclose(down, [0, 0.5 / 0.75, 1])  # clipped at the top: from 2 to 1 to 0.5


def test_curves_over_one_axis_begin_at_zero_and_have_their_names():
    curves = {"one": [0.0, 2.3, 1.0], "other": [0.5, 0.5, 0.5]}
    ax = draw_curves([0, 1, 4], curves, new_axes(), title="t", label="steps")
    assert texts(ax)[:3] == ["t", "one 1", "other 0.5"]
    assert texts(ax)[-12:] == ["0", "0.5", "1", "1.5", "2", "2.5", "0", "1", "2", "3", "4", "steps"]
    (drawing,) = ax.collections
    (curve,) = (
        path.vertices
        for path, line in zip(drawing.get_paths(), drawing.get_edgecolor(), strict=True)
        if to_hex(line) == LETTERS["R"] and len(path.vertices) == 3
    )
    across, down = ((side - side[0]) / (side[-1] - side[0]) for side in curve.T)
    assert_allclose(across, [0, 0.25, 1])
    assert_allclose(down, [0, 2.3, 1])


def labelled(layers, size: int) -> tuple[list[int], list]:
    """Return the sizes of a stack, and its layers as ``draw_sizes`` wants them."""
    sizes = [size, *(axis.out for axis in trace_axes(size, layers))]
    rows = zip(layers, sizes[1:], receptive_field(layers), strict=True)
    return sizes, [(f"{name} {kernel}×{kernel}", f"out = {out}", field) for (name, kernel, *_), out, field in rows]


def test_a_stack_has_its_formulas_its_planes_to_scale_and_what_a_cell_sees():
    ax = draw_sizes(*labelled([("conv", 5, 2, 1), ("pool", 3, 1, 0), ("conv", 3, 1, 1)], 200), new_axes())
    said = " ".join(texts(ax))
    assert said.startswith("1 conv 5×5 out = 99 2 pool 3×3 out = 97 3 conv 3×3 out = 97 200 input")
    assert "1 conv 99 5 2 −1 2 pool 97 9 2 −1 3 conv 97 13 2 −3 The first cell of layer 3 sees 13×13 cells" in said
    assert_allclose([np.ptp(square[:, 0]) * UNIT for square in filled(ax, ZERO)[:4]], [96, 48, 47, 47])


def test_many_layers_go_on_in_a_second_row():
    ax = draw_sizes(*labelled([("conv", 3, 1, 1), ("pool", 2, 2, 0)] * 4, 64), new_axes())
    planes = [word for word in words_on(ax) if word.text.startswith(("input", "after"))]
    assert [word.text for word in planes] == ["input", *(f"after {k}" for k in range(1, 9))]
    assert planes[-1].top > planes[0].top + 2
    assert ax.get_xlim()[1] * UNIT <= 880


def test_what_the_layers_see_is_framed_in_the_input_and_in_the_lens_labels_not_upon_each_other():
    sizes, layers = labelled([("conv", 3, 1, 1), ("conv", 1, 1, 0), ("conv", 3, 1, 1), ("pool", 2, 2, 0)] * 2, 64)
    ax = draw_sizes(sizes, layers, new_axes())
    assert len(filled(ax, SEEN)) == 2 * len({(field.size, field.start) for _, _, field in layers})
    labels = [word for word in words_on(ax) if word.bold and word.size == LEAST]
    assert [word.text for word in labels] == ["8", "7", "5, 6", "4", "1, 2"]  # there is no room for 3
    assert all(first.top >= second.bottom - 0.05 for first, second in pairwise(labels))
