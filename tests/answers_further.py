"""The answers to the questions of notebooks 09 and 11, and their named mistakes, computed with the package."""

from __future__ import annotations

import numpy as np
from answers_backward import slope
from answers_forward import learnt, plane, sees

from cnnlab import (
    Conv2D,
    conv2d_backward,
    conv_transpose2d,
    gradient_error,
    leaky_relu,
    mean_pool2d_backward,
    numerical_gradient,
    output_size,
    receptive_field,
    sigmoid_backward,
    tanh,
    tanh_backward,
    wiring,
)

LENET = [("conv", 5, 1, 0), ("pool", 2, 2, 0)] * 2
LENET_SEES = [field.size for field in receptive_field(LENET)]


def readers(cell, **settings) -> int:
    """Return how many outputs of a 3×3 kernel read a cell of a 7×7 plane."""
    return int((wiring(7, 3, **settings).input == cell).all(axis=1).sum())


def ways(*dilations, kernel=3) -> np.ndarray:
    """Return how many ways lead from each cell of its field to an output of convolutions, the first one first."""
    field = np.ones((1, 1, 1, 1))
    for dilation in reversed(dilations):
        field = conv_transpose2d(field, np.ones((1, 1, kernel, kernel)), dilation=dilation)
    return field[0, 0]


def centre(field) -> float:
    return field[len(field) // 2, len(field) // 2]


def enlarged(size, kernel, stride) -> int:
    return conv_transpose2d(np.ones((1, 1, size, size)), np.ones((1, 1, kernel, kernel)), stride=stride).shape[-1]


def sizes_to(target, kernel, **settings) -> list[int]:
    """Return the input sizes that get an output size."""
    return [size for size in range(kernel, 99) if output_size(size, kernel, **settings) == target]


def evenly_shared(kernel) -> bool:
    """Return whether all cells away from the rim get as many shares, with a stride of 2."""
    shares = conv_transpose2d(np.ones((1, 1, 9, 9)), np.ones((1, 1, kernel, kernel)), stride=2)
    return np.ptp(shares[..., 4:-4, 4:-4]) == 0


def weights(channels, filters, kernel, groups=1) -> int:
    return Conv2D(channels, filters, kernel, groups=groups, rng=np.random.default_rng(0)).params["w"].size


def windows(stride) -> int:
    """Return how many windows of 3×3 a plane of 100×100 has with a padding of 1."""
    return output_size(100, 3, stride=stride, padding=1) ** 2


def behind_each_jump() -> int:
    """Return what a cell of LeNet-5 would see if each step counted with the jump behind its layer."""
    jumps = [field.jump for field in receptive_field(LENET)]
    return 1 + sum((kernel - 1) * jump for (_, kernel, *_), jump in zip(LENET, jumps, strict=True))


def cube(x):
    return x**3


def leaky(z):
    return leaky_relu(z, slope=0.2)


def central(f, x, step) -> float:
    """Return the central difference of f at x, a number."""
    return numerical_gradient(f, [x], [1.0], step=step).item()


def best_step(*powers) -> int:
    """Return which of the steps 10**-k sees the gradient of tanh best, in float32."""
    x, dy = np.random.default_rng(0).normal(size=(2, 20)).astype(np.float32)
    exact = tanh_backward(dy, x)
    return min(powers, key=lambda k: gradient_error(exact, numerical_gradient(tanh, x, dy, step=10.0**-k)))


DY2 = np.concatenate([plane([1, 2], [0, 3]), plane([-1, 4], [2, 2])])
DB1, DB2, DB = (
    conv2d_backward(dy, np.ones((len(dy), 1, 3, 3)), np.ones((1, 1, 2, 2)))[2].item() for dy in (DY2[:1], DY2[1:], DY2)
)
SHARES = mean_pool2d_backward(np.full((1, 1, 2, 2), 8), (1, 1, 3, 3), 2, stride=1)[0, 0]
GIVEN, NUDGED = np.array([10, 20, 50]), np.array([10, 21, 50])

NUMBERS = {
    "09.recall_1": (DB, {6: DB1, 7: DB2, 6.5: DB / 2}),
    "09.recall_2": (SHARES[1, 1], {2: SHARES[0, 0], 32: 4 * SHARES[1, 1], 16: 4 * 8 / 2}),
    "09.recall_3": (
        10 * slope(tanh_backward, np.arctanh(0.6)),
        {
            2.4: 10 * slope(sigmoid_backward, np.log(0.6 / 0.4)),
            6: 10 * 0.6,
            0.64: slope(tanh_backward, np.arctanh(0.6)),
        },
    ),
    "09.central": (
        central(cube, 3, 1),
        {
            27: round(central(cube, 3, 1e-5), 6),
            56: 2 * central(cube, 3, 1),
            37: cube(4) - cube(3),
            19: cube(3) - cube(2),
        },
    ),
    "09.kink": (
        central(leaky, 0, 1e-5),
        {
            0.2: central(leaky, -1, 1e-5),
            1: central(leaky, 1, 1e-5),
            1.2: 2 * central(leaky, 0, 1e-5),
            0.4: 0.5 - 0.2 / 2,
        },
    ),
    "09.blame": (
        gradient_error(GIVEN, NUDGED),
        {1: np.abs(GIVEN - NUDGED).max(), 0.05: gradient_error(GIVEN[1:2], [21]), 0.33: np.abs(GIVEN - NUDGED).mean()},
    ),
    "11.recall_2": (
        readers([2, 2], stride=2),
        {9: readers([2, 2]), 1: readers([1, 1], stride=2), 2: readers([2, 0], stride=2)},
    ),
    "11.recall_3": (
        learnt(8, 12, 3),
        {864: learnt(8, 12, 3, bias=False), 120: learnt(1, 12, 3), 960: learnt(8, 12, 3, bias=False) + 8 * 12},
    ),
    "11.grid": (
        (ways(2, 2, kernel=5) > 0).sum(),
        {289: ways(2, 2, kernel=5).size, 25: (ways(2, kernel=5) > 0).sum(), 169: (ways(1, 2, kernel=5) > 0).sum()},
    ),
    "11.larger": (enlarged(2, 3, 2), {4: 2 * 2, 6: enlarged(2, 3, 3), 3: enlarged(1, 3, 2)}),
    "11.sizes": (
        len(sizes_to(3, 5, stride=4)),
        {1: len(sizes_to(3, 5, stride=1)), 3: 4 - 1, 5: len(sizes_to(3, 5, stride=4)) + 1},
    ),
    "11.memory": (9 * windows(2) / 100**2, {9: 9 * windows(1) / 100**2, 4.5: 9 / 2, 0.25: windows(2) / 100**2}),
    "11.groups": (
        weights(6, 12, 3, groups=3),
        {648: weights(6, 12, 3), 72: weights(2, 4, 3), 108: weights(6, 12, 3, groups=6)},
    ),
    "11.separable": (
        weights(64, 64, 3, groups=64) + weights(64, 128, 1),
        {
            73728: weights(64, 128, 3),
            8192: weights(64, 128, 1),
            576: weights(64, 64, 3, groups=64),
            9344: weights(128, 128, 3, groups=128) + weights(64, 128, 1),
        },
    ),
    "11.two_small": (
        2 * weights(10, 10, 3),
        {900: weights(10, 10, 3), 180: 2 * weights(1, 10, 3), 18: 2 * weights(1, 1, 3), 5000: 2 * weights(10, 10, 5)},
    ),
    "11.lenet": (
        LENET_SEES[-1],
        {14: LENET_SEES[2], 11: sees(*(kernel for _, kernel, *_ in LENET)), 19: behind_each_jump(), 5: LENET_SEES[0]},
    ),
    "11.ways": (
        centre(ways(1, 1)),
        {3: centre(ways(1, 1)) ** 0.5, 1: ways(1, 1)[0, 0], 81: ways(1, 1).sum(), 25: ways(1, 1).size},
    ),
}

CHOICES = {
    "09.step": {1: "0.1", 3: "10⁻³", 5: "10⁻⁵", 7: "10⁻⁷"}[best_step(1, 3, 5, 7)],
    "11.stripes": " ".join(f"{kernel}×{kernel}" for kernel in (3, 4, 5) if evenly_shared(kernel)),
}
