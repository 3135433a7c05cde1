"""Networks of PyTorch, read as networks of cnnlab: the same numbers forward and back, and clear words where not.

What is read of a module, and what is said of one that cannot be read, is tested with modules that only look like
PyTorch's; test_interop_torch.py reads PyTorch's own, where it is installed, and compares their numbers.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch_stand_ins as like
from numpy.testing import assert_allclose, assert_array_equal

from cnnlab import conv2d, dense
from cnnlab.activations import ACTIVATIONS, Nonlinearity
from cnnlab.interop import _BLOCK, _LEFT_OUT, _UNDO, from_torch
from cnnlab.pooling import POOLS, Pool


def exactly(message):
    """Return the pattern that matches this message and nothing longer."""
    return f"^{re.escape(message)}$"


def read(*modules):
    """Return the layers that a Sequential of these modules is read as."""
    return list(from_torch(like.Sequential(*modules)).layers)


# --- what is read -------------------------------------------------------------------------------------------------

BENDS, POOLED = ([entry.torch for entry in table.values() if entry.torch] for table in (ACTIVATIONS, POOLS))
FIXED = ["Flatten", "Linear", "PReLU", "ZeroPad2d", "BatchNorm1d", "BatchNorm2d", *_LEFT_OUT]
KINDS = ", ".join(["Conv2d", *BENDS, *POOLED, *FIXED])
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
    own = type(
        "Own",
        (like.MaxPool2d,),
        {"__module__": "mine", "__init__": lambda self, **s: like.MaxPool2d.__init__(self, **s)},
    )
    assert repr(read(own(kernel_size=3, stride=1))) == "[MaxPool2D(3, stride=1)]"
    with pytest.raises(
        ValueError, match=r"^return_indices of module\[0\] \(True\) must be False: cnnlab has nothing else"
    ):
        read(own(return_indices=True))


def test_a_batch_norm_is_folded_into_the_layer_before_it_or_becomes_one_of_its_own():
    mean, var, weight, bias = np.array([1.0, -2.0]), np.array([3.0, 8.0]), np.array([4.0, -6.0]), np.array([5.0, 7.0])
    x, w = np.arange(16.0).reshape(1, 2, 2, 4), np.arange(4.0).reshape(2, 2, 1, 1)
    full = like.norm("BatchNorm2d", mean, var, weight, bias, eps=1.0)  # (x - mean) / (2, 3) * weight + bias
    bare = like.norm("BatchNorm2d", mean, var - 4 * (var > 5))  # without a weight and a bias: divided by √3 and 2
    across = (-1, 1, 1)

    def expected(z):
        return (z - mean.reshape(across)) * np.array([2.0, -2.0]).reshape(across) + bias.reshape(across)

    for before, z in (
        (like.convolution(w, mean), conv2d(x, w, mean)),
        (like.Dropout2d(), x),
        (like.Tanh(), np.tanh(x)),
    ):
        (*first, layer) = model = read(before, like.Dropout(), full)
        assert len(model) == 1 + isinstance(before, like.Tanh)
        y = np.asarray(from_torch(like.Sequential(before, full)).forward(x))
        assert_allclose(y, expected(z), rtol=1e-12, strict=True)
        assert layer.kind == "convolution", first
    (layer,) = read(bare)
    assert_allclose(layer.forward(x), (x - mean.reshape(across)) / np.sqrt([3.0, 4.0]).reshape(across), rtol=1e-12)
    rows, v = np.arange(6.0).reshape(3, 2), np.array([[1.0, 2.0], [3.0, 5.0]])
    full = like.norm("BatchNorm1d", mean, var, weight, bias, eps=1.0)
    for before, z, count in ((like.linear(v, [1.0, 2.0]), rows @ v.T + [1, 2], 1), (like.Tanh(), np.tanh(rows), 2)):
        model = from_torch(like.Sequential(before, full))
        assert len(model.layers) == count
        assert_allclose(model.forward(rows), (z - mean) * [2, -2] + bias, rtol=1e-12, strict=True)


def test_a_ring_of_zeros_becomes_the_padding_of_the_convolution_after_it():
    w = np.ones((1, 1, 2, 4))
    for padding, sides in (
        ((1, 0), ((4, 5), (1, 2))),
        ("same", ((3, 5), (2, 4))),
        ("valid", ((3, 4), (1, 2))),
    ):
        layer = like.convolution(w, padding=padding)
        (read_layer,) = read(like.ZeroPad2d(padding=(1, 2, 3, 4)), like.Dropout(), layer)
        assert read_layer.settings["padding"] == sides, padding
    for after in ([like.MaxPool2d()], [like.ZeroPad2d(padding=(1, 1, 1, 1)), layer], []):
        with pytest.raises(
            TypeError, match=exactly("module[0] (ZeroPad2d) must stand right before a Conv2d, whose padding it becomes")
        ):
            read(like.ZeroPad2d(padding=(1, 1, 1, 1)), *after)


def test_one_slope_for_all_channels_is_that_of_a_leaky_relu():
    layer = like.PReLU()
    layer.weight = like.Tensor([-0.25])
    assert repr(read(layer)) == "[LeakyReLU(slope=-0.25)]"


def test_the_sizes_are_those_of_the_weights_whatever_the_module_was_made_with():
    layer = like.convolution(np.ones((4, 1, 2, 3)), groups=2)
    layer.in_channels, layer.kernel_size = 99, (9, 9)
    assert repr(read(layer)) == "[Conv2D(2, 4, (2, 3), groups=2)]"


# --- what a new entry of a table brings -----------------------------------------------------------------------------


def test_an_activation_and_a_pool_of_the_tables_are_read_by_the_class_that_they_name(monkeypatch):
    f = Nonlinearity(lambda z, **s: z, lambda da, z, **s: da, ("", ""), settings={"sharp": 1.0}, torch="Invented")
    monkeypatch.setitem(ACTIVATIONS, "invented", Nonlinearity(**vars(f) | {"torch_names": {"sharp": "beta"}}))
    pool = Pool(lambda x, kernel, **s: (x, x), lambda dy, *_, **s: dy, 0.0, "", ("", "", ""), torch="InventedPool2d")
    monkeypatch.setitem(POOLS, "invented", pool)
    layers = read(Invented(beta=3.0), InventedPool2d(kernel_size=3, stride=1))
    assert list(map(repr, layers)) == ["Activation('invented', sharp=3.0)", "Pool2D('invented', 3, stride=1)"]
    with pytest.raises(
        ValueError, match=exactly("threshold of module[0] (30.0) must be 20.0: cnnlab has nothing else")
    ):
        read(Invented(threshold=30.0))
    with pytest.raises(ValueError, match=exactly("norm_type of module[0] (1) must be 2: cnnlab has nothing else")):
        read(InventedPool2d(norm_type=1))


# --- what is refused ----------------------------------------------------------------------------------------------


SCORES = "leave it out where it stands last and dim is 1: the explorers take scores, and compute the softmax themselves"
BY_SIZE = (
    "leave it out where its output is as large as its map; else put {} in its place, with a window of the size of "
    "the map by that of the output, where that divides"
)
BENT = "where it bends each cell by itself, describe it in cnnlab.activations.ACTIVATIONS, with torch={!r}"
HOOKED = {"_forward_pre_hooks": {1: print}}
ADVICE = [  # of this kind, in this file of PyTorch, with these settings
    ("Softmax", "activation", {"dim": 1}, SCORES),
    ("LogSoftmax", "activation", {"dim": -1}, SCORES),
    ("LazyLinear", "linear", HOOKED, "run one batch through module.eval() first, so that it knows its size"),
    ("AdaptiveAvgPool2d", "pooling", {"output_size": 7}, BY_SIZE.format("AvgPool2d")),
    ("AdaptiveMaxPool2d", "pooling", {"output_size": (None, 3)}, BY_SIZE.format("MaxPool2d")),
    ("AdaptiveAvgPool1d", "pooling", {"output_size": 7}, ""),
    ("ModuleList", "container", {"inside": True}, _BLOCK),
    ("GroupNorm", "normalization", {}, ""),
    *((kind, "activation", {}, BENT.format(kind)) for kind in ("GELU", "ELU", "SiLU", "ReLU6", "Softplus")),
]


def test_a_layer_that_is_not_there_is_refused_by_name_with_what_could_be_done():
    for kind, home, settings, advice in ADVICE:
        message = f"module[0][0] ({kind}) must be one of {KINDS}{': ' if advice else ''}{advice}"
        layer = like.module(kind, home=home)(*[like.ReLU()] * ("inside" in settings), **settings)
        with pytest.raises(TypeError, match=exactly(message)):
            read(like.Sequential(layer), like.Dropout())


def test_a_class_of_ones_own_is_told_from_pytorch_s():
    def own(name, *parents, **parts):
        return type(name, parents or (like.Module,), {"__module__": "mine"} | parts)

    loud = own("Loud", like.ReLU, forward=lambda self, x: x)
    wrapped = type("DataParallel", (like.Module,), {"__module__": "torch.nn.parallel.data_parallel"})
    for layer, advice in (
        (own("Residual")(like.ReLU()), f": {_BLOCK}"),
        (own("GELU")(), ""),
        (own("LazyBlock")(), ""),
        (loud(), ""),
        (wrapped(like.ReLU()), f": {_BLOCK}"),
    ):
        with pytest.raises(
            TypeError, match=exactly(f"module[1] ({type(layer).__name__}) must be one of {KINDS}{advice}")
        ):
            read(like.ReLU(), layer)
    with pytest.raises(TypeError, match=exactly(f"module.body (Conv1d) must be one of {KINDS}")):
        from_torch(_with_names(body=like.module("Conv1d")()))


def test_what_is_no_sequential_is_refused_with_what_to_give():
    weights = "make the Sequential that these weights are of, and call its load_state_dict with them"
    for module, shown, advice in (
        (like.ReLU(), "ReLU", ": put it into a Sequential, torch.nn.Sequential(module)"),
        (like.module("BatchNorm2d")(), "BatchNorm2d", ": put it into a Sequential, torch.nn.Sequential(module)"),
        ({"0.weight": like.Tensor([1])}, "dict", f": {weights}"),
        ([1], "[1]", ""),
        (7, "7", ""),
        (like.Sequential, repr(like.Sequential), ""),
    ):
        with pytest.raises(
            TypeError, match=exactly(f"module ({shown}) must be a torch.nn.Sequential of layers{advice}")
        ):
            from_torch(module)


def _with_names(**children):
    sequential = like.Sequential()
    sequential._modules = children
    return sequential


def test_a_setting_that_is_not_there_is_refused_by_name_with_what_could_be_done():
    for layer, message in (
        (
            like.convolution(np.ones((1, 1, 1, 1)), padding_mode="reflect"),
            "padding_mode of module[0] ('reflect') must be 'zeros'",
        ),
        (like.AvgPool2d(divisor_override=3), "divisor_override of module[0] (3) must be None"),
        (like.MaxPool2d(return_indices=True), "return_indices of module[0] (True) must be False"),
        (
            like.norm("BatchNorm2d", None, None, track_running_stats=False),
            "track_running_stats of module[0] (False) must be True",
        ),
        (like.PReLU(num_parameters=3), "num_parameters of module[0] (3) must be 1"),
        (like.Flatten(start_dim=2), "start_dim of module[0] (2) must be 1"),
        (like.Flatten(end_dim=2), "end_dim of module[0] (2) must be -1"),
    ):
        with pytest.raises(ValueError, match=exactly(f"{message}: cnnlab has nothing else")):
            read(layer)
    for layer, message in (
        (
            like.ZeroPad2d(padding=(1, 0, -1, 0)),
            "padding of module[0] ((1, 0, -1, 0)) must be at least 0: it cuts cells off",
        ),
        (like.MaxPool2d(kernel_size=(2,)), "module[0] (MaxPool2d): kernel ((2,)) must be an int or a pair (h, w)"),
    ):
        with pytest.raises(ValueError, match=exactly(message)):
            read(layer)


def test_a_weight_that_holds_no_numbers_to_copy_is_refused():
    sparse, half = like.linear(np.ones((2, 2))), like.linear(np.ones((2, 2), np.float16))
    sparse.weight.values = RuntimeError("can't convert\nSparse layout")
    none, thin = like.linear(np.ones((2, 2)), [1, 2]), like.convolution(np.ones((1, 1, 1, 1)))
    none.bias, thin.weight = 3, like.Tensor(np.ones((1, 1, 1)))
    copied = "must be a tensor that numpy can copy"
    for layer, error, message in (
        (half, TypeError, "weight of module[0] (dtype float16) must be float32, float64 or integer"),
        (sparse, ValueError, f"weight of module[0] {copied} (can't convert)"),
        (none, ValueError, f"bias of module[0] {copied} ('int' object has no attribute 'detach')"),
        (
            thin,
            ValueError,
            "weight of module[0] (shape (1, 1, 1)) must have 4 dimensions (K, C / groups, kh, kw), not 3",
        ),
    ):
        with pytest.raises(error, match=exactly(message)):
            read(layer)


def test_a_hook_anywhere_is_refused_with_what_takes_it_away():
    WeightNorm = type("WeightNorm", (), {"__module__": "torch.nn.utils.weight_norm", "name": "weight"})
    for kind, hook, title in (
        ("forward_hooks", print, "print"),
        ("forward_pre_hooks", print, "print"),
        ("forward_pre_hooks", WeightNorm(), "WeightNorm"),
    ):
        for name, layer in (("[1]", like.ReLU()), ("[1]", like.Dropout()), ("[1][0]", like.Tanh()), ("", None)):
            root = like.Sequential(like.ReLU(), like.Sequential(layer) if name == "[1][0]" else layer or like.Tanh())
            hooked = layer or root
            setattr(hooked, f"_{kind}", {1: hook})
            what = f"module{name} ({type(hooked).__name__}, changed by {title}) must go forward by its weights alone"
            with pytest.raises(ValueError, match=exactly(f"{what}: {_UNDO}")):
                from_torch(root)


def test_a_forward_of_its_own_is_refused():
    layer = like.ReLU()
    layer.forward = lambda x: 2 * x
    with pytest.raises(
        ValueError, match=r"^module\[0\] \(ReLU, changed by forward\) must go forward by its weights alone"
    ):
        read(layer)
    turned = type("Turned", (like.Sequential,), {"__module__": "mine", "__iter__": lambda self: iter([])})
    with pytest.raises(TypeError, match=exactly(f"module (Turned) must be a torch.nn.Sequential of layers: {_BLOCK}")):
        from_torch(turned(like.ReLU()))
