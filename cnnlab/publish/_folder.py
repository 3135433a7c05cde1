"""The course in a folder of the learner's own: what a learner has changed there is never written over."""

import hashlib
import json
import os
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from cnnlab.data.npz import write_whole

_RECORD = ".cnnlab-course.json"  # the hash of each file as it was written: it tells what the learner has changed since
_BESIDE = Path(__file__).parents[2]
_PLACES = _BESIDE / "notebooks", _BESIDE / "cnnlab_course"  # in a checkout; beside the package as it is installed
FIRST = "00_start_here.ipynb"


class Put(NamedTuple):
    """What became of the files of the course, by name: those written, and those kept as the learner has them."""

    written: list[str]
    kept: list[str]


def source() -> Path:
    """Return the folder that the notebooks come from.

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


def put_course(folder: Path, course: Path | None = None) -> Put:
    """Put the course into a folder, and the newest of what was not changed there.

    Parameters
    ----------
    folder : path
        Made where it is not there.
    course : path, optional
        Where the notebooks come from; those of the package by default.

    Raises
    ------
    OSError
        If the folder cannot be made or written to.
    ValueError
        If it is a file.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     first = put_course(Path(folder))
    ...     _ = Path(folder, FIRST).write_text("mine")
    ...     again = put_course(Path(folder))
    >>> FIRST in first.written, again
    (True, Put(written=[], kept=['00_start_here.ipynb']))
    """
    folder, course = Path(folder), course or source()
    check_folder(folder)
    known, put = _read_record(folder), Put([], [])
    try:
        for name in _files(course):
            new, target = (course / name).read_bytes(), folder / name
            old = _hash_of(target)
            if old not in (None, _hash(new), known.get(name)):
                put.kept.append(name)
                continue
            if old != _hash(new):
                target.parent.mkdir(parents=True, exist_ok=True)
                write_whole(target, new)
                put.written.append(name)
            known[name] = _hash(new)
    finally:  # after half of an update, too: what it wrote does not count as changed
        write_whole(folder / _RECORD, json.dumps(known, indent=1).encode())
    return put


def check_folder(folder: Path) -> None:
    """Raise a ValueError where a folder cannot be made, since there is a file."""
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"folder ({folder}) must be a folder; there is a file of that name")


def _files(course: Path) -> list[str]:
    """Return the names of the files of the course, without those that tools leave behind."""
    names = (path.relative_to(course).as_posix() for path in course.rglob("*") if path.is_file())
    return sorted(name for name in names if not any(part[0] in "._" for part in PurePosixPath(name).parts))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _hash_of(path: Path) -> str | None:
    """Return the hash of a file, None if there is nothing there, and "" if it is not a file."""
    if not os.path.lexists(path):
        return None
    return _hash(path.read_bytes()) if path.is_file() else ""


def _read_record(folder: Path) -> dict[str, str]:
    """Return what was written; nothing where that is not known, so that whatever is there counts as changed."""
    try:
        record = json.loads((folder / _RECORD).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return record if isinstance(record, dict) else {}
