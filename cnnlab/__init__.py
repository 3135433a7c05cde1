"""cnnlab: how a convolutional network computes and learns, in numpy, forward and backward."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"

try:
    import numpy
except ImportError as error:
    import sys

    raise ImportError(f'cnnlab needs numpy ({error}); run: "{sys.executable}" -m pip install numpy') from error

from cnnlab.dense import *  # some functions share a module's name: here the name must mean the function
from cnnlab.wiring import *

if TYPE_CHECKING:  # the others are loaded when they are used, so that the import takes no longer than numpy's
    from cnnlab.activations import *
    from cnnlab.convolution import *
    from cnnlab.data import *
    from cnnlab.formula import *
    from cnnlab.geometry import *
    from cnnlab.gradcheck import *
    from cnnlab.layers import *
    from cnnlab.losses import *
    from cnnlab.network import *
    from cnnlab.optimizers import *
    from cnnlab.padding import *
    from cnnlab.pooling import *
    from cnnlab.training import *

_LATER: tuple[str, ...] = ("convolution", "pooling", "padding", "activations", "losses", "geometry", "gradcheck")
_LATER += ("formula", "optimizers", "data", "layers", "network", "training")


def __getattr__(name: str) -> Any:
    """Return a module, or a name from a module's ``__all__``; modules are loaded in turn until one exports the name."""
    if name in _LATER:
        return import_module(f"cnnlab.{name}")
    if name == "__all__":
        return [each for module in (*_LATER, "dense", "wiring") for each in import_module(f"cnnlab.{module}").__all__]
    for module in map(import_module, [] if name.startswith("_") else [f"cnnlab.{module}" for module in _LATER]):
        if name in module.__all__:
            return getattr(module, name)
    raise AttributeError(f"module 'cnnlab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__getattr__("__all__")})
