"""Small networks with every kind of layer, and an image on its way through them."""

from __future__ import annotations

import numpy as np
import pytest
from outside import BENT, LENGTH, Doubled, Renamed, Residual

from cnnlab.lab.scenes import Pass, run_network
from cnnlab.layers import Activation, Conv2D, Dense, Flatten, LeakyReLU, MaxPool2D, MeanPool2D, Pool2D, ReLU, Sigmoid
from cnnlab.network import Sequential


def odd_convolution(rng) -> Conv2D:
    layer = Conv2D(4, 6, (2, 3), stride=(2, 1), padding=((1, 0), (2, 1)), dilation=(1, 2), groups=2, rng=rng)
    layer.params["b"] = np.arange(6.0) - 2
    return layer


# By name: the layers, and the shape of their images; together they have every kind of layer, with odd settings.
NETWORKS = {
    "odd convolution": (lambda rng: [odd_convolution(rng), LeakyReLU(slope=0.3)], (4, 5, 6)),
    "depthwise": (lambda rng: [Conv2D(3, 3, 2, groups=3, rng=rng), MaxPool2D(2, ceil_mode=True, padding=1)], (3, 6, 6)),
    "one plane": (lambda rng: [Conv2D(1, 1, 2, rng=rng), MeanPool2D(3, stride=2, padding=1)], (1, 6, 6)),
    "rounded up": (
        lambda rng: [MeanPool2D(2, stride=3, padding=1, ceil_mode=True, count_include_pad=False)],
        (2, 4, 5),
    ),
    "overhang": (lambda rng: [MeanPool2D(3, stride=2, ceil_mode=True), MaxPool2D(2, ceil_mode=True)], (1, 6, 6)),
    "from outside": (
        lambda rng: [Pool2D(LENGTH, 2, dilation=2, stride=1, padding=1, times=2.0), Activation(BENT)],
        (2, 5, 5),
    ),
    "dense": (lambda rng: [Flatten(), Dense(12, 20, rng=rng), Sigmoid(), Dense(20, 3, rng=rng)], (3, 2, 2)),
    "own ways": (lambda rng: [Renamed(2, 2, 1, rng=rng), Doubled(), Residual(ReLU()), Flatten()], (2, 3, 3)),
    "flatten": (lambda rng: [Flatten()], (2, 2, 3)),
}
every_network = pytest.mark.parametrize("name", NETWORKS)


def run(name: str) -> Pass:
    """Return an image on its way through a network and back; what ends in maps is flattened."""
    rng = np.random.default_rng(4)
    make, shape = NETWORKS[name]
    layers, image = make(rng), rng.choice([-2.0, -1.0, 0.5, 1.0, 3.0], (1, *shape))
    flatten = [Flatten()] if Sequential(*layers).forward(image).ndim == 4 else []
    return run_network(Sequential(*layers, *flatten), image, 0)
