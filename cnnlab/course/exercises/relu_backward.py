"""The way back through a ReLU."""

import numpy as np

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
    inputs=_inputs,
    wires={"dz": "da"},
    mistakes={
        "(z > 0)": {"times z": "z", "no slope": "1.0"},
        "z > 0": {"mask from da": "da > 0", "zero passes": "z >= 0", "mask turned round": "z <= 0"},
        "da * (z > 0)": {"slope without da": "(z > 0) * 1.0", "gradient clipped too": "np.maximum(da, 0) * (z > 0)"},
    },
)
