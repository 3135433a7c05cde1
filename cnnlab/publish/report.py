"""What a class has solved, and which mistakes it made: an anonymous page, and a table by learner."""

import csv
import io
from collections import Counter
from html import escape
from pathlib import Path

from cnnlab.course.exercises import EXERCISES
from cnnlab.course.progress import course_keys, read_record
from cnnlab.course.questions import question
from cnnlab.data.npz import write_whole
from cnnlab.publish.handout import text_page

_NAMES = "report.html", "report.csv"
_FINDINGS = "results in another order", "whole numbers only"  # findings that occur in any exercise
_PAGE = """\
# The class so far

Learners: {learners}. Damaged files, which are left out: {damaged}.

<table>
<thead><tr><th>notebook</th><th>asked</th><th>solved by</th><th>mistakes on the way</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
"""


def write_report(folder: Path, output: Path) -> tuple[int, list[str]]:
    """Write ``report.html`` and ``report.csv`` from the records in a folder, one file per learner.

    Parameters
    ----------
    folder : path
        A folder of records as written by :mod:`cnnlab.course.progress`, possibly in subfolders. The name of a file is
        the name of the learner; an empty file is a learner who has solved nothing.
    output : path
        The folder for the two files; created if missing.

    Returns
    -------
    tuple
        The number of learners in the report, and the names of damaged files, which are left out.

    Raises
    ------
    OSError
        If the files cannot be written.
    ValueError
        If no file in the folder is a record.
    """
    known = {key: _asked(key) for key in course_keys()}
    learners, damaged = {}, []
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in _NAMES):
        name = file.relative_to(folder).as_posix()
        if "/." in f"/{name}":  # hidden, as the checkpoints of JupyterLab are
            continue
        entries, is_damaged = read_record(file)
        if is_damaged:
            damaged.append(name)
        else:  # unknown text from a file is not put on the page
            learners[name] = {(key, each) for key, each in entries if each in (None, *known[key][1])}
    if not learners:
        raise ValueError(f"FOLDER ({folder}) must hold records of learners: `cnnlab progress` says where theirs is")
    output.mkdir(parents=True, exist_ok=True)
    counts = Counter(entry for entries in learners.values() for entry in entries)
    rows = "\n".join(_row(key, *asked, counts, len(learners)) for key, asked in known.items())
    text = _PAGE.format(learners=len(learners), damaged=len(damaged), rows=rows)
    write_whole(output / _NAMES[0], text_page(text).encode())
    write_whole(output / _NAMES[1], _table(learners, known).encode("utf-8-sig"))  # with a byte-order mark, for Excel
    return len(learners), damaged


def _asked(key):
    """Return a question or an exercise as worded on the page, and the feedback on each mistake, by its recorded name.

    Examples
    --------
    >>> _asked("exercise.output_size")[1]["stride forgotten"]
    'S is left out.'
    """
    notebook, _, name = key.partition(".")
    if notebook != "exercise":
        stated = question(key)
        asked = f"<td>{notebook}</td><td>{escape(stated.question)}</td>"
        return asked, {str(wrong): text for wrong, text in stated.mistakes.items()}
    exercise = EXERCISES[name]
    found = [*_FINDINGS, *(f"cut to the dtype of {each}" for each in exercise.holds), *exercise.mistakes]
    asked = f"<td>{exercise.notebook}</td><td><code>my_{name}</code></td>"
    return asked, dict.fromkeys(found, "") | dict(exercise.sentences)


def _row(key, asked, mistakes, counts, learners):
    """Return the row of the page on a question or an exercise."""
    met = sorted(((counts[key, mistake], mistake) for mistake in mistakes if counts[key, mistake]), reverse=True)
    words = (f"{count} × <b>{escape(mistake)}</b> {escape(mistakes[mistake])}" for count, mistake in met)
    solved = counts[key, None]
    share = f'<meter max="{learners}" value="{solved}"></meter> {solved} of {learners}'
    return f"<tr>{asked}<td>{share}</td><td>{'<br>'.join(words)}</td></tr>"


def _table(learners, known):
    """Return a line for each learner: 1 for a solved key, with its mistakes in the next column."""
    written = io.StringIO(newline="")
    table = csv.writer(written)
    table.writerow(["learner", "solved", *known, "mistakes"])
    for name, entries in learners.items():
        solved = [int((key, None) in entries) for key in known]
        mistakes = "; ".join(sorted(f"{key}: {mistake}" for key, mistake in entries if mistake is not None))
        safe = f"'{name}" if name[0] in "=+-@\t" else name  # a spreadsheet would read it as a formula
        table.writerow([safe, sum(solved), *solved, mistakes])
    return written.getvalue()
