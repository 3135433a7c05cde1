"""Optimizers: what a step down the gradient is. Each changes the parameters in place and remembers its steps."""

from __future__ import annotations

import math

import numpy as np

from cnnlab.checks import check_number, check_shape


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
        """Change every parameter in place; ValueError where a gradient is missing or has another shape."""
        for name, param in params.items():
            velocity = self._velocity.setdefault(name, np.zeros_like(param))
            grad = check_gradient(name, param, grads, velocity)
            velocity *= self.momentum
            velocity += grad
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
        """Change every parameter in place; ValueError where a gradient is missing or has another shape."""
        self._steps += 1
        rate = self.learning_rate / (1 - self.beta1**self._steps)
        correction = 1 / math.sqrt(1 - self.beta2**self._steps)
        for name, param in params.items():
            mean = self._mean.setdefault(name, np.zeros_like(param))
            square = self._square.setdefault(name, np.zeros_like(param))
            grad = check_gradient(name, param, grads, mean)
            mean += (1 - self.beta1) * (grad - mean)
            square += (1 - self.beta2) * (grad**2 - square)
            param -= rate * mean / (correction * np.sqrt(square) + self.epsilon)


def check_gradient(name: str, param: np.ndarray, grads: dict, memory: np.ndarray) -> np.ndarray:
    """Return the gradient of a parameter; it, and what an optimizer remembers, must have the parameter's shape.

    Examples
    --------
    >>> check_gradient("w", np.zeros(2), {"w": np.ones(2)}, np.zeros(2))
    array([1., 1.])
    """
    if name not in grads:
        raise ValueError(f"grads must hold {name}: go backward first")
    grad = np.asarray(grads[name])
    check_shape(f"the gradient of {name}", grad, param.shape, f"that of {name}")
    check_shape("the optimizer's memory", memory, param.shape, f"that of {name}; make a new one for another model")
    return grad


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
