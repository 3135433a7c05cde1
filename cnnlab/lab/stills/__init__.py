"""Pictures for places where no widget runs: from scenes and arrays to PNG; without global state or side effects.

A still looks like the browser's stage: lengths are in its pixels, colours are read from ``front/colours.css``.
"""

from cnnlab.lab.stills._canvas import Canvas, Picture, image_html
from cnnlab.lab.stills._pictures import draw_sizes, picture_of_curves, picture_of_planes
from cnnlab.lab.stills._scene import draw_scenes, draw_table

__all__ = [
    *("Canvas", "Picture", "draw_scenes", "draw_sizes", "draw_table"),
    *("image_html", "picture_of_curves", "picture_of_planes"),
]
