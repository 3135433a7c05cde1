"""Mean pooling."""

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, in_the_other_form, pooled
from cnnlab.pooling import mean_pool2d


def my_mean_pool(x, F, S):
    y = np.zeros(((x.shape[0] - F) // S + 1, (x.shape[1] - F) // S + 1))
    for i, j in np.ndindex(y.shape):
        y[i, j] = x[i * S : i * S + F, j * S : j * S + F].mean()
    return y


EXERCISE = course_exercise(
    my_mean_pool,
    "y",
    right=lambda x, F, S: in_the_other_form(mean_pool2d)(x, F, stride=S),
    inputs=lambda: (given[:3] for given in pooled(10, ())),  # no padding
    wires={"y": ("x",)},
    mistakes={
        "not divided": (".mean()", ".sum()"),
        "divided by F": (".mean()", ".sum() / F"),
        "stride 1": ("    y = np", "    S = 1\n    y = np"),
        "stride F": ("    y = np", "    S = F\n    y = np"),
        "maximum": (".mean()", ".max()"),
        "whole numbers only": ("return y", "return np.trunc(y)"),
    },
)
