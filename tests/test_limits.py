"""What windowed operations refuse before they make an array. The other errors are tested beside each operation."""

from __future__ import annotations

import re
import tracemalloc

import numpy as np
import pytest

import cnnlab
from cnnlab import reference
from cnnlab.pooling import check_pool

ONE, PLANE = np.ones((1, 1, 1, 1)), np.ones((1, 1, 4, 4))
MANY = np.broadcast_to(1.0, (2**14, 1, 1, 1))  # one number in memory
LONG = np.broadcast_to(1.0, (1, 1, 1, 2**15))
MOST = "must have at most 268,435,456 cells"


def test_a_pool_refuses_a_window_of_nothing_but_padding():
    message = (
        "padding (2, 0) must leave an input cell in every window "
        "(window 0 reads cells -2 to -1, 1 apart, and the input is cells 0 to 2)"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        check_pool((3, 3), 2, stride=1, padding=((2, 0), (0, 0)))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cnnlab.pad2d(PLANE, 2**63), "padding (9223372036854775808) must be at most 2,147,483,647"),
        (
            lambda: cnnlab.pad2d(PLANE, 2**14),
            f"the padded array (shape (1, 1, 32772, 32772)) {MOST} (it has 1,074,003,984)",
        ),
        (
            lambda: cnnlab.conv2d(PLANE, ONE, padding=2**14),
            f"the padded plane (shape (32772, 32772)) {MOST} (it has 1,074,003,984)",
        ),
        (
            lambda: cnnlab.conv2d(PLANE, ONE, stride=2**63),
            "stride (9223372036854775808) must be at most 2,147,483,647",
        ),
        (
            lambda: cnnlab.conv2d(MANY, np.ones((2**15, 1, 1, 1))),
            f"y (shape (16384, 32768, 1, 1)) {MOST} (it has 536,870,912)",
        ),
        (
            lambda: cnnlab.conv2d(LONG, LONG[..., : 2**14]),
            f"a row of windows (shape (1, 1, 16384, 16385)) {MOST} (it has 268,451,840)",
        ),
        (
            lambda: cnnlab.conv_transpose2d(PLANE, ONE, stride=2**14),
            f"y (shape (1, 1, 49153, 49153)) {MOST} (it has 2,416,017,409)",
        ),
        (
            lambda: cnnlab.max_pool2d(LONG, (1, 2**14), stride=1),
            f"the cells of all windows (shape (16384, 16385, 1)) {MOST} (it has 268,451,840)",
        ),
        (
            lambda: cnnlab.mean_pool2d(np.broadcast_to(1.0, (1, 1, 2**12, 2**12)), (2**11, 1), stride=(1, 2**12)),
            f"the cells of all windows (shape (2048, 2049, 4096)) {MOST} (it has 17,188,257,792)",
        ),
        (
            lambda: cnnlab.conv2d(
                np.broadcast_to(1.0, (1, 1, 2**12, 2**12)), np.ones((1, 1, 2, 64)), dilation=(2**12 - 1, 1)
            ),
            f"a row of windows (shape (1, 4096, 64, 4033)) {MOST} (it has 1,057,226,752)",
        ),
        (
            lambda: cnnlab.mean_pool2d_backward(ONE, (1, 1, 2**30, 2**30), 2**30),
            f"dx (shape (1, 1, 1073741824, 1073741824)) {MOST} (it has 1,152,921,504,606,846,976)",
        ),
        (
            lambda: cnnlab.max_pool2d_backward(ONE, ONE.astype(int), (1, 1, 2**30, 2**30)),
            f"dx (shape (1, 1, 1073741824, 1073741824)) {MOST} (it has 1,152,921,504,606,846,976)",
        ),
    ],
)
def test_what_would_fill_the_memory_is_refused_before_anything_is_made(call, message):
    tracemalloc.start()
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**20


def test_groups_of_any_integer_kind_are_groups():
    x, w = np.ones((1, 64, 2, 2)), np.ones((64, 2, 1, 1))
    for kind in (int, np.int8, np.uint8, np.int64):
        assert cnnlab.conv_transpose2d(x, w, groups=kind(64)).shape == (1, 128, 2, 2)
        assert cnnlab.conv2d(x, w[:, :1], groups=kind(64)).shape == (1, 64, 2, 2)
        assert cnnlab.conv2d_backward(x, x, w[:, :1], groups=kind(64))[1].shape == (64, 1, 1, 1)
        assert reference.conv_transpose2d(x, w, groups=kind(64)).shape == (1, 128, 2, 2)
        assert reference.conv2d(x, w[:, :1], groups=kind(64)).shape == (1, 64, 2, 2)
