"""The scenes of a pooling: forward and backward, and the rules for ties side by side."""

from __future__ import annotations

from itertools import product

import numpy as np

from cnnlab._validate import check_shape
from cnnlab.lab.scenes import _panels as panels
from cnnlab.lab.scenes import _sentences as sentences
from cnnlab.lab.scenes._panels import (
    BACKWARD,
    INPUT,
    Axes,
    input_panel,
    is_padded,
    of_gradient,
    of_input,
    one_or_pair,
    output_panel,
    pad,
    parts_in,
    size_of,
    total,
)
from cnnlab.lab.scenes.schema import Panel, Scene
from cnnlab.operands import check_pool
from cnnlab.pooling import POOLS
from cnnlab.wiring import axis_wires

TIE_RULES = {
    "first": "the first (max_pool2d)",
    "split": "shared (amax, autograd)",
    "all": "each in full: wrong",
}


def pooling_scene(x, kernel, *, op="max", dy=None, pad_value=None, **settings) -> Scene:
    """Return the scene of one pooling, with its backward row where ``dy`` is given.

    Parameters
    ----------
    x : array (1, C, H, W)
    kernel : int or (int, int)
    op : str
        One of :data:`cnnlab.pooling.POOLS`.
    dy : array (1, C, out_h, out_w), optional
        The gradient of the loss with respect to y.
    pad_value : float, optional
        Something else for the pool to find in the padding, such as 0, to show why that is wrong for a maximum.
    **settings
        Those of the pool: ``stride``, ``padding``, ``ceil_mode`` …

    Examples
    --------
    >>> scene = pooling_scene(np.arange(4.0).reshape(1, 1, 2, 2), 2)
    >>> scene["shares"]["values"].ravel()
    array([0., 0., 0., 1.])
    """
    run = _Run(x, kernel, op, pad_value, settings)
    shown = [
        input_panel("x", run.xp[0], run.axes, "x", of_input(run.axes), editable=True),
        output_panel("y", run.y[0], "y", f"{op} of each window, {size_of(run.y)}"),
    ]
    if run.pool.picks:
        shown[0]["marks"] = {"winner": _cells_with_a_share(run.shares, run.axes)}
    if dy is not None:
        check_shape("dy", dy, run.y.shape, "that of y")
        shown[0]["gradient"] = "dx"
        look = {"row": BACKWARD, "role": "gradient"}
        shown += [
            input_panel("dx", run.back(dy)[0], run.axes, "∂L/∂x", of_gradient(run.axes), **look),
            output_panel("dy", dy[0], "∂L/∂y", "upstream", editable=True, **look),
        ]
    _add_words(shown, run)
    return {
        "panels": shown,
        "signs": ["→"],
        "wires": {"window": panels.pool_wires(run.axes, x.shape[1])},
        "first": {"panel": "y", "cell": [0, 0, 0]},
        "coverage": "x",
        "shares": panels.packed_shares(run.shares),
        **_code(run),
    }


class _Run:
    """A pool at work on one image: what it makes, what each wire has a share of, and the way back.

    Padding that takes part, as something that the pool does not know of or as cells that it counts, is given to it as
    input: so its gradient is seen.
    """

    def __init__(self, x: np.ndarray, kernel, op: str, pad_value: float | None, settings: dict):
        self.kernel, self.pool, self.settings = kernel, POOLS[op], settings
        self.axes = check_pool(x.shape[2:], kernel, **_without(settings, self.pool.options))
        self.foreign = pad_value is not None and pad_value != self.pool.pads_with
        self.fill = pad_value if self.foreign else self.pool.pads_with
        self.xp = pad(x, self.axes, self.fill)
        bare = _without(settings, ("padding", "ceil_mode"))
        self.x, self.passed, self.start = x, settings, tuple(axis.before for axis in self.axes)
        if self.foreign:
            self.x, self.passed, self.start = self.xp, bare, (0, 0)
        self.y, _ = self.pool.forward(self.x, kernel, **self.passed)
        counts = settings.get("count_include_pad", "count_include_pad" in self.pool.options)
        if counts and not self.foreign:
            height, width = (min(axis.reach, axis.padded) for axis in self.axes)
            self.x, self.start = self.xp[:, :, :height, :width], (0, 0)
            self.passed = bare | {"ceil_mode": True}  # what hangs over the edge still counts for nothing
        self.shares = self._shares()

    def back(self, dy: np.ndarray) -> np.ndarray:
        """Return the gradient (N, C, …) of the padded input for each of N upstream gradients."""
        copies = np.repeat(self.x, len(dy), axis=0)
        _, kept = self.pool.forward(copies, self.kernel, **self.passed)
        dx = self.pool.backward(dy, kept, copies.shape, self.kernel, **self.passed)
        (top, left), (height, width) = self.start, dx.shape[2:]
        dxp = np.zeros((len(dy), *self.xp.shape[1:]))
        dxp[:, :, top : top + height, left : left + width] = dx
        return dxp

    def _shares(self) -> np.ndarray:
        """Return what each wire passes on of a 1, (C, out_h, out_w, kh, kw), as the pool's backward does it.

        Outputs whose windows do not touch are asked together.
        """
        rows, columns = self.axes
        apart = [min(-(-axis.extent // axis.stride), axis.out) for axis in self.axes]
        asked = np.zeros((apart[0] * apart[1], *self.y.shape[1:]))
        for number, (row, column) in enumerate(product(*map(range, apart))):
            asked[number, :, row :: apart[0], column :: apart[1]] = 1.0
        answers = self.back(asked)
        number = np.add.outer(np.arange(rows.out) % apart[0] * apart[1], np.arange(columns.out) % apart[1])
        channel = np.arange(self.y.shape[1])[:, None, None, None, None]
        row, column = _places(self.axes)
        return answers[number[:, :, None, None], channel, row, column]


def _without(settings: dict, names) -> dict:
    return {name: value for name, value in settings.items() if name not in names}


def tie_scene(x, kernel, dy, **settings) -> Scene:
    """Return the scene with the input gradient of max pooling under each rule for ties, side by side.

    Parameters
    ----------
    x, kernel, dy, settings
        As :func:`pooling_scene`.

    Examples
    --------
    >>> scene = tie_scene(np.ones((1, 1, 2, 2)), 2, np.array([[[[4.0]]]]))
    >>> [panel["values"].ravel().tolist() for panel in scene["panels"][1:]]
    [[4.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0], [4.0, 4.0, 4.0, 4.0]]
    """
    run = _Run(x, kernel, "max", None, settings)
    wins = (run.xp[0][:, *_places(run.axes)] == run.y[0][..., None, None]).astype(float)
    winners = np.maximum(1, wins.sum(axis=(-2, -1), keepdims=True))  # NaN is equal to no cell
    shares = {"first": run.shares, "split": wins / winners, "all": wins}
    shown = [output_panel("dy", dy[0], "∂L/∂y", "upstream", column=INPUT, role="gradient")]
    shown[0] |= {"sum": parts_in("dy", "share", "dx-first", verb="sends")}
    shown[0] |= {"says": sentences.told(sentences.POOLING["dy"])}
    for column, (rule, title) in enumerate(TIE_RULES.items(), start=1):
        dx = run.back(dy)[0] if rule == "first" else _along_the_wires(dy[0], shares[rule], run)
        look = {"role": "gradient", "column": column, "shares": panels.packed_shares(shares[rule])}
        panel = input_panel(f"dx-{rule}", dx, run.axes, "∂L/∂x", title, **look)
        shown.append(panel | {"sum": total("dy", "share"), "says": sentences.told(sentences.POOLING["dx"])})
    return {
        "panels": shown,
        "signs": ["→", "", ""],
        "wires": {"window": panels.pool_wires(run.axes, x.shape[1])},
        "first": {"panel": "dy", "cell": [0, 0, 0]},
        "steps": "dy",
        "shares": panels.packed_shares(run.shares),
    }


def _along_the_wires(dy: np.ndarray, shares: np.ndarray, run: _Run) -> np.ndarray:
    """Return the padded input gradient by a rule that is not cnnlab's: along every wire its share of dy."""
    dxp = np.zeros(run.xp.shape[1:])
    for plane, given in enumerate(dy[..., None, None] * shares):
        np.add.at(dxp[plane], _places(run.axes), given)
    return dxp


def _places(axes: Axes) -> tuple[np.ndarray, np.ndarray]:
    """Return the padded row and column that each wire leaves, to index with: (out_h, 1, kh, 1), (1, out_w, 1, kw)."""
    rows, columns = (axis_wires(axis).padded.reshape(axis.out, axis.kernel) for axis in axes)
    return rows[:, None, :, None], columns[None, :, None, :]


def _cells_with_a_share(shares: np.ndarray, axes: Axes) -> list[list[int]]:
    """Return the padded input cells (plane, row, column) that some wire with a share leaves."""
    rows, columns = (np.broadcast_to(place, shares.shape[1:]) for place in _places(axes))
    plane, *wire = np.nonzero(shares)
    cells = np.stack([plane, rows[tuple(wire)], columns[tuple(wire)]], axis=1)
    return np.unique(cells, axis=0).tolist()


# --- words --------------------------------------------------------------------------------------------------------


def _add_words(shown: list[Panel], run: _Run) -> None:
    """Give each panel its sum, its sentence and its line of numpy, in place."""
    pool, window = run.pool, "×".join(str(axis.kernel) for axis in run.axes)
    sums = {
        "x": parts_in("x", "share", "y", values=True, uses=list(pool.uses)),
        "y": total("x", "share", strip=pool.strip, values=True, skips=not pool.picks),
        "dx": total("dy", "share"),
        "dy": parts_in("dy", "share", "dx", verb="sends"),
    }
    for panel in shown:
        panel["sum"] = sums[panel["name"]]
        panel["says"] = sentences.told(sentences.POOLING[panel["name"]], window=window, does=pool.words)
    source = "xp" if is_padded(run.axes) else "x"
    if pool.numpy:
        cells = f"{source}[0, {{plane input}}, {{rows input}}, {{columns input}}]"
        shown[1]["says"]["code"] = sentences.filled(pool.numpy, window=cells)


def _code(run: _Run) -> dict:
    """Return the lines to copy: how numpy pads x, and the same pooling in PyTorch where it has it."""
    beyond = [axis.overhang if run.foreign else 0 for axis in run.axes]  # 0 may win there too, −∞ cannot
    pads = ", ".join(f"({axis.before}, {axis.after + more})" for axis, more in zip(run.axes, beyond, strict=True))
    fill = f", constant_values={run.fill:g}".replace("inf", "np.inf") if run.fill else ""
    setup, line = f"xp = np.pad(x, ((0, 0), (0, 0), {pads}){fill})", _pytorch_line(run)
    return {"setup": setup, "lines": [["PyTorch", line]]} if line else {"setup": setup}


def _pytorch_line(run: _Run) -> str:
    """Return the same pooling in PyTorch, which pads both sides alike and with no more than half a window."""
    can = all(axis.before == axis.after <= axis.kernel // 2 and axis.dilation == 1 for axis in run.axes)
    if not run.pool.pytorch or run.foreign or not can:
        return ""
    kernel, stride, before = (
        one_or_pair(tuple(getattr(axis, name) for axis in run.axes)) for name in ("kernel", "stride", "before")
    )
    given = f", padding={before}" if before else ""
    given += ", ceil_mode=True" if run.settings.get("ceil_mode") else ""
    given += ", count_include_pad=False" if not run.settings.get("count_include_pad", True) else ""
    return f"F.{run.pool.pytorch}(x, {kernel}, stride={stride}{given})"
