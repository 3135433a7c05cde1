"""Mean pooling."""

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, given, max_pool, mean_pool, pooled, then


def my_mean_pool(x, F, S):
    y = np.zeros(((x.shape[0] - F) // S + 1, (x.shape[1] - F) // S + 1))
    for i, j in np.ndindex(y.shape):
        y[i, j] = x[i * S : i * S + F, j * S : j * S + F].mean()
    return y


_SETTINGS = (4, 4, 2, 2), (4, 6, 2, 1), (5, 7, 3, 2), (2, 3, 1, 1), (5, 6, 2, 3), (6, 3, 3, 3)

EXERCISE = course_exercise(
    my_mean_pool,
    "y",
    right=mean_pool,
    inputs=lambda: [pooled(10, (), _SETTINGS), pooled(11, (2, 2), _SETTINGS)],
    wires={"y": ("x",)},
    mistakes={
        "not divided": lambda x, F, S: mean_pool(x, F, S) * F**2,
        "divided by F": lambda x, F, S: mean_pool(x, F, S) * F,
        "stride 1": given(mean_pool, S=lambda S: 1),
        "stride F": lambda x, F, S: mean_pool(x, F, F),
        "maximum": lambda x, F, S: max_pool(x, F, S)[0],
        "whole numbers only": then(mean_pool, np.trunc),
    },
)
