"""Every known mistake is really wrong and is named; right answers in any style pass; nothing is named wrongly."""

from __future__ import annotations

import numpy as np
import pytest

import cnnlab
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


RIGHT = {
    "einsum": ("conv2d", einsum_conv),
    "float32": ("conv2d", float32_conv),
    "recursive": ("conv2d", recursive_conv),
    "maps": ("conv2d", maps_conv),
    "a view": ("conv2d", lambda x, w: einsum_conv(x.T, w.T).T),
    "np.floor": ("output_size", lambda R, F, P, S: np.floor((R - F + 2 * P) / S) + 1),
    "counted": ("output_size", lambda R, F, P, S: len(range(0, R + 2 * P - F + 1, S))),
    "an array of two": ("same_padding", lambda F: np.array([(F - 1) // 2, F // 2])),
    "a list of two": ("same_padding", lambda F: [(F - 1) // 2, F // 2]),
    "windows summed": ("mean_pool", mean_by_sum),
    "np.where": ("relu_backward", lambda da, z: np.where(z > 0, da, 0)),
    "np.add.at": ("max_pool_backward", max_back_add_at),
    "bincount of a plane": ("max_pool_backward", max_back_plane),
    "nudged and put back": ("gradient_check", check_in_place),
    "rate inside the velocity": ("sgd_step", classical_momentum),
    "a shuffled range and a summed loss": ("epoch", shuffled_epoch),
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


def first_parameter_alone(params, grads, velocity, rate, momentum):
    name = next(iter(params))
    velocity[name] = momentum * velocity[name] + grads[name]
    params[name] -= rate * velocity[name]


def test_what_is_said_of_one_result_is_not_said_where_it_would_be_untrue_of_another():
    text = exercises.sgd_step.check(first_parameter_alone).text  # "The parameters' own arrays stay": w does not
    assert text.startswith("b after step 1 differs")
    text = exercises.same_padding.check(lambda F: (0, F // 2)).text  # "All the padding goes after": half of it does
    assert text.startswith("before: 1 is expected, 0 came.")


# --- wrong answers that look right on whole numbers, on one kind of size, or from the library -------------------------


def in_the_dtype_of(name):
    """Return for each exercise a solution whose result is put into an array of an argument's dtype."""

    def changed(exercise):
        def cut(*arguments):
            dtype = arguments[exercise.arguments.index(name)].dtype
            answer = exercise.sample(*arguments)
            return tuple(part.astype(dtype) for part in answer) if isinstance(answer, tuple) else answer.astype(dtype)

        return cut

    return changed


CUT = {  # the arguments whose dtype a result must not take
    "conv2d": "xw",
    "conv_layer": "xwb",
    "mean_pool": "x",
    "relu_backward": "z",
    "conv_transpose2d": "xw",
    "max_pool_backward": ["winners"],
    "mean_pool_backward": ["dy"],
    "conv2d_backward": ["dy", "x", "w"],
}


def test_a_result_in_the_dtype_of_an_argument_is_failed_and_named():
    for name, arguments in CUT.items():
        for argument in arguments:
            verdict = EXERCISES[name].check(in_the_dtype_of(argument)(EXERCISES[name]))
            assert verdict.mistake == f"cut to the dtype of {argument}", (name, verdict)
            assert f"has the dtype of {argument}: where {argument} holds whole numbers, fractions are cut off." in (
                verdict.text
            )
    for argument in ("dy", "w"):
        assert not exercises.dx_gather.check(in_the_dtype_of(argument)(exercises.dx_gather))
    for name, argument in (("chain_backward", "delta_zB"), ("chain_backward", "x"), ("chain2_backward", "dL_dpB")):
        assert not EXERCISES[name].check(in_the_dtype_of(argument)(EXERCISES[name])), (name, argument)
    whole = exercises.conv2d_backward.check(
        lambda dy, x, w, S, P: (lambda dx, dw, db: (dx.astype(int), dw, db))(
            *exercises.conv2d_backward.sample(dy, x, w, S, P)
        )
    )
    assert whole.text.startswith("dx holds whole numbers alone: fractions are cut off.")


def test_a_pool_whose_stride_is_at_most_the_window_is_failed():
    for name in ("max_pool", "mean_pool"):
        exercise = EXERCISES[name]

        def at_most_f(x, F, S, *P, sample=exercise.sample):
            return sample(x, F, min(S, F), *P)

        verdict = exercise.check(at_most_f)
        assert verdict.text.endswith("Every wrong input has F < S."), verdict
    backward = exercises.max_pool_backward
    assert (
        backward.check(lambda dy, winners, shape: backward.sample(dy, winners, shape) * (dy.shape[2] > 2)).mistake
        is None
    )


def without_padding(x, w_A, w_B, delta_zB):
    a = cnnlab.sigmoid(cnnlab.conv2d(x, w_A))
    p = cnnlab.mean_pool2d(a, 2)
    dp, dw_B, _ = cnnlab.conv2d_backward(delta_zB, p, w_B)
    delta = cnnlab.mean_pool2d_backward(dp, a.shape, 2) * a * (1 - a)
    return dp, delta, cnnlab.conv2d_backward(delta, x, w_A)[1], dw_B


def test_a_chain_without_padding_is_failed():
    assert not exercises.chain_backward.check(without_padding)
    sizes = [[argument.shape[-2:] for argument in case[::3]] for case in exercises.chain_backward.inputs()]
    assert all(top == (H // 2, W // 2) for (H, W), top in sizes)


def plane_of(function):
    return lambda first, *others: function(first[None, None], *others)


HANDED_ON = {
    "conv2d": (cnnlab.conv2d, lambda x, w: cnnlab.conv2d(x[None, None], w[None, None])[0, 0]),
    "conv_layer": (cnnlab.conv2d, lambda x, w, b: cnnlab.conv2d(x[None], w, b)[0]),
    "max_pool": (
        cnnlab.max_pool2d,
        lambda x, F, S, P: tuple(part[0, 0] for part in cnnlab.max_pool2d(x[None, None], F, stride=S, padding=P)),
    ),
    "mean_pool": (cnnlab.mean_pool2d, lambda x, F, S: cnnlab.mean_pool2d(x[None, None], F, stride=S)[0, 0]),
    "relu_backward": (cnnlab.relu_backward, cnnlab.relu_backward),
    "loss_backward": (
        cnnlab.softmax_cross_entropy_backward,
        lambda z, y: cnnlab.softmax_cross_entropy_backward(cnnlab.softmax_cross_entropy(z, y)[1], y),
    ),
    "conv2d_backward": (
        cnnlab.conv2d_backward,
        lambda dy, x, w, S, P: list(cnnlab.conv2d_backward(dy, x, w, stride=S, padding=P)),
    ),
    "dx_gather": (cnnlab.conv_transpose2d, lambda dy, w: cnnlab.conv_transpose2d(dy[None, None], w[None, None])[0, 0]),
    "max_pool_backward": (cnnlab.max_pool2d_backward, lambda *all_: cnnlab.max_pool2d_backward(*all_)),
    "mean_pool_backward": (
        cnnlab.mean_pool2d_backward,
        lambda dy, shape, F, S: cnnlab.mean_pool2d_backward(dy, shape, F, stride=S),
    ),
    "conv_transpose2d": (
        cnnlab.conv_transpose2d,
        lambda x, w, S: cnnlab.conv_transpose2d(x[None, None], w[None, None], stride=S)[0, 0],
    ),
    "gradient_check": (
        cnnlab.numerical_gradient,
        lambda f, x, dy, step: cnnlab.numerical_gradient(f, x, dy, step=step),
    ),
    "output_size": (cnnlab.output_size, lambda R, F, P, S: cnnlab.output_size(R, F, stride=S, padding=P)),
    "same_padding": (cnnlab.same_padding, lambda F: cnnlab.same_padding(F)),
}


def test_the_library_s_own_function_handed_on_is_met_by_name():
    for name, (library, calls_it) in HANDED_ON.items():
        for function in (library, calls_it):
            verdict = EXERCISES[name].check(function)
            assert (verdict.status, verdict.mistake) == ("failed", None)
            said = f"The answer is that of cnnlab.{library.__name__}: this exercise is to write it yourself."
            assert verdict.text == said, (name, verdict)


def test_a_right_answer_that_only_compares_itself_with_the_library_passes():
    def proves_itself(x, w):
        y = einsum_conv(x, w)
        np.testing.assert_allclose(y, cnnlab.conv2d(x[None, None], w[None, None])[0, 0])
        return y

    assert exercises.conv2d.check(proves_itself).status == "passed"


def backward_at(dx_step, dw_step):
    """Return the loops of a backward whose windows begin at another multiple of i and j."""

    def conv2d_backward(dy, x, w, stride, padding):
        (h, k), (H, W), p = w.shape[2:], x.shape[2:], padding
        padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p))) * 1.0
        dx, dw = np.zeros(padded.shape), np.zeros(w.shape)
        for n, f, i, j in np.ndindex(dy.shape):
            a, b = i * dx_step(stride), j * dx_step(stride)
            dx[n, :, a : a + h, b : b + k] += dy[n, f, i, j] * w[f]
            a, b = i * dw_step(stride), j * dw_step(stride)
            dw[f] += dy[n, f, i, j] * padded[n, :, a : a + h, b : b + k]
        return dx[:, :, p : p + H, p : p + W], dw, dy.sum(axis=(0, 2, 3))

    return conv2d_backward


def changed_backward(change):
    return lambda *arguments: change(*exercises.conv2d_backward.sample(*arguments), *arguments)


def same(step):
    return step


def one(step):
    return 1


DX_1, DW_1 = (f"{name}: the windows begin at i and j, not at i · stride and j · stride." for name in ("dx", "dw"))
PUBLISHED = {  # an exercise, a function, and what is said first
    "dx at i": ("conv2d_backward", backward_at(one, same), DX_1),
    "dw at i": ("conv2d_backward", backward_at(same, one), DW_1),
    "both at i": ("conv2d_backward", backward_at(one, one), f"{DX_1} {DW_1}"),
    "all by N": (
        "conv2d_backward",
        changed_backward(lambda dx, dw, db, dy, *_: (dx / len(dy), dw / len(dy), db / len(dy))),
        "dx: divided by the number of images. dw: the mean over the images, not the sum. db: divided by the number of",
    ),
    "another order": (
        "conv2d_backward",
        changed_backward(lambda dx, dw, db, *_: (dw, db, dx)),
        "The results are right, but in another order: dw, db, dx.",
    ),
    "dx alone": (
        "conv2d_backward",
        changed_backward(lambda dx, *_: dx),
        "It gives an array where 3 results are asked for: dx, dw, db.",
    ),
    "two mistakes": (
        "conv2d_backward",
        changed_backward(lambda dx, dw, db, dy, *_: (-dx, dw[..., ::-1, ::-1], dy[0].sum(axis=(1, 2)))),
        "dw: turned by 180°. db: only the first image counts. dx differs in ",
    ),
    "-P at 0": (
        "conv2d_backward",
        lambda dy, x, w, S, P: (
            np.pad(exercises.conv2d_backward.sample(dy, x, w, S, P)[0], ((0, 0), (0, 0), (P, P), (P, P)))[
                :, :, P:-P, P:-P
            ],
            *exercises.conv2d_backward.sample(dy, x, w, S, P)[1:],
        ),
        "dx: with P = 0 the crop P:-P leaves nothing.",
    ),
    "exchanged": (
        "conv2d_backward",
        exercises.conv2d_backward.mistakes["H and W exchanged in the crop"],
        "dx: height and width are exchanged in the crop.",
    ),
    "p (1 − p)": (
        "loss_backward",
        lambda z, y: (lambda p, d: d * p * (1 - p))(
            cnnlab.softmax_cross_entropy(z, y)[1], exercises.loss_backward.sample(z, y)
        ),
        "It is multiplied by p (1 − p)",
    ),
    "logits.size": (
        "loss_backward",
        lambda z, y: exercises.loss_backward.sample(z, y) * len(y) / z.size,
        "It is divided by N·K, not by N.",
    ),
    "e.sum()": (
        "loss_backward",
        lambda z, y: (np.exp(z) / np.exp(z).sum() - np.eye(z.shape[1])[y]) / len(y),
        "One sum is taken over all images and classes, and exp(1000) overflows.",
    ),
    "p[:, labels]": (
        "loss_backward",
        lambda z, y: (lambda p: p.__setitem__(np.s_[:, y], p[:, y] - 1) or p / len(y))(
            cnnlab.softmax_cross_entropy(z, y)[1]
        ),
        "1 is subtracted in every row at the labels of all rows",
    ),
    "max from 0": (
        "max_pool",
        lambda x, F, S, P: (lambda y, winners: (np.maximum(y, 0), np.where(y > 0, winners, 0)))(
            *exercises.max_pool.sample(x, F, S, P)
        ),
        "The maximum starts at 0: where all cells are negative, no cell is found. y differs",
    ),
    "by H": (
        "max_pool_backward",
        exercises.max_pool_backward.mistakes["height for width"],
        "The winner's row and column are taken by the height of x, not by its width.",
    ),
    "mean at i": (
        "mean_pool_backward",
        lambda dy, shape, F, S: exercises.mean_pool_backward.mistakes["stride 1"](dy, shape, F, S),
        "S is left out: the windows begin at i and j.",
    ),
    "mean at iF": (
        "mean_pool_backward",
        exercises.mean_pool_backward.mistakes["stride F"],
        "The windows begin at i·F and j·F, not at i·S and j·S.",
    ),
    "one array": (
        "gradient_check",
        lambda f, x, dy, step: np.zeros(x.shape),
        "All differences are 0, as if above and below were the same array.",
    ),
}


def test_what_is_known_from_published_code_is_named_and_each_wrong_result_for_itself():
    for name, (exercise, function, said) in PUBLISHED.items():
        verdict = EXERCISES[exercise].check(function)
        assert verdict.status == "failed", name
        assert verdict.text.startswith(said), (name, verdict.text)


def test_a_part_of_the_backward_is_checked_alone():
    exercise = exercises.conv2d_backward
    for at, name in enumerate(exercise.results):
        assert exercise.check(lambda *arguments, at=at: exercise.sample(*arguments)[at], name).status == "passed"
    turned = exercise.check(lambda *arguments: exercise.sample(*arguments)[1][..., ::-1, ::-1], part="dw")
    assert (turned.status, turned.mistake) == ("failed", "dw turned")
    assert exercise.check(exercise.sample, "dx").text.startswith("It gives a tuple where ")
    with pytest.raises(ValueError, match=r"^part \('dz'\) must be one of dx, dw, db$"):
        exercise.check(exercise.sample, "dz")


SHARED = {
    "x": (
        "conv2d",
        lambda x, w: einsum_conv(x, w) * (1 + (len(x) < x.shape[1])),
        "x.shape[0] < x.shape[1]",
    ),
    "S": ("mean_pool", lambda x, F, S: mean_by_sum(x, F, S) + (S > 1), "S > 1"),
    "P": ("output_size", lambda R, F, P, S: (R - F + 2 * P) // S + 1 + (P > 0), "P > 0"),
    "z": ("relu_backward", lambda da, z: da * (z > 0) + (da.ndim == 2), "da.ndim = 2"),
}


def test_where_no_name_fits_it_is_said_what_every_wrong_input_has():
    for exercise, function, said in SHARED.values():
        verdict = EXERCISES[exercise].check(function)
        assert verdict.mistake is None
        assert f"Every wrong input has {said}." in verdict.text, verdict.text
    assert "Every wrong input" not in exercises.conv2d.check(lambda x, w: einsum_conv(x, w) + 1).text


def filters_and_channels_swapped(x, w, b):
    y = np.zeros((len(w), x.shape[1] - w.shape[2] + 1, x.shape[2] - w.shape[3] + 1))
    for k, i, j in np.ndindex(y.shape):
        for c in range(len(x)):
            y[k, i, j] += (x[c, i : i + w.shape[2], j : j + w.shape[3]] * w[c, k]).sum()
        y[k, i, j] += b[k]
    return y


@pytest.mark.parametrize(
    ("name", "function", "mistake"),
    [
        ("output_size", lambda R, F, P, S: (R - F + 2 * P + 1) // S, "+ 1 before dividing"),
        ("conv_layer", filters_and_channels_swapped, "w[c, k]"),
    ],
)
def test_a_mistake_written_in_another_way_has_its_name(name, function, mistake):
    assert mistake in (EXERCISES[name].check(function).mistake or "")


def test_one_array_where_two_results_are_asked_for_is_called_so():
    verdict = exercises.max_pool.check(lambda *given: exercises.max_pool.sample(*given)[0])
    assert "It gives an array where 2 results are asked for: y, winners." in verdict.text
