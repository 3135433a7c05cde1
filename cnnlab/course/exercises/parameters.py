"""How many numbers a layer learns."""

from itertools import product

from cnnlab.course.exercises._parts import course_exercise


def my_parameters(C, K, F):
    return K * (C * F * F + 1)


EXERCISE = course_exercise(
    my_parameters,
    "count",
    inputs=lambda: [(3, 8, 5), (2, 3, 1), (3, 2, 3), *product((1, 2, 4), (1, 3, 5), (1, 2, 3)), (64, 128, 3)],
    mistakes={
        "(C * F * F + 1)": {"no bias": "C * F * F", "a bias for each slice": "C * (F * F + 1)"},
        "C * F * F": {"channels forgotten": "F * F", "F once": "C * F"},
        "K * ": {"filters forgotten": ""},
    },
)
