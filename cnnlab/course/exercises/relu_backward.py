"""The way back through a ReLU."""

import numpy as np

from cnnlab.activations import relu_backward
from cnnlab.course.exercises._parts import course_exercise, mixed


def my_relu_backward(da, z):
    return da * (z > 0)


def _inputs():
    for da, z in mixed(12, [([shape] * 2,) for shape in ((5,), (3, 4), (1, 1), (2, 2, 3, 2))], times=4):
        z.flat[::-5] = 0
        yield da, z
    yield np.array([1.0, 2.0, 3.0, 4.0]), np.array([-1e-6, 1e-6, -0.0, 1e6])


EXERCISE = course_exercise(
    my_relu_backward,
    "dz",
    right=relu_backward,
    inputs=_inputs,
    wires={"dz": ("da",)},
    mistakes={
        "times z": ("(z > 0)", "z"),
        "mask from da": ("z > 0", "da > 0"),
        "zero passes": ("z > 0", "z >= 0"),
        "slope without da": ("da * (z > 0)", "(z > 0) * 1.0"),
        "no slope": ("(z > 0)", "1.0"),
        "gradient clipped too": ("return da", "return np.maximum(da, 0)"),
        "mask turned round": ("z > 0", "z <= 0"),
    },
)
