"""Optimizers: the update rules of gradient descent. They change the parameters in place and keep running means."""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from cnnlab._validate import (
    Arrays,
    check_changeable,
    check_named,
    check_positive,
    check_shape,
    check_shaped,
    check_share,
    without_warnings,
)

__all__ = ["SGD", "Adam"]


class SGD:
    """Stochastic gradient descent with momentum: ``v = momentum * v + grad``, then ``param -= learning_rate * v``.

    Parameters
    ----------
    learning_rate : float
        Greater than 0.
    momentum : float
        From 0 (none) to less than 1.

    Raises
    ------
    TypeError
        If an argument is not a number.
    ValueError
        If an argument is out of its range, or NaN.

    Notes
    -----
    An optimizer remembers its steps: make a new one for another model. Source: I. Sutskever et al., "On the
    importance of initialization and momentum in deep learning" (2013), in PyTorch's form.

    Examples
    --------
    >>> optimizer, w = SGD(0.5, momentum=0.9), np.array([1.0])
    >>> optimizer.update({"w": w}, {"w": np.array([0.2])})
    >>> optimizer.update({"w": w}, {"w": np.array([0.2])})
    >>> w
    array([0.71])
    """

    def __init__(self, learning_rate: float, momentum: float = 0.0):
        self.learning_rate = check_positive("learning_rate", learning_rate)
        self.momentum = check_share("momentum", momentum)
        self._velocity: Arrays = {}

    def __repr__(self) -> str:
        return f"SGD({self.learning_rate}, momentum={self.momentum})"

    @without_warnings
    def update(self, params: Arrays, grads: Mapping[str, ArrayLike]) -> None:
        """Change every parameter in place, or none and raise an error if a parameter or a gradient is unfit."""
        grads = check_gradients(params, grads, self._velocity)
        velocity = {name: self.momentum * self._velocity.get(name, 0.0) + grad for name, grad in grads.items()}
        for name, param in params.items():
            param -= self.learning_rate * velocity[name]
        self._velocity |= velocity


class Adam:
    """Steps of about ``learning_rate`` in each parameter: the mean gradient over the root of its mean square.

    Parameters
    ----------
    learning_rate : float
        Greater than 0.
    beta1, beta2 : float
        How much of the two running means stays at each step, from 0 to less than 1.
    epsilon : float
        Greater than 0; keeps the quotient finite.

    Raises
    ------
    TypeError, ValueError
        As :class:`SGD`.

    Notes
    -----
    An optimizer remembers its steps: make a new one for another model. Source: D. Kingma and J. Ba, "Adam: a method
    for stochastic optimization" (2015), algorithm 1.

    Examples
    --------
    >>> optimizer, w = Adam(0.1), np.array([1.0, 1.0])
    >>> optimizer.update({"w": w}, {"w": np.array([0.001, -1000.0])})
    >>> w.round(3)
    array([0.9, 1.1])
    """

    def __init__(self, learning_rate: float = 1e-3, *, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8):
        self.learning_rate = check_positive("learning_rate", learning_rate)
        self.beta1, self.beta2 = check_share("beta1", beta1), check_share("beta2", beta2)
        self.epsilon = check_positive("epsilon", epsilon)
        self._steps = 0
        self._mean: Arrays = {}
        self._square: Arrays = {}

    def __repr__(self) -> str:
        return f"Adam({self.learning_rate})"

    @without_warnings
    def update(self, params: Arrays, grads: Mapping[str, ArrayLike]) -> None:
        """Change every parameter in place, or none and raise an error if a parameter or a gradient is unfit."""
        grads = check_gradients(params, grads, self._mean)
        steps, mean, square = self._steps + 1, {}, {}
        rate = self.learning_rate / (1 - self.beta1**steps)
        correction = 1 / math.sqrt(1 - self.beta2**steps)
        for name, grad in grads.items():
            m, v = self._mean.get(name, 0.0), self._square.get(name, 0.0)
            mean[name] = m + (1 - self.beta1) * (grad - m)
            square[name] = v + (1 - self.beta2) * (grad**2 - v)
        for name, param in params.items():
            param -= rate * mean[name] / (correction * np.sqrt(square[name]) + self.epsilon)
        self._steps = steps
        self._mean |= mean
        self._square |= square


def check_gradients(params: Arrays, grads: Mapping[str, ArrayLike], memory: Arrays) -> Arrays:
    """Return the gradient of each parameter; it and the optimizer's running means must match the parameter's shape.

    Examples
    --------
    >>> check_gradients({"w": np.zeros(2)}, {"w": [1, 1]}, memory={})
    {'w': array([1., 1.])}
    """
    check_named("params", params)
    check_named("grads", grads)
    checked = {}
    for name, param in params.items():
        check_changeable(name, param)
        if name not in grads:
            raise ValueError(f"grads must hold {name}: go backward first")
        title = f"the gradient of {name}"
        checked[name] = check_shaped(title, grads[name], param.shape, f"that of {name}", **{name: param})
        why = f"that of {name}; make a new one for another model"
        check_shape("the optimizer's memory", memory.get(name, param), param.shape, why)
    return checked
