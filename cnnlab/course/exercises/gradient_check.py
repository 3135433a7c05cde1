"""A gradient by nudging each cell."""

from itertools import product

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, numbers


def my_gradient_check(f, x, dy, step):
    dx = np.zeros(x.shape)
    for cell in np.ndindex(x.shape):
        nudged = x.astype(float)  # a copy
        nudged[cell] += step
        above = f(nudged)
        nudged[cell] -= 2 * step
        dx[cell] = np.sum(dy * (above - f(nudged))) / (2 * step)
    return dx


def _inputs():
    """Yield nonlinear functions, which a check shows by name, with integer x and with results of another shape."""
    rng = np.random.default_rng(20)
    functions = {
        "x²": (lambda x: x * x, (2, 3)),
        "x³": (lambda x: x**3, (2,)),  # here the central difference depends on the step
        "x · x[::-1] + x": (lambda x: x * x[::-1] + x, (4,)),
        "[sum of x², x[0] · x[-1]]": (lambda x: np.array([(x**2).sum(), x[0] * x[-1]]), (3,)),
        "x[..., :-1] · x[..., 1:]": (lambda x: x[..., :-1] * x[..., 1:], (2, 4)),
    }
    steps = (False, 0.25), (False, 1e-3), (True, 0.5), (True, 1e-3)
    for (name, (f, shape)), (whole, step) in product(functions.items(), steps):
        f.__name__ = name
        x = numbers(rng, *shape, whole=whole)
        yield f, x, numbers(rng, *np.shape(f(x * 1.0)), whole=False), step


EXERCISE = course_exercise(
    my_gradient_check,
    "dx",
    inputs=_inputs,
    mistakes={
        "(above - f(nudged))": {
            "one-sided": "2 * (above - f(x))",
            "one-sided, divided by 2 step": "(above - f(x))",
            "sign turned": "(f(nudged) - above)",
        },
        " / (2 * step)": {"divided by step": " / step", "not divided": ""},
        "nudged[cell] -= 2 * step": {"one array for both": "pass"},
        "dy * ": {"dy forgotten": ""},
        "x.astype(float)": {"whole numbers stay whole": "x.copy()", "x not restored": "x"},
    },
)
