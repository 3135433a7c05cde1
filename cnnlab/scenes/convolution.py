"""The scenes of a convolution: forward and backward, and the two ways to its input gradient."""

from __future__ import annotations

import numpy as np

from cnnlab.convolution import conv2d, conv2d_backward, conv_transpose2d
from cnnlab.geometry import Axis, check_window
from cnnlab.padding import pad2d
from cnnlab.scenes.panels import (
    BACKWARD,
    INPUT,
    KERNEL,
    OUTPUT,
    bias_panel,
    input_panel,
    kernel_panel,
    one_or_pair,
    output_panel,
    padded_to,
    parts_panel,
    size_of,
    wires_of,
)
from cnnlab.wiring import full_axis


def convolution_scene(x, w, b=None, *, stride=1, padding=0, dilation=1, groups=1, dy=None, turned=False) -> dict:
    """Return the scene of one convolution, with its backward row where ``dy`` is given.

    Parameters
    ----------
    x, w, b, stride, padding, dilation, groups
        As :func:`cnnlab.conv2d`, with one image: x (1, C, H, W).
    dy : array (1, F, out_h, out_w), optional
        The gradient of the loss with respect to y.
    turned : bool
        Turn the kernel by 180° first: the convolution of mathematics in place of cross-correlation.

    Returns
    -------
    dict
        ``panels`` (list), ``rows`` and ``columns`` (the wires of each axis), and the settings in words.

    Examples
    --------
    >>> import numpy as np
    >>> scene = convolution_scene(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)))
    >>> [panel["name"] for panel in scene["panels"]]
    ['x', 'w', 'y']
    """
    axes = check_window(x.shape[2:], w.shape[2:], stride=stride, padding=padding, dilation=dilation)
    settings = {"stride": stride, "dilation": dilation, "groups": groups}
    xp, used = pad2d(x, _pads(axes)), turn(w) if turned else w
    y = conv2d(xp, used, b, **settings)
    panels = [
        input_panel("x", xp[0], axes, f"input {size_of(x)}{padded_to(x, xp)}", editable=True),
        kernel_panel("w", w, f"kernel {size_of(w)}{', used turned by 180°' if turned else ''}", editable=True),
        output_panel("y", y[0], f"output {size_of(y)}"),
    ]
    if b is not None:
        panels.append(bias_panel("b", b, "bias", editable=True))
    if dy is not None:
        dxp, dw, db = conv2d_backward(dy, xp, used, **settings)
        panels += [
            input_panel("dx", dxp[0], axes, f"input gradient {size_of(x)}{_ring(x, xp)}", row=BACKWARD),
            kernel_panel("dw", turn(dw) if turned else dw, f"kernel gradient {size_of(w)}", row=BACKWARD),
            output_panel("dy", dy[0], "upstream gradient (edit)", row=BACKWARD, editable=True),
            *([] if b is None else [bias_panel("db", db, "bias gradient", row=BACKWARD)]),
        ]
    return {
        **_counts(w, x.shape[1], groups),
        "signs": ["⋆", "="],
        "turned": turned,
        "padded": xp.shape != x.shape,
        "panels": panels,
        **wires_of(axes, turned=turned),
        **_code(axes, groups, bias=b is not None, turned=turned),
    }


def channels_scene(scene: dict, x, w, *, stride=1, padding=0, dilation=1) -> dict:
    """Return the scene of a convolution with one more column: the partial map of every channel and filter.

    Parameters
    ----------
    scene : dict
        From :func:`convolution_scene`, with the same x, w and settings.
    x, w, stride, padding, dilation
        As :func:`convolution_scene`; one group.

    Examples
    --------
    >>> import numpy as np
    >>> x, w = np.ones((1, 3, 3, 3)), np.ones((2, 3, 2, 2))
    >>> scene = channels_scene(convolution_scene(x, w), x, w)
    >>> [(panel["name"], panel["planes"]) for panel in scene["panels"]]
    [('x', [3, 1]), ('w', [3, 2]), ('y', [2, 1]), ('parts', [3, 2])]
    """
    turned = turn(w) if scene["turned"] else w
    settings = {"stride": stride, "padding": padding, "dilation": dilation, "groups": x.shape[1]}
    parts = np.concatenate([conv2d(x, kernels[:, None], **settings) for kernels in turned])
    panels = [{**panel, "column": 3} if panel["kind"] == "output" else panel for panel in scene["panels"]]
    for panel in panels:
        if panel["name"] in ("b", "db"):
            panel["column"] = 3
    panels.append(parts_panel("parts", parts, "one partial map a channel"))
    return {**scene, "panels": panels, "signs": ["⋆", "=", "Σ"]}


def scatter_scene(x, w, dy, *, stride=1, padding=0) -> dict:
    """Return the scene in which each cell of dy adds its share to dx: one filter, one channel, a step a cell.

    Parameters
    ----------
    x, w, dy, stride, padding
        As :func:`convolution_scene`.

    Returns
    -------
    dict
        A scene whose panel dx has ``frames``: what is added up after each step.

    Examples
    --------
    >>> import numpy as np
    >>> x, w = np.arange(9.0).reshape(1, 1, 3, 3), np.array([[[[0.0, 1.0], [2.0, 3.0]]]])
    >>> scene = scatter_scene(x, w, np.array([[[[1.0, 2.0], [3.0, 4.0]]]]))
    >>> scene["panels"][2]["frames"][-1]
    array([[ 0.,  1.,  2.],
           [ 2., 10., 10.],
           [ 6., 17., 12.]])
    """
    scene = convolution_scene(x, w, stride=stride, padding=padding, dy=dy)
    panels = {panel["name"]: panel for panel in scene["panels"]}
    one_cell = np.eye(dy.size).reshape(-1, 1, *dy.shape[2:]) * dy
    xp = pad2d(x, _pads(check_window(x.shape[2:], w.shape[2:], stride=stride, padding=padding)))
    shares, _, _ = conv2d_backward(one_cell, np.repeat(xp, dy.size, axis=0), w, stride=stride)
    panels["dx"].update(row=0, column=OUTPUT, frames=np.cumsum(shares[:, 0], axis=0), title="so far")
    panels["dy"].update(row=0, column=INPUT, title="each cell in turn …")
    panels["w"].update(row=0, column=KERNEL, title="… times the kernel", editable=False)
    shown = [panels["dy"], panels["w"], panels["dx"]]
    return {**scene, "panels": shown, "signs": ["·", "→"], "stepper": "dy", "pad": "", "pytorch": ""}


def gather_scene(x, w, dy, *, stride=1, padding=0) -> dict:
    """Return the scene in which dx is a full convolution: dy, with S − 1 zeros between, and the kernel turned by 180°.

    Parameters
    ----------
    x, w, dy, stride, padding
        As :func:`convolution_scene`, one filter, one channel.

    Examples
    --------
    >>> import numpy as np
    >>> x, w = np.arange(9.0).reshape(1, 1, 3, 3), np.array([[[[0.0, 1.0], [2.0, 3.0]]]])
    >>> scene = gather_scene(x, w, np.array([[[[1.0, 2.0], [3.0, 4.0]]]]))
    >>> scene["panels"][2]["values"][0]
    array([[ 0.,  1.,  2.],
           [ 2., 10., 10.],
           [ 6., 17., 12.]])
    """
    axes = check_window(x.shape[2:], w.shape[2:], stride=stride, padding=padding)
    full = _pads(tuple(map(full_axis, axes)))
    spread, cells = (conv_transpose2d(cells, np.ones((1, 1, 1, 1)), stride=stride) for cells in (dy, np.ones_like(dy)))
    scene = convolution_scene(spread, turn(w), padding=full)
    given, kernel, result = scene["panels"]
    inserted = np.argwhere(pad2d(cells, full, mode="constant", value=1.0)[0] == 0).tolist()
    most, leftover = max(axis.stride for axis in axes) - 1, max(axis.leftover for axis in axes)
    zeros = f", {most} zero{'s' if most > 1 else ''} between its cells" if most else ""
    more = f", {leftover} more at the far edge for the leftover" if leftover else ""
    given.update(
        symbol="dy",
        alias="spread dy",
        editable=False,
        marks={"inserted": inserted},
        title=f"padded by F − 1{zeros}{more}",
    )
    kernel.update(symbol="w", editable=False, title="turned by 180°", turned=True)
    frame = [length for axis in axes for length in (axis.before, axis.after)]
    result.update(symbol="dx", frame=frame, title="every cell at once" + _ring(x, pad2d(x, _pads(axes))))
    words = {
        "output": "Cell of ∂L/∂x",
        "outputs": "∂L/∂x",
        "input": "Cell of the spread ∂L/∂y",
        "kernel": "turned kernel",
    }
    return {**scene, "pad": "", "pytorch": "", "words": words}


def turn(w: np.ndarray) -> np.ndarray:
    """Return kernels (…, kh, kw) turned by 180°."""
    return w[..., ::-1, ::-1]


def _pads(axes: tuple[Axis, Axis]) -> tuple[tuple[int, int], tuple[int, int]]:
    rows, columns = axes
    return (rows.before, rows.after), (columns.before, columns.after)


def _ring(x: np.ndarray, xp: np.ndarray) -> str:
    return "; hatched ring is cropped" if xp.shape != x.shape else ""


def _counts(w: np.ndarray, channels: int, groups: int) -> dict:
    filters, _, *kernel = w.shape
    return {"op": "convolution", "channels": channels, "filters": filters, "groups": groups, "kernel": kernel}


def _code(axes: tuple[Axis, Axis], groups: int, *, bias: bool, turned: bool) -> dict:
    """Return the lines to copy: how numpy pads x, and the same convolution in PyTorch."""
    (top, bottom), (left, right) = _pads(axes)
    even = (top, left) == (bottom, right)
    settings = {
        "stride": _one(tuple(axis.stride for axis in axes), 1),
        "padding": _one((top, left), 0) if even else None,
        "dilation": _one(tuple(axis.dilation for axis in axes), 1),
        "groups": groups if groups > 1 else None,
    }
    given = "".join(f", {name}={value}" for name, value in settings.items() if value is not None)
    source = "x" if even else f"F.pad(x, ({left}, {right}, {top}, {bottom}))"
    kernel = "w.flip(-1, -2)" if turned else "w"
    pad = f"xp = np.pad(x, ((0, 0), (0, 0), ({top}, {bottom}), ({left}, {right})))"
    padded = top or bottom or left or right
    return {"pad": pad if padded else "", "pytorch": f"F.conv2d({source}, {kernel}{', b' if bias else ''}{given})"}


def _one(pair: tuple[int, int], default: int) -> int | tuple[int, int] | None:
    """Return a pair as PyTorch's users write it, and None for the default."""
    return None if pair == (default, default) else one_or_pair(pair)
