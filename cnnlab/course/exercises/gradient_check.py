"""A gradient by nudging each cell."""

from itertools import product

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, given, numbers
from cnnlab.gradcheck import numerical_gradient


def my_gradient_check(f, x, dy, step):
    dx = np.zeros(x.shape)
    for cell in np.ndindex(x.shape):
        above, below = x.astype(float), x.astype(float)  # astype copies
        above[cell] += step
        below[cell] -= step
        dx[cell] = np.sum(dy * (f(above) - f(below))) / (2 * step)
    return dx


def _right(f, x, dy, step):
    return numerical_gradient(f, x, dy, step=step)


def _inputs():
    """Yield curved functions, which a check shows by their names, whole numbers in x, results of another shape."""
    rng = np.random.default_rng(20)
    functions = {
        "x²": (lambda x: x * x, (3,)),
        "x² cell by cell": (lambda x: x * x, (2, 3)),
        "x³": (lambda x: x**3, (2,)),  # here the central difference depends on the step
        "x · x[::-1] + x": (lambda x: x * x[::-1] + x, (4,)),
        "[sum of x², x[0] · x[-1]]": (lambda x: np.array([(x**2).sum(), x[0] * x[-1]]), (3,)),
        "x[..., :-1] · x[..., 1:]": (lambda x: x[..., :-1] * x[..., 1:], (2, 4)),
    }
    for name, (f, _) in functions.items():
        f.__name__ = name
    steps = ((False, 0.25), (False, 1e-3), (True, 0.5), (True, 1e-3))
    for (f, shape), (whole, step) in product(functions.values(), steps):
        x = numbers(rng, *shape, whole=whole)
        yield f, x, numbers(rng, *np.shape(f(x * 1.0)), whole=False), step


def _differences(left, right, divisor, *, whole=False):
    """Return a gradient by differences from ``left`` to ``right`` steps, divided by ``divisor`` steps."""

    def gradient_check(f, x, dy, step):
        dx, base = np.zeros(x.shape), x if whole else x.astype(float)
        for cell in np.ndindex(x.shape):
            low, high = base.copy(), base.copy()
            low[cell] += left * step
            high[cell] += right * step
            dx[cell] = np.sum(dy * (f(high) - f(low))) / (divisor * step)
        return dx

    return gradient_check


def _not_restored(f, x, dy, step):
    """Nudge x itself, and leave it one step lower."""
    dx = np.zeros(x.shape)
    for cell in np.ndindex(x.shape):
        x[cell] += step
        above = f(x)
        x[cell] -= 2 * step
        dx[cell] = np.sum(dy * (above - f(x))) / (2 * step)
    return dx


EXERCISE = course_exercise(
    my_gradient_check,
    "dx",
    right=_right,
    inputs=lambda: [_inputs()],
    mistakes={
        "one-sided": _differences(0, 1, 1),
        "one-sided, down": _differences(-1, 0, 1),
        "divided by step": _differences(-1, 1, 1),
        "one-sided, divided by 2 step": _differences(0, 1, 2),
        "one array for both": lambda f, x, dy, step: np.zeros(x.shape),
        "sign turned": _differences(1, -1, 2),
        "dy forgotten": given(_right, dy=np.ones_like),
        "whole numbers stay whole": _differences(-1, 1, 2, whole=True),
        "x not restored": _not_restored,
        "not divided": lambda f, x, dy, step: _right(f, x, dy, step) * 2 * step,
    },
)
