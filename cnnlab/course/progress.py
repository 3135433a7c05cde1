"""The record of what a learner has solved and which known mistakes they made: a small local file, and its map.

The file is ``cnnlab/progress-2.jsonl`` in Jupyter's data folder of the user. Each line is one JSON object::

    {"key": "06.flip"}                                    a question, solved
    {"key": "exercise.conv2d"}                            an exercise, solved
    {"key": "06.tap", "mistake": "9"}                     a wrong answer, as written in the questions' file
    {"key": "exercise.conv2d", "mistake": "no padding"}   a mistake in a learner's code, by its name

It contains nothing else: no name, no host, no path, no time. Each line is appended in a single write, so that two
kernels running at once lose nothing. Readers ignore other members of an object and keys that are not in the course. The
file of version 0.1, ``progress.jsonl`` beside it, is read but never written: its lines are only the keys, as JSON
strings. ``forget`` removes both.

``CNNLAB_PROGRESS=off`` switches the record off; ``CNNLAB_PROGRESS=/a/path`` names another file, which may contain lines
of both kinds. Tests never write it: nbval's kernels inherit this variable from pytest.
"""

import codecs
import json
import os
import warnings
from functools import cache
from pathlib import Path

from cnnlab._validate import shown
from cnnlab.course import questions
from cnnlab.course._texts import TEXTS

_SWITCH = "CNNLAB_PROGRESS"
_MOST_BYTES = 20_000_000  # read at most; a learner's file has about ten thousand


def path() -> Path | None:
    """Return the path of the record, which need not exist yet; None if recording is off.

    Examples
    --------
    >>> path() is None  # in a test
    True
    """
    wanted = os.environ.get(_SWITCH, "")
    if wanted.lower() == "off" or (not wanted and "PYTEST_CURRENT_TEST" in os.environ):
        return None
    if wanted:
        return Path(wanted)
    try:
        from jupyter_core.paths import jupyter_data_dir

        folder = jupyter_data_dir()
    except ImportError:  # as in a browser
        folder = Path.home() / ".local/share/jupyter"
    return Path(folder, "cnnlab/progress-2.jsonl")


def record(key: str, mistake: str | None = None) -> None:
    """Record that a question ("06.flip") or an exercise ("exercise.conv2d") is solved, or a known mistake in it.

    A file that cannot be written does not interrupt a lesson: there is one warning.

    Parameters
    ----------
    key : str
    mistake : str, optional
        The wrong answer to a question as written in its file, or the name of a mistake in code.

    Raises
    ------
    ValueError
        If the course has no such key.

    Examples
    --------
    >>> record("exercise.conv2d")  # in a test: nothing is written
    """
    if key not in course_keys():
        raise ValueError(f"key ({shown(key)}) must be that of a question or of an exercise of the course")
    file = path()
    if file is None or (key, mistake) in recorded():
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"key": key} if mistake is None else {"key": key, "mistake": mistake}).encode() + b"\n"
        with file.open("a+b", buffering=0) as opened:
            opened.seek(max(0, opened.seek(0, os.SEEK_END) - 1))
            opened.write(text if opened.read(1) in b"\r\n" else b"\n" + text)  # after a line that was cut off
    except OSError as error:
        _warn(f"progress is not recorded: {error}")


def recorded() -> list[tuple[str, str | None]]:
    """Return what is recorded, in order: pairs of a key and a mistake, which is None if the key was solved.

    A file that cannot be read, or lines of a damaged one, are skipped, with one warning, and stay as they are.

    Examples
    --------
    >>> recorded()  # in a test
    []
    """
    entries = []
    for file in filter(os.path.exists, _files()):
        read, is_damaged = read_record(file)
        if is_damaged:
            _warn(f"the record of progress is damaged or cannot be opened; what can be read of it counts: {file}")
        entries += read
    return list(dict.fromkeys(entries))


def solved() -> set[str]:
    """Return the keys that are solved.

    Examples
    --------
    >>> solved()  # in a test
    set()
    """
    return {key for key, mistake in recorded() if mistake is None}


def missed() -> set[str]:
    """Return the keys with a recorded mistake, whether solved since or not.

    Examples
    --------
    >>> missed()  # in a test
    set()
    """
    return {key for key, mistake in recorded() if mistake is not None}


def forget() -> None:
    """Remove the record, for the next learner at this machine.

    Raises
    ------
    OSError
        If a file cannot be removed.

    Examples
    --------
    >>> forget()  # in a test: there is nothing to remove
    """
    for file in _files():
        file.unlink(missing_ok=True)


def course_keys() -> list[str]:
    """Return the keys of all questions, then those of all exercises, each in the order of the course.

    Examples
    --------
    >>> course_keys()[0], course_keys()[-1]
    ('00.kernels', 'exercise.conv_transpose2d')
    """
    return [*questions.all_keys(), *(f"exercise.{name}" for name in TEXTS)]


class ProgressMap:
    """A map of the questions and exercises, notebook by notebook: a filled square for each that is solved.

    Examples
    --------
    >>> print(str(ProgressMap()).splitlines()[1])
    00  □□□□□□□□□□□□□
    """

    def __repr__(self) -> str:
        done, asked = solved(), questions.all_keys()
        right = len(done.intersection(asked))
        lines = [f"Solved so far: {right} of {len(asked)} questions, {len(done) - right} of {len(TEXTS)} exercises."]
        for number in dict.fromkeys(key[:2] for key in asked):
            here = [key for key in asked if key.startswith(number)]
            made = [f"exercise.{name}" for name, texts in TEXTS.items() if texts["notebook"] == number]
            squares = ["".join("■" if key in done else "□" for key in keys) for keys in (here, made)]
            lines.append("  ".join([number, *filter(None, squares)]))
        at_once = done - missed()
        before, after = (sum(key.startswith(begin) for key in at_once) for begin in ("00.before_", "11.after_"))
        lines.append(f"Twelve questions: {before} right at once before the course, {after} right at once after it.")
        return "\n".join(lines)


def read_record(file: Path) -> tuple[list[tuple[str, str | None]], bool]:
    """Return the entries of a file, as :func:`recorded` does, and whether it is damaged or cannot be read."""
    try:
        with file.open("rb") as opened:
            data = opened.read(_MOST_BYTES + 1)
    except OSError:
        return [], True
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # by an editor; new lines are UTF-8
        data = data[2:].replace(b"\0", b"")
    entries = [_entry(line) for line in data.removeprefix(codecs.BOM_UTF8).splitlines() if line.strip()]
    known = course_keys()
    return [each for each in entries if each and each[0] in known], None in entries or len(data) > _MOST_BYTES


def _entry(line):
    """Return the key and the mistake on a line; None if it is damaged."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    match value:
        case str(key):  # the format of 0.1
            return key, None
        case {"key": str(key), **others} if isinstance(mistake := others.get("mistake"), str | None):
            return key, mistake
    return None


def _files():
    """Return the files of the record, including that of version 0.1 unless another file is named."""
    file = path()
    return [] if file is None else [file] if os.environ.get(_SWITCH) else [file.with_name("progress.jsonl"), file]


@cache
def _warn(text):
    """Warn once per kernel: a check may be run a hundred times."""
    warnings.warn(text, stacklevel=4)
