"""Sizes and receptive fields, against the tutorial's numbers and against windows counted one by one; every error."""

from __future__ import annotations

import re
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from strategies import axes, same_with_stride_2

from cnnlab._validate import check_array, check_int, check_pair
from cnnlab.geometry import (
    check_axis,
    check_filled,
    check_layers,
    check_window,
    fits,
    output_size,
    receptive_field,
    same_padding,
    split_padding,
    trace_axes,
)

# --- sizes --------------------------------------------------------------------------------------------------------


def test_the_tutorials_stack_makes_99_then_97_then_97_of_200():
    assert output_size(200, 5, stride=2, padding=1) == 99
    assert output_size(99, 3) == 97
    assert output_size(97, 3, padding=1) == 97


@pytest.mark.parametrize(
    ("size", "kernel", "settings", "expected"),
    [
        (5, 5, {}, 1),
        (5, 1, {}, 5),
        (7, 3, {"dilation": 3}, 1),
        (7, 3, {"dilation": 2, "padding": 2}, 7),
        (6, 4, {"padding": "same"}, 6),
        (6, 4, {"padding": "valid"}, 3),
        (6, 3, {"padding": (2, 0)}, 6),
        (1, 3, {"padding": 4}, 7),
        (9, 1, {"stride": 4}, 3),
        (10, 1, {"stride": 4}, 3),
        (5, 2, {"stride": 2, "ceil_mode": True}, 3),
        (3, 1, {"stride": 3, "padding": (0, 2), "ceil_mode": True}, 2),  # the third window would start in the padding
    ],
)
def test_output_sizes_worked_by_hand(size, kernel, settings, expected):
    assert output_size(size, kernel, **settings) == expected


def window_starts(axis):
    """Return where the whole windows start, counted from the first padding cell, one by one."""
    starts, start = [], 0
    while start + axis.extent <= axis.padded:
        starts.append(start)
        start += axis.stride
    return starts


@given(axes())
def test_the_output_size_is_the_number_of_windows(settings):
    axis = check_axis(**settings)
    starts = window_starts(axis)
    assert axis.out == output_size(**settings) == len(starts)
    assert axis.reach == starts[-1] + axis.extent
    assert axis.leftover == axis.padded - axis.reach
    assert axis.overhang == 0


@given(axes())
def test_ceil_mode_adds_a_window_for_a_leftover_unless_it_starts_in_the_far_padding(settings):
    axis = check_axis(**settings, ceil_mode=True)
    starts = window_starts(axis)
    if starts[-1] + axis.extent < axis.padded and starts[-1] + axis.stride < axis.before + axis.size:
        starts.append(starts[-1] + axis.stride)
    assert axis.out == len(starts)
    assert axis.overhang == max(0, starts[-1] + axis.extent - axis.padded)


def test_in_ceil_mode_a_window_larger_than_the_input_is_one_window_if_the_stride_is_larger_still():
    axis = check_axis(2, 3, stride=2, ceil_mode=True)
    assert (axis.out, axis.overhang, axis.far) == (1, 1, 1)
    assert check_axis(5, 9, stride=3, padding=1, ceil_mode=True).out == 1
    for size, kernel, stride in ((2, 4, 2), (2, 5, 2), (2, 3, 1)):  # as PyTorch, which has no window there
        with pytest.raises(ValueError, match=rf"kernel \({kernel}\) must fit in the padded input"):
            check_axis(size, kernel, stride=stride, ceil_mode=True)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 4))
def test_same_padding_keeps_every_size_and_puts_the_odd_cell_after(size, kernel, dilation):
    before, after = same_padding(kernel, dilation=dilation)
    assert output_size(size, kernel, padding=(before, after), dilation=dilation) == size
    assert after - before == (kernel - 1) * dilation % 2
    assert output_size(size, kernel, padding="same", dilation=dilation) == size


def test_a_window_fits_or_does_not():
    assert fits(3, 5, padding=1)
    assert not fits(3, 6, padding=1)
    assert not fits(3, 2, stride=0)


@given(axes(), st.booleans())
def test_a_window_without_an_input_cell_is_found_where_there_is_one(settings, ceil_mode):
    axis = check_axis(**settings, ceil_mode=ceil_mode)
    starts = range(-axis.before, axis.out * axis.stride - axis.before, axis.stride)
    reads = [range(start, start + axis.extent, axis.dilation) for start in starts]
    empty = [number for number, cells in enumerate(reads) if not any(0 <= cell < axis.size for cell in cells)]
    if empty:
        with pytest.raises(ValueError, match=rf"window ({'|'.join(map(str, empty))}) reads cells"):
            check_filled(axis)
    else:
        check_filled(axis)


# --- stacks -------------------------------------------------------------------------------------------------------


layer_lists = st.lists(
    st.tuples(st.sampled_from(["conv", "pool"]), st.integers(1, 4), st.integers(1, 3), st.integers(0, 2)),
    min_size=1,
    max_size=4,
)


@given(st.integers(1, 30), layer_lists, st.booleans())
def test_a_stack_is_traced_layer_by_layer_and_only_pools_round_up(size, layers, ceil_mode):
    try:
        axes = trace_axes(size, layers, ceil_mode=ceil_mode)
    except ValueError:
        reject()
    for (name, kernel, stride, padding), axis in zip(layers, axes, strict=True):
        rounding = ceil_mode and name == "pool"
        assert axis == check_axis(size, kernel, stride=stride, padding=padding, ceil_mode=rounding)
        if name == "pool":
            check_filled(axis)
        size = axis.out


def test_the_layers_of_a_stack_have_a_dilation():
    assert check_layers([["conv", 3, 2, "valid"]]) == [("conv", 3, 2, "valid", 1)]


# --- receptive fields ---------------------------------------------------------------------------------------------


def cells_seen(cell, layers):
    """Return the input cells, padding included, that one cell of the top layer sees: tap by tap, layer by layer."""
    cells = {cell}
    for _, kernel, stride, padding in reversed(layers):
        cells = {above * stride + tap - padding for above in cells for tap in range(kernel)}
    return cells


@given(layer_lists)
def test_the_receptive_field_spans_the_cells_that_are_seen(layers):
    for depth, field in enumerate(receptive_field(layers), 1):
        first, second = cells_seen(0, layers[:depth]), cells_seen(1, layers[:depth])
        assert field.name == layers[depth - 1][0]
        assert (field.start, field.start + field.size - 1) == (min(first), max(first))
        assert field.jump == min(second) - min(first)


def test_a_dilated_kernel_sees_as_far_as_it_reaches():
    layers = [("conv", 3, 1, 1, 1), ("conv", 3, 2, 2, 2), ("conv", 3, 1, 0), ("conv", 2, 1, 0, 3)]
    fields = [tuple(field) for field in receptive_field(layers)]
    assert fields == [("conv", 3, 1, -1), ("conv", 7, 2, -3), ("conv", 11, 2, -3), ("conv", 17, 2, -3)]
    assert [axis.out for axis in trace_axes(20, layers)] == [20, 10, 8, 5]
    with pytest.raises(ValueError, match=r"^dilation \(0\) must be at least 1$"):
        receptive_field([("conv", 3, 1, 1, 0)])
    form = r"\(name, kernel, stride, padding\), or with a dilation"
    with pytest.raises(ValueError, match=rf"^layers \(\('conv', 3\) in it\) must each be {form}$"):
        receptive_field([("conv", 3)])


def test_the_receptive_field_of_the_tutorials_stack():
    layers = [("conv", 5, 2, 1), ("pool", 3, 1, 0), ("conv", 3, 1, "same")]
    assert [tuple(field) for field in receptive_field(layers)] == [
        ("conv", 5, 2, -1),
        ("pool", 9, 2, -1),
        ("conv", 13, 2, -3),
    ]


# --- arguments ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [3, np.int8(3), np.uint64(3), np.array(3)])
def test_an_int_of_any_kind_is_an_int(number):
    assert type(check_int("stride", number, 1)) is int
    assert check_int("stride", number, 1) == 3


@pytest.mark.parametrize("pair", [(1, 2), [1, 2], np.array([1, 2])])
def test_a_pair_of_any_kind_is_a_pair(pair):
    assert check_pair("stride", pair, 1) == (1, 2)
    assert split_padding(pair) == ((1, 1), (2, 2))
    assert check_pair("stride", 2, 1) == (2, 2)


@pytest.mark.parametrize("padding", [((1, 2), (3, 4)), [[1, 2], [3, 4]], np.array([[1, 2], [3, 4]])])
def test_padding_may_differ_on_all_four_sides(padding):
    assert split_padding(padding) == ((1, 2), (3, 4))
    rows, columns = check_window((5, 6), (2, 3), padding=padding, stride=(1, 2), dilation=(2, 1))
    assert (rows.before, rows.after, columns.before, columns.after) == (1, 2, 3, 4)
    assert (rows.size, rows.kernel, rows.stride, rows.dilation) == (5, 2, 1, 2)
    assert (columns.size, columns.kernel, columns.stride, columns.dilation) == (6, 3, 2, 1)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "dilation", "text"),
    [  # TensorFlow's are max((ceil(R / S) - 1) * S + F - R, 0) in all, the smaller half of them before
        (224, 3, 2, 1, "pad 1 on each side; TensorFlow pads 0 before and 1 after where 2 divides the size, 1 and 1"),
        (227, 7, 2, 1, "pad 3 on each side; TensorFlow pads 2 before and 3 after where 2 divides the size, 3 and 3"),
        (10, 4, 2, 1, "pad 1 on each side; TensorFlow pads 1 before and 1 after where 2 divides the size, 1 and 2"),
        (10, 3, 2, 2, "pad 2 on each side; TensorFlow pads 1 before and 2 after where 2 divides the size, 2 and 2"),
        (9, 1, 2, 1, "pad 0 on each side; TensorFlow pads 0 before and 0 after where 2 divides the size, 0 and 0"),
        (227, 11, 4, 1, "pad 5 on each side; TensorFlow pads 3 before and 4 after where 4 divides the size, 4 and 4"),
    ],
)
def test_same_with_a_stride_tells_the_padding_of_both_frameworks(size, kernel, stride, dilation, text):
    left = size % stride or 1
    rule = f'padding ("same") must go with stride 1 (stride is {stride}): PyTorch refuses it too, and its networks '
    with pytest.raises(ValueError, match=f"^{re.escape(f'{rule}{text} where it leaves {left} over')}$"):
        output_size(size, kernel, stride=stride, padding="same", dilation=dilation)
    for reached, (before, after) in zip((stride, left), re.findall(r"(\d+) (?:before )?and (\d+)", text), strict=True):
        whole = {"stride": stride, "padding": (int(before), int(after)), "dilation": dilation}
        assert output_size(5 * stride + reached, kernel, **whole) == 6  # what TensorFlow makes of it: R / S, rounded up


@pytest.mark.parametrize("shape", [(4000, 4000), (2, 8_000_000), (10_000_000,), (3,)])
def test_an_array_in_place_of_a_length_is_refused_before_it_is_unpacked(shape):
    length = np.broadcast_to(1.0, shape)
    tracemalloc.start()
    for call in (split_padding, lambda length: check_pair("stride", length, 1)):
        with pytest.raises((TypeError, ValueError), match=r"(?s)^(padding|stride) \(.*\) must be an int"):
            call(length)
    assert tracemalloc.get_traced_memory()[1] < 1e7  # the array would hold 128 MB
    tracemalloc.stop()


def test_a_float_array_is_not_copied():
    array = np.ones((2, 3), np.float32)
    assert check_array("x", array, "HW") is array


@pytest.mark.parametrize(
    ("arguments", "settings", "error", "message"),
    [
        ((3, 5), {}, ValueError, "kernel (5) must fit in the padded input (3 + 2*0 = 3)"),
        ((3, 6), {"padding": 1}, ValueError, "kernel (6) must fit in the padded input (3 + 2*1 = 5)"),
        ((3, 6), {"padding": (0, 2)}, ValueError, "kernel (6) must fit in the padded input (3 + 0 + 2 = 5)"),
        (
            (3, 3),
            {"dilation": 2},
            ValueError,
            "kernel (3, dilated to (3 - 1)*2 + 1 = 5) must fit in the padded input (3 + 2*0 = 3)",
        ),
        ((0, 1), {}, ValueError, "size (0) must be at least 1"),
        ((3, 0), {}, ValueError, "kernel (0) must be at least 1"),
        ((3, 1), {"stride": 0}, ValueError, "stride (0) must be at least 1"),
        ((3, 1), {"dilation": -1}, ValueError, "dilation (-1) must be at least 1"),
        ((3, 1), {"padding": -1}, ValueError, "padding (-1) must be at least 0"),
        ((3, 1), {"padding": 2**31}, ValueError, "padding (2147483648) must be at most 2,147,483,647"),
        ((3, 1), {"stride": 2**63}, ValueError, "stride (9223372036854775808) must be at most 2,147,483,647"),
        ((3, 1), {"padding": (1, 2, 3)}, ValueError, "padding ((1, 2, 3)) must be an int or a pair (before, after)"),
        ((3, 1), {"padding": "full"}, ValueError, 'padding (\'full\') must be "same", "valid" or a number of cells'),
        ((3, 1), {"padding": "same", "stride": 2}, ValueError, same_with_stride_2(0, (0, 0), (0, 0))),
        ((3.0, 1), {}, TypeError, "size (3.0) must be an int"),
        ((3, "2"), {}, TypeError, "kernel ('2') must be an int"),
        ((3, 1), {"stride": True}, TypeError, "stride (True) must be an int"),
        ((3, 1), {"dilation": None}, TypeError, "dilation (None) must be an int"),
    ],
)
def test_a_bad_length_is_named_with_its_rule_and_arithmetic(arguments, settings, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        output_size(*arguments, **settings)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: same_padding(0), ValueError, "kernel (0) must be at least 1"),
        (lambda: same_padding(3, dilation=1.5), TypeError, "dilation (1.5) must be an int"),
        (lambda: receptive_field([("conv", 3, 0, 1)]), ValueError, "stride (0) must be at least 1"),
        (lambda: receptive_field([("conv", 3, 1, -1)]), ValueError, "padding (-1) must be at least 0"),
        (lambda: trace_axes(0, []), ValueError, "size (0) must be at least 1"),
        (lambda: trace_axes(5, [], ceil_mode=1), TypeError, "ceil_mode (1) must be True or False"),
        (
            lambda: trace_axes(5, [("a", 2, 1, 0), ("b", 3, 0, 0)]),
            ValueError,
            "layer 2 (b): stride (0) must be at least 1",
        ),
        (lambda: trace_axes(5, [("a", "2", 1, 0)]), TypeError, "layer 1 (a): kernel ('2') must be an int"),
        (
            lambda: trace_axes(5, [("conv", 1, 1, 9), ("pool", 7, 7, 7)]),
            ValueError,
            "layer 2 (pool): padding (7, 7) must leave an input cell in every window "
            "(window 0 reads cells -7 to -1, 1 apart, and the input is cells 0 to 22)",
        ),
        (
            lambda: check_layers([(3, 3, 1, 0)], longest=4),
            ValueError,
            "layers ((3, 3, 1, 0) in it) must each be (name, kernel, stride, padding)",
        ),
        (
            lambda: check_window((5, 5), 3, padding=2**14),
            ValueError,
            "the padded plane (shape (32773, 32773)) must have at most 268,435,456 cells (it has 1,074,069,529)",
        ),
    ],
)
def test_the_other_functions_check_their_lengths_too(call, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        call()
