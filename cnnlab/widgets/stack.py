"""A stack of layers along one axis: its sizes, and HTML that draws them, with numbers and fixed words only in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnnlab.checks import check_int
from cnnlab.figures import format_value
from cnnlab.geometry import ReceptiveField, check_window, fits, output_size
from cnnlab.wiring import check_pool

KINDS = ("conv", "pool")
LARGEST_PLANE, SMALLEST_PLANE = 96, 3  # pixels
LENS, LABEL = 220, 14  # pixels: the enlarged corner, and the room that a label in it needs
MOST_LINES = 44  # cells in the lens; more have no lines between them


class Layer(NamedTuple):
    """A convolution or pool along one axis; lengths in cells."""

    kind: str
    kernel: int
    stride: int
    padding: int

    @property
    def label(self) -> str:
        """The layer in a few letters."""
        return f"{self.kind} {self.kernel}×{self.kernel} P{self.padding} S{self.stride}"

    def settings(self, ceil_mode: bool) -> dict:
        """Return what :func:`cnnlab.output_size` takes beside the size; only a pool can round up."""
        kind, kernel, stride, padding = self
        return {"kernel": kernel, "stride": stride, "padding": padding, "ceil_mode": ceil_mode and kind == "pool"}


# --- sizes --------------------------------------------------------------------------------------------------------


def check_stack(size, layers, ceil_mode) -> list[Layer]:
    """Return the layers as :class:`Layer`, each checked with the size it gets."""
    checked = []
    for number, layer in enumerate(layers, start=1):
        if not isinstance(layer, tuple | list) or len(layer) != 4 or layer[0] not in KINDS:
            raise ValueError(f"layer {number} ({layer!r}) must be (kind, kernel, stride, padding), kind one of {KINDS}")
        kind, kernel, stride, padding = layer
        kernel, stride = check_int("kernel", kernel, 1), check_int("stride", stride, 1)
        checked.append(Layer(kind, kernel, stride, check_int("padding", padding, 0)))
        check = check_pool if kind == "pool" else check_window
        axis, _ = check((size, size), **checked[-1].settings(ceil_mode))
        size = axis.out
    if not checked:
        raise ValueError("layers ([]) must hold at least one layer")
    return checked


def stack_sizes(size: int, layers: Sequence[Layer], ceil_mode: bool) -> list[int]:
    """Return the size of the input and after each layer."""
    sizes = [size]
    for layer in layers:
        sizes.append(output_size(sizes[-1], **layer.settings(ceil_mode)))
    return sizes


def stack_fits(size: int, layers: Sequence[Layer], ceil_mode: bool) -> bool:
    """Return whether each layer fits; a pool's padding stays below its kernel, or a window would hold padding alone."""
    for layer in layers:
        settings = layer.settings(ceil_mode)
        if not fits(size, **settings) or (layer.kind == "pool" and layer.padding >= layer.kernel):
            return False
        size = output_size(size, **settings)
    return True


# --- HTML ---------------------------------------------------------------------------------------------------------


def planes_html(sizes: Sequence[int], layers: Sequence[Layer], fields: Sequence[ReceptiveField]) -> str:
    """Return the planes as squares to one scale, the layers between them, and on the first what a cell sees of it."""
    unit = LARGEST_PLANE / max(sizes)
    seen = "".join(_field(field.start, field.size, unit) for field in fields)
    shown = [_plane(sizes[0], unit, "input", seen)]
    for number, (size, layer) in enumerate(zip(sizes[1:], layers, strict=True), start=1):
        kernel = f'<span class="cnnlab-F">{layer.kernel}×{layer.kernel}</span>'
        rest = f'<span class="cnnlab-P">P{layer.padding}</span> <span class="cnnlab-S">S{layer.stride}</span>'
        arrow = f'<div class="cnnlab-arrow">{layer.kind} {kernel}<br>{rest}<br>→</div>'
        shown.append(f'<div class="cnnlab-link">{arrow}{_plane(size, unit, f"after {number}")}</div>')
    return f'<div class="cnnlab-flow">{"".join(shown)}</div>'


def fields_html(sizes: Sequence[int], layers: Sequence[Layer], fields: Sequence[ReceptiveField]) -> str:
    """Return what the first cell of each layer sees of the input: a picture, a table and a sentence."""
    rows = ""
    for number, (layer, size, field) in enumerate(zip(layers, sizes[1:], fields, strict=True), start=1):
        cells = "".join(f"<td>{format_value(length)}</td>" for length in (size, field.size, field.jump, field.start))
        rows += f"<tr><th>{number}&ensp;{layer.kind}</th>{cells}</tr>"
    names = "<th>layer</th><th>output</th><th>sees</th><th>jump</th><th>start</th>"
    table = f"<table><thead><tr>{names}</tr></thead><tbody>{rows}</tbody></table>"
    top = fields[-1]
    words = (
        f"The first cell of layer {len(fields)} sees {top.size}×{top.size} cells, beginning at row and column "
        f"{format_value(top.start)} (below 0 is padding). Its neighbours see as much, {top.jump} further on."
    )
    return f'<div class="cnnlab-fields">{_lens(sizes[0], fields)}<div>{table}<p>{words}</p></div></div>'


def _plane(size: int, unit: float, name: str, inside: str = "") -> str:
    side = max(SMALLEST_PLANE, size * unit)
    square = f'<div class="cnnlab-square" style="width:{side:.1f}px;height:{side:.1f}px">{inside}</div>'
    return f'<div class="cnnlab-size">{square}<b>{size}</b><span>{name}</span></div>'


def _lens(size: int, fields: Sequence[ReceptiveField]) -> str:
    """Return the corner of the input that the first cells see, enlarged; each field has its layers' numbers in it."""
    low = min(0, *(field.start for field in fields))
    cells = max(field.start + field.size for field in fields) + 1 - low
    unit = max(1, LENS // cells) if cells <= LENS else LENS / cells
    lines = f"background-size:{unit}px {unit}px" if cells <= MOST_LINES else "background-image:none"
    boxes, labels = [f'<div class="cnnlab-input-cells" style="{_square(-low, size, unit)};{lines}"></div>'], []
    free = cells * unit  # no label has been put beyond this; the largest field gets its label first
    for side, start in sorted({(field.size, field.start) for field in fields}, reverse=True):
        boxes.append(_field(start - low, side, unit))
        end = (start + side - low) * unit
        if end <= free and side * unit > LABEL:
            numbers = [str(n) for n, field in enumerate(fields, start=1) if (field.size, field.start) == (side, start)]
            labels.append(f'<span style="left:{end:.1f}px;top:{end:.1f}px">{", ".join(numbers)}</span>')
            free = end - LABEL
    return f'<div class="cnnlab-lens"><div style="{_square(0, cells, unit)}">{"".join(boxes + labels)}</div></div>'


def _field(start: int, side: int, unit: float) -> str:
    return f'<div class="cnnlab-field" style="{_square(start, side, unit)}"></div>'


def _square(start: int, side: int, unit: float) -> str:
    """Return the style of a square that begins ``start`` cells from the left and from the top."""
    at, length = f"{start * unit:.1f}px", f"{side * unit:.1f}px"
    return f"left:{at};top:{at};width:{length};height:{length}"
