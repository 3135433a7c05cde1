"""Whatever is passed to a windowed operation: an answer, or an error that names argument and rule. No warning."""

from __future__ import annotations

import random
import re
import warnings

import numpy as np
import pytest

import cnnlab
from cnnlab.geometry import trace_axes

CALLS = 150  # of each function

LENGTHS = [
    *(-1, 0, 1, 2, 3, 4, 7, 100, 2**14, 2**28, 2**31 - 1, 2**31, 2**63, 10**30, -(2**63), 10**5000, np.array(3)),
    *(np.int8(3), np.int8(64), np.int8(-3), np.uint8(200), np.int16(2), np.uint16(65535), np.int32(2), np.int64(2**62)),
    *(np.uint64(2**63), np.uint64(1), np.float32(2), np.float64("nan"), np.array([3])),
]
ODDITIES = [
    *(True, False, np.True_, None, 1.5, float("nan"), float("inf"), 2j, "same", "valid", "full", "", "3", b"3"),
    *((), [], [1], (1, 2), [2, 1], (1, 2, 3), [[1, 2], [0, 1]], ((1, 0), (0, 1)), [1, [2]], [[1, 2], [3]], [[[1]]]),
    *({}, {1, 2}, {"a": 1}, range(2), range(10**12), iter([1, 2]), np.array([1, 2]), np.array([[1, 2], [3, 4]])),
    *(np.array([2**63, 1], np.uint64), np.array([1.0, 2.0]), np.array(["1", "2"]), np.array([None, 1]), object(), int),
    *("x" * 10**5, [0] * 10**5, [10**5000], (2**63, 2**63), [np.int8(127), np.int8(127)], (True, 1), ("same", 1)),
]
SHAPES = [(4,), (1,), (3, 3), (1, 2, 3), (0, 1, 2, 2), (1, 1, 1, 1, 1), (), (1, 1, 4, 5), (2, 64, 1, 1), (3, 2, 4, 4)]
DTYPES = ["f8", "f4", "i8", "u1", "f2", "c8", "?", "U1", "O", "m8[s]"]
NUMBERS = [1.0, 0.0, np.nan, np.inf, -np.inf, 1e300]
MODES = ["zeros", "constant", "reflect", "replicate", "circular"]
STACK = [("conv", 5, 2, 1), ("pool", 3, 2, "valid"), ("conv", 3, 1, (1, 1))]


class Hostile(random.Random):
    """Draws arguments that are legal together, and replaces some of them by what may not be."""

    def of(self, *values):
        return self.choice(values)

    def array(self, *shape, dtype=None):
        """Return an array of ones, with a number in front that may be infinite or none."""
        array = np.ones(shape, dtype or self.of("f8", "f8", "f4"))
        with np.errstate(all="ignore"):
            array.flat[: self.of(0, 1, 3)] = self.choice(NUMBERS)
        return array

    def geometry(self, *options):
        """Return a stride, a padding, a dilation, and flags of these names."""
        padding = self.of(0, 1, (0, 1), ((1, 0), (0, 1)))
        made = {"stride": self.of(1, 2, (2, 1)), "padding": padding, "dilation": self.of(1, 2)}
        return made | {name: self.of(True, False) for name in options}

    def anything(self, name=""):
        """Return something that may suit an argument of this name, or not."""
        kinds = [lambda: self.choice(LENGTHS), lambda: self.choice(ODDITIES)]
        if name in ("x", "w", "b", "dy", "argmax"):
            kinds.append(lambda: np.ones(self.choice(SHAPES), self.choice(DTYPES)))
        elif name == "layers":
            kinds.append(lambda: [(self.of("conv", "pool", 3), *self.lengths(3)), ("pool", *self.lengths(3))])
        else:
            kinds.append(lambda: self.of(tuple, list)(self.lengths(self.of(2, 2, 2, 3, 4))))
        return self.choice([*kinds, kinds[-1]])()

    def lengths(self, count):
        return [self.choice(LENGTHS) for _ in range(count)]

    def spoil(self, arguments):
        names = self.sample(list(arguments), min(len(arguments), self.of(0, 1, 1, 1, 2, 3)))
        return arguments | {name: self.anything(name) for name in names}


# --- legal arguments ----------------------------------------------------------------------------------------------


def convolution(draw):
    channels, groups, filters = draw.of((1, 1, 2), (4, 2, 4), (64, 64, 64))
    x = draw.array(2, channels, 6, 5)
    w, b = (draw.array(*shape, dtype=x.dtype) for shape in ((filters, channels // groups, 2, 3), (filters,)))
    return {"x": x, "w": w, "b": draw.of(None, b), **draw.geometry(), "groups": groups}


def convolution_backward(draw):
    arguments = convolution(draw)
    dy = draw.array(*cnnlab.conv2d(**arguments).shape, dtype=arguments["x"].dtype)
    return {"dy": dy, **{name: value for name, value in arguments.items() if name != "b"}}


def transposed(draw):
    x = draw.array(1, 64, 3, 2)
    w = draw.array(64, 2, 2, 3, dtype=x.dtype)
    return {"x": x, "w": w, "b": None, **draw.geometry(), "output_padding": 0, "groups": draw.of(1, np.int8(64))}


def max_pool(draw):
    return {"x": draw.array(2, 3, 7, 6), "kernel": draw.of(2, 3, (3, 2)), **draw.geometry("ceil_mode")}


def mean_pool(draw):
    return max_pool(draw) | {"count_include_pad": draw.of(True, False)}


def max_backward(draw):
    shape = draw.of((2, 3, 7, 6), [2, 3, 1, 2])
    return {"dy": draw.array(2, 3, 3, 3), "argmax": np.ones((2, 3, 3, 3), int), "x_shape": shape}


def mean_backward(draw):
    arguments = mean_pool(draw)
    dy = draw.array(*cnnlab.mean_pool2d(**arguments).shape)
    return {"dy": dy, "x_shape": arguments.pop("x").shape, **arguments}


def pad(draw):
    mode = draw.choice(MODES)
    value = draw.choice(NUMBERS) if mode == "constant" else 0
    return {"x": draw.array(2, 1, 3, 2), "padding": draw.geometry()["padding"], "mode": mode, "value": value}


def pad_backward(draw):
    return {"dy": draw.array(2, 1, 8, 8), "padding": draw.geometry()["padding"], "mode": draw.choice(MODES)}


def plane(draw):
    return {"size": draw.of(5, (3, 4)), "kernel": draw.of(2, (3, 2)), **draw.geometry()}


def length(draw):
    return {
        "size": 9,
        "kernel": draw.of(2, 3),
        **draw.geometry("ceil_mode"),
        "stride": 1,
        "padding": draw.of(1, "same"),
    }


def choices(draw):
    return {"size": 9, "target": 4, "kernels": (2, 3), "strides": [2], "paddings": range(2)}


FUNCTIONS = {  # each with what draws legal arguments for it
    "conv2d": (cnnlab.conv2d, convolution),
    "conv2d_backward": (cnnlab.conv2d_backward, convolution_backward),
    "conv_transpose2d": (cnnlab.conv_transpose2d, transposed),
    "max_pool2d": (cnnlab.max_pool2d, max_pool),
    "max_pool2d_backward": (cnnlab.max_pool2d_backward, max_backward),
    "mean_pool2d": (cnnlab.mean_pool2d, mean_pool),
    "mean_pool2d_backward": (cnnlab.mean_pool2d_backward, mean_backward),
    "pad2d": (cnnlab.pad2d, pad),
    "pad2d_backward": (cnnlab.pad2d_backward, pad_backward),
    "wiring": (cnnlab.wiring, plane),
    "output_size": (cnnlab.output_size, length),
    "explain_output_size": (cnnlab.explain_output_size, length),
    "same_padding": (cnnlab.same_padding, lambda draw: {"kernel": 3, "dilation": 2}),
    "trace_sizes": (cnnlab.trace_sizes, lambda draw: {"size": 200, "layers": STACK}),
    "trace_axes": (trace_axes, lambda draw: {"size": 200, "layers": STACK, "ceil_mode": True}),
    "receptive_field": (cnnlab.receptive_field, lambda draw: {"layers": STACK}),
    "settings_for": (cnnlab.settings_for, choices),
}


def error_of(function, arguments):
    """Return the error that a call raises, or None."""
    try:
        function(**arguments)
    except (TypeError, ValueError) as error:
        return str(error)
    return None


@pytest.mark.parametrize("name", FUNCTIONS)
def test_whatever_is_passed_there_is_an_answer_or_an_error_that_names_the_rule(name):
    function, legal = FUNCTIONS[name]
    draw = Hostile(name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        errors = [error_of(function, draw.spoil(legal(draw))) for _ in range(CALLS)]
    told = [error for error in errors if error]
    assert CALLS / 10 < len(told) < CALLS
    assert [error for error in told if not re.fullmatch(r".{1,300} must .{1,300}", error, re.DOTALL)] == []
