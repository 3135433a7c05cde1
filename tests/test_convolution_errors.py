"""What convolution refuses: each error with the name, the value, the rule and the arithmetic."""

from __future__ import annotations

import re

import numpy as np
import pytest
from strategies import same_with_stride_2

from cnnlab import reference
from cnnlab.convolution import conv2d, conv2d_backward, conv_transpose2d

X, W, B, DY = np.ones((1, 3, 3, 4)), np.ones((2, 3, 2, 2)), np.ones(2), np.ones((1, 2, 2, 3))
HUGE = np.ones((1, 3, 5, 5))

OPERAND_ERRORS = [  # of x, w, b and the settings of conv2d
    ((X.astype(bool), W), {}, TypeError, "x (dtype bool) must be float32, float64 or integer"),
    ((X, W.astype(object)), {}, TypeError, "w (dtype object) must be float32, float64 or integer"),
    ((X.astype("f2"), W), {}, TypeError, "x (dtype float16) must be float32, float64 or integer"),
    ((X, W, B * 1j), {}, TypeError, "b (dtype complex128) must be float32, float64 or integer"),
    ((X.astype("f4"), W), {}, TypeError, "x and w must have one dtype (x float32, w float64)"),
    ((X, W, B.astype("f4")), {}, TypeError, "x and w and b must have one dtype (x float64, w float64, b float32)"),
    ((X[0], W), {}, ValueError, "x (shape (3, 3, 4)) must have 4 dimensions (N, C, H, W), not 3"),
    ((X, W[0]), {}, ValueError, "w (shape (3, 2, 2)) must have 4 dimensions (K, C / groups, kh, kw), not 3"),
    ((X[:0], W), {}, ValueError, "x (shape (0, 3, 3, 4)) must not be empty"),
    ((X, W[..., :0]), {}, ValueError, "w (shape (2, 3, 2, 0)) must not be empty"),
    ((X, W, [B]), {}, ValueError, "b (shape (1, 2)) must have shape (2,) (one for each filter)"),
    ((X, W, [1]), {}, ValueError, "b (shape (1,)) must have shape (2,) (one for each filter)"),
    ((X, W[:, :2]), {}, ValueError, "w (2 channels) must have the channels of x / groups (3 / 1 = 3)"),
    ((X, W), {"groups": 3}, ValueError, "groups (3) must divide the filters (2 / 3 leaves 2)"),
    ((X, W), {"groups": 2}, ValueError, "groups (2) must divide the input channels (3 / 2 leaves 1)"),
    ((X, W), {"groups": 0}, ValueError, "groups (0) must be at least 1"),
    ((X, W), {"groups": 1.0}, TypeError, "groups (1.0) must be an int"),
    ((X, HUGE), {}, ValueError, "kernel (5) must fit in the padded input (3 + 2*0 = 3)"),
    ((X, HUGE), {"padding": ((1, 0), (0, 0))}, ValueError, "kernel (5) must fit in the padded input (3 + 1 + 0 = 4)"),
    (
        (X, W),
        {"dilation": 4},
        ValueError,
        "kernel (2, dilated to (2 - 1)*4 + 1 = 5) must fit in the padded input (3 + 2*0 = 3)",
    ),
    ((X, W), {"stride": 0}, ValueError, "stride (0) must be at least 1"),
    ((X, W), {"stride": (1, True)}, TypeError, "stride (True) must be an int"),
    ((X, W), {"stride": (1, 2, 3)}, ValueError, "stride ((1, 2, 3)) must be an int or a pair (h, w)"),
    ((X, W), {"dilation": 1.5}, TypeError, "dilation (1.5) must be an int"),
    ((X, W), {"padding": -1}, ValueError, "padding (-1) must be at least 0"),
    ((X, W), {"padding": (0.5, 0)}, TypeError, "padding (0.5) must be an int"),
    ((X, W), {"padding": "full"}, ValueError, 'padding (\'full\') must be "same", "valid" or a number of cells'),
    ((X, W), {"padding": "same", "stride": 2}, ValueError, same_with_stride_2(0, (0, 0), (0, 1))),
]

TRANSPOSED_ERRORS = [
    ((X, W), {}, ValueError, "w (2 channels) must have the channels of x (3)"),
    ((DY, W, [1, 2]), {}, ValueError, "b (shape (2,)) must have shape (3,) (one for each filter)"),
    ((DY, W, [1, 2, 3]), {"groups": 2}, ValueError, "b (shape (3,)) must have shape (6,) (one for each filter)"),
    ((DY, W), {"groups": 3}, ValueError, "groups (3) must divide the input channels (2 / 3 leaves 2)"),
    ((DY, W[0]), {}, ValueError, "w (shape (3, 2, 2)) must have 4 dimensions (C, K / groups, kh, kw), not 3"),
    ((DY, W.astype("f4")), {}, TypeError, "x and w must have one dtype (x float64, w float32)"),
    (
        (DY, W),
        {"output_padding": 1},
        ValueError,
        "output_padding (1) must be smaller than the stride or the dilation (1, 1)",
    ),
    ((DY, W), {"output_padding": -1}, ValueError, "output_padding (-1) must be at least 0"),
    ((DY, W), {"padding": (2, 0)}, ValueError, "padding (2, 2) must leave an output cell (3 - 2 - 2 + 0 = -1)"),
    ((DY, W), {"padding": "same", "stride": 2}, ValueError, same_with_stride_2(0, (0, 0), (0, 1))),
]

UPSTREAM_ERRORS = [
    (DY[0], ValueError, "dy (shape (2, 2, 3)) must have shape (1, 2, 2, 3) (that of y)"),
    (DY[..., :2], ValueError, "dy (shape (1, 2, 2, 2)) must have shape (1, 2, 2, 3) (that of y)"),
    (DY.astype("f4"), TypeError, "dy and x and w must have one dtype (dy float32, x float64, w float64)"),
    (DY.astype(str), TypeError, f"dy (dtype {DY.astype(str).dtype}) must be float32, float64 or integer"),
]


def exactly(message):
    """Return the pattern that matches this message and nothing longer."""
    return f"^{re.escape(message)}$"


def ids(errors):
    return [error[-1] for error in errors]


@pytest.mark.parametrize(("operands", "settings", "error", "message"), OPERAND_ERRORS, ids=ids(OPERAND_ERRORS))
@pytest.mark.parametrize("forward", [conv2d, reference.conv2d])
def test_forward_names_what_is_wrong_with_its_arithmetic(forward, operands, settings, error, message):
    with pytest.raises(error, match=exactly(message)):
        forward(*operands, **settings)


@pytest.mark.parametrize(("operands", "settings", "error", "message"), TRANSPOSED_ERRORS, ids=ids(TRANSPOSED_ERRORS))
@pytest.mark.parametrize("transposed", [conv_transpose2d, reference.conv_transpose2d])
def test_the_transposed_convolution_names_what_is_wrong(transposed, operands, settings, error, message):
    with pytest.raises(error, match=exactly(message)):
        transposed(*operands, **settings)


@pytest.mark.parametrize(("dy", "error", "message"), UPSTREAM_ERRORS, ids=ids(UPSTREAM_ERRORS))
@pytest.mark.parametrize("backward", [conv2d_backward, reference.conv2d_backward])
def test_backward_names_what_is_wrong_with_the_upstream_gradient(backward, dy, error, message):
    with pytest.raises(error, match=exactly(message)):
        backward(dy, X, W)


@pytest.mark.parametrize("backward", [conv2d_backward, reference.conv2d_backward])
def test_backward_refuses_what_forward_refuses(backward):
    with pytest.raises(ValueError, match=exactly("kernel (5) must fit in the padded input (3 + 2*0 = 3)")):
        backward(DY, X, HUGE)
