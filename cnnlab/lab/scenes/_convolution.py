"""The scenes of a convolution: forward and backward, by channel, of a photograph, and two ways to its input gradient.

In the last two, each output scatters its shares, or each input gathers its terms.
"""

import numpy as np

from cnnlab import convolution
from cnnlab.geometry import check_window
from cnnlab.lab.scenes import _panels as panels
from cnnlab.lab.scenes import _sentences as sentences
from cnnlab.lab.scenes._panels import FORWARD, INPUT, OUTPUT, parts_in, size_of, total

AT_THE_EYES = (0.35, 0.4)  # the first window, as fractions of the height and width of cnnlab's portrait
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


def convolution_scene(x, w, b=None, *, stride=1, padding=0, dilation=1, groups=1, dy=None, turned=False):
    """Return the scene of one convolution, with its backward row if ``dy`` is given.

    Parameters
    ----------
    x, w, b, stride, padding, dilation, groups
        As :func:`cnnlab.conv2d`, with one image: x (1, C, H, W).
    dy : array (1, F, out_h, out_w), optional
        The gradient of the loss with respect to y.
    turned : bool
        Turn the kernel by 180° first: mathematical convolution instead of cross-correlation.

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
    arrays = {"x": xp[0], "w": w, "y": y[0], "b": b}
    titles = {"w": f"kernel {size_of(w)}{', used turned by 180°' * turned}", "b": "bias", "dw": "gradient"}
    titles["y"] = f"output {size_of(y)}"
    if dy is not None:
        dxp, dw, db = convolution.conv2d_backward(dy, xp, used, **settings)
        dw, db = turn(dw) if turned else dw, None if b is None else db
        arrays |= {"dx": dxp[0], "dw": dw, "dy": dy[0], "db": db}
    known = sentences.WEIGHT | {"window": size_of(w), "kernel": f"kernel{' turned by 180°' * turned}"}
    known |= {"depth": f" over {w.shape[1]} channels" * (w.shape[1] > 1), "whose": " of its filter" * (len(w) > 1)}
    look = {"editable": ("x", "w", "b", "dy"), "known": known, "coverage": "x", "setup": panels.pad_line(axes)}
    scene = panels.operation(arrays, titles, axes, sentences.CONVOLUTION, SUMS, ["⋆", "="], wires, **look)
    scene["wires"]["bias"] = panels.bias_wires(y.shape[1:])
    sum_ = scene["panels"][OUTPUT]["sum"]
    if w.shape[1] > 1:
        kernels, source = used.reshape(-1, *w.shape[2:]), wires["planes"]["input"]
        sum_["groups"] = parts_of(x, kernels, source, **settings | {"padding": padding})
    if b is not None:
        sum_["bias"] = "b"
    code = {"turn": "[..., ::-1, ::-1]" * turned, "bias": " + b[{plane output}]" * (b is not None)}
    for panel in scene["panels"]:
        _label(panel, *w.shape[:2])
        if panel["name"] in (("y",) if turned else CODE):
            panel["says"]["code"] = sentences.filled(CODE[panel["name"]], x=panels.source(axes), **code)
    return scene


def parts_of(x, kernels, source, **settings):
    """Return the partial maps (n, out_h, out_w) of kernels (n, kh, kw), each over the channel of x that it reads."""
    return convolution.conv2d(x[:, source], kernels[:, None], **settings | {"groups": len(kernels)})[0]


def _label(panel, filters, channels):
    """Caption each plane with its channel, and the last channel of a kernel also with its filter."""
    count, end = len(panel["values"]), panel["end"]
    if end in ("input", "output") and count > 1:
        panel["captions"] = [f"{'channel' if end == 'input' else 'filter'} {k}" for k in range(count)]
    elif end == "tap" and filters > 1:
        panel["captions"] = [f"filter {k // channels}" * ((k + 1) % channels == 0) for k in range(count)]


def channels_scene(x, w, b=None, *, dy=None, turned=False, **geometry):
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
    if parts is None:  # a single channel gives the whole map, up to the bias
        parts = convolution.conv2d(x, turn(w) if turned else w, **geometry)[0]
    for panel in scene["panels"]:
        if panel["end"] in ("output", "bias"):
            panel["column"] = OUTPUT + 1
        if panel["name"] in ("x", "w", "y"):
            panel["sum"]["via"] = "parts"
    look = {"name": "parts", "symbol": "parts", "column": OUTPUT, "end": "part", "role": "y", "sum": total("x", "w")}
    look["says"] = sentences.sentence(sentences.CONVOLUTION["parts"])
    parts = parts.reshape(*w.shape[:2], *parts.shape[1:])
    scene["panels"].append(panels.operand("w", parts, "one a channel", **look))
    return scene | {"signs": ["⋆", "=", "Σ"]}


def photo_scene(photo, w, *, stride=1, padding=0):
    """Return the scene of a convolution of one grey photograph.

    Parameters
    ----------
    photo : array (1, 1, H, W)
    w : array (1, 1, F, F)
    stride, padding
        As :func:`cnnlab.conv2d`.

    Examples
    --------
    >>> scene = photo_scene(np.ones((1, 1, 50, 50)), np.ones((1, 1, 3, 3)))
    >>> [(panel["name"], panel["view"]) for panel in scene["panels"]]
    [('x', 'photo'), ('window', 'cells'), ('w', 'cells'), ('y', 'photo')]
    """
    scene = convolution_scene(photo, w, stride=stride, padding=padding)
    x, kernel, y = scene["panels"]
    first = [0, *(int(side * part) for side, part in zip(y["shape"], AT_THE_EYES, strict=True))]
    look = {"palette": "grey", "limit": x["limit"]}
    (row, column), (height, width) = np.multiply(first[1:], stride), w.shape[2:]
    window = x["values"][:, row : row + height, column : column + width]
    window = panels.panel("window", window, "x", "the window", role="x", **look)
    x |= look | {"editable": False, "title": f"photograph {size_of(photo)}"}
    y["title"] = f"feature map {size_of(y['values'])}"
    if (y["values"] >= 0).all():  # nonnegative: shown as brightness, like a photograph
        y |= look
    more = {"signs": ["", "⋆", "="], "first": {"panel": "y", "cell": first}, "window": "window"}
    return scene | more | {"panels": panels.side_by_column(x, window, kernel, y)}


# --- two ways to the input gradient ---------------------------------------------------------------------------------


def scatter_scene(x, w, dy, *, stride=1, padding=0):
    """Return the scene in which each cell of dy adds its share to dx, step by step: one filter, one channel.

    Parameters
    ----------
    x, w, dy, stride, padding
        As :func:`convolution_scene`.

    Returns
    -------
    Scene
        Its panel dx has ``frames``: the partial sums after each step.

    Examples
    --------
    >>> x, w = np.arange(9.0).reshape(1, 1, 3, 3), np.array([[[[0.0, 1.0], [2.0, 3.0]]]])
    >>> scene = scatter_scene(x, w, np.array([[[[1.0, 2.0], [3.0, 4.0]]]]))
    >>> scene["panels"][2]["frames"][-1, 0]
    array([[ 0.,  1.,  2.],
           [ 2., 10., 10.],
           [ 6., 17., 12.]])
    """
    scene = convolution_scene(x, w, stride=stride, padding=padding, dy=dy)
    by_name = {panel["name"]: panel for panel in scene["panels"]}
    so_far = np.tri(dy.size).reshape(-1, 1, *dy.shape[2:]) * dy
    xp = np.repeat(by_name["x"]["values"][None], dy.size, axis=0)
    frames, _, _ = convolution.conv2d_backward(so_far, xp, w, stride=stride)
    by_name["dx"] |= {"row": FORWARD, "column": OUTPUT, "frames": frames, "title": "so far"}
    by_name["dy"] |= {"row": FORWARD, "column": INPUT, "title": "each cell in turn …"}
    by_name["w"] |= {"title": "… times the kernel", "editable": False, "sum": parts_in("dy", "w", "dx")}
    del by_name["w"]["gradient"]
    more = {"signs": ["·", "→"], "steps": "dy", "first": {"panel": "dy", "cell": [0, 0, 0]}}
    return panels.without_code(scene) | more | {"panels": [by_name[name] for name in ("dy", "w", "dx")]}


def gather_scene(x, w, dy, *, stride=1, padding=0):
    """Return the scene in which dx is a full convolution: dy, with S − 1 zeros between, and the kernel turned by 180°.

    Parameters
    ----------
    x, w, dy, stride, padding
        As :func:`convolution_scene`, one filter, one channel.

    Examples
    --------
    >>> x, w = np.arange(9.0).reshape(1, 1, 3, 3), np.array([[[[0.0, 1.0], [2.0, 3.0]]]])
    >>> scene = gather_scene(x, w, np.array([[[[1.0, 2.0], [3.0, 4.0]]]]))
    >>> scene["panels"][2]["values"][0]
    array([[ 0.,  1.,  2.],
           [ 2., 10., 10.],
           [ 6., 17., 12.]])
    """
    axes = check_window(x.shape[2:], w.shape[2:], stride=stride, padding=padding)
    spread, ring = spread_out(dy, axes)
    scene = convolution_scene(spread, turn(w), padding=ring)
    given, kernel, result = scene["panels"]
    between = np.ones(spread.shape[1:], bool)
    between[:, :: axes[0].stride, :: axes[1].stride] = False
    inserted = np.add(np.argwhere(between), (0, ring[0][0], ring[1][0])).tolist()
    given |= {"symbol": "∂L/∂y", "alias": "spread ∂L/∂y", "title": _zeros(axes), "role": "gradient"}
    given |= {"editable": False, "marks": {"inserted": inserted}, "sum": given["sum"] | {"opening": "adds "}}
    kernel |= {"title": "turned by 180°", "editable": False, "turned": True}
    for end in ("rows", "columns"):
        kernel["places"][end].reverse()
    of_x = panels.operand("x", result["values"], "", axes)
    result |= {"symbol": "∂L/∂x", "title": panels.of_gradient(axes), "role": "gradient"}
    result |= {field: of_x[field] for field in ("places", "edges")}
    result["says"] = gathered(w)
    return panels.without_code(scene)


def spread_out(dy, axes):
    """Return dy with S − 1 zeros between its cells, and the padding of the full convolution that makes dx of it."""
    ones, stride = np.ones((dy.shape[1], 1, 1, 1)), tuple(axis.stride for axis in axes)
    spread = convolution.conv_transpose2d(dy, ones, stride=stride, groups=len(ones))
    return spread, tuple(axis.full_padding for axis in axes)


def gathered(w):
    """Return the sentences on a cell of ∂L/∂x computed with the turned kernel."""
    return sentences.sentence(sentences.CONVOLUTION["y"], kernel="turned w", window=size_of(w), depth="")


def _zeros(axes):
    """Describe the zeros around and between the cells of dy."""
    most, leftover = max(axis.stride for axis in axes) - 1, max(axis.leftover for axis in axes)
    between = f", {most} between" if most else ""
    return f"F − 1 zeros around{between}{f', {leftover} more at the end' if leftover else ''}"


def turn(w):
    """Return kernels (…, kh, kw) turned by 180°."""
    return w[..., ::-1, ::-1]
