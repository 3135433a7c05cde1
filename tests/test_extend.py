"""What grows from outside, without a change to the package: activations and layers of one's own.

Each is put in as anybody would, and is found wherever the package's own are.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from outside import Doubled, Residual

from cnnlab import activations, reference
from cnnlab.activations import ACTIVATIONS, Nonlinearity
from cnnlab.gradcheck import gradient_error, numerical_gradient
from cnnlab.layers import Activation, Conv2D, Dense, Flatten, MaxPool2D, ReLU
from cnnlab.network import Sequential
from cnnlab.optimizers import SGD
from cnnlab.training import train


@pytest.fixture
def softplus(monkeypatch):
    """Put a new activation into the table; return its name."""
    entry = Nonlinearity(
        lambda z, sharp: np.logaddexp(0, sharp * z) / sharp,
        lambda da, z, sharp: da * activations.sigmoid(sharp * z),
        ("log(1 + exp({sharp}·z)) / {sharp}", "1 / (1 + exp(−{sharp}·z))"),
        "C. Dugas et al. (2000)",
        {"sharp": 1.0},
    )
    monkeypatch.setitem(ACTIVATIONS, "softplus", entry)
    return "softplus"


def residual(rng, channels=2):
    return Residual(Conv2D(channels, channels, 3, padding=1, rng=rng), ReLU())


def check_backward(model, x, rng):
    """Compare the gradients with respect to x and to all weights with central differences."""
    dy = rng.standard_normal(model.forward(x).shape)
    dx, grads = model.backward(dy), model.grads
    assert gradient_error(dx, numerical_gradient(model.forward, x, dy)) < 1e-7
    assert grads.keys() == model.params.keys()
    for name, param in model.params.items():

        def output(values, param=param):
            before, param[...] = param.copy(), values
            y = model.forward(x)
            param[...] = before
            return y

        assert gradient_error(grads[name], numerical_gradient(output, param, dy)) < 1e-7


# --- softplus -----------------------------------------------------------------------------------------------------


def test_a_new_activation_is_a_layer(softplus, rng):
    layer, z = Activation(softplus, sharp=2), np.array([[-3.0, 0.0], [0.5, 30.0]])
    assert_allclose(layer.forward(z), np.log(1 + np.exp(2 * z)) / 2, rtol=1e-12)
    assert_allclose(layer.backward(np.full((2, 2), 10)), 10 / (1 + np.exp(-2 * z)), rtol=1e-12)
    assert (repr(layer), layer.kind, layer.reads) == ("Activation('softplus', sharp=2.0)", "activation", "cell")


def test_a_new_activation_has_its_words(softplus):
    assert ACTIVATIONS[softplus].formulas(sharp=3) == ("f(z) = log(1 + exp(3·z)) / 3", "f′(z) = 1 / (1 + exp(−3·z))")


def test_a_new_activation_is_in_the_reference(softplus, rng):
    z, da = rng.standard_normal((2, 3, 4))
    entry = ACTIVATIONS[softplus]
    assert_allclose(reference.activate(softplus, z, sharp=2), entry.forward(z, sharp=2), rtol=1e-12)
    assert_allclose(reference.activate(softplus, z), entry.forward(z, sharp=1), rtol=1e-12)
    expected = entry.backward(da, z, sharp=2)
    assert_allclose(reference.activate_backward(softplus, da, z, sharp=2), expected, rtol=1e-12)


def test_the_reference_asks_a_new_activation_for_one_cell_at_a_time(softplus, monkeypatch):
    shapes = []
    entry = Nonlinearity(lambda z: shapes.append(z.shape) or z, lambda da, z: shapes.append(da.shape) or da, ("", ""))
    monkeypatch.setitem(ACTIVATIONS, softplus, entry)
    assert_array_equal(reference.activate(softplus, [[1, 2]]), [[1, 2]])
    assert_array_equal(reference.activate_backward(softplus, [[3, 4]], [[1, 2]]), [[3, 4]])
    assert shapes == [(1,)] * 4


def test_a_network_with_a_new_activation_learns(softplus, rng):
    y = np.arange(40) % 2
    x = rng.normal(size=(40, 2)) + [4, 0] * y[:, None]
    model = Sequential(Dense(2, 3, rng=rng), Activation(softplus), Dense(3, 2, rng=rng))
    check_backward(model, x[:3], rng)
    records = list(train(model, x, y, epochs=20, batch_size=10, optimizer=SGD(0.3), rng=rng))
    assert records[-1].loss < records[0].loss / 2
    assert [row.sees for row in model.summary((2,))] == [None, None, None]


# --- layers -------------------------------------------------------------------------------------------------------


def test_a_subclass_is_its_parent_where_it_does_not_differ(rng):
    layer = Doubled()
    assert_array_equal(layer.forward([-2, 3]), [0, 6])
    assert_array_equal(layer.backward([10, 20]), [0, 40])
    assert (repr(layer), layer.kind, layer.reads) == ("Doubled()", "activation", "cell")
    model = Sequential(Conv2D(1, 2, 3, rng=rng), layer, MaxPool2D(2))
    assert [row.sees for row in model.summary((1, 6, 6))] == [(3, 3), (3, 3), (4, 4)]


def test_a_layer_that_nobody_knows_goes_forward_and_backward(rng):
    model = Sequential(residual(rng), Flatten(), Dense(2 * 4 * 4, 3, rng=rng))
    check_backward(model, rng.standard_normal((2, 2, 4, 4)), rng)


def test_a_layer_that_nobody_knows_sees_all_and_stands_under_its_name(rng):
    model = Sequential(Conv2D(1, 2, 3, padding=1, rng=rng), residual(rng), MaxPool2D(2))
    assert str(model.summary((1, 4, 4))).splitlines() == [
        "layer                       output     sees  parameters  unshared",
        "Conv2D(1, 2, 3, padding=1)  (2, 4, 4)   3×3          20       544",
        "Residual()                  (2, 4, 4)   all          38     1,056",
        "MaxPool2D(2)                (2, 2, 2)   all           0         0",
        "total                                                58     1,600",
    ]
    assert (model.layers[1].kind, model.layers[1].reads, model.layers[1].axes((4, 4))) == ("", "all", ())


def test_a_summary_leaves_no_trace_in_the_layers_inside_a_layer(rng):
    model, x, dy = Sequential(residual(rng)), rng.standard_normal((2, 2, 3, 3)), rng.standard_normal((2, 2, 3, 3))
    model.forward(x)
    expected = model.backward(dy)
    model.summary((2, 5, 5))
    assert_array_equal(model.backward(dy), expected)


def test_the_weights_of_a_layer_that_nobody_knows_are_saved_and_loaded(rng, tmp_path):
    first, second, x = Sequential(residual(rng)), Sequential(residual(rng)), rng.standard_normal((1, 2, 3, 3))
    first.save(tmp_path / "weights.npz")
    assert not np.allclose(second.forward(x), first.forward(x))
    second.load(tmp_path / "weights.npz")
    assert_array_equal(second.forward(x), first.forward(x))


def test_flatten_alone_is_a_network():
    model, x = Sequential(Flatten()), np.arange(8).reshape(2, 1, 2, 2)
    assert_array_equal(model.forward(x), [[0, 1, 2, 3], [4, 5, 6, 7]])
    assert_array_equal(model.backward([[1, 2, 3, 4], [5, 6, 7, 8]]), [[[[1, 2], [3, 4]]], [[[5, 6], [7, 8]]]])
    assert [tuple(row) for row in model.summary((1, 2, 2))] == [("Flatten()", (4,), (1, 1), 0, 0)]
