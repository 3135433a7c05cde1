"""How many numbers a layer learns."""

from itertools import product

from cnnlab.course.exercises._parts import course_exercise


def my_parameters(C, K, F):
    return K * (C * F * F + 1)


EXERCISE = course_exercise(
    my_parameters,
    "count",
    inputs=lambda: [
        [(3, 8, 5), (1, 6, 3), (2, 3, 1), (3, 2, 3), *product((1, 2, 4), (1, 3, 5), (1, 2, 3)), (64, 128, 3)]
    ],
    mistakes={
        "no bias": lambda C, K, F: K * C * F * F,
        "a bias for each slice": lambda C, K, F: K * C * (F * F + 1),
        "a bias for each channel": lambda C, K, F: C * (K * F * F + 1),
        "one bias": lambda C, K, F: K * C * F * F + 1,
        "channels forgotten": lambda C, K, F: K * (F * F + 1),
        "filters forgotten": lambda C, K, F: C * F * F + 1,
        "F once": lambda C, K, F: K * (C * F + 1),
    },
)
