"""Optimizers: what a step down the gradient is. Each changes the parameters in place and remembers its steps."""

from __future__ import annotations

import math

import numpy as np

from cnnlab.checks import check_array, check_number, check_same_dtype, check_shape


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

    def __init__(self, learning_rate, momentum=0.0):
        self.learning_rate = check_positive("learning_rate", learning_rate)
        self.momentum = check_share("momentum", momentum)
        self._velocity = {}

    def __repr__(self):
        return f"SGD({self.learning_rate}, momentum={self.momentum})"

    def update(self, params, grads) -> None:
        """Change every parameter in place; nothing, and an error, where a gradient is missing or misfits."""
        grads = check_gradients(params, grads, self._velocity)
        for name, param in params.items():
            velocity = self._velocity.setdefault(name, np.zeros_like(param))
            velocity *= self.momentum
            velocity += grads[name]
            param -= self.learning_rate * velocity


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

    def __init__(self, learning_rate=0.001, *, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.learning_rate = check_positive("learning_rate", learning_rate)
        self.beta1, self.beta2 = check_share("beta1", beta1), check_share("beta2", beta2)
        self.epsilon = check_positive("epsilon", epsilon)
        self._steps, self._mean, self._square = 0, {}, {}

    def __repr__(self):
        return f"Adam({self.learning_rate})"

    def update(self, params, grads) -> None:
        """Change every parameter in place; nothing, and an error, where a gradient is missing or misfits."""
        grads = check_gradients(params, grads, self._mean)
        self._steps += 1
        rate = self.learning_rate / (1 - self.beta1**self._steps)
        correction = 1 / math.sqrt(1 - self.beta2**self._steps)
        for name, param in params.items():
            mean = self._mean.setdefault(name, np.zeros_like(param))
            square = self._square.setdefault(name, np.zeros_like(param))
            mean += (1 - self.beta1) * (grads[name] - mean)
            square += (1 - self.beta2) * (grads[name] ** 2 - square)
            param -= rate * mean / (correction * np.sqrt(square) + self.epsilon)


def check_gradients(params: dict, grads: dict, memory: dict) -> dict[str, np.ndarray]:
    """Return the gradient of each parameter; it, and what an optimizer remembers, must fit the parameter.

    Examples
    --------
    >>> check_gradients({"w": np.zeros(2)}, {"w": [1, 1]}, memory={})
    {'w': array([1., 1.])}
    """
    checked = {}
    for name, param in params.items():
        if not isinstance(param, np.ndarray) or param.dtype not in (np.float32, np.float64):
            raise TypeError(f"{name} ({param!r}) must be a float32 or float64 array: it is changed in place")
        if name not in grads:
            raise ValueError(f"grads must hold {name}: go backward first")
        title = f"the gradient of {name}"
        checked[name] = check_array(title, grads[name])
        check_shape(title, checked[name], param.shape, f"that of {name}")
        check_same_dtype(**{title: checked[name], name: param})
        why = f"that of {name}; make a new one for another model"
        check_shape("the optimizer's memory", memory.get(name, param), param.shape, why)
    return checked


def check_positive(name: str, value) -> float:
    """Return ``value`` as a finite float greater than 0.

    Examples
    --------
    >>> check_positive("learning_rate", 1)
    1.0
    """
    number = check_number(name, value)
    if not 0 < number < math.inf:
        raise ValueError(f"{name} ({value}) must be greater than 0, and finite")
    return number


def check_share(name: str, value) -> float:
    """Return ``value`` as a float from 0 to less than 1.

    Examples
    --------
    >>> check_share("momentum", 0)
    0.0
    """
    number = check_number(name, value)
    if not 0 <= number < 1:
        raise ValueError(f"{name} ({value}) must be at least 0 and less than 1")
    return number
