"""Scenes beside the public functions: what goes back, who wins, how a gradient is scattered, how numbers travel."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cnnlab import conv2d, conv2d_backward, load_photo, max_pool2d, max_pool2d_backward, mean_pool2d_backward, pad2d
from cnnlab.scenes import convolution_scene, gather_scene, pooling_scene, scatter_scene
from cnnlab.widgets.stage import pack


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
            assert_allclose(shown[:, 1:6, 1:6], dx[0], rtol=1e-14)


def test_the_winners_marked_are_the_cells_that_argmax_names():
    x = np.array([[1.0, 5, 2, 0], [3, 4, 6, 6], [0, 0, 8, 7], [9, 0, 7, 8]])[None, None]
    panel = pooling_scene(x, 2, stride=1)["panels"][0]
    _, argmax = max_pool2d(x, 2, stride=1)
    assert panel["marks"]["winner"] == [[0, int(k) // 4, int(k) % 4] for k in np.unique(argmax)]
    assert pooling_scene(x, 2, op="mean")["panels"][0]["marks"] == {}


@pytest.mark.parametrize("geometry", [(3, 2, 1, 0), (5, 3, 2, 1), (6, 2, 3, 0), (5, 1, 2, 2)])
def test_scattering_step_by_step_ends_in_what_gathering_gives_at_once(rng, geometry):
    size, kernel, stride, padding = geometry
    x, w = rng.integers(-3, 4, (1, 1, size, size)), rng.integers(-3, 4, (1, 1, kernel, kernel))
    x, w = x.astype(float), w.astype(float)
    dy = rng.integers(-3, 4, conv2d(x, w, stride=stride, padding=padding).shape).astype(float)
    scatter = scatter_scene(x, w, dy, stride=stride, padding=padding)
    frames = scatter["panels"][-1]["frames"]
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
    ring = np.prod(given["shape"]) - inserted.sum() - dy.size
    assert ring == np.prod(given["shape"]) - ((dy.shape[-1] - 1) * stride + 1) ** 2


def test_many_numbers_travel_in_single_precision_and_few_in_double():
    photo = pack(convolution_scene(load_photo()[:, :1], np.ones((1, 1, 3, 3))))
    assert [panel["values"]["dtype"] for panel in photo["panels"]] == ["f4", "f8", "f4"]
    assert len(photo["panels"][0]["values"]["data"]) == 4 * 200 * 200
