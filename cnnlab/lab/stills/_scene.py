"""A scene as a still: its panels, the cell in view with its sum as in ``front/strip.js``, and a sentence."""

import re
from collections import defaultdict

import numpy as np

from cnnlab.lab.numbers import format_value
from cnnlab.lab.scenes.reading import name_of, panel_of, sentence_of, strip_of, summed, terms_of, written_terms
from cnnlab.lab.stills._canvas import APART, UNIT, WIDTH, Canvas, Sizes
from cnnlab.lab.stills._charts import Bars, Curves
from cnnlab.lab.stills._colours import ROLES, SOFT
from cnnlab.lab.stills._network import draw_wires, towers
from cnnlab.lab.stills._planes import LIT, LONGEST_SIDE, SMALLEST, Planes, light_of, needed
from cnnlab.lab.stills._text import Run, width_of, words, wrap

NARROWEST = 540  # px that the words have, however narrow the panels are
TITLE, TITLE_ROW = 16.0, 24
STRIP_ROW, AROUND = 22, 6  # px of a row of the strip, and around all rows
MOST_TERMS = 12  # of a sum, written one by one

# The kinds of picture: the class that draws the panels of a view.
VIEWS = {"cells": Planes, "maps": Planes, "photo": Planes, "bars": Bars, "chart": Curves}

HEIGHT = 1000  # of a page; a scene may be higher where nothing else helps
COMPACT, UNNUMBERED, PHOTO = 12, 20, 300  # the largest cell of a compact scene, of one without numbers; a photograph
FLOWING, FLOWING_PHOTO, BESIDE = 20, 96, 20  # a cell, a photograph and the room between panels without signs
STACKED = 8  # between panels of one column and row
NO_SIGN, SIGN = 12, 26  # the room between columns
WAYS = (200, 1, 4), (200, 2, 4), (72, 2, 4), (72, 4, 4), (72, 2, 2), (72, 2, 1), (72, 1, 4)  # as in Sizes, best first
SIZES_OF_SIGNS, SYMBOL, WORD = {"⋆": 34.0, "·": 34.0}, 24.0, 13.0  # another that is one letter, and a word

Phrase = list[Run]


def draw_scenes(scenes, title=""):
    """Draw scenes below each other, each with the sum of the cell that it starts at, below a title.

    Parameters
    ----------
    scenes : list of dict
        From :mod:`cnnlab.lab.scenes`.
    title : str
        Broken before its signs of equality, where that is enough.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnlab.lab.scenes import convolution_scene
    >>> canvas = draw_scenes([convolution_scene(np.full((1, 1, 1, 1), 3), np.full((1, 1, 1, 1), 2))])
    >>> [word.text.strip() for word in canvas.words][:3], canvas.png()[1:4]
    (['x', 'input 1×1', '3'], b'PNG')
    """
    canvas, layouts = Canvas(), list(map(lay_out, scenes))
    width = canvas.width = max([NARROWEST, *(wide for _, _, wide, _ in layouts)])
    y = canvas.write_lines(0, 0, title_lines(title, width), row=TITLE_ROW, size=TITLE)
    for number, (scene, layout) in enumerate(zip(scenes, layouts, strict=True)):
        if number:
            canvas.line([0, width], y + APART)
        y = _draw(canvas, scene, layout, y + APART * (2 if number else bool(title)), width)
    canvas.height = y
    return canvas


def draw_table(title, rows):
    """Draw rows of words in columns, below a title.

    Examples
    --------
    >>> canvas = draw_table("Which?", [["○", "this one"], ["○", "that one"]])
    >>> [word.text for word in canvas.words]
    ['Which? ', '○', 'this one', '○', 'that one']
    """
    canvas, columns = Canvas(), zip(*rows, strict=True)
    lefts = np.cumsum([0.0, *(max(map(width_of, column)) + BESIDE for column in columns)])
    canvas.width = max(NARROWEST, lefts[-1])
    y = canvas.write_lines(0, 0, wrap(words(title), canvas.width, TITLE), row=TITLE_ROW, size=TITLE)
    for row in rows:
        for left, text in zip(lefts, row, strict=False):
            canvas.write(left, y + TITLE_ROW / 2, text)
        y += TITLE_ROW
    canvas.height = y
    return canvas


def title_lines(title, width):
    """Return the lines of a title."""
    parts = re.split("(?<= )(?== )", title)
    too_wide = max(width_of(part, TITLE) for part in parts) > width
    return wrap(words(title) if too_wide else [[Run(part)] for part in parts if part], width, TITLE)


def _draw(canvas, scene, layout, y, width):
    """Draw a scene below ``y``, its words ``width`` wide; returns where it ends."""
    y = canvas.write_lines(0, y, wrap(words(scene.get("heading", ""), bold=True), width), row=TITLE_ROW)
    light = light_of(scene, scene["first"])
    is_sum = any((levels == LIT).any() for levels in light.values())
    blocks, signs, _, height = layout
    if scene.get("network"):
        draw_wires(canvas, scene, [(block, left, y + top) for block, left, top in blocks])
    for block, left, top in blocks:
        name = block.panel["name"]
        block.draw(canvas, left, y + top, light[name], faded=is_sum and name != scene.get("window"))
    for x, middle, text in signs:
        canvas.write(x, y + middle, text, size=_size(text), colour=SOFT, align=0.5)
    y += height + APART
    if scene["wires"]:
        canvas.line([0, width], y)
        y = canvas.write_lines(0, y + AROUND, wrap(_phrases(scene), width), row=STRIP_ROW) + AROUND
    y = canvas.write_lines(0, y, wrap(words(sentence_of(scene, scene["first"]), SOFT), width))
    return canvas.write_lines(0, y, wrap(words(scene.get("note", ""), bold=True), width))


# --- where panels stand ---


def lay_out(scene):
    """Return the layout with the largest cells that fit the page, with numbers where they can be read.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnlab.lab.scenes import convolution_scene
    >>> sides = range(5, 30, 8)
    >>> layouts = [lay_out(convolution_scene(np.ones((1, 1, side, side)), np.ones((1, 1, 3, 3)))) for side in sides]
    >>> [blocks[0][0].side for blocks, *_ in layouts]
    [38, 29, 18, 12]
    """
    if scene.get("network"):
        return towers(scene)
    panels, compact = scene["panels"], scene.get("compact", False)
    roomy = [panel for panel in panels if panel["view"] == "cells" and panel.get("scale", 1.0) >= 1]
    legible = not compact and all(max(panel["shape"]) <= LONGEST_SIDE for panel in roomy)
    written = {panel["name"]: needed(panel["values"]) for panel in roomy if legible}
    if not scene["signs"] and all(panel["row"] == 0 for panel in panels):
        cell = max([FLOWING, *written.values()]) if written else COMPACT
        return _flowing(panels, Sizes(cell, FLOWING_PHOTO, written, compact, caption=WIDTH))
    for numbers in (written, {}):
        least = max(numbers.values(), default=SMALLEST)
        largest = max(least, COMPACT if compact else UNIT if numbers else UNNUMBERED)
        smallest = SMALLEST if any(panel["view"] == "photo" for panel in panels) else least
        for cell in range(largest, smallest - 1, -1):
            sizes = (Sizes(max(cell, least), PHOTO * cell / largest, numbers, compact, *way) for way in WAYS)
            layouts = (_arranged(scene, each) for each in sizes)
            layout = min(layouts, key=lambda it: (max(it[2], WIDTH), max(it[3], HEIGHT)))  # the first that fits
            if layout[2] <= WIDTH and layout[3] <= HEIGHT:
                return layout
        if layout[2] <= WIDTH:
            break
    return layout


def _flowing(panels, sizes):
    """Return the layout of panels that nothing but their order joins: they go on below where there is no room."""
    blocks, x, y, width, low = [], 0.0, 0.0, 0.0, 0.0
    for panel in sorted(panels, key=lambda panel: (panel.get("band", 0), panel["column"])):
        block = VIEWS[panel["view"]](panel, sizes)
        if x and x + block.width > WIDTH:
            x, y = 0.0, low + APART
        blocks.append((block, x, y))
        width, low = max(width, x + block.width), max(low, y + block.height)
        x += block.width + BESIDE
    return blocks, [], width, low


def _arranged(scene, sizes):
    """Return the layout of these sizes: bands below each other, in each of them rows and columns."""
    blocks, signs, width, y, bands = [], [], 0.0, 0.0, defaultdict(lambda: defaultdict(list))
    for panel in scene["panels"]:  # in each band by row and column
        bands[panel.get("band", 0)][panel["row"], panel["column"]].append(VIEWS[panel["view"]](panel, sizes))
    for _, slots in sorted(bands.items()):
        texts, lefts, x = _signs(scene, slots), {}, 0.0
        for column in sorted({column for _, column in slots}):
            rooms = [NO_SIGN + width_of(text, _size(text)) for (_, after), text in texts.items() if after == column]
            room = max(SIGN, *rooms) if rooms else NO_SIGN
            lefts[column] = x + (room if lefts else 0.0), x + room / 2
            x = lefts[column][0] + max(block.width for (_, c), slot in slots.items() if c == column for block in slot)
        width = max(width, x)
        for row in sorted({row for row, _ in slots}):
            in_row = {column: slot for (r, column), slot in slots.items() if r == row}
            heights = {c: sum(block.height + STACKED for block in slot) - STACKED for c, slot in in_row.items()}
            high = max(heights.values())
            letters = min((block.letters for slot in in_row.values() for block in slot if block.letters), default=0.0)
            for column, slot in in_row.items():
                left, middle = lefts[column]
                if text := texts.get((row, column)):  # amid the bodies of the panels, which stand below captions
                    signs.append((middle, y + high / 2 + 11, text))
                top = y + (high - heights[column]) // 2
                for block in slot:
                    block.letters = min(block.letters, letters)  # the numbers of one row have one size
                    blocks.append((block, left, top))
                    top += block.height + STACKED
            y += high + APART
    return blocks, signs, width, y - APART


def _signs(scene, slots):
    """Return the signs by their row and the column to their right.

    In the backward row there is no arrow to what is not made from its neighbour.
    """
    columns = sorted({column for _, column in slots})[1:]
    last = max((column for row, column in slots if row == 1), default=None)
    separate = any(panel["name"] == "dw" for panel in scene["panels"])
    signs = {(0, column): text for column, text in zip(columns, scene["signs"], strict=False) if text}
    signs |= {(1, column): "←" for column in columns if column == last or not separate}
    return {place: text for place, text in signs.items() if place in slots}


def _size(text):
    return SIZES_OF_SIGNS.get(text, SYMBOL if len(text) == 1 else WORD)


# --- the sum of the cell in view ---


def _phrases(scene):
    """Return the strip in parts that stand in one row: the head, each term with the sign after it, the result."""
    strip, terms = strip_of(scene, scene["first"]), terms_of(scene, scene["first"])
    head = [Run(f"{strip.head.strip()} ", bold=True)]
    if not strip.terms:
        return [head, [Run(strip.total, bold=True)]]
    told = summed(scene, scene["first"]["panel"])["sum"]
    shown = _subtotals(scene, told, terms) or _terms(scene, told, strip.terms, terms)
    if "bias" in told:
        shown.append([Run(strip.terms[-1], ROLES["b"])])
    for phrase in shown[:-1]:
        phrase.append(Run(f"{strip.joiner.rstrip() or '  '} ", SOFT))
    shown[-1].append(Run(f"{strip.closing} ", SOFT))
    return [head, *shown, *[[Run(f"= {strip.total}", bold=True)]] * bool(strip.total)]


def _subtotals(scene, told, terms):
    """Return what each channel adds to a long sum; nothing for a short one, or one whose channels are not known."""
    panel, (plane, row, column) = summed(scene, scene["first"]["panel"]), scene["first"]["cell"]
    if "groups" not in told or len(terms) <= MOST_TERMS:
        return []
    planes = np.flatnonzero(np.equal(scene["wires"][told["wires"]]["planes"][panel["end"]], plane))
    first = terms[:: len(terms) // len(planes)]  # of each channel
    names = [name_of(panel_of(scene, told["a"]), term.a.cell).split(",")[0].replace("[", " ") for term in first]
    sums = zip(names, told["groups"][planes, row, column], strict=True)
    return [[Run(f"{name}: ", SOFT), Run(format_value(total, 3))] for name, total in sums]


def _terms(scene, told, texts, terms):
    """Return the terms, their factors in the colours of their panels; of a long sum the first, and how many more."""
    terms = written_terms(scene, told, terms)
    if not terms:
        return [[Run(text, SOFT)] for text in texts[: len(texts) - ("bias" in told)]]
    phrases = []
    for text, term in zip(texts, terms[:MOST_TERMS], strict=False):
        a, b = (ROLES[panel_of(scene, each.panel)["role"] if each.panel else "w"] for each in (term.a, term.b))
        product, arrow, target = text.partition(" → ")
        first, dot, second = product.partition("·")
        largest = told.get("values") and "skips" not in told and "goes" not in told and term.b.value == 1
        phrases.append([Run(first, a, bool(largest)), Run(dot), Run(second, b), Run(arrow + target)])
    return phrases + [[Run(f"… {len(terms) - MOST_TERMS} more", SOFT)]] * (len(terms) > MOST_TERMS)
