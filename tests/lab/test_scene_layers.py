"""The scenes of layers and networks: a unit shows the number of its map, where it stands in it, and what it sees."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from outside import BENT, Doubled, Renamed, Residual, put_in
from scene_networks import every_network, run

from cnnlab import load_mnist, trained_network
from cnnlab.lab.explorers.front import as_message
from cnnlab.lab.scenes import layer_names, layer_scene, made_scene, network_scene, run_network
from cnnlab.lab.scenes._layers import way_of
from cnnlab.lab.scenes._overview import upright
from cnnlab.lab.scenes.reading import name_of, panel_of, sentence_of, strip_of, terms_of
from cnnlab.layers import Activation, Conv2D, Dense, Flatten, LeakyReLU, MeanPool2D, Pool2D, ReLU, Sigmoid
from cnnlab.network import Sequential


@pytest.fixture(autouse=True)
def from_outside(monkeypatch):
    put_in(monkeypatch)


def check_sums(scene, name: str, *, back: bool) -> int:
    """Return of how many cells of a panel the terms add up to the number, of which none may differ."""
    panel, checked = panel_of(scene, name), 0
    for cell in np.ndindex(panel["values"].shape):
        terms = terms_of(scene, {"panel": name, "cell": list(cell)})
        if "sum" in panel and (terms or not back):
            bias = panel_of(scene, panel["sum"]["bias"])["values"][cell[0], 0, 0] if "bias" in panel["sum"] else 0.0
            total = sum(term.a.value * term.b.value for term in terms)
            assert total + bias == pytest.approx(panel["values"][cell], rel=1e-9, abs=1e-12), (name, cell)
            checked += 1
    return checked


# --- a network ------------------------------------------------------------------------------------------------------


@every_network
def test_the_terms_of_every_unit_and_of_its_gradient_add_up_to_it(name):
    result = run(name)
    scene = network_scene(result, backward=True)
    for k, layer in enumerate(result.model.layers, start=1):
        if not isinstance(layer, Activation | Pool2D):  # whose sums have words of their own, or shares alone
            assert check_sums(scene, f"h{k}", back=False) or way_of(layer) is None
        check_sums(scene, f"g{k - 1}", back=True)


@every_network
@pytest.mark.parametrize("backward", [False, True])
def test_the_scene_of_another_image_made_like_one_is_what_it_is_when_made_anew(name, backward):
    result, model = run(name), run(name).model
    for param in model.params.values():
        param += 0.5  # it has learnt meanwhile
    other = run_network(model, np.roll(result.maps[0] - 0.75, 1, axis=-1), 1, backward=backward)
    like = network_scene(result, backward=backward)
    before = as_message(like)
    assert as_message(network_scene(other, backward=backward, like=like)) == as_message(
        network_scene(other, backward=backward)
    )
    assert as_message(like) == before


def test_so_is_that_of_the_trained_network():
    digits, model, like = load_mnist(), trained_network(), None
    for k in range(4):
        result = run_network(model, digits.x_test[k : k + 1], backward=k > 1)
        like = network_scene(result, backward=k > 1, like=like)
        assert as_message(like) == as_message(network_scene(result, backward=k > 1))


@every_network
def test_what_each_map_adds_is_a_part_of_the_sum(name):
    result = run(name)
    scene = network_scene(result, backward=True)
    for panel in scene["panels"]:
        groups = panel.get("sum", {}).get("groups")
        if groups is None:
            continue
        ends = scene["wires"][panel["sum"]["wires"]]["planes"][panel["end"]]
        added = np.zeros_like(panel["values"])
        np.add.at(added, ends, groups)
        if "bias" in panel["sum"]:
            added += panel_of(scene, panel["sum"]["bias"])["values"]
        assert_allclose(added, panel["values"], rtol=1e-9, atol=1e-12)


@every_network
def test_how_a_map_was_made_shows_the_number_of_each_of_its_cells(name):
    result = run(name)
    whole, seen = network_scene(result, backward=True), 0
    for panel in whole["panels"]:
        if panel["name"][0] not in "hg":
            continue
        for cell in list(np.ndindex(panel["values"].shape))[::5]:
            made = made_scene(result, panel["name"], list(cell))
            if made is None:
                continue
            at = made["first"]
            shown = panel_of(made, at["panel"])
            assert shown["values"][tuple(at["cell"])] == pytest.approx(panel["values"][cell], rel=1e-9, abs=1e-12)
            assert name_of(shown, at["cell"]) == name_of(panel, list(cell)) or "flat" in panel
            assert not any(each.get("editable") for each in made["panels"])
            assert not {"lines", "setup", "coverage"} & set(made)
            seen += 1
    assert seen or name in ("flatten",)


def test_a_window_says_where_it_lies_and_a_score_what_it_adds_up():
    scene = network_scene(run_network(trained_network(), load_mnist().x_test[:1]))
    said = "Inner product of the kernel and the 3×3 window at rows 13 to 15, columns 13 to 15."
    assert sentence_of(scene, {"panel": "h1", "cell": [0, 14, 14]}) == said
    assert strip_of(scene, {"panel": "h8", "cell": [2, 0, 0]}).head == "dense[2] = "
    assert strip_of(scene, {"panel": "h7", "cell": [1, 0, 2]}).head == "flatten[51] = "
    assert sentence_of(scene, {"panel": "p", "cell": [0, 3, 0]}).startswith("eᶻ / Σ eᶻ = ")


# --- layers that nobody has described ---------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", [Residual(ReLU()), Doubled()], ids=["unknown", "a subclass with a way of its own"])
def test_a_layer_with_a_way_of_its_own_is_shown_as_plain_maps_under_its_class_name(layer):
    x = np.array([[[[-1.0, 2.0]], [[3.0, -4.0]]]])
    y = layer.forward(x)
    scene = layer_scene(layer, x, y, dy=y)
    before, after = scene["panels"]
    assert_array_equal(before["values"], x[0])
    assert_array_equal(after["values"], y[0])
    name = type(layer).__name__
    assert after["title"] == f"out of {name}"
    made = f"{name} made this number; how it works inside is not drawn."
    assert sentence_of(scene, {"panel": "y", "cell": [0, 0, 0]}) == made


@pytest.mark.parametrize("step", ["forward", "backward", "_forward", "_backward"])
def test_a_subclass_has_a_way_of_its_own_where_it_replaces_any_step(step):
    assert way_of(type("Same", (LeakyReLU,), {"save": None})()) is Activation
    assert way_of(type("Other", (LeakyReLU,), {step: lambda *_: None})()) is None


def test_a_subclass_that_works_as_its_parent_is_shown_as_its_parent(rng):
    layer, x = Renamed(1, 2, 2, rng=rng), np.ones((1, 1, 3, 3))
    y, dy = layer.forward(x), np.ones((1, 2, 2, 2))
    names = [panel["name"] for panel in layer_scene(layer, x, y, dy)["panels"]]
    assert names == ["x", "w", "y", "dx", "dw", "dy"]


def test_a_layer_is_shown_forward_and_back_with_the_settings_that_it_has(rng):
    x = rng.normal(size=(1, 2, 5, 5))
    convolution = Conv2D(2, 2, 2, dilation=2, groups=2, padding=1, rng=rng)
    convolution.params["b"] = np.array([1.0, -1.0])
    pool = Pool2D("mean", 2, stride=1, padding=1, dilation=2, count_include_pad=False)
    for layer in (convolution, pool, LeakyReLU(slope=0.5), Activation(BENT)):
        y = layer.forward(x)
        dy = rng.normal(size=y.shape)
        scene, dx = layer_scene(layer, x, y, dy), layer.backward(dy)
        assert_allclose(panel_of(scene, "y")["values"], y[0], rtol=1e-12)
        inner = [[not kind for kind in panel_of(scene, "dx")["edges"][end]] for end in ("rows", "columns")]
        assert_allclose(panel_of(scene, "dx")["values"][:, *np.ix_(*inner)], dx[0], rtol=1e-12, atol=1e-14)


def test_layers_are_numbered_by_kind_and_an_unknown_one_has_its_class_name(rng):
    layers = [ReLU(), Flatten(), Residual(ReLU()), Sigmoid(), Doubled(), Dense(2, 2, rng=rng)]
    names = ["relu 1", "flatten", "residual", "sigmoid", "relu 2", "dense"]
    assert layer_names(layers) == names


# --- networks -------------------------------------------------------------------------------------------------------


def test_the_overview_shows_every_map_and_beside_it_its_gradient():
    result = run_network(trained_network(), load_mnist().x_test[5:6], 3)
    panels = {panel["name"]: panel for panel in network_scene(result, backward=True)["panels"]}
    assert list(panels) == [*(f"{row}{k}" for k in range(9) for row in "hg"), "p", "w1", "b1", "w4", "b4", "w8", "b8"]
    for k in range(9):
        assert_array_equal(panels[f"h{k}"]["values"].ravel(), result.maps[k].ravel())
        assert_array_equal(panels[f"g{k}"]["values"].ravel(), result.errors[k].ravel())
    assert_array_equal(panels["p"]["values"].ravel(), result.probabilities[0])
    symbols = ["∂L/∂x", "δ", "∂L/∂a", "∂L/∂p", "δ", "∂L/∂a", "∂L/∂p", "∂L/∂y", "δ"]
    assert [panels[f"g{k}"]["symbol"] for k in range(9)] == symbols
    assert (panels["h4"]["symbol"], panels["h8"]["symbol"]) == ("conv 2", "dense")


def test_a_picture_of_a_network_leaves_the_learner_s_own_as_it_is(rng):
    model, x = trained_network(), rng.normal(size=(2, 1, 28, 28))
    model.forward(x)
    expected = model.backward(np.ones((2, 10)))
    run_network(model, x[:1])
    assert_array_equal(model.backward(np.ones((2, 10))), expected)


def test_without_a_label_the_loss_is_that_of_the_answer():
    image = load_mnist().x_test[:1]
    free, given = (run_network(trained_network(), image, label) for label in (None, 3))
    assert free.probabilities.argmax() == 3
    for one, other in zip(free.errors, given.errors, strict=True):
        assert_array_equal(one, other)


def test_flatten_alone_is_a_strip_each_number_of_it_with_the_pixel_that_it_is():
    image = np.arange(12.0).reshape(1, 3, 2, 2)
    scene = network_scene(run_network(Sequential(Flatten()), image, 1), backward=True)
    assert [panel["name"] for panel in scene["panels"]] == ["h0", "g0", "h1", "g1", "p"]
    assert_array_equal(panel_of(scene, "h1")["values"].ravel(), image.ravel())
    (term,) = terms_of(scene, {"panel": "h1", "cell": [1, 1, 0]})
    assert (term.a.panel, term.a.cell, name_of(panel_of(scene, "h1"), [1, 1, 0])) == ("h0", [1, 1, 0], "flatten[6]")


def with_ones(layer):
    """Return a layer whose weights are all 1: whatever it reads changes what it makes."""
    for param in layer.params.values():
        param[...] = 1
    return layer


FIELDS = {  # by name: layers, before the last map is flattened, and the shape of the image
    "window on window": (lambda rng: [Conv2D(2, 2, 3, stride=2, padding=1, rng=rng), MeanPool2D(2)], (2, 8, 7)),
    "groups": (lambda rng: [LeakyReLU(slope=0.5), Conv2D(4, 4, 2, groups=2, dilation=2, rng=rng)], (4, 5, 5)),
    "depthwise": (lambda rng: [MeanPool2D(2, stride=1), Conv2D(3, 6, 2, groups=3, rng=rng)], (3, 5, 5)),
    "a whole map": (lambda rng: [Conv2D(1, 1, 3, padding=1, rng=rng), Flatten(), Dense(16, 2, rng=rng)], (1, 4, 4)),
}


def as_planes(values):
    return values[0] if values.ndim == 4 else values.reshape(1, -1, 1)


@pytest.mark.parametrize("name", FIELDS)
def test_what_a_unit_sees_is_just_the_cells_of_the_image_that_can_change_it(name, rng):
    make, shape = FIELDS[name]
    model = Sequential(*map(with_ones, make(rng)), Flatten())
    image = np.ones((1, *shape))
    result = run_network(model, image)
    for k in range(1, len(result.maps)):
        changed = np.empty((*as_planes(result.maps[k]).shape, *shape), bool)
        for pixel in np.ndindex(shape):
            other = image.copy()
            other[0][pixel] += 1
            changed[..., *pixel] = as_planes(model.outputs(other)[k - 1]) != as_planes(result.maps[k])
        sees = panel_of(network_scene(result), f"h{k}")["sees"]
        for cell in np.ndindex(changed.shape[:3]):
            flat = result.maps[k].ndim == 2
            _, row, column = np.unravel_index(cell[1], upright(result, result.maps)[k].shape[1:]) if flat else cell
            rows, columns = (np.flatnonzero(changed[cell].any(axis=axes)) for axes in ((0, 2), (0, 1)))
            seen = [sees[side][at] for side, at in zip(sees, (row, row, column, column), strict=True)]
            assert seen == [rows[0], rows[-1], columns[0], columns[-1]], (k, cell)


class ByColumns(Flatten):
    """Flattens in an order of its own."""

    def _forward(self, x):
        return super()._forward(np.swapaxes(x, 2, 3))


@pytest.mark.parametrize("layers", [(Residual(ReLU()), Flatten()), (ByColumns(),)], ids=["unknown", "an own order"])
def test_a_layer_that_nobody_knows_may_see_all_of_its_input(layers):
    result = run_network(Sequential(MeanPool2D(2), *layers), np.ones((1, 1, 4, 5)), 0)
    sees = panel_of(network_scene(result), "h2")["sees"]
    assert [sees[side][0] for side in ("top", "bottom", "left", "right")] == [0, 3, 0, 3]  # a column is left over
