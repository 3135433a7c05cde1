"""ChainExplorer and ActivationExplorer without a browser: the maps are those of the functions, forward and back."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from explorer_steps import ask, controls_of, move, panels, press, state_of, type_in, updates_of, words_of
from explorers import X
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
from cnnlab.activations import ACTIVATIONS
from cnnlab.lab import ActivationExplorer, ChainExplorer
from cnnlab.lab.explorers.chain import _CHAINS
from cnnlab.lab.scenes.reading import panel_of
from cnnlab.pooling import POOLS

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
    explorer = ChainExplorer(rng.normal(size=(6, 6)), rng.normal(size=(2, 3, 3)), f="tanh", op="mean")
    shown = panels(explorer)

    def chain(x):
        explorer.arrays["x"] = x
        overview, _ = explorer.scenes()
        return panel_of(overview, "h4")["values"]

    x, dy, dx = explorer.arrays["x"].copy(), shown["g4"], shown["g0"]
    assert_allclose(numerical_gradient(chain, x, dy)[0], dx, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("chain", [0, 1])
def test_every_arrow_opens_the_two_maps_it_joins(chain):
    explorer = ChainExplorer(DIGIT, chain=chain)
    for arrow in range(8):
        move(explorer, arrow=arrow)
        back, place = arrow > 3, arrow if arrow < 4 else 7 - arrow
        overview, detail = panels(explorer), panels(explorer, 1)
        assert_array_equal(detail["y"], overview[f"h{place + 1}"])
        size = overview[f"h{place}"].shape[-1]
        ring = (detail["x"].shape[-1] - size) // 2
        inside = (slice(None), *(slice(ring, ring + size),) * 2)
        assert_array_equal(detail["x"][inside], overview[f"h{place}"])
        assert ("dx" in detail) == back
        if back:
            assert_array_equal(detail["dx"][inside], overview[f"g{place}"])
            assert_array_equal(detail["dy"], overview[f"g{place + 1}"])


@pytest.mark.parametrize("chain", [0, 1])
def test_an_arrow_back_begins_at_the_gradient_below_and_names_the_chain_s_own_maps(chain):
    explorer = ChainExplorer(DIGIT, chain=chain)
    topics = set()
    for arrow in range(8):
        explorer.arrow = arrow
        overview, scene = explorer._scenes
        topics.add(scene["topic"])
        symbols = {panel["name"]: panel["symbol"] for panel in overview["panels"]}
        place = arrow if arrow < 4 else 7 - arrow
        joined = {symbols[f"{kind}{k}"] for kind in "hg"[: 1 + (arrow > 3)] for k in (place, place + 1)}
        shown = {panel["symbol"] for panel in scene["panels"] if panel["name"] not in ("w", "dw")}
        assert shown == joined
        assert ("setup" in scene, "lines" in scene) == (False, False)  # a line of code would call every map x
        assert scene.get("steps") == ("dx" if arrow > 3 else None)
        if arrow > 3:
            dx = next(panel for panel in scene["panels"] if panel["name"] == "dx")
            top, left = (dx["places"][end].index(0) for end in ("rows", "columns"))
            assert scene["first"] == {"panel": "dx", "cell": [0, top, left]}
    assert len(topics) == 8


def test_the_maps_and_the_errors_of_both_chains_have_the_names_of_the_lesson():
    for chain, names, errors in [
        (0, ["x", "z_A", "a_A", "p", "z_B"], ["∂L/∂x", "δ_zA", "∂L/∂a_A", "∂L/∂p", "δ_zB"]),
        (1, ["x", "p_A", "z", "a", "p_B"], ["∂L/∂x", "∂L/∂p_A", "δ_z", "∂L/∂a", "∂L/∂p_B"]),
    ]:
        shown = ChainExplorer(DIGIT, chain=chain)._scenes[0]["panels"]
        assert [panel["symbol"] for panel in shown[::2]] == names
        assert [panel["symbol"] for panel in shown[1::2]] == errors


def test_the_kernels_are_called_by_their_convolution_and_so_is_their_gradient():
    for chain, arrow, symbols in [(0, 4, ["w_B", "∂L/∂w_B"]), (0, 7, ["w_A", "∂L/∂w_A"]), (1, 6, ["w", "∂L/∂w"])]:
        panels = ChainExplorer(DIGIT, chain=chain, arrow=arrow)._scenes[1]["panels"]
        assert [panel["symbol"] for panel in panels if panel["name"] in ("w", "dw")] == symbols


@pytest.mark.parametrize("chain", [0, 1])
def test_the_algebra_spreads_the_errors_of_a_convolution_with_a_stride(chain):
    explorer = ChainExplorer(DIGIT, chain=chain)
    convolutions = _CHAINS[chain].kinds.count("conv")
    plain = "\n".join(explorer._algebra(arrow) for arrow in range(4, 8))
    assert not any(mark in plain for mark in ("{", "}", "spread", "∗"))
    assert plain.count("⋆_full rot180(w") == convolutions
    explorer.stride = 2
    spread = "\n".join(explorer._algebra(arrow) for arrow in range(4, 8))
    assert spread.count("spread(δ") == 2 * convolutions  # once for the map, once for the kernel
    assert spread.replace("spread(", "").count("⋆_full rot180(w") == convolutions
    assert "upsample(spread" not in spread


def test_each_arrow_says_its_layer_and_its_line_of_algebra_which_stands_above_the_stage():
    explorer = ChainExplorer(DIGIT)
    options = controls_of(explorer)["arrow"]["options"]
    assert [number for number, _ in options] == list(range(8))
    assert [words.split("\n")[0] for _, words in options] == [
        *("→ conv A", "→ activation", "→ pool", "→ conv B"),
        *("← conv B", "← pool", "← activation", "← conv A"),
    ]
    for arrow, words in options:
        explorer.arrow = arrow
        assert explorer._scenes[1]["heading"] == words.split("\n")[1]
    assert options[6][1].endswith("\nδ_zA = ∂L/∂a_A ⊙ f′(z_A)")


def test_both_convolutions_may_pad_by_any_number():
    explorer = ChainExplorer(DIGIT[:6, :6], padding=40, kernel=1)
    assert panels(explorer)["g4"].shape == (1, 123, 123)


def test_the_other_chain_keeps_the_arrow_in_view_and_is_drawn_once():
    explorer = ChainExplorer(DIGIT, arrow=6)
    updates = updates_of(explorer)
    move(explorer, chain=1)
    assert explorer.arrow == 6
    assert controls_of(explorer)["arrow"]["options"][6][1].startswith("← conv\n")
    assert len(updates) == 1


def test_edits_of_the_input_the_error_and_a_kernel_are_kept():
    explorer = ChainExplorer(DIGIT)
    type_in(explorer, ("h0", (0, 2, 3), 9.0), ("g4", (0, 1, 0), -7.0))
    assert panels(explorer)["h0"][0, 2, 3] == 9.0
    assert panels(explorer)["g4"][0, 1, 0] == -7.0
    move(explorer, arrow=3)  # → conv B
    type_in(explorer, ("w", (0, 0, 2), 5.0), stage=1)
    assert explorer.arrays["w"][1, 0, 0, 2] == 5.0
    assert explorer.arrays["w"][0, 0, 0, 2] == -1.0
    for _ in range(3):
        press(explorer, "undo")
    assert_array_equal(explorer.arrays["x"][0, 0], DIGIT)


def test_an_arrow_and_an_edit_of_what_it_opens_may_come_in_one_request():
    explorer = ChainExplorer(DIGIT, arrow=1)  # an activation, which has no kernel
    edit = {"stage": 1, "panel": "w", "cell": [0, 0, 2], "value": 5.0}
    ask(explorer, {"edit": edit}, {"set": {"arrow": 3}}, {"edit": edit}, {"set": {"arrow": 2}}, {"edit": edit})
    assert explorer.arrays["w"][:, 0, 0, 2].tolist() == [-1.0, 5.0]
    assert len(explorer._past) == 1


def test_no_setting_that_the_sliders_reach_is_an_error():
    explorer, reached = ChainExplorer(DIGIT), set()
    for values in product(range(1, 8), range(5), range(1, 5)):
        sets = [{"set": {name: value}} for name, value in zip(("kernel", "padding", "stride"), values, strict=True)]
        chain = 1 - explorer.chain
        ask(explorer, *sets, {"set": {"chain": chain}})  # those are refused that do not go with the others
        assert explorer.chain == chain
        assert len(panels(explorer)) == 10
        reached.add((explorer.kernel, explorer.padding, explorer.stride))
    assert len(reached) > 50


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"padding": (0, 1)}, TypeError, r"padding \(\(0, 1\)\) must be an int"),
        ({"padding": 10**7}, ValueError, "must leave at most 1,024 cells a side"),
        ({"kernels": np.ones((3, 2, 2))}, ValueError, r"kernels \(shape \(3, 1, 2, 2\)\) must be two"),
        ({"chain": 2}, ValueError, r"chain \(2\) must be one of 0, 1"),
        ({"arrow": "x"}, ValueError, r"arrow \('x'\) must be one of 0, 1, 2, 3, 4, 5, 6, 7"),
        ({"f": "nothing"}, ValueError, rf"f \('nothing'\) must be one of {', '.join(ACTIVATIONS)}"),
        ({"op": None}, ValueError, rf"op \(None\) must be one of {', '.join(POOLS)}"),
        ({"x": [[1, 2], [3, 4]]}, ValueError, r"kernel \(2\) must fit in the padded input \(1 \+ 2\*0 = 1\)"),
    ],
)
def test_a_chain_that_does_not_fit_is_an_error_with_its_arithmetic(options, error, message):
    with pytest.raises(error, match=message):
        ChainExplorer(**{"x": DIGIT, **options})


def test_a_chain_that_fits_only_one_way_round_is_refused_too_as_the_other_can_be_chosen():
    with pytest.raises(ValueError, match=r"layer 4 \(pool\): kernel \(2\) must fit"):
        ChainExplorer(DIGIT[:5, :5], kernel=2, padding=0)  # 5 → 4 → 2 → 1 fits, 5 → 2 → 1 does not


# --- activation -----------------------------------------------------------------------------------------------------


def test_an_activation_shows_its_values_and_its_error():
    explorer = ActivationExplorer(X - 1)
    shown = panels(explorer)
    assert_array_equal(shown["y"], np.maximum(X - 1, 0)[None])
    assert_array_equal(shown["dx"], (shown["dy"] * (X > 1)))
    move(explorer, f="sigmoid")
    assert_allclose(panels(explorer)["y"], 1 / (1 + np.exp(1 - X))[None])
    type_in(explorer, ("x", (0, 0, 0), 0.0), ("dy", (0, 4, 4), 8.0))
    assert panels(explorer)["y"][0, 0, 0] == 0.5
    slope = panels(explorer)["y"][0, 4, 4] * (1 - panels(explorer)["y"][0, 4, 4])
    assert panels(explorer)["dx"][0, 4, 4] == pytest.approx(8 * slope)


def test_its_formulas_stand_beside_it_and_without_gradients_f_alone():
    explorer = ActivationExplorer(X)
    assert words_of(explorer) == "f(z) = max(0, z)\nf′(z) = 1 where z > 0, else 0\nδ = ∂L/∂a · f′(z)"
    explorer = ActivationExplorer(X, gradients=False)
    assert list(panels(explorer)) == ["x", "y"]
    assert words_of(explorer) == "f(z) = max(0, z)"
    before = state_of(explorer)
    type_in(explorer, ("y", (0, 0, 0), 1.0))
    assert state_of(explorer) == before


def test_an_unknown_activation_is_named():
    with pytest.raises(ValueError, match=rf"f \('nothing'\) must be one of {', '.join(ACTIVATIONS)}"):
        ActivationExplorer(X, "nothing")
