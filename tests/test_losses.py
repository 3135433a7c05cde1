"""Softmax cross-entropy."""

from __future__ import annotations

import re

import numpy as np
import pytest
import zoo
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cnnlab import reference
from cnnlab.gradcheck import gradient_error, numerical_gradient
from cnnlab.losses import softmax_cross_entropy, softmax_cross_entropy_backward


@st.composite
def batches(draw):
    """Draw logits (N, K) and labels (N,)."""
    n, k = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return rng.uniform(-20, 20, (n, k)), rng.integers(0, k, n)


LOGITS, LABELS = np.log([[1, 2, 5], [4, 2, 2]]), [2, 1]


def test_the_loss_is_the_mean_surprise_at_the_right_class():
    loss, probabilities = softmax_cross_entropy(LOGITS, LABELS)
    assert_allclose(probabilities, [[0.125, 0.25, 0.625], [0.5, 0.25, 0.25]], rtol=1e-15)
    assert loss == pytest.approx((np.log(8 / 5) + np.log(4)) / 2, rel=1e-15)


def test_the_gradient_is_the_probabilities_less_one_at_the_right_class_over_n():
    dlogits = softmax_cross_entropy_backward([[0.125, 0.25, 0.625], [0.5, 0.25, 0.25]], LABELS)
    assert_array_equal(dlogits, [[0.0625, 0.125, -0.1875], [0.25, -0.375, 0.125]])


def check_loss(logits, labels, forward=softmax_cross_entropy, backward=softmax_cross_entropy_backward):
    """Compare the loss, the probabilities and the gradient with the loops."""
    loss, probabilities = forward(logits, labels)
    expected_loss, expected = reference.softmax_cross_entropy(logits, labels)
    assert_allclose(loss, expected_loss, rtol=1e-12, atol=1e-14)
    assert_allclose(probabilities, expected, rtol=1e-12, strict=True)
    dlogits = reference.softmax_cross_entropy_backward(expected, labels)
    assert_allclose(backward(probabilities, labels), dlogits, rtol=1e-12, atol=1e-15, strict=True)


@given(batches())
def test_the_loss_equals_the_loops(batch):
    check_loss(*batch)


@given(batches())
def test_every_row_of_probabilities_adds_up_to_one_and_of_gradients_to_zero(batch):
    logits, labels = batch
    _, probabilities = softmax_cross_entropy(logits, labels)
    dlogits = softmax_cross_entropy_backward(probabilities, labels)
    assert_allclose(probabilities.sum(axis=1), np.ones(len(labels)), rtol=1e-14)
    assert_allclose(dlogits.sum(axis=1), np.zeros(len(labels)), atol=1e-15)


def test_the_gradient_equals_central_differences(rng):
    logits, labels = rng.standard_normal((4, 5)), rng.integers(0, 5, 4)
    _, probabilities = softmax_cross_entropy(logits, labels)
    upstream = np.array(1.7)
    numeric = numerical_gradient(lambda z: np.array(softmax_cross_entropy(z, labels)[0]), logits, upstream)
    assert gradient_error(1.7 * softmax_cross_entropy_backward(probabilities, labels), numeric) < 1e-8


def test_adding_a_number_to_all_logits_changes_nothing():
    loss, probabilities = softmax_cross_entropy([[1, 2, 3]], [0])
    shifted_loss, shifted = softmax_cross_entropy([[1001, 1002, 1003]], [0])
    assert shifted_loss == loss
    assert_array_equal(shifted, probabilities)


@pytest.mark.parametrize("function", [softmax_cross_entropy, reference.softmax_cross_entropy])
def test_huge_logits_do_not_overflow(function):
    loss, probabilities = function([[1e4, -1e4], [-1e4, 1e4]], [0, 0])
    assert loss == 1e4
    assert_array_equal(probabilities, [[1, 0], [0, 1]])
    assert function([[1000, 0]], [0])[0] == 0


@pytest.mark.parametrize("function", [softmax_cross_entropy, reference.softmax_cross_entropy])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite_passes_without_a_warning(value, function):
    loss, probabilities = function([[value, 1], [0, 0]], [0, 0])
    assert np.isnan(loss)
    assert_array_equal(probabilities, [[np.nan, np.nan], [0.5, 0.5]])
    dlogits = softmax_cross_entropy_backward([[value, 1], [0.5, 0.5]], [0, 0])
    assert_array_equal(dlogits, [[value / 2, 0.5], [-0.25, 0.25]])


@pytest.mark.parametrize("name", zoo.LOSS_BACKWARDS)
def test_every_broken_loss_backward_is_caught(name, rng):
    logits, labels = rng.standard_normal((4, 5)), np.array([3, 1, 4, 1])
    check_loss(logits, labels)
    with pytest.raises(AssertionError):
        check_loss(logits, labels, backward=zoo.LOSS_BACKWARDS[name])


def test_float32_stays_float32_and_integers_become_float64():
    loss, probabilities = softmax_cross_entropy(LOGITS.astype(np.float32), LABELS)
    assert isinstance(loss, float)
    assert probabilities.dtype == softmax_cross_entropy_backward(probabilities, LABELS).dtype == np.float32
    assert softmax_cross_entropy([[1, 2]], [0])[1].dtype == np.float64


def test_labels_may_be_of_any_integer_dtype():
    for dtype in (np.uint8, np.uint64):
        check_loss(LOGITS, np.array(LABELS, dtype))


def test_the_probabilities_are_not_written_to():
    probabilities = np.array([[0.5, 0.5]])
    softmax_cross_entropy_backward(probabilities, [0])
    assert_array_equal(probabilities, [[0.5, 0.5]])


@pytest.mark.parametrize(
    ("name", "function"), [("logits", softmax_cross_entropy), ("probabilities", softmax_cross_entropy_backward)]
)
def test_a_bad_argument_is_named(name, function):
    scores = np.full((2, 3), 1 / 3)
    for arguments, error, message in [
        ((scores[0], [0]), ValueError, f"{name} (shape (3,)) must have 2 dimensions (N, K), not 1"),
        ((scores[:0], []), ValueError, f"{name} (shape (0, 3)) must not be empty"),
        ((scores, [0, 3]), ValueError, "labels (3) must be from 0 to 2 (there are 3 classes)"),
        ((scores, [-1, 0]), ValueError, "labels (-1) must be from 0 to 2 (there are 3 classes)"),
        ((scores, [0]), ValueError, "labels (shape (1,)) must have shape (2,) (one for each row)"),
        ((scores, [[0, 1]]), ValueError, "labels (shape (1, 2)) must have shape (2,) (one for each row)"),
        ((scores, [0.0, 1.0]), TypeError, "labels (dtype float64) must be integer"),
        ((scores, np.array([0, 2**63], np.uint64)), ValueError, f"labels ({2**63}) must be at most 2,147,483,647"),
        ((scores, [True, False]), TypeError, "labels (dtype bool) must be integer"),
    ]:
        with pytest.raises(error, match=f"^{re.escape(message)}$"):
            function(*arguments)
