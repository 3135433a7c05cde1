"""Pictures that are no scenes: arrays beside each other, curves, and a stack of layers as in ``front/sizes.js``."""

import numpy as np
from matplotlib.colors import to_rgba

from cnnlab._validate import (
    LARGEST,
    check_array,
    check_choice,
    check_named,
    check_positive,
    check_shape,
    shown,
)
from cnnlab.lab.numbers import format_value
from cnnlab.lab.scenes import chart_panel, ends_of, panel
from cnnlab.lab.stills._canvas import APART, BESIDE, BODY, LEAST, ROW, SMALL, WIDTH, Canvas, Picture, words, wrap
from cnnlab.lab.stills._charts import LOOKS, Curves
from cnnlab.lab.stills._colours import BLUE, HATCH, SOFT, ZERO
from cnnlab.lab.stills._panels import LONGEST_SIDE, Sizes, needed
from cnnlab.lab.stills._scene import LARGEST_CELL, flowing

MOST_SIDE = 340  # px of a plane without numbers
PALETTES = "signed", "gray", "gray_r"
PLANE, LEAST_SIDE, STEP = 96, 3, 166  # px of the largest plane, of the smallest plane or field; from plane to plane
LENS, LABEL = 190, 14  # px of the corner of the input that is enlarged, and of a label there


def picture_of_planes(planes, alt, *, limit=None, palette="signed"):
    """Return planes of numbers beside each other as a picture.

    Parameters
    ----------
    planes : dict of arrays (H, W) or (H, W, 3)
        By their titles. Above 16 cells a side numbers are coloured only; three to a cell are red, green and blue, from
        0 to 1.
    alt : str
        What is to be seen, in a sentence.
    limit : float, optional
        The value of the full colour; default the largest magnitude of each.
    palette : str
        "signed", or, for values from 0 on, "gray" from black to white or "gray_r" from white to black.

    Raises
    ------
    TypeError, ValueError
        Where an argument is not of this kind.

    Examples
    --------
    >>> picture_of_planes({"x": [[1, -2], [0, 3]]}, "Four cells.")
    Picture: Four cells.
    """
    check_named("planes", planes)
    check_choice("palette", palette, PALETTES)
    look = {} if limit is None else {"limit": check_positive("limit", limit)}
    panels, cell = [], LARGEST_CELL
    for title, given in planes.items():
        plane = check_array(title, given)
        in_colour = plane.ndim == 3
        plane = check_array(title, plane, "HWC" if in_colour else "HW")
        made = panel(title, plane[None, ..., 0] if in_colour else plane[None], "", title, role="y", column=0, **look)
        if in_colour:
            check_shape(title, plane, (*plane.shape[:2], 3), "red, green and blue")
            made |= {"view": "photo", "palette": "colours", "colours": np.clip(plane[None], 0, 1)}
        elif max(plane.shape) > LONGEST_SIDE or palette != "signed":
            made |= {"view": "photo", "palette": palette}
        else:
            cell = max(cell, needed(plane))
        panels.append(made)
    canvas, side = Canvas(), min(MOST_SIDE, WIDTH / max(1, len(panels)) - BESIDE)
    blocks, _, canvas.width, canvas.height = flowing(panels, Sizes(cell, side, LEAST, caption=side))
    for block, left, top in blocks:
        block.draw(canvas, left, top, {}, faded=False)
    return Picture(canvas, alt)


def picture_of_curves(x, curves, alt, *, title="", label=""):
    """Return curves as a picture, with their names and their last numbers.

    Parameters
    ----------
    x : array (n,)
        Numbers that rise.
    curves : dict of arrays (n,)
        By their names; up to three, which colour and dashes tell apart. What is not finite is left out.
    alt : str
        What is to be seen, in a sentence.
    title, label : str
        What stands above the curves and below the axis.

    Raises
    ------
    TypeError, ValueError
        Where an argument is not of this kind.

    Examples
    --------
    >>> picture_of_curves([0, 1, 2], {"squares": [0, 1, 4]}, "A curve that rises.", label="x")
    Picture: A curve that rises.
    """
    x = check_array("x", x, "n")
    if len(x) < 2 or not (np.diff(x) > 0).all() or np.abs(x).max() > LARGEST:
        raise ValueError(f"x ({shown(x)}) must be two or more numbers that rise")
    check_named("curves", curves)
    if not 1 <= len(curves) <= len(LOOKS):
        raise ValueError(f"curves ({len(curves)} of them) must be one to {len(LOOKS)}")
    for name, text in [("title", title), ("label", label)]:
        if not isinstance(text, str):
            raise TypeError(f"{name} ({shown(text)}) must be a text")
    lines = [{"name": name, "x": x, "y": check_array(name, y, "n")} for name, y in curves.items()]
    for line in lines:
        check_shape(line["name"], line["y"], x.shape, "that of x")
    ends = [float(x[0]), float(x[-1])]
    heights = ends_of(np.concatenate([line["y"] for line in lines]))
    block = Curves(chart_panel("curves", heights[1], title, "", lines, ends, heights, label), Sizes(0))
    canvas = Canvas()
    block.draw(canvas, 0.0, 0.0, {}, faded=False)
    canvas.width, canvas.height = block.width, block.height
    return Picture(canvas, alt)


def draw_sizes(sizes, layers):
    """Draw a stack's formulas, its planes to one scale, and what the first cell of each layer sees of the input.

    Parameters
    ----------
    sizes : list of int
        The side of the input, then of what each layer makes, in cells.
    layers : list of (label, formula, field)
        A short name, the formula in one line, and the :class:`cnnlab.geometry.ReceptiveField` of each layer.

    Examples
    --------
    >>> from cnnlab.geometry import receptive_field
    >>> canvas = draw_sizes([200, 99], [("conv 5×5", "out = 99", receptive_field([("conv", 5, 2, 1)])[0])])
    >>> [word.text for word in canvas.words][:2]
    ['1 conv 5×5', 'out = 99']
    """
    canvas, fields = Canvas(), [field for _, _, field in layers]
    formulas = [[f"{number} {label}", formula] for number, (label, formula, _) in enumerate(layers, start=1)]
    _, y = canvas.table(0, 0, formulas)
    y = _draw_flow(canvas, sizes, layers, y + APART) + APART
    _draw_lens(canvas, sizes[0], fields, y)
    rows = [["layer", "output", "sees", "jump", "start"]]
    for k, (label, _, field) in enumerate(layers, start=1):
        rows.append([f"{k} {label.split()[0]}", *map(format_value, (sizes[k], *field[1:]))])
    left = LENS + 3 * APART
    _, low = canvas.table(left, y, rows)
    said = (
        f"The first cell of layer {len(layers)} sees {field.size}×{field.size} cells, beginning at row and column "
        f"{format_value(field.start)} (below 0: outside the input). Its neighbours see as much, "
        f"{field.jump} further on."
    )
    low = canvas.write_lines(left, low, wrap(words(said, SOFT), WIDTH - left))
    canvas.width = max(word.left + word.width for word in canvas.words)
    canvas.height = max(low, y + LENS)
    return canvas


def _draw_flow(canvas, sizes, layers, y):
    """Draw the planes in rows, after each the layer that reads it; returns where they end."""
    unit = PLANE / max(sizes)
    for k, size in enumerate(sizes):
        row, column = divmod(k, WIDTH // STEP)
        side, middle, arrow = max(LEAST_SIDE, round(unit * size)), column * STEP + PLANE / 2, (column + 0.79) * STEP
        centre = y + row * (PLANE + 2 * ROW + APART) + PLANE / 2
        canvas.box(middle - side / 2, centre - side / 2, side, side, fill=ZERO, line=SOFT)
        below = f"after {k}" if k else "input"
        around = [(middle, side / 2 + ROW / 2 + 2, str(size), BODY), (middle, side / 2 + 1.5 * ROW, below, SMALL)]
        around += [(arrow, -ROW / 2, layers[k][0], SMALL), (arrow, ROW / 2, "→", BODY)] if k < len(layers) else []
        for x, lower, text, letters in around:
            canvas.write(x, centre + lower, text, size=letters, colour=SOFT, align=0.5)
    return centre + PLANE / 2 + 2 * ROW


def _draw_lens(canvas, size, fields, y):
    """Draw the corner of the input that the first cells see; each field has its layers' numbers in it."""
    low = min(0, *(field.start for field in fields))
    cells = max(field.start + field.size for field in fields) + 1 - low
    unit, free = LENS / cells, LENS  # no label has been put beyond ``free``: the largest field gets its label first
    inside = unit * (min(size - low, cells) + low)
    canvas.box(0, y, LENS, LENS, line=HATCH, line_width=0.0, hatch="////")
    canvas.box(-low * unit, y - low * unit, inside, inside, fill=ZERO)
    for seen, start in sorted({(field.size, field.start) for field in fields}, reverse=True):
        first, end = unit * (start - low), unit * (start + seen - low)
        side = max(LEAST_SIDE, end - first - 2)
        canvas.box(first + 1, y + first + 1, side, side, fill=to_rgba(BLUE, 0.14), line=BLUE, line_width=2.0)
        if end <= free and end - first > LABEL:
            numbers = [str(k) for k, field in enumerate(fields, start=1) if (field.size, field.start) == (seen, start)]
            free = end - LABEL
            canvas.write(end - 5, y + free + LABEL / 2 - 3, ", ".join(numbers), size=LEAST, bold=True, align=1.0)
