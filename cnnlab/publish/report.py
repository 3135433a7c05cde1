"""What a class has solved, and which mistakes it met: a page that names nobody, and a table by learner."""

import csv
import io
from collections import Counter
from html import escape
from pathlib import Path
from typing import NamedTuple

from cnnlab.course import questions
from cnnlab.course.exercises import EXERCISES
from cnnlab.course.progress import counted, course_keys, read_record
from cnnlab.data.npz import write_whole
from cnnlab.publish._folder import check_folder, source

NAMES = "report.html", "report.csv"
_ANOTHER = "another mistake"  # what a learner's file says in words of its own goes on no page
_FINDINGS = "results in another order", "whole numbers only"  # what a check finds in any exercise
_STYLE = (Path(__file__).parent / "handout" / "page.css").read_text(encoding="utf-8")
_PAGE = """\
<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>The class so far · cnnlab</title>
<style>
{style}
th {{ width: 45%; }}
:is(th, td):nth-child(2) {{ width: 1%; white-space: nowrap; }}
td {{ vertical-align: top; }}
ul {{ margin: 0; padding-left: 1.2em; }}
</style>
<main>
<h1>The class so far</h1>
<p>{summary}</p>
{lessons}
</main>
</html>
"""
_LESSON = """\
<h2>{title}</h2>
<table>
<thead><tr><th>asked</th><th>solved by</th><th>mistakes on the way</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>"""


class Report(NamedTuple):
    """The two files written, how many learners are in them, and the damaged files that are left out."""

    page: Path
    table: Path
    learners: int
    damaged: list[str]


def write_report(folder: Path, output: Path) -> Report:
    """Write ``report.html`` and ``report.csv`` from the records in a folder, one file a learner.

    Parameters
    ----------
    folder : path
        Of records as :mod:`cnnlab.course.progress` writes them, in folders of their own too. A learner is called as the
        file; an empty file is a learner with nothing solved.
    output : path
        Where the two files go; made where it is not there.

    Raises
    ------
    OSError
        If there is no such folder, or the files cannot be written.
    ValueError
        If no file in it is a record, or ``output`` is a file.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"FOLDER ({folder}) must be a folder with the records of learners")
    check_folder(output)
    known = {key: _mistakes_of(key) for key in course_keys()}
    learners: dict[str, set] = {}
    damaged = []
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in NAMES):
        name = file.relative_to(folder).as_posix()
        if any(part.startswith(".") for part in name.split("/")):
            continue
        try:
            entries, is_damaged = read_record(file)
        except OSError:
            entries, is_damaged = [], True
        if is_damaged:
            damaged.append(name)
        else:
            learners[name] = {
                (key, mistake if mistake in (None, *known[key]) else _ANOTHER)
                for key, mistake in entries
                if key in known
            }
    if not learners:
        raise ValueError(f"FOLDER ({folder}) must hold records of learners: `cnnlab progress` says where theirs is")
    page, table = (output / name for name in NAMES)
    output.mkdir(parents=True, exist_ok=True)
    write_whole(page, _page(learners, known, len(damaged)).encode())
    write_whole(table, _table(learners, known).encode("utf-8-sig"))  # as Excel reads it
    return Report(page, table, len(learners), damaged)


def _mistakes_of(key: str) -> dict[str, str]:
    """Return what is said of each known mistake, by its name as it is recorded.

    Examples
    --------
    >>> _mistakes_of("exercise.output_size")["stride forgotten"]
    'S is left out.'
    """
    if not key.startswith("exercise."):
        return {str(wrong): text for wrong, text in questions.question(key).mistakes.items()}
    exercise = EXERCISES[key.partition(".")[2]]
    found = [*_FINDINGS, *(f"cut to the dtype of {name}" for name in exercise.holds)]
    return dict.fromkeys([*found, *exercise.mistakes], "") | dict(exercise.sentences)


def _page(learners: dict[str, set], known: dict[str, dict], damaged: int) -> str:
    """Return the page: notebook by notebook, a row for each question and exercise."""
    counts = Counter(entry for entries in learners.values() for entry in entries)
    titles = {path.stem[:2]: path.stem.replace("_", " ") for path in source().glob("*.ipynb")}
    rows: dict[str, list[str]] = {}
    begun = set()
    for key, mistakes in known.items():
        notebook, _, name = key.partition(".")
        if notebook == "exercise":
            notebook, asked = EXERCISES[name].notebook, f"<code>my_{name}</code>"
        else:
            asked = escape(questions.question(key).question)
        met = Counter({mistake: counts[key, mistake] for mistake in [*mistakes, _ANOTHER]}).most_common()
        words = [
            f"<li>{count} × <b>{escape(mistake)}</b> {escape(mistakes.get(mistake, ''))}</li>"
            for mistake, count in met
            if count
        ]
        solved = counts[key, None]
        if solved or words:
            begun.add(notebook)
        share = f'<meter max="{len(learners)}" value="{solved}"></meter> {solved} of {len(learners)}'
        listed = f"<ul>{''.join(words)}</ul>" if words else ""
        rows.setdefault(notebook, []).append(f"<tr><td>{asked}</td><td>{share}</td><td>{listed}</td></tr>")
    lessons = [_LESSON.format(title=titles[number], rows="\n".join(rows[number])) for number in sorted(begun)]
    summary = [counted(len(learners), "learner")]
    if damaged:
        summary.append(f"{counted(damaged, 'damaged file')} left out")
    if others := sorted(rows.keys() - begun):
        summary.append(f"nobody has begun {', '.join(others)}")
    return _PAGE.format(style=_STYLE, summary=f"{'; '.join(summary)}.", lessons="\n".join(lessons))


def _table(learners: dict[str, set], known: dict[str, dict]) -> str:
    """Return a line for each learner: a 1 for what is solved, and the mistakes after it."""
    written, asked = io.StringIO(newline=""), len(questions.all_keys())  # the exercises come after the questions
    table = csv.writer(written)
    table.writerow(["learner", "questions", "exercises", *known, "mistakes"])
    for name, entries in learners.items():
        solved = [int((key, None) in entries) for key in known]
        mistakes = "; ".join(sorted(f"{key}: {mistake}" for key, mistake in entries if mistake is not None))
        safe = f"'{name}" if name[0] in "=+-@\t" else name  # a spreadsheet would take it for a formula
        table.writerow([safe, sum(solved[:asked]), sum(solved[asked:]), *solved, mistakes])
    return written.getvalue()
