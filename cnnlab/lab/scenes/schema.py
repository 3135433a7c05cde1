"""What a scene is, field by field. The front end's twins of these types stand in ``front/schema.js``.

A cell is ``[plane, row, column]`` of a panel, counted in what is drawn: padding too. Its *place* is where it stands in
the learner's array: ``panel["places"]`` says it, so that nobody who draws has to count padding.

Text in braces is filled in for the cell in view, by :mod:`cnnlab.lab.scenes.reading` and its twin ``front/words.js``.
"""

from __future__ import annotations

from typing import Literal, NotRequired, Required, TypedDict

import numpy as np

Cell = list[int]
End = str  # what a panel's cells are to a wire: output, input, tap, part, bias; panels of one end show the same cells
Span = list[str]  # [style, text]: how it is coloured, "" for plain text
Line = list[Span]


class At(TypedDict):
    """A cell of a panel."""

    panel: str
    cell: Cell


class Wires(TypedDict):
    """Wires between cells: every wire of the planes, with every wire of the rows, with every one of the columns.

    Each of the three is a table with a column (a list of ints) for each end.
    """

    planes: dict[str, list[int]]
    rows: dict[str, list[int]]
    columns: dict[str, list[int]]


class WireList(TypedDict):
    """Wires one by one, as any function may have them: the k-th joins the k-th cell of each end, and has a weight.

    ``cells`` has a column for each end: the output, and the cells a and b of the two arrays that are multiplied. To its
    output a wire adds weight · a · b.
    """

    cells: dict[End, list[Cell]]
    weight: list[float]
    state: NotRequired[list[str]]  # of a learner's function beside the right one: "both", "missing" or "extra"


class Shares(TypedDict):
    """What each wire carries where there is no kernel: ``values`` (C, *shape) with shape (out_h, out_w, kh, kw)."""

    shape: list[int]
    values: np.ndarray


class Sum(TypedDict):
    """What the strip writes for a cell of a panel, a term a wire.

    A term is ``a`` times ``b``, both names of panels; ``b`` may be "share" or "one" instead. A sum has a total, the
    number in the cell; where ``goes`` names a panel there is none: the terms are what the cell takes part in.
    """

    wires: str  # which of the scene's wires
    a: str
    b: str
    opening: str
    joiner: str
    closing: str
    goes: NotRequired[str]
    via: NotRequired[str]  # a panel that the wires run through on their way
    bias: NotRequired[str]  # a panel whose cell is added in the end
    values: NotRequired[bool]  # chips write a alone, the share being told by what is picked out
    skips: NotRequired[list[int]]  # kinds of cell, as in Edges, that have no part: not written, and not in {count}
    uses: NotRequired[list[str]]  # what becomes of a where the share is 0, and where it is not
    adds: NotRequired[str]  # a panel whose cells are added as they are, and the wires of that name
    right: NotRequired[np.ndarray]  # the right totals, where those of the panel are a learner's (planes, height, width)
    groups: NotRequired[np.ndarray]  # what each wire of the planes adds to the total (wires, height, width)


class Says(TypedDict):
    """What is said of a cell with no wire, with one and with more; and its line of numpy.

    ``kinds`` names what a cell is: one of the array, of the padding, beyond the edge, a zero put in between.
    """

    none: str
    one: str
    many: str
    code: NotRequired[str]
    kinds: NotRequired[list[str]]
    ring: NotRequired[str]  # what is added for a cell of the padding
    cells: NotRequired[list[str]]  # what is said in their place of each cell, in reading order


class Edges(TypedDict):
    """Which rows and columns are cells of the array (0), padding (1), or beyond the padded edge (2)."""

    rows: list[int]
    columns: list[int]


class Places(TypedDict):
    """The index of each drawn plane, row and column in the learner's array; an empty list is not written."""

    planes: list[list[int]]
    rows: list[int]
    columns: list[int]


class Sight(TypedDict):
    """For each row (top, bottom) and column (left, right): where what it depends on begins and ends in the image."""

    top: list[int]
    bottom: list[int]
    left: list[int]
    right: list[int]


class Curve(TypedDict):
    """A line of a chart."""

    name: str
    x: np.ndarray
    y: np.ndarray
    mark: NotRequired[list[float]]  # where its mark stands, if not at its end; the name then says all there is to say


class Chart(TypedDict):
    """The axes and lines of a chart: from where to where ``x`` and ``y`` run, and ``ticks``, as x is written."""

    unit: str
    x: list[float]
    y: list[float]
    ticks: list[float]
    label: str
    lines: list[Curve]
    drags: NotRequired[list]  # [name, step, least, most] of the slider that a pointer sets to where it is along x


class Panel(TypedDict, total=False):
    """One array, or a chart, at its place on the stage; "maps" have cells too many to be elements."""

    name: Required[str]
    symbol: Required[str]  # how the learner writes it, what follows "_" as a subscript
    title: Required[str]
    role: Required[str]  # which colour its symbol and its numbers in the strip have: x, w, y, b or gradient
    view: Required[Literal["cells", "maps", "photo", "bars", "chart", "none"]]  # "none": only read by sums
    row: Required[int]
    column: Required[int]
    planes: Required[list[int]]  # [down, across]: planes are numbered down each column first
    shape: Required[list[int]]  # [height, width] of a plane
    values: Required[np.ndarray]  # (planes, height, width)
    limit: Required[float]  # the magnitude of the full colour
    places: Required[Places]
    end: End
    sum: Sum
    says: Says
    alias: str  # how its cells are named, where not by the symbol
    edges: Edges
    unread: Edges  # 1 for rows and columns that no window reads
    marks: dict[str, list[Cell]]
    frames: np.ndarray  # (steps, planes, height, width): what it shows after each step
    shares: Shares
    flat: bool  # drawn as one strip, whose cells have one index
    sees: Sight
    editable: bool
    active: bool
    turned: bool
    gradient: str  # the panel whose sum is told of a cell of this one, while the way back is shown
    palette: Literal["signed", "grey"]
    band: int  # panels of one band share their columns; the bands stand below each other
    scale: float  # the side of a cell, where 1 is one with a number
    captions: list[str]  # one for each plane, or for each bar
    best: int  # the bar that is picked out; -1 for none
    lengths: list[float]  # of the bars, from 0 to 1, where not the values themselves
    texts: list[str]  # what is written at the end of each bar, where not a percentage
    heads: list[str]  # what the rows and the columns of a plane are: their indices are written beside it
    chart: Chart


class Scene(TypedDict, total=False):
    """All that one stage shows."""

    panels: Required[list[Panel]]
    signs: Required[list[str]]  # between the columns of the first row
    wires: Required[dict[str, Wires | WireList]]
    first: Required[At]  # the first selection
    held: bool  # it stays when the pointer moves on
    steps: str  # the panel that the transport steps through
    topic: str  # another topic begins at its own first selection
    heading: str
    note: str
    pick: bool  # a click is told to the kernel
    compact: bool  # many small maps without numbers
    network: bool  # layers side by side, the maps of each below each other, wires between them
    coverage: str  # the panel on which it can be shown how many outputs read a cell
    window: str  # the panel that shows the window of the selected output, enlarged
    shares: Shares
    setup: str  # what goes before a line that reads xp
