"""The way back through mean pool A, convolution, sigmoid and mean pool B."""

from cnnlab.activations import sigmoid, sigmoid_backward
from cnnlab.convolution import conv2d, conv2d_backward
from cnnlab.course.exercises._parts import chains, conv, conv_back, course_exercise, mean_back, mean_pool, then, turned
from cnnlab.pooling import mean_pool2d, mean_pool2d_backward


def my_chain2_backward(x, w, dL_dpB):
    p_A = mean_pool2d(x, 2)
    z = conv2d(p_A, w, padding=1)
    delta_z = sigmoid_backward(mean_pool2d_backward(dL_dpB, z.shape, 2), z)
    dL_dpA, dw, _ = conv2d_backward(delta_z, p_A, w, padding=1)
    return delta_z, dL_dpA, dw, mean_pool2d_backward(dL_dpA, x.shape, 2)


def _chain(
    slope=lambda z, a: a * (1 - a), back=lambda delta, dpA: dpA, turn=lambda w: w, dw_from=lambda delta, da: delta
):
    """Return the way back with one part replaced."""

    def chain2_backward(x, w, dL_dpB):
        p = mean_pool(x, 2, 2)
        z = conv(p, w, padding=1)
        da = mean_back(dL_dpB, z.shape, 2, 2)
        delta = da * slope(z, sigmoid(z))
        dpA = back(delta, conv_back(delta, p, turn(w), padding=1)[0])
        dw = conv_back(dw_from(delta, da), p, w, padding=1)[1]
        return delta, dpA, dw, mean_back(dpA, x.shape, 2, 2)

    return chain2_backward


EXERCISE = course_exercise(
    my_chain2_backward,
    "delta_z dL_dpA dw dL_dx",
    right=_chain(),
    inputs=lambda: chains(19, 1, 2),
    wires=dict.fromkeys(("delta_z", "dL_dpA", "dw", "dL_dx"), ("dL_dpB",)),
    mistakes={
        "convolution skipped": _chain(back=lambda delta, dpA: delta),
        "slope at a": _chain(lambda z, a: sigmoid(a) * (1 - sigmoid(a))),
        "no slope": _chain(lambda z, a: 1),
        "no turn": _chain(turn=turned),
        "dw from ∂L/∂a": _chain(dw_from=lambda delta, da: da),
        "pool A not divided": then(_chain(), lambda right: (*right[:3], right[3] * 4)),
    },
)
