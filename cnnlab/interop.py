"""Networks from elsewhere: a ``torch.nn.Sequential`` with its weights, as a network of these layers.

PyTorch itself is never imported: whoever passes one of its modules has loaded it already. A layer is recognised by the
name of its class; a subclass counts as another class, since it may compute something else.
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
_CONTAINER, _RING = "Sequential", "ZeroPad2d"
_LEFT_OUT = ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout", "Identity")
_NORMS = ("BatchNorm1d", "BatchNorm2d")
_OWN_WAY = ("forward", "_conv_forward", "_call_impl", "__call__", "__iter__", "__getattr__", "__getattribute__")


def from_torch(module: Any) -> Sequential:
    """Return a network that computes what a ``torch.nn.Sequential`` computes once it is trained.

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
        If a layer has a setting that cnnlab has not, a hook, or weights without numbers.

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
    if _kind(module) != _CONTAINER:
        raise TypeError(f"module ({_shown(module)}) must be a torch.nn.Sequential of layers{_advice('module', module)}")
    made: list[Layer] = []
    ring: tuple = ()  # the name and the sides of the ZeroPad2d before
    leaves = [(name, leaf) for name, leaf in _leaves("module", module) if _kind(leaf) not in _LEFT_OUT]
    for name, leaf in leaves:
        kind = _kind(leaf)
        if ring and kind != "Conv2d":
            break
        if kind == _RING:
            ring = name, _ring_sides(name, leaf)
        elif kind in _NORMS:
            _normalise(made, name, leaf)
        else:
            made.append(_made(name, leaf, ring[1:], last=leaf is leaves[-1][1]))
            ring = ()
    if ring:
        raise TypeError(f"{ring[0]} ({_RING}) must stand right before a Conv2d, whose padding it becomes")
    return Sequential(*made)


def _leaves(name: str, module: Any) -> Iterator[tuple[str, Any]]:
    """Yield the layers of a Sequential, and of those inside it, each under the name that it has in PyTorch."""
    if _kind(module) and not _kind(module).startswith("Lazy"):  # which is hooked until it knows its size
        _check_forward(name, module)
    if _kind(module) != _CONTAINER:
        yield name, module
        return
    for key, child in module._modules.items():  # named_children() would leave out a layer that is used twice
        yield from _leaves(f"{name}[{key}]" if key.isdecimal() else f"{name}.{key}", child)


def _kind(module: Any) -> str:
    """Return the name of PyTorch's class of a module; empty for any other object.

    A class derived from Sequential is one too, as long as it goes forward as its parent does.
    """
    own: set[str] = set()
    for cls in type(module).__mro__:
        if cls.__module__.startswith(_TORCH):
            same = cls.__name__ == _CONTAINER and own.isdisjoint(_OWN_WAY)
            return cls.__name__ if cls is type(module) or same else ""
        own |= vars(cls).keys()
    return ""


def _check_forward(name: str, module: Any) -> None:
    """Raise where a module's forward may do more than its weights tell, such as through a hook."""
    own = [way for way in _OWN_WAY if way in vars(module)]
    if own:
        raise ValueError(f"{own[0]} of {name} (one of its own) must be that of {_kind(module)}")
    for kind in ("forward_pre_hooks", "forward_hooks"):
        of_all = getattr(sys.modules.get(f"{_TORCH}module"), f"_global_{kind}", {})
        for hook in (*vars(module).get(f"_{kind}", {}).values(), *of_all.values()):
            home, called = type(hook).__module__, getattr(hook, "__name__", type(hook).__name__)
            advice = "keep what register_… returned, and call its remove(), if the hook only looks on"
            if home.startswith("torch.nn.utils."):  # weight_norm has its remove_weight_norm, prune its prune.remove
                undo = f"{home}.remove" if home.endswith(".prune") else home.replace(".utils.", ".utils.remove_")
                weight = getattr(hook, "_tensor_name", None) or getattr(hook, "name", "weight")
                advice = f"call {undo}({name}, {weight!r}) first"
            raise ValueError(f"{name} ({_kind(module)} with a hook, {called}) must have no {kind}: {advice}")


def _made(name: str, module: Any, ring: tuple, *, last: bool) -> Layer:
    """Return a layer of PyTorch as one of cnnlab's; the ``ring`` before a convolution becomes its padding."""
    kind, makers = _kind(module), _makers()
    if kind not in makers:
        kinds = ", ".join([*makers, *_NORMS, _RING, "Dropout", "Identity"])
        raise TypeError(f"{name} ({_shown(module)}) must be one of {kinds}{_advice(name, module, last=last)}")
    try:
        return makers[kind](name, module, *ring)
    except (TypeError, ValueError) as error:  # of the layer that is made, which has no name
        raise error if name in str(error) else type(error)(f"{name} ({kind}): {error}") from None


def _makers() -> dict[str, Callable[..., Layer]]:
    """Return what makes a layer of each class of PyTorch: its activations and pools are those of the two tables."""
    makers: dict[str, Callable[..., Layer]] = {"Conv2d": _convolution}
    makers |= {entry.torch: partial(_activation, key) for key, entry in ACTIVATIONS.items() if entry.torch}
    makers |= {pool.torch: partial(_pool, key) for key, pool in POOLS.items() if pool.torch}
    return makers | {"Flatten": _flatten, "Linear": _dense, "PReLU": _prelu}


def _shown(module: Any) -> str:
    """Return a module's class, which says more than its repr over many lines; any other object as it is."""
    return type(module).__name__ if _parent(module) or isinstance(module, Mapping) else shown(module)


def _parent(module: Any) -> str:
    """Return the name of the class of PyTorch that a module is of, or is derived from; empty for any other object."""
    return next((cls.__name__ for cls in type(module).__mro__ if cls.__module__.startswith(_TORCH)), "")


def _require(name: str, module: Any, setting: str, value: Any, advice: str) -> None:
    """Raise unless a setting of a layer is the one that cnnlab computes."""
    given = getattr(module, setting)
    if given != value:
        raise ValueError(f"{setting} of {name} ({given!r}) must be {value!r}: {advice}")


def _weights(part: str, name: str, module: Any, axes: tuple[str, ...]) -> np.ndarray:
    """Return a copy of a tensor of a module, with a dimension for each of the ``axes``."""
    tensor, title = getattr(module, part), f"{part} of {name}"
    if not hasattr(tensor, "detach"):
        raise TypeError(f"{title} ({shown(tensor)}) must be a tensor")
    dtype = str(tensor.dtype)
    if dtype not in ("torch.float32", "torch.float64"):
        advice = ": call .float() on the module first" if "float16" in dtype else ""
        raise TypeError(f"{title} ({dtype}) must be float32 or float64{advice}")
    if getattr(tensor, "is_meta", False):
        advice = "call module.to_empty(device='cpu') first, then load its state dict"
        raise ValueError(f"{title} (on the meta device) must hold numbers: {advice}")
    try:
        array = tensor.detach().cpu().numpy().copy()
    except Exception as error:  # a sparse one, one that is traced
        raise ValueError(f"{title} must be a tensor that numpy can copy ({str(error).splitlines()[0]})") from None
    return check_array(title, array, axes)


def _layer(w: np.ndarray, b: np.ndarray | float = 0.0, **settings: Any) -> Layer:
    """Return the layer with these weights: a convolution for w (K, C // groups, kh, kw), else a Dense."""
    layer: Layer
    rng = np.random.default_rng(0)  # what it draws is replaced
    if w.ndim == 4:
        layer = Conv2D(w.shape[1] * settings["groups"], len(w), w.shape[2:], rng=rng, **settings)
    else:
        layer = Dense(*w.shape, rng=rng)
    layer.params = {"w": w, "b": np.zeros(len(layer.params["b"]), w.dtype) + b}
    return layer


def _bias(name: str, module: Any) -> np.ndarray | float:
    return 0.0 if module.bias is None else _weights("bias", name, module, ("K",))


def _convolution(name: str, module: Any, ring: Any = ()) -> Layer:
    _require(name, module, "padding_mode", "zeros", "train it again with zeros around its input")
    w = _weights("weight", name, module, ("K", "C / groups", "kh", "kw"))
    settings = {key: getattr(module, key) for key in ("stride", "padding", "dilation", "groups")}
    b = _bias(name, module)
    layer = _layer(w, b, **settings)
    if ring:
        axes = layer.axes(roomy_plane(w.shape[2:], **layer.geometry))  # whose padding is a number where it has a name
        sides = zip(ring, axes, strict=True)
        settings["padding"] = tuple((before + axis.before, after + axis.after) for (before, after), axis in sides)
        layer = _layer(w, b, **settings)
    return layer


def _ring_sides(name: str, module: Any) -> tuple:
    """Return the padding ((top, bottom), (left, right)) of a ZeroPad2d."""
    left, right, top, bottom = module.padding
    if min(module.padding) < 0:
        raise ValueError(f"padding of {name} ({module.padding}) must be at least 0: it cuts cells off")
    return (top, bottom), (left, right)


def _dense(name: str, module: Any) -> Layer:
    return _layer(_weights("weight", name, module, ("K", "D")).T.copy(), _bias(name, module))


def _normalise(made: list[Layer], name: str, module: Any) -> None:
    """Fold a BatchNorm, ``y = (x - mean) / √(var + eps) * weight + bias``, into the layer before it.

    Where that is no layer with weights, one is made that passes each channel on.
    """
    if module.running_mean is None:
        raise ValueError(f"track_running_stats of {name} (False) must be True: it takes the mean of each batch")
    mean, variance = (_weights(f"running_{part}", name, module, ("C",)) for part in ("mean", "var"))
    scale = 1 / np.sqrt(variance.astype(float) + module.eps)
    if module.weight is not None:
        scale *= _weights("weight", name, module, ("C",))
    count, dense = len(mean), _kind(module) == "BatchNorm1d"
    if not made or type(made[-1]) is not (Dense if dense else Conv2D) or len(made[-1].params["b"]) != count:
        ones = np.ones((count, 1, 1, 1), mean.dtype)
        made.append(_layer(np.eye(count, dtype=mean.dtype)) if dense else _layer(ones, groups=count))
    w, b = made[-1].params["w"], made[-1].params["b"]
    b = (b - mean) * scale + _bias(name, module)
    w = w * scale if dense else (w.T * scale).T  # the filters are the last of its dimensions, or the first
    made[-1].params = {"w": w.astype(mean.dtype), "b": b.astype(mean.dtype)}


def _prelu(name: str, module: Any) -> Layer:
    _require(name, module, "num_parameters", 1, "cnnlab has one slope for all channels")
    return LeakyReLU(slope=float(_weights("weight", name, module, ("slopes",))[0]))


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
        if key in defaults and key not in known and key != "inplace":
            value, advice = entry.torch_needs.get(key, (defaults[key], "cnnlab has no such setting"))
            _require(name, module, key, value, advice)
    return {ours: getattr(module, theirs) for theirs, ours in known.items() if hasattr(module, theirs)}


def _flatten(name: str, module: Any) -> Layer:
    for setting, value in (("start_dim", 1), ("end_dim", -1)):
        _require(name, module, setting, value, "one row for each image is what a fully connected layer reads")
    return Flatten()


# --- what can be done about what cannot be read -------------------------------------------------------------------


def _advice(name: str, module: Any, *, last: bool = False) -> str:
    """Return what can be done about a module that cannot be taken."""
    kind, parent = _kind(module), _parent(module)
    if isinstance(module, Mapping):
        return ": make the Sequential that these weights are of, and call its load_state_dict with them"
    if isinstance(module, list | tuple):
        return ": call torch.nn.Sequential(*layers) with these layers"
    if not parent:
        return ""
    if kind in (*_makers(), *_NORMS):
        return ": put it into a Sequential, torch.nn.Sequential(module)"
    if kind.startswith(_OTHER_ACTIVATIONS):
        *most, final = (entry.torch for entry in ACTIVATIONS.values() if entry.torch)
        entry = f"describe it in cnnlab.activations.ACTIVATIONS, with torch={kind!r}"
        return f": {entry}, or train it with {', '.join(most)} or {final} in its place"
    if kind in ("AdaptiveAvgPool2d", "AdaptiveMaxPool2d"):
        sizes = module.output_size if isinstance(module.output_size, tuple) else 2 * (module.output_size,)
        h, w = (size or side for side, size in zip("HW", sizes, strict=True))  # None is the size of the map
        pool = f"{kind.removeprefix('Adaptive')} with a window of the size of the map by that of the output"
        return f": leave it out where the map is {h}×{w}; else use {pool}, (H // {h}, W // {w}), where that divides"
    if kind in ("Softmax", "LogSoftmax") and last and module.dim in (None, 1, -1):
        return ": leave it out, since the explorers take scores and compute the softmax themselves"
    if kind.startswith("Lazy"):
        return ": run one batch through module.eval() first, so that it knows its size"
    if hasattr(module, "parametrizations"):
        weight = next(iter(module.parametrizations))
        undo = f"torch.nn.utils.parametrize.remove_parametrizations({name}, {weight!r})"
        return f": call {name}.eval(), then {undo}"
    if not kind and parent in _makers():
        return f": a class derived from {parent} may compute something else; where it does not, use {parent} itself"
    if type(module).__module__.startswith("torch.") and not kind:  # DataParallel, or compiled by torch
        return ": give the module that it was made from"
    return f": {_BLOCK}" if module._modules and kind in ("", "ModuleList", "ModuleDict") else ""


_BLOCK = (
    "put its layers into a Sequential, in the order in which they are used, with a layer for each function between "
    "them (ReLU for relu, Flatten for view); paths that meet again, as in x + f(x), cannot be read"
)
_OTHER_ACTIVATIONS: tuple[str, ...] = ("CELU", "ELU", "GELU", "Hardshrink", "Hardsigmoid", "Hardswish", "Hardtanh")
_OTHER_ACTIVATIONS += ("LogSigmoid", "Mish", "ReLU6", "SELU", "SiLU", "Softplus", "Softshrink", "Softsign")
_OTHER_ACTIVATIONS += ("Tanhshrink", "Threshold")
