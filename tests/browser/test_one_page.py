"""Notebook 12 on paper: one page of A4, without the network."""

from __future__ import annotations

import re

import pytest
from nbconvert import HTMLExporter

from cnnlab.publish.handout import read, to_page


@pytest.mark.parametrize("way", ["nbconvert", "handout"])
def test_the_last_notebook_is_printed_on_one_page_of_a4_with_all_its_lines(way, page, repository, tmp_path):
    path = repository / "notebooks/12_on_one_page.ipynb"
    html = to_page(read(path), path) if way == "handout" else HTMLExporter().from_filename(path)[0]
    exported = tmp_path / "page.html"
    exported.write_text(html, encoding="utf-8")
    page.context.set_offline(True)
    page.goto(exported.as_uri(), wait_until="domcontentloaded")
    printed = page.pdf(format="A4")
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert page.locator("tr").count() > 25  # it is one page, and not since nothing is there
    assert "$" not in page.locator("main").inner_text()  # formulas are plain text: nothing is to be loaded
