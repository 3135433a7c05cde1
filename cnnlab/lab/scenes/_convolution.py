"""The scenes of a convolution: forward and backward, and channel by channel."""

from __future__ import annotations

import numpy as np

from cnnlab import convolution
from cnnlab.geometry import check_window
from cnnlab.lab.scenes import _panels as panels
from cnnlab.lab.scenes import _sentences as sentences
from cnnlab.lab.scenes._panels import (
    BACKWARD,
    OUTPUT,
    Axes,
    bias_panel,
    input_panel,
    is_padded,
    kernel_panel,
    of_gradient,
    of_input,
    one_or_pair,
    output_panel,
    pad,
    parts_in,
    size_of,
    total,
)
from cnnlab.lab.scenes.schema import Panel, Scene

SUMS = {
    "x": parts_in("x", "w", "y"),
    "w": parts_in("x", "w", "y"),
    "y": total("x", "w"),
    "b": parts_in("b", "one", "y", wires="bias"),
    "dx": total("dy", "w"),
    "dw": total("x", "dy"),
    "dy": parts_in("dy", "w", "dx", verb="sends"),
    "db": total("dy", "one", wires="bias"),
}
CODE = {
    "y": "({x}[0, {planes input}, {rows input}, {columns input}] * w[{plane output}]{turn}).sum(){bias}",
    "dx": "(dy[0, {planes output}, {rows output}, {columns output}] * w[{planes output}, {plane channel}, {rows tap}, "
    "{columns tap}]).sum()",
    "dw": "({x}[0, {plane input}, {rows input}, {columns input}] * dy[0, {plane output}]).sum()",
}


def convolution_scene(x, w, b=None, *, stride=1, padding=0, dilation=1, groups=1, dy=None, turned=False) -> Scene:
    """Return the scene of one convolution, with its backward row where ``dy`` is given.

    Parameters
    ----------
    x, w, b, stride, padding, dilation, groups
        As :func:`cnnlab.conv2d`, with one image: x (1, C, H, W).
    dy : array (1, F, out_h, out_w), optional
        The gradient of the loss with respect to y.
    turned : bool
        Turn the kernel by 180° first: the convolution of mathematics in place of cross-correlation.

    Examples
    --------
    >>> scene = convolution_scene(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)))
    >>> [panel["name"] for panel in scene["panels"]]
    ['x', 'w', 'y']
    """
    axes = check_window(x.shape[2:], w.shape[2:], stride=stride, padding=padding, dilation=dilation)
    settings = {"stride": stride, "dilation": dilation, "groups": groups}
    wires = panels.window_wires(axes, channels=x.shape[1], filters=len(w), groups=groups, turned=turned)
    xp, used = pad(x, axes), turn(w) if turned else w
    y = convolution.conv2d(xp, used, b, **settings)
    shown = _forward_row(xp[0], w, b, y[0], axes, turned)
    if w.shape[1] > 1:
        shown[OUTPUT]["sum"] = {"groups": _parts(xp, used, wires["planes"]["input"], settings)}
    if dy is not None:
        gradients = convolution.conv2d_backward(dy, xp, used, **settings)
        shown += _backward_row(*gradients, dy[0], axes, turned, b is not None)
    _add_words(shown, axes, w, turned)
    return {
        "panels": shown,
        "signs": ["⋆", "="],
        "wires": {"window": wires, "bias": panels.bias_wires(y.shape[1:])},
        "first": {"panel": "y", "cell": [0, 0, 0]},
        "coverage": "x",
        **_code(axes, groups, bias=b is not None, turned=turned),
    }


def _forward_row(xp, w, b, y, axes: Axes, turned: bool) -> list[Panel]:
    """Return the panels x, w, y and, where there is one, b."""
    shown = [
        input_panel("x", xp, axes, "x", of_input(axes), editable=True),
        kernel_panel("w", w, "w", f"kernel {size_of(w)}{', used turned by 180°' * turned}", editable=True),
        output_panel("y", y, "y", f"output {size_of(y)}"),
    ]
    return shown if b is None else [*shown, bias_panel("b", b, "b", "bias", editable=True)]


def _backward_row(dxp, dw, db, dy, axes: Axes, turned: bool, bias: bool) -> list[Panel]:
    """Return the panels dx, dw, dy and, where there is a bias, db."""
    look = {"row": BACKWARD, "role": "gradient"}
    shown = [
        input_panel("dx", dxp[0], axes, "∂L/∂x", of_gradient(axes), **look),
        kernel_panel("dw", turn(dw) if turned else dw, "∂L/∂w", "gradient", **look),
        output_panel("dy", dy, "∂L/∂y", "upstream", editable=True, **look),
    ]
    return [*shown, bias_panel("db", db, "∂L/∂b", "", **look)] if bias else shown


def _add_words(shown: list[Panel], axes: Axes, w: np.ndarray, turned: bool) -> None:
    """Give each panel its sum, its sentence and its line of numpy, in place."""
    known = {
        "window": size_of(w),
        "depth": f" over {w.shape[1]} channels" if w.shape[1] > 1 else "",
        "kernel": f"kernel{' turned by 180°' * turned}",
        "whose": " of its filter" if len(w) > 1 else "",
    }
    by_name = {panel["name"]: panel for panel in shown}
    code = {"x": "xp" if is_padded(axes) else "x", "turn": "[..., ::-1, ::-1]" * turned}
    code["bias"] = " + b[{plane output}]" if "b" in by_name else ""
    for name, panel in by_name.items():
        panel["sum"] = SUMS[name] | panel.get("sum", {}) | ({"bias": "b"} if name == "y" and "b" in by_name else {})
        panel["says"] = sentences.told(sentences.CONVOLUTION[name], **known)
        if name in CODE and not (turned and name != "y"):
            panel["says"]["code"] = sentences.filled(CODE[name], **code)
        if name in ("x", "w", "b") and f"d{name}" in by_name:
            panel["gradient"] = f"d{name}"


def _parts(x, w, channels: list[int], settings: dict) -> np.ndarray:
    """Return what each kernel of w (F, C, kh, kw) adds to y, (F * C, out_h, out_w), reading the channel that it has."""
    kernels = w.reshape(-1, 1, *w.shape[2:])
    return convolution.conv2d(x[:, channels], kernels, **settings | {"groups": len(kernels)})[0]


def channels_scene(x, w, b=None, *, dy=None, turned=False, **geometry) -> Scene:
    """Return the scene of a convolution with one more column: the partial map of every channel and filter.

    Parameters
    ----------
    x, w, b, dy, turned
        As :func:`convolution_scene`.
    **geometry
        Its ``stride``, ``padding`` and ``dilation``; there is one group.

    Examples
    --------
    >>> x, w = np.ones((1, 3, 3, 3)), np.ones((2, 3, 2, 2))
    >>> [(panel["name"], panel["planes"]) for panel in channels_scene(x, w)["panels"]]
    [('x', [3, 1]), ('w', [3, 2]), ('y', [2, 1]), ('parts', [3, 2])]
    """
    scene = convolution_scene(x, w, b, dy=dy, turned=turned, **geometry)
    parts = scene["panels"][OUTPUT]["sum"].get("groups")
    if parts is None:  # one channel makes the whole map, up to the bias
        parts = convolution.conv2d(x, turn(w) if turned else w, **geometry)[0]
    told = sentences.told(sentences.CONVOLUTION["parts"])
    look = {"column": OUTPUT, "end": "part", "role": "y", "sum": total("x", "w"), "says": told}
    for panel in scene["panels"]:
        if panel.get("end") in ("output", "bias"):
            panel["column"] = OUTPUT + 1
        if panel["name"] in ("x", "w", "y"):
            panel["sum"] = {**panel["sum"], "via": "parts"}
    parts = parts.reshape(*w.shape[:2], *parts.shape[1:])
    shown = [*scene["panels"], kernel_panel("parts", parts, "parts", "one a channel", **look)]
    return {**scene, "panels": shown, "signs": ["⋆", "=", "Σ"]}


# --- arrays -------------------------------------------------------------------------------------------------------


def turn(w: np.ndarray) -> np.ndarray:
    """Return kernels (…, kh, kw) turned by 180°."""
    return w[..., ::-1, ::-1]


# --- words --------------------------------------------------------------------------------------------------------


def _code(axes: Axes, groups: int, *, bias: bool, turned: bool) -> dict:
    """Return the lines to copy: how numpy pads x, and the same convolution in PyTorch."""
    (top, bottom), (left, right) = ((axis.before, axis.after) for axis in axes)
    even = (top, left) == (bottom, right)
    settings = {
        "stride": _unless(tuple(axis.stride for axis in axes), 1),
        "padding": _unless((top, left), 0) if even else None,
        "dilation": _unless(tuple(axis.dilation for axis in axes), 1),
        "groups": groups if groups > 1 else None,
    }
    given = "".join(f", {name}={value}" for name, value in settings.items() if value is not None)
    source = "x" if even else f"F.pad(x, ({left}, {right}, {top}, {bottom}))"
    line = f"F.conv2d({source}, {'w.flip(-1, -2)' if turned else 'w'}{', b' * bias}{given})"
    setup = f"xp = np.pad(x, ((0, 0), (0, 0), ({top}, {bottom}), ({left}, {right})))"
    return {"lines": [["PyTorch", line]], "setup": setup}


def _unless(pair: tuple[int, int], default: int) -> int | tuple[int, int] | None:
    """Return a pair as PyTorch's users write it, and None for the default."""
    return None if pair == (default, default) else one_or_pair(pair)
