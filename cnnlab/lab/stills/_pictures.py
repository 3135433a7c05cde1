"""Pictures other than scenes: arrays side by side, curves, and a stack of layers as in ``front/sizes.js``."""

import numpy as np

from cnnlab._validate import LARGEST, check_array, check_choice, check_named, check_positive, check_shape, shown
from cnnlab.lab.numbers import format_value
from cnnlab.lab.scenes import chart_panel, ends_of, panel, side_by_column
from cnnlab.lab.stills._canvas import APART, LEAST, ROW, Canvas, Picture, check_text, words, wrap
from cnnlab.lab.stills._charts import LOOKS
from cnnlab.lab.stills._colours import SOFT, ZERO
from cnnlab.lab.stills._panels import LONGEST_SIDE
from cnnlab.lab.stills._scene import NARROWEST, lay_out

PALETTES = "signed", "gray", "gray_r"
PLANE, LEAST_SIDE, STEP = 76, 3, 90  # px of the largest and the smallest plane, and the distance between planes


def picture_of_planes(planes, alt, *, limit=None, palette="signed"):
    """Return a picture of planes of numbers side by side.

    Parameters
    ----------
    planes : dict of arrays (H, W) or (H, W, 3)
        By their titles. Planes of more than 16 cells a side are coloured without numbers; three numbers per cell are
        red, green and blue, from 0 to 1.
    alt : str
        A one-sentence description of the picture.
    limit : float, optional
        The value of full colour; by default the largest magnitude in each plane.
    palette : str
        "signed", or, for values from 0 on, "gray" from black to white or "gray_r" from white to black.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of this kind.

    Examples
    --------
    >>> picture_of_planes({"x": [[1, -2], [0, 3]]}, "Four cells.")
    Picture: Four cells.
    """
    check_named("planes", planes)
    check_choice("palette", palette, PALETTES)
    look = {} if limit is None else {"limit": check_positive("limit", limit)}
    panels = []
    for title, given in planes.items():
        plane = check_array(title, given)
        in_colour = plane.ndim == 3
        plane = check_array(title, plane, "HWC" if in_colour else "HW")
        made = panel(title, plane[None, ..., 0] if in_colour else plane[None], "", title, role="y", **look)
        if in_colour:
            check_shape(title, plane, (*plane.shape[:2], 3), "red, green and blue")
            made |= {"view": "photo", "colours": np.clip(plane[None], 0, 1)}
        elif max(plane.shape) > LONGEST_SIDE or palette != "signed":
            made |= {"view": "photo", "palette": palette}
        panels.append(made)
    return _picture(panels, alt)


def _picture(panels, alt):
    """Return a picture of panels side by side."""
    canvas = Canvas()
    blocks, _, canvas.width, canvas.height = lay_out({"panels": side_by_column(*panels), "signs": []})
    for block, left, top in blocks:
        block.draw(canvas, left, top, {}, faded=False)
    return Picture(canvas, alt)


def picture_of_curves(x, curves, alt, *, title="", label=""):
    """Return a picture of curves, with their names and last values.

    Parameters
    ----------
    x : array (n,)
        Increasing numbers.
    curves : dict of arrays (n,)
        By their names; up to three, distinguished by colour and dashes. Inf and NaN are left out.
    alt : str
        A one-sentence description of the picture.
    title, label : str
        The texts above the curves and below the axis.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of this kind.

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
    check_text("title", title)
    check_text("label", label)
    lines = [{"name": name, "x": x, "y": check_array(name, y, "n")} for name, y in curves.items()]
    for line in lines:
        check_shape(line["name"], line["y"], x.shape, "that of x")
    ends = [float(x[0]), float(x[-1])]
    heights = ends_of(np.concatenate([line["y"] for line in lines]))
    return _picture([chart_panel("curves", heights[1], title, "", lines, ends, heights, label)], alt)


def draw_sizes(sizes, layers):
    """Draw a stack's formulas, its planes to scale, and a table of the first receptive field of each layer.

    Parameters
    ----------
    sizes : list of int
        The side of the input, then of each layer's output, in cells.
    layers : list of (label, formula, field)
        A short name, the formula in one line, and the :class:`cnnlab.geometry.ReceptiveField` of each layer.

    Examples
    --------
    >>> from cnnlab.geometry import receptive_field
    >>> canvas = draw_sizes([200, 99], [("conv 5×5", "out = 99", receptive_field([("conv", 5, 2, 1)])[0])])
    >>> [word.text for word in canvas.words][:2]
    ['1 conv 5×5', 'out = 99']
    """
    canvas, unit, names = Canvas(), PLANE / max(sizes), [label for label, _, _ in layers]
    right, y = canvas.table(0, 0, [[f"{k} {label}", formula] for k, (label, formula, _) in enumerate(layers, start=1)])
    y += APART
    for k, size in enumerate(sizes):
        side, middle = max(LEAST_SIDE, unit * size), k * STEP + PLANE / 2
        canvas.box(middle - side / 2, y + (PLANE - side) / 2, side, side, fill=ZERO, line=SOFT)
        for row, text in enumerate([f"after {k}" if k else "input", str(size), f"{names[k]} →" if names[k:] else ""]):
            canvas.write(middle, y + PLANE + (row + 0.7) * ROW, text, size=LEAST, align=0.5)
    y += PLANE + 4 * ROW
    rows = [["layer", "output", "sees", "jump", "start"]]
    for k, (label, _, field) in enumerate(layers, start=1):
        rows.append([f"{k} {label.split()[0]}", *map(format_value, (sizes[k], *field[1:]))])
    _, y = canvas.table(0, y, rows)
    said = (
        f"The first cell of layer {len(layers)} sees {field.size}×{field.size} cells, beginning at row and column "
        f"{format_value(field.start)} (below 0: outside the input). Its neighbours see as much, "
        f"{field.jump} further on."
    )
    canvas.width = max(right, len(sizes) * STEP, NARROWEST)
    canvas.height = canvas.write_lines(0, y, wrap(words(said, SOFT), canvas.width))
    return canvas
