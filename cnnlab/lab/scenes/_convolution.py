"""The scenes of a convolution: forward and backward, and channel by channel."""

from __future__ import annotations

import numpy as np

from cnnlab import convolution
from cnnlab.geometry import check_window
from cnnlab.lab.scenes import _panels as panels
from cnnlab.lab.scenes import _sentences as sentences
from cnnlab.lab.scenes._panels import GRADIENT, OUTPUT, Axes, parts_in, size_of, total
from cnnlab.lab.scenes.schema import Scene

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
    wires = panels.window_wires(axes, x.shape[1], len(w), groups, turned=turned)
    xp, used = panels.pad(x, axes), turn(w) if turned else w
    y = convolution.conv2d(xp, used, b, **settings)
    shown = [
        panels.input_panel("x", xp[0], axes, "x", panels.of_input(axes), editable=True),
        panels.kernel_panel("w", w, "w", f"kernel {size_of(w)}{', used turned by 180°' * turned}", editable=True),
        panels.output_panel("y", y[0], "y", f"output {size_of(y)}"),
    ]
    if b is not None:
        shown.append(panels.bias_panel("b", b, "b", "bias", editable=True))
    if dy is not None:
        dxp, dw, db = convolution.conv2d_backward(dy, xp, used, **settings)
        shown += [
            panels.input_panel("dx", dxp[0], axes, "∂L/∂x", panels.of_gradient(axes), **GRADIENT),
            panels.kernel_panel("dw", turn(dw) if turned else dw, "∂L/∂w", "gradient", **GRADIENT),
            panels.output_panel("dy", dy[0], "∂L/∂y", "upstream", editable=True, **GRADIENT),
            *([] if b is None else [panels.bias_panel("db", db, "∂L/∂b", "", **GRADIENT)]),
        ]
    known = {
        "window": size_of(w),
        "depth": f" over {w.shape[1]} channels" if w.shape[1] > 1 else "",
        "kernel": f"kernel{' turned by 180°' * turned}",
        "whose": " of its filter" if len(w) > 1 else "",
    }
    sentences.tell(shown, sentences.CONVOLUTION, SUMS, **known, **sentences.WEIGHT)
    if w.shape[1] > 1:
        shown[OUTPUT]["sum"]["groups"] = _parts(xp, used, wires["planes"]["input"], settings)
    if b is not None:
        shown[OUTPUT]["sum"]["bias"] = "b"
    code = {"x": panels.source(axes), "turn": "[..., ::-1, ::-1]" * turned}
    code["bias"] = "" if b is None else " + b[{plane output}]"
    for panel in shown:
        if panel["name"] in (("y",) if turned else CODE):
            panel["says"]["code"] = sentences.filled(CODE[panel["name"]], **code)
    wires = {"window": wires, "bias": panels.bias_wires(y.shape[1:])}
    lines = {"lines": [["PyTorch", _pytorch_line(axes, groups, b is not None, turned)]], "setup": panels.pad_line(axes)}
    return panels.scene(shown, ["⋆", "="], wires, coverage="x", **lines)


def _parts(x, w, channels: list[int], settings: dict) -> np.ndarray:
    """Return what each kernel of w (F, C, kh, kw) adds to y, (F * C, out_h, out_w), reading the channel that it has."""
    kernels = w.reshape(-1, 1, *w.shape[2:])
    return convolution.conv2d(x[:, channels], kernels, **settings | {"groups": len(kernels)})[0]


def _pytorch_line(axes: Axes, groups: int, bias: bool, turned: bool) -> str:
    """Return the same convolution in PyTorch, whose own padding is as wide on both sides."""
    (top, bottom), (left, right) = ((axis.before, axis.after) for axis in axes)
    even = (top, left) == (bottom, right)
    source = "x" if even else f"F.pad(x, ({left}, {right}, {top}, {bottom}))"
    settings = {
        "stride": panels.setting(axes, "stride", 1),
        "padding": panels.setting(axes, "before", 0) if even else None,
        "dilation": panels.setting(axes, "dilation", 1),
        "groups": groups if groups > 1 else None,
    }
    return panels.call("conv2d", f"{source}, {'w.flip(-1, -2)' if turned else 'w'}{', b' * bias}", settings)


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
    for panel in scene["panels"]:
        if panel["end"] in ("output", "bias"):
            panel["column"] = OUTPUT + 1
        if panel["name"] in ("x", "w", "y"):
            panel["sum"]["via"] = "parts"
    says = sentences.sentence(sentences.CONVOLUTION["parts"])
    look = {"column": OUTPUT, "end": "part", "role": "y", "sum": total("x", "w"), "says": says}
    parts = parts.reshape(*w.shape[:2], *parts.shape[1:])
    scene["panels"].append(panels.kernel_panel("parts", parts, "parts", "one a channel", **look))
    return scene | {"signs": ["⋆", "=", "Σ"]}


def turn(w: np.ndarray) -> np.ndarray:
    """Return kernels (…, kh, kw) turned by 180°."""
    return w[..., ::-1, ::-1]
