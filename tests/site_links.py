"""Every link and anchor of a folder of pages, followed by script."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import html5lib

ELSEWHERE = re.compile(r"[a-z]+:|//")


def read(page: Path):
    """Return a page as a browser reads it; what a browser would have to mend is an error."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(page.read_text(encoding="utf-8"))
    assert [(place, code) for place, code, _ in parser.errors] == [], page.name
    return tree


def dead_links(folder: Path, pages: list[Path]) -> list[str]:
    """Return the links of pages that lead nowhere in their folder, and anchors that nothing has."""
    ids, dead = {}, []
    trees = {page.resolve(): read(page) for page in pages}
    for page, tree in trees.items():
        ids[page] = {each.get("id") for each in tree.iter() if isinstance(each.tag, str)}
    for page, tree in trees.items():
        found = [each.get(name) for each in tree.iter() for name in ("href", "src") if isinstance(each.tag, str)]
        for link in filter(None, found):
            path, anchor = urlsplit(link).path, unquote(urlsplit(link).fragment)
            if ELSEWHERE.match(link):
                continue
            target = (page.parent / unquote(path)).resolve() if path else page
            target = target / "index.html" if target.is_dir() else target
            known = target.is_file() and target.is_relative_to(folder.resolve())
            if not known or (anchor and target in ids and anchor not in ids[target]):
                dead.append(f"{page.name}: {link}")
    return dead
