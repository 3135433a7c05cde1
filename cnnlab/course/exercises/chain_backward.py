"""The way back through convolution A, sigmoid, mean pool and convolution B."""

from cnnlab.activations import sigmoid, sigmoid_backward
from cnnlab.convolution import conv2d, conv2d_backward
from cnnlab.course.exercises._parts import chains, conv, conv_back, course_exercise, mean_back, mean_pool, turned
from cnnlab.pooling import mean_pool2d, mean_pool2d_backward


def my_chain_backward(x, w_A, w_B, delta_zB):
    z_A = conv2d(x, w_A, padding=1)
    a_A = sigmoid(z_A)
    p = mean_pool2d(a_A, 2)
    dL_dp, dw_B, _ = conv2d_backward(delta_zB, p, w_B, padding=1)
    delta_zA = sigmoid_backward(mean_pool2d_backward(dL_dp, a_A.shape, 2), z_A)
    _, dw_A, _ = conv2d_backward(delta_zA, x, w_A, padding=1)
    return dL_dp, delta_zA, dw_A, dw_B


def _chain(slope=lambda z, a: a * (1 - a), at_pool=lambda p: 1, turn=lambda w: w, dw_from=lambda delta, da: delta):
    """Return the way back with one part replaced."""

    def chain_backward(x, w_A, w_B, delta_zB):
        z = conv(x, w_A, padding=1)
        a = sigmoid(z)
        p = mean_pool(a, 2, 2)
        dp = conv_back(delta_zB, p, turn(w_B), padding=1)[0] * at_pool(p)
        da = mean_back(dp, a.shape, 2, 2)
        delta = da * slope(z, a)
        dw_A = conv_back(dw_from(delta, da), x, w_A, padding=1)[1]
        return dp, delta, dw_A, conv_back(delta_zB, p, w_B, padding=1)[1]

    return chain_backward


EXERCISE = course_exercise(
    my_chain_backward,
    "dL_dp delta_zA dw_A dw_B",
    right=_chain(),
    inputs=lambda: chains(18, 2, 1),
    wires=dict.fromkeys(("dL_dp", "delta_zA", "dw_A", "dw_B"), ("delta_zB",)),
    mistakes={
        "slope at a": _chain(lambda z, a: sigmoid(a) * (1 - sigmoid(a))),
        "slope z (1 - z)": _chain(lambda z, a: z * (1 - z)),
        "no slope": _chain(lambda z, a: 1),
        "slope at the pool too": _chain(at_pool=lambda p: p * (1 - p)),
        "no turn": _chain(turn=turned),
        "dw_A from ∂L/∂a": _chain(dw_from=lambda delta, da: da),
    },
)
