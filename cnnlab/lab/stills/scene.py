"""A scene as a still: its panels, the cell in view with its sum, and what is said of it."""

from __future__ import annotations

import re

from matplotlib.axes import Axes

from cnnlab.lab.scenes.schema import Scene
from cnnlab.lab.stills.blocks import CAPTION_ROW, Block
from cnnlab.lab.stills.canvas import APART, GRADIENT, MARGIN, SOFT, UNIT, Sheet, fit, new_axes, to_png
from cnnlab.lab.stills.charts import draw_bars, draw_chart
from cnnlab.lab.stills.highlight import LIT, light_of
from cnnlab.lab.stills.layout import Layout, lay_out
from cnnlab.lab.stills.planes import draw_planes
from cnnlab.lab.stills.strip import draw_words
from cnnlab.lab.stills.text import width_of, wrap

NARROWEST = 540  # px that the words have, however narrow the panels are
TITLE, TITLE_ROW = 16.0, 24


def draw_scene(scene: Scene, ax: Axes, *, top: float = 0.0) -> Axes:
    """Draw all panels of a scene, with the sum of the cell that it starts at; returns the Axes.

    Parameters
    ----------
    scene : dict
        From :mod:`cnnlab.lab.scenes`.
    ax : Axes
        Where to draw; its limits are widened to the scene, its frame is taken away.
    top : float
        Where the scene begins, in units: cells of the full size.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnlab.lab.scenes import convolution_scene
    >>> scene = convolution_scene(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2)))
    >>> ax = draw_scene(scene, new_axes())
    """
    sheet, layout = Sheet(), lay_out(scene)
    width = max(NARROWEST, layout.width)
    bottom = _draw(sheet, scene, layout, top * UNIT, width)
    sheet.put(ax)
    return fit(ax, max(width, ax.get_xlim()[1] * UNIT - MARGIN), bottom)


def scene_png(*scenes: Scene, title: str = "") -> bytes:
    """Return scenes, one below the other, as PNG bytes, the same in each run, with ``title`` above them.

    Examples
    --------
    >>> import numpy as np
    >>> from cnnlab.lab.scenes import convolution_scene
    >>> scene_png(convolution_scene(np.ones((1, 1, 3, 3)), np.ones((1, 1, 2, 2))))[1:4]
    b'PNG'
    """
    return to_png(_drawn(scenes, title))


def _drawn(scenes, title: str) -> Axes:
    """Return Axes with scenes below each other."""
    sheet, layouts, ax = Sheet(), list(map(lay_out, scenes)), new_axes()
    width = max([NARROWEST, *(layout.width for layout in layouts)])
    y = sheet.write_lines(0, 0, with_breaks(title, width), width, row=TITLE_ROW, size=TITLE)
    for number, (scene, layout) in enumerate(zip(scenes, layouts, strict=True)):
        if number:
            sheet.line([0, width], [y + APART, y + APART])
        y = _draw(sheet, scene, layout, y + APART * (2 if number else bool(title)), width)
    sheet.put(ax)
    return fit(ax, width, y)


def with_breaks(title: str, width: float) -> str:
    """Return a title that is broken before its signs of equality, if that is enough."""
    lines = wrap(re.sub(" (?!= )", "\u00a0", title), width, TITLE)
    if any(width_of(line, TITLE) > width for line in lines):
        return title
    return "\n".join(lines).replace("\u00a0", " ")


def _draw(sheet: Sheet, scene: Scene, layout: Layout, y: float, width: float) -> float:
    """Draw a scene below ``y``, its words ``width`` wide; returns where it ends."""
    y = sheet.write_lines(0, y, scene.get("heading", ""), width, row=TITLE_ROW, bold=True)
    light = light_of(scene, scene["first"])
    is_sum = any((levels == LIT).any() for levels in light.values())
    for block, left, top in layout.blocks:
        name = block.panel["name"]
        _draw_block(sheet, block, left, y + top, light[name], faded=is_sum and name != scene.get("window"))
    for x, middle, text, size in layout.signs:
        sheet.write(x, y + middle, text, size=size, colour=SOFT, align=0.5)
    return draw_words(sheet, scene, y + layout.height + APART, width)


def _draw_block(sheet: Sheet, block: Block, x: float, y: float, light, *, faded: bool) -> None:
    """Draw a panel: its caption, and what it shows."""
    for k, line in enumerate(block.caption):
        end = x
        for text, colour, bold in line:
            end = sheet.write(end, y + (k + 0.5) * CAPTION_ROW, text, colour=colour, bold=bold)
    view = block.panel["view"]
    if view == "bars":
        draw_bars(sheet, block, x, y)
    elif view == "chart":
        draw_chart(sheet, block, x, y)
    else:
        draw_planes(sheet, block, x, y, light, faded=faded)
    if block.panel.get("active"):
        sheet.box(x - 4, y - 4, block.width + 8, block.height + 8, radius=4, line=GRADIENT, line_width=2.0)
