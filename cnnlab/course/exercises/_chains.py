"""What both chains share: their slope, and the form of their inputs."""

from __future__ import annotations

from itertools import product

import numpy as np

from cnnlab.activations import sigmoid_backward


def slope(da, z, a):
    """Return da · f′(z), as every right answer does."""
    return sigmoid_backward(da, z)


def slope_at_a(da, z, a):
    """Return da · f′(a)."""
    return sigmoid_backward(da, a)


def no_slope(da, z, a):
    """Return da as it is."""
    return da


def chains(seed, make) -> list[list[tuple]]:
    """Return the layouts of a chain: maps and planes, each with kernels that keep the size, then without padding."""
    layouts = []
    for padding, lead in product((1, 0), ((1, 1), ())):
        rng = np.random.default_rng(seed)
        layouts.append([make(rng, H, W, padding, lead) for H, W in ((8, 8), (8, 10), (10, 8), (9, 11), (12, 8))])
    return layouts
