"""Max pooling, with the place of each winner."""

import numpy as np

from cnnlab.course.exercises._parts import course_exercise, given, max_pool, pooled, then


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


def _by_hand(*, fill=-np.inf, choose=np.argmax, place=lambda i, j, W, **_: i * W + j):
    """Return a max pool with one part replaced: what fills the padding, which cell of a window wins, or its place."""

    def pool(x, F, S, P):
        padded = np.pad(x * 1.0, [(0, 0)] * (x.ndim - 2) + [(P, P)] * 2, constant_values=fill)
        rows, columns = ((n - F) // S + 1 for n in padded.shape[-2:])
        y = np.zeros((*x.shape[:-2], rows, columns))
        winners = np.zeros(y.shape, int)
        for *lead, i, j in np.ndindex(y.shape):
            window = padded[(*lead, slice(i * S, i * S + F), slice(j * S, j * S + F))]
            row, column = divmod(int(choose(window)), F)
            at = {"row": row, "column": column, "i": i * S + row - P, "j": j * S + column - P}
            y[(*lead, i, j)] = window[row, column]
            winners[(*lead, i, j)] = place(**at, F=F, P=P, H=x.shape[-2], W=x.shape[-1])
        return y, winners

    return pool


_SETTINGS = [(4, 5, 3, 2, 1), (4, 4, 2, 2, 0), (5, 4, 2, 1, 0), (3, 6, 2, 2, 1), (5, 7, 3, 3, 0), (2, 3, 1, 1, 0)]
_SETTINGS += [(7, 5, 2, 3, 0)]

EXERCISE = course_exercise(
    my_max_pool,
    "y winners",
    right=max_pool,
    inputs=lambda: [pooled(8, (), _SETTINGS), pooled(9, (2, 2), _SETTINGS)],
    wires={"y": ("x",)},
    picks={"y": "winners"},
    mistakes={
        "zero padding": _by_hand(fill=0.0),
        "started at 0": then(max_pool, lambda right: (np.maximum(right[0], 0), right[1])),
        "last of ties": _by_hand(choose=lambda window: window.size - 1 - np.argmax(window.ravel()[::-1])),
        "place in the padded map": _by_hand(place=lambda i, j, P, W, **_: (i + P) * (W + 2 * P) + j + P),
        "place in the window": _by_hand(place=lambda row, column, F, **_: row * F + column),
        "height for width": _by_hand(place=lambda i, j, H, **_: i * H + j),
        "place by columns": _by_hand(place=lambda i, j, H, **_: j * H + i),
        "smallest kept": _by_hand(fill=np.inf, choose=np.argmin),
        "padding forgotten": given(max_pool, P=lambda P: 0),
        "stride 1": given(max_pool, S=lambda S: 1),
        "stride F": lambda x, F, S, P: max_pool(x, F, F, P),
    },
)
