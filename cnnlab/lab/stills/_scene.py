"""A scene as a still: its panels, the selected cell with its sum as in ``front/strip.js``, and a sentence."""

import re
from collections import defaultdict

import numpy as np

from cnnlab.lab.numbers import format_value
from cnnlab.lab.scenes.reading import name_of, panel_of, sentence_of, strip_of, summed
from cnnlab.lab.stills._canvas import APART, TABLE_ROW, WIDTH, Canvas, Run, width_of, words, wrap
from cnnlab.lab.stills._charts import Bars, Curves
from cnnlab.lab.stills._colours import SOFT
from cnnlab.lab.stills._network import Tower, draw_sight
from cnnlab.lab.stills._panels import (
    LONGEST_SIDE,
    NUMBERED,
    SELECTED,
    SMALLEST,
    Planes,
    Sizes,
    letters_of,
    light_of,
    needed,
)

NARROWEST = 540  # the least width of the text, however narrow the panels are
TITLE = 16.0  # font size
STRIP_ROW, AROUND = 22, 6  # px of a row of the strip, and around the strip
MOST_TERMS = 12  # a longer sum is summarised

# The class that draws the panels of each view.
VIEWS = {"cells": Planes, "maps": Planes, "photo": Planes, "bars": Bars, "chart": Curves}

HEIGHT = 1000  # of a page; a scene may be higher if it cannot be made to fit
LARGEST_CELL, COMPACT, PLAIN, PHOTO = 38, 12, 20, 300  # the largest cells: with a number, compact, other; a photograph
STACKED = 8  # between panels of one column and row
NO_SIGN = 12  # the gap between columns without a sign
SIZES_OF_SIGNS, SYMBOL, WORD = {"⋆": 34.0, "·": 34.0}, 24.0, 13.0  # by sign; of other single letters, and of words


def draw_scenes(scenes, title=""):
    """Draw scenes one below another under a title, each with the sum of its initially selected cell.

    Parameters
    ----------
    scenes : list of dict
        From :mod:`cnnlab.lab.scenes`.
    title : str
        Broken before its equals signs, if that is enough.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnlab.lab.scenes import convolution_scene
    >>> canvas = draw_scenes([convolution_scene(np.full((1, 1, 1, 1), 3), np.full((1, 1, 1, 1), 2))])
    >>> [word.text.strip() for word in canvas.words][:3], canvas.png()[1:4]
    (['x', 'input', '1×1'], b'PNG')
    """
    canvas, layouts = Canvas(), list(map(lay_out, scenes))
    width = canvas.width = max([NARROWEST, *(wide for _, _, wide, _ in layouts)])
    y = canvas.write_lines(0, 0, title_lines(title, width), row=TABLE_ROW, size=TITLE)
    for number, (scene, layout) in enumerate(zip(scenes, layouts, strict=True)):
        if number:
            canvas.line([0, width], y + APART)
        y = _draw(canvas, scene, layout, y + APART * (2 if number else bool(title)), width)
    canvas.height = y
    return canvas


def draw_table(title, rows):
    """Draw a table of texts below a title.

    Examples
    --------
    >>> canvas = draw_table("Which?", [["○", "this one"], ["○", "that one"]])
    >>> [word.text for word in canvas.words]
    ['○', 'this one', '○', 'that one', 'Which? ']
    """
    canvas = Canvas()
    lines = wrap(words(title), NARROWEST, TITLE)
    right, canvas.height = canvas.table(0, TABLE_ROW * len(lines), rows)
    canvas.write_lines(0, 0, lines, row=TABLE_ROW, size=TITLE)
    canvas.width = max(NARROWEST, right)
    return canvas


def title_lines(title, width):
    """Return the lines of a title."""
    parts = [Run(part) for part in re.split("(?<= )(?== )", title) if part]
    too_wide = any(width_of(part.text, TITLE) > width for part in parts)
    return wrap(words(title) if too_wide else parts, width, TITLE)


def _draw(canvas, scene, layout, y, width):
    """Draw a scene below ``y``, with text ``width`` wide; return its lower end."""
    y = canvas.write_lines(0, y, wrap(words(scene.get("heading", ""), bold=True), width), row=TABLE_ROW)
    light = light_of(scene, scene["first"])
    is_sum = any(look != SELECTED for looks in light.values() for look in looks.values())
    blocks, signs, _, height = layout
    for block, left, top in blocks:
        name = block.panel["name"]
        block.draw(canvas, left, y + top, light[name], faded=is_sum and name != scene.get("window"))
    if scene.get("network"):
        draw_sight(canvas, scene, blocks, y)
    for x, middle, text in signs:
        canvas.write(x, y + middle, text, size=_size(text), colour=SOFT, align=0.5)
    y += height + APART
    if scene["wires"]:
        canvas.line([0, width], y)
        y = canvas.write_lines(0, y + AROUND, wrap(_sum(scene), width), row=STRIP_ROW) + AROUND
    y = canvas.write_lines(0, y, wrap(words(sentence_of(scene, scene["first"]), SOFT), width))
    return canvas.write_lines(0, y, wrap(words(scene.get("note", ""), bold=True), width))


# --- the layout: blocks with their corners, signs with their centres, and the total size ---


def lay_out(scene):
    """Return the layout with the largest cells that fit the page, with numbers if they are readable.

    If even the smallest cells do not fit, columns without room stand below the others.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnlab.lab.scenes import convolution_scene
    >>> sides = range(5, 30, 8)
    >>> layouts = [lay_out(convolution_scene(np.ones((1, 1, side, side)), np.ones((1, 1, 3, 3)))) for side in sides]
    >>> [blocks[0][0].side for blocks, *_ in layouts]
    [38, 28, 17, 12]
    """
    roomy = [panel for panel in scene["panels"] if panel["view"] == "cells" and panel.get("scale", 1.0) >= 1]
    compact = scene.get("compact", False)
    numbered = not compact and all(max(panel["shape"]) <= LONGEST_SIDE for panel in roomy)
    least = max((needed(panel["values"]) for panel in roomy), default=NUMBERED) if numbered else SMALLEST
    largest = max(least, COMPACT if compact else LARGEST_CELL if numbered else PLAIN)
    for side in range(largest, least // 2, -1):  # photographs shrink further than cells
        cell = max(side, least)
        sizes = Sizes(cell, PHOTO * side / largest, letters_of(cell, least) if numbered else 0.0)
        layout, fits = _arranged(scene, sizes)
        if fits:
            break
    return layout


def _arranged(scene, sizes):
    """Return the layout for these sizes, in rows and columns, and whether it fits a page."""
    views = VIEWS | {"maps": Tower} if scene.get("network") else VIEWS
    columns = defaultdict(lambda: defaultdict(list))
    for panel in scene["panels"]:
        if panel["view"] != "none":
            columns[panel["column"]][panel.get("band", 0), panel["row"]].append(views[panel["view"]](panel, sizes))
    texts, lines, right = _signs(scene, columns), [], WIDTH
    for column, slots in sorted(columns.items()):
        gap = NO_SIGN + max((width_of(text, _size(text)) for text in texts[column].values()), default=0.0)
        width = max(block.width for slot in slots.values() for block in slot)
        if right + gap + width > WIDTH:
            lines.append([])
            right = -NO_SIGN
        lines[-1].append((right + gap, right + gap / 2, slots, texts[column]))
        right += gap + width
    blocks, signs, y = [], [], 0.0
    for line in lines:
        for row in sorted({row for _, _, slots, _ in line for row in slots}):
            heights = [sum(block.height + STACKED for block in slots[row]) - STACKED for _, _, slots, _ in line]
            high = max(heights)
            for (left, middle, slots, signs_of), height in zip(line, heights, strict=True):
                if text := signs_of.get(row):  # centred on the panels without their captions
                    signs.append((middle, y + high / 2 + 11, text))
                top = y + (high - height) // 2
                for block in slots[row]:
                    blocks.append((block, left, top))
                    top += block.height + STACKED
            y += high + APART
    width, height = max((left + block.width for block, left, _ in blocks), default=0.0), y - APART
    return (blocks, signs, width, height), len(lines) == 1 and height <= HEIGHT


def _signs(scene, columns):
    """Return the signs by the column to their right and the row.

    The backward row has no arrow to a panel that is not computed from its neighbour.
    """
    forward, backward = ([column for column in sorted(columns) if (0, row) in columns[column]][1:] for row in (0, 1))
    if any(panel["name"] == "dw" for panel in scene["panels"]):
        backward = backward[-1:]
    signs = defaultdict(dict, {column: {(0, 0): text} for column, text in zip(forward, scene["signs"], strict=False)})
    for column in backward:
        signs[column][0, 1] = "←"
    return signs


def _size(text):
    return SIZES_OF_SIGNS.get(text, SYMBOL if len(text) == 1 else WORD)


# --- the sum of the cell in view ---


def _sum(scene):
    """Return the strip as unbreakable runs: the head, each term with the sign after it, the result."""
    strip = strip_of(scene, scene["first"])
    told = summed(scene, scene["first"]["panel"]).get("sum", {})
    terms, bias = (strip.terms[:-1], strip.terms[-1:]) if "bias" in told else (strip.terms, [])
    if len(terms) > MOST_TERMS:
        terms = _subtotals(scene, told) or [*terms[:MOST_TERMS], f"… {len(terms) - MOST_TERMS} more"]
    *others, last = [*terms, *bias] or [""]
    runs = [f"{text}{strip.joiner.rstrip() or ' '} " for text in others] + [f"{last}{strip.closing} "]
    total = [Run(f"= {strip.total}" if last else strip.total, bold=True)] * bool(strip.total)
    return [Run(f"{strip.head.strip()} ", bold=True), *map(Run, runs), *total]


def _subtotals(scene, told):
    """Return the contribution of each channel to a long sum; empty if it is not known."""
    panel, (plane, row, column) = summed(scene, scene["first"]["panel"]), scene["first"]["cell"]
    if "groups" not in told:
        return []
    source, table = panel_of(scene, told["a"]), scene["wires"][told["wires"]]["planes"]
    planes = np.flatnonzero(np.equal(table[panel["end"]], plane))
    names = [name_of(source, [table[source["end"]][k], 0, 0]).split(",")[0].replace("[", " ") for k in planes]
    sums = told["groups"][planes, row, column]
    return [f"{name}: {format_value(total, 3)}" for name, total in zip(names, sums, strict=True)]
