"""Numerical gradients: slow, but independent of the backward pass, so they catch a wrong one."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from cnnlab._validate import check_array, check_positive, check_shaped, shown, without_warnings

__all__ = ["gradient_error", "numerical_gradient"]


@without_warnings
def numerical_gradient(f: Callable[..., ArrayLike], x: ArrayLike, dy: ArrayLike, *, step: float = 1e-5) -> np.ndarray:
    """Return the gradient of the loss with respect to x by central differences.

    Each cell of x is nudged up and down by ``step``; the change of f(x), weighted by dy, is the change of the loss.

    Parameters
    ----------
    f : callable
        Takes an array of the shape of x and returns the array y. Its other arguments stay fixed.
    x : array, any shape
        float64 or integer (which becomes float64); float32 works, but its rounding drowns a small step.
    dy : array, the shape of f(x)
        The gradient of the loss with respect to y. Use random numbers: ones hide, for example, a kernel that is not
        turned.
    step : float
        In the unit of x. A large step suffers from the curvature of f, a small one from rounding.

    Returns
    -------
    dx : array, the shape of x

    Raises
    ------
    TypeError
        If f is no function, x or dy is neither float32, float64 nor integer, or the step is no number.
    ValueError
        If x is empty, dy does not have the shape of f(x), or the step is not positive and finite.

    Notes
    -----
    Source: Y. Bengio, "Practical recommendations for gradient-based training of deep architectures" (2012),
    section 4.2.

    Examples
    --------
    >>> numerical_gradient(np.square, [1.0, 2.0, 3.0], [1.0, 10.0, 100.0]).round(6)
    array([  2.,  40., 600.])
    """
    if not callable(f):
        raise TypeError(f"f ({shown(f)}) must be a function of x")
    x, step = check_array("x", x).copy(), check_positive("step", step)
    y = check_array("f(x)", f(x.copy()))
    dy = check_shaped("dy", dy, y.shape, "that of f(x)").copy()  # a copy: f may write each answer into one array
    dx = np.zeros_like(x)
    for cell in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[cell] += step
        below[cell] -= step
        gained = check_array("f(x)", f(above)).copy()
        change = gained - check_array("f(x)", f(below))
        dx[cell] = np.sum(dy * change) / (2 * step)
    return dx


@without_warnings
def gradient_error(analytic: ArrayLike, numeric: ArrayLike) -> float:
    """Return the greatest difference between two gradients, relative to the largest magnitude in either.

    Parameters
    ----------
    analytic, numeric : array, one shape
        The gradient of a backward pass, and that of :func:`numerical_gradient`.

    Returns
    -------
    float
        0 if they are equal; about 1e-9 is rounding, more than 1e-4 is a mistake.

    Raises
    ------
    TypeError
        If an array is neither float32, float64 nor integer.
    ValueError
        If an array is empty, or the shapes differ.

    Notes
    -----
    Source: the relative error of A. Karpathy's notes for Stanford's CS231n, "Gradient checks".

    Examples
    --------
    >>> gradient_error([2, 40, 600], [2, 40, 603])
    0.004975124378109453
    """
    numeric = check_array("numeric", numeric)
    analytic = check_shaped("analytic", analytic, numeric.shape, "that of numeric")
    greatest = max(np.abs(analytic).max(), np.abs(numeric).max())
    return float(np.abs(analytic - numeric).max() / greatest) if greatest else 0.0
