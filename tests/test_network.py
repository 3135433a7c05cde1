"""Sequential: layers one after the other, their table and their weights in a file."""

from __future__ import annotations

import re
import weakref

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from cnnlab.activations import ACTIVATIONS
from cnnlab.gradcheck import gradient_error, numerical_gradient
from cnnlab.layers import Conv2D, Dense, Flatten, MaxPool2D, MeanPool2D, ReLU, Tanh
from cnnlab.network import Sequential, trained_network
from cnnlab.pooling import POOLS


def small_network(seed=0):
    """Return a network with layers of all kinds for images (N, 2, 9, 8)."""
    rng = np.random.default_rng(seed)
    return Sequential(
        Conv2D(2, 3, 3, stride=2, padding=1, rng=rng),
        Tanh(),
        MaxPool2D(2, stride=1),
        Conv2D(3, 4, (3, 2), rng=rng, init="xavier"),
        ReLU(),
        MeanPool2D(2, stride=1, padding=(1, 0)),
        Flatten(),
        Dense(12, 5, rng=rng),
    )


def test_a_network_is_its_layers_one_after_the_other(rng):
    model, x = small_network(), rng.standard_normal((2, 2, 9, 8))
    outputs = model.outputs(x)
    for layer, output in zip(model.layers, outputs, strict=True):
        x = layer.forward(x)
        assert_array_equal(output, x)
    assert_array_equal(model.forward(np.ones((1, 2, 9, 8))), model.outputs(np.ones((1, 2, 9, 8)))[-1])


def test_every_gradient_of_a_network_equals_central_differences(rng):
    model, x, dy = small_network(), rng.standard_normal((2, 2, 9, 8)), rng.standard_normal((2, 5))
    model.forward(x)
    assert gradient_error(model.backward(dy), numerical_gradient(model.forward, x, dy)) < 1e-7
    grads = model.grads
    assert grads.keys() == model.params.keys() == {"0.w", "0.b", "3.w", "3.b", "7.w", "7.b"}
    for name, param in model.params.items():

        def output(values, param=param):
            param[...] = values
            return model.forward(x)

        before = param.copy()
        numeric = numerical_gradient(output, before, dy)
        param[...] = before
        assert gradient_error(grads[name], numeric) < 1e-7


def test_the_gradients_are_those_of_every_output_from_the_input_up(rng):
    model, x, dy = small_network(), rng.standard_normal((2, 2, 9, 8)), rng.standard_normal((2, 5))
    outputs = model.outputs(x)
    gradients = model.gradients(dy)
    assert [gradient.shape for gradient in gradients] == [x.shape, *(output.shape for output in outputs)]
    assert_array_equal(gradients[-1], dy)
    for layer, above, below in zip(model.layers, gradients[1:], gradients, strict=False):
        assert_array_equal(layer.backward(above), below)
    assert_array_equal(model.backward(dy), gradients[0])
    assert Sequential().gradients(3) == [3]


def test_the_backward_lets_go_of_the_gradients_it_has_used():
    alive = []

    class Watched(ReLU):
        def _backward(self, dy, x):
            dx, grads = super()._backward(dy, x)
            alive.append(weakref.ref(dx))
            return dx, grads

    model = Sequential(*(Watched() for _ in range(4)))
    model.forward(np.ones((2, 2)))
    dx = model.backward(np.ones((2, 2)))
    assert [ref() is None for ref in alive] == [True, True, True, False]
    assert alive[-1]() is dx


def test_params_are_the_weights_themselves():
    model = small_network()
    model.params["3.b"][:] = 7
    assert_array_equal(model.layers[3].params["b"], [7] * 4)


def test_a_network_of_no_layers_returns_its_input():
    assert_array_equal(Sequential().forward([1, 2]), [1, 2])
    assert len(Sequential().summary((1, 2, 2))) == 0


@pytest.mark.parametrize("layer", [3, "relu", ReLU, [ReLU(), ReLU()], Sequential(ReLU())])
def test_what_is_no_layer_is_refused_when_the_network_is_made(layer):
    with pytest.raises(TypeError, match=r"^layers \(.+ in it\) must each be a layer"):
        Sequential(ReLU(), layer)


@pytest.mark.parametrize(
    ("shape", "error", "message"),
    [
        (5, TypeError, "shape (5) must be a list of the lengths (C, H, W)"),
        ((2, [9, 8]), TypeError, "shape ([9, 8]) must be an int"),
        ((2, -9, 8), ValueError, "shape (-9) must be at least 1"),
        ((2, 9.0, 8), TypeError, "shape (9.0) must be an int"),
        ((), ValueError, "shape (()) must have 1 to 3 lengths, such as (C, H, W)"),
        ((1, 2, 9, 8), ValueError, "shape ((1, 2, 9, 8)) must have 1 to 3 lengths, such as (C, H, W)"),
        ((2, 2**31, 8), ValueError, "shape (2147483648) must be at most 2,147,483,647"),
        (
            (2, 2**30, 1),
            ValueError,
            "x (shape (2, 1073741824, 1)) must have at most 268,435,456 cells (it has 2,147,483,648)",
        ),
    ],
)
def test_a_summary_of_no_shape_is_refused(shape, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        small_network().summary(shape)


def test_an_error_names_the_layer():
    message = "layer 3, Conv2D(3, 4, (3, 2)): kernel (3) must fit in the padded input (1 + 2*0 = 1)"  # 3 -> 2 -> 1 rows
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        small_network().forward(np.zeros((1, 2, 3, 8)))
    with pytest.raises(TypeError, match=re.escape("layer 0, Conv2D(2, 3, 3, stride=2, padding=1): x (dtype bool)")):
        small_network().forward(np.zeros((1, 2, 9, 8), bool))


# --- the table ----------------------------------------------------------------------------------------------------


def test_the_summary_counts_shapes_fields_and_parameters():
    rows = small_network().summary((2, 9, 8))
    assert [tuple(row) for row in rows] == [
        ("Conv2D(2, 3, 3, stride=2, padding=1)", (3, 5, 4), (3, 3), 57, (144 + 1) * 60),
        ("Tanh()", (3, 5, 4), (3, 3), 0, 0),
        ("MaxPool2D(2, stride=1)", (3, 4, 3), (5, 5), 0, 0),
        ("Conv2D(3, 4, (3, 2))", (4, 2, 2), (9, 7), 76, (36 + 1) * 16),
        ("ReLU()", (4, 2, 2), (9, 7), 0, 0),
        ("MeanPool2D(2, stride=1, padding=(1, 0))", (4, 3, 1), (11, 9), 0, 0),
        ("Flatten()", (12,), (11, 9), 0, 0),
        ("Dense(12, 5)", (5,), None, 65, 65),
    ]


def test_the_tutorial_s_layer_shares_its_weights():
    (row,) = Sequential(Conv2D(3, 2, 3, stride=2, padding=1, rng=np.random.default_rng(0))).summary((3, 5, 5))
    assert row.output == (2, 3, 3)
    assert row.parameters == 2 * (3 * 3 * 3 + 1)
    assert row.unshared == 18 * (75 + 1)


def test_a_dilated_kernel_sees_as_far_as_it_reaches():
    rng = np.random.default_rng(0)
    rows = Sequential(Conv2D(1, 1, 3, dilation=2, rng=rng), Conv2D(1, 1, 3, dilation=4, rng=rng)).summary((1, 20, 20))
    assert [row.sees for row in rows] == [(5, 5), (13, 13)]


def test_the_summary_is_a_table_with_totals():
    rng = np.random.default_rng(0)
    model = Sequential(Conv2D(1, 8, 3, rng=rng), Flatten(), Dense(288, 10, rng=rng))
    assert str(model.summary((1, 8, 8))).splitlines() == [
        "layer            output     sees  parameters  unshared",
        "Conv2D(1, 8, 3)  (8, 6, 6)   3×3          80    18,720",
        "Flatten()        (288,)      3×3           0         0",
        "Dense(288, 10)   (10,)       all       2,890     2,890",
        "total                                  2,970    21,610",
    ]


def test_a_network_and_the_tables_are_written_the_same_each_time(rng):
    model = Sequential(Conv2D(1, 8, (3, 3), stride=(1, 1), padding=(0, 0), rng=rng), ReLU())
    assert repr(model) == "Sequential(Conv2D(1, 8, (3, 3)), ReLU())"
    assert repr(Sequential()) == "Sequential()"
    assert repr(trained_network()).startswith("Sequential(Conv2D(1, 8, 3, padding=1), ReLU(), MaxPool2D(2), Conv2D(8,")
    for entry in (*ACTIVATIONS.values(), *POOLS.values()):
        assert " at 0x" not in repr(entry)
        assert repr(entry.source) in repr(entry)


def test_the_summary_leaves_no_trace_in_the_model(rng):
    model, x, dy = small_network(), rng.standard_normal((2, 2, 9, 8)), rng.standard_normal((2, 5))
    model.forward(x)
    expected = model.backward(dy)
    model.summary((2, 9, 8))
    assert_array_equal(model.backward(dy), expected)


# --- weights in a file --------------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path):
    return tmp_path / "weights"


def test_weights_come_back_from_a_file_as_they_were(path, rng):
    model, other, x = small_network(0), small_network(1), rng.standard_normal((2, 2, 9, 8))
    assert not np.allclose(model.forward(x), other.forward(x))
    model.save(path)
    other.load(path)
    assert_array_equal(other.forward(x), model.forward(x))
    with np.load(path, allow_pickle=False) as file:
        assert set(file) == set(model.params)


def test_loading_writes_into_the_arrays_that_are_there(path):
    model = small_network()
    weights = model.layers[0].params["w"]
    model.save(path)
    before = weights.copy()
    weights[:] = 0
    model.load(path)
    assert_array_equal(weights, before)


def test_the_weights_of_another_network_are_refused_and_nothing_is_changed(path, rng):
    model = small_network()
    before = {name: param.copy() for name, param in model.params.items()}
    for other, difference in [
        (Sequential(*small_network().layers[:-1]), "7.w is missing there, float64 (12, 5) here"),
        (Sequential(Conv2D(2, 4, 3, rng=rng)), "0.w is float64 (4, 2, 3, 3) there, float64 (3, 2, 3, 3) here"),
        (Sequential(*small_network().layers, Dense(5, 5, rng=rng)), "8.w is float64 (5, 5) there, missing here"),
    ]:
        other.save(path)
        message = f"{path} must hold the weights of this model ({difference})"
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
            model.load(path)
    for name, param in model.params.items():
        assert_array_equal(param, before[name])


def test_a_missing_or_damaged_file_is_named(path):
    with pytest.raises(FileNotFoundError, match=f"^{re.escape(str(path))} must exist$"):
        small_network().load(path)
    path.write_bytes(b"PK\x03\x04 not a whole file")
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))} must be a whole .npz file"):
        small_network().load(path)


def test_after_a_dense_layer_everything_is_seen(rng):
    rows = Sequential(Flatten(), Dense(9, 4, rng=rng), ReLU(), Dense(4, 2, rng=rng)).summary((1, 3, 3))
    assert [row.sees for row in rows] == [(1, 1), None, None, None]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_weights_that_are_not_finite_are_refused_and_nothing_is_changed(path, bad):
    model, other = small_network(0), small_network(1)
    before = {name: param.copy() for name, param in model.params.items()}
    other.params["3.b"][2] = bad
    other.save(path)
    message = f"{path} must hold finite weights (3.b holds {bad})"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        model.load(path)
    for name, param in model.params.items():
        assert_array_equal(param, before[name])


def test_weights_that_cannot_be_changed_are_named_before_any_is(path):
    model = small_network(0)
    small_network(1).save(path)
    before = model.params["0.w"].copy()
    model.params["7.b"].flags.writeable = False
    with pytest.raises(ValueError, match=r"^7\.b \(a read-only array\) must be writeable: it is changed in place$"):
        model.load(path)
    assert_array_equal(model.params["0.w"], before)


def test_weights_that_are_objects_are_not_saved(path):
    model = small_network()
    model.layers[0].params["b"] = np.array([{}, None, 1])
    with pytest.raises(TypeError, match=r"^0\.b \(array.+\) must be an array of numbers"):
        model.save(path)
    assert not path.exists()
