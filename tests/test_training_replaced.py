"""Networks with gradients that are not their own."""

from __future__ import annotations

import pickle
import re

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from cnnlab import Conv2D, ReLU, Sequential, conv2d_backward
from cnnlab.training import replace_gradients

X, DY = (np.random.default_rng(seed).normal(size=(3, 2, 4, 4)) for seed in (1, 2))


def network() -> Sequential:
    rng = np.random.default_rng(0)
    return Sequential(Conv2D(2, 3, 3, padding=1, rng=rng), ReLU(), Conv2D(3, 2, 3, padding=1, rng=rng))


def backward(model) -> dict[str, np.ndarray]:
    """Return all gradients after a forward and a backward."""
    model.forward(X)
    return {"dx": model.backward(DY), **model.grads}


def first_image(dy, x, w, **settings):
    return dy[0].sum(axis=(1, 2))


def turned(dy, x, w, **settings):
    return conv2d_backward(dy, x, w[..., ::-1, ::-1], **settings)[0]


def test_without_functions_it_is_a_copy_that_learns_alike():
    model = network()
    copied = replace_gradients(model)
    for name, gradient in backward(model).items():
        assert_array_equal(backward(copied)[name], gradient)
    copied.params["0.w"][:] = 0
    assert model.params["0.w"].all()


def test_each_convolution_gets_the_gradient_of_the_function_and_keeps_its_others():
    model = network()
    right, replaced = (
        backward(model),
        backward(replace_gradients(model, dw=lambda dy, x, w, **s: 2 * w, db=first_image)),
    )
    assert_array_equal(replaced["dx"], right["dx"])
    for name in ("0.w", "2.w"):
        assert_array_equal(replaced[name], 2 * model.params[name])
    assert_array_equal(replaced["2.b"], DY[0].sum(axis=(1, 2)))


def test_a_wrong_dx_goes_on_to_the_layers_below():
    model = network()
    model.forward(X)
    above, below = model.layers[2], model.layers[0]
    delta = model.layers[1].backward(turned(DY, above._kept[0], above.params["w"], **above.settings))
    replaced = backward(replace_gradients(model, dx=turned))
    assert_array_equal(replaced["0.w"], conv2d_backward(delta, X, below.params["w"], padding=1)[1])
    assert_array_equal(replaced["dx"], turned(delta, X, below.params["w"], padding=1))


@pytest.mark.parametrize(
    ("functions", "error", "message"),
    [
        ({"dz": abs}, TypeError, "dz must be one of dx, dw, db"),
        ({"dw": 3}, TypeError, "dw (3) must be a function of dy, x, w and the settings"),
    ],
)
def test_what_is_no_gradient_is_refused(functions, error, message):
    with pytest.raises(error, match=re.escape(message)):
        replace_gradients(network(), **functions)


def test_a_function_that_returns_another_shape_is_named():
    with pytest.raises(ValueError, match=r"dw \(shape \(2, 3\)\) must have shape \(2, 3, 3, 3\) \(that of w\)"):
        backward(replace_gradients(network(), dw=lambda dy, x, w, **s: w[..., 0, 0]))


def test_a_model_with_replaced_gradients_can_be_pickled():
    broken = replace_gradients(network(), db=first_image)
    for name, array in backward(pickle.loads(pickle.dumps(broken))).items():
        assert_array_equal(array, backward(broken)[name])
