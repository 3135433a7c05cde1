"""The way back through mean pool A, convolution, sigmoid and mean pool B."""

from cnnlab.activations import sigmoid, sigmoid_backward
from cnnlab.convolution import conv2d, conv2d_backward
from cnnlab.course.exercises._parts import chains, course_exercise
from cnnlab.pooling import mean_pool2d, mean_pool2d_backward


def my_chain2_backward(x, w, dL_dpB):
    p_A = mean_pool2d(x, 2)
    z = conv2d(p_A, w, padding=1)
    a = sigmoid(z)
    dL_da = mean_pool2d_backward(dL_dpB, a.shape, 2)
    delta_z = sigmoid_backward(dL_da, z)
    dL_dpA, dw, _ = conv2d_backward(delta_z, p_A, w, padding=1)
    return delta_z, dL_dpA, dw, mean_pool2d_backward(dL_dpA, x.shape, 2)


EXERCISE = course_exercise(
    my_chain2_backward,
    "delta_z dL_dpA dw dL_dx",
    inputs=lambda: chains(19, 1, 2),
    wires=dict.fromkeys(("delta_z", "dL_dpA", "dw", "dL_dx"), "dL_dpB"),
    mistakes={
        "    return": {
            "convolution skipped": "    dL_dpA = delta_z\n    return",
            "dw from ∂L/∂a": "    dw = conv2d_backward(dL_da, p_A, w, padding=1)[1]\n    return",
        },
        "sigmoid_backward(dL_da, z)": {"slope at a": "sigmoid_backward(dL_da, a)", "no slope": "dL_da"},
        "p_A, w, padding=1)\n    return": {"no turn": "p_A, w[..., ::-1, ::-1], padding=1)\n    return"},
        "x.shape, 2)": {"pool A not divided": "x.shape, 2) * 4"},
    },
)
