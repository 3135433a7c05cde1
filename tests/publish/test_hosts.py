"""What hosts other than JupyterLab ask of a front end: one module without imports, and a style sheet of its own."""

from __future__ import annotations

import re
import subprocess

import numpy as np
import pytest

from cnnlab.lab import ConvolutionExplorer, Predict
from cnnlab.lab.explorers import front

HOSTED = re.compile(r"var\((--(?:jp|vscode|colab|theme)[\w-]*)\s*([,)])")
NAMESPACE = "http://www.w3.org/2000/svg"


def test_the_front_end_is_one_module_that_imports_nothing_and_names_no_address():
    text = front.bundle()
    source = re.sub(r"(?m)^const SOURCES = .*$", "", text)
    assert not re.search(r"(?m)^\s*import\b|^\s*export\b.*\bfrom\b", source)
    assert set(re.findall(r"https?://[^\s\"'\\]+", text)) <= {NAMESPACE}


def test_the_front_end_reads_as_a_module(node):
    command = [node, "--input-type=module", "-"]
    run = subprocess.run(command, input=front.bundle(), capture_output=True, text=True, encoding="utf-8")
    assert (run.returncode, run.stderr) == (0, "")


def test_every_variable_of_a_host_has_a_value_for_where_it_is_not_there():
    bare = [name for name, end in HOSTED.findall(front.style()) if end == ")"]
    assert bare == []


def test_a_theme_can_be_told_by_each_host():
    (signs,) = re.findall(r":is\((.*)\) \{\s*--cnnlab-scheme: dark;", front.style())
    told = {'[data-jp-theme-light="false"]', ".vscode-dark", '[theme="dark"]', '[data-theme="dark"]', ".dark"}
    assert set(signs.split(", ")) == told


@pytest.mark.parametrize("make", [lambda: ConvolutionExplorer(np.eye(4), np.eye(2)), lambda: Predict("How many?", 9)])
def test_marimo_shows_a_whole_explorer_and_a_question(make):
    marimo = pytest.importorskip("marimo", reason="install marimo to test it")
    explorer = make()
    shown = marimo.ui.anywidget(explorer)
    assert shown.value["shown"] == front.as_message(explorer.shown)
    assert "marimo-anywidget" in shown.text
