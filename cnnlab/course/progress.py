"""What a learner has solved, and which known mistakes they made on the way: a small file of their own, and its map.

The file is ``cnnlab/progress-2.jsonl`` in Jupyter's data folder of the user. Each line is one JSON object::

    {"key": "06.flip"}                                    a question, solved
    {"key": "exercise.conv2d"}                            an exercise, solved
    {"key": "06.tap", "mistake": "9"}                     a wrong answer, as the file of the questions writes it
    {"key": "exercise.conv2d", "mistake": "no padding"}   a mistake in a learner's code, by its name

Nothing else is in it: no name, no host, no path, no time. A line is added once, in a single write, so that two kernels
at once lose nothing. Readers ignore other members of an object and keys that the course does not have. The file of
0.1, ``progress.jsonl`` beside it, is read and never written: its lines are the keys alone, as JSON strings. ``forget``
removes both.

``CNNLAB_PROGRESS=off`` switches the record off; ``CNNLAB_PROGRESS=/a/path`` names another file, in which lines of both
kinds are read. Tests never write it: nbval's kernels inherit what pytest sets.
"""

import codecs
import html
import json
import os
import re
import warnings
from contextlib import suppress
from itertools import count
from pathlib import Path

from cnnlab._validate import shown
from cnnlab.course import questions
from cnnlab.course._texts import TEXTS

_SWITCH = "CNNLAB_PROGRESS"
_NAME, _OLD = "progress-2.jsonl", "progress.jsonl"
_LONGEST = 1000  # characters of a line
_MOST_BYTES = 1_000_000  # read of a file; a learner's has some ten thousand
_warned: set[str] = set()


def path() -> Path | None:
    """Return where the record is or would be; None where nothing is recorded.

    Examples
    --------
    >>> path() is None  # in a test
    True
    """
    wanted = os.environ.get(_SWITCH, "")
    if wanted.lower() == "off" or (not wanted and "PYTEST_CURRENT_TEST" in os.environ):
        return None
    return Path(wanted) if wanted else _data_folder() / "cnnlab" / _NAME


def record(key: str, mistake: str | None = None) -> None:
    """Record that a question ("06.flip") or an exercise ("exercise.conv2d") is solved, or a known mistake in it.

    A file that cannot be written does not disturb a lesson: there is one warning.

    Parameters
    ----------
    key : str
    mistake : str, optional
        The wrong answer to a question as its file writes it, or the name of a mistake in code.

    Raises
    ------
    TypeError, ValueError
        If the course has no such key, or the mistake is no text.

    Examples
    --------
    >>> record("exercise.conv2d")  # in a test: nothing is written
    """
    if not isinstance(key, str):
        raise TypeError(f"key ({shown(key)}) must be a text such as '06.flip'")
    if key not in course_keys():
        raise ValueError(f"key ({key!r}) must be that of a question or of an exercise of the course")
    if not isinstance(mistake, str | None):
        raise TypeError(f"mistake ({shown(mistake)}) must be a text")
    file = path()
    if file is None or (key, mistake) in recorded():
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        _append(file, [(key, mistake)])
    except OSError as error:
        _warn(f"progress is not recorded: {error}")


def recorded() -> list[tuple[str, str | None]]:
    """Return what is recorded, in its order: pairs of a key and a mistake, which is None for what is solved.

    A damaged file is put aside under the name in the warning; what can be read of it is kept.

    Examples
    --------
    >>> recorded()  # in a test
    []
    """
    file = path()
    if file is None:
        return []
    entries = []
    for each in _files(file):
        try:
            read, is_damaged = read_record(each)
            entries += read
            if is_damaged and each == file:
                _put_aside(file)
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as error:
            _warn(f"progress cannot be read: {error}")
    return list(dict.fromkeys(entries))


def solved() -> set[str]:
    """Return the keys of what is solved.

    Examples
    --------
    >>> solved()  # in a test
    set()
    """
    return {key for key, mistake in recorded() if mistake is None} & set(course_keys())


def missed() -> set[str]:
    """Return the keys of the questions of which a known mistake is recorded, solved since or not.

    Examples
    --------
    >>> missed()  # in a test
    set()
    """
    return {key for key, mistake in recorded() if mistake is not None} & set(questions.all_keys())


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
    file = path()
    for each in _files(file) if file else []:
        each.unlink(missing_ok=True)


def course_keys() -> list[str]:
    """Return the keys of all questions, then those of all exercises, each in the order of the course.

    Examples
    --------
    >>> course_keys()[0], course_keys()[-1]
    ('00.kernels', 'exercise.conv_transpose2d')
    """
    return [*questions.all_keys(), *(f"exercise.{name}" for name in TEXTS)]


class ProgressMap:
    """Which questions and exercises are solved, notebook by notebook: a full square for each that is.

    Examples
    --------
    >>> print(str(ProgressMap()).splitlines()[0])
    Solved so far: 0 questions, 0 exercises. Nothing yet.
    """

    def __init__(self):
        done, asked = solved(), questions.all_keys()
        at_once = done - missed()
        before, after = (sum(key.startswith(begin) for key in at_once) for begin in ("00.before_", "11.after_"))
        self.twelve = f"Twelve questions: {before} right at once before the course, {after} right at once after it."
        self.rows = [
            (
                number,
                [key in done for key in asked if key.startswith(f"{number}.")],
                [f"exercise.{name}" in done for name, texts in TEXTS.items() if texts["notebook"] == number],
            )
            for number in dict.fromkeys(key[:2] for key in asked)
        ]

    @property
    def headline(self) -> str:
        """How many of each are solved, in one sentence."""
        counts = [sum(map(sum, column)) for column in list(zip(*self.rows, strict=True))[1:]]
        words = map(counted, counts, ("question", "exercise"))
        return f"Solved so far: {', '.join(words)}.{'' if any(counts) else ' Nothing yet.'}"

    def __repr__(self) -> str:
        lines = [f"{number}  {_squares(asked)}  {_squares(made)}".rstrip() for number, asked, made in self.rows]
        return "\n".join([self.headline, *lines, self.twelve])

    def _repr_html_(self) -> str:
        row = "<tr><td>{}</td>" + 2 * "<td style='text-align:left'>{}</td>" + "<td>{} of {}</td></tr>"
        cells = "".join(
            row.format(number, _squares(asked), _squares(made), sum(asked + made), len(asked + made))
            for number, asked, made in self.rows
        )
        head = "<tr><th>notebook</th><th>questions</th><th>exercises</th><th>solved</th></tr>"
        table = f"<table><thead>{head}</thead><tbody>{cells}</tbody></table>"
        return f"<p>{html.escape(self.headline)}</p>{table}<p>{self.twelve}</p>"


def counted(number: int, word: str) -> str:
    """Return how many there are of what a word names.

    Examples
    --------
    >>> counted(1, "question"), counted(0, "exercise")
    ('1 question', '0 exercises')
    """
    return f"{number} {word}{'' if number == 1 else 's'}"


def _squares(marks: list[bool]) -> str:
    return "".join("■" if mark else "□" for mark in marks)


def _files(file: Path) -> list[Path]:
    """Return the files of the record: that of 0.1 counts where no other is named."""
    return [file] if os.environ.get(_SWITCH) else [file.with_name(_OLD), file]


def _append(file: Path, entries: list[tuple[str, str | None]]) -> None:
    """Add lines at the end of a file, in one write; a last line that was cut off stays a line of its own."""
    lines = ({"key": key} if mistake is None else {"key": key, "mistake": mistake} for key, mistake in entries)
    text = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
    with file.open("a+b", buffering=0) as opened:
        opened.seek(max(0, opened.seek(0, os.SEEK_END) - 1))
        opened.write(text if opened.read(1) in b"\r\n" else b"\n" + text)


def read_record(file: Path) -> tuple[list[tuple[str, str | None]], bool]:
    """Return what a file holds, as :func:`recorded` does, and whether something in it is damaged.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with file.open("rb") as opened:
        data = opened.read(_MOST_BYTES + 1)
    is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # what is added would be in UTF-8
    text = data.decode("utf-16" if is_utf16 else "utf-8-sig", errors="replace")
    entries = [_entry(line) for line in re.split(r"[\r\n]+", text) if line.strip()]
    is_damaged = is_utf16 or None in entries or len(data) > _MOST_BYTES
    return [entry for entry in entries if entry], is_damaged


def _entry(line: str) -> tuple[str, str | None] | None:
    """Return the key and the mistake that a line holds; None where it is damaged."""
    try:
        value = json.loads(line) if len(line) <= _LONGEST and "\ufffd" not in line else None
    except (ValueError, RecursionError):
        return None
    match value:
        case str(key):  # as 0.1 wrote it
            return key, None
        case {"key": str(key), **others} if isinstance(mistake := others.get("mistake"), str | None):
            return key, mistake
    return None


def _put_aside(file: Path) -> None:
    """Keep a damaged file under a name that is free, and begin anew with what can be read of it."""
    file = Path(os.path.realpath(file))  # a symbolic link stays one
    aside = next(name for n in count() if not (name := file.with_suffix(f".damaged{n or ''}")).exists())
    try:
        os.replace(file, aside)
        _append(file, read_record(aside)[0])  # read again: another kernel may have written meanwhile
        _warn(f"the record of progress was damaged; it is now {aside}, and a new one is begun")
    except OSError as error:
        with suppress(OSError):  # for example on a full disk: what can be read stays where it was
            os.replace(aside, file)
        _warn(f"the record of progress is damaged, and cannot be put aside: {error}")


def _warn(text: str) -> None:
    """Warn, once a kernel: a check may be run a hundred times."""
    if text not in _warned:
        _warned.add(text)
        warnings.warn(text, stacklevel=4)


def _data_folder() -> Path:
    """Return Jupyter's data folder of the user; where jupyter_core is missing, as in a browser, what it would be."""
    try:
        from jupyter_core.paths import jupyter_data_dir
    except ImportError:
        return Path.home() / ".local/share/jupyter"
    return Path(jupyter_data_dir())
