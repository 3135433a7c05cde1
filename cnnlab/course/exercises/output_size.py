"""How many places a kernel has along one side."""

from itertools import product

from cnnlab.course.exercises._parts import course_exercise
from cnnlab.geometry import output_size


def my_output_size(R, F, P, S):
    return (R - F + 2 * P) // S + 1


def _inputs():
    small = product(range(1, 12), range(1, 6), range(4), range(1, 5))
    known = [(7, 3, 1, 2), (8, 3, 0, 2), (10, 3, 0, 2), (227, 11, 0, 4), (224, 7, 3, 2), (200, 5, 1, 2)]
    return [[*known, *(case for case in small if case[1] <= case[0] + 2 * case[2])]]


EXERCISE = course_exercise(
    my_output_size,
    "size",
    right=lambda R, F, P, S: output_size(R, F, stride=S, padding=P),
    inputs=_inputs,
    mistakes={
        "no + 1": lambda R, F, P, S: (R - F + 2 * P) // S,
        "rounded up": lambda R, F, P, S: -(-(R - F + 2 * P) // S) + 1,
        "padding once": lambda R, F, P, S: (R - F + P) // S + 1,
        "+ 1 before dividing": lambda R, F, P, S: (R - F + 2 * P + 1) // S,
        "brackets missing": lambda R, F, P, S: R - F + 2 * P // S + 1,
        "rounded to nearest": lambda R, F, P, S: round((R - F + 2 * P) / S) + 1,
        "not rounded": lambda R, F, P, S: (R - F + 2 * P) / S + 1,
        "stride forgotten": lambda R, F, P, S: R - F + 2 * P + 1,
        "padding forgotten": lambda R, F, P, S: (R - F) // S + 1,
        "kernel forgotten": lambda R, F, P, S: (R + 2 * P) // S + 1,
    },
)
