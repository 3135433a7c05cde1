"""The padding that keeps the size."""

from cnnlab.course.exercises._parts import course_exercise
from cnnlab.geometry import same_padding


def my_same_padding(F):
    before = (F - 1) // 2
    return before, F - 1 - before


EXERCISE = course_exercise(
    my_same_padding,
    "before after",
    right=same_padding,
    inputs=lambda: [[(F,) for F in (4, 5, 3, 2, 1, *range(6, 13))]],
    mistakes={
        "half of F on both sides": lambda F: (F // 2, F // 2),
        "F - 1 on both sides": lambda F: (F - 1, F - 1),
        "more before than after": lambda F: (F // 2, (F - 1) // 2),
        "rounded down on both sides": lambda F: ((F - 1) // 2,) * 2,
        "all of it after": lambda F: (0, F - 1),
    },
)
