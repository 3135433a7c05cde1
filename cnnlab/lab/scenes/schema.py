"""The fields of a scene. ``front/schema.js`` has the same types for the front end.

A cell is ``[plane, row, column]`` of a panel, counted as drawn, with padding. Its *place* is its index in the learner's
array, which ``panel["places"]`` contains, so that drawing code need not count padding.

Text in braces is filled in for the cell in view, by :mod:`cnnlab.lab.scenes.reading` and its twin ``front/words.js``.
"""

from typing import Literal, NotRequired, Required, TypedDict

import numpy as np

Cell = list[int]
End = str  # role of a panel's cells in wires: output, input, tap, part, bias; the same end means the same cells
Span = list[str]  # [style, text]; the style "" is plain text
Line = list[Span]


class At(TypedDict):
    """A cell of a panel."""

    panel: str
    cell: Cell


class Wires(TypedDict):
    """Wires between cells: all combinations of one wire of the planes, one of the rows and one of the columns.

    Each of the three is a table with a column (a list of ints) for each end.
    """

    planes: dict[str, list[int]]
    rows: dict[str, list[int]]
    columns: dict[str, list[int]]


class WireList(TypedDict):
    """Wires one by one, for arbitrary functions: the k-th joins the k-th cell of each end, and has a weight.

    ``cells`` has a column for each end: the output, and the cells a and b of the two arrays that are multiplied. A wire
    adds weight · a · b to its output.
    """

    cells: dict[End, list[Cell]]
    weight: list[float]
    state: NotRequired[list[str]]  # for a learner's function, compared with the right one: "both", "missing" or "extra"


class Shares(TypedDict):
    """The share of each wire if there is no kernel: ``values`` (C, *shape) with shape (out_h, out_w, kh, kw)."""

    shape: list[int]
    values: np.ndarray


class Sum(TypedDict, total=False):
    """What the strip writes for a cell of a panel, one term per wire.

    A term is ``a`` times ``b``, both names of panels; ``b`` may be "share" or "one" instead. The total is the number in
    the cell; if ``goes`` names a panel, there is no total: the terms are those that the cell takes part in.
    """

    wires: Required[str]  # the key of the scene's wires
    a: Required[str]
    b: Required[str]
    opening: Required[str]
    joiner: Required[str]
    closing: Required[str]
    goes: str
    via: str  # a panel that the wires pass through
    bias: str  # a panel whose cell is added at the end
    values: bool  # chips show only a; the share is shown by highlighting
    skips: list[int]  # kinds of cell, as in Edges, that are skipped: not written, and not in {count}
    uses: list[str]  # the note on a if the share is 0, and if it is not
    adds: str  # a panel whose cells are added with weight 1, along the wires of that name
    right: np.ndarray  # the right totals, if the panel's are a learner's (planes, height, width)
    groups: np.ndarray  # what each wire of the planes adds to the total (wires, height, width)


class Says(TypedDict):
    """The sentences on a cell with no wire, with one and with more; and its line of numpy.

    ``kinds`` names the kinds of cell: array, padding, beyond the edge, an inserted zero.
    """

    none: str
    one: str
    many: str
    code: NotRequired[str]
    kinds: NotRequired[list[str]]
    ring: NotRequired[str]  # added to the sentence on a padding cell
    cells: NotRequired[list[str]]  # replaces them: a sentence for each cell, in reading order


class Edges(TypedDict):
    """Which rows and columns are cells of the array (0), padding (1), or beyond the padded edge (2)."""

    rows: list[int]
    columns: list[int]


class Places(TypedDict):
    """The index of each drawn plane, row and column in the learner's array; an empty list omits the index."""

    planes: list[list[int]]
    rows: list[int]
    columns: list[int]


class Sight(TypedDict):
    """For each row (top, bottom) and column (left, right): where its receptive field begins and ends in the image."""

    top: list[int]
    bottom: list[int]
    left: list[int]
    right: list[int]


class Curve(TypedDict):
    """A line of a chart."""

    name: str
    x: np.ndarray
    y: np.ndarray
    mark: NotRequired[list[float]]  # the position of its mark, if not at its end; the label is then only the name


class Chart(TypedDict):
    """The axes and lines of a chart: the ranges of ``x`` and ``y``, and the ``ticks`` of x with their labels."""

    unit: str
    x: list[float]
    y: list[float]
    ticks: list[float]
    label: str
    lines: list[Curve]
    drags: NotRequired[list]  # [name, step, least, most] of the slider that follows the pointer along x


class Panel(TypedDict, total=False):
    """One array or chart at its place on the stage; "maps" have too many cells for an element each."""

    name: Required[str]
    symbol: Required[str]  # its symbol; "_" begins a subscript
    title: Required[str]
    role: Required[str]  # the colour of its symbol and of its numbers in the strip: x, w, y, b or gradient
    view: Required[Literal["cells", "maps", "photo", "bars", "chart", "none"]]  # "none": only read by sums
    row: Required[int]
    column: Required[int]
    planes: Required[list[int]]  # [down, across]: planes are numbered down each column first
    shape: Required[list[int]]  # [height, width] of a plane
    values: Required[np.ndarray]  # (planes, height, width)
    limit: Required[float]  # the magnitude shown in full colour
    places: Required[Places]
    end: End
    sum: Sum
    says: Says
    alias: str  # the name of its cells, if not the symbol
    edges: Edges
    unread: Edges  # 1 for rows and columns that no window reads
    marks: dict[str, list[Cell]]
    frames: np.ndarray  # (steps, planes, height, width): its values after each step
    shares: Shares
    flat: bool  # drawn as a single strip, with one index per cell
    sees: Sight
    editable: bool
    active: bool
    turned: bool
    gradient: str  # the panel whose sum is shown for a cell of this one while the backward row is visible
    palette: Literal["signed", "grey"]
    band: int  # panels of one band share their columns; bands are stacked
    scale: float  # the side of a cell, where 1 is one with a number
    captions: list[str]  # one for each plane, or for each bar
    best: int  # the highlighted bar; -1 for none
    lengths: list[float]  # of the bars, from 0 to 1, if not the values
    texts: list[str]  # the text at the end of each bar, if not a percentage
    heads: list[str]  # the names of the rows and columns of a plane, whose indices are written beside it
    chart: Chart


class Scene(TypedDict, total=False):
    """Everything that one stage shows."""

    panels: Required[list[Panel]]
    signs: Required[list[str]]  # between the columns of the first row
    wires: Required[dict[str, Wires | WireList]]
    first: Required[At]  # the first selection
    held: bool  # it stays when the pointer moves away
    steps: str  # the panel that the transport steps through
    topic: str  # a new topic starts at its own first selection
    heading: str
    note: str
    pick: bool  # clicks are sent to the kernel
    compact: bool  # many small maps without numbers
    network: bool  # layers side by side, each a column of maps, with wires between them
    coverage: str  # the panel on which it can be shown how many outputs read a cell
    window: str  # the panel that shows the window of the selected output, enlarged
    shares: Shares
    setup: str  # the code that defines xp, for a line that reads it
