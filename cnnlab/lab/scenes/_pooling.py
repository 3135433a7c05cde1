"""The scenes of a pooling: forward and backward, and the rules for ties side by side."""

import math

import numpy as np

from cnnlab._validate import check_shape
from cnnlab.lab.scenes import _panels as panels
from cnnlab.lab.scenes import _sentences as sentences
from cnnlab.lab.scenes._panels import FORWARD, INPUT, SHARES_BACK, operand, packed_shares
from cnnlab.pooling import POOLS, check_pool

TIE_RULES = {"first": "the first (max_pool2d)", "split": "shared (amax, autograd)", "all": "each in full: wrong"}


def pooling_scene(x, kernel, *, op="max", dy=None, pad_value=None, **settings):
    """Return the scene of one pooling, with its backward row if ``dy`` is given.

    Parameters
    ----------
    x : array (1, C, H, W)
    kernel : int or (int, int)
    op : str
        One of :data:`cnnlab.pooling.POOLS`.
    dy : array (1, C, out_h, out_w), optional
        The gradient of the loss with respect to y.
    pad_value : float, optional
        Another value for the padding, such as 0, to show why that is wrong for a maximum.
    **settings
        Those of the pool: ``stride``, ``padding``, ``ceil_mode`` …

    Examples
    --------
    >>> scene = pooling_scene(np.arange(4.0).reshape(1, 1, 2, 2), 2)
    >>> scene["shares"]["values"].ravel()
    array([0., 0., 0., 1.])
    """
    run = _Run(x, kernel, op, pad_value, settings, dy)
    pool, window = run.pool, "×".join(str(axis.kernel) for axis in run.axes)
    sums = SHARES_BACK | {
        "x": panels.parts_in("x", "share", "y", values=True, uses=list(pool.uses)),
        "y": panels.total("x", "share", strip=pool.strip, values=True, **run.skips),
    }
    arrays = {"x": run.xp[0], "y": run.y[0]} | ({} if dy is None else {"dx": run.dx, "dy": dy[0]})
    titles = {"y": f"{op} of each window, {panels.size_of(run.y)}"}
    look = {"editable": ("x", "dy"), "known": sentences.SHARE | {"window": window, "does": pool.words}}
    look |= {"coverage": "x", "shares": packed_shares(run.shares)}
    look["setup"] = panels.pad_line(run.axes, run.fill, beyond=run.foreign)  # beyond the edge 0 may win, −∞ cannot
    scene = panels.operation(arrays, titles, run.axes, sentences.POOLING, sums, ["→"], run.wires, **look)
    drawn, output, *_ = scene["panels"]
    for panel in scene["panels"] * (x.shape[1] > 1):
        panel["captions"] = [f"channel {k}" for k in range(x.shape[1])]
    if pool.picks:
        drawn["marks"] = {"winner": np.argwhere(run.wins).tolist()}
    if pool.numpy:
        cells = f"{panels.source(run.axes)}[0, {{plane input}}, {{rows input}}, {{columns input}}]"
        output["says"]["code"] = sentences.filled(pool.numpy, window=cells)
    return scene


def pool_shares(layer, x):
    """Return the shares of a pool's wires, as in its scene."""
    return packed_shares(_Run(x, layer.sizes[-1], layer.name, None, layer.settings).shares)


class _Run:
    """A pool applied to one image: its output, the share of each wire, and the backward pass.

    Padding that takes part, with a foreign value or counted in the mean, is passed to the pool as input, so that its
    gradient is visible.
    """

    def __init__(self, x, kernel, op, pad_value, settings, dy=None):
        self.pool, self.settings = POOLS[op], settings
        self.axes = check_pool(x.shape[2:], kernel, **_without(settings, self.pool.options))
        self.foreign = pad_value not in (None, self.pool.pads_with)
        self.fill = pad_value if self.foreign else self.pool.pads_with
        self.xp, self.wires = panels.pad(x, self.axes, self.fill), panels.pool_wires(self.axes, x.shape[1])
        rows, columns = map(panels.cells_along, self.axes)
        channels = np.arange(x.shape[1])[:, None, None, None, None]
        self.cells = channels, rows[:, None, :, None], columns[:, None, :]  # of xp: the cell that each wire comes from
        # kinds of cell omitted from the sum of an output; a pool that picks shows its whole window
        left_out = [1] * (not settings.get("count_include_pad", True)) + [2] * (not self.foreign)
        self.skips = {} if self.pool.picks else {"skips": left_out}
        top, left = (axis.before for axis in self.axes)
        as_input = self.foreign or settings.get("count_include_pad", "count_include_pad" in self.pool.options)
        if as_input:
            ends = (None if self.foreign else min(axis.reach, axis.padded) for axis in self.axes)
            x, top, left = self.xp[:, :, *map(slice, ends)], 0, 0
            # the overhang still does not count
            settings = _without(settings, ("padding",)) | {"ceil_mode": not self.foreign}
        # One backward call gives the shares, for dy = 1, of all outputs whose windows do not overlap.
        apart = [min(-(-axis.extent // axis.stride), axis.out) for axis in self.axes]
        row, column = (np.arange(axis.out) % every for axis, every in zip(self.axes, apart, strict=True))
        number = np.add.outer(row * apart[1], column)
        asked = np.arange(math.prod(apart))[:, None, None, None] == number
        asked = np.broadcast_to(asked, (len(asked), x.shape[1], *number.shape)).astype(float)
        if dy is not None:
            check_shape("dy", dy, (1, *asked.shape[1:]), "that of y")
            asked = np.concatenate([asked, dy])
        copies = np.repeat(x, len(asked), axis=0)
        y, kept = self.pool.forward(copies, kernel, **settings)
        dx, self.y = self.pool.backward(asked, kept, copies.shape, kernel, **settings), y[:1]
        answers = np.zeros((len(dx), *self.xp.shape[1:]))
        answers[:, :, top : top + dx.shape[2], left : left + dx.shape[3]] = dx
        self.dx = answers[-1]  # of dy, where that is given
        self.shares = answers[number[:, :, None, None], *self.cells]
        self.wins = answers[: math.prod(apart)].any(axis=0)


def _without(settings, names):
    return {name: value for name, value in settings.items() if name not in names}


def tie_scene(x, kernel, dy, **settings):
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
    run = _Run(x, kernel, "max", None, settings, dy)
    wins = (run.xp[0][run.cells] == run.y[0][..., None, None]).astype(float)
    winners = np.maximum(1, wins.sum(axis=(-2, -1), keepdims=True))  # a window with NaN has no winner
    shares = {"first": run.shares, "split": wins / winners, "all": wins}
    shown = [operand("dy", dy[0], "upstream", row=FORWARD, column=INPUT)]
    for column, (rule, title) in enumerate(TIE_RULES.items(), start=1):
        dx = run.dx
        if rule != "first":  # other rules than cnnlab's: each wire carries its share of dy
            dx = np.zeros_like(dx)
            np.add.at(dx, run.cells, dy[0][..., None, None] * shares[rule])
        look = {"name": f"dx-{rule}", "row": FORWARD, "column": column, "shares": packed_shares(shares[rule])}
        shown.append(operand("dx", dx, title, run.axes, **look))
    for panel in shown:
        kind = panel["name"][:2]
        panel |= {"sum": dict(SHARES_BACK[kind]), "says": sentences.sentence(sentences.BACK[kind], **sentences.SHARE)}
    shown[0]["sum"]["goes"] = "dx-first"
    return panels.scene(shown, ["→", "", ""], {"window": run.wires}, "dy", steps="dy", shares=packed_shares(run.shares))
