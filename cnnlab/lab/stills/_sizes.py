"""The picture of a stack of layers, as in ``front/sizes.js``: its planes to one scale, and what one cell sees."""

from matplotlib.colors import to_rgba

from cnnlab.lab.numbers import format_value
from cnnlab.lab.stills._canvas import APART, WIDTH, Canvas
from cnnlab.lab.stills._colours import BLUE, HATCH, INK, SOFT, ZERO
from cnnlab.lab.stills._planes import stripes
from cnnlab.lab.stills._text import BODY, LEAST, ROW, SMALL, width_of, words, wrap

PLANE, LEAST_SIDE, STEP = 96, 3, 166  # px of the largest plane, of the smallest plane or field; from plane to plane
LENS, LABEL = 190, 14  # px of the corner of the input that is enlarged, and of a label there
COLUMNS, TABLE_ROW = {"output": 140, "sees": 200, "jump": 260, "start": 320}, 24  # px where columns end; of a row


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
    ['1 conv 5×5', 'out = 99 ']
    """
    canvas, fields, y = Canvas(), [field for _, _, field in layers], 0.0
    names = [f"{number} {label}" for number, (label, _, _) in enumerate(layers, start=1)]
    left = max(width_of(name, BODY, True) for name in names) + APART
    for name, (_, formula, _) in zip(names, layers, strict=True):
        canvas.write(0, y + ROW / 2, name, bold=True)
        y = canvas.write_lines(left, y, wrap(words(formula), WIDTH - left))
    y = _draw_flow(canvas, sizes, layers, y + APART) + APART
    _draw_lens(canvas, sizes[0], fields, y)
    left = LENS + 3 * APART
    canvas.width = max(left + COLUMNS["start"], *(word.left + word.width for word in canvas.words))
    canvas.height = max(_draw_table(canvas, sizes, layers, left, y, canvas.width - left), y + LENS)
    return canvas


def _draw_flow(canvas, sizes, layers, y):
    """Draw the planes in rows, after each the layer that reads it; returns where they end."""
    unit = PLANE / max(sizes)
    for k, size in enumerate(sizes):
        row, column = divmod(k, WIDTH // STEP)
        side, middle, arrow = max(LEAST_SIDE, round(unit * size)), column * STEP + PLANE / 2, (column + 0.79) * STEP
        centre = y + row * (PLANE + 2 * ROW + APART) + PLANE / 2
        canvas.box(middle - side / 2, centre - side / 2, side, side, fill=ZERO, line=SOFT)
        canvas.write(middle, centre + side / 2 + ROW / 2 + 2, str(size), bold=True, align=0.5)
        below = f"after {k}" if k else "input"
        canvas.write(middle, centre + side / 2 + 1.5 * ROW, below, size=SMALL, colour=SOFT, align=0.5)
        if k < len(layers):
            canvas.write(arrow, centre - ROW / 2, layers[k][0], size=SMALL, colour=SOFT, align=0.5)
            canvas.write(arrow, centre + ROW / 2, "→", colour=SOFT, align=0.5)
    return centre + PLANE / 2 + 2 * ROW


def _draw_lens(canvas, size, fields, y):
    """Draw the corner of the input that the first cells see; each field has its layers' numbers in it."""
    low = min(0, *(field.start for field in fields))
    cells = max(field.start + field.size for field in fields) + 1 - low
    unit, free = LENS / cells, LENS  # no label has been put beyond ``free``: the largest field gets its label first
    inside = unit * (min(size - low, cells) + low)
    canvas.polygons(LENS * stripes(20) + (0, y), fill=HATCH)
    canvas.box(-low * unit, y - low * unit, inside, inside, fill=ZERO)
    for seen, start in sorted({(field.size, field.start) for field in fields}, reverse=True):
        first, end = unit * (start - low), unit * (start + seen - low)
        side = max(LEAST_SIDE, end - first - 2)
        canvas.box(first + 1, y + first + 1, side, side, fill=to_rgba(BLUE, 0.14), line=BLUE, line_width=2.0)
        if end <= free and end - first > LABEL:
            numbers = [str(k) for k, field in enumerate(fields, start=1) if (field.size, field.start) == (seen, start)]
            free, text = end - LABEL, ", ".join(numbers)
            wide = width_of(text, LEAST, True) + 4
            canvas.box(end - 3 - wide, y + free - 3, wide, LABEL, fill=ZERO)
            canvas.write(end - 5, y + free + LABEL / 2 - 3, text, size=LEAST, bold=True, align=1.0)


def _draw_table(canvas, sizes, layers, x, y, width):
    """Draw a row of numbers for each layer, and a sentence on the last; returns where it ends."""
    rows = [("layer", *COLUMNS)]
    for k, (label, _, field) in enumerate(layers, start=1):
        rows.append((f"{k} {label.split()[0]}", *map(format_value, (sizes[k], *field[1:]))))
    for number, (name, *texts) in enumerate(rows):
        colour = INK if number else SOFT
        canvas.write(x, y + TABLE_ROW / 2, name, colour=colour, bold=number > 0)
        for text, end in zip(texts, COLUMNS.values(), strict=True):
            canvas.write(x + end, y + TABLE_ROW / 2, text, colour=colour, align=1.0)
        y += TABLE_ROW
        canvas.line([x, x + COLUMNS["start"]], y)
    said = (
        f"The first cell of layer {len(layers)} sees {field.size}×{field.size} cells, beginning at row and column "
        f"{format_value(field.start)} (below 0: outside the input). Its neighbours see as much, "
        f"{field.jump} further on."
    )
    return canvas.write_lines(x, y + APART / 2, wrap(words(said, SOFT), width))
