"""A whole network as a still: the maps of each layer in a column, and wires between them. Lengths in px."""

import numpy as np

from cnnlab.lab.scenes.reading import panel_of
from cnnlab.lab.stills._colours import GRADIENT
from cnnlab.lab.stills._panels import Planes

TOWER, TIGHT = 400, 3  # the height of a layer, and the gap between its maps
ALONE, LARGEST = 92, 56  # the largest sides of the image and of a map


class Tower(Planes):
    """The maps of a layer in a column."""

    caption_width = 60

    def measure(self, sizes):
        super().measure(sizes)
        self.below = []  # no room between maps
        count, (height, width) = self.panel["values"].shape[0], self.panel["shape"]
        side = min(LARGEST if self.panel["column"] else ALONE, (TOWER + TIGHT) / count - TIGHT)
        self.cell = np.full(2, side / max(height, width))
        self.corners = np.arange(count)[:, None] * np.array([[0.0, (TOWER - side) / max(1, count - 1)]])
        self.width, self.height = self.cell[0] * width, TOWER if count > 1 else self.cell[1] * height


def draw_sight(canvas, scene, blocks, y):
    """Draw the wires between maps, and a frame around the first cell's receptive field in the image."""
    places = {block.panel["name"]: (block, np.array([left, y + top + block.top])) for block, left, top in blocks}
    for block, corner in places.values():
        panel, told = block.panel, block.panel.get("sum", {})
        source = told.get("via", told.get("a"))
        if panel["role"] == "gradient" or panel["view"] != "maps" or source not in places:
            continue
        before, start = places[source]
        planes = scene["wires"][told["wires"]]["planes"]
        for source, plane in zip(planes[before.panel["end"]], planes[panel["end"]], strict=True):
            first = start + before.corners[source] + before.cell * before.panel["shape"][::-1] * (1, 0.5)
            last = corner + block.corners[plane] + block.cell * panel["shape"][::-1] * (0, 0.5)
            canvas.line(*np.transpose([first, last]), width=0.6)
    name, (_, row, column) = scene["first"].values()
    if sees := panel_of(scene, name).get("sees"):
        image, corner = places.get("h0", next(iter(places.values())))
        first = np.array([sees["left"][column], sees["top"][row]])
        size = np.array([sees["right"][column], sees["bottom"][row]]) + 1 - first
        canvas.box(*(corner + image.cell * first), *(image.cell * size), line=GRADIENT, line_width=2.0)
