"""Networks from elsewhere: a ``torch.nn.Sequential`` with its weights, as a network of these layers.

PyTorch itself is never imported: whoever passes one of its modules has loaded it already. A layer is recognised by the
name of its class; a subclass that overrides ``forward`` counts as another class.
"""

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from cnnlab import layers
from cnnlab._validate import check_array, shown
from cnnlab.activations import ACTIVATIONS
from cnnlab.geometry import roomy_plane
from cnnlab.layers import Activation, Conv2D, Dense, Flatten, Layer, LeakyReLU, Pool2D
from cnnlab.network import Sequential
from cnnlab.pooling import POOLS

_TORCH = "torch.nn.modules."
_LEFT_OUT = ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout", "Identity")
_OWN_WAY = ("forward", "_conv_forward", "_call_impl", "__call__", "__iter__", "__getattr__", "__getattribute__")


def from_torch(module: Any) -> Sequential:
    """Return a network that computes what a trained ``torch.nn.Sequential`` computes in eval mode.

    Parameters
    ----------
    module : torch.nn.Sequential
        Of Conv2d (padded with zeros), ReLU, LeakyReLU, PReLU (with one slope), Sigmoid, Tanh, MaxPool2d, AvgPool2d,
        Flatten, Linear, and other Sequentials of them. As after ``module.eval()``, dropout is left out, and a BatchNorm
        becomes part of the convolution or of the Linear before it, or else a layer of its own that scales each channel;
        a ZeroPad2d becomes part of the Conv2d after it. Scores come out of its last layer: no softmax.

    Returns
    -------
    Sequential
        With copies of the weights, float32 or float64 as they are: the images must have that dtype too.

    Raises
    ------
    TypeError
        If the module is no Sequential, or holds a layer that is not among these, or weights of another kind.
    ValueError
        If a layer has a setting that cnnlab lacks, a hook, or weights that numpy cannot copy.

    Notes
    -----
    Source: the documentation of torch.nn, whose layers keep the weights of Linear as (K, D), where cnnlab has (D, K).

    Examples
    --------
    >>> import torch  # doctest: +SKIP
    >>> from_torch(torch.nn.Sequential(torch.nn.Conv2d(1, 8, 3), torch.nn.ReLU()))  # doctest: +SKIP
    Sequential(Conv2D(1, 8, (3, 3)), ReLU())
    >>> from_torch("a file")
    Traceback (most recent call last):
    TypeError: module ('a file') must be a torch.nn.Sequential of layers
    """
    if _kind(module) != "Sequential":
        raise TypeError(f"module ({_shown(module)}) must be a torch.nn.Sequential of layers{_advice(module)}")
    made: list[Any] = []  # layers; a ZeroPad2d is held as (name, sides) until its convolution follows
    readers = _readers()
    for name, leaf in _leaves("module", module):
        kind = _kind(leaf)
        if kind not in readers:
            raise TypeError(f"{name} ({_shown(leaf)}) must be one of {', '.join(readers)}{_advice(leaf)}")
        try:
            made += readers[kind](name, leaf, made)
        except (TypeError, ValueError) as error:  # an error of cnnlab's layer, which does not know its PyTorch name
            raise error if name in str(error) else type(error)(f"{name} ({kind}): {error}") from None
    for ring, _ in (each for each in made if isinstance(each, tuple)):
        raise TypeError(f"{ring} (ZeroPad2d) must stand right before a Conv2d, whose padding it becomes")
    return Sequential(*made)


def _leaves(name: str, module: Any) -> Iterator[tuple[str, Any]]:
    """Yield the layers of a Sequential, and of those inside it, each under the name that it has in PyTorch."""
    if not _kind(module).startswith("Lazy"):  # a lazy layer keeps a hook until its size is known
        _check_forward(name, module)
    if _kind(module) == "Sequential":
        for key, child in module._modules.items():  # named_children() would skip a layer that is used twice
            yield from _leaves(f"{name}[{key}]" if key.isdecimal() else f"{name}.{key}", child)
    else:
        yield name, module


def _class(module: Any) -> type | None:
    """Return the PyTorch class whose ``forward`` a module has, or None."""
    own: set[str] = set()
    for cls in type(module).__mro__:
        if cls.__module__.startswith(_TORCH):
            return cls if own.isdisjoint(_OWN_WAY) else None
        own |= vars(cls).keys()
    return None


def _kind(module: Any) -> str:
    return getattr(_class(module), "__name__", "")


def _check_forward(name: str, module: Any) -> None:
    """Raise if a module's forward may do more than its weights and settings say."""
    more = [way for way in _OWN_WAY if _kind(module) and way in vars(module)] + [
        *getattr(module, "parametrizations", ())
    ]
    for hooks in ("_forward_pre_hooks", "_forward_hooks"):
        of_all = getattr(sys.modules.get(f"{_TORCH}module"), f"_global{hooks}", {})
        called = (*getattr(module, hooks, {}).values(), *of_all.values())
        more += [getattr(hook, "__name__", type(hook).__name__) for hook in called]
    if more:
        raise ValueError(
            f"{name} ({_kind(module)}, changed by {more[0]}) must go forward by its weights alone: {_UNDO}"
        )


def _readers() -> dict[str, Callable[..., list]]:
    """Return, by PyTorch class, a function from a module and the layers before it to the layers that it adds."""
    readers: dict[str, Callable[..., list]] = {"Conv2d": _convolution}
    for table, read in ((ACTIVATIONS, _activation), (POOLS, _pool)):
        readers |= {entry.torch: partial(read, key) for key, entry in table.items() if entry.torch}
    readers |= {"Flatten": _flatten, "Linear": _dense, "PReLU": _prelu, "ZeroPad2d": _ring}
    readers |= dict.fromkeys(("BatchNorm1d", "BatchNorm2d"), _normalise)
    return readers | dict.fromkeys(_LEFT_OUT, lambda *_: [])


def _shown(module: Any) -> str:
    """Return the class name of a module or a dict, whose repr would fill many lines; any other object unchanged."""
    return type(module).__name__ if hasattr(module, "_modules") or isinstance(module, Mapping) else shown(module)


def _settings(name: str, module: Any, *known: str) -> dict[str, Any]:
    """Return the ``known`` settings of a module; all others must have their defaults."""
    given = {key: getattr(module, key) for key in getattr(module, "__constants__", ())}
    for key, parameter in inspect.signature(_class(module) or type(module)).parameters.items():
        told = key in given and key not in (*known, "inplace")
        if told and parameter.default not in (parameter.empty, given[key]):
            raise ValueError(f"{key} of {name} ({given[key]!r}) must be {parameter.default!r}: cnnlab has nothing else")
    return {key: value for key, value in given.items() if key in known}


def _weights(part: str, name: str, module: Any, *axes: str) -> np.ndarray:
    """Return a copy of a tensor of a module, with a dimension for each of the ``axes``."""
    title = f"{part} of {name}"
    try:
        array = getattr(module, part).detach().cpu().numpy().copy()
    except Exception as error:  # None, a 16-bit, a sparse or a meta tensor
        raise ValueError(f"{title} must be a tensor that numpy can copy ({str(error).partition(chr(10))[0]})") from None
    return check_array(title, array, axes)


def _layer(w: np.ndarray, b: np.ndarray | float = 0.0, **settings: Any) -> Layer:
    """Return the layer with these weights: a convolution for w (K, C // groups, kh, kw), else a Dense."""
    rng = np.random.default_rng(0)  # the weights drawn are then replaced
    sizes = (w.shape[1] * settings["groups"], len(w), w.shape[2:]) if w.ndim == 4 else w.shape
    layer = (Conv2D if w.ndim == 4 else Dense)(*sizes, rng=rng, **settings)
    layer.params = {"w": w, "b": np.zeros(len(layer.params["b"]), w.dtype) + b}
    return layer


def _bias(name: str, module: Any) -> np.ndarray | float:
    return 0.0 if module.bias is None else _weights("bias", name, module, "K")


def _convolution(name: str, module: Any, made: list) -> list:
    w, b = _weights("weight", name, module, "K", "C / groups", "kh", "kw"), _bias(name, module)
    settings = _settings(name, module, "stride", "padding", "dilation", "groups")
    layer = _layer(w, b, **settings)
    if made and isinstance(made[-1], tuple):
        axes = layer.axes(roomy_plane(w.shape[2:], **layer.geometry))  # resolves a padding that is given by name
        sides = zip(made.pop()[1], axes, strict=True)
        settings["padding"] = tuple((before + axis.before, after + axis.after) for (before, after), axis in sides)
        layer = _layer(w, b, **settings)
    return [layer]


def _ring(name: str, module: Any, made: list) -> list:
    left, right, top, bottom = module.padding
    if min(module.padding) < 0:
        raise ValueError(f"padding of {name} ({module.padding}) must be at least 0: it cuts cells off")
    return [(name, ((top, bottom), (left, right)))]


def _dense(name: str, module: Any, made: list) -> list:
    return [_layer(_weights("weight", name, module, "K", "D").T.copy(), _bias(name, module))]


def _normalise(name: str, module: Any, made: list) -> list:
    """Fold a BatchNorm, ``y = (x - mean) / √(var + eps) * weight + bias``, into the layer before it.

    If that layer has no weights, a depthwise layer that passes on each channel is added first.
    """
    _settings(name, module, "eps", "momentum", "affine")
    mean, variance = (_weights(f"running_{part}", name, module, "C") for part in ("mean", "var"))
    scale = 1 / np.sqrt(variance.astype(float) + module.eps)
    if module.weight is not None:
        scale *= _weights("weight", name, module, "C")
    count, dense = len(mean), _kind(module) == "BatchNorm1d"
    last = made[-1] if made else None
    if type(last) is not (Dense if dense else Conv2D) or len(last.params["b"]) != count:
        ones = np.ones((count, 1, 1, 1), mean.dtype)
        last = _layer(np.eye(count, dtype=mean.dtype)) if dense else _layer(ones, groups=count)
        made.append(last)
    w, b = last.params["w"], (last.params["b"] - mean) * scale + _bias(name, module)
    w = w * scale if dense else (w.T * scale).T  # filters are the last dimension, or the first
    last.params = {"w": w.astype(mean.dtype), "b": b.astype(mean.dtype)}
    return []


def _prelu(name: str, module: Any, made: list) -> list:
    _settings(name, module)
    return [LeakyReLU(slope=float(_weights("weight", name, module, "slopes")[0]))]


def _activation(key: str, name: str, module: Any, made: list) -> list:
    entry = ACTIVATIONS[key]
    names = {entry.torch_names.get(ours, ours): ours for ours in entry.settings}
    settings = {names[theirs]: value for theirs, value in _settings(name, module, *names).items()}
    own = getattr(layers, entry.torch, partial(Activation, key))
    return [own(**settings)]


def _pool(key: str, name: str, module: Any, made: list) -> list:
    geometry = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")
    settings = _settings(name, module, *geometry, *POOLS[key].options)
    own = getattr(layers, f"{key.capitalize()}Pool2D", partial(Pool2D, key))
    return [own(settings.pop("kernel_size"), **settings)]


def _flatten(name: str, module: Any, made: list) -> list:
    _settings(name, module)
    return [Flatten()]


# --- advice on modules that cannot be read -------------------------------------------------------------------


def _advice(module: Any) -> str:
    """Return what the user can do about a module that cannot be converted."""
    kind = _kind(module)
    if isinstance(module, Mapping):
        return ": make the Sequential that these weights are of, and call its load_state_dict with them"
    if kind in _readers():
        return ": put it into a Sequential, torch.nn.Sequential(module)"
    if kind.startswith("Lazy"):
        return ": run one batch through module.eval() first, so that it knows its size"
    if kind in _INSTEAD:
        return f": {_INSTEAD[kind]}"
    if type(module).__module__ == f"{_TORCH}activation":
        return (
            f": where it bends each cell by itself, describe it in cnnlab.activations.ACTIVATIONS, with torch={kind!r}"
        )
    return f": {_BLOCK}" if getattr(module, "_modules", None) else ""


_UNDO = (
    "call its eval(), then take that away, with torch.nn.utils.remove_weight_norm, remove_spectral_norm, prune.remove "
    "or parametrize.remove_parametrizations if it makes weights, with the remove() of its handle if it only looks on"
)
_BLOCK = (
    "put its layers into a Sequential, in the order in which they are used, with a layer for each function between "
    "them (ReLU for relu, Flatten for view); paths that meet again, as in x + f(x), cannot be read"
)
_SCORES = (
    "leave it out where it stands last and dim is 1: the explorers take scores, and compute the softmax themselves"
)
_BY_SIZE = (
    "leave it out where its output is as large as its map; else put {} in its place, with a window of the size of "
    "the map by that of the output, where that divides"
)
_INSTEAD = {"Softmax": _SCORES, "LogSoftmax": _SCORES}
_INSTEAD |= {f"Adaptive{pool}": _BY_SIZE.format(pool) for pool in ("AvgPool2d", "MaxPool2d")}
