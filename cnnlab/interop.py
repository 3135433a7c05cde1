"""Networks from elsewhere: a ``torch.nn.Sequential`` with its weights, as a network of these layers.

PyTorch itself is never imported: who has a module of it to give has loaded it. Layers are told by the name of their
class, and a subclass is another class: it may compute something else.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from cnnlab import layers
from cnnlab._validate import shown
from cnnlab.activations import ACTIVATIONS
from cnnlab.layers import Activation, Conv2D, Dense, Flatten, Layer, Pool2D
from cnnlab.network import Sequential
from cnnlab.pooling import POOLS

_TORCH = "torch.nn.modules."
_CONTAINER = "Sequential"
_LEFT_OUT = ("Dropout", "Identity")  # a trained network passes everything on through them


def from_torch(module: Any) -> Sequential:
    """Return a network that computes what a ``torch.nn.Sequential`` computes once it is trained.

    Parameters
    ----------
    module : torch.nn.Sequential
        Of Conv2d (padded with zeros), ReLU, LeakyReLU, Sigmoid, Tanh, MaxPool2d, AvgPool2d, Flatten and Linear, and of
        other Sequentials of them. Dropout and Identity are left out, as after ``module.eval()``. Scores come out of its
        last layer: no softmax.

    Returns
    -------
    Sequential
        With copies of the weights, float32 or float64 as they are: the images must have that dtype too.

    Raises
    ------
    TypeError
        If the module is no Sequential, or holds a layer that is not among these.
    ValueError
        If a layer has a setting that cnnlab has not.

    Notes
    -----
    Source: the documentation of torch.nn, whose layers keep the weights of Linear as (K, D), where cnnlab has (D, K).

    Examples
    --------
    >>> import torch  # doctest: +SKIP
    >>> from_torch(torch.nn.Sequential(torch.nn.Conv2d(1, 8, 3), torch.nn.ReLU())).layers  # doctest: +SKIP
    (Conv2D(1, 8, 3), ReLU())
    >>> from_torch("a file")
    Traceback (most recent call last):
    TypeError: module ('a file') must be a torch.nn.Sequential of layers
    """
    if _kind(module) != _CONTAINER:
        raise TypeError(f"module ({_shown(module)}) must be a torch.nn.Sequential of layers{_advice(module)}")
    made = [_made(name, layer) for name, layer in _leaves("module", module) if _kind(layer) not in _LEFT_OUT]
    return Sequential(*made)


def _leaves(name: str, module: Any) -> Iterator[tuple[str, Any]]:
    """Yield the layers of a Sequential, and of those inside it, each under the name that it has in PyTorch."""
    if _kind(module) != _CONTAINER:
        yield name, module
        return
    for key, child in module._modules.items():  # named_children() would leave out a layer that is used twice
        yield from _leaves(f"{name}[{key}]" if key.isdecimal() else f"{name}.{key}", child)


def _kind(module: Any) -> str:
    """Return the name of PyTorch's class of a module; empty for any other object.

    A class derived from Sequential is one too, as long as it goes forward as its parent does.
    """
    cls: Any
    for cls in type(module).__mro__:
        if cls.__module__.startswith(_TORCH):
            same = cls is type(module) or (cls.__name__ == _CONTAINER and type(module).forward is cls.forward)
            return cls.__name__ if same else ""
    return ""


def _made(name: str, module: Any) -> Layer:
    """Return a layer of PyTorch as one of cnnlab's."""
    kind = _kind(module)
    makers = _makers()
    if kind not in makers:
        raise TypeError(f"{name} ({_shown(module)}) must be one of {', '.join([*makers, *_LEFT_OUT])}{_advice(module)}")
    return makers[kind](name, module)


def _makers() -> dict[str, Callable[[str, Any], Layer]]:
    """Return what makes a layer of each class of PyTorch: its activations and pools are those of the two tables."""
    makers: dict[str, Callable[[str, Any], Layer]] = {"Conv2d": _convolution}
    makers |= {entry.torch: partial(_activation, key) for key, entry in ACTIVATIONS.items() if entry.torch}
    makers |= {pool.torch: partial(_pool, key) for key, pool in POOLS.items() if pool.torch}
    return makers | {"Flatten": _flatten, "Linear": _dense}


def _advice(module: Any) -> str:
    """Return what can be done about a module that cannot be taken."""
    name = type(module).__name__
    if name.startswith(_OTHER_ACTIVATIONS):
        *most, last = (entry.torch for entry in ACTIVATIONS.values() if entry.torch)
        return f": train it with {', '.join(most)} or {last} in its place"
    for start, text in _ADVICE.items():
        if name.startswith(start):
            return f": {text}"
    holds_layers = _is_module(module) and module._modules
    return ": put its layers into a Sequential, in the order in which they are used" if holds_layers else ""


def _shown(module: Any) -> str:
    """Return a module's class, which says more than its repr over many lines; any other object as it is."""
    return type(module).__name__ if _is_module(module) else shown(module)


def _is_module(module: Any) -> bool:
    return any(cls.__module__.startswith(_TORCH) for cls in type(module).__mro__)


def _require(name: str, module: Any, setting: str, value: Any, advice: str) -> None:
    """Raise unless a setting of a layer is the one that cnnlab computes."""
    given = getattr(module, setting)
    if given != value:
        raise ValueError(f"{setting} of {name} ({given!r}) must be {value!r}: {advice}")


def _weights(name: str, tensor: Any) -> np.ndarray:
    """Return a copy of a tensor."""
    if str(tensor.dtype) not in ("torch.float32", "torch.float64"):
        raise TypeError(f"{name} ({tensor.dtype}) must be float32 or float64: call .float() on the module first")
    return tensor.detach().cpu().numpy().copy()


def _fill(name: str, layer: Layer, module: Any) -> Layer:
    """Put a module's weights in the place of those of a layer; without biases they are 0."""
    w = _weights(f"weight of {name}", module.weight)
    w = w.T.copy() if isinstance(layer, Dense) else w
    b = np.zeros(len(layer.params["b"]), w.dtype) if module.bias is None else _weights(f"bias of {name}", module.bias)
    layer.params = {"w": w, "b": b}
    return layer


def _convolution(name: str, module: Any) -> Layer:
    _require(name, module, "padding_mode", "zeros", "train it again with zeros around its input")
    settings = {key: getattr(module, key) for key in ("stride", "padding", "dilation", "groups")}
    sizes = module.in_channels, module.out_channels, module.kernel_size
    return _fill(name, Conv2D(*sizes, rng=np.random.default_rng(0), **settings), module)  # what it draws is replaced


def _dense(name: str, module: Any) -> Layer:
    return _fill(name, Dense(module.in_features, module.out_features, rng=np.random.default_rng(0)), module)


def _activation(key: str, name: str, module: Any) -> Layer:
    entry = ACTIVATIONS[key]
    settings = _settings(name, module, {entry.torch_names.get(ours, ours): ours for ours in entry.settings}, entry)
    own = getattr(layers, entry.torch, None)
    return own(**settings) if own else Activation(key, **settings)


def _pool(key: str, name: str, module: Any) -> Layer:
    ours = ("stride", "padding", "dilation", "ceil_mode", *POOLS[key].options)
    settings = _settings(name, module, {"kernel_size": "kernel", **{key: key for key in ours}}, POOLS[key])
    own = getattr(layers, f"{key.capitalize()}Pool2D", None)
    return own(**settings) if own else Pool2D(key, **settings)


def _settings(name: str, module: Any, known: Mapping[str, str], entry: Any) -> dict[str, Any]:
    """Return the settings of a layer that are ``known``, under cnnlab's names; all others must be what it computes."""
    defaults = {key: parameter.default for key, parameter in inspect.signature(type(module)).parameters.items()}
    for key in getattr(module, "__constants__", ()):
        if key not in known and key != "inplace":
            value, advice = entry.torch_needs.get(key, (defaults.get(key), "cnnlab has no such setting"))
            _require(name, module, key, value, advice)
    return {ours: getattr(module, theirs) for theirs, ours in known.items() if hasattr(module, theirs)}


def _flatten(name: str, module: Any) -> Layer:
    _require(name, module, "start_dim", 1, "one row for each image is what a fully connected layer reads")
    _require(name, module, "end_dim", -1, "one row for each image is what a fully connected layer reads")
    return Flatten()


_ADVICE = {  # by the beginning of a class's name
    "BatchNorm": "fold it into the convolution before it (torch.nn.utils.fuse_conv_bn_weights)",
    "Softmax": "leave it out, since the explorers take scores and compute the softmax themselves",
    "LogSoftmax": "leave it out, since the explorers take scores and compute the softmax themselves",
    "AdaptiveAvgPool": "use AvgPool2d with a window of the size of the map",
    "AdaptiveMaxPool": "use MaxPool2d with a window of the size of the map",
    "Parametrized": "call torch.nn.utils.parametrize.remove_parametrizations on it first",
    "Lazy": "run one batch through the module first, so that it knows its size",
    "Dropout": "leave it out, since a trained network passes everything on through it",
}
_OTHER_ACTIVATIONS = ("GELU", "SiLU", "ELU", "SELU", "PReLU", "Hardswish", "Mish", "Softplus", "ReLU6")
