"""The wires of a learner's function beside the right ones: right functions, wrong ones, and those that misbehave."""

from __future__ import annotations

import itertools
import time
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.testing import assert_array_equal

import cnnlab
from cnnlab.course.exercises import EXERCISES
from cnnlab.course.exercises._explore import explored
from cnnlab.wiring import wiring

DRAWN = {name: exercise for name, exercise in EXERCISES.items() if exercise.wires}
rng = np.random.default_rng(4)


def some(*shape):
    """Return different numbers of both signs, fractions too."""
    return rng.permutation(np.arange(1.0, 1 + np.prod(shape)))[: np.prod(shape)].reshape(shape) / 4 - 2.1


X, W = some(4, 6), some(2, 3)
MAPS, TOP = some(1, 2, 5, 4), some(1, 2, 2, 2)
WINNERS = cnnlab.max_pool2d(MAPS, 3, stride=2, padding=1)[1][:, :, :2, :2]
INPUTS = {
    "conv2d": (X, W),
    "conv_layer": (some(2, 3, 4), some(2, 2, 2, 2), some(2)),
    "mean_pool": (X, 2, 2),
    "max_pool": (X, 3, 2, 1),
    "conv2d_backward": (TOP[:, :, :2, :2], some(1, 1, 4, 5)[..., :4], some(2, 1, 2, 2), 2, 0),
    "dx_gather": (some(2, 3), W),
    "max_pool_backward": (TOP, WINNERS, (1, 2, 5, 4)),
    "mean_pool_backward": (some(1, 2, 2, 2), (1, 2, 5, 5), 2, 2),
    "relu_backward": (some(3, 4), some(3, 4)),
    "conv_transpose2d": (some(2, 3), some(3, 2), 2),
    "chain_backward": (some(1, 1, 8, 8) / 8, some(1, 1, 3, 3), some(1, 1, 3, 3), some(1, 1, 4, 4)),
    "chain2_backward": (some(1, 1, 8, 8) / 8, some(1, 1, 3, 3), some(1, 1, 2, 2)),
}


def seen(name, function):
    return explored(EXERCISES[name], function, INPUTS[name])


def sentence(found):
    """Return what is told of the first wrong cell; empty if all is right."""
    return found.told[found.held[0]][found.held[1]] if found.held else ""


def windows(x, w):
    return np.einsum("ijab,ab", sliding_window_view(x, w.shape), w)


def layer_by_loops(x, w, b):
    K, C, F, _ = w.shape
    y = np.zeros((K, x.shape[1] - F + 1, x.shape[2] - F + 1), np.float32)
    for k, i, j in np.ndindex(y.shape):
        y[k, i, j] = b[k]
        for c, p, q in np.ndindex(C, F, F):
            y[k, i, j] += x[c, i + p, j + q] * w[k, c, p, q]
    return y


def max_by_windows(x, F, S, P):
    seen = sliding_window_view(np.pad(x, P, constant_values=-np.inf), (F, F))[::S, ::S]
    best = seen.reshape(*seen.shape[:2], -1).argmax(axis=2)
    i, j = np.indices(best.shape)
    return seen.max(axis=(2, 3)), (i * S + best // F - P) * x.shape[1] + j * S + best % F - P


def fft(x, w):
    shape = np.add(x.shape, w.shape) - 1
    full = np.fft.irfft2(np.fft.rfft2(x, shape) * np.fft.rfft2(w[::-1, ::-1], shape), shape)
    return full[w.shape[0] - 1 : x.shape[0], w.shape[1] - 1 : x.shape[1]]


def back_by_matrix(dy, x, w, stride, padding):
    wires, N, C = wiring(x.shape[2:], w.shape[2:], stride=stride, padding=padding), *x.shape[:2]
    out, source, tap = (tuple(ends.T) for ends in (wires.output, wires.input, wires.tap))
    dx, dw = np.zeros(x.shape), np.zeros(w.shape)
    for n, c, f in np.ndindex(N, C, len(w)):
        np.add.at(dx[n, c], source, dy[n, f][out] * w[f, c][tap])
        np.add.at(dw[f, c], tap, dy[n, f][out] * x[n, c][source])
    return [dx, dw, np.einsum("nfij->f", dy)]


def chain_on_planes(x, w, top):
    H, W = x.shape
    p = x.reshape(H // 2, 2, W // 2, 2).mean(axis=(1, 3))
    slope = cnnlab.sigmoid(windows(np.pad(p, 1), w))
    delta = np.kron(top, np.full((2, 2), 0.25)) * slope * (1 - slope)
    dp = windows(np.pad(delta, 1), w[::-1, ::-1])
    return delta, dp, windows(np.pad(p, 1), delta), np.kron(dp, np.full((2, 2), 0.25))


RIGHT = [
    ("conv2d", windows),
    ("conv2d", fft),
    ("conv2d", lambda x, w: windows(x.T, w.T).T),
    ("conv2d", lambda x, w: windows(x.astype(np.float32), w.astype(np.float32))),
    ("conv2d", lambda x, w: np.einsum("ncijab,fcab->nfij", sliding_window_view(x, w.shape[2:], axis=(2, 3)), w)),
    ("chain2_backward", chain_on_planes),
    ("conv_layer", layer_by_loops),
    (
        "conv_layer",
        lambda x, w, b: np.einsum("cijab,kcab->kij", sliding_window_view(x, (2, 2), (1, 2)), w) + b[:, None, None],
    ),
    ("mean_pool", lambda x, F, S: sliding_window_view(x, (F, F))[::S, ::S].mean(axis=(2, 3))),
    ("mean_pool", lambda x, F, S: windows(x, np.full((F, F), 1 / F**2))[::S, ::S].astype(np.float32)),
    ("max_pool", max_by_windows),
    ("conv2d_backward", back_by_matrix),
    ("dx_gather", lambda dy, w: windows(np.pad(dy, ((1, 1), (2, 2))), w[::-1, ::-1])),
    ("max_pool_backward", lambda dy, winners, shape: cnnlab.max_pool2d_backward(dy, winners, shape)),
    (
        "mean_pool_backward",
        lambda dy, shape, F, S: np.pad(np.kron(dy, np.full((2, 2), 0.25)), ((0, 0), (0, 0), (0, 1), (0, 1))),
    ),
    ("relu_backward", lambda da, z: np.where(z > 0, da, 0)),
    ("conv_transpose2d", lambda x, w, S: cnnlab.conv_transpose2d(x[None, None], w[None, None], stride=S)[0, 0]),
]


def test_a_right_function_in_any_style_lacks_no_wire_and_has_none_too_many():
    for name, function in [*RIGHT, *((name, exercise.sample) for name, exercise in DRAWN.items())]:
        found = seen(name, function)
        assert (found.said, found.missing, found.extra) == ("", [], []), (name, sentence(found))
        assert (found.held, sentence(found)) == (None, ""), (name, sentence(found))
        for table in found.tables:
            assert table.note == "", (name, table.note)
            assert len(table.wires.cells) > 0
            assert not table.wrong


def test_the_right_wires_are_those_of_the_table_without_the_padding():
    (table,) = seen("conv2d", windows).tables
    wires = wiring((4, 6), (2, 3))
    expected = [
        tuple(map(tuple, ends))
        for ends in zip(*(a.tolist() for a in (wires.output, wires.input, wires.tap)), strict=True)
    ]
    assert [table.wires.indices(k) for k in range(len(expected))] == expected
    names = [(one.result, one.arrays) for one in seen("conv2d_backward", EXERCISES["conv2d_backward"].sample).tables]
    assert names == [("dx", ("dy", "w")), ("dw", ("dy", "x")), ("db", ("dy",))]
    assert [one.arrays for one in seen("conv_layer", layer_by_loops).tables] == [("x", "w"), ("b",)]
    (pool,) = seen("max_pool", max_by_windows).tables
    assert_array_equal(pool.wires.cells[:, 1], max_by_windows(*INPUTS["max_pool"])[1].ravel())


@cache
def tables_of(name):
    return seen(name, EXERCISES[name].sample).tables


def taps(name, result, moved):
    """Return what is missing and what is extra where a wire (output, cells) becomes that of ``moved``, or none."""
    table = next(one for one in tables_of(name) if one.result == result)
    right = [table.wires.indices(k) for k in range(len(table.wires.cells))]
    theirs = {moved(*ends) for ends in right} - {None}
    return sorted(set(right) - theirs), sorted(theirs - set(right))


def without_last_tap(x, w):
    w = w.copy()
    w[-1, -1] = 0
    return windows(x, w)


conv, layer, back = (EXERCISES[name].sample for name in ("conv2d", "conv_layer", "conv2d_backward"))
max_back, mean_back = (EXERCISES[name].sample for name in ("max_pool_backward", "mean_pool_backward"))
NOT_FIRST = np.arange(4) > 0
mistake = {name: exercise.mistakes for name, exercise in DRAWN.items()}
WRONG = [  # exercise, function, result, how each right wire is changed, what is said
    (
        "conv2d",
        lambda x, w: conv(x, w[::-1, ::-1]),
        "y",
        lambda o, i, t: (o, i, (1 - t[0], 2 - t[1])),
        "y[0, 0] reads x[0, 0] through w[1, 2]; right is w[0, 0].",
    ),
    (
        "conv2d",
        lambda x, w: conv(x, w[::-1]),
        "y",
        lambda o, i, t: (o, i, (1 - t[0], t[1])),
        "y[0, 0] reads x[0, 0] through w[1, 0]; right is w[0, 0].",
    ),
    (
        "conv2d",
        lambda x, w: conv(x, w[:, ::-1]),
        "y",
        lambda o, i, t: (o, i, (t[0], 2 - t[1])),
        "y[0, 0] reads x[0, 0] through w[0, 2]; right is w[0, 0].",
    ),
    (
        "conv2d",
        lambda x, w: conv(np.roll(x, -1, axis=1), w),
        "y",
        lambda o, i, t: (o, (i[0], (i[1] + 1) % 6), t),
        "y[0, 0] reads x[0, 1] through w[0, 0]; right is w[0, 1].",
    ),
    (
        "conv2d",
        without_last_tap,
        "y",
        lambda o, i, t: None if t == (1, 2) else (o, i, t),
        "y[0, 0] does not read x[1, 2] through w[1, 2].",
    ),
    ("conv2d", lambda x, w: conv(x, w)[:, ::-1], "y", lambda o, i, t: ((o[0], 3 - o[1]), i, t), None),
    (
        "conv2d",
        lambda x, w: conv(x, w) * NOT_FIRST,
        "y",
        lambda o, i, t: None if o[1] == 0 else (o, i, t),
        "y[0, 0] does not read x[0, 0] through w[0, 0].",
    ),
    (
        "conv2d",
        lambda x, w: conv(x, w[[0, 0]]),
        "y",
        lambda o, i, t: (o, i, (0, t[1])),
        "y[0, 0] reads x[1, 0] through w[0, 0]; right is w[1, 0].",
    ),
    (
        "conv_layer",
        mistake["conv_layer"]["first channel alone"],
        "y",
        lambda o, i, t: (o, i, t) if t[1] == 0 else None,
        "y[0, 0, 0] does not read x[1, 0, 0] through w[0, 1, 0, 0].",
    ),
    (
        "conv_layer",
        lambda x, w, b: layer(x, w.swapaxes(0, 1), b),
        "y",
        lambda o, i, t: (o, i, (t[1], t[0], *t[2:])),
        "y[0, 0, 0] reads x[1, 0, 0] through w[1, 0, 0, 0]; right is w[0, 1, 0, 0].",
    ),
    (
        "conv_layer",
        mistake["conv_layer"]["one filter for all"],
        "y",
        lambda o, i, t: (o, i, (0, *t[1:])),
        "y[1, 0, 0] reads x[0, 0, 0] through w[0, 0, 0, 0]; right is w[1, 0, 0, 0].",
    ),
    (
        "mean_pool",
        lambda x, F, S: windows(x, np.full((2, 2), 0.25))[:2, :3],
        "y",
        lambda o, i: (o, (i[0] - o[0], i[1] - o[1])),
        "y[0, 1] reads x[0, 1]; right is x[0, 3].",
    ),
    (
        "conv2d_backward",
        mistake["conv2d_backward"]["no turn"],
        "dx",
        lambda o, i, t: (o, i, (*t[:2], 1 - t[2], 1 - t[3])),
        "dx[0, 0, 0, 0] reads dy[0, 0, 0, 0] through w[0, 0, 1, 1]; right is w[0, 0, 0, 0].",
    ),
    (
        "conv2d_backward",
        mistake["conv2d_backward"]["dw turned"],
        "dw",
        lambda o, i, t: ((*o[:2], 1 - o[2], 1 - o[3]), i, t),
        "dw[0, 0, 0, 0] reads dy[0, 0, 0, 0] with x[0, 0, 1, 1]; right is x[0, 0, 0, 0].",
    ),
    (
        "conv2d_backward",
        mistake["conv2d_backward"]["windows and filters overwritten"],
        "dx",
        lambda o, i, t: (o, i, t) if t[0] == 1 else None,
        "dx[0, 0, 0, 0] does not read dy[0, 0, 0, 0] through w[0, 0, 0, 0].",
    ),
    (
        "conv2d_backward",
        lambda *all_: (*back(*all_)[:2], back(*all_)[2] - all_[0][:, :, 0, 0].sum(axis=0)),
        "db",
        lambda o, i: None if i[2:] == (0, 0) else (o, i),
        "db[0] does not read dy[0, 0, 0, 0].",
    ),
    (
        "dx_gather",
        lambda dy, w: windows(np.pad(dy, ((1, 1), (2, 2))), w),
        "dx",
        lambda o, i, t: (o, i, (1 - t[0], 2 - t[1])),
        "dx[0, 0] reads dy[0, 0] through w[1, 2]; right is w[0, 0].",
    ),
    (
        "max_pool_backward",
        lambda dy, winners, shape: max_back(dy, winners, shape) * np.array([[[[1]], [[0]]]]),
        "dx",
        lambda o, i: (o, i) if o[1] == 0 else None,
        None,
    ),
    (
        "mean_pool_backward",
        lambda dy, shape, F, S: mean_back(dy[..., ::-1], shape, F, S),
        "dx",
        lambda o, i: (o, (*i[:3], 1 - i[3])),
        "dx[0, 0, 0, 0] reads dy[0, 0, 0, 1]; right is dy[0, 0, 0, 0].",
    ),
    ("relu_backward", lambda da, z: da * (z > 0) * NOT_FIRST, "dz", lambda o, i: None if o[1] == 0 else (o, i), None),
    (
        "conv_transpose2d",
        mistake["conv_transpose2d"]["kernel turned"],
        "y",
        lambda o, i, t: (o, i, (2 - t[0], 1 - t[1])),
        "y[0, 0] reads x[0, 0] through w[2, 1]; right is w[0, 0].",
    ),
    (
        "chain_backward",
        lambda x, w_A, w_B, d: EXERCISES["chain_backward"].sample(x, w_A, w_B, d * NOT_FIRST),
        "dw_B",
        lambda o, i: None if i[3] == 0 else (o, i),
        None,
    ),
]


def test_each_wire_of_a_wrong_function_is_found_and_the_first_wrong_cell_is_told():
    for name, function, result, moved, said in WRONG:
        found = seen(name, function)
        missing, extra = taps(name, result, moved)
        table = next(one for one in found.tables if one.result == result)
        assert missing or extra, name
        found_missing = sorted(ends for ends, own, _ in table.wrong if own == 0)
        found_extra = sorted(ends for ends, _, right in table.wrong if right == 0)
        assert (found_missing, found_extra) == (missing, extra), (name, result)
        assert said is None or sentence(found) == said, (name, sentence(found))
        if found.held[0] == result:
            assert found.held[1] == min(ends[0] for ends in (*missing, *extra)), name


SAID = [  # wires that differ in weight, sums that are none, numbers alone: nothing is missing, and the sentence is true
    ("mean_pool", mistake["mean_pool"]["not divided"], "y[0, 0] takes x[0, 0] times 1; right is 0.25."),
    ("mean_pool", mistake["mean_pool"]["divided by F"], "y[0, 0] takes x[0, 0] times 0.5; right is 0.25."),
    ("conv_layer", mistake["conv_layer"]["bias once a channel"], "y[0, 0, 0] takes b[0] times 2; right is 1."),
    (
        "conv2d_backward",
        mistake["conv2d_backward"]["db averaged"],
        "db[0] takes dy[0, 0, 0, 0] times 0.25; right is 1.",
    ),
    (
        "chain2_backward",
        mistake["chain2_backward"]["pool A not divided"],
        "dL_dx[0, 0, 0, 0] takes dL_dpB[0, 0, 0, 0] times ",
    ),
    ("conv2d", lambda x, w: conv(x, np.ones_like(w)), "y[0, 0] is "),
    ("relu_backward", mistake["relu_backward"]["mask from da"], "dz["),
]


def test_other_weights_and_functions_without_wires_are_told_by_numbers():
    for name, function, said in SAID:
        found = seen(name, function)
        assert (found.missing, found.extra) == ([], []), name
        assert sentence(found).startswith(said), (name, sentence(found))
        assert any(table.wrong or "is not linear in" in table.note for table in found.tables)
        result, cell = found.held
        if said.endswith(("is ", "[")):
            assert sentence(found).startswith(
                f"{result}[{', '.join(map(str, cell))}] is {found.got[result][cell]:.4g}; "
            )
            assert sentence(found).endswith(f"; right is {found.wanted[result][cell]:.4g}.")


def test_a_missing_bias_and_wrong_winners_are_wires_too():
    no_bias = seen("conv_layer", mistake["conv_layer"]["no bias"])
    assert sentence(no_bias) == "y[0, 0, 0] does not read b[0]."
    assert no_bias.missing == [((k, i, j), (k,)) for k, i, j in np.ndindex(2, 2, 3)]
    y, winners = max_by_windows(*INPUTS["max_pool"])
    other = winners.copy()
    other[0, 1] += 1 if winners[0, 1] % 6 < 5 else -1
    right, wrong = (divmod(int(places[0, 1]), 6) for places in (winners, other))
    found = seen("max_pool", lambda *_: (y, other))
    assert (found.missing, found.extra) == ([((0, 1), right)], [((0, 1), wrong)])
    assert sentence(found) == f"y[0, 1] reads x[{wrong[0]}, {wrong[1]}]; right is x[{right[0]}, {right[1]}]."
    outside = seen("max_pool", lambda *_: (y, winners + 24))
    assert (outside.extra, len(outside.missing)) == ([], y.size)
    assert outside.tables[0].note == "winners holds numbers that are no place in x."


def endless(x, w):
    while True:
        x = x + 1


def only_whole(x, w):
    if x.any() and not x.all():
        raise ValueError("no zeros, please")
    return conv(x, w)


MISBEHAVE = [
    (lambda x, w: None, "It gives None. Is a return missing?"),
    (lambda x, w: x[99], "It raised IndexError: index 99 is out of bounds for axis 0 with size 4."),
    (endless, "It was stopped after 2 seconds: it takes too long, or never ends."),
    (lambda x, w: conv(x, w)[:-1], "y has shape (2, 4); (3, 4) is expected."),
    (lambda x, w: conv(x, w).tolist(), "It gives a list where a number or an array of numbers is asked for."),
    (lambda x, w: conv(x, w) + 0j, "It gives an array of dtype complex128 where numbers are asked for (int or float)."),
    (
        lambda x, w: np.broadcast_to(0.0, 2**40),
        "It gives an array of shape (1099511627776,); none is asked for with more",
    ),
    (lambda x, w: exit(), "It raised SystemExit"),
    (lambda x: x, "It raised TypeError: "),
]


def test_a_function_that_gives_no_numbers_is_told_in_one_line(capsys):
    for function, said in MISBEHAVE:
        found = seen("conv2d", function)
        assert found.said.startswith(said), found.said
        assert (found.missing, found.extra, found.tables, found.held, sentence(found)) == ([], [], (), None, "")
    assert seen("conv2d", lambda x, w: x[99]).code.startswith("assert seen(")


def test_where_other_numbers_fail_or_are_too_many_the_numbers_are_shown_without_wires(monkeypatch):
    found = seen("conv2d", only_whole)
    assert_array_equal(found.got["y"], conv(X, W))
    assert (found.said, found.missing, sentence(found)) == ("", [], "")
    assert found.tables[0].note == "No wires by x and w: It raised ValueError: no zeros, please."
    monkeypatch.setattr("cnnlab.lab.scenes._own.MOST_CALLS", 40)
    large = explored(EXERCISES["conv2d"], windows, (some(12, 12), some(5, 5)))
    assert large.tables[0].note == "No wires by x and w: to find them takes too many calls."
    wrong = explored(EXERCISES["conv2d"], lambda x, w: windows(x, w) + 1, (some(12, 12), some(5, 5)))
    assert wrong.held == ("y", (0, 0))
    assert sentence(wrong).startswith("y[0, 0] is ")
    calls = itertools.count()

    def endless_later(x, w):
        while next(calls) > 5:
            pass
        return conv(x, w)

    start = time.perf_counter()
    late = seen("conv2d", endless_later)
    assert late.tables[0].note.startswith("No wires by x and w: It was stopped after 2 seconds")
    assert time.perf_counter() - start < 20


def test_arguments_prints_and_numpy_stay_as_they_are(capsys):
    x = X.copy()

    def spoils(x, w):
        y = conv(x, w)
        print("hello")
        x[:] = np.sum = 0
        return y

    kept = np.sum
    assert seen("conv2d", spoils).missing == []
    assert np.sum is kept
    assert_array_equal(X, x)
    assert capsys.readouterr().out == ""
