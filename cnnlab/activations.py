"""Activation functions, each beside its derivative: f bends every z, and f′(z) scales the error on its way back.

Every backward takes ``da``, the gradient of the loss with respect to a = f(z), and returns ``dz = da * f′(z)``: the
δ of the node, before its activation.
"""

from __future__ import annotations

import numpy as np

from cnnlab.checks import check_array, check_number, check_same_dtype, check_shape


def relu(z):
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
    return np.maximum(_check("z", z), 0)


def relu_backward(da, z):
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
    TypeError
        If da or z has another dtype than float32, float64 or integer, or they differ.
    ValueError
        If z is empty, or da has another shape.

    Notes
    -----
    Source: as :func:`relu`.

    Examples
    --------
    >>> relu_backward([10, 20, 30], [-2, 0, 3])
    array([ 0.,  0., 30.])
    """
    da, z = _check_gradient(da, z)
    return np.where(z > 0, da, 0)


def leaky_relu(z, *, slope=0.01):
    """Return z where z > 0, else ``slope * z``: the error never dies.

    Parameters
    ----------
    z : array, any shape
        float32, float64 or integer (which becomes float64).
    slope : float
        f′(z) below 0.

    Returns
    -------
    a : array, the shape of z

    Raises
    ------
    TypeError, ValueError
        As :func:`relu`.

    Notes
    -----
    Source: A. Maas, A. Hannun and A. Ng, "Rectifier nonlinearities improve neural network acoustic models" (2013).

    Examples
    --------
    >>> leaky_relu([-2, 0, 3], slope=0.5)
    array([-1.,  0.,  3.])
    """
    z = _check("z", z)
    return np.where(z > 0, z, z * check_number("slope", slope))


def leaky_relu_backward(da, z, *, slope=0.01):
    """Return ``da`` where z > 0, else ``slope * da``.

    Parameters, errors and result are those of :func:`relu_backward`, and ``slope`` of :func:`leaky_relu`.

    Notes
    -----
    Source: as :func:`leaky_relu`.

    Examples
    --------
    >>> leaky_relu_backward([10, 20, 30], [-2, 0, 3], slope=0.5)
    array([ 5., 10., 30.])
    """
    da, z = _check_gradient(da, z)
    return np.where(z > 0, da, da * check_number("slope", slope))


def sigmoid(z):
    """Return ``1 / (1 + exp(-z))`` of every cell, from 0 to 1.

    Parameters, errors and result are those of :func:`relu`.

    Notes
    -----
    Written with ``exp(-|z|)``, which cannot overflow. Source: D. Rumelhart, G. Hinton and R. Williams, "Learning
    representations by back-propagating errors" (1986), equation 2.

    Examples
    --------
    >>> sigmoid([-1000, 0, 1000])
    array([0. , 0.5, 1. ])
    """
    z = _check("z", z)
    shrunk = np.exp(-np.abs(z))
    return np.where(z < 0, shrunk, 1) / (1 + shrunk)


def sigmoid_backward(da, z):
    """Return ``da * a * (1 - a)`` with a = sigmoid(z): at most a quarter of the error goes on.

    Parameters, errors and result are those of :func:`relu_backward`.

    Notes
    -----
    Source: as :func:`sigmoid`.

    Examples
    --------
    >>> sigmoid_backward([8, 8], [0, 1000])
    array([2., 0.])
    """
    da, z = _check_gradient(da, z)
    a = sigmoid(z)
    return da * a * (1 - a)


def tanh(z):
    """Return the hyperbolic tangent of every cell, from -1 to 1.

    Parameters, errors and result are those of :func:`relu`.

    Notes
    -----
    Source: as :func:`tanh_backward`.

    Examples
    --------
    >>> tanh([-1000, 0, 1000])
    array([-1.,  0.,  1.])
    """
    return np.tanh(_check("z", z))


def tanh_backward(da, z):
    """Return ``da * (1 - a²)`` with a = tanh(z).

    Parameters, errors and result are those of :func:`relu_backward`.

    Notes
    -----
    Source: Y. LeCun, L. Bottou, G. Orr and K.-R. Müller, "Efficient backprop" (1998), section 4.4.

    Examples
    --------
    >>> tanh_backward([8, 8], [0, 1000])
    array([8., 0.])
    """
    da, z = _check_gradient(da, z)
    return da * (1 - np.tanh(z) ** 2)


def _check(name: str, value) -> np.ndarray:
    return check_array(name, value)


def _check_gradient(da, z) -> tuple[np.ndarray, np.ndarray]:
    da, z = _check("da", da), _check("z", z)
    check_shape("da", da, z.shape, "the shape of z")
    check_same_dtype(da=da, z=z)
    return da, z
