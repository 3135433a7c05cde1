"""The teacher's key: every question and exercise of the course with its answer, on one page."""

from html import escape
from pathlib import Path

from cnnlab.course.exercises import EXERCISES, LOCKED, are_locked
from cnnlab.course.questions import all_keys, question
from cnnlab.data.npz import write_whole
from cnnlab.publish._folder import source
from cnnlab.publish.handout._page import text_page


def write_key(folder: Path) -> Path:
    """Write ``key.html``, and return its path.

    Raises
    ------
    ValueError
        If solutions are locked on this machine.
    """
    if are_locked():
        raise ValueError(LOCKED)
    folder.mkdir(parents=True, exist_ok=True)
    lessons = {path.stem[:2]: [f"## {path.stem.replace('_', ' ')}"] for path in sorted(source().glob("*.ipynb"))}
    for key in all_keys():
        lessons[key[:2]].append(_answered(question(key)))
    for exercise in EXERCISES.values():
        hints = [f"hint {number}: {hint}" for number, hint in enumerate(exercise.hints, start=1)]
        said = dict.fromkeys(exercise.mistakes, "") | dict(exercise.sentences)
        wrong = [f"✗ {name}: {text}" for name, text in said.items()]
        solution = exercise.solution().markdown
        lessons[exercise.notebook] += [f"### my_{exercise.name}", _lines(hints), solution, _lines(wrong)]
    texts = ["\n\n".join(words) for words in lessons.values() if words[1:]]
    write_whole(folder / "key.html", text_page("# The teacher's key", *texts).encode())
    return folder / "key.html"


def _answered(asked):
    """Return a question with its answer, the reason and the known mistakes, as HTML with escaped texts."""
    choices = f" ({' / '.join(asked.choices)})" if asked.choices else ""
    reason = getattr(asked.because, "text", asked.because)  # for an output size it is the formula
    wrong = [f"✗ {answer}: {text}" for answer, text in asked.mistakes.items()]
    return _lines([f"{asked.key}: {asked.question}{choices}", f"✓ {asked.answer}: {reason}", *wrong])


def _lines(texts):
    return f"<p>{escape(chr(10).join(texts)).replace(chr(10), '<br>')}</p>"
