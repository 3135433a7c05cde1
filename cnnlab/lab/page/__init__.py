"""A page of one explorer, interactive without a kernel; pages of several are built from the same parts."""

import json
from html import escape
from typing import Any

from cnnlab.lab.explorers import front
from cnnlab.lab.page._budget import fitted, is_limited, packed
from cnnlab.lab.page._precompute import precomputed

__all__ = ["START", "fitted", "kernel_line", "page_of", "parts_for_others", "precomputed", "widget_html"]

BUDGET = 300_000  # bytes of a page
START = "({ start }) => start()"
_STYLED = """({ start }) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(%s);
  document.adoptedStyleSheets.push(sheet);
  return start();
}"""
_PAGE = """\
<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">
<title>{title}</title>
<style>
body {{ max-width: 1160px; margin: 12px auto; padding: 0 12px; font: 14px system-ui, sans-serif }}
</style>
{widget}
<script type="module">
{script}</script>
</html>
"""


def page_of(explorer):
    """Return a self-contained page of one explorer in its current state.

    Its table is cut so that the page has at most 300 kB.
    """
    table = {**_uncovered(explorer), "name": "explorer"}
    script = front.self_unpacking(front.script("handout.js", _STYLED % json.dumps(front.style())))
    parts = {"title": escape(repr(explorer)), "script": script}
    room = BUDGET - len(_PAGE.format(**parts, widget=widget_html(table, data="")).encode())
    (table,) = fitted([table], room)
    return _PAGE.format(**parts, widget=widget_html(table)).encode()


def parts_for_others(explorer):
    """Return, by file ending, the front end as a module and an explorer's state as JSON, for use in any page.

    The module is an anywidget module, and the state is that of its model.
    """
    state = {"table": packed(_uncovered(explorer))}
    return {".mjs": front.self_unpacking(front.bundle("handout.js")).encode(), ".json": json.dumps(state).encode()}


def _uncovered(explorer):
    return {**precomputed(explorer), "veil": ""}  # the question that covers it is not on this page


def widget_html(table, *, address="", data=None):
    """Return the HTML element of an explorer, which the page's script activates, and what it needs a kernel for.

    Parameters
    ----------
    table : dict
        From :func:`precomputed`, and the ``name`` by which a link finds it.
    address : str
        The address at which it has a kernel.
    data : str, optional
        Replaces the packed table.
    """
    needs = [*table["needs"], *["settings further from these"] * is_limited(table)]
    return (
        f'<div class="page-widget" id="{escape(table["name"])}" data-widget>\n'
        f"<noscript>{escape(' '.join(table['text'].split()))}</noscript>\n"
        f'<script type="application/gzip">{packed(table) if data is None else data}</script>\n</div>\n'
        f"{kernel_line(needs, address)}"
    )


def kernel_line(needs, address=""):
    """Return the paragraph that says what needs a kernel, as HTML; empty if nothing does.

    Examples
    --------
    >>> kernel_line(["training"])
    '<p class="page-limits">In JupyterLab: training.</p>'
    """
    place = f'<a href="{escape(address)}">With a kernel</a>' if address else "In JupyterLab"
    return f'<p class="page-limits">{place}: {", ".join(needs)}.</p>' if needs else ""
