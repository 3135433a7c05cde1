"""What every block of a notebook has: a stable line of text, and something to show where no widget runs."""

from __future__ import annotations

import html

import ipywidgets

from cnnlab.formula import Explanation
from cnnlab.widgets.stage import FRONT


class Block(ipywidgets.VBox):
    """A column of widgets that GitHub, nbviewer and PDF can show as well, since its mime bundle says what it shows."""

    def describe(self) -> str:
        """Return one stable line for text output."""
        raise NotImplementedError

    def still(self) -> dict[str, str]:
        """Return what stands for the widgets where none run, by mime type; a picture in base64."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.describe()

    def _repr_mimebundle_(self, **kwargs):
        return {**super()._repr_mimebundle_(**kwargs), "text/plain": self.describe(), **self.still()}


def formula_html(because: Explanation) -> str:
    """Return the formula with the numbers in it, and under it what is left over; lines break only between steps."""
    steps = because.mathml.replace("<mo>=</mo>", "</math><math><mo>=</mo>")
    return f'{steps}<div class="cnnlab-leftover">{html.escape(because.leftover_text)}</div>'


def style_sheet() -> ipywidgets.HTML:
    """Return the style sheet as a widget, for a block without a stage: plain ipywidgets bring no CSS of their own."""
    css = (FRONT / "stage.css").read_text(encoding="utf-8")
    return ipywidgets.HTML(f"<style>{css}</style>", layout={"display": "none"})
