"""ChainExplorer and ActivationExplorer without a browser: the maps are those of the functions, forward and back."""

from __future__ import annotations

import numpy as np
import pytest
from explorer_steps import X, panels, type_in
from numpy.testing import assert_allclose, assert_array_equal

from cnnlab import (
    activations,
    conv2d,
    conv2d_backward,
    max_pool2d,
    max_pool2d_backward,
    mean_pool2d,
    mean_pool2d_backward,
    numerical_gradient,
)
from cnnlab.widgets import ActivationExplorer, ChainExplorer
from cnnlab.widgets.chain import ACTIVATIONS, CHAINS

DIGIT = np.arange(64.0).reshape(8, 8) * 7 % 5


def pool(op, x):
    return mean_pool2d(x, 2) if op == "mean" else max_pool2d(x, 2)[0]


def pool_back(op, dy, x):
    if op == "mean":
        return mean_pool2d_backward(dy, x.shape, 2)
    return max_pool2d_backward(dy, max_pool2d(x, 2)[1], x.shape)


@pytest.mark.parametrize("f", ACTIVATIONS)
@pytest.mark.parametrize("op", ["max", "mean"])
def test_the_first_chain_is_the_functions_one_after_the_other(f, op):
    explorer = ChainExplorer(DIGIT, f=f, op=op)
    forward, back = getattr(activations, f), getattr(activations, f"{f}_backward")
    w_a, w_b, x = explorer.arrays["w"][:1, :, :3, :3], explorer.arrays["w"][1:, :, :3, :3], DIGIT[None, None]
    z_a = conv2d(x, w_a, padding=1)
    a_a = forward(z_a)
    p = pool(op, a_a)
    z_b = conv2d(p, w_b, padding=1)
    delta_b = explorer.arrays["dy"][..., :4, :4]
    delta_pool = conv2d_backward(delta_b, p, w_b, padding=1)[0]
    up = pool_back(op, delta_pool, a_a)
    delta_a = back(up, z_a)
    dx = conv2d_backward(delta_a, x, w_a, padding=1)[0]
    shown = panels(explorer)
    for k, values in enumerate((x, z_a, a_a, p, z_b)):
        assert_array_equal(shown[f"h{k}"], values[0])
    for k, values in enumerate((dx, delta_a, up, delta_pool, delta_b)):
        assert_array_equal(shown[f"g{k}"], values[0])


@pytest.mark.parametrize("f", ACTIVATIONS)
@pytest.mark.parametrize("op", ["max", "mean"])
def test_the_second_chain_is_the_functions_one_after_the_other(f, op):
    explorer = ChainExplorer(DIGIT, chain=1, f=f, op=op)
    forward, back = getattr(activations, f), getattr(activations, f"{f}_backward")
    w, x = explorer.arrays["w"][:1, :, :3, :3], DIGIT[None, None]
    p_a = pool(op, x)
    z = conv2d(p_a, w, padding=1)
    a = forward(z)
    delta_b = explorer.arrays["dy"][..., :2, :2]
    up = pool_back(op, delta_b, a)
    delta = back(up, z)
    delta_a = conv2d_backward(delta, p_a, w, padding=1)[0]
    shown = panels(explorer)
    for k, values in enumerate((x, p_a, z, a, pool(op, a))):
        assert_array_equal(shown[f"h{k}"], values[0])
    for k, values in enumerate((pool_back(op, delta_a, x), delta_a, delta, up, delta_b)):
        assert_array_equal(shown[f"g{k}"], values[0])


def test_the_chains_gradient_is_that_of_central_differences(rng):
    explorer = ChainExplorer(rng.normal(size=(8, 8)), rng.normal(size=(2, 3, 3)), f="tanh", op="mean")
    shown = panels(explorer)

    def chain(x):
        explorer.arrays["x"] = x
        explorer.refresh()
        return panels(explorer)["h4"]

    x, dy, dx = explorer.arrays["x"].copy(), shown["g4"], shown["g0"]
    assert_allclose(numerical_gradient(chain, x, dy)[0], dx, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("chain", [0, 1])
def test_every_arrow_opens_the_two_maps_it_joins(chain):
    explorer = ChainExplorer(DIGIT, chain=chain)
    for value in range(8):
        explorer.arrow.value = value
        row, place = explorer.place
        overview, detail = panels(explorer), panels(explorer, 1)
        assert_array_equal(detail["y"], overview[f"h{place + 1}"])
        size = overview[f"h{place}"].shape[-1]
        ring = (detail["x"].shape[-1] - size) // 2
        inside = (slice(None), *(slice(ring, ring + size),) * 2)
        assert_array_equal(detail["x"][inside], overview[f"h{place}"])
        assert ("dx" in detail) == (row == 1)
        if row:
            assert_array_equal(detail["dx"][inside], overview[f"g{place}"])
            assert_array_equal(detail["dy"], overview[f"g{place + 1}"])


@pytest.mark.parametrize("chain", [0, 1])
def test_an_arrow_back_begins_at_the_gradient_below_and_names_the_chain_s_own_maps(chain):
    explorer = ChainExplorer(DIGIT, chain=chain)
    topics = set()
    for value in range(8):
        explorer.arrow.value = value
        scene = explorer.stages[1].scene
        topics.add(scene["topic"])
        assert ("pad" in scene, scene["pytorch"]) == (False, "")  # a line of code would call every map x
        assert (scene.get("stepper"), "begin" in scene) == (("dx", True) if value > 3 else (None, False))
        if value > 3:
            dx = next(panel for panel in scene["panels"] if panel["name"] == "dx")
            top, _, left, _ = dx["frame"]
            assert scene["begin"] == {"panel": "dx", "cell": [0, top, left]}
    assert len(topics) == 8


@pytest.mark.parametrize("chain", [0, 1])
def test_the_algebra_spreads_the_errors_of_a_convolution_with_a_stride(chain):
    explorer = ChainExplorer(DIGIT, chain=chain)
    plain = explorer.beside()
    assert "{" not in plain
    assert "spread" not in plain
    explorer.sliders["stride"].value = 2
    convolutions = CHAINS[explorer.chain.value].count("conv")
    assert explorer.beside().count("spread(δ") == 2 * convolutions  # once for the map, once for the kernel
    assert explorer.beside().replace("spread(", "").count("∗ rot180(w") == convolutions
    assert "upsample(spread" not in explorer.beside()


def test_the_other_chain_keeps_the_arrow_in_view_and_is_drawn_once():
    explorer, drawn = ChainExplorer(DIGIT), []
    explorer.arrow.value = 6
    explorer.stages[1].observe(lambda change: drawn.append(change["new"]["heading"]), names="scene")
    explorer.chain.value = list(CHAINS)[1]
    assert (explorer.arrow.value, explorer.arrow.label) == (6, "← conv")
    assert len(drawn) == 1


def test_edits_of_the_input_the_error_and_a_kernel_are_kept():
    explorer = ChainExplorer(DIGIT)
    type_in(explorer, ("h0", (0, 2, 3), 9.0), ("g4", (0, 1, 0), -7.0))
    assert panels(explorer)["h0"][0, 2, 3] == 9.0
    assert panels(explorer)["g4"][0, 1, 0] == -7.0
    explorer.arrow.value = 3  # → conv B
    type_in(explorer, ("w", (0, 0, 2), 5.0), stage=1)
    assert explorer.arrays["w"][1, 0, 0, 2] == 5.0
    assert explorer.arrays["w"][0, 0, 0, 2] == -1.0


def test_no_setting_that_the_sliders_reach_is_an_error():
    explorer = ChainExplorer(DIGIT)
    for kernel in range(1, 8):
        for padding in range(5):
            for stride in range(1, 5):
                for name, value in (("kernel", kernel), ("padding", padding), ("stride", stride)):
                    explorer.sliders[name].value = value
                for chain in CHAINS:
                    explorer.chain.value = chain
                    assert len(panels(explorer)) == 10


@pytest.mark.parametrize("settings", [{"padding": (0, 1)}, {"stride": (1, 2)}, {"kernel": (3, 1)}])
def test_a_setting_of_two_numbers_is_an_error(settings):
    with pytest.raises(ValueError, match="must be one number each"):
        ChainExplorer(DIGIT, **settings)


def test_a_chain_that_does_not_fit_is_an_error_with_its_arithmetic():
    with pytest.raises(ValueError, match=r"kernel \(2\) must fit in the padded input \(1 \+ 2\*0 = 1\)"):
        ChainExplorer([[1, 2], [3, 4]])


def test_an_activation_shows_its_values_and_its_error():
    explorer = ActivationExplorer(X - 1)
    shown = panels(explorer)
    assert_array_equal(shown["y"], np.maximum(X - 1, 0)[None])
    assert_array_equal(shown["dx"], (shown["dy"] * (X > 1)))
    explorer.f.value = "sigmoid"
    assert_allclose(panels(explorer)["y"], 1 / (1 + np.exp(1 - X))[None])
    type_in(explorer, ("x", (0, 0, 0), 0.0))
    assert panels(explorer)["y"][0, 0, 0] == 0.5


def test_an_activation_without_gradients_speaks_of_f_alone():
    explorer = ActivationExplorer(X, gradients=False)
    assert list(panels(explorer)) == ["x", "y"]
    assert "δ" not in explorer.beside()
    assert "max(0, z)" in explorer.beside()


def test_an_unknown_activation_is_named():
    with pytest.raises(ValueError, match=r"f \('swish'\) must be one of relu, leaky_relu, sigmoid, tanh"):
        ActivationExplorer(X, "swish")
