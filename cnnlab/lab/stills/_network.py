"""A whole network as a still: the maps of each layer in a column, and wires between them. Lengths in px."""

import numpy as np

from cnnlab.lab.scenes.reading import panel_of
from cnnlab.lab.stills._canvas import APART
from cnnlab.lab.stills._charts import Bars
from cnnlab.lab.stills._colours import GRADIENT
from cnnlab.lab.stills._panels import Planes, Sizes

TOWER, TIGHT = 400, 3  # the height of a layer, and the gap between its maps
ALONE, LARGEST = 100, 56  # the largest sides of the image and of a map
BEND = np.linspace(0, 1, 16)  # of a wire


class Tower(Planes):
    """The maps of a layer in a column."""

    def measure(self, sizes):
        super().measure(sizes)
        count, (height, width) = self.panel["values"].shape[0], self.panel["shape"]
        side = min(LARGEST if self.panel["column"] else ALONE, (TOWER + TIGHT) / count - TIGHT)
        self.cell = np.full(2, side / max(height, width))
        self.corners = np.arange(count)[:, None] * np.array([[0.0, (TOWER - side) / max(1, count - 1)]])
        self.width, self.height = self.cell[0] * width, TOWER if count > 1 else self.cell[1] * height


def towers(scene):
    """Return the layout of a network."""
    blocks, right, sizes = [], 0.0, Sizes(1.0, ALONE, compact=True, caption=ALONE)
    drawn = (panel for panel in scene["panels"] if panel["view"] != "none")
    for panel in sorted(drawn, key=lambda panel: panel["column"]):
        block = (Bars if panel["view"] == "bars" else Tower)(panel, sizes)
        twin = blocks and panel["column"] == blocks[-1][0].panel["column"]
        left = right + (TIGHT if twin else APART) if blocks else 0.0
        blocks.append((block, left, 0.0))
        right = left + block.width
    return blocks, [], right, max(block.top for block, *_ in blocks) + TOWER


def draw_sight(canvas, scene, blocks, y):
    """Draw the wires between maps, and a frame around the first cell's receptive field in the image."""
    places = {block.panel["name"]: (block, np.array([left, y + top + block.top])) for block, left, top in blocks}
    for block, corner in places.values():
        panel, told = block.panel, block.panel.get("sum", {})
        if panel["role"] == "gradient" or panel["view"] != "maps" or "wires" not in told:
            continue
        before, start = places[told.get("via", told["a"])]
        planes = scene["wires"][told["wires"]]["planes"]
        for source, plane in zip(planes[before.panel["end"]], planes[panel["end"]], strict=True):
            size = before.cell * before.panel["shape"][::-1]
            x, high = start + before.corners[source] + size * (1, 0.5)
            end, low = corner + block.corners[plane] + block.cell * panel["shape"][::-1] * (0, 0.5)
            canvas.line(x + (end - x) * BEND, high + (low - high) * BEND**2 * (3 - 2 * BEND), width=0.6)
    name, (_, row, column) = scene["first"].values()
    if sees := panel_of(scene, name).get("sees"):
        image, corner = places.get("h0", next(iter(places.values())))
        first = np.array([sees["left"][column], sees["top"][row]])
        size = np.array([sees["right"][column], sees["bottom"][row]]) + 1 - first
        canvas.box(*(corner + image.cell * first), *(image.cell * size), line=GRADIENT, line_width=2.0)
