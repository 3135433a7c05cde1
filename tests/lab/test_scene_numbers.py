"""Scenes beside the public functions: what goes back, who wins, how a gradient is scattered, how numbers travel."""

from __future__ import annotations

import numpy as np
import pytest
from explorers import packed_array
from numpy.testing import assert_allclose, assert_array_equal

from cnnlab import (
    conv2d,
    conv2d_backward,
    load_photo,
    max_pool2d,
    max_pool2d_backward,
    mean_pool2d,
    mean_pool2d_backward,
    pad2d,
)
from cnnlab.data import normalise_bitmap
from cnnlab.lab.scenes import (
    convolution_scene,
    digit_scene,
    gather_scene,
    panel,
    photo_scene,
    pooling_scene,
    scatter_scene,
    tie_scene,
)
from cnnlab.lab.scenes._network import bars_panel
from cnnlab.pooling import POOLS, Pool


def test_max_and_mean_scenes_go_back_as_the_public_functions_do():
    x = np.array([[3.0, 3, 1, 0, -2], [3, 1, 1, 5, 5], [0, 0, -1, 5, 2], [1, 2, 2, 2, 4], [1, 1, 1, 0, 9]])[None, None]
    for stride in (1, 2, 3):
        settings = {"stride": stride, "padding": 1, "ceil_mode": True}
        y, argmax = max_pool2d(x, 3, **settings)
        dy = np.arange(1.0, y.size + 1).reshape(y.shape)
        shown = pooling_scene(x, 3, dy=dy, **settings)["panels"][2]["values"]
        assert_array_equal(shown[:, 1:6, 1:6], max_pool2d_backward(dy, argmax, x.shape)[0])
        assert shown.sum() == dy.sum()
        for include in (True, False):
            shown = pooling_scene(x, 3, op="mean", dy=dy, count_include_pad=include, **settings)["panels"][2]["values"]
            dx = mean_pool2d_backward(dy, x.shape, 3, count_include_pad=include, **settings)
            assert_allclose(shown[:, 1:6, 1:6], dx[0], rtol=1e-12)


def test_the_winners_marked_are_the_cells_that_argmax_names():
    x = np.array([[1.0, 5, 2, 0], [3, 4, 6, 6], [0, 0, 8, 7], [9, 0, 7, 8]])[None, None]
    panel = pooling_scene(x, 2, stride=1)["panels"][0]
    _, argmax = max_pool2d(x, 2, stride=1)
    assert panel["marks"]["winner"] == [[0, int(k) // 4, int(k) % 4] for k in np.unique(argmax)]
    assert "marks" not in pooling_scene(x, 2, op="mean")["panels"][0]


@pytest.mark.parametrize("geometry", [(3, 2, 1, 0), (5, 3, 2, 1), (6, 2, 3, 0), (5, 1, 2, 2)])
def test_scattering_step_by_step_ends_in_what_gathering_gives_at_once(rng, geometry):
    size, kernel, stride, padding = geometry
    x, w = rng.integers(-3, 4, (1, 1, size, size)), rng.integers(-3, 4, (1, 1, kernel, kernel))
    x, w = x.astype(float), w.astype(float)
    dy = rng.integers(-3, 4, conv2d(x, w, stride=stride, padding=padding).shape).astype(float)
    scatter = scatter_scene(x, w, dy, stride=stride, padding=padding)
    frames = scatter["panels"][-1]["frames"][:, 0]
    assert (scatter["steps"], scatter["first"]) == ("dy", {"panel": "dy", "cell": [0, 0, 0]})
    xp = pad2d(x, padding)
    for step, frame in enumerate(frames):
        so_far = np.where(np.arange(dy.size) <= step, dy.ravel(), 0).reshape(dy.shape)
        assert_array_equal(frame, conv2d_backward(so_far, xp, w, stride=stride)[0][0, 0])
    assert len(frames) == dy.size
    assert_array_equal(scatter["panels"][-1]["values"][0], frames[-1])
    gather = gather_scene(x, w, dy, stride=stride, padding=padding)
    assert_array_equal(gather["panels"][-1]["values"][0], frames[-1])
    given = gather["panels"][0]
    inserted = np.zeros(given["shape"], bool)
    inserted[tuple(np.array(given["marks"]["inserted"], int).reshape(-1, 3).T[1:])] = True
    assert not given["values"][0][inserted].any()
    kept = [[not kind for kind in given["edges"][end]] for end in ("rows", "columns")]
    inner = given["values"][0][np.ix_(*kept)]
    assert inner.shape == tuple((length - 1) * stride + 1 for length in dy.shape[2:])
    assert inserted.sum() == inner.size - dy.size
    assert_array_equal(inner[::stride, ::stride], dy[0, 0])


def test_a_kernel_that_is_turned_keeps_the_index_of_each_tap():
    w = np.arange(6.0).reshape(1, 1, 2, 3)
    _, kernel, _ = gather_scene(np.ones((1, 1, 3, 4)), w, np.ones((1, 1, 2, 2)))["panels"]
    rows, columns = kernel["places"]["rows"], kernel["places"]["columns"]
    assert (rows, columns, kernel["turned"]) == ([1, 0], [2, 1, 0], True)
    assert_array_equal(kernel["values"][0], w[0, 0][np.ix_(rows, columns)])
    turned = convolution_scene(np.ones((1, 1, 3, 4)), w, turned=True)["panels"][1]  # turned where it is used alone
    assert_array_equal(turned["values"][0], w[0, 0])
    assert (turned["places"]["rows"], "turned" in turned) == ([0, 1], False)


@pytest.mark.parametrize("dilation", [1, 2])
def test_every_pool_takes_a_dilation_there_and_back(dilation):
    x = np.arange(30.0).reshape(1, 1, 5, 6) % 7
    settings = {"stride": 1, "padding": 1, "dilation": dilation}
    y, argmax = max_pool2d(x, 2, **settings)
    dy = np.arange(1.0, y.size + 1).reshape(y.shape)
    _, shown_y, dx, _ = pooling_scene(x, 2, dy=dy, **settings)["panels"]
    assert_array_equal(shown_y["values"], y[0])
    assert_array_equal(dx["values"][:, 1:-1, 1:-1], max_pool2d_backward(dy, argmax, x.shape)[0])
    _, shown_y, dx, _ = pooling_scene(x, 2, op="mean", dy=dy, **settings)["panels"]
    assert_array_equal(shown_y["values"], mean_pool2d(x, 2, **settings)[0])
    assert_array_equal(dx["values"][:, 1:-1, 1:-1], mean_pool2d_backward(dy, x.shape, 2, **settings)[0])
    assert dx["values"].sum() == dy.sum()


def test_a_pool_that_pads_with_infinity_says_so_in_its_line(monkeypatch):
    least = Pool(
        lambda x, kernel, **settings: tuple(
            sign * each for sign, each in zip((-1, 1), max_pool2d(-x, kernel, **settings), strict=True)
        ),
        lambda dy, argmax, x_shape, kernel, **settings: max_pool2d_backward(dy, argmax, x_shape),
        pads_with=np.inf,
        words="is the smallest value of",
        strip=("min(", ", ", ")"),
        picks=True,
        numpy="{window}.min()",
    )
    monkeypatch.setitem(POOLS, "min", least)
    x = np.array([[[[3.0, 1.0], [2.0, 4.0]]]])
    scene = pooling_scene(x, 2, op="min", stride=1, padding=1, dy=np.ones((1, 1, 3, 3)))
    assert_array_equal(scene["panels"][1]["values"][0], [[3, 1, 1], [2, 1, 1], [2, 2, 4]])
    assert scene["setup"] == "xp = np.pad(x.astype(float), ((0, 0), (0, 0), (1, 1), (1, 1)), constant_values=np.inf)"
    assert scene["panels"][0]["marks"]["winner"] == [[0, 1, 1], [0, 1, 2], [0, 2, 1], [0, 2, 2]]
    assert_array_equal(scene["panels"][2]["values"][0], [[0, 0, 0, 0], [0, 1, 4, 0], [0, 3, 1, 0], [0, 0, 0, 0]])


def test_under_each_rule_for_ties_the_winners_get_what_the_rule_says():
    scene = tie_scene(np.array([[[[2.0, 2.0, 1.0]]]]), (1, 2), np.array([[[[6.0, 4.0]]]]), stride=1)
    dx = {panel["name"]: panel["values"].ravel().tolist() for panel in scene["panels"][1:]}
    assert dx == {"dx-first": [6, 4, 0], "dx-split": [3, 7, 0], "dx-all": [6, 10, 0]}


def test_where_nothing_is_a_number_no_cell_ties():
    nothing = np.full((1, 1, 2, 2), np.nan)
    panels = tie_scene(nothing, 2, np.ones((1, 1, 1, 1)))["panels"]
    assert [panel["values"].ravel().tolist() for panel in panels[1:]] == [[1, 0, 0, 0], [0] * 4, [0] * 4]


def test_the_window_of_a_photograph_is_cut_out_where_its_feature_map_says():
    photo, w = load_photo()[:, :1], np.array([[[[0.0, 1.0], [-1.0, 0.0]]]])
    scene = photo_scene(photo, w, stride=2, padding=1)
    x, window, kernel, y = scene["panels"]
    (_, row, column), xp = scene["first"]["cell"], pad2d(photo, 1)
    assert_array_equal(x["values"], xp[0])
    assert_array_equal(y["values"], conv2d(photo, w, stride=2, padding=1)[0])
    assert_array_equal(kernel["values"], w[0])
    assert_array_equal(window["values"][0], xp[0, 0, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2])
    assert ((window["values"] * w[0]).sum(), scene["window"]) == (y["values"][0, row, column], "window")


def test_a_drawing_is_shown_as_the_network_reads_it_and_without_one_no_bar_is_picked_out():
    bitmap = np.zeros((32, 32), bool)
    bitmap[4:28, 10:22] = True
    normal, bars = digit_scene(bitmap, np.array([0.25, 0.75]))["panels"]
    assert_array_equal(normal["values"], normalise_bitmap(bitmap)[0])
    assert (bars["values"].ravel().tolist(), bars["best"], bars["captions"]) == ([0.25, 0.75], 1, ["0", "1"])
    assert digit_scene(np.zeros((32, 32)), None)["panels"][1]["best"] == -1


def test_a_plane_of_many_cells_is_a_picture_and_a_long_row_of_scores_is_not():
    views = {
        shape: panel("p", np.zeros((1, *shape)), "", "", role="x")["view"] for shape in [(40, 40), (41, 40), (500, 1)]
    }
    assert views == {(40, 40): "cells", (41, 40): "photo", (500, 1): "cells"}


def test_a_score_that_no_softmax_can_be_made_of_is_picked_out_of_no_bars():
    assert [bars_panel("p", np.array(shares), "softmax")["best"] for shares in ([0.1, 0.9], [0.1, np.nan])] == [1, -1]


def test_many_numbers_travel_in_single_precision_and_few_in_double():
    photo = convolution_scene(load_photo()[:, :1], np.ones((1, 1, 3, 3)))
    sent = [packed_array(panel["values"]) for panel in photo["panels"]]
    assert [each["dtype"] for each in sent] == ["f4", "f8", "f4"]
    assert len(sent[0]["data"]) == 4 * 200 * 200
