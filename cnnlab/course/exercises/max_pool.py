"""Max pooling, with the place of each winner."""

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, pooled


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


EXERCISE = course_exercise(
    my_max_pool,
    "y winners",
    inputs=lambda: pooled(8, ()),
    wires={"y": "x"},
    picks={"y": "winners"},
    mistakes={
        "-np.inf": {"zero padding": "0"},
        "= window.max()": {"started at 0": "= max(0, window.max())"},
        "window.argmax()": {"last of ties": "window.size - 1 - window[::-1, ::-1].argmax()"},
        "(i * S + row - P) * x.shape[1] + (j * S + column - P)": {
            "place in the padded map": "(i * S + row) * padded.shape[1] + j * S + column",
            "place in the window": "row * F + column",
            "height for width": "(i * S + row - P) * x.shape[0] + (j * S + column - P)",
        },
        "    padded": {
            "padding forgotten": "    P = 0\n    padded",
            "stride 1": "    S = 1\n    padded",
            "stride F": "    S = F\n    padded",
        },
    },
)
