"""A notebook is run in a kernel of its own, whose widgets tell what a page needs to show them."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import nbformat
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from cnnlab.lab.explorers.explorer import Explorer
from cnnlab.publish.handout.precompute import rehearsed

MIME = "application/vnd.cnnlab.handout+json"
FIRST = "from cnnlab.publish.handout.run import tell_of_widgets\n\ntell_of_widgets()"
TIMEOUT = 300  # seconds for one cell


def run(notebook: nbformat.NotebookNode, folder: Path) -> nbformat.NotebookNode:
    """Return a notebook with the outputs that it has when it is run in a folder.

    Raises
    ------
    ValueError
        If a cell fails.
    """
    notebook.cells.insert(0, nbformat.v4.new_code_cell(FIRST))
    kernel = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
    client = NotebookClient(
        notebook,
        km=kernel,
        timeout=TIMEOUT,
        resources={"metadata": {"path": str(folder)}},
        coalesce_streams=True,
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    with tempfile.TemporaryDirectory() as folder:  # no learner has solved what is tried here
        record = {"CNNLAB_PROGRESS": str(Path(folder, "progress.jsonl"))}
        try:
            client.execute(env={**os.environ, **record}, cleanup_kc=True)
        except CellExecutionError as error:
            raise ValueError(f"the notebook must run to its end ({error.ename}: {error.evalue})") from error
    del notebook.cells[0]
    return notebook


def tell_of_widgets() -> None:
    """Have every widget that is shown from now on tell what a page needs; called in the kernel."""
    from IPython import get_ipython
    from ipywidgets import Box

    formatter = get_ipython().display_formatter.mimebundle_formatter
    formatter.for_type(Explorer, _bundle)
    formatter.for_type(Box, _bundle)


def _bundle(widget, **kwargs) -> tuple[dict, dict]:
    explorers = list(_explorers_in(widget))
    data, metadata = widget._repr_mimebundle_(**kwargs)
    tables = [rehearsed(explorer) for explorer in explorers]
    return ({**data, MIME: json.dumps(tables)} if tables else data), metadata


def _explorers_in(widget):
    """Yield the explorers that are shown in a widget, from the top down."""
    if isinstance(widget, Explorer):
        yield widget
    for child in getattr(widget, "children", ()):
        yield from _explorers_in(child)
