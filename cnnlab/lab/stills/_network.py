"""A whole network as a still: the maps of each layer below each other. Lengths in px."""

import numpy as np

from cnnlab.lab.scenes.reading import panel_of
from cnnlab.lab.stills._canvas import APART
from cnnlab.lab.stills._charts import Bars
from cnnlab.lab.stills._colours import GRADIENT
from cnnlab.lab.stills._panels import Planes, Sizes

TOWER, TIGHT = 400, 3  # how high a layer is, and the room between its maps
ALONE, LARGEST = 100, 56  # the sides of the image and of a map at most


class Tower(Planes):
    """The maps of a layer below each other."""

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
    """Frame the part of the image that the first cell sees."""
    name, (_, row, column) = scene["first"].values()
    if sees := panel_of(scene, name).get("sees"):
        image, left, top = next((each for each in blocks if each[0].panel["name"] == "h0"), blocks[0])
        corner = np.array([sees["left"][column], sees["top"][row]])
        size = np.array([sees["right"][column], sees["bottom"][row]]) + 1 - corner
        at = (left, y + top + image.top) + image.cell * corner
        canvas.box(*at, *(image.cell * size), line=GRADIENT, line_width=2.0)
