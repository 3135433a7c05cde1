"""Markdown as a page holds it: formulas as MathML, pictures inside, other notebooks as the pages they are."""

from __future__ import annotations

import re
from pathlib import Path

from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

NOTEBOOK_LINK = re.compile(r"^(?![a-z]+:)([\w./-]+)\.ipynb(?=#|$)")


def to_html(source: str, folder: Path) -> str:
    """Return Markdown as HTML; pictures are read from ``folder``.

    Examples
    --------
    >>> to_html("[next](02_output_size.ipynb), $x^2$", Path())[:38]
    '<p><a href="02_output_size.html">next<'
    """
    renderer = _Renderer(escape=False, embed_images=True, exclude_anchor_links=True, path=str(folder))
    return MarkdownWithMath(renderer=renderer).render(source)


class _Renderer(IPythonRenderer):
    """Writes formulas as a browser shows them by itself."""

    def inline_math(self, body: str) -> str:
        return mathml(body)

    def block_math(self, body: str) -> str:
        return mathml(body, display="block")

    def latex_environment(self, name: str, body: str) -> str:
        return mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", display="block")

    def link(self, text: str, url: str, title: str | None = None) -> str:
        return super().link(text, NOTEBOOK_LINK.sub(r"\1.html", url), title)

    def heading(self, text: str, level: int, **attrs) -> str:
        name = re.sub(r"[^\w-]+", "-", re.sub(r"<[^>]*>", "", text)).strip("-")
        return f'<h{level} id="{name}">{text}</h{level}>\n'


def mathml(formula: str, display: str = "inline") -> str:
    """Return a formula of LaTeX as MathML.

    Examples
    --------
    >>> "<mi>x</mi>" in mathml("x^2"), 'display="block"' in mathml("x", "block")
    (True, True)
    """
    return convert(formula.strip(), display=display)
