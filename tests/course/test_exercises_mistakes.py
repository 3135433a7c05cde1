"""Every known mistake is really wrong and is named; right answers in any style pass; nothing is named wrongly."""

from __future__ import annotations

import numpy as np
import pytest

from cnnlab.course import exercises
from cnnlab.course.exercises import EXERCISES

each = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=list(EXERCISES))


@each
def test_a_solution_passes_its_check(exercise):
    verdict = exercise.check(exercise.sample)
    assert (verdict.status, verdict.mistake) == ("passed", None)
    assert verdict.text.startswith("Tried on ")


@each
def test_every_known_mistake_is_failed_and_named(exercise):
    for name, function in exercise.mistakes.items():
        verdict = exercise.check(function)
        assert (verdict.status, verdict.mistake) == ("failed", name)
        assert verdict.text.startswith(exercise.sentences[name])


@pytest.mark.parametrize(
    "exercise", [exercise for exercise in EXERCISES.values() if not exercise.facts], ids=lambda one: one.name
)
def test_an_answer_that_is_a_thousandth_off_everywhere_is_failed(exercise):
    def off(*arguments):
        answer = exercise.sample(*arguments)
        for array in arguments[0].values() if exercise.changes else ():
            array *= 1.001
        return tuple(1.001 * part for part in answer) if isinstance(answer, tuple) else answer and answer * 1.001

    verdict = exercise.check(off)
    assert (verdict.status, verdict.mistake) == ("failed", None)


def einsum_conv(x, w):
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape)
    return np.einsum("ijab,ab", windows, w)


def float32_conv(x, w):
    return exercises.conv2d.sample(x.astype(np.float32), w.astype(np.float32)).astype(np.float32)


def integer_conv(x, w):
    y = np.zeros(np.subtract(x.shape, w.shape) + 1, dtype=x.dtype)
    for a, b in np.ndindex(w.shape):
        y += w[a, b] * x[a : a + y.shape[0], b : b + y.shape[1]]
    return y


def recursive_conv(x, w):
    if len(w) > 1:
        return recursive_conv(x[:-1], w[:1])[: len(x) - len(w) + 1] + recursive_conv(x[1:], w[1:])
    if w.shape[1] > 1:
        return recursive_conv(x[:, :-1], w[:, :1])[:, : x.shape[1] - w.shape[1] + 1] + recursive_conv(
            x[:, 1:], w[:, 1:]
        )
    return x * w[0, 0]


def maps_conv(x, w):
    _, _, _, _ = x.shape
    windows = np.lib.stride_tricks.sliding_window_view(x, w.shape[2:], axis=(2, 3))
    return np.einsum("ncijab,fcab->nfij", windows, w)


def mean_by_sum(x, F, S):
    return np.lib.stride_tricks.sliding_window_view(x, (F, F))[::S, ::S].sum(axis=(2, 3)) / (F * F)


def max_back_add_at(dy, winners, x_shape):
    N, C, H, W = x_shape
    dx = np.zeros((N * C, H * W))
    np.add.at(dx, (np.arange(N * C)[:, None], winners.reshape(N * C, -1)), dy.reshape(N * C, -1))
    return dx.reshape(x_shape)


def max_back_plane(dy, winners, x_shape):
    return np.bincount(winners.ravel(), dy.ravel(), x_shape[0] * x_shape[1]).reshape(x_shape)


def check_in_place(f, x, dy, step):
    x = x * 1.0
    dx = np.empty(x.size)
    for at in range(x.size):
        kept = x.flat[at]
        x.flat[at] = kept + step
        above = f(x)
        x.flat[at] = kept - step
        dx[at] = (dy * (above - f(x))).sum() / (2 * step)
        x.flat[at] = kept
    return dx.reshape(x.shape)


def classical_momentum(params, grads, velocity, rate, momentum):
    for name in params:
        velocity[name] = momentum * velocity[name] - rate * grads[name]
        params[name] += velocity[name]


def listed_step(params, grads, velocity, rate, momentum):
    for param, grad, kept in zip(params, grads, velocity, strict=True):
        kept[...] = momentum * kept + grad
        np.subtract(param, rate * kept, out=param)


def shuffled_epoch(model, x, y, batch_size, rng):
    order = np.arange(len(x))
    rng.shuffle(order)
    for batch in np.array_split(order, -(-len(x) // batch_size)):
        scores = model.forward(x[batch])
        p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        p[np.arange(len(batch)), y[batch]] -= 1
        model.backward(p)
        for param, grad in zip(model.params.values(), model.grads.values(), strict=True):
            param -= 0.001 * grad
        model.forward(x)


def chain_without_padding(x, w_A, w_B, delta_zB):
    from cnnlab import conv2d, conv2d_backward, mean_pool2d, mean_pool2d_backward, sigmoid

    a = sigmoid(conv2d(x, w_A))
    p = mean_pool2d(a, 2)
    dp, dw_B, _ = conv2d_backward(delta_zB, p, w_B)
    delta = mean_pool2d_backward(dp, a.shape, 2) * a * (1 - a)
    return [dp, delta, conv2d_backward(delta, x, w_A)[1], dw_B]


RIGHT = {
    "einsum": ("conv2d", einsum_conv),
    "float32": ("conv2d", float32_conv),
    "of the dtype of x": ("conv2d", integer_conv),
    "recursive": ("conv2d", recursive_conv),
    "maps": ("conv2d", maps_conv),
    "a view": ("conv2d", lambda x, w: einsum_conv(x.T, w.T).T),
    "np.floor": ("output_size", lambda R, F, P, S: np.floor((R - F + 2 * P) / S) + 1),
    "counted": ("output_size", lambda R, F, P, S: len(range(0, R + 2 * P - F + 1, S))),
    "a list of two": ("same_padding", lambda F: [(F - 1) // 2, F // 2]),
    "windows summed": ("mean_pool", mean_by_sum),
    "np.where": ("relu_backward", lambda da, z: np.where(z > 0, da, 0)),
    "np.add.at": ("max_pool_backward", max_back_add_at),
    "bincount of a plane": ("max_pool_backward", max_back_plane),
    "nudged and put back": ("gradient_check", check_in_place),
    "rate inside the velocity": ("sgd_step", classical_momentum),
    "lists": ("sgd_step", listed_step),
    "a shuffled range and a summed loss": ("epoch", shuffled_epoch),
    "no padding": ("chain_backward", chain_without_padding),
}


@pytest.mark.parametrize(("name", "function"), RIGHT.values(), ids=list(RIGHT))
def test_a_right_answer_in_another_style_passes(name, function):
    verdict = EXERCISES[name].check(function)
    assert verdict.status == "passed", verdict


UNKNOWN = {
    "one more than right": ("conv2d", lambda x, w: einsum_conv(x, w) + 1),
    "flipped where it is large": ("conv2d", lambda x, w: einsum_conv(x, w[::-1, ::-1] if w.size > 3 else w)),
    "a column of zeros": ("conv2d", lambda x, w: np.pad(einsum_conv(x, w), ((0, 0), (0, 1)))),
    "two mistakes": ("conv2d", lambda x, w: einsum_conv(x, w[::-1, ::-1])[:-1]),
    "right for S = 1 and 2": ("output_size", lambda R, F, P, S: (R - F + 2 * P) // min(S, 2) + 1),
    "winners as float noise": ("max_pool", lambda x, F, S, P: (exercises.max_pool.sample(x, F, S, P)[0], np.zeros(1))),
    "right for positive": ("relu_backward", lambda da, z: abs(da) * (z > 0)),
    "two of three wrong": (
        "conv2d_backward",
        lambda dy, x, w, S, P: (dx := exercises.conv2d_backward.sample(dy, x, w, S, P)) and (-dx[0], dx[1] / 2, dx[2]),
    ),
    "new arrays in the dict": (
        "sgd_step",
        lambda params, grads, velocity, rate, momentum: params.update({n: params[n] - rate * grads[n] for n in params}),
    ),
    "batches shuffled, not images": ("epoch", lambda model, x, y, size, rng: rng.permutation(3) is None),
}


@pytest.mark.parametrize(("name", "function"), UNKNOWN.values(), ids=list(UNKNOWN))
def test_a_mistake_that_nobody_foresaw_is_failed_without_a_name(name, function):
    verdict = EXERCISES[name].check(function)
    if verdict.mistake == "nothing changed in place":
        return  # true of the dict that got new arrays
    assert (verdict.status, verdict.mistake) == ("failed", None)
