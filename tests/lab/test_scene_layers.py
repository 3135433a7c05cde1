"""The scenes of layers and networks: a unit shows the number of its map, where it stands in it, and what it sees."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from outside import BENT, Doubled, Renamed, Residual, put_in
from scene_networks import every_network, odd_convolution, units

from cnnlab import load_mnist, trained_network
from cnnlab.dense import dense
from cnnlab.lab.scenes import layer_names, layer_scene, network_scene, run_network, unit_scene
from cnnlab.lab.scenes._layers import as_planes, way_of
from cnnlab.lab.scenes.reading import name_of, panel_of, sentence_of, strip_of, terms_of
from cnnlab.layers import Activation, Conv2D, Dense, Flatten, LeakyReLU, MaxPool2D, MeanPool2D, Pool2D, ReLU, Sigmoid
from cnnlab.network import Sequential


@pytest.fixture(autouse=True)
def from_outside(monkeypatch):
    put_in(monkeypatch)


def index_of(values: np.ndarray, cell) -> list[int]:
    """Return a cell as it is written: a lone plane and the column of a score are not."""
    several = len(as_planes(values)) > 1
    return [*([cell[0]] if several else []), *(cell[1:] if values.ndim == 4 else cell[1:2])]


# --- one unit -------------------------------------------------------------------------------------------------------


@every_network
def test_the_picture_of_every_unit_shows_the_number_of_its_map_at_its_place(name):
    for layers, maps, k, cell in units(name):
        scene = unit_scene(layers, maps, k, cell)
        y, first = panel_of(scene, "y"), scene["first"]
        assert first["panel"] == "y"
        assert y["values"][tuple(first["cell"])] == pytest.approx(as_planes(maps[k])[tuple(cell)], rel=1e-12)
        assert name_of(y, first["cell"]) == f"{y['symbol']}{index_of(maps[k], cell)}"
        assert not any(panel.get("editable") for panel in scene["panels"])
        assert not {"lines", "setup", "coverage"} & set(scene)


@every_network
def test_the_cells_that_a_unit_was_made_from_keep_their_places_in_the_map_below(name):
    for layers, maps, k, cell in units(name):
        x = panel_of(unit_scene(layers, maps, k, cell), "x")
        from_dense = isinstance(layers[k - 1], Dense) and k > 1 and isinstance(layers[k - 2], Flatten)
        below = maps[k - 2] if from_dense else maps[k - 1]
        lengths = [range(length) for length in as_planes(below).shape]
        columns = x["places"]["columns"] or [0]
        assert len(columns) == x["shape"][1]
        for plane, row, column in np.ndindex(x["values"].shape):
            whole = *(x["places"]["planes"][plane] or [0]), x["places"]["rows"][row], columns[column]
            inside = all(at in length for at, length in zip(whole, lengths, strict=True))
            kind = max(x["edges"]["rows"][row], x["edges"]["columns"][column]) if "edges" in x else 0
            assert inside == (kind == 0)
            if inside:
                assert x["values"][plane, row, column] == as_planes(below)[whole]
            assert name_of(x, [plane, row, column]) == f"{x['symbol']}{index_of(below, whole)}".replace("-", "−")


@every_network
def test_the_terms_of_every_unit_add_up_to_it(name):
    for layers, maps, k, cell in units(name):
        scene = unit_scene(layers, maps, k, cell)
        terms = terms_of(scene, scene["first"])
        bends = isinstance(layers[k - 1], Sigmoid) or getattr(layers[k - 1], "name", "") == BENT
        if not terms or bends:
            continue
        total = sum(term.a.value * term.b.value for term in terms if term.b.value)
        bias = panel_of(scene, "b")["values"].item() if "bias" in panel_of(scene, "y")["sum"] else 0
        assert total + bias == pytest.approx(as_planes(maps[k])[tuple(cell)], rel=1e-12)


def test_a_window_that_hangs_over_the_edge_is_told_from_padding():
    layers, maps = [MaxPool2D(2, stride=2, ceil_mode=True)], [np.arange(9.0).reshape(1, 1, 3, 3)]
    maps.append(layers[0].forward(maps[0]))
    scene = unit_scene(layers, maps, 1, [0, 1, 1])
    assert panel_of(scene, "x")["edges"] == {"rows": [0, 2], "columns": [0, 2]}
    sentence = "Output cell (1, 1) is the largest value of the 2×2 window at rows 2 to 3, columns 2 to 3; "
    assert sentence_of(scene, scene["first"]) == f"{sentence}3 of its 4 cells hang over the edge and are nothing."


def test_a_kernel_of_one_filter_is_named_by_its_place_among_all_kernels(rng):
    layer, image = odd_convolution(rng), np.ones((1, 4, 5, 6))
    scene = unit_scene([layer], [image, layer.forward(image)], 1, [4, 0, 1])
    x, w, _, b = scene["panels"]
    assert [x["places"]["planes"], w["places"]["planes"]] == [[[2], [3]], [[4, 0], [4, 1]]]
    assert_array_equal(w["values"], layer.params["w"][4])
    assert (name_of(b, [0, 0, 0]), b["values"].item()) == ("b[4]", 2.0)


def test_a_score_is_the_number_of_the_dense_layer_and_its_subtotals_are_those_of_each_plane(rng):
    layer, image = Dense(12, 4, rng=rng), rng.normal(size=(1, 3, 2, 2))
    layer.params["b"] = np.array([0.0, 0.0, 5.0, 0.0])
    maps = [image, image.reshape(1, -1), layer.forward(image.reshape(1, -1))]
    scene = unit_scene([Flatten(), layer], maps, 2, [0, 2, 0])
    x, w, y, _ = scene["panels"]
    flat, weights = image.reshape(1, -1), layer.params["w"][:, 2:3]
    assert_allclose(y["values"], dense(flat, weights, layer.params["b"][2:3])[..., None], rtol=1e-12)
    assert_array_equal(x["values"], image[0])
    assert_array_equal(w["values"].reshape(-1, 1), weights)
    parts = [dense(flat[:, 4 * k : 4 * k + 4], weights[4 * k : 4 * k + 4]) for k in range(3)]
    assert_allclose(y["sum"]["groups"], parts, rtol=1e-12)
    assert_allclose(y["sum"]["groups"].sum(), y["values"].item() - 5.0, rtol=1e-12, atol=1e-12)
    assert strip_of(scene, scene["first"]).head == "y[2] = "
    assert sentence_of(scene, scene["first"]) == (
        "Score 2 adds up all 12 numbers before it, each times its own weight, and a bias."
    )
    assert sentence_of(scene, {"panel": "b", "cell": [0, 0, 0]}) == "The bias is added to this one score."


# --- layers that nobody has described ---------------------------------------------------------------------------------


@pytest.mark.parametrize("layer", [Residual(ReLU()), Doubled()], ids=["unknown", "a subclass with a way of its own"])
def test_a_layer_with_a_way_of_its_own_is_shown_as_plain_maps_under_its_class_name(layer):
    x = np.array([[[[-1.0, 2.0]], [[3.0, -4.0]]]])
    y = layer.forward(x)
    for scene in (layer_scene(layer, x, y, dy=y), unit_scene([layer], [x, y], 1, [1, 0, 1])):
        before, after = scene["panels"]
        assert_array_equal(before["values"], x[0])
        assert_array_equal(after["values"], y[0])
        name = type(layer).__name__
        assert after["title"] == f"out of {name}"
        made = f"{name} made this number; how it works inside is not drawn."
        assert sentence_of(scene, {"panel": "y", "cell": [0, 0, 0]}) == made
    assert scene["first"] == {"panel": "y", "cell": [1, 0, 1]}


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
    names = ["activation 1", "flatten", "Residual", "activation 2", "activation 3", "fully connected"]
    assert layer_names(layers) == names


# --- networks -------------------------------------------------------------------------------------------------------


def test_the_overview_shows_every_map_and_below_it_its_gradient():
    digits, model = load_mnist(), trained_network()
    result = run_network(model, digits.x_test[5:6], 3)
    panels = {panel["name"]: panel for panel in network_scene(result, (4, [2, 1, 1]), backward=True)["panels"]}
    shown = [k for k in range(9) if k != 7]  # the flattened map is no other than the one before
    assert list(panels) == ["h0", "p", *(f"{row}{k}" for k in shown[1:] for row in "hg"), "g0"]
    for k in shown:
        assert_array_equal(panels[f"h{k}"]["values"], as_planes(result.maps[k]))
        assert_array_equal(panels[f"g{k}"]["values"], as_planes(result.errors[k]))
    assert_array_equal(panels["p"]["values"].ravel(), result.probabilities[0])
    symbols = ["δ", "∂L/∂a", "∂L/∂p", "δ", "∂L/∂a", "∂L/∂p", "δ"]
    assert [panels[f"g{k}"]["symbol"] for k in shown[1:]] == symbols
    assert [k for k in shown[1:] if panels[f"h{k}"]["active"]] == [4]
    assert (panels["h4"]["symbol"], panels["h8"]["symbol"]) == ("convolution 2", "fully connected")


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


def test_flatten_alone_is_shown_as_scores_each_with_the_pixel_that_it_is():
    image = np.arange(12.0).reshape(1, 3, 2, 2)
    result = run_network(Sequential(Flatten()), image, 1)
    scene = network_scene(result, (1, [0, 6, 0]), backward=True)
    assert [panel["name"] for panel in scene["panels"]] == ["h0", "p", "h1", "g1", "g0"]
    assert_array_equal(panel_of(scene, "h1")["values"].ravel(), image.ravel())
    assert panel_of(scene, "h0")["marks"] == {"field": [[1, 1, 0]]}  # of 4 pixels a plane, the 7th
    assert unit_scene(result.model.layers, result.maps, 1, [0, 6, 0])["first"]["cell"] == [0, 6, 0]


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
        for cell in np.ndindex(changed.shape[:3]):
            field = panel_of(network_scene(result, (k, list(cell))), "h0")["marks"]["field"]
            assert field == np.argwhere(changed[cell]).tolist(), (k, cell)


class ByColumns(Flatten):
    """Flattens in an order of its own."""

    def _forward(self, x):
        return super()._forward(np.swapaxes(x, 2, 3))


@pytest.mark.parametrize("layers", [(Residual(ReLU()), Flatten()), (ByColumns(),)], ids=["unknown", "an own order"])
def test_a_layer_that_nobody_knows_may_see_all_of_its_input(layers):
    result = run_network(Sequential(MeanPool2D(2), *layers), np.ones((1, 1, 4, 5)), 0)
    field = panel_of(network_scene(result, (2, [0, 0, 0])), "h0")["marks"]["field"]
    assert field == [[0, row, column] for row in range(4) for column in range(4)]  # a column is left over
