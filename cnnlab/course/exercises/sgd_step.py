"""A step of gradient descent with momentum."""

from copy import deepcopy
from itertools import product

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, numbers


def my_sgd_step(params, grads, velocity, rate, momentum):
    for name, param in params.items():
        velocity[name] = momentum * velocity[name] + grads[name]
        param -= rate * velocity[name]  # in place: the model's own array


def _three_steps(function, params, grads, velocity, rate, momentum):
    """Return w and b after each of three steps, read from the caller's own arrays."""
    params, velocity = deepcopy((params, velocity))
    held, after = list(params.values()), []
    for _ in range(3):
        function(params, grads, velocity, rate, momentum)
        after += [array.copy() for array in held]
    return tuple(after)


def _inputs():
    rng = np.random.default_rng(21)
    for rate, momentum in product((0.5, 0.1), (0.0, 0.5, 0.9)):
        params, grads = ({"0.w": numbers(rng, 2, 3, whole=False), "0.b": numbers(rng, 3, whole=False)} for _ in "pg")
        yield params, grads, {name: np.zeros_like(param) for name, param in params.items()}, rate, momentum


EXERCISE = course_exercise(
    my_sgd_step,
    [f"{name} after step {step}" for step in (1, 2, 3) for name in "wb"],
    right=my_sgd_step,
    inputs=_inputs,
    call=_three_steps,
    mistakes={
        "-= rate": {"sign turned": "+= rate"},
        "momentum * velocity[name] + ": {"velocity not kept": ""},
        "+ grads": {"rate twice": "+ rate * grads", "gradient times 1 − momentum": "+ (1 - momentum) * grads"},
        "param -=": {"nothing changed in place": "param = param -"},
        "rate * ": {"rate forgotten": ""},
    },
)
