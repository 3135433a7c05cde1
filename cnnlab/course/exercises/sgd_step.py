"""A step of gradient descent with momentum."""

from itertools import product

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, numbers


def my_sgd_step(params, grads, velocity, rate, momentum):
    for name, param in params.items():
        velocity[name] = momentum * velocity[name] + grads[name]
        param -= rate * velocity[name]  # in place: the model's own array


def _arrays_of(value) -> list[np.ndarray]:
    """Return the arrays in a dict, in a list, or the one array."""
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else [value]


def _right(params, grads, velocity, rate, momentum) -> None:
    for param, grad, kept in zip(*map(_arrays_of, (params, grads, velocity)), strict=True):
        kept *= momentum
        kept += grad
        param -= rate * kept


def _three_steps(function, arguments):
    """Return w and b after each of three steps, read from the arrays that the caller holds; b is empty without one."""
    held = [*_arrays_of(arguments[0]), np.zeros(0)][:2]
    after = []
    for _ in range(3):
        function(*arguments)
        after += [array.copy() for array in held]
    return tuple(after)


def _inputs():
    """Return params, grads and velocity in dicts by name, in lists, and as single arrays."""
    rng, dicts = np.random.default_rng(21), []
    for rate, momentum in product((0.5, 0.1), (0.0, 0.5, 0.9)):
        params = {"0.w": numbers(rng, 2, 3, whole=False), "0.b": numbers(rng, 3, whole=False)}
        grads = {name: numbers(rng, *param.shape, whole=False) for name, param in params.items()}
        dicts.append((params, grads, {name: np.zeros_like(param) for name, param in params.items()}, rate, momentum))
    lists = [(*(list(part.values()) for part in case[:3]), *case[3:]) for case in dicts]
    return [dicts, lists, [(*(part[0] for part in case[:3]), *case[3:]) for case in lists]]


def _step(velocity_of=lambda v, g, r, m: m * v + g, kept=lambda old, new: new, change=lambda r, old, new: r * new):
    """Return a step from a velocity (old, gradient, rate, momentum), what is kept of it, and what is subtracted."""

    def sgd_step(params, grads, velocity, rate, momentum):
        for name, param in params.items():
            old = velocity[name]
            new = velocity_of(old, grads[name], rate, momentum)
            param -= change(rate, old, new)
            velocity[name] = kept(old, new)

    return sgd_step


EXERCISE = course_exercise(
    my_sgd_step,
    [f"{name} after step {step}" for step in (1, 2, 3) for name in "wb"],
    right=_right,
    inputs=_inputs,
    call=_three_steps,
    changes=("params", "velocity"),
    mistakes={
        "sign turned": _step(change=lambda r, old, new: -r * new),
        "velocity not kept": _step(kept=lambda old, new: old),
        "rate twice": _step(lambda v, g, r, m: m * v + r * g),
        "nothing changed in place": _step(change=lambda r, old, new: 0),
        "old velocity": _step(change=lambda r, old, new: r * old),
        "gradient times 1 − momentum": _step(lambda v, g, r, m: m * v + (1 - m) * g),
        "rate forgotten": _step(change=lambda r, old, new: new),
    },
)
