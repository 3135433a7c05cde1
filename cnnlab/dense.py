"""The dense (fully connected) layer, forward and backward: every output reads every input, each with its own weight."""

import numpy as np
from numpy.typing import ArrayLike

from cnnlab._validate import (
    check_array,
    check_bias,
    check_cells,
    check_same_dtype,
    check_shape,
    check_shaped,
    without_warnings,
)

__all__ = ["dense", "dense_backward"]


@without_warnings
def dense(x: ArrayLike, w: ArrayLike, b: ArrayLike | None = None) -> np.ndarray:
    """Return ``x @ w + b``.

    Parameters
    ----------
    x : array (N, D)
        float32, float64 or integer (which becomes float64).
    w : array (D, K)
        The weights; ``w[d, k]`` joins input d with output k.
    b : array (K,), optional
        The biases.

    Returns
    -------
    y : array (N, K)

    Raises
    ------
    TypeError
        If an array has another dtype, or the dtypes differ.
    ValueError
        If an array is empty, or the shapes do not match.

    Notes
    -----
    Source: D. Rumelhart, G. Hinton and R. Williams, "Learning representations by back-propagating errors" (1986),
    equation 1.

    Examples
    --------
    >>> dense([[1, 2]], [[1, 0, 2], [0, 1, 3]], [10, 20, 30])
    array([[11., 22., 38.]])
    """
    x, w = _check_operands(x, w)
    b = check_bias(b, w.shape[1], "one for each column of w")
    check_same_dtype(x=x, w=w, b=b)
    check_cells("y", (len(x), w.shape[1]))
    y = x @ w
    if b is not None:
        y += b
    return y


@without_warnings
def dense_backward(dy: ArrayLike, x: ArrayLike, w: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients of a dense layer: ``dx = dy @ w.T``, ``dw = x.T @ dy``, and db sums dy over the batch.

    Parameters
    ----------
    dy : array (N, K)
        The gradient of the loss with respect to y.
    x : array (N, D)
    w : array (D, K)
        As in the forward.

    Returns
    -------
    dx : array (N, D)
    dw : array (D, K)
    db : array (K,)

    Raises
    ------
    TypeError, ValueError
        As :func:`dense`; also if dy does not have the shape of y.

    Notes
    -----
    Source: D. Rumelhart, G. Hinton and R. Williams, "Learning representations by back-propagating errors" (1986).

    Examples
    --------
    >>> dx, dw, db = dense_backward([[1, 10, 100]], [[1, 2]], [[1, 0, 2], [0, 1, 3]])
    >>> dx
    array([[201., 310.]])
    >>> dw
    array([[  1.,  10., 100.],
           [  2.,  20., 200.]])
    >>> db
    array([  1.,  10., 100.])
    """
    x, w = _check_operands(x, w)
    dy = check_shaped("dy", dy, (x.shape[0], w.shape[1]), "N of x, K of w", x=x, w=w)
    return dy @ w.T, x.T @ dy, dy.sum(axis=0)


def _check_operands(x: ArrayLike, w: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    x, w = check_array("x", x, "ND"), check_array("w", w, "DK")
    check_shape("w", w, (x.shape[1], w.shape[1]), "one row for each column of x")
    return x, w
