"""How many places a kernel has along one side."""

from itertools import product

from cnnlab.course.exercises._parts import course_exercise


def my_output_size(R, F, P, S):
    return (R - F + 2 * P) // S + 1


def _inputs():
    small = product(range(1, 12), range(1, 6), range(4), range(1, 5))
    known = [(7, 3, 1, 2), (8, 3, 0, 2), (10, 3, 0, 2), (227, 11, 0, 4), (224, 7, 3, 2), (200, 5, 1, 2)]
    return [*known, *((R, F, P, S) for R, F, P, S in small if F <= R + 2 * P)]


EXERCISE = course_exercise(
    my_output_size,
    "size",
    inputs=_inputs,
    mistakes={
        " + 1": {"no + 1": ""},
        ") // S + 1": {"+ 1 before dividing": " + 1) // S"},
        "(R - F + 2 * P) // S": {
            "rounded up": "-((F - R - 2 * P) // S)",
            "brackets missing": "R - F + 2 * P // S",
            "rounded to nearest": "round((R - F + 2 * P) / S)",
            "not rounded": "(R - F + 2 * P) / S",
            "stride forgotten": "(R - F + 2 * P)",
        },
        " + 2 * P": {"padding once": " + P", "padding forgotten": ""},
    },
)
