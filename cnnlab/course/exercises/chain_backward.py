"""The way back through convolution A, sigmoid, mean pool and convolution B."""

from cnnlab.activations import sigmoid, sigmoid_backward
from cnnlab.convolution import conv2d, conv2d_backward
from cnnlab.course.exercises._parts import chains, course_exercise
from cnnlab.pooling import mean_pool2d, mean_pool2d_backward


def my_chain_backward(x, w_A, w_B, delta_zB):
    z_A = conv2d(x, w_A, padding=1)
    a_A = sigmoid(z_A)
    p = mean_pool2d(a_A, 2)
    dL_dp, dw_B, _ = conv2d_backward(delta_zB, p, w_B, padding=1)
    dL_da = mean_pool2d_backward(dL_dp, a_A.shape, 2)
    delta_zA = sigmoid_backward(dL_da, z_A)
    _, dw_A, _ = conv2d_backward(delta_zA, x, w_A, padding=1)
    return dL_dp, delta_zA, dw_A, dw_B


EXERCISE = course_exercise(
    my_chain_backward,
    "dL_dp delta_zA dw_A dw_B",
    inputs=lambda: chains(18, 2, 1),
    wires=dict.fromkeys(("dL_dp", "delta_zA", "dw_A", "dw_B"), "delta_zB"),
    mistakes={
        "(dL_da, z_A)": {"slope at a": "(dL_da, a_A)"},
        "sigmoid_backward(dL_da, z_A)": {"slope z (1 - z)": "dL_da * z_A * (1 - z_A)", "no slope": "dL_da"},
        "dL_da =": {"slope at the pool too": "dL_dp = dL_dp * p * (1 - p); dL_da ="},
        "p, w_B,": {"no turn": "p, w_B[..., ::-1, ::-1],"},
        "(delta_zA, x": {"dw_A from ∂L/∂a": "(dL_da, x"},
    },
)
