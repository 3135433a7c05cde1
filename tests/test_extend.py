"""What grows: activations and layers of one's own, put in from outside or written into the package's own files.

Each is put in as anybody would, and is found wherever the package's own are.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from outside import BENT, Doubled, Residual

from cnnlab import activations
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
    monkeypatch.setitem(ACTIVATIONS, BENT, entry)
    return BENT


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
    assert (repr(layer), layer.kind, layer.reads) == (f"Activation('{BENT}', sharp=2.0)", "activation", "cell")


def test_a_new_activation_has_its_words(softplus):
    assert ACTIVATIONS[softplus].formulas(sharp=3) == ("f(z) = log(1 + exp(3·z)) / 3", "f′(z) = 1 / (1 + exp(−3·z))")


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


# --- written into the package itself: one file, one entry -----------------------------------------------------------

INVENTED = """

def invented(z):
    return np.logaddexp(0, check_array("z", z))


def invented_backward(da, z):
    da, z = _check_pair(da, z)
    return da * sigmoid(z)


ACTIVATIONS["invented"] = Nonlinearity(
    lambda z: invented(z), lambda da, z: invented_backward(da, z), ("log(1 + exp(z))", "1 / (1 + exp(−z))"),
    "C. Dugas et al. (2000)", torch="Invented")
"""
FIND_INVENTED = """
z, da = np.array([[[[-1.0, 0.0], [2.0, 3.0]]]]), np.array([[[[1.0, 2.0], [3.0, 4.0]]]])
layer, a, dz = Activation("invented"), np.log(1 + np.exp(z)), da / (1 + np.exp(-z))
agree(layer.forward(z), a), agree(layer.backward(da), dz)
explorer = ActivationExplorer(z, f="invented")
agree(explorer._scenes[0]["panels"][1]["values"], a[0])
chain = ChainExplorer(np.ones((1, 1, 8, 8)), f="invented")
Invented = like.module("Invented", beta=1.0)
(read,) = from_torch(like.Sequential(Invented())).layers
agree(read.forward(z), a)
raises("beta of module[0] (2.0) must be 1.0", Invented(beta=2.0))
raises(", Invented, MaxPool2d", like.module("ReLU6Invented")())
print(explorer.describe(), repr(read), words(explorer), chain.f + chain.op, sep=chr(10))
words(chain)
"""

MIDDLE = """

POOLS["middle"] = Pool(
    forward=lambda x, kernel, **s: ((max_pool2d(x, kernel, **s)[0] - max_pool2d(-x, kernel, **s)[0]) / 2, x),
    backward=lambda dy, x, x_shape, kernel, **s: sum(
        max_pool2d_backward(dy / 2, max_pool2d(sign * x, kernel, **s)[1], x_shape) for sign in (1, -1)),
    pads_with=0.0, words="lies midway between the largest and the least of", strip=("mid(", ", ", ")"),
    source="worked out here", torch="MiddlePool2d")
"""
FIND_MIDDLE = """
x = np.array([[[[1.0, 9.0, 2.0, 2.0], [3.0, 5.0, 8.0, 4.0], [0, 0, 6.0, 7.0], [0, 2.0, 8.0, 9.0]]]])
dy = np.array([[[[10.0, 20.0], [30.0, 40.0]]]])
y, dx = [[[[5, 5], [1, 7.5]]]], [[[[5, 5, 10, 0], [0, 0, 10, 0], [15, 0, 20, 0], [0, 15, 0, 20]]]]
layer = Pool2D("middle", 2)
agree(layer.forward(x), y), agree(layer.backward(dy), dx)
explorer = PoolingExplorer(x, 2, op="middle")
agree(explorer._scenes[0]["panels"][1]["values"], y[0])
chain = ChainExplorer(np.ones((1, 1, 8, 8)), op="middle")
(read,) = from_torch(like.Sequential(like.module("MiddlePool2d", kernel_size=2, stride=2)())).layers
agree(read.forward(x), y)
raises(", MiddlePool2d, Flatten", like.module("UnknownPool2d")())
print(explorer.describe(), repr(read), words(explorer), chain.f + chain.op, sep=chr(10))
words(chain)
"""

ASK = """
import numpy as np
import torch_stand_ins as like
from cnnlab.interop import from_torch
from cnnlab.lab import ActivationExplorer, ChainExplorer, PoolingExplorer
from cnnlab.lab import stills
from cnnlab.layers import Activation, Pool2D


def agree(found, expected):
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def raises(said, module):
    try:
        from_torch(like.Sequential(module))
    except (TypeError, ValueError) as error:
        assert said in str(error), error
    else:
        raise AssertionError(said)


def words(explorer):
    assert len(explorer.still()["image/png"]) > 1000
    return " ".join(word.text for word in stills.draw_scenes(explorer._scenes).words)

"""


@pytest.mark.parametrize(
    ("module", "entry", "ask", "named"),
    [("activations", INVENTED, FIND_INVENTED, "invented"), ("pooling", MIDDLE, FIND_MIDDLE, "middle")],
    ids=["an activation", "a pool"],
)
def test_one_entry_in_one_file_of_the_package_is_found_everywhere(module, entry, ask, named, repository, tmp_path):
    shutil.copytree(repository / "cnnlab", tmp_path / "cnnlab", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "cnnlab" / f"{module}.py").open("a", encoding="utf-8") as file:
        file.write(entry)
    path = os.pathsep.join([str(tmp_path), str(repository / "tests")])
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", ASK + ask],
        env={**os.environ, "PYTHONPATH": path, "MPLBACKEND": "agg", "CNNLAB_PROGRESS": "off"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert run.stderr == ""
    assert [named in line for line in run.stdout.splitlines()] == [True] * 4
