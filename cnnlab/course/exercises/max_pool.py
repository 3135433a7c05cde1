"""Max pooling, with the place of each winner."""

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, in_the_other_form, pooled
from cnnlab.pooling import max_pool2d


def my_max_pool(x, F, S, P):
    padded = np.pad(x.astype(float), P, constant_values=-np.inf)
    y = np.zeros(((padded.shape[0] - F) // S + 1, (padded.shape[1] - F) // S + 1))
    winners = np.zeros(y.shape, int)
    for i, j in np.ndindex(y.shape):
        window = padded[i * S : i * S + F, j * S : j * S + F]
        row, column = divmod(int(window.argmax()), F)
        y[i, j] = window.max()
        winners[i, j] = (i * S + row - P) * x.shape[1] + (j * S + column - P)
    return y, winners


_PLACE = "(i * S + row - P) * x.shape[1] + (j * S + column - P)"

EXERCISE = course_exercise(
    my_max_pool,
    "y winners",
    right=lambda x, F, S, P: in_the_other_form(max_pool2d)(x, F, stride=S, padding=P),
    inputs=lambda: pooled(8, ()),
    wires={"y": ("x",)},
    picks={"y": "winners"},
    mistakes={
        "zero padding": ("-np.inf", "0"),
        "started at 0": ("window.max()", "max(0, window.max())"),
        "last of ties": ("window.argmax()", "window.size - 1 - window[::-1, ::-1].argmax()"),
        "place in the padded map": (_PLACE, "(i * S + row) * padded.shape[1] + j * S + column"),
        "place in the window": (_PLACE, "row * F + column"),
        "height for width": ("x.shape[1] +", "x.shape[0] +"),
        "place by columns": (_PLACE, "(j * S + column - P) * x.shape[0] + i * S + row - P"),
        "smallest kept": ("-np.inf", "np.inf", "max()", "min()"),
        "padding forgotten": ("    padded", "    P = 0\n    padded"),
        "stride 1": ("    padded", "    S = 1\n    padded"),
        "stride F": ("    padded", "    S = F\n    padded"),
    },
)
