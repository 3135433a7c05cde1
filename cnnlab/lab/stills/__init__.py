"""Pictures for places where no widget runs: scenes and arrays in, PNG out; no global state, nothing shown.

A still looks like the browser's stage: lengths are its pixels, colours are read from ``front/colours.css``.
What is drawn is kept on a canvas as records, whose words a format other than PNG can write as text.
"""

from cnnlab.lab.stills._canvas import Canvas, Picture, image_html, new_axes
from cnnlab.lab.stills._charts import draw_curves
from cnnlab.lab.stills._planes import draw_plane
from cnnlab.lab.stills._scene import draw_scenes, draw_table
from cnnlab.lab.stills._sizes import draw_sizes

__all__ = [
    *("Canvas", "Picture", "draw_curves", "draw_plane", "draw_scenes", "draw_sizes", "draw_table"),
    *("image_html", "new_axes"),
]
