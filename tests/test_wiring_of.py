"""The wires of any function: right ones and wrong ones in many styles, against tables that are known."""

from __future__ import annotations

import re
from functools import partial
from itertools import product

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided, sliding_window_view
from numpy.testing import assert_allclose, assert_array_equal

import cnnlab
from cnnlab import reference, wires_of, wiring

X, W = np.zeros((4, 6)), np.zeros((2, 3))


def known(size, kernel, **settings):
    """Return the wires of a plane's convolution as rows (output, input, tap) of flat indices, without the padding."""
    wires = wiring(size, kernel, **settings)
    inside = wires.input[:, 0] >= 0
    ends = (wires.output, tuple(wires.output.max(axis=0) + 1)), (wires.input, size), (wires.tap, kernel)
    return np.stack([np.ravel_multi_index(tuple(cells[inside].T), shape) for cells, shape in ends], axis=1)


PLAIN = known((4, 6), (2, 3))


def loops(x, w):
    y = np.zeros((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1))
    for i, j in np.ndindex(y.shape):
        for a, b in np.ndindex(w.shape):
            y[i, j] += x[i + a, j + b] * w[a, b]
    return y


def lists(x, w):
    x, w = x.tolist(), w.tolist()
    h, k = len(w), len(w[0])
    return [
        [sum(x[i + a][j + b] * w[a][b] for a in range(h) for b in range(k)) for j in range(len(x[0]) - k + 1)]
        for i in range(len(x) - h + 1)
    ]


def einsum(x, w):
    return np.einsum("...ijab,ab->...ij", sliding_window_view(x, w.shape, axis=(-2, -1)), w)


def strided(x, w):
    shape = tuple(np.subtract(x.shape, w.shape) + 1) + w.shape
    return np.tensordot(as_strided(x, shape, x.strides * 2), w, 2)


def im2col(x, w):
    rows, columns = np.subtract(x.shape, w.shape) + 1
    table = [x[i : i + w.shape[0], j : j + w.shape[1]].ravel() for i in range(rows) for j in range(columns)]
    return (np.array(table) @ w.ravel()).reshape(rows, columns)


def fft(x, w):
    shape = np.add(x.shape, w.shape) - 1
    full = np.fft.irfft2(np.fft.rfft2(x, shape) * np.fft.rfft2(w[::-1, ::-1], shape), shape)
    return full[w.shape[0] - 1 : x.shape[0], w.shape[1] - 1 : x.shape[1]]


def shifted(x, w):
    rows, columns = np.subtract(x.shape, w.shape) + 1
    return sum(w[a, b] * x[a : a + rows, b : b + columns] for a, b in np.ndindex(w.shape))


def in_float32(x, w):
    return loops(x.astype(np.float32), w.astype(np.float32)).astype(np.float32)


def fft_in_float32(x, w):
    return fft(x.astype(np.float32), w.astype(np.float32)).astype(np.float32)


def spoils(x, w):
    y = loops(x, w)
    x[:], w[:] = 9, 9
    return y


KEPT = np.zeros((3, 4))


def into_one_buffer(x, w):
    KEPT[:] = loops(x, w)
    return KEPT


def recursive(x, w):
    if len(w) == 1:
        return np.array([np.correlate(row, w[0], "valid") for row in x])
    rest = recursive(x[1:], w[1:])
    return recursive(x, w[:1])[: len(rest)] + rest


PLANE = (loops, lists, einsum, strided, im2col, fft, shifted, in_float32, fft_in_float32, spoils, into_one_buffer)
PLANE += (recursive, lambda x, w: loops(x, w).astype(np.longdouble), lambda x, w: loops(x.T, w.T).T)


def test_a_convolution_of_a_plane_has_the_wires_of_its_table_in_any_style():
    for function in PLANE:
        wires = wires_of(function, X, W)
        assert wires.exact, function
        assert_array_equal(wires.cells, PLAIN, err_msg=str(function))
        assert_allclose(wires.weights, 1, atol=1e-6)
        assert (wires.shape, wires.shapes) == ((3, 4), (X.shape, W.shape))


def with_settings(x, w, *, stride=1, padding=0, dilation=1):
    """Loop over outputs; a setting each."""
    padded = np.pad(x, padding)
    rows, columns = ((n - dilation * (k - 1) - 1) // stride + 1 for n, k in zip(padded.shape, w.shape, strict=True))
    y = np.zeros((rows, columns))
    for i, j in np.ndindex(rows, columns):
        for a, b in np.ndindex(w.shape):
            y[i, j] += w[a, b] * padded[i * stride + a * dilation, j * stride + b * dilation]
    return y


def on_maps(x, w, **settings):
    return cnnlab.conv2d(x, w, **settings)


def test_settings_are_handed_on_and_two_calls_are_enough_for_a_tap():
    for stride, padding, dilation in product((1, 2, 3), (0, 1, 2), (1, 2)):
        settings = {"stride": stride, "padding": padding, "dilation": dilation}
        expected = known((5, 6), (2, 3), **settings)
        assert_array_equal(wires_of(with_settings, np.zeros((5, 6)), W, **settings).cells, expected)
        assert_array_equal(wires_of(on_maps, np.zeros((1, 1, 5, 6)), W[None, None], **settings).cells, expected)
    calls = []

    def counted(x, w):
        calls.append(x.shape)
        return cnnlab.conv2d(x, w)

    wires_of(counted, np.zeros((1, 1, 6, 6)), np.zeros((1, 1, 3, 3)))
    assert len(calls) == 3 + 2 * 9  # at three random inputs, and for the taps


def test_of_channels_filters_groups_and_images_each_wire_stays_in_its_own():
    x, w = np.zeros((2, 4, 3, 3)), np.zeros((2, 2, 2, 2))
    for function in (partial(cnnlab.conv2d, groups=2), partial(reference.conv2d, groups=2)):
        wires = wires_of(function, x, w)
        assert wires.exact
        assert len(wires.cells) == 2 * 2 * 4 * 2 * 4  # images, filters, outputs, channels of a group, taps
        for k in range(0, len(wires.cells), 7):
            (n, f, i, j), (image, c, row, column), (filter_, slice_, a, b) = wires.indices(k)
            assert (image, filter_, row, column, c) == (n, f, i + a, j + b, 2 * f + slice_)


def test_each_gradient_of_a_convolution_has_its_wires():
    dy, x, w = np.zeros((1, 1, 2, 3)), np.zeros((1, 1, 5, 6)), np.zeros((1, 1, 3, 3))
    output, cell, tap = known((5, 6), (3, 3), stride=2, padding=(0, 1)).T
    backward = partial(cnnlab.conv2d_backward, stride=2, padding=(0, 1))

    def rows(*ends):
        return sorted(zip(*(end.tolist() for end in ends), strict=True))

    dx = wires_of(lambda dy, w: backward(dy, x, w), dy, w, result=0)
    dw = wires_of(lambda dy, x: {"dw": backward(dy, x, w)[1]}, dy, x, result="dw")
    db = wires_of(lambda dy: list(backward(dy, x, w)), dy, result=2)
    assert all(found.exact for found in (dx, dw, db))
    assert rows(*dx.cells.T) == rows(cell, output, tap)
    assert rows(*dw.cells.T) == rows(tap, output, cell)
    assert db.cells.tolist() == [[0, o] for o in range(6)]


def test_a_transposed_convolution_has_the_wires_turned_round():
    output, cell, tap = known((5, 7), (3, 3), stride=2).T
    wires = wires_of(cnnlab.conv_transpose2d, np.zeros((1, 1, 2, 3)), np.zeros((1, 1, 3, 3)), stride=2)
    assert sorted(map(tuple, wires.cells.tolist())) == sorted(
        zip(*map(np.ndarray.tolist, (cell, output, tap)), strict=True)
    )


def test_means_sums_and_copies_have_their_weights():
    mean = wires_of(cnnlab.mean_pool2d, np.zeros((1, 1, 3, 4)), kernel=3, stride=1)
    assert mean.exact
    assert_allclose(mean.weights, [1 / 9] * 18)
    float32 = wires_of(lambda x: x.astype(np.float32).mean(axis=0), np.zeros((3, 2)))
    assert float32.exact
    assert_allclose(float32.weights, [1 / 3] * 6)
    assert wires_of(np.sum, X).cells.tolist() == [[0, cell] for cell in range(24)]
    assert wires_of(np.sum, X).indices(7) == ((), (1, 1))
    same = wires_of(lambda x: x, np.zeros(3))
    assert (same.cells.tolist(), same.weights.tolist()) == ([[0, 0], [1, 1], [2, 2]], [1, 1, 1])
    assert wires_of(lambda x: 3 * x, 2).weights.tolist() == [3]
    three = wires_of(lambda a, b, c: a * b * c[::-1], *np.zeros((3, 2)))
    assert three.cells.tolist() == [[0, 0, 0, 1], [1, 1, 1, 0]]
    assert wires_of(lambda x: x[:0], np.zeros(3)).exact


def test_the_sums_over_the_wires_are_the_answers():
    rng = np.random.default_rng(1)
    x, w = rng.normal(size=(1, 2, 5, 4)), rng.normal(size=(3, 2, 2, 2))
    wires = wires_of(cnnlab.conv2d, x, w, padding=1)
    assert_allclose(wires.sums(x, w), cnnlab.conv2d(x, w, padding=1))


def places(rows):
    return {(o, i, t) for o, i, t in rows.tolist()}


O, I, T = PLAIN.T  # noqa: E741
ROW, COLUMN = np.divmod(T, 3)
WRONG = {  # a function, and the wires that it has: rows (output, input, tap)
    "turned": (lambda x, w: loops(x, w[::-1, ::-1]), (O, I, 5 - T)),
    "upside down": (lambda x, w: loops(x, w[::-1]), (O, I, 3 * (1 - ROW) + COLUMN)),
    "mirrored": (lambda x, w: loops(x, w[:, ::-1]), (O, I, 3 * ROW + 2 - COLUMN)),
    "by columns": (lambda x, w: loops(x, w.T.reshape(2, 3)), (O, I, T % 2 * 3 + T // 2)),
    "first row twice": (lambda x, w: loops(x, w[[0, 0]]), (O, I, COLUMN)),
    "x upside down": (lambda x, w: loops(x[::-1], w), (O, 6 * (3 - I // 6) + I % 6, T)),
    "y mirrored": (lambda x, w: loops(x, w)[:, ::-1], (4 * (O // 4) + 3 - O % 4, I, T)),
    "shifted": (lambda x, w: loops(np.roll(x, 1, axis=1), w), (O, 6 * (I // 6) + (I % 6 - 1) % 6, T)),
    "wrapped": (lambda x, w: loops(np.roll(x, -1), w), (O, (I + 1) % 24, T)),
    "a tap left out": (lambda x, w: loops(x, w * (np.arange(6).reshape(2, 3) != 4)), np.array((O, I, T))[:, T != 4]),
    "one tap alone": (lambda x, w: x[:3, :4] * w[0, 0], np.array((O, I, T))[:, T == 0]),
    "first output alone": (lambda x, w: np.pad(loops(x, w)[:1, :1], ((0, 2), (0, 3))), np.array((O, I, T))[:, O == 0]),
    "last row zero": (lambda x, w: np.pad(loops(x, w)[:2], ((0, 1), (0, 0))), np.array((O, I, T))[:, O < 8]),
    "turned and y mirrored": (
        lambda x, w: loops(x, w[::-1, ::-1])[:, ::-1],
        (4 * (O // 4) + 3 - O % 4, I, 5 - T),
    ),
    "flat order of y": (lambda x, w: loops(x, w).T.reshape(3, 4), (O % 4 * 3 + O // 4, I, T)),
    "with a batch": (lambda x, w: einsum(x, w[::-1, ::-1]), (O, I, 5 - T)),
}


def test_a_wrong_function_has_the_wires_that_it_has():
    for name, (function, ends) in WRONG.items():
        wires = wires_of(function, X, W)
        assert wires.exact, name
        assert places(wires.cells) == places(np.stack(ends, axis=1)), name
    doubled = wires_of(lambda x, w: loops(x, w + (np.arange(6).reshape(2, 3) == 1) * w), X, W)
    assert_array_equal(doubled.weights, 1 + (T == 1))
    bias_for_each = wires_of(lambda x, b: x + b * 3, np.ones(3), np.ones(3))
    assert not bias_for_each.exact  # a sum is not linear in each of its terms


BENT = {
    "squared": lambda x, w: loops(x, w) ** 2,
    "plus one": lambda x, w: loops(x, w) + 1,
    "a bias of the mean": lambda x, w: loops(x, w) + x.mean(),
    "x squared": lambda x, w: loops(x * x, w),
    "without w": lambda x, w: loops(x, np.ones_like(w)),
    "without x": lambda x, w: loops(np.ones_like(x), w),
    "rounded": lambda x, w: np.round(loops(x, w), 1),
    "cut": lambda x, w: loops(x, w).astype(int),
    "absolute": lambda x, w: abs(loops(x, w)),
    "bool": lambda x, w: loops(x, w) > 0,
    "NaN": lambda x, w: loops(x, w) * np.nan,
    "NaN at one cell": lambda x, w: np.where(np.arange(12).reshape(3, 4) == 5, np.nan, loops(x, w)),
    "infinite": lambda x, w: loops(x, w) + np.inf,
    "nearly": lambda x, w: loops(x, w) * (1 + 1e-8 * x[0, 0]),
    "maximum": lambda x, w: np.maximum(loops(x, w), loops(x, -w)),
    "constant": lambda x, w: np.ones((3, 4)),
}


def test_a_function_that_is_not_linear_in_each_array_has_no_wires_and_says_so():
    for name, function in BENT.items():
        wires = wires_of(function, X, W)
        assert (wires.exact, wires.cells.shape, wires.weights.shape) == (False, (0, 3), (0,)), name


def test_weights_below_a_billionth_of_the_greatest_are_none():
    assert wires_of(lambda x: x + 0.3e-9 * x[::-1], np.zeros(2)).cells.tolist() == [[0, 0], [1, 1]]
    assert len(wires_of(lambda x: x + 0.3e-7 * x[::-1], np.zeros(2)).cells) == 4


# --- functions that pick ------------------------------------------------------------------------------------------


def max_by_loops(x, F, S=None):
    S = S or F
    y = np.zeros([(n - F) // S + 1 for n in x.shape])
    for i, j in np.ndindex(y.shape):
        y[i, j] = max(x[i * S + a, j * S + b] for a in range(F) for b in range(F))
    return y


def test_a_maximum_has_one_wire_for_each_output_from_the_winner():
    rng = np.random.default_rng(2)
    for x in (rng.permutation(36).reshape(6, 6) - 20, rng.normal(size=(6, 6)), rng.normal(size=(6, 6)) * 1e-6):
        winners = cnnlab.max_pool2d(x[None, None], 2, stride=1)[1].ravel()
        for function in (
            lambda x: max_by_loops(x, 2, 1),
            lambda x: max_by_loops(x.astype(np.float32), 2, 1).astype(np.float32),
            lambda x: sliding_window_view(x, (2, 2)).max(axis=(2, 3)).tolist(),
            lambda x: cnnlab.max_pool2d(x[None, None], 2, stride=1)[0][0, 0],
        ):
            wires = wires_of(function, x, picks=True)
            assert wires.exact
            assert_array_equal(wires.cells, np.stack([np.arange(25), winners], axis=1))
            assert_array_equal(wires.weights, 1)
    on_maps = wires_of(cnnlab.max_pool2d, x[None, None], result=0, picks=True, kernel=3, stride=3)
    assert_array_equal(on_maps.cells[:, 1], cnnlab.max_pool2d(x[None, None], 3, stride=3)[1].ravel())


def test_at_a_tie_no_wire_is_listed_and_at_the_next_number_it_is():
    x = np.array([[1.0, 1, 2, 0], [0, 0, 0, 2], [3, 0, 0, 0], [0, 0, 0, 0]])
    wires = wires_of(lambda x: max_by_loops(x, 2), x, picks=True)
    assert (wires.exact, wires.cells.tolist()) == (True, [[2, 8]])
    for gap in (1e-3, 1e-9):
        nearly = wires_of(np.max, np.array([1, 1 + gap]), picks=True)
        assert (nearly.exact, nearly.cells.tolist()) == (True, [[0, 1]])


def test_a_relu_follows_what_is_above_zero_and_a_leaky_one_everything_but_zero():
    z = np.array([[-2, 0, 3], [0.001, -1e-6, 1e6]])
    wires = wires_of(cnnlab.relu, z, picks=True)
    assert (wires.exact, wires.cells.tolist(), wires.weights.tolist()) == (True, [[2, 2], [3, 3], [5, 5]], [1, 1, 1])
    leaky = wires_of(cnnlab.leaky_relu, z, picks=True)
    assert leaky.exact
    assert leaky.cells[:, 0].tolist() == [0, 2, 3, 4, 5]
    assert_allclose(leaky.weights, [0.01, 1, 1, 0.01, 1])


def test_what_picks_no_cell_has_no_wires():
    for function in (np.square, np.exp, lambda x: x + 1, lambda x: np.maximum(x, 2.5)):
        wires = wires_of(function, np.array([1.0, 2.0]), picks=True)
        assert (wires.exact, len(wires.cells)) == (False, 0)


# --- what is refused ----------------------------------------------------------------------------------------------


def test_more_calls_than_allowed_are_refused_with_the_number_before_they_are_made():
    calls = []

    def twice(x, w):  # two wires of a tap lead to each output, so that every pair is tried
        calls.append(1)
        return loops(x, w) + loops(x[:, ::-1], w)

    for most, needed in ((11, 12), (143, 144)):
        calls.clear()
        with pytest.raises(
            ValueError, match=rf"^most_calls \({most}\) must be at least {needed} for arrays of these shapes$"
        ):
            wires_of(twice, X, W, most_calls=most)
        assert len(calls) <= 4 + most
    assert wires_of(twice, X, W, most_calls=144).exact
    with pytest.raises(ValueError, match=r"^most_calls \(2,000\) must be at least 3,600 "):
        wires_of(twice, np.zeros((12, 12)), np.zeros((5, 5)))
    assert wires_of(loops, np.zeros((12, 12)), np.zeros((5, 5))).exact
    with pytest.raises(ValueError, match="must be at least 48 "):
        wires_of(lambda x: max_by_loops(x, 3), X, picks=True, most_calls=47)


def test_wires_that_share_their_ends_or_hide_each_other_are_found_one_by_one():
    def two(x, w):  # two cells through one tap
        return [x[0] * w[0] + 2 * x[2] * w[0], x[1] * w[1]]

    def hidden(x, w):  # where all cells are 1 these cancel
        return [(x[0] - x[3]) * w[0]]

    for function, count in ((two, 3), (hidden, 2)):
        wires = wires_of(function, np.zeros(4), np.zeros(2))
        assert wires.exact
        assert len(wires.weights) == count
    assert not wires_of(lambda x, w: [x[0] * w[0] * w[1] + x[1]], np.zeros(4), np.zeros(2)).exact


def shape_by_value(x):
    return x[: 1 + (x[0] > 0)]


REFUSED = [
    ((np.sum,), {}, ValueError, "arrays (0) must be one or more, and one for a function that picks"),
    ((np.add, X, X), {"picks": True}, ValueError, "arrays (2) must be one or more, and one for a function that picks"),
    ((np.sum, X), {"picks": 1}, TypeError, "picks (1) must be True or False"),
    ((np.sum, "x"), {}, TypeError, "arrays[0] (dtype <U1) must be float32, float64 or integer"),
    ((np.sum, X, [[]]), {}, ValueError, "arrays[1] (shape (1, 0)) must not be empty"),
    ((np.sum, X), {"most_calls": 0}, ValueError, "most_calls (0) must be at least 1"),
    ((lambda x: (x, x), X), {}, ValueError, "result (None) must say which of the 2 results is meant"),
    ((lambda x: {"y": 1}, X), {"result": "z"}, ValueError, "result ('z') must be a place or a key in the answer"),
    ((lambda x: (x, x), X), {"result": 2}, ValueError, "result (2) must be a place or a key in the answer"),
    ((lambda x: x, X), {"result": 0}, ValueError, "result (0) must be a place or a key in the answer"),
    ((lambda x: None, X), {}, TypeError, "the answer (None) must be an array of real numbers"),
    ((lambda x: x + 0j, np.zeros(1)), {}, TypeError, "the answer (array(["),
    ((lambda x: "y", X), {}, TypeError, "the answer ('y') must be an array of real numbers"),
    ((lambda x: [x, x[0]], X), {}, ValueError, "the answer must be one array of numbers ("),
    (
        (lambda x: np.broadcast_to(1.0, 2**40), X),
        {},
        ValueError,
        "the answer (shape (1099511627776,)) must have at most",
    ),
    ((lambda x: np.broadcast_to(1.0, 2**25), X), {}, ValueError, "the answer (shape (33554432,)) must have at most"),
    ((shape_by_value, np.zeros(2)), {}, ValueError, "the answer (shape (1,)) must keep its shape (it was (2,))"),
    ((lambda x: x[99], X), {}, IndexError, "index 99 is out of bounds for axis 0 with size 4"),
]


def test_what_cannot_be_asked_is_refused_by_name_and_an_error_of_the_function_is_passed_on():
    for arguments, settings, error, message in REFUSED:
        with pytest.raises(error, match=f"^{re.escape(message)}"):
            wires_of(*arguments, **settings)


def test_arrays_and_settings_of_the_caller_stay_as_they_are():
    x, held = np.arange(4), np.arange(3.0)

    def spoils_all(x, held):
        y = x * held[1]
        x[:], held[:] = 7, 7
        return y

    assert_array_equal(wires_of(spoils_all, x, held=held).weights, [1] * 4)
    assert (x.tolist(), held.tolist()) == ([0, 1, 2, 3], [0, 1, 2])
