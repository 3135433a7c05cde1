"""The answers to the questions of notebooks 05 to 10, and their named mistakes, computed with the package."""

from __future__ import annotations

import numpy as np
from answers_forward import plane, turn

from cnnlab import (
    SGD,
    Conv2D,
    Dense,
    Flatten,
    MaxPool2D,
    Sequential,
    conv2d,
    conv2d_backward,
    dense_backward,
    load_digits,
    max_pool2d,
    max_pool2d_backward,
    mean_pool2d,
    mean_pool2d_backward,
    numerical_gradient,
    relu,
    relu_backward,
    sigmoid_backward,
    softmax_cross_entropy,
    softmax_cross_entropy_backward,
    tanh_backward,
    train,
    wiring,
)


def slope(backward, z) -> float:
    return backward(np.ones(1), np.array([float(z)])).item()


def passed(da, z) -> float:
    """Return δ behind ReLU."""
    return relu_backward(np.array([float(da)]), np.array([float(z)])).item()


def top(p, label, images=1) -> float:
    """Return δ of the right class's logit in a batch of copies of one image."""
    p = np.repeat([p], images, axis=0)
    return softmax_cross_entropy_backward(p, [label] * images)[0, label]


def max_back(x, dy, kernel, **options) -> np.ndarray:
    _, winners = max_pool2d(x, kernel, **options)
    return max_pool2d_backward(dy, winners, x.shape)[0, 0]


MIXED = plane([5, -1], [0, 4])
SLOPE_08 = np.log(0.8 / 0.2)  # where sigmoid is 0.8
SHARES = [0.125, 0.25, 0.625]
E_TO_Z = np.array([[1.0, 3, 4]])
_, P = softmax_cross_entropy(np.log(E_TO_Z), [1])
DELTA, W = np.array([[1.0, -2, 3]]), np.array([[1, 0, -1], [2, 1, 1], [0, -1, 1], [1, 1, 0]], float)
X_FLAT = np.array([[1.0, 0, 2, 3]])
DX, DW, DB = dense_backward(DELTA, X_FLAT, W)
X3, W2, DY2 = np.arange(9.0).reshape(1, 1, 3, 3), plane([0, 1], [2, 3]), plane([1, 2], [3, 4])
DX2, DW2, _ = conv2d_backward(DY2, X3, W2)
X7, DY7 = plane([1, 0, 2], [3, 1, 0], [0, 2, 1]), plane([1, 2], [0, 1])
_, DW7, _ = conv2d_backward(DY7, X7, W2)
X4 = plane([1, 5, 2, 0], [3, 7, 6, 4], [0, 2, 8, 3], [9, 1, 5, 4])
PEAK = plane([0, 1, 2, 1], [3, 9, 4, 2], [1, 5, 0, 3], [2, 4, 1, 12])
TIED = plane([1, 5, 2, 0], [3, 4, 7, 7], [0, 0, 8, 5], [9, 0, 5, 8])
GROWN = X4.copy()
GROWN[0, 0, 0, 1] = 8
TO_EACH = (np.kron(max_pool2d(TIED, 2)[0], np.ones((2, 2))) == TIED) * np.kron(DY2, np.ones((2, 2)))
# chain 1 of notebook 08
X8 = plane([0, 0, 0, 2], [3, 0, 1, 1], [1, 2, 1, 1], [1, 2, 2, 2])
W_A, W_B = plane([0, 1, 0], [1, 0, -2], [0, 1, -1]), plane([1, 0, -1], [0, 2, 1], [-1, 1, 0])
D_ZB, Z_A = plane([1, -1], [2, 3]), conv2d(X8, W_A, padding=1)
POOLED, WINNERS = max_pool2d(relu(Z_A), 2)
D_P, _, _ = conv2d_backward(D_ZB, POOLED, W_B, padding=1)
D_AA = max_pool2d_backward(D_P, WINNERS, Z_A.shape)
D_ZA = relu_backward(D_AA, Z_A)
_, DW_A, _ = conv2d_backward(D_ZA, X8, W_A, padding=1)
WINDOW = Z_A[0, 0, 2:, :2]
LEAST = np.unravel_index(np.argmax(D_AA[0, 0, 2:, :2]), (2, 2))
# chain 2
X2 = plane([4, 6, 1, 5], [2, 4, 3, 3], [7, 5, 0, 0], [3, 5, 0, 0])
P_A = mean_pool2d(X2, 2)
D_Z = relu_backward(mean_pool2d_backward(plane([16]), (1, 1, 2, 2), 2), conv2d(P_A, W_A, padding=1))
D_PA, _, _ = conv2d_backward(D_Z, P_A, W_A, padding=1)
D_X = mean_pool2d_backward(D_PA, X2.shape, 2)


def two_steps() -> list[float]:
    """Return w after each of two steps with momentum."""
    optimizer, w, seen = SGD(0.1, momentum=0.5), np.zeros(1), []
    for _ in range(2):
        optimizer.update({"w": w}, {"w": np.ones(1)})
        seen.append(w.item())
    return seen


FIRST, BOTH = two_steps()
CUBE = numerical_gradient(lambda x: 3 * x + 6, np.zeros(1), np.ones(1), step=0.01).item()
SPREAD = np.arange(1.0, 101).reshape(1, 1, 10, 10)

FIELD = np.zeros((1, 1, 24, 24))
SHARED = np.array([2.0, -1, 4, 3])  # x · δ of four images
CERTAIN = softmax_cross_entropy(1e3 * np.eye(10)[[0]], [0])[1]


def inputs(filters=8, padding=1, pool=2) -> int:
    """Return how many numbers flatten makes of a digit, a convolution and a pooling."""
    layers = Conv2D(1, filters, 3, padding=padding, rng=np.random.default_rng(0)), MaxPool2D(pool), Flatten()
    return Sequential(*layers).forward(np.zeros((1, 1, 28, 28))).shape[1]


def kinds_of_filters(filters=8) -> int:
    """Return how many different filters a layer has after some steps from equal weights."""
    seed, digits = np.random.default_rng(0), load_digits()
    layers = Conv2D(1, filters, 3, rng=seed), MaxPool2D(2), Flatten(), Dense(filters * 9, 10, rng=seed)
    model = Sequential(*layers)
    for param in model.params.values():
        param[...] = 0.05
    plan = {"epochs": 2, "batch_size": 16}
    _ = list(train(model, digits.x_train[:64], digits.y_train[:64], **plan, optimizer=SGD(0.03), rng=seed))
    return len(np.unique(model.params["0.w"].round(6), axis=0))


NUMBERS = {
    "05.recall_1": (
        mean_pool2d(MIXED, 2).item(),
        {5: max_pool2d(MIXED, 2)[0].item(), 8: MIXED.sum(), 2.5: mean_pool2d(np.abs(MIXED), 2).item()},
    ),
    "05.recall_3": (
        np.ravel_multi_index((3, 2), (9, 6)),
        {15: 2 * 6 + 3, 21: np.ravel_multi_index((3, 2), (9, 6)) + 1},
    ),
    "05.relu": ((relu(-1 * 3) * -2).item(), {6: -1 * 3 * -2, -6: 1 * 3 * -2, -3: -1 * 3}),
    "05.order": (
        FIELD.size - max_pool2d(FIELD, 2)[0].size,
        {144: max_pool2d(FIELD, 2)[0].size, 576: FIELD.size, 288: FIELD.size / 2},
    ),
    "05.slope": (slope(sigmoid_backward, 0), {0.5: 0.5, 1: slope(tanh_backward, 0), 0: slope(relu_backward, 0)}),
    "05.delta": (passed(-2, 3), {-6: -2 * 3, 0: passed(-2, -3), 2: abs(passed(-2, 3))}),
    "05.shrink": (
        64 * slope(sigmoid_backward, 0) ** 3,
        {16: 64 / 4, 4: 64 / 4**2, 48: 64 - 64 / 4, 64: 64 * slope(relu_backward, 1) ** 3},
    ),
    "05.dense": (
        DX[0, 2],
        {3: DX[0, 1], 0: W[2].sum(), 1: (DELTA * np.abs(W[2]))[0].sum(), 10: DX[0, 2] * X_FLAT[0, 2]},
    ),
    "05.softmax": (P[0, 1], {3: E_TO_Z[0, 1], 0.75: E_TO_Z[0, 1] / E_TO_Z.max(), 0.33: 1 / 3}),
    "05.top": (top(SHARES, 2), {0.625: SHARES[2], 0.375: -top(SHARES, 2), -0.625: -SHARES[2]}),
    "05.flatten": (
        inputs(),
        {196: inputs(filters=1), 6272: inputs(pool=1), 1352: inputs(padding=0), 784: 28**2},
    ),
    "05.mean": (SHARED.sum() / 4, {8: SHARED.sum(), 0.5: SHARED.sum() / 16, 2.5: np.abs(SHARED).mean()}),
    "05.batch": (top(SHARES, 1, 5), {-0.75: top(SHARES, 1), -3.75: 5 * top(SHARES, 1)}),
    "06.recall_1": (passed(5, -2), {5: passed(5, 2), -10: 5 * -2}),
    "06.recall_2": (top([0.1, 0.6, 0.3], 2), {0.3: 0.3, 0.7: -top([0.1, 0.6, 0.3], 2), -0.3: -0.3}),
    "06.recall_3": (
        slope(sigmoid_backward, SLOPE_08),
        {0.8: 0.8, 0.2: 1 - 0.8, 0.36: slope(tanh_backward, np.arctanh(0.8))},
    ),
    "06.middle": (
        DX2[0, 0, 1, 1],
        {
            20: conv2d_backward(DY2, X3, turn(W2))[0][0, 0, 1, 1],
            3: DY2[0, 0, 0, 0] * W2[0, 0, 1, 1],
            0: DY2[0, 0, 1, 1] * W2[0, 0, 0, 0],
            6: W2.sum(),
        },
    ),
    "06.tap": (
        (wiring(28, 3).tap == [1, 1]).all(axis=1).sum(),
        {9: (wiring(28, 3).input == [9, 9]).all(axis=1).sum(), 784: 28 * 28, 1: 1},
    ),
    "06.zeros": (np.diff(wiring(9, 1, stride=3).input[:, 1]).max() - 1, {3: 3, 1: 2 - 1, 0: 1 - 1}),
    "06.terms": (
        2 * (wiring(3, 2).input == [1, 1]).all(axis=1).sum(),
        {4: (wiring(3, 2).input == [1, 1]).all(axis=1).sum(), 16: 2 * 2 * 4, 1: 1},
    ),
    "07.recall_1": (
        DW7[0, 0, 0, 1],
        {7: DW7[0, 0, 1, 0], 2: DW7[0, 0, 0, 0], 3: X7[0, 0, :2, 1:].sum()},
    ),
    "07.recall_2": (
        next(k for k in range(9) if conv2d(np.ones((1, 1, 5, 5)), np.ones((1, 1, 4, 4)), padding=k).shape[-1] == 8),
        {4: 4, 0: 0},
    ),
    "07.recall_3": (mean_pool2d(np.full((1, 1, 3, 3), 45 / 9), 3).item(), {15: 45 / 3, 45: 45}),
    "07.winners": (
        max_back(X4, DY2, 2)[3, 0],
        {
            9: X4[0, 0, 3, 0],
            27: DY2[0, 0, 1, 0] * X4[0, 0, 3, 0],
            0.75: mean_pool2d_backward(DY2, X4.shape, 2)[0, 0, 3, 0],
            0: max_back(X4, DY2, 2)[2, 0],
        },
    ),
    "07.share": (mean_pool2d_backward(4 * DY2, X4.shape, 2)[0, 0, 0, 2], {8: 8, 4: 8 / 2, 32: 8 * 4}),
    "07.overlap": (max_back(PEAK, DY2, 3, stride=1)[1, 1], {3: DY2[0, 0, 1, 0], 1: DY2[0, 0, 0, 0], 10: DY2.sum()}),
    "07.ties": (TO_EACH.sum(), {10: max_back(TIED, DY2, 2).sum(), 20: 2 * DY2.sum()}),
    "08.recall_1": (
        max_back(plane([0, 1, 0]), plane([3, -5]), (1, 2), stride=1)[0, 1],
        {-5: -5, 3: 3, 8: abs(3) + abs(-5)},
    ),
    "08.recall_2": (
        mean_pool2d_backward(plane([18]), (1, 1, 3, 3), 3)[0, 0, 1, 1],
        {6: 18 / 3, 18: max_back(plane([0, 0, 0], [0, 1, 0], [0, 0, 0]), plane([18]), 3)[1, 1]},
    ),
    "08.recall_3": (
        conv2d_backward(plane([5, 3]), plane([0, 1, 0]), plane([2, -1]))[0][0, 0, 0, 1],
        {11: 2 * 3 + 1 * 5, 8: (2 - 1) * (3 + 5), -5: -1 * 5},
    ),
    "08.relu_first": (POOLED[0, 0, 1, 0], {-1: WINDOW.max(), -2: WINDOW[0, 0]}),
    "08.back": (
        D_P[0, 0, 0, 0],
        {
            3: conv2d_backward(D_ZB, POOLED, turn(W_B), padding=1)[0][0, 0, 0, 0],
            2: D_ZB[0, 0, 0, 0] * W_B[0, 0, 1, 1],
            15: D_ZB.sum() * W_B[0, 0, :2, :2].sum(),
        },
    ),
    "08.blocked": (
        D_ZA[0, 0, 2:, :2].sum(),
        {6: D_AA[0, 0, 2:, :2].sum(), -12: (D_AA[0, 0, 2:, :2] * WINDOW)[LEAST], 1.5: 6 / 4},
    ),
    "08.kernel": (
        DW_A[0, 0, 1, 1],
        {9: D_ZA.sum(), 0: DW_A[0, 0, 1, 1] * W_A[0, 0, 1, 1], 10: np.abs(D_ZA * X8).sum()},
    ),
    "08.mean": (
        (mean_pool2d_backward(np.ones((1, 1, 3, 3)), (1, 1, 6, 6), 2) != 0).sum(),
        {9: (max_back(np.arange(36.0).reshape(1, 1, 6, 6), np.ones((1, 1, 3, 3)), 2) != 0).sum(), 18: 36 / 2},
    ),
    "08.numbers": (
        D_X[0, 0, 0, 0],
        {8: D_PA[0, 0, 0, 0], 4: D_PA[0, 0, 0, 0] / 2, 0: mean_pool2d_backward(D_Z, X2.shape, 2)[0, 0, 0, 0]},
    ),
    "08.spread": (
        (max_back(np.arange(64.0).reshape(1, 1, 8, 8), np.ones((1, 1, 4, 4)), 2) != 0).sum(),
        {4: 2 * 2, 64: (mean_pool2d_backward(np.ones((1, 1, 4, 4)), (1, 1, 8, 8), 2) != 0).sum(), 36: 4 * 9},
    ),
    "08.difference": (CUBE, {6: CUBE * 2, 0.06: CUBE * 0.02, 0.03: CUBE * 0.01}),
    "10.recall_1": (top([0.3, 0.7], 0, 5), {-0.7: top([0.3, 0.7], 0), 0.06: 0.3 / 5, -3.5: 5 * top([0.3, 0.7], 0)}),
    "10.recall_3": (
        (max_back(SPREAD, np.ones((1, 1, 5, 5)), 2) != 0).sum(),
        {100: (mean_pool2d_backward(np.ones((1, 1, 5, 5)), SPREAD.shape, 2) != 0).sum(), 50: SPREAD.size / 2},
    ),
    "10.step": (-0.1 * 0.25, {0.025: 0.1 * 0.25, -0.25: -0.25, 0.25: 0.25}),
    "10.alike": (kinds_of_filters(), {8: 8, 0: 0, 2: 2 * kinds_of_filters()}),
    "10.momentum": (
        BOTH - FIRST,
        {-0.1: FIRST, -0.25: BOTH, -0.05: BOTH - 2 * FIRST, 0.15: FIRST - BOTH, -0.2: 2 * FIRST},
    ),
}

DIGITS = load_digits().x_train
LARGEST = np.kron(max_pool2d(DIGITS, 2)[0], np.ones((2, 2)))
TIES = (4 * mean_pool2d((DIGITS == LARGEST).astype(int), 2) > 1).mean()
ALONE = conv2d_backward(plane([0, 0], [0, 1]), X3, W2)[0][0, 0, 1:, 1:]
FLIPPED = conv2d_backward(DY2, X3, turn(W2))[1][..., ::-1, ::-1]

CHOICES = {
    "05.twice": f"{softmax_cross_entropy(CERTAIN, [0])[0]:.2f}",
    "05.guess": f"ln 100 = {softmax_cross_entropy(np.zeros((1, 100)), [0])[0]:.2f}",
    "06.share": "the kernel as it is" if np.array_equal(ALONE, W2[0, 0]) else "",
    "06.gather": "w[{}, {}]".format(*(np.array([2, 2]) - [2, 1])),
    "06.flip": "the same numbers, turned by 180°" if np.array_equal(FLIPPED, turn(DW2)) else "",
    "07.digits": "about 4 in 10" if round(10 * TIES) == 4 else "",
    "10.recall_2": f"{softmax_cross_entropy(np.zeros((1, 2)), [0])[0]:.2f}",
}
