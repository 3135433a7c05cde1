"""The parts of a scene: panels of numbers, and the wires between their cells."""

import math
from functools import lru_cache

import numpy as np

from cnnlab import padding
from cnnlab.lab.scenes._sentences import tell
from cnnlab.wiring import window_cells

FORWARD, BACKWARD = 0, 1  # rows of the stage
INPUT, KERNEL, OUTPUT = 0, 1, 2  # columns of the stage
LARGEST_GRID = 40 * 40  # cells of a plane; a larger one is drawn as a single picture
GRADIENT = {"row": BACKWARD, "role": "gradient"}
# For each kind of array: its column, and the end of a wire that its cells are.
KINDS = {"x": (INPUT, "input"), "w": (KERNEL, "tap"), "y": (OUTPUT, "output"), "b": (KERNEL, "bias")}
cells_along = lru_cache(1024)(window_cells)


def scene(shown, signs, wires, at="y", **options):
    """Return a scene of some panels, with the first cell of panel ``at`` selected; ``options`` are its other fields."""
    first = {"panel": at, "cell": [0, 0, 0]}
    return {"panels": shown, "signs": signs, "wires": wires, "first": first, **options}


# --- panels -------------------------------------------------------------------------------------------------------


def panel(name, values, symbol, title, /, *, role, **options):
    """Return a panel of planes ``values`` (P, H, W); ``options`` are the other fields of :class:`Panel`."""
    values = np.array(values, dtype=np.float64)  # a copy: a scene must not change with the array
    count, *shape = values.shape
    view = "photo" if math.prod(shape) > LARGEST_GRID else "cells"
    look = {"view": view, "row": FORWARD, "column": 0, "planes": [count, 1], "limit": limit_of(values)}
    look["places"] = places(count, *map(range, shape))
    fixed = {"name": name, "symbol": symbol, "title": title, "role": role, "shape": shape, "values": values}
    return look | fixed | options


def array_panel(name, array, column):
    """Return an array of any shape as a panel, the last of its leading axes downwards."""
    drawn, leads = array.reshape(-1, *(1, *array.shape)[-2:]), array.shape[:-2]
    places = {"planes": list(map(list, np.ndindex(leads))), "columns": list(range(array.shape[-1]))}
    places["rows"] = list(range(array.shape[-2])) if array.ndim > 1 else []
    role = name[0] if name[0] in "wby" else "gradient" if name[0] == "d" else "x"
    across = {"planes": [leads[-1] if leads else 1, math.prod(leads[:-1])], "places": places}
    return panel(name, drawn, name, "×".join(map(str, array.shape[-2:])), role=role, column=column, **across)


def limit_of(values):
    """Return the largest magnitude of the finite values, which gets the full colour."""
    return float(np.abs(values[np.isfinite(values)]).max(initial=0.0))


def operand(name, values, title, axes=(), /, **options):
    """Return the panel of an array of an operation: x (C, H, W), w (F, C, kh, kw), y (F, H, W), b (F,), or a gradient.

    x is drawn with its padding, and with the rows and columns marked that no window of the ``axes`` reads.
    """
    kind = name[-1]
    look = {"role": kind, "column": KINDS[kind][0], "end": KINDS[kind][1]}
    if kind == "x":
        indices = [range(-axis.before, axis.padded + axis.overhang - axis.before) for axis in axes]
        edges, unread = ({"rows": of(axes[0]), "columns": of(axes[1])} for of in (kinds_along, _unread))
        look |= {"edges": edges, "unread": unread, "places": places(len(values), *indices)}
    if kind == "w":
        filters, channels, *shape = values.shape
        where = places(1, *map(range, shape))
        if filters * channels > 1:
            where["planes"] = [[f, c] for f in range(filters) for c in range(channels)]
        look |= {"planes": [channels, filters], "places": where}
        values = values.reshape(-1, *shape)
    if kind == "b":
        where = {"planes": [[f] for f in range(len(values))], "rows": [], "columns": []}
        look |= {"planes": [1, len(values)], "places": where}
        values = np.reshape(values, (-1, 1, 1))
    symbol, look = (f"∂L/∂{kind}", look | GRADIENT) if name != kind else (name, look)
    return panel(name, values, symbol, title, **look | options)


def operation(arrays, titles, axes, texts, sums, signs, wires, *, editable=(), known=None, **options):
    """Return the scene of an operation: a panel for each of its arrays that is there, with its sentences and its sum.

    The wires of the window are ``wires``; ``known`` are the fields of the sentences, ``options`` those of the scene.
    """
    titles = {"x": of_input(axes), "dx": of_gradient(axes), "dy": "upstream"} | titles
    shown = [
        operand(name, values, titles.get(name, ""), axes, editable=name in editable)
        for name, values in arrays.items()
        if values is not None
    ]
    tell(shown, texts, sums, **known or {})
    return scene(shown, signs, {"window": wires}, **options)


def chart_panel(name, value, symbol, title, lines, x, y, label, *, unit="", ticks=None, **options):
    """Return a chart with its resulting number; the other fields are those of :class:`Chart`."""
    chart = {"unit": unit, "x": x, "y": y, "ticks": ticks or x, "label": label, "lines": lines}
    look = {"role": "y", "view": "chart", "chart": chart, "places": places(1, [], [])}
    return panel(name, [[[value]]], symbol, title, **look, **options)


def places(count, rows, columns):
    """Return the places of ``count`` planes; the index of a single plane is omitted."""
    planes = [[plane] for plane in range(count)] if count > 1 else [[]]
    return {"planes": planes, "rows": list(rows), "columns": list(columns)}


def side_by_side(count, most=None):
    """Return the rows and columns of a layout of ``count`` maps with full rows: at most ``most`` columns, or as rows.

    Examples
    --------
    >>> side_by_side(12), side_by_side(3), side_by_side(7), side_by_side(12, 8)
    ([4, 3], [3, 1], [7, 1], [2, 6])
    """
    across = next(across for across in range(most or math.isqrt(count), 0, -1) if count % across == 0)
    return [count // across, across]


def side_by_column(*panels):
    """Return panels, each in the column of its index."""
    return [each | {"column": column} for column, each in enumerate(panels)]


def kinds_along(axis):
    """Return the kind of each drawn cell along an axis: of the input (0), padding (1), beyond the padded edge (2)."""
    return [1] * axis.before + [0] * axis.size + [1] * axis.after + [2] * axis.overhang


def _unread(axis):
    """Return 1 for each drawn cell along an axis that no window reads: leftovers, and gaps if S > F."""
    read = np.zeros(axis.padded + axis.overhang, int)
    read[cells_along(axis)] = 1
    return (1 - read).tolist()


# --- arrays -------------------------------------------------------------------------------------------------------


def pad(x, axes, value=0.0):
    """Return x with all cells drawn around it: the padding, and the overhang of ``ceil_mode``."""
    sides = tuple((axis.before, axis.far) for axis in axes)
    return padding.pad2d(x, sides, mode="constant", value=value) if is_padded(axes) else x


# --- wires --------------------------------------------------------------------------------------------------------


def window_wires(axes, channels, filters, groups, *, turned):
    """Return the wires of a convolution; if the kernel is ``turned`` by 180°, they go through the opposite taps.

    In the table of planes, ``channel`` is the channel's number within its group: its index in w.
    """
    deep, wide = channels // groups, filters // groups
    planes = [(f, f // wide * deep + k, f * deep + k, k) for f in range(filters) for k in range(deep)]
    output, source, tap, channel = map(list, zip(*planes, strict=True))
    planes = {"output": output, "input": source, "tap": tap, "part": tap, "channel": channel}
    return {"planes": planes, **_axis_tables(axes, turned)}


def pool_wires(axes, channels):
    """Return the wires of a pooling, or of any operation that treats channels separately."""
    planes = list(range(channels))
    return {"planes": {"output": planes, "input": planes, "tap": [0] * channels}} | _axis_tables(axes)


def bias_wires(shape):
    """Return the wires from each bias to every cell of its plane of an output (F, H, W)."""
    planes = list(range(shape[0]))
    rows, columns = ({"output": list(range(length)), "bias": [0] * length} for length in shape[1:])
    return {"planes": {"output": planes, "bias": planes}, "rows": rows, "columns": columns}


def _axis_tables(axes, turned=False):
    tables = []
    for axis in axes:
        taps = list(range(axis.kernel))[:: -1 if turned else 1]
        output = [window for window in range(axis.out) for _ in taps]
        cells = cells_along(axis).ravel().tolist()
        tables.append({"output": output, "input": cells, "tap": taps * axis.out, "part": output})
    return {"rows": tables[0], "columns": tables[1]}


def packed_shares(shares):
    """Return the shares (C, out_h, out_w, kh, kw) of a scene's wires."""
    return {"shape": list(shares.shape[1:]), "values": shares}


# --- sums ---------------------------------------------------------------------------------------------------------


def total(a, b, *, wires="window", strip=("", " + ", ""), **options):
    """Return the sum that computes a cell: a times b over its wires."""
    opening, joiner, closing = strip
    return {"wires": wires, "a": a, "b": b, "opening": opening, "joiner": joiner, "closing": closing, **options}


def parts_in(a, b, goes, *, verb="takes part in", wires="window", **options):
    """Return the terms of cells of the panel ``goes`` in which a cell takes part."""
    return total(a, b, wires=wires, strip=(f"{verb} ", " ", ""), goes=goes, **options)


SHARES_BACK = {"dx": total("dy", "share"), "dy": parts_in("dy", "share", "dx", verb="sends")}


# --- words --------------------------------------------------------------------------------------------------------


def size_of(array):
    """Return the size of the planes of an array in words.

    Examples
    --------
    >>> size_of(np.ones((1, 1, 3, 4)))
    '3×4'
    """
    height, width = array.shape[-2:]
    return f"{height}×{width}"


def pad_line(axes, fill=0.0, *, beyond=False):
    """Return the line of numpy that pads x, including the overhang of a window if that counts."""
    pads = ", ".join(f"({axis.before}, {axis.far if beyond else axis.after})" for axis in axes)
    value = f", constant_values={fill:g}".replace("inf", "np.inf") if fill else ""
    x = "x.astype(float)" if np.isinf(fill) else "x"  # no int is infinite
    return f"xp = np.pad({x}, ((0, 0), (0, 0), {pads}){value})"


def of_input(axes):
    """Describe the size of the input and its padding."""
    return f"input {'×'.join(str(axis.size) for axis in axes)}{', padded' * is_padded(axes)}"


def of_gradient(axes):
    """Describe the size of the input's gradient, or how its padding is cropped."""
    ring = any(axis.before or axis.after for axis in axes)
    return "the ring is cropped" if ring else f"gradient {'×'.join(str(axis.size) for axis in axes)}"


def source(axes):
    """Return the name of the drawn input in a line of numpy."""
    return "xp" if is_padded(axes) else "x"


def is_padded(axes):
    """Return whether cells are drawn around the input."""
    return any(axis.before or axis.far for axis in axes)


def without_code(given):
    """Return a scene without lines of code, for arrays with other names in the notebook."""
    for each in given["panels"]:
        each["says"].pop("code", None)
    return {key: value for key, value in given.items() if key not in ("setup", "coverage")}
