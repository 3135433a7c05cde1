"""Pictures for places where no widget runs: arrays in, matplotlib Axes out; no global state, nothing shown."""

from __future__ import annotations

import textwrap
from decimal import ROUND_HALF_UP, Decimal, localcontext
from io import BytesIO

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

SIGNED = LinearSegmentedColormap.from_list("cnnlab", ["#dd7b2c", "#eceff4", "#2b83ba"])
INK, SOFT, HATCH, BLUE, ZERO = "#1f2328", "#59636e", "#b4bcc6", "#2b83ba", "#eceff4"
SYMBOLS = {"dx": "∂L/∂x", "dw": "∂L/∂w", "dy": "∂L/∂y", "db": "∂L/∂b"}
SIDE_WITH_NUMBERS = 16  # cells
PHOTO = 9.0  # width of a large panel, in cells of a small one
GAP, CAPTION, ROW_GAP, LEAST = 1.7, 1.3, 0.7, 4.2  # in cells; LEAST is the width of a column
LEAST_UNIT = 0.9  # smaller cells have no numbers
ARROW = 3.4  # room between the planes of a stack, in cells
CELL = 0.34  # inches
CHARACTER, CAPTION_CHARACTER = 0.235, 0.19  # width of a letter of a heading and of a caption, in cells


def format_value(value: float) -> str:
    """Return a number as the cells of the stage show it: a true minus sign, and about three digits.

    Examples
    --------
    >>> format_value(-2.0), format_value(0.125), format_value(0.001), format_value(float("-inf"))
    ('−2', '0.13', '≈0', '−∞')
    """
    if not np.isfinite(value):
        return "NaN" if np.isnan(value) else "∞" if value > 0 else "−∞"
    if 0 < abs(value) < 0.005:
        return "≈0"
    exact = Decimal(float(value)) + 0  # the sum has no negative zero
    with localcontext(rounding=ROUND_HALF_UP):  # as JavaScript rounds
        short = f"{float(f'{exact:.{max(0, 2 - max(0, exact.adjusted()))}f}'):g}"
        text = f"{exact:.1e}".replace("e+", "e") if abs(value) >= 1e5 else short
    return text.replace("-", "−")


def draw_plane(plane, ax: Axes, *, at=(0.0, 0.0), side=None, limit=None, palette=SIGNED, hatches=None) -> Axes:
    """Draw one plane of numbers with its top left corner ``at`` (x, y); returns the Axes.

    Parameters
    ----------
    plane : array (H, W)
        Values; above 16 cells a side they are coloured only.
    ax : Axes
        Where to draw, one unit a cell, y down.
    at, side : (float, float), float
        Corner, and width in units (default: one a cell).
    limit : float
        The value of the full colour; default the largest magnitude.
    palette : Colormap
        Zero-anchored colours.
    hatches : dict of (row, column) to str
        The hatch of a cell, as matplotlib's patches know it.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = draw_plane([[1, -2], [0, 3]], Figure().subplots())
    >>> [text.get_text() for text in ax.texts]
    ['1', '−2', '0', '3']
    """
    plane = np.asarray(plane, dtype=float)
    height, width = plane.shape
    unit = 1.0 if side is None else side / width
    x0, y0 = at
    limit = limit or np.abs(plane[np.isfinite(plane)]).max(initial=0) or 1.0
    low = 0.0 if palette is not SIGNED else -limit
    extent = (x0, x0 + width * unit, y0 + height * unit, y0)
    shown = np.nan_to_num(plane, neginf=-limit, posinf=limit)
    ax.imshow(shown, cmap=palette, vmin=low, vmax=limit, extent=extent, interpolation="nearest", aspect="auto")
    if max(height, width) > SIDE_WITH_NUMBERS or unit < LEAST_UNIT:
        return ax
    for (row, column), value in np.ndenumerate(plane):
        corner = (x0 + column * unit, y0 + row * unit)
        hatch = (hatches or {}).get((row, column))
        ax.add_patch(Rectangle(corner, unit, unit, fill=False, edgecolor="white", linewidth=1.2))
        ax.add_patch(Rectangle(corner, unit, unit, fill=False, edgecolor=HATCH, hatch=hatch, linewidth=0))
        strong = np.isfinite(value) and (abs(value) > 0.62 * limit) == (palette is SIGNED)
        colour = "white" if strong else SOFT if hatch else INK
        text = format_value(value)
        centre = (corner[0] + unit / 2, corner[1] + unit / 2)
        ax.text(*centre, text, ha="center", va="center", color=colour, fontsize=9 if len(text) < 4 else 7)
    return ax


def draw_scene(scene: dict, ax: Axes, *, top: float = 0.0) -> Axes:
    """Draw all panels of a scene, with the window of the output cell it starts at; returns the Axes.

    Parameters
    ----------
    scene : dict
        From :mod:`cnnlab.scenes`.
    ax : Axes
        Where to draw; its limits are widened to the scene, its frame is taken away.
    top : float
        Where the scene begins, in cells.

    Examples
    --------
    >>> import numpy as np
    >>> from matplotlib.figure import Figure
    >>> from cnnlab.scenes import convolution_scene
    >>> scene = convolution_scene(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)))
    >>> ax = draw_scene(scene, Figure().add_axes((0, 0, 1, 1)))
    """
    columns = sorted({panel["column"] for panel in scene["panels"]})
    widths = [max(_size(panel)[0] for panel in scene["panels"] if panel["column"] == column) for column in columns]
    lefts = dict(zip(columns, np.cumsum([0, *(max(width, LEAST) + GAP for width in widths)]), strict=False))
    for row in sorted({panel["row"] for panel in scene["panels"]}):
        slots = {column: _slot(scene, row, column) for column in columns}
        height = max(sum(_size(panel)[1] + CAPTION for panel in slot) for slot in slots.values())
        for column, slot in slots.items():
            used = sum(_size(panel)[1] + CAPTION for panel in slot)
            y = top + (height - used) / 2
            for panel in slot:
                _draw_panel(panel, ax, (lefts[column], y + CAPTION), _window(scene, panel))
                y += _size(panel)[1] + CAPTION
        _draw_signs(scene, ax, row, lefts, (top + CAPTION / 2 + height / 2))
        top += height + ROW_GAP
    right = lefts[columns[-1]] + max(widths[-1], LEAST)
    ax.set(xlim=(-0.4, max(right + 0.4, ax.get_xlim()[1])), ylim=(top, -0.4))
    ax.set_axis_off()
    return ax


def scene_png(*scenes: dict, title: str = "") -> bytes:
    """Return scenes, one below the other, as PNG bytes, the same in each run, with ``title`` above them.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnlab.scenes import convolution_scene
    >>> scene_png(convolution_scene(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2))))[1:4]
    b'PNG'
    """
    ax = new_axes()
    bottom = 0.0
    for text, scene in [(title, None), *((scene.get("heading"), scene) for scene in scenes)]:
        if text:
            ax.text(0, bottom + 0.4, text, ha="left", va="center", color=INK, fontsize=10)
            ax.set_xlim(right=max(ax.get_xlim()[1], CHARACTER * len(text)))
            bottom += CAPTION
        if scene:
            bottom = draw_scene(scene, ax, top=bottom).get_ylim()[0]
    return to_png(ax)


def draw_sizes(sizes, layers, ax: Axes) -> Axes:
    """Draw a stack's planes to one scale, on the first what one cell sees, with a line for each layer below.

    Parameters
    ----------
    sizes : list of int
        The side of the input, then of what each layer makes, in cells.
    layers : list of (label, formula, field)
        A short name, the formula in one line, and the :class:`cnnlab.geometry.ReceptiveField` of each layer.
    ax : Axes
        Where to draw; its limits are set, its frame is taken away.

    Examples
    --------
    >>> from cnnlab.geometry import receptive_field
    >>> field = receptive_field([("conv", 5, 2, 1)])[0]
    >>> ax = draw_sizes([200, 99], [("conv 5×5", "out = 99", field)], new_axes())
    >>> [text.get_text() for text in ax.texts][1:3]
    ['conv 5×5', '→']
    """
    side = min(6.0, 24.0 / len(sizes))  # of the largest plane, in cells
    unit, y = side / max(sizes), side + CAPTION
    right = _draw_planes(sizes, [label for label, _, _ in layers], ax, side)
    for number, (label, formula, field) in enumerate(layers, start=1):
        seen = ax.add_patch(Rectangle([field.start * unit] * 2, *[field.size * unit] * 2, fill=False, edgecolor=BLUE))
        seen.set_clip_path(Rectangle((-0.4, -0.4), side + 0.8, side + 0.8, transform=ax.transData))
        first, size = f"{number}  {label}:  {formula}", f"{field.size}×{field.size}"
        sees = f"     one cell sees {size} of the input, jump {field.jump}, start {format_value(field.start)}"
        ax.text(0, y + 0.5, first, ha="left", va="center", color=INK, fontsize=9)
        ax.text(0, y + 1.2, sees, ha="left", va="center", color=SOFT, fontsize=8)
        right, y = max(right, 0.9 * CHARACTER * len(first)), y + 1.8
    ax.set(xlim=(-0.4, right + 0.4), ylim=(y, -0.4))
    ax.set_axis_off()
    return ax


def new_axes() -> Axes:
    """Return empty Axes that fill a figure of their own."""
    figure = Figure(facecolor="white", dpi=110)
    FigureCanvasAgg(figure)
    return figure.add_axes((0, 0, 1, 1))


def to_png(ax: Axes) -> bytes:
    """Return Axes of :func:`new_axes` as PNG bytes, a unit of their limits as long as a cell, the same in each run."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    ax.figure.set_size_inches(CELL * (right - left), CELL * (bottom - top))
    buffer = BytesIO()
    ax.figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _draw_planes(sizes, labels, ax: Axes, largest: float) -> float:
    """Draw the planes of a stack in a row, each layer's label between two; returns where the last one ends."""
    x = 0.0
    for size, label in zip(sizes, ["", *labels], strict=True):
        if label:
            ax.text(x + ARROW / 2, largest / 2 - 0.3, label, ha="center", va="bottom", color=SOFT, fontsize=8)
            ax.text(x + ARROW / 2, largest / 2, "→", ha="center", va="center", color=SOFT, fontsize=12)
            x += ARROW
        side = largest * size / max(sizes)
        ax.add_patch(Rectangle((x, (largest - side) / 2), side, side, facecolor=ZERO, edgecolor=SOFT))
        ax.text(x + side / 2, largest + 0.5, str(size), ha="center", va="center", color=INK, fontsize=10)
        x += side
    return x


def _slot(scene: dict, row: int, column: int) -> list[dict]:
    return [panel for panel in scene["panels"] if (panel["row"], panel["column"]) == (row, column)]


def _side(panel: dict) -> float:
    """Return the width of one plane of a panel in cells; a large one is drawn smaller."""
    width = panel["shape"][1]
    return width * panel.get("unit", 1.0) if max(panel["shape"]) <= SIDE_WITH_NUMBERS else PHOTO


def _size(panel: dict) -> tuple[float, float]:
    """Return (width, height) of a panel in cells, all its planes with gaps between them."""
    down, across = panel["planes"]
    height, width = panel["shape"]
    side = _side(panel)
    return across * side + 0.3 * (across - 1), down * side * height / width + 0.3 * (down - 1)


def _draw_panel(panel: dict, ax: Axes, at: tuple[float, float], window: list[tuple[int, int, int]]) -> None:
    down, _ = panel["planes"]
    height, width = panel["shape"]
    side = _side(panel)
    unit = side / width
    name = panel.get("symbol", panel["name"])
    room = int((max(_size(panel)[0], LEAST) + GAP) / CAPTION_CHARACTER) - 2
    caption = "\n".join(textwrap.wrap(f"{SYMBOLS.get(name, name)}  {panel['title']}", room)[:2])
    ax.text(at[0], at[1] - 0.15, caption, ha="left", va="bottom", color=SOFT, fontsize=8, linespacing=1.1)
    palette = "gray" if panel.get("palette") == "grey" else SIGNED
    for plane, values in enumerate(panel["values"]):
        corner = (at[0] + (plane // down) * (side + 0.3), at[1] + (plane % down) * (height * unit + 0.3))
        hatches = _hatches(panel)
        draw_plane(values, ax, at=corner, side=side, limit=panel["limit"], palette=palette, hatches=hatches)
        for _, row, column in (cell for cell in panel.get("marks", {}).get("winner", []) if cell[0] == plane):
            ax.plot(corner[0] + (column + 0.85) * unit, corner[1] + (row + 0.15) * unit, ".", color=INK, markersize=4)
        for _, row, column in (cell for cell in window if cell[0] == plane):
            spot = (corner[0] + column * unit, corner[1] + row * unit)
            ax.add_patch(Rectangle(spot, unit, unit, fill=False, edgecolor=INK, linewidth=1.4))


def _hatches(panel: dict) -> dict[tuple[int, int], str]:
    """Return stripes for the cells of padding, dots for those in rows and columns that no window reads."""
    height, width = panel["shape"]
    top, bottom, left, right = panel.get("frame", (0, 0, 0, 0))
    unread = panel.get("unread", {"rows": [], "columns": []})
    hatches = {}
    for row, column in np.ndindex(height, width):
        padding = row < top or row >= height - bottom or column < left or column >= width - right
        passed_by = row in unread["rows"] or column in unread["columns"]
        if padding or passed_by:
            hatches[row, column] = "////" * padding + "..." * passed_by
    return hatches


def _window(scene: dict, panel: dict) -> list[tuple[int, int, int]]:
    """Return the cells of a panel that the wires of the output cell in view touch."""
    end = {"input": "padded", "tap": "tap", "output": "output"}.get(panel["kind"])
    if end is None or panel["row"]:
        return []
    start = scene.get("start", (0, 0))
    rows, columns = (_ends(scene[name], end, at) for name, at in zip(("rows", "columns"), start, strict=True))
    filters = 1 if panel["kind"] == "output" else scene["channels"] // scene["groups"]
    return [(plane, row, column) for plane in range(filters) for row in rows for column in columns]


def _ends(wires: dict, end: str, start: int) -> list[int]:
    return [index for index, output in zip(wires[end], wires["output"], strict=True) if output == start]


def _draw_signs(scene: dict, ax: Axes, row: int, lefts: dict[int, float], y: float) -> None:
    columns = sorted(lefts)
    signs = scene["signs"] if row == 0 else ["←"] * (len(columns) - 1)
    for column, sign in zip(columns[1:], signs, strict=False):
        if not _slot(scene, row, column):
            continue
        ax.text(lefts[column] - GAP / 2, y, sign, ha="center", va="center", color=SOFT, fontsize=14)
