"""Initialisation: the scale of a layer's random initial weights."""

import math

import numpy as np
from numpy.random import Generator

from cnnlab._validate import check_cells, check_choice, check_rng


def initial_weights(shape: tuple[int, ...], fan_in: int, fan_out: int, *, rng: Generator, init: str) -> np.ndarray:
    """Return normal weights with the variance of ``init``; ``fan_in`` and ``fan_out`` count a cell's wires.

    Notes
    -----
    Source: K. He et al., "Delving deep into rectifiers" (2015); X. Glorot and Y. Bengio, "Understanding the
    difficulty of training deep feedforward neural networks" (2010).

    Examples
    --------
    >>> w = initial_weights((1000, 50), 50, 150, rng=np.random.default_rng(0), init="he")
    >>> round(float(w.std()), 2)
    0.2
    """
    check_rng(rng)
    check_cells("w", shape)
    variances = {"he": 2 / fan_in, "xavier": 2 / (fan_in + fan_out)}
    check_choice("init", init, variances)
    return rng.normal(0, math.sqrt(variances[init]), shape)
