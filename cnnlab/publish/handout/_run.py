"""Run a notebook in a kernel of its own, in which widgets send the data that a page needs to show them."""

import json
import os
import warnings
from functools import wraps
from itertools import islice

import nbformat
from IPython.display import display
from jupyter_client import AsyncKernelManager
from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert.preprocessors import ClearOutputPreprocessor, CoalesceStreamsPreprocessor
from nbformat.validator import normalize

from cnnlab.course.exercises import Exercise
from cnnlab.lab.explorers import Explorer
from cnnlab.lab.page import precomputed
from cnnlab.publish._threads import settings_of_threads

MIME = "application/vnd.cnnlab.handout+json"
_FIRST = "from cnnlab.publish.handout._run import tell_of_widgets; tell_of_widgets()"
TIMEOUT = 1800  # seconds per cell: a busy machine must not cause failures


def read(path):
    """Return a notebook read from its file, without outputs.

    Raises
    ------
    OSError
        If there is no such file.
    ValueError
        If it is no notebook.
    """
    data = path.read_bytes()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # notebooks of other tools may deviate from the format
            notebook = nbformat.reads(data.decode(), as_version=4)
            notebook.nbformat_minor = 5
            notebook, _ = ClearOutputPreprocessor().preprocess(notebook, {})
            _, notebook = normalize(notebook, relax_add_props=True, strip_invalid_metadata=True)
            nbformat.validate(notebook, relax_add_props=True)
    except Exception as error:  # nbformat may raise anything
        raise ValueError(f"{path} must be a notebook ({sentence(error)})") from error
    return notebook


def run(path, timeout=TIMEOUT):
    """Return a notebook read from its file and executed in its folder.

    Raises
    ------
    OSError, ValueError
        As :func:`read`; also a ValueError if a cell fails, ends the kernel or takes too long; it names the cell,
        counted from 1.
    """
    notebook, begun = read(path), [0]
    client = NotebookClient(
        notebook,
        km=AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[])),
        timeout=timeout,
        startup_timeout=TIMEOUT,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_start=lambda cell, cell_index: begun.append(cell_index + 1),
        extra_arguments=["--IPKernelApp.log_level=CRITICAL", f"--IPKernelApp.exec_lines={_FIRST}"],
    )
    # The contents of an Output widget stay in its cell. nbclient would send them to the kernel, and miss the reply.
    client.widget_registry = {}
    try:  # without a record of progress: no learner is at work here
        client.execute(env={**os.environ, **settings_of_threads(), "CNNLAB_PROGRESS": "off"}, cleanup_kc=True)
    except Exception as error:  # a cell fails or times out, the kernel died, an output is invalid
        failed = isinstance(error, CellExecutionError)
        said = sentence(f"{error.ename}: {error.evalue}" if failed else error)
        raise ValueError(f"{path.name}, cell {begun[-1]}: {said}") from error
    return CoalesceStreamsPreprocessor().preprocess(notebook, {})[0]  # nbclient takes minutes for a long line


def tell_of_widgets():
    """In the kernel, make widgets displayed from now on send the data for a page, and checks show examples."""
    from IPython import get_ipython
    from ipywidgets import Box

    Exercise.check = _showing_examples(Exercise.check)
    for shown in (Explorer, Box):
        get_ipython().display_formatter.mimebundle_formatter.for_type(shown, _bundle)


def _showing_examples(check):
    """Return the check of an exercise, changed to first show the wires of its solution and of two known mistakes."""

    @wraps(check)
    def checked(exercise, function, part=None):
        if exercise.wires:
            right = exercise.explore(exercise.sample)
            given = tuple(right.arguments_of(right.now()).values())
            wrong = ((name, type(right)(exercise, mistake, given)) for name, mistake in exercise.mistakes.items())
            seen = ((f"With a mistake ({name})", each) for name, each in wrong if each.seen.held)
            for name, explorer in [("The solution", right), *islice(seen, 2)]:
                explorer.called, explorer.inactive = name, lambda: {"size", "kernel", "padding", "stride"}
                explorer.refresh()
                display(explorer)
        return check(exercise, function, part)

    return checked


def _bundle(widget, **kwargs):
    if widget._repr_mimebundle_ is None:  # a closed widget
        return {}, {}
    shown = widget._repr_mimebundle_(**kwargs)
    data, metadata = shown if isinstance(shown, tuple) else (shown, {})
    tables = [precomputed(explorer) for explorer in _explorers_in(widget)]
    return ({**data, MIME: json.dumps(tables)} if tables else data), metadata


def _explorers_in(widget):
    """Yield the explorers displayed in a widget, from the top down."""
    if isinstance(widget, Explorer):
        yield widget
    for child in getattr(widget, "children", ()):
        yield from _explorers_in(child)


def sentence(error):
    """Return the message of an error in one line."""
    text = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    return " ".join(text.split())[:300]
