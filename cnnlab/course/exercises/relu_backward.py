"""The way back through a ReLU."""

from itertools import product

import numpy as np

from cnnlab.activations import relu_backward
from cnnlab.course.exercises._parts import MIXED, course_exercise, numbers


def my_relu_backward(da, z):
    return da * (z > 0)


def _inputs():
    rng = np.random.default_rng(12)
    for shape, whole in product(((5,), (3, 4), (1, 1), (2, 2, 3, 2)), MIXED[:4]):
        da, z = numbers(rng, *shape, whole=whole[0]), numbers(rng, *shape, whole=whole[1])
        z[rng.random(shape) < 0.2] = 0
        z.flat[-1] = 0
        yield da, z
    yield np.array([1.0, 2.0, 3.0, 4.0]), np.array([-1e-6, 1e-6, -0.0, 1e6])


EXERCISE = course_exercise(
    my_relu_backward,
    "dz",
    right=relu_backward,
    inputs=lambda: [_inputs()],
    wires={"dz": ("da",)},
    mistakes={
        "times z": lambda da, z: da * z,
        "mask from da": lambda da, z: da * (da > 0),
        "zero passes": lambda da, z: da * (z >= 0),
        "slope without da": lambda da, z: (z > 0) * 1.0,
        "no slope": lambda da, z: da * 1.0,
        "gradient clipped too": lambda da, z: np.maximum(da, 0) * (z > 0),
        "mask turned round": lambda da, z: da * (z <= 0),
    },
)
