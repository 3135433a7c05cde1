"""Activation functions, each beside its derivative: f bends every z, and f′(z) scales the error on its way back.

A forward takes ``z``, an array of any shape (float32, float64 or integer, which becomes float64), and returns a = f(z).
A backward takes ``da`` too, the gradient of the loss with respect to a, and returns ``dz = da * f′(z)``: the δ of the
node, before its activation. Infinities and NaN are computed with, and raise no warning.

:data:`ACTIVATIONS` is the table of all activations. To add one, write its two functions and add an entry: it then works
as a layer, in the explorers, and in :func:`cnnlab.interop.from_torch`.

>>> invented = Nonlinearity(
...     lambda z: np.logaddexp(0, z),
...     lambda da, z: da * sigmoid(z),
...     ("log(1 + exp(z))", "1 / (1 + exp(−z))"),
...     'C. Dugas et al., "Incorporating second-order functional knowledge for better option pricing" (2000)',
... )
>>> ACTIVATIONS["invented"] = invented
>>> from cnnlab.layers import Activation
>>> Activation("invented").forward([0]).round(4)
array([0.6931])
>>> del ACTIVATIONS["invented"]
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from cnnlab._validate import check_array, check_finite, check_known, check_shaped, without_warnings

__all__ = ["leaky_relu", "relu", "sigmoid", "tanh"]
__all__ += ["leaky_relu_backward", "relu_backward", "sigmoid_backward", "tanh_backward"]


def relu(z: ArrayLike) -> np.ndarray:
    """Return ``max(z, 0)`` of every cell.

    Parameters
    ----------
    z : array, any shape
        float32, float64 or integer (which becomes float64).

    Returns
    -------
    a : array, the shape of z

    Raises
    ------
    TypeError
        If z has another dtype.
    ValueError
        If z is empty.

    Notes
    -----
    Source: V. Nair and G. Hinton, "Rectified linear units improve restricted Boltzmann machines" (2010).

    Examples
    --------
    >>> relu([-2, 0, 3])
    array([0., 0., 3.])
    """
    return np.maximum(check_array("z", z), 0)


def relu_backward(da: ArrayLike, z: ArrayLike) -> np.ndarray:
    """Return ``da`` where z > 0, else 0; at the kink, z = 0, the derivative is taken as 0.

    Parameters
    ----------
    da, z : array, one shape
        The gradient of the loss with respect to a, and the z of the forward.

    Returns
    -------
    dz : array, the shape of z

    Raises
    ------
    TypeError, ValueError
        As :func:`relu`; also if da has another shape or dtype than z.

    Notes
    -----
    Source: as :func:`relu`.

    Examples
    --------
    >>> relu_backward([10, 20, 30], [-2, 0, 3])
    array([ 0.,  0., 30.])
    """
    da, z = _check_pair(da, z)
    return np.where(z > 0, da, 0)


@without_warnings
def leaky_relu(z: ArrayLike, *, slope: float = 0.01) -> np.ndarray:
    """Return z where z > 0, else ``slope * z``, as :func:`relu`: the error never dies.

    Source: A. Maas, A. Hannun and A. Ng, "Rectifier nonlinearities improve neural network acoustic models" (2013).

    Examples
    --------
    >>> leaky_relu([-2, 0, 3], slope=0.5)
    array([-1.,  0.,  3.])
    """
    z, slope = check_array("z", z), check_finite("slope", slope)
    return np.where(z > 0, z, z * slope)


@without_warnings
def leaky_relu_backward(da: ArrayLike, z: ArrayLike, *, slope: float = 0.01) -> np.ndarray:
    """Return ``da`` where z > 0, else ``slope * da``, as :func:`relu_backward`. Source: as :func:`leaky_relu`.

    Examples
    --------
    >>> leaky_relu_backward([10, 20, 30], [-2, 0, 3], slope=0.5)
    array([ 5., 10., 30.])
    """
    (da, z), slope = _check_pair(da, z), check_finite("slope", slope)
    return np.where(z > 0, da, da * slope)


@without_warnings
def sigmoid(z: ArrayLike) -> np.ndarray:
    """Return ``1 / (1 + exp(-z))`` of every cell, as :func:`relu`; written with ``exp(-|z|)``, which cannot overflow.

    Source: D. Rumelhart, G. Hinton and R. Williams, "Learning representations by back-propagating errors" (1986),
    equation 2.

    Examples
    --------
    >>> sigmoid([-1000, 0, 1000])
    array([0. , 0.5, 1. ])
    """
    z = check_array("z", z)
    shrunk = np.exp(-np.abs(z))
    return np.where(z < 0, shrunk, 1) / (1 + shrunk)


@without_warnings
def sigmoid_backward(da: ArrayLike, z: ArrayLike) -> np.ndarray:
    """Return ``da * a * (1 - a)`` with a = sigmoid(z), as :func:`relu_backward`. Source: as :func:`sigmoid`.

    Examples
    --------
    >>> sigmoid_backward([8, 8], [0, 1000])
    array([2., 0.])
    """
    da, z = _check_pair(da, z)
    a = sigmoid(z)
    return da * a * (1 - a)


def tanh(z: ArrayLike) -> np.ndarray:
    """Return the hyperbolic tangent of every cell, from -1 to 1, as :func:`relu`. Source: as :func:`tanh_backward`.

    Examples
    --------
    >>> tanh([-1000, 0, 1000])
    array([-1.,  0.,  1.])
    """
    return np.tanh(check_array("z", z))


@without_warnings
def tanh_backward(da: ArrayLike, z: ArrayLike) -> np.ndarray:
    """Return ``da * (1 - a²)`` with a = tanh(z), as :func:`relu_backward`.

    Source: Y. LeCun, L. Bottou, G. Orr and K.-R. Müller, "Efficient backprop" (1998), section 4.4.

    Examples
    --------
    >>> tanh_backward([8, 8], [0, 1000])
    array([8., 0.])
    """
    da, z = _check_pair(da, z)
    return da * (1 - np.tanh(z) ** 2)


def _check_pair(da: ArrayLike, z: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    z = check_array("z", z)
    return check_shaped("da", da, z.shape, "the shape of z", z=z), z


# --- the table ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Nonlinearity:
    """An entry of :data:`ACTIVATIONS`.

    Attributes
    ----------
    forward : callable
        From ``z, **settings`` to a.
    backward : callable
        From ``da, z, **settings`` to dz.
    words : (str, str)
        f and f′ in plain mathematics; settings are in braces.
    source : str
    settings : dict of float
        The default of each setting.
    torch : str
        Its class in torch.nn, which :func:`cnnlab.interop.from_torch` then takes.
    torch_names : dict of str
        PyTorch's names of settings, where they differ.
    """

    forward: Callable = field(repr=False)  # its repr would contain a memory address
    backward: Callable = field(repr=False)
    words: tuple[str, str]
    source: str = ""
    settings: Mapping[str, float] = field(default_factory=dict)
    torch: str = ""
    torch_names: Mapping[str, str] = field(default_factory=dict)

    def check_settings(self, given: Mapping) -> dict[str, float]:
        """Return the value of each setting: the one given, or its default."""
        check_known(given, self.settings, "a setting of this activation")
        return {name: check_finite(name, given.get(name, default)) for name, default in self.settings.items()}

    def formulas(self, **settings: float) -> tuple[str, str]:
        """Return f and f′ as lines of text.

        Examples
        --------
        >>> ACTIVATIONS["leaky_relu"].formulas(slope=0.5)
        ('f(z) = z where z > 0, else 0.5·z', 'f′(z) = 1 where z > 0, else 0.5')
        """
        values = self.check_settings(settings).items()
        numbers = {name: f"{value:g}" if value >= 0 else f"(−{-value:g})" for name, value in values}
        f, slope = (words.format(**numbers) for words in self.words)
        return f"f(z) = {f}", f"f′(z) = {slope}"


# Each entry looks up its functions when it is called, so that replacing one in this module changes the entry too.
# fmt: off
ACTIVATIONS: dict[str, Nonlinearity] = {
    # name      f                                 f′
    "relu": Nonlinearity(
        lambda z: relu(z),                        lambda da, z: relu_backward(da, z),
        ("max(0, z)",                             "1 where z > 0, else 0"),
        "V. Nair and G. Hinton (2010)", torch="ReLU"),
    "leaky_relu": Nonlinearity(
        lambda z, **s: leaky_relu(z, **s),        lambda da, z, **s: leaky_relu_backward(da, z, **s),
        ("z where z > 0, else {slope}·z",         "1 where z > 0, else {slope}"),
        "A. Maas, A. Hannun and A. Ng (2013)", {"slope": 0.01},
        torch="LeakyReLU", torch_names={"slope": "negative_slope"}),
    "sigmoid": Nonlinearity(
        lambda z: sigmoid(z),                     lambda da, z: sigmoid_backward(da, z),
        ("1 / (1 + exp(−z))",                     "f(z) · (1 − f(z))"),
        "D. Rumelhart, G. Hinton and R. Williams (1986)", torch="Sigmoid"),
    "tanh": Nonlinearity(
        lambda z: tanh(z),                        lambda da, z: tanh_backward(da, z),
        ("tanh(z)",                               "1 − f(z)²"),
        "Y. LeCun, L. Bottou, G. Orr and K.-R. Müller (1998)", torch="Tanh"),
}
# fmt: on
