"""The formula in words: every step is true, the letters stand where the numbers will, and leftovers are told."""

from __future__ import annotations

import math
import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import axes

from cnnlab.formula import explain_output_size, settings_for, trace_sizes
from cnnlab.geometry import check_axis, fits, output_size

TUTORIAL = [("conv", 5, 2, 1), ("pool", 3, 1, 0), ("conv", 3, 1, 1)]


@pytest.mark.parametrize(
    ("size", "kernel", "settings", "text"),
    [
        (
            200,
            5,
            {"stride": 2, "padding": 1},
            "out = floor((R - F + 2P) / S) + 1 = floor((200 - 5 + 2*1) / 2) + 1 = floor(197 / 2) + 1 = 98 + 1 = 99",
        ),
        (
            5,
            2,
            {"stride": 2, "ceil_mode": True},
            "out = ceil((R - F + 2P) / S) + 1 = ceil((5 - 2 + 2*0) / 2) + 1 = ceil(3 / 2) + 1 = 2 + 1 = 3",
        ),
        (
            5,
            2,
            {"padding": "same"},
            "out = floor((R - F + P1 + P2) / S) + 1 = floor((5 - 2 + 0 + 1) / 1) + 1 = floor(4 / 1) + 1 = 4 + 1 = 5",
        ),
        (
            7,
            3,
            {"dilation": 2},
            "out = floor((R - ((F - 1)*D + 1) + 2P) / S) + 1 = floor((7 - ((3 - 1)*2 + 1) + 2*0) / 1) + 1"
            " = floor(2 / 1) + 1 = 2 + 1 = 3",
        ),
    ],
)
def test_the_formula_with_its_letters_then_with_the_numbers(size, kernel, settings, text):
    assert explain_output_size(size, kernel, **settings).text == text


@given(axes(), st.booleans())
def test_every_step_says_the_same_number(settings, ceil_mode):
    because = explain_output_size(**settings, ceil_mode=ceil_mode)
    axis = check_axis(**settings, ceil_mode=ceil_mode)
    letters = {"R": axis.size, "F": axis.kernel, "S": axis.stride, "D": axis.dilation, "P": axis.before}
    letters |= {"P1": axis.before, "P2": axis.after, "floor": math.floor, "ceil": math.ceil}
    values = [eval(step.replace("2P", "2*P"), letters.copy()) for step in because.steps]
    assert values == [output_size(**settings, ceil_mode=ceil_mode)] * len(because.steps)
    assert because.value == values[-1]
    assert because.text == " = ".join(["out", *because.steps])
    assert because.leftover == axis.leftover


@given(axes(), st.booleans())
def test_the_coloured_pieces_say_the_same_chain(settings, ceil_mode):
    because = explain_output_size(**settings, ceil_mode=ceil_mode)
    said = ["".join(text for _, text in step) for step in because.spans]
    for sign, word in {"⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "−": "-", "·": "*"}.items():
        said = [text.replace(sign, word) for text in said]
    assert tuple(said) == because.steps


def test_each_letter_and_its_number_have_the_role_that_colours_them():
    letters, numbers, *others = explain_output_size(200, 5, stride=2, padding=1).spans
    assert [piece for piece in letters if piece[0]] == [*zip("RFPS", "RFPS", strict=True)]
    assert [piece for piece in numbers if piece[0]] == [("R", "200"), ("F", "5"), ("P", "1"), ("S", "2")]
    assert {role for step in others for role, _ in step} == {""}


@pytest.mark.parametrize(
    ("size", "kernel", "settings", "leftover_text"),
    [
        (6, 2, {"stride": 2}, "4 / 2 leaves 0 over: the last window ends at the far edge"),
        (5, 2, {"stride": 2}, "3 / 2 leaves 1 over: the last row and column of the input are never read"),
        (5, 3, {"stride": 3}, "2 / 3 leaves 2 over: the last 2 rows and columns of the input are never read"),
        (
            200,
            5,
            {"stride": 2, "padding": 1},
            "197 / 2 leaves 1 over: the last row and column of the padding are never read",
        ),
        (4, 1, {"stride": 3, "padding": 1}, "5 / 3 leaves 2 over: the last row and column of the input are never read"),
        (
            6,
            3,
            {"stride": 3, "padding": (0, 1)},
            "4 / 3 leaves 1 over: the last row and column of the padding are never read",
        ),
        (
            5,
            2,
            {"stride": 2, "ceil_mode": True},
            "3 / 2 leaves 1 over: rounded up, the last window hangs 1 over the far edge",
        ),
        (
            3,
            1,
            {"stride": 3, "padding": (0, 2), "ceil_mode": True},
            "4 / 3 leaves 1 over: the window that would read it starts behind the input, so it is dropped (− 1)",
        ),
    ],
)
def test_what_is_left_over_is_told_in_words(size, kernel, settings, leftover_text):
    assert explain_output_size(size, kernel, **settings).leftover_text == leftover_text


def test_a_stack_is_traced_layer_by_layer_with_each_formula():
    trace = trace_sizes(200, TUTORIAL)
    assert [(layer.name, layer.size) for layer in trace] == [("conv", 99), ("pool", 97), ("conv", 97)]
    assert [layer.explanation.text.split(" = ")[2] for layer in trace] == [
        "floor((200 - 5 + 2*1) / 2) + 1",
        "floor((99 - 3 + 2*0) / 1) + 1",
        "floor((97 - 3 + 2*1) / 1) + 1",
    ]


def test_pools_alone_round_up_in_ceil_mode():
    googlenet = [("conv", 7, 2, 3), ("pool", 3, 2, 0), ("conv", 3, 1, 1), ("pool", 3, 2, 0), ("pool", 3, 2, 0)]
    assert [layer.size for layer in trace_sizes(224, googlenet, ceil_mode=True)] == [112, 56, 56, 28, 14]
    assert [layer.size for layer in trace_sizes(224, googlenet)] == [112, 55, 55, 27, 13]
    assert trace_sizes(9, [("conv", 2, 2, 0)], ceil_mode=True)[0].size == 4
    with pytest.raises(TypeError, match=r"^ceil_mode \(1\) must be True or False$"):
        trace_sizes(9, googlenet, ceil_mode=1)


def test_a_trace_is_written_in_a_line_and_a_formula_without_its_pieces():
    assert repr(trace_sizes(227, [("conv", 11, 4, 0), ("pool", 3, 2, 0)])) == (
        "[LayerSize(name='conv', size=55, …), LayerSize(name='pool', size=27, …)]"
    )
    because = explain_output_size(227, 11, stride=4)
    assert repr(because) == (
        f"Explanation(value=55, text={because.text!r}, leftover=0, leftover_text={because.leftover_text!r})"
    )


def test_a_dilated_layer_is_traced_with_its_dilation():
    (layer,) = trace_sizes(9, [("conv", 3, 1, 0, 2)])
    assert layer.explanation == explain_output_size(9, 3, dilation=2)


@given(st.integers(1, 9), st.integers(1, 9))
def test_the_settings_for_a_size_are_all_those_that_make_it(size, target):
    kernels, strides, paddings = (1, 2, 3, 5), (1, 2, 3), (0, 1, 2)
    makes_it = [
        (kernel, stride, padding)
        for kernel, stride, padding in product(kernels, strides, paddings)
        if fits(size, kernel, padding=padding) and output_size(size, kernel, stride=stride, padding=padding) == target
    ]
    assert settings_for(size, target, kernels=kernels, strides=strides, paddings=paddings) == makes_it


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: explain_output_size(3, 5), ValueError, "kernel (5) must fit in the padded input (3 + 2*0 = 3)"),
        (
            lambda: trace_sizes(4, TUTORIAL[:2]),
            ValueError,
            "layer 2 (pool): kernel (3) must fit in the padded input (1 + 2*0 = 1)",
        ),
        (
            lambda: trace_sizes(4, [("pool", 2, 1, 2)]),
            ValueError,
            "layer 1 (pool): padding (2, 2) must leave an input cell in every window "
            "(window 0 reads cells -2 to -1, 1 apart, and the input is cells 0 to 3)",
        ),
        (
            lambda: settings_for(3, 1, kernels=range(1, 102), strides=range(1, 101), paddings=[0]),
            ValueError,
            "kernels, strides and paddings (101 * 100 * 1) must make at most 10,000 choices",
        ),
        (
            lambda: settings_for(3, 0, kernels=[1], strides=[1], paddings=[0]),
            ValueError,
            "target (0) must be at least 1",
        ),
        (
            lambda: settings_for(3, 1, kernels=[1.5], strides=[1], paddings=[0]),
            TypeError,
            "kernel (1.5) must be an int",
        ),
        (
            lambda: settings_for(3, 1, kernels=[1], strides=[0], paddings=[0]),
            ValueError,
            "stride (0) must be at least 1",
        ),
    ],
)
def test_a_bad_length_is_named_with_its_rule(call, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        call()
