"""The promise: every number on a screen comes from the public functions. Break one, and what shows it breaks, no other.

A function is broken where it is defined; then, as a stranger might, wherever a module of cnnlab has it under some name.
"""

from __future__ import annotations

import importlib
import sys

import numpy as np
import pytest
from explorers import MAKERS
from scene_schema import check_scene

from cnnlab import load_photo, pooling
from cnnlab.activations import ACTIVATIONS
from cnnlab.lab.explorers.front import as_message
from cnnlab.lab.scenes import (
    activation_scene,
    chain_scene,
    channels_scene,
    convolution_scene,
    digit_scene,
    gather_scene,
    layer_scene,
    made_scene,
    network_scene,
    photo_scene,
    pooling_scene,
    run_network,
    scatter_scene,
    tie_scene,
)
from cnnlab.layers import Conv2D, Dense, Flatten, MaxPool2D, MeanPool2D, ReLU, Tanh
from cnnlab.network import Sequential
from cnnlab.pooling import POOLS

RNG = np.random.default_rng(11)
X, Z = RNG.integers(-3, 4, (1, 2, 5, 5)).astype(float), RNG.normal(size=(1, 1, 3, 3))
W, B, DY = RNG.normal(size=(2, 2, 3, 3)), RNG.normal(size=2), RNG.normal(size=(1, 2, 5, 5))
ONE, KERNEL = X[:, :1], W[:1, :1]  # one channel, one filter
POOLED = RNG.normal(size=(1, 2, 3, 3))
PAD = {"padding": 1}
NAMES = [("x", "∂L/∂x"), ("z", "δ_z"), ("a", "∂L/∂a"), ("p", "∂L/∂p")]


def network(pool, activation) -> Sequential:
    rng = np.random.default_rng(3)
    return Sequential(Conv2D(2, 3, 2, rng=rng), activation, pool, Flatten(), Dense(12, 3, rng=rng))


def network_of(pool, activation):
    return network_scene(run_network(network(pool, activation), X, 1), backward=True)


def chain():
    model = Sequential(*network(MaxPool2D(2), ReLU()).layers[:3])
    maps = [X, *model.outputs(X)]
    return chain_scene(maps, model.gradients(np.ones_like(maps[-1])), NAMES, ["⋆", "f", "pool"], (0, 0))


def made(name, cell):
    """Return the picture of how a map was made, by a pass before anything was broken."""
    result = run_network(network(MaxPool2D(2), ReLU()), X, 1)
    return lambda: made_scene(result, name, cell)


SCENES = {
    "convolution": lambda: convolution_scene(X, W, B, padding=1, dy=DY),
    "turned": lambda: convolution_scene(X, W, B, padding=1, turned=True),
    "channels": lambda: channels_scene(X, W, B, padding=1, dy=DY),
    "one channel": lambda: channels_scene(ONE, W[:, :1], B, padding=1),
    "scatter": lambda: scatter_scene(ONE, KERNEL, DY[:, :1], padding=1),
    "gather": lambda: gather_scene(ONE, KERNEL, DY[:, :1], padding=1),
    "photo": lambda: photo_scene(load_photo()[:, :1, :60, :60], KERNEL),
    "max over zeros": lambda: pooling_scene(X, 3, stride=2, dy=POOLED, pad_value=0.0, **PAD),
    "mean of the input": lambda: pooling_scene(X, 3, op="mean", stride=2, dy=POOLED, count_include_pad=False, **PAD),
    "ties": lambda: tie_scene(X, 3, POOLED, stride=2, **PAD),
    **{f: lambda f=f: activation_scene(Z, f, dy=Z) for f in ACTIVATIONS},
    **{op: lambda op=op: pooling_scene(X, 3, op=op, stride=2, dy=POOLED, **PAD) for op in POOLS},
    "layer": lambda: layer_scene(MaxPool2D(3, stride=2, padding=1), X, POOLED, POOLED),
    "chain": chain,
    "network": lambda: network_of(MaxPool2D(2), ReLU()),
    "other network": lambda: network_of(MeanPool2D(2), Tanh()),
    "map of a convolution": made("h1", [2, 1, 1]),
    "gradient of the image": made("g0", [1, 1, 1]),
    "map of a max": made("h3", [1, 1, 0]),
    "score": made("h5", [2, 0, 0]),
    "fraction": made("p", [0, 1, 0]),
    "digit": lambda: digit_scene(np.pad(np.ones((20, 6)), ((6, 6), (12, 14))), np.full(10, 0.1)),
}
CONVOLUTIONS = {"convolution", "turned", "channels", "one channel"}
NETWORKS = {"network", "other network"}
MADE = {"map of a convolution", "gradient of the image", "score"}
MAX = {"max", "max over zeros", "ties", "layer", "chain", "network", "map of a max"}
MEAN = {"mean", "mean of the input", "other network"}
RELU = {"relu", "chain", "network"}
# What somebody has added to the tables: its scene may be made of other operations too.
FURTHER = {*ACTIVATIONS, *POOLS} - {"relu", "leaky_relu", "sigmoid", "tanh", "max", "mean"}
OF_TABLES = {f"activations.{f}": {f} for f in ACTIVATIONS}
OF_TABLES |= {f"pooling.{op}_pool2d": {op} for op in POOLS if hasattr(pooling, f"{op}_pool2d")}
OF_TABLES |= {"pooling.max_pool2d": MAX, "pooling.mean_pool2d": MEAN, "activations.relu": RELU}
OF_TABLES["activations.tanh"] |= {"other network"}
# Which scenes show what each operation makes.
SHOWN = {
    **OF_TABLES,
    **{f"{path}_backward": scenes for path, scenes in OF_TABLES.items()},
    "convolution.conv2d": CONVOLUTIONS | NETWORKS | MADE | {"gather", "photo", "chain"},
    "convolution.conv2d_backward": NETWORKS | {"convolution", "channels", "scatter", "chain"},
    "convolution.conv_transpose2d": {"gather", "gradient of the image"},
    "padding.pad2d": CONVOLUTIONS
    | {"gather", "gradient of the image", "max", "max over zeros", "mean", "mean of the input", "ties", "layer"},
    "padding.pad2d_backward": set(),  # a ring is shown as it is, and its gradient with it
    "dense.dense": NETWORKS,
    "dense.dense_backward": NETWORKS,
    "losses.softmax_cross_entropy": NETWORKS | {"fraction"},
    "losses.softmax_cross_entropy_backward": NETWORKS | {"fraction"},
    "data.bitmap.normalise_bitmap": {"digit"},
}
CONVOLVED_BACK = {
    "ConvolutionExplorer with gradients",
    "ConvolutionExplorer with channels",
    "ConvolutionExplorer with groups",
    "BackwardExplorer",
    "ChannelsExplorer",
    "ChainExplorer",
    "NetworkExplorer",
}
CONVOLVED = {"ConvolutionExplorer", "PhotoExplorer", "PhotoExplorer of a few cells", "DigitPad"} | CONVOLVED_BACK
NOT_PADDED = {"ConvolutionExplorer", "ConvolutionExplorer with channels", "PhotoExplorer", "DigitPad"}
NOT_PADDED |= {"NetworkExplorer"}  # no padding is drawn there: a convolution makes its own
# Which explorers do, with all their gradients shown, a ReLU and a digit on the pad.
EXPLORED = {
    "convolution.conv2d": CONVOLVED,
    "convolution.conv2d_backward": CONVOLVED_BACK,
    "convolution.conv_transpose2d": {"BackwardExplorer"},
    "padding.pad2d": CONVOLVED - NOT_PADDED | {"PoolingExplorer", "PoolingExplorer of means"},
    "padding.pad2d_backward": set(),
    "pooling.max_pool2d": {"PoolingExplorer", "ChainExplorer", "NetworkExplorer", "DigitPad"},
    "pooling.max_pool2d_backward": {"PoolingExplorer", "ChainExplorer", "NetworkExplorer"},
    "pooling.mean_pool2d": {"PoolingExplorer of means"},
    "pooling.mean_pool2d_backward": {"PoolingExplorer of means"},
    "activations.relu": {"ActivationExplorer", "ChainExplorer", "CurveExplorer", "NetworkExplorer", "DigitPad"},
    "activations.relu_backward": {"ActivationExplorer", "ChainExplorer", "CurveExplorer", "NetworkExplorer"},
    "dense.dense": {"NetworkExplorer", "DigitPad"},
    "dense.dense_backward": {"NetworkExplorer"},
    "losses.softmax_cross_entropy": {"NetworkExplorer", "DigitPad", "SoftmaxExplorer"},
    "losses.softmax_cross_entropy_backward": {"NetworkExplorer", "SoftmaxExplorer"},
    "data.bitmap.normalise_bitmap": {"DigitPad"},
}


def changed(result):
    """Return something else than a function did: other numbers, not all changed alike, other places, other cells."""
    if isinstance(result, tuple):
        return tuple(map(changed, result))
    if isinstance(result, float):
        return 1.5 * result + 1
    if result.dtype == bool:
        return ~result
    return np.roll(result, 1) if result.dtype.kind == "i" else 1.5 * result + 1


def breaking(function):
    def broken(*args, **settings):
        return changed(function(*args, **settings))

    return broken


def break_at_home(monkeypatch, path: str) -> None:
    """Replace a function in the module that defines it."""
    module, name = f"cnnlab.{path}".rsplit(".", 1)
    module = importlib.import_module(module)
    monkeypatch.setattr(module, name, breaking(getattr(module, name)))


def break_everywhere(monkeypatch, path: str) -> None:
    """Replace a function under each name that any module of cnnlab has for it."""
    module, name = f"cnnlab.{path}".rsplit(".", 1)
    function = getattr(importlib.import_module(module), name)
    for loaded in [module for name, module in sys.modules.items() if name.split(".")[0] == "cnnlab"]:
        for other in [other for other, value in vars(loaded).items() if value is function]:
            monkeypatch.setattr(loaded, other, breaking(function))


@pytest.fixture(scope="module")
def whole() -> dict[str, dict]:
    """Return every scene while nothing is broken."""
    scenes = {name: make() for name, make in SCENES.items()}
    for scene in scenes.values():
        check_scene(scene)
    return {name: as_message(scene) for name, scene in scenes.items()}


WITHOUT_SCENES = ("OutputSizeExplorer", "BugExplorer", "Predict", "Predict with choices")


@pytest.fixture(scope="module")
def explorers() -> dict:
    """Return one of each explorer that draws scenes, with gradients, a ReLU and a digit, and what it draws."""
    made = {name: make() for name, make in MAKERS.items() if name not in WITHOUT_SCENES}
    made["NetworkExplorer"].backward = True
    made["ActivationExplorer"].f = "relu"
    made["DigitPad"].bitmap = np.pad(np.ones((20, 6)), ((6, 6), (12, 14)))
    return {name: (explorer, as_message(explorer.scenes())) for name, explorer in made.items()}


@pytest.mark.parametrize("path", SHOWN)
def test_what_shows_a_broken_function_breaks_with_it_and_nothing_else(path, whole, monkeypatch):
    with monkeypatch.context() as patch:
        break_at_home(patch, path)  # which breaks nothing that the other does not
        assert [name for name in SHOWN[path] if as_message(SCENES[name]()) == whole[name]] == []
    break_everywhere(monkeypatch, path)
    broken = {name for name, make in SCENES.items() if as_message(make()) != whole[name]}
    assert broken - (FURTHER - SHOWN[path]) == SHOWN[path]


@pytest.mark.parametrize("path", EXPLORED)
def test_every_explorer_that_shows_a_broken_function_breaks_with_it(path, explorers, monkeypatch):
    break_everywhere(monkeypatch, path)
    network, whole = explorers["NetworkExplorer"]
    kept = network._whole
    monkeypatch.setattr(network, "_whole", None)  # as for its first image
    broken = {name for name, (made, before) in explorers.items() if as_message(made.scenes()) != before}
    assert broken == EXPLORED[path]
    network._whole = kept  # as for every other one, which takes over what depends on the layers alone
    assert (as_message(network.scenes()) != whole) == ("NetworkExplorer" in broken)


def test_every_public_operation_is_broken_in_turn():
    modules = ("activations", "convolution", "dense", "losses", "padding", "pooling")
    public = importlib.import_module("cnnlab").__all__
    operations = {
        f"{module}.{name}"
        for module in modules
        for name, value in vars(importlib.import_module(f"cnnlab.{module}")).items()
        if name in public and getattr(value, "__module__", "") == f"cnnlab.{module}"
    }
    assert operations == {path for path in SHOWN if not path.startswith("data.")}


@pytest.mark.parametrize("name", ["max", "ties", "map of a max"])
def test_shares_and_marks_of_a_pool_are_where_its_argmax_points(name, monkeypatch):
    original, before = pooling.max_pool2d, as_message(SCENES[name]()["shares"])

    def moved(*args, **settings):
        y, argmax = original(*args, **settings)
        return y, np.full_like(argmax, args[0].shape[3] + 1 if args[0].shape[3] > 2 else 0)

    monkeypatch.setattr(pooling, "max_pool2d", moved)
    scene = SCENES[name]()
    assert as_message(scene["shares"]) != before
    if name == "max":
        x = scene["panels"][0]
        assert x["marks"]["winner"] == [[0, 2, 2], [1, 2, 2]]  # of the padded plane
        dx = scene["panels"][2]["values"]
        assert dx[:, 2, 2].tolist() == pytest.approx(POOLED[0].sum(axis=(1, 2)).tolist())
        assert np.count_nonzero(dx) == 2
