"""ask: a question of the course, by its key; it covers an explorer that would give its answer away."""

from __future__ import annotations

from functools import partial

from cnnlab.course.progress import record
from cnnlab.course.questions import question
from cnnlab.lab import Predict
from cnnlab.lab.explorers import Explorer


def ask(key: str, explorer: Explorer | None = None) -> Predict:
    """Return a question of the course; an explorer that would give its answer away is covered until there is one.

    Parameters
    ----------
    key : str
        The notebook and a word: "06.flip". The questions are in ``cnnlab/course/questions``.
    explorer : Explorer, optional
        Shown by a cell of its own; covered until the question is answered, or one asks to see it.

    Raises
    ------
    TypeError, ValueError
        If the course has no such question, or ``explorer`` is not an explorer.

    Examples
    --------
    >>> ask("02.photo")
    Predict: A 5×5 kernel, stride 2, padding 1, moves over 200×200 cells. How many cells has one side of the output?
    """
    return Predict(**question(key)._asdict(), explorer=explorer, on_answer=partial(record, key))
