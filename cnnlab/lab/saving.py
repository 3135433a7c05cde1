"""An explorer saved as a file: a picture, a moving picture, a page, or the parts for a page of others."""

from io import BytesIO

from PIL import Image

from cnnlab.data.npz import check_path, write_whole
from cnnlab.lab import page

MOST_MOVING, MOST_STEPS = 2_000_000, 64  # bytes and steps of a moving picture
PAUSE = 700  # ms a step, as the stage plays


def save(explorer, path):
    """Write an explorer to a file: see :meth:`cnnlab.lab.explorers.Explorer.save`."""
    path = check_path(path)
    suffix = path.suffix.lower()
    if suffix not in _KINDS:
        raise ValueError(f"path ({str(path)!r}) must end in one of {', '.join(_KINDS)}")
    for ending, data in _KINDS[suffix](explorer).items():
        write_whole(path if ending == suffix else path.with_suffix(ending), data)


def _moving(explorer):
    """Return what ▶ leads through, step by step: of many steps as many as go into the file, evenly spread."""
    count = min(explorer.steps, MOST_STEPS)
    canvases = [explorer.picture(k * explorer.steps // count) for k in range(count)]
    width, height = (max(getattr(canvas, side) for canvas in canvases) for side in ("width", "height"))
    for canvas in canvases:
        canvas.width, canvas.height = width, height
    images = [Image.open(BytesIO(canvas.png())) for canvas in canvases]
    while True:
        buffer = BytesIO()
        images[0].save(buffer, "GIF", save_all=True, append_images=images[1:], duration=PAUSE, loop=0)
        if buffer.tell() <= MOST_MOVING or len(images) == 1:
            return buffer.getvalue()
        images = images[::2]


# By the ending of a path, what is written, each with its own ending.
_KINDS = {
    ".svg": lambda explorer: {".svg": explorer.picture().drawing("svg")},
    ".pdf": lambda explorer: {".pdf": explorer.picture().drawing("pdf")},
    ".png": lambda explorer: {".png": explorer.picture().png()},
    ".gif": lambda explorer: {".gif": _moving(explorer)},
    ".html": lambda explorer: {".html": page.page_of(explorer)},
    ".mjs": page.parts_for_others,
}
