"""DigitPad without a browser: how a drawing is reduced, what the network is asked, and what is shown of it."""

from __future__ import annotations

import base64
from types import SimpleNamespace

import numpy as np
import pytest
from explorer_steps import ask, controls_of, panels, press, state_of, updates_of, words_of
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from cnnlab import load_digits, trained_network
from cnnlab.data import normalise_bitmap, reduce_bitmap
from cnnlab.lab import DigitPad, NetworkExplorer
from cnnlab.lab.numbers import format_percent
from cnnlab.layers import Conv2D, Dense, Flatten
from cnnlab.network import Sequential


def box(rows, columns, size=32):
    """Return a bitmap on which a rectangle is on."""
    bitmap = np.zeros((size, size), bool)
    bitmap[slice(*rows), slice(*columns)] = True
    return bitmap


def nought(size=32):
    """Return a drawn 0."""
    rows, columns = np.ogrid[:size, :size]
    distance = np.hypot((rows / size - 0.5) / 0.4, (columns / size - 0.5) / 0.27)
    return (distance < 1) & (distance > 0.68)


def seven():
    """Return a drawn 7 with its bar, upright: 20 columns and 32 rows, 256 to 412 cells on."""
    bitmap = box((0, 5), (6, 26)) | box((14, 18), (6, 22))
    for row in range(5, 32):
        bitmap[row, 21 - row // 2 : 26 - row // 2] = True
    bitmap[29:, 6:12] = True
    return bitmap


def test_a_digit_that_is_normal_already_stays_as_it_is():
    assert 256 <= seven().sum() <= 412
    assert_array_equal(normalise_bitmap(seven()), seven())


def test_the_image_counts_the_on_cells_of_each_block():
    image = reduce_bitmap(seven())
    assert (image.shape, image.dtype) == ((1, 1, 8, 8), np.float64)
    for row, column in np.ndindex(8, 8):
        count = sum(seven()[4 * row + i, 4 * column + j] for i in range(4) for j in range(4))
        assert image[0, 0, row, column] == count / 16


def test_a_solid_block_loses_its_edge_twice():
    assert_array_equal(normalise_bitmap(box((3, 19), (7, 17))), box((2, 30), (8, 24)))


def test_strokes_a_little_too_bold_lose_their_edge_once():
    bold = box((0, 32), (6, 26)) & ~box((8, 24), (12, 20))
    assert 412 < bold.sum() <= 560
    hole = box((7, 25), (12, 20)) | box((8, 24), (11, 21))  # its corners stay: only cells side by side are neighbours
    assert_array_equal(normalise_bitmap(bold), box((1, 31), (7, 25)) & ~hole)


def test_thin_strokes_gain_an_edge_and_hair_lines_two():
    frame = box((0, 32), (6, 26)) & ~box((2, 30), (8, 24))
    assert 108 <= frame.sum() < 256
    assert_array_equal(normalise_bitmap(frame), box((0, 32), (5, 27)) & ~box((3, 29), (9, 23)))
    assert_array_equal(normalise_bitmap(box((10, 20), (3, 4))), box((0, 32), (12, 19)))  # 3 columns wide at 32 rows
    assert_array_equal(normalise_bitmap(box((0, 32), (3, 4))), box((0, 32), (13, 18)))


def test_a_narrow_digit_keeps_its_proportions_and_a_wide_one_is_narrowed_to_20_columns():
    columns = [normalise_bitmap(box((0, 16), (0, width))).any(axis=0).sum() for width in (5, 8, 12, 30)]
    assert columns == [10, 14, 16, 16]  # 10, 16, 20 and 20 columns; the solid blocks then lose an edge or two


def test_a_slanted_digit_is_put_upright():
    rows, columns = np.ogrid[:32, :32]
    bitmap = np.abs(columns - 25 + rows // 2) <= 3
    lefts = normalise_bitmap(bitmap).argmax(axis=1)
    assert bitmap.argmax(axis=1)[[2, 29]].tolist() == [21, 8]
    assert lefts[2] == lefts[29]
    assert np.ptp(lefts) <= 2


bitmaps = arrays(bool, st.tuples(st.integers(1, 16), st.integers(1, 16)))


@given(bitmaps, st.integers(1, 4), st.tuples(st.integers(0, 9), st.integers(0, 9)))
def test_neither_place_nor_size_matters(bitmap, times, corner):
    assume(bitmap.any())
    larger = np.pad(np.kron(bitmap, np.ones((times, times), bool)), [(before, 3) for before in corner])
    assert_array_equal(normalise_bitmap(larger), normalise_bitmap(bitmap))


@given(bitmaps)
def test_any_bitmap_gives_an_image_of_sixteenths(bitmap):
    image = reduce_bitmap(bitmap)
    assert image.shape == (1, 1, 8, 8)
    assert set(image.ravel() * 16) <= set(range(17))


def test_a_drawing_is_among_the_data_set_s_images_in_size_and_ink():
    images = load_digits().x_train
    ink, image = images.sum(axis=(1, 2, 3)), reduce_bitmap(nought())
    assert np.percentile(ink, 1) <= image.sum() <= np.percentile(ink, 99)
    used = [(stack.sum(axis=axes) > 0).nonzero()[0].tolist() for stack in (image,) for axes in ((0, 1, 3), (0, 1, 2))]
    assert used == [[*range(8)], [*range(1, 7)]]


def test_nothing_drawn_is_an_empty_image():
    assert_array_equal(reduce_bitmap(np.zeros((32, 32))), np.zeros((1, 1, 8, 8)))


@pytest.mark.parametrize("shape", [(32,), (1, 32, 32), (0, 32)])
def test_what_is_no_plane_of_cells_is_refused(shape):
    with pytest.raises(ValueError, match=r"^bitmap \(shape .+\) must be a plane of cells \(H, W\)$"):
        reduce_bitmap(np.ones(shape))


# --- the answer -----------------------------------------------------------------------------------------------------


def draw(pad, bitmap) -> None:
    """Draw as the browser does: a byte a cell."""
    ask(pad, {"set": {"bitmap": memoryview(bitmap.astype(np.uint8).tobytes())}})


def test_an_empty_pad_asks_for_a_digit_and_has_no_answer():
    pad = DigitPad(trained_network())
    assert (pad.answer, pad.probabilities, repr(pad)) == (None, None, "DigitPad: draw a digit")
    assert words_of(pad) == "Draw a digit."
    assert_array_equal(pad.image, np.zeros((1, 1, 8, 8)))
    assert_array_equal(panels(pad)["p"], np.zeros((1, 10, 1)))
    assert pad._scenes[0]["panels"][2]["best"] == -1
    assert not pad.bitmap.any()


def test_what_the_browser_sends_is_answered_with_the_reduction_and_the_probabilities():
    pad, model = DigitPad(trained_network()), trained_network()
    draw(pad, nought())
    scores = model.forward(reduce_bitmap(nought()))[0]
    probabilities = np.exp(scores) / np.exp(scores).sum()
    assert_array_equal(pad.bitmap, nought())
    assert_array_equal(panels(pad)["reduced"], reduce_bitmap(nought())[0] * 16)
    assert_array_equal(panels(pad)["normal"][0], normalise_bitmap(nought()))
    assert_allclose(panels(pad)["p"].ravel(), probabilities, rtol=1e-6)
    assert_allclose(pad.probabilities, probabilities, rtol=1e-6)
    assert (pad.answer, words_of(pad)) == (0, f"It says 0, {format_percent(probabilities[0])} sure.")
    assert controls_of(pad)["bitmap"]["value"] == nought().astype(np.uint8).tobytes()
    assert controls_of(pad)["bitmap"]["high"] == 32


def test_each_drawing_is_answered_once():
    pad = DigitPad(trained_network())
    updates = updates_of(pad)
    pad.bitmap = nought()
    draw(pad, seven())
    pad.clear()
    assert len(updates) == 3
    assert (pad.answer, pad.probabilities, repr(pad)) == (None, None, "DigitPad: draw a digit")


@pytest.mark.parametrize(
    "sent", [b"", bytes(31 * 32), bytes(4096), [0] * 1024, "1" * 1024, None, 7, [[True] * 32] * 32]
)
def test_what_is_no_drawing_is_ignored(sent):
    pad = DigitPad(trained_network())
    draw(pad, nought())
    before = state_of(pad)
    ask(pad, {"set": {"bitmap": sent}})
    assert state_of(pad) == before


def test_a_reset_and_a_drawing_that_is_handed_out_leave_the_pad_as_it_is():
    pad = DigitPad(trained_network())
    pad.bitmap = nought()
    with pytest.raises(ValueError, match="read-only"):
        pad.bitmap[0, 0] = True
    drawn = nought()
    pad.bitmap = drawn
    drawn[...] = True
    assert_array_equal(pad.bitmap, nought())
    press(pad, "reset")
    assert pad.answer is None


def test_a_larger_pad_gives_the_same_image():
    small, large = DigitPad(trained_network()), DigitPad(trained_network(), size=64)
    small.bitmap, large.bitmap = nought(), np.kron(nought(), np.ones((2, 2)))
    assert_array_equal(small.image, large.image)
    assert large.bitmap.shape == (64, 64)


def test_two_pads_do_not_share_a_drawing():
    model = trained_network()
    first, second = DigitPad(model), DigitPad(model)
    first.bitmap = nought()
    assert (first.answer, second.answer) == (0, None)


def test_a_network_that_learns_meanwhile_is_not_disturbed_and_is_asked_again():
    model = trained_network()
    pad, x = DigitPad(model), load_digits().x_test[:3]
    model.forward(x)
    before = model.backward(np.ones((3, 10)))
    model.forward(x)
    pad.bitmap = nought()
    assert_array_equal(model.backward(np.ones((3, 10))), before)
    for param in model.params.values():
        param[...] = 0
    pad.refresh()
    assert_allclose(pad.probabilities, np.full(10, 0.1), rtol=1e-6)


@pytest.mark.parametrize("change", [lambda param: param * np.nan, lambda param: param.astype(np.float32)])
def test_no_weights_lead_to_a_traceback(change):
    model = trained_network()
    for layer in model.layers:
        layer.params = {name: change(param) for name, param in layer.params.items()}
    pad = DigitPad(model)
    pad.bitmap = nought()
    assert repr(pad).startswith("DigitPad: answer 0 (")


def test_an_explorer_shows_the_same_image_and_keeps_it_when_the_pad_is_cleared():
    digits, model = load_digits(), trained_network()
    explorer = NetworkExplorer(model, digits.x_test)
    pad, updates = DigitPad(model, explorer=explorer), updates_of(explorer)
    assert_array_equal(panels(explorer)["h0"], digits.x_test[0])
    draw(pad, nought())
    assert_array_equal(panels(explorer)["h0"], pad.image[0])
    assert len(updates) == 1
    pad.clear()
    assert_array_equal(panels(explorer)["h0"], reduce_bitmap(nought())[0])
    assert len(updates) == 1


# --- without a browser, and wrong arguments -------------------------------------------------------------------------


@pytest.mark.parametrize(("bitmap", "text"), [(np.zeros((32, 32)), "draw a digit"), (nought(), "answer 0 (> 99 %)")])
def test_a_picture_and_a_line_of_text_stand_for_the_pad_the_same_in_each_run(bitmap, text):
    bundles = []
    for _ in range(2):
        pad = DigitPad(trained_network())
        pad.bitmap = bitmap
        bundles.append(pad._repr_mimebundle_()[0])
    assert bundles[0]["text/plain"] == f"DigitPad: {text}"
    assert base64.b64decode(bundles[0]["image/png"]).startswith(b"\x89PNG")
    assert bundles[0]["image/png"] == bundles[1]["image/png"]


def coloured():
    rng = np.random.default_rng(0)
    return Sequential(Conv2D(3, 2, 3, rng=rng), Flatten(), Dense(72, 10, rng=rng))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"model": coloured()}, ValueError, "layer 0, "),
        ({"model": Sequential()}, ValueError, "the model's scores .+ must have 2 dimensions"),
        ({"size": 7}, ValueError, r"size \(7\) must be at least 8"),
        ({"size": 10**6}, ValueError, r"size \(1000000\) must be at most 512"),
        ({"size": 8.5}, TypeError, r"size \(8.5\) must be an int"),
        ({"explorer": SimpleNamespace()}, TypeError, r"explorer \(SimpleNamespace\) must have a method show\(image\)"),
    ],
)
def test_an_author_is_told_of_a_pad_that_cannot_work(arguments, error, message):
    with pytest.raises(error, match=message):
        DigitPad(**{"model": trained_network(), **arguments})


@pytest.mark.parametrize(
    ("bitmap", "error", "message"),
    [
        (np.zeros((8, 8)), ValueError, r"bitmap \(shape \(8, 8\)\) must have shape \(32, 32\) \(the pad's size\)"),
        (None, TypeError, r"bitmap \(dtype object\) must hold True and False, or numbers"),
        ([["x"] * 32] * 32, TypeError, r"bitmap \(dtype <U1\) must hold True and False, or numbers"),
        ([[1], [1, 2]], ValueError, r"bitmap must be one array of numbers"),
    ],
)
def test_a_bitmap_that_is_none_is_refused_and_the_old_one_stays(bitmap, error, message):
    pad = DigitPad(trained_network())
    pad.bitmap = nought()
    with pytest.raises(error, match=message):
        pad.bitmap = bitmap
    assert_array_equal(pad.bitmap, nought())
