"""What the property tests draw: small arrays, and geometries that are legal."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from cnnlab.geometry import check_window

seeds = st.integers(0, 2**32 - 1)


def integers(shape, seed=0):
    """Return whole numbers from -4 to 4 as float64: sums of their products are exact in any order."""
    return np.random.default_rng(seed).integers(-4, 5, shape).astype(float)


def floats(shape, seed=0):
    """Return normally distributed float64 numbers."""
    return np.random.default_rng(seed).normal(size=shape)


def same_with_stride_2(each, even, uneven):
    """Return what is said of padding="same" with stride 2: the padding of PyTorch, and both of TensorFlow."""
    rule = 'padding ("same") must go with stride 1 (stride is 2): PyTorch refuses it too, and its networks'
    tensorflow = f"{even[0]} before and {even[1]} after where 2 divides the size, {uneven[0]} and {uneven[1]}"
    return f"{rule} pad {each} on each side; TensorFlow pads {tensorflow} where it leaves 1 over"


@st.composite
def axes(draw):
    """Draw the arguments of ``check_axis`` for a window that fits, leftovers and wide padding among them."""
    kernel, stride, dilation = draw(st.integers(1, 3)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    padding = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    least = max(1, (kernel - 1) * dilation + 1 - sum(padding))
    size = draw(st.integers(least, least + 5))
    return {"size": size, "kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}


@st.composite
def planes(draw):
    """Draw the arguments of ``check_window`` for a plane: each a pair, of rows and columns."""
    rows, columns = draw(axes()), draw(axes())
    return {name: (rows[name], columns[name]) for name in rows}


@st.composite
def channel_counts(draw):
    """Draw N, the channels of x, F and groups that go together."""
    groups = draw(st.integers(1, 2))
    return draw(st.integers(1, 2)), groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2)), groups


@st.composite
def convolutions(draw, numbers=integers):
    """Draw ``x, w, b, settings`` of a convolution; ``numbers(shape, seed)`` makes the arrays."""
    plane, (images, channels, filters, groups) = draw(planes()), draw(channel_counts())
    size, kernel, seed = plane.pop("size"), plane.pop("kernel"), draw(seeds)
    x = numbers((images, channels, *size), seed)
    w = numbers((filters, channels // groups, *kernel), seed + 1)
    return x, w, numbers(filters, seed + 2), plane | {"groups": groups}


@st.composite
def transposed_convolutions(draw, numbers=integers):
    """Draw ``x, w, b, settings`` of a transposed convolution: a drawn convolution the other way round."""
    x, w, _, settings = draw(convolutions(numbers))
    groups = settings.pop("groups")
    rows, columns = check_window(x.shape[2:], w.shape[2:], **settings)
    settings |= {"output_padding": (rows.leftover, columns.leftover), "groups": groups}
    seed = draw(seeds)
    return numbers((len(x), len(w), rows.out, columns.out), seed), w, numbers(x.shape[1], seed + 1), settings
