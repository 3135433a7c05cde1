"""Markdown for a page: formulas as MathML, embedded pictures, links to notebooks as links to their pages."""

import re
from contextlib import suppress
from html import escape
from urllib.parse import unquote
from xml.etree.ElementTree import tostring

from mistune.plugins.table import table_in_list
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath

_NOTEBOOK_LINK = re.compile(r"^(?![a-z]+:)([^?#]+)\.ipynb(?=#|$)")
_PICTURE = re.compile(r'(<img\b[^>]*?\ssrc=")([^"]+)', re.IGNORECASE)


def to_html(source, folder, attachments=None):
    """Return Markdown as HTML.

    Parameters
    ----------
    source : str
    folder : path
        The folder of its pictures.
    attachments : dict, optional
        The pictures stored in the cell itself.

    Examples
    --------
    >>> from pathlib import Path
    >>> to_html("[next](02_output_size.ipynb), $x^2$", Path())[:38]
    '<p><a href="02_output_size.html">next<'
    """
    renderer = _Renderer(escape=False, embed_images=True, path=str(folder), attachments=attachments)
    markdown = MarkdownWithMath(renderer=renderer)
    table_in_list(markdown)
    return markdown.render(source)


class _Renderer(IPythonRenderer):
    """Writes formulas as MathML, and leaves HTML unchanged."""

    def inline_math(self, body):
        return _mathml(body)

    def block_math(self, body):
        return _mathml(body, display="block")

    def latex_environment(self, name, body):
        return _mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", display="block")

    def link(self, text, url, title=None):
        return super().link(text, _NOTEBOOK_LINK.sub(r"\1.html", url), title)

    def heading(self, text, level, **attrs):
        name = re.sub(r"[^\w-]+", "-", re.sub(r"<[^>]*>", "", text)).strip("-")
        return f'<h{level} id="{name}">{text} <a class="page-permalink" href="#{name}">#</a></h{level}>\n'

    def _embed_image_or_attachment(self, src):
        with suppress(InvalidNotebook):  # a missing attachment: show its alternative text
            return super()._embed_image_or_attachment(src)
        return src

    def _html_embed_images(self, html):
        # nbconvert parses each piece of HTML separately, which would close a <details> before its contents.
        return _PICTURE.sub(lambda found: found[1] + (self._src_to_base64(unquote(found[2])) or found[2]), html)


def _mathml(formula, display="inline"):
    """Return a LaTeX formula as MathML, or unchanged if it cannot be converted.

    Examples
    --------
    >>> "<mi>x</mi>" in _mathml("x^2"), 'display="block"' in _mathml("x", "block")
    (True, True)
    >>> _mathml("x_")
    '<code>$x_$</code>'
    """
    from latex2mathml.converter import convert_to_element  # in the extra "handout"

    try:
        text = tostring(convert_to_element(formula.strip(), display=display), encoding="unicode")
    except Exception:  # its own errors and built-in ones
        return f"<code>${escape(formula)}$</code>"
    return re.sub(r"&amp;(#\w+;)", r"&\1", text)  # it writes symbols as numeric references
