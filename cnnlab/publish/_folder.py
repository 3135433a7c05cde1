"""The course in the learner's own folder: files that the learner has changed are never overwritten."""

import hashlib
import json
import os
import re
from pathlib import Path

from cnnlab.data.npz import write_whole

_RECORD = ".cnnlab-course.json"  # hashes of the files as written, to detect the learner's changes
_BESIDE = Path(__file__).parents[2]
_PLACES = _BESIDE / "notebooks", _BESIDE / "cnnlab_course"  # in a checkout; beside the installed package
FIRST = "00_start_here.ipynb"


def source():
    """Return the folder that contains the notebooks.

    Raises
    ------
    FileNotFoundError
        If the package was installed without them.

    Examples
    --------
    >>> (source() / FIRST).exists()
    True
    """
    for place in _PLACES:
        if (place / FIRST).is_file():
            return place
    raise FileNotFoundError(f"the notebooks must be beside the package ({_PLACES[1]}): install cnnlab again")


def put_course(folder, course):
    """Put the course into a folder, and update the files that were not changed there.

    Parameters
    ----------
    folder : path
        Created if missing.
    course : path
        The folder of the notebooks.

    Returns
    -------
    tuple
        The names of the files written, and of those kept with the learner's changes.

    Raises
    ------
    OSError
        If the folder cannot be made or written to.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     written, kept = put_course(Path(folder), source())
    ...     _ = Path(folder, FIRST).write_text("mine")
    ...     again = put_course(Path(folder), source())
    >>> FIRST in written, kept, again
    (True, [], ([], ['00_start_here.ipynb']))
    """
    folder.mkdir(parents=True, exist_ok=True)
    known, written, kept = _read_record(folder), [], []
    try:
        for name in _files(course):
            new, target = course / name, folder / name
            there = _hash(target) if target.is_file() else None
            if os.path.lexists(target) and there not in (_hash(new), known.get(name, "")):
                kept.append(name)
                continue
            if there != _hash(new):
                target.parent.mkdir(parents=True, exist_ok=True)
                write_whole(target, new.read_bytes())
                written.append(name)
            known[name] = _hash(new)
    finally:  # even after half an update: its files do not count as changed
        write_whole(folder / _RECORD, json.dumps(known, indent=1).encode())
    return written, kept


def _files(course):
    """Return the names of the course's files, without those that tools create."""
    names = (path.relative_to(course).as_posix() for path in course.rglob("*") if path.is_file())
    return sorted(name for name in names if not re.search(r"(?:^|/)[._]", name))


def _hash(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read_record(folder):
    """Return the recorded hashes; empty if they are unknown, so that every existing file counts as changed."""
    try:
        return dict(json.loads((folder / _RECORD).read_bytes()))
    except (OSError, ValueError, TypeError, RecursionError):
        return {}
