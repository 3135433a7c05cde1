"""Panels of bars and of curves, as in ``front/bars.js`` and ``front/chart.js``. Lengths in px."""

import numpy as np

from cnnlab._validate import LARGEST, check_array, check_named, check_shape
from cnnlab.lab.numbers import format_percent
from cnnlab.lab.scenes import chart_panel, format_power, round_up
from cnnlab.lab.stills._canvas import DASHED, Block, Canvas, Sizes, check_kinds
from cnnlab.lab.stills._colours import BLUE, GRADIENT, INK, POSITIVE, SOFT, mixed
from cnnlab.lab.stills._text import BODY, LEAST, SMALL, width_of

ROW, LENGTH, THICK, SHORTEST = 18, 132, 11, 2  # of the bars: a row, the longest one, how thick, the shortest one
PLAIN_BAR = mixed(POSITIVE, 0.35)
DECADES = 6  # the parts of a scale
SPACE = 8  # between texts
WIDTH, HEIGHT, KEY = 250, 180, 30  # of a chart; the line of its legend
LEFT, RIGHT, ABOVE, UNDER = 40, 12, 28, 34  # the room around the curves, with the legend above them
RULES, MOST_TICKS = 5, 11  # parts that the grid divides the y axis into, numbers on the x axis
STEPS = 0.2, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000  # from one of these to the next
LOOKS = [{"colour": colour, "width": 1.8} for colour in (BLUE, GRADIENT, INK)]  # of the curves
LOOKS[1]["dashes"] = DASHED


class Bars(Block):
    """A panel of bars; those with lengths of their own have a scale of decades."""

    def measure(self, sizes):
        names, texts = self.panel["captions"], self.panel.get("texts", ["> 99 %"])
        self.names, self.texts = (SPACE + max(width_of(text, BODY, True) for text in each) for each in (names, texts))
        self.width, self.height = self.names + LENGTH + self.texts, ROW * len(names)

    def draw_body(self, canvas, x, y, light, faded):
        shown, start, shares = self.panel, x + self.names, self.panel["values"].ravel()
        decades = "lengths" in shown
        for at in start + LENGTH / DECADES * np.arange(DECADES * decades):
            canvas.line(at, [y, y + ROW * len(shares)])
        lengths = np.clip(np.nan_to_num(shown.get("lengths", shares / (shown["limit"] or 1.0))), 0.0, 1.0)
        texts = shown.get("texts", map(format_percent, shares))
        for k, (name, length, text) in enumerate(zip(shown["captions"], lengths, texts, strict=True)):
            best, middle = k == shown.get("best"), y + (k + 0.5) * ROW
            fill = GRADIENT if decades else POSITIVE if best else PLAIN_BAR
            canvas.write(x, middle, name, bold=not decades)
            canvas.box(start, middle - THICK / 2, max(SHORTEST, LENGTH * length), THICK, fill=fill)
            end = start + LENGTH + self.texts
            canvas.write(end, middle, text, colour=INK if best else SOFT, bold=best, align=1.0)


class Curves(Block):
    """A panel of up to three curves, with a legend that has their last numbers."""

    def measure(self, sizes):
        self.legend, chart = [], self.panel["chart"]
        for line in chart["lines"]:
            alone = not len(line["y"]) or "mark" in line
            last = "" if alone else f" {three_digits(line['y'][-1])} {chart['unit']}"
            self.legend.append(f"{line['name']}{last}".strip())
        keys = sum(KEY + width_of(text, SMALL) + SPACE for text in self.legend) - SPACE
        self.width, self.height = max(WIDTH, keys), HEIGHT

    def draw_body(self, canvas, x, y, light, faded):
        chart, look = self.panel["chart"], {"size": LEAST, "colour": SOFT}
        left, wide, bottom, high = x + LEFT, WIDTH - LEFT - RIGHT, y + HEIGHT - UNDER, HEIGHT - ABOVE - UNDER
        for part in np.arange(RULES + 1) / RULES:
            at, value = bottom - high * part, np.dot(chart["y"], [1 - part, part])
            canvas.line([left, left + wide], at)
            canvas.write(left - 5, at, f"{three_digits(value)}{chart['unit']}", align=1.0, **look)
        first, last = chart["ticks"]
        step = next((step for step in STEPS[last - first > 1 :] if (last - first) / step < MOST_TICKS), last - first)
        for tick in np.arange(np.ceil(first / step), last / step + 1e-9) * step:
            share = along(tick, chart["ticks"])
            canvas.write(left + wide * share, bottom + 11, three_digits(tick), align=0.5, **look)
        canvas.write(left + wide / 2, bottom + UNDER - 8, chart["label"], align=0.5, **look)
        for line, text, style in zip(chart["lines"], self.legend, LOOKS, strict=False):
            canvas.line([x, x + KEY - 4], y + 6, **style)
            x = canvas.write(x + KEY, y + 6, text, size=SMALL) + SPACE
            known = np.isfinite(line["y"])
            ends = np.reshape(line.get("mark", []), (-1, 2)).T
            xs, ys = np.concatenate([[line["x"][known], line["y"][known]], ends], axis=1)
            xs, ys = left + wide * along(xs, chart["x"]), bottom - high * np.clip(along(ys, chart["y"]), 0.0, 1.0)
            if len(xs):
                canvas.line(xs[: known.sum()], ys[: known.sum()], **style)
                canvas.box(xs[-1] - 3, ys[-1] - 3, 6, 6, fill=style["colour"])


def along(values, axis):
    """Return how far along an axis values are, from 0 where it begins to 1 where it ends."""
    return (values - axis[0]) / ((axis[1] - axis[0]) or 1)


def three_digits(value):
    """Return a number in at most three digits.

    Examples
    --------
    >>> three_digits(0.00023), three_digits(2.30258), three_digits(100.0)
    ('2.3·10⁻⁴', '2.3', '100')
    """
    if not value or 1e-3 <= abs(value) < 1e4:
        return f"{value:.3g}".replace("-", "−")
    return format_power(value) or "NaN"


def draw_curves(x, curves, ax, *, title="", label=""):
    """Draw curves with their names and their last numbers, both axes from 0 on; returns the Axes.

    Parameters
    ----------
    x : array (n,)
        From 0 on, the last one the greatest, and a whole number.
    curves : dict of arrays (n,)
        By their names; one or two, which colour and dashes tell apart. What is not finite is left out.
    ax : Axes
        Where to draw; its limits are set, its frame is taken away.
    title, label : str
        What stands above the curves and below the axis.

    Raises
    ------
    TypeError, ValueError
        Where an argument is not of this kind.

    Examples
    --------
    >>> from cnnlab.lab.stills import new_axes
    >>> ax = draw_curves([0, 1, 2], {"squares": [0, 1, 4]}, new_axes(), label="x")
    """
    x = check_array("x", x, "n")
    if not 0 <= x.min() <= x.max() == x[-1] == np.floor(x[-1]) <= LARGEST:
        raise ValueError(f"x (from {x.min()} to {x[-1]}) must be 0 or more, and end at its greatest, a whole number")
    check_named("curves", curves)
    if len(curves) not in (1, 2):
        raise ValueError(f"curves ({len(curves)} of them) must be one or two")
    for name in curves:
        check_kinds(ax, title=title, label=label, **{"a name in curves": name})
    lines = [{"name": name, "x": x, "y": check_array(name, y, "n")} for name, y in curves.items()]
    for line in lines:
        check_shape(line["name"], line["y"], x.shape, "that of x")
        if (line["y"] < 0).any():
            raise ValueError(f"{line['name']} (down to {np.nanmin(line['y'])}) must be 0 or more")
    top, last = round_up(np.concatenate([line["y"] for line in lines])), int(x[-1])
    block = Curves(chart_panel("curves", top, title, "", lines, [0, last], [0.0, top], label), Sizes(0, 0, {}))
    canvas = Canvas()
    block.draw(canvas, 0.0, 0.0, np.zeros(0), faded=False)
    canvas.width, canvas.height = block.width, block.height
    return canvas.fit(ax)
