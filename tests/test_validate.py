"""The checks that every function shares: whatever is passed, the error names the argument and the rule."""

from __future__ import annotations

import itertools
import re
import tracemalloc
from fractions import Fraction

import numpy as np
import pytest

import cnnlab
from cnnlab._validate import shown
from cnnlab.activations import ACTIVATIONS
from cnnlab.formula import settings_for
from cnnlab.gradcheck import numerical_gradient
from cnnlab.lab import ChainExplorer, ConvolutionExplorer, PoolingExplorer
from cnnlab.network import Sequential
from cnnlab.pooling import POOLS

X, W = np.ones((1, 1, 4, 4)), np.ones((1, 1, 2, 2))
MASKED = np.ma.masked_greater(np.arange(16.0).reshape(1, 1, 4, 4), 14)
RAGGED = "must be one array of numbers"
IN_ITSELF = [1]
IN_ITSELF.append(IN_ITSELF)


class NoArray:
    """Says that it is an array, and fails to be one."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("no")


class Nameless:
    """Cannot be shown in an error."""

    def __repr__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: cnnlab.conv2d(MASKED, W), TypeError, "x (a masked array) must have a number in every cell"),
        (lambda: cnnlab.conv2d(list(MASKED), W), TypeError, "x (a masked array) must have a number in every cell"),
        (lambda: cnnlab.relu([1.0, np.ma.masked]), TypeError, "z (a masked array) must have a number in every cell"),
        (lambda: cnnlab.relu([1, (2, MASKED)]), TypeError, "z (a masked array) must have a number in every cell"),
        (lambda: cnnlab.relu(IN_ITSELF), ValueError, f"z {RAGGED}"),
        (lambda: cnnlab.relu(NoArray()), ValueError, f"z {RAGGED} (no)"),
        (
            lambda: cnnlab.relu(np.broadcast_to(0.0, (2**20, 2**20))),
            ValueError,
            "z (shape (1048576, 1048576)) must have at most 2,147,483,647 cells",
        ),
        (lambda: cnnlab.output_size(Nameless(), 3), TypeError, "size (Nameless) must be an int"),
        (lambda: cnnlab.output_size(10**5000, 3), ValueError, "size (int) must be at most 2,147,483,647"),
        (lambda: cnnlab.output_size(-(10**200), 3), ValueError, f"size (-{10**97}…) must be at least 1"),
        (lambda: cnnlab.SGD(10**400), ValueError, f"learning_rate ({10**98}…) must be a number that a float can hold"),
        (lambda: cnnlab.SGD(Fraction(10**400, 3)), ValueError, "learning_rate (Fraction(1"),
        (
            lambda: cnnlab.receptive_field(range(10**12)),
            ValueError,
            "layers (1,000,000,000,000 long) must be a list",
        ),
        (lambda: cnnlab.receptive_field(itertools.count()), TypeError, "layers (count(0)) must be a list of (name,"),
        (lambda: cnnlab.conv2d([[[[1], [2, 3]]]], W), ValueError, f"x {RAGGED}"),
        (lambda: cnnlab.conv2d(X, W, stride=(1, (2, 3))), TypeError, "stride ((2, 3)) must be an int"),
        (lambda: cnnlab.conv2d(X, W, stride=((1, 2), (3, 4))), TypeError, "stride ((1, 2)) must be an int"),
        (lambda: cnnlab.conv2d(X, W, padding=(1, (2, (3,)))), TypeError, "padding ((3,)) must be an int"),
        (lambda: cnnlab.max_pool2d(X, ()), ValueError, "kernel (()) must be an int or a pair (h, w)"),
        (lambda: cnnlab.output_size(5, 3, padding=(1, [2])), TypeError, "padding ([2]) must be an int"),
        (lambda: cnnlab.pad2d(X, 1, mode=np.array(["zeros", "zeros"])), ValueError, "mode (array(["),
        (lambda: cnnlab.max_pool2d_backward(X, [[0], [1, 2]], (1, 1, 4, 4)), ValueError, f"argmax {RAGGED}"),
        (
            lambda: cnnlab.max_pool2d_backward(X, np.zeros((1, 1, 4, 4), int), 7),
            TypeError,
            "x_shape (7) must be a list of 4 lengths (N, C, H, W)",
        ),
        (
            lambda: cnnlab.max_pool2d_backward(X, np.zeros((1, 1, 4, 4), int), (1, 1, (4, 4), 4)),
            TypeError,
            "H of x_shape ((4, 4)) must be an int",
        ),
        (lambda: cnnlab.softmax_cross_entropy(np.ones((2, 3)), [0, [1]]), ValueError, f"labels {RAGGED}"),
        (lambda: cnnlab.receptive_field(None), TypeError, "layers (None) must be a list of (name, kernel"),
        (lambda: cnnlab.trace_sizes(9, 3), TypeError, "layers (3) must be a list of (name, kernel"),
        (
            lambda: settings_for(9, 3, kernels=3, strides=(1,), paddings=(0,)),
            TypeError,
            "kernels (3) must be a list of lengths in cells",
        ),
        (lambda: numerical_gradient(None, X, X), TypeError, "f (None) must be a function of x"),
        (lambda: Sequential().save(1), TypeError, "path (1) must be a str or a Path"),
        (lambda: Sequential().load(b"w.npz"), TypeError, "path (b'w.npz') must be a str or a Path"),
        (lambda: ConvolutionExplorer(X, W, [1, [2]]), ValueError, f"b {RAGGED}"),
        (lambda: PoolingExplorer(X, count_include_pad="no"), TypeError, "count_include_pad ('no') must be True or"),
        (lambda: PoolingExplorer(X, ceil_mode=None), TypeError, "ceil_mode (None) must be True or False"),
        (lambda: PoolingExplorer(X, op=["max"]), ValueError, f"op (['max']) must be one of {', '.join(POOLS)}"),
        (lambda: ChainExplorer(X, chain=True), ValueError, "chain (True) must be one of 0, 1"),
        (lambda: ChainExplorer(X, chain=2), ValueError, "chain (2) must be one of 0, 1"),
        (lambda: ChainExplorer(X, f="max"), ValueError, f"f ('max') must be one of {', '.join(ACTIVATIONS)}"),
    ],
)
def test_a_bad_argument_is_named(call, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}"):
        call()


def test_a_masked_array_without_masked_cells_is_an_array():
    whole = np.ma.masked_greater(X, 9)
    for x in (whole, list(whole)):
        np.testing.assert_array_equal(cnnlab.conv2d(x, W), cnnlab.conv2d(X, W))


def test_an_array_of_another_byte_order_is_converted():
    x, w = np.arange(16.0).reshape(1, 1, 4, 4), np.arange(4.0, dtype=np.float32).reshape(1, 1, 2, 2)
    for dtype, kernel in ((">f8", w.astype(float)), (">i4", w.astype(">i2")), (">f4", w)):
        expected = cnnlab.conv2d(x.astype(dtype[1:]), kernel)
        np.testing.assert_array_equal(cnnlab.conv2d(x.astype(dtype), kernel), expected, strict=True)
    assert cnnlab.softmax_cross_entropy(np.zeros((1, 4), ">f4"), np.ones(1, ">i8"))[0] == pytest.approx(np.log(4))


def test_a_long_list_is_not_written_out_to_be_cut():
    tracemalloc.start()
    for value, start in (([7] * 10**6, "[7, 7, 7"), ("a" * 10**6, "'aaa"), ((5,) * 10**6, "(5, 5")):
        said = shown(value)
        assert said.startswith(start)
        assert (len(said), said[-1]) == (100, "…")
    assert tracemalloc.get_traced_memory()[1] < 1e8 / 4  # the list itself is 8 MB
    tracemalloc.stop()


def test_numpy_s_true_and_false_are_flags():
    explorer = PoolingExplorer(X, ceil_mode=np.True_, count_include_pad=np.False_)
    assert (explorer.ceil_mode, explorer.count_include_pad) == (True, False)
