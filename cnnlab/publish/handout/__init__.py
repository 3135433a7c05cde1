"""A notebook as one interactive HTML page: explorers and questions answer from a table, without a kernel."""

from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import count
from multiprocessing import get_context
from pathlib import Path

from cnnlab.data.npz import write_whole
from cnnlab.publish.handout._page import ICON, text_page, title_of, to_page, without_kernel
from cnnlab.publish.handout._run import MIME, TIMEOUT, read, run


def write_handouts(
    notebooks: list[Path], folder: Path, *, live: str = "", timeout: int = TIMEOUT, **site
) -> list[Path]:
    """Write one self-contained HTML file for each notebook, and return their paths.

    Parameters
    ----------
    notebooks : list of path
        Each is executed first, in its own folder.
    folder : path
        Created if missing.
    live : str
        The address at which a notebook runs with a kernel; "{}" is replaced by the notebook's name.
    timeout : int
        Seconds that a cell may take; 0 for no limit.
    **site
        The site that the pages belong to: see :func:`cnnlab.publish.handout._page.to_page`.

    Raises
    ------
    OSError
        If there is no such notebook, or the folder cannot be made.
    ValueError
        If a file is not a notebook, a cell fails, or two notebooks have the same name.
    """
    import latex2mathml  # in the extra "handout": fail before any cell runs

    names = [path.stem for path in notebooks]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"notebooks must differ by name ({twice[0]}.html would be written twice)")
    folder.mkdir(parents=True, exist_ok=True)
    write = partial(_write, folder=folder, live=live, timeout=timeout, site=site)
    if len(notebooks) == 1:
        return [write(1, *notebooks)]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        return list(pool.map(write, count(1), notebooks))  # threads would not help: most of the time is spent in Python


def _write(at, path, *, folder, live, timeout, site):
    notebook, written = run(path, timeout), folder / f"{path.stem}.html"
    try:
        page = to_page(notebook, path, live=live, at=at, **site)
    except ValueError as error:
        raise ValueError(f"{path.name}, {error}") from error
    write_whole(written, page.encode())
    return written
