"""The padding that keeps the size."""

from cnnlab.course.exercises._parts import course_exercise


def my_same_padding(F):
    before = (F - 1) // 2
    return before, F - 1 - before


EXERCISE = course_exercise(
    my_same_padding,
    "before after",
    inputs=lambda: [(F,) for F in (4, 5, 3, 2, 1, *range(6, 13))],
    mistakes={
        "before, F - 1 - before": {
            "half of F on both sides": "F // 2, F // 2",
            "F - 1 on both sides": "F - 1, F - 1",
            "more before than after": "F // 2, before",
            "rounded down on both sides": "before, before",
        }
    },
)
