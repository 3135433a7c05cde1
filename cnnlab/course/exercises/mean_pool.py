"""Mean pooling."""

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, pooled


def my_mean_pool(x, F, S):
    y = np.zeros(((x.shape[0] - F) // S + 1, (x.shape[1] - F) // S + 1))
    for i, j in np.ndindex(y.shape):
        y[i, j] = x[i * S : i * S + F, j * S : j * S + F].mean()
    return y


EXERCISE = course_exercise(
    my_mean_pool,
    "y",
    inputs=lambda: (given[:3] for given in pooled(10, ())),  # no padding
    wires={"y": "x"},
    mistakes={
        ".mean()": {"not divided": ".sum()", "divided by F": ".sum() / F", "maximum": ".max()"},
        "    y = np": {"stride 1": "    S = 1\n    y = np", "stride F": "    S = F\n    y = np"},
    },
)
