"""A notebook as one living HTML page: explorers and questions answer from a table, where no kernel runs."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread

from cnnlab.data.npz import write_whole
from cnnlab.publish._folder import check_folder
from cnnlab.publish.handout._page import BUDGET, ICON, title_of, to_page, without_kernel
from cnnlab.publish.handout._run import MIME, TIMEOUT, read, run, sentence


def write_handouts(
    notebooks: Iterable, folder, *, live: str = "", most: int = BUDGET, timeout: int = TIMEOUT, slots=None
) -> list:
    """Write one HTML file for each notebook, with nothing outside it, and return their paths.

    Parameters
    ----------
    notebooks : list of path
        Each is run first, in its own folder.
    folder : path
        Made where it is not there.
    live : str
        The address at which a notebook runs with a kernel; "{}" in it stands for the notebook's name.
    most : int
        Bytes that a page may have.
    timeout : int
        Seconds that a cell may take; 0 for no limit.
    slots : dict, optional
        What else each page has, by the notebook's name: see the head of ``page.html.j2``.

    Raises
    ------
    FileNotFoundError
        If there is no such notebook.
    ValueError
        If a file is not a notebook, a cell fails, two notebooks have one name, or ``folder`` is a file.
    """
    folder, notebooks = Path(folder), list(map(Path, notebooks))
    names = [path.stem for path in notebooks]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"notebooks must differ by name ({twice[0]}.html would be written twice)")
    check_folder(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write = partial(_write, folder=folder, live=live, most=most, timeout=timeout, slots=slots or {})
    if len(notebooks) < 2:
        return list(map(write, notebooks))
    with ProcessPoolExecutor(mp_context=get_context("spawn"), initializer=end_with_parent) as pool:
        return list(pool.map(write, notebooks))  # most of the time goes into Python


def end_with_parent() -> None:
    """End this process when the one that started it is gone, as after SIGTERM; else it would go on for minutes."""

    def watch() -> None:
        parent_process().join()
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def _write(path: Path, *, folder: Path, live: str, most: int, timeout: int, slots: dict) -> Path:
    notebook = run(path, timeout)
    try:
        page = to_page(notebook, path, live=live, most=most, **slots.get(path.stem, {}))
    except Exception as error:  # whatever a converter meets in an output
        raise ValueError(f"{path.name}, {error if isinstance(error, ValueError) else sentence(error)}") from error
    written = folder / f"{path.stem}.html"
    write_whole(written, page.encode())
    return written
