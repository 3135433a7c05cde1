"""Networks of PyTorch, read as networks of cnnlab: the same numbers forward and back, and clear words where not.

What is read of a module, and what is said of one that cannot be read, is tested with modules that only look like
PyTorch's; test_interop_torch.py reads PyTorch's own, where it is installed, and compares their numbers.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch_stand_ins as like
from numpy.testing import assert_array_equal

from cnnlab import conv2d, dense
from cnnlab.activations import ACTIVATIONS, Nonlinearity
from cnnlab.interop import _ADVICE, _LEFT_OUT, _OTHER_ACTIVATIONS, from_torch
from cnnlab.pooling import POOLS, Pool


def exactly(message):
    """Return the pattern that matches this message and nothing longer."""
    return f"^{re.escape(message)}$"


def read(*modules):
    """Return the layers that a Sequential of these modules is read as."""
    return list(from_torch(like.Sequential(*modules)).layers)


# --- what is read -------------------------------------------------------------------------------------------------

BENDS, POOLED = ([entry.torch for entry in table.values() if entry.torch] for table in (ACTIVATIONS, POOLS))
KINDS = ", ".join(["Conv2d", *BENDS, *POOLED, "Flatten", "Linear", "Dropout", "Identity"])
TRAINED = f"train it with {', '.join(BENDS[:-1])} or {BENDS[-1]} in its place"
Invented = like.module("Invented", beta=1.0, threshold=20.0)
InventedPool2d = like.module("InventedPool2d", norm_type=2, kernel_size=2, stride=2, ceil_mode=False)


def test_the_kinds_that_are_named_are_those_of_the_tables():
    assert BENDS[:3] == ["ReLU", "LeakyReLU", "Sigmoid"]
    assert POOLED[:2] == ["MaxPool2d", "AvgPool2d"]


def test_each_kind_of_layer_is_read_with_its_settings_in_order():
    w, v = np.arange(36.0).reshape(2, 2, 3, 3), np.arange(8.0).reshape(1, 8)
    convolution = like.convolution(w, stride=(2, 1), padding=(1, 0), dilation=(1, 2), groups=2)
    block = like.Sequential(like.LeakyReLU(negative_slope=0.25), like.Dropout(), like.Tanh())
    pools = (
        like.MaxPool2d(kernel_size=(3, 2), stride=1, padding=1, dilation=2, ceil_mode=True),
        like.AvgPool2d(kernel_size=3, stride=(2, 1), padding=1, ceil_mode=True, count_include_pad=False),
    )
    layers = read(convolution, like.ReLU(inplace=True), *pools, like.Identity(), block, like.Flatten(), like.linear(v))
    assert list(map(repr, layers)) == [
        "Conv2D(4, 2, (3, 3), stride=(2, 1), padding=(1, 0), dilation=(1, 2), groups=2)",
        "ReLU()",
        "MaxPool2D((3, 2), stride=1, padding=1, dilation=2, ceil_mode=True)",
        "MeanPool2D(3, stride=(2, 1), padding=1, ceil_mode=True, count_include_pad=False)",
        "LeakyReLU(slope=0.25)",
        "Tanh()",
        "Flatten()",
        "Dense(8, 1)",
    ]
    assert repr(read(like.Sigmoid())) == "[Sigmoid()]"


def test_the_weights_are_copies_and_give_the_numbers_of_the_operations():
    w, b = np.arange(16.0).reshape(2, 2, 2, 2), np.array([100.0, 200.0])
    v, c = np.arange(6.0).reshape(3, 2), np.array([1.0, 2.0, 3.0])
    first, last = like.convolution(w, b), like.linear(v, c)
    model, x = from_torch(like.Sequential(first, like.Flatten(), last)), np.arange(8.0).reshape(1, 2, 2, 2)
    assert_array_equal(model.forward(x), dense(conv2d(x, w, b).reshape(1, 2), v.T, c))
    for name, theirs in {"0.w": w, "0.b": b, "2.w": v, "2.b": c}.items():
        assert not np.shares_memory(model.params[name], theirs)
        assert model.params[name].flags.writeable
    half = like.linear(v.astype(np.float32), dtype="torch.float32")
    assert {array.dtype.name for array in read(half)[0].params.values()} == {"float32"}


def test_without_biases_they_are_0():
    (layer,) = read(like.convolution(np.ones((2, 1, 1, 1))))
    assert_array_equal(layer.params["b"], [0, 0])


def test_a_subclass_is_read_where_it_goes_forward_as_a_sequential_does():
    named = type("Named", (like.Sequential,), {"__module__": "mine"})
    swapped = type("Swapped", (like.Sequential,), {"__module__": "mine", "forward": lambda self, x: x})
    assert repr(from_torch(named(like.Tanh())).layers) == "(Tanh(),)"
    with pytest.raises(TypeError, match=r"^module \(Swapped\) must be a torch.nn.Sequential of layers: put its layers"):
        from_torch(swapped(like.Tanh()))


# --- what a new entry of a table brings -----------------------------------------------------------------------------


def test_an_activation_and_a_pool_of_the_tables_are_read_by_the_class_that_they_name(monkeypatch):
    f = Nonlinearity(lambda z, **s: z, lambda da, z, **s: da, ("", ""), settings={"sharp": 1.0}, torch="Invented")
    names, needs = {"torch_names": {"sharp": "beta"}}, {"threshold": (30.0, "it is linear beyond")}
    monkeypatch.setitem(ACTIVATIONS, "invented", Nonlinearity(**vars(f) | names | {"torch_needs": needs}))
    pool = Pool(lambda x, kernel, **s: (x, x), lambda dy, *_, **s: dy, 0.0, "", ("", "", ""), torch="InventedPool2d")
    monkeypatch.setitem(POOLS, "invented", pool)
    layers = read(Invented(beta=3.0, threshold=30.0), InventedPool2d(kernel_size=3, stride=1))
    assert list(map(repr, layers)) == ["Activation('invented', sharp=3.0)", "Pool2D('invented', 3, stride=1)"]
    with pytest.raises(ValueError, match=exactly("threshold of module[0] (20.0) must be 30.0: it is linear beyond")):
        read(Invented())
    with pytest.raises(ValueError, match=exactly("norm_type of module[0] (1) must be 2: cnnlab has no such setting")):
        read(InventedPool2d(norm_type=1))
    with pytest.raises(TypeError, match=rf"train it with {', '.join(BENDS)} or Invented in its place$"):
        read(like.module("ReLU6Invented")())


# --- what is refused ----------------------------------------------------------------------------------------------


def test_a_layer_that_is_not_there_is_refused_by_name_with_what_could_be_done():
    said = {f"{start}2d" if start.endswith("Pool") else start: text for start, text in _ADVICE.items()}
    said |= dict.fromkeys((kind for kind in _OTHER_ACTIVATIONS if kind not in BENDS), TRAINED)
    said |= {
        "BatchNorm2d": _ADVICE["BatchNorm"],
        "LazyLinear": _ADVICE["Lazy"],
        "ParametrizedLinear": _ADVICE["Parametrized"],
    }
    said |= {"Dropout2d": _ADVICE["Dropout"]}
    del said["Dropout"]  # which is left out
    for kind, text in said.items():
        message = f"module[0][0] ({kind}) must be one of {KINDS}: {text}"
        with pytest.raises(TypeError, match=exactly(message)):
            read(like.Sequential(like.module(kind)()))


def test_each_advice_says_what_helps():
    assert {start: re.findall(r"[A-Za-z_.0-9]+", text)[:4] for start, text in _ADVICE.items()} == {
        "BatchNorm": ["fold", "it", "into", "the"],
        "Softmax": ["leave", "it", "out", "since"],
        "LogSoftmax": ["leave", "it", "out", "since"],
        "AdaptiveAvgPool": ["use", "AvgPool2d", "with", "a"],
        "AdaptiveMaxPool": ["use", "MaxPool2d", "with", "a"],
        "Parametrized": ["call", "torch.nn.utils.parametrize.remove_parametrizations", "on", "it"],
        "Lazy": ["run", "one", "batch", "through"],
        "Dropout": ["leave", "it", "out", "since"],
    }
    assert _LEFT_OUT == ("Dropout", "Identity")


def test_a_block_with_layers_in_it_is_to_be_laid_out_and_one_without_gets_no_advice():
    block = type("Residual", (like.Module,), {"__module__": "mine"})
    loud = type("Loud", (like.ReLU,), {"__module__": "mine", "forward": lambda self, x: x})
    advice = "put its layers into a Sequential, in the order in which they are used"
    with pytest.raises(TypeError, match=exactly(f"module[1] (Residual) must be one of {KINDS}: {advice}")):
        read(like.ReLU(), block(like.ReLU()))
    with pytest.raises(TypeError, match=exactly(f"module[0] (Loud) must be one of {KINDS}")):
        read(loud())
    with pytest.raises(TypeError, match=exactly(f"module.body (Conv1d) must be one of {KINDS}")):
        from_torch(_with_names(body=like.module("Conv1d")()))
    with pytest.raises(TypeError, match=exactly("module (ReLU) must be a torch.nn.Sequential of layers")):
        from_torch(like.ReLU())
    with pytest.raises(TypeError, match=exactly("module (7) must be a torch.nn.Sequential of layers")):
        from_torch(7)


def _with_names(**children):
    sequential = like.Sequential()
    sequential._modules = children
    return sequential


def test_a_setting_that_is_not_there_is_refused_by_name_with_what_could_be_done():
    rows = "one row for each image is what a fully connected layer reads"
    for layer, message in (
        (
            like.convolution(np.ones((1, 1, 1, 1)), padding_mode="reflect"),
            "padding_mode of module[0] ('reflect') must be 'zeros': train it again with zeros around its input",
        ),
        (
            like.AvgPool2d(divisor_override=3),
            "divisor_override of module[0] (3) must be None: a mean divides by the number of its cells",
        ),
        (
            like.MaxPool2d(return_indices=True),
            "return_indices of module[0] (True) must be False: max_pool2d returns the places of the winners too",
        ),
        (like.Flatten(start_dim=2), f"start_dim of module[0] (2) must be 1: {rows}"),
        (like.Flatten(end_dim=2), f"end_dim of module[0] (2) must be -1: {rows}"),
    ):
        with pytest.raises(ValueError, match=exactly(message)):
            read(layer)


def test_a_weight_that_is_no_float_is_refused():
    message = "weight of module[0] (torch.float16) must be float32 or float64: call .float() on the module first"
    with pytest.raises(TypeError, match=exactly(message)):
        read(like.linear(np.ones((2, 2)), dtype="torch.float16"))
