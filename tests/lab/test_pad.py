"""DigitPad without a browser: how a drawing is normalised, what the network is asked, and what is shown of it."""

from __future__ import annotations

import base64
import importlib.util
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from explorer_steps import ask, controls_of, panels, press, state_of, updates_of, words_of
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from cnnlab import load_mnist, trained_network
from cnnlab.data import FOLDER, normalise_bitmap
from cnnlab.lab import DigitPad, NetworkExplorer, PhotoExplorer
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


def test_the_longer_side_is_20_pixels_and_the_other_keeps_its_proportion():
    for height, width, expected in [(10, 5, (20, 10)), (26, 26, (20, 20)), (3, 30, (2, 20)), (32, 1, (20, 1))]:
        image = normalise_bitmap(box((0, height), (0, width)))[0, 0]
        assert (image.any(axis=1).sum(), image.any(axis=0).sum()) == expected
        assert_allclose(image[image > 0], 1)


def test_a_pixel_is_the_share_of_its_area_that_is_on():
    bitmap = box((0, 30), (0, 30)) & ~box((10, 20), (10, 20))  # 1.5 cells a pixel: the hole is 6 2/3 pixels wide
    image = normalise_bitmap(bitmap)[0, 0, 4:24, 4:24]
    assert_allclose(image[10], [*[1] * 6, 2 / 3, *[0] * 6, 2 / 3, *[1] * 6], atol=1e-12)
    assert_allclose(image.sum() * 1.5**2, bitmap.sum())


def test_the_centre_of_mass_is_in_the_pixel_where_the_data_set_has_it():
    rows, columns = np.ogrid[:32, :32]
    images = [normalise_bitmap(bitmap) for bitmap in (nought(), seven(), np.abs(columns - 25 + rows // 2) <= 3)]
    middles = np.arange(28) + 0.5
    for x in (*images, load_mnist().x_test[:50]):
        centres = [x.sum(axis=axes) @ middles / x.sum(axis=(1, 2, 3)) for axes in ((1, 3), (1, 2))]
        assert_array_equal(np.floor(np.array(centres) + 1e-9), np.full((2, len(x)), 14))


def test_the_whole_of_a_lopsided_digit_stays_in_the_image():
    image = normalise_bitmap(box((0, 30), (0, 30)) & ~box((0, 29), (1, 30)))
    assert (image[0, 0].any(axis=1).sum(), image[0, 0].any(axis=0).sum()) == (20, 20)


bitmaps = arrays(bool, st.tuples(st.integers(1, 16), st.integers(1, 16)))


@given(bitmaps, st.integers(1, 4), st.tuples(st.integers(0, 9), st.integers(0, 9)))
def test_neither_place_nor_size_matters(bitmap, times, corner):
    assume(bitmap.any())
    larger = np.pad(np.kron(bitmap, np.ones((times, times), bool)), [(before, 3) for before in corner])
    assert_allclose(normalise_bitmap(larger), normalise_bitmap(bitmap), atol=1e-12)


@given(bitmaps)
def test_any_bitmap_gives_an_image_from_paper_to_ink(bitmap):
    image = normalise_bitmap(bitmap)
    assert image.shape == (1, 1, 28, 28)
    assert 0 <= image.min() <= image.max() <= 1 + 1e-12
    assert image.any() == bitmap.any()


def test_a_drawing_is_among_the_data_set_s_images_in_ink():
    ink = load_mnist().x_train.sum(axis=(1, 2, 3))
    assert np.percentile(ink, 1) <= normalise_bitmap(nought()).sum() <= np.percentile(ink, 99)


def test_nothing_drawn_is_an_empty_image():
    assert_array_equal(normalise_bitmap(np.zeros((32, 32))), np.zeros((1, 1, 28, 28)))


@pytest.mark.parametrize("shape", [(32,), (1, 32, 32), (0, 32)])
def test_what_is_no_plane_of_cells_is_refused(shape):
    with pytest.raises(ValueError, match=r"^bitmap \(shape .+\) must be a plane of cells \(H, W\)$"):
        normalise_bitmap(np.ones(shape))


# --- the answer -----------------------------------------------------------------------------------------------------


def draw(pad, bitmap) -> None:
    """Draw as the browser does: a byte a cell."""
    ask(pad, {"set": {"bitmap": memoryview(bitmap.astype(np.uint8).tobytes())}})


def test_an_empty_pad_asks_for_a_digit_and_has_no_answer():
    pad = DigitPad(trained_network())
    assert (pad.answer, pad.probabilities, repr(pad)) == (None, None, "DigitPad: draw a digit")
    assert words_of(pad) == "Draw a digit."
    assert_array_equal(pad.image, np.zeros((1, 1, 28, 28)))
    assert_array_equal(panels(pad)["p"], np.zeros((1, 10, 1)))
    assert pad._scenes[0]["panels"][1]["best"] == -1
    assert not pad.bitmap.any()


def test_what_the_browser_sends_is_answered_with_the_image_and_the_probabilities():
    pad, model = DigitPad(trained_network()), trained_network()
    draw(pad, nought())
    scores = model.forward(normalise_bitmap(nought()))[0]
    probabilities = np.exp(scores) / np.exp(scores).sum()
    assert_array_equal(pad.bitmap, nought())
    assert_array_equal(panels(pad)["normal"], normalise_bitmap(nought())[0])
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


def test_a_drawing_is_a_photograph_for_a_kernel():
    pad = DigitPad(trained_network())
    draw(pad, nought())
    explorer = PhotoExplorer(1.0 - pad.bitmap, "identity")
    assert_array_equal(explorer.y[0, 0], ~nought()[1:-1, 1:-1])


def test_a_larger_pad_gives_the_same_image():
    small, large = DigitPad(trained_network()), DigitPad(trained_network(), size=64)
    small.bitmap, large.bitmap = nought(), np.kron(nought(), np.ones((2, 2)))
    assert_allclose(small.image, large.image, atol=1e-12)
    assert large.bitmap.shape == (64, 64)


def test_two_pads_do_not_share_a_drawing():
    model = trained_network()
    first, second = DigitPad(model), DigitPad(model)
    first.bitmap = nought()
    assert (first.answer, second.answer) == (0, None)


def test_a_network_that_learns_meanwhile_is_not_disturbed_and_is_asked_again():
    model = trained_network()
    pad, x = DigitPad(model), load_mnist().x_test[:3]
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


def test_an_explorer_shows_the_same_image_and_its_own_again_when_the_pad_is_cleared():
    digits, model = load_mnist(), trained_network()
    explorer = NetworkExplorer(model, digits.x_test)
    pad, updates = DigitPad(model, explorer=explorer), updates_of(explorer)
    assert_array_equal(panels(explorer)["h0"], digits.x_test[0])
    draw(pad, nought())
    assert_array_equal(panels(explorer)["h0"], pad.image[0])
    assert len(updates) == 1
    pad.clear()
    assert_array_equal(panels(explorer)["h0"], digits.x_test[0])
    assert len(updates) == 2


def test_a_pad_among_the_images_draws_what_the_network_reads_and_clearing_it_brings_the_image_back():
    digits, model = load_mnist(), trained_network()
    explorer = NetworkExplorer(model, digits.x_test, digits.y_test, pad=True)
    explorer.image = 5
    draw(explorer, nought())
    assert repr(explorer) == "NetworkExplorer: a drawing, answer 0"
    assert_array_equal(panels(explorer)["h0"], normalise_bitmap(nought())[0].astype(explorer.images.dtype))
    draw(explorer, np.zeros((32, 32), bool))
    assert explorer.image == 5
    with pytest.raises(ValueError, match=r"images \(shape"):
        NetworkExplorer(
            Sequential(Flatten(), Dense(64, 10, rng=np.random.default_rng(0))), np.ones((1, 1, 8, 8)), pad=True
        )


# --- hands that the network has not learnt from -----------------------------------------------------------------------


def arc(x, y, wide, high, first, last):
    """Return points of an ellipse, from one angle to another: 0 is right, 90 down."""
    angles = np.radians(np.linspace(first, last, 16))
    return np.stack([x + wide * np.cos(angles), y + high * np.sin(angles)], axis=1)


STROKES = {  # of each digit, in a square of side 1: x to the right, y down
    0: [arc(0.5, 0.5, 0.35, 0.5, -90, 270)],
    1: [[(0.5, 0), (0.5, 1)]],
    2: [[*arc(0.5, 0.27, 0.3, 0.27, 190, 380), (0.2, 1), (0.82, 1)]],
    3: [[*arc(0.47, 0.25, 0.28, 0.25, 200, 450), *arc(0.47, 0.74, 0.32, 0.26, 270, 520)]],
    4: [[(0.6, 0), (0.15, 0.65), (0.85, 0.65)], [(0.62, 0.35), (0.62, 1)]],
    5: [[(0.78, 0), (0.28, 0), (0.25, 0.42), *arc(0.48, 0.68, 0.3, 0.31, 220, 500)]],
    6: [[(0.7, 0), (0.42, 0.25), (0.24, 0.6), *arc(0.5, 0.72, 0.27, 0.27, 180, 540)]],
    7: [[(0.15, 0.02), (0.82, 0.02), (0.42, 1)], [(0.32, 0.5), (0.75, 0.5)]],
    8: [[*arc(0.5, 0.25, 0.25, 0.25, -60, -420), *arc(0.5, 0.74, 0.3, 0.26, -90, 270)]],
    9: [[*arc(0.5, 0.27, 0.26, 0.27, -20, 340), (0.75, 0.3), (0.7, 1)]],
}


def drawn(label, rng, size=32):
    """Return a bitmap of a digit in the pad's pen, each time of another size, slant and place, by a trembling hand."""
    slant, height, pen = rng.normal(0.1, 0.15), rng.uniform(0.5, 0.85) * size, 3.5 / 32 * size
    shape = np.array([[0.7, 0], [-slant, 1]]) * height
    strokes = [(np.asarray(stroke) - 0.5 + rng.normal(0, 0.015, (len(stroke), 2))) @ shape for stroke in STROKES[label]]
    middle, bitmap = size / 2 + rng.uniform(-0.05, 0.05, 2) * size, np.zeros((size, size), bool)
    cells = np.stack(np.meshgrid(*[np.arange(size) + 0.5] * 2), axis=-1) - middle
    for start, end in (pair for stroke in strokes for pair in pairwise(stroke)):
        along = np.clip((cells - start) @ (end - start) / ((end - start) @ (end - start) + 1e-9), 0, 1)
        bitmap |= np.linalg.norm(cells - start - along[..., None] * (end - start), axis=-1) <= pen / 2
    return bitmap


def test_nine_in_ten_digits_by_other_hands_are_read_right(rng):
    spec = importlib.util.spec_from_file_location("train", Path(__file__).parents[2] / ".ci/train.py")
    train = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(train)
    model, file = trained_network(), np.load(FOLDER / "digits.npz")
    unseen = train.enlarged(file["images"][train.FORMS :], 32, 0.4)  # by writers that the network has not learnt from
    strokes = [drawn(label, rng) for label in range(10) for _ in range(20)]
    for bitmaps, labels in ((unseen, file["labels"][train.FORMS :]), (strokes, np.repeat(np.arange(10), 20))):
        images = np.concatenate([normalise_bitmap(bitmap) for bitmap in bitmaps])
        assert (model.forward(images).argmax(axis=1) == labels).mean() >= 0.9


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
        ({"model": Sequential()}, ValueError, "logits .+ must have 2 dimensions"),
        ({"size": 7}, ValueError, r"size \(7\) must be at least 8"),
        ({"size": 10**6}, ValueError, r"size \(1000000\) must be at most 512"),
        ({"size": 8.5}, TypeError, r"size \(8.5\) must be an int"),
        ({"explorer": SimpleNamespace()}, TypeError, r"explorer \(SimpleNamespace\) must have show"),
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
