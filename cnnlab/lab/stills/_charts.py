"""Panels of bars and of curves, as in ``front/bars.js`` and ``front/chart.js``. Lengths in px."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from cnnlab.lab.numbers import format_percent, format_value
from cnnlab.lab.stills._canvas import BODY, DASHED, LEAST, SMALL, width_of
from cnnlab.lab.stills._colours import BLUE, GRADIENT, INK, PALE_BAR, POSITIVE, SOFT
from cnnlab.lab.stills._panels import Block

ROW, LENGTH, THICK, SHORTEST = 18, 132, 11, 2  # of bars: row height, longest, thickness, shortest
SPACE = 8  # between texts
CHART, KEY = (250, 180), 30  # of a chart; the height of its legend
LEFT, RIGHT, ABOVE, UNDER = 40, 12, 28, 34  # margins around the curves, with the legend above them
RULES = 5  # intervals of the grid on the y axis
LOOKS = [{"colour": colour, "width": 1.8} for colour in (BLUE, GRADIENT, INK)]  # of the curves
LOOKS[1]["dashes"] = DASHED


class Bars(Block):
    """A panel of bars."""

    def measure(self, sizes):
        names, texts = self.panel["captions"], self.panel.get("texts", ["> 99 %"])
        self.names, self.texts = (SPACE + max(width_of(text, BODY, True) for text in each) for each in (names, texts))
        self.width, self.height = self.names + LENGTH + self.texts, ROW * len(names)

    def draw_body(self, canvas, x, y, light, faded):
        shown, start, shares = self.panel, x + self.names, self.panel["values"].ravel()
        own = "lengths" in shown
        lengths = np.clip(np.nan_to_num(shown.get("lengths", shares / (shown["limit"] or 1.0))), 0.0, 1.0)
        texts = shown.get("texts", map(format_percent, shares))
        for k, (name, length, text) in enumerate(zip(shown["captions"], lengths, texts, strict=True)):
            best, middle = k == shown.get("best"), y + (k + 0.5) * ROW
            fill = GRADIENT if own else POSITIVE if best else PALE_BAR
            canvas.write(x, middle, name, bold=not own)
            canvas.box(start, middle - THICK / 2, max(SHORTEST, LENGTH * length), THICK, fill=fill)
            end = start + LENGTH + self.texts
            canvas.write(end, middle, text, colour=INK if best else SOFT, bold=best, align=1.0)


class Curves(Block):
    """A panel of up to three curves, with a legend that shows their last values."""

    def measure(self, sizes):
        self.legend, chart = [], self.panel["chart"]
        for line in chart["lines"]:
            alone = not len(line["y"]) or "mark" in line
            last = "" if alone else f" {format_value(line['y'][-1], 3)} {chart['unit']}"
            self.legend.append(f"{line['name']}{last}".strip())
        keys = sum(KEY + width_of(text, SMALL) + SPACE for text in self.legend) - SPACE
        self.width, self.height = max(CHART[0], keys), CHART[1]

    def draw_body(self, canvas, x, y, light, faded):
        chart, look = self.panel["chart"], {"size": LEAST, "colour": SOFT}
        left, bottom, (wide, high) = x + LEFT, y + CHART[1] - UNDER, np.subtract(CHART, (LEFT + RIGHT, ABOVE + UNDER))

        def place(xs, ys):
            return left + wide * along(xs, chart["x"]), bottom - high * np.clip(along(ys, chart["y"]), 0.0, 1.0)

        for part in np.arange(RULES + 1) / RULES:
            at, value = bottom - high * part, np.dot(chart["y"], [1 - part, part])
            canvas.line([left, left + wide], at)
            canvas.write(left - 5, at, f"{format_value(value, 3)}{chart['unit']}", align=1.0, **look)
        first, last = chart["ticks"]
        whole = last - first > 1
        for tick in MaxNLocator(10 if whole else 5, steps=[1, 2, 5, 10], integer=whole).tick_values(first, last):
            if first <= tick <= last:
                share = along(tick, chart["ticks"])
                canvas.write(left + wide * share, bottom + 11, format_value(tick, 3), align=0.5, **look)
        canvas.write(left + wide / 2, bottom + UNDER - 8, chart["label"], align=0.5, **look)
        for line, text, style in zip(chart["lines"], self.legend, LOOKS, strict=False):
            canvas.line([x, x + KEY - 4], y + 6, **style)
            x = canvas.write(x + KEY, y + 6, text, size=SMALL) + SPACE
            known = np.isfinite(line["y"])
            xs, ys = line["x"][known], line["y"][known]
            if len(xs):
                canvas.line(*place(xs, ys), **style)
                end, top = place(*line.get("mark", (xs[-1], ys[-1])))
                canvas.box(end - 3, top - 3, 6, 6, fill=style["colour"])


def along(values, axis):
    """Return the positions of values along an axis, from 0 at its start to 1 at its end."""
    return (values - axis[0]) / ((axis[1] - axis[0]) or 1)
