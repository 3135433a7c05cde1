"""A notebook as one living HTML page: explorers and questions answer from a table, where no kernel runs."""

from __future__ import annotations

from pathlib import Path

from cnnlab.data.npz import write_whole
from cnnlab.publish.handout._page import ICON, title_of, to_page, without_kernel
from cnnlab.publish.handout._run import MIME, TIMEOUT, read, run, sentence


def write_handouts(
    notebooks: list[Path], folder: Path, *, live: str = "", timeout: int = TIMEOUT, **site
) -> list[Path]:
    """Write one HTML file for each notebook, with nothing outside it, and return their paths.

    Parameters
    ----------
    notebooks : list of path
        Each is run first, in its own folder.
    folder : path
        Made where it is not there.
    live : str
        The address at which a notebook runs with a kernel; "{}" in it stands for the notebook's name.
    timeout : int
        Seconds that a cell may take; 0 for no limit.
    **site
        Of which these are the pages: see :func:`cnnlab.publish.handout._page.to_page`.

    Raises
    ------
    OSError
        If there is no such notebook, or the folder cannot be made.
    ValueError
        If a file is not a notebook, a cell fails, or two notebooks have one name.
    """
    names = [path.stem for path in notebooks]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise ValueError(f"notebooks must differ by name ({twice[0]}.html would be written twice)")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for at, path in enumerate(notebooks, start=1):
        notebook = run(path, timeout)
        try:
            page = to_page(notebook, path, live=live, at=at, **site)
        except Exception as error:  # whatever a converter meets in an output
            raise ValueError(f"{path.name}, {error if isinstance(error, ValueError) else sentence(error)}") from error
        written.append(folder / f"{path.stem}.html")
        write_whole(written[-1], page.encode())
    return written
