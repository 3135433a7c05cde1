"""A whole network as a still: the maps of each layer below each other, and wires between them. Lengths in px."""

import numpy as np

from cnnlab.lab.scenes.reading import panel_of
from cnnlab.lab.stills._canvas import Block, Sizes
from cnnlab.lab.stills._charts import Bars
from cnnlab.lab.stills._colours import GRADIENT
from cnnlab.lab.stills._planes import Planes

TOWER, GAP = 400, 3  # how high a layer is, and the room between its maps
ALONE, LARGEST, STRIP = 100, 56, 14  # the sides of the image and of a map at most; how wide a strip is
APART, NEAR = 18, 7  # between layers, and between those of which each map makes one
BEND = np.linspace(0, 1, 16)  # of a wire

Blocks = list[tuple[Block, float, float]]  # with their corners
Layout = tuple[Blocks, list[tuple[float, float, str]], float, float]  # blocks, signs at their middles; how large it is


class Tower(Planes):
    """The maps of a layer below each other; a flat panel is one strip."""

    def measure(self, sizes):
        count, height, width = self.panel["values"].shape
        if self.panel.get("flat"):
            height, width = height * width, 1
            self.panel = self.panel | {"values": self.panel["values"].reshape(count, -1, 1), "shape": [height, 1]}
        super().measure(sizes)
        side = min(LARGEST if self.panel["column"] else ALONE, (TOWER + GAP) / count - GAP)
        self.cell, pitch = np.full(2, side / max(height, width)), (TOWER - side) / max(1, count - 1)
        if self.panel.get("flat"):
            self.cell, pitch = np.array([STRIP, TOWER / (count * height)]), TOWER / count
        self.corners = np.arange(count)[:, None] * np.array([[0.0, pitch]])
        self.width, self.height = self.cell[0] * width, TOWER if count > 1 else self.cell[1] * height

    def draw_body(self, canvas, x, y, light, faded):
        super().draw_body(canvas, x, y, light.reshape(self.panel["values"].shape), faded)


def towers(scene):
    """Return the layout of a network: its layers side by side."""
    blocks, right, sizes = [], 0.0, Sizes(1.0, ALONE, {}, compact=True, caption=ALONE)
    drawn = (panel for panel in scene["panels"] if panel["view"] != "none")
    for panel in sorted(drawn, key=lambda panel: panel["column"]):
        block = (Bars if panel["view"] == "bars" else Tower)(panel, sizes)
        twin = panel["role"] == "gradient" and panel["column"] == blocks[-1][0].panel["column"] if blocks else False
        left = right + (GAP if twin or not blocks else NEAR if _pairs(scene, panel["name"], alike=True) else APART)
        blocks.append((block, left if blocks else 0.0, 0.0))
        right = blocks[-1][1] + block.width
    return blocks, [], right, max(block.top for block, *_ in blocks) + TOWER


def _pairs(scene, name, *, alike=False):
    """Return the numbers of the maps that the wires of a panel join; ``alike`` nothing where any two differ."""
    panel = panel_of(scene, name)
    if "sum" not in panel or "goes" in panel["sum"] or panel["view"] != "maps":
        return []
    planes = scene["wires"][panel["sum"]["wires"]]["planes"]
    source = panel_of(scene, _source(panel))
    pairs = list(zip(planes[source["end"]], planes[panel["end"]], strict=True))
    return pairs if not alike or all(source == map_ for source, map_ in pairs) else []


def _source(panel):
    """Return the panel that the wires of another come from, on their last way."""
    return panel["sum"].get("via", panel["sum"]["a"])


def draw_wires(canvas, scene, blocks):
    """Draw the wires between the maps of neighbouring layers, and a frame around what the first cell sees."""
    places = {block.panel["name"]: (block, left, top + block.top) for block, left, top in blocks}

    def middle(name, plane):
        """Return where a map begins, where it ends, and the middle of its height."""
        block, left, top = places[name]
        high = block.cell[1] * block.panel["shape"][0]
        return left, left + block.cell[0] * block.panel["shape"][1], top + block.corners[plane][1] + high / 2

    for name, (block, *_) in places.items():
        if block.panel["role"] != "gradient":
            for source, plane in _pairs(scene, name):
                _, start, high = middle(_source(block.panel), source)
                end, _, low = middle(name, plane)
                canvas.line(start + (end - start) * BEND, high + (low - high) * BEND**2 * (3 - 2 * BEND), width=0.6)
    first, (image, left, top) = scene["first"], places["h0" if "h0" in places else next(iter(places))]
    if sees := panel_of(scene, first["panel"]).get("sees"):
        _, row, column = first["cell"]
        corner = np.array([sees["left"][column], sees["top"][row]])
        size = np.array([sees["right"][column], sees["bottom"][row]]) + 1 - corner
        canvas.box(*((left, top) + image.cell * corner), *(image.cell * size), line=GRADIENT, line_width=2.0)
