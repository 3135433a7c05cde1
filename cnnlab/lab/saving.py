"""Save an explorer to a file: a picture, an animation, a page, or the parts to embed in another page."""

from io import BytesIO

import numpy as np
from PIL import Image

from cnnlab.data.npz import check_path, write_whole
from cnnlab.lab import page

MOST_MOVING, MOST_STEPS = 2_000_000, 64  # bytes and steps of an animation
PAUSE = 700  # ms per step, as on the stage


def save(explorer, path):
    """Write an explorer to a file: see :meth:`cnnlab.lab.explorers.Explorer.save`."""
    path = check_path(path)
    suffix = path.suffix.lower()
    if suffix not in _KINDS:
        raise ValueError(f"path ({str(path)!r}) must end in one of {', '.join(_KINDS)}")
    made = _KINDS[suffix](explorer)
    for ending, data in (made if suffix == ".mjs" else {suffix: made}).items():
        write_whole(path if ending == suffix else path.with_suffix(ending), data)


def _moving(explorer):
    """Return the steps of ▶ as an animation: of many steps as many as fit in the file, evenly spread, the last too."""
    steps = np.linspace(0, explorer.steps - 1, min(explorer.steps, MOST_STEPS), dtype=int)
    canvases = [explorer.picture(int(step)) for step in steps]
    width, height = (max(getattr(canvas, side) for canvas in canvases) for side in ("width", "height"))
    for canvas in canvases:
        canvas.width, canvas.height = width, height
    images = [Image.open(BytesIO(canvas.png())) for canvas in canvases]
    while True:
        buffer = BytesIO()
        images[0].save(buffer, "GIF", save_all=True, append_images=images[1:], duration=PAUSE, loop=0)
        if buffer.tell() <= MOST_MOVING or len(images) == 1:
            return buffer.getvalue()
        images = images[::-2][::-1]


# By the ending of a path: what is written; for a module a dict, since a state in JSON goes beside it.
_KINDS = {
    ".svg": lambda explorer: explorer.picture().drawing("svg"),
    ".pdf": lambda explorer: explorer.picture().drawing("pdf"),
    ".png": lambda explorer: explorer.picture().png(),
    ".gif": _moving,
    ".html": page.page_of,
    ".mjs": page.parts_for_others,
}
