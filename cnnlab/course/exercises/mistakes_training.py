"""The zoo, at large: what goes wrong in chains, in gradient checks, and in the loop that learns."""

from __future__ import annotations

import numpy as np

from cnnlab.activations import sigmoid, sigmoid_backward
from cnnlab.course.exercises.mistake import of
from cnnlab.course.exercises.planes import conv, conv_back, mean_back, mean_pool, turned
from cnnlab.gradcheck import numerical_gradient
from cnnlab.losses import softmax_cross_entropy, softmax_cross_entropy_backward


def slope(da, z, a):
    """Return da · f′(z)."""
    return sigmoid_backward(da, z)


def kept_size(x, top):
    """Return the padding with which the error at the top has its shape: 1 where the convolutions keep the size."""
    return int(top.shape[-2] == x.shape[-2])


def chain(slope=slope, slope_of_pool=lambda dp, p: dp, turn=lambda w: w, dw_from=lambda delta, da: delta):
    """Return the way back through convolution A, sigmoid, mean pool and convolution B, with one part replaced."""

    def chain_backward(x, w_A, w_B, delta_zB):
        padding = kept_size(mean_pool(x, kernel=2), delta_zB)
        z = conv(x, w_A, padding=padding)
        a = sigmoid(z)
        p = mean_pool(a, kernel=2)
        dp = slope_of_pool(conv_back(delta_zB, p, turn(w_B), padding=padding)[0], p)
        da = mean_back(dp, a.shape, kernel=2)
        delta = slope(da, z, a)
        dw_A = conv_back(dw_from(delta, da), x, w_A, padding=padding)[1]
        return dp, delta, dw_A, conv_back(delta_zB, p, w_B, padding=padding)[1]

    return chain_backward


CHAIN_BACKWARD = of("chain_backward")(
    ("slope at a", "f′ is taken at a, not at z.", chain(slope=lambda da, z, a: sigmoid_backward(da, a))),
    (
        "slope z (1 - z)",
        "The slope is z (1 − z); that is the formula for a.",
        chain(slope=lambda da, z, a: da * z * (1 - z)),
    ),
    ("no slope", "f′ is missing: this is ∂L/∂a, not δ.", chain(slope=lambda da, z, a: da)),
    (
        "slope at the pool too",
        "f′ stands at the pool too, where no activation is.",
        chain(slope_of_pool=lambda dp, p: dp * p * (1 - p)),
    ),
    ("no turn", "On the way to p the kernel B stands the wrong way round.", chain(turn=turned)),
    ("dw_A from ∂L/∂a", "dw_A is made from ∂L/∂a, not from δ_zA.", chain(dw_from=lambda delta, da: da)),
)


def chain2(slope=slope, back=lambda delta, dpA: dpA, turn=lambda w: w, dw_from=lambda delta, da: delta, share=4):
    """Return the way back through mean pool A, convolution, sigmoid and mean pool B, with one part replaced."""

    def chain2_backward(x, w, dL_dpB):
        p = mean_pool(x, kernel=2)
        padding = int(dL_dpB.shape[-2] == p.shape[-2] // 2)
        z = conv(p, w, padding=padding)
        da = mean_back(dL_dpB, z.shape, kernel=2)
        delta = slope(da, z, sigmoid(z))
        dpA = back(delta, conv_back(delta, p, turn(w), padding=padding)[0])
        dw = conv_back(dw_from(delta, da), p, w, padding=padding)[1]
        return delta, dpA, dw, mean_back(dpA, x.shape, kernel=2) * 4 / share

    return chain2_backward


CHAIN2_BACKWARD = of("chain2_backward")(
    (
        "convolution skipped",
        "The way back to pool A is upsampling alone: the convolution is skipped.",
        chain2(back=lambda delta, dpA: delta),
    ),
    ("slope at a", "f′ is taken at a, not at z.", chain2(slope=lambda da, z, a: sigmoid_backward(da, a))),
    ("no slope", "f′ is missing: this is ∂L/∂a, not δ.", chain2(slope=lambda da, z, a: da)),
    ("no turn", "On the way to pool A the kernel stands the wrong way round.", chain2(turn=turned)),
    ("dw from ∂L/∂a", "dw is made from ∂L/∂a, not from δ.", chain2(dw_from=lambda delta, da: da)),
    ("pool A not divided", "Pool A sends its whole gradient to each cell, not a quarter.", chain2(share=1)),
)


def differences(left, right, divisor, *, whole=False):
    """Return a gradient by differences from ``left`` to ``right`` steps, divided by ``divisor`` steps."""

    def check(f, x, dy, step):
        dx, base = np.zeros(x.shape), x if whole else x.astype(float)
        for cell in np.ndindex(x.shape):
            low, high = base.copy(), base.copy()
            low[cell] += left * step
            high[cell] += right * step
            dx[cell] = np.sum(dy * (f(high) - f(low))) / (divisor * step)
        return dx

    return check


def without_dy(f, x, dy, step):
    """Add up the changes of f(x) as they are."""
    return numerical_gradient(f, x, np.ones_like(dy), step=step)


def not_restored(f, x, dy, step):
    """Nudge x itself, and leave it one step lower."""
    dx = np.zeros(x.shape)
    for cell in np.ndindex(x.shape):
        x[cell] += step
        above = f(x)
        x[cell] -= 2 * step
        dx[cell] = np.sum(dy * (above - f(x))) / (2 * step)
    return dx


GRADIENT_CHECK = of("gradient_check")(
    ("one-sided", "The nudge goes up only: f(x + step) − f(x).", differences(0, 1, 1)),
    ("one-sided, down", "The nudge goes down only: f(x) − f(x − step).", differences(-1, 0, 1)),
    ("divided by step", "The difference is divided by step, not by 2 · step.", differences(-1, 1, 1)),
    ("one-sided, divided by 2 step", "The nudge goes up only, and is divided by 2 · step.", differences(0, 1, 2)),
    ("sign turned", "The sign is turned: below minus above.", differences(1, -1, 2)),
    ("dy forgotten", "The change of f(x) is not weighted with dy.", without_dy),
    ("whole numbers stay whole", "A nudge is cut off where x holds whole numbers.", differences(-1, 1, 2, whole=True)),
    ("x not restored", "x itself is nudged, and not put back.", not_restored),
    (
        "not divided",
        "The difference is not divided by 2 · step.",
        lambda f, x, dy, step: numerical_gradient(f, x, dy, step=step) * 2 * step,
    ),
)


def step(change):
    """Return a step of SGD: ``change`` moves a param by (param, grad, v, rate, momentum) and returns the new v."""

    def sgd_step(params, grads, velocity, rate, momentum):
        for name, param in params.items():
            velocity[name] = change(param, grads[name], velocity[name], rate, momentum)

    return sgd_step


def moved(param, by, kept):
    """Change param in place; return what is kept as its velocity."""
    param -= by
    return kept


SGD_STEP = of("sgd_step")(
    (
        "sign turned",
        "The step goes up the gradient.",
        step(lambda p, g, v, r, m: moved(p, -r * (m * v + g), m * v + g)),
    ),
    (
        "velocity not kept",
        "The velocity is forgotten after each step.",
        step(lambda p, g, v, r, m: moved(p, r * (m * v + g), v)),
    ),
    (
        "rate twice",
        "The rate is multiplied in twice.",
        step(lambda p, g, v, r, m: moved(p, r * (m * v + r * g), m * v + r * g)),
    ),
    (
        "nothing changed in place",
        "The parameters' own arrays stay as they were.",
        step(lambda p, g, v, r, m: m * v + g),
    ),
    (
        "old velocity",
        "The step is made with the velocity from before.",
        step(lambda p, g, v, r, m: moved(p, r * v, m * v + g)),
    ),
    (
        "gradient times 1 − momentum",
        "The gradient is weighted with 1 − momentum.",
        step(lambda p, g, v, r, m: moved(p, r * (m * v + (1 - m) * g), m * v + (1 - m) * g)),
    ),
    ("rate forgotten", "The rate is left out.", step(lambda p, g, v, r, m: moved(p, m * v + g, m * v + g))),
)


def learn(model, x, y):
    """Make one step on a batch."""
    _, probabilities = softmax_cross_entropy(model.forward(x), y)
    model.backward(softmax_cross_entropy_backward(probabilities, y))
    for name, param in model.params.items():
        param -= 0.03 * model.grads[name]


def batches(order_of, *, labels_too=True, drop=False, step=learn):
    """Return an epoch with one part replaced."""

    def epoch(model, x, y, batch_size, rng):
        order = order_of(len(x), rng)
        last = len(x) // batch_size * batch_size if drop else len(x)
        for start in range(0, last, batch_size):
            batch = order[start : start + batch_size]
            step(model, x[batch], y[batch] if labels_too else y[start : start + batch_size])

    return epoch


def shuffled(count, rng):
    """Return all images in a random order."""
    return rng.permutation(count)


def with_repeats(count, rng):
    """Return a random order in which one image comes twice, and one not at all."""
    order = rng.permutation(count)
    order[-1] = order[0]
    return order


def only_looked(model, x, y):
    """Go forward and backward, and leave the parameters as they are."""
    _, probabilities = softmax_cross_entropy(model.forward(x), y)
    model.backward(softmax_cross_entropy_backward(probabilities, y))


EPOCH = of("epoch")(
    ("labels not shuffled", "The images are shuffled without their labels.", batches(shuffled, labels_too=False)),
    (
        "last batch dropped",
        "The images left over after the last whole batch are not used.",
        batches(shuffled, drop=True),
    ),
    ("no shuffle", "The images come in their own order.", batches(lambda count, _: np.arange(count))),
    (
        "same order each time",
        "Every epoch has the same order.",
        batches(lambda count, _: np.random.default_rng(0).permutation(count)),
    ),
    (
        "drawn with repeats",
        "Images are drawn anew each time: some come twice, others not at all.",
        batches(with_repeats),
    ),
    ("no step", "The parameters are not changed.", batches(shuffled, step=only_looked)),
)

MISTAKES = [*CHAIN_BACKWARD, *CHAIN2_BACKWARD, *GRADIENT_CHECK, *SGD_STEP, *EPOCH]
