"""Modules that look like PyTorch's to whoever does not run them: class names, settings and weights, where none is."""

from __future__ import annotations

import numpy as np


class Tensor:
    """What is asked of a tensor."""

    def __init__(self, values, dtype="torch.float64"):
        self.values, self.dtype = values if isinstance(values, Exception) else np.asarray(values), dtype

    def detach(self):
        return self

    cpu = detach

    def numpy(self):
        if isinstance(self.values, Exception):
            raise self.values
        return self.values


class Module:
    """What all modules have; settings are attributes."""

    __module__ = "torch.nn.modules.module"

    def __init__(self, *children, **settings):
        self._modules = {str(number): child for number, child in enumerate(children)}
        vars(self).update(settings)

    def forward(self, x):
        raise NotImplementedError


def module(name, parent=Module, home="any", **settings):
    """Return a class of this name in PyTorch; ``settings`` are the arguments that it takes, with their defaults."""
    home = f"torch.nn.modules.{home}"
    taken = ", ".join(f"{key}={value!r}" for key, value in settings.items())
    given = ", ".join(f"{key}={key}" for key in settings)
    made = {}
    exec(
        f"def __init__(self, *children, {taken}):\n    Parent.__init__(self, *children, {given})",
        {"Parent": parent},
        made,
    )
    parts = {"__module__": home, "__constants__": list(settings), "__init__": made["__init__"]}
    return type(name, (parent,), parts if settings else {"__module__": home})


def convolution(w, b=None, **settings):
    """Return a Conv2d with these weights, (K, C // groups, kh, kw)."""
    weights = {"weight": Tensor(w), "bias": b if b is None else Tensor(b)}
    made = Conv2d(**settings)
    vars(made).update(weights)
    return made


def linear(w, b=None, dtype="torch.float64"):
    """Return a Linear with these weights, (K, D)."""
    outputs, inputs = np.shape(w)
    weights = {"weight": Tensor(w, dtype), "bias": b if b is None else Tensor(b, dtype)}
    return module("Linear")(in_features=inputs, out_features=outputs, **weights)


def norm(kind, mean, var, weight=None, bias=None, **settings):
    """Return a BatchNorm of these numbers a channel; None is a tensor that it has not."""
    made = module(kind, eps=0.0, momentum=0.1, affine=True, track_running_stats=True)(**settings)
    parts = {"running_mean": mean, "running_var": var, "weight": weight, "bias": bias}
    vars(made).update({key: None if part is None else Tensor(part) for key, part in parts.items()})
    return made


Sequential = module("Sequential")
ReLU = module("ReLU", inplace=False)
LeakyReLU = module("LeakyReLU", negative_slope=0.01, inplace=False)
Sigmoid, Tanh, Identity = module("Sigmoid"), module("Tanh"), module("Identity")
Dropout, Dropout2d = module("Dropout", p=0.5, inplace=False), module("Dropout2d", p=0.5, inplace=False)
PReLU, ZeroPad2d = module("PReLU", num_parameters=1), module("ZeroPad2d")
Conv2d = module("Conv2d", stride=(1, 1), padding=(0, 0), dilation=(1, 1), groups=1, padding_mode="zeros")
Flatten = module("Flatten", start_dim=1, end_dim=-1)
WINDOW = {"kernel_size": 2, "stride": 2, "padding": 0}
MaxPool2d = module("MaxPool2d", **WINDOW, dilation=1, return_indices=False, ceil_mode=False)
AvgPool2d = module("AvgPool2d", **WINDOW, ceil_mode=False, count_include_pad=True, divisor_override=None)
