"""Pictures for places where no widget runs: scenes and arrays in, matplotlib Axes out; no global state, nothing shown.

A still looks like the browser's stage: lengths are its pixels, colours those of ``front/colours.css``.
"""

from cnnlab.lab.stills.canvas import Picture, image_html, new_axes, to_png
from cnnlab.lab.stills.curves import draw_curves
from cnnlab.lab.stills.planes import draw_plane
from cnnlab.lab.stills.scene import draw_scene, scene_png
from cnnlab.lab.stills.sizes import draw_sizes

__all__ = [
    "Picture",
    "draw_curves",
    "draw_plane",
    "draw_scene",
    "draw_sizes",
    "image_html",
    "new_axes",
    "scene_png",
    "to_png",
]
