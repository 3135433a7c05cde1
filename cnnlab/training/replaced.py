"""A network that learns from gradients of somebody else's making: to see what a wrong one does to it."""

from __future__ import annotations

from copy import deepcopy

import numpy as np

from cnnlab.checks import check_array, check_has, check_shape, shown
from cnnlab.layers import Conv2D
from cnnlab.network import Sequential


class ReplacedGradients(Conv2D):
    """A copy of a convolution, with functions in the place of some of its gradients; see :func:`replace_gradients`.

    Examples
    --------
    >>> layer = ReplacedGradients(Conv2D(1, 1, 1, rng=np.random.default_rng(0)), {"db": lambda dy, x, w, **s: [5]})
    >>> layer.backward(layer.forward([[[[7]]]])).shape, layer.grads["b"]
    ((1, 1, 1, 1), array([5.]))
    """

    def __init__(self, layer, functions):
        super().__init__(*layer.sizes, rng=np.random.default_rng(0), **layer.settings)
        self.params, self._functions = deepcopy(layer.params), functions

    def _backward(self, dy, x):
        dx, grads = super()._backward(dy, x)
        found = {"dx": dx, "dw": grads["w"], "db": grads["b"]}
        for name, function in self._functions.items():
            given = check_array(name, function(dy, x, self.params["w"], **self.settings))
            check_shape(name, given, found[name].shape, f"that of {name[1:]}")
            found[name] = given
        return found["dx"], {"w": found["dw"], "b": found["db"]}


def replace_gradients(model, **functions) -> Sequential:
    """Return a copy of a model whose convolutions take some of their gradients from other functions.

    Parameters
    ----------
    model : Sequential
    **functions
        ``dx``, ``dw`` or ``db``: called as ``dx(dy, x, w, stride=1, padding=0, dilation=1, groups=1)``, as
        :func:`cnnlab.conv2d_backward`. The gradients that are not named stay the right ones.

    Raises
    ------
    TypeError
        If a gradient has another name, or is no function; from the backward, if it returns no array of numbers.
    ValueError
        From the backward, if a function returns another shape than that of the gradient.

    Examples
    --------
    >>> model = Sequential(Conv2D(1, 2, 2, rng=np.random.default_rng(0)))
    >>> broken = replace_gradients(model, db=lambda dy, x, w, **settings: dy[0].sum(axis=(1, 2)))
    >>> dy = np.ones((3, 2, 1, 1)) + 0 * broken.forward(np.ones((3, 1, 2, 2)))
    >>> broken.backward(dy).shape, broken.grads["0.b"]
    ((3, 1, 2, 2), array([1., 1.]))
    """
    check_has("model", model, "layers")
    for name, function in functions.items():
        if name not in ("dx", "dw", "db"):
            raise TypeError(f"{name} must be one of dx, dw, db")
        if not callable(function):
            raise TypeError(f"{name} ({shown(function)}) must be a function of dy, x, w and the settings")
    replaced = (
        ReplacedGradients(layer, functions) if isinstance(layer, Conv2D) else deepcopy(layer) for layer in model.layers
    )
    return Sequential(*replaced)
