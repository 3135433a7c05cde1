"""The scenes of a pooling: forward and backward, and the rules for ties side by side."""

from __future__ import annotations

import numpy as np

from cnnlab.checks import check_shape
from cnnlab.geometry import Axis, check_window
from cnnlab.pooling import max_pool2d, mean_pool2d
from cnnlab.scenes.panels import BACKWARD, INPUT, input_panel, one_or_pair, output_panel, padded_to, size_of, wires_of
from cnnlab.wiring import axis_wires, held_wires

TIE_RULES = {
    "first": "the first: PyTorch max_pool2d, cnnlab",
    "split": "shared evenly: PyTorch amax, autograd’s np.max",
    "all": "to each in full: a hand-written x == max (wrong, the sum grows)",
}


def pooling_scene(
    x, kernel, *, op="max", stride=None, padding=0, ceil_mode=False, count_include_pad=True, pad_value=-np.inf, dy=None
) -> dict:
    """Return the scene of one pooling, with its backward row where ``dy`` is given.

    Parameters
    ----------
    x, kernel, stride, padding, ceil_mode, count_include_pad
        As :func:`cnnlab.max_pool2d` and :func:`cnnlab.mean_pool2d`, with one image: x (1, C, H, W).
    op : "max" or "mean"
        Which pooling.
    pad_value : float
        What max pooling finds in the padding: −∞, or 0 to show why that is wrong.
    dy : array (1, C, out_h, out_w), optional
        The gradient of the loss with respect to y.

    Returns
    -------
    dict
        As :func:`convolution_scene`; ``shares`` holds the weight of each wire, (C, out_h, out_w, kh, kw).

    Examples
    --------
    >>> import numpy as np
    >>> scene = pooling_scene(np.arange(4.0).reshape(1, 1, 2, 2), 2)
    >>> scene["shares"]["values"].ravel()
    array([0., 0., 0., 1.])
    """
    geometry = {"stride": kernel if stride is None else stride, "padding": padding, "ceil_mode": ceil_mode}
    axes = check_window(x.shape[2:], kernel, **geometry)
    empty = pad_value if op == "max" else 0.0
    xp = _pad(x, axes, empty)
    if op == "mean":
        y = mean_pool2d(x, kernel, count_include_pad=count_include_pad, **geometry)
        shares = _even_shares(x.shape[1], axes, count_include_pad)
    else:
        y, _ = max_pool2d(x, kernel, **geometry)
        y = y if pad_value == -np.inf else _windows(xp, axes).max(axis=(-2, -1))[None]
        shares = winner_shares(xp, axes)
    padded = padded_to(x, xp[..., : axes[0].padded, : axes[1].padded])
    marks = {"winner": _cells_with_a_share(shares, axes)} if op == "max" else {}
    panels = [
        input_panel("x", xp[0], axes, f"input {size_of(x)}{padded}", editable=True, marks=marks),
        output_panel("y", y[0], f"{op} of each window, {size_of(y)}"),
    ]
    if dy is not None:
        check_shape("dy", dy, y.shape, "that of y")
        panels += _backward_row(dy, shares, axes, size_of(x))
    return {
        **_frame(op, axes, x.shape[1]),
        "padded": bool(padded) or (op == "max" and empty == 0),
        "pad": _pad_line(axes, empty),
        "pytorch": _pytorch_line(op, axes, ceil_mode, count_include_pad) if op == "mean" or pad_value else "",
        "shares": _packed(shares),
        "panels": panels,
        "signs": ["→"],
    }


def tie_scene(x, kernel, dy, *, stride=None, padding=0, ceil_mode=False) -> dict:
    """Return the scene with the input gradient of max pooling under each rule for ties, side by side.

    Parameters
    ----------
    x, kernel, stride, padding, ceil_mode, dy
        As :func:`pooling_scene`.

    Examples
    --------
    >>> import numpy as np
    >>> scene = tie_scene(np.ones((1, 1, 2, 2)), 2, np.array([[[[4.0]]]]))
    >>> [panel["values"].ravel().tolist() for panel in scene["panels"][1:]]
    [[4.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0], [4.0, 4.0, 4.0, 4.0]]
    """
    geometry = {"stride": kernel if stride is None else stride, "padding": padding, "ceil_mode": ceil_mode}
    axes = check_window(x.shape[2:], kernel, **geometry)
    panels = [output_panel("dy", dy[0], "upstream gradient", column=INPUT)]
    for column, (rule, words) in enumerate(TIE_RULES.items(), start=1):
        shares = winner_shares(_pad(x, axes, -np.inf), axes, rule)
        look = {"symbol": "dx", "shares": _packed(shares), "column": column}
        panels.append(input_panel(f"dx-{rule}", _spread(dy, shares, axes), axes, words, **look))
    more = {"shares": panels[1]["shares"], "signs": ["→", "", ""], "stepper": "dy"}
    return {**_frame("max", axes, x.shape[1]), "panels": panels, **more}


def winner_shares(xp: np.ndarray, axes: tuple[Axis, Axis], rule: str = "first") -> np.ndarray:
    """Return what each wire of max pooling carries back, 0 to 1, (C, out_h, out_w, kh, kw)."""
    windows = _windows(xp, axes)
    flat = windows.reshape(*windows.shape[:3], -1)
    if rule == "first":
        winners = np.arange(flat.shape[-1]) == flat.argmax(axis=-1)[..., None]
    else:
        winners = flat == flat.max(axis=-1, keepdims=True)
    count = winners.sum(axis=-1, keepdims=True) if rule == "split" else 1
    return (winners / count).reshape(windows.shape)


def _backward_row(dy: np.ndarray, shares: np.ndarray, axes: tuple[Axis, Axis], size: str) -> list[dict]:
    return [
        input_panel("dx", _spread(dy, shares, axes), axes, f"input gradient {size}", row=BACKWARD),
        output_panel("dy", dy[0], "upstream gradient (edit)", row=BACKWARD, editable=True),
    ]


def _pad(x: np.ndarray, axes: tuple[Axis, Axis], value: float) -> np.ndarray:
    """Return x with its padding, and with the cells that a window of ``ceil_mode`` hangs over."""
    pads = [(axis.before, axis.far) for axis in axes]
    return np.pad(x, [(0, 0), (0, 0), *pads], constant_values=value)


def _places(axes: tuple[Axis, Axis]) -> tuple[np.ndarray, np.ndarray]:
    """Return the padded row and column that each wire leaves, to index with: (out_h, 1, kh, 1), (1, out_w, 1, kw)."""
    rows, columns = (axis_wires(axis).padded.reshape(axis.out, axis.kernel) for axis in axes)
    return rows[:, None, :, None], columns[None, :, None, :]


def _windows(xp: np.ndarray, axes: tuple[Axis, Axis]) -> np.ndarray:
    rows, columns = _places(axes)
    return xp[0][:, rows, columns]


def _even_shares(channels: int, axes: tuple[Axis, Axis], count_include_pad: bool) -> np.ndarray:
    """Return 1 / count for each wire that counts, (C, out_h, out_w, kh, kw)."""
    counted = []
    for axis in axes:
        held = held_wires(axis, count_padding=count_include_pad)
        counted.append(held.reshape(axis.out, axis.kernel))
    both = (counted[0][:, None, :, None] & counted[1][None, :, None, :]).astype(np.float64)
    return np.repeat((both / both.sum(axis=(2, 3), keepdims=True))[None], channels, axis=0)


def _spread(dy: np.ndarray, shares: np.ndarray, axes: tuple[Axis, Axis]) -> np.ndarray:
    """Return the padded input gradient: along every wire its share of dy, (C, padded_h, padded_w)."""
    dxp = np.zeros((dy.shape[1], *(axis.padded + axis.overhang for axis in axes)))
    for plane, given in enumerate(dy[0][..., None, None] * shares):
        np.add.at(dxp[plane], _places(axes), given)
    return dxp


def _cells_with_a_share(shares: np.ndarray, axes: tuple[Axis, Axis]) -> list[list[int]]:
    """Return the padded input cells (plane, row, column) that some wire with a share leaves."""
    rows, columns = (np.broadcast_to(place, shares.shape[1:]) for place in _places(axes))
    plane, *wire = np.nonzero(shares)
    cells = np.stack([plane, rows[tuple(wire)], columns[tuple(wire)]], axis=1)
    return np.unique(cells, axis=0).tolist()


def _pad_line(axes: tuple[Axis, Axis], value: float) -> str:
    """Return how numpy pads x for the line of the selected cell; 0 may win beyond the edge too, −∞ cannot."""
    beyond = [axis.overhang if value == 0 else 0 for axis in axes]
    pads = [f"({axis.before}, {axis.after + more})" for axis, more in zip(axes, beyond, strict=True)]
    return f"xp = np.pad(x, ((0, 0), (0, 0), {', '.join(pads)}){'' if value == 0 else ', constant_values=-np.inf'})"


def _pytorch_line(op: str, axes: tuple[Axis, Axis], ceil_mode: bool, count_include_pad: bool) -> str:
    """Return the same pooling in PyTorch, which pads both sides alike; nothing where it cannot."""
    names = "kernel", "stride", "before", "after"
    kernel, stride, before, after = (one_or_pair(tuple(getattr(axis, name) for axis in axes)) for name in names)
    given = f", padding={before}" if before else ""
    given += ", ceil_mode=True" if ceil_mode else ""
    given += ", count_include_pad=False" if op == "mean" and not count_include_pad else ""
    function = {"max": "max_pool2d", "mean": "avg_pool2d"}[op]
    return f"F.{function}(x, {kernel}, stride={stride}{given})" if before == after else ""


def _packed(shares: np.ndarray) -> dict:
    return {"shape": list(shares.shape[1:]), "values": shares}


def _frame(op: str, axes: tuple[Axis, Axis], channels: int) -> dict:
    counts = {"channels": channels, "filters": channels, "groups": channels}
    return {"op": op, **counts, "kernel": [axis.kernel for axis in axes], "padded": False, **wires_of(axes)}
