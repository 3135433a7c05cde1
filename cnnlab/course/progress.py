"""What a learner has solved: one line a time in a small file of their own, and the map of it.

The file lies in Jupyter's data folder of the user, ``cnnlab/progress.jsonl``. A line is added in one write, so that two
kernels at once lose nothing. ``CNNLAB_PROGRESS=off`` switches it off; ``CNNLAB_PROGRESS=/a/path`` says another file.
Tests never write it: nbval's kernels inherit what pytest sets.
"""

from __future__ import annotations

import html
import json
import os
import sys
import warnings
from pathlib import Path

from cnnlab._validate import shown
from cnnlab.course import questions

SWITCH = "CNNLAB_PROGRESS"
NAME = "progress.jsonl"
LEFT = "style='text-align:left'"
LONGEST = 100  # bytes of a line
MOST_BYTES = 1_000_000  # of a file that is read: a learner's has some ten thousand
# The course's exercises, by notebook; recorded as "exercise.conv2d".
EXERCISES = {
    "01": ("conv2d",),
    "02": ("output_size", "same_padding"),
    "03": ("conv_layer", "parameters"),
    "04": ("max_pool", "mean_pool"),
    "05": ("relu_backward", "loss_backward"),
    "06": ("conv2d_backward", "dx_gather"),
    "07": ("max_pool_backward", "mean_pool_backward"),
    "08": ("chain_backward", "chain2_backward"),
    "09": ("gradient_check",),
    "10": ("sgd_step", "epoch"),
    "11": ("conv_transpose2d",),
}


def path() -> Path | None:
    """Return where the file lies or would lie; None where nothing is recorded.

    Examples
    --------
    >>> path() is None  # in a test
    True
    """
    wanted = os.environ.get(SWITCH, "")
    if wanted.lower() == "off" or (not wanted and "PYTEST_CURRENT_TEST" in os.environ):
        return None
    return Path(wanted) if wanted else _data_folder() / "cnnlab" / NAME


def record(key: str) -> None:
    """Add a key to what is solved: of a question, such as "06.flip", or of an exercise, "exercise.conv2d".

    A file that cannot be written is no reason to disturb a lesson: it is warned of, once.

    Raises
    ------
    TypeError, ValueError
        If the course has no such key.

    Examples
    --------
    >>> record("exercise.conv2d")  # in a test: nothing is written
    """
    if not isinstance(key, str):
        raise TypeError(f"key ({shown(key)}) must be a text such as '06.flip'")
    if key not in course_keys():
        raise ValueError(f"key ({key!r}) must be that of a question or of an exercise of the course")
    file = path()
    if file is None or key in solved():
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab", buffering=0) as opened:  # one write at the end of the file, whoever else writes
            opened.write(_line(key))
    except OSError as error:
        warnings.warn(f"progress is not recorded: {error}", stacklevel=2)


def solved() -> set[str]:
    """Return the keys of what is solved.

    A damaged file is put aside under the name in the warning, and what could be read of it is kept.

    Examples
    --------
    >>> solved()  # in a test
    set()
    """
    file = path()
    try:
        if file is None or not file.exists():
            return set()
        text = file.read_bytes()[: MOST_BYTES + 1]
    except OSError as error:
        warnings.warn(f"progress cannot be read: {error}", stacklevel=2)
        return set()
    read = _keys_in(text)
    if None in read or len(text) > MOST_BYTES:
        _put_aside(file)
    return set(read) & course_keys()


def course_keys() -> set[str]:
    """Return the keys of all questions and exercises of the course."""
    return {*questions.all_keys(), *(f"exercise.{name}" for names in EXERCISES.values() for name in names)}


class ProgressMap:
    """Which questions and exercises are solved, notebook by notebook: a full square for each that is.

    Examples
    --------
    >>> print(str(ProgressMap()).splitlines()[0])
    Solved so far: 0 questions, 0 exercises. Nothing yet.
    """

    def __init__(self):
        done = solved()
        asked = questions.all_keys()
        self.rows = [
            (
                number,
                [key in done for key in asked if key.startswith(f"{number}.")],
                [f"exercise.{name}" in done for name in EXERCISES.get(number, ())],
            )
            for number in sorted({key[:2] for key in asked} | EXERCISES.keys())
        ]

    @property
    def headline(self) -> str:
        """How many of each are solved, in one sentence."""
        counts = [sum(map(sum, column)) for column in list(zip(*self.rows, strict=True))[1:]]
        words = [f"{n} {word}{'' if n == 1 else 's'}" for n, word in zip(counts, ("question", "exercise"), strict=True)]
        return f"Solved so far: {', '.join(words)}.{'' if any(counts) else ' Nothing yet.'}"

    def __repr__(self) -> str:
        lines = [f"{number}  {_squares(asked)}  {_squares(made)}".rstrip() for number, asked, made in self.rows]
        return "\n".join([self.headline, *lines])

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><td>{number}</td><td {LEFT}>{_squares(asked)}</td>"
            f"<td {LEFT}>{_squares(made)}</td><td>{sum(asked + made)} of {len(asked + made)}</td></tr>"
            for number, asked, made in self.rows
        )
        head = "<tr><th>notebook</th><th>questions</th><th>exercises</th><th>solved</th></tr>"
        return f"<p>{html.escape(self.headline)}</p><table><thead>{head}</thead><tbody>{cells}</tbody></table>"


def _squares(marks: list[bool]) -> str:
    return "".join("■" if mark else "□" for mark in marks)


def _line(key: str) -> bytes:
    return f"{json.dumps(key)}\n".encode()


def _keys_in(text: bytes) -> list[str | None]:
    return [_key(line) for line in text.split(b"\n") if line.strip()]


def _key(line: bytes) -> str | None:
    """Return the key that a line holds, None where it is damaged."""
    try:
        key = json.loads(line.decode()) if len(line) <= LONGEST else None
    except ValueError:  # no UTF-8, or no JSON
        return None
    return key if isinstance(key, str) else None


def _put_aside(file: Path) -> None:
    """Keep a damaged file under another name, and begin anew with what can be read of it."""
    aside = file.with_suffix(".damaged")
    try:
        os.replace(file, aside)
        good = course_keys() & set(_keys_in(aside.read_bytes()[:MOST_BYTES]))  # with what came in meanwhile
        with file.open("ab", buffering=0) as opened:
            opened.write(b"".join(map(_line, sorted(good))))
        warnings.warn(f"the record of progress was damaged; it is now {aside}, and a new one is begun", stacklevel=3)
    except OSError as error:
        warnings.warn(f"the record of progress is damaged, and cannot be put aside: {error}", stacklevel=3)


def _data_folder() -> Path:
    """Return Jupyter's data folder of the user, or what it would be where jupyter_core is not there."""
    if sys.platform == "emscripten":  # a browser: its home folder
        return Path.home() / ".local" / "share" / "jupyter"
    try:
        from jupyter_core.paths import jupyter_data_dir
    except ImportError:
        return Path.home() / ".local" / "share" / "jupyter"
    return Path(jupyter_data_dir())
